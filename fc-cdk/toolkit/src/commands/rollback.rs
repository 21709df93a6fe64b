//! `rollback`: takes failed deployments back, and cancels one that goes on.

use clap::{Arg, ArgAction, Command};

use super::{connection_args, deploy, stacks_arg};
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("rollback")
        .about("Takes failed deployments back, and cancels one that goes on")
        .arg(stacks_arg("These stacks, such as `Network` or `Prod/*`"))
        .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help("All stacks"))
        .arg(Arg::new("role-arn").short('r').long("role-arn").value_name("ARN").help("The role that CloudFormation takes"))
        .arg(deploy::skip_arg())
        .arg(deploy::progress_arg())
        .args(connection_args())
        .after_help("Examples:\n  {app} rollback Network\n  {app} rollback Network --skip Topic   # UPDATE_ROLLBACK_FAILED because of it")
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    crate::deploy::destroy::rollback(session)
}
