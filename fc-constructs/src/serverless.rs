//! Code without servers: functions.

mod function; // Lambda functions

pub use self::function::{Code, Function, FunctionBuilder};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { code handler runtime }
}
