//! `tidy`: the form of the repository, as far as neither the compiler nor clippy sees it.

use std::{collections::BTreeSet, fs};

use crate::{Result, flags, process, root};

/// Files longer than this are split, but for generated ones.
const MAX_LINES: usize = 800;

/// Cargo's registry takes no more features than this per crate.
const MAX_FEATURES: usize = 300;

/// What the default build of an app must not contain: it makes a build of seconds one of minutes.
const HEAVY: [&str; 7] =
    ["tokio", "hyper", "rustls", "aws-config", "aws-sdk", "aws-smithy", "cloudformation-validate"];

/// Which of our crates each may depend on: the graph is a line, with the toolkit beside it.
const GRAPH: [(&str, &[&str]); 6] = [
    ("fc-cdk-core", &["fc-cdk-macros"]),
    ("fc-cdk-aws", &["fc-cdk-core", "fc-cdk-macros"]),
    ("fc-cdk-toolkit", &["fc-cdk-core", "fc-cdk-macros"]),
    ("fc-cdk-testing", &["fc-cdk-aws", "fc-cdk-core", "fc-cdk-macros"]),
    ("fc-cdk", &["fc-cdk-aws", "fc-cdk-core", "fc-cdk-macros", "fc-cdk-toolkit"]),
    ("fc-constructs", &["fc-cdk", "fc-cdk-aws", "fc-cdk-core", "fc-cdk-macros", "fc-cdk-toolkit"]),
];

pub(crate) fn run(arguments: &[String]) -> Result {
    let [] = flags(arguments, [])?;
    let list = process::stdout(&mut process::command([
        "git",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut problems = Vec::new();
    let mut count = 0;
    for path in list.lines() {
        // Only text; a deleted file is still listed until the deletion is staged.
        if let Ok(text) = fs::read_to_string(root().join(path)) {
            count += 1;
            check_text(path, &text, &mut problems);
            if path.ends_with("Cargo.toml") {
                check_manifest(path, &text, &mut problems);
            }
        }
    }
    check_graph(&mut problems)?;
    if problems.is_empty() {
        println!("{count} files are tidy");
        return Ok(());
    }
    Err(format!("{} problems\n{}", problems.len(), problems.join("\n")))
}

fn is_generated(path: &str) -> bool {
    path.starts_with("fc-cdk/aws/src/") || path.ends_with(".lock") || path.ends_with("-lock.json")
}

fn check_text(path: &str, text: &str, problems: &mut Vec<String>) {
    // Written so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    for (number, line) in text.lines().enumerate() {
        let at = format!("{path}:{}", number + 1);
        // rustfmt sees to Rust, where text in quotes may end in a space.
        if line.ends_with([' ', '\t', '\r']) && !path.ends_with(".rs") {
            problems.push(format!("{at}: a space at the end of the line"));
        }
        if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
            problems.push(format!("{at}: `{mark}`: do it, or file an issue"));
        }
    }
    let is_template = path.starts_with("snapshots/");
    if !text.is_empty() && !text.ends_with('\n') && !is_template {
        problems.push(format!("{path}: no line break at the end"));
    }
    let lines = text.lines().count();
    if path.ends_with(".rs") && !is_generated(path) && lines > MAX_LINES {
        problems.push(format!("{path}: {lines} lines; split it below {MAX_LINES}"));
    }
}

/// Each dependency says why it is there, and each crate takes the lints of the workspace.
fn check_manifest(path: &str, text: &str, problems: &mut Vec<String>) {
    if path.starts_with("benches/") {
        return;
    }
    let mut section = "";
    let mut features = 0;
    let mut above = "";
    for (number, line) in text.lines().enumerate() {
        let at = format!("{path}:{}", number + 1);
        if line.starts_with('[') {
            section = line;
        } else if section.contains("dependencies]") && line.contains('=') && !line.starts_with('#')
        {
            let ours = line.contains(".workspace")
                || line.contains("workspace = true")
                || line.contains("path =");
            if !ours && !line.contains('#') && !above.starts_with('#') {
                problems.push(format!("{at}: a dependency without its reason in a comment"));
            }
        } else if section == "[features]" && line.contains('=') {
            features += 1;
        }
        above = line;
    }
    if features >= MAX_FEATURES {
        problems.push(format!("{path}: {features} features; the registry takes {MAX_FEATURES}"));
    }
    // A crate with a workspace of its own has nobody to take them from.
    let alone = text.lines().any(|line| line == "[workspace]");
    if text.contains("[package]") && !alone && !text.contains("[lints]\nworkspace = true") {
        problems.push(format!("{path}: the lints of the workspace are missing"));
    }
}

/// What depends on what, all features off.
fn check_graph(problems: &mut Vec<String>) -> Result {
    for (name, allowed) in GRAPH {
        for other in dependencies(name)? {
            let is_ours = other.starts_with("fc-") && other != name;
            if is_ours && !allowed.contains(&other.as_str()) {
                problems
                    .push(format!("{name} depends on {other}, against the order of the crates"));
            }
        }
    }
    for name in dependencies("shop-infra")? {
        if HEAVY.iter().any(|heavy| name == *heavy || name.starts_with(&format!("{heavy}-"))) {
            problems.push(format!("the default build of shop-infra contains {name}"));
        }
    }
    Ok(())
}

/// The names of the crates that a crate is built with.
fn dependencies(name: &str) -> Result<BTreeSet<String>> {
    let words = [
        "tree",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--package",
        name,
    ];
    let tree = process::stdout(&mut process::cargo(words))?;
    Ok(tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_found_with_their_line() {
        let mut problems = Vec::new();
        check_text("a.md", concat!("a \n TO", "DO: b"), &mut problems);
        let manifest =
            "[package]\n[dependencies]\na = \"1\"\nb = \"1\" # for c\nd.workspace = true\n";
        check_manifest("x/Cargo.toml", manifest, &mut problems);
        assert_eq!(
            problems,
            [
                "a.md:1: a space at the end of the line",
                concat!("a.md:2: `TO", "DO`: do it, or file an issue"),
                "a.md: no line break at the end",
                "x/Cargo.toml:3: a dependency without its reason in a comment",
                "x/Cargo.toml: the lints of the workspace are missing",
            ]
        );
        problems.clear();
        check_text("a.rs", &"\n".repeat(MAX_LINES + 1), &mut problems);
        assert_eq!(problems.len(), 1);
    }
}
