//! What a stack is going to do to its resources, as far as templates tell.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::{Map, Node, StackArtifact, Template, spec::ResourceSpec};

/// A resource of the template that is to be deployed.
pub(crate) struct Planned<'a> {
    pub(crate) logical_id: &'a str,
    pub(crate) type_name: &'a str,
    pub(crate) properties: &'a Map,
    /// Whether the deployed stack does not have it yet.
    pub(crate) is_new: bool,
    pub(crate) spec: Option<ResourceSpec>,
}

impl Planned<'_> {
    /// A property that is known now, such as `LaunchTemplateData/ImageId`.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        let mut steps = path.split('/');
        let first = self.properties.get(steps.next()?)?;
        steps
            .try_fold(first, |node, step| node.get(step))?
            .as_str()
            .filter(|text| !is_resolved_later(text))
    }
}

/// Whether CloudFormation puts something else in its place.
fn is_resolved_later(text: &str) -> bool {
    text.contains("{{resolve:")
}

/// The resources of a stack that may be created or changed: all but those with a condition, of which only CloudFormation knows.
pub(crate) fn planned<'a>(
    stack: &'a StackArtifact,
    deployed: Option<&Template>,
    types: &dyn Fn(&str) -> Option<ResourceSpec>,
) -> Vec<Planned<'a>> {
    static NONE: Map = Map::new();
    stack
        .template()
        .resources()
        .filter(|resource| resource.body().get("Condition").is_none())
        .map(|resource| Planned {
            logical_id: resource.logical_id(),
            type_name: resource.type_name(),
            properties: resource.properties().unwrap_or(&NONE),
            is_new: deployed.is_none_or(|old| old.resource(resource.logical_id()).is_none()),
            spec: types(resource.type_name()),
        })
        .collect()
}

/// The logical ids of deployed resources that are to be deleted: those that the new template lacks, and are not retained.
pub(crate) fn removed(deployed: &Template, new: Option<&Template>) -> Vec<(String, String)> {
    deployed
        .resources()
        .filter(|old| new.is_none_or(|new| new.resource(old.logical_id()).is_none()))
        .filter(|old| {
            let policy = old.body().get("DeletionPolicy").and_then(Node::as_str);
            !matches!(policy, Some("Retain" | "RetainExceptOnCreate"))
        })
        .map(|old| (old.logical_id().to_string(), old.type_name().to_owned()))
        .collect()
}

/// How many resources of each type are new.
pub(crate) fn new_by_type<'a>(planned: &[Planned<'a>]) -> BTreeMap<&'a str, u64> {
    let mut counts = BTreeMap::new();
    for resource in planned.iter().filter(|resource| resource.is_new) {
        *counts.entry(resource.type_name).or_default() += 1;
    }
    counts
}

/// Every text of a resource's properties that is known now, with its path. Policies are left out: their texts are patterns.
pub(crate) fn literals<'a>(resource: &Planned<'a>) -> Vec<(String, &'a str)> {
    let mut found = Vec::new();
    for (key, value) in resource.properties.iter() {
        walk(value, key.to_string(), &mut found);
    }
    found
}

fn walk<'a>(node: &'a Node, path: String, found: &mut Vec<(String, &'a str)>) {
    match node {
        Node::Str(text) if !is_resolved_later(text) => found.push((path, text)),
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
