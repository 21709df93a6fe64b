//! [`Bucket`]: an S3 bucket that nobody reads by mistake.

use fc_cdk_aws::{
    ids,
    s3::{
        self, BucketEncryption, LifecycleConfiguration, LoggingConfiguration, OwnershipControls,
        OwnershipControlsRule, OwnershipControlsRuleObjectOwnership,
        PublicAccessBlockConfiguration, ServerSideEncryptionByDefault,
        ServerSideEncryptionByDefaultSseAlgorithm, ServerSideEncryptionRule,
        VersioningConfiguration, VersioningConfigurationStatus,
    },
};
use fc_cdk_core::{
    IntoValue, Scope, Value, intrinsics,
    policy::{Condition, PolicyDocument, Principal, Statement},
    sub,
};

use crate::{
    builder::construct,
    handle::stands_for,
    policy_resource::GrowingPolicy,
    security::{Grantee, Key},
};

const READ: [&str; 3] = ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"];
const PUT: [&str; 3] = ["s3:AbortMultipartUpload", "s3:ListBucketMultipartUploads", "s3:PutObject"];
const WRITE: [&str; 3] = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"];

/// A private, encrypted, versioned bucket that takes no plain HTTP.
///
/// Makes one `AWS::S3::Bucket` and one `AWS::S3::BucketPolicy`. Public access is blocked in all four ways, access lists are off, and a bucket
/// that leaves the stack is kept with its data.
///
/// ```
/// use fc_cdk_core::{App, Stack, policy::Principal};
/// use fc_constructs::{security::Role, storage::Bucket};
/// let app = App::new();
/// let stack = Stack::new(&app, "Data");
/// let orders = Bucket::builder().expire_after_days(400u32).build(&stack, "Orders");
/// let role = Role::builder().assumed_by(Principal::service("glue.amazonaws.com")).build(&stack, "Role");
/// orders.grant_read(&role);
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>.
#[derive(Clone)]
pub struct Bucket {
    /// The bucket itself, for everything that has no setting here.
    pub handle: s3::BucketHandle,
    key: Option<Key>,
    policy: GrowingPolicy,
}

construct! {
    Bucket, BucketBuilder, BucketOptions {
        required {}
        optional {
            /// The name, unique in all of AWS. Default: CloudFormation makes one, so that the template can be deployed twice.
            bucket_name: IntoValue<ids::s3::BucketName>,
            /// The key that encrypts the objects. Default: S3's own keys (SSE-S3), which cost nothing.
            encryption_key: Into<Key>,
            /// Whether old versions of objects are kept. Default: yes.
            versioned: Into<bool> = true,
            /// Days after which objects are deleted. Default: never.
            expire_after_days: Into<u32>,
            /// Days after which old versions are deleted, where versions are kept. Default: 90.
            expire_old_versions_after_days: Into<u32> = 90,
            /// Further lifecycle rules. Default: none.
            lifecycle_rules: Into<Vec<s3::Rule>> = Vec::new(),
            /// The bucket that hears of each request, under a prefix of this bucket's path; it has to be in the same account and region.
            /// Default: nobody does.
            access_logs: Into<Bucket>,
        }
    }
}

impl Bucket {
    fn create(scope: &Scope, options: BucketOptions) -> Bucket {
        let algorithm = match &options.encryption_key {
            Some(_) => ServerSideEncryptionByDefaultSseAlgorithm::AwsKms,
            None => ServerSideEncryptionByDefaultSseAlgorithm::Aes256,
        };
        let by_default = ServerSideEncryptionByDefault::new()
            .sse_algorithm(algorithm)
            .kms_master_key_id(options.encryption_key.as_ref().map(Key::arn));
        // A bucket key saves nearly all calls to KMS.
        let encryption = ServerSideEncryptionRule::new()
            .server_side_encryption_by_default(by_default)
            .bucket_key_enabled(options.encryption_key.as_ref().map(|_| true));
        let mut rules = vec![
            s3::Rule::new()
                .id("AbortIncompleteUploads")
                .status("Enabled")
                .abort_incomplete_multipart_upload(
                    s3::AbortIncompleteMultipartUpload::new().days_after_initiation(7),
                ),
        ];
        if let Some(days) = options.expire_after_days {
            rules.push(s3::Rule::new().id("Expire").status("Enabled").expiration_in_days(days));
        }
        if options.versioned {
            let old = s3::NoncurrentVersionExpiration::new()
                .noncurrent_days(options.expire_old_versions_after_days);
            rules.push(
                s3::Rule::new()
                    .id("ExpireOldVersions")
                    .status("Enabled")
                    .noncurrent_version_expiration(old),
            );
        }
        rules.extend(options.lifecycle_rules);
        let mut bucket =
            s3::Bucket::new()
                .bucket_name(options.bucket_name)
                .bucket_encryption(
                    BucketEncryption::new().server_side_encryption_configuration([encryption]),
                )
                .lifecycle_configuration(LifecycleConfiguration::new().rules(rules))
                .ownership_controls(OwnershipControls::new().rules([
                    OwnershipControlsRule::new().object_ownership(
                        OwnershipControlsRuleObjectOwnership::BucketOwnerEnforced,
                    ),
                ]))
                .public_access_block_configuration(
                    PublicAccessBlockConfiguration::new()
                        .block_public_acls(true)
                        .block_public_policy(true)
                        .ignore_public_acls(true)
                        .restrict_public_buckets(true),
                );
        if options.versioned {
            let versioning =
                VersioningConfiguration::new().status(VersioningConfigurationStatus::Enabled);
            bucket = bucket.versioning_configuration(versioning);
        }
        if let Some(logs) = &options.access_logs {
            let prefix = format!("{}/", scope.path());
            let logging = LoggingConfiguration::new()
                .destination_bucket_name(logs)
                .log_file_prefix(prefix.as_str());
            bucket = bucket.logging_configuration(logging);
            logs.allow_access_logs(&prefix);
        }
        let handle = bucket.build(scope, "Resource");
        let name = handle.bucket_name();
        let policy = GrowingPolicy::new(scope, "PolicyDocument", move |scope| {
            let scope = scope.scope("Policy");
            let policy =
                s3::BucketPolicy::new().bucket(&name).policy_document(PolicyDocument::new());
            (*policy.build(&scope, "Resource")).clone()
        });
        let bucket = Bucket { handle, key: options.encryption_key, policy };
        // A join, and no `Fn::Sub`: the guard rule by which AWS Control Tower asks for this statement knows only that form.
        let arn = bucket.arn().cast::<String>();
        let objects = intrinsics::join("", [arn.clone(), "/*".into_value()]);
        bucket.add_to_resource_policy(
            Statement::deny()
                .principals([Principal::any()])
                .actions(["s3:*"])
                .resources([arn, objects])
                .condition(Condition::bool("aws:SecureTransport", false)),
        );
        bucket
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::s3::BucketArn> {
        self.handle.arn()
    }

    /// The key that encrypts the objects, where it is one of the account's.
    pub fn encryption_key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The ARN of the objects whose keys match a pattern, such as `orders/*`.
    pub fn objects(&self, pattern: &str) -> Value<String> {
        let arn = self.arn();
        sub!("{arn}/{pattern}")
    }

    /// Lets a role list the bucket and read its objects.
    pub fn grant_read(&self, grantee: &impl Grantee) {
        self.grant(grantee, &READ, "*");
        if let Some(key) = &self.key {
            key.grant_decrypt(grantee);
        }
    }

    /// Lets a role write objects below a prefix such as `orders/`, and delete none.
    pub fn grant_put(&self, grantee: &impl Grantee, prefix: &str) {
        self.grant(grantee, &PUT, &format!("{prefix}*"));
        if let Some(key) = &self.key {
            key.grant_encrypt_decrypt(grantee);
        }
    }

    /// Lets a role write and delete objects.
    pub fn grant_write(&self, grantee: &impl Grantee) {
        self.grant(grantee, &WRITE, "*");
        if let Some(key) = &self.key {
            key.grant_encrypt_decrypt(grantee);
        }
    }

    /// Lets a role read, write and delete objects.
    pub fn grant_read_write(&self, grantee: &impl Grantee) {
        self.grant_read(grantee);
        self.grant_write(grantee);
    }

    /// Lets a role do these actions on the bucket, and on the objects whose keys match a pattern.
    pub fn grant(&self, grantee: &impl Grantee, actions: &[&str], pattern: &str) {
        let on_bucket = |action: &&&str| {
            let of_bucket =
                ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
            of_bucket.contains(*action)
        };
        let bucket: Vec<&str> = actions.iter().filter(on_bucket).copied().collect();
        let objects: Vec<&str> =
            actions.iter().filter(|action| !on_bucket(action)).copied().collect();
        let role = grantee.grant_role();
        if !bucket.is_empty() {
            role.add_statement(Statement::allow().actions(bucket).resources([self.arn()]));
        }
        if !objects.is_empty() {
            role.add_statement(
                Statement::allow().actions(objects).resources([self.objects(pattern)]),
            );
        }
    }

    /// Lets S3 deliver access logs of other buckets of this account under a prefix.
    ///
    /// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>.
    pub fn allow_access_logs(&self, prefix: &str) {
        self.allow_service("logging.s3.amazonaws.com", &["s3:PutObject"], &format!("{prefix}*"));
    }

    /// Lets an AWS service of this account do something with the objects whose keys match a pattern.
    pub fn allow_service(&self, service: &str, actions: &[&str], pattern: &str) {
        self.add_to_resource_policy(
            Statement::allow()
                .principals([Principal::service(service)])
                .actions(actions.to_vec())
                .resources([self.objects(pattern)])
                .condition(Condition::string_equals(
                    "aws:SourceAccount",
                    [intrinsics::account_id()],
                )),
        );
    }

    /// Adds a statement to the bucket's policy.
    pub fn add_to_resource_policy(&self, statement: Statement) {
        self.policy.add(statement);
    }

    /// The bucket's policy, for those that need it in place.
    pub fn policy(&self) -> Option<fc_cdk_core::Resource> {
        self.policy.resource()
    }
}

stands_for!(Bucket.handle: s3::BucketHandle);
