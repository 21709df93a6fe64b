//! How many of some kinds an account may have in a region.

use fc_cdk_core::{Map, Node, json};

use super::{Forecast, resources};
use crate::aws::{
    call::{EC2, ELB, IAM, QUOTAS, RDS, SAGEMAKER, Service, find, items, text_of},
    error::AwsError,
};
use crate::forecast::rules;

/// A quota: the type it is about, its service and code in Service Quotas, and how what is there is counted: service, operation, list of
/// the answer. See <https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html>.
struct Quota {
    type_name: &'static str,
    service: &'static str,
    code: &'static str,
    count: (Service, &'static str, &'static str),
}

const ALL: [Quota; 7] = [
    Quota {
        type_name: "AWS::EC2::VPC",
        service: "vpc",
        code: "L-F678F1CE",
        count: (EC2, "DescribeVpcs", "vpcSet"),
    },
    Quota {
        type_name: "AWS::EC2::InternetGateway",
        service: "vpc",
        code: "L-A4707A72",
        count: (EC2, "DescribeInternetGateways", "internetGatewaySet"),
    },
    Quota {
        type_name: "AWS::EC2::EgressOnlyInternetGateway",
        service: "vpc",
        code: "L-45FE3B85",
        count: (EC2, "DescribeEgressOnlyInternetGateways", "egressOnlyInternetGatewaySet"),
    },
    Quota {
        type_name: "AWS::EC2::EIP",
        service: "ec2",
        code: "L-0263D0A3",
        count: (EC2, "DescribeAddresses", "addressesSet"),
    },
    Quota {
        type_name: "AWS::RDS::DBInstance",
        service: "rds",
        code: "L-7B6409FD",
        count: (RDS, "DescribeDBInstances", "DBInstances"),
    },
    Quota {
        type_name: "AWS::RDS::DBCluster",
        service: "rds",
        code: "L-952B80B8",
        count: (RDS, "DescribeDBClusters", "DBClusters"),
    },
    Quota {
        type_name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        service: "elasticloadbalancing",
        code: "L-53DA6B97",
        count: (ELB, "DescribeLoadBalancers", "LoadBalancers"),
    },
];

/// No account has more pages than that of what is counted here.
const MOST_PAGES: usize = 50;

/// All checks of this module.
pub(super) async fn check(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let new: Vec<(String, u64)> = resources::new_by_type(&forecast.planned)
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect();
    for (type_name, more) in &new {
        if let Some(quota) = ALL.iter().find(|quota| quota.type_name == type_name) {
            let Some(allowed) = allowed(forecast, quota).await? else { continue };
            let what = format!("how many {type_name} there are");
            let counted = count(forecast, quota).await;
            if let Some(there) = forecast.answer(&what, counted)? {
                compare(forecast, type_name, there, *more, allowed);
            }
        }
    }
    if let Some((type_name, more)) = new.iter().find(|(name, _)| name == "AWS::IAM::Role") {
        roles(forecast, type_name, *more).await?;
    }
    notebooks(forecast).await
}

/// Notes it where more than allowed would be there, at the first resource that is too much.
fn compare(forecast: &mut Forecast<'_>, type_name: &str, there: u64, more: u64, allowed: u64) {
    if there + more <= allowed {
        return;
    }
    let mut new = forecast.planned.iter().filter(|it| it.is_new && it.type_name == type_name);
    let room = usize::try_from(allowed.saturating_sub(there)).unwrap_or_default();
    let Some(first) = new.nth(room).map(|it| it.logical_id.to_owned()) else { return };
    let name = forecast.target.name();
    let message = format!(
        "{name} may have {allowed} {type_name}; it has {there}, and {more} more would be made"
    );
    forecast.find(rules::QUOTA_REACHED, &first, "", message);
}

/// What the account may have, where Service Quotas tells.
async fn allowed(forecast: &mut Forecast<'_>, quota: &Quota) -> Result<Option<u64>, AwsError> {
    let wanted = json!({ "ServiceCode": quota.service, "QuotaCode": quota.code });
    let answer = forecast.target.calls().json(QUOTAS, "GetServiceQuota", wanted).await;
    let what = format!("the quota of {}", quota.type_name);
    let answer = forecast.answer(&what, answer)?;
    Ok(answer.as_ref().and_then(|answer| find(answer, "Quota/Value")).and_then(number))
}

/// A whole number, which AWS writes as `5.0`.
fn number(node: &Node) -> Option<u64> {
    let text = node.to_json();
    text.trim_matches('"').split('.').next()?.parse().ok()
}

async fn count(forecast: &Forecast<'_>, quota: &Quota) -> Result<u64, AwsError> {
    let (service, operation, list) = quota.count;
    let mut count = 0;
    let mut marker = String::new();
    for _ in 0..MOST_PAGES {
        let page = [("Marker", marker.as_str())];
        let parameters = if marker.is_empty() { &[][..] } else { &page[..] };
        let answer = forecast.target.calls().query(service, operation, parameters).await?;
        let there = items(&answer, list);
        count += there.iter().filter(|it| matches!(text_of(it, "Type"), "" | "application")).count()
            as u64;
        let next = [text_of(&answer, "Marker"), text_of(&answer, "NextMarker")].concat();
        if next.is_empty() {
            break;
        }
        marker = next;
    }
    Ok(count)
}

/// IAM tells both numbers itself.
async fn roles(forecast: &mut Forecast<'_>, type_name: &str, more: u64) -> Result<(), AwsError> {
    let answer = forecast.target.calls().query(IAM, "GetAccountSummary", &[]).await;
    let Some(answer) = forecast.answer("the quota of AWS::IAM::Role", answer)? else {
        return Ok(());
    };
    let entries = items(&answer, "SummaryMap");
    let value = |key: &str| {
        let entry = entries.iter().find(|entry| text_of(entry, "key") == key)?;
        entry.get("value").and_then(number)
    };
    if let (Some(there), Some(allowed)) = (value("Roles"), value("RolesQuota")) {
        compare(forecast, type_name, there, more, allowed);
    }
    Ok(())
}

/// Notebooks have a quota for each type of instance.
async fn notebooks(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    const TYPE: &str = "AWS::SageMaker::NotebookInstance";
    let new: Vec<String> = forecast
        .planned
        .iter()
        .filter(|it| it.is_new && it.type_name == TYPE)
        .filter_map(|it| it.text("InstanceType").map(str::to_owned))
        .collect();
    let Some(instance_type) = new.first() else { return Ok(()) };
    let wanted = format!("{instance_type} for notebook instance usage");
    let calls = forecast.target.calls();
    let mut allowed = None;
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut page = Map::new().with("ServiceCode", "sagemaker").with("MaxResults", 100);
        if let Some(token) = &token {
            page.insert("NextToken", token.as_str());
        }
        let answer = calls.json(QUOTAS, "ListServiceQuotas", page.into()).await;
        let Some(answer) = forecast.answer("the quotas of notebooks", answer)? else {
            return Ok(());
        };
        let quotas = items(&answer, "Quotas");
        let found = quotas.into_iter().find(|quota| text_of(quota, "QuotaName") == wanted);
        allowed = found.and_then(|quota| quota.get("Value")).and_then(number);
        token = Some(text_of(&answer, "NextToken").to_owned()).filter(|token| !token.is_empty());
        if allowed.is_some() || token.is_none() {
            break;
        }
    }
    let Some(allowed) = allowed else { return Ok(()) };
    let there = calls.json(SAGEMAKER, "ListNotebookInstances", json!({ "MaxResults": 100 })).await;
    let Some(there) = forecast.answer("how many notebooks there are", there)? else {
        return Ok(());
    };
    let same = items(&there, "NotebookInstances").into_iter();
    let same = same.filter(|it| text_of(it, "InstanceType") == instance_type).count() as u64;
    let more = new.iter().filter(|it| *it == instance_type).count() as u64;
    compare(forecast, TYPE, same, more, allowed);
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
