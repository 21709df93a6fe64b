//! The name of an instance or a cluster, after which RDS names its log groups.

use fc_cdk_core::{Scope, sha256_hex};

/// What has the name.
#[derive(Clone, Copy)]
pub(super) enum Named {
    Instance,
    Cluster,
}

impl Named {
    /// The property that takes the name, and the word in the names of log groups.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Named::Instance => ("DBInstanceIdentifier", "instance"),
            Named::Cluster => ("DBClusterIdentifier", "cluster"),
        }
    }
}

/// The longest name of an instance or a cluster.
const LONGEST_NAME: usize = 63;

/// The construct id of a log's group.
pub(super) fn log_id(log: &str) -> String {
    format!("Log-{log}")
}

/// Names the instance or cluster and its log groups, once the stack's name and the instance's logical id are settled. A logical id outlives moves in
/// the tree, so the name does too.
pub(super) fn name_at_synth(
    scope: &Scope,
    named: Named,
    given: Option<String>,
    logs: &'static [&'static str],
) {
    scope.at_synth(move |scope| {
        let resource = |path: &str| scope.find(path).and_then(|scope| scope.as_resource());
        let Some(database) = resource("Resource") else { return };
        let stack = scope.stack().map(|stack| stack.stack_name()).unwrap_or_default();
        let name = match &given {
            Some(name) => name.to_lowercase(),
            None => default_name(&stack, &database.logical_id()),
        };
        let (property, word) = named.words();
        database.set_property(property, name.as_str());
        for log in logs {
            if let Some(group) = resource(&format!("{}/Resource", log_id(log))) {
                group.set_property("LogGroupName", format!("/aws/rds/{word}/{name}/{log}"));
            }
        }
    });
}

fn default_name(stack: &str, logical_id: &str) -> String {
    let name = format!("{stack}-{logical_id}").to_lowercase();
    let name = name.trim_start_matches('-');
    if name.len() <= LONGEST_NAME {
        return name.to_owned();
    }
    let hash = &sha256_hex(name.as_bytes())[..8];
    let start = name[..LONGEST_NAME - 9].trim_end_matches('-');
    format!("{start}-{hash}")
}

#[cfg(test)]
mod tests {
    use super::default_name;

    #[test]
    fn names_are_short_and_in_lower_case() {
        assert_eq!(default_name("Shop-Data", "DatabaseB269D8BB"), "shop-data-databaseb269d8bb");
        assert_eq!(default_name("", "DatabaseB269D8BB"), "databaseb269d8bb");
        let long = default_name(&"Stack".repeat(20), "Database");
        assert_eq!((long.len(), long.contains("--")), (63, false));
        assert_ne!(long, default_name(&"Stack".repeat(20), "Database2"));
    }
}
