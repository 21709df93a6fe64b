//! `list`: the stacks of the app, in deployment order.

use clap::{Arg, ArgAction, Command};
use fc_cdk_core::{Assembly, Node, StackArtifact, json};

use super::{json_arg, stacks_arg, stacks_of};
use crate::{
    error::{Error, Exit},
    session::Session,
    table::{Align, Table},
};

pub(crate) fn definition() -> Command {
    Command::new("list")
        .visible_alias("ls")
        .about("Lists the stacks, each after those that it depends on")
        .arg(stacks_arg("Only these stacks, such as `Network` or `Prod/*`"))
        .arg(Arg::new("long").short('l').long("long").action(ArgAction::SetTrue).help(
            "Adds the stack's name in CloudFormation, where it is deployed, and what it depends on",
        ))
        .arg(json_arg())
        .after_help("Examples:\n  {app} list\n  {app} list --long 'Prod/*'\n  {app} list --json")
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let synthesis = session.synthesize_or_report()?;
    let assembly = synthesis.assembly();
    let patterns = stacks_of(session.args);
    let mut stacks = match patterns.as_slice() {
        [] => assembly.stacks().iter().collect(),
        patterns => synthesis.select(patterns)?,
    };
    stacks.retain(|stack| !stack.is_nested());
    if session.args.get_flag("json") {
        let list: Vec<Node> = stacks.iter().map(|stack| to_json(assembly, stack)).collect();
        session.terminal.line(Node::List(list).to_json_pretty())?;
    } else if session.args.get_flag("long") {
        let columns =
            ["Stack", "Name", "Environment", "Depends on"].map(|title| (title, Align::Left));
        let mut table = Table::new(&columns);
        for stack in stacks {
            let needs = dependencies(assembly, stack).join(", ");
            table.row([
                stack.display_name().to_owned(),
                stack.stack_name().to_owned(),
                environment(stack),
                needs,
            ]);
        }
        table.lines().iter().try_for_each(|line| session.terminal.line(line))?;
    } else {
        stacks.iter().try_for_each(|stack| session.terminal.line(stack.display_name()))?;
    }
    Ok(Exit::Ok)
}

fn to_json(assembly: &Assembly, stack: &StackArtifact) -> Node {
    let environment = stack.environment();
    json!({
        "id": stack.display_name(),
        "name": stack.stack_name(),
        "artifact": stack.artifact_id(),
        "environment": { "account": environment.account.clone(), "region": environment.region.clone() },
        "dependencies": dependencies(assembly, stack)
    })
}

/// `account/region`, with what the deployment decides left open.
fn environment(stack: &StackArtifact) -> String {
    let environment = stack.environment();
    match (environment.account.as_deref(), environment.region.as_deref()) {
        (None, None) => "any".to_owned(),
        (account, region) => {
            format!("{}/{}", account.unwrap_or("any account"), region.unwrap_or("any region"))
        }
    }
}

/// The display names of the stacks that are needed.
fn dependencies<'a>(assembly: &'a Assembly, stack: &StackArtifact) -> Vec<&'a str> {
    let by_artifact = |id: &str| assembly.stacks().iter().find(|other| other.artifact_id() == id);
    let needed = stack.dependencies().iter().filter_map(|id| by_artifact(id));
    needed.map(StackArtifact::display_name).collect()
}
