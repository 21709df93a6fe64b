//! A finding of the engine in our form.

use diagnostics::{Diagnostic as Theirs, Entity};
use fc_cdk_core::{Diagnostic, Severity, codes};
use rules::RuleOrigin;
use template_model::EntityType;

use super::{AwsFinding, engine, guard};

/// The finding, with its place in the template but none in Rust.
pub(super) fn of(theirs: &Theirs) -> AwsFinding {
    let is_guard = theirs.source == RuleOrigin::Guard;
    let prefix = if is_guard { codes::GUARD_RULE } else { codes::AWS_RULE };
    let code = format!("{prefix}{}", theirs.rule_id);
    let (message, fix) = if is_guard {
        guard::message(&theirs.message)
    } else {
        (theirs.message.trim().to_owned(), theirs.suggested_fix.clone())
    };
    let mut diagnostic = Diagnostic::of_tool(severity(theirs.severity), code, message);
    if let Some(fix) = fix {
        diagnostic = diagnostic.help(fix);
    }
    if let Some(rule) = rules::lookup_rule(&theirs.rule_id).filter(|_| !is_guard) {
        diagnostic = diagnostic.docs(engine::docs(rule));
    }
    let (logical_id, property) = place(theirs.entity.as_ref(), theirs.property_path.as_deref());
    diagnostic.logical_id = logical_id.map(Into::into);
    diagnostic.property = property;
    let position = theirs.location.as_ref().map(|span| (span.start_line, span.start_column));
    AwsFinding { diagnostic, position }
}

pub(super) fn severity(theirs: rules::Severity) -> Severity {
    match theirs {
        rules::Severity::Fatal | rules::Severity::Error => Severity::Error,
        rules::Severity::Warn => Severity::Warning,
        rules::Severity::Info | rules::Severity::Debug => Severity::Info,
    }
}

/// The logical id of a resource, and what of it, as our own findings name it: `Tags.0.Key`, or `Outputs.Url.Value` outside of resources.
fn place(entity: Option<&Entity>, path: Option<&str>) -> (Option<String>, Option<String>) {
    let path = path.unwrap_or_default().replace('/', ".");
    let Some(entity) = entity else { return (None, steps(&path)) };
    let section = match entity.entity_type {
        EntityType::Resource => {
            let own = format!("Resources.{}", entity.logical_id);
            let path =
                path.strip_prefix(&own).map_or(path.as_str(), |rest| rest.trim_start_matches('.'));
            let path = match path.strip_prefix("Properties") {
                Some(rest) if rest.is_empty() || rest.starts_with('.') => {
                    rest.trim_start_matches('.')
                }
                _ => path,
            };
            return (Some(entity.logical_id.clone()), steps(path));
        }
        EntityType::Parameter => "Parameters",
        EntityType::Output => "Outputs",
        EntityType::Mapping => "Mappings",
        EntityType::Rule => "Rules",
        EntityType::Condition => "Conditions",
        _ => return (None, steps(&path)),
    };
    let own = format!("{section}.{}", entity.logical_id);
    if path.starts_with(&own) { (None, steps(&path)) } else { (None, Some(own)) }
}

/// A path without the functions at its end: our findings name what a function stands for.
fn steps(path: &str) -> Option<String> {
    let mut path = path;
    while let Some((rest, last)) = path.rsplit_once('.') {
        let is_function = last == "Ref" || last.starts_with("Fn::");
        if !is_function {
            break;
        }
        path = rest;
    }
    (!path.is_empty()).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named_as_our_own() {
        let entity = |entity_type, logical_id: &str| Entity {
            logical_id: logical_id.to_owned(),
            entity_type,
            resource_type: None,
        };
        let named = |entity: Option<&Entity>, path: Option<&str>| {
            let (id, property) = place(entity, path);
            format!("{} {}", id.unwrap_or_default(), property.unwrap_or_default())
        };
        let queue = entity(EntityType::Resource, "Queue");
        assert_eq!(named(Some(&queue), Some("Properties.Tags.0.Key")), "Queue Tags.0.Key");
        assert_eq!(named(Some(&queue), Some("Properties")), "Queue ");
        assert_eq!(named(Some(&queue), Some("Resources/Queue")), "Queue ");
        assert_eq!(named(Some(&queue), Some("DeletionPolicy")), "Queue DeletionPolicy");
        assert_eq!(named(Some(&queue), Some("Properties.Name.Fn::Sub")), "Queue Name");
        assert_eq!(named(Some(&queue), None), "Queue ");
        let size = entity(EntityType::Parameter, "Size");
        assert_eq!(named(Some(&size), Some("Parameters/Size/Type")), " Parameters.Size.Type");
        assert_eq!(named(Some(&size), None), " Parameters.Size");
        assert_eq!(named(None, Some("Outputs.Url.Value.Ref")), " Outputs.Url.Value");
    }
}
