//! Rules over several properties, as JSON schemas with conditions: "with `TargetType` `lambda`, no `Port`".
//!
//! What only AWS knows makes a part of a rule undecided, and an undecided rule finds nothing.

use rustc_hash::FxHashMap;

use crate::{
    node::{Map, Node},
    template::Template,
};

use super::pattern::Patterns;

/// The rules met so far, read on first use.
#[derive(Default)]
pub(super) struct Rules(FxHashMap<usize, Option<Node>>);

/// What a schema says of a node.
enum Verdict {
    Holds,
    /// It does not hold, for this reason.
    Fails(String),
    Unknown,
}
use Verdict::{Fails, Holds, Unknown};

impl Rules {
    /// Why `node` breaks the rule, if it surely does.
    pub(super) fn broken(
        &mut self,
        rule: &'static str,
        node: &Node,
        patterns: &Patterns,
    ) -> Option<String> {
        let parse =
            || Template::parse_json(rule).ok().map(|template| Node::Map(template.into_sections()));
        let schema = self.0.entry(rule.as_ptr() as usize).or_insert_with(parse).as_ref()?;
        match judge(schema, node, patterns) {
            Fails(why) => Some(why),
            Holds | Unknown => None,
        }
    }
}

fn judge(schema: &Node, node: &Node, patterns: &Patterns) -> Verdict {
    let schema = match schema {
        Node::Bool(true) => return Holds,
        Node::Bool(false) => return Fails("is not allowed here".into()),
        Node::Map(schema) => schema,
        _ => return Unknown,
    };
    let mut unknown = false;
    for (keyword, argument) in schema.iter() {
        let verdict = match (keyword.as_str(), argument) {
            (
                "then" | "else" | "description" | "title" | "$comment" | "$schema" | "definitions",
                _,
            ) => Holds,
            ("if", condition) => branch(schema, condition, node, patterns),
            ("allOf", Node::List(parts)) => all(parts, node, patterns),
            ("anyOf", Node::List(parts)) => any(parts, node, patterns),
            ("not", part) => match judge(part, node, patterns) {
                Holds => Fails("is a combination that AWS does not take".into()),
                Fails(_) => Holds,
                Unknown => Unknown,
            },
            _ if node.is_deferred() || node.is_null() => Unknown,
            ("type", kinds) => of_type(kinds, node),
            ("const", value) => one_of(std::slice::from_ref(value), node),
            ("enum", Node::List(values)) => one_of(values, node),
            ("pattern", Node::Str(pattern)) => match node {
                Node::Str(text) if text.contains("{{resolve:") => Unknown,
                Node::Str(text) => match patterns.matches_once(pattern, text) {
                    Some(true) => Holds,
                    Some(false) => Fails(format!("is `{text}`, which does not fit here")),
                    None => Unknown,
                },
                _ => Unknown,
            },
            ("minimum", bound) => bounded(node, bound, |value, bound| value >= bound, "at least"),
            ("maximum", bound) => bounded(node, bound, |value, bound| value <= bound, "at most"),
            ("required", Node::List(names)) => required(names, node),
            ("properties", Node::Map(properties)) => each(properties, node, patterns),
            ("additionalProperties", Node::Bool(false)) => closed(schema, node),
            ("minItems", Node::Int(min)) => match node {
                Node::List(items) if (items.len() as i64) < *min => {
                    Fails(format!("needs at least {min} items"))
                }
                Node::List(_) => Holds,
                _ => Unknown,
            },
            _ => Unknown,
        };
        match verdict {
            Holds => {}
            Fails(why) => return Fails(why),
            Unknown => unknown = true,
        }
    }
    if unknown { Unknown } else { Holds }
}

fn branch(schema: &Map, condition: &Node, node: &Node, patterns: &Patterns) -> Verdict {
    let (keyword, holds) = match judge(condition, node, patterns) {
        Holds => ("then", true),
        Fails(_) => ("else", false),
        Unknown => return Unknown,
    };
    match schema.get(keyword).map_or(Holds, |part| judge(part, node, patterns)) {
        Fails(why) if holds => Fails(match given(condition) {
            Some(given) if !why.contains(" with ") => format!("{why} with {given}"),
            _ => why,
        }),
        verdict => verdict,
    }
}

/// The values that a condition asks for, for messages.
fn given(condition: &Node) -> Option<String> {
    let properties = condition.get("properties")?.as_map()?;
    let values: Vec<String> = properties
        .iter()
        .filter_map(|(name, schema)| {
            let value = match (schema.get("const"), schema.get("enum")) {
                (Some(value), _) => value,
                (None, Some(Node::List(values))) if values.len() == 1 => values.first()?,
                _ => return None,
            };
            Some(format!("`{name}` {}", value.to_json().replace('"', "`")))
        })
        .collect();
    (!values.is_empty()).then(|| values.join(" and "))
}

fn all(parts: &[Node], node: &Node, patterns: &Patterns) -> Verdict {
    let mut unknown = false;
    for part in parts {
        match judge(part, node, patterns) {
            Holds => {}
            Fails(why) => return Fails(why),
            Unknown => unknown = true,
        }
    }
    if unknown { Unknown } else { Holds }
}

fn any(parts: &[Node], node: &Node, patterns: &Patterns) -> Verdict {
    let (mut unknown, mut first) = (false, None);
    for part in parts {
        match judge(part, node, patterns) {
            Holds => return Holds,
            Fails(why) => first = first.or(Some(why)),
            Unknown => unknown = true,
        }
    }
    match first {
        Some(why) if !unknown => Fails(why),
        _ => Unknown,
    }
}

/// Numbers and truth values may be written as text, so only what is of another kind for sure fails.
fn of_type(kinds: &Node, node: &Node) -> Verdict {
    let wanted = |kind: &str| match kinds {
        Node::List(kinds) => kinds.iter().any(|it| it.as_str() == Some(kind)),
        kinds => kinds.as_str() == Some(kind),
    };
    let scalar = ["string", "integer", "number", "boolean"].into_iter().any(wanted);
    match node {
        Node::Map(_) if wanted("object") => Holds,
        Node::List(_) if wanted("array") => Holds,
        Node::Str(_) if wanted("string") => Holds,
        Node::Int(_) if wanted("integer") || wanted("number") => Holds,
        Node::Bool(_) if wanted("boolean") => Holds,
        Node::Map(_) | Node::List(_) => Fails("is of another kind".into()),
        _ if scalar => Unknown,
        _ => Fails("is of another kind".into()),
    }
}

fn one_of(values: &[Node], node: &Node) -> Verdict {
    let text = |node: &Node| node.as_str().map_or_else(|| node.to_json(), str::to_owned);
    let found = text(node);
    if found.contains("{{resolve:") {
        return Unknown;
    }
    if values.iter().any(|value| text(value) == found) {
        return Holds;
    }
    let values: Vec<String> = values.iter().map(|value| format!("`{}`", text(value))).collect();
    Fails(format!("is `{found}`, but has to be {}", values.join(" or ")))
}

fn bounded(node: &Node, bound: &Node, fits: fn(f64, f64) -> bool, words: &str) -> Verdict {
    let number = |node: &Node| match node {
        Node::Int(value) => Some(*value as f64),
        Node::Float(value) => Some(*value),
        Node::Str(text) => text.parse().ok(),
        _ => None,
    };
    match (number(node), number(bound)) {
        (Some(value), Some(bound)) if fits(value, bound) => Holds,
        (Some(value), Some(bound)) => Fails(format!("is {value}, but has to be {words} {bound}")),
        _ => Unknown,
    }
}

/// Whether a value may turn out to be none at all.
fn may_vanish(node: &Node) -> bool {
    node.is_null() || node.is_deferred()
}

fn required(names: &[Node], node: &Node) -> Verdict {
    let Node::Map(map) = node else { return Unknown };
    let mut unknown = map.iter().any(|(key, _)| key.starts_with("Fn::"));
    for name in names.iter().filter_map(Node::as_str) {
        match map.get(name) {
            None if unknown => return Unknown,
            None => return Fails(format!("needs `{name}`")),
            Some(value) => {
                unknown |=
                    matches!(value.as_function(), Some(("Fn::If" | "Ref", _))) || value.is_null()
            }
        }
    }
    if unknown { Unknown } else { Holds }
}

fn each(properties: &Map, node: &Node, patterns: &Patterns) -> Verdict {
    let Node::Map(map) = node else { return Unknown };
    let mut unknown = false;
    for (name, schema) in properties.iter() {
        let Some(value) = map.get(name) else { continue };
        let verdict = match schema {
            Node::Bool(false) if may_vanish(value) => Unknown,
            schema => judge(schema, value, patterns),
        };
        match verdict {
            Holds => {}
            Fails(why) => return Fails(format!("`{name}` {why}")),
            Unknown => unknown = true,
        }
    }
    if unknown { Unknown } else { Holds }
}

fn closed(schema: &Map, node: &Node) -> Verdict {
    let (Node::Map(map), Some(Node::Map(known))) = (node, schema.get("properties")) else {
        return Unknown;
    };
    match map.iter().find(|(key, value)| {
        !known.contains_key(key) && !key.starts_with("Fn::") && !may_vanish(value)
    }) {
        Some((key, _)) => Fails(format!("`{key}` is not allowed here")),
        None => Holds,
    }
}
