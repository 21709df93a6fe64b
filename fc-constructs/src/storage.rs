//! Where data is kept: buckets, and archives that get cheaper as data ages.

mod bucket; // S3 buckets
mod age; // how old objects are, in days
mod tiers; // storage classes, from warm to cold
mod tiered_archive_bucket; // buckets whose objects move on as they age

pub use self::{
    age::Age,
    bucket::{Bucket, BucketBuilder},
    tiered_archive_bucket::{
        ArchiveRule, ObjectLock, TieredArchiveBucket, TieredArchiveBucketBuilder,
    },
    tiers::{MovesTo, StorageClass, Tiers, class},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { rules }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// An archive that S3 does not take, or that is short of what the law wants.
    pub const BAD_ARCHIVE: &str = "bad-archive";
    /// Objects that leave a storage class before the time that S3 bills for it.
    pub const EARLY_MOVE: &str = "early-move";
}
