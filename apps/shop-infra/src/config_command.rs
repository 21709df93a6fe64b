//! `config`: the settings, what they may be, and whether they are right.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use fc_cdk::toolkit::{
    Context, Error, Exit, Session,
    clap::{Arg, ArgAction, Command, value_parser},
};
use shop_infra::{
    Settings,
    config::{self, Source},
};

/// Where the settings are, where no other file is named.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/shop-infra.toml");

pub(crate) fn config_arg() -> Arg {
    Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("Reads the settings from this file [default: apps/shop-infra/shop-infra.toml]")
}

pub(crate) fn set_arg() -> Arg {
    Arg::new("set")
        .long("set")
        .value_name("KEY=VALUE")
        .action(ArgAction::Append)
        .help("Sets one of the settings, such as `region=eu-west-1` or `slack.channel=C0123ABCD`")
}

pub(crate) fn definition() -> Command {
    Command::new("config")
        .about("Shows and checks the settings of the shop")
        .subcommand_required(true)
        .subcommand(
            Command::new("schema").about("Prints the JSON Schema of the settings, for editors"),
        )
        .subcommand(
            Command::new("check")
                .about("Says whether the settings are right, and if not, all that is wrong"),
        )
        .subcommand(
            Command::new("show").about("Prints the settings as they are, with all defaults"),
        )
        .after_help(
            "Examples:\n  \
             {app} config show > shop-infra.toml             # a file with every setting\n  \
             {app} config check --config shop-infra.toml     # is it right?\n  \
             {app} synth --set region=eu-west-1              # one setting from the command line",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let command = session.args().subcommand_name().unwrap_or_default().to_owned();
    if command == "schema" {
        session.terminal().print(config::SCHEMA)?;
        return Ok(Exit::Ok);
    }
    let settings = settings(session.context()).map_err(Error::new)?;
    if command == "show" {
        session.terminal().print(&config::to_toml(&settings))?;
    } else {
        session.terminal().line("the settings are right")?;
    }
    Ok(Exit::Ok)
}

/// The settings that the command line asks for.
///
/// # Errors
///
/// All that is wrong with them.
pub(crate) fn settings(context: &Context) -> Result<Settings, String> {
    let named = context.arg::<PathBuf>("config");
    let path = named.map_or(Path::new(FILE), PathBuf::as_path);
    let mut sources = Vec::new();
    match fs::read_to_string(path) {
        Ok(text) => sources.push(Source::file(&path.display().to_string(), &text)),
        // Without a file there are the defaults.
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(format!("cannot read `{}`: {error}", path.display())),
    }
    sources.extend(context.args::<String>("set").map(|pair| Source::flag(pair)));
    config::load(&sources)
}
