//! The backup: each snapshot of the database, exported to the archive as Parquet.

use std::time::Duration;

use fc_cdk::Scope;
use fc_constructs::{
    database::{SnapshotExport, Snapshots},
    messaging::Topic,
};

use crate::{
    Export, Features, Settings,
    data::{Data, EXPORTS},
};

/// Makes the stack, where the database is exported. Whoever hears of alarms hears of exports that fail.
pub(crate) fn stack(
    scope: &Scope,
    settings: &Settings,
    features: &Features,
    data: &Data,
    alarms: &Topic,
) {
    let (Some(export), Some(archive)) = (features.export, &data.archive) else { return };
    let stack = settings.stack(scope, "Backup", "Exports of the database of the shop");
    let snapshots = match export {
        Export::Scheduled => Snapshots::every(Duration::from_secs(6 * 3600)),
        Export::AutomatedBackups => Snapshots::automated(),
    };
    SnapshotExport::builder()
        .database(&data.database)
        .bucket(archive.clone())
        .failures_to(alarms.clone())
        .snapshots(snapshots)
        .prefix(EXPORTS.trim_end_matches('/'))
        .encryption_key(&data.key)
        .build(&stack, "Export");
}
