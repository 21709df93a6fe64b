//! [`Values`]: what intrinsic functions give, as far as that is known before a deploy.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::{Map, Node, Template};

/// How deep conditions are followed. One that needs itself is a mistake that the checks of synth tell.
const MAX_DEPTH: usize = 20;

/// A template in which all that is known is put in.
pub(crate) struct Resolved {
    pub(crate) template: Template,
    /// The resources that are not there, with the conditions that do not hold.
    pub(crate) gone: BTreeMap<String, String>,
}

/// What is known of a template's parameters, mappings and conditions.
pub(crate) struct Values<'a> {
    template: &'a Template,
    /// Pseudo parameters and parameters, by name.
    known: BTreeMap<String, Node>,
}

impl<'a> Values<'a> {
    /// The values of a stack: what is given, else the defaults, and those of pseudo parameters such as `AWS::Region`.
    pub(crate) fn new(
        template: &'a Template,
        pseudo: &[(&str, &str)],
        given: &BTreeMap<String, String>,
    ) -> Values<'a> {
        let mut known = BTreeMap::new();
        for (name, parameter) in template.section("Parameters").into_iter().flat_map(Map::iter) {
            let text = |key: &str| parameter.get(key).and_then(Node::as_str);
            // What nobody shall see is not looked at.
            if is_hidden(parameter) {
                continue;
            }
            let default = || parameter.get("Default").map(plain);
            let Some(value) = given.get(name.as_str()).cloned().or_else(default) else { continue };
            let kind = text("Type").unwrap_or_default();
            let value = if kind.starts_with("AWS::SSM::Parameter::Value") {
                Node::from(format!("{{{{resolve:ssm:{value}}}}}"))
            } else if kind == "CommaDelimitedList" || kind.starts_with("List<") {
                value.split(',').map(|item| Node::from(item.trim())).collect::<Vec<_>>().into()
            } else {
                Node::from(value)
            };
            known.insert(name.to_string(), value);
        }
        known.extend(pseudo.iter().map(|(name, value)| ((*name).to_owned(), Node::from(*value))));
        Values { template, known }
    }

    /// The same without what only Systems Manager knows, which has the form `{{resolve:ssm:…}}`: a check would take it for the value.
    #[must_use]
    pub(crate) fn without_ssm(mut self) -> Values<'a> {
        self.known
            .retain(|_, node| node.as_str().is_none_or(|it| !it.starts_with("{{resolve:ssm:")));
        self
    }

    /// The value with all that is known put in; what is not stays as it is.
    pub(crate) fn resolve(&self, node: &Node) -> Node {
        match node {
            Node::List(items) => {
                let items = items.iter().map(|item| self.resolve(item));
                Node::List(items.filter(|item| !is_no_value(item)).collect())
            }
            Node::Map(map) => match node.as_function() {
                Some((name, argument)) => {
                    self.function(name, argument).unwrap_or_else(|| self.within(map))
                }
                None => Node::Map(self.resolve_map(map)),
            },
            other => other.clone(),
        }
    }

    /// As [`resolve`](Values::resolve), for the properties of a resource.
    pub(crate) fn resolve_map(&self, map: &Map) -> Map {
        let mut resolved = Map::with_capacity(map.len());
        for (key, value) in map.iter() {
            let value = self.resolve(value);
            if !is_no_value(&value) {
                resolved.push(key.clone(), value);
            }
        }
        resolved
    }

    /// The template with all that is known put in: without the resources and outputs whose conditions do not hold.
    pub(crate) fn template(&self) -> Resolved {
        let mut sections = Map::with_capacity(self.template.sections().len());
        let mut gone = BTreeMap::new();
        for (name, section) in self.template.sections().iter() {
            let section = match (name.as_str(), section) {
                ("Resources" | "Outputs", Node::Map(entries)) => {
                    let (kept, without) = self.entries(entries);
                    if name == "Resources" {
                        gone = without;
                    }
                    Node::Map(kept)
                }
                ("Conditions", section) => self.resolve(section),
                (_, section) => section.clone(),
            };
            sections.push(name.clone(), section);
        }
        if let Some(Node::Map(resources)) = sections.get_mut("Resources") {
            resources.iter_mut().for_each(|(_, body)| forget(body, &gone));
        }
        Resolved { template: Template::from_sections(sections), gone }
    }

    /// The entries of a section that are there, and the names of the others with their conditions.
    fn entries(&self, entries: &Map) -> (Map, BTreeMap<String, String>) {
        let (mut kept, mut gone) = (Map::with_capacity(entries.len()), BTreeMap::new());
        for (name, body) in entries.iter() {
            let condition = body.get("Condition").and_then(Node::as_str);
            let holds = condition.and_then(|condition| self.condition(condition));
            if let (Some(false), Some(condition)) = (holds, condition) {
                gone.insert(name.to_string(), condition.to_owned());
                continue;
            }
            let mut body = self.resolve(body);
            if let (Some(true), Node::Map(body)) = (holds, &mut body) {
                body.remove("Condition");
            }
            kept.push(name.clone(), body);
        }
        (kept, gone)
    }

    /// What `Fn::If` chooses, where that is known: its place among the arguments, and what stands there.
    pub(crate) fn chosen<'n>(&self, node: &'n Node) -> Option<(usize, &'n Node)> {
        let Some(("Fn::If", Node::List(parts))) = node.as_function() else { return None };
        let place = if self.condition(parts.first()?.as_str()?)? { 1 } else { 2 };
        Some((place, parts.get(place)?))
    }

    /// The parameters that a value is made of, by the conditions that decide about it, too.
    pub(crate) fn parameters_of(&self, node: &Node) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.mentioned(node, 0, &mut names);
        names
    }

    fn mentioned(&self, node: &Node, depth: usize, names: &mut BTreeSet<String>) {
        let condition = |name: &Node, names: &mut BTreeSet<String>| {
            let section = self.template.section("Conditions");
            if let Some(node) = name.as_str().and_then(|name| section?.get(name))
                && depth < MAX_DEPTH
            {
                self.mentioned(node, depth + 1, names);
            }
        };
        match node.as_function() {
            Some(("Ref", Node::Str(name))) => names.extend(self.parameter(name)),
            Some(("Fn::Sub", argument)) => {
                let text = argument.as_list().and_then(<[Node]>::first).unwrap_or(argument);
                let parts = text.as_str().unwrap_or_default().split("${").skip(1);
                let inner = parts.filter_map(|part| Some(part.split_once('}')?.0));
                names.extend(inner.filter_map(|name| self.parameter(name)));
            }
            Some(("Fn::If", Node::List(parts))) => {
                parts.first().into_iter().for_each(|name| condition(name, names));
            }
            Some(("Condition", name)) => condition(name, names),
            _ => {}
        }
        match node {
            Node::List(items) => items.iter().for_each(|it| self.mentioned(it, depth, names)),
            Node::Map(map) => {
                if let Some(name) = map.get("Condition") {
                    condition(name, names);
                }
                map.iter().for_each(|(_, it)| self.mentioned(it, depth, names));
            }
            _ => {}
        }
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let section = self.template.section("Parameters")?;
        section.contains_key(name).then(|| name.to_owned())
    }

    /// A function that is not known yet, with what is known within it.
    fn within(&self, function: &Map) -> Node {
        let argument = |node: &Node| match node {
            // `AWS::NoValue` keeps its place among the arguments.
            Node::List(items) => Node::List(items.iter().map(|item| self.resolve(item)).collect()),
            Node::Map(_) if node.as_function().is_none() => node.clone(),
            other => self.resolve(other),
        };
        let parts = function.iter().map(|(name, node)| (name.clone(), argument(node)));
        Node::Map(parts.collect())
    }

    fn function(&self, name: &str, argument: &Node) -> Option<Node> {
        match name {
            "Ref" => self.known.get(argument.as_str()?).cloned(),
            "Fn::Sub" => self.substitute(argument),
            "Fn::Join" => {
                let [separator, parts] = argument.as_list()? else { return None };
                let parts = self.resolve(parts);
                let parts: Option<Vec<String>> =
                    parts.as_list()?.iter().map(literal_text).collect();
                Some(Node::from(parts?.join(separator.as_str()?)))
            }
            "Fn::Select" => {
                let [index, items] = argument.as_list()? else { return None };
                let index: usize = literal_text(&self.resolve(index))?.parse().ok()?;
                self.resolve(items).as_list()?.get(index).cloned()
            }
            "Fn::Split" => {
                let [separator, whole] = argument.as_list()? else { return None };
                let whole = self.resolve(whole);
                let parts = whole.as_str()?.split(separator.as_str()?).map(Node::from);
                Some(Node::List(parts.collect()))
            }
            "Fn::FindInMap" => {
                let [mapping, first, second] = argument.as_list()? else { return None };
                let (first, second) =
                    (literal_text(&self.resolve(first))?, literal_text(&self.resolve(second))?);
                let mapping = self.template.section("Mappings")?.get(mapping.as_str()?)?;
                mapping.get(&first)?.get(&second).cloned()
            }
            "Fn::If" => {
                let [condition, then, otherwise] = argument.as_list()? else { return None };
                let holds = self.condition(condition.as_str()?)?;
                Some(self.resolve(if holds { then } else { otherwise }))
            }
            _ => None,
        }
    }

    fn substitute(&self, argument: &Node) -> Option<Node> {
        let (pattern, own) = match argument {
            Node::List(parts) => {
                let [pattern, own] = parts.as_slice() else { return None };
                (pattern.as_str()?, own.as_map())
            }
            pattern => (pattern.as_str()?, None),
        };
        let mut filled = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}')?;
            filled.push_str(before);
            match name.strip_prefix('!') {
                Some(literal) => filled.push_str(&format!("${{{literal}}}")),
                None => {
                    let value = match own.and_then(|own| own.get(name)) {
                        Some(value) => self.resolve(value),
                        None => self.known.get(name)?.clone(),
                    };
                    filled.push_str(&literal_text(&value)?);
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        Some(Node::from(filled))
    }

    /// Whether a condition holds; `None` where that is not known.
    pub(crate) fn condition(&self, name: &str) -> Option<bool> {
        self.holds(self.template.section("Conditions")?.get(name)?, 0)
    }

    fn holds(&self, node: &Node, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(name) = node.as_map().filter(|map| map.len() == 1)?.get("Condition") {
            let condition = self.template.section("Conditions")?.get(name.as_str()?)?;
            return self.holds(condition, depth + 1);
        }
        let (name, argument) = node.as_function()?;
        let parts = argument.as_list()?;
        let mut each = parts.iter().map(|part| self.holds(part, depth + 1));
        match name {
            "Fn::Equals" => {
                let [left, right] = parts else { return None };
                let [left, right] = [left, right].map(|side| literal_text(&self.resolve(side)));
                let is_open = |text: &String| text.contains("{{resolve:");
                let (left, right) = (left.filter(|it| !is_open(it))?, right?);
                (!is_open(&right)).then(|| left == right)
            }
            "Fn::Not" => each.next()?.map(|it| !it),
            "Fn::And" => unless(each, false),
            "Fn::Or" => unless(each, true),
            _ => None,
        }
    }
}

/// What several come to of which one of this value decides, whatever the others are.
fn unless(each: impl Iterator<Item = Option<bool>>, decides: bool) -> Option<bool> {
    let each: Vec<Option<bool>> = each.collect();
    match each.contains(&Some(decides)) {
        true => Some(decides),
        false => (!each.contains(&None)).then_some(!decides),
    }
}

/// Takes what is not there out of `DependsOn`: CloudFormation waits for nothing then.
fn forget(body: &mut Node, gone: &BTreeMap<String, String>) {
    let is_there = |node: &Node| node.as_str().is_none_or(|id| !gone.contains_key(id));
    let Some(body) = body.as_map_mut() else { return };
    match body.get_mut("DependsOn") {
        Some(Node::List(ids)) => ids.retain(is_there),
        Some(id) if !is_there(id) => {
            body.remove("DependsOn");
        }
        _ => {}
    }
}

/// Whether nobody shall see the values of a parameter.
pub(crate) fn is_hidden(parameter: &Node) -> bool {
    parameter.get("NoEcho").is_some_and(|it| plain(it) == "true")
}

/// Whether this takes away what it stands for.
pub(crate) fn is_no_value(node: &Node) -> bool {
    node.as_function()
        .is_some_and(|(name, of)| name == "Ref" && of.as_str() == Some("AWS::NoValue"))
}

/// A literal as text; `None` for what is not known, or is no text.
pub(crate) fn literal_text(node: &Node) -> Option<String> {
    match node {
        Node::Str(_) | Node::Int(_) | Node::Float(_) | Node::Bool(_) => Some(plain(node)),
        _ => None,
    }
}

fn plain(node: &Node) -> String {
    node.as_str().map_or_else(|| node.to_json(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use fc_cdk_core::json;

    use super::*;

    fn values(template: &Template) -> Values<'_> {
        let known = [
            ("AWS::Region", "eu-west-1"),
            ("Stage", "prod"),
            ("Setting", "{{resolve:ssm:/setting}}"),
        ];
        let known = known.map(|(name, value)| (name.to_owned(), Node::from(value)));
        Values { template, known: known.into() }
    }

    #[test]
    fn what_is_known_is_put_in() {
        let template = Template::parse(
            r#"{
                "Mappings": {"Sizes": {"prod": {"Server": "t4g.large"}}},
                "Conditions": {
                    "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
                    "IsTest": {"Fn::Not": [{"Condition": "IsProd"}]},
                    "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsTest"}]},
                    "Open": {"Fn::Equals": [{"Ref": "Other"}, "prod"]},
                    "OpenAndNot": {"Fn::And": [{"Condition": "Open"}, {"Condition": "IsTest"}]},
                    "OpenAnd": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "Open"}]},
                    "OpenOr": {"Fn::Or": [{"Condition": "Open"}, {"Condition": "IsProd"}]},
                    "OpenOrNot": {"Fn::Or": [{"Condition": "IsTest"}, {"Condition": "Open"}]},
                    "OfSsm": {"Fn::Equals": [{"Ref": "Setting"}, "prod"]},
                    "NotOfSsm": {"Fn::Equals": ["prod", {"Ref": "Setting"}]}
                }
            }"#,
        );
        let template = template.unwrap();
        let values = values(&template);
        let check = |node: Node, expected: Node| assert_eq!(values.resolve(&node), expected);
        check(json!({ "Ref": "AWS::Region" }), json!("eu-west-1"));
        check(json!({ "Fn::Sub": "a-${Stage}-${!Stage}" }), json!("a-prod-${Stage}"));
        check(
            json!({ "Fn::Sub": ["${X}/${Stage}", { "X": { "Ref": "Stage" } }] }),
            json!("prod/prod"),
        );
        check(json!({ "Fn::Join": ["-", ["a", { "Ref": "Stage" }, 1]] }), json!("a-prod-1"));
        check(json!({ "Fn::Select": ["1", { "Fn::Split": ["-", "a-b"] }] }), json!("b"));
        check(
            json!({ "Fn::FindInMap": ["Sizes", { "Ref": "Stage" }, "Server"] }),
            json!("t4g.large"),
        );
        check(json!({ "Fn::If": ["IsProd", "yes", "no"] }), json!("yes"));
        check(json!(["a", { "Fn::If": ["IsTest", "b", { "Ref": "AWS::NoValue" }] }]), json!(["a"]));
        assert_eq!(values.condition("Both"), Some(false));
        assert_eq!(values.condition("Open"), None);
        // One of them may decide, whatever the others are.
        assert_eq!(values.condition("OpenAndNot"), Some(false));
        assert_eq!(values.condition("OpenAnd"), None);
        assert_eq!(values.condition("OpenOr"), Some(true));
        assert_eq!(values.condition("OpenOrNot"), None);
        // What Systems Manager has is not known before a deploy.
        assert_eq!((values.condition("OfSsm"), values.condition("NotOfSsm")), (None, None));
        let setting = json!({ "Ref": "Setting" });
        check(setting.clone(), json!("{{resolve:ssm:/setting}}"));
        let without = Values { template: &template, known: values.known.clone() }.without_ssm();
        assert_eq!(without.resolve(&setting), setting);
        for open in [
            json!({ "Ref": "Other" }),
            json!({ "Fn::Sub": "${Other}-${Stage}" }),
            json!({ "Fn::Join": ["-", [{ "Ref": "Other" }]] }),
            json!({ "Fn::If": ["Open", "yes", "no"] }),
            json!({ "Fn::GetAtt": ["Other", "Arn"] }),
        ] {
            check(open.clone(), open);
        }
    }

    #[test]
    fn what_is_not_there_leaves_the_template() {
        let template = Template::parse(
            r#"{
                "Conditions": {
                    "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
                    "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
                    "Open": {"Fn::Equals": [{"Ref": "Other"}, "prod"]}
                },
                "Resources": {
                    "A": {"Type": "T", "Condition": "IsProd", "DependsOn": ["B", "C"], "Properties": {"Name": {"Ref": "Stage"}}},
                    "B": {"Type": "T", "Condition": "IsTest"},
                    "C": {"Type": "T", "Condition": "Open", "DependsOn": "B", "Properties": {"X": {"Fn::If": ["Open", {"Ref": "Stage"}, {"Ref": "AWS::NoValue"}]}}}
                },
                "Outputs": {"O": {"Condition": "IsTest", "Value": {"Ref": "B"}}}
            }"#,
        );
        let template = template.unwrap();
        let resolved = values(&template).template();
        assert_eq!(resolved.gone, [("B".to_owned(), "IsTest".to_owned())].into());
        let sections = resolved.template.sections();
        assert_eq!(
            sections.get("Resources"),
            Some(&json!({
                "A": { "Type": "T", "DependsOn": ["C"], "Properties": { "Name": "prod" } },
                "C": { "Type": "T", "Condition": "Open", "Properties": { "X": { "Fn::If": ["Open", "prod", { "Ref": "AWS::NoValue" }] } } }
            }))
        );
        assert_eq!(sections.get("Outputs"), Some(&json!({})));
    }
}
