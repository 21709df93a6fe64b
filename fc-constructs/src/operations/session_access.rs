//! [`SessionAccess`]: shells on servers without SSH.

use std::time::Duration;

use fc_cdk_aws::{
    iam,
    ids::ssm::DocumentName,
    ssm::{self, DocumentDocumentFormat, DocumentDocumentType, DocumentUpdateMethod},
};
use fc_cdk_core::{
    Diagnostic, Map, Node, RemovalPolicy, Resource, ResourceHandle, Scope, Value, json,
    policy::{Condition, PolicyDocument, Statement},
    sub,
};

use super::codes;
use crate::{
    Names,
    builder::construct,
    monitoring::{LogGroup, Retention},
    names::name_in_stack,
    security::{Grantee, Key, Role},
    storage::Bucket,
};

/// The document whose preferences hold for sessions that name none.
const ACCOUNT_DEFAULT: &str = "SSM-SessionManagerRunShell";
/// Where logs are in a bucket.
const PREFIX: &str = "sessions";

#[doc = include_str!("session_access.md")]
#[derive(Clone)]
pub struct SessionAccess {
    /// The preferences of sessions.
    pub document: ssm::DocumentHandle,
    /// Where all that is typed and answered goes.
    pub log_group: LogGroup,
    /// The key that encrypts the log and the traffic of sessions.
    pub key: Key,
    /// What the user groups may do, where there are any.
    pub group_policy: Option<iam::ManagedPolicyHandle>,
    tag: (String, String),
    bucket: Option<Bucket>,
}

construct! {
    SessionAccess, SessionAccessBuilder, SessionAccessOptions {
        required {}
        optional {
            /// The user groups whose members may start sessions, by name. Default: none; `grant_access` lets roles do it.
            groups: Into<Names> = Names::default(),
            /// The tag of servers that may be reached, as key and value. Default: `session-access` with the path of the construct.
            tag: Into<(String, String)>,
            /// How long the log is kept. Default: one year.
            log_retention: Into<Retention> = Retention::OneYear,
            /// The key that encrypts the log and the traffic of sessions. Default: one is made.
            encryption_key: Into<Key>,
            /// A bucket that gets a copy of the log under `sessions/` when a session is over. Default: none.
            bucket: Into<Bucket>,
            /// After how long without a key press a session ends, 1 to 60 minutes. Default: 20 minutes.
            idle_timeout: Into<Duration> = Duration::from_secs(1200),
            /// After how long a session ends in any case, up to a day. Default: 8 hours.
            max_duration: Into<Duration> = Duration::from_secs(8 * 3600),
            /// Whether sessions that name no document get these preferences too, as those of the console. Default: no.
            account_default: Into<bool> = false,
        }
    }
}

impl SessionAccess {
    fn create(scope: &Scope, options: SessionAccessOptions) -> SessionAccess {
        let tag =
            options.tag.unwrap_or_else(|| ("session-access".into(), scope.path().to_string()));
        check(scope, &tag, options.idle_timeout, options.max_duration);
        let key = options.encryption_key.unwrap_or_else(|| {
            Key::builder().description("Encrypts sessions on servers").build(scope, "Key")
        });
        let log_group = LogGroup::builder()
            .retention(options.log_retention)
            .encryption_key(&key)
            .build(scope, "LogGroup");
        // Who did what is asked for after the servers are gone, too.
        log_group.handle.removal_policy(RemovalPolicy::Retain);
        let minutes = |length: Duration| (length.as_secs() / 60).to_string();
        let mut inputs = Map::new();
        inputs.insert("cloudWatchEncryptionEnabled", true);
        inputs.insert("cloudWatchLogGroupName", log_group.handle.log_group_name().into_node());
        inputs.insert("cloudWatchStreamingEnabled", true);
        inputs.insert("idleSessionTimeout", minutes(options.idle_timeout));
        inputs.insert("kmsKeyId", key.arn().into_node());
        inputs.insert("maxSessionDuration", minutes(options.max_duration));
        inputs.insert("runAsEnabled", false);
        if let Some(bucket) = &options.bucket {
            inputs.insert("s3BucketName", bucket.handle.ref_value::<String>().into_node());
            inputs.insert("s3EncryptionEnabled", true);
            inputs.insert("s3KeyPrefix", PREFIX);
        }
        let content = json!({
            "description": "Sessions on servers, encrypted and logged",
            "inputs": Node::Map(inputs),
            "schemaVersion": "1.0",
            "sessionType": "Standard_Stream",
        });
        let mut document = ssm::Document::new()
            .content(content)
            .document_format(DocumentDocumentFormat::Json)
            .document_type(DocumentDocumentType::Session)
            .update_method(DocumentUpdateMethod::NewVersion);
        if options.account_default {
            document = document.name(ACCOUNT_DEFAULT);
        }
        let document = document.build(scope, "Resource");
        let mut sessions = SessionAccess {
            document,
            log_group,
            key,
            group_policy: None,
            tag,
            bucket: options.bucket,
        };
        let groups = options.groups.0;
        if !groups.is_empty() {
            let statements: PolicyDocument = sessions.statements().into_iter().collect();
            let policy = iam::ManagedPolicy::new()
                .description("Sessions on the servers that were enabled for it")
                .managed_policy_name(sub!("{AWS::StackName}-{AWS::Region}-{name_in_stack(scope)}"))
                .policy_document(statements)
                .groups(groups)
                .build(scope, "GroupPolicy");
            sessions.group_policy = Some(policy);
        }
        sessions
    }

    /// The name of the document, for `--document-name`.
    pub fn document_name(&self) -> Value<DocumentName> {
        self.document.name()
    }

    /// Lets sessions be started on servers that have a role: gives them the tag, and lets them write the log.
    pub fn enable(&self, servers: &(impl ResourceHandle + Grantee)) {
        self.enable_resource(servers.resource(), servers.grant_role());
    }

    /// Lets sessions be started on an instance or a group of them, whose instances have the role.
    pub fn enable_resource(&self, servers: &Resource, role: &Role) {
        servers.tag(&self.tag.0, &self.tag.1);
        self.log_group.grant_write(role);
        // The agent looks whether the log group and the bucket are encrypted. The first action knows no resources.
        let look = Statement::allow().actions(["logs:DescribeLogGroups"]).resources(["*"]);
        role.add_statement(look);
        self.key.grant_decrypt(role);
        if let Some(bucket) = &self.bucket {
            let arn = bucket.arn();
            bucket.grant(role, &["s3:PutObject"], &format!("{PREFIX}/*"));
            role.add_statement(
                Statement::allow().actions(["s3:GetEncryptionConfiguration"]).resources([arn]),
            );
            if let Some(key) = bucket.encryption_key() {
                key.grant_encrypt_decrypt(role);
            }
        }
    }

    /// Lets a role start sessions on the servers that were enabled, and end its own.
    pub fn grant_access(&self, grantee: &impl Grantee) {
        let role = grantee.grant_role();
        self.statements().into_iter().for_each(|statement| role.add_statement(statement));
    }

    /// What somebody needs who starts sessions.
    ///
    /// See <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html>.
    fn statements(&self) -> Vec<Statement> {
        let document = self.document.name();
        let document =
            sub!("arn:{AWS::Partition}:ssm:{AWS::Region}:{AWS::AccountId}:document/{document}");
        let instances = sub!("arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:instance/*");
        // `aws:userid` is the name of a session of a role, or the id of a user: everyone ends his own sessions.
        let own = sub!(
            "arn:{AWS::Partition}:ssm:{AWS::Region}:{AWS::AccountId}:session/${{aws:userid}}-*"
        );
        let (key, value) = (&self.tag.0, self.tag.1.as_str());
        let tagged = Condition::string_equals(&format!("ssm:resourceTag/{key}"), [value]);
        // Without it, a session that names no document would need no permission for one.
        let named = || Condition::bool("ssm:SessionDocumentAccessCheck", true).if_exists();
        vec![
            Statement::allow()
                .actions(["ssm:StartSession"])
                .resources([instances])
                .condition(tagged)
                .condition(named()),
            Statement::allow()
                .actions(["ssm:StartSession"])
                .resources([document])
                .condition(named()),
            Statement::allow()
                .actions(["ssm:ResumeSession", "ssm:TerminateSession"])
                .resources([own]),
            Statement::allow().actions(["kms:GenerateDataKey"]).resources([self.key.arn()]),
            // To find out what there is to connect to; none of these knows resources.
            Statement::allow()
                .actions([
                    "ec2:DescribeInstances",
                    "ssm:DescribeInstanceInformation",
                    "ssm:DescribeSessions",
                    "ssm:GetConnectionStatus",
                ])
                .resources(["*"]),
        ]
    }
}

impl From<&SessionAccess> for SessionAccess {
    fn from(sessions: &SessionAccess) -> SessionAccess {
        sessions.clone()
    }
}

fn check(scope: &Scope, tag: &(String, String), idle: Duration, longest: Duration) {
    let report = |property: &str, message: String, help: &str| {
        let diagnostic = Diagnostic::error(codes::BAD_SESSION, message);
        scope.report(diagnostic.property(property).help(help));
    };
    let minutes = |length: Duration| length.as_secs() / 60;
    if !(1..=60).contains(&minutes(idle)) {
        let message = format!("a session waits 1 to 60 minutes for a key press, not {idle:?}");
        report("idle_timeout", message, "give a length in that range");
    }
    if !(1..=1440).contains(&minutes(longest)) {
        let message = format!("a session lasts a minute to a day, not {longest:?}");
        report("max_duration", message, "give a length in that range");
    }
    if tag.0.is_empty() || tag.0.starts_with("aws:") {
        let message = format!("no server can have the tag `{}`", tag.0);
        report("tag", message, "give a key that does not begin with `aws:`");
    }
}
