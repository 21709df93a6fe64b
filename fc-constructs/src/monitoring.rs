//! What a running system says of itself: log groups, metrics.

mod log_group; // CloudWatch log groups
mod metric; // what alarms and dashboards look at

pub use self::{
    log_group::{LogGroup, LogGroupBuilder, Retention},
    metric::{Metric, Statistic},
};
