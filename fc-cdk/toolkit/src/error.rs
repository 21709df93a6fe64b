//! [`Error`], why a command failed, and [`Exit`], what it tells the shell.

use std::{fmt, io, path::Path, process::ExitCode};

use fc_cdk_core::{Map, Node, rules::Rule};

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
    /// What kind it is, if somebody may want to look it up.
    rule: Option<&'static Rule>,
    message: String,
    help: Option<String>,
    exit: Exit,
    /// What was to be said is said already, such as the diagnostics of synth.
    reported: bool,
}

impl Error {
    /// An error with this message: lower case, no full stop.
    pub fn new(message: impl Into<String>) -> Error {
        let message = message.into();
        Error { rule: None, message, help: None, exit: Exit::Error, reported: false }
    }

    /// An error of a kind that `explain` explains, with the kind's fix as help until another is set. An app tells its own kinds by
    /// [`Cli::rules`](crate::Cli::rules).
    pub fn of(rule: &'static Rule, message: impl Into<String>) -> Error {
        let help = (!rule.fix.is_empty()).then(|| rule.fix.to_owned());
        Error { rule: Some(rule), help, ..Error::new(message) }
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

    /// The same as one of a kind, with the kind's fix unless there is help already.
    pub(crate) fn of_kind(mut self, rule: &'static Rule) -> Error {
        self.rule = Some(rule);
        self.help = self.help.or_else(|| Some(rule.fix.to_owned()));
        self
    }

    /// An error whose reasons have been printed already; nothing more is.
    pub(crate) fn reported() -> Error {
        Error { reported: true, ..Error::new("the app has errors") }
    }

    /// What kind it is, such as `data-loss`, if it is one that `explain` knows.
    pub fn code(&self) -> Option<&'static str> {
        self.rule.map(|rule| rule.code)
    }

    pub(crate) fn rule(&self) -> Option<&'static Rule> {
        self.rule
    }

    /// For programs: `{"error": {"code": …, "message": …, "help": …}}`, with what there is.
    pub(crate) fn to_node(&self) -> Node {
        let mut error = Map::new();
        if let Some(code) = self.code() {
            error.push("code", code);
        }
        error.push("message", self.message.as_str());
        if let Some(help) = self.help_text() {
            error.push("help", help);
        }
        Node::Map(Map::new().with("error", error))
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
