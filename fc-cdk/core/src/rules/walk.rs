//! One walk over every value of a template: functions, and secrets in plain text.

use super::{
    findings::Findings,
    functions,
    model::{Model, Resource},
    secrets,
};
use crate::{diagnostic::Diagnostic, node::Node, path::Path};

/// What a walk knows of where it is.
pub(super) struct Walk<'w, 't> {
    pub(super) model: &'w Model<'t>,
    /// The resource whose properties are walked; none in the template's other sections.
    pub(super) resource: Option<&'w Resource<'t>>,
    pub(super) findings: &'w mut Findings,
}

impl Walk<'_, '_> {
    pub(super) fn report(
        &mut self,
        code: &'static str,
        path: &Path<'_>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        match self.resource {
            Some(resource) => self.findings.add(resource, code, &path.to_string(), message),
            None => self.findings.template(code, &path.to_string(), message),
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
            Node::Str(text) => secrets::check_text(self, text, path),
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.node(item, &path.item(index));
                }
            }
            Node::Map(map) => {
                if let Some((name, argument)) = node.as_function() {
                    functions::check(self, name, argument, path);
                }
                for (key, value) in map.iter() {
                    self.entry(key, value, &path.join(key));
                }
            }
            _ => {}
        }
    }
}
