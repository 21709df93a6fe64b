//! [`Options`]: what a deployment is told on the command line.

use std::path::PathBuf;

use clap::ArgMatches;

use crate::{
    aws::cloudformation::Mode,
    error::Error,
    parameters::{self, ParameterValue},
};

/// Which changes somebody has to say yes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Approval {
    /// None.
    Never,
    /// Those that let somebody do more than before.
    Broadening,
    /// All.
    AnyChange,
}

/// How CloudFormation is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// By a change set, which is validated before anything changes.
    ChangeSet,
    /// At once, which saves some seconds.
    Direct,
}

/// What Ctrl-C does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnInterrupt {
    /// Asks, where somebody is there to answer; else as `Leave`.
    Ask,
    /// Cancels what goes on, and waits until it is taken back.
    Cancel,
    /// Lets AWS go on.
    Leave,
}

/// What a deployment is told.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) concurrency: usize,
    pub(crate) method: Method,
    pub(crate) mode: Mode,
    pub(crate) force: bool,
    pub(crate) exclusively: bool,
    pub(crate) no_rollback: bool,
    pub(crate) no_execute: bool,
    pub(crate) import_existing: bool,
    pub(crate) revert_drift: bool,
    pub(crate) recover: bool,
    /// Resources that recovery leaves out.
    pub(crate) skip: Vec<String>,
    pub(crate) parameters: Vec<ParameterValue>,
    pub(crate) keep_parameters: bool,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) role_arn: Option<String>,
    pub(crate) notification_arns: Vec<String>,
    pub(crate) rollback_alarms: Vec<String>,
    pub(crate) monitoring_minutes: Option<i32>,
    pub(crate) outputs_file: Option<PathBuf>,
    /// What may lose its data, by path or logical id.
    pub(crate) allow_data_loss: Vec<String>,
    pub(crate) approval: Approval,
    pub(crate) yes: bool,
    pub(crate) on_interrupt: OnInterrupt,
}

impl Options {
    /// Those of a command line.
    ///
    /// # Errors
    ///
    /// When a pair has no `=`, or a file of parameters cannot be read.
    pub(crate) fn of(args: &ArgMatches) -> Result<Options, Error> {
        let flag =
            |name: &str| args.try_get_one::<bool>(name).ok().flatten().copied() == Some(true);
        let text = |name: &str| args.try_get_one::<String>(name).ok().flatten().cloned();
        let list = |name: &str| -> Vec<String> {
            let values = args.try_get_many::<String>(name).ok().flatten();
            values.into_iter().flatten().cloned().collect()
        };
        Ok(Options {
            concurrency: args
                .try_get_one::<usize>("concurrency")
                .ok()
                .flatten()
                .copied()
                .unwrap_or(8),
            method: match text("method").as_deref() {
                Some("direct") => Method::Direct,
                _ => Method::ChangeSet,
            },
            mode: if flag("express") { Mode::Express } else { Mode::Standard },
            force: flag("force"),
            exclusively: flag("exclusively"),
            no_rollback: flag("no-rollback"),
            no_execute: flag("no-execute"),
            import_existing: flag("import-existing-resources"),
            revert_drift: flag("revert-drift"),
            recover: flag("recover"),
            skip: list("skip"),
            parameters: parameters::given(args)?,
            keep_parameters: !flag("no-previous-parameters"),
            tags: list("tags").iter().map(|text| pair("--tags", text)).collect::<Result<_, _>>()?,
            role_arn: text("role-arn"),
            notification_arns: list("notification-arns"),
            rollback_alarms: list("rollback-alarm"),
            monitoring_minutes: args
                .try_get_one::<i32>("rollback-monitoring")
                .ok()
                .flatten()
                .copied(),
            outputs_file: args.try_get_one::<PathBuf>("outputs-file").ok().flatten().cloned(),
            allow_data_loss: list("allow-data-loss"),
            approval: match text("require-approval").as_deref() {
                Some("never") => Approval::Never,
                Some("any-change") => Approval::AnyChange,
                _ => Approval::Broadening,
            },
            yes: flag("yes"),
            on_interrupt: match text("on-interrupt").as_deref() {
                Some("cancel") => OnInterrupt::Cancel,
                Some("leave") => OnInterrupt::Leave,
                _ => OnInterrupt::Ask,
            },
        })
    }
}

fn pair(flag: &str, text: &str) -> Result<(String, String), Error> {
    let (key, value) = text.split_once('=').ok_or_else(|| {
        Error::new(format!("`{flag} {text}` has no `=`")).help(format!("write `{flag} KEY=VALUE`"))
    })?;
    Ok((key.to_owned(), value.to_owned()))
}
