//! Where ministack is installed.

#![expect(
    clippy::disallowed_methods,
    reason = "what a test's tools need from the environment is here, and none of it reaches an app"
)]

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::deploy::error::Error;

/// What is installed, with its version.
const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The folder in which it is looked for, in that of the package and above.
const FOLDER: &str = ".cache/emulator";

/// Whether a test that does not run is a failure.
pub(super) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty())
}

/// The Python that has ministack: of `FC_CDK_EMULATOR_PYTHON`, of a folder `.cache/emulator` in the package or above it, or `python3`.
pub(super) fn find() -> Result<PathBuf, Error> {
    if let Some(python) = env::var_os("FC_CDK_EMULATOR_PYTHON").map(PathBuf::from) {
        return if has_ministack(&python) {
            Ok(python)
        } else {
            let python = python.display();
            Err(Error::not_installed(format!(
                "`FC_CDK_EMULATOR_PYTHON` names {python}, which has no {}: run `{python} -m pip install {0}`",
                REQUIREMENTS.trim()
            )))
        };
    }
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = package.or_else(|| env::current_dir().ok()).unwrap_or_default();
    let near = here.ancestors().map(|folder| folder.join(FOLDER).join("bin/python"));
    let candidates = near.filter(|path| path.exists()).chain([PathBuf::from("python3")]);
    candidates.into_iter().find(|python| has_ministack(python)).ok_or_else(|| {
        Error::not_installed(format!(
            "the emulator is not installed: run `python3 -m venv {FOLDER} && {FOLDER}/bin/pip install {}` in the folder of the workspace",
            REQUIREMENTS.trim()
        ))
    })
}

/// Asks without importing it, which takes seconds.
fn has_ministack(python: &Path) -> bool {
    let (name, version) = REQUIREMENTS.trim().split_once("==").unwrap_or_default();
    let question =
        format!("from importlib import metadata; assert metadata.version('{name}') == '{version}'");
    let mut command = Command::new(python);
    command
        .args(["-c", &question])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
