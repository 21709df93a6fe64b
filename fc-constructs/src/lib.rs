//! Higher-level constructs for fc-cdk: secure by default, few required settings, every escape hatch open.
#![expect(
    non_camel_case_types,
    reason = "the states of required settings are named after their setters"
)]

mod builder; // how constructs declare their settings
mod names; // lists of texts
mod json_text; // JSON as text, with values in it
mod handle; // constructs stand for their main resource
mod policy_resource; // policies that grow after their resource exists
mod region; // which region a value belongs to

pub mod network; // VPCs, subnets, security groups
pub mod dns; // hosted zones, records
pub mod edge; // CloudFront, WAF, Shield
pub mod compute; // servers behind load balancers
pub mod containers; // services on Fargate, images
pub mod database; // relational databases
pub mod security; // roles, grants, encryption keys
pub mod storage; // buckets
pub mod messaging; // topics
pub mod monitoring; // log groups, metrics
pub mod serverless; // functions
pub mod delivery; // pipelines
pub mod operations; // shells on servers, machines to work on
pub mod analytics; // tables over buckets, and what is asked of them
pub mod streaming; // data that arrives all the time

pub use self::names::Names;

/// The rules of all constructs, by topic. An app gives them to its command line, so that `explain` lists them and reports for other
/// tools describe them: `fc_cdk::cli("shop").rules(fc_constructs::RULES)`.
pub const RULES: &[fc_cdk_core::rules::Group] = &[
    network::codes::RULES,
    dns::codes::RULES,
    edge::codes::RULES,
    compute::codes::RULES,
    containers::codes::RULES,
    database::codes::RULES,
    security::codes::RULES,
    storage::codes::RULES,
    messaging::codes::RULES,
    monitoring::codes::RULES,
    serverless::codes::RULES,
    delivery::codes::RULES,
    operations::codes::RULES,
    analytics::codes::RULES,
    streaming::codes::RULES,
];

/// The example of the README, so that it compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

/// The examples of the page about tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/testing.md")]
mod testing {}
