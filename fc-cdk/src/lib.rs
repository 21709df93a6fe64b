//! Infrastructure as code for AWS, in Rust: typed constructs in, CloudFormation out.
//!
//! ```
//! use fc_cdk::prelude::*;
//!
//! let app = App::new();
//! let stack = Stack::new(&app, "Hello");
//! let size = Parameter::<String>::new(&stack, "Greeting").default_value("hello");
//! let out = stack.raw_resource("Out", "AWS::SSM::Parameter", json!({ "Type": "String", "Value": &size.value() }));
//! Output::new(&stack, "Name", &out);
//! let assembly = app.synth();
//! assert!(assembly.diagnostics().is_empty());
//! ```
//!
//! # Where things are
//!
//! - The engine: [`App`], [`Stage`], [`Stack`], [`Scope`], [`Value`], [`intrinsics`], [`policy`], [`template`].
//! - [`aws`]: every resource type as a typed builder, one module per service, one cargo feature per family of services:
//!   `fc-cdk = { version = "…", features = ["s3", "lambda"] }`.
//! - [`cli`]: the command line that every app gets; [`toolkit`] is the library behind it (cargo feature `toolkit`, on by default).
//! - Higher-level constructs are in the crate `fc-constructs`, which enables the services that it needs by itself.

pub use fc_cdk_aws as aws;
pub use fc_cdk_core::*;
#[cfg(feature = "toolkit")]
pub use fc_cdk_toolkit as toolkit;

/// The command line of an app with this name, which knows AWS's resource types.
///
/// ```no_run
/// use fc_cdk::prelude::*;
///
/// fn main() -> std::process::ExitCode {
///     cli("orders").about("Where orders are kept").run(|_context| {
///         let app = App::new();
///         let stack = Stack::new(&app, "Orders");
///         stack.raw_resource("News", "AWS::SNS::Topic", json!({}));
///         app
///     })
/// }
/// ```
#[cfg(feature = "toolkit")]
pub fn cli(name: &'static str) -> toolkit::Cli {
    let cli = toolkit::Cli::new(name)
        .resource_types(aws::resource_type)
        .all_resource_types(|| aws::tables().flat_map(|(_, table)| table.resources()).collect());
    #[cfg(feature = "deploy")]
    let cli = cli.permissions(aws::permissions);
    cli
}

/// What nearly every app uses.
pub mod prelude {
    pub use fc_cdk_core::{
        App, Asset, Condition, Diagnostic, Environment, IntoList, IntoValue, Mapping, NestedStack,
        Output, Parameter, RemovalPolicy, Resource, ResourceHandle, Scope, Stack, Stage, Value,
        intrinsics, json, list, moved, sub,
    };

    #[cfg(feature = "toolkit")]
    pub use crate::cli;
}
