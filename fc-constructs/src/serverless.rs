//! Code without servers: functions.

mod function; // Lambda functions

pub use self::function::{Code, Function, FunctionBuilder};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { code handler runtime }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: functions";
        BAD_FUNCTION = "bad-function", Error, "a function that Lambda does not take";
            why "Lambda refuses a time or a memory that is out of its range.";
            fix "choose a value in the range that the message names";
            docs "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
    }
}
