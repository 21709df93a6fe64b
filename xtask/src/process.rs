//! Other programs.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{Result, root};

/// A program that runs in the workspace, from its words; without the variables by which a `cdk` CLI around us would change what apps do.
pub(crate) fn command<'a>(words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(root()).stdin(Stdio::null());
    for name in ["CDK_OUTDIR", "CDK_CONTEXT_JSON", "CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION"] {
        command.env_remove(name);
    }
    command
}

/// The cargo that runs this task.
pub(crate) fn cargo<'a>(words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = command([env::var("CARGO").as_deref().unwrap_or("cargo")]);
    command.args(words);
    command
}

/// Runs a program that says by itself what is wrong.
pub(crate) fn run(command: &mut Command) -> Result {
    let shown = shown(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed ({status})")),
        Err(error) => Err(format!("cannot run `{shown}`: {error}")),
    }
}

/// What a program prints on standard output, whether or not it succeeds; the second is whether it did.
pub(crate) fn output(command: &mut Command) -> Result<(String, bool)> {
    let shown = shown(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run `{shown}`: {error}"))?;
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success()))
}

/// What a program prints on standard output.
pub(crate) fn stdout(command: &mut Command) -> Result<String> {
    match output(command)? {
        (text, true) => Ok(text),
        _ => Err(format!("`{}` failed", shown(command))),
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Where cargo builds.
pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
