//! Networks: VPCs in three tiers, security groups, and the addresses that they speak of.

mod cidr; // blocks of IPv4 addresses
mod port; // what a rule lets through
mod peer; // whom it lets through
mod security_group; // who may talk to a resource
mod subnets; // where resources of a tier live
mod addresses; // which subnet has which block
mod routes; // how they reach the internet
mod endpoints; // AWS services without the internet
mod network_acl; // the second fence around the database tier
mod three_tier_vpc; // public, web, WAS and database subnets

pub use self::{
    cidr::{Cidr, CidrError},
    peer::Peer,
    port::{Port, TcpPort},
    security_group::{Egress, SecurityGroup, SecurityGroupBuilder},
    subnets::{Access, Subnets, Tier},
    three_tier_vpc::{NatGateways, ThreeTierVpc, ThreeTierVpcBuilder, TierName, Zones},
};

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    pub use fc_cdk_core::codes::{BAD_CIDR, CIDR_OVERLAP};

    fc_cdk_core::rules! {
        pub const RULES = "Constructs: networks";
        CIDR_TOO_SMALL = "cidr-too-small", Error, "a block of addresses is too small for what has to fit into it";
            why "A subnet loses five addresses to AWS, and cannot grow later: load balancers and tasks that find no free address do not start.";
            fix "take a larger block, or give the blocks of all tiers with `tier_cidrs`";
            docs "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html";
        PUBLIC_CIDR = "public-cidr", Warning, "a VPC has addresses that belong to somebody on the internet";
            why "Within the VPC those addresses lead to the VPC, so that nothing in it ever reaches their owner.";
            fix "use a block of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10";
            docs "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html";
        BAD_ZONES = "bad-zones", Error, "a VPC has too few or too many availability zones, or one of another region";
            why "With one zone a single fault takes everything down; a zone of another region does not exist for the stack.";
            fix "give 2 to 4 zones of the region of the stack";
            docs "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html";
        BAD_DESCRIPTION = "bad-description", Error, "a description has letters that EC2 does not take, or too many of them";
            why "Security groups and their rules take few kinds of characters, and a description cannot be changed without a replacement.";
            fix "use ASCII letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, at most 255 of them";
            docs "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html";
        BAD_PORT = "bad-port", Error, "a range of ports begins above its end";
            why "EC2 refuses such a range.";
            fix "give the lower port first";
            docs "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html";
    }
}

/// Settings that have to be given, as types: a builder that still misses its `cidr` says so.
pub mod needs {
    crate::builder::needs! { cidr description vpc }
}
