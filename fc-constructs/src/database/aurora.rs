//! [`AuroraCluster`]: instances that share their storage.

mod alarms; // what should wake somebody up
mod engine; // which Aurora
mod size; // how large its instances are

use std::fmt;

use fc_cdk_aws::{ids::ec2::VpcId, rds};
use fc_cdk_core::{IntoValue, Node, RemovalPolicy, Scope, Value};

pub use self::{
    alarms::AuroraAlarms,
    engine::{AuroraEngine, AuroraMysqlVersion, AuroraPostgresVersion},
    size::Instances,
};

use self::size::Size;
use super::{
    ExportedDatabase,
    check::{Common, check_subnets},
    name::{Named, name_at_synth},
    needs,
    shared::{self, Surroundings, Watching, parameters},
};
use crate::{
    builder::construct,
    handle::stands_for,
    monitoring::{LogGroup, Metric, Retention},
    network::{Peer, Port, SecurityGroup, Subnets},
    security::{Grantee, Key},
};

#[doc = include_str!("aurora.md")]
#[derive(Clone)]
pub struct AuroraCluster {
    /// The cluster itself, for everything that has no setting here.
    pub handle: rds::DbClusterHandle,
    /// The writer, and then the readers.
    pub instances: Vec<rds::DbInstanceHandle>,
    /// Who may connect: nobody, until `allow_from` says so.
    pub security_group: SecurityGroup,
    /// The subnets that the instances may be in.
    pub subnet_group: rds::DbSubnetGroupHandle,
    /// The engine's parameters.
    pub parameter_group: rds::DbClusterParameterGroupHandle,
    /// The key that encrypts storage, backups, logs, performance data and password.
    pub key: Key,
    /// Where the engine's logs go.
    pub log_groups: Vec<LogGroup>,
    engine: AuroraEngine,
    size: Size,
    port: u16,
}

construct! {
    AuroraCluster, AuroraClusterBuilder, AuroraClusterOptions {
        required {
            /// The engine and its version: `AuroraMysqlVersion::V3_13_0`, `AuroraPostgresVersion::V17_11`. Another engine replaces the cluster.
            engine: Into<AuroraEngine>,
            /// The VPC. Another one replaces the security group.
            vpc: IntoValue<VpcId>,
            /// The subnets: a tier of a VPC, or a list of ids in two zones or more. No instance may be in public ones.
            subnets: Into<Subnets>,
        }
        optional {
            /// How large the instances are. Default: serverless, from half a unit of capacity to four.
            instances: Into<Instances> = Instances::serverless(0.5, 4.0),
            /// How many instances beside the writer answer reading clients, and one takes over when the writer fails; 15 at most. Default: 1.
            readers: Into<u8> = 1,
            /// The first database in the cluster. Another one replaces the cluster. Default: none.
            database_name: Into<String>,
            /// The first user, who may do everything. Another one replaces the cluster. Default: `dbadmin`.
            master_username: Into<String> = "dbadmin".to_owned(),
            /// The port. Default: the engine's own.
            port: Into<u16>,
            /// The key that encrypts storage, backups, logs, performance data and password. Another one replaces the cluster.
            /// Default: one of its own.
            encryption_key: Into<Key>,
            /// How many days back the cluster can be restored to any second, 1 to 35. Default: 7.
            backup_retention_days: Into<u8> = 7,
            /// When backups begin, in UTC, such as `17:00-17:30`. Default: RDS chooses.
            backup_window: Into<String>,
            /// When RDS may patch and restart, in UTC, such as `sun:18:00-sun:19:00`. Default: RDS chooses.
            maintenance_window: Into<String>,
            /// Whether nobody can delete the cluster before this is switched off. Default: yes.
            deletion_protection: Into<bool> = true,
            /// What happens to the data when the cluster leaves the stack. Default: a last snapshot is taken.
            removal_policy: Into<RemovalPolicy> = RemovalPolicy::Snapshot,
            /// Further parameters of the cluster, or other values for those set here. Default: none.
            parameters: Into<Vec<(&'static str, &'static str)>> = Vec::new(),
            /// Whether roles can connect without a password; see `grant_connect`. Default: yes.
            iam_authentication: Into<bool> = true,
            /// Every how many seconds the operating system is measured: 1, 5, 10, 15, 30 or 60; 0 for never. Default: 60.
            monitoring_interval: Into<u8> = 60,
            /// Whether Database Insights records the load of each statement, for seven days at no cost. Default: yes.
            performance_insights: Into<bool> = true,
            /// How long the engine's logs are kept. Default: three months.
            log_retention: Into<Retention> = Retention::ThreeMonths,
            /// The name, unique in the account and region. Another one replaces the cluster. Default: from the names of the stack and the
            /// construct, since the log groups are named after it.
            cluster_name: Into<String>,
        }
    }
}

impl AuroraCluster {
    fn create(
        scope: &Scope,
        engine: AuroraEngine,
        vpc: Value<VpcId>,
        subnets: Subnets,
        options: AuroraClusterOptions,
    ) -> AuroraCluster {
        check_subnets(scope, &subnets);
        let size = options.instances.0.clone();
        size.check(scope, options.readers);
        Common {
            title: engine.title(),
            backup_days: options.backup_retention_days,
            monitoring_interval: options.monitoring_interval,
            deleted: matches!(options.removal_policy, RemovalPolicy::Delete),
            protected: options.deletion_protection,
            class: Some(size.class()),
            username: &options.master_username,
            dialect: engine.dialect(),
            reserved_usernames: engine.reserved_usernames(),
            database_name: options.database_name.as_deref(),
        }
        .check(scope);

        let title = engine.title();
        let around = Surroundings::new(scope, title, vpc, &subnets, options.encryption_key.clone());
        let parameter_group = rds::DbClusterParameterGroup::new()
            .family(engine.family())
            .description(format!("{title} database"))
            .parameters(Node::Map(parameters(engine.parameters(), &options.parameters)))
            .build(scope, "ParameterGroup");
        let port = options.port.unwrap_or(engine.dialect().port());
        let mut cluster = rds::DbCluster::new()
            .engine(engine.name())
            .engine_version(engine.version())
            .database_name(options.database_name.as_deref())
            .master_username(options.master_username.as_str())
            .manage_master_user_password(true)
            .master_user_secret(rds::MasterUserSecret::new().kms_key_id(&around.key))
            .port(port)
            .db_subnet_group_name(&around.subnet_group)
            .vpc_security_group_ids([&around.security_group])
            .db_cluster_parameter_group_name(&parameter_group)
            .storage_encrypted(true)
            .kms_key_id(&around.key)
            .backup_retention_period(options.backup_retention_days)
            .preferred_backup_window(options.backup_window.as_deref())
            .preferred_maintenance_window(options.maintenance_window.as_deref())
            .copy_tags_to_snapshot(true)
            .deletion_protection(options.deletion_protection)
            .enable_iam_database_authentication(options.iam_authentication)
            .enable_cloudwatch_logs_exports(engine.logs().iter().copied());
        if let Some(scaling) = size.scaling() {
            cluster = cluster.serverless_v2_scaling_configuration(scaling);
        }
        let handle = cluster.build(scope, "Resource");
        handle.removal_policy(options.removal_policy);
        let log_groups = around.log_groups(scope, &handle, engine.logs(), options.log_retention);
        let instances = members(scope, &engine, &size, &handle, &around.key, &options);
        name_at_synth(scope, Named::Cluster, options.cluster_name, engine.logs());
        AuroraCluster {
            handle,
            instances,
            security_group: around.security_group,
            subnet_group: around.subnet_group,
            parameter_group,
            key: around.key,
            log_groups,
            engine,
            size,
            port,
        }
    }

    /// Lets a peer connect: a security group, a construct that has one, a block of addresses.
    #[track_caller]
    pub fn allow_from(&self, peer: impl Into<Peer>) {
        self.security_group.allow_from(peer, Port::tcp(self.port), self.engine.title());
    }

    /// Lets a role connect without a password as a user of the database, who has to be made for it; see
    /// [`Database::grant_connect`](super::Database::grant_connect).
    pub fn grant_connect(&self, grantee: &impl Grantee, user: &str) {
        shared::grant_connect(grantee, self.handle.db_cluster_resource_id(), user);
    }

    /// Lets a role read the name and password of the first user.
    pub fn grant_read_secret(&self, grantee: &impl Grantee) {
        shared::grant_read_secret(grantee, self.secret_arn(), &self.key);
    }

    /// The ARN of the secret that holds name and password of the first user, as `username` and `password`. RDS made it, and changes the
    /// password every seven days.
    pub fn secret_arn(&self) -> Value<String> {
        self.handle.master_user_secret_secret_arn()
    }

    /// The host name to connect to for writing: always that of the writer.
    pub fn endpoint_address(&self) -> Value<String> {
        self.handle.endpoint_address()
    }

    /// The host name to connect to for reading alone: that of one of the readers, or of the writer where there are none.
    pub fn read_endpoint_address(&self) -> Value<String> {
        self.handle.read_endpoint_address()
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The ARN.
    pub fn arn(&self) -> Value<String> {
        self.handle.db_cluster_arn().cast()
    }

    /// A metric of the cluster by its name, such as `VolumeBytesUsed`.
    /// See <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html>.
    pub fn metric(&self, name: &str) -> Metric {
        let identifier: Value<String> = self.handle.ref_value();
        Metric::new("AWS/RDS", name).dimension("DBClusterIdentifier", identifier)
    }

    /// A metric of whichever instance is the writer.
    pub fn metric_of_writer(&self, name: &str) -> Metric {
        self.metric(name).dimension("Role", "WRITER")
    }

    /// The load of the writer's processors, in percent.
    pub fn metric_cpu(&self) -> Metric {
        self.metric_of_writer("CPUUtilization")
    }

    /// How many clients are connected to the writer.
    pub fn metric_connections(&self) -> Metric {
        self.metric_of_writer("DatabaseConnections")
    }

    /// The alarms that the cluster should have, for [`AlarmSet::watch`](crate::monitoring::AlarmSet::watch).
    pub fn alarms(&self) -> AuroraAlarms {
        AuroraAlarms::of(self)
    }
}

/// The writer, and then the readers. They hold no data: that is the cluster's.
fn members(
    scope: &Scope,
    engine: &AuroraEngine,
    size: &Size,
    cluster: &rds::DbClusterHandle,
    key: &Key,
    options: &AuroraClusterOptions,
) -> Vec<rds::DbInstanceHandle> {
    let watching =
        Watching::new(scope, options.performance_insights, options.monitoring_interval, key);
    let member = |number: u8| {
        let instance = rds::DbInstance::new()
            .engine(engine.name())
            .db_cluster_identifier(cluster)
            .db_instance_class(size.class())
            .publicly_accessible(false)
            .auto_minor_version_upgrade(true)
            // Readers of tier 0 and 1 have the size of a serverless writer, so that they can take over at once.
            .promotion_tier(number.min(1));
        let id = if number == 0 { "Writer".to_owned() } else { format!("Reader{number}") };
        let instance = watching.of(instance, None).build(scope, &id);
        instance.removal_policy(RemovalPolicy::Delete);
        watching.ready_before(&instance);
        instance
    };
    let mut members: Vec<rds::DbInstanceHandle> = Vec::new();
    for number in 0..=options.readers {
        let instance = member(number);
        // The first instance becomes the writer.
        if let Some(writer) = members.first() {
            instance.depends_on(writer);
        }
        members.push(instance);
    }
    members
}

impl fmt::Debug for AuroraCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuroraCluster({})", self.handle.scope().path())
    }
}

stands_for!(AuroraCluster.handle: rds::DbClusterHandle);

impl From<&AuroraCluster> for Peer {
    fn from(cluster: &AuroraCluster) -> Peer {
        Peer::from(&cluster.security_group)
    }
}

impl From<&AuroraCluster> for ExportedDatabase {
    fn from(cluster: &AuroraCluster) -> ExportedDatabase {
        ExportedDatabase {
            identifier: cluster.handle.ref_value(),
            arn: cluster.arn(),
            key: cluster.key.clone(),
            cluster: true,
        }
    }
}
