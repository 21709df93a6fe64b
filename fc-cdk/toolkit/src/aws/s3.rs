//! [`S3`]: files in buckets.

use aws_sdk_s3::{Client, error::ProvideErrorMetadata, primitives::ByteStream};

use super::error::{AwsError, Kind};

/// Files in the buckets of one account and region.
#[derive(Clone, Debug)]
pub(crate) struct S3 {
    client: Client,
    /// The account that buckets must belong to: whoever guesses the name of a bucket that has been deleted gets nothing.
    owner: String,
}

impl S3 {
    pub(crate) fn new(client: Client, owner: &str) -> S3 {
        S3 { client, owner: owner.to_owned() }
    }

    /// Whether an object is there. That its bucket is not is an error.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`] where there is no such bucket, and what every call may fail by.
    pub(crate) async fn has(&self, bucket: &str, key: &str) -> Result<bool, AwsError> {
        let doing = || format!("look for `{key}` in the bucket `{bucket}`");
        let call = self.client.list_objects_v2().bucket(bucket).prefix(key).max_keys(1);
        let answer = call.expected_bucket_owner(&self.owner).send().await;
        let answer = answer.map_err(|error| of_bucket(AwsError::of(doing(), &error), &error))?;
        Ok(answer.contents().iter().any(|object| object.key() == Some(key)))
    }

    /// Uploads an object.
    ///
    /// # Errors
    ///
    /// As [`has`](S3::has).
    pub(crate) async fn put(
        &self,
        bucket: &str,
        key: &str,
        content: Vec<u8>,
        content_type: &str,
    ) -> Result<(), AwsError> {
        let doing = || format!("upload `{key}` to the bucket `{bucket}`");
        let call = self.client.put_object().bucket(bucket).key(key).content_type(content_type);
        let call = call.body(ByteStream::from(content)).expected_bucket_owner(&self.owner);
        let answer = call.send().await;
        answer.map_err(|error| of_bucket(AwsError::of(doing(), &error), &error))?;
        Ok(())
    }

    /// Deletes all objects of a bucket, with all their versions; gives how many. That there is no bucket is no error.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn empty(&self, bucket: &str) -> Result<usize, AwsError> {
        use aws_sdk_s3::types::{Delete, ObjectIdentifier};
        let doing = || format!("empty the bucket `{bucket}`");
        let mut count = 0;
        loop {
            let call = self.client.list_object_versions().bucket(bucket);
            let answer = match call.expected_bucket_owner(&self.owner).send().await {
                Ok(answer) => answer,
                Err(error) => {
                    let failed = of_bucket(AwsError::of(doing(), &error), &error);
                    return if failed.kind == Kind::NotFound { Ok(count) } else { Err(failed) };
                }
            };
            let versions = answer.versions().iter().map(|it| (it.key(), it.version_id()));
            let markers = answer.delete_markers().iter().map(|it| (it.key(), it.version_id()));
            let objects = versions.chain(markers).filter_map(|(key, version)| {
                let version = version.map(str::to_owned);
                ObjectIdentifier::builder().key(key?).set_version_id(version).build().ok()
            });
            let objects: Vec<ObjectIdentifier> = objects.collect();
            if objects.is_empty() {
                return Ok(count);
            }
            count += objects.len();
            let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build();
            let delete = delete.map_err(|error| AwsError::refused(doing(), error.to_string()))?;
            let call = self.client.delete_objects().bucket(bucket).delete(delete);
            let answer = call.expected_bucket_owner(&self.owner).send().await;
            let answer =
                answer.map_err(|error| of_bucket(AwsError::of(doing(), &error), &error))?;
            if let Some(error) = answer.errors().first() {
                let message = error.message().unwrap_or("an object cannot be deleted");
                return Err(AwsError::refused(doing(), message));
            }
        }
    }

    /// Whose a bucket is: `Some(true)` of this account, `Some(false)` of somebody else, `None` where there is none.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn bucket_owner(&self, bucket: &str) -> Result<Option<bool>, AwsError> {
        let doing = || format!("look for the bucket `{bucket}`");
        match self.client.head_bucket().bucket(bucket).send().await {
            Ok(_) => Ok(Some(true)),
            Err(error) => match error.raw_response().map(|response| response.status().as_u16()) {
                Some(404) => Ok(None),
                // In another region, or not ours to see.
                Some(301 | 403) => Ok(Some(false)),
                _ => Err(of_bucket(AwsError::of(doing(), &error), &error)),
            },
        }
    }

    /// Whether a bucket has no objects, and no versions of ones that were deleted.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`] where there is no such bucket, and what every call may fail by.
    pub(crate) async fn is_empty(&self, bucket: &str) -> Result<bool, AwsError> {
        let doing = || format!("list the bucket `{bucket}`");
        let call = self.client.list_object_versions().bucket(bucket).max_keys(1);
        let answer = call.expected_bucket_owner(&self.owner).send().await;
        let answer = answer.map_err(|error| of_bucket(AwsError::of(doing(), &error), &error))?;
        Ok(answer.versions().is_empty() && answer.delete_markers().is_empty())
    }

    /// How many bytes an object has; `None` where it or its bucket is not there.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn size(&self, bucket: &str, key: &str) -> Result<Option<u64>, AwsError> {
        let doing = || format!("look for `{key}` in the bucket `{bucket}`");
        match self.client.head_object().bucket(bucket).key(key).send().await {
            Ok(answer) => Ok(answer.content_length().and_then(|length| length.try_into().ok())),
            Err(error) => match of_bucket(AwsError::of(doing(), &error), &error) {
                error if error.kind == Kind::NotFound => Ok(None),
                error => Err(error),
            },
        }
    }

    /// The last bytes of an object.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`] where there is no such object, and what every call may fail by.
    pub(crate) async fn tail(
        &self,
        bucket: &str,
        key: &str,
        most: u64,
    ) -> Result<Vec<u8>, AwsError> {
        let doing = || format!("read `{key}` in the bucket `{bucket}`");
        let call = self.client.get_object().bucket(bucket).key(key).range(format!("bytes=-{most}"));
        let answer = call.send().await;
        let answer = answer.map_err(|error| of_bucket(AwsError::of(doing(), &error), &error))?;
        let body = answer.body.collect().await;
        let body = body.map_err(|error| AwsError::unreachable(doing(), error.to_string()))?;
        Ok(body.to_vec())
    }

    /// How many buckets the account has.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn count(&self) -> Result<u64, AwsError> {
        let answer = self.client.list_buckets().send().await;
        let answer = answer.map_err(|error| AwsError::of("list the buckets", &error))?;
        Ok(answer.buckets().len() as u64)
    }
}

/// S3 says less than the status of its answer does.
fn of_bucket<E: ProvideErrorMetadata + std::error::Error + 'static>(
    mut failed: AwsError,
    error: &aws_sdk_s3::error::SdkError<E>,
) -> AwsError {
    let status = error.raw_response().map(|response| response.status().as_u16());
    match (failed.kind, status) {
        (Kind::Refused, Some(404)) => failed.kind = Kind::NotFound,
        (Kind::Refused, Some(403)) => failed.kind = Kind::Denied,
        (Kind::Refused, Some(500..)) => failed.kind = Kind::Server,
        _ => {}
    }
    failed
}
