//! [`Dashboard`]: graphs, numbers, alarms and text on a page of CloudWatch.

use std::{cell::RefCell, rc::Rc};

use fc_cdk_aws::cloudwatch;
use fc_cdk_core::{Diagnostic, IntoValue, Map, Node, Scope, intrinsics, json};

use super::{Alarm, Metric, Series, codes};
use crate::{builder::construct, handle::stands_for, json_text::json_text};

/// The columns of a dashboard; a row is as high as its highest widget.
const COLUMNS: u32 = 24;

/// The most widgets of a dashboard.
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>.
const MOST_WIDGETS: usize = 500;

/// A page of graphs, numbers, alarms and text.
///
/// Makes one `AWS::CloudWatch::Dashboard`. Widgets stand in the order in which they were added, from left to right, and go on in a new row where
/// they do not fit. They show the region of the stack.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::monitoring::{Dashboard, Metric, Widget};
/// let app = App::new();
/// let stack = Stack::new(&app, "Monitoring");
/// let load = Metric::new("AWS/EC2", "CPUUtilization").dimension("AutoScalingGroupName", "web");
/// let dashboard = Dashboard::builder().dashboard_name("shop").build(&stack, "Dashboard");
/// dashboard.add(Widget::text("# The shop"));
/// dashboard.add(Widget::graph("CPU of the web servers (%)").metric(load).line("alarm", 80));
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>.
#[derive(Clone)]
pub struct Dashboard {
    /// The dashboard itself, for everything that has no setting here.
    pub handle: cloudwatch::DashboardHandle,
    widgets: Rc<RefCell<Vec<Widget>>>,
}

construct! {
    Dashboard, DashboardBuilder, DashboardOptions {
        required {}
        optional {
            /// The name, unique in the account: letters, digits, dashes and underscores. Default: CloudFormation makes one.
            dashboard_name: IntoValue<String>,
            /// The first widgets. Default: none.
            widgets: Into<Vec<Widget>> = Vec::new(),
        }
    }
}

impl Dashboard {
    fn create(scope: &Scope, options: DashboardOptions) -> Dashboard {
        let handle = cloudwatch::Dashboard::new()
            .dashboard_name(options.dashboard_name)
            .dashboard_body("")
            .build(scope, "Resource");
        let widgets = Rc::new(RefCell::new(options.widgets));
        let shown = widgets.clone();
        handle.scope().at_synth(move |scope| {
            let widgets = shown.borrow();
            problems(&widgets).into_iter().for_each(|problem| scope.report(problem));
            if let Some(resource) = scope.as_resource() {
                resource.set_property("DashboardBody", json_text(&body(&widgets)));
            }
        });
        Dashboard { handle, widgets }
    }

    /// Adds a widget after the others.
    pub fn add(&self, widget: Widget) -> &Dashboard {
        self.widgets.borrow_mut().push(widget);
        self
    }
}

stands_for!(Dashboard.handle: cloudwatch::DashboardHandle);

/// A part of a [`Dashboard`].
#[derive(Clone, Debug)]
pub struct Widget {
    kind: &'static str,
    width: u32,
    height: u32,
    properties: Map,
    metrics: Vec<Node>,
    lines: Vec<Node>,
    /// The names that expressions have for metrics.
    names: Vec<String>,
}

impl Widget {
    fn new(kind: &'static str, width: u32, height: u32, properties: Map) -> Widget {
        let (metrics, lines, names) = Default::default();
        Widget { kind, width, height, properties, metrics, lines, names }
    }

    fn of_metrics(view: &'static str, title: &str, width: u32, height: u32) -> Widget {
        let properties = Map::new().with("title", title).with("view", view);
        Widget::new("metric", width, height, properties.with("region", intrinsics::region()))
    }

    /// Metrics over time, as lines; half as wide as the dashboard and 6 rows high.
    pub fn graph(title: &str) -> Widget {
        Widget::of_metrics("timeSeries", title, COLUMNS / 2, 6)
    }

    /// The latest values of metrics; a quarter as wide as the dashboard and 3 rows high.
    pub fn numbers(title: &str) -> Widget {
        Widget::of_metrics("singleValue", title, COLUMNS / 4, 3)
    }

    /// Whether alarms are on; as wide as the dashboard and 2 rows high.
    pub fn alarms<'a>(title: &str, alarms: impl IntoIterator<Item = &'a Alarm>) -> Widget {
        let arns: Vec<Node> = alarms.into_iter().map(|alarm| alarm.arn().into_node()).collect();
        Widget::new("alarm", COLUMNS, 2, Map::new().with("title", title).with("alarms", arns))
    }

    /// Text in Markdown; as wide as the dashboard and 1 row high.
    pub fn text(markdown: &str) -> Widget {
        let properties = Map::new().with("markdown", markdown).with("background", "transparent");
        Widget::new("text", COLUMNS, 1, properties)
    }

    /// Adds a metric, or math over metrics, with the scale on the left.
    #[must_use]
    pub fn metric(self, series: impl Into<Series>) -> Widget {
        self.with_series(series.into(), "left")
    }

    /// Adds a metric, or math over metrics, with a scale of its own on the right.
    #[must_use]
    pub fn metric_right(self, series: impl Into<Series>) -> Widget {
        self.with_series(series.into(), "right")
    }

    /// Draws a horizontal line, such as where an alarm goes off.
    #[must_use]
    pub fn line(mut self, label: &str, value: impl Into<f64>) -> Widget {
        let value = IntoValue::<f64>::into_value(super::alarm::number(value.into())).into_node();
        self.lines.push(json!({ "label": label, "value": value }));
        self
    }

    /// Draws the areas below the lines on top of each other.
    #[must_use]
    pub fn stacked(mut self) -> Widget {
        self.properties.insert("stacked", true);
        self
    }

    /// The width, 1 to 24 columns, and the height in rows, 1 to 1,000.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Widget {
        (self.width, self.height) = (width, height);
        self
    }

    fn with_series(mut self, series: Series, axis: &'static str) -> Widget {
        match series {
            Series::Metric(metric) => {
                let mut options = options(&metric);
                if let Some(label) = &metric.label {
                    options.insert("label", label.as_str());
                }
                if axis == "right" {
                    options.insert("yAxis", axis);
                }
                self.metrics.push(row(&metric, options));
            }
            Series::Math(math) => {
                for (name, metric) in &math.metrics {
                    let metric = metric.clone().period(math.period);
                    let options = options(&metric).with("id", name.as_str()).with("visible", false);
                    self.metrics.push(row(&metric, options));
                    self.names.push(name.clone());
                }
                let label = math.label.as_deref().unwrap_or(&math.expression);
                let mut expression = Map::new()
                    .with("expression", math.expression.as_str())
                    .with("label", label)
                    .with("period", math.period.as_secs() as i64);
                if axis == "right" {
                    expression.insert("yAxis", axis);
                }
                self.metrics.push(vec![Node::Map(expression)].into());
            }
        }
        self
    }

    fn to_node(&self, x: u32, y: u32) -> Node {
        let mut properties = self.properties.clone();
        if self.kind == "metric" {
            properties.push("metrics", self.metrics.clone());
        }
        if !self.lines.is_empty() {
            properties.push("annotations", json!({ "horizontal": self.lines.clone() }));
        }
        json!({
            "type": self.kind,
            "x": x,
            "y": y,
            "width": self.width,
            "height": self.height,
            "properties": properties,
        })
    }
}

fn options(metric: &Metric) -> Map {
    let statistic = metric.statistic.name();
    Map::new().with("stat", statistic.as_ref()).with("period", metric.period.as_secs() as i64)
}

/// A metric as dashboards write it: names and values in a row.
fn row(metric: &Metric, options: Map) -> Node {
    let mut row: Vec<Node> = vec![metric.namespace.as_str().into(), metric.name.as_str().into()];
    for (name, value) in &metric.dimensions {
        row.extend([name.as_str().into(), value.node().clone()]);
    }
    row.push(Node::Map(options));
    row.into()
}

fn body(widgets: &[Widget]) -> Node {
    let (mut x, mut y, mut row_height) = (0, 0, 0);
    let mut placed = Vec::with_capacity(widgets.len());
    for widget in widgets {
        if x + widget.width > COLUMNS {
            (x, y, row_height) = (0, y + row_height, 0);
        }
        placed.push(widget.to_node(x, y));
        x += widget.width;
        row_height = row_height.max(widget.height);
    }
    json!({ "widgets": placed })
}

fn problems(widgets: &[Widget]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut problem = |message: String, help: &str| {
        problems.push(
            Diagnostic::error(codes::BAD_DASHBOARD, message).property("DashboardBody").help(help),
        );
    };
    if widgets.len() > MOST_WIDGETS {
        let message =
            format!("a dashboard has {MOST_WIDGETS} widgets at most, not {}", widgets.len());
        problem(message, "make a second dashboard");
    }
    for (place, widget) in widgets.iter().enumerate() {
        let title = widget.properties.get("title").and_then(Node::as_str);
        let name = title
            .map_or_else(|| format!("widget {}", place + 1), |title| format!("widget `{title}`"));
        if !(1..=COLUMNS).contains(&widget.width) || !(1..=1000).contains(&widget.height) {
            let message =
                format!("{name} is {} columns wide and {} rows high", widget.width, widget.height);
            problem(message, "make it 1 to 24 columns wide and 1 to 1000 rows high");
        }
        if widget.kind == "metric" && widget.metrics.is_empty() {
            problem(format!("{name} shows nothing"), "add a metric to it");
        }
        for (place, taken) in widget.names.iter().enumerate() {
            if widget.names[..place].contains(taken) {
                let message = format!("two expressions of {name} have a metric `{taken}`");
                problem(message, "give the metrics of different expressions different names");
            }
        }
    }
    problems
}
