//! How many of some kinds an account may have in a region.

mod network; // those of single networks, zones and security groups
mod servers; // their processors

use std::collections::BTreeMap;

use fc_cdk_core::{Map, Node, json};

use futures_util::future::join;

use super::{Forecast, Outlook, is_missing, resources::Planned};
use crate::{
    aws::{
        Target,
        call::{
            AUTO_SCALING, CLOUDFORMATION, EC2, ELB, IAM, QUOTAS, RDS, SAGEMAKER, Service, find,
            items, text_of,
        },
        error::AwsError,
    },
    forecast::rules,
};

/// A quota: the type it is about, its service and code in Service Quotas, and how what is there is counted. See
/// <https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html>.
struct Quota {
    type_name: &'static str,
    /// The value of `Type`, where the resources have kinds with quotas of their own.
    kind: &'static str,
    service: &'static str,
    code: &'static str,
    count: Count,
}

/// How what is there is counted.
#[derive(Clone, Copy)]
enum Count {
    /// The items of a list, those of the kind where they have kinds.
    List(Service, &'static str, &'static str),
    Buckets,
    Stacks,
}

const fn quota(
    type_name: &'static str,
    service: &'static str,
    code: &'static str,
    count: Count,
) -> Quota {
    Quota { type_name, kind: "", service, code, count }
}

const LOAD_BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const BALANCERS: Count = Count::List(ELB, "DescribeLoadBalancers", "LoadBalancers");

/// A stack is no resource of a template, but for nested ones.
const STACK: &str = "AWS::CloudFormation::Stack";

const ALL: [Quota; 13] = [
    quota("AWS::EC2::VPC", "vpc", "L-F678F1CE", Count::List(EC2, "DescribeVpcs", "vpcSet")),
    quota(
        "AWS::EC2::InternetGateway",
        "vpc",
        "L-A4707A72",
        Count::List(EC2, "DescribeInternetGateways", "internetGatewaySet"),
    ),
    quota(
        "AWS::EC2::EgressOnlyInternetGateway",
        "vpc",
        "L-45FE3B85",
        Count::List(EC2, "DescribeEgressOnlyInternetGateways", "egressOnlyInternetGatewaySet"),
    ),
    quota(
        "AWS::EC2::EIP",
        "ec2",
        "L-0263D0A3",
        Count::List(EC2, "DescribeAddresses", "addressesSet"),
    ),
    quota(
        "AWS::EC2::SecurityGroup",
        "vpc",
        "L-E79EC296",
        Count::List(EC2, "DescribeSecurityGroups", "securityGroupInfo"),
    ),
    quota(
        "AWS::RDS::DBInstance",
        "rds",
        "L-7B6409FD",
        Count::List(RDS, "DescribeDBInstances", "DBInstances"),
    ),
    quota(
        "AWS::RDS::DBCluster",
        "rds",
        "L-952B80B8",
        Count::List(RDS, "DescribeDBClusters", "DBClusters"),
    ),
    Quota {
        type_name: LOAD_BALANCER,
        kind: "application",
        service: "elasticloadbalancing",
        code: "L-53DA6B97",
        count: BALANCERS,
    },
    Quota {
        type_name: LOAD_BALANCER,
        kind: "network",
        service: "elasticloadbalancing",
        code: "L-69A177A2",
        count: BALANCERS,
    },
    quota(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "elasticloadbalancing",
        "L-B22855CB",
        Count::List(ELB, "DescribeTargetGroups", "TargetGroups"),
    ),
    quota(
        "AWS::AutoScaling::AutoScalingGroup",
        "autoscaling",
        "L-CDE20ADC",
        Count::List(AUTO_SCALING, "DescribeAutoScalingGroups", "AutoScalingGroups"),
    ),
    quota("AWS::S3::Bucket", "s3", "L-DC2B2D3D", Count::Buckets),
    quota(STACK, "cloudformation", "L-0485CB21", Count::Stacks),
];

/// Types of which IAM tells both numbers itself, by these names: the second ends in `Quota`.
const OF_IAM: [(&str, &str); 5] = [
    ("AWS::IAM::Role", "Roles"),
    ("AWS::IAM::ManagedPolicy", "Policies"),
    ("AWS::IAM::InstanceProfile", "InstanceProfiles"),
    ("AWS::IAM::User", "Users"),
    ("AWS::IAM::Group", "Groups"),
];

/// All checks of this module.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let is_new = |found: &&crate::deploy::found::Found| found.stack.is_none();
    let stacks = forecast.found.iter().filter(is_new).count() as u64;
    let wanted: Vec<(&Quota, Vec<&Planned<'_>>, u64)> = ALL
        .iter()
        .map(|quota| {
            let new = forecast.planned.iter().filter(|it| it.is_new() && quota.is_for(it));
            let new: Vec<&Planned<'_>> = new.collect();
            let more = new.len() as u64 + if quota.type_name == STACK { stacks } else { 0 };
            (quota, new, more)
        })
        .filter(|(.., more)| *more > 0)
        .collect();
    let target = forecast.target;
    let allowed = forecast.each(&wanted, |(quota, ..)| allowed(target, quota.service, quota.code));
    let there = forecast.each(&wanted, |(quota, ..)| count(target, quota));
    let (allowed, there) = join(allowed, there).await;
    for (((quota, new, more), allowed), there) in wanted.iter().zip(allowed).zip(there) {
        let kind = [quota.type_name, quota.kind].join(" ");
        let kind = kind.trim_end();
        let allowed = outlook.answer(&format!("the quota of {kind}"), allowed)?.flatten();
        let there = outlook.answer(&format!("how many {kind} there are"), there)?;
        if let (Some(there), Some(allowed)) = (there, allowed) {
            compare(forecast, &mut outlook, kind, new, (there, *more, allowed));
        }
    }
    of_iam(forecast, &mut outlook).await?;
    network::check(forecast, &mut outlook).await?;
    servers::check(forecast, &mut outlook).await?;
    notebooks(forecast, &mut outlook).await?;
    Ok(outlook)
}

impl Quota {
    fn is_for(&self, resource: &Planned<'_>) -> bool {
        let kind = || match resource.text("Type") {
            Some(kind) => kind == self.kind,
            // Those that do not say it are applications'.
            None => self.kind == "application" && !resource.properties.contains_key("Type"),
        };
        resource.type_name == self.type_name && (self.kind.is_empty() || kind())
    }
}

/// Notes it where more than allowed would be there, at the first resource that is too much, else at the first stack.
fn compare(
    forecast: &Forecast<'_>,
    outlook: &mut Outlook,
    kind: &str,
    new: &[&Planned<'_>],
    (there, more, allowed): (u64, u64, u64),
) {
    if there + more <= allowed {
        return;
    }
    let room = usize::try_from(allowed.saturating_sub(there)).unwrap_or_default();
    let name = forecast.target.name();
    let message =
        format!("{name} may have {allowed} {kind}; it has {there}, and {more} more would be made");
    match (new.get(room).or_else(|| new.last()), forecast.stacks.first()) {
        (Some(first), _) => outlook.find(rules::QUOTA_REACHED, first, "", message),
        (None, Some(stack)) => outlook.find_in(rules::QUOTA_REACHED, stack, "", "", message),
        (None, None) => {}
    }
}

/// The same of what is counted in a place of its own, such as a VPC.
fn compare_in(
    outlook: &mut Outlook,
    place: &str,
    noun: &str,
    new: &[&Planned<'_>],
    (there, more, allowed): (u64, u64, u64),
) {
    if there + more <= allowed {
        return;
    }
    let room = usize::try_from(allowed.saturating_sub(there)).unwrap_or_default();
    let Some(first) = new.get(room).or_else(|| new.last()) else { return };
    let has = match there {
        0 => format!("{more} would be made"),
        there => format!("it has {there}, and {more} more would be made"),
    };
    let message = format!("{place} may have {allowed} {noun}; {has}");
    outlook.find(rules::QUOTA_REACHED, first, "", message);
}

/// What the account may have, where Service Quotas tells: its own value, else the default.
async fn allowed(target: &Target, service: &str, code: &str) -> Result<Option<u64>, AwsError> {
    let wanted = json!({ "ServiceCode": service, "QuotaCode": code });
    let calls = target.calls();
    let answer = match calls.json(QUOTAS, "GetServiceQuota", wanted.clone()).await {
        Err(error) if is_missing(&error) => {
            calls.json(QUOTAS, "GetAWSDefaultServiceQuota", wanted).await?
        }
        other => other?,
    };
    Ok(find(&answer, "Quota/Value").and_then(number))
}

/// A whole number, which AWS writes as `5.0`.
fn number(node: &Node) -> Option<u64> {
    let text = node.to_json();
    text.trim_matches('"').split('.').next()?.parse().ok()
}

async fn count(target: &Target, quota: &Quota) -> Result<u64, AwsError> {
    let (service, operation, list) = match quota.count {
        Count::Buckets => return target.s3().count().await,
        Count::Stacks => (CLOUDFORMATION, "DescribeStacks", "Stacks"),
        Count::List(service, operation, list) => (service, operation, list),
    };
    let all = target.calls().query_all(service, operation, &[], list).await?;
    let same = |it: &&Node| quota.kind.is_empty() || text_of(it, "Type") == quota.kind;
    Ok(all.iter().filter(same).count() as u64)
}

async fn of_iam(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let new_of = |type_name: &str| -> Vec<&Planned<'_>> {
        forecast.planned.iter().filter(|it| it.is_new() && it.type_name == type_name).collect()
    };
    let wanted: Vec<_> = OF_IAM.iter().map(|row| (row, new_of(row.0))).collect();
    if wanted.iter().all(|(_, new)| new.is_empty()) {
        return Ok(());
    }
    let answer = forecast.target.calls().query(IAM, "GetAccountSummary", &[]).await;
    let Some(answer) = outlook.answer("the quotas of IAM", answer)? else { return Ok(()) };
    let entries = items(&answer, "SummaryMap");
    let value = |key: &str| {
        let entry = entries.iter().find(|entry| text_of(entry, "key") == key)?;
        entry.get("value").and_then(number)
    };
    for ((type_name, key), new) in wanted.iter().filter(|(_, new)| !new.is_empty()) {
        if let (Some(there), Some(allowed)) = (value(key), value(&format!("{key}Quota"))) {
            compare(forecast, outlook, type_name, new, (there, new.len() as u64, allowed));
        }
    }
    Ok(())
}

/// Notebooks have a quota for each type of instance.
async fn notebooks(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    const TYPE: &str = "AWS::SageMaker::NotebookInstance";
    let mut new: BTreeMap<&str, Vec<&Planned<'_>>> = BTreeMap::new();
    for resource in forecast.planned.iter().filter(|it| it.is_new() && it.type_name == TYPE) {
        if let Some(instance_type) = resource.text("InstanceType") {
            new.entry(instance_type).or_default().push(resource);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let calls = forecast.target.calls();
    let page = Map::new().with("ServiceCode", "sagemaker").with("MaxResults", 100);
    let quotas = calls.json_all(QUOTAS, "ListServiceQuotas", page, "Quotas");
    let page = Map::new().with("MaxResults", 100);
    let there = calls.json_all(SAGEMAKER, "ListNotebookInstances", page, "NotebookInstances");
    let (quotas, there) = join(quotas, there).await;
    let quotas = outlook.answer("the quotas of notebooks", quotas)?;
    let there = outlook.answer("how many notebooks there are", there)?;
    let (Some(quotas), Some(there)) = (quotas, there) else { return Ok(()) };
    for (instance_type, new) in &new {
        let wanted = format!("{instance_type} for notebook instance usage");
        let quota = quotas.iter().find(|quota| text_of(quota, "QuotaName") == wanted);
        let Some(allowed) = quota.and_then(|it| it.get("Value")).and_then(number) else { continue };
        let same = there.iter().filter(|it| text_of(it, "InstanceType") == *instance_type);
        let numbers = (same.count() as u64, new.len() as u64, allowed);
        compare(forecast, outlook, &format!("{TYPE} {instance_type}"), new, numbers);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_however_they_are_written() {
        assert_eq!(number(&json!(5.0)), Some(5));
        assert_eq!(number(&json!("1000")), Some(1000));
        assert_eq!(number(&json!("many")), None);
    }
}
