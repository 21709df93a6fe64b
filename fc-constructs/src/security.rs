//! Who may do what, and with which keys: roles, grants, encryption keys.

mod key; // KMS keys
mod role; // roles, and what grants give to

pub use self::{
    key::{Key, KeyBuilder},
    role::{Grantee, Role, RoleBuilder},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { assumed_by }
}
