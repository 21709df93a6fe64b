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
    /// A stream that Kinesis or Firehose does not take.
    pub const BAD_INGEST: &str = "bad-ingest";
}
