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
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: DNS";
        BAD_DOMAIN = "bad-domain", Error, "a text is no domain";
            why "Route 53, certificates and distributions take only names of letters, digits and hyphens between dots.";
            fix "write lower-case letters, digits and hyphens between dots, such as `shop.example.com`; letters of other scripts as Punycode";
            docs "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html";
        NOT_IN_ZONE = "not-in-zone", Error, "a name is neither the domain of its zone nor below it";
            why "Route 53 refuses the record: a zone answers for its own domain alone.";
            fix "give a name that ends in the domain of the zone, or take the zone of the name";
            docs "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html";
        BAD_RECORD = "bad-record", Error, "a record that Route 53 does not take, or a setting of a zone that is not ours";
            why "The change of all records of the stack is refused with it.";
            fix "correct the record as the message says";
            docs "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html";
        QUERY_LOG_REGION = "query-log-region", Error, "query logs go to a log group of another region than us-east-1";
            why "Route 53 writes query logs in us-east-1 alone.";
            fix "make the log group in a stack of us-east-1";
            docs "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html";
    }
}

/// Settings that have to be given, as types: a builder that still misses its `domain` says so.
pub mod needs {
    crate::builder::needs! { domain }
}
