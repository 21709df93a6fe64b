//! [`IngestAlarms`]: the alarms that a stream and its delivery should have.

use std::time::Duration;

use super::RealtimeIngest;
use crate::monitoring::{AlarmRule, AlarmRules, MissingData, Threshold, thresholds};

const MINUTE: Duration = Duration::from_secs(60);

/// The alarms that a stream and its delivery should have; see [`RealtimeIngest::alarms`].
///
/// | what | goes off |
/// |---|---|
/// | iterator age | records wait in the stream for more than 5 minutes, for 5 minutes |
/// | throttled writes | producers are refused for 5 minutes |
/// | delivery freshness | the oldest record that is not in the bucket is older than half an hour, for 5 minutes |
/// | failed conversions | a record is no row of the table |
///
/// Each setter takes another threshold, or `None` for no such alarm.
#[derive(Clone)]
pub struct IngestAlarms {
    ingest: RealtimeIngest,
    iterator_age: Option<Threshold>,
    throttled_writes: Option<Threshold>,
    freshness: Option<Threshold>,
    failed_conversions: Option<Threshold>,
}

impl IngestAlarms {
    pub(super) fn of(ingest: &RealtimeIngest) -> IngestAlarms {
        IngestAlarms {
            ingest: ingest.clone(),
            iterator_age: Some(Threshold::above(300_000)),
            throttled_writes: Some(Threshold::above(0)),
            freshness: Some(Threshold::above(1_800)),
            failed_conversions: Some(Threshold::above(0)),
        }
    }

    thresholds! {
        /// How long records wait in the stream, in milliseconds.
        iterator_age
        /// How many writes are refused in a minute.
        throttled_writes
        /// The age of the oldest record that is not in the bucket, in seconds.
        freshness
        /// How many records of five minutes are no rows of the table.
        failed_conversions
    }
}

impl AlarmRules for IngestAlarms {
    fn alarm_rules(&self) -> Vec<AlarmRule> {
        let mut rules = Vec::new();
        let mut rule = |threshold: Option<Threshold>, rule: AlarmRule| {
            rules.extend(threshold.map(|threshold| AlarmRule { threshold, ..rule }));
        };
        let age = AlarmRule {
            id: "IteratorAge",
            title: "Wait in the stream (ms)",
            series: self.ingest.metric_iterator_age().period(MINUTE).into(),
            threshold: Threshold::above(0),
            evaluation_periods: 5,
            missing_data: MissingData::NotBreaching,
            description: "The delivery does not keep up with the stream: look at its errors; what waits longer than the stream's retention is lost.",
        };
        rule(self.iterator_age, age.clone());
        let throttled = AlarmRule {
            id: "ThrottledWrites",
            title: "Refused writes",
            series: self.ingest.metric_throttled_writes().period(MINUTE).into(),
            description: "Producers are refused: spread the partition keys, or give the stream more shards.",
            ..age.clone()
        };
        rule(self.throttled_writes, throttled);
        let freshness = AlarmRule {
            id: "Freshness",
            title: "Age of what is not delivered (s)",
            series: self.ingest.metric_freshness().period(MINUTE).into(),
            description: "Data does not reach the bucket: look at the log of the delivery, and at the permissions of its role.",
            ..age.clone()
        };
        rule(self.freshness, freshness);
        let failed = AlarmRule {
            id: "FailedConversions",
            title: "Records that are no rows",
            series: self.ingest.metric_failed_conversions().into(),
            evaluation_periods: 1,
            description: "Records are no rows of the table: compare those under the error prefix with the table.",
            ..age
        };
        rule(self.failed_conversions, failed);
        rules
    }
}
