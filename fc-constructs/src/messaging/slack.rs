//! [`SlackAlarmChannel`]: alarms in a Slack channel.

use std::time::Duration;

use fc_cdk_aws::{chatbot, ids::secretsmanager::SecretId, sns};
use fc_cdk_core::{
    Diagnostic, IntoValue, RemovalPolicy, Scope, Value, json,
    policy::{Principal, Statement},
    sub,
};

use super::{Queue, Topic, codes, needs};
use crate::{
    builder::construct,
    monitoring::{Alarm, MissingData, Retention, Threshold},
    security::{Grantee, Key, Role, Secret},
    serverless::{Code, Function},
};

/// The code of the function that posts to Slack.
const NOTIFIER: &str = include_str!("../../assets/functions/slack_notifier/index.py");

/// How messages come to Slack.
#[derive(Clone)]
pub struct SlackBy(Kind);

#[derive(Clone)]
enum Kind {
    Webhook(Webhook),
    Chatbot { workspace: String, channel: String },
}

#[derive(Clone)]
enum Webhook {
    /// The construct makes the secret, and somebody fills it.
    New,
    /// A secret of the app.
    Own(Secret),
    /// A secret that is there already.
    Existing(Value<SecretId>),
}

impl SlackBy {
    /// A function that posts to a webhook, whose address is in a secret that the construct makes with a placeholder in it. Somebody
    /// who may puts the address there once; until then messages go to the dead-letter queue, and the alarm says so:
    ///
    /// ```sh
    /// aws secretsmanager put-secret-value --secret-id ARN --secret-string file:///dev/stdin
    /// ```
    ///
    /// See <https://api.slack.com/messaging/webhooks>.
    pub fn webhook() -> SlackBy {
        SlackBy(Kind::Webhook(Webhook::New))
    }

    /// A function that posts to a webhook, whose address is in a secret of the app: as text, or in the field `url`.
    pub fn webhook_secret(secret: &Secret) -> SlackBy {
        SlackBy(Kind::Webhook(Webhook::Own(secret.clone())))
    }

    /// A function that posts to a webhook, whose address is in a secret that is there already, by its full ARN. Where a key of yours
    /// encrypts it, let the `function` of the construct decrypt with that.
    pub fn webhook_secret_arn(arn: impl IntoValue<SecretId>) -> SlackBy {
        SlackBy(Kind::Webhook(Webhook::Existing(arn.into_value())))
    }

    /// AWS's own app for Slack (Amazon Q Developer in chat applications, once AWS Chatbot), by the ids of workspace and channel, such as
    /// `T07EA123LEP` and `C07EZ1ABC23`. Somebody has to let the app into the workspace once, in the AWS console.
    ///
    /// See <https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html>.
    pub fn chatbot(workspace_id: impl Into<String>, channel_id: impl Into<String>) -> SlackBy {
        SlackBy(Kind::Chatbot { workspace: workspace_id.into(), channel: channel_id.into() })
    }
}

#[doc = include_str!("slack.md")]
#[derive(Clone)]
pub struct SlackAlarmChannel {
    /// What posts, by a webhook.
    pub function: Option<Function>,
    /// The secret that somebody has to fill, where the construct made one.
    pub secret: Option<Secret>,
    /// What could not be posted.
    pub dead_letters: Option<Queue>,
    /// The alarms about the function: that it fails, and that messages are left in the queue.
    pub alarms: Vec<Alarm>,
    /// What brings the topics to AWS's app for Slack.
    pub configuration: Option<chatbot::SlackChannelConfigurationHandle>,
    /// What AWS's app for Slack may look at.
    pub role: Option<Role>,
}

construct! {
    SlackAlarmChannel, SlackAlarmChannelBuilder, SlackAlarmChannelOptions {
        required {
            /// The topics whose messages come to Slack: `[alarms.clone()]`.
            topics: Into<Vec<Topic>>,
            /// How they come there: `SlackBy::webhook()` or `SlackBy::chatbot("T…", "C…")`.
            by: Into<SlackBy>,
        }
        optional {
            /// Who hears that messages do not reach Slack. Default: the first of the topics, so whoever else listens to it.
            failures_to: Into<Topic>,
            /// The key that encrypts the secret, the queue, and the function's variables and logs. Default: keys of AWS's own.
            encryption_key: Into<Key>,
            /// How long logs are kept. Default: one month.
            log_retention: Into<Retention> = Retention::OneMonth,
            /// The name of the configuration of AWS's app for Slack, unique in the account. Another one replaces it. Default: from the
            /// names of the stack and the construct.
            configuration_name: Into<String>,
        }
    }
}

impl SlackAlarmChannel {
    fn create(
        scope: &Scope,
        topics: Vec<Topic>,
        by: SlackBy,
        options: SlackAlarmChannelOptions,
    ) -> SlackAlarmChannel {
        if topics.is_empty() {
            let error =
                Diagnostic::error(codes::BAD_SLACK_CHANNEL, "no topic comes to the channel");
            scope.report(error.property("topics").help("give the topic of your alarms"));
        }
        match by.0 {
            Kind::Webhook(webhook) => by_webhook(scope, &topics, webhook, options),
            Kind::Chatbot { workspace, channel } => {
                by_chatbot(scope, &topics, &workspace, &channel, options)
            }
        }
    }
}

fn by_webhook(
    scope: &Scope,
    topics: &[Topic],
    webhook: Webhook,
    options: SlackAlarmChannelOptions,
) -> SlackAlarmChannel {
    let key = options.encryption_key.as_ref();
    let mut queue = Queue::builder();
    if let Some(key) = key {
        queue = queue.encryption_key(key);
    }
    let queue = queue.build(scope, "DeadLetters");
    queue.handle.removal_policy(RemovalPolicy::Delete);
    let mut function = Function::builder()
        .runtime("python3.15")
        .handler("index.handler")
        .code(Code::Inline(NOTIFIER.into()))
        .description("Posts messages of SNS topics to Slack")
        .timeout(Duration::from_secs(30))
        .memory_mib(128u32)
        // Slack takes a message a second.
        .reserved_concurrency(1u32)
        .dead_letter_queue(&queue)
        .log_retention(options.log_retention);
    if let Some(key) = key {
        function = function.encryption_key(key);
    }
    let function = function.build(scope, "Notifier");
    let (secret, arn) = match webhook {
        Webhook::New => {
            let mut secret = Secret::builder()
                .description("The address of a Slack webhook; put it in place of the placeholder");
            if let Some(key) = key {
                secret = secret.encryption_key(key);
            }
            let secret = secret.build(scope, "Webhook");
            secret.grant_read(&function);
            let arn = secret.arn();
            (Some(secret), Some(arn))
        }
        Webhook::Own(secret) => {
            secret.grant_read(&function);
            (None, Some(secret.arn()))
        }
        Webhook::Existing(arn) => {
            // What is no ARN may be the address itself, and goes nowhere.
            let arn = check_arn(scope, &arn).then_some(arn);
            if let Some(arn) = &arn {
                let read = Statement::allow().actions(["secretsmanager:GetSecretValue"]);
                function.grant_role().add_statement(read.resources([arn]));
            }
            (None, arn)
        }
    };
    if let Some(arn) = arn {
        function.add_environment("WEBHOOK_SECRET", arn.cast::<String>());
    }
    if !topics.is_empty() {
        queue.allow_service("sns.amazonaws.com");
    }
    for (place, topic) in topics.iter().enumerate() {
        let id = if place == 0 { String::new() } else { format!(" {}", place + 1) };
        function.allow_invoke(&format!("Invoke{id}"), "sns.amazonaws.com", topic);
        sns::Subscription::new()
            .topic_arn(topic)
            .protocol("lambda")
            .endpoint(&function)
            .redrive_policy(json!({ "deadLetterTargetArn": queue.arn() }))
            .build(scope, &format!("Subscription{id}"));
    }
    let told: Vec<Topic> =
        options.failures_to.into_iter().chain(topics.iter().cloned()).take(1).collect();
    let alarm = |id: &str, metric, description: &str| {
        Alarm::builder()
            .metric(metric)
            .threshold(Threshold::above(0))
            .evaluation_periods(1u32)
            .missing_data(MissingData::NotBreaching)
            .topics(told.clone())
            .description(description)
            .build(scope, id)
    };
    let fails = "Messages do not reach Slack: look at the notifier's log. Has its secret the address of the webhook?";
    let left = "Messages have not reached Slack, and wait in the dead-letter queue.";
    let alarms = vec![
        alarm("NotifierFails", function.metric_errors(), fails),
        alarm("MessagesLeft", queue.metric_messages(), left),
    ];
    SlackAlarmChannel {
        function: Some(function),
        secret,
        dead_letters: Some(queue),
        alarms,
        configuration: None,
        role: None,
    }
}

fn by_chatbot(
    scope: &Scope,
    topics: &[Topic],
    workspace: &str,
    channel: &str,
    options: SlackAlarmChannelOptions,
) -> SlackAlarmChannel {
    check_ids(scope, workspace, channel);
    let role = Role::builder()
        .assumed_by(Principal::service("chatbot.amazonaws.com"))
        .description(
            "what AWS's app for Slack may look at: the metrics of the alarms that it shows",
        )
        .build(scope, "ChatRole");
    let alarms = sub!("arn:{AWS::Partition}:cloudwatch:{AWS::Region}:{AWS::AccountId}:alarm:*");
    let describe = Statement::allow().actions(["cloudwatch:DescribeAlarms"]);
    role.add_statement(describe.resources([alarms]));
    // The graph of an alarm: metrics have no resources that a policy could name.
    let graph = ["cloudwatch:GetMetricData", "cloudwatch:GetMetricWidgetImage"];
    role.add_statement(Statement::allow().actions(graph).resources(["*"]));
    let configuration = chatbot::SlackChannelConfiguration::new()
        .configuration_name(options.configuration_name.unwrap_or_else(|| name(scope)))
        .slack_workspace_id(workspace)
        .slack_channel_id(channel)
        .iam_role_arn(&role)
        .sns_topic_arns(topics)
        // Whatever role somebody in the channel takes on: no more than this. Without, it would be everything.
        .guardrail_policies([sub!("arn:{AWS::Partition}:iam::aws:policy/CloudWatchReadOnlyAccess")])
        .logging_level("ERROR")
        .user_role_required(false)
        .build(scope, "Chat");
    if let Some(policy) = role.policy() {
        configuration.depends_on(&policy);
    }
    SlackAlarmChannel {
        function: None,
        secret: None,
        dead_letters: None,
        alarms: Vec::new(),
        configuration: Some(configuration),
        role: Some(role),
    }
}

/// The names of the stack and the construct: letters, digits and dashes.
fn name(scope: &Scope) -> String {
    scope.path().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn check_ids(scope: &Scope, workspace: &str, channel: &str) {
    let is_id = |text: &str, first: &[char]| {
        text.starts_with(first)
            && (2..=255).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    let report = |message: String, help: &str| {
        let error = Diagnostic::error(codes::BAD_SLACK_CHANNEL, message);
        scope.report(error.property("by").help(help));
    };
    if !is_id(workspace, &['T', 'E']) {
        let help = "give the id, which stands in the address of the workspace: `T` and capital letters and digits";
        report(format!("`{workspace}` is no id of a Slack workspace"), help);
    }
    if !is_id(channel, &['C', 'G']) {
        let help = "give the id, which Slack shows in the details of the channel: `C` and capital letters and digits, not the name";
        report(format!("`{channel}` is no id of a Slack channel"), help);
    }
}

/// Whether it may be the ARN of a secret, as far as it is known.
fn check_arn(scope: &Scope, arn: &Value<SecretId>) -> bool {
    let Some(text) = arn.node().as_str() else { return true };
    let is_arn = text.starts_with("arn:") && text.contains(":secretsmanager:");
    if !is_arn {
        let (message, help) = if text.starts_with("http") {
            (
                "the address of the webhook would be in the template, where everyone can read it"
                    .to_owned(),
                "put it into a secret, and give the ARN of that",
            )
        } else {
            (
                format!("`{text}` is no ARN of a secret"),
                "give the full ARN, with the six letters at its end",
            )
        };
        let error = Diagnostic::error(codes::BAD_SLACK_CHANNEL, message);
        scope.report(error.property("by").help(help));
    }
    if let (Some(theirs), Some(ours)) = (text.split(':').nth(3), scope.environment().region)
        && is_arn
        && theirs != ours.as_str()
    {
        let message = format!("the secret is of {theirs}, and the function is in {ours}");
        let error = Diagnostic::error(codes::BAD_SLACK_CHANNEL, message);
        scope.report(error.property("by").help("replicate the secret to that region"));
    }
    is_arn
}
