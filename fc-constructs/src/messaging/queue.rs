//! [`Queue`]: an SQS queue.

use std::time::Duration;

use fc_cdk_aws::{ids, sqs};
use fc_cdk_core::{
    Diagnostic, Scope, Value, intrinsics,
    policy::{Condition, PolicyDocument, Principal, Statement},
};

use super::codes;
use crate::{
    builder::construct,
    handle::stands_for,
    monitoring::{Metric, Statistic},
    policy_resource::GrowingPolicy,
    security::{Grantee, Key},
};

/// An encrypted queue that takes no plain HTTP: for messages that wait, such as those that a function could not handle.
///
/// Makes one `AWS::SQS::Queue` and one `AWS::SQS::QueuePolicy`.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::messaging::Queue;
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// let failed = Queue::builder().build(&stack, "Failed");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html>.
#[derive(Clone)]
pub struct Queue {
    /// The queue itself, for everything that has no setting here.
    pub handle: sqs::QueueHandle,
    key: Option<Key>,
    policy: GrowingPolicy,
}

construct! {
    Queue, QueueBuilder, QueueOptions {
        required {}
        optional {
            /// How long a message waits before it is deleted, a minute to 14 days. Default: 14 days.
            retention: Into<Duration> = Duration::from_secs(14 * 86_400),
            /// How long a message that somebody has taken is hidden from others, 12 hours at most. Default: 30 seconds.
            visibility_timeout: Into<Duration> = Duration::from_secs(30),
            /// The key that encrypts the messages. Default: SQS's own (SSE-SQS), which costs nothing.
            encryption_key: Into<Key>,
        }
    }
}

impl Queue {
    fn create(scope: &Scope, options: QueueOptions) -> Queue {
        let (retention, visibility) =
            (options.retention.as_secs(), options.visibility_timeout.as_secs());
        let report = |property: &str, message: String, help: &str| {
            let error = Diagnostic::error(codes::BAD_QUEUE, message);
            scope.report(error.property(property).help(help));
        };
        if !(60..=1_209_600).contains(&retention) {
            let message = format!("a message waits 60 to 1209600 seconds, not {retention}");
            report("retention", message, "give a minute to 14 days");
        }
        if visibility > 43_200 {
            let message =
                format!("a message is hidden for 43200 seconds at most, not {visibility}");
            report("visibility_timeout", message, "give 12 hours or less");
        }
        let mut queue = sqs::Queue::new()
            .message_retention_period(retention as i64)
            .visibility_timeout(visibility as i64);
        queue = match &options.encryption_key {
            Some(key) => queue.kms_master_key_id(key.arn()),
            None => queue.sqs_managed_sse_enabled(true),
        };
        let handle = queue.build(scope, "Resource");
        let url = handle.queue_url();
        let policy = GrowingPolicy::new(scope, "PolicyDocument", move |scope| {
            let scope = scope.scope("Policy");
            let policy =
                sqs::QueuePolicy::new().queues([&url]).policy_document(PolicyDocument::new());
            (*policy.build(&scope, "Resource")).clone()
        });
        let queue = Queue { handle, key: options.encryption_key, policy };
        queue.add_to_resource_policy(
            Statement::deny()
                .principals([Principal::any()])
                .actions(["sqs:*"])
                .resources([queue.arn()])
                .condition(Condition::bool("aws:SecureTransport", false)),
        );
        queue
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::sqs::QueueArn> {
        self.handle.arn()
    }

    /// Lets a role put messages into the queue.
    pub fn grant_send(&self, grantee: &impl Grantee) {
        let statement = Statement::allow().actions(["sqs:SendMessage"]).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
        if let Some(key) = &self.key {
            key.grant_encrypt_decrypt(grantee);
        }
    }

    /// Lets an AWS service of this account put messages into the queue, such as `sns.amazonaws.com` for those that it cannot deliver.
    pub fn allow_service(&self, service: &str) {
        let statement = Statement::allow()
            .principals([Principal::service(service)])
            .actions(["sqs:SendMessage"])
            .resources([self.arn()])
            .condition(Condition::string_equals("aws:SourceAccount", [intrinsics::account_id()]));
        self.add_to_resource_policy(statement);
        if let Some(key) = &self.key {
            key.allow_service(service);
        }
    }

    /// Adds a statement to the queue's policy.
    pub fn add_to_resource_policy(&self, statement: Statement) {
        self.policy.add(statement);
    }

    /// How many messages wait.
    pub fn metric_messages(&self) -> Metric {
        Metric::new("AWS/SQS", "ApproximateNumberOfMessagesVisible")
            .dimension("QueueName", self.handle.queue_name())
            .statistic(Statistic::Maximum)
    }
}

stands_for!(Queue.handle: sqs::QueueHandle);
