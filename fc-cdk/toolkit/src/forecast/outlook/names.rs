//! Names that are taken.

use fc_cdk_core::{
    json,
    spec::{Kind as ValueKind, ResourceSpec},
};

use super::{Forecast, Outlook, is_missing, resources::Planned};
use crate::aws::{
    Target,
    call::CLOUD_CONTROL,
    error::{AwsError, Kind},
};
use crate::forecast::rules;

/// Asks for each new resource whose identifier is known now whether there is one.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let target = forecast.target;
    let new = forecast.planned.iter().filter(|resource| resource.is_new());
    let wanted: Vec<(&Planned<'_>, String)> =
        new.filter_map(|resource| Some((resource, identifier(resource, target)?))).collect();
    let mut outlook = Outlook::default();
    let answers = forecast.each(&wanted, |(resource, name)| async move {
        match resource.type_name {
            "AWS::S3::Bucket" => bucket(target, name).await,
            type_name => other(target, type_name, name).await,
        }
    });
    for ((resource, name), answer) in wanted.iter().zip(answers.await) {
        let type_name = resource.type_name;
        let what = format!("whether there is {type_name} `{name}`");
        if let Some(Some(whose)) = outlook.answer(&what, answer)? {
            let message = format!("there is {type_name} `{name}` already{whose}");
            outlook.find(rules::EXISTS_ALREADY, resource, "", message);
        }
    }
    Ok(outlook)
}

/// Names of buckets are taken across all accounts.
async fn bucket(target: &Target, name: &str) -> Result<Option<&'static str>, AwsError> {
    Ok(target.s3().bucket_owner(name).await?.map(|own| match own {
        true => ", in this account",
        false => ", of somebody else or in another region",
    }))
}

async fn other(
    target: &Target,
    type_name: &str,
    identifier: &str,
) -> Result<Option<&'static str>, AwsError> {
    let parameters = json!({ "TypeName": type_name, "Identifier": identifier });
    match target.calls().json(CLOUD_CONTROL, "GetResource", parameters).await {
        Ok(_) => Ok(Some("")),
        // Types that Cloud Control does not know cannot be asked for this way.
        Err(error) if is_missing(&error) || is_unsupported(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_unsupported(error: &AwsError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    ["UnsupportedActionException", "TypeNotFoundException"].contains(&code)
        || (error.kind == Kind::Refused && code == "InvalidRequestException")
}

/// The primary identifier of a resource, where the template says it: its parts, joined as Cloud Control wants them.
fn identifier(resource: &Planned<'_>, target: &Target) -> Option<String> {
    let spec = resource.spec?;
    // What is named only by others, such as the policy of a bucket, has no name that could be taken.
    let is_own = |name: &str| {
        let kind = spec.properties().property(name).map(|property| property.kind());
        let Some(ValueKind::Id(mut targets)) = kind else { return true };
        targets.any(|target| target.split('.').next() == Some(resource.type_name))
    };
    if !spec.primary_identifier().any(is_own) {
        return None;
    }
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
    fill_in(spec.arn_template()?, target, |name| {
        resource.properties.get(name)?.as_str().map(str::to_owned)
    })
}

/// An ARN of this account and region, with the values that it names, where all are known.
pub(super) fn fill_in(
    template: &str,
    target: &Target,
    value: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let of = |name: &str| match name {
        "Account" => Some(target.account().to_owned()),
        "Region" => Some(target.region().to_owned()),
        "Partition" => Some(target.partition().name().to_owned()),
        name => value(name),
    };
    substitute(template, of).filter(|text| text.starts_with("arn:"))
}

fn substitute(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&value(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

#[cfg(test)]
mod tests {
    use fc_cdk_core::Map;

    use super::*;

    #[test]
    fn arns_are_known_where_their_names_are() {
        let properties = Map::new().with("TopicName", "news").with("Other", json!({ "Ref": "X" }));
        let value = |name: &str| properties.get(name)?.as_str().map(str::to_owned);
        let arn = |template| substitute(template, value);
        assert_eq!(arn("arn:aws:sns:::${TopicName}").as_deref(), Some("arn:aws:sns:::news"));
        assert_eq!(arn("arn:aws:sns:::${Other}"), None);
        assert_eq!(arn("arn:aws:sns:::${Missing}"), None);
    }
}
