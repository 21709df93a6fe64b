//! `destroy`: deletes the stacks.

use clap::{Arg, ArgAction, Command, value_parser};

use super::{connection_args, deploy, stacks_arg};
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("destroy")
        .about("Deletes the stacks, each before those that it needs")
        .long_about(
            "Deletes the stacks, each before those that it needs. First it lists what stays in the account because its policy\n\
             retains it, and what goes with its data. Nothing is emptied without `--empty-buckets`, and no stack is deleted\n\
             that another one reads which stays.",
        )
        .arg(stacks_arg("These stacks, such as `Network` or `Prod/*`"))
        .arg(flag("all", "All stacks"))
        .arg(flag("yes", "Does not ask").short('y').visible_alias("force"))
        .arg(flag("empty-buckets", "Empties the buckets that the stacks delete, with all versions of what they hold"))
        .arg(
            Arg::new("concurrency")
                .long("concurrency")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .default_value("8")
                .help("How many stacks at once"),
        )
        .arg(Arg::new("role-arn").short('r').long("role-arn").value_name("ARN").help("The role that CloudFormation takes"))
        .arg(deploy::skip_arg())
        .arg(deploy::progress_arg())
        .args(connection_args())
        .after_help("Examples:\n  {app} destroy Servers\n  {app} destroy --all --yes\n  {app} destroy Data --skip Orders   # a deletion that failed")
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    crate::deploy::destroy::destroy(session)
}
