//! What is known from data: tables over buckets, the pipeline that fills them, and what is asked of them.

mod table; // files in a bucket, as rows and columns
mod source; // data of one kind, and how it becomes tables
mod buckets; // where the parts of a lake are kept
mod pipeline; // crawlers, quality checks, jobs
mod quick_sight; // what people look at
mod alarms; // what should wake somebody up
mod lake; // all of it together

pub use self::{
    alarms::LakeAlarms,
    buckets::LakeBucket,
    lake::{AnalyticsLake, AnalyticsLakeBuilder},
    pipeline::Pipeline,
    quick_sight::{DataSet, QuickSight},
    source::{NamedQuery, Source, SourceKind, Start},
    table::{ColumnType, Table},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { database_name }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: analytics";
        BAD_TABLE = "bad-table", Error, "a table that Glue or Athena does not take";
            why "Glue takes many names that Athena then cannot ask for.";
            fix "use lower-case letters, digits and underscores";
            docs "https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html";
        BAD_LAKE = "bad-lake", Error, "a lake that Glue, Athena or QuickSight does not take";
            why "It is refused, or queries over it fail.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html";
    }
}
