//! The findings as the `cdk` CLI shows them: `validation-report.json`.

use super::{Assembly, SCHEMA_VERSION};
use crate::{
    diagnostic::Diagnostic,
    json,
    node::{Map, Node},
};

impl Assembly {
    /// The findings in the form that the `cdk` CLI prints.
    pub(super) fn validation_report(&self) -> Node {
        let violations: Vec<Node> = self
            .diagnostics
            .iter()
            .map(|diagnostic| Node::Map(self.violation(diagnostic)))
            .collect();
        let allowed = self.allowed.iter().map(|allowed| {
            let mut violation = self.violation(&allowed.diagnostic);
            violation.push("acknowledgedId", allowed.diagnostic.code.clone());
            violation.push("reason", allowed.reason.as_str());
            Node::Map(violation)
        });
        let conclusion = if self.has_errors() { "failure" } else { "success" };
        json!({
            "version": SCHEMA_VERSION,
            "title": "fc-cdk",
            "pluginReports": [{
                "pluginName": "fc-cdk",
                "pluginVersion": env!("CARGO_PKG_VERSION"),
                "conclusion": conclusion,
                "violations": violations,
                "suppressedViolations": allowed.collect::<Vec<_>>()
            }]
        })
    }

    fn violation(&self, diagnostic: &Diagnostic) -> Map {
        let mut construct = Map::new();
        construct.push("constructPath", diagnostic.path.clone());
        let stack = self.stacks.iter().find(|stack| {
            let below = diagnostic.path.strip_prefix(stack.display_name.as_str());
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if let (Some(stack), Some(logical_id)) = (stack, &diagnostic.logical_id) {
            let properties: Vec<Node> = diagnostic.property.iter().map(Node::from).collect();
            construct.push(
                "cloudFormationResource",
                json!({ "templatePath": self.template_path(stack), "logicalId": logical_id, "propertyPaths": properties }),
            );
        }
        let locations = diagnostic
            .location
            .iter()
            .chain(diagnostic.notes.iter().filter_map(|(_, location)| location.as_ref()));
        let frames: Vec<String> =
            locations.map(|location| format!("{} ({location})", diagnostic.path)).collect();
        construct.push("stackTraces", vec![frames.join("\n")]);
        let mut violation = Map::new();
        violation.push("ruleName", diagnostic.code.clone());
        violation.push("description", diagnostic.message.as_str());
        if let Some(help) = &diagnostic.help {
            violation.push("suggestedFix", help.as_str());
        }
        violation.push("severity", diagnostic.severity.to_string());
        violation.push("violatingConstructs", vec![construct]);
        violation
    }
}
