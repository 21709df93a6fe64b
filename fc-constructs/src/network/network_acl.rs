//! An access list around the database subnets: a second fence, which no security group opens by mistake.

use fc_cdk_aws::ec2;
use fc_cdk_core::Scope;

use super::{Cidr, Tier, TierName, addresses::Addresses, three_tier_vpc::name};

/// Rules are tried by their numbers, the lowest first. What no rule names is denied.
const ALLOW_VPC: u32 = 1000;

pub(super) fn around_db(
    scope: &Scope,
    vpc: &ec2::VpcHandle,
    addresses: &Addresses,
    db: &Tier,
) -> ec2::NetworkAclHandle {
    let scope = scope.scope("DbNetworkAcl");
    let acl = ec2::NetworkAcl::new().vpc_id(vpc).build(&scope, "Resource");
    name(&acl, &scope.path());
    let entry = |id: &str, number: u32, action: &str, egress: bool, block: Cidr| {
        ec2::NetworkAclEntry::new()
            .network_acl_id(acl.id())
            .protocol(-1)
            .rule_action(action)
            .rule_number(number)
            .egress(egress)
            .cidr_block(block.to_string())
            .build(&scope, id)
    };
    for (zone, blocks) in addresses.zones.iter().enumerate() {
        for tier in [TierName::Public, TierName::Web] {
            // The number follows from the place, so that a new zone changes no rule of the others.
            let number = 100 + 10 * zone as u32 + tier as u32;
            entry(
                &format!("Deny {tier} {}", zone + 1),
                number,
                "deny",
                false,
                blocks[tier as usize],
            );
        }
    }
    entry("Ingress", ALLOW_VPC, "allow", false, addresses.vpc);
    entry("Egress", ALLOW_VPC, "allow", true, addresses.vpc);
    for (zone, subnet) in db.subnets.iter().enumerate() {
        ec2::SubnetNetworkAclAssociation::new()
            .network_acl_id(&acl)
            .subnet_id(subnet)
            .build(&scope, &format!("Association{}", zone + 1));
    }
    acl
}
