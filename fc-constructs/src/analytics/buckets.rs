//! [`LakeBucket`]: where a part of a lake is kept.

use fc_cdk_aws::ids::s3::BucketName;
use fc_cdk_core::{IntoValue, Scope, Value, sub};

use crate::{security::Key, storage::Bucket};

/// Where a part of a lake is kept: in a bucket that the lake makes, with a name or without, or in one that is there.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::{analytics::LakeBucket, storage::Bucket};
/// let app = App::new();
/// let stack = Stack::new(&app, "Data");
/// let shared = Bucket::builder().build(&stack, "Shared");
/// LakeBucket::named("shop-athena-results");
/// LakeBucket::existing(&shared).prefix("athena-results/");
/// ```
#[derive(Clone)]
pub struct LakeBucket {
    name: Option<Value<BucketName>>,
    existing: Option<Bucket>,
    prefix: String,
}

impl LakeBucket {
    /// A bucket that the lake makes, with this name, unique in all of AWS.
    pub fn named(name: impl IntoValue<BucketName>) -> LakeBucket {
        LakeBucket { name: Some(name.into_value()), existing: None, prefix: String::new() }
    }

    /// A bucket that is there.
    pub fn existing(bucket: &Bucket) -> LakeBucket {
        LakeBucket { name: None, existing: Some(bucket.clone()), prefix: String::new() }
    }

    /// Where in the bucket, such as `athena-results/`. Default: all of it.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> LakeBucket {
        self.prefix = prefix.into();
        self
    }
}

impl From<&Bucket> for LakeBucket {
    fn from(bucket: &Bucket) -> LakeBucket {
        LakeBucket::existing(bucket)
    }
}

/// A bucket of a lake, and where in it.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) bucket: Bucket,
    pub(super) prefix: String,
}

impl Place {
    /// The bucket that is there, or a new one.
    pub(super) fn of(
        scope: &Scope,
        id: &str,
        wanted: Option<LakeBucket>,
        key: &Key,
        logs: Option<&Bucket>,
        days: Option<u32>,
    ) -> Place {
        let (name, existing, prefix) = match wanted {
            Some(wanted) => (wanted.name, wanted.existing, wanted.prefix),
            None => (None, None, String::new()),
        };
        let bucket = existing.unwrap_or_else(|| {
            let mut builder = Bucket::builder().encryption_key(key);
            if let Some(name) = name {
                builder = builder.bucket_name(name);
            }
            if let Some(logs) = logs {
                builder = builder.access_logs(logs);
            }
            if let Some(days) = days {
                builder = builder.expire_after_days(days).expire_old_versions_after_days(days);
            }
            builder.build(scope, id)
        });
        Place { bucket, prefix }
    }

    pub(super) fn url(&self) -> Value<String> {
        let (bucket, prefix) = (&self.bucket, &self.prefix);
        sub!("s3://{bucket}/{prefix}")
    }
}
