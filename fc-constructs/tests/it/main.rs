//! What the constructs promise: their templates, and what they refuse.

mod analytics; // lakes
mod aurora; // clusters of databases
mod compute; // servers behind load balancers
mod containers; // services on Fargate, images
mod database; // relational databases
mod delivery; // pipelines
mod dns; // hosted zones, records
mod edge; // distributions, web access lists, Shield
mod lines; // the user's line, from deep inside
mod messaging; // topics
mod monitoring; // alarms, dashboards
mod network; // VPCs, security groups
mod operations; // shells on servers, machines to work on
mod rule_examples; // apps that break the engine's rules
mod rules; // every rule of the engine, broken and kept
mod security; // roles, keys
mod serverless; // functions
mod storage; // buckets
mod streaming; // data that arrives all the time

use fc_cdk_core::{App, Assembly};

/// What does not compile, with the messages that people see.
#[test]
fn mistakes_that_the_compiler_finds() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

/// The only template of an app that has nothing wrong with it.
#[track_caller]
fn template(app: &App) -> String {
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "", "the app should have nothing wrong with it");
    assembly.stacks()[0].template().to_json_pretty()
}

/// All findings, as people read them, without the lines inside the constructs, which move. Each has the test's line.
#[track_caller]
fn messages(assembly: &Assembly) -> String {
    for found in assembly.diagnostics() {
        let here = found.location.is_some_and(|at| at.file.starts_with("fc-constructs/tests/"));
        assert!(here, "the line should be one of the test: {found}");
    }
    let all: String =
        assembly.diagnostics().iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
    let inside = |line: &&str| !line.contains("(fc-constructs/src/");
    all.lines().filter(inside).map(|line| format!("{line}\n")).collect()
}
