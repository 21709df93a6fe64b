//! The examples in the docs of the constructs, as the templates that whoever copies them deploys.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::{Result, process, root};

/// What each example ends with: errors and warnings fail, templates are written.
const PROGRAM: &str = r#"
fn write(example: &str, app: &fc_cdk_core::App) -> bool {
    let mut options = fc_cdk_core::SynthOptions::default();
    // Files that an example speaks of are the reader's.
    for asset in app.assets() {
        options.set_asset_hash(&asset, "0".repeat(64));
    }
    let assembly = app.synth_with(&options);
    let wrong = |finding: &&fc_cdk_core::Diagnostic| finding.severity != fc_cdk_core::Severity::Info;
    let wrong: Vec<_> = assembly.diagnostics().iter().filter(wrong).collect();
    for finding in &wrong {
        eprintln!("{finding}\n  note: in the example of {example}");
    }
    for stack in assembly.stacks() {
        let path = format!("{example}-{}.template.json", stack.stack_name());
        std::fs::write(path, stack.template().to_json_pretty()).expect("the folder is there");
    }
    wrong.is_empty()
}
"#;

/// Writes the template of each stack of each example, and gives the paths.
///
/// # Errors
///
/// When an example does not compile, or synth finds an error or a warning in it.
pub(crate) fn templates() -> Result<Vec<String>> {
    let source = root().join("fc-constructs/src");
    let mut files = Vec::new();
    files_below(&source, &mut files)?;
    files.sort();
    let (mut functions, mut calls) = (String::new(), String::new());
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| at(&file, &error))?;
        let path = file.strip_prefix(&source).unwrap_or(&file).with_extension("");
        let name = path.display().to_string().replace('/', "_");
        let is_code = file.extension().is_some_and(|extension| extension == "rs");
        for (place, example) in blocks(&text, is_code).into_iter().enumerate() {
            let Some(app) = app(&example) else { continue };
            let id = format!("{name}_{place}");
            let write =
                write!(functions, "fn {id}() -> bool {{\n{example}\nwrite(\"{id}\", &{app})\n}}\n");
            write
                .and_then(|()| writeln!(calls, "ok &= {id}();"))
                .map_err(|error| error.to_string())?;
        }
    }
    if calls.is_empty() {
        return Err("the docs of the constructs have no examples".to_owned());
    }
    let program = format!(
        "#![allow(warnings)]\n{functions}\n{PROGRAM}\nfn main() {{\nlet mut ok = true;\n{calls}\nif !ok {{ std::process::exit(1) }}\n}}\n"
    );
    run(&program)
}

/// Compiles and runs the program in a crate of its own, and gives what it wrote.
fn run(program: &str) -> Result<Vec<String>> {
    let folder = process::target_dir().join("judge/shown");
    let templates = folder.join("templates");
    // What an example that is gone had written is no longer judged.
    let _ = fs::remove_dir_all(&templates);
    for folder in [&folder.join("src"), &templates] {
        fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    let ours = root().display().to_string();
    let crates = ["fc-cdk", "fc-cdk/aws", "fc-cdk/core", "fc-constructs"]
        .map(|path| format!("fc-{} = {{ path = \"{ours}/{path}\" }}\n", name(path)));
    let manifest = format!(
        "[package]\nname = \"shown\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n[workspace]\n",
        crates.concat()
    );
    for (path, text) in [("Cargo.toml", manifest.as_str()), ("src/main.rs", program)] {
        let path = folder.join(path);
        fs::write(&path, text).map_err(|error| at(&path, &error))?;
    }
    // The same versions as ours, so that what is built already is used.
    let lock = folder.join("Cargo.lock");
    fs::copy(root().join("Cargo.lock"), &lock).map_err(|error| at(&lock, &error))?;
    let manifest = folder.join("Cargo.toml").display().to_string();
    let mut cargo = process::cargo(["run", "--quiet", "--manifest-path", manifest.as_str()]);
    let target = process::target_dir();
    process::run(cargo.current_dir(&templates).env("CARGO_TARGET_DIR", target))?;
    let mut written = Vec::new();
    files_below(&templates, &mut written)?;
    written.sort();
    println!("{} templates of the examples in the constructs' docs", written.len());
    Ok(written.into_iter().map(|path| path.display().to_string()).collect())
}

/// What a crate of ours is called after `fc-`.
fn name(path: &str) -> String {
    match path {
        "fc-cdk" => "cdk".to_owned(),
        "fc-constructs" => "constructs".to_owned(),
        inner => inner.trim_start_matches("fc-").replace('/', "-"),
    }
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result {
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let path = entry.map_err(|error| at(folder, &error))?.path();
        if path.is_dir() {
            files_below(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|kind| kind == "rs" || kind == "md" || kind == "json")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// The examples that rustdoc would run, with the lines that it hides: of a page, or of the comments in code.
fn blocks(text: &str, is_code: bool) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in text.lines() {
        let line = if is_code {
            let comment = line.trim_start();
            let Some(doc) = comment.strip_prefix("///").or(comment.strip_prefix("//!")) else {
                continue;
            };
            doc.strip_prefix(' ').unwrap_or(doc)
        } else {
            line
        };
        match (line.strip_prefix("```"), open.take()) {
            (Some(language), None) => {
                let runs = ["", "rust", "rust,no_run", "no_run"].contains(&language);
                open = Some((runs, String::new()));
            }
            (Some(_), Some((runs, block))) => blocks.extend(runs.then_some(block)),
            (None, Some((runs, mut block))) => {
                let shown = if line == "#" { "" } else { line.strip_prefix("# ").unwrap_or(line) };
                block.push_str(shown);
                block.push('\n');
                open = Some((runs, block));
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The name of the app that an example makes, where it makes one.
fn app(example: &str) -> Option<&str> {
    let (before, _) = example.split_once(" = App::new()")?;
    before.rsplit(char::is_whitespace).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_what_rustdoc_runs() {
        let code = "/// A bucket.\n///\n/// ```\n/// # use x;\n/// let app = App::new();\n/// #\n/// a();\n/// ```\n/// ```text\n/// no\n/// ```\nfn a() {}\n";
        assert_eq!(blocks(code, true), ["use x;\nlet app = App::new();\n\na();\n"]);
        assert_eq!(app(&blocks(code, true)[0]), Some("app"));
        let page = "Text\n\n```compile_fail\nno\n```\n\n```rust\nlet shop = App::new().x();\n```\n";
        assert_eq!(blocks(page, false), ["let shop = App::new().x();\n"]);
        assert_eq!(app(&blocks(page, false)[0]), Some("shop"));
        assert_eq!(app("let a = 1;"), None);
    }
}
