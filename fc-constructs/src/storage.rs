//! Where data is kept: buckets.

mod bucket; // S3 buckets

pub use self::bucket::{Bucket, BucketBuilder};
