//! The commands: each module defines its arguments and, in a few lines, what is done.

mod bootstrap;
mod completions;
mod context;
mod deploy;
mod destroy;
pub(crate) mod diff;
mod doctor;
mod drift;
mod events;
mod explain;
mod forecast;
mod import;
mod list;
mod orphan;
mod outputs;
mod publish_assets;
mod schema;
mod plan;
mod rollback;
mod synth;
mod tree;
mod validate;

use clap::{Arg, ArgAction, ArgMatches, Command};
use fc_cdk_core::{Diagnostic, Severity};

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
        Entry { definition: validate::definition(), run: Box::new(validate::run) },
        Entry { definition: list::definition(), run: Box::new(list::run) },
        Entry { definition: tree::definition(), run: Box::new(tree::run) },
        Entry { definition: drift::definition(), run: Box::new(drift::run) },
        Entry { definition: plan::definition(), run: Box::new(plan::run) },
        Entry { definition: deploy::definition(), run: Box::new(deploy::run) },
        Entry { definition: destroy::definition(), run: Box::new(destroy::run) },
        Entry { definition: rollback::definition(), run: Box::new(rollback::run) },
        Entry { definition: forecast::definition(), run: Box::new(forecast::run) },
        Entry { definition: events::definition(), run: Box::new(events::run) },
        Entry { definition: outputs::definition(), run: Box::new(outputs::run) },
        Entry { definition: import::definition(), run: Box::new(import::run) },
        Entry { definition: orphan::definition(), run: Box::new(orphan::run) },
        Entry { definition: publish_assets::definition(), run: Box::new(publish_assets::run) },
        Entry { definition: bootstrap::definition(), run: Box::new(bootstrap::run) },
        Entry { definition: schema::definition(), run: Box::new(schema::run) },
        Entry { definition: explain::definition(), run: Box::new(explain::run) },
        Entry { definition: context::definition(), run: Box::new(context::run) },
        Entry { definition: doctor::definition(), run: Box::new(doctor::run) },
        Entry { definition: completions::definition(), run: Box::new(completions::run) },
    ]
}

/// `[STACKS]...`, as all commands about stacks take them.
fn stacks_arg(help: &'static str) -> Arg {
    Arg::new("stacks").value_name("STACKS").action(ArgAction::Append).help(help)
}

pub(crate) fn stacks_of(args: &ArgMatches) -> Vec<String> {
    args.get_many::<String>("stacks").into_iter().flatten().cloned().collect()
}

/// `--strict`, as the commands that check take it.
fn strict_arg() -> Arg {
    let help = "Takes warnings for errors";
    Arg::new("strict").long("strict").action(ArgAction::SetTrue).help(help)
}

/// Whether findings make a command fail: errors do, with `--strict` warnings too.
fn fails(args: &ArgMatches, findings: &[Diagnostic]) -> bool {
    let worst = if args.get_flag("strict") { Severity::Warning } else { Severity::Error };
    findings.iter().any(|finding| finding.severity >= worst)
}

/// `--json`, as all commands that report take it.
fn json_arg() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue).help("Prints the report as JSON")
}

/// How to reach AWS, as all commands that do take it.
fn connection_args() -> [Arg; 3] {
    let text = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).help_heading("AWS")
    };
    [
        text("profile", "NAME").help("Takes the credentials and the region of this profile"),
        text("region", "REGION").help("The region of stacks that do not say theirs"),
        text("endpoint-url", "URL").help("Calls this instead of AWS, such as an emulator"),
    ]
}

/// What commands that need AWS say in a build without it.
#[cfg(not(feature = "deploy"))]
fn needs_deploy(session: &Session<'_>) -> Error {
    let app = session.definition.get_name();
    let command = session.command_line();
    Error::of(
        crate::codes::MISSING_FEATURE,
        format!("this build of `{app}` has no AWS client, so that it builds in seconds"),
    )
    .help(format!(
        "run the same with it: cargo run --bin {app} --features fc-cdk/deploy -- {command}"
    ))
}
