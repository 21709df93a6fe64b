//! The edge of AWS's network: CloudFront distributions, web access lists, protection against floods of requests.

mod managed_rules; // groups of rules that AWS keeps up to date
mod web_acl; // which requests get through
mod prefix_lists; // the addresses of CloudFront
mod origin; // where a distribution gets what it hands out
mod distribution; // CloudFront in front of a load balancer or a bucket
mod shield; // Shield Advanced against floods of requests

pub use self::{
    distribution::{EdgeDistribution, EdgeDistributionBuilder},
    managed_rules::ManagedRules,
    origin::EdgeOrigin,
    shield::{AutomaticResponse, Protected, ShieldProtection, ShieldProtectionBuilder},
    web_acl::{WebAcl, WebAclBuilder, WebAclScope},
};

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    pub use crate::compute::codes::CERTIFICATE_REGION;

    fc_cdk_core::rules! {
        pub const RULES = "Constructs: the edge";
        EDGE_REGION = "edge-region", Error, "something of CloudFront is made outside of us-east-1, or something regional in another region than what it is for";
            why "CloudFront looks for it in us-east-1 alone, and regional services in their own region: they do not find it.";
            fix "make it in a stack of the region that the message names; stacks of other regions can refer to it";
            docs "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html";
        BAD_WEB_ACL = "bad-web-acl", Error, "a web access list that WAF does not take";
            why "WAF checks the whole list when it is made, and refuses it for one rule.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/waf/latest/developerguide/limits.html";
        BAD_DISTRIBUTION = "bad-distribution", Error, "settings of a distribution contradict each other";
            why "CloudFront refuses the distribution, or it answers in a way that nobody wants.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html";
        BAD_ORIGIN = "bad-origin", Error, "an origin that CloudFront cannot ask";
            why "Visitors would get an error for every request.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html";
        OPEN_ORIGIN = "open-origin", Warning, "others than CloudFront reach the origin too";
            why "Whoever knows its address goes around the web access list, the cache and the logs of the distribution.";
            fix "build the servers with `open(false)`: the distribution lets CloudFront in by itself";
            docs "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html";
        CERTIFICATE_DOMAIN = "certificate-domain", Error, "a domain that the certificate is not good for";
            why "CloudFront refuses a domain that its certificate does not name.";
            fix "add the domain to the certificate";
            docs "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html";
        BAD_SHIELD = "bad-shield", Error, "settings of Shield contradict each other";
            why "Shield refuses them.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/waf/latest/developerguide/ddos-srt-support.html";
        SHIELD_NOT_SUBSCRIBED = "shield-not-subscribed", Info, "protection was asked for that the account has no subscription for";
            why "Shield Advanced costs by the month and is subscribed to in the console; until then only Shield Standard protects the resource, which is always on.";
            fix "subscribe in the console and set `subscribed`, or allow `shield-not-subscribed` with a reason";
            docs "https://docs.aws.amazon.com/waf/latest/developerguide/enable-ddos-prem.html";
    }
}

/// Settings that have to be given, as types: a builder that still misses its `scope` says so.
pub mod needs {
    crate::builder::needs! { origin scope subscribed }
}
