//! What a function comes to, where that is known now: of literals, mappings, and what parameters are unless somebody says otherwise.

use smol_str::{SmolStr, ToSmolStr};

use super::{known::as_number, model::Model, yields::is_list_type};
use crate::{
    intrinsics::is_dynamic,
    node::{Map, Node},
};

/// The texts that a value may come to.
#[derive(Debug, PartialEq)]
pub(crate) struct Values {
    pub(crate) texts: Vec<SmolStr>,
    /// The parameter whose default or allowed values these are.
    pub(crate) parameter: Option<SmolStr>,
}

/// How many values are looked at.
const MAX_VALUES: usize = 64;

/// How deep functions are followed.
const MAX_DEPTH: u32 = 16;

/// What a function comes to; none where that is not known.
pub(super) fn of(model: &Model<'_>, node: &Node) -> Option<Values> {
    below(model, node, 0).filter(|values| !values.texts.is_empty())
}

fn below(model: &Model<'_>, node: &Node, depth: u32) -> Option<Values> {
    if depth > MAX_DEPTH {
        return None;
    }
    let Some((name, argument)) = node.as_function() else {
        return Some(Values { texts: vec![scalar(node)?], parameter: None });
    };
    let items = argument.as_list().unwrap_or_default();
    match (name, items) {
        ("Ref", _) => parameter(model, argument.as_str()?),
        ("Fn::FindInMap", [Node::Str(name), first, second]) => in_map(model, name, first, second),
        ("Fn::Select", [index, Node::List(from)]) => {
            below(model, from.get(as_number(index)? as usize)?, depth + 1)
        }
        ("Fn::Select", [index, from]) => {
            let ("Fn::Split", Node::List(parts)) = from.as_function()? else { return None };
            let [Node::Str(delimiter), Node::Str(text)] = parts.as_slice() else { return None };
            let item = text.split(delimiter.as_str()).nth(as_number(index)? as usize)?;
            Some(Values { texts: vec![item.into()], parameter: None })
        }
        ("Fn::Join", [Node::Str(delimiter), Node::List(parts)]) => {
            let mut joined = One::default();
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    joined.text.push_str(delimiter);
                }
                joined.add(below(model, part, depth + 1)?)?;
            }
            Some(joined.into())
        }
        ("Fn::Sub", _) => substituted(model, argument, depth),
        _ => None,
    }
}

/// A text that is put together.
#[derive(Default)]
struct One {
    text: String,
    parameter: Option<SmolStr>,
}

impl One {
    /// Adds a part, of which there is one value alone.
    fn add(&mut self, part: Values) -> Option<()> {
        let [text] = part.texts.as_slice() else { return None };
        self.text.push_str(text);
        self.parameter = self.parameter.take().or(part.parameter);
        Some(())
    }
}

impl From<One> for Values {
    fn from(one: One) -> Values {
        Values { texts: vec![one.text.into()], parameter: one.parameter }
    }
}

fn scalar(node: &Node) -> Option<SmolStr> {
    match node {
        Node::Str(text) if is_dynamic(text) => None,
        Node::Str(text) => Some(text.clone()),
        Node::Int(number) => Some(number.to_smolstr()),
        Node::Float(_) | Node::Bool(_) => Some(node.to_json().into()),
        _ => None,
    }
}

/// The allowed values of a parameter, or its default.
fn parameter(model: &Model<'_>, name: &str) -> Option<Values> {
    if model.resource(name).is_some() {
        return None;
    }
    let kind = model.parameter_type(name)?;
    if is_list_type(kind) || kind.starts_with("AWS::SSM::") {
        return None;
    }
    let definition = model.root.get("Parameters")?.as_map()?.get(name)?.as_map()?;
    let texts = match definition.get("AllowedValues") {
        Some(Node::List(allowed)) if allowed.len() <= MAX_VALUES => {
            allowed.iter().map(scalar).collect::<Option<Vec<_>>>()?
        }
        Some(_) => return None,
        None => vec![scalar(definition.get("Default")?)?],
    };
    // Nothing stands for a value that is left out.
    let texts: Vec<SmolStr> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    Some(Values { texts, parameter: Some(name.into()) })
}

/// Whatever is found in a mapping by keys of which some may be open.
fn in_map(model: &Model<'_>, name: &str, first: &Node, second: &Node) -> Option<Values> {
    let mapping = model.section("Mappings").find(|(other, _)| *other == name)?.1.as_map()?;
    let fits = |key: &Node, name: &str| key.as_str().is_none_or(|key| key == name);
    let mut texts = Vec::new();
    for (key, values) in mapping.iter().filter(|(key, _)| fits(first, key)) {
        let found = values.as_map().into_iter().flat_map(Map::iter);
        for (_, value) in found.filter(|(key, _)| fits(second, key)) {
            texts.push(scalar(value)?);
        }
        if key.starts_with("Fn::") || texts.len() > MAX_VALUES {
            return None;
        }
    }
    Some(Values { texts, parameter: None })
}

fn substituted(model: &Model<'_>, argument: &Node, depth: u32) -> Option<Values> {
    let (text, variables) = match argument {
        Node::Str(text) => (text, None),
        Node::List(parts) => match parts.as_slice() {
            [Node::Str(text), Node::Map(variables)] => (text, Some(variables)),
            _ => return None,
        },
        _ => return None,
    };
    if is_dynamic(text) || text.contains("${!") {
        return None;
    }
    let mut one = One::default();
    let mut parts = text.split("${");
    one.text.push_str(parts.next()?);
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        let name = name.trim();
        let value = match variables.and_then(|variables| variables.get(name)) {
            Some(value) => below(model, value, depth + 1)?,
            None => parameter(model, name)?,
        };
        one.add(value)?;
        one.text.push_str(rest);
    }
    Some(one.into())
}
