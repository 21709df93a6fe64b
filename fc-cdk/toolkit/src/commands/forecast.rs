//! `forecast`: what a deploy would fail by, for reasons that only the account knows.

use clap::{Arg, ArgAction, Command};

use super::{connection_args, json_arg, stacks_arg};
use crate::{
    error::{Error, Exit},
    parameters,
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("forecast")
        .about("Asks the account what a deploy would fail by: taken names, missing roles, quotas…")
        .arg(stacks_arg("Only these stacks, such as `Network` or `Prod/*`"))
        .arg(
            Arg::new("destroy")
                .long("destroy")
                .action(ArgAction::SetTrue)
                .help("Asks what deleting the stacks would fail by"),
        )
        .arg(
            Arg::new("permissions")
                .long("permissions")
                .action(ArgAction::SetTrue)
                .help("Asks IAM, too, what of all that CloudFormation has to do is denied"),
        )
        .args(parameters::args())
        .arg(
            Arg::new("role-arn")
                .long("role-arn")
                .short('r')
                .value_name("ARN")
                .help("The role that CloudFormation takes, as of `deploy`"),
        )
        .arg(json_arg())
        .args(connection_args())
        .after_help(
            "Nothing is changed. What may not be asked is said; what only CloudFormation knows is left out.\n\n\
             Examples:\n  {app} forecast\n  {app} forecast Prod/* --json\n  {app} forecast --destroy",
        )
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) use with_aws::run;

#[cfg(feature = "deploy")]
mod with_aws {
    use fc_cdk_core::{Diagnostic, Map, Node, Severity, StackArtifact};
    use futures_util::future::try_join_all;

    use super::{super::stacks_of, Error, Exit, Session};
    use crate::{
        aws::{Aws, Target},
        deploy::options::Options,
        forecast::{self, Asks, Outlook},
        report,
        table::count,
    };

    pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
        let synthesis = session.synthesize_or_report()?;
        let stacks = synthesis.select_deployable(&stacks_of(session.args))?;
        let aws = Aws::connect(session)?;
        let types = session.resource_types;
        let destroys = session.args.get_flag("destroy");
        let permissions = session.permissions.filter(|_| session.args.get_flag("permissions"));
        let options = Options::of(session.args)?;
        let mut places: Vec<(Target, Vec<&StackArtifact>)> = Vec::new();
        for stack in &stacks {
            let target = aws.target(stack.environment())?;
            match places.iter_mut().find(|(known, _)| known.name() == target.name()) {
                Some((_, members)) => members.push(stack),
                None => places.push((target, vec![stack])),
            }
        }
        let looks = places.iter().map(|(target, stacks)| {
            let files = |stack: &&StackArtifact| synthesis.assembly().bucket_files(stack).len();
            let assets = stacks.iter().map(files).sum();
            let (options, types) = (&options, &types);
            async move {
                let asks = Asks { types, permissions, options, assets };
                match destroys {
                    true => forecast::of_destroy(target, stacks, &asks).await,
                    false => forecast::of_deploy(target, stacks, &asks).await,
                }
            }
        });
        let mut outlook = Outlook::default();
        for place in aws.block_on(try_join_all(looks))? {
            outlook.add(place);
        }
        let Outlook { findings, unasked, answered } = outlook;
        let fails = findings.iter().any(|finding| finding.severity == Severity::Error);
        if session.args.get_flag("json") {
            let findings: Vec<Node> = findings.iter().map(Diagnostic::to_node).collect();
            let mut notes = Map::new();
            for (what, why) in &unasked {
                notes.insert(what.as_str(), why.as_str());
            }
            let all = Map::new().with("findings", findings).with("unasked", notes);
            session
                .terminal
                .line(Node::Map(all.with("answered", answered as i64)).to_json_pretty())?;
        } else {
            report::print(&findings, session);
            for (what, why) in &unasked {
                session.terminal.note(format_args!("note: not asked: {what}: {why}"));
            }
            let questions = count(answered, "question");
            let stacks = count(stacks.len(), "stack");
            let result = match (fails, destroys) {
                (true, false) => "a deploy would fail",
                (true, true) => "a deletion would fail",
                (false, _) => "nothing found",
            };
            session.terminal.note(format_args!("{stacks}, {questions}: {result}"));
        }
        Ok(if fails { Exit::Error } else { Exit::Ok })
    }
}
