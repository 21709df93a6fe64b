//! [`Database`]: a relational database in private subnets.

mod check; // what RDS would refuse

use std::fmt;

use fc_cdk_aws::{ids::ec2::VpcId, rds};
use fc_cdk_core::{IntoValue, Node, RemovalPolicy, Scope, Value, intrinsics};

use self::check::check;
use super::{
    DatabaseAlarms, Engine,
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

#[doc = include_str!("database.md")]
#[derive(Clone)]
pub struct Database {
    /// The instance itself, for everything that has no setting here.
    pub handle: rds::DbInstanceHandle,
    /// Who may connect: nobody, until `allow_from` says so.
    pub security_group: SecurityGroup,
    /// The subnets that the instance and its standby may be in.
    pub subnet_group: rds::DbSubnetGroupHandle,
    /// The engine's parameters.
    pub parameter_group: rds::DbParameterGroupHandle,
    /// The key that encrypts storage, backups, logs, performance data and password.
    pub key: Key,
    /// Where the engine's logs go.
    pub log_groups: Vec<LogGroup>,
    engine: Engine,
    instance_class: String,
    allocated_storage_gib: u32,
    port: u16,
}

construct! {
    Database, DatabaseBuilder, DatabaseOptions {
        required {
            /// The engine and its version: `MysqlVersion::V8_4_11`, `PostgresVersion::V17_11`. Another engine replaces the database.
            engine: Into<Engine>,
            /// The VPC. Another one replaces the security group.
            vpc: IntoValue<VpcId>,
            /// The subnets: a tier of a VPC, or a list of ids in two zones or more. No instance may be in public ones.
            subnets: Into<Subnets>,
        }
        optional {
            /// The size of the instance. Default: `db.t4g.medium`, two processors of a shared kind and 4 GiB.
            /// See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html>.
            instance_class: Into<String> = "db.t4g.medium".to_owned(),
            /// The first storage in GiB, 20 to 65,536. Default: 20.
            allocated_storage_gib: Into<u32> = 20,
            /// What the storage may grow to by itself, in GiB. Default: five times the first storage.
            max_allocated_storage_gib: Into<u32>,
            /// The first database in the instance. Another one replaces the instance. Default: none.
            database_name: Into<String>,
            /// The first user, who may do everything. Another one replaces the instance. Default: `dbadmin`.
            master_username: Into<String> = "dbadmin".to_owned(),
            /// The port. Default: the engine's own.
            port: Into<u16>,
            /// Whether a standby in another zone takes over when the instance fails. Default: yes, at twice the price.
            multi_az: Into<bool> = true,
            /// The key that encrypts storage, backups, logs, performance data and password. Another one replaces the instance.
            /// Default: one of its own.
            encryption_key: Into<Key>,
            /// How many days back the database can be restored to any second, 1 to 35. Default: 7.
            backup_retention_days: Into<u8> = 7,
            /// When backups begin, in UTC, such as `17:00-17:30`. Default: RDS chooses.
            backup_window: Into<String>,
            /// When RDS may patch and restart, in UTC, such as `sun:18:00-sun:19:00`. Default: RDS chooses.
            maintenance_window: Into<String>,
            /// Whether nobody can delete the database before this is switched off. Default: yes.
            deletion_protection: Into<bool> = true,
            /// What happens to the data when the database leaves the stack. Default: a last snapshot is taken.
            removal_policy: Into<RemovalPolicy> = RemovalPolicy::Snapshot,
            /// Further parameters of the engine, or other values for those set here: `[("max_connections", "500")]`. Default: none.
            parameters: Into<Vec<(&'static str, &'static str)>> = Vec::new(),
            /// Whether roles can connect without a password; see `grant_connect`. Default: yes.
            iam_authentication: Into<bool> = true,
            /// Every how many seconds the operating system is measured: 1, 5, 10, 15, 30 or 60; 0 for never. Default: 60.
            monitoring_interval: Into<u8> = 60,
            /// Whether Database Insights records the load of each statement, for seven days at no cost. Default: yes.
            performance_insights: Into<bool> = true,
            /// How long the engine's logs are kept. Default: three months.
            log_retention: Into<Retention> = Retention::ThreeMonths,
            /// The name, unique in the account and region. Another one replaces the instance. Default: from the names of the stack and the
            /// construct, since the log groups are named after it.
            instance_name: Into<String>,
        }
    }
}

impl Database {
    fn create(
        scope: &Scope,
        engine: Engine,
        vpc: Value<VpcId>,
        subnets: Subnets,
        options: DatabaseOptions,
    ) -> Database {
        check(scope, &engine, &subnets, &options);
        let title = engine.title();
        let around = Surroundings::new(scope, title, vpc, &subnets, options.encryption_key.clone());
        let parameter_group = rds::DbParameterGroup::new()
            .family(engine.family())
            .description(format!("{title} database"))
            .parameters(Node::Map(parameters(engine.parameters(), &options.parameters)))
            .build(scope, "ParameterGroup");
        let port = options.port.unwrap_or(engine.dialect().port());
        let storage = options.allocated_storage_gib;
        let instance = rds::DbInstance::new()
            .engine(engine.name())
            .engine_version(engine.version())
            .db_instance_class(options.instance_class.as_str())
            .db_name(options.database_name)
            .master_username(options.master_username)
            .manage_master_user_password(true)
            .master_user_secret(rds::MasterUserSecret::new().kms_key_id(&around.key))
            .port(port.to_string())
            .db_subnet_group_name(&around.subnet_group)
            .vpc_security_groups([&around.security_group])
            .publicly_accessible(false)
            .db_parameter_group_name(&parameter_group)
            .multi_az(options.multi_az)
            .storage_type("gp3")
            .allocated_storage(storage.to_string())
            .max_allocated_storage(options.max_allocated_storage_gib.unwrap_or(5 * storage))
            .storage_encrypted(true)
            .kms_key_id(&around.key)
            .backup_retention_period(options.backup_retention_days)
            .preferred_backup_window(options.backup_window)
            .preferred_maintenance_window(options.maintenance_window)
            .delete_automated_backups(false)
            .copy_tags_to_snapshot(true)
            .deletion_protection(options.deletion_protection)
            .auto_minor_version_upgrade(true)
            .enable_iam_database_authentication(options.iam_authentication)
            .enable_cloudwatch_logs_exports(engine.logs().iter().copied());
        let watching = Watching::new(
            scope,
            options.performance_insights,
            options.monitoring_interval,
            &around.key,
        );
        let mode = Some(rds::DatabaseInsightsMode::Standard);
        let handle = watching.of(instance, mode).build(scope, "Resource");
        handle.removal_policy(options.removal_policy);
        watching.ready_before(&handle);
        let log_groups = around.log_groups(scope, &handle, engine.logs(), options.log_retention);
        name_at_synth(scope, Named::Instance, options.instance_name, engine.logs());
        Database {
            handle,
            security_group: around.security_group,
            subnet_group: around.subnet_group,
            parameter_group,
            key: around.key,
            log_groups,
            port,
            engine,
            instance_class: options.instance_class,
            allocated_storage_gib: storage,
        }
    }

    /// Lets a peer connect: a security group, a construct that has one, a block of addresses.
    #[track_caller]
    pub fn allow_from(&self, peer: impl Into<Peer>) {
        self.security_group.allow_from(peer, Port::tcp(self.port), self.engine.title());
    }

    /// Lets a role connect without a password as a user of the database, who has to be made for it:
    /// `CREATE USER app IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'` in MySQL, `GRANT rds_iam TO app` in PostgreSQL.
    ///
    /// See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html>.
    pub fn grant_connect(&self, grantee: &impl Grantee, user: &str) {
        shared::grant_connect(grantee, self.handle.dbi_resource_id(), user);
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

    /// The password of the first user as a dynamic reference, for the few properties that take no secret. What is deployed with it fails
    /// at the next rotation, so read the secret at run time wherever you can.
    pub fn password(&self) -> Value<String> {
        intrinsics::secret_field(self.secret_arn(), "password")
    }

    /// The host name to connect to.
    pub fn endpoint_address(&self) -> Value<String> {
        self.handle.endpoint_address()
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The ARN.
    pub fn arn(&self) -> Value<String> {
        self.handle.db_instance_arn()
    }

    /// A metric of RDS by its name, such as `ReadLatency`.
    /// See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html>.
    pub fn metric(&self, name: &str) -> Metric {
        Metric::new("AWS/RDS", name).dimension("DBInstanceIdentifier", &self.handle)
    }

    /// The load of the processors, in percent.
    pub fn metric_cpu(&self) -> Metric {
        self.metric("CPUUtilization")
    }

    /// The storage that is left, in bytes.
    pub fn metric_free_storage(&self) -> Metric {
        self.metric("FreeStorageSpace")
    }

    /// The memory that is left, in bytes.
    pub fn metric_free_memory(&self) -> Metric {
        self.metric("FreeableMemory")
    }

    /// How many clients are connected.
    pub fn metric_connections(&self) -> Metric {
        self.metric("DatabaseConnections")
    }

    /// The alarms that the database should have, for [`AlarmSet::watch`](crate::monitoring::AlarmSet::watch).
    pub fn alarms(&self) -> DatabaseAlarms {
        let memory = self.engine.memory_of_a_connection();
        DatabaseAlarms::of(self, &self.instance_class, self.allocated_storage_gib, memory)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.handle.scope().path())
    }
}

stands_for!(Database.handle: rds::DbInstanceHandle);

impl From<&Database> for Peer {
    fn from(database: &Database) -> Peer {
        Peer::from(&database.security_group)
    }
}
