//! [`Cli`]: arguments in, exit code out.

use std::{env, ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{
    Arg, ArgAction, ArgMatches, Command,
    builder::{PossibleValuesParser, Styles},
    error::ErrorKind,
};
use fc_cdk_core::{
    App,
    rules::Group,
    spec::{Permissions, ResourceSpec},
};

use crate::{
    commands::{self, Entry},
    context::Context,
    error::{Error, Exit},
    panics, report,
    session::Session,
    synthesis::ResourceTypes,
    terminal::{Color, Terminal},
    variables::Variables,
};

/// What a function that builds an app may return: the app, or an error that says why there is none.
pub trait IntoApp {
    /// The app.
    ///
    /// # Errors
    ///
    /// What the function that builds the app says.
    fn into_app(self) -> Result<App, Error>;
}

impl IntoApp for App {
    fn into_app(self) -> Result<App, Error> {
        Ok(self)
    }
}

impl<E: ToString> IntoApp for Result<App, E> {
    fn into_app(self) -> Result<App, Error> {
        self.map_err(|error| Error::new(error.to_string()))
    }
}

/// The command line of an app.
pub struct Cli {
    name: &'static str,
    definition: Command,
    entries: Vec<Entry>,
    ids_file: Option<PathBuf>,
    revisions: &'static [&'static str],
    resource_types: Option<ResourceTypes>,
    all_resource_types: AllResourceTypes,
    permissions: Option<HandlerPermissions>,
    rules: Vec<Group>,
}

/// All resource types of which AWS's specification is known.
pub(crate) type AllResourceTypes = fn() -> Vec<ResourceSpec>;

/// What CloudFormation has to be allowed to do for the resources of a type.
pub(crate) type HandlerPermissions = fn(&str) -> Option<Permissions>;

impl Cli {
    /// The command line of an app with this name, with all commands of the toolkit.
    pub fn new(name: &'static str) -> Cli {
        let definition = Command::new(name)
            .styles(Styles::styled())
            .subcommand_value_name("COMMAND")
            .subcommand_help_heading("Commands")
            .disable_help_subcommand(true)
            .arg(
                Arg::new("context")
                    .short('c')
                    .long("context")
                    .value_name("KEY=VALUE")
                    .action(ArgAction::Append)
                    .global(true)
                    .help("Sets a context value that the app may read"),
            )
            .arg(
                Arg::new("color")
                    .long("color")
                    .value_name("WHEN")
                    .value_parser(["auto", "always", "never"])
                    .default_value("auto")
                    .hide_default_value(true)
                    .hide_possible_values(true)
                    .global(true)
                    .help("Colors the output: auto (on a terminal), always, never"),
            )
            .after_help(format!(
                "Exit codes: 0 done, 1 error, 2 differences, 3 refused by a guard, 4 deployment failed and rolled back,\n\
                 5 deployment failed and needs attention.\n\n\
                 `{name} COMMAND --help` explains a command, with examples."
            ));
        Cli {
            name,
            definition,
            entries: commands::all(),
            ids_file: None,
            revisions: &[],
            resource_types: None,
            all_resource_types: Vec::new,
            permissions: None,
            rules: Vec::new(),
        }
    }

    /// The sentence that `--help` starts with.
    #[must_use]
    pub fn about(mut self, about: &'static str) -> Cli {
        self.definition = self.definition.about(about);
        self
    }

    /// What `--version` prints; without it there is no such flag.
    #[must_use]
    pub fn version(mut self, version: &'static str) -> Cli {
        self.definition = self.definition.version(version);
        self
    }

    /// Adds a flag of the app's own, which every command then takes. The function that builds the app reads it with
    /// [`Context::arg`] or [`Context::flag`].
    #[must_use]
    pub fn arg(mut self, arg: Arg) -> Cli {
        self.definition = self.definition.arg(arg.global(true));
        self
    }

    /// Remembers the logical ids of everything that holds data in a file, which is checked in: `synth` refuses a change by which an id
    /// would vanish, and the data with it, and `synth --accept-ids` writes the file. Name it by
    /// `concat!(env!("CARGO_MANIFEST_DIR"), "/ids.lock")`, so that it is found wherever the app is run. Where the app has
    /// [revisions](Cli::revisions), `{revision}` in it stands for the one that is synthesized.
    #[must_use]
    pub fn ids_lock(mut self, path: impl Into<PathBuf>) -> Cli {
        self.ids_file = Some(path.into());
        self
    }

    /// Declares that the app can be built as of several revisions, oldest first. Every command then takes `--revision`, by default the
    /// newest, which the function that builds the app reads with [`Context::revision`]; and `diff --from v1 --to v2` shows what
    /// deploying one over the other changes.
    #[must_use]
    pub fn revisions(mut self, revisions: &'static [&'static str]) -> Cli {
        let parser = PossibleValuesParser::new(revisions.iter().copied());
        let revision = |id: &'static str, help: &'static str| {
            Arg::new(id)
                .long(id)
                .value_name("REVISION")
                .value_parser(parser.clone())
                .hide_possible_values(true)
                .help(help)
        };
        let newest = revisions.last().copied().unwrap_or_default();
        let of_app = revision("revision", "Builds the app as of this revision").global(true);
        self.definition = self.definition.arg(of_app.default_value(newest));
        for entry in self.entries.iter_mut().filter(|entry| entry.definition.get_name() == "diff") {
            entry.definition = commands::diff::with_revisions(
                entry.definition.clone(),
                revision("from", "Compares with the app as of this revision"),
                revision("to", "Compares the app as of this revision [default: `--revision`]"),
            );
        }
        self.revisions = revisions;
        self
    }

    /// Tells what AWS's specification says of resource types, by which raw resources are checked, and `diff` knows what is replaced
    /// and what holds data. It has to know all types of AWS; for apps on `fc-cdk` it is `fc_cdk::aws::resource_type`.
    #[must_use]
    pub fn resource_types(mut self, types: fn(&str) -> Option<ResourceSpec>) -> Cli {
        self.resource_types = Some(types);
        self
    }

    /// Tells all resource types that there are, for `schema`. [`resource_types`](Cli::resource_types) finds each by its name.
    #[must_use]
    pub fn all_resource_types(mut self, types: fn() -> Vec<ResourceSpec>) -> Cli {
        self.all_resource_types = types;
        self
    }

    /// Tells what CloudFormation has to be allowed to do for the resources of a type, for `bootstrap --least-privilege`. For apps on
    /// `fc-cdk` with the feature `deploy` that is `fc_cdk::aws::permissions`.
    #[must_use]
    pub fn permissions(mut self, permissions: fn(&str) -> Option<Permissions>) -> Cli {
        self.permissions = Some(permissions);
        self
    }

    /// Adds rules of a crate or of the app, by topic, to what `explain` lists. A rule that a finding of the app is made of is explained
    /// without that, too.
    ///
    /// ```
    /// # use fc_cdk_toolkit::Cli;
    /// fc_cdk_core::rules! {
    ///     pub const REPORTS = "Reports";
    ///     BAD_DAY = "reports-bad-day", Error, "a report is written on a day that no month has";
    ///         why "The schedule would never come.";
    ///         fix "give a day from 1 to 31";
    ///         docs "";
    /// }
    /// let cli = Cli::new("shop").rules(&[REPORTS]);
    /// ```
    #[must_use]
    pub fn rules(mut self, rules: &[Group]) -> Cli {
        self.rules.extend(rules);
        self
    }

    /// Adds a command of the app's own.
    #[must_use]
    pub fn command(
        mut self,
        definition: Command,
        run: impl Fn(&mut Session<'_>) -> Result<Exit, Error> + 'static,
    ) -> Cli {
        self.entries.push(Entry { definition, run: Box::new(run) });
        self
    }

    /// The definition of the whole command line, for pages about it.
    pub fn into_definition(self) -> Command {
        let name = self.name;
        let subcommands = self.entries.iter().map(|entry| with_examples(&entry.definition, name));
        self.definition.subcommands(subcommands)
    }

    /// Runs the command that the process was started with. The app is built by the function where a command needs it, maybe more than
    /// once.
    pub fn run<A: IntoApp>(self, build: impl Fn(&Context) -> A) -> ExitCode {
        let variables = match Variables::of_process() {
            Ok(variables) => variables,
            Err(error) => {
                Terminal::stdio(&Variables::default()).error(&error);
                return Exit::Error.into();
            }
        };
        let mut terminal = Terminal::stdio(&variables);
        self.run_with(env::args_os().skip(1), &variables, &mut terminal, build).into()
    }

    /// Runs a command with these arguments, variables and streams instead of the process's: for tests of an app's command line.
    pub fn run_with<A: IntoApp, S: Into<OsString>>(
        self,
        arguments: impl IntoIterator<Item = S>,
        variables: &Variables,
        terminal: &mut Terminal,
        build: impl Fn(&Context) -> A,
    ) -> Exit {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let build = |context: &Context| panics::catch(|| build(context).into_app());
        let done = self.dispatch(arguments, variables, terminal, &build);
        let done = done.and_then(|exit| terminal.flush().map(|()| exit));
        let exit = done.unwrap_or_else(|error| {
            terminal.error(&error);
            error.exit_code()
        });
        // What could not be flushed has been said, as far as that is possible.
        let _ = terminal.flush();
        exit
    }

    fn dispatch(
        self,
        arguments: Vec<OsString>,
        variables: &Variables,
        terminal: &mut Terminal,
        build: &dyn Fn(&Context) -> Result<App, Error>,
    ) -> Result<Exit, Error> {
        let Cli {
            name,
            definition,
            entries,
            ids_file,
            revisions,
            resource_types,
            all_resource_types,
            permissions,
            rules,
        } = self;
        let subcommands = entries.iter().map(|entry| with_examples(&entry.definition, name));
        let mut definition = definition.subcommands(subcommands);
        let parse = |definition: &mut Command, extra: &[&str]| {
            let extra = extra.iter().map(OsString::from);
            let all = std::iter::once(OsString::from(name)).chain(arguments.clone()).chain(extra);
            definition.try_get_matches_from_mut(all)
        };
        let mut parsed = parse(&mut definition, &[]);
        if parsed.as_ref().is_ok_and(|matches| matches.subcommand().is_none()) {
            if variables.output.is_none() {
                terminal.note(help(&mut definition, terminal));
                return Err(Error::new("no command is given"));
            }
            // The `cdk` CLI runs the app as it is written in `cdk.json`.
            parsed = parse(&mut definition, &["synth", "--quiet"]);
        }
        let matches = match parsed {
            Ok(matches) => matches,
            Err(error) => return usage(&error, terminal),
        };
        let Some((command, args)) = matches.subcommand() else {
            return Err(Error::new("no command is given"));
        };
        terminal.set_color(color(args));
        let Some(entry) = entries.iter().find(|entry| entry.definition.get_name() == command)
        else {
            return Err(Error::new(format!("there is no command `{command}`")));
        };
        let context = Context::new(variables, args.clone(), revisions)?;
        let ids_file = ids_file.map(|path| match context.revision() {
            Some(revision) => path.to_string_lossy().replace("{revision}", revision).into(),
            None => path,
        });
        let ids_file = ids_file.as_deref();
        let mut session = Session {
            definition,
            arguments: &arguments,
            variables,
            context,
            args,
            build,
            ids_file,
            resource_types: resource_types.unwrap_or(|_| None),
            known_types: resource_types,
            all_resource_types,
            permissions,
            rules,
            terminal,
        };
        let done = (entry.run)(&mut session);
        if let Err(error) = &done {
            report::tell_programs(error, args, terminal);
        }
        done
    }
}

/// Examples are written with `{app}`, which stands for the app's name.
fn with_examples(definition: &Command, name: &str) -> Command {
    let definition = definition.clone();
    match definition.get_after_help().map(ToString::to_string) {
        Some(text) => definition.after_help(text.replace("{app}", name)),
        None => definition,
    }
}

fn help(definition: &mut Command, terminal: &Terminal) -> String {
    let help = definition.render_help();
    if terminal.err_paint().is_on() { help.ansi().to_string() } else { help.to_string() }
}

/// Prints what clap says: help where it was asked for, else what is wrong.
fn usage(error: &clap::Error, terminal: &mut Terminal) -> Result<Exit, Error> {
    let text = |color: bool| {
        let text = error.render();
        if color { text.ansi().to_string() } else { text.to_string() }
    };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            terminal.print(&text(terminal.out_paint().is_on()))?;
            Ok(Exit::Ok)
        }
        _ => {
            terminal.note(text(terminal.err_paint().is_on()).trim_end());
            Err(Error::reported())
        }
    }
}

fn color(args: &ArgMatches) -> Color {
    match args.get_one::<String>("color").map(String::as_str) {
        Some("always") => Color::Always,
        Some("never") => Color::Never,
        _ => Color::Auto,
    }
}
