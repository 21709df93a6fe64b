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
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: secrets";
        BAD_SECRET = "bad-secret", Error, "a secret that Secrets Manager does not take";
            why "It is refused when it is made, or at its first rotation.";
            fix "choose a value in the range that the message names";
            docs "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html";
    }
}
