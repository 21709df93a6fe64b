//! `deploy`: brings the stacks to what the app says.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

use super::{connection_args, stacks_arg};
use crate::{
    error::{Error, Exit},
    parameters,
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("deploy")
        .about("Brings the stacks to what the app says")
        .long_about(
            "Brings the stacks to what the app says, each after those that it needs, several at once. A stack that does not\n\
             differ is left alone. What would lose data is refused unless it is named; what lets somebody do more than\n\
             before needs a yes.\n\n\
             A deployment goes on in AWS whatever happens here: run the command again, and it follows what goes on.",
        )
        .arg(stacks_arg("These stacks and those that they need, such as `Network` or `Prod/*`; or a plan of `plan -o FILE`"))
        .args(scope_args())
        .args(approval_args())
        .args(change_args())
        .args(template_args())
        .args(recovery_args())
        .arg(progress_arg())
        .args(connection_args())
        .after_help(
            "Examples:\n  \
             {app} deploy --all\n  \
             {app} deploy Network --yes                       # in CI, after a look at `diff`\n  \
             {app} deploy plan.json                           # exactly what `plan -o plan.json` showed\n  \
             {app} deploy --all --recover                     # out of a failed deployment\n  \
             {app} deploy Data --allow-data-loss Data/Cache   # this may be replaced\n\n\
             Exit codes: 0 deployed, 1 error, 3 refused, 4 failed and taken back, 5 failed and needs attention.",
        )
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn text(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// `--json`, as commands that go on for long take it.
pub(super) fn progress_arg() -> Arg {
    flag("json", "Prints an object in a line for everything that happens")
}

/// Which stacks, and how many at once.
pub(super) fn scope_args() -> Vec<Arg> {
    vec![
        flag("all", "All stacks"),
        flag("exclusively", "Only the stacks that are named, not those that they need").short('e'),
        text("concurrency", "N", "How many stacks at once")
            .value_parser(value_parser!(usize))
            .default_value("8"),
    ]
}

/// What somebody says yes to.
pub(super) fn approval_args() -> Vec<Arg> {
    let heading = "Guards";
    vec![
        text("require-approval", "WHEN", "Which changes need a yes: never, those that are broadening permissions, any-change")
            .value_parser(["never", "broadening", "any-change"])
            .default_value("broadening")
            .hide_possible_values(true)
            .help_heading(heading),
        flag("yes", "Says yes to what needs one").short('y').help_heading(heading),
        text("allow-data-loss", "PATH", "Lets this resource be replaced or removed with its data, by its path such as `Data/Orders`")
            .action(ArgAction::Append)
            .help_heading(heading),
    ]
}

/// What changes besides the templates.
pub(super) fn template_args() -> Vec<Arg> {
    let heading = "Stacks";
    let rest = [
        flag("no-previous-parameters", "Gives parameters their defaults, where no value is given, in place of what is deployed")
            .help_heading(heading),
        text("tags", "KEY=VALUE", "A tag of the stacks").action(ArgAction::Append).help_heading(heading),
        text("role-arn", "ARN", "The role that CloudFormation takes").short('r').help_heading(heading),
        text("notification-arns", "ARN", "A topic that hears of the stacks' events")
            .action(ArgAction::Append)
            .help_heading(heading),
        text("rollback-alarm", "ARN", "An alarm that takes the deployment back")
            .action(ArgAction::Append)
            .help_heading(heading),
        text("rollback-monitoring", "MINUTES", "How long these alarms are watched after the deployment, up to 180")
            .value_parser(value_parser!(i32).range(0..=180))
            .help_heading(heading),
    ];
    parameters::args().map(|arg| arg.help_heading(heading)).into_iter().chain(rest).collect()
}

/// How it is done.
pub(super) fn change_args() -> Vec<Arg> {
    let heading = "Deployment";
    vec![
        text("method", "HOW", "By a change-set, which is validated before anything changes, or direct, which saves some seconds")
            .value_parser(["change-set", "direct"])
            .default_value("change-set")
            .hide_possible_values(true)
            .help_heading(heading),
        flag("express", "Express mode: goes on as soon as resources are configured, and does not take failures back by itself")
            .help_heading(heading),
        flag("force", "Deploys stacks that do not differ, too").help_heading(heading),
        flag("no-rollback", "Keeps what was done where a deployment fails, to go on from there")
            .short('R')
            .help_heading(heading),
        flag("no-execute", "Makes the change sets, and leaves them to somebody else").help_heading(heading),
        flag("import-existing-resources", "Takes over resources that exist and have the name that the template says")
            .help_heading(heading),
        flag("revert-drift", "Undoes what was changed by hand").help_heading(heading),
        text("outputs-file", "FILE", "Writes the outputs to a JSON file")
            .short('O')
            .value_parser(value_parser!(PathBuf))
            .help_heading(heading),
        text("on-interrupt", "WHAT", "What Ctrl-C does: ask, cancel and take back, leave it to AWS")
            .value_parser(["ask", "cancel", "leave"])
            .default_value("ask")
            .hide_possible_values(true)
            .help_heading(heading),
    ]
}

/// Out of a failed deployment.
pub(super) fn recovery_args() -> Vec<Arg> {
    let heading = "Recovery";
    vec![
        flag("recover", "Brings stacks out of what failed before, and deploys them")
            .help_heading(heading),
        skip_arg().help_heading(heading),
    ]
}

pub(super) fn skip_arg() -> Arg {
    text("skip", "LOGICAL-ID", "Leaves a resource as it is that cannot be taken back or deleted")
        .action(ArgAction::Append)
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    crate::deploy::run::deploy(session)
}
