//! Archives with the code of functions, and the bucket of the bootstrapping.

use super::{Forecast, Outlook, resources::Planned, unless_missing, zip};
use crate::{aws::error::AwsError, forecast::rules};

/// The largest code of a function, unpacked; an archive is smaller. See
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const LARGEST_CODE: u64 = 250 << 20;

/// What of an archive is read to know what is in it: as much as the directory of some thousand files has.
const TAIL: u64 = 256 << 10;

/// The app's files go into the bucket of the bootstrapping.
pub(super) async fn check_bucket(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let Some(stack) = forecast.stacks.first().filter(|_| forecast.asks.assets > 0) else {
        return Ok(outlook);
    };
    let bucket = forecast.target.asset_bucket();
    let owner = forecast.target.s3().bucket_owner(&bucket).await;
    if outlook.answer(&format!("whether there is a bucket `{bucket}`"), owner)? == Some(None) {
        let name = forecast.target.name();
        let message = format!("{name} is not bootstrapped: there is no bucket `{bucket}`");
        outlook.find_in(rules::NOT_BOOTSTRAPPED, stack, "", "", message);
    }
    Ok(outlook)
}

/// What is to be known of an archive.
enum Archive {
    NoBucket,
    Missing,
    Sizes { packed: u64, unpacked: Option<u64> },
}

/// Archives that functions and layers take their code from must be there, and not too large.
pub(super) async fn check_code(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let made = forecast.made("AWS::S3::Bucket", "BucketName");
    let own = forecast.target.asset_bucket();
    let mut wanted: Vec<(&Planned<'_>, &'static str, &str, &str)> = Vec::new();
    for resource in &forecast.planned {
        let property = match resource.type_name {
            "AWS::Lambda::Function" => "Code",
            "AWS::Lambda::LayerVersion" => "Content",
            _ => continue,
        };
        let bucket = resource.text(&format!("{property}/S3Bucket"));
        let key = resource.text(&format!("{property}/S3Key"));
        if let (Some(bucket), Some(key)) = (bucket, key) {
            // What the app itself uploads comes before the stack.
            let is_uploaded =
                bucket == own || (bucket.starts_with("cdk-") && bucket.contains("-assets-"));
            if !is_uploaded && !made.contains(bucket) {
                wanted.push((resource, property, bucket, key));
            }
        }
    }
    let target = forecast.target;
    let answers = forecast.each(&wanted, |(_, _, bucket, key)| async move {
        let Some(packed) = target.s3().size(bucket, key).await? else {
            let owner = target.s3().bucket_owner(bucket).await?;
            return Ok(if owner.is_none() { Archive::NoBucket } else { Archive::Missing });
        };
        // Who may not read it does not learn what is in it.
        let tail = match packed {
            0 => None,
            _ => unless_missing(target.s3().tail(bucket, key, TAIL).await).ok().flatten(),
        };
        let unpacked = tail.and_then(|tail| zip::unpacked_size(&tail));
        Ok(Archive::Sizes { packed, unpacked })
    });
    for ((resource, property, bucket, key), answer) in wanted.iter().zip(answers.await) {
        let what = format!("whether there is `{key}` in the bucket `{bucket}`");
        let Some(archive) = outlook.answer(&what, answer)? else { continue };
        let (rule, message) = match archive {
            Archive::NoBucket => (rules::MISSING_CODE, format!("there is no bucket `{bucket}`")),
            Archive::Missing => {
                (rules::MISSING_CODE, format!("there is no `{key}` in the bucket `{bucket}`"))
            }
            Archive::Sizes { packed: 0, .. } => {
                (rules::CODE_TOO_LARGE, format!("`{key}` in the bucket `{bucket}` is empty"))
            }
            Archive::Sizes { unpacked: Some(0), .. } => (
                rules::CODE_TOO_LARGE,
                format!("`{key}` in the bucket `{bucket}` has no file with anything in it"),
            ),
            Archive::Sizes { packed, unpacked } => {
                let size = packed.max(unpacked.unwrap_or_default());
                if size <= LARGEST_CODE {
                    continue;
                }
                let unpacked = if size > packed { ", unpacked" } else { "" };
                let size = size >> 20;
                let message = format!("`{key}` in the bucket `{bucket}` has {size} MB{unpacked}");
                (rules::CODE_TOO_LARGE, message)
            }
        };
        outlook.find(rule, resource, property, message);
    }
    Ok(outlook)
}
