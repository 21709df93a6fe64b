//! Messages between services and to people: topics, queues, Slack.

mod topic; // SNS topics
mod queue; // SQS queues
mod slack; // alarms in a Slack channel

pub use self::{
    queue::{Queue, QueueBuilder},
    slack::{SlackAlarmChannel, SlackAlarmChannelBuilder, SlackBy},
    topic::{Topic, TopicBuilder},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { by topics }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: messages";
        BAD_QUEUE = "bad-queue", Error, "a queue that SQS does not take";
            why "SQS refuses it, or messages are worked on twice.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html";
        BAD_SLACK_CHANNEL = "bad-slack-channel", Error, "a Slack channel that cannot be reached";
            why "Alarms would be raised and nobody would see them.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html";
    }
}
