//! [`AlarmSet`]: the alarms that a system should have, with a dashboard.

use fc_cdk_core::{IntoValue, Scope};

use super::{Alarm, Dashboard, MissingData, Series, Threshold, Widget, needs};
use crate::{builder::construct, messaging::Topic};

/// One alarm that something should have.
#[derive(Clone, Debug)]
pub struct AlarmRule {
    /// What is watched, in a word: the alarm's construct id.
    pub id: &'static str,
    /// The title of its graph, with the unit.
    pub title: &'static str,
    /// What is watched.
    pub series: Series,
    /// Where it stops being as it should be.
    pub threshold: Threshold,
    /// How many periods in a row it has to be so.
    pub evaluation_periods: u32,
    /// What periods without data mean.
    pub missing_data: MissingData,
    /// What it means and what to do, for whoever is woken up.
    pub description: &'static str,
}

/// The alarms that something should have: of a database, of web servers.
pub trait AlarmRules {
    /// The alarms, the most telling first.
    fn alarm_rules(&self) -> Vec<AlarmRule>;
}

/// Setters of thresholds, each of which takes another one or `None`.
macro_rules! thresholds {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, threshold: impl Into<Option<$crate::monitoring::Threshold>>) -> Self {
            self.$name = threshold.into();
            self
        }
    )*};
}
pub(crate) use thresholds;

/// Alarms for what makes up a system, all to one topic, and a dashboard of the same metrics.
///
/// Makes one `AWS::CloudWatch::Alarm` for each rule of what is watched, and one `AWS::CloudWatch::Dashboard` with the alarms and a graph for each
/// rule, with a line where the alarm goes off.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::{messaging::Topic, monitoring::{AlarmSet, Threshold, WebAlarms}};
/// let app = App::new();
/// let stack = Stack::new(&app, "Monitoring");
/// let topic = Topic::builder().build(&stack, "Topic");
/// let alarms = AlarmSet::builder().topic(topic).dashboard_name("shop").build(&stack, "Alarms");
/// alarms.watch("Web", &WebAlarms::of("web-asg").cpu(Threshold::above(70)).memory(None));
/// ```
#[derive(Clone)]
pub struct AlarmSet {
    /// The dashboard, unless it was switched off: for widgets of your own.
    pub dashboard: Option<Dashboard>,
    topic: Topic,
    scope: Scope,
}

construct! {
    AlarmSet, AlarmSetBuilder, AlarmSetOptions {
        required {
            /// Who hears of all alarms.
            topic: Into<Topic>,
        }
        optional {
            /// Whether there is a dashboard. Default: yes.
            dashboard: Into<bool> = true,
            /// The dashboard's name, unique in the account. Default: CloudFormation makes one.
            dashboard_name: IntoValue<String>,
        }
    }
}

impl AlarmSet {
    fn create(scope: &Scope, topic: Topic, options: AlarmSetOptions) -> AlarmSet {
        let dashboard = options.dashboard.then(|| {
            let mut dashboard = Dashboard::builder();
            if let Some(name) = options.dashboard_name {
                dashboard = dashboard.dashboard_name(name);
            }
            dashboard.build(scope, "Dashboard")
        });
        AlarmSet { dashboard, topic, scope: scope.clone() }
    }

    /// Makes the alarms that something should have, and puts them on the dashboard under the id.
    #[track_caller]
    pub fn watch(&self, id: &str, rules: &impl AlarmRules) -> Vec<Alarm> {
        let scope = self.scope.construct(id);
        let rules = rules.alarm_rules();
        let alarms: Vec<Alarm> = rules
            .iter()
            .map(|rule| {
                Alarm::builder()
                    .metric(rule.series.clone())
                    .threshold(rule.threshold)
                    .evaluation_periods(rule.evaluation_periods)
                    .missing_data(rule.missing_data)
                    .description(rule.description)
                    .topics([self.topic.clone()])
                    .build(&scope, rule.id)
            })
            .collect();
        if let Some(dashboard) = &self.dashboard {
            dashboard.add(Widget::text(&format!("## {id}")));
            dashboard.add(Widget::alarms(&format!("Alarms of {id}"), &alarms));
            for rule in rules {
                let graph = Widget::graph(rule.title).line("alarm", rule.threshold.value());
                dashboard.add(graph.metric(rule.series));
            }
        }
        alarms
    }
}
