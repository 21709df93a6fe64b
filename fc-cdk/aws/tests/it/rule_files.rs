//! Cases for each rule file of cfn-lint: what breaks it is found, with the reason, and what keeps it is not.

use std::{collections::BTreeSet, fmt::Write};

use fc_cdk_aws::resource_type;
use fc_cdk_core::{
    Node, Severity, Template,
    node::Map,
    rules::{self, CheckOptions},
    spec::Checker,
};

/// What `cargo xtask codegen` made of each file.
const FILES: &str = include_str!("../../RULES.md");

const CASES: &str = include_str!("../data/detection/rule_files.json");

#[test]
fn every_rule_file_has_an_effect_and_lets_pass_what_is_right() {
    let Ok(Node::Map(cases)) = Node::parse_json(CASES) else { panic!("the cases are JSON") };
    let files: Vec<(&str, &str)> = FILES
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(file, rest)| (file, rest.split(' ').next().unwrap_or_default()))
        .collect();
    let named: BTreeSet<&str> = files.iter().map(|(file, _)| *file).collect();
    assert_eq!(named, cases.keys().map(AsRef::as_ref).collect(), "each file has cases");
    let (mut checker, mut wrong, mut problems) = (Checker::new(), 0, String::new());
    for (file, number) in files {
        let list = cases.get(file).and_then(Node::as_list).unwrap_or_default();
        let says = |case: &Node| case.get("says").is_some();
        assert!(list.iter().any(says) && !list.iter().all(says), "{file}: wrong and right");
        for case in list {
            let found = check(case, &mut checker);
            let said = case.get("says").and_then(Node::as_str);
            wrong += usize::from(said.is_some());
            let problem = match said {
                None => found.iter().any(|found| found.severity == Severity::Error),
                Some(said) => !found.iter().any(|found| {
                    found.message.contains(said)
                        && found.help.is_some()
                        && (found.severity == Severity::Error || !number.starts_with('E'))
                }),
            };
            if problem {
                let found: Vec<_> = found.iter().map(|found| &found.message).collect();
                _ = writeln!(problems, "{number} {file}: {said:?}, found {found:?}");
            }
        }
    }
    assert!(problems.is_empty(), "{problems}");
    println!("{} rule files with {wrong} mistakes", cases.len());
}

/// The findings about a case, without a region where it names none.
fn check(case: &Node, checker: &mut Checker) -> Vec<fc_cdk_core::Diagnostic> {
    let resources = case.get("Resources").cloned().unwrap_or_default();
    let any = Map::new().with("Any", Map::new().with("Type", "String"));
    let sections = Map::new().with("Parameters", any).with("Resources", resources);
    let options = CheckOptions {
        region: case.get("region").and_then(Node::as_str),
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
    };
    let found = rules::check(&Template::from_sections(sections), &options, checker);
    found.into_iter().map(|found| found.diagnostic).collect()
}
