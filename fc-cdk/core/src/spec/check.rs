//! Checking what is known now: kinds, required properties, allowed values, lengths, ranges, patterns.

use std::borrow::Cow;

use smol_str::{SmolStr, ToSmolStr};

use crate::{
    codes,
    diagnostic::{Diagnostic, Severity},
    intrinsics::is_dynamic,
    node::{Map, Node},
    path::Path,
    rules::{
        self,
        values::Values,
        yields::{Yields, by_name},
    },
};

use super::{
    Facts, Group, Kind, PropertySpec, RawFacts, ResourceSpec, RuleSpec, ShapeSpec, Texts, formats,
    load::fits,
    offers,
    pattern::Patterns,
    rules::{Rules, Target, Why, shape_of},
};

/// What is known of functions in a template.
pub(crate) struct Functions<'a> {
    /// What kind of value one gives.
    pub(crate) yields: &'a dyn Fn(&Node) -> Yields,
    /// Which values it comes to, where that is known.
    pub(crate) values: &'a dyn Fn(&Node) -> Option<Values>,
}

/// Checks the literals of resources against the tables. Keeps the regular expressions that it has met, so one serves for all of an app.
#[derive(Default)]
pub struct Checker {
    patterns: Patterns,
    rules: Rules,
}

impl Checker {
    /// A checker that has met no pattern yet.
    pub fn new() -> Checker {
        Checker::default()
    }

    /// Hands every finding about the properties of one resource to `report`. What only AWS knows is not judged.
    pub fn check(
        &mut self,
        spec: ResourceSpec,
        properties: &Map,
        report: &mut dyn FnMut(Diagnostic),
    ) {
        let yields = |value: &Node| match value.as_function() {
            Some((name, _)) => by_name(name),
            None => Yields::ANY,
        };
        let functions = Functions { yields: &yields, values: &|_| None };
        let properties = Node::Map(properties.clone());
        self.check_among(spec, &properties, None, &|_| None, &functions, report);
    }

    /// As [`check`](Checker::check), for a resource of a template: `region` is where it goes, if that is known, and `target` gives
    /// what is known of the resource that a value refers to, and its properties.
    pub(crate) fn check_among(
        &mut self,
        spec: ResourceSpec,
        root: &Node,
        region: Option<&str>,
        target: Target<'_>,
        functions: &Functions<'_>,
        report: &mut dyn FnMut(Diagnostic),
    ) {
        let Node::Map(properties) = root else { return };
        let mut walk = Walk {
            spec,
            target,
            functions,
            branches: 0,
            patterns: &mut self.patterns,
            path: Vec::new(),
            report,
        };
        walk.shape(spec.properties(), properties);
        let mut found: Vec<Diagnostic> = Vec::new();
        for rule in spec.rules() {
            let found = &mut found;
            let mut judged = Judged { checker: self, spec, rule, region, target, found };
            judged.below(rule.path, root, &Path::new(""));
        }
        for (index, finding) in found.iter().enumerate() {
            let is_said = found[..index].contains(finding);
            if !is_said && !found.iter().any(|other| says_more(other, finding)) {
                report(finding.clone());
            }
        }
    }
}

/// One rule over several properties, on its way to what it is about.
struct Judged<'a, 't> {
    checker: &'a mut Checker,
    spec: ResourceSpec,
    rule: RuleSpec,
    region: Option<&'a str>,
    target: Target<'t>,
    found: &'a mut Vec<Diagnostic>,
}

impl Judged<'_, '_> {
    /// Applies the rule to each object at a path below `node`, such as `BlockDeviceMappings/*/Ebs`.
    fn below(&mut self, below: &str, node: &Node, path: &Path<'_>) {
        let (step, rest) = below.split_once('/').unwrap_or((below, ""));
        match (step, node) {
            ("", _) => self.judge(node, path),
            ("*", Node::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(rest, item, &path.item(index));
                }
            }
            (key, Node::Map(map)) => {
                if let Some(value) = map.get(key) {
                    self.below(rest, value, &path.join(key));
                }
            }
            _ => {}
        }
    }

    fn judge(&mut self, node: &Node, path: &Path<'_>) {
        let table = self.rule.text;
        let found = match (table.as_bytes().first(), node) {
            (Some(b'{'), _) => {
                let (spec, rule) = (self.spec, self.rule);
                let shape = || shape(spec, rule);
                let Checker { rules, patterns } = &mut *self.checker;
                let why = rules.broken(table, node, &shape, self.target, patterns);
                why.map(|why| broken(&why, path, self.spec))
            }
            (Some(b'?'), Node::Map(object)) => {
                let found = offers::refused_among(table, object, self.region);
                found.map(|(key, found)| found.property(path.join(key).to_string()))
            }
            _ => {
                let found = offers::refused(table, node, self.region);
                found.map(|found| found.property(path.to_string()))
            }
        };
        if let Some(mut found) = found {
            if self.rule.is_advice {
                found.severity = Severity::Warning;
            }
            self.found.push(found);
        }
    }
}

/// What the tables say of the properties of the object that a rule is about.
fn shape(spec: ResourceSpec, rule: RuleSpec) -> Option<ShapeSpec> {
    let mut steps = rule.path.split('/').filter(|step| !["", "*"].contains(step));
    steps.try_fold(spec.properties(), |shape, step| shape_of(shape.property(step)?.kind()))
}

/// Whether a finding says of the same value what another says of it, and more: two rules may be about one fault, such as a processor
/// that Fargate does not have at all, nor with this memory.
fn says_more(more: &Diagnostic, less: &Diagnostic) -> bool {
    let value = |finding: &Diagnostic| {
        finding.message.split_once(", but ").map(|(value, _)| value.to_owned())
    };
    (&more.code, &more.property) == (&less.code, &less.property)
        && more.message.len() > less.message.len()
        && value(less).is_some_and(|less| value(more).is_some_and(|more| more == less))
}

/// The finding that a rule does not hold for what is at a path.
fn broken(why: &Why, path: &Path<'_>, spec: ResourceSpec) -> Diagnostic {
    let mut place = path.to_string();
    let subject = match place.rsplit('.').find(|step| step.parse::<usize>().is_err()) {
        None | Some("") => format!("`{}`", spec.type_name()),
        Some(property) => format!("`{property}`"),
    };
    for step in why.steps.iter().rev() {
        if !place.is_empty() {
            place.push('.');
        }
        place.push_str(step);
    }
    let rule = if why.alone { codes::ILLEGAL_VALUE } else { codes::PROPERTY_CONFLICT };
    let diagnostic = Diagnostic::error(rule, why.message(&subject)).help(why.help());
    if place.is_empty() { diagnostic } else { diagnostic.property(place) }
}

struct Walk<'w, 'n, 't> {
    spec: ResourceSpec,
    target: Target<'t>,
    functions: &'w Functions<'w>,
    /// How many `Fn::If` are around.
    branches: u32,
    patterns: &'w mut Patterns,
    path: Vec<Step<'n>>,
    report: &'w mut dyn FnMut(Diagnostic),
}

#[derive(Clone, Copy)]
enum Step<'n> {
    Key(&'n str),
    Index(usize),
}

impl<'n> Walk<'_, 'n, '_> {
    fn path(&self) -> String {
        let steps: Vec<SmolStr> = self
            .path
            .iter()
            .map(|step| match step {
                Step::Key(key) => SmolStr::new(key),
                Step::Index(index) => index.to_smolstr(),
            })
            .collect();
        steps.join(".")
    }

    fn finding(&mut self, diagnostic: Diagnostic) {
        let path = self.path();
        (self.report)(if path.is_empty() { diagnostic } else { diagnostic.property(path) });
    }

    fn illegal(&mut self, message: String, help: String) {
        self.finding(Diagnostic::error(codes::ILLEGAL_VALUE, message).help(help));
    }

    fn shape(&mut self, spec: ShapeSpec, map: &'n Map) {
        let mut macros = false;
        for (key, value) in map.iter() {
            // What a macro or a loop of the template language puts here is not known.
            if key.starts_with("Fn::") {
                macros = true;
                continue;
            }
            self.path.push(Step::Key(key));
            match spec.property(key) {
                Some(property) if property.takes_besides(value) => {}
                Some(property) => self.value(property.kind(), property.raw_facts(), value),
                None if spec.is_open() => {}
                None => self.unknown(spec, key),
            }
            self.path.pop();
        }
        if macros {
            return;
        }
        for property in spec.required() {
            if !property.is_in(map) {
                self.missing(property);
            }
        }
        for group in spec.groups() {
            self.group(group, map);
        }
    }

    fn unknown(&mut self, spec: ShapeSpec, key: &str) {
        let top = self.path.len() == 1;
        if top && self.spec.read_only().contains(key) {
            let message = format!("`{key}` of `{}` is set by AWS alone", self.spec.type_name());
            return self.finding(
                Diagnostic::error(codes::READ_ONLY_PROPERTY, message)
                    .help("read it as an attribute; it cannot be given"),
            );
        }
        let message = format!(
            "`{}` has no property `{key}`",
            if top { self.spec.type_name() } else { spec.name() }
        );
        let diagnostic = Diagnostic::error(codes::UNKNOWN_PROPERTY, message);
        let diagnostic = match rules::nearest(key, spec.properties().map(PropertySpec::name)) {
            Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
            None => diagnostic.help("if AWS has added it since, allow this finding here"),
        };
        self.finding(diagnostic);
    }

    fn missing(&mut self, property: PropertySpec) {
        let message = format!("{} needs `{}`", self.whose(), property.name());
        let help = format!("set it: {}", property.kind().name());
        self.finding(Diagnostic::error(codes::MISSING_PROPERTY, message).help(help));
    }

    /// The object at hand, for messages: the type, or `this` where the path says which.
    fn whose(&self) -> String {
        if self.path.is_empty() { format!("`{}`", self.spec.type_name()) } else { "this".into() }
    }

    fn group(&mut self, group: Group, map: &Map) {
        let is_set = |name: &&str| map.get(name).is_some_and(is_sure);
        match group {
            Group::OneOf(members) => {
                if members.filter(is_set).nth(1).is_some() {
                    let set = quoted(members.filter(is_set), " and ");
                    let mut what = format!("takes only one of {}", quoted(members, ", "));
                    if members.len() > 2 {
                        what.push_str(&format!(", and here are {set}"));
                    }
                    self.rule(what, format!("leave one of {set}"));
                } else if !members.into_iter().any(|name| map.contains_key(name)) {
                    self.one_of(members);
                }
            }
            Group::AnyOf(members) => {
                if !members.into_iter().any(|name| map.contains_key(name)) {
                    self.one_of(members);
                }
            }
            Group::Excludes(mut members) => {
                let Some(key) = members.next().filter(is_set) else { return };
                let Some(other) = members.find(is_set) else { return };
                let help = format!("remove one of `{other}` and `{key}`");
                self.rule(format!("takes `{other}` only without `{key}`"), help);
            }
            Group::Needs(mut members) => {
                let Some(key) = members.next().filter(is_set) else { return };
                let Some(other) = members.find(|name| !map.contains_key(name)) else { return };
                let help = format!("set `{other}`, or remove `{key}`");
                self.rule(format!("needs `{other}` beside `{key}`"), help);
            }
        }
    }

    fn one_of(&mut self, members: Texts) {
        let help = format!("set {}", quoted(members, " or "));
        self.rule(format!("needs one of {}", quoted(members, ", ")), help);
    }

    fn rule(&mut self, what: String, help: String) {
        let message = format!("{} {what}", self.whose());
        self.finding(Diagnostic::error(codes::PROPERTY_CONFLICT, message).help(help));
    }

    fn value(&mut self, kind: Kind, facts: RawFacts, node: &'n Node) {
        match node {
            Node::Map(_) => {
                if let Some((name, argument)) = node.as_function() {
                    if let ("Fn::If", Node::List(parts)) = (name, argument) {
                        self.branches += 1;
                        parts.iter().skip(1).for_each(|part| self.value(kind, facts, part));
                        self.branches -= 1;
                    }
                    return self.function(kind, facts, name, node);
                }
            }
            Node::Ref(_) | Node::Sub(_) | Node::Null => return,
            _ => {}
        }
        match (kind, node) {
            (Kind::Json, Node::List(_)) if !facts.is_empty() && facts.read().no_list => {
                self.finding(
                    Diagnostic::error(codes::WRONG_KIND, "expected an object, found a list")
                        .help("an intrinsic function that yields the right kind will do too"),
                );
            }
            (Kind::Json, Node::Map(map)) => self.entries(facts, map),
            (Kind::Json, _) => {}
            (Kind::Tag, Node::Map(tag)) => self.tag(tag),
            (Kind::Shape(spec), Node::Map(map)) => {
                self.entries(facts, map);
                self.shape(spec, map);
            }
            (Kind::List(items), Node::List(list)) => {
                if !facts.is_empty() {
                    self.items(&facts.read(), list);
                }
                let facts = facts.items();
                for (index, item) in list.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.value(items.kind(), facts, item);
                    self.path.pop();
                }
            }
            (Kind::Map(items), Node::Map(map)) => {
                self.entries(facts, map);
                let facts = facts.items();
                for (key, item) in map.iter() {
                    self.path.push(Step::Key(key));
                    self.value(items.kind(), facts, item);
                    self.path.pop();
                }
            }
            (kind, scalar) if fits(kind, scalar) => {
                if !facts.is_empty() || matches!(kind, Kind::Choice(_)) {
                    self.scalar(kind, &facts.read(), scalar);
                }
            }
            (kind, _) => {
                let message = format!("expected {}, found {}", kind.name(), node.kind());
                self.finding(
                    Diagnostic::error(codes::WRONG_KIND, message)
                        .help("an intrinsic function that yields the right kind will do too"),
                );
            }
        }
    }

    /// A function where its result surely does not fit.
    fn function(&mut self, kind: Kind, facts: RawFacts, name: &str, node: &'n Node) {
        let wanted = match kind {
            Kind::Json => return,
            Kind::List(_) => Yields::LIST,
            Kind::Shape(_) | Kind::Map(_) | Kind::Tag => Yields::OBJECT,
            _ => Yields::TEXT,
        };
        let given = (self.functions.yields)(node);
        if !given.may_be(wanted) {
            let message =
                format!("expected {}, and this `{name}` gives {}", kind.name(), given.name());
            let help = match given {
                Yields::LIST => "choose an item with `Fn::Select`, or join them with `Fn::Join`",
                Yields::TRUTH => "name the condition in `Conditions`, and choose by `Fn::If`",
                _ if wanted == Yields::LIST => "put it into a list",
                _ => "give what is expected, or choose it by `Fn::If`",
            };
            self.finding(Diagnostic::error(codes::WRONG_KIND, message).help(help));
            return;
        }
        let is_bounded = !facts.is_empty()
            || matches!(kind, Kind::Choice(_) | Kind::Boolean | Kind::Integer | Kind::Number);
        if wanted == Yields::TEXT && is_bounded && self.branches == 0 && name != "Fn::If" {
            self.known(kind, facts, node);
        }
        match kind {
            Kind::Id(targets) if matches!(name, "Ref" | "Fn::GetAtt") => {
                let found = (self.target)(node).and_then(|(spec, _)| spec);
                let Some(found) = found.and_then(|spec| formats::mistaken(targets, node, spec))
                else {
                    return;
                };
                let message = format!("`{found}` is not what is wanted here");
                let wanted: Vec<&str> = targets.collect();
                let help = format!("refer to `{}`", wanted.join("` or `"));
                self.finding(Diagnostic::error(codes::WRONG_REFERENCE, message).help(help));
            }
            _ => {}
        }
    }

    /// A function whose result is known now.
    fn known(&mut self, kind: Kind, facts: RawFacts, node: &'n Node) {
        let Some(values) = (self.functions.values)(node) else { return };
        let mut found: Vec<Diagnostic> = Vec::new();
        for text in &values.texts {
            let before = found.len();
            let mut report = |finding| found.push(finding);
            let mut walk = Walk {
                spec: self.spec,
                target: self.target,
                functions: self.functions,
                branches: 0,
                patterns: self.patterns,
                path: self.path.clone(),
                report: &mut report,
            };
            let value = Node::Str(text.clone());
            if fits(kind, &value) {
                walk.scalar(kind, &facts.read(), &value);
            } else {
                let message = format!("expected {}, found `{text}`", kind.name());
                walk.finding(
                    Diagnostic::error(codes::WRONG_KIND, message).help("correct the value"),
                );
            }
            // One of several that a mapping may give is right.
            if values.parameter.is_none() && found.len() == before {
                return;
            }
        }
        let Some(mut first) = found.into_iter().next() else { return };
        if let Some(parameter) = values.parameter {
            first.severity = Severity::Warning;
            let what = "by default, or by a value that is allowed for it";
            first.message = format!("`{parameter}` brings {what}: {}", first.message);
        }
        (self.report)(first);
    }

    fn tag(&mut self, tag: &'n Map) {
        const KEYS: [&str; 3] = ["Key", "Value", "PropagateAtLaunch"];
        if tag.keys().any(|key| key.starts_with("Fn::")) {
            return;
        }
        for key in KEYS.iter().take(2).filter(|key| !tag.contains_key(key)) {
            let message = format!("a tag needs `{key}`");
            self.finding(Diagnostic::error(codes::MISSING_PROPERTY, message).help("set it"));
        }
        let nothing = RawFacts { table: self.spec.table, at: 0 };
        for (key, most) in [("Key", 128), ("Value", 256)] {
            let Some(value) = tag.get(key) else { continue };
            self.path.push(Step::Key(key));
            self.value(Kind::String, nothing, value);
            if let Node::Str(text) = value
                && !is_dynamic(text)
            {
                let length = text.chars().count();
                if length > most || (length == 0 && key == "Key") {
                    let least = usize::from(key == "Key");
                    let message = amount(length, "character", length > most);
                    self.illegal(message, format!("{least} to {most} are allowed"));
                }
            }
            self.path.pop();
        }
        for key in tag.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let message = format!("a tag has no `{key}`");
            let help = "a tag has a `Key` and a `Value`";
            self.finding(Diagnostic::error(codes::UNKNOWN_PROPERTY, message).help(help));
        }
    }

    /// How many entries an object has.
    fn entries(&mut self, facts: RawFacts, map: &Map) {
        if facts.is_empty() {
            return;
        }
        let facts = facts.read();
        let sure = map.iter().filter(|(key, value)| !key.starts_with("Fn::") && is_sure(value));
        let (sure, count) = (sure.count(), map.len());
        if facts.max_properties.is_some_and(|max| sure > max as usize)
            || facts.min_properties.is_some_and(|min| count < min as usize)
        {
            let allowed = bounds(facts.min_properties, facts.max_properties);
            self.illegal(format!("{count} entries"), format!("{allowed} are allowed"));
        }
    }

    fn items(&mut self, facts: &Facts, list: &[Node]) {
        let count = list.len();
        // A function may stand for no item at all.
        let sure = list.iter().filter(|item| !item.is_deferred()).count();
        if facts.max_items.is_some_and(|max| sure > max as usize)
            || facts.min_items.is_some_and(|min| count < min as usize)
        {
            let allowed = bounds(facts.min_items, facts.max_items);
            let is_many = facts.max_items.is_some_and(|max| sure > max as usize);
            let message = amount(count, "item", is_many);
            self.illegal(message, format!("{allowed} are allowed"));
        }
        if let Some(keys) = facts.unique_keys
            && count > 1
        {
            let key_of = |item: &'_ Node| -> Option<Vec<SmolStr>> {
                keys.map(|key| item.get(key)?.as_str().map(SmolStr::new)).collect()
            };
            let known: Vec<Vec<SmolStr>> = list.iter().filter_map(key_of).collect();
            let double = (1..known.len()).find(|&index| known[..index].contains(&known[index]));
            if let Some(double) = double.and_then(|index| known.get(index)) {
                let names: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
                self.illegal(
                    format!("two items have the {} `{}`", names.join(" and "), double.join("`, `")),
                    "they have to differ".into(),
                );
            }
        }
        if facts.unique_items && count > 1 {
            let double = list
                .iter()
                .enumerate()
                .find(|(index, item)| is_sure(item) && list[..*index].contains(item));
            if let Some((_, item)) = double {
                self.illegal(
                    format!("{} is there twice", item.to_json()),
                    "its items have to differ".into(),
                );
            }
        }
    }

    fn scalar(&mut self, kind: Kind, facts: &Facts, node: &Node) {
        match kind {
            Kind::Integer | Kind::Number => self.number(facts, node),
            Kind::String | Kind::Choice(_) | Kind::Id(_) => {
                let text = match node {
                    Node::Str(text) => Cow::Borrowed(text.as_str()),
                    other => Cow::Owned(other.to_json()),
                };
                if is_dynamic(&text) {
                    return;
                }
                match kind {
                    Kind::Choice(values) if !values.contains(&text) => {
                        self.choice(values.collect(), &text);
                    }
                    Kind::Choice(_) => {}
                    _ => self.text(facts, &text),
                }
                // Some numbers are texts.
                if facts.minimum.is_some() || facts.maximum.is_some() {
                    self.number(facts, node);
                }
                if let Some(choices) = facts.choices
                    && !choices.contains_in_any_case(&text)
                {
                    self.choice(choices.collect(), &text);
                }
                if let Some(format) = facts.format
                    && let Some(wanted) = formats::expected(format, &text)
                {
                    let message =
                        format!("`{text}` is not an identifier of the kind that is wanted");
                    self.illegal(message, format!("it is {wanted}"));
                }
            }
            _ => {}
        }
    }

    fn choice(&mut self, values: Vec<&str>, text: &str) {
        let help = match rules::nearest(text, values.iter().copied()) {
            Some(value) => format!("did you mean `{value}`?"),
            None if values.len() <= 12 => format!("one of `{}`", values.join("`, `")),
            None => {
                format!("one of {} values, such as `{}`", values.len(), values[..3].join("`, `"))
            }
        };
        self.illegal(format!("`{text}` is not an allowed value"), help);
    }

    fn text(&mut self, facts: &Facts, text: &str) {
        if facts.min_length.is_some() || facts.max_length.is_some() {
            let length = text.chars().count();
            if facts.min_length.is_some_and(|min| length < min as usize)
                || facts.max_length.is_some_and(|max| length > max as usize)
            {
                let allowed = bounds(facts.min_length, facts.max_length);
                let is_long = facts.max_length.is_some_and(|max| length > max as usize);
                let message = amount(length, "character", is_long);
                return self.illegal(message, format!("{allowed} are allowed"));
            }
        }
        if let Some(pattern) = facts.pattern
            && !self.patterns.matches(pattern, text)
        {
            self.illegal(
                format!("AWS does not take `{text}`"),
                format!("it has to match `{pattern}`"),
            );
        }
    }

    fn number(&mut self, facts: &Facts, node: &Node) {
        let value = match node {
            Node::Int(number) => *number as f64,
            Node::Float(number) => *number,
            Node::Str(text) => match text.trim().parse::<f64>() {
                Ok(number) => number,
                Err(_) => return,
            },
            _ => return,
        };
        if facts.minimum.is_some_and(|min| value < min)
            || facts.maximum.is_some_and(|max| value > max)
        {
            let is_large = facts.maximum.is_some_and(|max| value > max);
            let size = if is_large { "large" } else { "small" };
            self.illegal(
                format!("{value} is too {size}"),
                format!("{} is allowed", bounds(facts.minimum, facts.maximum)),
            );
        }
        if let Some(step) = facts.multiple_of {
            let times = value / step;
            // Decimal fractions are not exact.
            if (times - times.round()).abs() > 1e-6 {
                self.illegal(
                    format!("{value} is not allowed"),
                    format!("a multiple of {step} is allowed"),
                );
            }
        }
        if let Some(mut numbers) = facts.numbers
            && !numbers.any(|number| number.parse() == Ok(value))
        {
            let numbers: Vec<&str> = facts.numbers.into_iter().flatten().collect();
            self.illegal(
                format!("{value} is not allowed"),
                format!("one of {} is allowed", numbers.join(", ")),
            );
        }
    }
}

/// Whether there is a value for sure: conditions, macros and `AWS::NoValue` may leave none.
pub(crate) fn is_sure(node: &Node) -> bool {
    match node.as_function() {
        Some(("Ref", name)) => name.as_str() != Some("AWS::NoValue"),
        Some(("Fn::If" | "Fn::Transform", _)) => false,
        _ => !node.is_null(),
    }
}

/// Names for messages: `` `A`, `B` ``.
fn quoted<'t>(names: impl Iterator<Item = &'t str>, between: &str) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(between)
}

/// "300 characters are too many".
fn amount(number: usize, noun: &str, is_much: bool) -> String {
    let (plural, verb) = if number == 1 { ("", "is") } else { ("s", "are") };
    format!("{number} {noun}{plural} {verb} too {}", if is_much { "many" } else { "few" })
}

fn bounds<T: std::fmt::Display>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or more"),
        (None, Some(max)) => format!("{max} or fewer"),
        (None, None) => "any number".into(),
    }
}
