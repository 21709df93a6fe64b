//! What a template mentions: whether it is there, and who refers to whom.

use super::{
    conditions::Fact,
    model::{Model, Resource},
    secrets,
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
        ("Ref", Node::Str(target)) if !refer(walk, target, path) => {
            if is_referable(walk.model, target) {
                secrets::check_shown(walk, target, path);
            } else {
                let message = format!("`Ref` of `{target}`, which is not in the template");
                dangling(walk, target, path, message);
            }
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
                dangling(walk, target, path, message);
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
                if refer(walk, base, path) {
                    continue;
                }
                if is_referable(walk.model, base) && (base == name || base.starts_with("AWS::")) {
                    secrets::check_shown(walk, base, path);
                } else {
                    let message =
                        format!("`${{{name}}}` in `Fn::Sub`, which is not in the template");
                    dangling(walk, name, path, message);
                }
            }
        }
        ("Fn::If", Node::List(parts)) => {
            if let Some(name) = parts.first().and_then(Node::as_str)
                && !walk.model.uses("Conditions", name)
            {
                let message =
                    format!("`Fn::If` of the condition `{name}`, which is not in the template");
                walk.report(codes::DANGLING_REFERENCE, path, message);
            }
        }
        ("Fn::FindInMap", Node::List(parts)) => {
            if parts.first().is_some_and(Node::is_deferred) {
                walk.model.uses_any("Mappings");
            }
            if let Some(name) = parts.first().and_then(Node::as_str)
                && !walk.model.uses("Mappings", name)
                && parts.len() < 4
            {
                let message = format!("`Fn::FindInMap` of `{name}`, which is not in the template");
                walk.report(codes::DANGLING_REFERENCE, path, message);
            }
        }
        ("Fn::RefAll" | "Fn::ValueOfAll", _) => walk.model.uses_any("Parameters"),
        ("Fn::ValueOf", Node::List(parts)) => {
            if let Some(name) = parts.first().and_then(Node::as_str)
                && !walk.model.uses("Parameters", name)
            {
                let message = format!("`{name}` is not a parameter of the template");
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

/// Names of resources that the transform of SAM makes for a whole template.
const OF_SAM: [&str; 2] = ["Serverless", "CodeDeploy"];

/// Checks what one call of a function mentions in a template of SAM: what its transform makes of a resource has a name that begins with that
/// of the resource.
pub(super) fn check_of_sam(walk: &mut Walk<'_, '_>, name: &str, argument: &Node, path: &Path<'_>) {
    let model = walk.model;
    let is_missing = |target: &str| {
        model.resource(target).is_none()
            && !is_referable(model, target)
            && !OF_SAM.iter().any(|start| target.starts_with(start))
            && !model.resources.iter().any(|resource| target.starts_with(resource.logical_id))
    };
    let (text, variables) = match (name, argument) {
        ("Ref", Node::Str(target)) => {
            if is_missing(target) {
                let message = format!("`Ref` of `{target}`, which is not in the template");
                walk.report(codes::DANGLING_REFERENCE, path, message);
            }
            return;
        }
        ("Fn::GetAtt", Node::Str(target)) => (target.split('.').next(), None),
        ("Fn::GetAtt", Node::List(parts)) => (parts.first().and_then(Node::as_str), None),
        ("Fn::Sub", Node::List(parts)) => {
            (parts.first().and_then(Node::as_str), parts.get(1).and_then(Node::as_map))
        }
        ("Fn::Sub", other) => (other.as_str(), None),
        _ => return,
    };
    let Some(text) = text else { return };
    if name == "Fn::GetAtt" {
        if is_missing(text) {
            let message =
                format!("`Fn::GetAtt` of `{text}`, which is not a resource of the template");
            walk.report(codes::DANGLING_REFERENCE, path, message);
        }
        return;
    }
    for name in variables_of(text) {
        let base = name.split('.').next().unwrap_or(name);
        let is_own = variables.is_some_and(|map| map.contains_key(name));
        if !is_own && !base.starts_with("AWS::") && is_missing(base) {
            let message = format!("`${{{name}}}` in `Fn::Sub`, which is not in the template");
            walk.report(codes::DANGLING_REFERENCE, path, message);
        }
    }
}

/// Whether there is a resource of this name; notes who refers to it.
fn refer(walk: &mut Walk<'_, '_>, target: &str, path: &Path<'_>) -> bool {
    let Some(target) = walk.model.resource(target) else { return false };
    if let Some(resource) = walk.resource {
        walk.edges.push((resource.index as u32, target.index as u32));
    }
    if let Some(what) = walk.before_resources {
        let message = format!(
            "`{}` is a resource, and {what} are evaluated before there are resources",
            target.logical_id
        );
        walk.report(codes::BAD_INTRINSIC, path, message);
        return true;
    }
    across_conditions(walk, target, path);
    true
}

/// A reference to something that is not there in some deployments, by something that is there in them.
fn across_conditions(walk: &mut Walk<'_, '_>, target: &Resource<'_>, path: &Path<'_>) {
    let Some(condition) = target.body.get("Condition").and_then(Node::as_str) else { return };
    if !walk.in_properties || walk.facts.contains(&(condition, true)) {
        return;
    }
    let id = target.logical_id;
    let can_be = |holds: bool| {
        let mut facts = walk.facts.clone();
        facts.push((condition, holds));
        walk.model.conditions.can_be(&facts)
    };
    if can_be(false) != Some(true) {
        return;
    }
    let meets = can_be(true);
    if meets == Some(false) {
        let message =
            format!("`{id}` is there only if `{condition}` holds, and here it never does");
        walk.report(codes::CONDITIONAL_TARGET, path, message);
        return;
    }
    let message = match walk.facts.as_slice() {
        [] => format!("`{id}` is there only if `{condition}` holds, and this refers to it always"),
        facts => format!(
            "`{id}` is there only if `{condition}` holds, and this refers to it {}",
            when(facts)
        ),
    };
    walk.report(codes::CONDITIONAL_TARGET, path, message);
}

/// For messages: under which conditions something is there.
fn when(facts: &[Fact<'_>]) -> String {
    let facts: Vec<String> = facts
        .iter()
        .map(|(name, holds)| format!("`{name}` {}", if *holds { "holds" } else { "does not" }))
        .collect();
    format!("whenever {}", facts.join(" and "))
}

/// A branch of an `Fn::If` that is never taken.
pub(super) fn check_branch(walk: &mut Walk<'_, '_>, branch: Fact<'_>, path: &Path<'_>) {
    if walk.facts.is_empty() || walk.model.has_macros {
        return;
    }
    let mut facts = walk.facts.clone();
    facts.push(branch);
    let conditions = &walk.model.conditions;
    if conditions.can_be(&facts) == Some(false) && conditions.can_be(&walk.facts) == Some(true) {
        let (name, holds) = branch;
        let never = if holds { "never holds" } else { "always holds" };
        let message = format!("`{name}` {never} here, so this is not reached");
        walk.report(codes::UNREACHABLE_BRANCH, path, message);
    }
}

/// Reports a name that is not in the template, with the one that was meant.
fn dangling(walk: &mut Walk<'_, '_>, name: &str, path: &Path<'_>, message: String) {
    let model = walk.model;
    let own = model.resources.iter().map(|resource| resource.logical_id);
    let own = own.chain(model.section("Parameters").map(|(name, _)| name));
    let near = super::nearest(name, own.chain(PSEUDO_PARAMETERS.iter().copied()));
    let finding = walk.report(codes::DANGLING_REFERENCE, path, message);
    if let Some(near) = near {
        finding.help = Some(format!("did you mean `{near}`?"));
    }
}

fn is_referable(model: &Model<'_>, name: &str) -> bool {
    PSEUDO_PARAMETERS.contains(&name) || model.uses("Parameters", name)
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
    let on = resource.body.get("DependsOn").map_or(&[][..], Node::as_items);
    for on in on.iter().filter_map(Node::as_str) {
        match model.resource(on) {
            Some(target) if target.index != resource.index => {
                edges.push((resource.index as u32, target.index as u32));
                depends_across_conditions(model, resource, target, findings);
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
        && !model.uses("Conditions", name)
    {
        let message = format!("the condition `{name}` is not in the template");
        findings.add(resource, codes::DANGLING_REFERENCE, "Condition", message);
    }
}

/// `DependsOn` something that is not there in some deployments.
fn depends_across_conditions(
    model: &Model<'_>,
    resource: &Resource<'_>,
    target: &Resource<'_>,
    findings: &mut Findings,
) {
    let Some(condition) = target.body.get("Condition").and_then(Node::as_str) else { return };
    let own = resource.body.get("Condition").and_then(Node::as_str);
    if own == Some(condition) || model.has_macros {
        return;
    }
    let mut facts: Vec<Fact<'_>> = own.map(|own| (own, true)).into_iter().collect();
    facts.push((condition, false));
    if model.conditions.can_be(&facts) == Some(true) {
        let message = format!(
            "`{}` is there only if `{condition}` holds, and this depends on it {}",
            target.logical_id,
            if own.is_some() { "in other cases, too" } else { "always" }
        );
        findings.add(resource, codes::CONDITIONAL_TARGET, "DependsOn", message);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Template,
        rules::{self, CheckOptions},
        spec::Checker,
    };

    /// What is missing in a template with these transforms, in which a value stands.
    fn missing(transform: &str, value: &str) -> Vec<String> {
        let template = format!(
            r#"{{
                "Transform": {transform},
                "Parameters": {{"Stage": {{"Type": "String"}}}},
                "Resources": {{
                    "Jobs": {{"Type": "AWS::Serverless::Function"}},
                    "News": {{"Type": "AWS::SNS::Topic"}}
                }},
                "Outputs": {{"It": {{"Value": {value}}}}}
            }}"#
        );
        let Ok(template) = Template::parse_json(&template) else { panic!("{template}") };
        let found = rules::check(&template, &CheckOptions::default(), &mut Checker::new());
        let found = found.into_iter().map(|finding| finding.diagnostic);
        let missing = found.filter(|found| found.code == "dangling-reference");
        missing.map(|found| found.message).collect()
    }

    const SAM: &str = "\"AWS::Serverless-2016-10-31\"";

    #[test]
    fn what_sam_makes_is_not_missing() {
        for value in [
            r#"{"Ref": "JobsRole"}"#,
            r#"{"Ref": "Jobs.Version"}"#,
            r#"{"Ref": "ServerlessRestApi"}"#,
            r#"{"Ref": "Stage"}"#,
            r#"{"Ref": "AWS::Region"}"#,
            r#"{"Fn::GetAtt": ["JobsRole", "Arn"]}"#,
            r#"{"Fn::Sub": "${JobsAliaslive}-${Stage}-${AWS::Region}-${ServerlessHttpApi}-${!No}"}"#,
            r#"{"Fn::Sub": ["${Own}", {"Own": "x"}]}"#,
        ] {
            assert_eq!(missing(SAM, value), [""; 0], "{value}");
        }
    }

    #[test]
    fn what_nothing_makes_is_missing_in_sam_too() {
        for value in [
            r#"{"Ref": "Jbos"}"#,
            r#"{"Fn::GetAtt": ["Nothing", "Arn"]}"#,
            r#"{"Fn::GetAtt": "Nothing.Arn"}"#,
            r#"{"Fn::Sub": "a-${Nothing.Arn}"}"#,
        ] {
            assert_eq!(missing(SAM, value).len(), 1, "{value}");
            // Somebody's own macro may make anything.
            assert_eq!(missing("\"Mine\"", value), [""; 0], "{value}");
            let both = "[\"AWS::Serverless-2016-10-31\", \"Mine\"]";
            assert_eq!(missing(both, value), [""; 0], "{value}");
        }
    }

    #[test]
    fn what_a_macro_may_change_is_no_error() {
        let severity = |transform: &str| {
            let template = format!(
                r#"{{"Transform": {transform}, "Resources": {{"A": {{"Type": "AWS::Events::Rule", "Properties": {{"ScheduleExpression": "daily"}}}}}}}}"#
            );
            let Ok(template) = Template::parse_json(&template) else { panic!("{template}") };
            let found = rules::check(&template, &CheckOptions::default(), &mut Checker::new());
            found.first().map(|found| found.diagnostic.severity.to_string())
        };
        assert_eq!(severity("\"AWS::LanguageExtensions\"").as_deref(), Some("error"));
        assert_eq!(severity("\"Mine\"").as_deref(), Some("warning"));
    }
}
