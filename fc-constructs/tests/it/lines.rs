//! Whatever is wrong, the user's line is said: also of what a construct made that was made by a construct of a construct.

use fc_cdk_aws::resource_type;
use fc_cdk_core::{App, Assembly, Diagnostic, Node, Stack, SynthOptions};

use self::library::{outermost, resource};
use crate::rule_examples::of_constructs;

mod library; // constructs three deep

const EXAMPLES: &str = include_str!("../../../docs/rules/examples.json");

fn synth(app: App) -> Assembly {
    let mut options = SynthOptions::default();
    options.set_resource_types(resource_type);
    app.into_assembly(&options)
}

/// Where a finding points to, in this file.
fn line(found: &Diagnostic) -> u32 {
    let file = found.location.map(|at| at.file);
    assert_eq!(file, Some(file!()), "{found}");
    found.location.map_or(0, |at| at.line)
}

#[test]
fn every_rule_of_templates_names_the_users_line_three_constructs_up() {
    let examples = Node::parse_json(EXAMPLES).unwrap_or_default();
    let mut unseen = Vec::new();
    for (code, example) in examples.as_map().into_iter().flat_map(fc_cdk_core::Map::iter) {
        let Some(Node::Map(sections)) = example.get("fails") else { continue };
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        let stack_line = line!() - 1;
        for (section, entries) in sections.iter().filter(|(name, _)| *name != "Resources") {
            for (key, entry) in entries.as_map().into_iter().flat_map(fc_cdk_core::Map::iter) {
                stack.raw_entry(section, key, entry.clone());
            }
        }
        let entry_line = line!() - 3;
        let resources = sections.get("Resources").and_then(Node::as_map).cloned();
        outermost(&stack, |scope| {
            for (id, body) in resources.iter().flat_map(fc_cdk_core::Map::iter) {
                resource(scope, id, body);
            }
        });
        let users_line = line!() - 5;
        let assembly = synth(app);
        if assembly.diagnostics().iter().all(|found| found.code != *code) {
            unseen.push(code.clone());
        }
        for found in assembly.diagnostics() {
            let expected = match (&found.logical_id, &found.property) {
                (Some(_), _) => users_line,
                // Of an entry of another section, or of the template as a whole.
                (None, Some(path)) if path.contains('.') => entry_line,
                _ => stack_line,
            };
            assert_eq!(line(found), expected, "{found}");
        }
    }
    // What holds data is kept in apps, whatever one says.
    assert_eq!(unseen, ["stateful-without-policy"]);
}

#[test]
fn what_constructs_refuse_names_the_users_line_three_constructs_up() {
    for (code, fails, _) in of_constructs() {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        outermost(&stack, fails);
        let users_line = line!() - 1;
        let assembly = synth(app);
        let mut found = assembly.diagnostics().iter().filter(|found| found.code == *code);
        let first = found.next().unwrap_or_else(|| panic!("{code} is not found"));
        for found in found.chain([first]) {
            assert_eq!(line(found), users_line, "{found}");
        }
    }
}
