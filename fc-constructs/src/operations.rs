//! How a system is run: shells on servers, and the machine on which its infrastructure is worked on.

mod session_access; // shells on servers without SSH
mod workbench; // a machine to work on

pub use self::{
    session_access::{SessionAccess, SessionAccessBuilder},
    workbench::{Workbench, WorkbenchBuilder, WorkbenchKind},
};

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: operations";
        BAD_SESSION = "bad-session", Error, "preferences that Session Manager does not take";
            why "Sessions would go on by the old preferences, perhaps without logs.";
            fix "choose a value in the range that the message names";
            docs "https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-configure-preferences-cli.html";
        BAD_WORKBENCH = "bad-workbench", Error, "a machine that cannot be, or not with these settings";
            why "It does not start, or nobody reaches it.";
            fix "correct the setting as the message says";
            docs "";
    }
}

/// Settings that have to be given, as types: a builder that still misses its `vpc` says so.
pub mod needs {
    crate::builder::needs! { subnets vpc }
}
