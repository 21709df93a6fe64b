//! [`AliasTarget`]: what an address record may point at.

use fc_cdk_aws::{elasticloadbalancingv2 as elb, ids::route53::AliasTargetHostedZoneId};
use fc_cdk_core::{IntoValue, Value};

use crate::{compute::WebAsg, containers::FargateService};

/// An AWS resource that a name stands for. Route 53 follows its addresses by itself, at no cost, also at the top of a zone, where no
/// `CNAME` may be.
///
/// Load balancers, constructs that have one, and distributions turn into it by themselves.
#[derive(Clone, Debug)]
pub struct AliasTarget {
    pub(super) dns_name: Value<String>,
    pub(super) hosted_zone_id: Value<AliasTargetHostedZoneId>,
    pub(super) ipv6: bool,
    pub(super) check_health: bool,
}

impl AliasTarget {
    /// A resource by its DNS name, and the hosted zone that AWS keeps for resources of its kind.
    pub fn new(
        dns_name: impl IntoValue<String>,
        hosted_zone_id: impl IntoValue<AliasTargetHostedZoneId>,
    ) -> AliasTarget {
        AliasTarget {
            dns_name: dns_name.into_value(),
            hosted_zone_id: hosted_zone_id.into_value(),
            ipv6: false,
            check_health: false,
        }
    }

    /// The same with an `AAAA` record beside the `A` record, for what has IPv6 addresses.
    #[must_use]
    pub fn ipv6(mut self) -> AliasTarget {
        self.ipv6 = true;
        self
    }

    /// The same with answers that leave it out while it is unhealthy; CloudFront does not offer that.
    #[must_use]
    pub fn check_health(mut self) -> AliasTarget {
        self.check_health = true;
        self
    }
}

impl From<&elb::LoadBalancerHandle> for AliasTarget {
    fn from(load_balancer: &elb::LoadBalancerHandle) -> AliasTarget {
        let name: Value<String> = load_balancer.dns_name().cast();
        let zone: Value<String> = load_balancer.canonical_hosted_zone_id().cast();
        AliasTarget::new(name, zone).check_health()
    }
}

impl From<&WebAsg> for AliasTarget {
    /// The load balancer.
    fn from(servers: &WebAsg) -> AliasTarget {
        AliasTarget::from(&servers.load_balancer)
    }
}

impl From<&FargateService> for AliasTarget {
    /// The load balancer.
    fn from(service: &FargateService) -> AliasTarget {
        AliasTarget::from(&service.load_balancer)
    }
}
