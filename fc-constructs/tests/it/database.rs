use std::time::Duration;

use fc_cdk_core::{App, RemovalPolicy, Stack, policy::Principal};
use fc_constructs::{
    database::{Database, MysqlVersion, PostgresVersion, SnapshotExport, Snapshots},
    messaging::Topic,
    monitoring::{AlarmSet, Retention, Threshold},
    network::{SecurityGroup, ThreeTierVpc},
    security::{Key, Role},
    storage::Bucket,
};

use crate::{messages, template};

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

#[test]
fn a_database_is_private_encrypted_watched_and_kept() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    Database::builder()
        .engine(MysqlVersion::V8_4_8)
        .vpc(VPC)
        .subnets(SUBNETS)
        .build(&stack, "Database");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn every_setting_of_a_database_reaches_the_template() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let key = Key::builder().build(&stack, "Key");
    let servers = SecurityGroup::builder().vpc(VPC).description("servers").build(&stack, "Servers");
    let database = Database::builder()
        .engine(PostgresVersion::V17_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .instance_class("db.r7g.large")
        .allocated_storage_gib(100u32)
        .max_allocated_storage_gib(400u32)
        .database_name("shop")
        .master_username("root")
        .port(5433u16)
        .multi_az(false)
        .encryption_key(key)
        .backup_retention_days(35)
        .backup_window("17:00-17:30")
        .maintenance_window("sun:18:00-sun:19:00")
        .deletion_protection(false)
        .removal_policy(RemovalPolicy::Delete)
        .parameters([("log_statement", "none"), ("work_mem", "8192")])
        .iam_authentication(true)
        .monitoring_interval(0)
        .performance_insights(false)
        .log_retention(Retention::OneYear)
        .instance_name("Shop-DB")
        .build(&stack, "Database");
    database.allow_from(&servers);
    let role =
        Role::builder().assumed_by(Principal::service("ec2.amazonaws.com")).build(&stack, "Role");
    database.grant_connect(&role, "app");
    database.grant_read_secret(&role);
    let topic = Topic::builder().build(&stack, "Topic");
    let alarms = AlarmSet::builder().topic(topic).dashboard(false).build(&stack, "Alarms");
    alarms.watch("Database", &database.alarms().cpu(Threshold::above(90)).free_memory(None));
    insta::assert_snapshot!(template(&app));
}

#[test]
fn servers_of_another_stack_depend_on_the_database_not_the_other_way_round() {
    let app = App::new();
    let data = Stack::new(&app, "Data");
    let web = Stack::new(&app, "Web");
    let database = Database::builder()
        .engine(MysqlVersion::V8_4_8)
        .vpc(VPC)
        .subnets(SUBNETS)
        .build(&data, "Database");
    let servers = SecurityGroup::builder().vpc(VPC).description("servers").build(&web, "Servers");
    let role =
        Role::builder().assumed_by(Principal::service("ec2.amazonaws.com")).build(&web, "Role");
    database.allow_from(&servers);
    database.grant_read_secret(&role);
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let dependencies = |name: &str| {
        let stack = assembly.stacks().iter().find(|stack| stack.stack_name() == name);
        stack.map(|stack| stack.dependencies().to_vec()).unwrap_or_default()
    };
    assert!(dependencies("Data").is_empty());
    assert_eq!(dependencies("Web"), ["Data"]);
}

#[test]
fn what_rds_would_refuse_is_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&stack, "Vpc");
    Database::builder()
        .engine(PostgresVersion::V17_11)
        .vpc(&vpc)
        .subnets(&vpc.public)
        .instance_class("t4g.medium")
        .allocated_storage_gib(10u32)
        .max_allocated_storage_gib(11u32)
        .database_name("2nd")
        .master_username("admin")
        .backup_retention_days(0)
        .removal_policy(RemovalPolicy::Delete)
        .monitoring_interval(7)
        .build(&stack, "Postgres");
    Database::builder()
        .engine(MysqlVersion::V8_4_8)
        .vpc(&vpc)
        .subnets([&vpc.db.subnets[0]])
        .instance_class("db.t4g.micro")
        .master_username("the_one_and_only_")
        .build(&stack, "Mysql");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[public-database]: `Shop/Postgres`: subnets: the database is in subnets that the internet reaches
      --> fc-constructs/tests/it/database.rs:113:10
      help: give it isolated subnets, such as the `db` tier of a `ThreeTierVpc`
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
    error[bad-database]: `Shop/Postgres`: allocated_storage_gib: a database has 20 to 65536 GiB of storage, not 10
      --> fc-constructs/tests/it/database.rs:113:10
      help: choose a size in that range
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Postgres`: max_allocated_storage_gib: storage of 10 GiB cannot grow to 11 GiB
      --> fc-constructs/tests/it/database.rs:113:10
      help: give at least 26 % more than `allocated_storage_gib`, and 65536 at most
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Postgres`: backup_retention_days: backups are kept for 1 to 35 days, not 0
      --> fc-constructs/tests/it/database.rs:113:10
      help: export snapshots to S3 to keep data longer
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Postgres`: monitoring_interval: enhanced monitoring does not measure every 7 seconds
      --> fc-constructs/tests/it/database.rs:113:10
      help: give 1, 5, 10, 15, 30 or 60, or 0 to switch it off
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Postgres`: removal_policy: the data is to be deleted with the stack, and protected from deletion
      --> fc-constructs/tests/it/database.rs:113:10
      help: switch `deletion_protection` off too, or keep a snapshot
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Postgres`: instance_class: `t4g.medium` is no instance class
      --> fc-constructs/tests/it/database.rs:113:10
      help: did you mean `db.t4g.medium`?
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Postgres`: master_username: PostgreSQL keeps the name `admin` for itself
      --> fc-constructs/tests/it/database.rs:113:10
      help: take another name, such as `dbadmin`
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Postgres`: database_name: `2nd` is no name for a database of PostgreSQL
      --> fc-constructs/tests/it/database.rs:113:10
      help: start with a letter; use letters, digits and underscores, 63 at most
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Mysql`: subnets: a database needs subnets in two zones, not 1
      --> fc-constructs/tests/it/database.rs:120:10
      help: give one subnet for each zone of the VPC
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Mysql`: master_username: `the_one_and_only_` is too long for a user of MySQL
      --> fc-constructs/tests/it/database.rs:120:10
      help: use 16 letters at most
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Mysql`: instance_class: `db.t4g.micro` is too small for Database Insights of MySQL
      --> fc-constructs/tests/it/database.rs:120:10
      help: take `db.t4g.medium` or larger, or switch `performance_insights` off
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    warning[no-backups]: `Shop/Postgres/Resource`: BackupRetentionPeriod: `BackupRetentionPeriod` is 0: no backup is made
      --> fc-constructs/tests/it/database.rs:113:10
      help: set `BackupRetentionPeriod` to a day or more
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
    error[illegal-value]: `Shop/Postgres/Resource`: DBInstanceClass: `t4g.medium` is not an allowed value
      --> fc-constructs/tests/it/database.rs:113:10
      help: did you mean `db.t4g.medium`? if AWS has added it since, allow this finding here
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
    error[one-zone]: `Shop/Mysql/SubnetGroup`: SubnetIds: all subnets are in one Availability Zone, two are needed
      --> fc-constructs/tests/it/database.rs:120:10
      help: add a subnet of another zone
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html#USER_VPC.Subnets
    ");
}

/// An app with a database whose snapshots are exported.
fn with_export(snapshots: Snapshots) -> App {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let database = Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .build(&stack, "Database");
    let bucket = Bucket::builder().build(&stack, "Backup");
    let key = Key::builder().build(&stack, "TopicKey");
    let topic = Topic::builder().encryption_key(key).build(&stack, "Alarms");
    let export = SnapshotExport::builder()
        .database(&database)
        .bucket(bucket)
        .failures_to(topic)
        .snapshots(snapshots)
        .prefix("rds/shop")
        .tables(["shop.orders".to_owned()])
        .build(&stack, "Export");
    let glue =
        Role::builder().assumed_by(Principal::service("glue.amazonaws.com")).build(&stack, "Glue");
    export.grant_read(&glue);
    app
}

/// The template without the code of the function, which is tested by itself.
fn without_code(app: &App) -> String {
    let template = template(app);
    let lines = template.lines().filter(|line| !line.contains("\"ZipFile\""));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn snapshots_at_an_interval_are_exported() {
    let snapshots = Snapshots::every(Duration::from_secs(6 * 3600)).keep(28);
    insta::assert_snapshot!(without_code(&with_export(snapshots)));
}

#[test]
fn from_snapshots_at_an_interval_to_automated_ones_only_the_schedule_leaves() {
    let ids = |app: &App| {
        let assembly = app.synth();
        assert_eq!(messages(&assembly), "");
        let resources = assembly.stacks()[0].template().resources();
        let all =
            resources.map(|resource| format!("{} {}", resource.logical_id(), resource.type_name()));
        all.collect::<Vec<_>>()
    };
    let every = ids(&with_export(Snapshots::every(Duration::from_secs(3600))));
    let automated = with_export(Snapshots::automated());
    let left: Vec<String> = every.into_iter().filter(|id| !ids(&automated).contains(id)).collect();
    insta::assert_snapshot!(left.join("\n"), @"
    ExportScheduleRole0397F324 AWS::IAM::Role
    ExportScheduleRoleDefaultPolicy3FC07885 AWS::IAM::Policy
    ExportSchedule028B3193 AWS::Scheduler::Schedule
    ");
    let template = template(&automated);
    assert!(
        template.contains("rds:${DatabaseB269D8BB}-") && !template.contains("CreateDBSnapshot\"")
    );
}

#[test]
fn exports_that_cannot_work_are_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let database = Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .build(&stack, "Database");
    let bucket = Bucket::builder().build(&stack, "Backup");
    let topic = Topic::builder().build(&stack, "Alarms");
    let export = |snapshots: Snapshots, prefix: &str, id: &str| {
        SnapshotExport::builder()
            .database(&database)
            .bucket(&bucket)
            .failures_to(&topic)
            .snapshots(snapshots)
            .prefix(prefix)
            .build(&stack, id);
    };
    export(Snapshots::every(Duration::from_secs(60)).keep(100), "/rds", "Often");
    export(Snapshots::every(Duration::from_secs(3601)).keep(0), "rds shop", "Seconds");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-export]: `Shop/Often`: snapshots: a snapshot every 60s is too often or too seldom
      --> fc-constructs/tests/it/database.rs:266:14
      help: give an hour to 31 days, such as six hours
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html
    error[bad-export]: `Shop/Often`: snapshots: 100 snapshots cannot be kept
      --> fc-constructs/tests/it/database.rs:266:14
      help: keep 1 to 90: RDS has room for 100 in an account
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html
    error[bad-export]: `Shop/Often`: prefix: `/rds` is no prefix for exports
      --> fc-constructs/tests/it/database.rs:266:14
      help: use letters, digits and dashes, with slashes between parts, such as `rds/shop`
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html
    error[bad-export]: `Shop/Seconds`: snapshots: a schedule counts whole minutes, and not 3601s
      --> fc-constructs/tests/it/database.rs:266:14
      help: give whole minutes
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html
    error[bad-export]: `Shop/Seconds`: snapshots: 0 snapshots cannot be kept
      --> fc-constructs/tests/it/database.rs:266:14
      help: keep 1 to 90: RDS has room for 100 in an account
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html
    error[bad-export]: `Shop/Seconds`: prefix: `rds shop` is no prefix for exports
      --> fc-constructs/tests/it/database.rs:266:14
      help: use letters, digits and dashes, with slashes between parts, such as `rds/shop`
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html
    ");
}
