//! The literals of finished resources against what AWS's specification says of their types.

use super::place_diagnostic;
use crate::{
    diagnostic::Diagnostic,
    node::{Map, Node},
    spec::Checker,
    template::Template,
    tree::{Kind, Tree},
};

/// Checks the properties of the resources of a template, as far as their types are known. `constructs` are those of the resources, in
/// the order of the template.
pub(super) fn check(
    tree: &Tree,
    constructs: &[u32],
    template: &Template,
    checker: &mut Checker,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let none = Map::new();
    let resources = template.section("Resources").unwrap_or(&none);
    for ((logical_id, resource), &index) in resources.iter().zip(constructs) {
        let Kind::Resource(data) = &tree.get(index).kind else { continue };
        let Some(spec) = data.spec else { continue };
        let properties = resource.get("Properties").and_then(Node::as_map).unwrap_or(&none);
        checker.check(spec, properties, &mut |mut diagnostic| {
            place_diagnostic(tree, index, &mut diagnostic);
            diagnostic.logical_id = Some(logical_id.clone());
            diagnostics.push(diagnostic);
        });
    }
}
