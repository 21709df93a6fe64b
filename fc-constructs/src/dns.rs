//! Names on the internet: hosted zones of Route 53 and their records.

mod domain; // what is a domain, and what is inside of which
mod alias; // what an address record may point at
mod dns_zone; // a hosted zone with its records

pub(crate) use self::domain::{check_domain, covers};
pub use self::{
    alias::AliasTarget,
    dns_zone::{DnsZone, DnsZoneBuilder},
};

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// Text that is no domain.
    pub const BAD_DOMAIN: &str = "bad-domain";
    /// A name that is neither its zone's domain nor below it.
    pub const NOT_IN_ZONE: &str = "not-in-zone";
    /// A record that Route 53 does not take.
    pub const BAD_RECORD: &str = "bad-record";
    /// Query logs to a region other than us-east-1.
    pub const QUERY_LOG_REGION: &str = "query-log-region";
}

/// Settings that have to be given, as types: a builder that still misses its `domain` says so.
pub mod needs {
    crate::builder::needs! { domain }
}
