//! What RDS refuses of instances and clusters alike.

use fc_cdk_core::{Diagnostic, Scope};

use super::{codes, engine::Dialect};
use crate::network::{Access, Subnets};

pub(super) fn check_subnets(scope: &Scope, subnets: &Subnets) {
    if subnets.access() == Some(Access::Public) {
        let message = "the database is in subnets that the internet reaches";
        let help = "give it isolated subnets, such as the `db` tier of a `ThreeTierVpc`";
        scope.report(
            Diagnostic::error(codes::PUBLIC_DATABASE, message).property("subnets").help(help),
        );
    }
    if subnets.ids().len() < 2 {
        let message = format!("a database needs subnets in two zones, not {}", subnets.ids().len());
        let error = Diagnostic::error(codes::BAD_DATABASE, message).property("subnets");
        scope.report(error.help("give one subnet for each zone of the VPC"));
    }
}

/// What both have.
pub(super) struct Common<'a> {
    pub(super) title: &'a str,
    pub(super) backup_days: u8,
    pub(super) monitoring_interval: u8,
    pub(super) deleted: bool,
    pub(super) protected: bool,
    pub(super) class: Option<&'a str>,
    pub(super) username: &'a str,
    pub(super) dialect: Dialect,
    pub(super) reserved_usernames: &'a [&'static str],
    pub(super) database_name: Option<&'a str>,
}

impl Common<'_> {
    pub(super) fn check(&self, scope: &Scope) {
        let title = self.title;
        let report = |property: &str, message: String, help: &str| {
            let error = Diagnostic::error(codes::BAD_DATABASE, message);
            scope.report(error.property(property).help(help));
        };
        let days = self.backup_days;
        if !(1..=35).contains(&days) {
            let message = format!("backups are kept for 1 to 35 days, not {days}");
            report("backup_retention_days", message, "export snapshots to S3 to keep data longer");
        }
        if !matches!(self.monitoring_interval, 0 | 1 | 5 | 10 | 15 | 30 | 60) {
            let message = format!(
                "enhanced monitoring does not measure every {} seconds",
                self.monitoring_interval
            );
            let help = "give 1, 5, 10, 15, 30 or 60, or 0 to switch it off";
            report("monitoring_interval", message, help);
        }
        if self.deleted && self.protected {
            let message = "the data is to be deleted with the stack, and protected from deletion";
            let help = "switch `deletion_protection` off too, or keep a snapshot";
            report("removal_policy", message.into(), help);
        }
        if let Some(class) = self.class.filter(|class| !class.starts_with("db.")) {
            let message = format!("`{class}` is no instance class");
            report("instance_class", message, &format!("did you mean `db.{class}`?"));
        }
        let (user, longest) = (self.username, self.dialect.longest_username());
        if user.len() > longest {
            let message = format!("`{user}` is too long for a user of {title}");
            report("master_username", message, &format!("use {longest} letters at most"));
        } else if self.reserved_usernames.contains(&user.to_lowercase().as_str()) {
            let message = format!("{title} keeps the name `{user}` for itself");
            report("master_username", message, "take another name, such as `dbadmin`");
        }
        if let Some(name) = self.database_name.filter(|name| !is_name(name)) {
            let help = "start with a letter; use letters, digits and underscores, 63 at most";
            report("database_name", format!("`{name}` is no name for a database of {title}"), help);
        }
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
