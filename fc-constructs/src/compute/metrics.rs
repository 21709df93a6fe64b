//! What the load balancer and the servers of a [`WebAsg`] report.

use super::WebAsg;
use crate::monitoring::{Metric, Statistic};

/// Where the CloudWatch agent of the instances reports to.
pub(super) const AGENT_NAMESPACE: &str = "CWAgent";
/// What it calls the share of memory in use.
pub(super) const MEMORY_METRIC: &str = "mem_used_percent";

impl WebAsg {
    fn servers(&self, namespace: &str, name: &str) -> Metric {
        Metric::new(namespace, name).dimension("AutoScalingGroupName", &self.auto_scaling_group)
    }

    fn requests(&self, name: &str) -> Metric {
        Metric::new("AWS/ApplicationELB", name)
            .dimension("LoadBalancer", self.load_balancer.load_balancer_full_name())
            .dimension("TargetGroup", self.target_group.target_group_full_name())
    }

    /// The average load of the servers' processors, in percent.
    pub fn metric_cpu(&self) -> Metric {
        self.servers("AWS/EC2", "CPUUtilization")
    }

    /// The average use of the servers' memory, in percent, as their CloudWatch agent reports it.
    pub fn metric_memory(&self) -> Metric {
        self.servers(AGENT_NAMESPACE, MEMORY_METRIC)
    }

    /// How full the servers' disks are on average, in percent, as their CloudWatch agent reports it.
    pub fn metric_disk(&self) -> Metric {
        self.servers(AGENT_NAMESPACE, "disk_used_percent")
    }

    /// The number of servers in service.
    pub fn metric_servers(&self) -> Metric {
        self.servers("AWS/AutoScaling", "GroupInServiceInstances")
    }

    /// The number of requests.
    pub fn metric_requests(&self) -> Metric {
        self.requests("RequestCount").statistic(Statistic::Sum)
    }

    /// How long the servers take to answer, in seconds.
    pub fn metric_response_time(&self) -> Metric {
        self.requests("TargetResponseTime")
    }

    /// The number of answers with a status from 500 that the servers gave.
    pub fn metric_server_errors(&self) -> Metric {
        self.requests("HTTPCode_Target_5XX_Count").statistic(Statistic::Sum)
    }

    /// The number of answers with a status from 500 that the load balancer gave itself, since no server did.
    pub fn metric_load_balancer_errors(&self) -> Metric {
        Metric::new("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count")
            .dimension("LoadBalancer", self.load_balancer.load_balancer_full_name())
            .statistic(Statistic::Sum)
    }

    /// The number of servers that fail the health check.
    pub fn metric_unhealthy_servers(&self) -> Metric {
        self.requests("UnHealthyHostCount").statistic(Statistic::Maximum)
    }
}
