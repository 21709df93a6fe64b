//! [`Topic`]: an SNS topic.

use fc_cdk_aws::{ids, sns};
use fc_cdk_core::{
    IntoValue, Scope, Value,
    policy::{Condition, PolicyDocument, Principal, Statement},
};

use crate::{
    builder::construct,
    handle::stands_for,
    policy_resource::GrowingPolicy,
    security::{Grantee, Key, for_this_account},
};

/// A topic that takes no plain HTTP.
///
/// Makes one `AWS::SNS::Topic`, one `AWS::SNS::TopicPolicy`, and one `AWS::SNS::Subscription` for each subscriber.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::{messaging::Topic, security::Key};
/// let app = App::new();
/// let stack = Stack::new(&app, "Monitoring");
/// let key = Key::builder().build(&stack, "Key");
/// let alarms = Topic::builder().encryption_key(key).build(&stack, "Alarms");
/// alarms.subscribe_email("ops@example.com");
/// alarms.allow_service("cloudwatch.amazonaws.com");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html>.
#[derive(Clone)]
pub struct Topic {
    /// The topic itself, for everything that has no setting here.
    pub handle: sns::TopicHandle,
    key: Option<Key>,
    scope: Scope,
    policy: GrowingPolicy,
}

construct! {
    Topic, TopicBuilder, TopicOptions {
        required {}
        optional {
            /// The name that mails and messages are from. Default: the topic's own.
            display_name: Into<String>,
            /// The key that encrypts the messages. Default: none; messages are encrypted on the way, not at rest.
            encryption_key: Into<Key>,
            /// The name, unique in the account and region. Default: CloudFormation makes one.
            topic_name: IntoValue<String>,
        }
    }
}

impl Topic {
    fn create(scope: &Scope, options: TopicOptions) -> Topic {
        let handle = sns::Topic::new()
            .display_name(options.display_name)
            .kms_master_key_id(options.encryption_key.as_ref().map(Key::arn))
            .topic_name(options.topic_name)
            .build(scope, "Resource");
        let arn = handle.topic_arn();
        let policy = GrowingPolicy::new(scope, "PolicyDocument", move |scope| {
            let scope = scope.scope("Policy");
            let policy =
                sns::TopicPolicy::new().topics([&arn]).policy_document(PolicyDocument::new());
            (*policy.build(&scope, "Resource")).clone()
        });
        let topic = Topic { handle, key: options.encryption_key, scope: scope.clone(), policy };
        topic.add_to_resource_policy(
            Statement::deny()
                .principals([Principal::any()])
                .actions(["sns:Publish"])
                .resources([topic.arn()])
                .condition(Condition::bool("aws:SecureTransport", false)),
        );
        topic
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::sns::TopicArn> {
        self.handle.topic_arn()
    }

    /// Sends the messages to a mail address, whose owner has to confirm it once.
    #[track_caller]
    pub fn subscribe_email(&self, address: &str) -> sns::SubscriptionHandle {
        self.subscribe(address, "email", address)
    }

    /// Sends the messages to an endpoint: `lambda`, `sqs`, `https`, …
    #[track_caller]
    pub fn subscribe(
        &self,
        id: &str,
        protocol: &str,
        endpoint: impl IntoValue<ids::sns::SubscriptionEndpoint>,
    ) -> sns::SubscriptionHandle {
        sns::Subscription::new()
            .topic_arn(&self.handle)
            .protocol(protocol)
            .endpoint(endpoint)
            .build(&self.scope, id)
    }

    /// Lets a role send messages.
    pub fn grant_publish(&self, grantee: &impl Grantee) {
        grantee
            .grant_role()
            .add_statement(Statement::allow().actions(["sns:Publish"]).resources([self.arn()]));
        if let Some(key) = &self.key {
            key.grant_encrypt_decrypt(grantee);
        }
    }

    /// Lets an AWS service of this account send messages, such as `cloudwatch.amazonaws.com` for alarms; where the topic is encrypted, also use its
    /// key.
    pub fn allow_service(&self, service: &str) {
        let statement = Statement::allow()
            .principals([Principal::service(service)])
            .actions(["sns:Publish"])
            .resources([self.arn()]);
        self.add_to_resource_policy(for_this_account(statement, service));
        if let Some(key) = &self.key {
            key.allow_service(service);
        }
    }

    /// Adds a statement to the topic's policy.
    pub fn add_to_resource_policy(&self, statement: Statement) {
        self.policy.add(statement);
    }
}

stands_for!(Topic.handle: sns::TopicHandle);
