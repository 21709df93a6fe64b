//! Ways from a VPC to AWS services that do not lead through the internet.

use fc_cdk_aws::ec2::{self, VpcEndpointVpcEndpointType};
use fc_cdk_core::{Scope, sub};

use super::{Cidr, Egress, Port, SecurityGroup, Tier, three_tier_vpc::name};

/// An endpoint that is an entry of route tables: S3 and DynamoDB have these, at no cost.
pub(super) fn gateway(
    scope: &Scope,
    vpc: &ec2::VpcHandle,
    id: &str,
    service: &str,
    route_tables: &[&ec2::RouteTableHandle],
) -> ec2::VpcEndpointHandle {
    let endpoint = ec2::VpcEndpoint::new()
        .vpc_id(vpc)
        .service_name(sub!("com.amazonaws.{AWS::Region}.{service}"))
        .vpc_endpoint_type(VpcEndpointVpcEndpointType::Gateway)
        .route_table_ids(route_tables.iter().copied())
        .build(scope, id);
    name(&endpoint, &endpoint.scope().path());
    endpoint
}

/// Endpoints that are network interfaces in the subnets of a tier, which all of the VPC reaches under the service's usual name.
pub(super) fn interfaces(
    scope: &Scope,
    vpc: &ec2::VpcHandle,
    block: Cidr,
    tier: &Tier,
    services: &[&'static str],
) -> (Option<SecurityGroup>, Vec<ec2::VpcEndpointHandle>) {
    if services.is_empty() {
        return (None, Vec::new());
    }
    let group = SecurityGroup::builder()
        .vpc(vpc)
        .description("endpoints of AWS services")
        .egress(Egress::Restricted)
        .build(scope, "EndpointSecurityGroup");
    group.allow_from(block, Port::HTTPS, "HTTPS from the VPC");
    let make = |service: &&'static str| {
        let endpoint = ec2::VpcEndpoint::new()
            .vpc_id(vpc)
            .service_name(sub!("com.amazonaws.{AWS::Region}.{service}"))
            .vpc_endpoint_type(VpcEndpointVpcEndpointType::Interface)
            .private_dns_enabled(true)
            .subnet_ids(tier)
            .security_group_ids([&group])
            .build(scope, &format!("Endpoint {service}"));
        name(&endpoint, &endpoint.scope().path());
        endpoint
    };
    let endpoints = services.iter().map(make).collect();
    (Some(group), endpoints)
}
