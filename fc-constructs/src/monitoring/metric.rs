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

/// Math over metrics: a series of numbers that CloudWatch computes when it is looked at.
///
/// ```
/// use fc_constructs::monitoring::{Math, Metric, Statistic};
/// let of_balancer = |name: &str| Metric::new("AWS/ApplicationELB", name).dimension("LoadBalancer", "app/web/0123").statistic(Statistic::Sum);
/// let share = Math::new("100 * errors / requests")
///     .metric("errors", of_balancer("HTTPCode_Target_5XX_Count"))
///     .metric("requests", of_balancer("RequestCount"))
///     .label("errors (%)");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.
#[derive(Clone, Debug)]
pub struct Math {
    /// The expression, over the names of the metrics.
    pub expression: String,
    /// The metrics, by the names that the expression has for them.
    pub metrics: Vec<(String, Metric)>,
    /// The length of a period, for the expression and all its metrics; five minutes where nothing is said.
    pub period: Duration,
    /// What dashboards call it; the expression where nothing is said.
    pub label: Option<String>,
}

impl Math {
    /// An expression over metrics that are yet to be given.
    pub fn new(expression: impl Into<String>) -> Math {
        let period = Duration::from_secs(300);
        Math { expression: expression.into(), metrics: Vec::new(), period, label: None }
    }

    /// A metric by the name that the expression has for it: a lower-case letter, then letters, digits and underscores.
    #[must_use]
    pub fn metric(mut self, name: impl Into<String>, metric: Metric) -> Math {
        self.metrics.push((name.into(), metric));
        self
    }

    /// The length of a period: a minute or a multiple of it.
    #[must_use]
    pub fn period(mut self, period: Duration) -> Math {
        self.period = period;
        self
    }

    /// What dashboards call it.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Math {
        self.label = Some(label.into());
        self
    }
}

/// What an alarm watches and a graph draws: a metric, or math over metrics. Both turn into it by themselves.
#[derive(Clone, Debug)]
pub enum Series {
    /// Numbers that CloudWatch keeps.
    Metric(Metric),
    /// Numbers that CloudWatch computes.
    Math(Math),
}

impl Series {
    /// The length of a period.
    pub fn period(&self) -> Duration {
        match self {
            Series::Metric(metric) => metric.period,
            Series::Math(math) => math.period,
        }
    }
}

impl From<Metric> for Series {
    fn from(metric: Metric) -> Series {
        Series::Metric(metric)
    }
}

impl From<Math> for Series {
    fn from(math: Math) -> Series {
        Series::Math(math)
    }
}
