//! The shop as the world sees it: CloudFront in front of the web tier, and its name in Route 53.

use fc_cdk::{Scope, prelude::*};
use fc_constructs::{
    edge::{EdgeDistribution, ShieldProtection},
    messaging::Topic,
};

use crate::{Features, Settings, edge::Edge, network::Network, servers::Servers};

pub(crate) fn stack(
    scope: &Scope,
    settings: &Settings,
    features: &Features,
    network: &Network,
    edge: Edge,
    servers: &Servers,
    alarms: &Topic,
) {
    let stack = settings.stack(scope, "Front", "CloudFront in front of the shop");
    let mut distribution = EdgeDistribution::builder()
        .origin(servers.web.origin())
        .domain_names([settings.domain.as_str()])
        .certificate(&edge.certificate)
        .web_acl(&edge.web_acl)
        .static_paths(["/static/*", "/images/*"])
        .log_expiry_days(settings.retention.access_log_days)
        .log_access_logs(&network.access_logs)
        // Where Japan's law on foreign trade forbids to sell.
        .block_countries(["CU", "IR", "KP", "SY"])
        .comment("The shop");
    if let Some(key) = &servers.key {
        distribution = distribution.origin_secret_key(key);
    }
    let distribution = distribution.build(&stack, "Distribution");
    edge.zone.alias(&stack, &settings.domain, &distribution);
    if features.shield {
        // Without the subscription nothing is made, and synth says so.
        let shield = ShieldProtection::builder()
            .subscribed(settings.shield.subscribed)
            .build(&stack, "Shield");
        shield.protect("Distribution", &distribution);
        shield.protect("Zone", &edge.zone);
        // Attacks on CloudFront are reported to us-east-1, those that reach the load balancer to the shop's own region.
        let shield = ShieldProtection::builder()
            .subscribed(settings.shield.subscribed)
            .topics([alarms.clone()])
            .build(&stack, "OriginShield");
        shield.protect("Web", servers.web.protected());
    }
    Output::new(&stack, "Url", distribution.url()).description("Where the shop is");
}
