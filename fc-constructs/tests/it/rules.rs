//! Every rule of the engine and of the constructs, by a template or an app that breaks it and one that does not. The documentation shows the same examples.

use fc_cdk_aws::resource_type;
use fc_cdk_core::{
    App, Assembly, Diagnostic, Node, Scope, Stack, SynthOptions, Template,
    codes::NOT_A_TEMPLATE,
    json,
    rules::{self, CheckOptions},
    spec::Checker,
};

use crate::rule_examples::{self, of_constructs};

const EXAMPLES: &str = include_str!("../../../docs/rules/examples.json");

/// What all checks of single templates say of one.
fn check(template: &Node) -> Vec<Diagnostic> {
    // An example of what is about the text is one.
    if let Node::Str(text) = template {
        let finding = match Template::parse_with_positions(text) {
            Ok((template, positions)) => rules::check_aliases(&template, &positions),
            Err(error) => Some(NOT_A_TEMPLATE.finding(error.to_string())),
        };
        return finding.into_iter().collect();
    }
    let template = Template::from_sections(template.as_map().cloned().unwrap_or_default());
    let options = CheckOptions {
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
        ..CheckOptions::default()
    };
    let found = rules::check(&template, &options, &mut Checker::new());
    found.into_iter().map(|finding| finding.diagnostic).collect()
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn templates_break_the_rules_that_they_are_examples_of() {
    let Ok(examples) = Node::parse_json(EXAMPLES) else { panic!("the examples are JSON") };
    let mut wrong = Vec::new();
    for (code, example) in examples.as_map().into_iter().flat_map(fc_cdk_core::Map::iter) {
        let (Some(fails), Some(passes)) = (example.get("fails"), example.get("passes")) else {
            panic!("{code} has two examples")
        };
        let found = check(fails);
        if !codes(&found).contains(&code.as_str()) {
            wrong.push(format!("{code} is not found: {found:?}"));
        }
        wrong.extend(check(passes).iter().map(|finding| format!("{code} should pass: {finding}")));
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn apps_break_the_rules_that_they_are_examples_of() {
    for (code, fails, passes) in rule_examples::ALL {
        let found = fails();
        let found = found.diagnostics();
        assert!(codes(found).contains(code), "{code} is not found: {found:#?}");
        let passes = passes();
        let found = passes.diagnostics();
        assert_eq!(codes(found), [""; 0], "{code}, what should pass: {found:#?}");
    }
}

#[test]
fn constructs_refuse_what_they_are_examples_of() {
    for (code, fails, passes) in of_constructs() {
        let found = built(*fails);
        let found = found.diagnostics();
        assert!(codes(found).contains(code), "{code} is not found: {found:#?}");
        let passes = built(*passes);
        let found = passes.diagnostics();
        assert_eq!(codes(found), [""; 0], "{code}, what should pass: {found:#?}");
    }
}

/// What synth says of an app of one stack.
fn built(build: fn(&Scope)) -> Assembly {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    // Not empty where the example has a stack of its own.
    stack.raw_resource("Other", "AWS::SNS::Topic", json!({}));
    build(&stack);
    let mut options = SynthOptions::default();
    options.set_resource_types(resource_type);
    app.into_assembly(&options)
}

#[test]
fn no_code_stands_for_two_rules() {
    let groups = rules::GROUPS.iter().chain(fc_constructs::RULES);
    let mut codes: Vec<&str> = groups.flat_map(|(_, rules)| *rules).map(|rule| rule.code).collect();
    codes.sort_unstable();
    let twice: Vec<&str> =
        codes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert_eq!(twice, [""; 0]);
}

#[test]
fn every_rule_has_examples() {
    let examples = Node::parse_json(EXAMPLES).unwrap_or_default();
    let groups = rules::GROUPS.iter().chain(fc_constructs::RULES);
    let without: Vec<&str> = groups
        .flat_map(|(_, rules)| *rules)
        .map(|rule| rule.code)
        .filter(|code| examples.get(code).is_none())
        .filter(|code| rule_examples::ALL.iter().all(|(other, ..)| other != code))
        .filter(|code| of_constructs().all(|(other, ..)| other != code))
        .collect();
    assert_eq!(without, [""; 0]);
}

#[test]
fn every_finding_of_an_example_is_in_the_catalogue_and_says_what_to_do() {
    let examples = Node::parse_json(EXAMPLES).unwrap_or_default();
    for (code, example) in examples.as_map().into_iter().flat_map(fc_cdk_core::Map::iter) {
        for finding in example.get("fails").map(check).unwrap_or_default() {
            assert!(rules::find(&finding.code).is_some(), "{code}: {finding}");
            assert!(finding.help.is_some(), "{code}: {finding}");
        }
    }
}
