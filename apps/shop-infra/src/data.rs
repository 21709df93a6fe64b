//! The data: MySQL in two zones.

use fc_cdk::Scope;
use fc_constructs::{
    database::{Database, MysqlVersion},
    security::Key,
};

use crate::{Settings, network::Network};

pub(crate) struct Data {
    pub(crate) database: Database,
}

pub(crate) fn stack(scope: &Scope, settings: &Settings, network: &Network) -> Data {
    let stack = settings.stack(scope, "Data", "The database of the shop");
    let key = Key::builder().description("Encrypts the data of the shop").build(&stack, "Key");
    let database = Database::builder()
        .engine(MysqlVersion::V8_4_11)
        .vpc(&network.vpc)
        .subnets(&network.vpc.db)
        .instance_class(settings.instances.database.as_str())
        .allocated_storage_gib(100u32)
        .max_allocated_storage_gib(500u32)
        .database_name("shop")
        .encryption_key(key)
        // At night in Tokyo.
        .backup_window("18:00-19:00")
        .maintenance_window("sun:19:00-sun:20:00")
        .parameters([("slow_query_log", "1"), ("long_query_time", "2")])
        .build(&stack, "Database");
    Data { database }
}
