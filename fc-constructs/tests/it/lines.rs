//! Whatever is wrong, the user's line is said: also of what a construct made that was made by a construct of a construct.

use fc_cdk_aws::resource_type;
use fc_cdk_core::{App, Assembly, Diagnostic, Node, ResourceHandle, Stack, SynthOptions};

use fc_constructs::network::ThreeTierVpc;

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

#[test]
fn whatever_is_wrong_with_a_resource_of_a_construct_names_the_line_of_the_construct() {
    let mut types = std::collections::BTreeSet::new();
    for (code, _, passes) in of_constructs() {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        outermost(&stack, passes);
        let users_line = line!() - 1;
        // Before the resources of constructs that finish at synth, and after.
        stack.on_change(|resource| {
            resource.set_property("NoSuchProperty", 1);
        });
        let assembly = synth(app);
        let template = |id: &str| {
            let all = assembly.stacks().iter();
            all.flat_map(|stack| stack.template().resources()).any(|one| one.logical_id() == id)
        };
        let found = assembly.diagnostics().iter().filter(|one| one.code == "unknown-property");
        for found in found {
            assert_eq!(line(found), users_line, "{code}: {found}");
            assert!(found.logical_id.as_deref().is_some_and(template), "{found}");
        }
        for resource in assembly.stacks().iter().flat_map(|stack| stack.template().resources()) {
            let found = assembly.diagnostics().iter().any(|found| {
                found.code == "unknown-property"
                    && found.logical_id.as_deref() == Some(resource.logical_id())
            });
            let is_open = resource.type_name().starts_with("Custom::");
            assert!(found || is_open, "{code}: nothing is said of {}", resource.logical_id());
            types.insert(resource.type_name().to_owned());
        }
    }
    assert!(types.len() >= 60, "the constructs make {} types", types.len());
}

#[test]
fn an_override_names_its_own_line_and_that_of_the_construct() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&stack, "Vpc");
    let made = line!() - 1;
    vpc.handle.resource().add_override("Properties.CidrBlock", "10.0.0.0/8");
    let overridden = line!() - 1;
    let assembly = synth(app);
    let found: Vec<&Diagnostic> =
        assembly.diagnostics().iter().filter(|one| one.code == "subnet-size").collect();
    assert_eq!(found.iter().map(|found| line(found)).collect::<Vec<_>>(), [overridden]);
    let (what, at) = &found[0].notes[0];
    assert_eq!((what.as_str(), at.map(|at| at.line)), ("the resource is made here", Some(made)));
}

#[test]
fn a_tag_of_a_scope_names_the_line_that_gives_it() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    stack.tag("aws:team", "shop");
    let tagged = line!() - 1;
    stack.raw_resource("Topic", "AWS::SNS::Topic", fc_cdk_core::json!({}));
    let made = line!() - 1;
    let assembly = synth(app);
    let [found] = assembly.diagnostics() else { panic!("{:?}", assembly.diagnostics()) };
    assert_eq!((found.code.as_str(), line(found)), ("bad-tags", made));
    let (what, at) = &found.notes[0];
    assert_eq!((what.as_str(), at.map(|at| at.line)), ("the tag is given here", Some(tagged)));
}
