//! Databases that AWS runs: MySQL and PostgreSQL on RDS, and Aurora.

mod check; // what RDS refuses of all databases
mod name; // what databases and their logs are called
mod engine; // which database, and which version of it
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
    /// A database that RDS does not take.
    pub const BAD_DATABASE: &str = "bad-database";
    /// An export of snapshots that cannot work.
    pub const BAD_EXPORT: &str = "bad-export";
    /// A database that the internet could reach.
    pub const PUBLIC_DATABASE: &str = "public-database";
}
