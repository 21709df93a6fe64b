//! Making the stack.

use std::path::PathBuf;

use clap::ArgMatches;
use fc_cdk_core::{Environment, MAX_INLINE_TEMPLATE_BYTES, Template};

use super::template;
use crate::{
    aws::{
        Aws, Target,
        cloudformation::{Source, StackInfo},
    },
    bootstrap,
    deploy::{
        apply::{Applied, Text, apply},
        status::OnDeploy,
    },
    error::{Error, Exit},
    session::Session,
};

pub(super) fn make(session: &mut Session<'_>) -> Result<Exit, Error> {
    let template = template(session)?;
    let environments = environments(session.args)?;
    let aws = Aws::connect(session)?;
    for environment in &environments {
        let target = aws.target(environment)?;
        bootstrap_one(session, &aws, &target, &template)?;
    }
    Ok(Exit::Ok)
}

/// The accounts and regions that are named; else the one of the credentials.
fn environments(args: &ArgMatches) -> Result<Vec<Environment>, Error> {
    let named: Vec<&String> = args.get_many("environments").into_iter().flatten().collect();
    if named.is_empty() {
        return Ok(vec![Environment::default()]);
    }
    let environment = |text: &&String| {
        let parts = text.strip_prefix("aws://").unwrap_or(text).split_once('/');
        match parts {
            Some((account, region)) if !account.is_empty() && !region.is_empty() => {
                Ok(Environment { account: Some(account.into()), region: Some(region.into()) })
            }
            _ => Err(Error::new(format!("`{text}` is no account and region"))
                .help("write `aws://ACCOUNT/REGION`, such as `aws://111122223333/eu-west-1`")),
        }
    };
    named.iter().map(environment).collect()
}

fn bootstrap_one(
    session: &mut Session<'_>,
    aws: &Aws,
    target: &Target,
    template: &Template,
) -> Result<(), Error> {
    let args = session.args;
    let name =
        args.get_one::<String>("toolkit-stack-name").map_or(bootstrap::STACK, String::as_str);
    let found = aws.block_on(target.cloudformation().stack(name))?;
    let found = match found {
        Some(stack) if stack.status.on_deploy() == OnDeploy::Recreate => {
            return Err(Error::new(format!(
                "the stack `{name}` is in {}: {}",
                stack.status,
                stack.status.meaning()
            ))
            .help("nothing is in it that could be lost: delete it, and run the command again"));
        }
        Some(stack) if stack.status.on_deploy() == OnDeploy::Create => None,
        other => other,
    };
    if let Some(stack) = &found {
        check(stack, template, args.get_flag("force"))?;
    }
    let text = Text::of(template);
    let source = source(aws, target, found.as_ref(), &text)?;
    let mut new = text.change_set(name, found.as_ref(), source, "bootstrap");
    new.stack.parameters = parameters(args, template, found.as_ref())?;
    new.stack.tags = tags(args, found.as_ref())?;
    let protection = args.get_one::<bool>("termination-protection").copied();
    let environment = target.name();
    session.terminal.note(format_args!("bootstrapping {environment}"));
    let execute = !args.get_flag("no-execute");
    let done = aws.block_on(apply(target, &new, &[], execute, session.terminal))?;
    let version =
        bootstrap::version_of(template).map(|it| format!(", version {it}")).unwrap_or_default();
    match done {
        Applied::Done(_) => {
            session.terminal.line(format_args!("{environment} is bootstrapped{version}"))?
        }
        Applied::Unchanged => session
            .terminal
            .line(format_args!("{environment} was bootstrapped already{version}"))?,
        Applied::Made(id) => session.terminal.line(format_args!("the change set is {id}"))?,
    }
    if let (Some(on), true) = (protection, execute)
        && found.as_ref().is_none_or(|stack| stack.termination_protection != on)
    {
        aws.block_on(target.cloudformation().set_termination_protection(name, on))?;
    }
    Ok(())
}

/// Refuses to take a stack back, or to replace what somebody else made.
fn check(stack: &StackInfo, template: &Template, force: bool) -> Result<(), Error> {
    let parameter =
        |name: &str| stack.parameters.iter().find(|it| it.name == name).map(|it| it.value.as_str());
    if parameter("UseExamplePermissionsBoundary") == Some("true") {
        return Err(Error::new("the stack has the AWS CDK's example of a permissions boundary, which this template has not")
            .help("keep the policy under a name of yours, give it by `cdk bootstrap --custom-permissions-boundary`, and try again"));
    }
    if force {
        return Ok(());
    }
    let deployed = stack.outputs.iter().find(|it| it.name == "BootstrapVersion");
    let deployed = deployed.and_then(|it| it.value.parse::<u32>().ok());
    if let (Some(deployed), Some(new)) = (deployed, bootstrap::version_of(template))
        && deployed > new
    {
        return Err(Error::of(crate::codes::OTHER_BOOTSTRAP, format!("the stack has version {deployed}, and this template has {new}"))
            .help("that is fine: newer ones have what older ones have; `--force` goes back to the older one")
            .exit(Exit::Refused));
    }
    let (deployed, new) = (parameter("BootstrapVariant"), bootstrap::variant_of(template));
    // Ours and the AWS CDK's come in turn; what lets CloudFormation do less is not undone by the way.
    let ours = bootstrap::template()?;
    let widens = deployed.is_some() && deployed != new && new == bootstrap::variant_of(&ours);
    if widens {
        return Err(Error::of(crate::codes::OTHER_BOOTSTRAP, format!("the stack is of another variant, `{}`", deployed.unwrap_or_default()))
            .help("give `--least-privilege` or `--template` as whoever made it did, or `--force` to replace it")
            .exit(Exit::Refused));
    }
    Ok(())
}

/// The values of the parameters: those given, else those that are deployed; `None` keeps one.
fn parameters(
    args: &ArgMatches,
    template: &Template,
    found: Option<&StackInfo>,
) -> Result<Vec<(String, Option<String>)>, Error> {
    let deployed = |name: &str| {
        found
            .and_then(|stack| stack.parameters.iter().find(|it| it.name == name))
            .map(|it| it.value.clone())
    };
    let list = |name: &str| -> Vec<String> {
        args.get_many::<String>(name).into_iter().flatten().cloned().collect()
    };
    let text = |name: &str| args.get_one::<String>(name).cloned();
    let switch = |name: &str| args.get_one::<bool>(name).map(ToString::to_string);
    let untrusted = list("untrust");
    let trusted = |argument: &str, parameter: &str| {
        let before = deployed(parameter).unwrap_or_default();
        let before = before.split(',').filter(|it| !it.is_empty()).map(str::to_owned);
        let mut all: Vec<String> =
            before.chain(list(argument)).filter(|it| !untrusted.contains(it)).collect();
        all.sort();
        all.dedup();
        Some(all.join(","))
    };
    let trusts = trusted("trust", "TrustedAccounts");
    let policies = list("cloudformation-execution-policies");
    let policies = (!policies.is_empty()).then(|| policies.join(","));
    let restricted =
        args.get_flag("least-privilege") || args.get_one::<PathBuf>("template").is_some();
    let has_policies = policies.is_some()
        || deployed("CloudFormationExecutionPolicies").is_some_and(|it| !it.is_empty());
    if trusts.as_deref().is_some_and(|it| !it.is_empty()) && !has_policies && !restricted {
        return Err(Error::new(
            "accounts are trusted, and nothing says what they may let CloudFormation do",
        )
        .help(
            "give `--least-privilege`, or policies by `--cloudformation-execution-policies ARN`",
        ));
    }
    let key = match (text("bootstrap-kms-key-id"), args.get_one::<bool>("bootstrap-customer-key")) {
        (Some(key), _) => Some(key),
        (None, Some(true)) => Some(String::new()),
        (None, Some(false)) => Some("AWS_MANAGED_KEY".to_owned()),
        (None, None) if found.is_none() => Some("AWS_MANAGED_KEY".to_owned()),
        (None, None) => None,
    };
    let variant = bootstrap::variant_of(template).map(str::to_owned);
    let given: [(&str, Option<String>); 12] = [
        ("TrustedAccounts", trusts),
        ("TrustedAccountsForLookup", trusted("trust-for-lookup", "TrustedAccountsForLookup")),
        ("CloudFormationExecutionPolicies", policies),
        ("FileAssetsBucketName", text("bootstrap-bucket-name")),
        ("FileAssetsBucketKmsKeyId", key),
        ("Qualifier", text("qualifier")),
        ("PublicAccessBlockConfiguration", switch("public-access-block-configuration")),
        ("InputPermissionsBoundary", text("custom-permissions-boundary")),
        ("ApplyPermissionsBoundaryToAllRoles", switch("apply-permissions-boundary-to-all-roles")),
        ("BootstrapVariant", variant),
        ("DenyExternalId", switch("deny-external-id")),
        ("ContainerAssetsRepositoryName", None),
    ];
    let value = |name: &str| {
        given.iter().find(|(key, _)| *key == name).and_then(|(_, value)| value.clone())
    };
    let all = bootstrap::parameters(template).filter_map(|name| match value(name) {
        Some(value) => Some((name.to_owned(), Some(value))),
        None => deployed(name).map(|_| (name.to_owned(), None)),
    });
    Ok(all.collect())
}

/// The tags: those given, else those that are deployed.
fn tags(args: &ArgMatches, found: Option<&StackInfo>) -> Result<Vec<(String, String)>, Error> {
    let given: Vec<&String> = args.get_many("tags").into_iter().flatten().collect();
    if given.is_empty() {
        return Ok(found.map(|stack| stack.tags.clone()).unwrap_or_default());
    }
    let pair = |text: &&String| {
        let pair = text.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        pair.ok_or_else(|| {
            Error::new(format!("`--tags {text}` has no `=`")).help("write `--tags KEY=VALUE`")
        })
    };
    given.iter().map(pair).collect()
}

/// The template itself, or its place in the bucket that is there already.
fn source(
    aws: &Aws,
    target: &Target,
    found: Option<&StackInfo>,
    text: &Text,
) -> Result<Source, Error> {
    if text.is_inline() {
        return Ok(Source::Body(text.body.clone()));
    }
    let bucket = found.and_then(|stack| stack.outputs.iter().find(|it| it.name == "BucketName"));
    let Some(bucket) = bucket else {
        return Err(Error::new(format!("the template has {} bytes, and without a bucket CloudFormation takes {MAX_INLINE_TEMPLATE_BYTES}", text.body.len()))
            .help("bootstrap without `--least-privilege` first, which makes the bucket, and then with it"));
    };
    aws.block_on(text.publish(target, &bucket.value)).map(Source::Url)
}
