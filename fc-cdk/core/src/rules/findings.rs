//! [`Findings`]: what the rules have found, with the resource that each is about.

use super::{Rule, catalogue, model::Resource};
use crate::diagnostic::{Diagnostic, Severity};

/// A finding, and the place of its resource among the template's resources; none where it is about the template.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The place of the resource in the template's section.
    pub resource: Option<usize>,
    /// What is wrong, with logical id and property.
    pub diagnostic: Diagnostic,
    /// What explains it, each with the place of another resource.
    pub notes: Vec<(String, usize)>,
}

/// Findings in the making. Nothing is allocated while there is none.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Finding>,
}

impl Findings {
    /// A finding of a rule about a resource's property; an empty one means the whole resource.
    pub(super) fn add(
        &mut self,
        resource: &Resource<'_>,
        rule: &'static Rule,
        property: &str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.push(Some(resource), rule, property, message.into())
    }

    /// A finding about the template, at a path such as `Parameters.Size`.
    pub(super) fn template(
        &mut self,
        rule: &'static Rule,
        path: &str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.push(None, rule, path, message.into())
    }

    /// Explains the last finding by another resource.
    pub(super) fn note(&mut self, text: String, resource: usize) {
        if let Some(last) = self.all.last_mut() {
            last.notes.push((text, resource));
        }
    }

    /// A finding that was made elsewhere.
    pub(super) fn take(&mut self, resource: &Resource<'_>, mut diagnostic: Diagnostic) {
        diagnostic.logical_id = Some(resource.logical_id.into());
        point_to_type(&mut diagnostic, resource);
        let resource = Some(resource.index);
        self.all.push(Finding { resource, diagnostic, notes: Vec::new() });
    }

    /// Takes back what is said of resources for sure: somebody's own macro may change them before CloudFormation sees them.
    pub(super) fn soften(&mut self) {
        for finding in self.all.iter_mut().filter(|finding| finding.resource.is_some()) {
            let diagnostic = &mut finding.diagnostic;
            diagnostic.severity = diagnostic.severity.min(Severity::Warning);
        }
    }

    fn push(
        &mut self,
        resource: Option<&Resource<'_>>,
        rule: &'static Rule,
        property: &str,
        message: String,
    ) -> &mut Diagnostic {
        let mut diagnostic = rule.finding(message);
        diagnostic.logical_id = resource.map(|resource| resource.logical_id.into());
        diagnostic.property = (!property.is_empty()).then(|| property.to_owned());
        if let Some(resource) = resource {
            point_to_type(&mut diagnostic, resource);
        }
        let resource = resource.map(|resource| resource.index);
        self.all.push(Finding { resource, diagnostic, notes: Vec::new() });
        let last = self.all.len() - 1;
        &mut self.all[last].diagnostic
    }
}

/// The page of the resource's own type in place of the list of all types.
fn point_to_type(diagnostic: &mut Diagnostic, resource: &Resource<'_>) {
    if let Some(spec) = resource.spec
        && diagnostic.docs.as_deref() == Some(catalogue::properties::ALL_TYPES)
    {
        diagnostic.docs = Some(spec.docs_page().into());
    }
}
