//! Which functions may stand in which arguments, and what they have to give there.
//!
//! The pages of the functions say it: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.

use super::{
    model::Model,
    yields::{self, Yields},
};
use crate::node::{Map, Node};

/// What an argument takes.
#[derive(Clone, Copy)]
pub(super) struct Argument {
    /// How messages call it.
    what: &'static str,
    /// What a value of it is.
    kind: Yields,
    functions: &'static [&'static str],
    /// More of them, where the language extensions are on.
    extended: &'static [&'static str],
}

const fn text(what: &'static str, functions: &'static [&'static str]) -> Argument {
    Argument { what, kind: Yields::TEXT, functions, extended: &[] }
}

const fn list(what: &'static str, functions: &'static [&'static str]) -> Argument {
    Argument { what, kind: Yields::LIST, functions, extended: &[] }
}

impl Argument {
    const fn extended(mut self, functions: &'static [&'static str]) -> Argument {
        self.extended = functions;
        self
    }

    const fn or_object(mut self) -> Argument {
        self.kind = self.kind.or(Yields::OBJECT);
        self
    }
}

/// Functions that may give a text, all of them.
const TEXTS: &[&str] = &[
    "Fn::Base64",
    "Fn::FindInMap",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Select",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Ref",
];
const LISTS: &[&str] =
    &["Fn::Cidr", "Fn::FindInMap", "Fn::GetAZs", "Fn::GetAtt", "Fn::If", "Fn::Split", "Ref"];
/// What names something that is there before the stack is.
const NAMES: &[&str] =
    &["Fn::Base64", "Fn::FindInMap", "Fn::If", "Fn::Join", "Fn::Select", "Fn::Sub", "Ref"];
const CIDR: &[&str] = &[
    "Fn::FindInMap",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Select",
    "Fn::Sub",
    "Ref",
];

pub(super) const BASE64: Argument = text("what `Fn::Base64` encodes", TEXTS);
pub(super) const CIDR_RANGE: Argument = text("the range of `Fn::Cidr`", CIDR);
pub(super) const CIDR_COUNT: Argument = text("the count of `Fn::Cidr`", CIDR);
pub(super) const CIDR_BITS: Argument = text("the bits of `Fn::Cidr`", CIDR);
pub(super) const FIND_IN_MAP: Argument =
    text("a key of `Fn::FindInMap`", &["Fn::FindInMap", "Fn::Select", "Ref"]).extended(&[
        "Fn::If",
        "Fn::Join",
        "Fn::Length",
        "Fn::Sub",
        "Fn::ToJsonString",
    ]);
const ATTRIBUTES: &[&str] = &[
    "Fn::Base64",
    "Fn::FindInMap",
    "Fn::If",
    "Fn::Join",
    "Fn::Select",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Ref",
];
pub(super) const GET_ATT_ID: Argument =
    text("the logical id of `Fn::GetAtt`", &[]).extended(ATTRIBUTES);
pub(super) const GET_ATT_NAME: Argument =
    text("the attribute of `Fn::GetAtt`", &["Ref"]).extended(ATTRIBUTES);
pub(super) const GET_AZS: Argument = text(
    "the region of `Fn::GetAZs`",
    &["Fn::FindInMap", "Fn::GetAtt", "Fn::If", "Fn::Join", "Fn::Select", "Fn::Sub", "Ref"],
);
pub(super) const IMPORT_VALUE: Argument = text("the name of `Fn::ImportValue`", NAMES);
pub(super) const JOIN_LIST: Argument = list("what `Fn::Join` joins", LISTS);
pub(super) const JOIN_ITEM: Argument = text("what `Fn::Join` joins", TEXTS);
pub(super) const LENGTH: Argument = list(
    "what `Fn::Length` counts",
    &["Fn::FindInMap", "Fn::GetAZs", "Fn::If", "Fn::Split", "Ref", "Fn::Cidr"],
);
pub(super) const SELECT_INDEX: Argument =
    text("the index of `Fn::Select`", &["Fn::FindInMap", "Ref"]).extended(&[
        "Fn::Length",
        "Fn::If",
        "Fn::Select",
        "Fn::Sub",
    ]);
pub(super) const SELECT_LIST: Argument = list("what `Fn::Select` chooses from", LISTS);
pub(super) const SPLIT: Argument = text("what `Fn::Split` splits", TEXTS);
pub(super) const SUB_VARIABLE: Argument = text("a variable of `Fn::Sub`", TEXTS);
pub(super) const STACK_OUTPUT: Argument = text("an argument of `Fn::GetStackOutput`", TEXTS);
pub(super) const TO_JSON: Argument = list(
    "what `Fn::ToJsonString` writes",
    &[
        "Fn::FindInMap",
        "Fn::GetAZs",
        "Fn::GetAtt",
        "Fn::If",
        "Fn::Select",
        "Fn::Split",
        "Ref",
        "Fn::Cidr",
    ],
)
.or_object();
pub(super) const EQUALS: Argument = text(
    "what `Fn::Equals` compares",
    &[
        "Fn::FindInMap",
        "Fn::Join",
        "Fn::Length",
        "Fn::Select",
        "Fn::Split",
        "Fn::Sub",
        "Fn::ToJsonString",
        "Fn::ValueOf",
        "Ref",
    ],
);
pub(super) const EXPORT_NAME: Argument = text(
    "the name of an export",
    &[
        "Fn::Base64",
        "Fn::FindInMap",
        "Fn::If",
        "Fn::ImportValue",
        "Fn::Join",
        "Fn::Select",
        "Fn::Sub",
        "Ref",
        "Fn::Length",
        "Fn::ToJsonString",
    ],
);
pub(super) const OUTPUT: Argument = text("the value of an output", TEXTS);

/// What is wrong with a value in the place of an argument.
pub(super) fn problem(model: &Model<'_>, argument: &Argument, node: &Node) -> Option<String> {
    let what = argument.what;
    let Some((name, of)) = node.as_function() else {
        let is_known = match node {
            Node::Null => return Some(format!("{what} is {}, not `null`", argument.kind.name())),
            // Something that a macro or a loop puts there.
            Node::Map(map) => !map.keys().any(|key| key.starts_with("Fn::")),
            Node::Ref(_) | Node::Sub(_) => false,
            _ => true,
        };
        let misses = is_known && !yields::of(model, node).may_be(argument.kind);
        return misses.then(|| format!("{what} is {}, not {}", argument.kind.name(), node.kind()));
    };
    if name == "Condition" && of.as_str().is_some() && !argument.kind.may_be(Yields::OBJECT) {
        return Some(format!("{what} is {}, not a condition", argument.kind.name()));
    }
    if !is_function(name) {
        return None;
    }
    if let ("Fn::If", Node::List(parts)) = (name, of)
        && argument.functions.contains(&name)
    {
        let is_nothing = |part: &&Node| !matches!(part.as_function(), Some(("Ref", Node::Str(name))) if name == "AWS::NoValue");
        let mut branches = parts.iter().skip(1).filter(is_nothing);
        return branches.find_map(|branch| problem(model, argument, branch));
    }
    let takes = argument.functions.contains(&name)
        || model.has_extensions && argument.extended.contains(&name);
    if !takes {
        let extensions = argument.extended.contains(&name);
        let without =
            if extensions { " without the transform `AWS::LanguageExtensions`" } else { "" };
        return Some(format!("{what} is not read from `{name}`{without}"));
    }
    let given = yields::of(model, node);
    if given.may_be(argument.kind) {
        return None;
    }
    Some(format!("{what} is {}, and this `{name}` gives {}", argument.kind.name(), given.name()))
}

/// Whether the engine knows a function and what it gives; the rest is for others to say.
fn is_function(name: &str) -> bool {
    !matches!(name, "Condition" | "Fn::Transform") && !name.starts_with("Fn::ForEach")
}

/// The first problem among the items of a list.
pub(super) fn among(model: &Model<'_>, argument: &Argument, items: &[Node]) -> Option<String> {
    items.iter().find_map(|item| problem(model, argument, item))
}

/// The first problem among the entries of an object.
pub(super) fn values(model: &Model<'_>, argument: &Argument, map: &Map) -> Option<String> {
    map.iter().find_map(|(_, value)| problem(model, argument, value))
}
