//! `plan`: what `deploy` would do, to be reviewed, and kept in a file that `deploy` takes.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

use super::{connection_args, deploy, json_arg, stacks_arg};
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("plan")
        .about("Shows what deploying would do, and keeps it in a file for `deploy`")
        .long_about(
            "Shows what deploying would do, compared with what is deployed. With `-o FILE` the change sets are made, and the\n\
             file says what was reviewed: templates, parameters, assets, change sets. `deploy FILE` does exactly that, or\n\
             refuses and says what differs.",
        )
        .arg(stacks_arg("Only these stacks and those that they need; all where none is named"))
        .arg(
            Arg::new("all")
                .long("all")
                .action(ArgAction::SetTrue)
                .conflicts_with("stacks")
                .help("All stacks, as where none is named"),
        )
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Writes the plan to this file, which ends in `.json`"),
        )
        .arg(
            Arg::new("exclusively")
                .long("exclusively")
                .short('e')
                .action(ArgAction::SetTrue)
                .help("Only the stacks that are named, not those that they need"),
        )
        .arg(
            Arg::new("allow-data-loss")
                .long("allow-data-loss")
                .value_name("PATH")
                .action(ArgAction::Append)
                .help("Lets this resource be replaced or removed with its data"),
        )
        .args(deploy::template_args())
        .args(["express", "no-rollback", "import-existing-resources", "revert-drift"].map(|name| {
            Arg::new(name).long(name).action(ArgAction::SetTrue).help("As of `deploy`")
        }))
        .arg(json_arg())
        .args(connection_args())
        .after_help("Examples:\n  {app} plan\n  {app} plan -o plan.json && {app} deploy plan.json\n  {app} plan Network --json")
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    crate::deploy::plan::plan(session)
}
