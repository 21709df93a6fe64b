//! [`Metric`]: a series of numbers that CloudWatch keeps.

use std::{borrow::Cow, time::Duration};

use fc_cdk_core::{IntoValue, Value};

/// How the values of a period become one number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are CloudWatch's")]
pub enum Statistic {
    Average,
    Maximum,
    Minimum,
    SampleCount,
    Sum,
    /// A percentile, such as 99.
    Percentile(u8),
}

impl Statistic {
    /// CloudWatch's word for it: `Average`, `p99`.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Statistic::Average => "Average".into(),
            Statistic::Maximum => "Maximum".into(),
            Statistic::Minimum => "Minimum".into(),
            Statistic::SampleCount => "SampleCount".into(),
            Statistic::Sum => "Sum".into(),
            Statistic::Percentile(percent) => format!("p{percent}").into(),
        }
    }
}

/// A metric of CloudWatch: what alarms compare and dashboards draw.
///
/// ```
/// use fc_constructs::monitoring::{Metric, Statistic};
/// let load = Metric::new("AWS/EC2", "CPUUtilization").dimension("AutoScalingGroupName", "web").statistic(Statistic::Maximum);
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Who publishes it, such as `AWS/EC2`.
    pub namespace: String,
    /// Its name, such as `CPUUtilization`.
    pub name: String,
    /// What it is about.
    pub dimensions: Vec<(String, Value<String>)>,
    /// How the values of a period become one number; the average where nothing is said.
    pub statistic: Statistic,
    /// The length of a period; five minutes where nothing is said.
    pub period: Duration,
    /// What dashboards call it; CloudWatch's own name where nothing is said.
    pub label: Option<String>,
}

impl Metric {
    /// A metric by its namespace and name.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Metric {
        Metric {
            namespace: namespace.into(),
            name: name.into(),
            dimensions: Vec::new(),
            statistic: Statistic::Average,
            period: Duration::from_secs(300),
            label: None,
        }
    }

    /// The metric of one thing, such as one load balancer.
    #[must_use]
    pub fn dimension(mut self, name: impl Into<String>, value: impl IntoValue<String>) -> Metric {
        self.dimensions.push((name.into(), value.into_value()));
        self
    }

    /// How the values of a period become one number.
    #[must_use]
    pub fn statistic(mut self, statistic: Statistic) -> Metric {
        self.statistic = statistic;
        self
    }

    /// The length of a period: a minute or a multiple of it.
    #[must_use]
    pub fn period(mut self, period: Duration) -> Metric {
        self.period = period;
        self
    }

    /// What dashboards call it.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Metric {
        self.label = Some(label.into());
        self
    }
}
