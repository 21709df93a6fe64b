//! The path of a new user: the example of the README, in a crate of its own that depends on ours by path; what it says of mistakes; then a
//! crate with tests and a construct of its own.

use std::{fs, path::Path};

use crate::{Result, process, root};

pub(crate) fn run() -> Result {
    let readme = fs::read_to_string(root().join("README.md"))
        .map_err(|error| format!("README.md: {error}"))?;
    let (dependencies, code, console) = (
        block(&readme, "A taste", "toml")?,
        block(&readme, "A taste", "rust,no_run")?,
        block(&readme, "A taste", "console")?,
    );
    let wrong = "When something is wrong";
    let (mistakes, told) =
        (block(&readme, wrong, "rust,ignore")?, block(&readme, wrong, "console")?);

    let folder = process::target_dir().join("newcomer");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&folder))
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    let ours = root().display().to_string();
    let manifest = format!(
        "[package]\nname = \"orders\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{}\n[workspace]\n",
        dependencies.replace("\"../fc-cdk/", &format!("\"{ours}/"))
    );
    write("Cargo.toml", &manifest)?;
    write("src/main.rs", &code)?;
    // The same versions as ours, so that what is built already is used.
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|error| format!("Cargo.lock: {error}"))?;

    let target = process::target_dir().join("newcomer-target");
    let orders = |words: &[&str]| {
        let mut command =
            process::cargo(["run", "--quiet", "--"].into_iter().chain(words.iter().copied()));
        command.current_dir(&folder).env("CARGO_TARGET_DIR", &target);
        command
    };
    let (printed, ok) = process::output(&mut orders(&["synth"]))?;
    if !ok {
        return Err("the example of the README does not synthesize".to_owned());
    }
    let promised = console.lines().skip(1).take_while(|line| !line.is_empty());
    if !printed.lines().zip(promised.clone()).all(|(line, promised)| line == promised) {
        let promised: Vec<&str> = promised.collect();
        return Err(format!(
            "the example of the README prints\n{printed}\nand not\n{}",
            promised.join("\n")
        ));
    }
    let template = process::stdout(&mut orders(&["synth", "Orders"]))?;
    if !template.contains("\"AWS::S3::Bucket\"") {
        return Err(format!("the example of the README gives no bucket:\n{template}"));
    }
    println!("the README's example gives its template");

    write("src/main.rs", &format!("{BEFORE_MISTAKES}{mistakes}{AFTER_MISTAKES}"))?;
    let output = orders(&["synth"]).output().map_err(|error| format!("cannot run it: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let told = told.trim().trim_start_matches("$ cargo run -q synth\n");
    if said.trim() != told || output.status.code() != Some(1) {
        return Err(format!("of the README's mistakes it says\n{said}\nand not\n{told}"));
    }
    println!("the README's mistakes are found");
    external(&target)
}

/// The first block of code in a language below a heading of the README.
fn block(readme: &str, heading: &str, language: &str) -> Result<String> {
    let section = readme
        .split(&format!("## {heading}\n"))
        .nth(1)
        .ok_or(format!("README.md has no section `{heading}`"))?;
    let start = section
        .split(&format!("```{language}\n"))
        .nth(1)
        .ok_or(format!("`{heading}` has no {language} block"))?;
    start.split("```").next().map(str::to_owned).ok_or(format!("the {language} block has no end"))
}

/// What stands around the README's mistakes in a program.
const BEFORE_MISTAKES: &str = "\
use fc_cdk::prelude::*;

fn main() -> std::process::ExitCode {
    cli(\"orders\").run(|_context| {
        let app = App::new();
        let stack = Stack::new(&app, \"Orders\");
";
const AFTER_MISTAKES: &str = "        app\n    })\n}\n";

/// The crate outside of the workspace: formatted, tested, and synthesized by its own program.
fn external(target: &Path) -> Result {
    let folder = root().join("fc-constructs/tests/external");
    let cargo = |words: &[&str]| {
        let mut command = process::cargo(words.iter().copied());
        command.current_dir(&folder).env("CARGO_TARGET_DIR", target);
        command
    };
    process::run(&mut cargo(&["fmt", "--check"]))?;
    process::run(&mut cargo(&["test", "--quiet"]))?;
    let assembly = target.join("external.out").display().to_string();
    let words = ["run", "--quiet", "--", "synth", "--quiet", "--output", &assembly];
    process::run(&mut cargo(&words))?;
    for stack in ["Store", "Work"] {
        let path = Path::new(&assembly).join(format!("{stack}.template.json"));
        if !path.is_file() {
            return Err(format!("the crate outside of the workspace gives no {}", path.display()));
        }
    }
    println!("the crate outside of the workspace is tested and synthesizes");
    Ok(())
}
