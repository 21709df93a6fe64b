//! [`AuroraAlarms`]: the alarms that a cluster should have.

use super::{AuroraCluster, Size};
use crate::monitoring::{AlarmRule, AlarmRules, MissingData, Threshold, thresholds};

/// The alarms that a cluster of Aurora should have; see [`AuroraCluster::alarms`].
///
/// | what | goes off |
/// |---|---|
/// | CPU of the writer | above 80 % for 15 minutes |
/// | free memory of the writer | below 256 MiB for 15 minutes; not where it is serverless |
/// | capacity | above 90 % of the most for 15 minutes, where it is serverless |
/// | lag of the readers | above a second for 15 minutes, where there are readers |
///
/// Each setter takes another threshold, or `None` for no such alarm.
#[derive(Clone, Debug)]
pub struct AuroraAlarms {
    cluster: AuroraCluster,
    cpu: Option<Threshold>,
    free_memory: Option<Threshold>,
    capacity: Option<Threshold>,
    lag: Option<Threshold>,
}

impl AuroraAlarms {
    pub(super) fn of(cluster: &AuroraCluster) -> AuroraAlarms {
        let serverless = matches!(cluster.size, Size::Serverless { .. });
        AuroraAlarms {
            cluster: cluster.clone(),
            cpu: Some(Threshold::above(80)),
            free_memory: (!serverless).then(|| Threshold::below(268_435_456)),
            capacity: serverless.then(|| Threshold::above(90)),
            lag: (cluster.instances.len() > 1).then(|| Threshold::above(1000)),
        }
    }

    thresholds! {
        /// The load of the writer's processors, in percent.
        cpu
        /// The memory that is left to the writer, in bytes.
        free_memory
        /// The share of the greatest capacity that is in use, in percent.
        capacity
        /// How far the slowest reader is behind the writer, in milliseconds.
        lag
    }
}

impl AlarmRules for AuroraAlarms {
    fn alarm_rules(&self) -> Vec<AlarmRule> {
        let rule = |threshold: Option<Threshold>,
                    id,
                    title,
                    series: crate::monitoring::Metric,
                    description| {
            threshold.map(|threshold| AlarmRule {
                id,
                title,
                series: series.into(),
                threshold,
                evaluation_periods: 3,
                missing_data: MissingData::Breaching,
                description,
            })
        };
        let cluster = &self.cluster;
        let busy = "The writer is busy: look for slow statements in Database Insights, or take a larger size.";
        let memory = "The writer runs out of memory: take a larger instance class.";
        let full = "The cluster cannot grow any more: raise the greatest capacity, or look for slow statements.";
        let behind = "Readers answer with old data: look for long transactions on the writer.";
        let rules = [
            rule(self.cpu, "Cpu", "CPU of the writer (%)", cluster.metric_cpu(), busy),
            rule(
                self.free_memory,
                "FreeMemory",
                "Free memory of the writer (bytes)",
                cluster.metric_of_writer("FreeableMemory"),
                memory,
            ),
            rule(
                self.capacity,
                "Capacity",
                "Capacity in use (%)",
                cluster.metric_of_writer("ACUUtilization"),
                full,
            ),
            rule(
                self.lag,
                "ReplicaLag",
                "Lag of the slowest reader (ms)",
                cluster.metric("AuroraReplicaLagMaximum"),
                behind,
            ),
        ];
        rules.into_iter().flatten().collect()
    }
}
