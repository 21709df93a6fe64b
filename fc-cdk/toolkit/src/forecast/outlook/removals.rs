//! What is to be deleted, and cannot be: buckets and repositories that are not empty, what is protected.

use fc_cdk_core::{Node, StackArtifact, json};

use super::{
    Forecast, Outlook, deployed_parameters, is_missing, pseudo,
    resources::{self, Policy, Removed},
};
use crate::{
    aws::{
        Target,
        call::{ECR, items},
        cloudformation::StackResource,
        error::AwsError,
    },
    forecast::rules,
    values::Values,
};

/// Types that are not deleted while a property of theirs, of this value, is on; with where it is.
const PROTECTED: [(&str, &str, &str); 8] = [
    ("AWS::RDS::DBInstance", "DeletionProtection", "true"),
    ("AWS::RDS::DBCluster", "DeletionProtection", "true"),
    ("AWS::DocDB::DBCluster", "DeletionProtection", "true"),
    ("AWS::Neptune::DBCluster", "DeletionProtection", "true"),
    ("AWS::DynamoDB::Table", "DeletionProtectionEnabled", "true"),
    ("AWS::Cognito::UserPool", "DeletionProtection", "ACTIVE"),
    ("AWS::EC2::Instance", "DisableApiTermination", "true"),
    ("AWS::NetworkFirewall::Firewall", "DeleteProtection", "true"),
];

/// The attribute of a load balancer that does the same.
const OF_LOAD_BALANCERS: &str = "deletion_protection.enabled";

/// What a deploy takes out of the stacks.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    check_removed(forecast, false).await
}

/// What the deletion of the stacks takes out of them: all. And what keeps it from that, and what stays.
pub(super) async fn check_all(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = check_removed(forecast, true).await?;
    for (stack, found) in forecast.stacks.iter().zip(&forecast.found) {
        if found.stack.as_ref().is_some_and(|stack| stack.termination_protection) {
            let message = format!("`{}` is protected from being deleted", stack.stack_name());
            outlook.find_in(rules::TERMINATION_PROTECTED, stack, "", "", message);
        }
        let Some(template) = found.parsed() else { continue };
        let given = deployed_parameters(found);
        let values = Values::new(&template, &pseudo(forecast.target, stack), &given);
        for (logical_id, type_name, policy) in resources::kept(&template, &values) {
            let message = match policy {
                Policy::Snapshot => format!("a snapshot of this {type_name} stays"),
                _ => format!("this {type_name} stays"),
            };
            outlook.find_in(rules::RETAINED, stack, &logical_id, "", message);
        }
    }
    Ok(outlook)
}

/// What is deployed of each stack.
pub(super) async fn resources(
    forecast: &Forecast<'_>,
) -> Result<(Vec<Vec<StackResource>>, Outlook), AwsError> {
    let mut outlook = Outlook::default();
    let target = forecast.target;
    let there: Vec<_> = forecast.stacks.iter().zip(&forecast.found).collect();
    let lists = forecast.each(&there, |(stack, found)| async move {
        match &found.stack {
            Some(_) => target.cloudformation().resources(stack.stack_name()).await.map(Some),
            None => Ok(None),
        }
    });
    let mut all = Vec::new();
    for ((stack, _), list) in there.iter().zip(lists.await) {
        all.push(match list {
            Ok(None) => Vec::new(),
            list => {
                let what = format!("what the stack `{}` has", stack.display_name());
                outlook.answer(&what, list)?.flatten().unwrap_or_default()
            }
        });
    }
    Ok((all, outlook))
}

async fn check_removed(forecast: &Forecast<'_>, all: bool) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let target = forecast.target;
    let mut stacks = forecast.removed(all);
    for (stack, _, removed) in &stacks {
        for resource in removed {
            if let Some(property) = protection(resource) {
                let message = format!(
                    "this {} is to be deleted, and is protected from it",
                    resource.type_name
                );
                let rule = rules::DELETION_PROTECTED;
                outlook.find_in(rule, stack, &resource.logical_id, property, message);
            }
        }
    }
    let can_be_full = |resource: &Removed| match resource.type_name.as_str() {
        "AWS::S3::Bucket" => true,
        "AWS::ECR::Repository" => {
            resource.properties.get("EmptyOnDelete") != Some(&Node::Bool(true))
        }
        _ => false,
    };
    stacks.iter_mut().for_each(|(.., removed)| removed.retain(can_be_full));
    stacks.retain(|(.., removed)| !removed.is_empty());
    let index_of = |stack: &StackArtifact| {
        forecast.stacks.iter().position(|it| it.artifact_id() == stack.artifact_id())
    };
    let known = |stack: &StackArtifact| forecast.resources.get(index_of(stack)?).cloned();
    let lists = forecast.each(&stacks, |(stack, ..)| async move {
        match known(stack) {
            Some(list) => Ok(list),
            None => target.cloudformation().resources(stack.stack_name()).await,
        }
    });
    let mut wanted: Vec<(&StackArtifact, &Removed, String)> = Vec::new();
    for ((stack, _, removed), list) in stacks.iter().zip(lists.await) {
        let list = match all {
            true => list.unwrap_or_default(),
            false => {
                let what = format!("what the stack `{}` has", stack.display_name());
                outlook.answer(&what, list)?.unwrap_or_default()
            }
        };
        for resource in removed {
            let deployed = list.iter().find(|it| it.logical_id == resource.logical_id);
            if let Some(name) = deployed.and_then(|it| it.physical_id.clone()) {
                wanted.push((stack, resource, name));
            }
        }
    }
    let empty = forecast.each(&wanted, |(_, resource, name)| async move {
        match resource.type_name.as_str() {
            "AWS::S3::Bucket" => match target.s3().is_empty(name).await {
                Err(error) if is_missing(&error) => Ok(true),
                other => other,
            },
            _ => no_images(target, name).await,
        }
    });
    for ((stack, resource, name), empty) in wanted.iter().zip(empty.await) {
        let (noun, rule) = match resource.type_name.as_str() {
            "AWS::S3::Bucket" => ("bucket", rules::BUCKET_NOT_EMPTY),
            _ => ("repository", rules::REPOSITORY_NOT_EMPTY),
        };
        let what = format!("whether the {noun} `{name}` is empty");
        if outlook.answer(&what, empty)? == Some(false) {
            let message = format!("the {noun} `{name}` is to be deleted and is not empty");
            outlook.find_in(rule, stack, &resource.logical_id, "", message);
        }
    }
    Ok(outlook)
}

async fn no_images(target: &Target, name: &str) -> Result<bool, AwsError> {
    let parameters = json!({ "repositoryName": name, "maxResults": 1 });
    match target.calls().json(ECR, "ListImages", parameters).await {
        Ok(answer) => Ok(items(&answer, "imageIds").is_empty()),
        Err(error) if is_missing(&error) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The property by which a resource is protected, as it was deployed.
fn protection(resource: &Removed) -> Option<&'static str> {
    let is_on = |node: &Node, on: &str| match node {
        Node::Bool(value) => *value && on == "true",
        other => other.as_str() == Some(on),
    };
    if resource.type_name == "AWS::ElasticLoadBalancingV2::LoadBalancer" {
        let attributes = resource.properties.get("LoadBalancerAttributes")?.as_list()?;
        let own = attributes
            .iter()
            .find(|it| it.get("Key").and_then(Node::as_str) == Some(OF_LOAD_BALANCERS))?;
        return is_on(own.get("Value")?, "true").then_some("LoadBalancerAttributes");
    }
    let (_, property, on) = PROTECTED.iter().find(|row| row.0 == resource.type_name)?;
    is_on(resource.properties.get(property)?, on).then_some(property)
}
