//! What the load balancer and the tasks of a [`FargateService`] report.

use super::FargateService;
use crate::monitoring::{Metric, Statistic};

impl FargateService {
    fn tasks(&self, name: &str) -> Metric {
        Metric::new("AWS/ECS", name)
            .dimension("ClusterName", self.cluster.name())
            .dimension("ServiceName", self.service.name())
    }

    fn requests(&self, name: &str) -> Metric {
        Metric::new("AWS/ApplicationELB", name)
            .dimension("LoadBalancer", self.load_balancer.load_balancer_full_name())
            .dimension("TargetGroup", self.target_group.target_group_full_name())
    }

    /// The average load of the tasks' processors, in percent.
    pub fn metric_cpu(&self) -> Metric {
        self.tasks("CPUUtilization")
    }

    /// The average use of the tasks' memory, in percent.
    pub fn metric_memory(&self) -> Metric {
        self.tasks("MemoryUtilization")
    }

    /// The number of tasks that run, as Container Insights of the cluster reports it.
    pub fn metric_running_tasks(&self) -> Metric {
        Metric::new("ECS/ContainerInsights", "RunningTaskCount")
            .dimension("ClusterName", self.cluster.name())
            .dimension("ServiceName", self.service.name())
    }

    /// The number of requests.
    pub fn metric_requests(&self) -> Metric {
        self.requests("RequestCount").statistic(Statistic::Sum)
    }

    /// How long the tasks take to answer, in seconds.
    pub fn metric_response_time(&self) -> Metric {
        self.requests("TargetResponseTime")
    }

    /// The number of answers with a status from 500 that the tasks gave.
    pub fn metric_server_errors(&self) -> Metric {
        self.requests("HTTPCode_Target_5XX_Count").statistic(Statistic::Sum)
    }

    /// The number of answers with a status from 500 that the load balancer gave itself, since no task did.
    pub fn metric_load_balancer_errors(&self) -> Metric {
        Metric::new("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count")
            .dimension("LoadBalancer", self.load_balancer.load_balancer_full_name())
            .statistic(Statistic::Sum)
    }

    /// The number of tasks that fail the health check.
    pub fn metric_unhealthy_tasks(&self) -> Metric {
        self.requests("UnHealthyHostCount").statistic(Statistic::Maximum)
    }
}
