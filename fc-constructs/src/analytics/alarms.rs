//! [`LakeAlarms`]: the alarms that a lake should have.

use super::AnalyticsLake;
use crate::monitoring::{AlarmRule, AlarmRules, MissingData, Threshold, thresholds};

/// The alarms that a lake should have; see [`AnalyticsLake::alarms`].
///
/// | what | goes off | needs |
/// |---|---|---|
/// | failed jobs | a job, or a quality check, failed | sources |
/// | failed crawlers | a crawler failed | sources |
/// | scanned bytes | queries read more than 1 TB in five minutes | |
///
/// Each setter takes another threshold, or `None` for no such alarm.
#[derive(Clone)]
pub struct LakeAlarms {
    lake: AnalyticsLake,
    failed_jobs: Option<Threshold>,
    failed_crawlers: Option<Threshold>,
    scanned_bytes: Option<Threshold>,
}

impl LakeAlarms {
    pub(super) fn of(lake: &AnalyticsLake) -> LakeAlarms {
        LakeAlarms {
            lake: lake.clone(),
            failed_jobs: Some(Threshold::above(0)),
            failed_crawlers: Some(Threshold::above(0)),
            scanned_bytes: Some(Threshold::above(1e12)),
        }
    }

    thresholds! {
        /// How many jobs failed in five minutes.
        failed_jobs
        /// How many crawlers failed in five minutes.
        failed_crawlers
        /// How many bytes queries read in five minutes; each terabyte costs five dollars.
        scanned_bytes
    }
}

impl AlarmRules for LakeAlarms {
    fn alarm_rules(&self) -> Vec<AlarmRule> {
        let mut rules = Vec::new();
        let mut rule = |threshold: Option<Threshold>, rule: AlarmRule| {
            rules.extend(threshold.map(|threshold| AlarmRule { threshold, ..rule }));
        };
        let scanned = AlarmRule {
            id: "ScannedBytes",
            title: "Bytes read by queries",
            series: self.lake.metric_scanned_bytes().into(),
            threshold: Threshold::above(0),
            evaluation_periods: 1,
            missing_data: MissingData::NotBreaching,
            description: "Queries read much and cost as much: look at the history of the work group for those without a partition.",
        };
        if let Some(series) = self.lake.metric_failed_jobs() {
            let failed = AlarmRule {
                id: "FailedJobs",
                title: "Jobs that failed",
                series: series.into(),
                description: "Data was not refined, or did not pass its quality check: look at the job's last run in Glue.",
                ..scanned.clone()
            };
            rule(self.failed_jobs, failed);
        }
        if let Some(series) = self.lake.metric_failed_crawlers() {
            let failed = AlarmRule {
                id: "FailedCrawlers",
                title: "Crawlers that failed",
                series: series.into(),
                description: "Raw data was not cataloged, and the pipeline stopped there: look at the crawler's log.",
                ..scanned.clone()
            };
            rule(self.failed_crawlers, failed);
        }
        rule(self.scanned_bytes, scanned);
        rules
    }
}
