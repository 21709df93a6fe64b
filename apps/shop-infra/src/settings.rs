//! [`Settings`]: what differs from shop to shop.

use fc_cdk::{Environment, Scope, Stack};
use fc_constructs::storage::Age;

/// The settings of the shop, from `shop-infra.toml`. Without them the templates are those of an example shop in Tokyo.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
pub struct Settings {
    /// What the names of all stacks begin with, and the tag `shop` of all resources.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"Shop", regex(pattern = "^[A-Za-z][A-Za-z0-9-]{0,63}$"))
    )]
    pub name: String,
    /// The account to deploy to; without it the templates fit every one.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"111122223333", regex(pattern = "^[0-9]{12}$"))
    )]
    pub account: Option<String>,
    /// The region to deploy to.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"ap-northeast-1", regex(pattern = "^[a-z]{2}(-[a-z]+)+-[0-9]$"))
    )]
    pub region: String,
    /// The domain name of the shop, whose zone is made in Route 53.
    #[cfg_attr(
        feature = "schema",
        schemars(
            example = &"shop.example.com",
            regex(pattern = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")
        )
    )]
    pub domain: String,
    /// Who gets alarms by mail; nobody where it is not set.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"ops@example.com", regex(pattern = r"^[^@ ]+@[^@ ]+\.[^@ ]+$"))
    )]
    pub alarm_email: Option<String>,
    /// The block of the VPC.
    #[cfg_attr(
        feature = "schema",
        schemars(
            example = &"10.0.0.0/16",
            regex(pattern = r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$")
        )
    )]
    pub cidr: String,
    /// How large servers are.
    pub instances: Instances,
    /// Where alarms are read.
    pub slack: Slack,
    /// Shield Advanced.
    pub shield: Shield,
    /// How long things are kept.
    pub retention: Retention,
    /// Who looks at dashboards.
    pub quicksight: QuickSight,
    /// Where the infrastructure is edited.
    pub workbench: Workbench,
}

/// How large servers are.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
pub struct Instances {
    /// The type of the web servers.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"t4g.small", regex(pattern = r"^[a-z][a-z0-9-]*\.[a-z0-9]+$"))
    )]
    pub web: String,
    /// The type of the WAS servers.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"t4g.medium", regex(pattern = r"^[a-z][a-z0-9-]*\.[a-z0-9]+$"))
    )]
    pub was: String,
    /// The type of the database.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"db.t4g.medium", regex(pattern = r"^db\.[a-z][a-z0-9-]*\.[a-z0-9]+$"))
    )]
    pub database: String,
}

/// Where alarms are read.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
pub struct Slack {
    /// The id of the workspace, which an administrator has connected with AWS once.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"T0123ABCD", regex(pattern = "^T[0-9A-Z]{5,20}$"))
    )]
    pub workspace: String,
    /// The id of the channel.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"C0123ABCD", regex(pattern = "^[CG][0-9A-Z]{5,20}$"))
    )]
    pub channel: String,
}

/// Shield Advanced.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
pub struct Shield {
    /// Whether the account is subscribed, for 3,000 USD a month; without that nothing can be protected.
    pub subscribed: bool,
}

/// How long things are kept.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
pub struct Retention {
    /// Years after which data of purchases, customers and reviews is deleted; Japanese law asks for five.
    #[cfg_attr(feature = "schema", schemars(range(min = 5, max = 30)))]
    pub data_years: u32,
    /// Days after which access logs are deleted.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 3650)))]
    pub access_log_days: u32,
}

/// Who looks at dashboards.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
pub struct QuickSight {
    /// The name of the user or administrator in QuickSight who owns the dashboard.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"admin", regex(pattern = "^[A-Za-z0-9_.@/-]{1,128}$"))
    )]
    pub user: String,
}

/// Where the infrastructure is edited.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
pub struct Workbench {
    /// Whether it is a Cloud9 environment, which AWS closed to new customers in July 2024; else it is an EC2 instance.
    pub cloud9: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            name: "Shop".into(),
            account: None,
            region: "ap-northeast-1".into(),
            domain: "shop.example.com".into(),
            alarm_email: None,
            cidr: "10.0.0.0/16".into(),
            instances: Instances {
                web: "t4g.small".into(),
                was: "t4g.medium".into(),
                database: "db.t4g.medium".into(),
            },
            slack: Slack { workspace: "T00000000".into(), channel: "C00000000".into() },
            shield: Shield { subscribed: false },
            retention: Retention { data_years: 5, access_log_days: 90 },
            quicksight: QuickSight { user: "admin".into() },
            workbench: Workbench { cloud9: false },
        }
    }
}

impl Retention {
    /// The age at which data is deleted.
    pub(crate) fn age(&self) -> Age {
        // The schema allows no more years than fit.
        Age::years(u16::try_from(self.data_years).unwrap_or(u16::MAX))
    }
}

impl Settings {
    /// A stack of the shop.
    #[track_caller]
    pub(crate) fn stack(&self, scope: &Scope, part: &str, description: &str) -> Stack {
        self.stack_in(&self.region, scope, part, description)
    }

    /// A stack of the shop in a region.
    #[track_caller]
    pub(crate) fn stack_in(
        &self,
        region: &str,
        scope: &Scope,
        part: &str,
        description: &str,
    ) -> Stack {
        let environment = Environment {
            account: self.account.as_deref().map(Into::into),
            region: Some(region.into()),
        };
        let stack = Stack::new(scope, &format!("{}-{part}", self.name))
            .with_environment(environment)
            .with_description(description)
            .with_termination_protection();
        stack.tag("shop", &self.name);
        stack
    }
}
