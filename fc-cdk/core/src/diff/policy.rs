//! IAM policies: lists of statements in templates, sets in meaning.

use std::collections::BTreeSet;

use super::text::{canonical, scalar};
use crate::{
    node::{Map, Node},
    policy::PolicyDocument,
};

/// Whether an object looks like an IAM policy.
pub(super) fn is_policy(map: &Map) -> bool {
    let is_statement = |node: &Node| node.get("Effect").is_some();
    match map.get("Statement") {
        Some(Node::List(statements)) => {
            statements.iter().all(is_statement) && !statements.is_empty()
        }
        Some(single) => is_statement(single),
        None => false,
    }
}

/// Whether two policies say the same; `None` where they are none.
pub(super) fn equal(old: &Map, new: &Map) -> Option<bool> {
    if !is_policy(old) || !is_policy(new) {
        return None;
    }
    let rest = |map: &Map| -> Vec<(String, String)> {
        let others = map.iter().filter(|(key, _)| *key != "Statement");
        let mut rest: Vec<_> =
            others.map(|(key, value)| (key.to_string(), value.to_json())).collect();
        rest.sort();
        rest
    };
    if rest(old) != rest(new) {
        return Some(false);
    }
    let keys = |map: &Map| -> BTreeSet<String> { statements(map).iter().map(key).collect() };
    Some(keys(old) == keys(new) || merged(old).is_some_and(|old| merged(new) == Some(old)))
}

/// The statements of a policy, be it one or a list.
pub(super) fn statements(policy: &Map) -> Vec<Node> {
    match policy.get("Statement") {
        Some(Node::List(statements)) => statements.clone(),
        Some(single) => vec![single.clone()],
        None => Vec::new(),
    }
}

/// What a statement says, in one form: the same text for all ways of writing it.
pub(super) fn key(statement: &Node) -> String {
    normal(&canonical(statement, &|_| None)).to_json()
}

/// What the statements come to once those that differ in one part only are merged.
fn merged(policy: &Map) -> Option<BTreeSet<String>> {
    let policy =
        PolicyDocument::from_node(&canonical(&Node::Map(policy.clone()), &|_| None)).ok()?;
    let minimized = policy.minimized();
    Some(minimized.statements().iter().map(|statement| key(&statement.to_node())).collect())
}

/// A statement with its lists in order, one item as a list of one, and truth values as text.
pub(super) fn normal(node: &Node) -> Node {
    if node.is_deferred() {
        return node.clone();
    }
    match node {
        Node::Map(map) => {
            let entries = map.iter().map(|(key, value)| {
                let value = match value {
                    Node::Map(_) if !value.is_deferred() => normal(value),
                    Node::List(_) => normal(value),
                    single if matches!(key.as_str(), "Effect" | "Sid") => single.clone(),
                    // `"Principal": "*"` is not `{"AWS": "*"}` everywhere.
                    single => normal(&Node::List(vec![single.clone()])),
                };
                (key.clone(), value)
            });
            let mut map: Map = entries.collect();
            map.sort_keys();
            Node::Map(map)
        }
        Node::List(items) => {
            let mut items: Vec<Node> = items.iter().map(normal).collect();
            items.sort_by_cached_key(Node::to_json);
            items.dedup();
            Node::List(items)
        }
        Node::Null => Node::Null,
        single => Node::from(scalar(single).as_ref()),
    }
}
