//! What cannot work.

use fc_cdk_core::{Diagnostic, Scope};

use super::{Kind, Snapshots};
use crate::database::codes;

pub(super) fn check(scope: &Scope, snapshots: Snapshots, prefix: &str) {
    let report = |property: &str, message: String, help: &str| {
        let error = Diagnostic::error(codes::BAD_EXPORT, message);
        scope.report(error.property(property).help(help));
    };
    if let Kind::Every { interval, keep } = snapshots.0 {
        let seconds = interval.as_secs();
        if !(3600..=31 * 86_400).contains(&seconds) {
            let message = format!("a snapshot every {interval:?} is too often or too seldom");
            report("snapshots", message, "give an hour to 31 days, such as six hours");
        } else if !seconds.is_multiple_of(60) {
            let message = format!("a schedule counts whole minutes, and not {interval:?}");
            report("snapshots", message, "give whole minutes");
        }
        if !(1..=90).contains(&keep) {
            let message = format!("{keep} snapshots cannot be kept");
            report("snapshots", message, "keep 1 to 90: RDS has room for 100 in an account");
        }
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "!-_.*'()/".contains(c);
    if prefix.is_empty()
        || prefix.starts_with('/')
        || prefix.ends_with('/')
        || !prefix.chars().all(plain)
    {
        let help = "use letters, digits and dashes, with slashes between parts, such as `rds/shop`";
        report("prefix", format!("`{prefix}` is no prefix for exports"), help);
    }
}
