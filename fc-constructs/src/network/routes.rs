//! The subnets of a VPC, and the routes between them and the internet.

use fc_cdk_aws::ec2;
use fc_cdk_core::{Resource, Scope, Value, intrinsics};

use super::{Access, NatGateways, Tier, TierName, addresses::Addresses, three_tier_vpc::name};

/// Makes subnets, and the routes between them and the internet.
pub(super) struct Subnetting<'a> {
    scope: &'a Scope,
    vpc: &'a ec2::VpcHandle,
    addresses: &'a Addresses,
    zones: &'a [Value<String>],
    /// Subnets route through the same table where they reach the internet in the same way.
    private_route_tables: Vec<ec2::RouteTableHandle>,
    ipv6: Option<Ipv6>,
}

struct Ipv6 {
    block: ec2::VpcCidrBlockHandle,
    gateway: ec2::EgressOnlyInternetGatewayHandle,
}

impl<'a> Subnetting<'a> {
    pub(super) fn new(
        scope: &'a Scope,
        vpc: &'a ec2::VpcHandle,
        addresses: &'a Addresses,
        zones: &'a [Value<String>],
        ipv6: bool,
    ) -> Subnetting<'a> {
        let ipv6 = ipv6.then(|| Ipv6 {
            block: ec2::VpcCidrBlock::new()
                .vpc_id(vpc)
                .amazon_provided_ipv6_cidr_block(true)
                .build(scope, "Ipv6"),
            gateway: ec2::EgressOnlyInternetGateway::new().vpc_id(vpc).build(scope, "EIGW"),
        });
        let mut subnetting =
            Subnetting { scope, vpc, addresses, zones, private_route_tables: Vec::new(), ipv6 };
        subnetting.private_route_tables = (1..=zones.len())
            .map(|zone| subnetting.route_table(&format!("PrivateRouteTable{zone}")))
            .collect();
        subnetting
    }

    fn route_table(&self, id: &str) -> ec2::RouteTableHandle {
        let table = ec2::RouteTable::new().vpc_id(self.vpc).build(self.scope, id);
        name(&table, &table.scope().path());
        table
    }

    pub(super) fn tier(&self, tier: TierName, nat_gateways: NatGateways) -> Tier {
        let (route_tables, access) = match tier {
            TierName::Public => (vec![self.route_table("PublicRouteTable")], Access::Public),
            TierName::Db => (vec![self.route_table("DbRouteTable")], Access::Isolated),
            TierName::Web | TierName::Was if nat_gateways == NatGateways::None => {
                (self.private_route_tables.clone(), Access::Isolated)
            }
            TierName::Web | TierName::Was => (self.private_route_tables.clone(), Access::Private),
        };
        let mut made = Tier {
            subnets: Vec::new(),
            route_tables,
            blocks: Vec::new(),
            access,
            routes: Vec::new(),
        };
        for (zone, zone_name) in self.zones.iter().enumerate() {
            let block = self.addresses.zones[zone][tier as usize];
            let scope = self.scope.scope(&format!("{}Subnet{}", tier.as_str(), zone + 1));
            let mut subnet = ec2::Subnet::new()
                .vpc_id(self.vpc)
                .availability_zone(zone_name)
                .cidr_block(block.to_string())
                .map_public_ip_on_launch(false);
            let ipv6 = self.ipv6.as_ref().filter(|_| tier != TierName::Db);
            if ipv6.is_some() {
                subnet = subnet
                    .assign_ipv6_address_on_creation(true)
                    .ipv6_cidr_block(self.ipv6_block(tier, zone));
            }
            let subnet = subnet.build(&scope, "Subnet");
            name(&subnet, &scope.path());
            if let Some(ipv6) = ipv6 {
                subnet.depends_on(&ipv6.block);
            }
            let table = made.route_tables.get(zone).unwrap_or(&made.route_tables[0]);
            let association = ec2::SubnetRouteTableAssociation::new()
                .route_table_id(table)
                .subnet_id(&subnet)
                .build(&scope, "RouteTableAssociation");
            made.routes.push((*association).clone());
            made.subnets.push(subnet);
            made.blocks.push(block);
        }
        made
    }

    /// A /64 of the VPC's /56. As with IPv4, each zone has a part of its own.
    fn ipv6_block(&self, tier: TierName, zone: usize) -> Value<String> {
        let vpc_block = intrinsics::select::<String>(0, self.vpc.ipv6_cidr_blocks());
        let index = zone as u32 * 16 + tier as u32;
        intrinsics::select(index, intrinsics::cidr(vpc_block, 64, 64))
    }

    /// Connects the public subnets to the internet, both ways.
    pub(super) fn open(
        &self,
        public: &mut Tier,
        gateway: &ec2::InternetGatewayHandle,
        attachment: &ec2::VpcGatewayAttachmentHandle,
    ) {
        let table = &public.route_tables[0];
        let route = ec2::Route::new()
            .route_table_id(table)
            .destination_cidr_block("0.0.0.0/0")
            .gateway_id(gateway)
            .build(self.scope, "PublicDefaultRoute");
        route.depends_on(attachment);
        public.routes.push((*route).clone());
        if self.ipv6.is_some() {
            let route = ec2::Route::new()
                .route_table_id(table)
                .destination_ipv6_cidr_block("::/0")
                .gateway_id(gateway)
                .build(self.scope, "PublicIpv6Route");
            route.depends_on(attachment);
            public.routes.push((*route).clone());
        }
    }

    pub(super) fn nat_gateways(
        &self,
        public: &Tier,
        attachment: &ec2::VpcGatewayAttachmentHandle,
        wanted: NatGateways,
    ) -> Vec<ec2::NatGatewayHandle> {
        let count = match wanted {
            NatGateways::PerZone => self.zones.len(),
            NatGateways::Single => 1,
            NatGateways::None => 0,
        };
        let make = |(zone, subnet): (usize, &ec2::SubnetHandle)| {
            let scope = self.scope.scope(&format!("NatGateway{}", zone + 1));
            let address = ec2::Eip::new().domain("vpc").build(&scope, "EIP");
            address.depends_on(attachment);
            name(&address, &scope.path());
            let gateway = ec2::NatGateway::new()
                .subnet_id(subnet)
                .allocation_id(&address)
                .build(&scope, "Resource");
            name(&gateway, &scope.path());
            public.routes.iter().for_each(|route| {
                gateway.depends_on(route);
            });
            gateway
        };
        public.subnets.iter().take(count).enumerate().map(make).collect()
    }

    /// Connects the private subnets to the internet, outwards only.
    pub(super) fn let_out(
        &self,
        web: &mut Tier,
        was: &mut Tier,
        gateways: &[ec2::NatGatewayHandle],
    ) {
        let mut routes: Vec<Resource> = Vec::new();
        for (zone, table) in self.private_route_tables.iter().enumerate() {
            if let Some(gateway) = gateways.get(zone).or(gateways.first()) {
                let route = ec2::Route::new()
                    .route_table_id(table)
                    .destination_cidr_block("0.0.0.0/0")
                    .nat_gateway_id(gateway)
                    .build(self.scope, &format!("PrivateDefaultRoute{}", zone + 1));
                routes.push((*route).clone());
            }
            if let Some(ipv6) = &self.ipv6 {
                let route = ec2::Route::new()
                    .route_table_id(table)
                    .destination_ipv6_cidr_block("::/0")
                    .egress_only_internet_gateway_id(&ipv6.gateway)
                    .build(self.scope, &format!("PrivateIpv6Route{}", zone + 1));
                routes.push((*route).clone());
            }
        }
        web.routes.extend(routes.iter().cloned());
        was.routes.extend(routes);
    }
}
