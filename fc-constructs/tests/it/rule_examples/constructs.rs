//! What the other constructs refuse, by the smallest app that does it, and the same put right.

use std::time::Duration;

use fc_cdk_core::{Environment, Parameter, Scope, Stack};
use fc_constructs::{
    analytics::{AnalyticsLake, ColumnType, Table},
    compute::{Schedule, UserData, WebAsg},
    containers::{FargateService, Repository, SharedListener},
    database::{Database, MysqlVersion, SnapshotExport, Snapshots},
    delivery::{DeployTarget, Ec2Pipeline, Source},
    messaging::{Queue, SlackAlarmChannel, SlackBy, Topic},
    monitoring::{Alarm, Dashboard, Metric, Threshold, Widget},
    operations::{SessionAccess, Workbench},
    security::{Key, Secret},
    serverless::{Code, Function},
    storage::{Age, ArchiveRule, Bucket, TieredArchiveBucket, Tiers},
    streaming::RealtimeIngest,
};

use super::BuildInto as Build;

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

pub(crate) const ALL: &[(&str, Build, Build)] = super::examples! {
    "bad-capacity" bad_capacity_fails bad_capacity_passes;
    "bad-subnets" bad_subnets_fails bad_subnets_passes;
    "bad-target" bad_target_fails bad_target_passes;
    "bad-schedule" bad_schedule_fails bad_schedule_passes;
    "certificate-region" certificate_region_fails certificate_region_passes;
    "access-log-bucket" access_log_bucket_fails access_log_bucket_passes;
    "user-data-too-large" user_data_too_large_fails user_data_too_large_passes;
    "unknown-architecture" unknown_architecture_fails unknown_architecture_passes;
    "bad-task-size" bad_task_size_fails bad_task_size_passes;
    "bad-container" bad_container_fails bad_container_passes;
    "bad-repository" bad_repository_fails bad_repository_passes;
    "bad-listener-rule" bad_listener_rule_fails bad_listener_rule_passes;
    "bad-database" bad_database_fails bad_database_passes;
    "bad-export" bad_export_fails bad_export_passes;
    "bad-secret" bad_secret_fails bad_secret_passes;
    "bad-archive" bad_archive_fails bad_archive_passes;
    "early-move" early_move_fails early_move_passes;
    "bad-queue" bad_queue_fails bad_queue_passes;
    "bad-slack-channel" bad_slack_channel_fails bad_slack_channel_passes;
    "bad-alarm" bad_alarm_fails bad_alarm_passes;
    "bad-dashboard" bad_dashboard_fails bad_dashboard_passes;
    "bad-function" bad_function_fails bad_function_passes;
    "bad-pipeline" bad_pipeline_fails bad_pipeline_passes;
    "bad-session" bad_session_fails bad_session_passes;
    "bad-workbench" bad_workbench_fails bad_workbench_passes;
    "bad-table" bad_table_fails bad_table_passes;
    "bad-lake" bad_lake_fails bad_lake_passes;
    "bad-ingest" bad_ingest_fails bad_ingest_passes;
};

fn bad_capacity_fails(stack: &Scope) {
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .min_capacity(5)
        .max_capacity(3)
        .build(stack, "Web");
}

fn bad_capacity_passes(stack: &Scope) {
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .min_capacity(3)
        .max_capacity(5)
        .build(stack, "Web");
}

fn bad_subnets_fails(stack: &Scope) {
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(["subnet-0123456789abcdef0"])
        .build(stack, "Web");
}

fn bad_subnets_passes(stack: &Scope) {
    WebAsg::builder().vpc(VPC).subnets(SUBNETS).load_balancer_subnets(SUBNETS).build(stack, "Web");
}

fn bad_target_fails(stack: &Scope) {
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .cpu_target(100)
        .build(stack, "Web");
}

fn bad_target_passes(stack: &Scope) {
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .cpu_target(60)
        .build(stack, "Web");
}

fn bad_schedule_fails(stack: &Scope) {
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(stack, "Web");
    web.schedule("Evening", Schedule::cron("@daily").min_capacity(1));
}

fn bad_schedule_passes(stack: &Scope) {
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(stack, "Web");
    web.schedule("Evening", Schedule::cron("0 18 * * *").min_capacity(1));
}

fn certificate_region_fails(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("ap-northeast-1"));
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .certificate(
            "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
        )
        .build(stack, "Web");
}

fn certificate_region_passes(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("ap-northeast-1"));
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .certificate(
            "arn:aws:acm:ap-northeast-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
        )
        .build(stack, "Web");
}

fn access_log_bucket_fails(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("ap-northeast-1"));
    let key = Key::builder().build(stack, "Key");
    let logs = Bucket::builder().encryption_key(key).build(stack, "Logs");
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .access_logs(logs)
        .build(stack, "Web");
}

fn access_log_bucket_passes(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("ap-northeast-1"));
    let logs = Bucket::builder().build(stack, "Logs");
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .access_logs(logs)
        .build(stack, "Web");
}

fn user_data_too_large_fails(stack: &Scope) {
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .user_data(UserData::new().command("x".repeat(16_384)))
        .build(stack, "Web");
}

fn user_data_too_large_passes(stack: &Scope) {
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .user_data(UserData::new().command("dnf install -y nginx"))
        .build(stack, "Web");
}

fn unknown_architecture_fails(stack: &Scope) {
    let size = Parameter::<String>::new(stack, "Size");
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .instance_type(&size)
        .build(stack, "Web");
}

fn unknown_architecture_passes(stack: &Scope) {
    let size = Parameter::<String>::new(stack, "Size");
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .instance_type(&size)
        .image("ami-0123456789abcdef0")
        .build(stack, "Web");
}

fn bad_task_size_fails(stack: &Scope) {
    FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SUBNETS)
        .cpu(512u32)
        .memory_mib(8192u32)
        .build(stack, "Web");
}

fn bad_task_size_passes(stack: &Scope) {
    FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SUBNETS)
        .cpu(512u32)
        .memory_mib(2048u32)
        .build(stack, "Web");
}

fn bad_container_fails(stack: &Scope) {
    FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SUBNETS)
        .health_check_path("healthz")
        .build(stack, "Web");
}

fn bad_container_passes(stack: &Scope) {
    FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SUBNETS)
        .health_check_path("/healthz")
        .build(stack, "Web");
}

fn bad_repository_fails(stack: &Scope) {
    Repository::builder().repository_name("Shop").build(stack, "Images");
}

fn bad_repository_passes(stack: &Scope) {
    Repository::builder().repository_name("shop").build(stack, "Images");
}

fn bad_listener_rule_fails(stack: &Scope) {
    let web = FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SUBNETS)
        .build(stack, "Web");
    FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SharedListener::of_service(&web, 0).paths(["/reviews/*"]))
        .build(stack, "Reviews");
}

fn bad_listener_rule_passes(stack: &Scope) {
    let web = FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SUBNETS)
        .build(stack, "Web");
    FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SharedListener::of_service(&web, 10).paths(["/reviews/*"]))
        .build(stack, "Reviews");
}

fn bad_database_fails(stack: &Scope) {
    Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .database_name("2nd")
        .build(stack, "Database");
}

fn bad_database_passes(stack: &Scope) {
    Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .database_name("second")
        .build(stack, "Database");
}

fn bad_export_fails(stack: &Scope) {
    let database = Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .build(stack, "Database");
    let bucket = Bucket::builder().build(stack, "Backup");
    let topic = Topic::builder().build(stack, "Alarms");
    SnapshotExport::builder()
        .database(&database)
        .bucket(&bucket)
        .failures_to(&topic)
        .snapshots(Snapshots::every(Duration::from_secs(21_600)).keep(8))
        .prefix("/rds")
        .build(stack, "Export");
}

fn bad_export_passes(stack: &Scope) {
    let database = Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .build(stack, "Database");
    let bucket = Bucket::builder().build(stack, "Backup");
    let topic = Topic::builder().build(stack, "Alarms");
    SnapshotExport::builder()
        .database(&database)
        .bucket(&bucket)
        .failures_to(&topic)
        .snapshots(Snapshots::every(Duration::from_secs(21_600)).keep(8))
        .prefix("rds")
        .build(stack, "Export");
}

fn bad_secret_fails(stack: &Scope) {
    Secret::builder().length(5000u32).build(stack, "Secret");
}

fn bad_secret_passes(stack: &Scope) {
    Secret::builder().length(32u32).build(stack, "Secret");
}

fn bad_archive_fails(stack: &Scope) {
    TieredArchiveBucket::builder()
        .rules([ArchiveRule::prefix("orders/").tiers(Tiers::new().standard_ia(Age::days(29)))])
        .build(stack, "Archive");
}

fn bad_archive_passes(stack: &Scope) {
    TieredArchiveBucket::builder()
        .rules([ArchiveRule::prefix("orders/").tiers(Tiers::new().standard_ia(Age::days(30)))])
        .build(stack, "Archive");
}

fn early_move_fails(stack: &Scope) {
    let tiers = Tiers::new().glacier_flexible(Age::days(30)).deep_archive(Age::days(60));
    TieredArchiveBucket::builder()
        .rules([ArchiveRule::prefix("orders/").tiers(tiers)])
        .build(stack, "Archive");
}

fn early_move_passes(stack: &Scope) {
    let tiers = Tiers::new().glacier_flexible(Age::days(30)).deep_archive(Age::days(120));
    TieredArchiveBucket::builder()
        .rules([ArchiveRule::prefix("orders/").tiers(tiers)])
        .build(stack, "Archive");
}

fn bad_queue_fails(stack: &Scope) {
    Queue::builder().retention(Duration::from_secs(15 * 86_400)).build(stack, "Orders");
}

fn bad_queue_passes(stack: &Scope) {
    Queue::builder().retention(Duration::from_secs(14 * 86_400)).build(stack, "Orders");
}

fn bad_slack_channel_fails(stack: &Scope) {
    let topic = Topic::builder().build(stack, "Alarms");
    SlackAlarmChannel::builder()
        .topics([topic])
        .by(SlackBy::chatbot("shop", "#alarms"))
        .build(stack, "Slack");
}

fn bad_slack_channel_passes(stack: &Scope) {
    let topic = Topic::builder().build(stack, "Alarms");
    SlackAlarmChannel::builder()
        .topics([topic])
        .by(SlackBy::chatbot("T0123ABCD", "C0123ABCD"))
        .build(stack, "Slack");
}

fn bad_alarm_fails(stack: &Scope) {
    Alarm::builder()
        .metric(Metric::new("Shop", "Errors"))
        .threshold(Threshold::above(0))
        .evaluation_periods(3u32)
        .datapoints_to_alarm(4u32)
        .build(stack, "Errors");
}

fn bad_alarm_passes(stack: &Scope) {
    Alarm::builder()
        .metric(Metric::new("Shop", "Errors"))
        .threshold(Threshold::above(0))
        .evaluation_periods(3u32)
        .datapoints_to_alarm(2u32)
        .build(stack, "Errors");
}

fn bad_dashboard_fails(stack: &Scope) {
    Dashboard::builder().widgets([Widget::graph("Errors")]).build(stack, "Dashboard");
}

fn bad_dashboard_passes(stack: &Scope) {
    Dashboard::builder()
        .widgets([Widget::graph("Errors").metric(Metric::new("Shop", "Errors"))])
        .build(stack, "Dashboard");
}

fn bad_function_fails(stack: &Scope) {
    Function::builder()
        .runtime("python3.13")
        .handler("index.handler")
        .code(Code::Inline("def handler(event, context): return event".into()))
        .timeout(Duration::from_secs(1000))
        .build(stack, "Function");
}

fn bad_function_passes(stack: &Scope) {
    Function::builder()
        .runtime("python3.13")
        .handler("index.handler")
        .code(Code::Inline("def handler(event, context): return event".into()))
        .timeout(Duration::from_secs(900))
        .build(stack, "Function");
}

fn bad_pipeline_fails(stack: &Scope) {
    Ec2Pipeline::builder()
        .source(Source::existing_repository("shop.git"))
        .targets([DeployTarget::new("Web", "web-asg")])
        .build(stack, "Pipeline");
}

fn bad_pipeline_passes(stack: &Scope) {
    Ec2Pipeline::builder()
        .source(Source::existing_repository("shop"))
        .targets([DeployTarget::new("Web", "web-asg")])
        .build(stack, "Pipeline");
}

fn bad_session_fails(stack: &Scope) {
    SessionAccess::builder().idle_timeout(Duration::from_secs(59)).build(stack, "Sessions");
}

fn bad_session_passes(stack: &Scope) {
    SessionAccess::builder().idle_timeout(Duration::from_secs(600)).build(stack, "Sessions");
}

fn bad_workbench_fails(stack: &Scope) {
    Workbench::builder().vpc(VPC).subnets(Vec::<&str>::new()).build(stack, "Workbench");
}

fn bad_workbench_passes(stack: &Scope) {
    Workbench::builder().vpc(VPC).subnets(SUBNETS).build(stack, "Workbench");
}

fn bad_table_fails(stack: &Scope) {
    let bucket = Bucket::builder().build(stack, "Raw");
    let clicks = Table::parquet("clicks")
        .columns([("Price", ColumnType::BigInt)])
        .by_day("dt", "2024-04-30");
    RealtimeIngest::builder().database("shop").table(clicks).bucket(&bucket).build(stack, "Clicks");
}

fn bad_table_passes(stack: &Scope) {
    let bucket = Bucket::builder().build(stack, "Raw");
    let clicks = Table::parquet("clicks")
        .columns([("price", ColumnType::BigInt)])
        .by_day("dt", "2024-04-30");
    RealtimeIngest::builder().database("shop").table(clicks).bucket(&bucket).build(stack, "Clicks");
}

fn bad_lake_fails(stack: &Scope) {
    let orders = Table::parquet("orders")
        .columns([("price", ColumnType::BigInt)])
        .by_day("dt", "2024-04-30");
    AnalyticsLake::builder().database_name("Shop-Data").tables([orders]).build(stack, "Lake");
}

fn bad_lake_passes(stack: &Scope) {
    let orders = Table::parquet("orders")
        .columns([("price", ColumnType::BigInt)])
        .by_day("dt", "2024-04-30");
    AnalyticsLake::builder().database_name("shop").tables([orders]).build(stack, "Lake");
}

fn bad_ingest_fails(stack: &Scope) {
    let bucket = Bucket::builder().build(stack, "Raw");
    let clicks = Table::parquet("clicks")
        .columns([("price", ColumnType::BigInt)])
        .by_day("dt", "2024-04-30");
    RealtimeIngest::builder()
        .database("shop")
        .table(clicks)
        .bucket(&bucket)
        .retention_hours(12u32)
        .build(stack, "Clicks");
}

fn bad_ingest_passes(stack: &Scope) {
    let bucket = Bucket::builder().build(stack, "Raw");
    let clicks = Table::parquet("clicks")
        .columns([("price", ColumnType::BigInt)])
        .by_day("dt", "2024-04-30");
    RealtimeIngest::builder()
        .database("shop")
        .table(clicks)
        .bucket(&bucket)
        .retention_hours(48u32)
        .build(stack, "Clicks");
}
