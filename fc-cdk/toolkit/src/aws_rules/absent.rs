//! What a build without the engine says.

use std::path::PathBuf;

use fc_cdk_core::{codes, rules::Rule};

use super::AwsFinding;
use crate::{error::Error, session::Session};

/// The engine, which this build does not have.
pub(crate) enum Engine {}

impl Engine {
    /// None, unless files of rules ask for one.
    ///
    /// # Errors
    ///
    /// When there are such files.
    pub(crate) fn start(session: &Session<'_>, rules: &[PathBuf]) -> Result<Option<Engine>, Error> {
        if rules.is_empty() { Ok(None) } else { Err(needs_validate(session)) }
    }

    pub(crate) fn check(
        &self,
        _: &str,
        _: &[u8],
        _: Option<&str>,
    ) -> Result<Vec<AwsFinding>, Error> {
        match *self {}
    }

    pub(crate) fn knows(&self, _: &str) -> bool {
        match *self {}
    }
}

/// What a rule stands for, which only the engine knows.
///
/// # Errors
///
/// When the code is one of the engine's.
pub(crate) fn explain(session: &Session<'_>, code: &str) -> Result<Option<&'static Rule>, Error> {
    if code.starts_with(codes::AWS_RULE) { Err(needs_validate(session)) } else { Ok(None) }
}

fn needs_validate(session: &Session<'_>) -> Error {
    let app = session.definition.get_name();
    let command = session.command_line();
    Error::of(crate::codes::MISSING_FEATURE, format!("this build of `{app}` is without AWS's rules and Guard, so that it builds in seconds"))
        .help(format!(
            "run the same with them: cargo run --bin {app} --features fc-cdk/validate --ignore-rust-version -- {command}"
        ))
}
