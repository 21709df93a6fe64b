//! How a system is run: shells on servers, and the machine on which its infrastructure is worked on.

mod session_access; // shells on servers without SSH
mod workbench; // a machine to work on

pub use self::{
    session_access::{SessionAccess, SessionAccessBuilder},
    workbench::{Workbench, WorkbenchBuilder, WorkbenchKind},
};

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// Preferences that Session Manager does not take.
    pub const BAD_SESSION: &str = "bad-session";
    /// A machine that cannot be, or not with these settings.
    pub const BAD_WORKBENCH: &str = "bad-workbench";
}

/// Settings that have to be given, as types: a builder that still misses its `vpc` says so.
pub mod needs {
    crate::builder::needs! { subnets vpc }
}
