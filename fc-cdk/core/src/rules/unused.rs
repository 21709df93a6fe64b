//! Parameters, mappings and conditions that nothing uses.

use std::cell::Cell;

use super::{findings::Findings, model::Model};
use crate::{
    codes,
    node::{Map, Node},
};

const SECTIONS: [(&str, &str); 3] =
    [("Parameters", "parameter"), ("Mappings", "mapping"), ("Conditions", "condition")];

/// Which entries are used, by section and place.
#[derive(Default)]
pub(super) struct Uses {
    seen: [Vec<Cell<bool>>; 3],
    /// A name is put together, so any entry may be meant.
    all: [Cell<bool>; 3],
}

impl Uses {
    pub(super) fn new(root: &Map) -> Uses {
        let count = |section: &str| root.get(section).and_then(Node::as_map).map_or(0, Map::len);
        Uses {
            seen: SECTIONS.map(|(section, _)| vec![Cell::new(false); count(section)]),
            all: Default::default(),
        }
    }
}

impl Model<'_> {
    /// Whether a section has an entry of this name, which is used by that.
    pub(super) fn uses(&self, section: &str, name: &str) -> bool {
        let entries = self.root.get(section).and_then(Node::as_map);
        let place = entries.and_then(|entries| entries.keys().position(|key| key == name));
        let index = SECTIONS.iter().position(|(known, _)| *known == section);
        if let (Some(place), Some(index)) = (place, index)
            && let Some(seen) = self.used.seen[index].get(place)
        {
            seen.set(true);
        }
        place.is_some()
    }

    /// Any entry of a section may be used.
    pub(super) fn uses_any(&self, section: &str) {
        if let Some(index) = SECTIONS.iter().position(|(known, _)| *known == section) {
            self.used.all[index].set(true);
        }
    }

    /// Notes every parameter that is referred to below a node.
    pub(super) fn uses_below(&self, node: &Node) {
        match node {
            Node::List(items) => items.iter().for_each(|item| self.uses_below(item)),
            Node::Map(map) => {
                if let Some(("Ref", Node::Str(name))) = node.as_function() {
                    self.uses("Parameters", name);
                }
                map.iter().for_each(|(_, value)| self.uses_below(value));
            }
            _ => {}
        }
    }
}

/// To be asked last, when all the rest has been looked at.
pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    if model.has_macros || model.root.contains_key("Hooks") {
        return;
    }
    for section in ["Metadata", "Mappings"] {
        if let Some(body) = model.root.get(section) {
            model.uses_below(body);
        }
    }
    for (index, (section, what)) in SECTIONS.iter().enumerate() {
        if model.used.all[index].get() || (*section == "Mappings" && model.is_by_cdk()) {
            continue;
        }
        for ((name, _), seen) in model.section(section).zip(&model.used.seen[index]) {
            if !seen.get() && !name.starts_with("Fn::") {
                let message = format!("nothing uses the {what} `{name}`");
                findings.template(codes::UNUSED, &format!("{section}.{name}"), message);
            }
        }
    }
}
