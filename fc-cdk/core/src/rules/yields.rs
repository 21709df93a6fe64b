//! What kinds of values a function gives, as far as that is certain.

use super::{known::as_number, model::Model};
use crate::{
    node::{Map, Node},
    spec::Kind,
};

/// Kinds of values: one bit for each that a value may turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Yields(u8);

impl Yields {
    /// A text, a number or a truth value: CloudFormation reads each from the others.
    pub(crate) const TEXT: Yields = Yields(1);
    pub(crate) const LIST: Yields = Yields(2);
    pub(crate) const OBJECT: Yields = Yields(4);
    /// Whether a condition holds, which only conditions and rules ask.
    pub(crate) const TRUTH: Yields = Yields(8);
    pub(crate) const ANY: Yields = Yields(15);

    /// Either of both.
    pub(crate) const fn or(self, other: Yields) -> Yields {
        Yields(self.0 | other.0)
    }

    /// Whether it may be one of these kinds.
    pub(crate) const fn may_be(self, wanted: Yields) -> bool {
        self.0 & wanted.0 != 0
    }

    /// For messages: `a text`, `a list`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Yields::TEXT => "a text",
            Yields::LIST => "a list",
            Yields::OBJECT => "an object",
            Yields::TRUTH => "whether a condition holds",
            _ => "a value of another kind",
        }
    }
}

/// How deep functions are followed.
const MAX_DEPTH: u32 = 32;

/// What a value of a template is or will be.
pub(super) fn of(model: &Model<'_>, node: &Node) -> Yields {
    below(model, node, 0)
}

fn below(model: &Model<'_>, node: &Node, depth: u32) -> Yields {
    match node {
        Node::Null | Node::Ref(_) | Node::Sub(_) => return Yields::ANY,
        Node::Str(_) | Node::Int(_) | Node::Float(_) | Node::Bool(_) => return Yields::TEXT,
        Node::List(_) => return Yields::LIST,
        Node::Map(_) => {}
    }
    let Some((name, argument)) = node.as_function() else {
        let has_functions = node.as_map().is_some_and(has_functions);
        return if has_functions { Yields::ANY } else { Yields::OBJECT };
    };
    if depth > MAX_DEPTH {
        return Yields::ANY;
    }
    let items = argument.as_list().unwrap_or_default();
    match name {
        "Ref" => argument.as_str().map_or(Yields::ANY, |name| reference(model, name)),
        "Fn::GetAtt" => attribute(model, argument),
        "Fn::If" => items
            .iter()
            .skip(1)
            .map(|branch| below(model, branch, depth + 1))
            .reduce(Yields::or)
            .unwrap_or(Yields::ANY),
        "Fn::Select" => match items {
            [index, Node::List(from)] => {
                match as_number(index).and_then(|index| from.get(index as usize)) {
                    Some(item) => below(model, item, depth + 1),
                    None => from
                        .iter()
                        .map(|item| below(model, item, depth + 1))
                        .reduce(Yields::or)
                        .unwrap_or(Yields::ANY),
                }
            }
            [_, from] if from.is_deferred() && below(model, from, depth + 1) == Yields::LIST => {
                match from.as_function() {
                    Some(("Fn::GetAtt" | "Fn::FindInMap" | "Fn::If", _)) => Yields::ANY,
                    _ => Yields::TEXT,
                }
            }
            _ => Yields::ANY,
        },
        "Fn::FindInMap" => in_map(model, items),
        name => by_name(name),
    }
}

/// What a function gives, whatever its arguments are.
pub(crate) fn by_name(name: &str) -> Yields {
    match name {
        "Fn::Base64" | "Fn::GetStackOutput" | "Fn::ImportValue" | "Fn::Join" | "Fn::Length"
        | "Fn::Sub" | "Fn::ToJsonString" => Yields::TEXT,
        "Fn::Cidr" | "Fn::GetAZs" | "Fn::Split" => Yields::LIST,
        "Fn::And"
        | "Fn::Contains"
        | "Fn::EachMemberEquals"
        | "Fn::EachMemberIn"
        | "Fn::Equals"
        | "Fn::Not"
        | "Fn::Or" => Yields::TRUTH,
        _ => Yields::ANY,
    }
}

fn has_functions(map: &Map) -> bool {
    map.keys().any(|key| key.starts_with("Fn::"))
}

/// What `Ref` of a name gives.
pub(super) fn reference(model: &Model<'_>, name: &str) -> Yields {
    match name {
        "AWS::NoValue" => return Yields::ANY,
        "AWS::NotificationARNs" => return Yields::LIST,
        _ if name.starts_with("AWS::") => return Yields::TEXT,
        _ => {}
    }
    if model.resource(name).is_some() {
        return Yields::TEXT;
    }
    match model.parameter_type(name) {
        Some(kind) if is_list_type(kind) => Yields::LIST,
        Some(_) => Yields::TEXT,
        None => Yields::ANY,
    }
}

/// Whether parameters of a type are lists.
pub(super) fn is_list_type(kind: &str) -> bool {
    let kind = kind.trim();
    let kind = kind.strip_prefix("AWS::SSM::Parameter::Value<").unwrap_or(kind);
    kind.starts_with("CommaDelimitedList") || kind.starts_with("List")
}

fn attribute(model: &Model<'_>, argument: &Node) -> Yields {
    match argument {
        Node::Str(text) => match text.split_once('.') {
            Some((id, name)) => attribute_of(model, id, name),
            None => Yields::ANY,
        },
        Node::List(parts) => match parts.as_slice() {
            [Node::Str(id), Node::Str(name)] => attribute_of(model, id, name),
            _ => Yields::ANY,
        },
        _ => Yields::ANY,
    }
}

/// What an attribute of a resource is.
pub(super) fn attribute_of(model: &Model<'_>, id: &str, attribute: &str) -> Yields {
    let spec = model.resource(id).and_then(|resource| resource.spec);
    let kind = spec.and_then(|spec| spec.attributes().find(|(name, _)| *name == attribute));
    match kind {
        Some((_, Kind::List(_))) => Yields::LIST,
        Some((
            _,
            Kind::String
            | Kind::Choice(_)
            | Kind::Id(_)
            | Kind::Integer
            | Kind::Number
            | Kind::Boolean,
        )) => Yields::TEXT,
        _ => Yields::ANY,
    }
}

/// What any of the values gives that are found there.
fn in_map(model: &Model<'_>, keys: &[Node]) -> Yields {
    let [Node::Str(name), first, second] = keys else { return Yields::ANY };
    let Some((_, Node::Map(mapping))) = model.section("Mappings").find(|(other, _)| other == name)
    else {
        return Yields::ANY;
    };
    let fits = |key: &Node, name: &str| key.as_str().is_none_or(|key| key == name);
    let found = mapping
        .iter()
        .filter(|(key, _)| fits(first, key))
        .flat_map(|(_, values)| values.as_map().into_iter().flat_map(Map::iter))
        .filter(|(key, _)| fits(second, key))
        .map(|(_, value)| if matches!(value, Node::List(_)) { Yields::LIST } else { Yields::TEXT })
        .reduce(Yields::or);
    if has_functions(mapping) { Yields::ANY } else { found.unwrap_or(Yields::ANY) }
}
