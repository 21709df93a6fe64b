//! What a template mentions: whether it is there, and who refers to whom.

use super::{
    model::{Model, Resource},
    walk::Walk,
};
use crate::{codes, node::Node, path::Path, rules::Findings};

/// Names that templates may refer to without defining them.
const PSEUDO_PARAMETERS: &[&str] = &[
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// Checks what one call of a function mentions.
pub(super) fn check(walk: &mut Walk<'_, '_>, name: &str, argument: &Node, path: &Path<'_>) {
    match (name, argument) {
        ("Ref", Node::Str(target))
            if !refer(walk, target, path) && !is_referable(walk.model, target) =>
        {
            let message = format!("`Ref` of `{target}`, which is not in the template");
            walk.report(codes::DANGLING_REFERENCE, path, message);
        }
        ("Fn::GetAtt", argument) => {
            let target = match argument {
                Node::Str(text) => text.split('.').next(),
                Node::List(parts) => parts.first().and_then(Node::as_str),
                _ => None,
            };
            if let Some(target) = target
                && !refer(walk, target, path)
            {
                let message =
                    format!("`Fn::GetAtt` of `{target}`, which is not a resource of the template");
                walk.report(codes::DANGLING_REFERENCE, path, message);
            }
        }
        ("Fn::Sub", argument) => {
            let (text, variables) = match argument {
                Node::List(parts) => {
                    (parts.first().and_then(Node::as_str), parts.get(1).and_then(Node::as_map))
                }
                other => (other.as_str(), None),
            };
            for name in text.into_iter().flat_map(variables_of) {
                if variables.is_some_and(|map| map.contains_key(name)) {
                    continue;
                }
                let base = name.split('.').next().unwrap_or(name);
                if !refer(walk, base, path) && !is_referable(walk.model, base) {
                    let message =
                        format!("`${{{name}}}` in `Fn::Sub`, which is not in the template");
                    walk.report(codes::DANGLING_REFERENCE, path, message);
                }
            }
        }
        ("Fn::If", Node::List(parts)) => {
            if let Some(name) = parts.first().and_then(Node::as_str)
                && !walk.model.has_entry("Conditions", name)
            {
                let message =
                    format!("`Fn::If` of the condition `{name}`, which is not in the template");
                walk.report(codes::DANGLING_REFERENCE, path, message);
            }
        }
        ("Fn::FindInMap", Node::List(parts)) => {
            if let Some(name) = parts.first().and_then(Node::as_str)
                && parts.len() < 4
                && !walk.model.has_entry("Mappings", name)
            {
                let message = format!("`Fn::FindInMap` of `{name}`, which is not in the template");
                walk.report(codes::DANGLING_REFERENCE, path, message);
            }
        }
        ("Fn::Length" | "Fn::ToJsonString", _) if !walk.model.has_extensions => {
            let message = format!(
                "`{name}` is evaluated by the transform `AWS::LanguageExtensions`, which is not on"
            );
            walk.report(codes::MISSING_TRANSFORM, path, message);
        }
        _ => {}
    }
}

/// Whether there is a resource of this name; notes who refers to it.
fn refer(walk: &mut Walk<'_, '_>, target: &str, path: &Path<'_>) -> bool {
    let Some(target) = walk.model.resource(target) else { return false };
    if let Some(resource) = walk.resource {
        walk.edges.push((resource.index as u32, target.index as u32));
    }
    across_conditions(walk, target, path);
    true
}

/// A reference to something that is not there in some deployments, by something that is there in all of them.
fn across_conditions(walk: &mut Walk<'_, '_>, target: &Resource<'_>, path: &Path<'_>) {
    let Some(condition) = target.body.get("Condition").and_then(Node::as_str) else { return };
    let is_guarded = walk.branches > 0
        || match walk.resource {
            Some(resource) => resource.body.contains_key("Condition"),
            None => walk.is_conditional,
        };
    if !is_guarded && walk.in_properties {
        let message = format!(
            "`{}` is there only if `{condition}` holds, and this refers to it always",
            target.logical_id
        );
        walk.report(codes::CONDITIONAL_TARGET, path, message);
    }
}

fn is_referable(model: &Model<'_>, name: &str) -> bool {
    PSEUDO_PARAMETERS.contains(&name) || model.has_entry("Parameters", name)
}

/// The names in `${…}` of an `Fn::Sub` text, without the escaped ones.
fn variables_of(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        (!name.starts_with('!')).then(|| name.trim())
    })
}

/// What a resource needs beside its properties: `DependsOn` and `Condition`.
pub(super) fn check_resource(
    model: &Model<'_>,
    resource: &Resource<'_>,
    edges: &mut Vec<(u32, u32)>,
    findings: &mut Findings,
) {
    let on = match resource.body.get("DependsOn") {
        Some(Node::List(on)) => on.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for on in on.iter().filter_map(Node::as_str) {
        match model.resource(on) {
            Some(target) if target.index != resource.index => {
                edges.push((resource.index as u32, target.index as u32));
            }
            Some(_) => {}
            None if model.has_macros => {}
            None => {
                let message =
                    format!("`DependsOn` of `{on}`, which is not a resource of the template");
                findings.add(resource, codes::DANGLING_REFERENCE, "DependsOn", message);
            }
        }
    }
    if let Some(name) = resource.body.get("Condition").and_then(Node::as_str)
        && !model.has_macros
        && !model.has_entry("Conditions", name)
    {
        let message = format!("the condition `{name}` is not in the template");
        findings.add(resource, codes::DANGLING_REFERENCE, "Condition", message);
    }
}
