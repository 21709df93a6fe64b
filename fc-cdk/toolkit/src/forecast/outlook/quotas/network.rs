//! Quotas of single networks, zones and security groups: <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::Node;

use super::{
    super::{
        Forecast, Outlook,
        resources::{Planned, referred},
    },
    allowed, compare_in,
};
use crate::aws::{
    call::{EC2, text_of},
    error::AwsError,
};

/// What there is of a type in each VPC.
struct PerVpc {
    type_name: &'static str,
    /// The value of `VpcEndpointType`, where only those of one kind count.
    kind: &'static str,
    noun: &'static str,
    code: &'static str,
    operation: &'static str,
    list: &'static str,
    /// How many a new VPC has by itself.
    own: u64,
}

const PER_VPC: [PerVpc; 3] = [
    PerVpc {
        type_name: "AWS::EC2::Subnet",
        kind: "",
        noun: "subnets",
        code: "L-407747CB",
        operation: "DescribeSubnets",
        list: "subnetSet",
        own: 0,
    },
    PerVpc {
        type_name: "AWS::EC2::RouteTable",
        kind: "",
        noun: "route tables",
        code: "L-589F43AA",
        operation: "DescribeRouteTables",
        list: "routeTableSet",
        own: 1,
    },
    PerVpc {
        type_name: "AWS::EC2::VPCEndpoint",
        kind: "Interface",
        noun: "interface endpoints",
        code: "L-29B6F2EB",
        operation: "DescribeVpcEndpoints",
        list: "vpcEndpointSet",
        own: 0,
    },
];

const NAT_GATEWAYS: &str = "L-FE5A380F";
const RULES: &str = "L-0EA8095F";

/// All checks of this module.
pub(super) async fn check(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    for quota in &PER_VPC {
        per_vpc(forecast, outlook, quota).await?;
    }
    nat_gateways(forecast, outlook).await?;
    rules(forecast, outlook).await
}

/// Where something is: a thing that is there by its identifier, or one of a stack of the app.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Around<'f> {
    Identifier(&'f str),
    /// The stack's artifact id, and the logical id.
    New(&'f str, &'f str),
}

impl Around<'_> {
    fn name(&self) -> &str {
        match self {
            Around::Identifier(name) | Around::New(_, name) => name,
        }
    }
}

/// What a property names: an identifier, or a resource of the same stack that is made with this deploy. Nobody knows here how those are
/// called that are deployed.
fn around<'f>(
    forecast: &'f Forecast<'_>,
    resource: &'f Planned<'_>,
    property: &str,
) -> Option<Around<'f>> {
    if let Some(identifier) = resource.text(property) {
        return Some(Around::Identifier(identifier));
    }
    let made = forecast.sibling(resource, resource.refers_to(property)?)?;
    made.is_new().then(|| Around::New(made.stack.artifact_id(), made.logical_id))
}

async fn per_vpc(
    forecast: &Forecast<'_>,
    outlook: &mut Outlook,
    quota: &PerVpc,
) -> Result<(), AwsError> {
    let is_of = |it: &&Planned<'_>| {
        it.is_new()
            && it.type_name == quota.type_name
            && (quota.kind.is_empty() || it.text("VpcEndpointType") == Some(quota.kind))
    };
    let mut by_vpc: BTreeMap<Around<'_>, Vec<&Planned<'_>>> = BTreeMap::new();
    for resource in forecast.planned.iter().filter(is_of) {
        if let Some(vpc) = around(forecast, resource, "VpcId") {
            by_vpc.entry(vpc).or_default().push(resource);
        }
    }
    if by_vpc.is_empty() {
        return Ok(());
    }
    let noun = quota.noun;
    let most = allowed(forecast.target, "vpc", quota.code).await;
    let what = format!("the quota of {noun} of a VPC");
    let Some(Some(most)) = outlook.answer(&what, most)? else { return Ok(()) };
    for (vpc, new) in by_vpc {
        let there = match vpc {
            Around::New(..) => quota.own,
            Around::Identifier(id) => {
                let mut filter = vec![("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", id)];
                if !quota.kind.is_empty() {
                    filter.push(("Filter.2.Name", "vpc-endpoint-type"));
                    filter.push(("Filter.2.Value.1", quota.kind));
                }
                let calls = forecast.target.calls();
                let list = calls.query_all(EC2, quota.operation, &filter, quota.list).await;
                let what = format!("how many {noun} `{id}` has");
                let Some(list) = outlook.answer(&what, list)? else { continue };
                list.len() as u64
            }
        };
        let place = format!("the VPC `{}`", vpc.name());
        compare_in(outlook, &place, noun, &new, (there, new.len() as u64, most));
    }
    Ok(())
}

/// NAT gateways that are to be made, by the zones of their subnets.
async fn nat_gateways(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    const TYPE: &str = "AWS::EC2::NatGateway";
    let mut by_zone: BTreeMap<&str, Vec<&Planned<'_>>> = BTreeMap::new();
    let mut by_subnet: BTreeMap<&str, Vec<&Planned<'_>>> = BTreeMap::new();
    for resource in forecast.planned.iter().filter(|it| it.is_new() && it.type_name == TYPE) {
        if let Some(id) = resource.text("SubnetId") {
            by_subnet.entry(id).or_default().push(resource);
            continue;
        }
        let subnet = resource.refers_to("SubnetId").and_then(|id| forecast.sibling(resource, id));
        if let Some(zone) = subnet.and_then(|subnet| subnet.text("AvailabilityZone")) {
            by_zone.entry(zone).or_default().push(resource);
        }
    }
    if by_zone.is_empty() && by_subnet.is_empty() {
        return Ok(());
    }
    let most = allowed(forecast.target, "vpc", NAT_GATEWAYS).await;
    let what = "the quota of NAT gateways of a zone";
    let Some(Some(most)) = outlook.answer(what, most)? else { return Ok(()) };
    let filter = [
        ("Filter.1.Name", "state"),
        ("Filter.1.Value.1", "pending"),
        ("Filter.1.Value.2", "available"),
        ("Filter.1.Value.3", "deleting"),
    ];
    let calls = forecast.target.calls();
    let there = calls.query_all(EC2, "DescribeNatGateways", &filter, "natGatewaySet").await;
    let there = outlook.answer("which NAT gateways there are", there)?;
    let Some(there) = there else { return Ok(()) };
    let subnets: BTreeSet<&str> =
        there.iter().map(|it| text_of(it, "subnetId")).filter(|id| !id.is_empty()).collect();
    let zones =
        zones(forecast, outlook, subnets.union(&by_subnet.keys().copied().collect())).await?;
    let Some(zones) = zones else { return Ok(()) };
    for (subnet, mut new) in by_subnet {
        if let Some((_, zone)) = zones.get_key_value(subnet) {
            by_zone.entry(zone).or_default().append(&mut new);
        }
    }
    for (zone, new) in by_zone {
        let own = there
            .iter()
            .filter(|it| zones.get(text_of(it, "subnetId")).is_some_and(|of| of.as_str() == zone));
        let numbers = (own.count() as u64, new.len() as u64, most);
        compare_in(outlook, &format!("the zone {zone}"), "NAT gateways", &new, numbers);
    }
    Ok(())
}

/// The zones of subnets that there are.
async fn zones<'n>(
    forecast: &Forecast<'_>,
    outlook: &mut Outlook,
    subnets: impl Iterator<Item = &'n &'n str>,
) -> Result<Option<BTreeMap<String, String>>, AwsError> {
    let mut zones = BTreeMap::new();
    let subnets: Vec<&str> = subnets.copied().collect();
    // So many values are taken at once.
    for part in subnets.chunks(200) {
        let names: Vec<String> =
            (1..=part.len()).map(|it| format!("Filter.1.Value.{it}")).collect();
        let mut filter = vec![("Filter.1.Name", "subnet-id")];
        filter.extend(names.iter().zip(part).map(|(name, id)| (name.as_str(), *id)));
        let calls = forecast.target.calls();
        let list = calls.query_all(EC2, "DescribeSubnets", &filter, "subnetSet").await;
        let list = outlook.answer("the zones of subnets with NAT gateways", list)?;
        let Some(list) = list else { return Ok(None) };
        let text = |node: &Node, name: &str| text_of(node, name).to_owned();
        zones.extend(list.iter().map(|it| (text(it, "subnetId"), text(it, "availabilityZone"))));
    }
    Ok(Some(zones))
}

/// How many rules a security group has in one direction. Those of IPv4 and IPv6 are counted apart, and one that names a group is of both.
#[derive(Clone, Copy, Default)]
struct Count {
    v4: u64,
    v6: u64,
}

impl Count {
    fn of(four: bool, six: bool, group: bool) -> Count {
        Count { v4: u64::from(four || group), v6: u64::from(six || group) }
    }

    /// What a rule of a template counts; one by a list of prefixes counts more than can be seen here.
    fn of_rule(rule: &Node, group: &str) -> Count {
        Count::of(
            rule.get("CidrIp").is_some(),
            rule.get("CidrIpv6").is_some(),
            rule.get(group).is_some(),
        )
    }

    fn add(&mut self, other: Count) {
        self.v4 += other.v4;
        self.v6 += other.v6;
    }
}

/// The directions: the list of a group, the type of single rules, the property by which rules name another group, and what people say.
const DIRECTIONS: [(&str, &str, &str, &str); 2] = [
    (
        "SecurityGroupIngress",
        "AWS::EC2::SecurityGroupIngress",
        "SourceSecurityGroupId",
        "inbound rules",
    ),
    (
        "SecurityGroupEgress",
        "AWS::EC2::SecurityGroupEgress",
        "DestinationSecurityGroupId",
        "outbound rules",
    ),
];

/// The rules of the security groups of the stacks, as they are going to be, and what is added to those that are there.
async fn rules(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    struct Group<'f> {
        /// What is going to be made of it.
        new: Vec<&'f Planned<'f>>,
        count: Count,
    }
    let mut groups: BTreeMap<(Around<'_>, usize), Group<'_>> = BTreeMap::new();
    for (direction, (list, type_name, property, _)) in DIRECTIONS.iter().enumerate() {
        for resource in &forecast.planned {
            if resource.type_name == "AWS::EC2::SecurityGroup" {
                let rules = resource.node(list).and_then(Node::as_list);
                let mut count = Count::default();
                rules.into_iter().flatten().for_each(|it| count.add(Count::of_rule(it, property)));
                // Without rules of its own everything is let out, by one.
                if *list == "SecurityGroupEgress" && resource.node(list).is_none() {
                    count.v4 = 1;
                }
                let key = Around::New(resource.stack.artifact_id(), resource.logical_id);
                let differs =
                    resource.deployed.as_ref().is_none_or(|it| *it != resource.properties);
                let group = groups.entry((key, direction));
                let group = group.or_insert(Group { new: Vec::new(), count: Count::default() });
                group.count.add(count);
                group.new.extend(differs.then_some(resource));
            } else if resource.type_name == *type_name {
                let key = match (resource.text("GroupId"), resource.node("GroupId")) {
                    // What is there of it is asked for.
                    (Some(_), _) if !resource.is_new() => continue,
                    (Some(id), _) => Around::Identifier(id),
                    (None, node) => {
                        let made = node.and_then(referred);
                        let Some(made) = made.and_then(|id| forecast.sibling(resource, id)) else {
                            continue;
                        };
                        Around::New(made.stack.artifact_id(), made.logical_id)
                    }
                };
                let group = groups.entry((key, direction));
                let group = group.or_insert(Group { new: Vec::new(), count: Count::default() });
                let rule = Node::Map(resource.properties.clone());
                group.count.add(Count::of_rule(&rule, property));
                group.new.extend(resource.is_new().then_some(resource));
            }
        }
    }
    groups.retain(|_, group| !group.new.is_empty() && group.count.v4 + group.count.v6 > 0);
    if groups.is_empty() {
        return Ok(());
    }
    let most = allowed(forecast.target, "vpc", RULES).await;
    let what = "the quota of rules of a security group";
    let Some(Some(most)) = outlook.answer(what, most)? else { return Ok(()) };
    for ((key, direction), group) in groups {
        let mut there = Count::default();
        if let Around::Identifier(id) = key {
            let filter = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", id)];
            let operation = "DescribeSecurityGroupRules";
            let calls = forecast.target.calls();
            let list = calls.query_all(EC2, operation, &filter, "securityGroupRuleSet").await;
            let what = format!("which rules `{id}` has");
            let Some(list) = outlook.answer(&what, list)? else { continue };
            let is_out = if direction == 1 { "true" } else { "false" };
            for rule in list.iter().filter(|it| text_of(it, "isEgress") == is_out) {
                let has = |name: &str| rule.get(name).is_some();
                let four = !text_of(rule, "cidrIpv4").is_empty();
                let six = !text_of(rule, "cidrIpv6").is_empty();
                there.add(Count::of(four, six, has("referencedGroupInfo")));
            }
        }
        let place = format!("the security group `{}`", key.name());
        let noun = DIRECTIONS[direction].3;
        for (version, there, more) in
            [("IPv4", there.v4, group.count.v4), ("IPv6", there.v6, group.count.v6)]
        {
            let noun = format!("{noun} of {version}");
            compare_in(outlook, &place, &noun, &group.new, (there, more, most));
        }
    }
    Ok(())
}
