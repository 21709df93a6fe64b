//! What AWS says.

use fc_cdk_core::{Assembly, Environment};

use super::Finding;
use crate::{
    aws::{Aws, Target},
    bootstrap,
    error::Error,
    session::Session,
};

/// AWS refuses calls that are further from its clock than 5 minutes; a quarter of it is worth a word.
const MAX_SKEW: i64 = 75;

pub(super) fn aws(session: &Session<'_>, assembly: Option<&Assembly>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let aws = match Aws::connect(session) {
        Ok(aws) => aws,
        Err(error) => return vec![Finding::error("AWS", &error)],
    };
    let (region, endpoint) = aws.place();
    findings.push(match region {
        Some(region) => Finding::good("region", region),
        None => Finding::wrong(
            "region",
            "none is known",
            "give `--region`, set `AWS_REGION`, or name it in the app",
        ),
    });
    if let Some(endpoint) = endpoint {
        findings.push(Finding::hint(
            "endpoint",
            format!("{endpoint} is called instead of AWS"),
            "unset `AWS_ENDPOINT_URL` to call AWS",
        ));
    }
    match aws.caller() {
        Ok(caller) => {
            findings.push(Finding::good(
                "credentials",
                format!("{} in the account {}", caller.arn, caller.account),
            ));
            findings.push(match caller.ahead {
                Some(ahead) if ahead.abs() > MAX_SKEW => Finding::wrong(
                    "clock",
                    format!(
                        "{} seconds {} AWS's",
                        ahead.abs(),
                        if ahead > 0 { "ahead of" } else { "behind" }
                    ),
                    "set this machine's clock: AWS refuses what is signed with a wrong time",
                ),
                Some(_) => Finding::good("clock", "as AWS's"),
                None => Finding::hint("clock", "not compared", "the answer did not say its time"),
            });
        }
        Err(error) => {
            findings.push(Finding::error("credentials", &Error::from(error)));
            return findings;
        }
    }
    let environments = environments(assembly);
    for environment in &environments {
        findings.push(match aws.target(environment) {
            Ok(target) => bootstrapping(&aws, &target, assembly),
            Err(error) => Finding::error("account", &error),
        });
    }
    findings
}

/// The accounts and regions that the app is deployed to.
fn environments(assembly: Option<&Assembly>) -> Vec<Environment> {
    let mut all: Vec<Environment> = Vec::new();
    for stack in assembly.into_iter().flat_map(Assembly::stacks) {
        if !all.contains(stack.environment()) {
            all.push(stack.environment().clone());
        }
    }
    if all.is_empty() { vec![Environment::default()] } else { all }
}

fn bootstrapping(aws: &Aws, target: &Target, assembly: Option<&Assembly>) -> Finding {
    const NAME: &str = "bootstrapping";
    let place = target.name();
    let stack = match aws.block_on(target.cloudformation().stack(bootstrap::STACK)) {
        Ok(stack) => stack,
        Err(error) => return Finding::error(NAME, &Error::from(error)),
    };
    let Some(stack) = stack else {
        let needs = assembly.is_some_and(|assembly| {
            let here = assembly.stacks().iter().filter(|stack| target.is_for(stack.environment()));
            here.into_iter().any(|stack| !assembly.bucket_files(stack).is_empty())
        });
        let help = "run `bootstrap` once for this account and region";
        let value = format!("{place} is not bootstrapped");
        return if needs {
            Finding::wrong(
                NAME,
                format!("{value}, and a stack brings files or a large template"),
                help,
            )
        } else {
            Finding::hint(NAME, format!("{value}; no stack needs it"), help)
        };
    };
    if !stack.status.is_good() {
        return Finding::wrong(
            NAME,
            format!(
                "the stack `{}` in {place} is in {}: {}",
                bootstrap::STACK,
                stack.status,
                stack.status.meaning()
            ),
            "run `bootstrap` again, or delete the stack if it never got ready",
        );
    }
    let version = stack.outputs.iter().find(|output| output.name == "BootstrapVersion");
    match version {
        Some(version) => Finding::good(NAME, format!("{place} has version {}", version.value)),
        None => Finding::hint(
            NAME,
            format!("the stack `{}` in {place} tells no version", bootstrap::STACK),
            "run `bootstrap` to bring it up to date",
        ),
    }
}
