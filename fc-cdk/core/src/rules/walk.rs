//! One walk over every value of a template: functions, and secrets in plain text.

use super::{
    Rule,
    conditions::Fact,
    dynamic,
    findings::Findings,
    functions,
    model::{Model, Resource},
    references, secrets,
};
use crate::{codes, diagnostic::Diagnostic, node::Node, path::Path};

/// What a walk knows of where it is.
pub(super) struct Walk<'w, 't> {
    pub(super) model: &'w Model<'t>,
    /// The resource whose properties are walked; none in the template's other sections.
    pub(super) resource: Option<&'w Resource<'t>>,
    /// Who refers to whom, by the places of the resources.
    pub(super) edges: &'w mut Vec<(u32, u32)>,
    /// The conditions under which what is walked is there.
    pub(super) facts: Vec<Fact<'w>>,
    /// Why no resource can be referred to here, where that is so.
    pub(super) before_resources: Option<&'static str>,
    /// Whether this is evaluated, and not only noted.
    pub(super) in_properties: bool,
    /// Whether this is the script that an instance runs at its start.
    pub(super) in_user_data: bool,
    /// How many `Fn::Sub` are around.
    pub(super) in_sub: u32,
    /// Whether a condition or `AWS::NoValue` has been met.
    pub(super) has_cases: bool,
    pub(super) findings: &'w mut Findings,
}

impl<'w> Walk<'w, '_> {
    pub(super) fn report(
        &mut self,
        rule: &'static Rule,
        path: &Path<'_>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        match self.resource {
            Some(resource) => self.findings.add(resource, rule, &path.to_string(), message),
            None => self.findings.template(rule, &path.to_string(), message),
        }
    }

    /// Looks at a value under its name, and at all below it.
    pub(super) fn entry(&mut self, key: &str, value: &'w Node, path: &Path<'_>) {
        match value {
            Node::Str(text) => {
                secrets::check_entry(self, key, text, path);
                if text.starts_with("AWS::") && self.in_properties && !self.model.has_macros {
                    functions::check_raw(self, key, text, path);
                }
            }
            Node::Map(_) if self.resource.is_some() => {
                secrets::check_parameter(self, key, value, path);
            }
            _ => {}
        }
        let around = self.in_user_data;
        self.in_user_data |= key == "UserData";
        self.node(value, path);
        self.in_user_data = around;
    }

    /// Looks at a value and at all below it.
    pub(super) fn node(&mut self, node: &'w Node, path: &Path<'_>) {
        match node {
            Node::Null if !self.model.has_macros => {
                let message = "CloudFormation takes no `null`";
                self.report(codes::BAD_STRUCTURE, path, message).help =
                    Some("leave it out, or use `AWS::NoValue`".into());
            }
            Node::Str(text) => {
                secrets::check_text(self, text, path);
                // Nearly nothing has a brace.
                if text.as_bytes().contains(&b'{') {
                    if text.contains("{{") {
                        dynamic::check(self, text, path);
                    }
                    if self.in_sub == 0 && self.in_properties {
                        functions::check_text(self, text, path);
                    }
                }
            }
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.node(item, &path.item(index));
                }
            }
            Node::Map(map) => {
                let function = node.as_function();
                self.has_cases |= match function {
                    Some(("Fn::If", _)) => true,
                    Some(("Ref", Node::Str(name))) => name == "AWS::NoValue",
                    _ => false,
                };
                if let Some((name, argument)) = function
                    && !self.model.has_macros
                {
                    functions::check(self, name, argument, path);
                    references::check(self, name, argument, path);
                }
                if let Some((name, argument)) = function
                    && self.model.is_sam
                {
                    references::check_of_sam(self, name, argument, path);
                }
                match function {
                    Some(("Fn::If", Node::List(parts))) => self.branches(parts, path),
                    Some(("Fn::ImportValue", argument)) => {
                        let before = self.before_resources;
                        self.before_resources = before.or(Some("imported values"));
                        self.node(argument, &path.join("Fn::ImportValue"));
                        self.before_resources = before;
                    }
                    _ => {
                        let sub = u32::from(function.is_some_and(|(name, _)| name == "Fn::Sub"));
                        self.in_sub += sub;
                        for (key, value) in map.iter() {
                            self.entry(key, value, &path.join(key));
                        }
                        self.in_sub -= sub;
                    }
                }
            }
            _ => {}
        }
    }

    /// Looks at what an `Fn::If` chooses from, each part under what holds there.
    fn branches(&mut self, parts: &'w [Node], path: &Path<'_>) {
        let condition = parts.first().and_then(Node::as_str);
        let path = path.join("Fn::If");
        for (index, part) in parts.iter().enumerate().skip(1) {
            let fact = condition.map(|name| (name, index == 1));
            if let Some(fact) = fact {
                references::check_branch(self, fact, &path.item(index));
                self.facts.push(fact);
            }
            self.node(part, &path.item(index));
            if fact.is_some() {
                self.facts.pop();
            }
        }
    }
}
