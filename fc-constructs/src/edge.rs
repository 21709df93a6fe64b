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
    /// Something of CloudFront's outside us-east-1, or something regional in another region than what it is for.
    pub const EDGE_REGION: &str = "edge-region";
    /// A web access list that WAF does not take.
    pub const BAD_WEB_ACL: &str = "bad-web-acl";
    /// Settings of a distribution that contradict each other.
    pub const BAD_DISTRIBUTION: &str = "bad-distribution";
    /// An origin that CloudFront cannot ask.
    pub const BAD_ORIGIN: &str = "bad-origin";
    /// An origin that others than CloudFront reach too.
    pub const OPEN_ORIGIN: &str = "open-origin";
    /// A certificate of another region than us-east-1.
    pub const CERTIFICATE_REGION: &str = "certificate-region";
    /// A domain that the certificate is not good for.
    pub const CERTIFICATE_DOMAIN: &str = "certificate-domain";
    /// Settings of Shield that contradict each other.
    pub const BAD_SHIELD: &str = "bad-shield";
    /// Protection was asked for that the account has no subscription for.
    pub const SHIELD_NOT_SUBSCRIBED: &str = "shield-not-subscribed";
}

/// Settings that have to be given, as types: a builder that still misses its `scope` says so.
pub mod needs {
    crate::builder::needs! { origin scope subscribed }
}
