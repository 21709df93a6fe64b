//! The data: MySQL in two zones, and the bucket that build artifacts go through.

use fc_cdk::Scope;
use fc_constructs::{
    database::{Database, MysqlVersion},
    security::Key,
    storage::Bucket,
};

use crate::{Settings, network::Network};

pub(crate) struct Data {
    pub(crate) database: Database,
    /// What the pipeline builds, and the servers fetch.
    #[expect(dead_code, reason = "for the delivery stack")]
    pub(crate) artifacts: Bucket,
}

#[track_caller]
pub(crate) fn stack(scope: &Scope, settings: &Settings, network: &Network) -> Data {
    let stack = settings.stack(scope, "Data", "The database of the shop, and its build artifacts");
    let key = Key::builder().description("Encrypts the data of the shop").build(&stack, "Key");
    let database = Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(&network.vpc)
        .subnets(&network.vpc.db)
        .instance_class(settings.database_instance_type.as_str())
        .allocated_storage_gib(100u32)
        .max_allocated_storage_gib(500u32)
        .database_name("shop")
        .encryption_key(key.clone())
        // At night in Tokyo.
        .backup_window("18:00-19:00")
        .maintenance_window("sun:19:00-sun:20:00")
        .parameters([("slow_query_log", "1"), ("long_query_time", "2")])
        .build(&stack, "Database");
    let artifacts = Bucket::builder()
        .encryption_key(key)
        .expire_after_days(90u32)
        .expire_old_versions_after_days(30u32)
        .access_logs(network.access_logs.clone())
        .build(&stack, "Artifacts");
    Data { database, artifacts }
}
