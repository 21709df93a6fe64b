//! Deploying: what CloudFormation is told, in which order, and what is said of it.

pub(crate) mod event_line; // an event in one line, and as JSON
pub(crate) mod status; // every state of a stack, and what is done with it
