//! [`SnapshotExport`]: snapshots of a database in S3, as Parquet.

mod check; // what cannot work
mod permissions; // what function and export may do

use std::time::Duration;

use fc_cdk_aws::{events, scheduler};
use fc_cdk_core::{
    IntoValue, RemovalPolicy, Scope, Value, intrinsics, json,
    policy::{Condition, Principal, Statement},
    sub,
};

use self::{check::check, permissions::Permissions};
use super::{Database, needs};
use crate::{
    builder::construct,
    messaging::{Queue, Topic},
    monitoring::{Alarm, Metric, MissingData, Retention, Threshold},
    security::{Grantee, Key, Role},
    serverless::{Code, Function},
    storage::Bucket,
};

/// The code of the function that makes and exports snapshots.
const EXPORTER: &str = include_str!("../../assets/functions/snapshot_export/index.py");

/// Which snapshots are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshots(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Automated,
    Every { interval: Duration, keep: u32 },
}

impl Snapshots {
    /// Those that RDS makes each day by itself, once they are finished.
    pub fn automated() -> Snapshots {
        Snapshots(Kind::Automated)
    }

    /// Ones of its own at a fixed interval, an hour to 31 days, of which the newest seven are kept.
    pub fn every(interval: Duration) -> Snapshots {
        Snapshots(Kind::Every { interval, keep: 7 })
    }

    /// How many snapshots of its own are kept, 1 to 90; RDS has room for 100 in an account.
    #[must_use]
    pub fn keep(self, count: u32) -> Snapshots {
        match self.0 {
            Kind::Automated => self,
            Kind::Every { interval, .. } => Snapshots(Kind::Every { interval, keep: count }),
        }
    }
}

/// A database whose snapshots are exported: a [`Database`] turns into it by itself.
#[derive(Clone)]
pub struct ExportedDatabase {
    pub(super) identifier: Value<String>,
    pub(super) arn: Value<String>,
    pub(super) key: Key,
    pub(super) cluster: bool,
}

impl From<&Database> for ExportedDatabase {
    fn from(database: &Database) -> ExportedDatabase {
        ExportedDatabase {
            identifier: database.handle.ref_value(),
            arn: database.arn(),
            key: database.key.clone(),
            cluster: false,
        }
    }
}

#[doc = include_str!("snapshot_export.md")]
#[derive(Clone)]
pub struct SnapshotExport {
    /// What makes snapshots and starts exports.
    pub function: Function,
    /// What RDS writes to the bucket with.
    pub export_role: Role,
    /// The key that encrypts what is exported: who reads it has to be able to decrypt with it.
    pub key: Key,
    /// Events that the function could not handle.
    pub dead_letters: Queue,
    /// What starts an export.
    pub rule: events::RuleHandle,
    /// What tells of exports that failed.
    pub failure_rule: events::RuleHandle,
    /// What makes snapshots at a fixed interval.
    pub schedule: Option<scheduler::ScheduleHandle>,
    /// The alarms about the function: that it fails, and that events are left in the queue.
    pub alarms: Vec<Alarm>,
    bucket: Bucket,
    prefix: String,
}

construct! {
    SnapshotExport, SnapshotExportBuilder, SnapshotExportOptions {
        required {
            /// The database.
            database: Into<ExportedDatabase>,
            /// Where the exports go, in the region of the database.
            bucket: Into<Bucket>,
            /// Who hears when an export fails.
            failures_to: Into<Topic>,
        }
        optional {
            /// Which snapshots are exported. Default: those that RDS makes each day by itself.
            snapshots: Into<Snapshots> = Snapshots::automated(),
            /// Under which prefix of the bucket, without a slash at its end. Each export is a folder below it. Default: `snapshots`.
            prefix: Into<String> = "snapshots".to_owned(),
            /// What is exported: databases or tables, such as `shop` or `shop.orders`. Default: everything.
            tables: Into<Vec<String>> = Vec::new(),
            /// The key that encrypts exports, queue, schedule, and the function's variables and logs. Default: one of its own.
            encryption_key: Into<Key>,
            /// How long the function's logs are kept. Default: three months.
            log_retention: Into<Retention> = Retention::ThreeMonths,
        }
    }
}

impl SnapshotExport {
    fn create(
        scope: &Scope,
        database: ExportedDatabase,
        bucket: Bucket,
        failures_to: Topic,
        options: SnapshotExportOptions,
    ) -> SnapshotExport {
        check(scope, options.snapshots, &options.prefix);
        let prefix = options.prefix;
        let key = options.encryption_key.unwrap_or_else(|| {
            let description = format!("exported snapshots of {}", scope.path());
            Key::builder().description(description).build(scope, "Key")
        });
        let dead_letters = Queue::builder().encryption_key(&key).build(scope, "DeadLetters");
        dead_letters.handle.removal_policy(RemovalPolicy::Delete);
        let function = Function::builder()
            .runtime("python3.15")
            .handler("index.handler")
            .code(Code::Inline(EXPORTER.into()))
            .description("Exports snapshots of a database to S3")
            .timeout(Duration::from_secs(120))
            // One after the other, so that an event that comes twice finds what the first has done.
            .reserved_concurrency(1u32)
            .encryption_key(&key)
            .dead_letter_queue(&dead_letters)
            .log_retention(options.log_retention)
            .build(scope, "Exporter");
        let permissions = Permissions { scope, database: &database, key: &key };
        let export_role = permissions.export_role(&bucket, &prefix);
        permissions.of_function(&function, &export_role, options.snapshots);

        let identifier = &database.identifier;
        let made_here: Value<String> = sub!("{identifier}-export-");
        let keep = if let Kind::Every { keep, .. } = options.snapshots.0 { keep } else { 0 };
        let tables = json!(options.tables.iter().map(String::as_str).collect::<Vec<_>>());
        let variables: [(&str, Value<String>); 8] = [
            ("DATABASE", identifier.clone()),
            ("CLUSTER", Value::from_node(database.cluster.to_string().into())),
            ("BUCKET", bucket.handle.ref_value()),
            ("PREFIX", prefix.as_str().into_value()),
            ("ROLE", export_role.arn().cast()),
            ("KEY", key.arn().cast()),
            ("TABLES", tables.to_json().into_value()),
            ("KEEP", keep.to_string().into_value()),
        ];
        for (name, value) in variables {
            function.add_environment(name, value);
        }
        function.add_environment("SNAPSHOT_PREFIX", &made_here);

        let watched: Value<String> = match options.snapshots.0 {
            Kind::Automated => sub!("rds:{identifier}-"),
            Kind::Every { .. } => made_here,
        };
        let rule = on_event(scope, &function, &dead_letters, &key, &database, &watched);
        let failure_rule = on_failure(scope, &failures_to, &database, &watched);
        let schedule = match options.snapshots.0 {
            Kind::Automated => None,
            Kind::Every { interval, .. } => {
                Some(schedule(scope, &function, &dead_letters, &key, interval))
            }
        };
        let alarm = |id: &str, metric: Metric, description: &str| {
            Alarm::builder()
                .metric(metric)
                .threshold(Threshold::above(0))
                .evaluation_periods(1u32)
                .missing_data(MissingData::NotBreaching)
                .topics([failures_to.clone()])
                .description(description)
                .build(scope, id)
        };
        let fails = "Snapshots are not exported: look at the exporter's log.";
        let left = "Events about snapshots wait in the dead-letter queue: their snapshots have not been exported.";
        let alarms = vec![
            alarm("ExporterFails", function.metric_errors(), fails),
            alarm("EventsLeft", dead_letters.metric_messages(), left),
        ];
        SnapshotExport {
            function,
            export_role,
            key,
            dead_letters,
            rule,
            failure_rule,
            schedule,
            alarms,
            bucket,
            prefix,
        }
    }

    /// Lets a role read what has been exported.
    pub fn grant_read(&self, grantee: &impl Grantee) {
        self.bucket.grant(grantee, &["s3:GetBucketLocation", "s3:ListBucket"], "*");
        self.bucket.grant(grantee, &["s3:GetObject"], &format!("{}/*", self.prefix));
        self.key.grant_decrypt(grantee);
    }

    /// Where the exports are: `s3://BUCKET/PREFIX/`.
    pub fn s3_uri(&self) -> Value<String> {
        let (bucket, prefix) = (&self.bucket, &self.prefix);
        sub!("s3://{bucket}/{prefix}/")
    }

    /// How often the function failed.
    pub fn metric_errors(&self) -> Metric {
        self.function.metric_errors()
    }
}

/// The pattern of events about snapshots whose names begin so.
/// See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html>.
fn pattern(
    database: &ExportedDatabase,
    prefix: &Value<String>,
    of_instance: &[&'static str],
    of_cluster: &[&'static str],
) -> fc_cdk_core::Node {
    let (kind, ids) = if database.cluster {
        ("RDS DB Cluster Snapshot Event", of_cluster)
    } else {
        ("RDS DB Snapshot Event", of_instance)
    };
    json!({
        "source": ["aws.rds"],
        "detail-type": [kind],
        "detail": { "EventID": ids.to_vec(), "SourceIdentifier": [{ "prefix": prefix }] },
    })
}

/// Calls the function when a snapshot is finished.
fn on_event(
    scope: &Scope,
    function: &Function,
    queue: &Queue,
    key: &Key,
    database: &ExportedDatabase,
    prefix: &Value<String>,
) -> events::RuleHandle {
    let made = ["RDS-EVENT-0042", "RDS-EVENT-0091"];
    let of_cluster = ["RDS-EVENT-0075", "RDS-EVENT-0169"];
    let target = events::Target::new()
        .id("Exporter")
        .arn(function)
        .retry_policy(
            events::RetryPolicy::new()
                .maximum_event_age_in_seconds(21_600)
                .maximum_retry_attempts(24),
        )
        .dead_letter_config(events::RuleDeadLetterConfig::new().arn(queue));
    let rule = events::Rule::new()
        .description("a snapshot is finished")
        .event_pattern(pattern(database, prefix, &made, &of_cluster))
        .targets([target])
        .build(scope, "SnapshotFinished");
    function.allow_invoke("SnapshotFinished", "events.amazonaws.com", &rule);
    let send = Statement::allow()
        .principals([Principal::service("events.amazonaws.com")])
        .actions(["sqs:SendMessage"])
        .resources([queue.arn()])
        .condition(Condition::arn_equals("aws:SourceArn", [rule.arn()]));
    queue.add_to_resource_policy(send);
    key.allow_service("events.amazonaws.com");
    rule
}

/// Tells the topic when RDS gives up an export that has begun.
fn on_failure(
    scope: &Scope,
    topic: &Topic,
    database: &ExportedDatabase,
    prefix: &Value<String>,
) -> events::RuleHandle {
    topic.allow_service("events.amazonaws.com");
    let failed = ["RDS-EVENT-0159", "RDS-EVENT-0160"];
    let of_cluster = ["RDS-EVENT-0162", "RDS-EVENT-0163"];
    events::Rule::new()
        .description("the export of a snapshot failed or was canceled")
        .event_pattern(pattern(database, prefix, &failed, &of_cluster))
        .targets([events::Target::new().id("Topic").arn(topic)])
        .build(scope, "ExportFailed")
}

/// Calls the function at a fixed interval.
fn schedule(
    scope: &Scope,
    function: &Function,
    queue: &Queue,
    key: &Key,
    interval: Duration,
) -> scheduler::ScheduleHandle {
    let role = Role::builder()
        .assumed_by(Principal::service("scheduler.amazonaws.com"))
        .trust_conditions([Condition::string_equals(
            "aws:SourceAccount",
            [intrinsics::account_id()],
        )])
        .description("calls the exporter")
        .build(scope, "ScheduleRole");
    function.grant_invoke(&role);
    queue.grant_send(&role);
    let input = json!({ "action": "snapshot", "time": "<aws.scheduler.scheduled-time>" });
    let target = scheduler::Target::new()
        .arn(function)
        .role_arn(&role)
        .input(input.to_json())
        .retry_policy(
            scheduler::RetryPolicy::new()
                .maximum_event_age_in_seconds(3600)
                .maximum_retry_attempts(5),
        )
        .dead_letter_config(scheduler::DeadLetterConfig::new().arn(queue));
    let schedule = scheduler::Schedule::new()
        .description("takes a snapshot of the database")
        .schedule_expression(rate(interval))
        .flexible_time_window(
            scheduler::FlexibleTimeWindow::new().mode(scheduler::FlexibleTimeWindowMode::Off),
        )
        .kms_key_arn(key.arn())
        .target(target)
        .build(scope, "Schedule");
    if let Some(policy) = role.policy() {
        schedule.depends_on(&policy);
    }
    schedule
}

/// An interval as schedules write it, in the largest unit that fits: `rate(6 hours)`.
fn rate(interval: Duration) -> String {
    let minutes = interval.as_secs() / 60;
    let (count, unit) = match minutes {
        minutes if minutes.is_multiple_of(1440) => (minutes / 1440, "day"),
        minutes if minutes.is_multiple_of(60) => (minutes / 60, "hour"),
        minutes => (minutes, "minute"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("rate({count} {unit}{plural})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_written_in_the_largest_unit() {
        let rate = |minutes: u64| rate(Duration::from_secs(60 * minutes));
        assert_eq!(rate(60), "rate(1 hour)");
        assert_eq!(rate(90), "rate(90 minutes)");
        assert_eq!(rate(360), "rate(6 hours)");
        assert_eq!(rate(1440), "rate(1 day)");
        assert_eq!(rate(2880), "rate(2 days)");
    }
}
