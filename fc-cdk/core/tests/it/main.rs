//! What the engine promises, seen from outside.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod allowances; // what is switched off, and how
mod across_stacks; // references between stacks, stages, nested stacks
mod corpus; // real templates, read and written back
mod cycles; // who must not need each other
mod diff; // what a new template changes
mod determinism; // same app, same bytes
mod elements; // parameters, conditions, mappings, rules, outputs
mod escape_hatches; // raw properties, overrides, moves
mod files; // the cloud assembly
mod ids; // what must not change unnoticed
mod lines; // that of whoever said it
mod mistakes; // what is reported, and where
mod references; // within one template
mod robust; // bytes that are no templates
mod scopes; // tags, aspects, dependencies, removal policies

use fc_cdk_core::{App, Assembly, Resource, Scope, json};

/// The only template of an app that has nothing wrong with it.
#[track_caller]
fn template(app: &App) -> String {
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "", "the app should have nothing wrong with it");
    assembly.stacks()[0].template().to_json_pretty()
}

/// Every template of an app that has nothing wrong with it, under its stack's name.
#[track_caller]
fn templates(app: &App) -> String {
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "", "the app should have nothing wrong with it");
    let each = assembly
        .stacks()
        .iter()
        .map(|stack| format!("{}: {}\n", stack.stack_name(), stack.template().to_json_pretty()));
    each.collect()
}

/// All findings, as people read them. Each has the user's line.
#[track_caller]
fn messages(assembly: &Assembly) -> String {
    for found in assembly.diagnostics() {
        assert!(found.location.is_some(), "this has no line: {found}");
    }
    assembly.diagnostics().iter().map(|diagnostic| format!("{diagnostic}\n")).collect()
}

fc_cdk_core::rules! {
    pub(crate) const RULES = "Tests";
    SOME_RULE = "some-rule", Error, "something is wrong";
        why "It is a test.";
        fix "do something else";
        docs "";
    NO_NAME = "no-name", Error, "a topic without a name";
        why "It is a test.";
        fix "";
        docs "";
}

/// A resource without properties.
#[track_caller]
fn topic(scope: &Scope, id: &str) -> Resource {
    scope.raw_resource(id, "AWS::SNS::Topic", json!({}))
}
