//! `import`: takes resources that exist into a stack.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

use super::connection_args;
#[cfg(not(feature = "deploy"))]
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    let path = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf)).help(help)
    };
    Command::new("import")
        .about("Takes resources that exist into a stack, as they are")
        .long_about(
            "Takes resources that exist into a stack, as they are: write the construct, run this, and CloudFormation manages the\n\
             resource from then on. Every resource that the app has and the deployed stack has not is taken over; all else of the\n\
             stack stays as it is deployed. The stack may be new.\n\n\
             What identifies a resource comes from the template where it says so (such as `BucketName`), from --resource-mapping,\n\
             or is asked for. Run `drift` afterwards: the resource may differ from what the template says.",
        )
        .arg(
            Arg::new("stacks")
                .value_name("STACKS")
                .required(true)
                .action(ArgAction::Append)
                .help("The stacks that take them"),
        )
        .arg(path("resource-mapping", "What identifies the resources, by logical id: `{\"Orders\": {\"BucketName\": \"orders\"}}`; of several stacks, by stack first"))
        .arg(path("record-resource-mapping", "Writes such a file, with what is known, and takes over nothing"))
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("ID")
                .action(ArgAction::Append)
                .help("Only this resource, by logical id or construct path; may be given several times"),
        )
        .args(connection_args())
        .after_help(
            "Examples:\n  \
             {app} import Data                                          # asks for what it does not know\n  \
             {app} import Data --record-resource-mapping ids.json       # a file to fill in\n  \
             {app} import Data --resource-mapping ids.json\n  \
             {app} import Data --only Data/Orders\n  \
             {app} import Data Network --resource-mapping ids.json      # {\"Data\": {…}, \"Network\": {…}}",
        )
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) use with_aws::run;

#[cfg(feature = "deploy")]
mod with_aws;
