//! The names of the engine's rules: what a diagnostic's `code` says and [`Scope::allow`](crate::Scope::allow) takes.
//!
//! Each is the rule itself, with why it is there and what to do: see [`Rule`].

use crate::rules::Rule;
pub use crate::rules::catalogue::{
    data::*, network::*, policies::*, properties::*, security::*, structure::*, template::*,
};

/// How codes of AWS's own rules begin, as in `aws:E3012`: those that `validate` takes from AWS's engine.
pub const AWS_RULE: &str = "aws:";

/// How codes of Guard rules begin, as in `guard:bucket_is_encrypted`: those that `validate --rules` was given.
pub const GUARD_RULE: &str = "guard:";

/// The rules without which there is no template: they cannot be allowed.
pub const STRUCTURAL: &[&Rule] = &[
    EMPTY_ID,
    DUPLICATE_ID,
    DUPLICATE_LOGICAL_ID,
    BAD_LOGICAL_ID,
    BAD_STACK_NAME,
    ALLOW_WITHOUT_REASON,
    OUTSIDE_STACK,
    UNRESOLVABLE_REFERENCE,
    STACK_CYCLE,
    RESOURCE_CYCLE,
    BAD_MOVE,
    UNREADABLE_ASSET,
    BAD_OVERRIDE,
];
