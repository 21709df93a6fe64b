//! What marketing analyses: data by kind, refined and integrated where there is a pipeline, asked by Athena and shown by QuickSight.

mod exports; // exports of the database, as partitions
mod questions; // what marketing wants to know
mod tables; // what a row is

use fc_cdk::{Scope, Stack, prelude::*};
use fc_constructs::{
    analytics::{AnalyticsLake, LakeBucket, QuickSight, Source as Collected, Start},
    storage::{Age, ArchiveRule, TieredArchiveBucket},
    streaming::RealtimeIngest,
};

use crate::{
    Analytics, Features, Kind, Settings,
    data::{Data, EXPORTS, UNREFINED},
    network::Network,
    servers::Servers,
};

/// Where results of Athena are in a bucket that is not for them alone.
const RESULTS: &str = "athena-results/";
/// After the database was exported, before the shop opens in Tokyo.
const NIGHTLY: &str = "cron(0 21 * * ? *)";

/// The path of a file that is deployed.
macro_rules! asset {
    ($path:literal) => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $path)
    };
}
use asset;

pub(crate) struct Lake {
    pub(crate) lake: AnalyticsLake,
    /// What visitors do, while they do it.
    pub(crate) live: Option<RealtimeIngest>,
}

/// Makes the stack, where the revision has one.
pub(crate) fn stack(
    scope: &Scope,
    settings: &Settings,
    features: &Features,
    network: &Network,
    data: &Data,
    servers: &Servers,
) -> Option<Lake> {
    let analytics = features.analytics?;
    let archive = data.archive.as_ref()?;
    let stack = settings.stack(scope, "Analytics", "What marketing of the shop analyses");
    let known = tables::known(&analytics, features.live_data);
    let (queries, data_sets, dashboard) = questions::about(&known);
    let name = settings.name.to_lowercase().replace('-', "_");
    let curated = TieredArchiveBucket::builder()
        .rules([ArchiveRule::prefix(RESULTS).delete_after(Age::days(30))])
        .encryption_key(&data.key)
        .access_logs(&network.access_logs)
        .build(&stack, "Curated");
    let results = if analytics.named_results {
        let name = name.replace('_', "-");
        LakeBucket::named(sub!("{name}-athena-results-{AWS::AccountId}-{AWS::Region}"))
    } else {
        LakeBucket::existing(&curated.bucket).prefix(RESULTS)
    };
    let user = &settings.quicksight.user;
    let owner =
        sub!("arn:{AWS::Partition}:quicksight:{AWS::Region}:{AWS::AccountId}:user/default/{user}");
    let mut lake = AnalyticsLake::builder()
        .database_name(name)
        .encryption_key(&data.key)
        .raw_bucket(archive)
        .curated_bucket(&curated.bucket)
        .results_bucket(results)
        .access_logs(&network.access_logs)
        .queries(queries)
        .quick_sight(
            QuickSight::owned_by(owner).data_sets(data_sets).dashboard("Marketing", dashboard),
        );
    lake = if analytics.pipeline {
        lake.tables(tables::curated())
            .sources(sources(&analytics))
            .quality_script(asset!("glue/quality.py"))
            .integration(asset!("glue/integrate.py"))
            .library(asset!("glue/library"))
            .start(Start::schedule(NIGHTLY))
    } else {
        lake.raw_tables(tables::exported())
    };
    let lake = lake.build(&stack, "Lake");
    if !analytics.pipeline {
        exports::catalog(&stack, &lake, &data.key);
    }
    let live = features.live_data.then(|| live(&stack, &lake, servers));
    if analytics.pipeline {
        collect(&analytics, &lake, servers);
    }
    Some(Lake { lake, live })
}

/// Each kind of data on its own path.
fn sources(analytics: &Analytics) -> Vec<Collected> {
    let source = |source: &crate::Source| {
        let collected = match source.kind {
            Kind::Database => {
                Collected::database("database", asset!("glue/database.py")).prefix(EXPORTS)
            }
            Kind::Survey => Collected::survey("surveys", asset!("glue/survey.py"))
                .prefix(format!("{UNREFINED}surveys/")),
            Kind::Clicks => Collected::click_stream("clicks", asset!("glue/click_stream.py"))
                .prefix(format!("{UNREFINED}clicks/")),
            Kind::Logs => Collected::log_stream("logs", asset!("glue/log_stream.py"))
                .prefix(format!("{UNREFINED}logs/")),
        };
        match (source.checked, source.kind) {
            (true, Kind::Database) => {
                collected.quality(include_str!("../assets/quality/database.dqdl"))
            }
            (true, Kind::Survey) => {
                collected.quality(include_str!("../assets/quality/survey.dqdl"))
            }
            _ => collected,
        }
    };
    analytics.sources.iter().map(source).collect()
}

/// Lets the servers bring what they collect: surveys and clicks from the application, logs from the web servers.
fn collect(analytics: &Analytics, lake: &AnalyticsLake, servers: &Servers) {
    for source in analytics.sources {
        match source.kind {
            Kind::Database => {}
            Kind::Survey => lake.grant_collect(&servers.was, &format!("{UNREFINED}surveys/")),
            Kind::Clicks => lake.grant_collect(&servers.was, &format!("{UNREFINED}clicks/")),
            Kind::Logs => lake.grant_collect(&servers.web, &format!("{UNREFINED}logs/")),
        }
    }
}

/// What visitors do, from the application to the bucket.
fn live(stack: &Stack, lake: &AnalyticsLake, servers: &Servers) -> RealtimeIngest {
    let live = RealtimeIngest::builder()
        .database(lake.handle.database_name())
        .table(tables::events().prefix("live/events/"))
        .bucket(&lake.raw)
        .event_time_field("event_time")
        .encryption_key(&lake.key)
        .build(stack, "Live");
    live.grant_write(&servers.was);
    live
}
