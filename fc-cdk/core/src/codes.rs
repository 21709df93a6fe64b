//! The names of the engine's rules: what a diagnostic's `code` says and [`Scope::allow`](crate::Scope::allow) takes.
//!
//! Each is the rule itself, with why it is there and what to do: see [`Rule`].

use crate::rules::Rule;
pub use crate::rules::catalogue::{
    data::*, network::*, properties::*, security::*, structure::*, template::*,
};

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
