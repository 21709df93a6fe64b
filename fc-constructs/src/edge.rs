//! The edge of AWS's network: CloudFront distributions, web access lists, protection against floods of requests.

mod managed_rules; // groups of rules that AWS keeps up to date
mod web_acl; // which requests get through

pub use self::{
    managed_rules::ManagedRules,
    web_acl::{WebAcl, WebAclBuilder, WebAclScope},
};

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// Something of CloudFront's outside us-east-1, or something regional in another region than what it is for.
    pub const EDGE_REGION: &str = "edge-region";
    /// A web access list that WAF does not take.
    pub const BAD_WEB_ACL: &str = "bad-web-acl";
}

/// Settings that have to be given, as types: a builder that still misses its `scope` says so.
pub mod needs {
    crate::builder::needs! { scope }
}
