//! `forecast`: what a deploy would fail by, for reasons that only the account knows.

use clap::{Arg, ArgAction, Command};

use super::{connection_args, json_arg, stacks_arg};
use crate::{
    error::{Error, Exit},
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
                .conflicts_with("destroy")
                .help("Asks IAM, too, what of all that CloudFormation has to do is denied"),
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
    use fc_cdk_core::{Diagnostic, Map, Node, Severity};

    use super::{super::stacks_of, Error, Exit, Session};
    use crate::{aws::Aws, forecast, report, table::count};

    pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
        let synthesis = session.synthesize_or_report()?;
        let stacks = synthesis.select_deployable(&stacks_of(session.args))?;
        let aws = Aws::connect(session)?;
        let types = session.resource_types;
        let destroys = session.args.get_flag("destroy");
        let permissions = session.permissions.filter(|_| session.args.get_flag("permissions"));
        let mut findings: Vec<Diagnostic> = Vec::new();
        let mut unasked = Map::new();
        let mut answered = 0;
        for stack in &stacks {
            let target = aws.target(stack.environment())?;
            let outlook = aws.block_on(async {
                if destroys {
                    forecast::of_destroy(&target, stack).await
                } else {
                    forecast::of_deploy(&target, stack, &types, permissions).await
                }
            })?;
            findings.extend(outlook.findings);
            outlook.unasked.into_iter().for_each(|(what, why)| drop(unasked.insert(what, why)));
            answered += outlook.answered;
        }
        let fails = findings.iter().any(|finding| finding.severity == Severity::Error);
        if session.args.get_flag("json") {
            let findings: Vec<Node> = findings.iter().map(Diagnostic::to_node).collect();
            let all = Map::new().with("findings", findings).with("unasked", unasked);
            session
                .terminal
                .line(Node::Map(all.with("answered", answered as i64)).to_json_pretty())?;
        } else {
            report::print(&findings, session.variables, session.terminal);
            for (what, why) in unasked.iter() {
                let why = why.as_str().unwrap_or_default();
                session.terminal.note(format_args!("note: not asked: {what}: {why}"));
            }
            let questions = count(answered, "question");
            let stacks = count(stacks.len(), "stack");
            let result = if fails { "a deploy would fail" } else { "nothing found" };
            session.terminal.note(format_args!("{stacks}, {questions}: {result}"));
        }
        Ok(if fails { Exit::Error } else { Exit::Ok })
    }
}
