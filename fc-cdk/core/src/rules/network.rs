//! Addresses, subnets, routes and security groups.

use super::{
    cidr::Cidr,
    findings::Findings,
    known::{self, Known, is_open, items, literal, look},
    model::{Model, Resource},
};
use crate::{
    codes,
    node::{Map, Node},
};

const DB_SUBNETS: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html#USER_VPC.Subnets";

/// The rules of one resource.
pub(super) fn check_resource(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    match resource.type_name {
        "AWS::EC2::VPC" | "AWS::EC2::VPCCidrBlock" | "AWS::EC2::Subnet" => {
            addresses(resource, properties, "CidrBlock", "", findings);
            addresses(resource, properties, "Ipv6CidrBlock", "", findings);
            let size = cidr(properties, "CidrBlock").filter(|cidr| !cidr.is_v6);
            if let Some(size) = size.filter(|cidr| !(16..=28).contains(&cidr.prefix)) {
                let message = format!("`/{}` is not a size that AWS takes", size.prefix);
                findings.add(resource, codes::SUBNET_SIZE, "CidrBlock", message);
            }
            if resource.type_name == "AWS::EC2::Subnet"
                && let Some(vpc) = properties.get("VpcId")
            {
                within_vpc(model, resource, vpc, findings);
            }
        }
        "AWS::EC2::Route" => {
            addresses(resource, properties, "DestinationCidrBlock", "", findings);
            addresses(resource, properties, "DestinationIpv6CidrBlock", "", findings);
            route(resource, findings);
        }
        "AWS::EC2::NetworkAclEntry" => {
            addresses(resource, properties, "CidrBlock", "", findings);
            addresses(resource, properties, "Ipv6CidrBlock", "", findings);
        }
        "AWS::EC2::SecurityGroup" => {
            for list in ["SecurityGroupIngress", "SecurityGroupEgress"] {
                for (index, rule) in items(properties, list).iter().enumerate() {
                    if let Node::Map(rule) = rule
                        && !rule.keys().any(|key| key.starts_with("Fn::"))
                    {
                        let path = || format!("{list}.{index}");
                        let incoming = list == "SecurityGroupIngress";
                        security_rule(resource, rule, incoming, &path, findings);
                    }
                }
            }
        }
        "AWS::EC2::SecurityGroupIngress" => {
            security_rule(resource, properties, true, &String::new, findings);
        }
        "AWS::EC2::SecurityGroupEgress" => {
            security_rule(resource, properties, false, &String::new, findings);
        }
        "AWS::RDS::DBSubnetGroup" => zones(model, resource, "SubnetIds", findings),
        "AWS::ElasticLoadBalancingV2::LoadBalancer"
            if matches!(
                known::text(properties, "Type"),
                Known::Missing | Known::Is("application")
            ) =>
        {
            zones(model, resource, "Subnets", findings);
        }
        _ => {}
    }
}

fn cidr(properties: &Map, key: &str) -> Option<Cidr> {
    Cidr::parse(literal(properties, key)?)
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A range that has to be one.
fn addresses(resource: &Resource<'_>, map: &Map, key: &str, path: &str, findings: &mut Findings) {
    let Some(text) = literal(map, key) else { return };
    let wants_v6 = key.contains("Ipv6") || key.ends_with("v6");
    let message = match Cidr::parse(text) {
        Some(cidr) if cidr.is_v6 == wants_v6 => return,
        Some(_) => format!("`{text}` is a range of IPv{} addresses", if wants_v6 { 4 } else { 6 }),
        None => format!("`{text}` is no range of addresses"),
    };
    findings.add(resource, codes::BAD_CIDR, &join(path, key), message);
}

fn route(resource: &Resource<'_>, findings: &mut Findings) {
    const DESTINATIONS: &[&str] =
        &["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];
    const TARGETS: &[&str] = &[
        "CarrierGatewayId",
        "CoreNetworkArn",
        "EgressOnlyInternetGatewayId",
        "GatewayId",
        "InstanceId",
        "LocalGatewayId",
        "NatGatewayId",
        "NetworkInterfaceId",
        "OdbNetworkArn",
        "TransitGatewayId",
        "VpcEndpointId",
        "VpcPeeringConnectionId",
    ];
    for (what, keys) in [("destination", DESTINATIONS), ("target", TARGETS)] {
        let sure = keys.iter().filter(|key| is_set(resource.properties, key)).count();
        let none = keys.iter().all(|key| look(resource.properties, key) == Known::Missing);
        if none || sure > 1 {
            let number = if none { "no".to_owned() } else { sure.to_string() };
            let plural = if none { "" } else { "s" };
            let message = format!("the route has {number} {what}{plural}, one is needed");
            findings.add(resource, codes::ROUTE_TARGET, "", message);
        }
    }
}

/// Whether a property is certainly there: a function other than `Fn::If` gives a value, whatever it is.
fn is_set(properties: &Map, key: &str) -> bool {
    match properties.get(key) {
        None | Some(Node::Null) => false,
        Some(node) => match node.as_function() {
            Some(("Fn::If", _)) => false,
            Some(("Ref", target)) => target.as_str() != Some("AWS::NoValue"),
            _ => true,
        },
    }
}

/// One rule of a security group.
fn security_rule(
    resource: &Resource<'_>,
    rule: &Map,
    incoming: bool,
    path: &dyn Fn() -> String,
    findings: &mut Findings,
) {
    let range = ["CidrIp", "CidrIpv6"].into_iter().find(|key| rule.contains_key(key));
    if let Some(key) = range {
        let is_good = literal(rule, key).is_none_or(|text| {
            Cidr::parse(text).is_some_and(|cidr| cidr.is_v6 == (key == "CidrIpv6"))
        });
        if !is_good {
            addresses(resource, rule, key, &path(), findings);
        }
    }
    let protocol = match look(rule, "IpProtocol") {
        Known::Is(Node::Str(text)) => text.as_str(),
        Known::Is(Node::Int(-1)) => "-1",
        Known::Is(Node::Int(6)) => "tcp",
        Known::Is(Node::Int(17)) => "udp",
        _ => return,
    };
    let has_ports = matches!(protocol, "tcp" | "udp" | "6" | "17" | "TCP" | "UDP");
    let ports = (known::number(rule, "FromPort"), known::number(rule, "ToPort"));
    if has_ports && let (Some(from), Some(to)) = ports {
        // EC2 reads -1 to -1 as all ports.
        let all = from == -1.0 && to == -1.0;
        if !all && (from > to || from < 0.0 || to > 65535.0) {
            let message = format!("the ports go from {from} to {to}");
            findings.add(resource, codes::BAD_PORT_RANGE, &path(), message);
            return;
        }
    }
    let everybody = range
        .and_then(|key| literal(rule, key))
        .is_some_and(|text| Cidr::parse(text).is_some_and(Cidr::is_everything));
    if !incoming || !everybody {
        return;
    }
    let what = if protocol == "-1" {
        "every port of every protocol".to_owned()
    } else if has_ports {
        match ports {
            (Some(from), Some(to)) if from == to && (from == 80.0 || from == 443.0) => return,
            (Some(from), Some(to)) if from == to => format!("port {from}"),
            (Some(from), Some(to)) => format!("the ports {from} to {to}"),
            _ => return,
        }
    } else {
        return;
    };
    let message = format!("everybody may reach {what}");
    findings.add(resource, codes::OPEN_TO_THE_WORLD, &path(), message);
}

/// Subnets of one zone where two zones are needed.
fn zones(model: &Model<'_>, resource: &Resource<'_>, key: &str, findings: &mut Findings) {
    let Known::Is(Node::List(subnets)) = look(resource.properties, key) else { return };
    let mut zones = subnets.iter().map(|subnet| {
        let Some(("Ref", Node::Str(id))) = subnet.as_function() else { return None };
        let subnet = model.resource(id).filter(|other| other.type_name == "AWS::EC2::Subnet")?;
        subnet
            .properties
            .get("AvailabilityZone")
            .or_else(|| subnet.properties.get("AvailabilityZoneId"))
    });
    let Some(Some(first)) = zones.next() else { return };
    let conditional = matches!(first.as_function(), Some(("Fn::If", _)));
    if !conditional && zones.all(|zone| zone == Some(first)) {
        let message = "all subnets are in one Availability Zone, two are needed";
        let finding = findings.add(resource, codes::ONE_ZONE, key, message);
        if key == "SubnetIds" {
            finding.docs = Some(DB_SUBNETS.into());
        }
    }
}

/// The rules of subnets of one VPC.
pub(super) fn check_subnets(model: &Model<'_>, findings: &mut Findings) {
    let subnets: Vec<(&Resource<'_>, &Node)> = model
        .resources
        .iter()
        .filter(|resource| resource.type_name == "AWS::EC2::Subnet")
        .filter_map(|subnet| Some((subnet, subnet.properties.get("VpcId")?)))
        .collect();
    for (index, (subnet, vpc)) in subnets.iter().enumerate() {
        for key in ["CidrBlock", "Ipv6CidrBlock"] {
            let Some(range) = range_of(model, subnet.properties, key) else { continue };
            for (other, other_vpc) in &subnets[..index] {
                let shared = vpc == other_vpc
                    && range_of(model, other.properties, key)
                        .is_some_and(|other| other.overlaps(range))
                    && subnet.is_with(other);
                if shared {
                    let message = format!(
                        "{} overlaps {} of `{}`",
                        shown(subnet.properties, key),
                        shown(other.properties, key),
                        other.logical_id
                    );
                    findings.add(subnet, codes::CIDR_OVERLAP, key, message);
                }
            }
        }
    }
}

/// A range that is written down, or chosen from those that `Fn::Cidr` makes of a known one.
fn range_of(model: &Model<'_>, properties: &Map, key: &str) -> Option<Cidr> {
    let value = properties.get(key)?;
    if let Some(text) = value.as_str() {
        return Cidr::parse(text);
    }
    let ("Fn::Select", Node::List(parts)) = value.as_function()? else { return None };
    let [index, from] = parts.as_slice() else { return None };
    let ("Fn::Cidr", Node::List(arguments)) = from.as_function()? else { return None };
    let [whole, _, bits] = arguments.as_slice() else { return None };
    let whole = match whole.as_str() {
        Some(text) => Cidr::parse(text)?,
        None => match whole.as_function()? {
            ("Fn::GetAtt", _) => {
                let vpc = model.target(whole).filter(|vpc| vpc.type_name == "AWS::EC2::VPC")?;
                cidr(vpc.properties, "CidrBlock")?
            }
            _ => return None,
        },
    };
    let number = |node: &Node| known::as_number(node).filter(|number| number.fract() == 0.0);
    whole.part(number(index)? as usize, number(bits)? as u32)
}

/// For messages: the range as it stands, or that it is one of several.
fn shown(properties: &Map, key: &str) -> String {
    match literal(properties, key) {
        Some(text) => format!("`{text}`"),
        None => format!("the `{key}` that is chosen here"),
    }
}

/// A subnet among the addresses of its VPC, where all of these are known.
fn within_vpc(model: &Model<'_>, subnet: &Resource<'_>, vpc: &Node, findings: &mut Findings) {
    let Some(range) = cidr(subnet.properties, "CidrBlock") else { return };
    let Some(vpc) = model.target(vpc).filter(|vpc| vpc.type_name == "AWS::EC2::VPC") else {
        return;
    };
    let Some(main) = cidr(vpc.properties, "CidrBlock") else { return };
    let mut blocks = vec![main];
    for block in model.resources.iter().filter(|other| other.type_name == "AWS::EC2::VPCCidrBlock")
    {
        let of = block.properties.get("VpcId");
        match of.and_then(|of| model.target(of)) {
            Some(other) if other.logical_id != vpc.logical_id => {}
            _ => match block.properties.get("CidrBlock") {
                Some(cidr) if !is_open(cidr) => {
                    blocks.extend(cidr.as_str().and_then(Cidr::parse));
                }
                // A range that AWS chooses.
                _ => return,
            },
        }
    }
    if !blocks.iter().any(|block| block.contains(range)) {
        let message = format!(
            "`{}` is not within `{}` of `{}`",
            literal(subnet.properties, "CidrBlock").unwrap_or_default(),
            literal(vpc.properties, "CidrBlock").unwrap_or_default(),
            vpc.logical_id
        );
        findings.add(subnet, codes::SUBNET_OUTSIDE_VPC, "CidrBlock", message);
    }
}
