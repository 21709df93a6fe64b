//! Roles, users and policies that are named by their ARNs.

use std::collections::BTreeMap;

use fc_cdk_core::Node;

use super::{
    Forecast, Outlook,
    resources::{self, Place},
    unless_missing,
};
use crate::{
    aws::{
        Target,
        call::{IAM, text_of},
        error::AwsError,
    },
    forecast::rules,
};

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
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    roles(forecast, &mut outlook).await?;
    principals(forecast, &mut outlook).await?;
    policies(forecast, &mut outlook).await?;
    Ok(outlook)
}

/// Asks IAM for something by its name; `None` where there is no such.
async fn get(
    target: &Target,
    operation: &'static str,
    parameter: &str,
    name: &str,
) -> Result<Option<Node>, AwsError> {
    unless_missing(target.calls().query(IAM, operation, &[(parameter, name)]).await)
}

async fn roles(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let made = forecast.made("AWS::IAM::Role", "RoleName");
    let mut named = forecast.literals(&format!("{}role/", forecast.own("iam")));
    named.retain(|arn, _| !made.contains(last(arn)));
    let answers =
        forecast.each(named.keys(), |arn| get(forecast.target, "GetRole", "RoleName", last(arn)));
    for ((arn, places), role) in named.iter().zip(answers.await) {
        match outlook.answer(&format!("the role `{}`", last(arn)), role)? {
            Some(None) => {
                let message = format!("there is no role `{arn}`");
                outlook.find_all(rules::MISSING_ROLE, places, &message);
            }
            Some(Some(role)) => {
                let trust = decode(text_of(&role, "Role/AssumeRolePolicyDocument"));
                for place in places {
                    let Some(service) = service_of(place) else { continue };
                    if !trusts(&trust, service) {
                        let message = format!("the role `{arn}` does not let `{service}` take it");
                        let rule = rules::ROLE_NOT_ASSUMABLE;
                        outlook.find(rule, place.resource, &place.property, message);
                    }
                }
            }
            None => {}
        }
    }
    Ok(())
}

/// What stands behind the last slash.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn service_of(place: &Place<'_>) -> Option<&'static str> {
    let type_name = place.resource.type_name;
    let row = TRUSTED.iter().find(|row| row.0 == type_name && row.1 == place.property);
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

async fn principals(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let mut named: BTreeMap<String, Vec<Place<'_>>> = BTreeMap::new();
    for resource in &forecast.planned {
        for (property, arn) in resources::principals(resource) {
            named.entry(arn).or_default().push(Place { resource, property });
        }
    }
    let own = forecast.own("iam");
    let roles = forecast.made("AWS::IAM::Role", "RoleName");
    let users = forecast.made("AWS::IAM::User", "UserName");
    let wanted: Vec<(&String, &str, &'static str, &'static str)> = named
        .keys()
        .filter_map(|arn| {
            let (kind, _) = arn.strip_prefix(&own)?.split_once('/')?;
            match kind {
                "role" => Some((arn, "role", "GetRole", "RoleName")),
                "user" => Some((arn, "user", "GetUser", "UserName")),
                _ => None,
            }
        })
        .filter(|(arn, kind, ..)| {
            let made = if *kind == "role" { &roles } else { &users };
            !made.contains(last(arn))
        })
        .collect();
    let answers = forecast.each(&wanted, |(arn, _, operation, parameter)| {
        get(forecast.target, operation, parameter, last(arn))
    });
    for ((arn, kind, ..), found) in wanted.iter().zip(answers.await) {
        let what = format!("the {kind} `{}`", last(arn));
        if let (Some(None), Some(places)) = (outlook.answer(&what, found)?, named.get(*arn)) {
            let message = format!("there is no {kind} `{arn}`");
            outlook.find_all(rules::MISSING_PRINCIPAL, places, &message);
        }
    }
    Ok(())
}

/// Policies that are attached must be there; those of AWS have folders, which are easily forgotten: `service-role/`.
async fn policies(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let partition = forecast.target.partition().name();
    let made = forecast.made("AWS::IAM::ManagedPolicy", "ManagedPolicyName");
    let mut named = forecast.literals(&format!("arn:{partition}:iam::aws:policy/"));
    named.extend(forecast.literals(&format!("{}policy/", forecast.own("iam"))));
    named.retain(|arn, _| !made.contains(last(arn)));
    let answers =
        forecast.each(named.keys(), |arn| get(forecast.target, "GetPolicy", "PolicyArn", arn));
    for ((arn, places), policy) in named.iter().zip(answers.await) {
        if let Some(None) = outlook.answer(&format!("the policy `{arn}`"), policy)? {
            let message = format!("there is no policy `{arn}`");
            outlook.find_all(rules::MISSING_POLICY, places, &message);
        }
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
