//! [`Alarm`]: says when a metric is not as it should be.

use fc_cdk_aws::{
    cloudwatch::{
        self, AlarmMetric, AlarmMetricDataQuery, AlarmMetricStat, AlarmTreatMissingData,
        ComparisonOperator,
    },
    ids,
};
use fc_cdk_core::{Diagnostic, IntoList, IntoValue, List, Node, Scope, Value};

use super::{Math, Metric, Series, Statistic, codes, needs};
use crate::{builder::construct, handle::stands_for, messaging::Topic};

const LIMITS: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html";

/// Where a metric stops being as it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    comparison: Comparison,
    value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Threshold {
    /// Values above this are not as they should be.
    pub fn above(value: impl Into<f64>) -> Threshold {
        Threshold { comparison: Comparison::Above, value: value.into() }
    }

    /// Values of this or more are not as they should be.
    pub fn at_least(value: impl Into<f64>) -> Threshold {
        Threshold { comparison: Comparison::AtLeast, value: value.into() }
    }

    /// Values below this are not as they should be.
    pub fn below(value: impl Into<f64>) -> Threshold {
        Threshold { comparison: Comparison::Below, value: value.into() }
    }

    /// Values of this or less are not as they should be.
    pub fn at_most(value: impl Into<f64>) -> Threshold {
        Threshold { comparison: Comparison::AtMost, value: value.into() }
    }

    /// The number, for lines in graphs.
    pub fn value(&self) -> f64 {
        self.value
    }

    fn operator(&self) -> Value<ComparisonOperator> {
        match self.comparison {
            Comparison::Above => ComparisonOperator::GreaterThanThreshold,
            Comparison::AtLeast => ComparisonOperator::GreaterThanOrEqualToThreshold,
            Comparison::Below => ComparisonOperator::LessThanThreshold,
            Comparison::AtMost => ComparisonOperator::LessThanOrEqualToThreshold,
        }
    }
}

/// What an alarm makes of periods without data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingData {
    /// No data is bad: right for what has to report all the time.
    Breaching,
    /// No data is good: right for counts of errors, which are silent where there are none.
    NotBreaching,
    /// The alarm stays as it is.
    Ignore,
    /// The alarm says that there is not enough data.
    Missing,
}

/// An alarm on a metric, or on math over metrics.
///
/// Makes one `AWS::CloudWatch::Alarm`. It tells its topics when it goes off and when it is over, and lets CloudWatch send to them, also where they
/// are encrypted.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::{messaging::Topic, monitoring::{Alarm, Metric, MissingData, Statistic, Threshold}};
/// let app = App::new();
/// let stack = Stack::new(&app, "Monitoring");
/// let topic = Topic::builder().build(&stack, "Alarms");
/// Alarm::builder()
///     .metric(Metric::new("AWS/Lambda", "Errors").dimension("FunctionName", "notifier").statistic(Statistic::Sum))
///     .threshold(Threshold::above(0))
///     .evaluation_periods(1u32)
///     .missing_data(MissingData::NotBreaching)
///     .topics([topic])
///     .build(&stack, "NotifierFails");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html>.
#[derive(Clone)]
pub struct Alarm {
    /// The alarm itself, for everything that has no setting here.
    pub handle: cloudwatch::AlarmHandle,
    /// What it watches.
    pub series: Series,
    /// Where it goes off.
    pub threshold: Threshold,
}

construct! {
    Alarm, AlarmBuilder, AlarmOptions {
        required {
            /// What is watched: a [`Metric`], or [`Math`] over metrics.
            metric: Into<Series>,
            /// Where it stops being as it should be: `Threshold::above(80)`.
            threshold: Into<Threshold>,
        }
        optional {
            /// How many of the latest periods are looked at. Default: 3.
            evaluation_periods: Into<u32> = 3,
            /// In how many of these the threshold has to be passed. Default: all of them.
            datapoints_to_alarm: Into<u32>,
            /// What periods without data mean. Default: that the alarm does not know.
            missing_data: Into<MissingData> = MissingData::Missing,
            /// Who hears of it, when it goes off and when it is over. Default: nobody.
            topics: Into<Vec<Topic>> = Vec::new(),
            /// What it means and what to do, for whoever is woken up. Default: nothing.
            description: Into<String>,
            /// The name, unique in the account and region. Default: CloudFormation makes one.
            alarm_name: IntoValue<String>,
        }
    }
}

impl Alarm {
    fn create(scope: &Scope, series: Series, threshold: Threshold, options: AlarmOptions) -> Alarm {
        check(scope, &series, &options);
        let mut alarm = cloudwatch::Alarm::new()
            .alarm_name(options.alarm_name)
            .alarm_description(options.description)
            .comparison_operator(threshold.operator())
            .threshold(number(threshold.value))
            .evaluation_periods(options.evaluation_periods)
            .datapoints_to_alarm(options.datapoints_to_alarm)
            .treat_missing_data(match options.missing_data {
                MissingData::Breaching => AlarmTreatMissingData::Breaching,
                MissingData::NotBreaching => AlarmTreatMissingData::NotBreaching,
                MissingData::Ignore => AlarmTreatMissingData::Ignore,
                MissingData::Missing => AlarmTreatMissingData::Missing,
            });
        alarm = match &series {
            Series::Metric(metric) => {
                let name = metric.statistic.name();
                let alarm = alarm
                    .namespace(metric.namespace.as_str())
                    .metric_name(metric.name.as_str())
                    .dimensions(dimensions(metric))
                    .period(metric.period.as_secs() as i64);
                match metric.statistic {
                    Statistic::Percentile(_) => alarm.extended_statistic(name.as_ref()),
                    _ => alarm.statistic(name.as_ref()),
                }
            }
            Series::Math(math) => alarm.metrics(queries(math)),
        };
        let alarm = Alarm { handle: alarm.build(scope, "Resource"), series, threshold };
        for topic in &options.topics {
            alarm.notify(topic);
        }
        alarm
    }

    /// Tells a topic when the alarm goes off and when it is over.
    pub fn notify(&self, topic: &Topic) {
        topic.allow_service("cloudwatch.amazonaws.com");
        for property in ["AlarmActions", "OKActions"] {
            let arn = topic.arn().into_node();
            self.handle.update_property(property, |actions| {
                let mut actions = actions.as_list().map(<[_]>::to_vec).unwrap_or_default();
                if !actions.contains(&arn) {
                    actions.push(arn);
                }
                actions.into()
            });
        }
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::cloudwatch::AlarmArn> {
        self.handle.arn()
    }
}

stands_for!(Alarm.handle: cloudwatch::AlarmHandle);

/// A whole number without a decimal point.
pub(super) fn number(value: f64) -> Value<f64> {
    let whole = value as i64;
    if whole as f64 == value { whole.into_value() } else { value.into_value() }
}

/// The dimensions, or nothing where there are none.
fn dimensions(metric: &Metric) -> Value<List<cloudwatch::Dimension>> {
    if metric.dimensions.is_empty() {
        return Value::from_node(Node::Null);
    }
    let dimension = |(name, value): &(String, Value<String>)| {
        cloudwatch::Dimension::new().name(name.as_str()).value(value)
    };
    metric.dimensions.iter().map(dimension).into_list()
}

/// The expression, and the metrics that it is over.
fn queries(math: &Math) -> Vec<Value<AlarmMetricDataQuery>> {
    let period = math.period.as_secs() as i64;
    let result = AlarmMetricDataQuery::new()
        .id("result")
        .expression(math.expression.as_str())
        .label(math.label.as_deref())
        .return_data(true);
    let mut queries = vec![result.into_value()];
    for (id, metric) in &math.metrics {
        let of = AlarmMetric::new()
            .namespace(metric.namespace.as_str())
            .metric_name(metric.name.as_str());
        let of = of.dimensions(dimensions(metric));
        let stat =
            AlarmMetricStat::new().metric(of).period(period).stat(metric.statistic.name().as_ref());
        queries.push(
            AlarmMetricDataQuery::new()
                .id(id.as_str())
                .metric_stat(stat)
                .return_data(false)
                .into_value(),
        );
    }
    queries
}

fn check(scope: &Scope, series: &Series, options: &AlarmOptions) {
    let report = |message: String, property: &str, help: &str| {
        let diagnostic =
            Diagnostic::error(codes::BAD_ALARM, message).property(property).help(help).docs(LIMITS);
        scope.report(diagnostic);
    };
    let (periods, period) = (options.evaluation_periods, series.period());
    let datapoints = options.datapoints_to_alarm.unwrap_or(periods);
    if periods == 0 {
        report(
            "an alarm looks at one period at least".into(),
            "evaluation_periods",
            "give 1 or more",
        );
    } else if !(1..=periods).contains(&datapoints) {
        let message = format!("{datapoints} of {periods} periods can never be bad");
        report(
            message,
            "datapoints_to_alarm",
            &format!("give 1 to {periods}, or raise `evaluation_periods`"),
        );
    }
    let seconds = period.as_secs();
    if !(matches!(seconds, 10 | 20 | 30) || (seconds > 0 && seconds % 60 == 0))
        || period.subsec_nanos() > 0
    {
        let message = format!("a period of {period:?} is none that CloudWatch has");
        report(message, "metric", "give 10, 20 or 30 seconds, or a multiple of a minute");
    }
    let (limit, days) = if seconds < 3600 { (86_400, "a day") } else { (604_800, "seven days") };
    if u64::from(periods) * seconds > limit {
        let message = format!(
            "{periods} periods of {period:?} are longer than {days}, the most that an alarm looks back"
        );
        report(message, "evaluation_periods", "look at fewer periods");
    }
    if let Series::Math(math) = series {
        for problem in math_problems(math) {
            report(
                problem,
                "metric",
                "name each metric of the expression, with a lower-case letter first",
            );
        }
    }
}

fn math_problems(math: &Math) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, (name, _)) in math.metrics.iter().enumerate() {
        let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !well_formed {
            problems.push(format!("`{name}` is no name for a metric of an expression"));
        } else if name == "result" || math.metrics[..place].iter().any(|(other, _)| other == name) {
            problems.push(format!("the name `{name}` is taken"));
        }
    }
    // CloudWatch takes ten metrics and expressions for an alarm.
    if math.metrics.len() > 9 {
        problems.push(format!("an alarm is over 9 metrics at most, not {}", math.metrics.len()));
    }
    problems
}
