//! Keys and certificates that are named by their ARNs.

use fc_cdk_core::json;

use super::{Forecast, Outlook, resources::Place, unless_missing};
use crate::{
    aws::{
        call::{ACM, KMS, text_of},
        error::AwsError,
    },
    forecast::rules,
};

/// All checks of this module.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    keys(forecast, &mut outlook).await?;
    certificates(forecast, &mut outlook).await?;
    Ok(outlook)
}

async fn keys(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let mut named = forecast.literals(&forecast.own("kms"));
    // Some properties take the alias alone; those of AWS are there before their first use.
    let aliases = forecast.literals("alias/").into_iter().filter(|(name, places)| {
        let of_property = |place: &Place<'_>| place.property.to_ascii_lowercase().contains("key");
        !name.starts_with("alias/aws/") && places.iter().all(of_property)
    });
    named.extend(aliases);
    let made = forecast.made("AWS::KMS::Alias", "AliasName");
    named.retain(|key, _| {
        let alias = key.split_once(":alias/").map(|(_, name)| format!("alias/{name}"));
        let alias = alias.as_deref().unwrap_or(key);
        !made.contains(alias) && !alias.starts_with("alias/aws/")
    });
    let calls = forecast.target.calls();
    let answers = forecast.each(named.keys(), |arn| async move {
        unless_missing(calls.json(KMS, "DescribeKey", json!({ "KeyId": *arn })).await)
    });
    for ((arn, places), key) in named.iter().zip(answers.await) {
        let message = match outlook.answer(&format!("the key `{arn}`"), key)? {
            Some(None) => format!("there is no key `{arn}`"),
            Some(Some(key)) => match text_of(&key, "KeyMetadata/KeyState") {
                "Enabled" | "" => continue,
                state => format!("the key `{arn}` is not enabled but {state}"),
            },
            None => continue,
        };
        outlook.find_all(rules::KEY_NOT_USABLE, places, &message);
    }
    Ok(())
}

async fn certificates(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let target = forecast.target;
    let prefix = format!("arn:{}:acm:", target.partition().name());
    let mut named = forecast.literals(&prefix);
    let part = |arn: &str, index| arn.split(':').nth(index).unwrap_or_default().to_owned();
    named.retain(|arn, _| part(arn, 4) == target.account());
    // Distributions take those of one region, so each is asked for in its own.
    let answers = forecast.each(named.keys(), |arn| async move {
        let calls = target.calls().in_region(&part(arn, 3));
        let certificate = json!({ "CertificateArn": *arn });
        unless_missing(calls.json(ACM, "DescribeCertificate", certificate).await)
    });
    for ((arn, places), certificate) in named.iter().zip(answers.await) {
        let region = part(arn, 3);
        let rule = rules::CERTIFICATE_NOT_ISSUED;
        let is_elsewhere = |place: &&Place<'_>| {
            region != target.region()
                && place.resource.type_name.starts_with("AWS::ElasticLoadBalancing")
        };
        for place in places.iter().filter(is_elsewhere) {
            let message = format!(
                "the certificate `{arn}` is of {region}, and load balancers of {} take only those of their region",
                target.region()
            );
            outlook.find(rule, place.resource, &place.property, message);
        }
        let message = match outlook.answer(&format!("the certificate `{arn}`"), certificate)? {
            Some(None) => format!("there is no certificate `{arn}`"),
            Some(Some(found)) => match text_of(&found, "Certificate/Status") {
                "ISSUED" | "" => continue,
                status => format!("the certificate `{arn}` is not issued but {status}"),
            },
            None => continue,
        };
        outlook.find_all(rule, places, &message);
    }
    Ok(())
}
