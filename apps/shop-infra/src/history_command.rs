//! `history`: the change history, from the templates of all revisions.

use fc_cdk::toolkit::{
    Error, Exit, Session,
    clap::{Arg, ArgAction, Command, builder::PossibleValuesParser},
};
use shop_infra::{history::History, technology::Language};

use crate::config_command::settings;

pub(crate) fn definition() -> Command {
    Command::new("history")
        .about("Prints the change history: which technology came when, and what each revision changed")
        .long_about(
            "Prints the change history: the table of technologies, and per revision what came, what changed and what left.\n\
             It is computed from the synthesized templates of all revisions, of a shop that is subscribed to Shield Advanced.",
        )
        .arg(
            Arg::new("language")
                .short('l')
                .long("language")
                .value_name("LANGUAGE")
                .value_parser(PossibleValuesParser::new(Language::CODES))
                .default_value("en")
                .help("The language"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Prints the history as JSON"),
        )
        .after_help(
            "Examples:\n  \
             {app} history > HISTORY.md        # in English, as Markdown\n  \
             {app} history --language ko       # as the shop wrote it\n  \
             {app} history --json              # for programs",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let code = session.args().get_one::<String>("language").map(String::as_str);
    let language = code.and_then(Language::of_code).unwrap_or(Language::English);
    let history = History::of(&settings(session.context()).map_err(Error::new)?);
    let history = history.map_err(Error::new)?;
    if session.args().get_flag("json") {
        session.terminal().line(history.to_node(language).to_json_pretty())?;
    } else {
        session.terminal().print(&history.to_markdown(language))?;
    }
    Ok(Exit::Ok)
}
