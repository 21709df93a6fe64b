//! `publish-assets`: puts templates and assets into the bucket of the bootstrapping, and deploys nothing.

use clap::Command;

use super::{connection_args, json_arg, stacks_arg};
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("publish-assets")
        .about("Puts templates and assets into the bucket of the bootstrapping, and deploys nothing")
        .long_about(
            "Puts templates and assets into the bucket of the bootstrapping, and deploys nothing: for pipelines that publish in\n\
             one step and deploy in another. What is there already is not sent again: a file's name is the hash of what it holds.",
        )
        .arg(stacks_arg("Only those of these stacks, such as `Network` or `Prod/*`"))
        .arg(json_arg())
        .args(connection_args())
        .after_help("Examples:\n  {app} publish-assets\n  {app} publish-assets 'Prod/*' --json")
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    use fc_cdk_core::{Node, json};

    use crate::{aws::Aws, deploy::publish::publish, table::count};

    let synthesis = session.synthesize_or_report()?;
    let stacks = synthesis.select_deployable(&super::stacks_of(session.args))?;
    let aws = Aws::connect(session)?;
    let is_json = session.args.get_flag("json");
    let mut list = Vec::new();
    for stack in stacks {
        let files = synthesis.assembly().bucket_files(stack);
        if files.is_empty() {
            continue;
        }
        let target = aws.target(stack.environment())?;
        let sent = aws.block_on(publish(&target, &files))?;
        let bucket = target.asset_bucket();
        if is_json {
            let keys: Vec<Node> = files.iter().map(|file| file.key.as_str().into()).collect();
            list.push(json!({
                "stack": stack.display_name(), "bucket": bucket, "files": keys, "sent": i64::try_from(sent).unwrap_or(i64::MAX)
            }));
        } else {
            let there = files.len() - sent;
            session.terminal.line(format_args!(
                "{}: {} sent to {bucket}, {there} there already",
                stack.display_name(),
                count(sent, "file")
            ))?;
        }
    }
    if is_json {
        session.terminal.line(Node::List(list).to_json_pretty())?;
    }
    Ok(Exit::Ok)
}
