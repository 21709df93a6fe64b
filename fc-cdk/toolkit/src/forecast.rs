//! What would fail in a deploy, for reasons that only the account knows: names that are taken, buckets with objects in them, roles, keys,
//! images and certificates that are not there, types that the region does not have, quotas.
//!
//! Nothing is changed: every call only reads. What cannot be asked, such as for a lack of permissions, is said and not guessed.

#[cfg(feature = "deploy")]
mod outlook; // the questions
pub(crate) mod rules; // what each finding stands for

use fc_cdk_core::Node;

#[cfg(feature = "deploy")]
pub(crate) use self::outlook::{Asks, Outlook, of_deploy, of_destroy};

/// Where a rule of forecasts fails or passes, in a few words.
pub(crate) fn example(code: &str, side: &str) -> Option<String> {
    let examples = Node::parse_json(EXAMPLES).ok()?;
    let text = examples.get(code)?.get(side)?.get("where")?.as_str()?;
    Some(text.to_owned())
}

/// What tests of forecasts run, and the documentation shows.
const EXAMPLES: &str = include_str!("forecast/examples.json");
