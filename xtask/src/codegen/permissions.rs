//! The table of permissions: what CloudFormation has to be allowed to do, to handle resources of a type.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use super::model::{Model, Resource};

/// The handlers with their letters, in the order in which the table names them; `core/src/spec/permissions.rs` reads them.
const HANDLERS: [(&str, char); 5] =
    [("create", 'c'), ("read", 'r'), ("update", 'u'), ("delete", 'd'), ("list", 'l')];

/// A line per type, by name: `AWS::SNS::Topic sns:c:CreateTopic sns:crud:GetTopicAttributes,ListTagsForResource …`.
pub(crate) fn table(model: &Model) -> String {
    let mut out = String::new();
    for (type_name, resource) in &model.resources {
        let groups = groups(resource);
        if groups.is_empty() {
            continue;
        }
        out += type_name;
        for ((service, letters), names) in groups {
            let names: Vec<&str> = names.into_iter().collect();
            let _ = write!(out, " {service}:{letters}:{}", names.join(","));
        }
        out.push('\n');
    }
    out
}

/// The names of actions by their service and the letters of the handlers that use them.
fn groups(resource: &Resource) -> BTreeMap<(&str, String), BTreeSet<&str>> {
    let mut letters: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for (handler, letter) in HANDLERS {
        let actions = resource.handlers.get(handler).into_iter().flatten();
        // The schemas have a few empty strings, and actions that are written with a space.
        for (service, name) in actions.filter_map(|action| action.trim().split_once(':')) {
            let entry = letters.entry((service.trim(), name.trim())).or_default();
            if !entry.ends_with(letter) {
                entry.push(letter);
            }
        }
    }
    let mut groups: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    for ((service, name), letters) in letters {
        groups.entry((service, letters)).or_default().insert(name);
    }
    groups
}
