//! What stacks are going to do to their resources, as far as templates tell.

use std::collections::BTreeSet;

use fc_cdk_core::{
    Map, Node, StackArtifact, Template, spec::ResourceSpec, template::TemplateResource,
};

use super::Types;
use crate::{aws::cloudformation::StackResource, values::Values};

/// A resource that is to be created or changed.
pub(crate) struct Planned<'a> {
    pub(crate) stack: &'a StackArtifact,
    pub(crate) logical_id: &'a str,
    pub(crate) type_name: &'a str,
    /// The properties, with what is known of intrinsic functions.
    pub(crate) properties: Map,
    /// Those that are deployed.
    pub(crate) deployed: Option<Map>,
    /// What it is called, of one that is to be deleted.
    pub(crate) physical_id: Option<&'a str>,
    pub(crate) spec: Option<ResourceSpec>,
}

/// Where a text stands.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    pub(crate) resource: &'a Planned<'a>,
    /// The path of the property, such as `Certificates.0.CertificateArn`.
    pub(crate) property: String,
}

impl Planned<'_> {
    /// Whether the deployed stack does not have it yet.
    pub(crate) fn is_new(&self) -> bool {
        self.deployed.is_none()
    }

    /// A property that is known now, such as `LaunchTemplateData/ImageId`.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.raw_text(path).filter(|text| !is_resolved_later(text))
    }

    /// The same, also where it names a parameter of Systems Manager: `{{resolve:ssm:…}}`.
    pub(crate) fn raw_text(&self, path: &str) -> Option<&str> {
        self.node(path)?.as_str()
    }

    /// What stands at a path.
    pub(crate) fn node(&self, path: &str) -> Option<&Node> {
        let mut steps = path.split('/');
        let first = self.properties.get(steps.next()?)?;
        steps.try_fold(first, |node, step| node.get(step))
    }

    /// A whole number that is known now.
    pub(crate) fn number(&self, path: &str) -> Option<u64> {
        match self.node(path)? {
            Node::Int(number) => (*number).try_into().ok(),
            other => other.as_str()?.parse().ok(),
        }
    }

    /// The logical id of the resource of the same stack that a property refers to.
    pub(crate) fn refers_to(&self, path: &str) -> Option<&str> {
        referred(self.node(path)?)
    }
}

/// The logical id that a `Ref` or `Fn::GetAtt` names.
pub(crate) fn referred(node: &Node) -> Option<&str> {
    match node.as_function()? {
        ("Ref", id) => id.as_str(),
        ("Fn::GetAtt", Node::List(parts)) => parts.first()?.as_str(),
        ("Fn::GetAtt", text) => text.as_str()?.split('.').next(),
        _ => None,
    }
}

/// Whether CloudFormation puts something else in its place.
fn is_resolved_later(text: &str) -> bool {
    text.contains("{{resolve:")
}

/// The resources of a stack that may be created or changed: all but those whose condition does not hold, or is not known.
pub(crate) fn planned<'a>(
    stack: &'a StackArtifact,
    deployed: Option<&Template>,
    values: &Values<'_>,
    types: Types<'_>,
) -> Vec<Planned<'a>> {
    static NONE: Map = Map::new();
    let holds = |condition: &Node| {
        condition.as_str().and_then(|name| values.condition(name)).unwrap_or(false)
    };
    stack
        .template()
        .resources()
        .filter(|resource| resource.body().get("Condition").is_none_or(holds))
        .map(|resource| {
            let old = deployed.and_then(|old| old.resource(resource.logical_id()));
            Planned {
                stack,
                logical_id: resource.logical_id(),
                type_name: resource.type_name(),
                properties: values.resolve_map(resource.properties().unwrap_or(&NONE)),
                deployed: old.map(|old| {
                    old.properties().map(|it| values.resolve_map(it)).unwrap_or_default()
                }),
                physical_id: None,
                spec: types(resource.type_name()),
            }
        })
        .collect()
}

/// The deployed resources of a stack that its deletion deletes.
pub(crate) fn doomed<'a>(
    stack: &'a StackArtifact,
    deployed: &'a Template,
    resources: &'a [StackResource],
    values: &Values<'_>,
    types: Types<'_>,
) -> Vec<Planned<'a>> {
    let fates = fates(deployed, None, values);
    let deleted = fates.filter(|(_, policy)| *policy != Policy::Retain);
    deleted
        .map(|(resource, _)| {
            let same = |it: &&StackResource| it.logical_id == resource.logical_id().as_str();
            Planned {
                stack,
                logical_id: resource.logical_id(),
                type_name: resource.type_name(),
                properties: resource
                    .properties()
                    .map(|it| values.resolve_map(it))
                    .unwrap_or_default(),
                deployed: None,
                physical_id: resources.iter().find(same).and_then(|it| it.physical_id.as_deref()),
                spec: types(resource.type_name()),
            }
        })
        .collect()
}

/// A deployed resource that is to be deleted.
pub(crate) struct Removed {
    pub(crate) logical_id: String,
    pub(crate) type_name: String,
    pub(crate) properties: Map,
}

/// What becomes of a resource that leaves its stack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Delete,
    /// It goes, and a copy of its data stays.
    Snapshot,
    Retain,
}

/// The deployed resources that the new template lacks, each with what becomes of it. What its condition leaves out is not there.
fn fates<'t>(
    deployed: &'t Template,
    new: Option<&'t Template>,
    values: &Values<'_>,
) -> impl Iterator<Item = (TemplateResource<'t>, Policy)> {
    let is_there = |old: &TemplateResource<'_>| {
        let condition = old.body().get("Condition").and_then(Node::as_str);
        condition.is_none_or(|name| values.condition(name) != Some(false))
    };
    deployed
        .resources()
        .filter(move |old| new.is_none_or(|new| new.resource(old.logical_id()).is_none()))
        .filter(is_there)
        .map(|old| {
            let policy = match old.body().get("DeletionPolicy").and_then(Node::as_str) {
                Some("Retain" | "RetainExceptOnCreate") => Policy::Retain,
                Some("Snapshot") => Policy::Snapshot,
                _ => Policy::Delete,
            };
            (old, policy)
        })
        .collect::<Vec<_>>()
        .into_iter()
}

/// The deployed resources that are to be deleted: those that the new template lacks, and are not retained.
pub(crate) fn removed(
    deployed: &Template,
    new: Option<&Template>,
    values: &Values<'_>,
) -> Vec<Removed> {
    fates(deployed, new, values)
        .filter(|(_, policy)| *policy != Policy::Retain)
        .map(|(old, _)| Removed {
            logical_id: old.logical_id().to_string(),
            type_name: old.type_name().to_owned(),
            properties: old.properties().map(|it| values.resolve_map(it)).unwrap_or_default(),
        })
        .collect()
}

/// What stays of a stack that is deleted: logical ids with their types and what becomes of them.
pub(crate) fn kept(deployed: &Template, values: &Values<'_>) -> Vec<(String, String, Policy)> {
    fates(deployed, None, values)
        .filter(|(_, policy)| *policy != Policy::Delete)
        .map(|(it, policy)| (it.logical_id().to_string(), it.type_name().to_owned(), policy))
        .collect()
}

/// Every text of a resource's properties that is known now, with its path. Policies are left out: their texts are patterns.
pub(crate) fn literals<'r>(resource: &'r Planned<'_>) -> Vec<(String, &'r str)> {
    let mut found = raw_literals(resource);
    found.retain(|(_, text)| !is_resolved_later(text));
    found
}

/// The same, with those that name a parameter or secret.
pub(crate) fn raw_literals<'r>(resource: &'r Planned<'_>) -> Vec<(String, &'r str)> {
    let mut found = Vec::new();
    for (key, value) in resource.properties.iter() {
        walk(value, key.to_string(), &mut found);
    }
    found
}

fn walk<'n>(node: &'n Node, path: String, found: &mut Vec<(String, &'n str)>) {
    match node {
        Node::Str(text) => found.push((path, text)),
        Node::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, format!("{path}.{index}"), found);
            }
        }
        Node::Map(map) if !map.contains_key("Statement") && !node.is_deferred() => {
            for (key, value) in map.iter() {
                walk(value, format!("{path}.{key}"), found);
            }
        }
        _ => {}
    }
}

/// The ARNs of principals in the policies of a resource, with the paths of the policies.
pub(crate) fn principals(resource: &Planned<'_>) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (key, value) in resource.properties.iter() {
        policies(value, key, &mut found);
    }
    found
}

fn policies(node: &Node, path: &str, found: &mut BTreeSet<(String, String)>) {
    match node {
        Node::Map(map) if map.contains_key("Statement") => {
            let statements = match map.get("Statement") {
                Some(Node::List(list)) => list.iter().collect(),
                Some(one) => vec![one],
                None => Vec::new(),
            };
            for statement in statements {
                let mut texts = Vec::new();
                if let Some(aws) = statement.get("Principal").and_then(|it| it.get("AWS")) {
                    walk(aws, String::new(), &mut texts);
                }
                found.extend(texts.into_iter().map(|(_, arn)| (path.to_owned(), arn.to_owned())));
            }
        }
        Node::Map(map) => {
            map.iter().for_each(|(key, value)| policies(value, &format!("{path}.{key}"), found));
        }
        Node::List(items) => items.iter().for_each(|item| policies(item, path, found)),
        _ => {}
    }
}
