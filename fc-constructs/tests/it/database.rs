use fc_cdk_core::{App, RemovalPolicy, Stack, policy::Principal};
use fc_constructs::{
    database::{Database, MysqlVersion, PostgresVersion},
    messaging::Topic,
    monitoring::{AlarmSet, Retention, Threshold},
    network::{SecurityGroup, ThreeTierVpc},
    security::{Key, Role},
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
      --> fc-constructs/tests/it/database.rs:110:10
      help: give it isolated subnets, such as the `db` tier of a `ThreeTierVpc`
    error[bad-database]: `Shop/Postgres`: allocated_storage_gib: a database has 20 to 65536 GiB of storage, not 10
      --> fc-constructs/tests/it/database.rs:110:10
      help: choose a size in that range
    error[bad-database]: `Shop/Postgres`: max_allocated_storage_gib: storage of 10 GiB cannot grow to 11 GiB
      --> fc-constructs/tests/it/database.rs:110:10
      help: give at least 26 % more than `allocated_storage_gib`, and 65536 at most
    error[bad-database]: `Shop/Postgres`: backup_retention_days: backups are kept for 1 to 35 days, not 0
      --> fc-constructs/tests/it/database.rs:110:10
      help: export snapshots to S3 to keep data longer
    error[bad-database]: `Shop/Postgres`: monitoring_interval: enhanced monitoring does not measure every 7 seconds
      --> fc-constructs/tests/it/database.rs:110:10
      help: give 1, 5, 10, 15, 30 or 60, or 0 to switch it off
    error[bad-database]: `Shop/Postgres`: removal_policy: the data is to be deleted with the stack, and protected from deletion
      --> fc-constructs/tests/it/database.rs:110:10
      help: switch `deletion_protection` off too, or keep a snapshot
    error[bad-database]: `Shop/Postgres`: instance_class: `t4g.medium` is no instance class
      --> fc-constructs/tests/it/database.rs:110:10
      help: did you mean `db.t4g.medium`?
    error[bad-database]: `Shop/Postgres`: master_username: PostgreSQL keeps the name `admin` for itself
      --> fc-constructs/tests/it/database.rs:110:10
      help: take another name, such as `dbadmin`
    error[bad-database]: `Shop/Postgres`: database_name: `2nd` is no name for a database of PostgreSQL
      --> fc-constructs/tests/it/database.rs:110:10
      help: start with a letter; use letters, digits and underscores, 63 at most
    error[bad-database]: `Shop/Mysql`: subnets: a database needs subnets in two zones, not 1
      --> fc-constructs/tests/it/database.rs:117:10
      help: give one subnet for each zone of the VPC
    error[bad-database]: `Shop/Mysql`: instance_class: `db.t4g.micro` is too small for Database Insights of MySQL
      --> fc-constructs/tests/it/database.rs:117:10
      help: take `db.t4g.medium` or larger, or switch `performance_insights` off
    error[bad-database]: `Shop/Mysql`: master_username: `the_one_and_only_` is too long for a user of MySQL
      --> fc-constructs/tests/it/database.rs:117:10
      help: use 16 letters at most
    warning[no-backups]: `Shop/Postgres/Resource`: BackupRetentionPeriod: `BackupRetentionPeriod` is 0: no backup is made
      --> fc-constructs/tests/it/database.rs:110:10
      help: set `BackupRetentionPeriod` to a day or more
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
    error[one-zone]: `Shop/Mysql/SubnetGroup`: SubnetIds: all subnets are in one Availability Zone, two are needed
      --> fc-constructs/tests/it/database.rs:117:10
      help: add a subnet of another zone
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html#USER_VPC.Subnets
    ");
}
