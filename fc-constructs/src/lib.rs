//! Higher-level constructs for fc-cdk: secure by default, few required settings, every escape hatch open.
#![expect(
    non_camel_case_types,
    reason = "the states of required settings are named after their setters"
)]

mod builder; // how constructs declare their settings

pub mod network; // VPCs, subnets, security groups
