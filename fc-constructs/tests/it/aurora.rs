use fc_cdk_core::{App, RemovalPolicy, Stack, policy::Principal};
use fc_constructs::{
    database::{
        AuroraCluster, AuroraMysqlVersion, AuroraPostgresVersion, Instances, SnapshotExport,
    },
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
fn a_cluster_is_private_encrypted_and_kept() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    AuroraCluster::builder()
        .engine(AuroraMysqlVersion::V3_13_0)
        .vpc(VPC)
        .subnets(SUBNETS)
        .build(&stack, "Database");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn every_setting_of_a_cluster_reaches_the_template() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let key = Key::builder().build(&stack, "Key");
    let servers = SecurityGroup::builder().vpc(VPC).description("servers").build(&stack, "Servers");
    let cluster = AuroraCluster::builder()
        .engine(AuroraPostgresVersion::V17_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .instances(Instances::of_class("db.r8g.large"))
        .readers(0)
        .database_name("shop")
        .master_username("root")
        .port(5433u16)
        .encryption_key(key)
        .backup_retention_days(35)
        .backup_window("17:00-17:30")
        .maintenance_window("sun:18:00-sun:19:00")
        .deletion_protection(false)
        .removal_policy(RemovalPolicy::Delete)
        .parameters([("log_statement", "none")])
        .monitoring_interval(0)
        .performance_insights(false)
        .log_retention(Retention::OneYear)
        .cluster_name("Shop-DB")
        .build(&stack, "Database");
    cluster.allow_from(&servers);
    let role =
        Role::builder().assumed_by(Principal::service("ec2.amazonaws.com")).build(&stack, "Role");
    cluster.grant_connect(&role, "app");
    cluster.grant_read_secret(&role);
    let topic = Topic::builder().build(&stack, "Topic");
    let alarms = AlarmSet::builder().topic(topic).dashboard(false).build(&stack, "Alarms");
    alarms.watch("Database", &cluster.alarms().cpu(Threshold::above(90)));
    insta::assert_snapshot!(template(&app));
}

#[test]
fn serverless_clusters_with_readers_are_watched_for_capacity_and_lag() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let cluster = AuroraCluster::builder()
        .engine(AuroraPostgresVersion::V17_11)
        .vpc(VPC)
        .subnets(SUBNETS)
        .readers(2)
        .build(&stack, "Database");
    assert_eq!(cluster.instances.len(), 3);
    let topic = Topic::builder().build(&stack, "Topic");
    let alarms = AlarmSet::builder().topic(topic).dashboard(false).build(&stack, "Alarms");
    assert_eq!(alarms.watch("Database", &cluster.alarms()).len(), 3);
    let template = template(&app);
    for metric in ["ACUUtilization", "AuroraReplicaLagMaximum", "CPUUtilization"] {
        assert!(template.contains(metric), "{metric}");
    }
    assert!(!template.contains("FreeableMemory"));
}

#[test]
fn snapshots_of_a_cluster_are_exported_too() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let cluster = AuroraCluster::builder()
        .engine(AuroraMysqlVersion::V8_4_8)
        .vpc(VPC)
        .subnets(SUBNETS)
        .build(&stack, "Database");
    let bucket = Bucket::builder().build(&stack, "Backup");
    let topic = Topic::builder().build(&stack, "Alarms");
    SnapshotExport::builder()
        .database(&cluster)
        .bucket(bucket)
        .failures_to(topic)
        .build(&stack, "Export");
    let template = template(&app);
    for part in [
        "RDS DB Cluster Snapshot Event",
        "RDS-EVENT-0169",
        ":cluster-snapshot:rds:${DatabaseB269D8BB}-*",
        "\"CLUSTER\": \"true\"",
    ] {
        assert!(template.contains(part), "{part}");
    }
}

#[test]
fn what_aurora_would_refuse_is_refused_at_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&stack, "Vpc");
    let cluster = || AuroraCluster::builder().engine(AuroraPostgresVersion::V17_11).vpc(&vpc);
    cluster()
        .subnets(&vpc.public)
        .instances(Instances::serverless(8.0, 4.0))
        .readers(16)
        .master_username("admin")
        .backup_retention_days(36)
        .build(&stack, "Writer");
    cluster()
        .subnets(&vpc.db)
        .instances(Instances::serverless(0.3, 512.0))
        .removal_policy(RemovalPolicy::Delete)
        .build(&stack, "Units");
    cluster()
        .subnets([&vpc.db.subnets[0]])
        .instances(Instances::of_class("r8g.large"))
        .database_name("2nd")
        .build(&stack, "Class");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[public-database]: `Shop/Writer`: subnets: the database is in subnets that the internet reaches
      --> fc-constructs/tests/it/aurora.rs:128:10
      help: give it isolated subnets, such as the `db` tier of a `ThreeTierVpc`
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
    error[bad-database]: `Shop/Writer`: readers: a cluster has 15 readers at most, not 16
      --> fc-constructs/tests/it/aurora.rs:128:10
      help: give 15 or fewer
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Writer`: instances: the least capacity 8 is above the greatest 4
      --> fc-constructs/tests/it/aurora.rs:128:10
      help: give the lower one first
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Writer`: backup_retention_days: backups are kept for 1 to 35 days, not 36
      --> fc-constructs/tests/it/aurora.rs:128:10
      help: export snapshots to S3 to keep data longer
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Units`: instances: Aurora has no capacity from 0.3 to 512 units
      --> fc-constructs/tests/it/aurora.rs:133:10
      help: give 0 to 256 units in steps of 0.5, and at least 1 for the greatest
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Units`: removal_policy: the data is to be deleted with the stack, and protected from deletion
      --> fc-constructs/tests/it/aurora.rs:133:10
      help: switch `deletion_protection` off too, or keep a snapshot
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Class`: subnets: a database needs subnets in two zones, not 1
      --> fc-constructs/tests/it/aurora.rs:138:10
      help: give one subnet for each zone of the VPC
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Class`: instance_class: `r8g.large` is no instance class
      --> fc-constructs/tests/it/aurora.rs:138:10
      help: did you mean `db.r8g.large`?
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[bad-database]: `Shop/Class`: database_name: `2nd` is no name for a database of Aurora PostgreSQL
      --> fc-constructs/tests/it/aurora.rs:138:10
      help: start with a letter; use letters, digits and underscores, 63 at most
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    error[property-conflict]: `Shop/Writer/Resource`: MasterUsername: `MasterUsername` is `admin`, which is not allowed, because `Engine` is `aurora-postgresql`
      --> fc-constructs/tests/it/aurora.rs:128:10
      help: choose another, or change `Engine`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
    error[one-zone]: `Shop/Class/SubnetGroup`: SubnetIds: all subnets are in one Availability Zone, two are needed
      --> fc-constructs/tests/it/aurora.rs:138:10
      help: add a subnet of another zone
      docs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html#USER_VPC.Subnets
    error[illegal-value]: `Shop/Class/Writer`: DBInstanceClass: `r8g.large` is not an allowed value
      --> fc-constructs/tests/it/aurora.rs:138:10
      help: did you mean `db.r8g.large`? if AWS has added it since, allow this finding here
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
    error[illegal-value]: `Shop/Class/Reader1`: DBInstanceClass: `r8g.large` is not an allowed value
      --> fc-constructs/tests/it/aurora.rs:138:10
      help: did you mean `db.r8g.large`? if AWS has added it since, allow this finding here
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
    ");
}
