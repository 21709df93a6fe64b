//! `completions`: a script that completes commands and flags in a shell.

use clap::{Arg, Command, value_parser};
use clap_complete::Shell;

use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("completions")
        .about("Prints a script that completes commands and flags in a shell")
        .arg(
            Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell)),
        )
        .after_help(
            "Examples:\n  {app} completions bash > ~/.local/share/bash-completion/completions/{app}",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let shell = session.args.get_one::<Shell>("shell").copied().unwrap_or(Shell::Bash);
    let name = session.definition.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut session.definition, name, &mut script);
    session.terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Ok)
}
