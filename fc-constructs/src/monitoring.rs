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
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: monitoring";
        BAD_ALARM = "bad-alarm", Error, "an alarm that CloudWatch does not take";
            why "CloudWatch refuses it, or it never changes its state.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html";
        BAD_DASHBOARD = "bad-dashboard", Error, "a dashboard that CloudWatch does not take";
            why "CloudWatch refuses the whole dashboard for one widget.";
            fix "correct the widget as the message says";
            docs "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html";
    }
}
