//! What RDS would refuse.

use fc_cdk_core::{Diagnostic, RemovalPolicy, Scope};

use super::DatabaseOptions;
use crate::{
    database::{Engine, codes},
    network::{Access, Subnets},
};

pub(super) fn check(scope: &Scope, engine: &Engine, subnets: &Subnets, options: &DatabaseOptions) {
    let title = engine.title();
    let report = |property: &str, message: String, help: &str| {
        scope.report(Diagnostic::error(codes::BAD_DATABASE, message).property(property).help(help));
    };
    if subnets.access() == Some(Access::Public) {
        let message = "the database is in subnets that the internet reaches";
        let help = "give it isolated subnets, such as the `db` tier of a `ThreeTierVpc`";
        scope.report(
            Diagnostic::error(codes::PUBLIC_DATABASE, message).property("subnets").help(help),
        );
    }
    if subnets.ids().len() < 2 {
        let message = format!("a database needs subnets in two zones, not {}", subnets.ids().len());
        report("subnets", message, "give one subnet for each zone of the VPC");
    }
    let (first, most) = (options.allocated_storage_gib, options.max_allocated_storage_gib);
    if !(20..=65_536).contains(&first) {
        report(
            "allocated_storage_gib",
            format!("a database has 20 to 65536 GiB of storage, not {first}"),
            "choose a size in that range",
        );
    }
    // RDS grows storage by a tenth at least, and wants a quarter more to begin with.
    if most.is_some_and(|most| most > 65_536 || u64::from(most) * 100 < u64::from(first) * 126) {
        let message =
            format!("storage of {first} GiB cannot grow to {} GiB", most.unwrap_or_default());
        report(
            "max_allocated_storage_gib",
            message,
            "give at least 26 % more than `allocated_storage_gib`, and 65536 at most",
        );
    }
    let days = options.backup_retention_days;
    if !(1..=35).contains(&days) {
        report(
            "backup_retention_days",
            format!("backups are kept for 1 to 35 days, not {days}"),
            "export snapshots to S3 to keep data longer",
        );
    }
    if !matches!(options.monitoring_interval, 0 | 1 | 5 | 10 | 15 | 30 | 60) {
        let message = format!(
            "enhanced monitoring does not measure every {} seconds",
            options.monitoring_interval
        );
        report(
            "monitoring_interval",
            message,
            "give 1, 5, 10, 15, 30 or 60, or 0 to switch it off",
        );
    }
    if matches!(options.removal_policy, RemovalPolicy::Delete) && options.deletion_protection {
        let message = "the data is to be deleted with the stack, and protected from deletion";
        report(
            "removal_policy",
            message.into(),
            "switch `deletion_protection` off too, or keep a snapshot",
        );
    }
    let class = options.instance_class.as_str();
    if !class.starts_with("db.") {
        report(
            "instance_class",
            format!("`{class}` is no instance class"),
            &format!("did you mean `db.{class}`?"),
        );
    }
    let small = class.ends_with(".micro") || class.ends_with(".small");
    if options.performance_insights && small && matches!(engine, Engine::Mysql(_)) {
        let message = format!("`{class}` is too small for Database Insights of MySQL");
        report(
            "instance_class",
            message,
            "take `db.t4g.medium` or larger, or switch `performance_insights` off",
        );
    }
    let user = options.master_username.as_str();
    let longest = engine.longest_username();
    if user.len() > longest {
        let message = format!("`{user}` is too long for a user of {title}");
        report("master_username", message, &format!("use {longest} letters at most"));
    } else if engine.reserved_usernames().contains(&user.to_lowercase().as_str()) {
        report(
            "master_username",
            format!("{title} keeps the name `{user}` for itself"),
            "take another name, such as `dbadmin`",
        );
    }
    if let Some(name) =
        options.database_name.as_deref().filter(|name| !is_name(name) || name.len() > 63)
    {
        let help = "start with a letter; use letters, digits and underscores, 63 at most";
        report("database_name", format!("`{name}` is no name for a database of {title}"), help);
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
