//! One walk over every value of a template: functions, and secrets in plain text.

use super::{
    Rule, dynamic,
    findings::Findings,
    functions,
    model::{Model, Resource},
    references, secrets,
};
use crate::{diagnostic::Diagnostic, node::Node, path::Path};

/// What a walk knows of where it is.
pub(super) struct Walk<'w, 't> {
    pub(super) model: &'w Model<'t>,
    /// The resource whose properties are walked; none in the template's other sections.
    pub(super) resource: Option<&'w Resource<'t>>,
    /// Who refers to whom, by the places of the resources.
    pub(super) edges: &'w mut Vec<(u32, u32)>,
    /// Whether what is walked is there in some deployments only.
    pub(super) is_conditional: bool,
    /// Whether this is evaluated, and not only noted.
    pub(super) in_properties: bool,
    /// How many `Fn::If` are around.
    pub(super) branches: u32,
    /// How many `Fn::Sub` are around.
    pub(super) in_sub: u32,
    /// Whether a condition or `AWS::NoValue` has been met.
    pub(super) has_cases: bool,
    pub(super) findings: &'w mut Findings,
}

impl Walk<'_, '_> {
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
    pub(super) fn entry(&mut self, key: &str, value: &Node, path: &Path<'_>) {
        if let Node::Str(text) = value {
            secrets::check_entry(self, key, text, path);
        }
        self.node(value, path);
    }

    /// Looks at a value and at all below it.
    pub(super) fn node(&mut self, node: &Node, path: &Path<'_>) {
        match node {
            Node::Str(text) => {
                secrets::check_text(self, text, path);
                if text.contains("{{resolve:") {
                    dynamic::check_text(self, text, path);
                }
                if self.in_sub == 0 && self.in_properties {
                    functions::check_text(self, text, path);
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
                let branch = u32::from(function.is_some_and(|(name, _)| name == "Fn::If"));
                let sub = u32::from(function.is_some_and(|(name, _)| name == "Fn::Sub"));
                self.branches += branch;
                self.in_sub += sub;
                for (key, value) in map.iter() {
                    self.entry(key, value, &path.join(key));
                }
                self.branches -= branch;
                self.in_sub -= sub;
            }
            _ => {}
        }
    }
}
