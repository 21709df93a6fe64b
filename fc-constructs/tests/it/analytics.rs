use fc_cdk_core::{App, Assembly, Stack, SynthOptions, json, policy::Principal};
use fc_constructs::{
    analytics::{
        AnalyticsLake, ColumnType, DataSet, LakeBucket, NamedQuery, QuickSight, Source, Start,
        Table,
    },
    messaging::Topic,
    monitoring::AlarmSet,
    security::{Key, Role},
    storage::Bucket,
};

use crate::{messages, template};

const OWNER: &str = "arn:aws:quicksight:ap-northeast-1:111122223333:user/default/admin";
const RULES: &str =
    "# what surveys have to be like\nRules = [ RowCount > 0, IsComplete \"answer_id\" ]\n";

fn orders() -> Table {
    Table::parquet("orders")
        .columns([("order_id", ColumnType::BigInt), ("total", ColumnType::Decimal(12, 2))])
        .by_day("dt", "2024-04-30")
}

fn quick_sight() -> QuickSight {
    let sets =
        DataSet::new("orders-by-day", "SELECT dt, count(*) AS orders FROM orders GROUP BY dt")
            .columns([("dt", ColumnType::String), ("orders", ColumnType::BigInt)]);
    QuickSight::owned_by(OWNER).data_sets([sets]).dashboard(
        "Marketing",
        json!({ "Sheets": [{
            "SheetId": "orders",
            "Name": "Orders",
            "Visuals": [{ "TableVisual": {
                "VisualId": "orders",
                "ChartConfiguration": { "FieldWells": { "TableUnaggregatedFieldWells": { "Values": [{
                    "FieldId": "orders",
                    "Column": { "DataSetIdentifier": "orders-by-day", "ColumnName": "orders" },
                }] } } },
            } }],
        }] }),
    )
}

/// An app whose files are all there.
fn synth(app: &App) -> Assembly {
    let mut options = SynthOptions::default();
    for asset in &app.assets() {
        options.set_asset_hash(asset, format!("hash-of-{}", asset.path.replace('/', "-")));
    }
    app.synth_with(&options)
}

/// A lake of tables, queries and dashboards, with sources or without.
fn lake(stack: &Stack, sources: Vec<Source>) -> AnalyticsLake {
    AnalyticsLake::builder()
        .database_name("shop")
        .tables([orders()])
        .queries([NamedQuery::new("Orders by day", "SELECT dt, count(*) FROM orders GROUP BY dt")
            .description("how business goes")])
        .quick_sight(quick_sight())
        .sources(sources)
        .quality_script("glue/quality.py")
        .build(stack, "Lake")
}

#[test]
fn a_lake_without_sources_is_tables_queries_and_dashboards() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let lake = lake(&stack, Vec::new());
    assert!(lake.pipeline.is_none() && lake.metric_failed_jobs().is_none());
    let topic = Topic::builder().build(&stack, "Topic");
    let alarms = AlarmSet::builder().topic(topic).dashboard(false).build(&stack, "Alarms");
    alarms.watch("Lake", &lake.alarms());
    insta::assert_snapshot!(template(&app));
}

#[test]
fn sources_are_crawled_checked_refined_and_integrated() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let key = Key::builder().build(&stack, "Key");
    let logs = Bucket::builder().build(&stack, "Logs");
    let exports = Bucket::builder().encryption_key(&key).build(&stack, "Exports");
    let topic = Topic::builder().build(&stack, "Topic");
    let lake = AnalyticsLake::builder()
        .database_name("shop")
        .encryption_key(&key)
        .access_logs(&logs)
        .results_bucket(LakeBucket::named("shop-athena-results").prefix("queries/"))
        .raw_tables([Table::parquet("exported_orders")
            .columns([("order_id", ColumnType::BigInt), ("ordered_at", ColumnType::Timestamp)])
            .prefix("exports/")
            .by_added_day("dt")])
        .sources([
            Source::database("orders", "glue/database.py")
                .bucket(&exports)
                .prefix("exports")
                .quality(RULES),
            Source::survey("survey-answers", "glue/survey.py").quality(RULES),
            Source::log_stream("logs", "glue/log_stream.py").prefix("nginx/"),
        ])
        .quality_script("glue/quality.py")
        .integration("glue/integrate.py")
        .library("glue/library")
        .start(Start::event(json!({ "source": ["aws.rds"] })))
        .workers(4u32)
        .notifications(&topic)
        .build(&stack, "Lake");
    let analyst = Role::builder()
        .assumed_by(Principal::service("ec2.amazonaws.com"))
        .build(&stack, "Analyst");
    lake.grant_query(&analyst);
    lake.grant_collect(&analyst, "survey-answers/");
    lake.grant_add_partitions(&analyst);
    let alarms = AlarmSet::builder().topic(&topic).dashboard(false).build(&stack, "Alarms");
    alarms.watch("Lake", &lake.alarms());
    let assembly = synth(&app);
    assert_eq!(messages(&assembly), "");
    insta::assert_snapshot!(assembly.stacks()[0].template().to_json_pretty());
}

#[test]
fn what_stays_keeps_its_ids_when_a_lake_grows() {
    let ids = |sources: Vec<Source>| {
        let app = App::new();
        let stack = Stack::new(&app, "S");
        lake(&stack, sources);
        let assembly = synth(&app);
        assert_eq!(messages(&assembly), "");
        let ids = assembly.stacks()[0].template().resource_ids();
        ids.map(ToString::to_string).collect::<Vec<_>>()
    };
    let before = ids(Vec::new());
    let after = ids(vec![
        Source::click_stream("clicks", "glue/clicks.py"),
        Source::survey("surveys", "glue/survey.py").quality(RULES),
    ]);
    assert!(after.len() > before.len() + 20);
    assert_eq!(before.iter().filter(|id| !after.contains(id)).count(), 0);
}

#[test]
fn lakes_that_cannot_be_are_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    AnalyticsLake::builder()
        .database_name("Shop-Data")
        .tables([orders(), orders()])
        .sources([
            Source::database("orders", "database.py").quality("RowCount > 0"),
            Source::survey("Orders", "survey.py"),
            Source::survey("-", "survey.py"),
        ])
        .workers(1u32)
        .query_limit_gib(0u32)
        .build(&stack, "Names");
    AnalyticsLake::builder()
        .database_name("shop")
        .integration("integrate.py")
        .quick_sight(
            QuickSight::owned_by(OWNER)
                .data_sets([DataSet::new("one", "SELECT 1"), DataSet::new("one", "SELECT 1")])
                .dashboard("Marketing", json!({ "Sheets": [{ "DataSetIdentifier": "two" }] }))
                .dashboard("Nothing", "none"),
        )
        .build(&stack, "Parts");
    insta::assert_snapshot!(messages(&synth(&app)), @"
    error[bad-lake]: `S/Names`: database_name: `Shop-Data` is no name for a database
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: use lower-case letters, digits and underscores, 128 at most
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Names`: sources: there are two of the name `Orders`
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: give each source a name of its own
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Names`: sources: `-` is no name for a source
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: begin it with a letter
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Names`: tables: there are two of the name `orders`
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: give each table a name of its own
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Names`: quality_script: nothing evaluates the quality rules of `orders`
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: give the script that does
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Names`: workers: a job has 2 workers at least, not 1
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: give 2 or more
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Names`: query_limit_gib: no query could read anything
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: give 1 or more
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Names`: sources: the quality rules of `orders` begin with `RowCount > 0`, which is no DQDL
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: write `Rules = [ RowCount > 0, … ]`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Parts`: integration: there are no sources to integrate
      --> fc-constructs/tests/it/analytics.rs:168:10
      help: give the lake `sources`, or leave `integration` out
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Parts`: quick_sight: the data set `one` has no columns
      --> fc-constructs/tests/it/analytics.rs:168:10
      help: name the columns of its query with `columns`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Parts`: quick_sight: the data set `one` has no columns
      --> fc-constructs/tests/it/analytics.rs:168:10
      help: name the columns of its query with `columns`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Parts`: quick_sight: there are two data sets `one`
      --> fc-constructs/tests/it/analytics.rs:168:10
      help: give each data set a name of its own
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Parts`: quick_sight: the dashboard `Marketing` shows `two`, which is no data set
      --> fc-constructs/tests/it/analytics.rs:168:10
      help: give a data set that name, or change the definition
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[bad-lake]: `S/Parts`: quick_sight: the dashboard `Nothing` has no definition
      --> fc-constructs/tests/it/analytics.rs:168:10
      help: give it a map with `Sheets`
      docs: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    error[illegal-value]: `S/Names/WorkGroup`: WorkGroupConfiguration.BytesScannedCutoffPerQuery: 0 is too small
      --> fc-constructs/tests/it/analytics.rs:158:10
      help: 10000000 or more is allowed
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-athena-workgroup.html
    error[unknown-property]: `S/Parts/MarketingDashboard`: Definition.Sheets.0.DataSetIdentifier: `AnalysisSheetDefinition` has no property `DataSetIdentifier`
      --> fc-constructs/tests/it/analytics.rs:168:10
      help: if AWS has added it since, allow this finding here
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-quicksight-dashboard.html
    error[missing-property]: `S/Parts/MarketingDashboard`: Definition.Sheets.0: this needs `SheetId`
      --> fc-constructs/tests/it/analytics.rs:168:10
      help: set it: a string
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-quicksight-dashboard.html
    ");
}
