//! `bootstrap`: makes what deployments into an account and region share.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};
use fc_cdk_core::{Template, template::YamlStyle};

use super::connection_args;
use crate::{
    bootstrap::{self, least_privilege},
    error::{Error, Exit},
    session::Session,
    template_files,
};

pub(crate) fn definition() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    let many = |name: &'static str, value: &'static str, help: &'static str| {
        text(name, value, help).action(ArgAction::Append).value_delimiter(',')
    };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    let switch = |name: &'static str, help: &'static str| {
        text(name, "true|false", help)
            .value_parser(value_parser!(bool))
            .num_args(0..=1)
            .default_missing_value("true")
    };
    Command::new("bootstrap")
        .about("Makes what deployments into an account and region share: a bucket, a repository, roles")
        .long_about(
            "Makes what deployments into an account and region share: a bucket for templates and files, a repository for\n\
             images, and the roles that publish, deploy and look up. Stack, names and versions are the AWS CDK's: an account\n\
             that `cdk bootstrap` made ready needs nothing more, and `cdk deploy` works with what this makes.\n\n\
             CloudFormation then may do everything, as with the AWS CDK. With `--least-privilege` it may do what the resource\n\
             types of this app need, and may handle only roles of the app's own stacks. Run it again when new types come.",
        )
        .arg(
            Arg::new("environments")
                .value_name("ENVIRONMENTS")
                .action(ArgAction::Append)
                .help("Accounts and regions, such as `aws://111122223333/eu-west-1` [default: those of the credentials]"),
        )
        .arg(flag("least-privilege", "Lets CloudFormation do only what this app's resource types need"))
        .arg(flag("show-template", "Prints the template, and does nothing"))
        .arg(flag("json", "Prints the template as JSON").requires("show-template"))
        .arg(
            text("template", "FILE", "Takes this template, which began as that of --show-template")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with("least-privilege"),
        )
        .arg(many("trust", "ACCOUNT", "Accounts that may deploy into this one"))
        .arg(many("trust-for-lookup", "ACCOUNT", "Accounts that may look up values in this one"))
        .arg(many("untrust", "ACCOUNT", "Accounts that were trusted, and are no more"))
        .arg(many("cloudformation-execution-policies", "ARN", "Managed policies that say what CloudFormation may do"))
        .arg(text("qualifier", "TEXT", "Tells this stack's resources from those of others in the account and region"))
        .arg(text("toolkit-stack-name", "NAME", "The stack's name").default_value(bootstrap::STACK))
        .arg(text("bootstrap-bucket-name", "NAME", "Another name for the bucket"))
        .arg(text("bootstrap-kms-key-id", "KEY", "The bucket's key, by id or ARN").conflicts_with("bootstrap-customer-key"))
        .arg(switch("bootstrap-customer-key", "Makes a key of the account's own for the bucket, which costs"))
        .arg(switch("public-access-block-configuration", "Whether the bucket can never be public"))
        .arg(switch("deny-external-id", "Whether the roles refuse whoever comes with an external id"))
        .arg(text("custom-permissions-boundary", "NAME", "A managed policy that CloudFormation's role can never exceed"))
        .arg(switch("apply-permissions-boundary-to-all-roles", "Whether that policy bounds the other roles, too"))
        .arg(many("tags", "KEY=VALUE", "Tags of the stack"))
        .arg(switch("termination-protection", "Whether CloudFormation refuses to delete the stack"))
        .arg(flag("no-execute", "Makes the change set, and leaves it to somebody to execute it"))
        .arg(flag("force", "Also goes back to an older version, or replaces another variant"))
        .args(connection_args())
        .after_help(
            "Examples:\n  \
             {app} bootstrap                                        # the account and region of the credentials\n  \
             {app} bootstrap --least-privilege                      # CloudFormation may do what the app needs\n  \
             {app} bootstrap aws://111122223333/eu-west-1 --trust 444455556666 --least-privilege\n  \
             {app} bootstrap --show-template --least-privilege      # to review what it may do",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    if !session.args.get_flag("show-template") {
        return make(session);
    }
    let template = template(session)?;
    let text = if session.args.get_flag("json") {
        format!("{}\n", template.to_json_pretty())
    } else {
        template.to_yaml(YamlStyle::Short)
    };
    session.terminal.print(&text)?;
    Ok(Exit::Ok)
}

/// The template that is wanted.
fn template(session: &mut Session<'_>) -> Result<Template, Error> {
    if let Some(file) = session.args.get_one::<PathBuf>("template") {
        return template_files::read(file);
    }
    let mut template = bootstrap::template()?;
    if session.args.get_flag("least-privilege") {
        let Some(permissions) = session.permissions else {
            return Err(without_permissions(session));
        };
        let synthesis = session.synthesize_or_report()?;
        let stacks: Vec<_> = synthesis.assembly().stacks().iter().collect();
        let needed = least_privilege::needed(&stacks, permissions);
        if !needed.unknown.is_empty() {
            session.terminal.note(format_args!(
                "note: what CloudFormation needs for {} is not known; give it by `--cloudformation-execution-policies`",
                needed.unknown.join(", ")
            ));
        }
        if needed.policies.len() > least_privilege::MAX_POLICIES {
            session.terminal.note(format_args!(
                "note: {} policies are attached to one role; raise the quota of {} first",
                needed.policies.len(),
                least_privilege::MAX_POLICIES
            ));
        }
        bootstrap::restrict(&mut template, needed.policies);
    }
    Ok(template)
}

#[cfg(not(feature = "deploy"))]
fn make(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(not(feature = "deploy"))]
fn without_permissions(session: &Session<'_>) -> Error {
    super::needs_deploy(session)
}

#[cfg(feature = "deploy")]
fn without_permissions(_: &Session<'_>) -> Error {
    Error::new("the app does not know what CloudFormation needs for its resource types")
        .help("begin the command line by `fc_cdk::cli`, or tell it with `Cli::permissions`")
}

#[cfg(feature = "deploy")]
use with_aws::make;

#[cfg(feature = "deploy")]
mod with_aws;
