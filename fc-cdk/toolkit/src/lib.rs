//! The command line of fc-cdk apps: `synth`, `diff`, `list`, `tree`, and the cloud assembly on disk.
//!
//! The only crate with effects: it reads the environment, writes files and talks to the terminal, so that the engine does not.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use fc_cdk_core::{App, Stack};
//! use fc_cdk_toolkit::Cli;
//!
//! fn main() -> ExitCode {
//!     Cli::new("shop-infra").about("The infrastructure of a shop").run(|context| {
//!         let app = App::new().with_environment(context.environment());
//!         Stack::new(&app, "Network");
//!         app
//!     })
//! }
//! ```
//!
//! An app adds flags of its own with [`Cli::arg`] and reads them from the [`Context`]; it adds commands with [`Cli::command`].
//! How commands end is [`Exit`]; which environment variables matter is [`Variables`].

mod cli; // arguments in, exit code out
mod codes; // what commands fail by, and what is said of it
mod commands; // one thin module each
mod context; // what the app is told
mod session; // what a command has to work with

mod aws_rules; // AWS's own rules, and Guard files
mod assembly_dir; // the assembly on disk
mod bootstrap; // the stack that deployments share
mod assets; // files and folders that are deployed
mod diff_report; // differences for people
mod forecast; // what only the account knows
mod ids_file; // which logical ids must not vanish
mod panics; // those of the app
mod report; // diagnostics for people, and as JSON
mod selection; // stacks by name
mod synthesis; // app -> assembly, with its files
mod template_check; // template files by the rules of synth
mod template_files; // templates to compare with
mod template_inputs; // templates to check
mod parameters; // values of parameters, from the command line and from files
mod values; // what functions give, as far as that is known before a deploy

#[cfg(feature = "deploy")]
mod aws; // the client of AWS
#[cfg(feature = "deploy")]
mod deploy; // what CloudFormation is told, and what is said of it

mod error;
mod table;
mod terminal; // the only place that prints
mod variables; // the only place that reads the environment
mod wrap; // long lines

pub use clap;

pub use crate::{
    cli::{Cli, IntoApp},
    context::Context,
    error::{Error, Exit},
    session::Session,
    synthesis::Synthesis,
    terminal::{Captured, Color, Paint, Terminal},
    variables::{AccessKey, Secret, Variables},
};
