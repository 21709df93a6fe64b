//! Databases that AWS runs: MySQL and PostgreSQL on RDS, and Aurora.

mod check; // what RDS refuses of all databases
mod name; // what databases and their logs are called
mod engine; // which database, and which version of it
mod shared; // what all have around them
mod alarms; // what should wake somebody up
mod instance; // a database in private subnets
mod aurora; // a cluster of instances that share their storage
mod snapshot_export; // its snapshots in S3

pub use self::{
    alarms::DatabaseAlarms,
    aurora::{
        AuroraAlarms, AuroraCluster, AuroraClusterBuilder, AuroraEngine, AuroraMysqlVersion,
        AuroraPostgresVersion, Instances,
    },
    engine::{Engine, MysqlVersion, PostgresVersion},
    instance::{Database, DatabaseBuilder},
    snapshot_export::{ExportedDatabase, SnapshotExport, SnapshotExportBuilder, Snapshots},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { bucket database engine failures_to subnets vpc }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    pub use fc_cdk_core::codes::PUBLIC_DATABASE;

    fc_cdk_core::rules! {
        pub const RULES = "Constructs: databases";
        BAD_DATABASE = "bad-database", Error, "a database that RDS does not take";
            why "RDS refuses it after minutes, and the stack rolls back.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html";
        BAD_EXPORT = "bad-export", Error, "an export of snapshots that cannot work";
            why "The data would not be there when somebody needs it.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html";
    }
}
