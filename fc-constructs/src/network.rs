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
    /// Text that is not a block of IPv4 addresses, or one that AWS does not take.
    pub const BAD_CIDR: &str = "bad-cidr";
    /// A block of addresses that is too small for what has to fit into it.
    pub const CIDR_TOO_SMALL: &str = "cidr-too-small";
    /// Two subnets share addresses.
    pub const CIDR_OVERLAP: &str = "cidr-overlap";
    /// A VPC with addresses that belong to somebody on the internet.
    pub const PUBLIC_CIDR: &str = "public-cidr";
    /// Too few or too many availability zones, or one of another region.
    pub const BAD_ZONES: &str = "bad-zones";
    /// A description with letters that EC2 does not take, or too many of them.
    pub const BAD_DESCRIPTION: &str = "bad-description";
    /// Ports in the wrong order.
    pub const BAD_PORT: &str = "bad-port";
}

/// Settings that have to be given, as types: a builder that still misses its `cidr` says so.
pub mod needs {
    crate::builder::needs! { cidr description vpc }
}
