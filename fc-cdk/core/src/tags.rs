//! Tags by scope.

use smol_str::SmolStr;

use crate::{
    diagnostic::SourceLocation,
    node::{Map, Node},
    spec::{TagFormat, TagSpec},
    tree::{Scope, Tree},
};

/// A tag that a scope gives to everything below it, or takes away.
#[derive(Clone, Debug)]
pub(crate) struct TagRule {
    scope: u32,
    key: SmolStr,
    /// `None` takes the tag away.
    value: Option<SmolStr>,
    /// Only these resource types; all where empty.
    only: Vec<SmolStr>,
    /// The line that said it.
    location: SourceLocation,
}

impl Scope {
    /// Tags every resource at and below this scope that can have tags. A tag of an inner scope wins over one of an outer scope, and one that a
    /// resource's own builder sets wins over both.
    #[track_caller]
    pub fn tag(&self, key: &str, value: &str) -> &Scope {
        self.add_tag_rule(key, Some(value), &[])
    }

    /// Tags only the resources of some types.
    #[track_caller]
    pub fn tag_types(&self, key: &str, value: &str, types: &[&str]) -> &Scope {
        self.add_tag_rule(key, Some(value), types)
    }

    /// Takes a tag of an outer scope away.
    #[track_caller]
    pub fn untag(&self, key: &str) -> &Scope {
        self.add_tag_rule(key, None, &[])
    }

    #[track_caller]
    fn add_tag_rule(&self, key: &str, value: Option<&str>, types: &[&str]) -> &Scope {
        let location = SourceLocation::caller();
        let only = types.iter().map(|&name| name.into()).collect();
        let rule = TagRule {
            scope: self.index,
            key: key.into(),
            value: value.map(Into::into),
            only,
            location,
        };
        self.tree_mut().tags.push(rule);
        self
    }
}

/// The tags that the scopes around a resource give it, ordered by key.
pub(crate) fn effective_tags(tree: &Tree, index: u32, type_name: &str) -> Vec<(SmolStr, SmolStr)> {
    let mut tags: Vec<(SmolStr, SmolStr)> = Vec::new();
    if tree.tags.is_empty() {
        return tags;
    }
    let mut ancestors: Vec<u32> = tree.ancestors(index).collect();
    ancestors.reverse();
    for scope in ancestors {
        let rules = tree.tags.iter().filter(|rule| rule.scope == scope);
        for rule in rules
            .filter(|rule| rule.only.is_empty() || rule.only.iter().any(|only| only == type_name))
        {
            tags.retain(|(key, _)| *key != rule.key);
            if let Some(value) = &rule.value {
                tags.push((rule.key.clone(), value.clone()));
            }
        }
    }
    tags.sort();
    tags
}

/// The line of the nearest scope that gives a resource this tag, if one does.
pub(crate) fn line_of(tree: &Tree, index: u32, key: &str) -> Option<SourceLocation> {
    tree.ancestors(index).find_map(|scope| {
        let mut rules = tree.tags.iter().rev();
        let rule =
            rules.find(|rule| rule.scope == scope && rule.key == key && rule.value.is_some());
        rule.map(|rule| rule.location)
    })
}

/// Writes tags into the properties of a resource, in the form its type wants; those that are there already stay.
pub(crate) fn apply(properties: &mut Map, spec: TagSpec, tags: Vec<(SmolStr, SmolStr)>) {
    if tags.is_empty() {
        return;
    }
    let (key_name, value_name) = match spec.format {
        TagFormat::TagKeyValue => ("TagKey", "TagValue"),
        _ => ("Key", "Value"),
    };
    let empty = || match spec.format {
        TagFormat::Map => Node::Map(Map::new()),
        _ => Node::List(Vec::new()),
    };
    match properties.get_or_insert_with(spec.property, empty) {
        Node::Map(map) if spec.format == TagFormat::Map => {
            for (key, value) in tags {
                if !map.contains_key(&key) {
                    map.push(key, value);
                }
            }
        }
        Node::List(list) => {
            for (key, value) in tags {
                if list.iter().any(|tag| tag.get(key_name).and_then(Node::as_str) == Some(&key)) {
                    continue;
                }
                let mut tag = Map::with_capacity(3);
                tag.push(SmolStr::new_static(key_name), key);
                tag.push(SmolStr::new_static(value_name), value);
                if spec.format == TagFormat::AutoScalingGroup {
                    tag.push("PropagateAtLaunch", true);
                }
                list.push(Node::Map(tag));
            }
        }
        // The user has set the tags to an expression; it stands.
        _ => {}
    }
}
