//! The data: MySQL in two zones, and where its exports are kept.

use fc_cdk::Scope;
use fc_constructs::{
    database::{Database, MysqlVersion},
    security::Key,
    storage::{Age, ArchiveRule, Bucket, ObjectLock, TieredArchiveBucket, Tiers},
};

use crate::{Archive, Features, Settings, network::Network};

/// The prefix of data as it was collected, which nobody has refined.
pub(crate) const UNREFINED: &str = "unrefined/";

/// The prefix of exports of the database.
pub(crate) const EXPORTS: &str = "exports/";

/// The port of the database.
const DATABASE_PORT: u16 = 3307;

pub(crate) struct Data {
    pub(crate) database: Database,
    /// What encrypts it all.
    pub(crate) key: Key,
    /// Where exports and collected data are.
    pub(crate) archive: Option<Bucket>,
}

pub(crate) fn stack(
    scope: &Scope,
    settings: &Settings,
    features: &Features,
    network: &Network,
) -> Data {
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
        // Not the port that scanners try first.
        .port(DATABASE_PORT)
        .encryption_key(&key)
        // At night in Tokyo.
        .backup_window("18:00-19:00")
        .maintenance_window("sun:19:00-sun:20:00")
        .parameters([("slow_query_log", "1"), ("long_query_time", "2")])
        .build(&stack, "Database");
    let archive = features.export.map(|_| archive(&stack, settings, features, network, &key));
    Data { database, key, archive }
}

/// The same bucket in all revisions, with other rules for what becomes of its objects.
///
/// What the law wants is locked from the day on which it is written, so that old versions need not be kept for as long: an object that expires
/// is gone a week later.
fn archive(
    stack: &Scope,
    settings: &Settings,
    features: &Features,
    network: &Network,
    key: &Key,
) -> Bucket {
    let years = settings.retention.age();
    let rule = match features.archive {
        None => {
            let bucket = Bucket::builder()
                .encryption_key(key)
                .access_logs(&network.access_logs)
                .build(stack, "Archive");
            // Only a bucket that is made with it can lock later. Live data is no record that the law wants.
            bucket.handle.set_property("ObjectLockEnabled", true);
            return bucket;
        }
        Some(Archive::DeepArchive) => {
            // Within a week it is refined, also after a night that failed.
            ArchiveRule::prefix(UNREFINED).tiers(Tiers::new().deep_archive(Age::days(7)))
        }
        Some(Archive::ByAge) => {
            let tiers = Tiers::new()
                .standard_ia(Age::days(30))
                .glacier_flexible(Age::days(90))
                .deep_archive(Age::years(2));
            ArchiveRule::all_objects().tiers(tiers).delete_after(years)
        }
    };
    let bucket = TieredArchiveBucket::builder()
        .rules([rule])
        .legal_retention(years)
        .object_lock(ObjectLock::governance(years))
        .delete_old_versions_after(Age::days(7))
        .encryption_key(key)
        .access_logs(&network.access_logs)
        .build(stack, "Archive");
    bucket.bucket
}
