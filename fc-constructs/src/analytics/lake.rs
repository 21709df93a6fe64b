//! [`AnalyticsLake`]: raw data, refined tables, and what is asked of them.

use std::{collections::BTreeSet, path::PathBuf};

use fc_cdk_aws::{
    athena::{
        self, EncryptionConfiguration, EngineVersion, ResultConfiguration, WorkGroupConfiguration,
    },
    events,
    glue::{self, DatabaseInput},
    ids, quicksight,
};
use fc_cdk_core::{Diagnostic, IntoValue, Node, Scope, intrinsics, policy::Statement, sub};

use super::{
    LakeAlarms, LakeBucket, NamedQuery, Pipeline, QuickSight, Source, Start, Table,
    buckets::Place,
    codes, needs,
    pipeline::{Plan, catalog_arns},
    quick_sight::quick_sight_role,
    table::construct_id,
};
use crate::{
    builder::construct,
    handle::stands_for,
    messaging::Topic,
    monitoring::{Metric, Retention, Statistic},
    security::{Grantee, Key},
    storage::Bucket,
};

#[doc = include_str!("lake.md")]
#[derive(Clone)]
pub struct AnalyticsLake {
    /// The database in Glue's catalog.
    pub handle: glue::DatabaseHandle,
    /// Where raw data arrives.
    pub raw: Bucket,
    /// Where refined data is.
    pub curated: Bucket,
    /// Where results of queries are.
    pub results: Bucket,
    /// The key that encrypts all of it.
    pub key: Key,
    /// Where queries run.
    pub work_group: athena::WorkGroupHandle,
    /// The tables, those of raw data first.
    pub tables: Vec<glue::TableHandle>,
    /// What refines the data, where there are sources.
    pub pipeline: Option<Pipeline>,
    /// The dashboards.
    pub dashboards: Vec<quicksight::DashboardHandle>,
    results_place: Place,
    database_name: String,
    scope: Scope,
}

construct! {
    AnalyticsLake, AnalyticsLakeBuilder, AnalyticsLakeOptions {
        required {
            /// The name of the database, of lower-case letters, digits and underscores; the work group has it too. Another one replaces both.
            database_name: Into<String>,
        }
        optional {
            /// Where raw data arrives. Default: a bucket of its own.
            raw_bucket: Into<LakeBucket>,
            /// Where refined data is. Default: a bucket of its own.
            curated_bucket: Into<LakeBucket>,
            /// Where results of queries are. Default: a bucket of its own, which deletes them after 30 days.
            results_bucket: Into<LakeBucket>,
            /// The key that encrypts buckets, results, logs and bookmarks. Default: one of its own.
            encryption_key: Into<Key>,
            /// The tables of refined data, in the bucket for it. Default: none.
            tables: Into<Vec<Table>> = Vec::new(),
            /// Tables over raw data, in the bucket for it. Default: none.
            raw_tables: Into<Vec<Table>> = Vec::new(),
            /// The data, each kind on a path of its own. Default: none, and no pipeline.
            sources: Into<Vec<Source>> = Vec::new(),
            /// The PySpark script that evaluates the quality rules of a source. Needed where a source has rules.
            quality_script: Into<PathBuf>,
            /// The PySpark script that brings all sources together, once each is refined. Default: nothing does.
            integration: Into<PathBuf>,
            /// A folder of Python modules that the scripts can import. Default: none.
            library: Into<PathBuf>,
            /// What starts the pipeline. Default: midnight in UTC.
            start: Into<Start> = Start::schedule("cron(0 0 * * ? *)"),
            /// How many workers with 4 processors and 16 GB a job has, 2 or more. Default: 2.
            workers: Into<u32> = 2,
            /// How long the logs of crawlers and jobs are kept. Default: three months.
            log_retention: Into<Retention> = Retention::ThreeMonths,
            /// Who hears of jobs and crawlers that failed, with the event; for alarms see `alarms`. Default: nobody.
            notifications: Into<Topic>,
            /// Queries that people start by their name. Default: none.
            queries: Into<Vec<NamedQuery>> = Vec::new(),
            /// What a query may read in GiB before it is stopped. Default: 100, half a dollar.
            query_limit_gib: Into<u32> = 100,
            /// What people look at. Default: nothing, since it needs a subscription to QuickSight.
            quick_sight: Into<QuickSight>,
            /// The bucket that hears of each request to the buckets that the lake makes. Default: nobody does.
            access_logs: Into<Bucket>,
        }
    }
}

impl AnalyticsLake {
    fn create(
        scope: &Scope,
        database_name: String,
        mut options: AnalyticsLakeOptions,
    ) -> AnalyticsLake {
        check(scope, &database_name, &mut options);
        let key = options.encryption_key.unwrap_or_else(|| {
            Key::builder().description(format!("data of {}", scope.path())).build(scope, "Key")
        });
        let logs = options.access_logs.as_ref();
        let raw = Place::of(scope, "Raw", options.raw_bucket, &key, logs, None);
        let curated = Place::of(scope, "Curated", options.curated_bucket, &key, logs, None);
        let results = Place::of(scope, "Results", options.results_bucket, &key, logs, Some(30));
        let input = DatabaseInput::new()
            .name(database_name.as_str())
            .description("Raw and refined data of the lake");
        let handle = glue::Database::new()
            .catalog_id(intrinsics::account_id())
            .database_input(input)
            .build(scope, "Database");
        let mut tables = Vec::new();
        for (table, place) in options
            .raw_tables
            .iter()
            .map(|table| (table, &raw))
            .chain(options.tables.iter().map(|table| (table, &curated)))
        {
            let id = format!("{}Table", construct_id(&table.name));
            tables.push(table.build_in(
                scope,
                &id,
                &handle.database_name(),
                &place.bucket,
                &place.prefix,
            ));
        }
        let work_group = work_group(scope, &database_name, &results, &key, options.query_limit_gib);
        for query in &options.queries {
            athena::NamedQuery::new()
                .name(query.name.as_str())
                .description(query.description.as_deref())
                .database(&handle)
                .work_group(&work_group)
                .query_string(query.sql.as_str())
                .build(scope, &format!("{}Query", construct_id(&query.name)));
        }
        let pipeline = (!options.sources.is_empty()).then(|| {
            let plan = Plan {
                scope,
                database: &handle,
                database_name: &database_name,
                sources: &options.sources,
                raw: &raw,
                curated: &curated,
                key: &key,
                quality_script: options.quality_script.as_deref(),
                integration: options.integration.as_deref(),
                library: options.library.as_deref(),
                start: &options.start,
                workers: options.workers,
                log_retention: options.log_retention,
            };
            plan.build()
        });
        let mut lake = AnalyticsLake {
            handle,
            raw: raw.bucket,
            curated: curated.bucket,
            results: results.bucket.clone(),
            results_place: results,
            key,
            work_group,
            tables,
            pipeline,
            dashboards: Vec::new(),
            database_name,
            scope: scope.clone(),
        };
        if let Some(quick_sight) = options.quick_sight {
            let role = quick_sight_role(scope);
            lake.grant_query(&role);
            let group = lake.work_group.name();
            lake.dashboards = quick_sight.build(scope, &lake.database_name, &group, &role);
        }
        if let Some(topic) = &options.notifications {
            lake.notify_failures(topic);
        }
        lake
    }

    /// Lets a role query the tables: Athena, the catalog, the data, and the results.
    pub fn grant_query(&self, grantee: &impl Grantee) {
        let role = grantee.grant_role();
        let group = &self.work_group;
        let run = [
            "athena:BatchGetQueryExecution",
            "athena:GetQueryExecution",
            "athena:GetQueryResults",
            "athena:GetQueryResultsStream",
            "athena:GetWorkGroup",
            "athena:ListQueryExecutions",
            "athena:StartQueryExecution",
            "athena:StopQueryExecution",
        ];
        role.add_statement(Statement::allow().actions(run).resources([sub!(
            "arn:{AWS::Partition}:athena:{AWS::Region}:{AWS::AccountId}:workgroup/{group}"
        )]));
        let describe = [
            "athena:GetDataCatalog",
            "athena:GetDatabase",
            "athena:GetTableMetadata",
            "athena:ListDatabases",
            "athena:ListTableMetadata",
        ];
        role.add_statement(Statement::allow().actions(describe).resources([sub!(
            "arn:{AWS::Partition}:athena:{AWS::Region}:{AWS::AccountId}:datacatalog/AwsDataCatalog"
        )]));
        let catalog = [
            "glue:BatchGetPartition",
            "glue:GetDatabase",
            "glue:GetDatabases",
            "glue:GetPartition",
            "glue:GetPartitions",
            "glue:GetTable",
            "glue:GetTables",
        ];
        let statement = Statement::allow().actions(catalog);
        role.add_statement(statement.resources(catalog_arns(&self.database_name)));
        self.raw.grant_read(grantee);
        self.curated.grant_read(grantee);
        let actions = [
            "s3:GetBucketLocation",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:ListMultipartUploadParts",
        ];
        let prefix = &self.results_place.prefix;
        self.results.grant(grantee, &actions, &format!("{prefix}*"));
        self.results.grant_put(grantee, prefix);
        // Athena encrypts results with it, whatever the bucket does.
        self.key.grant_encrypt_decrypt(grantee);
    }

    /// Lets a role bring raw data below a prefix, such as `surveys/`.
    pub fn grant_collect(&self, grantee: &impl Grantee, prefix: &str) {
        self.raw.grant_put(grantee, prefix);
    }

    /// Lets a role add partitions to the tables, for those that are made by [`Table::by_added_day`].
    pub fn grant_add_partitions(&self, grantee: &impl Grantee) {
        let actions = [
            "glue:BatchCreatePartition",
            "glue:CreatePartition",
            "glue:GetPartition",
            "glue:GetPartitions",
            "glue:GetTable",
            "glue:UpdatePartition",
        ];
        let statement = Statement::allow().actions(actions);
        let statement = statement.resources(catalog_arns(&self.database_name));
        grantee.grant_role().add_statement(statement);
    }

    /// Tells a topic of each job and crawler that failed. Without sources there is nothing to tell.
    pub fn notify_failures(&self, topic: &Topic) {
        let Some(pipeline) = &self.pipeline else { return };
        topic.allow_service("events.amazonaws.com");
        for rule in [&pipeline.failed_jobs, &pipeline.failed_crawlers] {
            let target = events::Target::new().id("Topic").arn(topic);
            rule.set_property("Targets", Node::from(vec![target.into_value().into_node()]));
        }
    }

    /// How many jobs failed; nothing without sources.
    pub fn metric_failed_jobs(&self) -> Option<Metric> {
        self.pipeline.as_ref().map(|pipeline| matched(&pipeline.failed_jobs))
    }

    /// How many crawlers failed; nothing without sources.
    pub fn metric_failed_crawlers(&self) -> Option<Metric> {
        self.pipeline.as_ref().map(|pipeline| matched(&pipeline.failed_crawlers))
    }

    /// How many bytes queries read.
    pub fn metric_scanned_bytes(&self) -> Metric {
        Metric::new("AWS/Athena", "ProcessedBytes")
            .dimension("WorkGroup", self.work_group.name().cast::<String>())
            .statistic(Statistic::Sum)
    }

    /// The alarms that the lake should have, for [`AlarmSet::watch`](crate::monitoring::AlarmSet::watch).
    pub fn alarms(&self) -> LakeAlarms {
        LakeAlarms::of(self)
    }

    /// Where the lake is, for what belongs to it.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

stands_for!(AnalyticsLake.handle: glue::DatabaseHandle);

fn matched(rule: &events::RuleHandle) -> Metric {
    Metric::new("AWS/Events", "MatchedEvents")
        .dimension("RuleName", rule.rule_name())
        .statistic(Statistic::Sum)
}

fn work_group(
    scope: &Scope,
    name: &str,
    results: &Place,
    key: &Key,
    limit_gib: u32,
) -> athena::WorkGroupHandle {
    let result = ResultConfiguration::new()
        .output_location(results.url())
        .expected_bucket_owner(intrinsics::account_id())
        .encryption_configuration(
            EncryptionConfiguration::new()
                .encryption_option("SSE_KMS")
                .kms_key(key.arn().cast::<ids::kms::KeyArnOrKeyId>()),
        );
    let configuration = WorkGroupConfiguration::new()
        .enforce_work_group_configuration(true)
        .publish_cloud_watch_metrics_enabled(true)
        .bytes_scanned_cutoff_per_query(i64::from(limit_gib) << 30)
        .engine_version(EngineVersion::new().selected_engine_version("Athena engine version 3"))
        .result_configuration(result);
    athena::WorkGroup::new()
        .name(name)
        .description("Queries of the lake: results are encrypted and in one place")
        // The history of queries would keep it from being deleted.
        .recursive_delete_option(true)
        .work_group_configuration(configuration)
        .build(scope, "WorkGroup")
}

fn check(scope: &Scope, database: &str, options: &mut AnalyticsLakeOptions) {
    let report = |message: String, property: &str, help: &str| {
        let error = Diagnostic::error(codes::BAD_LAKE, message);
        scope.report(error.property(property).help(help));
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if database.is_empty() || database.len() > 128 || !database.chars().all(plain) {
        let help = "use lower-case letters, digits and underscores, 128 at most";
        report(format!("`{database}` is no name for a database"), "database_name", help);
    }
    let named = |property: &str, problem: String, help: &str| report(problem, property, help);
    once("source", &mut options.sources, |source| &source.name, |a, b| named("sources", a, b));
    once("query", &mut options.queries, |query| &query.name, |a, b| named("queries", a, b));
    let taken = options.raw_tables.iter().map(|table| construct_id(&table.name)).collect();
    once("table", &mut options.raw_tables, |table| &table.name, |a, b| named("raw_tables", a, b));
    let tables = &mut options.tables;
    once_beside(taken, "table", tables, |table| &table.name, |a, b| named("tables", a, b));
    let checked = options.sources.iter().find(|source| source.ruleset.is_some());
    if let Some(source) = checked.filter(|_| options.quality_script.is_none()) {
        let message = format!("nothing evaluates the quality rules of `{}`", source.name);
        report(message, "quality_script", "give the script that does");
    }
    if options.sources.is_empty() && options.integration.is_some() {
        let message = "there are no sources to integrate".to_owned();
        report(message, "integration", "give the lake `sources`, or leave `integration` out");
    }
    if options.workers < 2 {
        let message = format!("a job has 2 workers at least, not {}", options.workers);
        report(message, "workers", "give 2 or more");
    }
    if options.query_limit_gib == 0 {
        let message = "no query could read anything".to_owned();
        report(message, "query_limit_gib", "give 1 or more");
    }
    for source in &options.sources {
        if let Some(rules) = source.ruleset.as_ref().filter(|rules| !is_dqdl(rules)) {
            let message = format!(
                "the quality rules of `{}` begin with `{}`, which is no DQDL",
                source.name,
                rules.trim_start().chars().take(20).collect::<String>()
            );
            report(message, "sources", "write `Rules = [ RowCount > 0, … ]`");
        }
    }
}

/// Takes out what has the id of another one, or none; what is wrong is reported.
fn once<T>(
    what: &str,
    items: &mut Vec<T>,
    name: impl Fn(&T) -> &str,
    report: impl Fn(String, &str),
) {
    once_beside(BTreeSet::new(), what, items, name, report);
}

fn once_beside<T>(
    mut taken: BTreeSet<String>,
    what: &str,
    items: &mut Vec<T>,
    name: impl Fn(&T) -> &str,
    report: impl Fn(String, &str),
) {
    items.retain(|item| {
        let (name, id) = (name(item), construct_id(name(item)));
        let is_id = id.starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_id {
            report(format!("`{name}` is no name for a {what}"), "begin it with a letter");
            return false;
        }
        let is_new = taken.insert(id);
        if !is_new {
            let help = format!("give each {what} a name of its own");
            report(format!("there are two of the name `{name}`"), &help);
        }
        is_new
    });
}

/// Whether a text looks like a ruleset: `Rules = [ … ]`, after comments perhaps.
fn is_dqdl(text: &str) -> bool {
    let code: String = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.chars().filter(|c| !c.is_whitespace()))
        .collect();
    code.starts_with("Rules=[") && code.ends_with(']') && code.len() > "Rules=[]".len()
}
