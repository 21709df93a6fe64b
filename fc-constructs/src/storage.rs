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
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: storage";
        BAD_ARCHIVE = "bad-archive", Error, "an archive that S3 does not take, or that is short of what the law wants";
            why "S3 refuses the lifecycle, or deletes records before their time.";
            fix "correct the rules as the message says";
            docs "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html";
        EARLY_MOVE = "early-move", Warning, "objects leave a storage class before the time that S3 bills for it";
            why "The rest of the time is billed all the same, so the move costs more than it saves.";
            fix "move them on later, or leave the class out";
            docs "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html";
    }
}
