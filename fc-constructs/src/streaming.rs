//! Data that arrives all the time: streams, and what becomes of them.

mod alarms; // what should wake somebody up
mod realtime_ingest; // from a stream to Parquet in a bucket

pub use self::{
    alarms::IngestAlarms,
    realtime_ingest::{RealtimeIngest, RealtimeIngestBuilder},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { bucket database table }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: streams";
        BAD_INGEST = "bad-ingest", Error, "a stream that Kinesis or Firehose does not take, or whose files nobody finds";
            why "It is refused, or its records go where no query looks.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html";
    }
}
