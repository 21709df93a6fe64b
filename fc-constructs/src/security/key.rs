//! [`Key`]: an encryption key.

use fc_cdk_aws::{ids, kms};
use fc_cdk_core::{
    Scope, Value, intrinsics,
    policy::{Condition, Principal, Statement},
    sub,
};

use super::Grantee;
use crate::{builder::construct, handle::stands_for, policy_resource::GrowingPolicy};

/// What whoever writes and reads encrypted data has to be able to do with the key; by name, since AWS may add to what a wildcard means.
const ENCRYPT_DECRYPT: [&str; 7] = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

/// A symmetric KMS key, which AWS rotates every year.
///
/// Makes one `AWS::KMS::Key`, and one `AWS::KMS::Alias` where an alias is given. The key policy lets IAM of the account decide; grants
/// add to the role's own policy, so a key can be shared between stacks without a cycle. A key that leaves the stack is kept: without
/// it nobody can read what it encrypted.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::security::Key;
/// let app = App::new();
/// let stack = Stack::new(&app, "Data");
/// let key = Key::builder().description("orders").alias("shop/orders").build(&stack, "Key");
/// key.allow_service("cloudwatch.amazonaws.com");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html>.
#[derive(Clone)]
pub struct Key {
    /// The key itself, for everything that has no setting here.
    pub handle: kms::KeyHandle,
    policy: GrowingPolicy,
}

construct! {
    Key, KeyBuilder, KeyOptions {
        required {}
        optional {
            /// What the key is for. Default: nothing.
            description: Into<String>,
            /// A name for people, without the leading `alias/`. Default: none.
            alias: Into<String>,
            /// How many days a key that is scheduled for deletion can still be saved, 7 to 30. Default: 30.
            pending_window_days: Into<u8> = 30,
        }
    }
}

impl Key {
    fn create(scope: &Scope, options: KeyOptions) -> Key {
        let handle = kms::Key::new()
            .description(options.description)
            .enable_key_rotation(true)
            .pending_window_in_days(options.pending_window_days)
            .build(scope, "Resource");
        if let Some(alias) = options.alias {
            let name = format!("alias/{}", alias.trim_start_matches("alias/"));
            kms::Alias::new().alias_name(name).target_key_id(&handle).build(scope, "Alias");
        }
        let resource = (*handle).clone();
        let policy = GrowingPolicy::new(scope, "KeyPolicy", move |_| resource.clone());
        let administrate =
            Statement::allow().principals([Principal::this_account()]).actions(["kms:*"]);
        policy.add(administrate.resources(["*"]));
        Key { handle, policy }
    }

    /// Lets a role write and read data with the key.
    pub fn grant_encrypt_decrypt(&self, grantee: &impl Grantee) {
        let statement = Statement::allow().actions(ENCRYPT_DECRYPT).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
    }

    /// Lets a role read data with the key.
    pub fn grant_decrypt(&self, grantee: &impl Grantee) {
        let statement = Statement::allow().actions(["kms:Decrypt"]).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
    }

    /// Lets an AWS service of this account write and read data with the key, such as `cloudwatch.amazonaws.com` for alarms to an encrypted
    /// topic.
    pub fn allow_service(&self, service: &str) {
        let statement = Statement::allow()
            .principals([Principal::service(service)])
            .actions(["kms:Decrypt", "kms:GenerateDataKey"])
            .resources(["*"]);
        self.add_to_key_policy(for_this_account(statement, service));
    }

    /// Lets CloudWatch Logs encrypt the log groups of this account and region with the key.
    ///
    /// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>.
    pub fn allow_logs(&self) {
        let groups = sub!("arn:{AWS::Partition}:logs:{AWS::Region}:{AWS::AccountId}:log-group:*");
        let statement = Statement::allow()
            .principals([Principal::service(sub!("logs.{AWS::Region}.amazonaws.com"))])
            .actions(ENCRYPT_DECRYPT)
            .resources(["*"])
            .condition(Condition::arn_like("kms:EncryptionContext:aws:logs:arn", [groups]));
        self.add_to_key_policy(statement);
    }

    /// Adds a statement to the key policy.
    pub fn add_to_key_policy(&self, statement: Statement) {
        self.policy.add(statement);
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::kms::KeyArn> {
        self.handle.arn()
    }
}

stands_for!(Key.handle: kms::KeyHandle);

/// Holds a statement for a service to requests on behalf of this account, where the service says for whom it asks. EventBridge does not when it
/// sends to a topic: a condition would refuse all that it sends.
///
/// See <https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html>.
pub(crate) fn for_this_account(statement: Statement, service: &str) -> Statement {
    if service == "events.amazonaws.com" {
        return statement;
    }
    statement.condition(Condition::string_equals("aws:SourceAccount", [intrinsics::account_id()]))
}
