//! [`Tier`] and [`Subnets`]: where the resources of a tier live.

use fc_cdk_aws::{ec2, ids::ec2::SubnetId};
use fc_cdk_core::{IntoValue, Resource, ResourceHandle, Value};

use super::Cidr;

/// How the subnets of a tier reach the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Both ways, for resources that have a public address.
    Public,
    /// Outwards only, through a NAT gateway.
    Private,
    /// Not at all.
    Isolated,
}

/// One tier of a VPC: a subnet in each availability zone.
///
/// `&tier` goes where a list of subnets is wanted.
#[derive(Clone)]
pub struct Tier {
    /// The subnets, one for each zone, in the order of the zones.
    pub subnets: Vec<ec2::SubnetHandle>,
    /// The route tables of the subnets, each once.
    pub route_tables: Vec<ec2::RouteTableHandle>,
    pub(super) blocks: Vec<Cidr>,
    pub(super) access: Access,
    pub(super) routes: Vec<Resource>,
}

impl Tier {
    /// The blocks of addresses, one for each zone.
    pub fn cidrs(&self) -> &[Cidr] {
        &self.blocks
    }

    /// How the tier reaches the internet.
    pub fn access(&self) -> Access {
        self.access
    }
}

impl<'a> IntoIterator for &'a Tier {
    type Item = &'a ec2::SubnetHandle;
    type IntoIter = std::slice::Iter<'a, ec2::SubnetHandle>;
    fn into_iter(self) -> Self::IntoIter {
        self.subnets.iter()
    }
}

/// The subnets that a construct puts its resources into: a [`Tier`], or a list of ids.
#[derive(Clone)]
pub struct Subnets {
    ids: Vec<Value<SubnetId>>,
    access: Option<Access>,
    routes: Vec<Resource>,
}

impl Subnets {
    /// The ids of the subnets.
    pub fn ids(&self) -> &[Value<SubnetId>] {
        &self.ids
    }

    /// How the subnets reach the internet, where they are a tier of the app.
    pub fn access(&self) -> Option<Access> {
        self.access
    }

    /// Deploys a resource after the routes of the subnets: for what needs the internet to become ready, and for internet-facing load
    /// balancers.
    #[track_caller]
    pub fn ready_before(&self, resource: &impl ResourceHandle) {
        for route in &self.routes {
            resource.resource().depends_on(route);
        }
    }
}

impl From<&Tier> for Subnets {
    fn from(tier: &Tier) -> Subnets {
        let ids = tier.subnets.iter().map(IntoValue::into_value).collect();
        Subnets { ids, access: Some(tier.access), routes: tier.routes.clone() }
    }
}

impl<S: IntoValue<SubnetId>> FromIterator<S> for Subnets {
    fn from_iter<I: IntoIterator<Item = S>>(subnets: I) -> Subnets {
        let ids = subnets.into_iter().map(IntoValue::into_value).collect();
        Subnets { ids, access: None, routes: Vec::new() }
    }
}

impl<S: IntoValue<SubnetId>> From<Vec<S>> for Subnets {
    fn from(subnets: Vec<S>) -> Subnets {
        subnets.into_iter().collect()
    }
}

impl<S: IntoValue<SubnetId>, const N: usize> From<[S; N]> for Subnets {
    fn from(subnets: [S; N]) -> Subnets {
        subnets.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Subnets {
    type Item = &'a Value<SubnetId>;
    type IntoIter = std::slice::Iter<'a, Value<SubnetId>>;
    fn into_iter(self) -> Self::IntoIter {
        self.ids.iter()
    }
}
