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
    /// A queue that SQS does not take.
    pub const BAD_QUEUE: &str = "bad-queue";
    /// A Slack channel that cannot be reached.
    pub const BAD_SLACK_CHANNEL: &str = "bad-slack-channel";
}
