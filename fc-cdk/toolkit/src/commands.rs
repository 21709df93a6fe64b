//! The commands: each module defines its arguments and, in a few lines, what is done.

mod completions;
pub(crate) mod diff;
mod explain;
mod list;
mod synth;
mod tree;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::{
    error::{Error, Exit},
    session::Session,
};

type Run = Box<dyn Fn(&mut Session<'_>) -> Result<Exit, Error>>;

/// A command with what it does.
pub(crate) struct Entry {
    pub(crate) definition: Command,
    pub(crate) run: Run,
}

/// All commands of the toolkit, in the order of the help.
pub(crate) fn all() -> Vec<Entry> {
    vec![
        Entry { definition: synth::definition(), run: Box::new(synth::run) },
        Entry { definition: diff::definition(), run: Box::new(diff::run) },
        Entry { definition: list::definition(), run: Box::new(list::run) },
        Entry { definition: tree::definition(), run: Box::new(tree::run) },
        Entry { definition: explain::definition(), run: Box::new(explain::run) },
        Entry { definition: completions::definition(), run: Box::new(completions::run) },
    ]
}

/// `[STACKS]...`, as all commands about stacks take them.
fn stacks_arg(help: &'static str) -> Arg {
    Arg::new("stacks").value_name("STACKS").action(ArgAction::Append).help(help)
}

fn stacks_of(args: &ArgMatches) -> Vec<String> {
    args.get_many::<String>("stacks").into_iter().flatten().cloned().collect()
}

/// `--json`, as all commands that report take it.
fn json_arg() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue).help("Prints the report as JSON")
}
