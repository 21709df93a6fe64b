//! `cargo xtask fuzz`: feeds the reader and the checks of templates with what libFuzzer makes of real ones.

use std::{
    fs,
    path::{Path, PathBuf},
};

use fc_cdk_core::template::{Template, YamlStyle};

use crate::{Result, process, root};

/// The targets of `fc-cdk/core/fuzz`.
const TARGETS: [&str; 4] = ["json", "yaml", "checks", "diff"];

/// Larger seeds only slow it down.
const LARGEST_SEED: usize = 8_000;

/// Runs `[--seconds N] [--seeds FOLDER] [TARGET]...`: ten minutes each, seeded by the reviewed templates and by those of the folder.
///
/// Needs a nightly toolchain, and `cargo install cargo-fuzz`.
///
/// # Errors
///
/// When a target finds an input that breaks what must hold; libFuzzer names the file.
pub(crate) fn run(arguments: &[String]) -> Result {
    let mut seconds = "600".to_owned();
    let mut folders = vec![root().join("snapshots")];
    let mut targets = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--seconds" => seconds = rest.next().ok_or("`--seconds` takes a number")?.clone(),
            "--seeds" => folders.push(rest.next().ok_or("`--seeds` takes a folder")?.into()),
            name if TARGETS.contains(&name) => targets.push(name),
            other => {
                return Err(format!("there is no target `{other}`: {}", TARGETS.join(", ")));
            }
        }
    }
    if targets.is_empty() {
        targets.extend(TARGETS);
    }
    let seeds = process::target_dir().join("fuzz");
    write_seeds(&folders, &seeds)?;
    let fuzz = root().join("fc-cdk/core/fuzz");
    for target in targets {
        let kind = if target == "yaml" { "yaml" } else { "json" };
        let found = seeds.join(format!("found-{target}"));
        fs::create_dir_all(&found).map_err(|error| error.to_string())?;
        let mut command = process::command(["cargo", "+nightly", "fuzz", "run", target]);
        command.current_dir(fuzz.parent().unwrap_or(&fuzz));
        command.arg(&found).arg(seeds.join(kind)).arg("--");
        command.arg(format!("-max_total_time={seconds}"));
        command.args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=20000", "-verbosity=0"]);
        process::run(&mut command)?;
    }
    Ok(())
}

/// Writes the templates of the folders as seeds, each as JSON and as YAML.
fn write_seeds(folders: &[PathBuf], to: &Path) -> Result {
    let mut files = Vec::new();
    for folder in folders {
        collect(folder, &mut files)?;
    }
    files.sort();
    for kind in ["json", "yaml"] {
        fs::create_dir_all(to.join(kind)).map_err(|error| error.to_string())?;
    }
    let mut count = 0;
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let Ok(template) = Template::parse(&text) else { continue };
        let json = template.to_json();
        if json.len() > LARGEST_SEED {
            continue;
        }
        let styles = [YamlStyle::Short, YamlStyle::Long];
        let yaml = template.to_yaml(styles[count % styles.len()]);
        for (kind, text) in [("json", json), ("yaml", yaml)] {
            let path = to.join(kind).join(format!("{count}.{kind}"));
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        count += 1;
    }
    println!("{count} seeds");
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}
