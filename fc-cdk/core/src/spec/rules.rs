//! Rules over several properties, as JSON schemas with conditions: "with `TargetType` `lambda`, no `Port`".
//!
//! What only AWS knows makes a part of a rule undecided, and an undecided rule finds nothing.

use std::{borrow::Cow, fmt::Display};

use rustc_hash::FxHashMap;
use smol_str::{SmolStr, ToSmolStr};

use crate::{
    intrinsics::is_dynamic,
    node::{Map, Node},
    template::Template,
};

use super::{ResourceSpec, check::is_sure, pattern::Patterns};

/// The rules met so far, read on first use.
#[derive(Default)]
pub(super) struct Rules(FxHashMap<usize, Option<Node>>);

/// What a schema says of a node.
enum Verdict {
    Holds,
    /// It does not hold, for this reason.
    Fails(Why),
    Unknown,
}
use Verdict::{Fails, Holds, Unknown};

/// Why a rule does not hold.
#[derive(Default)]
pub(super) struct Why {
    /// What is wrong, with the property that it is about.
    pub(super) message: String,
    /// Where below the object that is judged, innermost first.
    pub(super) steps: Vec<String>,
    /// Whether it is one value alone that is wrong, whatever the others are.
    pub(super) alone: bool,
}

impl Why {
    /// The same, seen from the object around it. The message names the innermost property; the path has the others.
    fn below(mut self, step: &str) -> Why {
        let is_named = self.steps.iter().any(|step| step.parse::<usize>().is_err());
        if !is_named && step.parse::<usize>().is_err() {
            self.message = format!("`{step}` {}", self.message);
        }
        self.steps.push(step.to_owned());
        self
    }
}

/// What judging needs.
#[derive(Clone, Copy)]
struct With<'a> {
    patterns: &'a Patterns,
    /// What is judged, seen as a whole.
    data: &'a Node,
    /// Whether to say why something fails. Parts of a rule fail all the time, as branches of `oneOf` do: only what the whole fails by
    /// is told.
    reasons: bool,
}

impl<'a> With<'a> {
    /// The argument of a keyword. `$data` stands for a value of what is judged; what is not there is `null`, which decides nothing.
    fn argument(self, written: &'a Node) -> &'a Node {
        match written.get("$data").and_then(Node::as_str) {
            Some(pointer) => self.data.pointer(pointer).unwrap_or(&Node::Null),
            None => written,
        }
    }

    fn fails(self, message: impl FnOnce() -> String) -> Verdict {
        let message = if self.reasons { message() } else { String::new() };
        Fails(Why { message, ..Why::default() })
    }

    /// A value fails by itself.
    fn fails_alone(self, message: impl FnOnce() -> String) -> Verdict {
        match self.fails(message) {
            Fails(why) => Fails(Why { alone: true, ..why }),
            verdict => verdict,
        }
    }

    fn fails_below(self, step: impl Display, why: Why) -> Verdict {
        Fails(if self.reasons { why.below(&step.to_string()) } else { why })
    }
}

/// Why `node` breaks the schema, if it surely does.
fn why(schema: &Node, node: &Node, with: With<'_>) -> Option<Why> {
    if !matches!(judge(schema, node, with), Fails(_)) {
        return None;
    }
    match judge(schema, node, With { reasons: true, ..with }) {
        Fails(why) => Some(why),
        Holds | Unknown => None,
    }
}

impl Rules {
    /// Why `node` breaks the rule, if it surely does. Where the rule is about several resources, `target` gives the type and the
    /// properties of the one that a value refers to.
    pub(super) fn broken(
        &mut self,
        rule: &'static str,
        node: &Node,
        target: Target<'_>,
        patterns: &Patterns,
    ) -> Option<Why> {
        if !rule.starts_with('{') {
            return None;
        }
        let parse =
            || Template::parse_json(rule).ok().map(|template| Node::Map(template.into_sections()));
        let schema = self.0.entry(rule.as_ptr() as usize).or_insert_with(parse).as_ref()?;
        if let Some(gather) = schema.get("cfnGather") {
            return gathered(gather, node, target, patterns);
        }
        why(schema, node, With { patterns, data: node, reasons: false })
    }
}

/// What a value refers to: what is known of a resource's type, and its properties.
pub(crate) type Target<'a> = &'a dyn Fn(&Node) -> Option<(Option<ResourceSpec>, &'a Map)>;

/// A rule about a resource and others that it refers to: brings the values in question together, and judges those.
fn gathered(rule: &Node, node: &Node, target: Target<'_>, patterns: &Patterns) -> Option<Why> {
    let own = node.as_map()?;
    let at = |properties: &Map, path: &str| {
        let mut steps = path.split('/').filter(|step| !step.is_empty());
        let first = properties.get(steps.next()?)?;
        steps
            .try_fold(first, |node, step| match node {
                // Of many, the first: one is enough to be sure.
                Node::List(items) if step == "*" => items.first(),
                Node::List(items) => items.get(step.parse::<usize>().ok()?),
                node => node.get(step),
            })
            .cloned()
    };
    let mut all = Map::new();
    for (name, source) in rule.get("gather")?.as_map()?.iter() {
        let properties = match source.get("reference").and_then(Node::as_str) {
            None => own,
            Some(path) => {
                let Some((spec, properties)) = at(own, path).and_then(|value| target(&value))
                else {
                    continue;
                };
                let wanted = source.pointer("/filter/type").and_then(Node::as_str);
                if wanted.is_some_and(|wanted| spec.is_none_or(|spec| spec.type_name() != wanted)) {
                    continue;
                }
                properties
            }
        };
        let mut values = Map::new();
        for (key, from) in source.get("properties")?.as_map()?.iter() {
            let path = from.as_str().or_else(|| from.get("path")?.as_str()).unwrap_or_default();
            if let Some(value) = at(properties, path).or_else(|| from.get("default").cloned()) {
                values.insert(key.clone(), value);
            }
        }
        all.insert(name.clone(), Node::Map(values));
    }
    let all = Node::Map(all);
    let mut why = why(rule.get("schema")?, &all, With { patterns, data: &all, reasons: false })?;
    // What is judged is put together of several resources: its paths are nobody's.
    why.steps.clear();
    if let Some(message) = why.message.strip_prefix("`this` ") {
        why.message = message.to_owned();
    }
    Some(Why { alone: false, ..why })
}

fn judge(schema: &Node, node: &Node, with: With<'_>) -> Verdict {
    let schema = match schema {
        Node::Bool(true) => return Holds,
        Node::Bool(false) => return with.fails(|| "is not allowed here".into()),
        Node::Map(schema) => schema,
        _ => return Unknown,
    };
    let mut unknown = false;
    for (keyword, argument) in schema.iter() {
        let verdict = match (keyword.as_str(), with.argument(argument)) {
            (
                "then" | "else" | "format" | "default" | "description" | "title" | "$comment"
                | "$schema" | "definitions",
                _,
            ) => Holds,
            ("if", condition) => branch(schema, condition, node, with),
            ("allOf", Node::List(parts)) => all(parts, node, with),
            ("anyOf", Node::List(parts)) => any(parts, node, with),
            ("oneOf", Node::List(parts)) => exactly_one(parts, node, with),
            ("cfnContext", context) => {
                context.get("schema").map_or(Unknown, |part| judge(part, node, with))
            }
            ("const", value) if value.as_function().is_some() => same(value, node, with),
            ("not", part) => match judge(part, node, with) {
                Holds => with.fails(|| "is a combination that AWS does not take".into()),
                Fails(_) => Holds,
                Unknown => Unknown,
            },
            _ if node.is_deferred() || node.is_null() => Unknown,
            ("type", kinds) => of_type(kinds, node, with),
            ("const", value) => one_of(std::slice::from_ref(value), node, with),
            ("enum", Node::List(values)) => one_of(values, node, with),
            ("pattern", Node::Str(pattern)) => match node {
                Node::Str(text) if is_dynamic(text) => Unknown,
                Node::Str(text) => match with.patterns.matches_once(pattern, text) {
                    Some(true) => Holds,
                    Some(false) => {
                        with.fails_alone(|| format!("is `{text}`, but has to match `{pattern}`"))
                    }
                    None => Unknown,
                },
                Node::Int(number) => {
                    match with.patterns.matches_once(pattern, &number.to_smolstr()) {
                        Some(true) => Holds,
                        Some(false) => {
                            with.fails(|| format!("is {number}, which does not fit here"))
                        }
                        None => Unknown,
                    }
                }
                _ => Unknown,
            },
            ("minimum", bound) => {
                bounded(node, bound, with, |value, bound| value >= bound, "at least")
            }
            ("maximum", bound) => {
                bounded(node, bound, with, |value, bound| value <= bound, "at most")
            }
            ("required", Node::List(names)) => required(names, node, with),
            ("properties", Node::Map(properties)) => each(properties, node, with),
            ("additionalProperties", Node::Bool(true)) => Holds,
            ("additionalProperties", Node::Bool(false)) => closed(schema, node, with),
            ("exclusiveMinimum", bound) => {
                bounded(node, bound, with, |value, bound| value > bound, "more than")
            }
            ("multipleOf", bound) => {
                bounded(node, bound, with, |value, bound| value % bound == 0.0, "a multiple of")
            }
            ("items", part) => match node {
                Node::List(items) => each_item(part, items, with),
                _ => Unknown,
            },
            ("contains", part) => match node {
                Node::List(items) => contains(part, items, with),
                _ => Unknown,
            },
            ("propertyNames", part) => match node {
                Node::Map(map) => names(part, map, with),
                _ => Unknown,
            },
            ("dependentExcluded", Node::Map(pairs)) => excluded(pairs, node, with),
            ("required", Node::Bool(_)) => Holds,
            ("minItems", Node::Int(min)) => match node {
                Node::List(items) if (items.len() as i64) < *min => {
                    with.fails(|| format!("needs at least {min} items"))
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

fn branch(schema: &Map, condition: &Node, node: &Node, with: With<'_>) -> Verdict {
    let (keyword, holds) = match judge(condition, node, with) {
        Holds => ("then", true),
        Fails(_) => ("else", false),
        Unknown => return Unknown,
    };
    match schema.get(keyword).map_or(Holds, |part| judge(part, node, with)) {
        Fails(mut why) => {
            if with.reasons
                && holds
                && !why.message.contains(" with ")
                && let Some(given) = given(condition)
            {
                why.message = format!("{} with {given}", why.message);
            }
            Fails(Why { alone: false, ..why })
        }
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

fn all(parts: &[Node], node: &Node, with: With<'_>) -> Verdict {
    let mut unknown = false;
    for part in parts {
        match judge(part, node, with) {
            Holds => {}
            Fails(why) => return Fails(why),
            Unknown => unknown = true,
        }
    }
    if unknown { Unknown } else { Holds }
}

fn any(parts: &[Node], node: &Node, with: With<'_>) -> Verdict {
    let (mut unknown, mut first) = (false, None);
    for part in parts {
        match judge(part, node, with) {
            Holds => return Holds,
            Fails(why) => first = first.or(Some(why)),
            Unknown => unknown = true,
        }
    }
    match first {
        // Most likely the part is meant that is nearest to what is there: of which the fewest properties fail.
        Some(why) if !unknown && with.reasons => {
            let nearest = parts.iter().min_by_key(|part| failing_properties(part, node, with));
            nearest.map_or(Fails(why), |nearest| judge(nearest, node, with))
        }
        Some(why) if !unknown => Fails(why),
        _ => Unknown,
    }
}

/// How many properties fail by a part of a rule.
fn failing_properties(part: &Node, node: &Node, with: With<'_>) -> usize {
    let properties = part.get("properties").and_then(Node::as_map);
    let fails = |(key, rule): &(SmolStr, Node)| {
        node.get(key).is_some_and(|value| matches!(judge(rule, value, with), Fails(_)))
    };
    properties.map_or(1, |properties| properties.0.iter().filter(|entry| fails(entry)).count())
}

/// Numbers and truth values may be written as text, so only what is of another kind for sure fails.
fn of_type(kinds: &Node, node: &Node, with: With<'_>) -> Verdict {
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
        Node::Map(_) | Node::List(_) => with.fails(|| "is of another kind".into()),
        _ if scalar => Unknown,
        _ => with.fails(|| "is of another kind".into()),
    }
}

fn exactly_one(parts: &[Node], node: &Node, with: With<'_>) -> Verdict {
    let mut holding = 0;
    for part in parts {
        match judge(part, node, with) {
            Holds => holding += 1,
            Fails(_) => {}
            Unknown => return Unknown,
        }
    }
    match holding {
        1 => Holds,
        _ => with.fails(|| "has to be one of several forms".into()),
    }
}

fn each_item(part: &Node, items: &[Node], with: With<'_>) -> Verdict {
    let mut unknown = false;
    for (index, item) in items.iter().enumerate() {
        match judge(part, item, with) {
            Holds => {}
            Fails(why) => return with.fails_below(index, why),
            Unknown => unknown = true,
        }
    }
    if unknown { Unknown } else { Holds }
}

fn contains(part: &Node, items: &[Node], with: With<'_>) -> Verdict {
    let mut unknown = false;
    for item in items {
        match judge(part, item, with) {
            Holds => return Holds,
            Fails(_) => {}
            Unknown => unknown = true,
        }
    }
    if unknown { Unknown } else { with.fails(|| "has no item of the kind that is needed".into()) }
}

fn names(part: &Node, map: &Map, with: With<'_>) -> Verdict {
    for key in map.keys().filter(|key| !key.starts_with("Fn::")) {
        if let Fails(_) = judge(part, &Node::Str(key.clone()), with) {
            return with.fails(|| format!("`{key}` is not allowed here"));
        }
    }
    Holds
}

/// With each of the keys, none of its others.
fn excluded(pairs: &Map, node: &Node, with: With<'_>) -> Verdict {
    let Node::Map(map) = node else { return Unknown };
    let is_set = |name: &str| map.get(name).is_some_and(|value| !may_vanish(value));
    for (name, others) in pairs.iter().filter(|(name, _)| is_set(name)) {
        let others = others.as_list().unwrap_or_default().iter().filter_map(Node::as_str);
        if let Some(other) = others.into_iter().find(|other| is_set(other)) {
            return with.fails(|| format!("takes `{other}` only without `{name}`"));
        }
    }
    Holds
}

/// Whether two references are to the same: of two different ones to resources that is known.
fn same(wanted: &Node, node: &Node, with: With<'_>) -> Verdict {
    let is_reference = |node: &Node| matches!(node.as_function(), Some(("Ref" | "Fn::GetAtt", _)));
    match (wanted == node, is_reference(wanted) && is_reference(node)) {
        (true, _) => Holds,
        (false, true) => with.fails(|| "refers to another one".into()),
        (false, false) => Unknown,
    }
}

fn text(node: &Node) -> Cow<'_, str> {
    node.as_str().map_or_else(|| Cow::Owned(node.to_json()), Cow::Borrowed)
}

fn one_of(values: &[Node], node: &Node, with: With<'_>) -> Verdict {
    if values.iter().any(|value| value.is_null() || matches!(value, Node::Map(_))) {
        return Unknown;
    }
    let found = text(node);
    if is_dynamic(&found) {
        return Unknown;
    }
    // A version may end early: `8.4` for `8.4.3`.
    let fits = |value: &Node| {
        let value = text(value);
        let begins = value.strip_prefix(found.as_ref());
        value == found || begins.is_some_and(|rest| rest.starts_with('.'))
    };
    if values.iter().any(fits) {
        return Holds;
    }
    with.fails_alone(|| {
        let shown = values.iter().take(12).map(|value| format!("`{}`", text(value)));
        let shown = shown.collect::<Vec<_>>().join(" or ");
        let more = values.len().saturating_sub(12);
        let more = if more > 0 { format!(" or one of {more} others") } else { String::new() };
        format!("is `{found}`, but has to be {shown}{more}")
    })
}

fn bounded(
    node: &Node,
    bound: &Node,
    with: With<'_>,
    fits: fn(f64, f64) -> bool,
    words: &str,
) -> Verdict {
    let number = |node: &Node| match node {
        Node::Int(value) => Some(*value as f64),
        Node::Float(value) => Some(*value),
        Node::Str(text) => text.parse().ok(),
        _ => None,
    };
    match (number(node), number(bound)) {
        (Some(value), Some(bound)) if fits(value, bound) => Holds,
        (Some(value), Some(bound)) => {
            with.fails_alone(|| format!("is {value}, but has to be {words} {bound}"))
        }
        _ => Unknown,
    }
}

/// Whether a value may turn out to be none at all.
fn may_vanish(node: &Node) -> bool {
    !is_sure(node)
}

fn required(names: &[Node], node: &Node, with: With<'_>) -> Verdict {
    let Node::Map(map) = node else { return Unknown };
    let mut unknown = map.iter().any(|(key, _)| key.starts_with("Fn::"));
    for name in names.iter().filter_map(Node::as_str) {
        match map.get(name) {
            None if unknown => return Unknown,
            None => return with.fails(|| format!("needs `{name}`")),
            Some(value) => unknown |= !is_sure(value),
        }
    }
    if unknown { Unknown } else { Holds }
}

fn each(properties: &Map, node: &Node, with: With<'_>) -> Verdict {
    let Node::Map(map) = node else { return Unknown };
    let mut unknown = false;
    for (name, schema) in properties.iter() {
        let Some(value) = map.get(name) else { continue };
        let verdict = match schema {
            Node::Bool(false) if may_vanish(value) => Unknown,
            // Names of engines are taken in any case.
            schema if name.starts_with("Engine") => match value {
                Node::Str(text) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                    judge(schema, &Node::Str(text.to_ascii_lowercase().into()), with)
                }
                value => judge(schema, value, with),
            },
            schema => judge(schema, value, with),
        };
        match verdict {
            Holds => {}
            Fails(why) => return with.fails_below(name, why),
            Unknown => unknown = true,
        }
    }
    if unknown { Unknown } else { Holds }
}

fn closed(schema: &Map, node: &Node, with: With<'_>) -> Verdict {
    let (Node::Map(map), Some(Node::Map(known))) = (node, schema.get("properties")) else {
        return Unknown;
    };
    match map.iter().find(|(key, value)| {
        !known.contains_key(key) && !key.starts_with("Fn::") && !may_vanish(value)
    }) {
        Some((key, _)) => with.fails(|| format!("`{key}` is not allowed here")),
        None => Holds,
    }
}
