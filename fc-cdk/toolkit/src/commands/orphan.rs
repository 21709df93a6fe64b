//! `orphan`: takes resources out of their stacks without deleting them.

use clap::{Arg, ArgAction, Command};

use super::connection_args;
#[cfg(not(feature = "deploy"))]
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("orphan")
        .about("Takes resources out of their stacks without deleting them")
        .long_about(
            "Takes resources out of their stacks without deleting them: they stay in the account as they are, and CloudFormation\n\
             knows them no more. Whatever else in the stack refers to them then has the values that they have now.\n\n\
             Two updates do it: the first says that the resources are to be kept, the second takes them out. It can be run again\n\
             if it was interrupted. Take the constructs out of the code, too: else the next deployment makes new ones.",
        )
        .arg(
            Arg::new("paths")
                .value_name("PATHS")
                .required(true)
                .action(ArgAction::Append)
                .help("Constructs, such as `Data/Orders`, with all below, or logical ids, such as `Data/Orders0A1B2C3D`"),
        )
        .args(connection_args())
        .after_help(
            "Examples:\n  \
             {app} orphan Data/Orders              # the table stays, the stack forgets it\n  \
             {app} import Data                     # takes it back, in this stack or another",
        )
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) use with_aws::run;

#[cfg(feature = "deploy")]
mod rewrite; // references become values
#[cfg(feature = "deploy")]
mod with_aws;
