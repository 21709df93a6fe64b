//! `bless`: the reviewed templates under `snapshots/`.
//!
//! They are the product: what a change does to them is what it does to somebody's account. So they change by an explicit
//! accept only, after the difference has been shown.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
};

use similar::TextDiff;

use crate::{Result, flags, process, root};

/// The revisions of shop-infra that have snapshots.
pub(crate) const REVISIONS: [&str; 6] = ["v1.0", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5"];

/// Templates by their path, which starts with the revision.
type Templates = BTreeMap<String, String>;

pub(crate) fn run(arguments: &[String]) -> Result {
    let [check, yes] = flags(arguments, ["--check", "--yes"])?;
    let folder = root().join("snapshots/shop-infra");
    let mut old = Templates::new();
    collect(&folder, "", &mut old)?;
    let new = synthesize()?;
    let changed: Vec<&String> = {
        let mut paths: Vec<&String> = old.keys().chain(new.keys()).collect();
        paths.sort();
        paths.dedup();
        paths.retain(|path| old.get(*path) != new.get(*path));
        paths
    };
    if changed.is_empty() {
        println!("{} templates are as reviewed", new.len());
        return Ok(());
    }
    let text =
        |templates: &Templates, path: &String| templates.get(path).cloned().unwrap_or_default();
    for path in &changed {
        let (before, after) = (text(&old, path), text(&new, path));
        let diff = TextDiff::from_lines(&before, &after);
        let name = format!("snapshots/shop-infra/{path}");
        print!("{}", diff.unified_diff().context_radius(3).header(&name, &name));
    }
    let number = changed.len();
    if check {
        return Err(format!(
            "{number} templates are not as reviewed; run `cargo xtask bless` to review and accept the change"
        ));
    }
    if !yes && !confirm(&format!("accept these changes of {number} templates?"))? {
        return Err("nothing is written".to_owned());
    }
    for path in changed {
        let file = folder.join(path);
        match new.get(path) {
            Some(text) => write(&file, text)?,
            None => {
                fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?
            }
        }
    }
    println!("wrote {number} templates");
    Ok(())
}

/// The templates of every revision, from a fresh run of the app.
pub(crate) fn synthesize() -> Result<Templates> {
    let mut templates = Templates::new();
    for revision in REVISIONS {
        let folder = process::target_dir().join("bless").join(revision);
        let output = folder.display().to_string();
        let synth = [
            "run",
            "--quiet",
            "--bin",
            "shop-infra",
            "--",
            "synth",
            "--quiet",
            "--revision",
            revision,
            "--output",
            &output,
        ];
        process::run(&mut process::cargo(synth))?;
        collect(&folder, revision, &mut templates)?;
    }
    Ok(templates)
}

/// Adds all templates at and below a folder, by their path below it after the prefix.
fn collect(folder: &Path, prefix: &str, templates: &mut Templates) -> Result {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if entry.path().is_dir() {
            collect(&entry.path(), &path, templates)?;
        } else if name.ends_with(".template.json") {
            let text = fs::read_to_string(entry.path());
            templates.insert(path, text.map_err(|error| format!("{name}: {error}"))?);
        }
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .map_err(|error| format!("{}: {error}", file.display()))
}

fn confirm(question: &str) -> Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(format!("{question} say so with `--yes`"));
    }
    print!("{question} [y/N] ");
    io::stdout().flush().map_err(|error| error.to_string())?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| error.to_string())?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
