//! Resources that are the same under another logical id.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{
    resources::ById,
    text::{canonical, is_unset},
};
use crate::{
    node::{Map, Node},
    template::{Template, TemplateResource},
};

/// Which resource of the old template is which of the new one.
#[derive(Default)]
pub(super) struct Renames {
    new_by_old: FxHashMap<SmolStr, SmolStr>,
    old_by_new: FxHashMap<SmolStr, SmolStr>,
}

impl Renames {
    pub(super) fn old_id(&self, new: &str) -> Option<&str> {
        self.old_by_new.get(new).map(SmolStr::as_str)
    }

    pub(super) fn new_id(&self, old: &str) -> Option<&SmolStr> {
        self.new_by_old.get(old)
    }

    /// Pairs what is gone with what is new, where type and body are the same but for the names of other pairs.
    pub(super) fn find(
        (old, old_ids): (&Template, &ById<'_>),
        (new, new_ids): (&Template, &ById<'_>),
    ) -> Renames {
        let mut gone: Vec<TemplateResource<'_>> = old
            .resources()
            .filter(|resource| !new_ids.contains_key(resource.logical_id().as_str()))
            .collect();
        let come: Vec<TemplateResource<'_>> = new
            .resources()
            .filter(|resource| !old_ids.contains_key(resource.logical_id().as_str()))
            .collect();
        let mut renames = Renames::default();
        if gone.is_empty() || come.is_empty() {
            return renames;
        }
        let mut open: BTreeMap<String, Vec<&SmolStr>> = BTreeMap::new();
        for resource in come.iter().rev() {
            open.entry(body(resource, &|_| None)).or_default().push(resource.logical_id());
        }
        // Each round may settle names that others mention.
        loop {
            let before = gone.len();
            gone.retain(|resource| {
                let key = body(resource, &|id| renames.new_by_old.get(id).cloned());
                let Some(new) = open.get_mut(&key).and_then(Vec::pop) else { return true };
                renames.new_by_old.insert(resource.logical_id().clone(), new.clone());
                renames.old_by_new.insert(new.clone(), resource.logical_id().clone());
                false
            });
            if gone.len() == before {
                return renames;
            }
        }
    }
}

/// All of a resource in one form, but for `Metadata`, which may say where it was made.
fn body(resource: &TemplateResource<'_>, renamed: &dyn Fn(&str) -> Option<SmolStr>) -> String {
    let body: Map = resource
        .body()
        .iter()
        .filter(|(key, value)| *key != "Metadata" && !is_unset(value) && !is_empty(value))
        .map(|(key, value)| {
            let value = match (key.as_str(), value) {
                ("DependsOn", Node::Str(id)) => {
                    Node::List(vec![renamed(id).unwrap_or_else(|| id.clone()).into()])
                }
                ("DependsOn", Node::List(ids)) => {
                    let names = ids.iter().filter_map(Node::as_str);
                    let names = names.map(|id| renamed(id).unwrap_or_else(|| id.into()));
                    Node::List(names.map(Node::from).collect())
                }
                (_, value) => canonical(value, renamed),
            };
            (key.clone(), value)
        })
        .collect();
    let mut body = body;
    body.sort_keys();
    Node::Map(body).to_json()
}

fn is_empty(node: &Node) -> bool {
    matches!(node, Node::Map(map) if map.is_empty())
}
