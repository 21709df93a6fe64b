//! `tree`: the constructs of the app, with types and source lines.

use std::collections::BTreeSet;

use clap::{Arg, Command};
use fc_cdk_core::Node;

use super::json_arg;
use crate::{
    error::{Error, Exit},
    session::Session,
    table::{Align, Table},
};

pub(crate) fn definition() -> Command {
    Command::new("tree")
        .about("Shows the construct tree, with resource types and source lines")
        .arg(
            Arg::new("path")
                .value_name("PATH")
                .help("Only the construct at this path, and what is below it"),
        )
        .arg(json_arg())
        .after_help("Examples:\n  {app} tree\n  {app} tree Network/Vpc")
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let synthesis = session.synthesize_or_report()?;
    let assembly = synthesis.assembly();
    let root = assembly.tree().get("tree").unwrap_or(&Node::Null);
    let top = match session.args.get_one::<String>("path") {
        Some(path) => find(root, path)?,
        None => root,
    };
    if session.args.get_flag("json") {
        session.terminal.line(top.to_json_pretty())?;
        return Ok(Exit::Ok);
    }
    let stacks = assembly.stacks().iter().map(|stack| stack.display_name()).collect();
    let columns = ["Construct", "Type", "Source"].map(|title| (title, Align::Left));
    let mut table = Table::new(&columns);
    add(&mut table, top, String::new(), String::new(), &stacks);
    table.lines().iter().try_for_each(|line| session.terminal.line(line))?;
    Ok(Exit::Ok)
}

fn find<'a>(root: &'a Node, path: &str) -> Result<&'a Node, Error> {
    let mut node = root;
    for step in path.split('/').filter(|step| !step.is_empty()) {
        node = children(node).find(|(id, _)| *id == step).map(|(_, child)| child).ok_or_else(
            || {
                let error = Error::new(format!("there is no construct at `{path}`"));
                let at = match text(node, "path") {
                    "" => "the app".to_owned(),
                    path => format!("`{path}`"),
                };
                let names: Vec<&str> = children(node).map(|(id, _)| id).collect();
                error.help(format!("{at} has {}", names.join(", ")))
            },
        )?;
    }
    Ok(node)
}

fn add(table: &mut Table, node: &Node, own: String, below: String, stacks: &BTreeSet<&str>) {
    let type_name = node.pointer("/attributes/aws:cdk:cloudformation:type").and_then(Node::as_str);
    let kind = match type_name {
        Some(name) => name,
        None if stacks.contains(text(node, "path")) => "stack",
        None => "",
    };
    // The column of the compiler's location says nothing to people.
    let location = text(node, "location");
    let source = location.rsplit_once(':').map_or(location, |(file_and_line, _)| file_and_line);
    table.row([format!("{own}{}", text(node, "id")), kind.to_owned(), source.to_owned()]);
    let count = children(node).count();
    for (index, (_, child)) in children(node).enumerate() {
        let (branch, trunk) =
            if index + 1 == count { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        add(table, child, format!("{below}{branch}"), format!("{below}{trunk}"), stacks);
    }
}

fn children(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let children = node.get("children").and_then(Node::as_map);
    children.into_iter().flat_map(|map| map.iter()).map(|(id, child)| (id.as_str(), child))
}

fn text<'a>(node: &'a Node, key: &str) -> &'a str {
    node.get(key).and_then(Node::as_str).unwrap_or_default()
}
