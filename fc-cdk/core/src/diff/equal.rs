//! Whether two values mean the same.

use super::{
    policy,
    tags::{is_tag_list, key_of},
    text::{Part, is_unset, parts, scalar},
};
use crate::{
    node::{Map, Node},
    spec::Kind,
};

/// What is known of a place in a template.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// A value of this kind.
    Known(Kind),
    /// Nothing: a type or property that the tables do not have. CloudFormation turns `80` into `"80"` and back as the type needs
    /// it, so the two are the same here, too.
    Unknown,
    /// JSON that is handed on as it is: `80` and `"80"` differ.
    Json,
}

impl Place {
    /// The place of an object's entry.
    pub(super) fn entry(self, key: &str) -> Place {
        match self {
            Place::Known(Kind::Shape(shape)) => {
                shape.property(key).map_or(Place::Unknown, |property| Place::of(property.kind()))
            }
            Place::Known(Kind::Map(items)) => Place::of(items.kind()),
            Place::Known(_) | Place::Unknown => Place::Unknown,
            Place::Json => Place::Json,
        }
    }

    /// The place of a list's items.
    pub(super) fn item(self) -> Place {
        match self {
            Place::Known(Kind::List(items)) => Place::of(items.kind()),
            Place::Known(_) | Place::Unknown => Place::Unknown,
            Place::Json => Place::Json,
        }
    }

    pub(super) fn of(kind: Kind) -> Place {
        if matches!(kind, Kind::Json) { Place::Json } else { Place::Known(kind) }
    }
}

/// Whether two values mean the same at a place.
pub(super) fn equal(old: &Node, new: &Node, place: Place) -> bool {
    if old == new {
        return true;
    }
    if old.is_deferred() || new.is_deferred() {
        return equal_functions(old, new);
    }
    match (old, new) {
        (Node::Map(old), Node::Map(new)) => {
            if let Some(verdict) = policy::equal(old, new) {
                return verdict;
            }
            equal_maps(old, new, place)
        }
        (Node::List(old), Node::List(new)) => equal_lists(old, new, place.item()),
        (Node::Map(_) | Node::List(_), _) | (_, Node::Map(_) | Node::List(_)) => false,
        (old, new) => equal_scalars(old, new, place),
    }
}

fn equal_maps(old: &Map, new: &Map, place: Place) -> bool {
    let missing = Node::Null;
    let same = |key: &str, value: &Node, other: &Map| {
        let other = other.get(key).unwrap_or(&missing);
        match (is_unset(value), is_unset(other)) {
            (true, true) => true,
            (false, false) => equal(value, other, place.entry(key)),
            _ => false,
        }
    };
    old.iter().all(|(key, value)| same(key, value, new))
        && new.iter().all(|(key, value)| old.contains_key(key) || is_unset(value))
}

fn equal_lists(old: &[Node], new: &[Node], place: Place) -> bool {
    let is_set = |node: &&Node| !is_unset(node);
    let mut old: Vec<&Node> = old.iter().filter(is_set).collect();
    let mut new: Vec<&Node> = new.iter().filter(is_set).collect();
    if old.len() != new.len() {
        return false;
    }
    let are_tags = |items: &[&Node]| {
        items.first().is_some_and(|first| key_of(first).is_some())
            && is_tag_list(&items.iter().map(|&item| item.clone()).collect::<Vec<_>>())
    };
    if are_tags(&old) && are_tags(&new) {
        old.sort_by_key(|tag| key_of(tag));
        new.sort_by_key(|tag| key_of(tag));
    }
    old.into_iter().zip(new).all(|(old, new)| equal(old, new, place))
}

fn equal_scalars(old: &Node, new: &Node, place: Place) -> bool {
    let number = |node: &Node| match node {
        Node::Int(number) => Some(*number as f64),
        Node::Float(number) => Some(*number),
        _ => None,
    };
    if let (Some(old), Some(new)) = (number(old), number(new)) {
        return old == new;
    }
    match place {
        Place::Json => false,
        Place::Known(Kind::Integer | Kind::Number) => {
            let parse = |node: &Node| scalar(node).trim().parse::<f64>().ok();
            parse(old).is_some_and(|old| Some(old) == parse(new))
        }
        Place::Known(Kind::Boolean) => scalar(old).eq_ignore_ascii_case(&scalar(new)),
        Place::Known(_) | Place::Unknown => scalar(old) == scalar(new),
    }
}

/// Whether two values, one of them at least a function, are the same whatever AWS puts in.
fn equal_functions(old: &Node, new: &Node) -> bool {
    let equal_values = |old: &Node, new: &Node| match (old.as_function(), new.as_function()) {
        (Some((old_name, old)), Some((new_name, new))) => {
            old_name == new_name && equal_arguments(old_name, old, new)
        }
        _ => equal(old, new, Place::Unknown),
    };
    let (Some(old_parts), Some(new_parts)) = (parts(old), parts(new)) else {
        return false;
    };
    old_parts.len() == new_parts.len()
        && old_parts.iter().zip(&new_parts).all(|pair| match pair {
            (Part::Text(old), Part::Text(new)) => old == new,
            (Part::Value(old), Part::Value(new)) => equal_values(old, new),
            _ => false,
        })
}

fn equal_arguments(function: &str, old: &Node, new: &Node) -> bool {
    // The region of the stack is the default.
    let is_here = |node: &Node| {
        node.as_str() == Some("")
            || matches!(node.as_function(), Some(("Ref", name)) if name.as_str() == Some("AWS::Region"))
    };
    (function == "Fn::GetAZs" && is_here(old) && is_here(new)) || equal(old, new, Place::Unknown)
}
