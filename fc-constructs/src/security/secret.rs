//! [`Secret`]: a text that only those who may can read.

use fc_cdk_aws::{ids, secretsmanager};
use fc_cdk_core::{Diagnostic, IntoValue, Node, Scope, Value, intrinsics, policy::Statement};

use super::{Grantee, Key, codes};
use crate::{builder::construct, handle::stands_for, serverless::Function};

/// A secret in Secrets Manager, generated there: the template never has it.
///
/// Makes one `AWS::SecretsManager::Secret`. A secret that somebody else gives, such as a webhook, is put in place of the generated one by
/// hand or by a program; deployments leave it alone. Databases have a secret of their own, see
/// [`Database::secret_arn`](crate::database::Database::secret_arn).
///
/// ```
/// use fc_cdk_core::{App, Stack, policy::Principal};
/// use fc_constructs::security::{Role, Secret};
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// let api = Secret::builder().description("key of the mail service").fields([("user", "shop")]).build(&stack, "MailApi");
/// let role = Role::builder().assumed_by(Principal::service("lambda.amazonaws.com")).build(&stack, "Role");
/// api.grant_read(&role);
/// let _password = api.field("password");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html>.
#[derive(Clone)]
pub struct Secret {
    /// The secret itself, for everything that has no setting here.
    pub handle: secretsmanager::SecretHandle,
    key: Option<Key>,
    scope: Scope,
}

construct! {
    Secret, SecretBuilder, SecretOptions {
        required {}
        optional {
            /// What the secret is for. Default: nothing.
            description: Into<String>,
            /// The name, unique in the account and region. Another one replaces the secret. Default: CloudFormation makes one.
            secret_name: IntoValue<String>,
            /// The key that encrypts the secret. Default: AWS's own.
            encryption_key: Into<Key>,
            /// What stands beside the password, none of it secret: the secret is then an object with these fields and `password`. Default: the
            /// secret is the password alone.
            fields: Into<Vec<(&'static str, &'static str)>> = Vec::new(),
            /// The length of the password, 1 to 4,096 characters. Default: 32.
            length: Into<u32> = 32,
            /// Characters that the password does not have. Default: quotes, slashes, backslashes, spaces and `@`, which shells and URLs take
            /// for something else.
            exclude_characters: Into<String> = "\"'`/\\@ ".to_owned(),
        }
    }
}

impl Secret {
    fn create(scope: &Scope, options: SecretOptions) -> Secret {
        if !(1..=4096).contains(&options.length) {
            let message = format!("a password has 1 to 4096 characters, not {}", options.length);
            let help = "choose a length in that range";
            scope.report(
                Diagnostic::error(codes::BAD_SECRET, message).property("length").help(help),
            );
        }
        let mut generate = secretsmanager::GenerateSecretString::new()
            .password_length(options.length)
            .exclude_characters(options.exclude_characters);
        if !options.fields.is_empty() {
            let mut fields = fc_cdk_core::Map::new();
            for (name, value) in options.fields {
                fields.insert(name, value);
            }
            let template = Node::Map(fields).to_json();
            generate = generate.secret_string_template(template).generate_string_key("password");
        }
        let handle = secretsmanager::Secret::new()
            .description(options.description)
            .name(options.secret_name)
            .kms_key_id(options.encryption_key.as_ref().map(Key::arn))
            .generate_secret_string(generate)
            .build(scope, "Resource");
        Secret { handle, key: options.encryption_key, scope: scope.clone() }
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::secretsmanager::SecretId> {
        self.handle.id()
    }

    /// A field of the secret as a dynamic reference, which CloudFormation reads when it deploys. What is deployed with it keeps the old
    /// value when the secret changes.
    pub fn field(&self, name: &str) -> Value<String> {
        intrinsics::secret_field(self.arn(), name)
    }

    /// Lets a role read the secret.
    pub fn grant_read(&self, grantee: &impl Grantee) {
        self.grant(grantee, &["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]);
        if let Some(key) = &self.key {
            key.grant_decrypt(grantee);
        }
    }

    /// Lets a role change the secret.
    pub fn grant_write(&self, grantee: &impl Grantee) {
        self.grant(
            grantee,
            &["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
        );
        if let Some(key) = &self.key {
            key.grant_encrypt_decrypt(grantee);
        }
    }

    fn grant(&self, grantee: &impl Grantee, actions: &[&str]) {
        let statement = Statement::allow().actions(actions.to_vec()).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
    }

    /// Has a function change the secret every so many days, 1 to 1,000; it may read and write the secret.
    ///
    /// See <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html>.
    #[track_caller]
    pub fn rotate_with(&self, function: &Function, every_days: u16) {
        if !(1..=1000).contains(&every_days) {
            let message =
                format!("a secret is changed every 1 to 1000 days, not every {every_days}");
            let help = "choose a number in that range";
            self.scope.report(
                Diagnostic::error(codes::BAD_SECRET, message).property("rotate_with").help(help),
            );
        }
        self.grant_read(function);
        self.grant_write(function);
        let source: Value<String> = self.arn().cast();
        let permission = function.allow_invoke(
            &format!("Rotate {}", self.scope.path()),
            "secretsmanager.amazonaws.com",
            source,
        );
        let rules = secretsmanager::RotationRules::new().automatically_after_days(every_days);
        let rotation = secretsmanager::RotationSchedule::new()
            .secret_id(&self.handle)
            .rotation_lambda_arn(function.arn())
            .rotation_rules(rules)
            .build(&self.scope, "Rotation");
        // Secrets Manager calls the function when the schedule is made.
        rotation.depends_on(&permission);
    }
}

stands_for!(Secret.handle: secretsmanager::SecretHandle);
