//! The mistakes that the typed builders do not take: each is written in Rust, and the compiler is asked.
//!
//! `typed.txt` has the mistake after `no` and the same without it after `yes`, by the name of the case. All of them go into one crate:
//! what is right has to compile, and each line that is wrong has to have an error of its own.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use fc_cdk_core::Node;

const CASES: &str = include_str!("../data/detection/typed.txt");

const BEFORE: &str = "#![allow(unused)]
use fc_cdk_aws::{cloudwatch, dynamodb, ec2, iam, lambda, logs, s3, sns, sqs};
use fc_cdk_core::{*, l1::Tag, intrinsics::*, policy::{PolicyDocument, Principal, Statement}};
fn policy() -> PolicyDocument { PolicyDocument::new() }
";

const ARGUMENTS: &str = "scope: &Scope, resource: &Resource, condition: &Condition, mapping: &Mapping, topic: &sns::TopicHandle, role: &iam::RoleHandle, vpc: &ec2::VpcHandle, subnet: &ec2::SubnetHandle, group: &ec2::SecurityGroupHandle";

/// Names of cases, each with the mistake and with what is right.
pub(crate) fn cases() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut lines = CASES.lines();
    let mut cases = Vec::new();
    while let Some(name) = lines.next() {
        let mut code = |mark| {
            let line = lines.next().and_then(|line| line.strip_prefix(mark));
            line.unwrap_or_else(|| panic!("{name}: no `{mark}`")).trim()
        };
        cases.push((name, code(" no "), code(" yes ")));
    }
    cases
}

/// A function on each line: line `n` below those before is case `n`.
fn source<'c>(codes: impl Iterator<Item = &'c str>) -> String {
    let functions = codes
        .enumerate()
        .map(|(number, code)| format!("fn case_{number}({ARGUMENTS}) {{ let _ = {code}; }}\n"));
    BEFORE.to_owned() + &functions.collect::<String>()
}

/// The lines that have errors, as numbers of cases, and the errors that are elsewhere.
fn errors(folder: &Path, which: &str) -> (BTreeSet<usize>, Vec<String>) {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--message-format=json", which])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .expect("cargo runs");
    let before = BEFORE.lines().count();
    let (mut lines, mut others) = (BTreeSet::new(), Vec::new());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = Node::parse_json(line) else { continue };
        if message.pointer("/message/level").and_then(Node::as_str) != Some("error") {
            continue;
        }
        let spans = message.pointer("/message/spans").and_then(Node::as_list).unwrap_or_default();
        let primary =
            spans.iter().find(|span| span.get("is_primary").and_then(Node::as_bool) == Some(true));
        let at = primary.and_then(|span| span.get("line_start")?.as_int());
        match at.and_then(|at| usize::try_from(at).ok()?.checked_sub(before + 1)) {
            Some(case) => _ = lines.insert(case),
            None => others
                .push(message.pointer("/message/message").map(Node::to_json).unwrap_or_default()),
        }
    }
    if !output.status.success() && lines.is_empty() && others.is_empty() {
        others.push(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    (lines, others)
}

#[test]
fn mistakes_do_not_compile_and_the_same_without_them_does() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("typed");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(folder.join("src")).expect("a folder");
    fs::create_dir_all(folder.join("examples")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"typed\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         fc-cdk-core = {{ path = {:?} }}\n\
         fc-cdk-aws = {{ path = {here:?}, features = [\"cloudwatch\", \"dynamodb\", \"ec2\", \"iam\", \"lambda\", \"logs\", \"s3\", \"sns\", \"sqs\"] }}\n",
        here.join("../core"),
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(here.join("../../Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    let cases = cases();
    let wrong = source(cases.iter().map(|(_, no, _)| *no)) + "fn main() {}\n";
    let right = source(cases.iter().map(|(_, _, yes)| *yes));
    fs::write(folder.join("examples/wrong.rs"), wrong).expect("a source file");
    fs::write(folder.join("src/lib.rs"), right).expect("a source file");
    let names = |lines: &BTreeSet<usize>| -> Vec<&str> {
        lines.iter().filter_map(|line| cases.get(*line)).map(|(name, ..)| *name).collect()
    };
    let (refused, others) = errors(&folder, "--lib");
    assert_eq!((names(&refused), others), (vec![], vec![]), "these are right, and do not compile");
    let (refused, others) = errors(&folder, "--example=wrong");
    assert_eq!(others, Vec::<String>::new());
    let taken: BTreeSet<usize> = (0..cases.len()).filter(|case| !refused.contains(case)).collect();
    assert_eq!(names(&taken), Vec::<&str>::new(), "these are wrong, and compile");
    println!("{} mistakes do not compile", cases.len());
}
