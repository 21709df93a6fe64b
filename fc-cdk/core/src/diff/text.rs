//! What strings come to: `Fn::Sub`, `Fn::Join` and plain text in one form.

use std::borrow::Cow;

use smol_str::SmolStr;

use crate::node::{Map, Node};

/// A piece of a string.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// Text that is known.
    Text(String),
    /// What AWS puts in; references are in their long form.
    Value(Node),
}

/// The pieces of a string: no two texts side by side, none empty. `None` where the node is no string.
pub(super) fn parts(node: &Node) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    push(&mut parts, node).then_some(parts)
}

fn push(parts: &mut Vec<Part>, node: &Node) -> bool {
    match node {
        Node::Str(text) => push_text(parts, text),
        Node::Bool(_) | Node::Int(_) | Node::Float(_) => push_text(parts, &scalar(node)),
        _ => match node.as_function() {
            Some(("Fn::Sub", Node::Str(text))) => push_sub(parts, text, None),
            Some(("Fn::Sub", Node::List(items))) => match items.as_slice() {
                [Node::Str(text), Node::Map(values)] => push_sub(parts, text, Some(values)),
                _ => parts.push(Part::Value(node.clone())),
            },
            Some(("Fn::Join", Node::List(items))) => match items.as_slice() {
                [Node::Str(delimiter), Node::List(items)] => {
                    for (index, item) in items.iter().enumerate() {
                        if index > 0 {
                            push_text(parts, delimiter);
                        }
                        if !push(parts, item) {
                            parts.push(Part::Value(item.clone()));
                        }
                    }
                }
                _ => parts.push(Part::Value(node.clone())),
            },
            Some(("Fn::GetAtt", Node::Str(path))) => parts.push(Part::Value(get_att(path))),
            Some(_) => parts.push(Part::Value(node.clone())),
            None => return false,
        },
    }
    true
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

fn push_sub(parts: &mut Vec<Part>, text: &str, values: Option<&Map>) {
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => push_text(parts, &text),
            Piece::Name(name) => match values.and_then(|values| values.get(name)) {
                Some(value) => {
                    if !push(parts, value) {
                        parts.push(Part::Value(value.clone()));
                    }
                }
                None => parts.push(Part::Value(reference(name))),
            },
        }
    }
}

/// A piece of the text of `Fn::Sub`.
pub(super) enum Piece<'a> {
    Text(Cow<'a, str>),
    /// What stands between `${` and `}`.
    Name(&'a str),
}

/// The pieces of the text of `Fn::Sub`; `${!name}` is the text `${name}`.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(start) = rest.find("${") else {
            return Some(Piece::Text(std::mem::take(&mut rest).into()));
        };
        if start > 0 {
            let (before, after) = rest.split_at(start);
            rest = after;
            return Some(Piece::Text(before.into()));
        }
        let Some((name, after)) = rest.get(2..).and_then(|rest| rest.split_once('}')) else {
            return Some(Piece::Text(std::mem::take(&mut rest).into()));
        };
        rest = after;
        Some(match name.strip_prefix('!') {
            Some(literal) => Piece::Text(format!("${{{literal}}}").into()),
            None => Piece::Name(name.trim()),
        })
    })
}

/// `Vpc` or `Vpc.Arn`, as `Fn::Sub` names them.
fn reference(name: &str) -> Node {
    if name.contains('.') { get_att(name) } else { Node::function("Ref", name.into()) }
}

fn get_att(path: &str) -> Node {
    let (id, attribute) = path.split_once('.').unwrap_or((path, ""));
    Node::function("Fn::GetAtt", Node::from([id, attribute]))
}

/// A value as text, as CloudFormation writes numbers and truth values where text is wanted.
pub(super) fn scalar(node: &Node) -> Cow<'_, str> {
    match node {
        Node::Str(text) => Cow::Borrowed(text),
        Node::Bool(true) => Cow::Borrowed("true"),
        Node::Bool(false) => Cow::Borrowed("false"),
        // 1.0 and 1 are the same number.
        Node::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Cow::Owned(format!("{number:.0}"))
        }
        other => Cow::Owned(other.to_json()),
    }
}

/// A value in one form, whatever way it is written: keys in order, strings in pieces, what is not set left out.
///
/// References to the old names of resources become references to the new ones.
pub(super) fn canonical(node: &Node, renamed: &dyn Fn(&str) -> Option<SmolStr>) -> Node {
    let new_name = |id: &str| renamed(id).unwrap_or_else(|| id.into());
    match node {
        Node::List(items) => {
            let mut items: Vec<Node> = items
                .iter()
                .filter(|item| !is_unset(item))
                .map(|item| canonical(item, renamed))
                .collect();
            if super::tags::is_tag_list(&items) {
                items.sort_by_cached_key(|item| super::tags::key_of(item).map(str::to_owned));
            }
            Node::List(items)
        }
        Node::Map(map) => match node.as_function() {
            Some(("Ref", Node::Str(id))) => Node::function("Ref", new_name(id).into()),
            Some(("Fn::GetAtt", Node::List(path))) => {
                let mut path = path.clone();
                if let Some(Node::Str(id)) = path.first_mut() {
                    *id = new_name(id);
                }
                Node::function("Fn::GetAtt", Node::List(path))
            }
            Some(("Fn::Sub" | "Fn::Join" | "Fn::GetAtt", _)) => joined(node, renamed),
            _ => {
                let entries = map.iter().filter(|(_, value)| !is_unset(value));
                let mut map: Map =
                    entries.map(|(key, value)| (key.clone(), canonical(value, renamed))).collect();
                map.sort_keys();
                Node::Map(map)
            }
        },
        other => other.clone(),
    }
}

/// A string as text, a reference, or a join without delimiter.
fn joined(node: &Node, renamed: &dyn Fn(&str) -> Option<SmolStr>) -> Node {
    let pieces = parts(node).unwrap_or_default();
    let mut items: Vec<Node> = pieces
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => Node::from(text),
            // What `parts` could not take apart would come back here for ever.
            Part::Value(value) if value == *node => value,
            Part::Value(value) => canonical(&value, renamed),
        })
        .collect();
    match items.len() {
        0 => Node::from(""),
        1 => items.swap_remove(0),
        _ => Node::function("Fn::Join", Node::List(vec![Node::from(""), Node::List(items)])),
    }
}

/// Whether a property with this value is as good as not there.
pub(super) fn is_unset(node: &Node) -> bool {
    node.is_null()
        || matches!(node.as_function(), Some(("Ref", Node::Str(name))) if name == "AWS::NoValue")
}

/// A value on one line, for people: strings as they are, references as `Fn::Sub` writes them, all else as JSON.
///
/// ```
/// use fc_cdk_core::{diff::show, json};
/// let arn = json!({ "Fn::Join": ["", [{ "Fn::GetAtt": ["Orders", "Arn"] }, "/*"]] });
/// assert_eq!(show(&arn), "${Orders.Arn}/*");
/// ```
pub fn show(node: &Node) -> String {
    let Some(parts) = parts(node) else { return node.to_json() };
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(&text),
            Part::Value(value) => match value.as_function() {
                Some(("Ref", Node::Str(id))) => {
                    out.push_str("${");
                    out.push_str(id);
                    out.push('}');
                }
                Some(("Fn::GetAtt", Node::List(path))) => {
                    let path: Vec<String> = path.iter().map(show).collect();
                    out.push_str("${");
                    out.push_str(&path.join("."));
                    out.push('}');
                }
                _ => out.push_str(&value.to_json()),
            },
        }
    }
    out
}
