//! Engines, versions and classes of databases that the region offers.

use std::collections::BTreeMap;

use fc_cdk_core::Node;

use super::{
    Forecast, Outlook,
    resources::{Planned, referred},
};
use crate::{
    aws::{
        call::{RDS, items, text_of},
        error::AwsError,
    },
    forecast::rules,
};

const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";

/// A database that is to be made or changed, as far as it is known now.
struct Database<'f> {
    resource: &'f Planned<'f>,
    engine: &'f str,
    version: Option<&'f str>,
    class: Option<&'f str>,
}

/// All checks of this module.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let mut databases = Vec::new();
    for resource in &forecast.planned {
        let class = match resource.type_name {
            INSTANCE => "DBInstanceClass",
            CLUSTER => "DBClusterInstanceClass",
            _ => continue,
        };
        version_of_cluster(forecast, resource, &mut outlook);
        if let Some(engine) = resource.text("Engine") {
            let version = resource.text("EngineVersion");
            databases.push(Database { resource, engine, version, class: resource.text(class) });
        }
    }
    versions(forecast, &mut databases, &mut outlook).await?;
    classes(forecast, &databases, &mut outlook).await?;
    Ok(outlook)
}

/// The instances of a cluster have its version.
fn version_of_cluster(forecast: &Forecast<'_>, resource: &Planned<'_>, outlook: &mut Outlook) {
    let cluster = resource.node("DBClusterIdentifier").and_then(referred);
    let cluster = cluster.and_then(|id| forecast.sibling(resource, id));
    let versions =
        (resource.text("EngineVersion"), cluster.and_then(|it| it.text("EngineVersion")));
    if let (Some(own), Some(of_cluster)) = versions
        && own != of_cluster
    {
        let message = format!("the instance has version {own}, its cluster {of_cluster}");
        outlook.find(rules::ENGINE_VERSION_NOT_OFFERED, resource, "EngineVersion", message);
    }
}

/// Versions must be offered, and be ones that the deployed version can be brought to. Databases of versions that are not are taken out.
async fn versions(
    forecast: &Forecast<'_>,
    databases: &mut Vec<Database<'_>>,
    outlook: &mut Outlook,
) -> Result<(), AwsError> {
    let mut wanted: BTreeMap<(&str, &str), Result<Option<Node>, AwsError>> = BTreeMap::new();
    let pairs = databases.iter().flat_map(|database| {
        let old = upgraded_from(database);
        [database.version, old].into_iter().flatten().map(|version| (database.engine, version))
    });
    let mut pairs: Vec<(&str, &str)> = pairs.collect();
    pairs.sort_unstable();
    pairs.dedup();
    let calls = forecast.target.calls();
    let answers = forecast.each(&pairs, |(engine, version)| async move {
        let parameters = [("Engine", *engine), ("EngineVersion", *version)];
        let answer = calls.query(RDS, "DescribeDBEngineVersions", &parameters).await?;
        Ok(items(&answer, "DBEngineVersions").first().map(|it| (*it).clone()))
    });
    let answers = answers.await;
    wanted.extend(pairs.iter().copied().zip(answers));
    let mut known: BTreeMap<(&str, &str), Option<Node>> = BTreeMap::new();
    for ((engine, version), answer) in wanted {
        if let Some(answer) =
            outlook.answer(&format!("the version {version} of {engine}"), answer)?
        {
            known.insert((engine, version), answer);
        }
    }
    let region = forecast.target.region();
    let rule = rules::ENGINE_VERSION_NOT_OFFERED;
    databases.retain(|database| {
        let Some(version) = database.version else { return true };
        let engine = database.engine;
        if let Some(None) = known.get(&(engine, version)) {
            let message = format!("{region} does not offer {engine} {version}");
            outlook.find(rule, database.resource, "EngineVersion", message);
            return false;
        }
        let old = upgraded_from(database).and_then(|old| Some((old, known.get(&(engine, old))?)));
        if let Some((old, Some(answer))) = old {
            let targets = items(answer, "ValidUpgradeTarget");
            // Where none are told, nothing is known.
            if !targets.is_empty()
                && !targets.iter().any(|it| text_of(it, "EngineVersion") == version)
            {
                let message =
                    format!("{engine} {old}, which is deployed, cannot be brought to {version}");
                outlook.find(rule, database.resource, "EngineVersion", message);
            }
        }
        true
    });
    Ok(())
}

/// The version that is deployed, where it is to be another one and is written in full, so that it is compared with what is meant.
fn upgraded_from<'f>(database: &Database<'f>) -> Option<&'f str> {
    let resource = database.resource;
    let old = resource.deployed.as_ref()?.get("EngineVersion")?.as_str()?;
    let is_full = |version: &str| version.contains('.');
    let same_engine = resource.deployed.as_ref()?.get("Engine")?.as_str()? == database.engine;
    let new = database.version?;
    (old != new && same_engine && is_full(old) && is_full(new)).then_some(old)
}

async fn classes(
    forecast: &Forecast<'_>,
    databases: &[Database<'_>],
    outlook: &mut Outlook,
) -> Result<(), AwsError> {
    let mut wanted: Vec<(&str, &str, &str)> = databases
        .iter()
        .filter_map(|it| Some((it.engine, it.class?, it.version.unwrap_or_default())))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let calls = forecast.target.calls();
    let answers = forecast.each(&wanted, |(engine, class, version)| async move {
        let mut parameters = vec![("Engine", *engine), ("DBInstanceClass", *class)];
        if !version.is_empty() {
            parameters.push(("EngineVersion", version));
        }
        let operation = "DescribeOrderableDBInstanceOptions";
        calls.query_all(RDS, operation, &parameters, "OrderableDBInstanceOptions").await
    });
    let region = forecast.target.region();
    for (asked, answer) in wanted.iter().zip(answers.await) {
        let (engine, class, version) = asked;
        let what = format!("the class {class} for {engine}");
        let Some(options) = outlook.answer(&what, answer)? else { continue };
        let same = |it: &&Database<'_>| {
            (it.engine, it.class, it.version.unwrap_or_default())
                == (*engine, Some(*class), *version)
        };
        for database in databases.iter().filter(same) {
            if let Some((property, message)) = refused(database.resource, &options) {
                let message = format!("{region} does not offer {message}")
                    .replace("ENGINE", engine)
                    .replace("CLASS", class);
                let rule = rules::DATABASE_CLASS_NOT_OFFERED;
                outlook.find(rule, database.resource, property, message);
            }
        }
    }
    Ok(())
}

/// Which property no option allows, and what is not offered, with `ENGINE` and `CLASS` for their names.
fn refused(resource: &Planned<'_>, options: &[Node]) -> Option<(&'static str, String)> {
    if options.is_empty() {
        let own = if resource.type_name == CLUSTER {
            "DBClusterInstanceClass"
        } else {
            "DBInstanceClass"
        };
        return Some((own, "`CLASS` for ENGINE".to_owned()));
    }
    if let Some(storage) = resource.text("StorageType")
        && !options.iter().any(|option| text_of(option, "StorageType") == storage)
    {
        return Some(("StorageType", format!("storage `{storage}` for ENGINE on `CLASS`")));
    }
    let is_never = |name: &str| options.iter().all(|option| text_of(option, name) == "false");
    let is_on = |name: &str| resource.node(name).and_then(Node::as_bool).unwrap_or_default();
    const SUPPORTED: [(&str, &str, &str); 5] = [
        ("MultiAZ", "MultiAZCapable", "ENGINE on `CLASS` in several zones"),
        (
            "StorageEncrypted",
            "SupportsStorageEncryption",
            "encrypted storage for ENGINE on `CLASS`",
        ),
        (
            "EnablePerformanceInsights",
            "SupportsPerformanceInsights",
            "performance insights for ENGINE on `CLASS`",
        ),
        (
            "EnableIAMDatabaseAuthentication",
            "SupportsIAMDatabaseAuthentication",
            "authentication by IAM for ENGINE on `CLASS`",
        ),
        ("Iops", "SupportsIops", "provisioned IOPS for ENGINE on `CLASS`"),
    ];
    let row = SUPPORTED.iter().find(|(property, option, _)| {
        (is_on(property) || (*property == "Iops" && resource.number("Iops").is_some()))
            && is_never(option)
    });
    row.map(|(property, _, message)| (*property, (*message).to_owned()))
}
