//! Why a rule does not hold: what is wrong, by which of its conditions, and what to do.

use std::fmt::Display;

use super::{Fails, Holds, ShapeSpec, Verdict, judge, words::shown};
use crate::{
    node::{Map, Node},
    spec::{Kind, ResourceSpec, pattern::Patterns},
};

/// Why a rule does not hold.
#[derive(Default)]
pub(in crate::spec) struct Why {
    /// What is wrong, without what it is about: ``needs `Port` ``.
    pub(super) what: String,
    /// What it is about, where that is not the property at `steps`.
    pub(super) subject: Option<String>,
    /// Where below the object that is judged, innermost first.
    pub(in crate::spec) steps: Vec<String>,
    /// The property that is missing there, if that is it.
    pub(super) missing: Option<String>,
    /// The conditions of the rule, as they are met.
    pub(super) because: Vec<Cause>,
    /// What to do.
    pub(super) fix: String,
    /// Whether it is one value alone that is wrong, whatever the others are.
    pub(in crate::spec) alone: bool,
}

/// A condition that is met: `` `Type` is `S3` ``, and how it is met no more: ``change `Type` ``.
pub(super) struct Cause {
    name: String,
    text: String,
    fix: String,
}

impl Cause {
    /// The same with a name as the template has it, in place of that of the rule.
    pub(super) fn rename(&mut self, name: &str, real: &str) {
        for words in [&mut self.name, &mut self.text, &mut self.fix] {
            *words = words.replace(name, real);
        }
    }
}

/// More conditions than a reader takes in.
const MOST_CAUSES: usize = 3;

impl Why {
    /// What is wrong and because of what; `subject` is what it is about if it is no single property.
    pub(in crate::spec) fn message(&self, subject: &str) -> String {
        let named = self.steps.iter().find(|step| step.parse::<usize>().is_err());
        let mut message = match (&self.subject, named) {
            (Some(subject), _) => format!("{subject} {}", self.what),
            (None, Some(property)) => format!("`{property}` {}", self.what),
            (None, None) => format!("{subject} {}", self.what),
        };
        let causes: Vec<&str> =
            self.because.iter().take(MOST_CAUSES).map(|cause| cause.text.as_str()).collect();
        match causes.split_last() {
            Some((last, [])) => message.push_str(&format!(", because {last}")),
            Some((last, rest)) => {
                message.push_str(&format!(", because {} and {last}", rest.join(", ")));
            }
            None if self.what == "is not allowed" => message.push_str(" here"),
            None => {}
        }
        message
    }

    /// What to do: about it, or about the condition that is next to it.
    pub(in crate::spec) fn help(&self) -> String {
        let told = || self.because.iter().take(MOST_CAUSES).rev();
        let next = told().find(|cause| cause.fix.starts_with("change")).or(told().next());
        match next {
            Some(cause) => format!("{}, or {}", self.fix, cause.fix),
            None => self.fix.clone(),
        }
    }

    /// Puts conditions before those that are told already.
    pub(super) fn because_of(&mut self, mut causes: Vec<Cause>) {
        causes.append(&mut self.because);
        self.also_because_of(causes);
    }

    /// Adds conditions; of two about one property, what says more than that it is set.
    pub(super) fn also_because_of(&mut self, causes: Vec<Cause>) {
        for cause in causes {
            match self.because.iter_mut().find(|known| known.name == cause.name) {
                Some(known) if known.text.ends_with("` is set") => *known = cause,
                Some(_) => {}
                None => self.because.push(cause),
            }
        }
    }
}

/// What judging needs.
#[derive(Clone, Copy)]
pub(super) struct With<'a> {
    pub(super) patterns: &'a Patterns,
    /// The type of the resource that a value refers to.
    pub(super) type_of: &'a dyn Fn(&Node) -> Option<ResourceSpec>,
    /// What is judged, seen as a whole.
    pub(super) data: &'a Node,
    /// Whether to say why something fails. Parts of a rule fail all the time, as branches of `oneOf` do: only what the whole fails by
    /// is told.
    pub(super) reasons: bool,
    /// The properties of the object at hand, where reasons are told and the tables have them.
    pub(super) shape: Option<ShapeSpec>,
    /// Of a rule about several resources, their names in it and their logical ids; none is the resource itself.
    pub(super) whose: &'a [(String, Option<String>)],
}

impl<'a> With<'a> {
    /// For judging `data` without reasons.
    pub(super) fn new(
        patterns: &'a Patterns,
        type_of: &'a dyn Fn(&Node) -> Option<ResourceSpec>,
        data: &'a Node,
        whose: &'a [(String, Option<String>)],
    ) -> With<'a> {
        With { patterns, type_of, data, reasons: false, shape: None, whose }
    }

    /// The argument of a keyword. `$data` stands for a value of what is judged, and `$lookup` for what a map has for such a value; what
    /// is not there is `null`, which decides nothing.
    pub(super) fn argument(self, written: &'a Node) -> &'a Node {
        if let Some(pointer) = written.get("$data").and_then(Node::as_str) {
            return self.data.pointer(pointer).unwrap_or(&Node::Null);
        }
        let Some(lookup) = written.get("$lookup") else { return written };
        let key = lookup.get("key").and_then(|key| self.argument(key).as_str());
        let value = key.and_then(|key| lookup.get("map")?.get(key));
        value.unwrap_or(&Node::Null)
    }

    /// A failure, by what is wrong and what to do.
    pub(super) fn fails(self, words: impl FnOnce() -> (String, String)) -> Verdict {
        if !self.reasons {
            return Fails(Why::default());
        }
        let (what, fix) = words();
        Fails(Why { what, fix, ..Why::default() })
    }

    /// A value fails by itself.
    pub(super) fn fails_alone(self, what: impl FnOnce() -> String) -> Verdict {
        match self.fails(|| (what(), "use an allowed value".into())) {
            Fails(why) => Fails(Why { alone: true, ..why }),
            verdict => verdict,
        }
    }

    pub(super) fn fails_below(self, step: impl Display, mut why: Why) -> Verdict {
        if self.reasons {
            let step = step.to_string();
            if why.steps.is_empty() && why.fix == "remove it" {
                why.fix = format!("remove `{step}`");
            }
            why.steps.push(step);
        }
        Fails(why)
    }

    pub(super) fn fails_below_named(
        self,
        step: &str,
        words: impl FnOnce() -> (String, String),
    ) -> Verdict {
        match self.fails(words) {
            Fails(why) => self.fails_below(step, why),
            verdict => verdict,
        }
    }

    /// The same for a property of the object at hand, or an item of it.
    pub(super) fn below(self, name: &str) -> Self {
        let shape = self.shape.and_then(|shape| shape_of(shape.property(name)?.kind()));
        With { shape, whose: &[], ..self }
    }

    /// A property below the object at hand, for messages.
    fn named(self, path: &[&str]) -> String {
        let whose = path.first().and_then(|name| self.whose.iter().find(|(it, _)| it == name));
        match (whose, path) {
            (None, path) => format!("`{}`", path.join(".")),
            (Some((_, None)), [_, rest @ ..]) => format!("`{}`", rest.join(".")),
            (Some((_, Some(id))), [_]) => format!("`{id}`"),
            (Some((_, Some(id))), [_, rest @ ..]) => format!("`{}` of `{id}`", rest.join(".")),
            (Some(_), []) => String::new(),
        }
    }
}

/// The object that a kind is, or a list or map of which.
pub(in crate::spec) fn shape_of(kind: Kind) -> Option<ShapeSpec> {
    match kind {
        Kind::Shape(shape) => Some(shape),
        Kind::List(items) | Kind::Map(items) => shape_of(items.kind()),
        _ => None,
    }
}

/// How the properties that a condition names make it hold, or not hold.
pub(super) fn causes(
    condition: &Node,
    node: &Node,
    holds: bool,
    why: &Why,
    with: With<'_>,
) -> Vec<Cause> {
    let steps = why.steps.iter().rev().chain(&why.missing);
    let reason = Reason { failing: steps.map(String::as_str).collect(), with };
    let mut causes = Vec::new();
    reason.of(condition, node, holds, &mut Vec::new(), &mut causes);
    causes
}

/// The condition that a value elsewhere makes, for a rule that compares two.
pub(super) fn cause_of_value(path: &[&str], value: Option<&Node>, with: With<'_>) -> Option<Cause> {
    let (name, value) = (with.named(path), value.filter(|value| !value.is_null())?);
    let text = format!("{name} is {}", shown(value));
    Some(Cause { text, fix: format!("change {name}"), name })
}

struct Reason<'a> {
    /// The property that fails, which is not its own reason; nor is that it is in something.
    failing: Vec<&'a str>,
    with: With<'a>,
}

impl Reason<'_> {
    fn of<'c>(
        &self,
        condition: &'c Node,
        node: &Node,
        holds: bool,
        path: &mut Vec<&'c str>,
        out: &mut Vec<Cause>,
    ) {
        let Some(condition) = condition.as_map() else { return };
        for key in ["allOf", "anyOf", "oneOf"] {
            let parts = condition.get(key).and_then(Node::as_list).unwrap_or_default();
            // Of several that may hold, one that does is enough.
            let first = match key {
                "allOf" => None,
                _ if holds => {
                    parts.iter().find(|part| matches!(judge(part, node, self.with), Holds))
                }
                _ => None,
            };
            match first {
                Some(part) => self.of(part, node, holds, path, out),
                None => parts.iter().for_each(|part| self.of(part, node, holds, path, out)),
            }
        }
        if let Some(part) = condition.get("not") {
            self.of(part, node, !holds, path, out);
        }
        static NOTHING: Map = Map::new();
        let properties = condition.get("properties").and_then(Node::as_map).unwrap_or(&NOTHING);
        for (name, part) in properties.iter().filter(|(_, part)| decides(part)) {
            path.push(name);
            match node.get(name) {
                Some(value @ Node::Map(_)) if !value.is_deferred() && is_about_properties(part) => {
                    self.of(part, value, holds, path, out);
                }
                value => out.extend(self.cause(path, value, part)),
            }
            path.pop();
        }
        let required = condition.get("required").and_then(Node::as_list).unwrap_or_default();
        for name in required.iter().filter_map(Node::as_str) {
            let is_said = properties.get(name).is_some_and(decides);
            if is_said {
                continue;
            }
            path.push(name);
            out.extend(self.cause(path, node.get(name), &Node::Null));
            path.pop();
        }
    }

    fn cause(&self, path: &[&str], value: Option<&Node>, part: &Node) -> Option<Cause> {
        // The names of other resources stand for themselves.
        let is_resource = path.len() == 1 && self.with.whose.iter().any(|(it, _)| it == path[0]);
        if is_resource || self.failing.starts_with(path) {
            return None;
        }
        let name = self.with.named(path);
        let change = format!("change {name}");
        let cause = |text: String, fix: String| Some(Cause { name: name.clone(), text, fix });
        match value.filter(|value| !value.is_null()) {
            Some(Node::List(_)) if only_item(part).is_some() => {
                cause(format!("{name} has {}", shown(only_item(part)?)), change)
            }
            Some(Node::Map(_) | Node::List(_) | Node::Ref(_) | Node::Sub(_)) => {
                cause(format!("{name} is set"), format!("remove {name}"))
            }
            Some(value) => cause(format!("{name} is {}", shown(value)), change),
            None => {
                let shape = self.with.shape.filter(|_| path.len() == 1);
                let default = shape.and_then(|shape| shape.property(path[0])?.facts().default);
                let default = default.filter(|default| !default.is_empty());
                match (default, part.pointer("/not/const")) {
                    (Some(default), _) => {
                        cause(format!("{name} is `{default}` by default"), change)
                    }
                    (None, Some(value)) => {
                        let value = shown(value);
                        cause(format!("{name} is not {value}"), format!("set it to {value}"))
                    }
                    (None, None) => cause(format!("{name} is not set"), format!("set {name}")),
                }
            }
        }
    }
}

/// Whether a schema says more of a value than its kind.
fn decides(schema: &Node) -> bool {
    match schema {
        Node::Map(map) => map.keys().any(|key| key != "type"),
        schema => *schema == Node::Bool(false),
    }
}

/// Whether a schema says something of the properties of an object.
fn is_about_properties(schema: &Node) -> bool {
    const KEYWORDS: [&str; 6] = ["allOf", "anyOf", "not", "oneOf", "properties", "required"];
    schema.as_map().is_some_and(|map| KEYWORDS.iter().any(|keyword| map.contains_key(keyword)))
}

/// The one item that a schema asks a list for.
fn only_item(schema: &Node) -> Option<&Node> {
    let item = schema.get("contains")?;
    item.get("const").or_else(|| match item.get("enum")?.as_list()? {
        [one] => Some(one),
        _ => None,
    })
}
