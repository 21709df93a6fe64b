//! Parameters of Systems Manager and secrets that templates name: CloudFormation reads them before or while it deploys.

use std::collections::BTreeMap;

use fc_cdk_core::{Map, json};

use super::{
    Forecast, Outlook,
    resources::{self, Place},
    unless_missing,
};
use crate::{
    aws::{
        call::{SECRETS, SSM, items, text_of},
        error::AwsError,
    },
    forecast::rules,
};

/// Systems Manager answers for so many at once.
const NAMES_PER_CALL: usize = 10;

/// The values of parameters of Systems Manager, by name.
pub(super) type Settings = BTreeMap<String, String>;

/// All checks of this module, with the values that were read.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<(Settings, Outlook), AwsError> {
    let mut outlook = Outlook::default();
    let settings = parameters(forecast, &mut outlook).await?;
    secrets(forecast, &mut outlook).await?;
    Ok((settings, outlook))
}

/// The name of a parameter of Systems Manager, where a text is one.
pub(super) fn parameter_of(text: &str) -> Option<&str> {
    let name = text.strip_prefix("{{resolve:ssm:")?.strip_suffix("}}")?;
    Some(name).filter(|name| !name.contains("{{"))
}

async fn parameters(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<Settings, AwsError> {
    let made = forecast.made("AWS::SSM::Parameter", "Name");
    let mut named = references(forecast, "ssm");
    named.extend(references(forecast, "ssm-secure"));
    // A version may follow: `name:3`.
    named.retain(|name, _| !made.contains(name.split(':').next().unwrap_or(name)));
    let names: Vec<&String> = named.keys().collect();
    let calls = forecast.target.calls();
    let answers = forecast.each(names.chunks(NAMES_PER_CALL), |names| async move {
        let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        calls.json(SSM, "GetParameters", json!({ "Names": names })).await
    });
    let mut settings = Settings::new();
    for (names, answer) in names.chunks(NAMES_PER_CALL).zip(answers.await) {
        let first = names.first().map_or("", |name| name.as_str());
        let what = format!("the parameter `{first}` and {} more", names.len() - 1);
        let Some(answer) = outlook.answer(&what, answer)? else { continue };
        for parameter in items(&answer, "Parameters") {
            let name = [text_of(parameter, "Name"), text_of(parameter, "Selector")].concat();
            settings.insert(name, text_of(parameter, "Value").to_owned());
        }
        let invalid = items(&answer, "InvalidParameters");
        for name in invalid.into_iter().filter_map(|name| name.as_str()) {
            let region = forecast.target.name();
            let message = format!("there is no parameter `{name}` of Systems Manager in {region}");
            if let Some(places) = named.get(name) {
                outlook.find_all(rules::MISSING_PARAMETER, places, &message);
            }
        }
    }
    Ok(settings)
}

async fn secrets(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let made = forecast.made("AWS::SecretsManager::Secret", "Name");
    let mut named: BTreeMap<String, Vec<Place<'_>>> = BTreeMap::new();
    for (text, places) in references(forecast, "secretsmanager") {
        // An ARN has six colons before its name is over; of a name alone, the first ends it.
        let parts: Vec<&str> = text.split(':').collect();
        let id = match parts.as_slice() {
            ["arn", _, _, region, account, ..]
                if *account != forecast.target.account() || *region != forecast.target.region() =>
            {
                continue;
            }
            ["arn", ..] => parts.iter().take(7).copied().collect::<Vec<_>>().join(":"),
            _ => parts.first().copied().unwrap_or_default().to_owned(),
        };
        named.entry(id).or_default().extend(places);
    }
    named.retain(|id, _| !made.contains(id.as_str()));
    let calls = forecast.target.calls();
    let answers = forecast.each(named.keys(), |id| async move {
        let parameters = Map::new().with("SecretId", id.as_str());
        unless_missing(calls.json(SECRETS, "DescribeSecret", parameters.into()).await)
    });
    for ((id, places), answer) in named.iter().zip(answers.await) {
        let region = forecast.target.name();
        let message = match outlook.answer(&format!("the secret `{id}`"), answer)? {
            Some(None) => format!("there is no secret `{id}` in {region}"),
            Some(Some(secret)) if secret.get("DeletedDate").is_some_and(|it| !it.is_null()) => {
                format!("the secret `{id}` in {region} is deleted, and waits for its end")
            }
            _ => continue,
        };
        outlook.find_all(rules::MISSING_PARAMETER, places, &message);
    }
    Ok(())
}

/// The places of all dynamic references of a kind, by what they name.
fn references<'f>(forecast: &'f Forecast<'_>, kind: &str) -> BTreeMap<String, Vec<Place<'f>>> {
    let opening = format!("{{{{resolve:{kind}:");
    let mut found: BTreeMap<String, Vec<Place<'_>>> = BTreeMap::new();
    for resource in &forecast.planned {
        for (property, text) in resources::raw_literals(resource) {
            for rest in text.split(opening.as_str()).skip(1) {
                let Some((name, _)) = rest.split_once("}}") else { continue };
                // Where a value of a deploy is in it, only CloudFormation knows.
                if !name.is_empty() && !name.contains("${") {
                    let place = Place { resource, property: property.clone() };
                    found.entry(name.to_owned()).or_default().push(place);
                }
            }
        }
    }
    found
}
