//! What is known from data: tables over buckets.

mod table; // files in a bucket, as rows and columns

pub use self::table::{ColumnType, Table};

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// A table that Glue or Athena does not take.
    pub const BAD_TABLE: &str = "bad-table";
}
