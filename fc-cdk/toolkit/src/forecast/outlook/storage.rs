//! Buckets that are to be deleted, and archives with the code of functions.

use fc_cdk_core::Template;

use super::{Forecast, resources};
use crate::aws::error::AwsError;
use crate::forecast::rules;

/// The largest code of a function, unpacked; an archive is smaller. See
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const LARGEST_CODE: u64 = 250 << 20;

/// Buckets that the stack has and the new template has not must be empty.
pub(super) async fn check_removed(
    forecast: &mut Forecast<'_>,
    deployed: &Template,
    new: Option<&Template>,
) -> Result<(), AwsError> {
    let removed = resources::removed(deployed, new);
    if !removed.iter().any(|(_, type_name)| type_name == "AWS::S3::Bucket") {
        return Ok(());
    }
    let stack = forecast.stack.stack_name();
    let resources = forecast.target.cloudformation().resources(stack).await;
    let what = "which buckets the stack has";
    for resource in forecast.answer(what, resources)?.unwrap_or_default() {
        let is_removed = removed.iter().any(|(id, _)| *id == resource.logical_id);
        let Some(name) = resource.physical_id.as_deref().filter(|_| is_removed) else { continue };
        if resource.type_name != "AWS::S3::Bucket" {
            continue;
        }
        let empty = forecast.target.s3().is_empty(name).await;
        let what = format!("whether the bucket `{name}` is empty");
        if forecast.answer(&what, empty)? == Some(false) {
            let message = format!("the bucket `{name}` is to be deleted and is not empty");
            forecast.find(rules::BUCKET_NOT_EMPTY, &resource.logical_id, "", message);
        }
    }
    Ok(())
}

/// Archives that functions take their code from must be there, and not too large.
pub(super) async fn check_code(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let mut wanted = Vec::new();
    for resource in &forecast.planned {
        let prefix = match resource.type_name {
            "AWS::Lambda::Function" => "Code",
            "AWS::Lambda::LayerVersion" => "Content",
            _ => continue,
        };
        let bucket = resource.text(&format!("{prefix}/S3Bucket"));
        let key = resource.text(&format!("{prefix}/S3Key"));
        if let (Some(bucket), Some(key)) = (bucket, key) {
            // What the app itself uploads comes before the stack.
            if !bucket.contains("${") {
                let id = resource.logical_id.to_owned();
                wanted.push((id, prefix, bucket.to_owned(), key.to_owned()));
            }
        }
    }
    for (logical_id, prefix, bucket, key) in wanted {
        let size = forecast.target.s3().size(&bucket, &key).await;
        let what = format!("whether there is `{key}` in the bucket `{bucket}`");
        match forecast.answer(&what, size)? {
            Some(None) => {
                let message = format!("there is no `{key}` in the bucket `{bucket}`");
                forecast.find(rules::MISSING_CODE, &logical_id, prefix, message);
            }
            Some(Some(0)) => {
                let message = format!("`{key}` in the bucket `{bucket}` is empty");
                forecast.find(rules::CODE_TOO_LARGE, &logical_id, prefix, message);
            }
            Some(Some(size)) if size > LARGEST_CODE => {
                let message = format!("`{key}` in the bucket `{bucket}` has {} MB", size >> 20);
                forecast.find(rules::CODE_TOO_LARGE, &logical_id, prefix, message);
            }
            _ => {}
        }
    }
    Ok(())
}
