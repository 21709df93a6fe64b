//! What RDS would refuse.

use fc_cdk_core::{Diagnostic, RemovalPolicy, Scope};

use super::DatabaseOptions;
use crate::{
    database::{
        Engine,
        check::{Common, check_subnets},
        codes,
    },
    network::Subnets,
};

pub(super) fn check(scope: &Scope, engine: &Engine, subnets: &Subnets, options: &DatabaseOptions) {
    let title = engine.title();
    let report = |property: &str, message: String, help: &str| {
        scope.report(Diagnostic::error(codes::BAD_DATABASE, message).property(property).help(help));
    };
    check_subnets(scope, subnets);
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
    Common {
        title,
        backup_days: options.backup_retention_days,
        monitoring_interval: options.monitoring_interval,
        deleted: matches!(options.removal_policy, RemovalPolicy::Delete),
        protected: options.deletion_protection,
        class: Some(&options.instance_class),
        username: &options.master_username,
        dialect: engine.dialect(),
        reserved_usernames: engine.reserved_usernames(),
        database_name: options.database_name.as_deref(),
    }
    .check(scope);
    let class = options.instance_class.as_str();
    let small = class.ends_with(".micro") || class.ends_with(".small");
    if options.performance_insights && small && matches!(engine, Engine::Mysql(_)) {
        let message = format!("`{class}` is too small for Database Insights of MySQL");
        report(
            "instance_class",
            message,
            "take `db.t4g.medium` or larger, or switch `performance_insights` off",
        );
    }
}
