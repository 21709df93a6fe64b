//! Reading properties: what is known now, and what only AWS will know.

use crate::{
    intrinsics::is_dynamic,
    node::{Map, Node},
};

/// What a template says of a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Known<T> {
    /// It is not set.
    Missing,
    /// Only AWS knows: a parameter, a reference, a condition decides.
    Open,
    /// This literal.
    Is(T),
}

impl<T> Known<T> {
    fn and_then<U>(self, read: impl FnOnce(T) -> Option<U>) -> Known<U> {
        match self {
            Known::Missing => Known::Missing,
            Known::Open => Known::Open,
            Known::Is(value) => read(value).map_or(Known::Open, Known::Is),
        }
    }
}

/// What is under a key.
pub(super) fn look<'n>(map: &'n Map, key: &str) -> Known<&'n Node> {
    match map.get(key) {
        // A macro or loop may put the key here.
        None if map.keys().any(|key| key.starts_with("Fn::")) => Known::Open,
        None | Some(Node::Null) => Known::Missing,
        Some(node) if is_open(node) => Known::Open,
        Some(node) => Known::Is(node),
    }
}

/// Whether only AWS knows what this is.
pub(super) fn is_open(node: &Node) -> bool {
    match node {
        Node::Str(text) => is_dynamic(text),
        other => other.is_deferred(),
    }
}

/// An object, be it reached by one key or by several in turn.
pub(super) fn object<'n>(map: &'n Map, path: &[&str]) -> Known<&'n Map> {
    let mut here = map;
    for key in path {
        match look(here, key) {
            Known::Is(Node::Map(next)) => here = next,
            Known::Missing => return Known::Missing,
            _ => return Known::Open,
        }
    }
    Known::Is(here)
}

/// The items of a list; none where there is no list, or only AWS knows it. A single value stands for a list of one.
pub(super) fn items<'n>(map: &'n Map, key: &str) -> &'n [Node] {
    match look(map, key) {
        Known::Is(Node::List(items)) => items,
        Known::Is(one @ Node::Map(_)) => std::slice::from_ref(one),
        _ => &[],
    }
}

/// A literal text.
pub(super) fn text<'n>(map: &'n Map, key: &str) -> Known<&'n str> {
    look(map, key).and_then(Node::as_str)
}

/// A literal text, if it is one.
pub(super) fn literal<'n>(map: &'n Map, key: &str) -> Option<&'n str> {
    match text(map, key) {
        Known::Is(text) => Some(text),
        _ => None,
    }
}

/// A boolean, which templates also write as text.
pub(super) fn truth(map: &Map, key: &str) -> Known<bool> {
    look(map, key).and_then(as_truth)
}

fn as_truth(node: &Node) -> Option<bool> {
    match node {
        Node::Bool(truth) => Some(*truth),
        Node::Str(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Node::Str(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A number, which templates also write as text.
pub(super) fn number(map: &Map, key: &str) -> Option<f64> {
    match look(map, key) {
        Known::Is(node) => as_number(node),
        _ => None,
    }
}

/// The number that a literal stands for.
pub(super) fn as_number(node: &Node) -> Option<f64> {
    match node {
        Node::Int(number) => Some(*number as f64),
        Node::Float(number) => Some(*number),
        Node::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}
