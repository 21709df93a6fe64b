//! The network: three tiers over two availability zones, with a NAT gateway in each, and the bucket for access logs.

use fc_cdk::Scope;
use fc_constructs::{network::ThreeTierVpc, security::Key, storage::Bucket};

use crate::Settings;

pub(crate) struct Network {
    pub(crate) vpc: ThreeTierVpc,
    /// Who asked what of load balancers and buckets.
    pub(crate) access_logs: Bucket,
}

pub(crate) fn stack(scope: &Scope, settings: &Settings) -> Network {
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
    Network { vpc, access_logs }
}
