//! Puts templates and assets into the bucket of the bootstrapping.

use fc_cdk_core::{AssetSource, BucketFile};

use crate::{
    assets,
    aws::{
        Target,
        error::{AwsError, Kind},
    },
    error::Error,
};

/// Uploads what is not there yet; gives how many files that were. A file's key is made of what it holds, so one that is there is the same.
///
/// # Errors
///
/// When there is no bucket, a file cannot be read, or AWS fails.
pub(crate) async fn publish(target: &Target, files: &[BucketFile]) -> Result<usize, Error> {
    publish_to(target, &target.asset_bucket(), files).await
}

async fn publish_to(target: &Target, bucket: &str, files: &[BucketFile]) -> Result<usize, Error> {
    let mut count = 0;
    for file in files {
        let there = target.s3().has(bucket, &file.key).await;
        if there.map_err(|error| explain(target, bucket, error))? {
            continue;
        }
        let content = match &file.source {
            AssetSource::Content { bytes, .. } => bytes.clone(),
            source => assets::content(source, &file.hash)?,
        };
        let kind = content_type(&file.key);
        let done = target.s3().put(bucket, &file.key, content, kind).await;
        done.map_err(|error| explain(target, bucket, error))?;
        count += 1;
    }
    Ok(count)
}

/// Puts a template into a bucket, which may be another one than that of the app; gives where it is.
///
/// # Errors
///
/// As [`publish`].
pub(crate) async fn publish_template(
    target: &Target,
    bucket: &str,
    body: &str,
    hash: &str,
) -> Result<String, Error> {
    let file = BucketFile {
        key: format!("{hash}.json").into(),
        hash: hash.to_owned(),
        source: AssetSource::Content { bytes: body.as_bytes().to_vec(), extension: "json".into() },
        path: None,
    };
    publish_to(target, bucket, &[file]).await?;
    Ok(template_url(target, bucket, hash))
}

/// Where [`publish_template`] puts a template.
pub(crate) fn template_url(target: &Target, bucket: &str, hash: &str) -> String {
    let (region, suffix) = (target.region(), target.partition().url_suffix());
    format!("https://s3.{region}.{suffix}/{bucket}/{hash}.json")
}

fn content_type(key: &str) -> &'static str {
    match key.rsplit_once('.').map(|(_, extension)| extension) {
        Some("json") => "application/json",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}

fn explain(target: &Target, bucket: &str, error: AwsError) -> Error {
    let (account, region) = (target.account(), target.region());
    match error.kind {
        Kind::NotFound => Error::of(crate::codes::NOT_BOOTSTRAPPED, format!(
            "the bucket `{bucket}` for templates and assets does not exist: the account {account} is not bootstrapped in {region}"
        ))
        .help(format!(
            "run the command `bootstrap` (or `cdk bootstrap aws://{account}/{region}`) once; stacks without assets and with templates up to 51,200 bytes need none"
        )),
        _ => Error::from(error),
    }
}
