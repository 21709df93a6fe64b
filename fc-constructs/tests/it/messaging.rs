use std::time::Duration;

use fc_cdk_core::{App, Environment, Stack};
use fc_constructs::{
    messaging::{Queue, SlackAlarmChannel, SlackBy, Topic},
    security::Key,
};

use crate::{messages, template};

#[test]
fn an_encrypted_topic_lets_alarms_use_its_key() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let key = Key::builder().build(&stack, "Key");
    let topic = Topic::builder().encryption_key(key).build(&stack, "Alarms");
    topic.allow_service("cloudwatch.amazonaws.com");
    topic.subscribe_email("ops@example.com");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn messages_come_to_slack_by_a_webhook_that_nobody_sees() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let key = Key::builder().build(&stack, "Key");
    let topic = Topic::builder().encryption_key(&key).build(&stack, "Alarms");
    SlackAlarmChannel::builder()
        .topics([topic])
        .by(SlackBy::webhook())
        .encryption_key(key)
        .build(&stack, "Slack");
    let template = template(&app);
    // The code is tested by itself.
    let code = template.lines().filter(|line| !line.contains("\"ZipFile\""));
    insta::assert_snapshot!(code.collect::<Vec<_>>().join("\n"));
}

#[test]
fn messages_come_to_slack_by_the_app_of_aws() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let topic = Topic::builder().build(&stack, "Alarms");
    SlackAlarmChannel::builder()
        .topics([topic])
        .by(SlackBy::chatbot("T07EA123LEP", "C07EZ1ABC23"))
        .build(&stack, "Slack");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn the_topic_stays_where_one_way_to_slack_takes_the_place_of_the_other() {
    let topic = |by: SlackBy| {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        let topic = Topic::builder().build(&stack, "Alarms");
        topic.subscribe_email("ops@example.com");
        topic.allow_service("cloudwatch.amazonaws.com");
        SlackAlarmChannel::builder().topics([topic.clone()]).by(by).build(&stack, "Slack");
        let assembly = app.synth();
        let all = assembly.stacks()[0].template().resources();
        let of_topic = all.filter(|resource| resource.logical_id().starts_with("Alarms"));
        of_topic.map(|resource| format!("{resource:?}")).collect::<Vec<_>>()
    };
    let by_webhook = topic(SlackBy::webhook());
    assert_eq!(by_webhook.len(), 3);
    assert_eq!(by_webhook, topic(SlackBy::chatbot("T07EA123LEP", "C07EZ1ABC23")));
}

#[test]
fn the_webhook_is_in_a_secret_that_is_there_already() {
    const ARN: &str = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:webhook-AbCdEf";
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let topic = Topic::builder().build(&stack, "Alarms");
    let quiet = Topic::builder().build(&stack, "Quiet");
    let mails = Topic::builder().build(&stack, "Mails");
    let slack = SlackAlarmChannel::builder()
        .topics([topic, quiet])
        .by(SlackBy::webhook_secret_arn(ARN))
        .failures_to(mails)
        .build(&stack, "Slack");
    assert!(slack.secret.is_none());
    let template = template(&app);
    assert!(!template.contains("AWS::SecretsManager::Secret"));
    assert_eq!(template.matches(ARN).count(), 2, "the permission and the variable: {template}");
    assert_eq!(template.matches("AWS::SNS::Subscription").count(), 2);
    let dense: String = template.split_whitespace().collect();
    assert_eq!(dense.matches(r#""AlarmActions":[{"Ref":"Mails"#).count(), 2, "{template}");
}

#[test]
fn channels_and_queues_that_cannot_work_are_refused_at_the_users_line() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let topic = Topic::builder().build(&stack, "Alarms");
    let slack = |topics: Vec<Topic>, by: SlackBy, id: &str| {
        SlackAlarmChannel::builder().topics(topics).by(by).build(&stack, id);
    };
    slack(Vec::new(), SlackBy::chatbot("shop", "#alarms"), "Names");
    let address = "https://hooks.slack.com/services/T0/B0/x";
    slack(vec![topic.clone()], SlackBy::webhook_secret_arn(address), "Address");
    slack(vec![topic.clone()], SlackBy::webhook_secret_arn("webhook"), "Name");
    let elsewhere = "arn:aws:secretsmanager:us-east-1:111122223333:secret:webhook-AbCdEf";
    slack(vec![topic], SlackBy::webhook_secret_arn(elsewhere), "Elsewhere");
    Queue::builder()
        .retention(Duration::from_secs(15 * 86_400))
        .visibility_timeout(Duration::from_secs(86_400))
        .build(&stack, "Queue");
    insta::assert_snapshot!(messages(&app.synth()));
}
