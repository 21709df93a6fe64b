//! [`Values`]: what intrinsic functions give, as far as that is known before a deploy.

use std::collections::BTreeMap;

use fc_cdk_core::{Map, Node, Template};

use crate::aws::Target;

/// What is known of a template's parameters, mappings and conditions.
pub(super) struct Values<'a> {
    template: &'a Template,
    /// Pseudo parameters and parameters, by name.
    known: BTreeMap<String, Node>,
}

impl<'a> Values<'a> {
    /// The values of a stack: what is given, else what is deployed, else the defaults.
    pub(super) fn new(
        template: &'a Template,
        target: &Target,
        stack_name: &str,
        given: &BTreeMap<String, String>,
    ) -> Values<'a> {
        let mut known = BTreeMap::new();
        for (name, parameter) in template.section("Parameters").into_iter().flat_map(Map::iter) {
            let text = |key: &str| parameter.get(key).and_then(Node::as_str);
            // What nobody shall see is not looked at.
            if parameter.get("NoEcho").is_some_and(|it| plain(it) == "true") {
                continue;
            }
            let value = match given.get(name.as_str()) {
                Some(value) => Some(value.clone()),
                None => parameter.get("Default").map(plain),
            };
            let Some(value) = value else { continue };
            let kind = text("Type").unwrap_or_default();
            let value = if kind.starts_with("AWS::SSM::Parameter::Value<") {
                Node::from(format!("{{{{resolve:ssm:{value}}}}}"))
            } else if kind == "CommaDelimitedList" || kind.starts_with("List<") {
                value.split(',').map(|item| Node::from(item.trim())).collect::<Vec<_>>().into()
            } else {
                Node::from(value)
            };
            known.insert(name.to_string(), value);
        }
        let pseudo = [
            ("AWS::AccountId", target.account()),
            ("AWS::Region", target.region()),
            ("AWS::Partition", target.partition().name()),
            ("AWS::URLSuffix", target.partition().url_suffix()),
            ("AWS::StackName", stack_name),
        ];
        known.extend(pseudo.map(|(name, value)| (name.to_owned(), Node::from(value))));
        Values { template, known }
    }

    /// The value with all that is known put in; what is not stays as it is.
    pub(super) fn resolve(&self, node: &Node) -> Node {
        match node {
            Node::List(items) => {
                let items = items.iter().map(|item| self.resolve(item));
                Node::List(items.filter(|item| !is_no_value(item)).collect())
            }
            Node::Map(map) => match node.as_function() {
                Some((name, argument)) => {
                    self.function(name, argument).unwrap_or_else(|| node.clone())
                }
                None => Node::Map(self.resolve_map(map)),
            },
            other => other.clone(),
        }
    }

    /// As [`resolve`](Values::resolve), for the properties of a resource.
    pub(super) fn resolve_map(&self, map: &Map) -> Map {
        let mut resolved = Map::with_capacity(map.len());
        for (key, value) in map.iter() {
            let value = self.resolve(value);
            if !is_no_value(&value) {
                resolved.push(key.clone(), value);
            }
        }
        resolved
    }

    fn function(&self, name: &str, argument: &Node) -> Option<Node> {
        match name {
            "Ref" => self.known.get(argument.as_str()?).cloned(),
            "Fn::Sub" => self.substitute(argument),
            "Fn::Join" => {
                let [separator, parts] = argument.as_list()? else { return None };
                let parts = self.resolve(parts);
                let parts: Option<Vec<String>> = parts.as_list()?.iter().map(text).collect();
                Some(Node::from(parts?.join(separator.as_str()?)))
            }
            "Fn::Select" => {
                let [index, items] = argument.as_list()? else { return None };
                let index: usize = text(&self.resolve(index))?.parse().ok()?;
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
                let (first, second) = (text(&self.resolve(first))?, text(&self.resolve(second))?);
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
                    filled.push_str(&text(&value)?);
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        Some(Node::from(filled))
    }

    /// Whether a condition holds; `None` where that is not known.
    pub(super) fn condition(&self, name: &str) -> Option<bool> {
        self.holds(self.template.section("Conditions")?.get(name)?, 0)
    }

    fn holds(&self, node: &Node, depth: usize) -> Option<bool> {
        // A condition that needs itself is a mistake that the checks of synth tell.
        if depth > 20 {
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
                Some(text(&self.resolve(left))? == text(&self.resolve(right))?)
            }
            "Fn::Not" => each.next()?.map(|it| !it),
            "Fn::And" => each.try_fold(true, |all, it| Some(all && it?)),
            "Fn::Or" => each.try_fold(false, |any, it| Some(any || it?)),
            _ => None,
        }
    }
}

fn is_no_value(node: &Node) -> bool {
    node.as_function()
        .is_some_and(|(name, of)| name == "Ref" && of.as_str() == Some("AWS::NoValue"))
}

/// A literal as text; `None` for what is not known, or is no text.
fn text(node: &Node) -> Option<String> {
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
        let known = [("AWS::Region", "eu-west-1"), ("Stage", "prod")];
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
                    "Open": {"Fn::Equals": [{"Ref": "Other"}, "prod"]}
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
}
