//! Exports of the database as partitions of tables, where no pipeline refines them.

use fc_cdk::{Stack, aws::events, policy::Statement, prelude::*};
use fc_constructs::{
    analytics::AnalyticsLake,
    messaging::Queue,
    security::{Grantee, Key},
    serverless::{Code, Function},
};

use super::{asset, tables::EXPORTED};

/// Tells the catalog of each export that is complete.
pub(super) fn catalog(stack: &Stack, lake: &AnalyticsLake, key: &Key) {
    let database = lake.handle.database_name();
    let tables = format!("[\"{}\"]", EXPORTED.join("\",\""));
    let missed = Queue::builder().encryption_key(key).build(stack, "ExportsMissed");
    let function = Function::builder()
        .runtime("python3.15")
        .handler("index.handler")
        .code(Code::Directory(asset!("functions/export_catalog").into()))
        .description("Adds exports of the database to the catalog")
        .environment(vec![
            ("DATABASE".to_owned(), database.clone().cast::<String>()),
            ("SCHEMA".to_owned(), "shop".into_value()),
            ("TABLES".to_owned(), tables.into_value()),
        ])
        .encryption_key(key)
        .dead_letter_queue(missed)
        // One after the other: two exports of a day would race for its partition.
        .reserved_concurrency(1u32)
        .build(stack, "ExportCatalog");
    lake.grant_add_partitions(&function);
    // Exports have no resources that a policy could name.
    let look = Statement::allow().actions(["rds:DescribeExportTasks"]).resources(["*"]);
    function.grant_role().add_statement(look);
    let rule = events::Rule::new()
        .description("An export of the database is complete")
        .event_pattern(json!({
            "source": ["aws.rds"],
            "detail-type": ["RDS DB Snapshot Event"],
            "detail": { "EventID": ["RDS-EVENT-0161"] },
        }))
        .targets([events::Target::new().id("Catalog").arn(&function)])
        .build(stack, "ExportComplete");
    function.allow_invoke("FromExports", "events.amazonaws.com", &rule);
}
