//! VPCs, subnets and security groups that are named by their identifiers.

use std::collections::BTreeMap;

use fc_cdk_core::Node;

use super::{Forecast, is_missing, resources};
use crate::aws::{
    call::{EC2, items, text_of},
    error::AwsError,
};
use crate::forecast::rules;

/// What identifiers begin with, what they are, and how they are looked up: operation, parameter, list of the answer.
const KINDS: [(&str, &str, &str, &str, &str); 3] = [
    ("vpc-", "VPC", "DescribeVpcs", "VpcId.1", "vpcSet"),
    ("subnet-", "subnet", "DescribeSubnets", "SubnetId.1", "subnetSet"),
    ("sg-", "security group", "DescribeSecurityGroups", "GroupId.1", "securityGroupInfo"),
];

/// All checks of this module.
pub(super) async fn check(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let mut vpcs = BTreeMap::new();
    for (prefix, noun, operation, parameter, list) in KINDS {
        for (id, places) in forecast.literals(prefix) {
            let hexadecimal =
                id.trim_start_matches(prefix).chars().all(|it| it.is_ascii_hexdigit());
            if !hexadecimal {
                continue;
            }
            let calls = forecast.target.calls();
            let answer = match calls.query(EC2, operation, &[(parameter, id.as_str())]).await {
                Err(error) if is_missing(&error) => Ok(Node::Null),
                other => other,
            };
            let Some(answer) = forecast.answer(&format!("the {noun} `{id}`"), answer)? else {
                continue;
            };
            match items(&answer, list).first() {
                Some(found) => {
                    vpcs.insert(id, text_of(found, "vpcId").to_owned());
                }
                None => {
                    let message =
                        format!("there is no {noun} `{id}` in {}", forecast.target.name());
                    forecast.find_all(rules::MISSING_NETWORK_RESOURCE, &places, &message);
                }
            }
        }
    }
    one_vpc(forecast, &vpcs);
    default_vpc(forecast).await
}

/// What a resource names must be of one VPC.
fn one_vpc(forecast: &mut Forecast<'_>, vpcs: &BTreeMap<String, String>) {
    let mut mixed = Vec::new();
    for resource in &forecast.planned {
        let mut first: Option<(&str, &String)> = None;
        for (path, text) in resources::literals(resource) {
            let Some(vpc) = vpcs.get(text).filter(|vpc| !vpc.is_empty()) else { continue };
            match first {
                None => first = Some((text, vpc)),
                Some((other, of)) if of != vpc => {
                    let message = format!("`{text}` is of `{vpc}`, but `{other}` of `{of}`");
                    mixed.push((resource.logical_id.to_owned(), path, message));
                    break;
                }
                Some(_) => {}
            }
        }
    }
    for (logical_id, path, message) in mixed {
        forecast.find(rules::SECURITY_GROUP_OF_OTHER_VPC, &logical_id, &path, message);
    }
}

/// Security groups without a VPC are made in the default one.
async fn default_vpc(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let without: Vec<String> = forecast
        .planned
        .iter()
        .filter(|it| it.type_name == "AWS::EC2::SecurityGroup" && it.is_new)
        .filter(|it| !it.properties.contains_key("VpcId"))
        .map(|it| it.logical_id.to_owned())
        .collect();
    if without.is_empty() {
        return Ok(());
    }
    let filter = [("Filter.1.Name", "is-default"), ("Filter.1.Value.1", "true")];
    let answer = forecast.target.calls().query(EC2, "DescribeVpcs", &filter).await;
    let Some(answer) = forecast.answer("the default VPC", answer)? else { return Ok(()) };
    if items(&answer, "vpcSet").is_empty() {
        for logical_id in without {
            let message = format!("{} has no default VPC", forecast.target.name());
            forecast.find(rules::NO_DEFAULT_VPC, &logical_id, "VpcId", message);
        }
    }
    Ok(())
}
