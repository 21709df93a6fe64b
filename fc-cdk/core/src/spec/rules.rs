//! Rules over several properties, as JSON schemas with conditions: "with `TargetType` `lambda`, no `Port`".
//!
//! What only AWS knows makes a part of a rule undecided, and an undecided rule finds nothing.

mod gather; // rules about several resources
mod why; // because of what
mod words; // what is wrong

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use smol_str::ToSmolStr;

use crate::{
    intrinsics::is_dynamic,
    node::{Map, Node},
    template::Template,
};

pub(super) use self::why::{Why, shape_of};
use self::{
    why::{With, causes},
    words::{listed, shown},
};
use super::{ResourceSpec, ShapeSpec, check::is_sure, formats, pattern::Patterns};

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

/// What a value refers to: what is known of a resource's type, and its properties.
pub(crate) type Target<'a> = &'a dyn Fn(&Node) -> Option<(Option<ResourceSpec>, &'a Map)>;

impl Rules {
    /// Why `node` breaks the rule, if it surely does. `shape` is what the tables say of its properties; `target` gives the type and
    /// the properties of the resource that a value refers to.
    pub(super) fn broken(
        &mut self,
        rule: &'static str,
        node: &Node,
        shape: &dyn Fn() -> Option<ShapeSpec>,
        target: Target<'_>,
        patterns: &Patterns,
    ) -> Option<Why> {
        let parse =
            || Template::parse_json(rule).ok().map(|template| Node::Map(template.into_sections()));
        let schema = self.0.entry(rule.as_ptr() as usize).or_insert_with(parse).as_ref()?;
        if let Some(rule) = schema.get("cfnGather") {
            return gather::broken(rule, node, target, patterns);
        }
        let type_of = |value: &Node| target(value)?.0;
        why(schema, node, shape, With::new(patterns, &type_of, node, &[]))
    }
}

/// Why `node` breaks the schema, if it surely does. Words are put together only then.
fn why(
    schema: &Node,
    node: &Node,
    shape: &dyn Fn() -> Option<ShapeSpec>,
    with: With<'_>,
) -> Option<Why> {
    if !matches!(judge(schema, node, with), Fails(_)) {
        return None;
    }
    match judge(schema, node, With { reasons: true, shape: shape(), ..with }) {
        Fails(why) => Some(why),
        Holds | Unknown => None,
    }
}

fn judge(schema: &Node, node: &Node, with: With<'_>) -> Verdict {
    let schema = match schema {
        Node::Bool(true) => return Holds,
        Node::Bool(false) => {
            return with.fails(|| (String::from("is not allowed"), String::from("remove it")));
        }
        Node::Map(schema) => schema,
        _ => return Unknown,
    };
    let mut unknown = false;
    for (keyword, argument) in schema.iter() {
        let verdict = match (keyword.as_str(), with.argument(argument)) {
            (
                "then" | "else" | "default" | "description" | "title" | "$comment" | "$schema"
                | "definitions",
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
            ("not", part) => match judge(part, node, With { reasons: false, ..with }) {
                Holds => words::unwanted(part, node, with),
                Fails(_) => Holds,
                Unknown => Unknown,
            },
            ("format", Node::Str(format)) => formatted(format, node, with),
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
                            with.fails_alone(|| format!("is {number}, which does not fit here"))
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
            ("exclusiveMaximum", bound) => {
                bounded(node, bound, with, |value, bound| value < bound, "less than")
            }
            ("multipleOf", bound) => {
                bounded(node, bound, with, |value, bound| value % bound == 0.0, "a multiple of")
            }
            // What is no list has no items that could be wrong.
            ("items" | "minItems", _) if matches!(node, Node::Map(_)) => Holds,
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
                    with.fails(|| (format!("needs at least {min} items"), "add some".into()))
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
    let silent = With { reasons: false, ..with };
    let (keyword, holds) = match judge(condition, node, silent) {
        Holds => ("then", true),
        Fails(_) => ("else", false),
        Unknown => return Unknown,
    };
    match schema.get(keyword).map_or(Holds, |part| judge(part, node, with)) {
        Fails(mut why) => {
            if with.reasons {
                why.because_of(causes(condition, node, holds, &why, silent));
            }
            why.alone = false;
            Fails(why)
        }
        verdict => verdict,
    }
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
        Some(why) if !unknown && with.reasons => {
            Fails(words::nearest(parts, node, with).unwrap_or(why))
        }
        Some(why) if !unknown => Fails(why),
        _ => Unknown,
    }
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
        Node::Str(_) | Node::Int(_) | Node::Float(_) | Node::Bool(_) if scalar => Unknown,
        _ => with.fails(|| (format!("is {}, which does not fit", node.kind()), "change it".into())),
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
        0 => with.fails(|| words::none_of(parts, node)),
        _ => with.fails(|| words::several_of(parts)),
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
    if unknown { Unknown } else { with.fails(|| words::no_item(part)) }
}

fn names(part: &Node, map: &Map, with: With<'_>) -> Verdict {
    for key in map.keys().filter(|key| !key.starts_with("Fn::")) {
        let silent = With { reasons: false, ..with };
        if let Fails(_) = judge(part, &Node::Str(key.clone()), silent) {
            let not_allowed = || ("is not an allowed name".into(), "choose another name".into());
            return with.fails_below_named(key, not_allowed);
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
            return with.fails(|| {
                let what = format!("takes no `{other}` beside `{name}`");
                (what, format!("remove `{other}`"))
            });
        }
    }
    Holds
}

/// Whether two references are to the same: of two different ones to resources that is known.
fn same(wanted: &Node, node: &Node, with: With<'_>) -> Verdict {
    let is_reference = |node: &Node| matches!(node.as_function(), Some(("Ref" | "Fn::GetAtt", _)));
    match (wanted == node, is_reference(wanted) && is_reference(node)) {
        (true, _) => Holds,
        (false, true) => with.fails(|| {
            let (is, wanted) = (shown(node), shown(wanted));
            (format!("is {is}, but has to be {wanted}"), "refer to the same".into())
        }),
        (false, false) => Unknown,
    }
}

/// Whether this is an identifier of the kind: of texts and references that is known where they are surely none.
fn formatted(format: &str, node: &Node, with: With<'_>) -> Verdict {
    if let Node::Str(text) = node {
        return match formats::expected(format, text) {
            Some(wanted) if !text.contains("{{resolve:") => {
                with.fails(|| (format!("is `{text}`, but has to be {wanted}"), "correct it".into()))
            }
            _ => Holds,
        };
    }
    let found = (with.type_of)(node);
    match found.and_then(|spec| formats::mistaken(std::iter::once(format), node, spec)) {
        Some(found) => with.fails(|| {
            let what = format!("is `{found}`, but has to be `{format}`");
            (what, format!("refer to `{format}`"))
        }),
        None => Unknown,
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
    with.fails_alone(|| format!("is `{found}`, but has to be {}", listed(values, &found)))
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
            None => {
                let needs = || (format!("needs `{name}`"), format!("set `{name}`"));
                return match with.fails(needs) {
                    Fails(why) if with.reasons => {
                        Fails(Why { missing: Some(name.to_owned()), ..why })
                    }
                    verdict => verdict,
                };
            }
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
        let inner = with.below(name);
        let verdict = match schema {
            Node::Bool(false) if may_vanish(value) => Unknown,
            // Names of engines are taken in any case.
            schema if name.starts_with("Engine") => match value {
                Node::Str(text) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                    judge(schema, &Node::Str(text.to_ascii_lowercase().into()), inner)
                }
                value => judge(schema, value, inner),
            },
            schema => judge(schema, value, inner),
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
        Some((key, _)) => {
            with.fails_below_named(key, || ("is not allowed".into(), format!("remove `{key}`")))
        }
        None => Holds,
    }
}
