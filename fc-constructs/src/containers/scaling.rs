//! How many tasks there are: targets and schedules.

use fc_cdk_aws::{
    applicationautoscaling::{
        self as scaling, PredefinedMetricSpecification,
        PredefinedMetricSpecificationPredefinedMetricType as Predefined,
        ScalableTargetScalableDimension, ScalingPolicyPolicyType, ServiceNamespace,
        TargetTrackingScalingPolicyConfiguration,
    },
    ecs,
};
use fc_cdk_core::{Diagnostic, Node, Scope, Value, json, rules::Rule, sub};

use super::{Cluster, codes};
use crate::compute::{
    Schedule,
    scaling::{Capacity, check_percent, check_requests},
};

/// What keeps the number of tasks between two bounds.
pub(super) fn target(
    scope: &Scope,
    cluster: &Cluster,
    service: &ecs::ServiceHandle,
    capacity: &Capacity,
) -> scaling::ScalableTargetHandle {
    let (cluster, name) = (cluster.name(), service.name());
    scaling::ScalableTarget::new()
        .service_namespace(ServiceNamespace::Ecs)
        .scalable_dimension(ScalableTargetScalableDimension::EcsServiceDesiredCount)
        .resource_id(sub!("service/{cluster}/{name}"))
        .min_capacity(&capacity.min)
        .max_capacity(&capacity.max)
        .build(scope, "ScalableTarget")
}

/// A policy that follows a target. The ids are other than those of a `WebAsg`, since no resource can become one of another type.
fn policy(
    scope: &Scope,
    id: &str,
    target: &scaling::ScalableTargetHandle,
    value: u32,
    metric: impl fc_cdk_core::IntoValue<PredefinedMetricSpecification>,
) -> scaling::ScalingPolicyHandle {
    // Out at once, in with care: a task takes a minute to start, and seconds to go.
    let tracking = TargetTrackingScalingPolicyConfiguration::new()
        .target_value(value)
        .predefined_metric_specification(metric)
        .scale_out_cooldown(60)
        .scale_in_cooldown(300);
    scaling::ScalingPolicy::new()
        .policy_name(id)
        .policy_type(ScalingPolicyPolicyType::TargetTrackingScaling)
        .scaling_target_id(target.ref_value::<String>())
        .target_tracking_scaling_policy_configuration(tracking)
        .build(scope, id)
}

/// Keeps the average load of the processors near a target.
pub(super) fn on_cpu(
    scope: &Scope,
    target: &scaling::ScalableTargetHandle,
    percent: u8,
) -> scaling::ScalingPolicyHandle {
    check_percent(scope, "cpu_target", percent);
    let metric = PredefinedMetricSpecification::new()
        .predefined_metric_type(Predefined::EcsServiceAverageCpuUtilization);
    policy(scope, "TaskCpuScaling", target, percent.into(), metric)
}

/// Keeps the average use of memory near a target.
pub(super) fn on_memory(
    scope: &Scope,
    target: &scaling::ScalableTargetHandle,
    percent: u8,
) -> scaling::ScalingPolicyHandle {
    check_percent(scope, "memory_target", percent);
    let metric = PredefinedMetricSpecification::new()
        .predefined_metric_type(Predefined::EcsServiceAverageMemoryUtilization);
    policy(scope, "TaskMemoryScaling", target, percent.into(), metric)
}

/// Keeps the requests per task and minute near a target.
pub(super) fn on_requests(
    scope: &Scope,
    target: &scaling::ScalableTargetHandle,
    requests: u32,
    label: Value<String>,
) -> scaling::ScalingPolicyHandle {
    check_requests(scope, requests);
    let metric = PredefinedMetricSpecification::new()
        .predefined_metric_type(Predefined::AlbRequestCountPerTarget)
        .resource_label(label);
    policy(scope, "TaskRequestScaling", target, requests, metric)
}

/// Adds bounds that the target takes on at set times.
pub(super) fn schedule(target: &scaling::ScalableTargetHandle, id: &str, schedule: &Schedule) {
    let expression = schedule.aws_cron();
    let report = |rule: &'static Rule, message: String, help: &str| {
        target.report(Diagnostic::error(rule, message).property("ScheduledActions").help(help));
    };
    let expression = expression.unwrap_or_else(|message| {
        report(codes::BAD_SCHEDULE, message, "give minute, hour, day of the month, month and day of the week, such as `0 18 * * *`, and only one of the two days");
        "* * * * ? *".to_owned()
    });
    if schedule.desired.is_some() {
        let help = "give the same `min_capacity` and `max_capacity`";
        report(
            codes::BAD_SCHEDULE,
            "a service is scheduled by its bounds, not by a number of tasks".into(),
            help,
        );
    } else if schedule.min.is_none() && schedule.max.is_none() {
        let help = "give `min_capacity` or `max_capacity`";
        report(codes::BAD_SCHEDULE, "the schedule changes no capacity".into(), help);
    } else if let (Some(min), Some(max)) = (schedule.min, schedule.max)
        && min > max
    {
        let message = format!("the minimum {min} of the schedule is above its maximum {max}");
        report(codes::BAD_CAPACITY, message, "raise `max_capacity` or lower `min_capacity`");
    }
    let mut bounds = fc_cdk_core::Map::new();
    for (name, bound) in [("MaxCapacity", schedule.max), ("MinCapacity", schedule.min)] {
        if let Some(bound) = bound {
            bounds.insert(name, bound);
        }
    }
    let mut action = json!({
        "ScalableTargetAction": Node::Map(bounds),
        "Schedule": format!("cron({expression})"),
        "ScheduledActionName": id,
    });
    if let (Some(zone), Node::Map(action)) = (&schedule.time_zone, &mut action) {
        action.insert("Timezone", zone.as_str());
    }
    target.update_property("ScheduledActions", |actions| {
        let mut actions = if let Node::List(actions) = actions { actions } else { Vec::new() };
        actions.push(action);
        Node::List(actions)
    });
}
