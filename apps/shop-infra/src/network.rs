//! The network: three tiers over two availability zones, with a NAT gateway in each, the zone of the domain, and the bucket for access
//! logs.

use fc_cdk::Scope;
use fc_constructs::{dns::DnsZone, network::ThreeTierVpc, security::Key, storage::Bucket};

use crate::{Features, Settings};

pub(crate) struct Network {
    pub(crate) vpc: ThreeTierVpc,
    /// Who asked what of load balancers and buckets.
    pub(crate) access_logs: Bucket,
    /// The names of the shop.
    pub(crate) zone: Option<DnsZone>,
}

pub(crate) fn stack(scope: &Scope, settings: &Settings, features: &Features) -> Network {
    let stack = settings.stack(
        scope,
        "Network",
        "The network of the shop: public, web, WAS and database subnets",
    );
    let key = Key::builder()
        .description("Encrypts the flow logs of the shop")
        .build(&stack, "FlowLogKey");
    let vpc =
        ThreeTierVpc::builder().cidr(settings.cidr.as_str()).flow_log_key(key).build(&stack, "Vpc");
    let access_logs = Bucket::builder()
        .expire_after_days(settings.retention.access_log_days)
        .build(&stack, "AccessLogs");
    // Its names point at the edge, but it is made before everything that proves a domain by it.
    let zone = features.edge.then(|| {
        let zone =
            DnsZone::builder().domain(&settings.domain).comment("The shop").build(&stack, "Zone");
        // All its certificates are Amazon's.
        zone.caa(&stack, ["amazon.com"]);
        zone
    });
    Network { vpc, access_logs, zone }
}
