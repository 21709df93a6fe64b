//! Deployments by the command line, to an emulator of AWS and to a CloudFormation that plays what no emulator shows.
//!
//! The app that is deployed is `examples/orders.rs`. `cargo xtask emulator` installs the emulator; then
//! `cargo test -p fc-cdk-toolkit --features deploy` builds the app and runs these.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app; // the app, and how a test runs it
mod journey; // from nothing to nothing
mod network; // faults on the way to AWS
mod resources; // failures of resources
mod killed; // clients that end before AWS does
mod states; // every state of a stack, and what CloudFormation refuses
mod validate; // what CloudFormation says before anything is deployed
mod references; // one stack reads another
mod secrets; // what must not be printed
