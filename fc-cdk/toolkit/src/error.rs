//! [`Error`], why a command failed, and [`Exit`], what it tells the shell.

use std::{fmt, io, path::Path, process::ExitCode};

/// How a command ends: what the shell, CI and scripts see. These numbers do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// 0: done.
    Ok = 0,
    /// 1: an error in the app, the command line, a file or AWS's answer. What it says on standard error is the reason.
    Error = 1,
    /// 2: a comparison found differences, and was asked to fail for that.
    Differences = 2,
    /// 3: a guard refused, such as one against the loss of data.
    Refused = 3,
    /// 4: a deployment failed, and CloudFormation took it back.
    RolledBack = 4,
    /// 5: a deployment failed, and the stack needs somebody's attention.
    NeedsAttention = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a command failed, and what to do about it.
#[derive(Debug)]
pub struct Error {
    message: String,
    help: Option<String>,
    exit: Exit,
    /// What was to be said is said already, such as the diagnostics of synth.
    reported: bool,
}

impl Error {
    /// An error with this message: lower case, no full stop.
    pub fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), help: None, exit: Exit::Error, reported: false }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Error {
        self.help = Some(help.into());
        self
    }

    /// The same with another exit code than 1.
    #[must_use]
    pub fn exit(mut self, exit: Exit) -> Error {
        self.exit = exit;
        self
    }

    /// The exit code that this error ends the program with.
    pub fn exit_code(&self) -> Exit {
        self.exit
    }

    /// An error whose reasons have been printed already; nothing more is.
    pub(crate) fn reported() -> Error {
        Error { reported: true, ..Error::new("the app has errors") }
    }

    /// What to do about it.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    pub(crate) fn is_reported(&self) -> bool {
        self.reported
    }

    /// "cannot write `cdk.out`: no space left on device".
    pub(crate) fn io(action: &str, path: &Path, error: &io::Error) -> Error {
        Error::new(format!("cannot {action} `{}`: {}", path.display(), reason(error)))
    }
}

/// What the operating system says, in our form: lower case, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl fmt::Display for Error {
    /// The message alone, without [help](Error::help).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
