//! `outputs`: what the deployed stacks put out.

use clap::Command;

use super::{connection_args, json_arg, stacks_arg};
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("outputs")
        .about("Shows the outputs of the deployed stacks")
        .arg(stacks_arg("Only these stacks, such as `Network` or `Prod/*`"))
        .arg(json_arg())
        .args(connection_args())
        .after_help("Examples:\n  {app} outputs\n  {app} outputs Network --json")
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) use with_aws::run;

#[cfg(feature = "deploy")]
mod with_aws {
    use fc_cdk_core::{Map, Node};

    use super::{super::stacks_of, Error, Exit, Session};
    use crate::{
        aws::Aws,
        table::{Align, Table},
    };

    pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
        let synthesis = session.synthesize_or_report()?;
        let stacks = synthesis.select_deployable(&stacks_of(session.args))?;
        let aws = Aws::connect(session)?;
        let mut all = Map::new();
        let mut table =
            Table::new(&["Stack", "Output", "Value", "Export"].map(|title| (title, Align::Left)));
        for stack in stacks {
            let target = aws.target(stack.environment())?;
            let deployed = aws.block_on(target.cloudformation().stack(stack.stack_name()))?;
            let Some(deployed) = deployed else {
                session
                    .terminal
                    .note(format_args!("the stack `{}` is not deployed", stack.stack_name()));
                continue;
            };
            let mut outputs = Map::new();
            for output in deployed.outputs {
                table.row([
                    stack.display_name().to_owned(),
                    output.name.clone(),
                    output.value.clone(),
                    output.export.clone().unwrap_or_default(),
                ]);
                outputs.insert(output.name, output.value);
            }
            all.insert(stack.stack_name(), outputs);
        }
        if session.args.get_flag("json") {
            session.terminal.line(Node::Map(all).to_json_pretty())?;
        } else {
            table.lines().iter().try_for_each(|line| session.terminal.line(line))?;
        }
        Ok(Exit::Ok)
    }
}
