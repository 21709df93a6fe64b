//! [`Peer`]: whom a rule of a security group lets through.

use fc_cdk_aws::ids::ec2::{PrefixListId, SecurityGroupId};
use fc_cdk_core::{IntoValue, Node, Value};

use super::{Cidr, CidrError, SecurityGroup};

/// The other side of a rule of a security group: another group, a block of addresses, or a prefix list.
///
/// A [`SecurityGroup`], a construct that has one, a [`Cidr`] and the text of a block turn into it by themselves.
#[derive(Clone)]
pub struct Peer(pub(super) Kind);

#[derive(Clone)]
pub(super) enum Kind {
    Group(SecurityGroup),
    GroupId(Value<SecurityGroupId>),
    Ipv4(Value<String>),
    Ipv6(Value<String>),
    PrefixList(Value<PrefixListId>),
}

impl Peer {
    /// The whole internet, by IPv4.
    pub fn anywhere() -> Peer {
        Peer::ipv4("0.0.0.0/0")
    }

    /// The whole internet, by IPv6.
    pub fn anywhere_ipv6() -> Peer {
        Peer::ipv6("::/0")
    }

    /// A block of IPv4 addresses. A literal is checked; the block may also be one that only AWS knows, such as that of a VPC.
    pub fn ipv4(block: impl IntoValue<String>) -> Peer {
        Peer(Kind::Ipv4(block.into_value()))
    }

    /// A block of IPv6 addresses.
    pub fn ipv6(block: impl IntoValue<String>) -> Peer {
        Peer(Kind::Ipv6(block.into_value()))
    }

    /// A list of blocks under one id, such as the addresses of CloudFront.
    pub fn prefix_list(id: impl IntoValue<PrefixListId>) -> Peer {
        Peer(Kind::PrefixList(id.into_value()))
    }

    /// A security group that is not part of the app, by its id. Its own rules have to let the traffic out.
    pub fn security_group_id(id: impl IntoValue<SecurityGroupId>) -> Peer {
        Peer(Kind::GroupId(id.into_value()))
    }

    /// Whether the peer is no security group, so that a rule about it needs no resource of its own.
    pub(super) fn is_addresses(&self) -> bool {
        matches!(self.0, Kind::Ipv4(_) | Kind::Ipv6(_) | Kind::PrefixList(_))
    }

    /// What is wrong with the block, where it is known now.
    pub(super) fn check(&self) -> Result<(), CidrError> {
        match &self.0 {
            Kind::Ipv4(block) => {
                block.as_literal().map_or(Ok(()), |text| text.parse::<Cidr>().map(|_| ()))
            }
            _ => Ok(()),
        }
    }

    /// The property of a rule that names the peer, where it is the source or the destination of traffic.
    pub(super) fn property(&self, source: bool) -> (&'static str, Node) {
        let (key, value) = match &self.0 {
            Kind::Group(group) => {
                ("SecurityGroupId", IntoValue::<SecurityGroupId>::into_value(group).into_node())
            }
            Kind::GroupId(id) => ("SecurityGroupId", id.node().clone()),
            Kind::PrefixList(id) => ("PrefixListId", id.node().clone()),
            Kind::Ipv4(block) => return ("CidrIp", block.node().clone()),
            Kind::Ipv6(block) => return ("CidrIpv6", block.node().clone()),
        };
        let key = match (source, key) {
            (true, "PrefixListId") => "SourcePrefixListId",
            (true, _) => "SourceSecurityGroupId",
            (false, "PrefixListId") => "DestinationPrefixListId",
            (false, _) => "DestinationSecurityGroupId",
        };
        (key, value)
    }
}

impl From<&SecurityGroup> for Peer {
    fn from(group: &SecurityGroup) -> Peer {
        Peer(Kind::Group(group.clone()))
    }
}

impl From<Cidr> for Peer {
    fn from(block: Cidr) -> Peer {
        Peer::ipv4(block.to_string())
    }
}

impl From<&str> for Peer {
    /// A block of IPv4 or IPv6 addresses.
    fn from(block: &str) -> Peer {
        if block.contains(':') { Peer::ipv6(block) } else { Peer::ipv4(block) }
    }
}
