//! Texts with a language of their own: JSON, times of the week, schedules.

use super::{conflicts::each, findings::Findings, known::literal, model::Resource};
use crate::{codes, node::Node, path::Path};

/// Type, the objects, and the property that holds JSON.
const JSON: &[(&str, &str, &str)] = &[
    ("AWS::CloudWatch::Dashboard", "", "DashboardBody"),
    ("AWS::Events::Rule", "Targets.*", "Input"),
    ("AWS::SecretsManager::Secret", "GenerateSecretString", "SecretStringTemplate"),
];

/// The types whose maintenance comes at a time of the week, and whose backups at a time of the day, by property.
const WINDOWS: &[(&str, &str, &str)] = &[
    ("AWS::DMS::ReplicationInstance", "PreferredMaintenanceWindow", ""),
    ("AWS::DocDB::DBCluster", "PreferredMaintenanceWindow", "PreferredBackupWindow"),
    ("AWS::DocDB::DBInstance", "PreferredMaintenanceWindow", ""),
    ("AWS::ElastiCache::CacheCluster", "PreferredMaintenanceWindow", "SnapshotWindow"),
    ("AWS::ElastiCache::ReplicationGroup", "PreferredMaintenanceWindow", "SnapshotWindow"),
    ("AWS::Neptune::DBCluster", "PreferredMaintenanceWindow", "PreferredBackupWindow"),
    ("AWS::Neptune::DBInstance", "PreferredMaintenanceWindow", ""),
    ("AWS::RDS::DBCluster", "PreferredMaintenanceWindow", "PreferredBackupWindow"),
    ("AWS::RDS::DBInstance", "PreferredMaintenanceWindow", "PreferredBackupWindow"),
    ("AWS::Redshift::Cluster", "PreferredMaintenanceWindow", ""),
];

const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;

/// The texts of one resource.
pub(super) fn check_resource(resource: &Resource<'_>, findings: &mut Findings) {
    for (_, within, key) in JSON.iter().filter(|(name, ..)| *name == resource.type_name) {
        each(resource.properties, within, &Path::new(""), &mut |object, path| {
            let text = literal(object, key).filter(|text| !text.contains("${"));
            if let Some(Err(error)) = text.map(Node::parse_json) {
                let message = format!("it is no JSON: {error}");
                findings.add(resource, codes::BAD_DEFINITION, &path.join(key).to_string(), message);
            }
        });
    }
    let of_type = WINDOWS.iter().find(|(name, ..)| *name == resource.type_name);
    if let Some((_, maintenance, backup)) = of_type {
        windows(resource, maintenance, backup, findings);
    }
}

fn windows(resource: &Resource<'_>, maintenance: &str, backup: &str, findings: &mut Findings) {
    let text = |key: &str| {
        literal(resource.properties, key).filter(|text| !text.is_empty() && !text.contains("${"))
    };
    let weekly = text(maintenance).map(week);
    let daily = text(backup).map(day);
    for (key, is_wrong, form) in [
        (maintenance, weekly == Some(None), "sun:05:00-sun:06:00"),
        (backup, daily == Some(None), "03:00-04:00"),
    ] {
        if is_wrong {
            let message = format!("`{}` is no window", text(key).unwrap_or_default());
            findings.add(resource, codes::ILLEGAL_VALUE, key, message).help =
                Some(format!("write it as `{form}`, in UTC"));
        }
    }
    let (Some(Some((start, length))), Some(Some((from, takes)))) = (weekly, daily) else { return };
    let overlaps = (0..8).any(|days| {
        let from = from + days * DAY;
        [start, start + WEEK].iter().any(|start| from < start + length && *start < from + takes)
    });
    if overlaps {
        let message = format!("the backup comes in the time of `{maintenance}`");
        findings.add(resource, codes::PROPERTY_CONFLICT, backup, message);
    }
}

/// When a window of the week begins, and how long it is, in minutes.
fn week(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let time = |text: &str| {
        let (name, time) = text.split_once(':')?;
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let place = days.iter().position(|day| name.eq_ignore_ascii_case(day))?;
        Some(place as u32 * DAY + clock(time)?)
    };
    let (from, to) = (time(from)?, time(to)?);
    Some((from, (to + WEEK - from) % WEEK))
}

/// When a window of the day begins, and how long it is, in minutes.
fn day(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (clock(from)?, clock(to)?);
    Some((from, (to + DAY - from) % DAY))
}

fn clock(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let part = |text: &str, below: u32| {
        let fits = (1..=2).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        text.parse::<u32>().ok().filter(|number| fits && *number < below)
    };
    Some(part(hours, 24)? * 60 + part(minutes, 60)?)
}

/// What is wrong with the fields of a cron expression: numbers beyond what the field has.
pub(super) fn cron_fields(fields: &[&str]) -> Option<String> {
    const FIELDS: [(&str, u32, u32); 6] = [
        ("minutes", 0, 59),
        ("hours", 0, 23),
        ("days of the month", 1, 31),
        ("months", 1, 12),
        ("days of the week", 1, 7),
        ("years", 1970, 2199),
    ];
    for (field, (name, least, most)) in fields.iter().zip(FIELDS) {
        for range in field.split(',') {
            // What follows the slash is a step.
            let range = range.split('/').next().unwrap_or(range);
            let mut numbers = range.split('-').filter_map(|part| part.parse::<u32>().ok());
            if let Some(number) = numbers.find(|number| !(least..=most).contains(number)) {
                return Some(format!("{name} are {least} to {most}, not {number}"));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{cron_fields, day, week};

    #[test]
    fn windows_are_read() {
        assert_eq!(week("mon:00:30-mon:01:00"), Some((30, 30)));
        assert_eq!(week("Sun:23:30-Mon:00:30").map(|(_, length)| length), Some(60));
        assert_eq!(week("sunday:23:30-mon:00:30"), None);
        assert_eq!(day("23:30-00:30"), Some((23 * 60 + 30, 60)));
        assert_eq!(day("3-4"), None);
        assert_eq!(day("24:00-25:00"), None);
    }

    #[test]
    fn fields_of_cron_have_bounds() {
        let of = |text: &str| cron_fields(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(of("0/15 8-17 ? JAN,6 MON-FRI 2026"), None);
        assert_eq!(of("0 12 L * ? *"), None);
        assert_eq!(of("0 24 * * ? *").as_deref(), Some("hours are 0 to 23, not 24"));
        assert_eq!(of("0 1 ? * 0 *").as_deref(), Some("days of the week are 1 to 7, not 0"));
    }
}
