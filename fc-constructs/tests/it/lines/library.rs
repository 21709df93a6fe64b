//! Constructs as a crate would offer them, three calls deep.

use fc_cdk_core::{Map, Node, Scope, json};

#[track_caller]
pub(super) fn outermost(scope: &Scope, build: impl Fn(&Scope)) {
    middle(&scope.construct("Outermost"), build);
}

#[track_caller]
fn middle(scope: &Scope, build: impl Fn(&Scope)) {
    let scope = scope.construct("Middle");
    innermost(&scope, build);
}

// As a crate that has forgotten `#[track_caller]`.
fn innermost(scope: &Scope, build: impl Fn(&Scope)) {
    build(&scope.construct("Innermost"));
}

/// A resource of a template, made as it stands there.
pub(super) fn resource(scope: &Scope, id: &str, body: &Node) {
    let type_name = body.get("Type").and_then(Node::as_str).unwrap_or("Custom::Nothing");
    let properties = body.get("Properties").cloned().unwrap_or_else(|| json!({}));
    let made = scope.raw_resource(id, type_name, properties);
    made.override_logical_id(id);
    for (key, value) in body.as_map().into_iter().flat_map(Map::iter) {
        if key != "Properties" && (key != "Type" || value.as_str().is_none()) {
            made.add_override(key, value.clone());
        }
    }
}
