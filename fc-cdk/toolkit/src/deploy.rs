//! Deploying: what CloudFormation is told, in which order, and what is said of it.
//!
//! [`run`] is the command. [`prepare`] finds out what is deployed and what is refused; [`schedule`] says who goes when; [`engine`] deploys one
//! stack, by a [`change_set`] that it executes and follows as an [`operation`]. What fails becomes a [`failure`].

pub(crate) mod options; // what a deployment is told on the command line
pub(crate) mod status; // every state of a stack, and what is done with it
pub(crate) mod found; // what is deployed
pub(crate) mod work; // what is wanted, and whether that differs
pub(crate) mod in_use; // outputs that go while somebody reads them
pub(crate) mod nested; // stacks in stacks
pub(crate) mod guards; // what is refused unless it is meant
pub(crate) mod prepare; // all of this, for all stacks
pub(crate) mod schedule; // in which order, and how many at once
pub(crate) mod publish; // templates and assets in the bucket
pub(crate) mod change_set; // made, waited for, taken over
pub(crate) mod early_validation; // made and deleted, to hear what CloudFormation says
pub(crate) mod operation; // followed to its end
pub(crate) mod engine; // one stack
pub(crate) mod recover; // out of a state that cannot be deployed in
pub(crate) mod interrupt; // Ctrl-C
pub(crate) mod progress; // what is told meanwhile
pub(crate) mod event_line; // an event in one line, and as JSON
pub(crate) mod failure; // why it failed
pub(crate) mod run; // the command `deploy`
pub(crate) mod destroy; // the command `destroy`
pub(crate) mod apply; // a stack brought to a template that is at hand
pub(crate) mod plan; // what was reviewed, and that alone
