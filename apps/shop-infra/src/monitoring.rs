//! Who watches: alarms of both tiers and the database to one topic, and a dashboard.

use fc_cdk::Scope;
use fc_constructs::{
    messaging::{SlackAlarmChannel, SlackBy, Topic},
    monitoring::AlarmSet,
    security::Key,
};

use crate::{Chat, Features, Settings, analytics::Lake, data::Data, servers::Servers};

/// Makes the stack, and returns the topic that alarms go to.
pub(crate) fn stack(
    scope: &Scope,
    settings: &Settings,
    features: &Features,
    data: &Data,
    servers: &Servers,
    lake: Option<&Lake>,
) -> Topic {
    let stack = settings.stack(scope, "Monitoring", "Alarms and the dashboard of the shop");
    let key = Key::builder().description("Encrypts the alarms of the shop").build(&stack, "Key");
    let topic =
        Topic::builder().display_name("Shop alarms").encryption_key(&key).build(&stack, "Alarms");
    topic.allow_service("cloudwatch.amazonaws.com");
    if let Some(address) = &settings.alarm_email {
        topic.subscribe_email(address);
    }
    let alarms = AlarmSet::builder().topic(topic.clone()).build(&stack, "AlarmSet");
    for (name, tier) in [("Web", &servers.web), ("Was", &servers.was)] {
        alarms.watch(name, &tier.alarms());
    }
    alarms.watch("Database", &data.database.alarms());
    if let Some(Lake { lake, live }) = lake {
        alarms.watch("Lake", &lake.alarms());
        if let Some(live) = live {
            alarms.watch("Live", &live.alarms());
        }
    }
    let slack = match features.chat {
        Chat::None => None,
        Chat::Lambda => Some(SlackBy::webhook()),
        Chat::Chatbot => {
            let slack = &settings.slack;
            Some(SlackBy::chatbot(&slack.workspace, &slack.channel))
        }
    };
    if let Some(by) = slack {
        SlackAlarmChannel::builder()
            .topics([topic.clone()])
            .by(by)
            .encryption_key(key)
            .build(&stack, "Slack");
    }
    topic
}
