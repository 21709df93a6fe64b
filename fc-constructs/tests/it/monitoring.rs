use std::time::Duration;

use fc_cdk_core::{App, Stack};
use fc_constructs::{
    messaging::Topic,
    monitoring::{
        Alarm, AlarmSet, Dashboard, Math, Metric, MissingData, Statistic, Threshold, WebAlarms,
        Widget,
    },
    security::Key,
};

use crate::{messages, template};

fn load() -> Metric {
    Metric::new("AWS/EC2", "CPUUtilization").dimension("AutoScalingGroupName", "web")
}

#[test]
fn an_alarm_looks_at_three_periods_and_tells_nobody() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    Alarm::builder().metric(load()).threshold(Threshold::above(80)).build(&stack, "Load");
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Resources": {
      "Load52B57D89": {
       "Type": "AWS::CloudWatch::Alarm",
       "Properties": {
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 80,
        "EvaluationPeriods": 3,
        "TreatMissingData": "missing",
        "Namespace": "AWS/EC2",
        "MetricName": "CPUUtilization",
        "Dimensions": [
         {
          "Name": "AutoScalingGroupName",
          "Value": "web"
         }
        ],
        "Period": 300,
        "Statistic": "Average"
       }
      }
     }
    }
    "#);
}

#[test]
fn an_alarm_of_an_expression_tells_encrypted_topics() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let topic =
        Topic::builder().encryption_key(Key::builder().build(&stack, "Key")).build(&stack, "Topic");
    let share = Math::new("100 * errors / requests")
        .metric("errors", Metric::new("Shop", "Errors").statistic(Statistic::Sum))
        .metric(
            "requests",
            Metric::new("Shop", "Requests")
                .statistic(Statistic::SampleCount)
                .dimension("Path", "/"),
        )
        .period(Duration::from_secs(60))
        .label("errors (%)");
    let alarm = Alarm::builder()
        .metric(share)
        .threshold(Threshold::at_least(0.5))
        .evaluation_periods(5u32)
        .datapoints_to_alarm(3u32)
        .missing_data(MissingData::NotBreaching)
        .topics([topic.clone()])
        .description("too many errors")
        .alarm_name("shop-errors")
        .build(&stack, "Errors");
    alarm.notify(&topic);
    insta::assert_snapshot!(template(&app));
}

#[test]
fn alarms_that_can_never_go_off_are_refused() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let metric = load().period(Duration::from_secs(90));
    Alarm::builder()
        .metric(metric)
        .threshold(Threshold::below(1))
        .datapoints_to_alarm(4u32)
        .build(&stack, "Period");
    let math = Math::new("Errors + result").metric("Errors", load()).metric("result", load());
    Alarm::builder()
        .metric(math)
        .threshold(Threshold::at_most(1))
        .evaluation_periods(300u32)
        .build(&stack, "Math");
    insta::assert_snapshot!(messages(&app.synth()), @r"
    error[bad-alarm]: `S/Period`: datapoints_to_alarm: 4 of 3 periods can never be bad
      --> fc-constructs/tests/it/monitoring.rs:90:10
      help: give 1 to 3, or raise `evaluation_periods`
      docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    error[bad-alarm]: `S/Period`: metric: a period of 90s is none that CloudWatch has
      --> fc-constructs/tests/it/monitoring.rs:90:10
      help: give 10, 20 or 30 seconds, or a multiple of a minute
      docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    error[bad-alarm]: `S/Math`: evaluation_periods: 300 periods of 300s are longer than a day, the most that an alarm looks back
      --> fc-constructs/tests/it/monitoring.rs:96:10
      help: look at fewer periods
      docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    error[bad-alarm]: `S/Math`: metric: `Errors` is no name for a metric of an expression
      --> fc-constructs/tests/it/monitoring.rs:96:10
      help: name each metric of the expression, with a lower-case letter first
      docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    error[bad-alarm]: `S/Math`: metric: the name `result` is taken
      --> fc-constructs/tests/it/monitoring.rs:96:10
      help: name each metric of the expression, with a lower-case letter first
      docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    error[property-conflict]: `S/Period/Resource`: Period: `Period` is 90, but has to be a multiple of 60
      --> fc-constructs/tests/it/monitoring.rs:90:10
      help: use an allowed value
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
    error[illegal-value]: `S/Math/Resource`: Metrics.1.Id: AWS does not take `Errors`
      --> fc-constructs/tests/it/monitoring.rs:96:10
      help: it has to match `^([a-z])([A-Za-z0-9\_]*)$`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
    ");
}

#[test]
fn widgets_flow_from_left_to_right() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let topic = Topic::builder().build(&stack, "Topic");
    let alarm =
        Alarm::builder().metric(load()).threshold(Threshold::above(80)).build(&stack, "Alarm");
    let dashboard = Dashboard::builder()
        .dashboard_name("shop")
        .widgets([Widget::text("# \"Shop\" ${not a value}"), Widget::alarms("Alarms", [&alarm])])
        .build(&stack, "Dashboard");
    let sent = Metric::new("AWS/SNS", "NumberOfMessagesPublished")
        .dimension("TopicName", topic.handle.topic_name());
    dashboard
        .add(
            Widget::graph("Load (%)")
                .metric(load().label("web"))
                .metric_right(sent.clone())
                .line("alarm", 80),
        )
        .add(Widget::graph("Twice").metric(Math::new("2 * load").metric("load", load())).stacked())
        .add(Widget::numbers("Sent").metric(sent).size(3, 4));
    insta::assert_snapshot!(template(&app));
}

#[test]
fn dashboards_that_cloudwatch_cannot_show_are_refused() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let twice = || Math::new("2 * load").metric("load", load());
    Dashboard::builder()
        .widgets([
            Widget::graph("Nothing"),
            Widget::graph("Wide").metric(load()).size(25, 0),
            Widget::graph("Double").metric(twice()).metric(twice()),
        ])
        .build(&stack, "Dashboard");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-dashboard]: `S/Dashboard/Resource`: DashboardBody: widget `Nothing` shows nothing
      --> fc-constructs/tests/it/monitoring.rs:165:10
      help: add a metric to it
      docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    error[bad-dashboard]: `S/Dashboard/Resource`: DashboardBody: widget `Wide` is 25 columns wide and 0 rows high
      --> fc-constructs/tests/it/monitoring.rs:165:10
      help: make it 1 to 24 columns wide and 1 to 1000 rows high
      docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    error[bad-dashboard]: `S/Dashboard/Resource`: DashboardBody: two expressions of widget `Double` have a metric `load`
      --> fc-constructs/tests/it/monitoring.rs:165:10
      help: give the metrics of different expressions different names
      docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    ");
}

#[test]
fn an_alarm_set_has_alarms_and_a_dashboard_of_the_same_metrics() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let topic = Topic::builder().build(&stack, "Topic");
    let alarms = AlarmSet::builder().topic(topic).dashboard_name("shop").build(&stack, "Alarms");
    let web = WebAlarms::of("web-asg")
        .load_balancer("app/web/50dc6c495c0c9188", "targetgroup/web/73e2d6bc24d8a067")
        .cpu(Threshold::above(70))
        .unhealthy_hosts(None);
    assert_eq!(alarms.watch("Web", &web).len(), 4);
    insta::assert_snapshot!(template(&app));
}
