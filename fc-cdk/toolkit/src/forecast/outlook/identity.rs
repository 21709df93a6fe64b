//! Roles, principals, keys and certificates that are named by their ARNs.

use std::collections::BTreeMap;

use fc_cdk_core::{Node, json};

use super::{Forecast, is_missing, resources};
use crate::aws::{
    call::{ACM, IAM, KMS, text_of},
    error::AwsError,
};
use crate::forecast::rules;

/// Properties whose role is taken by a service: type, property, service. From the pages of the types.
const TRUSTED: [(&str, &str, &str); 19] = [
    ("AWS::Lambda::Function", "Role", "lambda.amazonaws.com"),
    ("AWS::RDS::DBInstance", "MonitoringRoleArn", "monitoring.rds.amazonaws.com"),
    ("AWS::RDS::DBCluster", "MonitoringRoleArn", "monitoring.rds.amazonaws.com"),
    ("AWS::ECS::TaskDefinition", "ExecutionRoleArn", "ecs-tasks.amazonaws.com"),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn", "ecs-tasks.amazonaws.com"),
    ("AWS::StepFunctions::StateMachine", "RoleArn", "states.amazonaws.com"),
    ("AWS::CodeBuild::Project", "ServiceRole", "codebuild.amazonaws.com"),
    ("AWS::CodePipeline::Pipeline", "RoleArn", "codepipeline.amazonaws.com"),
    ("AWS::CodeDeploy::DeploymentGroup", "ServiceRoleArn", "codedeploy.amazonaws.com"),
    ("AWS::Glue::Crawler", "Role", "glue.amazonaws.com"),
    ("AWS::Glue::Job", "Role", "glue.amazonaws.com"),
    ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
    ("AWS::Events::Rule", "RoleArn", "events.amazonaws.com"),
    ("AWS::Scheduler::Schedule", "Target.RoleArn", "scheduler.amazonaws.com"),
    ("AWS::EKS::Cluster", "RoleArn", "eks.amazonaws.com"),
    ("AWS::EKS::Nodegroup", "NodeRole", "ec2.amazonaws.com"),
    ("AWS::SageMaker::NotebookInstance", "RoleArn", "sagemaker.amazonaws.com"),
    ("AWS::Chatbot::SlackChannelConfiguration", "IamRoleArn", "chatbot.amazonaws.com"),
    ("AWS::AppSync::DataSource", "ServiceRoleArn", "appsync.amazonaws.com"),
];

/// All checks of this module.
pub(super) async fn check(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    roles(forecast).await?;
    principals(forecast).await?;
    keys(forecast).await?;
    certificates(forecast).await
}

/// What ARNs of this account begin with.
fn own(forecast: &Forecast<'_>, service: &str) -> String {
    let (target, partition) = (forecast.target, forecast.target.partition().name());
    let region = if service == "iam" { "" } else { target.region() };
    format!("arn:{partition}:{service}:{region}:{}:", target.account())
}

async fn roles(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let prefix = format!("{}role/", own(forecast, "iam"));
    for (arn, places) in forecast.literals(&prefix) {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let role = forecast.target.calls().query(IAM, "GetRole", &[("RoleName", name)]).await;
        let role = match role {
            Err(error) if is_missing(&error) => Ok(None),
            other => other.map(Some),
        };
        match forecast.answer(&format!("the role `{name}`"), role)? {
            Some(None) => {
                let message = format!("there is no role `{arn}`");
                forecast.find_all(rules::MISSING_ROLE, &places, &message);
            }
            Some(Some(role)) => {
                let trust = decode(text_of(&role, "Role/AssumeRolePolicyDocument"));
                for (logical_id, property) in &places {
                    let Some(service) = service_of(forecast, logical_id, property) else {
                        continue;
                    };
                    if !trusts(&trust, service) {
                        let message = format!("the role `{arn}` does not let `{service}` take it");
                        forecast.find(rules::ROLE_NOT_ASSUMABLE, logical_id, property, message);
                    }
                }
            }
            None => {}
        }
    }
    Ok(())
}

fn service_of(forecast: &Forecast<'_>, logical_id: &str, property: &str) -> Option<&'static str> {
    let resource = forecast.planned.iter().find(|resource| resource.logical_id == logical_id)?;
    let row = TRUSTED.iter().find(|row| row.0 == resource.type_name && row.1 == property);
    row.map(|(_, _, service)| *service)
}

/// Whether a trust policy lets a service in, as far as principals go. What cannot be read is taken for yes.
fn trusts(policy: &str, service: &str) -> bool {
    let Ok(policy) = Node::parse_json(policy) else { return true };
    let statements = match policy.get("Statement") {
        Some(Node::List(list)) => list.iter().collect(),
        Some(one) => vec![one],
        None => return true,
    };
    let names = |node: &Node| match node {
        Node::List(list) => list.iter().any(|item| item.as_str() == Some(service)),
        other => other.as_str() == Some(service),
    };
    statements.iter().any(|statement| {
        let allows = statement.get("Effect").and_then(Node::as_str) == Some("Allow");
        let principal = statement.get("Principal");
        let all = principal.and_then(Node::as_str) == Some("*");
        allows && (all || principal.and_then(|it| it.get("Service")).is_some_and(names))
    })
}

/// IAM gives policies as text of an URL.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = (byte == b'%').then(|| [rest.next(), rest.next()]);
        let code = digits.and_then(|digits| {
            let digits = [digits[0]?, digits[1]?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
        });
        bytes.push(code.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn principals(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let mut named: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for resource in &forecast.planned {
        for (property, arn) in resources::principals(resource) {
            named.entry(arn).or_default().push((resource.logical_id.to_owned(), property));
        }
    }
    let own = own(forecast, "iam");
    for (arn, places) in named {
        let Some((kind, path)) = arn.strip_prefix(&own).and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        let (operation, parameter) = match kind {
            "role" => ("GetRole", "RoleName"),
            "user" => ("GetUser", "UserName"),
            _ => continue,
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        let found = forecast.target.calls().query(IAM, operation, &[(parameter, name)]).await;
        let found = match found {
            Err(error) if is_missing(&error) => Ok(false),
            other => other.map(|_| true),
        };
        if forecast.answer(&format!("the {kind} `{name}`"), found)? == Some(false) {
            let message = format!("there is no {kind} `{arn}`");
            forecast.find_all(rules::MISSING_PRINCIPAL, &places, &message);
        }
    }
    Ok(())
}

async fn keys(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let mut named = forecast.literals(&own(forecast, "kms"));
    // Some properties take the alias alone; those of AWS are there before their first use.
    let aliases = forecast.literals("alias/").into_iter().filter(|(name, places)| {
        let of_property = |(_, path): &(String, String)| path.to_ascii_lowercase().contains("key");
        !name.starts_with("alias/aws/") && places.iter().all(of_property)
    });
    named.extend(aliases);
    for (arn, places) in named {
        let key = json!({ "KeyId": arn.as_str() });
        let state = match forecast.target.calls().json(KMS, "DescribeKey", key).await {
            Ok(answer) => Ok(Some(text_of(&answer, "KeyMetadata/KeyState").to_owned())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        };
        let message = match forecast.answer(&format!("the key `{arn}`"), state)? {
            Some(None) => format!("there is no key `{arn}`"),
            Some(Some(state)) if state != "Enabled" && !state.is_empty() => {
                format!("the key `{arn}` is not enabled but {state}")
            }
            _ => continue,
        };
        forecast.find_all(rules::KEY_NOT_USABLE, &places, &message);
    }
    Ok(())
}

async fn certificates(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    for (arn, places) in forecast.literals(&own(forecast, "acm")) {
        let certificate = json!({ "CertificateArn": arn.as_str() });
        let calls = forecast.target.calls();
        let status = match calls.json(ACM, "DescribeCertificate", certificate).await {
            Ok(answer) => Ok(Some(text_of(&answer, "Certificate/Status").to_owned())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        };
        let message = match forecast.answer(&format!("the certificate `{arn}`"), status)? {
            Some(None) => format!("there is no certificate `{arn}`"),
            Some(Some(status)) if status != "ISSUED" => {
                format!("the certificate `{arn}` is not issued but {status}")
            }
            _ => continue,
        };
        forecast.find_all(rules::CERTIFICATE_NOT_ISSUED, &places, &message);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trust_policy_names_its_services() {
        let policy = |principal: &str| {
            format!(
                r#"{{"Statement": [{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"}}]}}"#
            )
        };
        let lambda = "lambda.amazonaws.com";
        assert!(trusts(&policy(r#"{"Service": "lambda.amazonaws.com"}"#), lambda));
        assert!(trusts(
            &policy(r#"{"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}"#),
            lambda
        ));
        assert!(trusts(&policy(r#""*""#), lambda));
        assert!(!trusts(&policy(r#"{"Service": "ec2.amazonaws.com"}"#), lambda));
        assert!(!trusts(&policy(r#"{"AWS": "arn:aws:iam::1:root"}"#), lambda));
        assert!(trusts("not JSON", lambda), "what cannot be read is no finding");
        assert_eq!(decode("%7B%22a%22%3A+1%7D"), "{\"a\":+1}");
    }
}
