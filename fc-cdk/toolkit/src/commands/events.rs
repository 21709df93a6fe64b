//! `events`: what happened to the deployed stacks.

use clap::{Arg, Command, value_parser};

use super::{connection_args, json_arg, stacks_arg};
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("events")
        .about("Shows what happened to the deployed stacks, nested ones among them, the newest last")
        .arg(stacks_arg("Only these stacks, such as `Network` or `Prod/*`"))
        .arg(
            Arg::new("last")
                .long("last")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .default_value("50")
                .help("How many events"),
        )
        .arg(
            Arg::new("failures")
                .long("failures")
                .action(clap::ArgAction::SetTrue)
                .help("Only what failed"),
        )
        .arg(json_arg())
        .args(connection_args())
        .after_help("Examples:\n  {app} events Network\n  {app} events --failures --last 10\n  {app} events --json")
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) use with_aws::run;

#[cfg(feature = "deploy")]
mod with_aws {
    use fc_cdk_core::{Node, StackArtifact};

    use super::{super::stacks_of, Error, Exit, Session};
    use crate::{
        aws::{Aws, Target, cloudformation::StackEvent, error::AwsError},
        deploy::event_line,
    };

    pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
        let synthesis = session.synthesize_or_report()?;
        let stacks = synthesis.select_deployable(&stacks_of(session.args))?;
        let last = session.args.get_one::<usize>("last").copied().unwrap_or(50);
        let failures = session.args.get_flag("failures");
        let aws = Aws::connect(session)?;
        let mut list = Vec::new();
        for stack in stacks {
            let target = aws.target(stack.environment())?;
            let Some(events) = aws.block_on(events(&target, stack.stack_name(), last, failures))?
            else {
                let name = stack.stack_name();
                session.terminal.note(format_args!("the stack `{name}` is not deployed"));
                continue;
            };
            for event in events {
                list.push((stack, event));
            }
        }
        list.sort_by_key(|(_, event)| event.time);
        let list = &list[list.len().saturating_sub(last)..];
        let artifacts = |stack: &StackArtifact| -> Vec<&StackArtifact> {
            let all = synthesis.assembly().stacks().iter();
            let mut found: Vec<_> =
                all.filter(|it| it.artifact_id() == stack.artifact_id()).collect();
            found.extend(synthesis.assembly().nested_stacks(stack));
            found
        };
        if session.args.get_flag("json") {
            let events: Vec<Node> = list
                .iter()
                .map(|(stack, event)| event_line::to_json(&artifacts(stack), event))
                .collect();
            session.terminal.line(Node::List(events).to_json_pretty())?;
            return Ok(Exit::Ok);
        }
        let paint = session.terminal.out_paint();
        for (stack, event) in list {
            session.terminal.line(event_line::plain(&artifacts(stack), event, paint))?;
        }
        Ok(Exit::Ok)
    }

    /// The last events of a stack and of those nested in it.
    async fn events(
        target: &Target,
        stack: &str,
        last: usize,
        failures: bool,
    ) -> Result<Option<Vec<StackEvent>>, AwsError> {
        let mut all: Vec<StackEvent> = Vec::new();
        let mut stacks = vec![stack.to_owned()];
        let mut next = 0;
        while let Some(stack) = stacks.get(next).cloned() {
            next += 1;
            let mut count = 0;
            let wanted = |event: &StackEvent| {
                if !failures || event.is_failure() {
                    count += 1;
                }
                count <= last
            };
            match target.cloudformation().events(&stack, wanted).await {
                Ok(events) => {
                    for event in &events {
                        if let Some(nested) = event.nested_stack()
                            && !stacks.iter().any(|known| known == nested)
                        {
                            stacks.push(nested.to_owned());
                        }
                    }
                    all.extend(events.into_iter().filter(|it| !failures || it.is_failure()));
                }
                Err(error) if error.kind == crate::aws::error::Kind::NotFound => {
                    if next == 1 {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        // Events come the newest first, and those of one moment in the order of their making.
        all.reverse();
        all.sort_by_key(|event| event.time);
        Ok(Some(all.split_off(all.len().saturating_sub(last))))
    }
}
