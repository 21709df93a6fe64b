//! Engines, versions and classes of databases that the region offers.

use fc_cdk_core::Node;

use super::Forecast;
use crate::aws::{
    call::{RDS, items, text_of},
    error::AwsError,
};
use crate::forecast::rules;

/// A database that is to be made or changed, as far as it is known now.
struct Database {
    logical_id: String,
    engine: String,
    version: Option<String>,
    class: Option<String>,
    storage: Option<String>,
    multi_az: bool,
}

/// All checks of this module.
pub(super) async fn check(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let mut databases = Vec::new();
    for resource in &forecast.planned {
        let class = match resource.type_name {
            "AWS::RDS::DBInstance" => "DBInstanceClass",
            "AWS::RDS::DBCluster" => "DBClusterInstanceClass",
            _ => continue,
        };
        let Some(engine) = resource.text("Engine") else { continue };
        let text = |name: &str| resource.text(name).map(str::to_owned);
        let multi_az = resource.properties.get("MultiAZ").and_then(Node::as_bool);
        databases.push(Database {
            logical_id: resource.logical_id.to_owned(),
            engine: engine.to_owned(),
            version: text("EngineVersion"),
            class: text(class),
            storage: text("StorageType"),
            multi_az: multi_az.unwrap_or_default(),
        });
    }
    for database in databases {
        if version(forecast, &database).await? {
            class(forecast, &database).await?;
        }
    }
    Ok(())
}

/// Whether there is such a version, or that cannot be told.
async fn version(forecast: &mut Forecast<'_>, database: &Database) -> Result<bool, AwsError> {
    let Some(version) = &database.version else { return Ok(true) };
    let engine = &database.engine;
    let wanted = [("Engine", engine.as_str()), ("EngineVersion", version.as_str())];
    let answer = forecast.target.calls().query(RDS, "DescribeDBEngineVersions", &wanted).await;
    let Some(answer) = forecast.answer(&format!("the version {version} of {engine}"), answer)?
    else {
        return Ok(true);
    };
    if !items(&answer, "DBEngineVersions").is_empty() {
        return Ok(true);
    }
    let message = format!("{} does not offer {engine} {version}", forecast.target.region());
    let rule = rules::ENGINE_VERSION_NOT_OFFERED;
    forecast.find(rule, &database.logical_id, "EngineVersion", message);
    Ok(false)
}

async fn class(forecast: &mut Forecast<'_>, database: &Database) -> Result<(), AwsError> {
    let Some(class) = &database.class else { return Ok(()) };
    let engine = &database.engine;
    let mut wanted = vec![("Engine", engine.as_str()), ("DBInstanceClass", class.as_str())];
    if let Some(version) = &database.version {
        wanted.push(("EngineVersion", version));
    }
    let calls = forecast.target.calls();
    let answer = calls.query(RDS, "DescribeOrderableDBInstanceOptions", &wanted).await;
    let Some(answer) = forecast.answer(&format!("the class {class} for {engine}"), answer)? else {
        return Ok(());
    };
    let options = items(&answer, "OrderableDBInstanceOptions");
    let region = forecast.target.region().to_owned();
    let (property, message) = if options.is_empty() {
        ("DBInstanceClass", format!("{region} does not offer `{class}` for {engine}"))
    } else if let Some(storage) = &database.storage
        && !options.iter().any(|option| text_of(option, "StorageType") == storage)
    {
        (
            "StorageType",
            format!("{region} does not offer storage `{storage}` for {engine} on `{class}`"),
        )
    } else if database.multi_az
        && options.iter().all(|option| text_of(option, "MultiAZCapable") == "false")
    {
        ("MultiAZ", format!("{region} does not offer {engine} on `{class}` in several zones"))
    } else {
        return Ok(());
    };
    let rule = rules::DATABASE_CLASS_NOT_OFFERED;
    forecast.find(rule, &database.logical_id, property, message);
    Ok(())
}
