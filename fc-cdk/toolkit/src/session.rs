//! [`Session`]: what a command has to work with.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{ArgMatches, Command};
use fc_cdk_core::{App, SCHEMA_VERSION, rules::Group};

use crate::{
    cli::{AllResourceTypes, HandlerPermissions},
    context::Context,
    error::Error,
    report,
    synthesis::{ResourceTypes, Synthesis},
    terminal::Terminal,
    variables::Variables,
};

/// One run of a command.
pub struct Session<'a> {
    pub(crate) definition: Command,
    /// As they were given, without the program's name.
    #[cfg_attr(
        all(feature = "deploy", feature = "validate"),
        expect(dead_code, reason = "for builds without a client of AWS or without its rules")
    )]
    pub(crate) arguments: &'a [OsString],
    pub(crate) variables: &'a Variables,
    pub(crate) context: Context,
    pub(crate) args: &'a ArgMatches,
    pub(crate) build: &'a dyn Fn(&Context) -> Result<App, Error>,
    pub(crate) ids_file: Option<&'a Path>,
    pub(crate) resource_types: ResourceTypes,
    /// The same, if the app has told them.
    pub(crate) known_types: Option<ResourceTypes>,
    pub(crate) all_resource_types: AllResourceTypes,
    pub(crate) permissions: Option<HandlerPermissions>,
    /// The rules of the app and of its crates, beside the engine's.
    pub(crate) rules: Vec<Group>,
    pub(crate) terminal: &'a mut Terminal,
}

impl Session<'_> {
    /// The command's arguments.
    pub fn args(&self) -> &ArgMatches {
        self.args
    }

    /// What the app is told.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Where results and messages go.
    pub fn terminal(&mut self) -> &mut Terminal {
        self.terminal
    }

    /// Builds the app.
    ///
    /// # Errors
    ///
    /// What the function that builds it says.
    pub fn app(&self) -> Result<App, Error> {
        (self.build)(&self.context)
    }

    /// Builds the app and synthesizes it, with whatever is wrong in the result.
    ///
    /// # Errors
    ///
    /// When there is no app.
    pub fn synthesize(&self) -> Result<Synthesis, Error> {
        Ok(Synthesis::of(self.app()?, None, self.known_types))
    }

    /// Builds the app as of a revision and synthesizes it. Where something is wrong, all of it is printed.
    ///
    /// # Errors
    ///
    /// When there is no app, or it has errors.
    pub fn synthesize_revision(&mut self, revision: &str) -> Result<Synthesis, Error> {
        let app = (self.build)(&self.context.at_revision(revision))?;
        self.checked(Synthesis::of(app, None, self.known_types))
    }

    /// Builds the app and synthesizes it. Where something is wrong, all of it is printed.
    ///
    /// # Errors
    ///
    /// When there is no app, or it has errors.
    pub fn synthesize_or_report(&mut self) -> Result<Synthesis, Error> {
        let synthesis = self.synthesize()?;
        self.checked(synthesis)
    }

    fn checked(&mut self, synthesis: Synthesis) -> Result<Synthesis, Error> {
        if synthesis.assembly().has_errors() {
            self.report(&synthesis);
            return Err(Error::reported());
        }
        Ok(synthesis)
    }

    /// Where the assembly goes: `--output`, else `CDK_OUTDIR`, else `cdk.out`.
    pub(crate) fn output_folder(&self) -> PathBuf {
        // Not every command that reads the folder takes another one.
        let named = self.args.try_get_one::<PathBuf>("output").ok().flatten().cloned();
        named.or_else(|| self.variables.output.clone()).unwrap_or_else(|| PathBuf::from("cdk.out"))
    }

    /// The arguments as they were given, but for the values of parameters, which may be secrets.
    #[cfg(not(all(feature = "deploy", feature = "validate")))]
    pub(crate) fn command_line(&self) -> String {
        let mut words: Vec<String> = Vec::with_capacity(self.arguments.len());
        for argument in self.arguments {
            let text = argument.to_string_lossy();
            let word = match text.split_once('=') {
                Some((name, _)) if words.last().is_some_and(|last| last == "--parameters") => {
                    format!("{name}=…")
                }
                Some(("--parameters", rest)) => {
                    format!("--parameters={}=…", rest.split('=').next().unwrap_or_default())
                }
                _ if text.contains([' ', '*', '?', '\'', '"']) => {
                    format!("'{}'", text.replace('\'', "'\\''"))
                }
                _ => text.into_owned(),
            };
            words.push(word);
        }
        words.join(" ")
    }

    /// Refuses to write for a `cdk` CLI that is too old to read it.
    pub(crate) fn check_cli_version(&self) -> Result<(), Error> {
        let major =
            |version: &str| version.split('.').next().and_then(|number| number.parse::<u32>().ok());
        let theirs = self.variables.cli_assembly_version.as_deref();
        match (theirs.and_then(major), major(SCHEMA_VERSION)) {
            (Some(theirs), Some(ours)) if theirs < ours => Err(Error::of(crate::codes::OLD_CLI, format!(
                "this `cdk` CLI reads cloud assemblies up to version {theirs}, and this app writes version {ours}"
            ))
            .help("update it: npm install -g aws-cdk@2")),
            _ => Ok(()),
        }
    }

    /// Prints all findings of synth on standard error.
    pub fn report(&mut self, synthesis: &Synthesis) {
        report::print(synthesis.assembly().diagnostics(), self);
    }
}
