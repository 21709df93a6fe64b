//! From raw data to tables: crawlers, quality checks and jobs, in one workflow.

use std::path::Path;

use fc_cdk_aws::{
    events,
    glue::{
        self, Action, CloudWatchEncryption, Condition as When, DataQualityRuleset,
        EncryptionConfiguration, JobBookmarksEncryption, JobCommand, Predicate, RecrawlPolicy,
        S3Encryption, S3Target, SchemaChangePolicy, Targets,
    },
    ids,
};
use fc_cdk_core::{
    Asset, Map, Node, Scope, Value, intrinsics, json,
    policy::{Condition, Principal, Statement},
    sub,
};

use super::{Source, Start, buckets::Place, table::construct_id};
use crate::{
    monitoring::{LogGroup, Retention},
    security::{Key, Role},
    storage::Bucket,
};

/// The version of Glue: Spark 3.5, Python 3.11.
const GLUE_VERSION: &str = "5.0";

/// What runs in a lake: made only where it has sources.
#[derive(Clone)]
pub struct Pipeline {
    /// The workflow, which EventBridge starts.
    pub workflow: glue::WorkflowHandle,
    /// The crawlers, in the order of the sources.
    pub crawlers: Vec<glue::CrawlerHandle>,
    /// The jobs: checks and ETL in the order of the sources, then the integration.
    pub jobs: Vec<glue::JobHandle>,
    /// What the jobs may do.
    pub job_role: Role,
    /// What the crawlers may do.
    pub crawler_role: Role,
    /// What counts jobs that failed.
    pub failed_jobs: events::RuleHandle,
    /// What counts crawlers that failed.
    pub failed_crawlers: events::RuleHandle,
}

/// What a pipeline is made of.
pub(super) struct Plan<'a> {
    pub(super) scope: &'a Scope,
    pub(super) database: &'a glue::DatabaseHandle,
    pub(super) database_name: &'a str,
    pub(super) sources: &'a [Source],
    pub(super) raw: &'a Place,
    pub(super) curated: &'a Place,
    pub(super) key: &'a Key,
    pub(super) quality_script: Option<&'a Path>,
    pub(super) integration: Option<&'a Path>,
    pub(super) library: Option<&'a Path>,
    pub(super) start: &'a Start,
    pub(super) workers: u32,
    pub(super) log_retention: Retention,
}

struct Shared {
    security: glue::SecurityConfigurationHandle,
    logs: Value<String>,
    library: Option<Value<String>>,
    role: Role,
}

impl Plan<'_> {
    pub(super) fn build(&self) -> Pipeline {
        let security = self.security_configuration();
        let job_role = self.job_role();
        let crawler_role = self.crawler_role(&security);
        let scope = self.scope;
        let id = own_id(scope);
        let logs = sub!("/aws-glue/{AWS::StackName}/{id}");
        for stream in ["error", "output"] {
            let name = sub!("{logs}/{stream}");
            self.log_group(&format!("Jobs{}LogGroup", construct_id(stream)), name);
        }
        let library = self.library.map(|folder| {
            let asset = Asset::directory(scope, "Library", folder);
            self.readable(&job_role, &asset)
        });
        let shared = Shared { security, logs, library, role: job_role };
        let workflow = glue::Workflow::new()
            .description("Checks, refines and integrates the data of the lake")
            .max_concurrent_runs(1)
            .build(scope, "Workflow");
        let (mut crawlers, mut jobs, mut loads) = (Vec::new(), Vec::new(), Vec::new());
        for source in self.sources {
            let crawler = self.crawler(source, &crawler_role, &shared);
            let id = construct_id(&source.name);
            let load = self.etl_job(source, &shared);
            let after_crawl = match self.quality_job(source, &shared) {
                Some(check) => {
                    let when = succeeded(&check);
                    self.trigger(&format!("{id}Checked"), &workflow, [when], &load);
                    jobs.push(check.clone());
                    check
                }
                None => load.clone(),
            };
            let when = When::new()
                .logical_operator("EQUALS")
                .crawler_name(&crawler)
                .crawl_state("SUCCEEDED");
            self.trigger(&format!("{id}Crawled"), &workflow, [when], &after_crawl);
            crawlers.push(crawler);
            jobs.push(load.clone());
            loads.push(load);
        }
        if let Some(script) = self.integration {
            let mut arguments = Map::new();
            arguments.insert("--TARGET_PATH", self.curated.url());
            let job = self.job("Integrate", "integrates all sources", script, arguments, &shared);
            self.trigger("Loaded", &workflow, loads.iter().map(succeeded), &job);
            jobs.push(job);
        }
        self.start(&workflow, &crawlers);
        let failed_jobs = self.failures(
            "FailedJobs",
            "a job of the lake failed",
            "Glue Job State Change",
            json!({
                "jobName": jobs.iter().map(|job| job.name().into_node()).collect::<Vec<_>>(),
                "state": ["ERROR", "FAILED", "TIMEOUT"],
            }),
        );
        let failed_crawlers = self.failures(
            "FailedCrawlers",
            "a crawler of the lake failed",
            "Glue Crawler State Change",
            json!({
                "crawlerName": crawlers.iter().map(|it| it.name().into_node()).collect::<Vec<_>>(),
                "state": ["Failed"],
            }),
        );
        let job_role = shared.role;
        Pipeline { workflow, crawlers, jobs, job_role, crawler_role, failed_jobs, failed_crawlers }
    }

    fn bucket<'s>(&'s self, source: &'s Source) -> &'s Bucket {
        source.bucket.as_ref().unwrap_or(&self.raw.bucket)
    }

    /// Where a source's files are.
    fn source_url(&self, source: &Source) -> Value<String> {
        let (bucket, path) = (self.bucket(source), source.path());
        let prefix = if source.bucket.is_some() { "" } else { self.raw.prefix.as_str() };
        sub!("s3://{bucket}/{prefix}{path}")
    }

    fn log_group(&self, id: &str, name: Value<String>) {
        LogGroup::builder()
            .log_group_name(name.cast::<ids::lambda::FunctionNameOrLogGroupName>())
            .retention(self.log_retention)
            .encryption_key(self.key)
            .build(self.scope, id);
    }

    /// See <https://docs.aws.amazon.com/glue/latest/dg/encryption-security-configuration.html>.
    fn security_configuration(&self) -> glue::SecurityConfigurationHandle {
        let arn = || self.key.arn();
        let encryption = EncryptionConfiguration::new()
            .cloud_watch_encryption(
                CloudWatchEncryption::new()
                    .cloud_watch_encryption_mode("SSE-KMS")
                    .kms_key_arn(arn()),
            )
            .job_bookmarks_encryption(
                JobBookmarksEncryption::new()
                    .job_bookmarks_encryption_mode("CSE-KMS")
                    .kms_key_arn(arn()),
            )
            .s3_encryptions([S3Encryption::new().s3_encryption_mode("SSE-KMS").kms_key_arn(arn())]);
        let id = own_id(self.scope);
        glue::SecurityConfiguration::new()
            .name(sub!("{AWS::StackName}-{id}"))
            .encryption_configuration(encryption)
            .build(self.scope, "SecurityConfiguration")
    }

    /// A role for Glue that may do what all of its parts need: the catalog's tables of the lake, logs, metrics, the key.
    fn glue_role(&self, id: &str) -> Role {
        let role = Role::builder()
            .assumed_by(Principal::service("glue.amazonaws.com"))
            .build(self.scope, id);
        let catalog = [
            "glue:BatchCreatePartition",
            "glue:BatchGetPartition",
            "glue:BatchUpdatePartition",
            "glue:CreatePartition",
            "glue:CreateTable",
            "glue:GetDatabase",
            "glue:GetPartition",
            "glue:GetPartitions",
            "glue:GetTable",
            "glue:GetTables",
            "glue:UpdatePartition",
            "glue:UpdateTable",
        ];
        let resources = catalog_arns(self.database_name);
        role.add_statement(Statement::allow().actions(catalog).resources(resources));
        let logs = [
            "logs:AssociateKmsKey",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ];
        role.add_statement(Statement::allow().actions(logs).resources([sub!(
            "arn:{AWS::Partition}:logs:{AWS::Region}:{AWS::AccountId}:log-group:/aws-glue/*"
        )]));
        // Metrics have no resources that a policy could name.
        role.add_statement(
            Statement::allow().actions(["cloudwatch:PutMetricData"]).resources(["*"]).condition(
                Condition::string_equals("cloudwatch:namespace", ["Glue", "Glue Data Quality"]),
            ),
        );
        self.key.grant_encrypt_decrypt(&role);
        role
    }

    fn crawler_role(&self, security: &glue::SecurityConfigurationHandle) -> Role {
        let role = self.glue_role("CrawlerRole");
        for source in self.sources {
            self.bucket(source).grant_read(&role);
        }
        let (name, security) = (role.handle.role_name(), security.name());
        // Glue names the group so itself; without this one it would keep logs for ever.
        self.log_group("CrawlersLogGroup", sub!("/aws-glue/crawlers-role/{name}-{security}"));
        role
    }

    fn job_role(&self) -> Role {
        let role = self.glue_role("JobRole");
        for source in self.sources {
            self.bucket(source).grant_read(&role);
        }
        self.curated.bucket.grant_read_write(&role);
        if self.sources.iter().any(|source| source.ruleset.is_some()) {
            let check = ["glue:GetDataQualityRuleset", "glue:PublishDataQuality"];
            role.add_statement(Statement::allow().actions(check).resources([sub!(
                "arn:{AWS::Partition}:glue:{AWS::Region}:{AWS::AccountId}:dataQualityRuleset/*"
            )]));
        }
        role
    }

    /// The address of an asset, which the role may read.
    fn readable(&self, role: &Role, asset: &Asset) -> Value<String> {
        let (bucket, key) = (asset.bucket_name(), asset.object_key());
        let arn = sub!("arn:{AWS::Partition}:s3:::{bucket}/{key}");
        role.add_statement(Statement::allow().actions(["s3:GetObject"]).resources([arn]));
        sub!("s3://{bucket}/{key}")
    }

    fn crawler(&self, source: &Source, role: &Role, shared: &Shared) -> glue::CrawlerHandle {
        let kind = source.kind;
        let (recrawl, update) = if kind.only_grows() {
            ("CRAWL_NEW_FOLDERS_ONLY", "LOG")
        } else {
            ("CRAWL_EVERYTHING", "UPDATE_IN_DATABASE")
        };
        let target = S3Target::new()
            .path(self.source_url(source).cast::<ids::s3::BucketName>())
            .exclusions(kind.exclusions().iter().copied());
        let configuration = json!({
            "Version": 1.0,
            "CrawlerOutput": { "Partitions": { "AddOrUpdateBehavior": "InheritFromTable" } },
            "Grouping": { "TableGroupingPolicy": "CombineCompatibleSchemas" },
        });
        let crawler = glue::Crawler::new()
            .role(role)
            .description(format!("Catalogs the raw data of the {} `{}`", kind.title(), source.name))
            .database_name(self.database)
            .table_prefix(format!("raw_{}_", source.name.replace('-', "_")))
            .targets(Targets::new().s3_targets([target]))
            .recrawl_policy(RecrawlPolicy::new().recrawl_behavior(recrawl))
            .schema_change_policy(
                SchemaChangePolicy::new().delete_behavior("LOG").update_behavior(update),
            )
            .crawler_security_configuration(shared.security.name())
            .configuration(configuration.to_json())
            .build(self.scope, &format!("{}Crawler", construct_id(&source.name)));
        if let Some(policy) = role.policy() {
            crawler.depends_on(&policy);
        }
        crawler
    }

    fn quality_job(&self, source: &Source, shared: &Shared) -> Option<glue::JobHandle> {
        let (rules, script) = (source.ruleset.as_ref()?, self.quality_script?);
        let id = construct_id(&source.name);
        let name = &source.name;
        let ruleset = DataQualityRuleset::new()
            .name(sub!("{AWS::StackName}-{name}"))
            .description(format!("What the {} `{name}` has to be like", source.kind.title()))
            .ruleset(rules.as_str())
            .build(self.scope, &format!("{id}Rules"));
        let mut arguments = Map::new();
        arguments.insert("--SOURCE_PATH", self.source_url(source));
        arguments.insert("--SOURCE_KIND", source.kind.title());
        arguments.insert("--RULESET", ruleset.name());
        let about = format!("checks the {} `{name}`", source.kind.title());
        Some(self.job(&format!("{id}Check"), &about, script, arguments, shared))
    }

    fn etl_job(&self, source: &Source, shared: &Shared) -> glue::JobHandle {
        let mut arguments = Map::new();
        arguments.insert("--SOURCE_PATH", self.source_url(source));
        arguments.insert("--TARGET_PATH", self.curated.url());
        let bookmark =
            if source.kind.only_grows() { "job-bookmark-enable" } else { "job-bookmark-disable" };
        arguments.insert("--job-bookmark-option", bookmark);
        let id = format!("{}Etl", construct_id(&source.name));
        let about = format!("refines the {} `{}`", source.kind.title(), source.name);
        self.job(&id, &about, &source.script, arguments, shared)
    }

    fn job(
        &self,
        id: &str,
        about: &str,
        script: &Path,
        own: Map,
        shared: &Shared,
    ) -> glue::JobHandle {
        let asset = Asset::file(self.scope, &format!("{id}Script"), script);
        let location = self.readable(&shared.role, &asset);
        let mut arguments = Map::new();
        arguments.insert("--job-language", "python");
        arguments.insert("--enable-metrics", "true");
        arguments.insert("--enable-observability-metrics", "true");
        arguments.insert("--custom-logGroup-prefix", shared.logs.clone());
        arguments.insert("--DATABASE", self.database_name);
        if let Some(library) = &shared.library {
            arguments.insert("--extra-py-files", library.clone());
        }
        for (name, value) in own.iter() {
            arguments.insert(name.clone(), value.clone());
        }
        let job = glue::Job::new()
            .description(format!("A step of the lake: {about}"))
            .command(
                JobCommand::new().name("glueetl").python_version("3").script_location(location),
            )
            .role(&shared.role)
            .glue_version(GLUE_VERSION)
            .worker_type("G.1X")
            .number_of_workers(self.workers)
            .timeout(60)
            // Data that fails its check fails it again.
            .max_retries(if own.contains_key("--RULESET") { 0.0 } else { 1.0 })
            .execution_property(glue::ExecutionProperty::new().max_concurrent_runs(1.0))
            .security_configuration(shared.security.name())
            .default_arguments(Node::Map(arguments))
            .build(self.scope, id);
        if let Some(policy) = shared.role.policy() {
            job.depends_on(&policy);
        }
        job
    }

    /// Starts a job when all of these have come true.
    fn trigger(
        &self,
        id: &str,
        workflow: &glue::WorkflowHandle,
        when: impl IntoIterator<Item = When>,
        job: &glue::JobHandle,
    ) {
        glue::Trigger::new()
            .r#type("CONDITIONAL")
            .workflow_name(workflow.name())
            .predicate(Predicate::new().logical("AND").conditions(when))
            .actions([Action::new().job_name(job)])
            .start_on_creation(true)
            .build(self.scope, id);
    }

    /// EventBridge starts the workflow, which starts with the crawlers.
    /// See <https://docs.aws.amazon.com/glue/latest/dg/starting-workflow-eventbridge.html>.
    fn start(&self, workflow: &glue::WorkflowHandle, crawlers: &[glue::CrawlerHandle]) {
        let name = workflow.name();
        glue::Trigger::new()
            .r#type("EVENT")
            .workflow_name(&name)
            .event_batching_condition(glue::EventBatchingCondition::new().batch_size(1))
            .actions(crawlers.iter().map(|crawler| Action::new().crawler_name(crawler)))
            .build(self.scope, "Started");
        let arn = sub!("arn:{AWS::Partition}:glue:{AWS::Region}:{AWS::AccountId}:workflow/{name}");
        let role = Role::builder()
            .assumed_by(Principal::service("events.amazonaws.com"))
            .build(self.scope, "StartRole");
        role.add_statement(Statement::allow().actions(["glue:NotifyEvent"]).resources([&arn]));
        let target = events::Target::new()
            .id("Workflow")
            .arn(arn.cast::<ids::events::RuleTargetArn>())
            .role_arn(&role);
        let rule = events::Rule::new().description("Starts the pipeline of the lake");
        let rule = match self.start {
            Start::Schedule(expression) => rule.schedule_expression(expression.as_str()),
            Start::Event(pattern) => rule.event_pattern(pattern.clone()),
        };
        rule.targets([target]).build(self.scope, "Start");
    }

    /// Counts events of a kind: alarms look at the count, and topics can be told.
    fn failures(&self, id: &str, about: &str, kind: &str, detail: Node) -> events::RuleHandle {
        events::Rule::new()
            .description(about)
            .event_pattern(json!({
                "source": ["aws.glue"],
                "detail-type": [kind],
                "detail": detail,
            }))
            .build(self.scope, id)
    }
}

/// The id of the lake itself, without what it is in.
fn own_id(scope: &Scope) -> String {
    let path = scope.path();
    path.rsplit('/').next().map(construct_id).unwrap_or_default()
}

fn succeeded(job: &glue::JobHandle) -> When {
    When::new().logical_operator("EQUALS").job_name(job).state("SUCCEEDED")
}

/// The catalog, a database and its tables.
pub(super) fn catalog_arns(database: &str) -> [Value<String>; 3] {
    let (partition, region) = (intrinsics::partition(), intrinsics::region());
    let catalog = sub!("arn:{partition}:glue:{region}:{AWS::AccountId}");
    [
        sub!("{catalog}:catalog"),
        sub!("{catalog}:database/{database}"),
        sub!("{catalog}:table/{database}/*"),
    ]
}
