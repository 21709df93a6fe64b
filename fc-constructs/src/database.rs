//! Databases that AWS runs: MySQL and PostgreSQL on RDS.

mod engine; // which database, and which version of it
mod alarms; // what should wake somebody up
mod instance; // a database in private subnets

pub use self::{
    alarms::DatabaseAlarms,
    engine::{Engine, MysqlVersion, PostgresVersion},
    instance::{Database, DatabaseBuilder},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { engine subnets vpc }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// A database that RDS does not take.
    pub const BAD_DATABASE: &str = "bad-database";
    /// A database that the internet could reach.
    pub const PUBLIC_DATABASE: &str = "public-database";
}
