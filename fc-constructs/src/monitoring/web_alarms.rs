//! [`WebAlarms`]: the alarms that web servers behind a load balancer should have.

use std::time::Duration;

use fc_cdk_core::{IntoValue, Value};

use super::{AlarmRule, AlarmRules, Math, Metric, MissingData, Statistic, Threshold, thresholds};

const MINUTE: Duration = Duration::from_secs(60);

/// The alarms that an Auto Scaling group or a service of ECS should have, behind an Application Load Balancer or not.
///
/// | what | goes off | needs |
/// |---|---|---|
/// | CPU | above 80 % for 15 minutes | |
/// | memory | above 85 % for 15 minutes | of a group: the CloudWatch agent, with metrics by `AutoScalingGroupName` |
/// | errors | above 5 % of the requests for 5 minutes | a load balancer |
/// | latency | the slowest twentieth of the requests above 1 second for 5 minutes | a load balancer |
/// | unhealthy hosts | one or more for 5 minutes | a load balancer |
///
/// Each setter takes another threshold, or `None` for no such alarm.
///
/// ```
/// use fc_constructs::monitoring::{Threshold, WebAlarms};
/// let alarms = WebAlarms::of("web-asg")
///     .load_balancer("app/web/50dc6c495c0c9188", "targetgroup/web/73e2d6bc24d8a067")
///     .latency(Threshold::above(0.5));
/// ```
#[derive(Clone, Debug)]
pub struct WebAlarms {
    servers: Servers,
    balancer: Option<(Value<String>, Value<String>)>,
    cpu: Option<Threshold>,
    memory: Option<Threshold>,
    errors: Option<Threshold>,
    latency: Option<Threshold>,
    unhealthy_hosts: Option<Threshold>,
}

/// Who answers.
#[derive(Clone, Debug)]
enum Servers {
    Group(Value<String>),
    Service { cluster: Value<String>, name: Value<String> },
}

impl WebAlarms {
    /// The alarms of an Auto Scaling group, by its name.
    pub fn of(auto_scaling_group: impl IntoValue<String>) -> WebAlarms {
        WebAlarms::with(Servers::Group(auto_scaling_group.into_value()))
    }

    /// The alarms of a service of ECS, by the names of its cluster and its own.
    pub fn of_service(cluster: impl IntoValue<String>, name: impl IntoValue<String>) -> WebAlarms {
        WebAlarms::with(Servers::Service { cluster: cluster.into_value(), name: name.into_value() })
    }

    fn with(servers: Servers) -> WebAlarms {
        WebAlarms {
            servers,
            balancer: None,
            cpu: Some(Threshold::above(80)),
            memory: Some(Threshold::above(85)),
            errors: Some(Threshold::above(5)),
            latency: Some(Threshold::above(1)),
            unhealthy_hosts: Some(Threshold::at_least(1)),
        }
    }

    /// The load balancer and the target group of the servers, by their full names, such as `app/web/50dc6c495c0c9188` and
    /// `targetgroup/web/73e2d6bc24d8a067`: the attributes `load_balancer_full_name` and `target_group_full_name`.
    #[must_use]
    pub fn load_balancer(
        mut self,
        full_name: impl IntoValue<String>,
        target_group_full_name: impl IntoValue<String>,
    ) -> WebAlarms {
        self.balancer = Some((full_name.into_value(), target_group_full_name.into_value()));
        self
    }

    thresholds! {
        /// The mean load of the processors, in percent.
        cpu
        /// The mean use of memory, in percent, as the CloudWatch agent reports it.
        memory
        /// The share of requests that the servers or the load balancer answered with a status of 500 to 599, in percent.
        errors
        /// The time in seconds in which 95 of 100 requests are answered.
        latency
        /// How many servers fail their health check.
        unhealthy_hosts
    }

    fn metric(&self, of_group: (&str, &str), of_service: &str) -> Metric {
        match &self.servers {
            Servers::Group(group) => {
                Metric::new(of_group.0, of_group.1).dimension("AutoScalingGroupName", group)
            }
            Servers::Service { cluster, name } => Metric::new("AWS/ECS", of_service)
                .dimension("ClusterName", cluster)
                .dimension("ServiceName", name),
        }
    }
}

impl AlarmRules for WebAlarms {
    fn alarm_rules(&self) -> Vec<AlarmRule> {
        let mut rules = Vec::new();
        let mut rule = |threshold: Option<Threshold>, rule: AlarmRule| {
            rules.extend(threshold.map(|threshold| AlarmRule { threshold, ..rule }));
        };
        let servers = AlarmRule {
            id: "Cpu",
            title: "CPU (%)",
            series: self.metric(("AWS/EC2", "CPUUtilization"), "CPUUtilization").into(),
            threshold: Threshold::above(80),
            evaluation_periods: 3,
            missing_data: MissingData::Missing,
            description: "The servers are busy although the group should have grown: look at its largest size.",
        };
        rule(self.cpu, servers.clone());
        let memory = AlarmRule {
            id: "Memory",
            title: "Memory (%)",
            series: self.metric(("CWAgent", "mem_used_percent"), "MemoryUtilization").into(),
            description: "The servers run out of memory: look for a leak, or take larger ones.",
            ..servers.clone()
        };
        rule(self.memory, memory);
        let Some((balancer, target_group)) = &self.balancer else { return rules };
        let of_balancer = |name: &str| {
            let metric =
                Metric::new("AWS/ApplicationELB", name).dimension("LoadBalancer", balancer);
            metric.statistic(Statistic::Sum).period(MINUTE)
        };
        let of_targets = |name: &str| of_balancer(name).dimension("TargetGroup", target_group);
        let requests =
            AlarmRule { evaluation_periods: 5, missing_data: MissingData::NotBreaching, ..servers };
        let share = Math::new("100 * (FILL(servers, 0) + FILL(balancer, 0)) / requests")
            .metric("servers", of_targets("HTTPCode_Target_5XX_Count"))
            .metric("balancer", of_balancer("HTTPCode_ELB_5XX_Count"))
            .metric("requests", of_balancer("RequestCount"))
            .period(MINUTE)
            .label("errors");
        let errors = AlarmRule {
            id: "Errors",
            title: "Requests that failed (%)",
            series: share.into(),
            description: "Requests fail with a status of 500 to 599: look at the logs of the servers.",
            ..requests.clone()
        };
        rule(self.errors, errors);
        let latency = AlarmRule {
            id: "Latency",
            title: "Time to answer, 95th percentile (s)",
            series: of_targets("TargetResponseTime").statistic(Statistic::Percentile(95)).into(),
            description: "Requests are slow: look at the servers' load and at the database.",
            ..requests.clone()
        };
        rule(self.latency, latency);
        let unhealthy = AlarmRule {
            id: "UnhealthyHosts",
            title: "Servers that fail their health check",
            series: of_targets("UnHealthyHostCount").statistic(Statistic::Maximum).into(),
            description: "Servers fail their health check and are not replaced in time: look at their logs.",
            ..requests
        };
        rule(self.unhealthy_hosts, unhealthy);
        rules
    }
}
