//! What a running system says of itself: log groups, metrics, alarms, dashboards.

mod log_group; // CloudWatch log groups
mod metric; // what alarms and dashboards look at
mod alarm; // when something is not as it should be
mod dashboard; // graphs, numbers, alarms and text on a page
mod alarm_set; // the alarms that a system should have, with a dashboard
mod web_alarms; // of web servers behind a load balancer

pub(crate) use self::alarm_set::thresholds;
pub use self::{
    alarm::{Alarm, AlarmBuilder, MissingData, Threshold},
    alarm_set::{AlarmRule, AlarmRules, AlarmSet, AlarmSetBuilder},
    dashboard::{Dashboard, DashboardBuilder, Widget},
    log_group::{LogGroup, LogGroupBuilder, Retention},
    metric::{Math, Metric, Series, Statistic},
    web_alarms::WebAlarms,
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { metric threshold topic }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// An alarm that CloudWatch does not take.
    pub const BAD_ALARM: &str = "bad-alarm";
    /// A dashboard that CloudWatch does not take.
    pub const BAD_DASHBOARD: &str = "bad-dashboard";
}
