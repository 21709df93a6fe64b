//! What would fail in a deploy, for reasons that only the account knows: names that are taken, buckets with objects in them, roles, keys,
//! images and certificates that are not there, types that the region does not have, quotas.
//!
//! Nothing is changed: every call only reads. What cannot be asked, such as for a lack of permissions, is said and not guessed.

#[cfg(feature = "deploy")]
mod outlook; // the questions
pub(crate) mod rules; // what each finding stands for

#[cfg(feature = "deploy")]
pub(crate) use self::outlook::{Asks, Outlook, of_deploy, of_destroy};
