//! `context`: the context values of the app, and where they come from.

use std::fs;

use clap::{Arg, ArgAction, Command};
use fc_cdk_core::{Map, Node, json, rules::nearest};

use super::json_arg;
use crate::{
    context::{self, LOOKED_UP, Layer},
    error::{Error, Exit},
    session::Session,
    table::{Align, Table, count},
};

/// How much of a value the table shows.
const LONGEST: usize = 60;

pub(crate) fn definition() -> Command {
    Command::new("context")
        .about("Shows the context values of the app and where they come from")
        .long_about(
            "Shows the context values that the app may read, and where each comes from: `--context`, `cdk.json`, or\n\
             `cdk.context.json`, which keeps what was looked up in an account, so that the same templates come out each time.\n\
             To look such a value up anew, take it out of the file.",
        )
        .arg(
            Arg::new("reset")
                .long("reset")
                .value_name("KEY")
                .action(ArgAction::Append)
                .help("Takes a value out of cdk.context.json; may be given several times"),
        )
        .arg(
            Arg::new("clear")
                .long("clear")
                .action(ArgAction::SetTrue)
                .conflicts_with("reset")
                .help("Takes all values out of cdk.context.json"),
        )
        .arg(json_arg())
        .after_help(
            "Examples:\n  \
             {app} context\n  \
             {app} context --json\n  \
             {app} context --reset availability-zones:account=111122223333:region=eu-west-1",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let keys: Vec<String> =
        session.args.get_many::<String>("reset").into_iter().flatten().cloned().collect();
    if session.args.get_flag("clear") || !keys.is_empty() {
        return remove(session, &keys);
    }
    let layers = context::layers(session.variables, session.args)?;
    if session.args.get_flag("json") {
        let values = in_force(&layers).map(
            |(key, value, source)| json!({ "key": key, "value": value.clone(), "source": source }),
        );
        session.terminal.line(Node::List(values.collect()).to_json_pretty())?;
        return Ok(Exit::Ok);
    }
    let columns = ["Key", "Value", "Source"].map(|title| (title, Align::Left));
    let mut table = Table::new(&columns);
    let mut some = false;
    for (key, value, source) in in_force(&layers) {
        some = true;
        table.row([key.to_owned(), short(value), source.to_owned()]);
    }
    if some {
        table.lines().iter().try_for_each(|line| session.terminal.line(line))?;
    } else {
        session.terminal.note("there are no context values");
    }
    Ok(Exit::Ok)
}

/// The values that the app sees, by key, with their sources.
fn in_force(layers: &[Layer]) -> impl Iterator<Item = (&str, &Node, &str)> {
    let mut keys: Vec<&str> =
        layers.iter().flat_map(|layer| layer.values.keys()).map(|key| key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().filter_map(|key| {
        let layer = layers.iter().rev().find(|layer| layer.values.contains_key(key))?;
        Some((key, layer.values.get(key)?, layer.source.as_str()))
    })
}

fn short(value: &Node) -> String {
    let text = value.to_json();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// Takes some values out of the file, or all where none is named.
fn remove(session: &mut Session<'_>, keys: &[String]) -> Result<Exit, Error> {
    let folder = session.variables.folder.clone().unwrap_or_default();
    let path = folder.join(LOOKED_UP);
    let mut values = context::file(&path)?.unwrap_or_default();
    let before = values.len();
    if keys.is_empty() {
        values = Map::new();
    }
    for key in keys {
        if values.remove(key).is_none() {
            let error = Error::new(format!("`{LOOKED_UP}` has no value `{key}`"));
            return Err(match nearest(key, values.keys().map(|key| key.as_str())) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`context` lists what there is, and where it comes from"),
            });
        }
    }
    let removed = before - values.len();
    if removed > 0 {
        let text = format!("{}\n", Node::Map(values).to_json_pretty());
        fs::write(&path, text).map_err(|error| Error::io("write", &path, &error))?;
    }
    session.terminal.note(format_args!("took {} out of {LOOKED_UP}", count(removed, "value")));
    Ok(Exit::Ok)
}
