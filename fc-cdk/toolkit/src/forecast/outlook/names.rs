//! Names that are taken.

use fc_cdk_core::{Map, json, spec::ResourceSpec};

use super::{Forecast, is_missing, resources::Planned};
use crate::aws::{
    Target,
    call::CLOUD_CONTROL,
    error::{AwsError, Kind},
};
use crate::forecast::rules;

/// Asks for each new resource whose identifier is known now whether there is one.
pub(super) async fn check(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let target = forecast.target;
    let mut wanted = Vec::new();
    for resource in forecast.planned.iter().filter(|resource| resource.is_new) {
        if let Some(identifier) = identifier(resource, target) {
            let names = (resource.logical_id.to_owned(), resource.type_name.to_owned());
            wanted.push((names, identifier));
        }
    }
    for ((logical_id, type_name), identifier) in wanted {
        if type_name == "AWS::S3::Bucket" {
            bucket(forecast, &logical_id, &identifier).await?;
            continue;
        }
        let parameters =
            json!({ "TypeName": type_name.as_str(), "Identifier": identifier.as_str() });
        let exists = match target.calls().json(CLOUD_CONTROL, "GetResource", parameters).await {
            Ok(_) => Ok(true),
            // Types that Cloud Control does not know cannot be asked for this way.
            Err(error) if is_missing(&error) || is_unsupported(&error) => Ok(false),
            Err(error) => Err(error),
        };
        let what = format!("whether there is {type_name} `{identifier}`");
        if forecast.answer(&what, exists)? == Some(true) {
            let message = format!("there is {type_name} `{identifier}` already");
            forecast.find(rules::EXISTS_ALREADY, &logical_id, "", message);
        }
    }
    Ok(())
}

/// Names of buckets are taken across all accounts.
async fn bucket(forecast: &mut Forecast<'_>, logical_id: &str, name: &str) -> Result<(), AwsError> {
    let answer = forecast.target.s3().bucket_owner(name).await;
    let message = match forecast.answer(&format!("whether there is a bucket `{name}`"), answer)? {
        Some(Some(true)) => format!("there is a bucket `{name}` already, in this account"),
        Some(Some(false)) => format!("there is a bucket `{name}` already, of somebody else"),
        _ => return Ok(()),
    };
    forecast.find(rules::EXISTS_ALREADY, logical_id, "BucketName", message);
    Ok(())
}

fn is_unsupported(error: &AwsError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    ["UnsupportedActionException", "TypeNotFoundException"].contains(&code)
        || (error.kind == Kind::Refused && code == "InvalidRequestException")
}

/// The primary identifier of a resource, where the template says it: its parts, joined as Cloud Control wants them.
fn identifier(resource: &Planned<'_>, target: &Target) -> Option<String> {
    let spec = resource.spec?;
    let parts: Option<Vec<String>> =
        spec.primary_identifier().map(|name| part(resource, spec, name, target)).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("|"))
}

fn part(resource: &Planned<'_>, spec: ResourceSpec, name: &str, target: &Target) -> Option<String> {
    if let Some(text) = resource.text(name) {
        return Some(text.to_owned());
    }
    // An ARN that follows from the name.
    if !name.ends_with("Arn") && name != "Id" {
        return None;
    }
    let template = spec.arn_template()?;
    let template = template.replace("${Account}", target.account());
    let template = template.replace("${Region}", target.region());
    let template = template.replace("${Partition}", target.partition().name());
    fill_in(&template, resource.properties)
}

/// A text with the properties that it names, where all are known.
fn fill_in(template: &str, properties: &Map) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(properties.get(name)?.as_str()?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled).filter(|text| text.starts_with("arn:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_known_where_their_names_are() {
        let properties = Map::new().with("TopicName", "news").with("Other", json!({ "Ref": "X" }));
        let arn = |template| fill_in(template, &properties);
        assert_eq!(arn("arn:aws:sns:::${TopicName}").as_deref(), Some("arn:aws:sns:::news"));
        assert_eq!(arn("arn:aws:sns:::${Other}"), None);
        assert_eq!(arn("arn:aws:sns:::${Missing}"), None);
    }
}
