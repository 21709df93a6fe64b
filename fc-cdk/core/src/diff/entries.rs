//! What a template has beside resources.

use smol_str::SmolStr;

use super::{
    equal::Place,
    model::{Change, EntryChange, PropertyChange},
    values::{Path, Rules, Values},
};
use crate::{
    node::{Map, Node},
    spec::Replacement,
    template::Template,
};

/// Sections that hold entries by name; the others are one value.
const NAMED: [&str; 7] =
    ["Parameters", "Rules", "Mappings", "Conditions", "Outputs", "Metadata", "Hooks"];

/// Compares the sections other than `Resources`, and the loops within that.
pub(super) fn compare(
    old: &Template,
    new: &Template,
    is_resource: &dyn Fn(&str) -> bool,
) -> Vec<EntryChange> {
    let mut sections: Vec<&SmolStr> = new.sections().keys().collect();
    sections.extend(old.sections().keys().filter(|name| !new.sections().contains_key(name)));
    sections.sort_by_key(|name| rank(name));
    let mut changes = Vec::new();
    for section in sections {
        let (before, after) = (old.sections().get(section), new.sections().get(section));
        if before == after {
            continue;
        }
        if section == "Resources" {
            let loops = |node: Option<&Node>| -> Map {
                let entries = node.and_then(Node::as_map).into_iter().flat_map(Map::iter);
                let loops =
                    entries.filter(|(id, body)| id.starts_with("Fn::") || body.as_map().is_none());
                loops.map(|(id, body)| (id.clone(), body.clone())).collect()
            };
            named(section, &loops(before), &loops(after), is_resource, &mut changes);
        } else if NAMED.contains(&section.as_str()) {
            let entries =
                |node: Option<&Node>| node.and_then(Node::as_map).cloned().unwrap_or_default();
            named(section, &entries(before), &entries(after), is_resource, &mut changes);
        } else {
            let (before, after) = (single(section, before), single(section, after));
            let mut values = Values::new(Rules::None, is_resource);
            values.optional(&mut Path::default(), before.as_ref(), after.as_ref(), Place::Unknown);
            if !values.changes.is_empty() {
                changes.push(entry(section, None, before.as_ref(), after.as_ref(), values.changes));
            }
        }
    }
    changes
}

fn named(
    section: &SmolStr,
    old: &Map,
    new: &Map,
    is_resource: &dyn Fn(&str) -> bool,
    changes: &mut Vec<EntryChange>,
) {
    let gone = old.keys().filter(|name| !new.contains_key(name));
    for name in new.keys().chain(gone) {
        let (before, after) = (old.get(name), new.get(name));
        let mut values = Values::new(Rules::None, is_resource);
        values.optional(&mut Path::default(), before, after, Place::Unknown);
        if values.changes.is_empty() {
            continue;
        }
        let mut entry = entry(section, Some(name.clone()), before, after, values.changes);
        let exported =
            |node: Option<&Node>| node.and_then(|node| node.pointer("/Export/Name")).cloned();
        if section == "Outputs" && exported(before).is_some() && exported(before) != exported(after)
        {
            entry
                .notes
                .push("CloudFormation refuses this while another stack imports it".to_owned());
        }
        changes.push(entry);
    }
}

fn entry(
    section: &SmolStr,
    name: Option<SmolStr>,
    before: Option<&Node>,
    after: Option<&Node>,
    values: Vec<PropertyChange>,
) -> EntryChange {
    let change = match (before, after) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    };
    EntryChange { section: section.clone(), name, change, values, notes: Vec::new() }
}

/// A section that is one value, in one form.
fn single(section: &str, node: Option<&Node>) -> Option<Node> {
    match (section, node) {
        // There is only this version.
        ("AWSTemplateFormatVersion", Some(node)) if node.as_str() == Some("2010-09-09") => None,
        ("Transform", Some(Node::List(items))) if items.len() == 1 => items.first().cloned(),
        (_, node) => node.cloned(),
    }
}

/// A change of what a stack has beside its template.
pub(super) fn of_stack(name: &str, old: Option<Node>, new: Option<Node>) -> EntryChange {
    let value = PropertyChange {
        path: String::new(),
        old: old.clone(),
        new: new.clone(),
        replacement: Replacement::No,
        cause: None,
    };
    entry(&"Stack".into(), Some(name.into()), old.as_ref(), new.as_ref(), vec![value])
}

/// The order of the sections in reports: what others see first.
pub(super) fn rank(section: &str) -> usize {
    const ORDER: [&str; 10] = [
        "Stack",
        "Outputs",
        "Parameters",
        "Mappings",
        "Conditions",
        "Rules",
        "Transform",
        "Description",
        "AWSTemplateFormatVersion",
        "Resources",
    ];
    ORDER.iter().position(|name| *name == section).unwrap_or(ORDER.len())
}
