//! The emulator and the network before it, without an app: what the tests of deploys rely on.
//!
//! Most need the emulator: `cargo xtask emulator` installs it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod emulator; // stacks, stand-ins, failures of resources
mod proxy; // faults of the network
mod fake; // what no emulator shows
