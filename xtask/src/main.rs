//! Development tasks: `cargo xtask TASK`, for people and CI alike.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]
#![expect(
    clippy::disallowed_methods,
    reason = "tasks talk to the system; nothing of theirs reaches a template"
)]

mod bench; // how fast, beside the peers
mod bless; // snapshots of templates
mod bootstrap; // the template of the bootstrap stack
mod ci; // everything that has to hold
mod codegen; // the generated resource types
mod examples; // the examples in the constructs' docs, as templates
mod emulator; // what tests of deploys deploy to
mod commands; // the page of all commands
mod fuzz; // inputs that nobody thought of
mod functions; // the code that runs in Lambda
mod judge; // other people's tools on our templates
mod newcomer; // the README's example, as a new user tries it
mod process; // other programs
mod rules; // the page of all rules
mod schema; // of shop-infra's settings
mod roundtrip; // templates through the typed layer
mod tidy; // the form of the repository

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What went wrong, for people.
type Result<T = ()> = std::result::Result<T, String>;

/// The folder of the workspace.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

const HELP: &str = "\
Usage: cargo xtask TASK

Tasks:
  ci [--skip] [STEP]...      everything that has to hold before a change lands, or only some steps, or all but some
  codegen [--check]          writes the generated resource types, or checks that they are what their sources give
  bless [--check] [--yes]    shows how the reviewed templates change, asks, and writes them; or checks that they do not change
  bootstrap [--check]        writes the template of the bootstrap stack, or checks that it is what the code gives
  emulator                   installs what tests of deploys deploy to
  commands [--check]         writes the page of all commands, or checks that it is what the command line gives
  fuzz [--seconds N] [--seeds FOLDER] [TARGET]...
                             feeds the reader and the checks of templates with what libFuzzer makes of real ones
  judge [JUDGE]...           runs cfn-lint, cloudformation-validate, checkov, cdk-nag, an IAM judge and the `cdk` CLI
  judge corpus FOLDER        writes down what the first two find in templates of others, for the tests of `fc-cdk-aws`
  roundtrip FOLDER           takes every resource of a folder of templates through the types and back
  rules [--check]            writes the page of all rules with their examples, or checks that it is what the catalogue gives
  schema [--check]           writes the JSON Schema of shop-infra's settings, or checks that it is what their types give
  tidy                       checks the form of the repository
  bench [--quick] [PART]...  measures speed and memory beside the peers, and writes BENCHMARKS.md; or prints some parts, or quick ones";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    let result = match task.as_str() {
        "bench" => bench::run(&arguments),
        "bless" => bless::run(&arguments),
        "bootstrap" => bootstrap::run(&arguments),
        "ci" => ci::run(&arguments),
        "codegen" => codegen::run(&root(), &arguments),
        "emulator" => emulator::run(&arguments),
        "commands" => commands::run(&arguments),
        "fuzz" => fuzz::run(&arguments),
        "judge" => judge::run(&arguments),
        "roundtrip" => roundtrip::run(&arguments),
        "rules" => rules::run(&arguments),
        "schema" => schema::run(&arguments),
        "tidy" => tidy::run(&arguments),
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(format!("there is no task `{task}`\n\n{HELP}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Takes the flags that a task knows from its arguments.
///
/// # Errors
///
/// When an argument is none of them.
fn flags<const N: usize>(arguments: &[String], known: [&str; N]) -> Result<[bool; N]> {
    if let Some(other) = arguments.iter().find(|argument| !known.contains(&argument.as_str())) {
        return Err(format!("unexpected argument `{other}`\n\n{HELP}"));
    }
    Ok(known.map(|flag| arguments.iter().any(|argument| argument == flag)))
}
