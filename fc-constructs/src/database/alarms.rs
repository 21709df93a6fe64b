//! [`DatabaseAlarms`]: the alarms that a database should have.

use super::Database;
use crate::monitoring::{AlarmRule, AlarmRules, MissingData, Threshold, thresholds};

const GIB: f64 = 1_073_741_824.0;

/// The alarms that a database should have; see [`Database::alarms`].
///
/// | what | goes off |
/// |---|---|
/// | CPU | above 80 % for 15 minutes |
/// | free storage | below a tenth of the first storage for 15 minutes |
/// | free memory | below a tenth of the memory for 15 minutes; 256 MiB where the instance class is not known |
/// | connections | above 80 % of what the memory allows for 15 minutes; 100 where the instance class is not known |
///
/// Each setter takes another threshold, or `None` for no such alarm.
#[derive(Clone, Debug)]
pub struct DatabaseAlarms {
    database: Database,
    cpu: Option<Threshold>,
    free_storage: Option<Threshold>,
    free_memory: Option<Threshold>,
    connections: Option<Threshold>,
}

impl DatabaseAlarms {
    pub(super) fn of(
        database: &Database,
        class: &str,
        storage_gib: u32,
        memory_of_a_connection: f64,
    ) -> Self {
        let memory = memory_gib(class).map(|memory| memory * GIB);
        let connections =
            memory.map_or(100.0, |memory| (0.8 * memory / memory_of_a_connection).floor());
        DatabaseAlarms {
            database: database.clone(),
            cpu: Some(Threshold::above(80)),
            free_storage: Some(Threshold::below((0.1 * GIB * f64::from(storage_gib)).floor())),
            free_memory: Some(Threshold::below(
                memory.map_or(0.25 * GIB, |memory| (0.1 * memory).floor()),
            )),
            connections: Some(Threshold::above(connections)),
        }
    }

    thresholds! {
        /// The load of the processors, in percent.
        cpu
        /// The storage that is left, in bytes.
        free_storage
        /// The memory that is left, in bytes.
        free_memory
        /// How many clients are connected.
        connections
    }
}

impl AlarmRules for DatabaseAlarms {
    fn alarm_rules(&self) -> Vec<AlarmRule> {
        let rule = |threshold: Option<Threshold>, id, title, metric: &str, description| {
            threshold.map(|threshold| AlarmRule {
                id,
                title,
                series: self.database.metric(metric).into(),
                threshold,
                evaluation_periods: 3,
                missing_data: MissingData::Breaching,
                description,
            })
        };
        let busy = "The database is busy: look for slow statements in Database Insights, or take a larger instance class.";
        let full = "The database runs out of storage: raise `max_allocated_storage_gib`, or delete what is not needed.";
        let memory = "The database runs out of memory: take a larger instance class.";
        let connected = "Clients may soon be refused: look for connections that are not closed, or put RDS Proxy in between.";
        let rules = [
            rule(self.cpu, "Cpu", "CPU (%)", "CPUUtilization", busy),
            rule(
                self.free_storage,
                "FreeStorage",
                "Free storage (bytes)",
                "FreeStorageSpace",
                full,
            ),
            rule(self.free_memory, "FreeMemory", "Free memory (bytes)", "FreeableMemory", memory),
            rule(self.connections, "Connections", "Connections", "DatabaseConnections", connected),
        ];
        rules.into_iter().flatten().collect()
    }
}

/// The memory of an instance class, where it follows from its name: `db.m7g.2xlarge` has 32 GiB.
/// See <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html>.
fn memory_gib(class: &str) -> Option<f64> {
    let (family, size) = class.strip_prefix("db.")?.split_once('.')?;
    let large = match family.get(..1)? {
        "t" | "m" => 8.0,
        "r" => 16.0,
        _ => return None,
    };
    let share = match size {
        "micro" => 0.125,
        "small" => 0.25,
        "medium" => 0.5,
        "large" => 1.0,
        "xlarge" => 2.0,
        size => 2.0 * f64::from(size.strip_suffix("xlarge")?.parse::<u16>().ok()?),
    };
    Some(large * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_follows_from_the_class() {
        for (class, memory) in [
            ("db.t4g.micro", Some(1.0)),
            ("db.t4g.medium", Some(4.0)),
            ("db.m7g.large", Some(8.0)),
            ("db.r7g.4xlarge", Some(128.0)),
            ("db.x2g.large", None),
            ("db.m7g.huge", None),
            ("m7g.large", None),
        ] {
            assert_eq!(memory_gib(class), memory, "{class}");
        }
    }
}
