//! What can be said of finished templates without asking AWS: each by the rules, and all together by name.

use rustc_hash::FxHashMap;

use super::{StackDraft, place_diagnostic};
use crate::{
    assembly::StackArtifact,
    codes,
    diagnostic::Diagnostic,
    node::Node,
    rules::{self, CheckOptions},
    spec::Checker,
    template::Template,
    tree::{Kind, Tree},
};

/// Checks a whole template, which has `size` bytes in its file.
pub(super) fn check_template(
    tree: &Tree,
    draft: &StackDraft,
    template: &Template,
    size: usize,
    knows_all_types: bool,
    checker: &mut Checker,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if let Some(mut diagnostic) = rules::check_size(size) {
        place_diagnostic(tree, draft.index, &mut diagnostic);
        diagnostics.push(diagnostic);
    }
    let constructs = draft.resource_constructs();
    let spec = |index: usize, _: &str| match &tree.get(*constructs.get(index)?).kind {
        Kind::Resource(data) => data.spec,
        _ => None,
    };
    let options =
        CheckOptions { region: draft.environment.region.as_deref(), spec: &spec, knows_all_types };
    for finding in rules::check(template, &options, checker) {
        let mut diagnostic = finding.diagnostic;
        let construct = |place: usize| constructs.get(place).copied().unwrap_or(draft.index);
        let place = finding.resource.map_or(draft.index, construct);
        place_diagnostic(tree, place, &mut diagnostic);
        for (text, place) in finding.notes {
            diagnostic = diagnostic.note(text, Some(tree.user_location(construct(place))));
        }
        diagnostics.push(diagnostic);
    }
}

/// Two resources of one type in two stacks with the same literal name in one account and region: the second one fails at deploy.
/// (Two in one stack are for the rules of templates.)
pub(super) fn check_physical_names(
    tree: &Tree,
    artifacts: &[StackArtifact],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut taken: FxHashMap<_, u32> = FxHashMap::default();
    for artifact in artifacts {
        for (resource, construct) in artifact.resources_with_constructs() {
            let Some(type_name) = resource.get("Type").and_then(Node::as_str) else { continue };
            let Some((property, global)) = rules::name_property(type_name) else { continue };
            let name = resource
                .get("Properties")
                .and_then(|properties| properties.get(property))
                .and_then(Node::as_str);
            let Some(name) = name else { continue };
            if resource.get("Condition").is_some() {
                continue;
            }
            let environment = (!global).then(|| artifact.environment().clone());
            if let Some(first) =
                taken.insert((type_name.to_owned(), name.to_owned(), environment), construct)
                && tree.get(first).stack != tree.get(construct).stack
            {
                let message = format!("`{name}` is the name of `{}` already", tree.path(first));
                let mut diagnostic =
                    Diagnostic::error(codes::DUPLICATE_PHYSICAL_NAME, message).property(property);
                place_diagnostic(tree, construct, &mut diagnostic);
                diagnostics.push(
                    diagnostic
                        .note("the first one is made here", Some(tree.user_location(first)))
                        .help("leave the name out: CloudFormation makes one that is unique"),
                );
            }
        }
    }
}

/// Two outputs that export one name in one account and region.
pub(super) fn check_exports(
    tree: &Tree,
    artifacts: &[StackArtifact],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut taken: FxHashMap<_, (u32, &str)> = FxHashMap::default();
    for artifact in artifacts {
        for (output, body) in artifact.template().outputs() {
            let export = body.get("Export").and_then(|export| export.get("Name"));
            let Some(name) = export.and_then(Node::as_str) else { continue };
            if body.contains_key("Condition") {
                continue;
            }
            let mut constructs = artifact.resources_with_constructs();
            let stack = constructs.next().and_then(|(_, construct)| tree.get(construct).stack);
            let Some(stack) = stack else { continue };
            let key = (name, artifact.environment());
            if let Some((first, other)) = taken.insert(key, (stack, output)) {
                let message =
                    format!("`{name}` is exported by `{other}` of `{}` already", tree.path(first));
                let Some(rule) = rules::find(codes::DUPLICATE_EXPORT) else { continue };
                let mut diagnostic =
                    rule.finding(message).property(format!("Outputs.{output}.Export.Name"));
                place_diagnostic(tree, stack, &mut diagnostic);
                diagnostics.push(diagnostic);
            }
        }
    }
}
