//! Tests of deploys, on this machine and without an account.
//!
//! - [`Emulator`]: a CloudFormation that really makes resources, updates, rolls back and drifts. It is
//!   [ministack](https://pypi.org/project/ministack/), with stand-ins for the resource types that it lacks.
//! - [`Account`]: one of its accounts, in which an app is run ([`Account::run`]) and what came of it is read ([`Account::stack`]). Tests
//!   in different accounts do not see each other.
//! - [`FaultProxy`]: a bad network before it: throttling, broken connections, lost replies; it also counts the calls.
//! - [`FakeCloudFormation`]: plays what no emulator shows: every state of a stack, reasons, early validation, obsolete change sets.
//!
//! ```no_run
//! use std::process::Command;
//!
//! use fc_cdk_testing::deploy::Emulator;
//!
//! # fn main() -> Result<(), fc_cdk_testing::deploy::Error> {
//! // In a test, `Emulator::for_tests` skips where the emulator is not installed, but not in CI.
//! let emulator = Emulator::start(fc_cdk_aws::resource_type)?;
//! let account = emulator.new_account();
//! let run = account.run(Command::new("target/debug/orders").args(["deploy", "--all"]))?;
//! assert_eq!(run.exit_code, Some(0), "{}", run.stderr);
//! let orders = account.stack("Orders")?;
//! assert_eq!(orders.map(|stack| stack.status).as_deref(), Some("CREATE_COMPLETE"));
//! # Ok(())
//! # }
//! ```
//!
//! The app has to be built with the feature `deploy`; `cargo test --features deploy` gives its program as `env!("CARGO_BIN_EXE_orders")`.

mod emulator; // ministack, started and stopped
mod account; // one account of it
mod proxy; // a bad network
mod fake; // what no emulator shows
mod run; // programs of apps

mod error;
mod http; // requests and replies
mod query; // the Query API
mod xml; // its replies

pub use self::{
    account::{Account, Event, Operation, Resource, ResourceFault, Stack},
    emulator::{Emulator, ResourceTypes},
    error::Error,
    fake::{ChangeSetOutcome, FakeCloudFormation, FakeStack, Scenario, Validation},
    proxy::{Call, Effect, Fault, FaultProxy},
    run::{Run, Running},
    xml::Element,
};
