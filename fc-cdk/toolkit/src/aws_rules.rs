//! AWS's own rules, and Guard files: what they find in a template, in our form.
//!
//! The engine is AWS's (`cloudformation-validate`), in process: some 300 rules, most of them cfn-lint's, and the evaluator of Guard.
//! Only with the cargo feature `validate`.

#[cfg(not(feature = "validate"))]
mod absent; // a build without it
mod said; // what has been said already, and what is allowed
#[cfg(feature = "validate")]
mod engine; // the engine itself
#[cfg(feature = "validate")]
mod finding; // its findings in our form
#[cfg(feature = "validate")]
mod guard; // files of Guard rules

use fc_cdk_core::{Diagnostic, codes};

#[cfg(not(feature = "validate"))]
pub(crate) use self::absent::{Engine, explain};
#[cfg(feature = "validate")]
pub(crate) use self::engine::{Engine, explain};
pub(crate) use self::said::{allow, is_said};

/// A finding of a rule that is not ours.
#[derive(Clone, Debug)]
pub(crate) struct AwsFinding {
    pub(crate) diagnostic: Diagnostic,
    /// The line and column in the template's text, where the engine tells.
    pub(crate) position: Option<(u32, u32)>,
}

/// Whether a code is one of these rules, rather than one of ours.
pub(crate) fn is_foreign(code: &str) -> bool {
    code.starts_with(codes::AWS_RULE) || code.starts_with(codes::GUARD_RULE)
}
