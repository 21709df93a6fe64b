//! Every rule of the engine, by a template that breaks it and one that does not. The documentation shows the same examples.

use fc_cdk_aws::resource_type;
use fc_cdk_core::{
    Diagnostic, Node, Template,
    rules::{self, CheckOptions},
    spec::Checker,
};

use crate::rule_examples;

const EXAMPLES: &str = include_str!("../../../docs/rules/examples.json");

/// What all checks of single templates say of one.
fn check(template: &Node) -> Vec<Diagnostic> {
    // An example of what cannot be read is a text.
    if let Node::Str(text) = template {
        let error = Template::parse(text).err().map(|error| error.to_string());
        let rule = rules::find(fc_cdk_core::codes::NOT_A_TEMPLATE);
        return rule.zip(error).map(|(rule, error)| rule.finding(error)).into_iter().collect();
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
fn every_rule_has_examples() {
    let examples = Node::parse_json(EXAMPLES).unwrap_or_default();
    let without: Vec<&str> = rules::all()
        .map(|rule| rule.code)
        .filter(|code| examples.get(code).is_none())
        .filter(|code| rule_examples::ALL.iter().all(|(other, ..)| other != code))
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
