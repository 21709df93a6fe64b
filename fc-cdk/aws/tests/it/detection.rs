//! One small template for each mistake that cfn-lint has a number for, as far as synth could meet it: what becomes of each.
//!
//! The templates are our own; a case is named after the rule's number. Those of `typed.txt` do not compile
//! with the typed builders (`typed.rs` asks the compiler); all have to be refused at synth, since templates and raw resources come
//! from elsewhere.

use std::collections::BTreeSet;

use super::typed;
use fc_cdk_aws::resource_type;
use fc_cdk_core::{
    Node, Severity, Template,
    node::Map,
    rules::{self, CheckOptions},
    spec::Checker,
};

/// By where the mistake is: in the properties of a resource, or elsewhere.
const CASES: &[&str] = &[
    include_str!("../data/detection/resources.json"),
    include_str!("../data/detection/templates.json"),
];

/// Cases that pass: what each would need.
const PASSES: &[(&str, &str)] = &[];

#[test]
fn mistakes_that_cfn_lint_knows_are_refused() {
    let mut cases = Map::new();
    for file in CASES {
        let Ok(Node::Map(some)) = Node::parse_json(file) else { panic!("the cases are JSON") };
        for (name, case) in some {
            assert!(cases.insert(name.clone(), case).is_none(), "{name} is there twice");
        }
    }
    let mut checker = Checker::new();
    let options = CheckOptions {
        region: Some("eu-west-1"),
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
    };
    let mut typed: BTreeSet<&str> = typed::cases().iter().map(|(name, ..)| *name).collect();
    let (mut compiler, mut synth, mut passed) = (0, 0, Vec::new());
    for (name, case) in cases.iter() {
        let Some(Node::Map(sections)) = case.get("template") else { panic!("{name}: no template") };
        let template = Template::from_sections(sections.clone());
        let found = rules::check(&template, &options, &mut checker);
        let refused = found.iter().any(|found| found.diagnostic.severity == Severity::Error);
        for found in &found {
            assert!(
                rules::find(&found.diagnostic.code).is_some(),
                "{name}: {:?}",
                found.diagnostic
            );
            assert!(found.diagnostic.help.is_some(), "{name}: {:?}", found.diagnostic);
        }
        match refused {
            false => passed.push(name.as_str()),
            true if typed.remove(name.as_str()) => compiler += 1,
            true => synth += 1,
        }
    }
    assert_eq!(typed, BTreeSet::new(), "there are no templates of these");
    let all = cases.len();
    let percent = |number: usize| 100.0 * number as f64 / all as f64;
    println!(
        "{all} mistakes: {compiler} do not compile ({:.1} %), {synth} are refused at synth ({:.1} %), {} pass ({:.1} %)",
        percent(compiler),
        percent(synth),
        passed.len(),
        percent(passed.len())
    );
    let known: BTreeSet<&str> = PASSES.iter().map(|(name, _)| *name).collect();
    assert_eq!(passed.into_iter().collect::<BTreeSet<_>>(), known);
}

/// Mistakes that CloudFormation lets pass, each with the rule that finds it.
#[test]
fn mistakes_that_are_deployed_are_warned_of() {
    const CASES: &str = include_str!("../data/detection/warnings.json");
    let Ok(Node::Map(cases)) = Node::parse_json(CASES) else { panic!("the cases are JSON") };
    let mut checker = Checker::new();
    let options = CheckOptions {
        region: Some("eu-west-1"),
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
    };
    let mut missed = Vec::new();
    for (name, case) in cases.iter() {
        let (Some(Node::Map(sections)), Some(code)) =
            (case.get("template"), case.get("code").and_then(Node::as_str))
        else {
            panic!("{name}: no template or no code")
        };
        let template = Template::from_sections(sections.clone());
        let found = rules::check(&template, &options, &mut checker);
        if !found.iter().any(|found| found.diagnostic.code == code) {
            missed.push(format!("{name}: {found:?}"));
        }
        for found in &found {
            assert!(found.diagnostic.severity < Severity::Error, "{name}: {:?}", found.diagnostic);
        }
    }
    println!("{} mistakes of {} are warned of", cases.len() - missed.len(), cases.len());
    assert_eq!(missed, [""; 0]);
}

/// What AWS refuses beyond the rules that anybody has numbered, each beside the same without the mistake: the one is found, by the
/// rule that the case names, and the other has no error.
#[test]
fn each_mistake_is_found_and_the_same_without_it_passes() {
    const CASES: &str = include_str!("../data/detection/pairs.json");
    let Ok(Node::Map(cases)) = Node::parse_json(CASES) else { panic!("the cases are JSON") };
    let mut checker = Checker::new();
    let options = CheckOptions {
        region: Some("us-east-1"),
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
    };
    let mut wrong = Vec::new();
    for (name, case) in cases.iter() {
        let mut check = |key: &str| {
            let Some(Node::Map(sections)) = case.get(key) else { panic!("{name}: no `{key}`") };
            rules::check(&Template::from_sections(sections.clone()), &options, &mut checker)
        };
        let code = case.get("code").and_then(Node::as_str);
        let (faulty, sound) = (check("wrong"), check("right"));
        if !faulty.iter().any(|found| {
            let same = |other: &rules::Finding| {
                other.resource == found.resource && other.diagnostic == found.diagnostic
            };
            Some(found.diagnostic.code.as_str()) == code && !sound.iter().any(same)
        }) {
            let found = faulty.iter().map(|found| found.diagnostic.to_string());
            wrong.push(format!("{name} is not found: {:?}", found.collect::<Vec<_>>()));
        }
        let is_error = |found: &&rules::Finding| found.diagnostic.severity == Severity::Error;
        wrong.extend(sound.iter().find(is_error).map(|found| format!("{name}: {found:?}")));
    }
    println!("{} mistakes of {} are found", cases.len(), cases.len());
    assert_eq!(wrong, [""; 0]);
}
