//! VPCs, subnets and security groups that are named by their identifiers, and target groups.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::Node;

use super::{
    Forecast, Outlook,
    resources::{Planned, referred},
    servers::{Listed, found},
};
use crate::{
    aws::{
        call::{EC2, text_of},
        error::AwsError,
    },
    forecast::rules,
};

/// What identifiers begin with, what they are for people, and how they are listed.
const KINDS: [(&str, &str, Listed); 3] = [
    (
        "vpc-",
        "VPC",
        Listed {
            noun: "VPCs",
            operation: "DescribeVpcs",
            filter: "vpc-id",
            list: "vpcSet",
            name: "vpcId",
        },
    ),
    (
        "subnet-",
        "subnet",
        Listed {
            noun: "subnets",
            operation: "DescribeSubnets",
            filter: "subnet-id",
            list: "subnetSet",
            name: "subnetId",
        },
    ),
    (
        "sg-",
        "security group",
        Listed {
            noun: "security groups",
            operation: "DescribeSecurityGroups",
            filter: "group-id",
            list: "securityGroupInfo",
            name: "groupId",
        },
    ),
];

/// All checks of this module.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let mut vpcs: BTreeMap<String, String> = BTreeMap::new();
    for (prefix, noun, listed) in &KINDS {
        let mut named = forecast.literals(prefix);
        named.retain(|id, _| {
            let rest = id.trim_start_matches(prefix);
            !rest.is_empty() && rest.chars().all(|it| it.is_ascii_hexdigit())
        });
        let ids: BTreeSet<&str> = named.keys().copied().collect();
        let all = found(forecast, &mut outlook, listed, ids).await?.unwrap_or_default();
        for (id, one) in all {
            match (one, named.get(id)) {
                (Some(one), _) => {
                    vpcs.insert(id.to_owned(), text_of(&one, "vpcId").to_owned());
                }
                (None, Some(places)) => {
                    let message =
                        format!("there is no {noun} `{id}` in {}", forecast.target.name());
                    outlook.find_all(rules::MISSING_NETWORK_RESOURCE, places, &message);
                }
                (None, None) => {}
            }
        }
    }
    one_vpc(forecast, &vpcs, &mut outlook);
    default_vpc(forecast, &mut outlook).await?;
    target_groups(forecast, &mut outlook);
    Ok(outlook)
}

/// The subnets and security groups that a resource names must be of one VPC: those that are there, and those of its stack.
fn one_vpc(forecast: &Forecast<'_>, vpcs: &BTreeMap<String, String>, outlook: &mut Outlook) {
    // Rules may name groups of a VPC that is connected.
    let is_rule = |it: &&Planned<'_>| it.type_name.starts_with("AWS::EC2::SecurityGroup");
    for resource in forecast.planned.iter().filter(|it| !is_rule(it)) {
        let mut named = Vec::new();
        for (key, value) in resource.properties.iter() {
            walk(value, key.to_string(), &mut named);
        }
        let mut first: BTreeMap<bool, (String, String)> = BTreeMap::new();
        for (path, node) in named {
            let Some((is_made, name, vpc)) = member(forecast, resource, node, vpcs) else {
                continue;
            };
            match first.get(&is_made) {
                None => {
                    first.insert(is_made, (name, vpc));
                }
                Some((other, of)) if *of != vpc => {
                    let message = format!("`{name}` is of `{vpc}`, but `{other}` of `{of}`");
                    let rule = rules::SECURITY_GROUP_OF_OTHER_VPC;
                    outlook.find(rule, resource, &path, message);
                    break;
                }
                Some(_) => {}
            }
        }
    }
}

/// A subnet or security group: whether the stack makes it, its name, and its VPC.
fn member(
    forecast: &Forecast<'_>,
    resource: &Planned<'_>,
    node: &Node,
    vpcs: &BTreeMap<String, String>,
) -> Option<(bool, String, String)> {
    if let Some(id) = node.as_str() {
        let vpc = vpcs.get(id).filter(|_| !id.starts_with("vpc-"))?;
        return Some((false, id.to_owned(), vpc.clone())).filter(|(.., vpc)| !vpc.is_empty());
    }
    let made = forecast.sibling(resource, referred(node)?)?;
    if !matches!(made.type_name, "AWS::EC2::Subnet" | "AWS::EC2::SecurityGroup") {
        return None;
    }
    let name = made.logical_id.to_owned();
    if let Some(vpc) = made.text("VpcId") {
        return Some((false, name, vpc.to_owned()));
    }
    let vpc = forecast.sibling(made, made.refers_to("VpcId")?)?;
    (vpc.type_name == "AWS::EC2::VPC").then(|| (true, name, vpc.logical_id.to_owned()))
}

/// All texts and references, with their paths.
fn walk<'n>(node: &'n Node, path: String, found: &mut Vec<(String, &'n Node)>) {
    match node {
        Node::Str(_) => found.push((path, node)),
        Node::Map(_) if node.is_deferred() => found.push((path, node)),
        Node::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, format!("{path}.{index}"), found);
            }
        }
        Node::Map(map) => {
            map.iter().for_each(|(key, value)| walk(value, format!("{path}.{key}"), found));
        }
        _ => {}
    }
}

/// Security groups without a VPC are made in the default one.
async fn default_vpc(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let is_without = |type_name: &str| type_name == "AWS::EC2::SecurityGroup";
    let mut without = forecast
        .planned
        .iter()
        .filter(|it| is_without(it.type_name) && it.is_new())
        .filter(|it| !it.properties.contains_key("VpcId"))
        .peekable();
    if without.peek().is_none() {
        return Ok(());
    }
    let filter = [("Filter.1.Name", "is-default"), ("Filter.1.Value.1", "true")];
    let answer = forecast.target.calls().query_all(EC2, "DescribeVpcs", &filter, "vpcSet").await;
    let Some(answer) = outlook.answer("the default VPC", answer)? else { return Ok(()) };
    if answer.is_empty() {
        for resource in without {
            let message = format!("{} has no default VPC", forecast.target.name());
            outlook.find(rules::NO_DEFAULT_VPC, resource, "VpcId", message);
        }
    }
    Ok(())
}

/// Servers of a group can only be targets as instances; and a port that stands for a protocol is seldom meant for another one.
fn target_groups(forecast: &Forecast<'_>, outlook: &mut Outlook) {
    for resource in &forecast.planned {
        match resource.type_name {
            "AWS::ElasticLoadBalancingV2::TargetGroup" => {
                let protocol = resource.text("Protocol").unwrap_or_default();
                let usual = match (resource.number("Port"), protocol) {
                    (Some(443), "HTTP") => "HTTPS",
                    (Some(80), "HTTPS") => "HTTP",
                    _ => continue,
                };
                let port = if usual == "HTTPS" { 443 } else { 80 };
                let message = format!(
                    "targets are spoken to by {protocol} on port {port}, which is that of {usual}"
                );
                outlook.find(rules::PORT_OF_OTHER_PROTOCOL, resource, "Protocol", message);
            }
            "AWS::AutoScaling::AutoScalingGroup" => {
                let arns = resource.node("TargetGroupARNs").and_then(Node::as_list);
                for (index, arn) in arns.into_iter().flatten().enumerate() {
                    let group = referred(arn).and_then(|id| forecast.sibling(resource, id));
                    let Some(group) = group else { continue };
                    let kind = group.text("TargetType").unwrap_or("instance");
                    if kind != "instance" {
                        let message = format!(
                            "the targets of `{}` are of the kind `{kind}`, and servers of a group are instances",
                            group.logical_id
                        );
                        let property = format!("TargetGroupARNs.{index}");
                        outlook.find(rules::TARGETS_OF_OTHER_KIND, resource, &property, message);
                    }
                }
            }
            _ => {}
        }
    }
}
