//! [`ThreeTierVpc`]: public, web, WAS and database subnets.

use std::fmt;

use fc_cdk_aws::ec2::{self, FlowLogResourceType, FlowLogTrafficType};
use fc_cdk_core::{
    Diagnostic, IntoValue, Resource, Scope, Value, intrinsics,
    policy::{Condition, PolicyDocument, Principal, Statement},
};

use super::{
    Cidr, SecurityGroup, Tier, addresses, codes, endpoints, needs, network_acl, routes::Subnetting,
};
use crate::{
    Names,
    builder::construct,
    handle::stands_for,
    monitoring::{LogGroup, Metric, Retention, Statistic},
    security::{Key, Role},
};

/// The tiers of a [`ThreeTierVpc`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierName {
    /// Load balancers and NAT gateways.
    Public,
    /// Web servers.
    Web,
    /// Application servers (WAS).
    Was,
    /// Databases.
    Db,
}

impl TierName {
    /// All tiers, from the internet inwards.
    pub const ALL: [TierName; 4] = [TierName::Public, TierName::Web, TierName::Was, TierName::Db];

    /// The name in the ids of constructs.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            TierName::Public => "Public",
            TierName::Web => "Web",
            TierName::Was => "Was",
            TierName::Db => "Db",
        }
    }
}

impl fmt::Display for TierName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TierName::Public => "public",
            TierName::Web => "web",
            TierName::Was => "was",
            TierName::Db => "db",
        })
    }
}

/// How the private tiers reach the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NatGateways {
    /// By a gateway in each zone: the loss of a zone leaves the others online.
    PerZone,
    /// By one gateway in the first zone: cheaper, and all zones depend on the first.
    Single,
    /// Not at all.
    None,
}

/// The availability zones of a VPC: how many, or which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones(Which);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Which {
    Count(u8),
    Named(Vec<String>),
}

impl From<u8> for Zones {
    /// The first zones of the region that the account may use.
    fn from(count: u8) -> Zones {
        Zones(Which::Count(count))
    }
}

impl<const N: usize> From<[&str; N]> for Zones {
    /// Zones by name, such as `ap-northeast-1a`.
    fn from(names: [&str; N]) -> Zones {
        Zones(Which::Named(names.iter().map(ToString::to_string).collect()))
    }
}

impl From<Vec<String>> for Zones {
    /// Zones by name, such as `ap-northeast-1a`.
    fn from(names: Vec<String>) -> Zones {
        Zones(Which::Named(names))
    }
}

/// The blocks of a tier's subnets, one for each zone.
pub struct TierCidrs(addresses::Given);

impl<const T: usize, const Z: usize> From<[(TierName, [&str; Z]); T]> for TierCidrs {
    fn from(tiers: [(TierName, [&str; Z]); T]) -> TierCidrs {
        let owned =
            |(tier, blocks): (TierName, [&str; Z])| (tier, blocks.map(String::from).to_vec());
        TierCidrs(tiers.into_iter().map(owned).collect())
    }
}

impl From<Vec<(TierName, Vec<String>)>> for TierCidrs {
    fn from(tiers: Vec<(TierName, Vec<String>)>) -> TierCidrs {
        TierCidrs(tiers)
    }
}

#[doc = include_str!("three_tier_vpc.md")]
#[derive(Clone)]
pub struct ThreeTierVpc {
    /// The VPC itself, for everything that has no setting here.
    pub handle: ec2::VpcHandle,
    /// Subnets that the internet reaches: load balancers and NAT gateways.
    pub public: Tier,
    /// Subnets of the web servers.
    pub web: Tier,
    /// Subnets of the application servers.
    pub was: Tier,
    /// Subnets of the databases, without a route to the internet.
    pub db: Tier,
    /// What connects the public subnets to the internet.
    pub internet_gateway: ec2::InternetGatewayHandle,
    /// What lets the private subnets out, one for each zone or one for all.
    pub nat_gateways: Vec<ec2::NatGatewayHandle>,
    /// The record of all connections, unless it was switched off.
    pub flow_log: Option<ec2::FlowLogHandle>,
    /// Where the record goes.
    pub flow_log_group: Option<LogGroup>,
    /// The way to S3 that needs no NAT gateway, unless it was switched off.
    pub s3_endpoint: Option<ec2::VpcEndpointHandle>,
    /// The way to DynamoDB, if it was asked for.
    pub dynamodb_endpoint: Option<ec2::VpcEndpointHandle>,
    /// The ways to other AWS services, in the order in which they were asked for.
    pub interface_endpoints: Vec<ec2::VpcEndpointHandle>,
    /// Who may use the interface endpoints, where there are any.
    pub endpoint_security_group: Option<SecurityGroup>,
    /// The fence around the database subnets, if it was asked for.
    pub db_network_acl: Option<ec2::NetworkAclHandle>,
    block: Cidr,
    zones: Vec<Value<String>>,
}

construct! {
    ThreeTierVpc, ThreeTierVpcBuilder, ThreeTierVpcOptions {
        required {
            /// The block of all addresses, from /16 to /21, such as `10.0.0.0/16`; it must not overlap with networks that the VPC will be connected
            /// to. Another one replaces the VPC.
            cidr: Into<String>,
        }
        optional {
            /// The availability zones: a number from 2 to 4, or their names. Default: the first two of the region.
            zones: Into<Zones> = Zones(Which::Count(2)),
            /// How the web and WAS tiers reach the internet. Default: by a NAT gateway in each zone (each some 45 USD a month, and traffic).
            nat_gateways: Into<NatGateways> = NatGateways::PerZone,
            /// Blocks of your own for the subnets of some tiers: `[(TierName::Web, ["10.0.4.0/23", "10.0.6.0/23"])]`. Default: the plan above.
            tier_cidrs: Into<TierCidrs> = TierCidrs(Vec::new()),
            /// Blocks of networks that the VPC will be connected to, such as the office's and those of other VPCs: sharing addresses with one is
            /// refused. Default: none.
            connected_networks: Into<Names> = Names::default(),
            /// Whether all subnets but the database's have IPv6 addresses too. Default: no.
            ipv6: Into<bool> = false,
            /// Whether S3 is reached without the NAT gateways, at no cost. Default: yes.
            s3_endpoint: Into<bool> = true,
            /// Whether DynamoDB is reached without the NAT gateways, at no cost. Default: no.
            dynamodb_endpoint: Into<bool> = false,
            /// AWS services that are reached without the internet, as in `com.amazonaws.REGION.NAME`: `["ssm", "ssmmessages", "ecr.api"]`.
            /// Default: none, since each costs some 10 USD a month and zone.
            interface_endpoints: Into<Vec<&'static str>> = Vec::new(),
            /// Whether the database subnets have an access list of their own, which lets in no tier but the WAS tier, and lets nothing
            /// out of the VPC, so that it closes the S3 endpoint for them too. Default: no, since security groups say the same.
            db_network_acl: Into<bool> = false,
            /// Whether all connections are recorded. Default: yes.
            flow_logs: Into<bool> = true,
            /// How long the record is kept. Default: three months.
            flow_log_retention: Into<Retention> = Retention::ThreeMonths,
            /// The key that encrypts the record. Default: a key of CloudWatch's own.
            flow_log_key: Into<Key>,
        }
    }
}

impl ThreeTierVpc {
    fn create(scope: &Scope, cidr: String, options: ThreeTierVpcOptions) -> ThreeTierVpc {
        let zones = zones(scope, &options.zones);
        let addresses = addresses::plan(
            scope,
            &cidr,
            zones.len(),
            &options.tier_cidrs.0,
            &options.connected_networks.0,
        );
        let handle = ec2::Vpc::new()
            .cidr_block(addresses.vpc.to_string())
            .enable_dns_hostnames(true)
            .enable_dns_support(true)
            .build(scope, "Resource");
        name(&handle, &scope.path());
        let subnets = Subnetting::new(scope, &handle, &addresses, &zones, options.ipv6);
        let [mut public, mut web, mut was, db] =
            TierName::ALL.map(|tier| subnets.tier(tier, options.nat_gateways));

        let internet_gateway = ec2::InternetGateway::new().build(scope, "IGW");
        name(&internet_gateway, &scope.path());
        let attachment = ec2::VpcGatewayAttachment::new()
            .vpc_id(&handle)
            .internet_gateway_id(&internet_gateway)
            .build(scope, "VPCGW");
        subnets.open(&mut public, &internet_gateway, &attachment);
        let nat_gateways = subnets.nat_gateways(&public, &attachment, options.nat_gateways);
        subnets.let_out(&mut web, &mut was, &nat_gateways);

        let route_tables: Vec<_> =
            [&public, &web, &db].into_iter().flat_map(|tier| &tier.route_tables).collect();
        let gateway = |wanted: bool, id: &str, service: &str| {
            wanted.then(|| endpoints::gateway(scope, &handle, id, service, &route_tables))
        };
        let s3_endpoint = gateway(options.s3_endpoint, "S3", "s3");
        let dynamodb_endpoint = gateway(options.dynamodb_endpoint, "DynamoDB", "dynamodb");
        let (endpoint_security_group, interface_endpoints) = endpoints::interfaces(
            scope,
            &handle,
            addresses.vpc,
            &was,
            &options.interface_endpoints,
        );
        let db_network_acl =
            options.db_network_acl.then(|| network_acl::around_db(scope, &handle, &addresses, &db));
        let flow_log_group = options.flow_logs.then(|| {
            let mut group = LogGroup::builder().retention(options.flow_log_retention);
            if let Some(key) = options.flow_log_key {
                group = group.encryption_key(key);
            }
            group.build(scope, "FlowLogGroup")
        });
        let flow_log = flow_log_group.as_ref().map(|group| flow_log(scope, &handle, group));
        ThreeTierVpc {
            handle,
            public,
            web,
            was,
            db,
            internet_gateway,
            nat_gateways,
            flow_log,
            flow_log_group,
            s3_endpoint,
            dynamodb_endpoint,
            interface_endpoints,
            endpoint_security_group,
            db_network_acl,
            block: addresses.vpc,
            zones,
        }
    }

    /// The block of all addresses.
    pub fn cidr(&self) -> Cidr {
        self.block
    }

    /// The availability zones.
    pub fn zones(&self) -> &[Value<String>] {
        &self.zones
    }

    /// How often each NAT gateway had no port left for a connection, which then failed.
    pub fn metrics_nat_port_errors(&self) -> Vec<Metric> {
        self.metrics_nat("ErrorPortAllocation")
    }

    /// How many bytes each NAT gateway has let out, which is what it costs beside its hours.
    pub fn metrics_nat_bytes_out(&self) -> Vec<Metric> {
        self.metrics_nat("BytesOutToDestination")
    }

    fn metrics_nat(&self, name: &str) -> Vec<Metric> {
        let of = |gateway: &ec2::NatGatewayHandle| {
            Metric::new("AWS/NATGateway", name)
                .dimension("NatGatewayId", gateway.ref_value::<String>())
                .statistic(Statistic::Sum)
        };
        self.nat_gateways.iter().map(of).collect()
    }
}

stands_for!(ThreeTierVpc.handle: ec2::VpcHandle);

/// Gives a resource the name that the console shows.
pub(super) fn name(resource: &Resource, name: &str) {
    resource.tag("Name", name);
}

fn zones(scope: &Scope, zones: &Zones) -> Vec<Value<String>> {
    let report = |message: String, help: &str| {
        scope.report(Diagnostic::error(codes::BAD_ZONES, message).property("zones").help(help));
    };
    let given = match &zones.0 {
        Which::Count(count) => usize::from(*count),
        Which::Named(names) => names.len(),
    };
    if !(2..=4).contains(&given) {
        let help =
            "give 2 to 4 zones: load balancers and databases need two to survive the loss of one";
        report(format!("a VPC of three tiers has 2 to 4 availability zones, not {given}"), help);
    }
    let Which::Named(names) = &zones.0 else {
        let select = |zone| intrinsics::select(zone, intrinsics::availability_zones());
        return (0..given.clamp(2, 4) as u32).map(select).collect();
    };
    for (place, name) in names.iter().enumerate() {
        if names[..place].contains(name) {
            report(format!("the zone `{name}` is given twice"), "give each zone once");
        } else if let Some(region) = scope.environment().region
            && !name.starts_with(region.as_str())
        {
            let help = format!("give zones such as `{region}a`, or a number of zones");
            report(format!("the zone `{name}` is not in the stack's region `{region}`"), &help);
        }
    }
    names.iter().take(4).map(IntoValue::into_value).collect()
}

fn flow_log(scope: &Scope, vpc: &ec2::VpcHandle, group: &LogGroup) -> ec2::FlowLogHandle {
    let service = Principal::service("vpc-flow-logs.amazonaws.com");
    let role = Role::builder().assumed_by(service.clone()).build(scope, "FlowLogRole");
    // The service may use the role for this account's flow logs only.
    let trust = Statement::allow()
        .actions(["sts:AssumeRole"])
        .principals([service])
        .condition(Condition::string_equals("aws:SourceAccount", [intrinsics::account_id()]));
    role.handle.set_property("AssumeRolePolicyDocument", PolicyDocument::new().statement(trust));
    group.grant_write(&role);
    let flow_log = ec2::FlowLog::new()
        .resource_id(vpc)
        .resource_type(FlowLogResourceType::Vpc)
        .traffic_type(FlowLogTrafficType::All)
        .log_group_name(&group.handle)
        .deliver_logs_permission_arn(&role.handle)
        .build(scope, "FlowLog");
    name(&flow_log, &scope.path());
    if let Some(policy) = role.policy() {
        flow_log.depends_on(&policy);
    }
    flow_log
}
