//! How many instances there are: capacities, targets and schedules, and how updates replace them.

use std::time::Duration;

use fc_cdk_aws::autoscaling::{
    self, CustomizedMetricSpecification, CustomizedMetricSpecificationStatistic, MetricDimension,
    PredefinedMetricSpecification, PredefinedMetricSpecificationPredefinedMetricType as Predefined,
    ScalingPolicyPolicyType, TargetTrackingConfiguration,
};
use fc_cdk_core::{Diagnostic, IntoValue, Node, Scope, Value, json};

use super::{
    codes,
    metrics::{AGENT_NAMESPACE, MEMORY_METRIC},
};

/// How many instances there are at the least, at the most, and at first.
pub(crate) struct Capacity {
    pub(crate) min: Value<i64>,
    pub(crate) max: Value<i64>,
    pub(crate) desired: Option<Value<i64>>,
}

impl Capacity {
    /// Reports what EC2 Auto Scaling would refuse, as far as the numbers are known.
    pub(crate) fn check(&self, scope: &Scope) {
        let report = |property: &str, message: String, help: &str| {
            scope.report(
                Diagnostic::error(codes::BAD_CAPACITY, message).property(property).help(help),
            );
        };
        let number = |value: &Value<i64>| value.node().as_int();
        let (min, max) = (number(&self.min), number(&self.max));
        if let Some(min) = min.filter(|min| *min < 0) {
            report("min_capacity", format!("the minimum is {min}"), "give 0 or more");
        }
        if let Some(max) = max.filter(|max| *max < 1) {
            report("max_capacity", format!("the maximum is {max}"), "give 1 or more");
        }
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            let message = format!("the minimum {min} is above the maximum {max}");
            report("min_capacity", message, "raise `max_capacity` or lower `min_capacity`");
        }
        if let Some(desired) = self.desired.as_ref().and_then(number) {
            if let Some(min) = min.filter(|min| desired < *min) {
                let message = format!("the desired capacity {desired} is below the minimum {min}");
                report(
                    "desired_capacity",
                    message,
                    "raise `desired_capacity` or lower `min_capacity`",
                );
            }
            if let Some(max) = max.filter(|max| desired > *max) {
                let message = format!("the desired capacity {desired} is above the maximum {max}");
                report(
                    "desired_capacity",
                    message,
                    "lower `desired_capacity` or raise `max_capacity`",
                );
            }
        }
    }

    /// Whether there is nothing to scale: the number of instances never changes.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!((self.min.node(), self.max.node()), (Node::Int(min), Node::Int(max)) if min == max)
    }

    /// How many instances there are before any scaling.
    pub(crate) fn at_first(&self) -> &Value<i64> {
        self.desired.as_ref().unwrap_or(&self.min)
    }

    /// How many instances an update leaves running: CloudFormation wants fewer than the maximum.
    pub(super) fn in_service_during_update(&self) -> i64 {
        let max = self.max.node().as_int().unwrap_or(1);
        self.min.node().as_int().unwrap_or(0).min(max - 1).max(0)
    }
}

/// A number as text, as the properties of Auto Scaling groups want it.
pub(super) fn as_text(number: &Value<i64>) -> Value<String> {
    match number.node() {
        Node::Int(number) => number.to_string().into_value(),
        _ => number.clone().cast(),
    }
}

/// Replaces servers one by one, and waits for each.
///
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>.
pub(super) fn update_policy(
    group: &autoscaling::AutoScalingGroupHandle,
    capacity: &Capacity,
    signals: Option<Duration>,
) {
    let mut rolling = json!({
        "MaxBatchSize": 1,
        "MinInstancesInService": capacity.in_service_during_update(),
        "SuspendProcesses": [
            "HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions", "InstanceRefresh",
        ],
    });
    if let (Some(timeout), Node::Map(rolling)) = (signals, &mut rolling) {
        // The pause between two servers is an hour at the most.
        rolling.insert("PauseTime", iso_duration(timeout.min(Duration::from_secs(3600))));
        rolling.insert("WaitOnResourceSignals", true);
        let signal = json!({ "Count": capacity.at_first(), "Timeout": iso_duration(timeout) });
        group.creation_policy(json!({ "ResourceSignal": signal }));
    }
    group.update_policy(json!({ "AutoScalingRollingUpdate": rolling }));
}

/// A length of time as CloudFormation writes it: `PT15M`.
fn iso_duration(length: Duration) -> String {
    let seconds = length.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("PT{seconds}S"),
        (minutes, 0) => format!("PT{minutes}M"),
        (minutes, seconds) => format!("PT{minutes}M{seconds}S"),
    }
}

fn policy(
    scope: &Scope,
    id: &str,
    group: &autoscaling::AutoScalingGroupHandle,
    tracking: TargetTrackingConfiguration,
) -> autoscaling::ScalingPolicyHandle {
    autoscaling::ScalingPolicy::new()
        .auto_scaling_group_name(group)
        .policy_type(ScalingPolicyPolicyType::TargetTrackingScaling)
        .target_tracking_configuration(tracking)
        .build(scope, id)
}

pub(crate) fn check_percent(scope: &Scope, property: &str, target: u8) {
    if !(1..=99).contains(&target) {
        let message = format!(
            "the target is {target} percent, which the group is never above or never below"
        );
        let help = "give 1 to 99, such as 60";
        scope.report(Diagnostic::error(codes::BAD_TARGET, message).property(property).help(help));
    }
}

pub(crate) fn check_requests(scope: &Scope, target: u32) {
    if target == 0 {
        let message = "the target is no request at all";
        let help = "give the requests per minute that one instance serves well";
        scope.report(
            Diagnostic::error(codes::BAD_TARGET, message).property("requests_target").help(help),
        );
    }
}

/// Keeps the average load of the processors near a target.
pub(super) fn on_cpu(
    scope: &Scope,
    group: &autoscaling::AutoScalingGroupHandle,
    target: u8,
) -> autoscaling::ScalingPolicyHandle {
    check_percent(scope, "cpu_target", target);
    let metric = PredefinedMetricSpecification::new()
        .predefined_metric_type(Predefined::AsgAverageCpuUtilization);
    let tracking = TargetTrackingConfiguration::new()
        .target_value(target)
        .predefined_metric_specification(metric);
    policy(scope, "CpuScaling", group, tracking)
}

/// Keeps the average use of memory near a target, as the CloudWatch agent of the instances reports it.
pub(super) fn on_memory(
    scope: &Scope,
    group: &autoscaling::AutoScalingGroupHandle,
    target: u8,
) -> autoscaling::ScalingPolicyHandle {
    check_percent(scope, "memory_target", target);
    let metric = CustomizedMetricSpecification::new()
        .namespace(AGENT_NAMESPACE)
        .metric_name(MEMORY_METRIC)
        .statistic(CustomizedMetricSpecificationStatistic::Average)
        .dimensions([MetricDimension::new().name("AutoScalingGroupName").value(group)]);
    let tracking = TargetTrackingConfiguration::new()
        .target_value(target)
        .customized_metric_specification(metric);
    policy(scope, "MemoryScaling", group, tracking)
}

/// Keeps the requests per instance and minute near a target.
pub(super) fn on_requests(
    scope: &Scope,
    group: &autoscaling::AutoScalingGroupHandle,
    target: u32,
    label: Value<String>,
) -> autoscaling::ScalingPolicyHandle {
    check_requests(scope, target);
    let metric = PredefinedMetricSpecification::new()
        .predefined_metric_type(Predefined::AlbRequestCountPerTarget)
        .resource_label(label);
    let tracking = TargetTrackingConfiguration::new()
        .target_value(target)
        .predefined_metric_specification(metric);
    policy(scope, "RequestScaling", group, tracking)
}

/// Capacities that a group or service takes on at set times; see [`WebAsg::schedule`](super::WebAsg::schedule) and
/// [`FargateService::schedule`](crate::containers::FargateService::schedule).
///
/// ```
/// use fc_constructs::compute::Schedule;
/// let evening = Schedule::cron("0 18 * * *").time_zone("Asia/Tokyo").min_capacity(4);
/// ```
#[derive(Clone, Debug)]
pub struct Schedule {
    recurrence: String,
    pub(crate) time_zone: Option<String>,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    pub(crate) desired: Option<i64>,
}

impl Schedule {
    /// Whenever a cron expression says: minute, hour, day of the month, month, day of the week.
    pub fn cron(expression: &str) -> Schedule {
        Schedule {
            recurrence: expression.into(),
            time_zone: None,
            min: None,
            max: None,
            desired: None,
        }
    }

    /// The time zone of the expression by its IANA name, such as `Asia/Tokyo`; UTC where nothing is said.
    #[must_use]
    pub fn time_zone(mut self, name: &str) -> Schedule {
        self.time_zone = Some(name.into());
        self
    }

    /// The least number of instances from then on; where nothing is said it stays as it is.
    #[must_use]
    pub fn min_capacity(mut self, count: u32) -> Schedule {
        self.min = Some(count.into());
        self
    }

    /// The greatest number of instances from then on; where nothing is said it stays as it is.
    #[must_use]
    pub fn max_capacity(mut self, count: u32) -> Schedule {
        self.max = Some(count.into());
        self
    }

    /// The number of instances then; scaling may change it afterwards.
    #[must_use]
    pub fn desired_capacity(mut self, count: u32) -> Schedule {
        self.desired = Some(count.into());
        self
    }

    /// The expression as services other than EC2 Auto Scaling want it: with a year, `?` for the day that does not count, and days of the
    /// week from 1 for Sunday.
    pub(crate) fn aws_cron(&self) -> Result<String, String> {
        let fields: Vec<&str> = self.recurrence.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(format!("`{}` is no cron expression of five fields", self.recurrence));
        };
        match (day, weekday) {
            (day, "*") => Ok(format!("{minute} {hour} {day} {month} ? *")),
            ("*", weekday) => {
                let weekday = shifted(weekday);
                Ok(format!("{minute} {hour} ? {month} {weekday} *"))
            }
            _ => {
                Err(format!("`{}` names a day of the month and a day of the week", self.recurrence))
            }
        }
    }

    #[track_caller]
    pub(super) fn build(
        self,
        scope: &Scope,
        id: &str,
        group: &autoscaling::AutoScalingGroupHandle,
    ) -> autoscaling::ScheduledActionHandle {
        let action = autoscaling::ScheduledAction::new()
            .auto_scaling_group_name(group)
            .recurrence(&self.recurrence)
            .time_zone(self.time_zone.as_ref())
            .min_size(self.min)
            .max_size(self.max)
            .desired_capacity(self.desired)
            .build(scope, id);
        if self.recurrence.split_whitespace().count() != 5 {
            let message = format!("`{}` is no cron expression of five fields", self.recurrence);
            let help = "give minute, hour, day of the month, month and day of the week, such as `0 18 * * *`";
            action.report(
                Diagnostic::error(codes::BAD_SCHEDULE, message).property("Recurrence").help(help),
            );
        }
        let (min, desired) = (self.min.unwrap_or(0), self.desired);
        let max = self.max.unwrap_or(i64::MAX);
        if self.min.is_none() && self.max.is_none() && desired.is_none() {
            let message = "the schedule changes no capacity";
            let help = "give `min_capacity`, `max_capacity` or `desired_capacity`";
            action.report(Diagnostic::error(codes::BAD_SCHEDULE, message).help(help));
        } else if min > max || desired.is_some_and(|desired| desired < min || desired > max) {
            let message = "the capacities of the schedule contradict each other";
            let help =
                "give a minimum that is at most the maximum, and a desired capacity between them";
            action.report(Diagnostic::error(codes::BAD_CAPACITY, message).help(help));
        }
        action
    }
}

/// Days of the week, of which 0 and 7 are Sunday, as AWS counts them: Sunday is 1. Names stay, and so does what follows a slash.
fn shifted(weekdays: &str) -> String {
    let (days, step) = weekdays.split_once('/').map_or((weekdays, None), |(a, b)| (a, Some(b)));
    let day = |day: &str| match day.parse::<u8>() {
        Ok(number) => (number % 7 + 1).to_string(),
        Err(_) if day == "*" => "1".to_owned(),
        Err(_) => day.to_owned(),
    };
    let range = |range: &str| range.split('-').map(day).collect::<Vec<_>>().join("-");
    let days = days.split(',').map(range).collect::<Vec<_>>().join(",");
    match step {
        Some(step) => format!("{days}/{step}"),
        None => days,
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn expressions_become_those_of_aws() {
        let aws = |expression| Schedule::cron(expression).aws_cron().unwrap_or_else(|error| error);
        assert_eq!(aws("0 18 * * *"), "0 18 * * ? *");
        assert_eq!(aws("30 9 1 */3 *"), "30 9 1 */3 ? *");
        assert_eq!(aws("0 9 * * 1-5"), "0 9 ? * 2-6 *");
        assert_eq!(aws("0 9 * * 0,6"), "0 9 ? * 1,7 *");
        assert_eq!(aws("0 9 * * MON-FRI"), "0 9 ? * MON-FRI *");
        assert_eq!(aws("0 9 * * */2"), "0 9 ? * 1/2 *");
        assert_eq!(aws("0 9 1 * 1"), "`0 9 1 * 1` names a day of the month and a day of the week");
        assert_eq!(aws("@daily"), "`@daily` is no cron expression of five fields");
    }
}
