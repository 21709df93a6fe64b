//! Who may do what, and with which keys: roles, grants, encryption keys, secrets, certificates.

mod certificate; // certificates for HTTPS
mod key; // KMS keys
mod role; // roles, and what grants give to
mod secret; // passwords and the like

pub(crate) use self::key::for_this_account;
pub use self::{
    certificate::{Certificate, CertificateBuilder},
    key::{Key, KeyBuilder},
    role::{Grantee, Role, RoleBuilder},
    secret::{Secret, SecretBuilder},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { assumed_by domain zone }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// A secret that Secrets Manager does not take.
    pub const BAD_SECRET: &str = "bad-secret";
}
