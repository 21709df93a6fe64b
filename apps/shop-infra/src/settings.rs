//! [`Settings`]: what differs from shop to shop.

use fc_cdk::{Environment, Scope, Stack};

/// What differs from shop to shop; the defaults are those of the shop in Tokyo.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the names of all stacks begin with, and the tag `shop` of all resources.
    pub name: String,
    /// The account and region; without an account the templates fit every one.
    pub environment: Environment,
    /// Who gets alarms by mail; nobody where it is not set.
    pub alarm_email: Option<String>,
    /// The block of the VPC.
    pub cidr: String,
    /// The type of the web servers.
    pub web_instance_type: String,
    /// The type of the WAS servers.
    pub was_instance_type: String,
    /// The type of the database.
    pub database_instance_type: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            name: "Shop".into(),
            environment: Environment::region("ap-northeast-1"),
            alarm_email: None,
            cidr: "10.0.0.0/16".into(),
            web_instance_type: "t4g.small".into(),
            was_instance_type: "t4g.medium".into(),
            database_instance_type: "db.t4g.medium".into(),
        }
    }
}

impl Settings {
    /// A stack of the shop.
    #[track_caller]
    pub(crate) fn stack(&self, scope: &Scope, part: &str, description: &str) -> Stack {
        let stack = Stack::new(scope, &format!("{}-{part}", self.name))
            .with_environment(self.environment.clone())
            .with_description(description)
            .with_termination_protection();
        stack.tag("shop", &self.name);
        stack
    }
}
