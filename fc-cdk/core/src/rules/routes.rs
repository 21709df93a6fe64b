//! Where routes lead: gateways that are not attached, destinations that are there twice, NAT gateways without a way out.

use super::{
    findings::Findings,
    known::{Known, is_open, literal, look},
    model::{Model, Resource},
};
use crate::{codes, node::Node};

/// The rules of the routes of a template.
pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    if model.has_macros {
        return;
    }
    let of_type = |name: &'static str| {
        model.resources.iter().filter(move |resource| resource.type_name == name)
    };
    let routes: Vec<&Resource<'_>> = of_type("AWS::EC2::Route").collect();
    let attachments: Vec<&Resource<'_>> = of_type("AWS::EC2::VPCGatewayAttachment").collect();
    for (index, route) in routes.iter().enumerate() {
        gateway(model, route, &attachments, findings);
        for other in &routes[..index] {
            let same = |key: &str| {
                let value = route.properties.get(key);
                value.is_some() && value == other.properties.get(key)
            };
            let destination = ["DestinationCidrBlock", "DestinationIpv6CidrBlock"]
                .into_iter()
                .find(|key| same(key) && literal(route.properties, key).is_some());
            if let Some(key) = destination.filter(|_| same("RouteTableId") && route.is_with(other))
            {
                let message =
                    format!("`{}` has the same destination in the same table", other.logical_id);
                findings.add(route, codes::DUPLICATE_ROUTE, key, message);
            }
        }
    }
    for nat in of_type("AWS::EC2::NatGateway") {
        way_out(model, nat, &routes, findings);
    }
}

/// An internet gateway of the template is of use once it is attached to a network.
fn gateway(
    model: &Model<'_>,
    route: &Resource<'_>,
    attachments: &[&Resource<'_>],
    findings: &mut Findings,
) {
    let gateway = route.properties.get("GatewayId").and_then(|gateway| model.target(gateway));
    let Some(gateway) = gateway.filter(|target| target.type_name == "AWS::EC2::InternetGateway")
    else {
        return;
    };
    let mut mine = Vec::new();
    for attachment in attachments {
        let of = attachment.properties.get("InternetGatewayId");
        match of.map(|of| (of, model.target(of))) {
            Some((_, Some(target))) if target.index == gateway.index => mine.push(attachment),
            Some((_, Some(_))) | None => {}
            // Somebody chooses, perhaps this one.
            Some((of, None)) if is_open(of) => return,
            Some(_) => {}
        }
    }
    if mine.is_empty() {
        let message = format!("`{}` is not attached to a network", gateway.logical_id);
        findings.add(route, codes::UNATTACHED_GATEWAY, "GatewayId", message);
        return;
    }
    let waits = |node: &Node, id: &str| {
        node.as_str() == Some(id)
            || node.as_list().is_some_and(|all| all.iter().any(|on| on.as_str() == Some(id)))
    };
    let on = route.body.get("DependsOn");
    let is_late = mine.iter().any(|attachment| {
        on.is_some_and(|on| waits(on, attachment.logical_id))
            || route.properties.iter().any(|(_, value)| {
                model.target(value).is_some_and(|of| {
                    of.body.get("DependsOn").is_some_and(|on| waits(on, attachment.logical_id))
                })
            })
    });
    if !is_late {
        let message =
            format!("the route may be made before `{}` attaches the gateway", mine[0].logical_id);
        let finding = findings.add(route, codes::UNATTACHED_GATEWAY, "GatewayId", message);
        finding.severity = crate::diagnostic::Severity::Warning;
        finding.help = Some(format!("let the route depend on `{}`", mine[0].logical_id));
    }
}

/// A NAT gateway is in a subnet from which a route leads to the internet.
fn way_out(
    model: &Model<'_>,
    nat: &Resource<'_>,
    routes: &[&Resource<'_>],
    findings: &mut Findings,
) {
    if literal(nat.properties, "ConnectivityType") == Some("private")
        || look(nat.properties, "ConnectivityType") == Known::Open
    {
        return;
    }
    let Some(subnet) =
        nat.properties.get("SubnetId").filter(|subnet| model.target(subnet).is_some())
    else {
        return;
    };
    let mut tables = model.resources.iter().filter_map(|resource| {
        let is_mine = resource.type_name == "AWS::EC2::SubnetRouteTableAssociation"
            && resource.properties.get("SubnetId") == Some(subnet);
        is_mine.then(|| resource.properties.get("RouteTableId")).flatten()
    });
    let (Some(table), None) = (tables.next(), tables.next()) else { return };
    if model.target(table).is_none() {
        return;
    }
    let mut mine =
        routes.iter().filter(|route| route.properties.get("RouteTableId") == Some(table));
    let leads_out = |route: &&Resource<'_>| {
        ["GatewayId", "TransitGatewayId", "VpcEndpointId", "NetworkInterfaceId", "InstanceId"]
            .iter()
            .any(|key| route.properties.contains_key(key))
    };
    if !mine.any(leads_out) {
        let message = "no route leads from its subnet to an internet gateway";
        findings.add(nat, codes::NAT_WITHOUT_INTERNET, "SubnetId", message);
    }
}
