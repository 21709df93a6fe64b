//! Who mentions what in a template.

use super::{
    text::{Piece, pieces},
    values::Path,
};
use crate::node::Node;

/// A mention of something by name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mention<'a> {
    /// `Ref` of a resource or parameter.
    Ref(&'a str),
    /// `Fn::GetAtt`: the resource, and the attribute as far as it is known.
    GetAtt(&'a str, &'a str),
    /// `Fn::FindInMap`, with its arguments.
    FindInMap(&'a [Node]),
    /// A condition, by `Fn::If` or `Condition`.
    Condition(&'a str),
    /// `Fn::ImportValue`, with the export's name.
    Import(&'a Node),
    /// `Fn::GetStackOutput`, with its arguments.
    StackOutput(&'a Node),
}

/// Calls `found` for every mention below a value, with the path of the property that it is in.
pub(super) fn mentions<'a>(
    node: &'a Node,
    path: &mut Path,
    found: &mut dyn FnMut(&Path, Mention<'a>),
) {
    match node {
        Node::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.index(index, |path| mentions(item, path, found));
            }
        }
        Node::Map(map) => {
            if let Some((name, argument)) = node.as_function() {
                return function(name, argument, path, found);
            }
            for (key, value) in map.iter() {
                path.key(key, |path| mentions(value, path, found));
            }
        }
        _ => {}
    }
}

fn function<'a>(
    name: &str,
    argument: &'a Node,
    path: &Path,
    found: &mut dyn FnMut(&Path, Mention<'a>),
) {
    match (name, argument) {
        ("Ref", Node::Str(id)) => found(path, Mention::Ref(id)),
        ("Condition", Node::Str(id)) => found(path, Mention::Condition(id)),
        ("Fn::GetAtt", Node::Str(text)) => found(path, get_att(text)),
        ("Fn::GetAtt", Node::List(items)) => {
            if let Some(Node::Str(id)) = items.first() {
                let attribute = items.get(1).and_then(Node::as_str).unwrap_or_default();
                found(path, Mention::GetAtt(id, attribute));
            }
            items.iter().skip(1).for_each(|item| inside(item, path, found));
        }
        ("Fn::Sub", Node::Str(text)) => sub(text, &[], path, found),
        ("Fn::Sub", Node::List(items)) => {
            let own: Vec<&str> = items
                .get(1)
                .and_then(Node::as_map)
                .into_iter()
                .flat_map(|map| map.keys())
                .map(|key| key.as_str())
                .collect();
            if let Some(Node::Str(text)) = items.first() {
                sub(text, &own, path, found);
            }
            items.iter().skip(1).for_each(|item| inside(item, path, found));
        }
        ("Fn::FindInMap", Node::List(items)) => {
            found(path, Mention::FindInMap(items));
            items.iter().for_each(|item| inside(item, path, found));
        }
        ("Fn::If", Node::List(items)) => {
            if let Some(Node::Str(id)) = items.first() {
                found(path, Mention::Condition(id));
            }
            items.iter().skip(1).for_each(|item| inside(item, path, found));
        }
        ("Fn::ImportValue", argument) => {
            found(path, Mention::Import(argument));
            inside(argument, path, found);
        }
        ("Fn::GetStackOutput", argument) => {
            found(path, Mention::StackOutput(argument));
            inside(argument, path, found);
        }
        (_, argument) => inside(argument, path, found),
    }
}

/// What is inside of a function belongs to the property that the function is the value of.
fn inside<'a>(node: &'a Node, path: &Path, found: &mut dyn FnMut(&Path, Mention<'a>)) {
    match node {
        Node::List(items) => items.iter().for_each(|item| inside(item, path, found)),
        Node::Map(map) => match node.as_function() {
            Some((name, argument)) => function(name, argument, path, found),
            None => map.iter().for_each(|(_, value)| inside(value, path, found)),
        },
        _ => {}
    }
}

fn sub<'a>(text: &'a str, own: &[&str], path: &Path, found: &mut dyn FnMut(&Path, Mention<'a>)) {
    for piece in pieces(text) {
        if let Piece::Name(name) = piece
            && !own.contains(&name)
        {
            found(path, if name.contains('.') { get_att(name) } else { Mention::Ref(name) });
        }
    }
}

fn get_att(text: &str) -> Mention<'_> {
    let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
    Mention::GetAtt(id, attribute)
}
