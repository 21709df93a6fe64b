//! `bootstrap`: the template of the bootstrap stack, from the resource types of `fc-cdk-aws`.
//!
//! Names of resources, parameters, outputs and the version are those of the AWS CDK's own stack, so that both tools can share one.
//! See <https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html>.

mod roles; // who may deploy, and what as

use std::fs;

use fc_cdk_aws::{ecr, kms, s3, ssm};
use fc_cdk_core::{
    App, Condition, IntoValue, Json, List, Node, Output, Parameter, PolicyDocument, RemovalPolicy,
    Stack, Value, intrinsics,
    intrinsics::{ConditionExpression, NoValue, fn_if},
    json,
    policy::{Condition as When, Principal, Statement},
    sub,
};

use crate::{Result, flags, root};

const FILE: &str = "fc-cdk/toolkit/src/bootstrap/template.json";

/// The version of the AWS CDK's bootstrap stack of which this has everything.
const VERSION: &str = "33";

pub(crate) fn run(arguments: &[String]) -> Result {
    let [check] = flags(arguments, ["--check"])?;
    let template = template()?;
    let file = root().join(FILE);
    if !check {
        fs::write(&file, template).map_err(|error| format!("{FILE}: {error}"))?;
        println!("wrote {FILE}");
        return Ok(());
    }
    if fs::read_to_string(&file).unwrap_or_default() == template {
        println!("{FILE} is what the code gives");
        return Ok(());
    }
    Err(format!("{FILE} is not what the code gives: run `cargo xtask bootstrap`"))
}

fn template() -> Result<String> {
    let app = App::new();
    let stack = Stack::new(&app, "CDKToolkit").with_description(
        "What deployments into this account and region share: a bucket, a repository and roles",
    );
    let settings = Settings::new(&stack);
    let bucket = bucket(&stack, &settings);
    let repository = repository(&stack, &settings);
    roles::add(&stack, &settings, &bucket, &repository);
    version(&stack, &settings);
    let assembly = app.synth();
    if assembly.has_errors() {
        let messages = assembly.diagnostics().iter();
        let messages: Vec<String> = messages
            .map(|it| {
                format!("{}: {} {}", it.path, it.message, it.location.map_or(0, |it| it.line))
            })
            .collect();
        return Err(messages.join("\n"));
    }
    let stack = assembly.stack("CDKToolkit").ok_or("the stack is missing")?;
    Ok(format!("{}\n", stack.template().to_json_pretty()))
}

/// A parameter of several texts.
type Texts = Parameter<List<String>>;

/// The parameters with the conditions that are made of them.
struct Settings {
    qualifier: Value<String>,
    trusted: Texts,
    trusted_for_lookup: Texts,
    execution_policies: Texts,
    bucket_name: Value<String>,
    key_id: Value<String>,
    repository_name: Value<String>,
    boundary: Value<String>,
    has_trusted: Condition,
    has_trusted_for_lookup: Condition,
    has_execution_policies: Condition,
    has_bucket_name: Condition,
    has_repository_name: Condition,
    creates_key: Condition,
    uses_aws_key: Condition,
    blocks_public_access: Condition,
    has_boundary: Condition,
    bounds_all_roles: Condition,
    denies_external_id: Condition,
}

impl Settings {
    fn new(stack: &Stack) -> Settings {
        let list = |id: &str, description: &str| {
            let parameter = Texts::new(stack, id);
            parameter.default_value("").description(description)
        };
        let text = |id: &str, description: &str| {
            Parameter::<String>::new(stack, id).default_value("").description(description)
        };
        let switch = |id: &str, default: &str, description: &str| {
            let parameter = Parameter::<String>::new(stack, id).default_value(default);
            parameter.allowed_values(["true", "false"]).description(description).value()
        };
        let condition = |id: &str, expression| Condition::new(stack, id, expression);
        let is = |value: &Value<String>, wanted: &str| ConditionExpression::equals(value, wanted);
        let any_of = |list: &Texts| !ConditionExpression::equals(intrinsics::join("", list), "");

        let trusted = list("TrustedAccounts", "Accounts that may deploy into this one");
        let trusted_for_lookup =
            list("TrustedAccountsForLookup", "Accounts that may look up values in this one");
        let execution_policies = list(
            "CloudFormationExecutionPolicies",
            "Managed policies, by ARN, that say what CloudFormation may do",
        );
        let bucket_name =
            text("FileAssetsBucketName", "Another name for the bucket of files").value();
        let key_id = text(
            "FileAssetsBucketKmsKeyId",
            "The key of the bucket: nothing for a new one, AWS_MANAGED_KEY for that of S3, or the id or ARN of yours",
        )
        .value();
        let repository_name =
            text("ContainerAssetsRepositoryName", "Another name for the repository of images")
                .value();
        // The longest name of a role has 64 characters, and 54 of them are taken by account, region and role.
        let qualifier = Parameter::<String>::new(stack, "Qualifier")
            .default_value("hnb659fds")
            .description(
                "Tells this stack's resources from those of others in the same account and region",
            )
            .allowed_pattern("[A-Za-z0-9_-]{1,10}")
            .constraint_description("1 to 10 letters, digits, underscores and hyphens")
            .value();
        let blocks = switch(
            "PublicAccessBlockConfiguration",
            "true",
            "Whether the bucket can never be public",
        );
        let boundary = text(
            "InputPermissionsBoundary",
            "The name of a managed policy that the execution role can never exceed",
        )
        .value();
        let bounds_all = switch(
            "ApplyPermissionsBoundaryToAllRoles",
            "false",
            "Whether that policy bounds all roles of this stack",
        );
        let variant = Parameter::<String>::new(stack, "BootstrapVariant")
            .default_value("AWS CDK: Default Resources")
            .description("Whose template this is: no tool replaces a stack of another variant")
            .value();
        Output::new(stack, "Variant", &variant).description("Whose template this is");
        let denies = switch(
            "DenyExternalId",
            "true",
            "Whether the roles refuse whoever comes with an external id",
        );

        let has_boundary = condition("PermissionsBoundarySet", !is(&boundary, ""));
        Settings {
            has_trusted: condition("HasTrustedAccounts", any_of(&trusted)),
            has_trusted_for_lookup: condition(
                "HasTrustedAccountsForLookup",
                any_of(&trusted_for_lookup),
            ),
            has_execution_policies: condition(
                "HasCloudFormationExecutionPolicies",
                any_of(&execution_policies),
            ),
            has_bucket_name: condition("HasCustomFileAssetsBucketName", !is(&bucket_name, "")),
            has_repository_name: condition(
                "HasCustomContainerAssetsRepositoryName",
                !is(&repository_name, ""),
            ),
            creates_key: condition("CreateNewKey", is(&key_id, "")),
            uses_aws_key: condition("UseAwsManagedKey", is(&key_id, "AWS_MANAGED_KEY")),
            blocks_public_access: condition(
                "UsePublicAccessBlockConfiguration",
                is(&blocks, "true"),
            ),
            bounds_all_roles: condition(
                "ShouldApplyPermissionsBoundaryToAllRoles",
                ConditionExpression::all([
                    ConditionExpression::holds(&has_boundary),
                    is(&bounds_all, "true"),
                ]),
            ),
            denies_external_id: condition("ShouldDenyExternalId", is(&denies, "true")),
            has_boundary,
            qualifier,
            trusted,
            trusted_for_lookup,
            execution_policies,
            bucket_name,
            key_id,
            repository_name,
            boundary,
        }
    }
}

/// The bucket of files with its key.
struct Bucket {
    handle: s3::BucketHandle,
    key: kms::KeyHandle,
}

fn bucket(stack: &Stack, settings: &Settings) -> Bucket {
    let policy = PolicyDocument::from_iter([
        Statement::allow()
            .sid("Account")
            .principals([Principal::this_account()])
            .actions(["kms:*"])
            .resources(["*"]),
        Statement::allow()
            .sid("WhoeverReadsTheBucket")
            .principals([Principal::any()])
            .actions([
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ])
            .resources(["*"])
            .condition(When::string_equals("kms:CallerAccount", [intrinsics::account_id()]))
            .condition(When::string_equals(
                "kms:ViaService",
                [sub!("s3.{AWS::Region}.amazonaws.com")],
            )),
    ]);
    let key = kms::Key::new()
        .description("The files that deployments bring")
        .enable_key_rotation(true)
        .key_policy(policy)
        .build(stack, "FileAssetsBucketEncryptionKey");
    key.condition(&settings.creates_key);
    key.removal_policy(RemovalPolicy::Delete);
    let qualifier = &settings.qualifier;
    let alias = kms::Alias::new()
        .alias_name(sub!("alias/cdk-{qualifier}-assets-key"))
        .target_key_id(&key)
        .build(stack, "FileAssetsBucketEncryptionKeyAlias");
    alias.condition(&settings.creates_key);

    let given_key = fn_if(&settings.uses_aws_key, NoValue, &settings.key_id);
    let encryption = s3::ServerSideEncryptionByDefault::new()
        .sse_algorithm("aws:kms")
        .kms_master_key_id(fn_if(&settings.creates_key, key.arn(), given_key));
    let blocked = s3::PublicAccessBlockConfiguration::new()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true);
    let name = sub!("cdk-{qualifier}-assets-{AWS::AccountId}-{AWS::Region}");
    let handle = s3::Bucket::new()
        .bucket_name(fn_if(&settings.has_bucket_name, &settings.bucket_name, name))
        .bucket_encryption(s3::BucketEncryption::new().server_side_encryption_configuration([
            s3::ServerSideEncryptionRule::new().server_side_encryption_by_default(encryption),
        ]))
        .public_access_block_configuration(fn_if(&settings.blocks_public_access, blocked, NoValue))
        .versioning_configuration(s3::VersioningConfiguration::new().status("Enabled"))
        .lifecycle_configuration(
            s3::LifecycleConfiguration::new().rules([
                s3::Rule::new()
                    .id("CleanupOldVersions")
                    .status("Enabled")
                    .noncurrent_version_expiration(
                        s3::NoncurrentVersionExpiration::new().noncurrent_days(30),
                    ),
                s3::Rule::new()
                    .id("AbortIncompleteMultipartUploads")
                    .status("Enabled")
                    .abort_incomplete_multipart_upload(
                        s3::AbortIncompleteMultipartUpload::new().days_after_initiation(1),
                    ),
            ]),
        )
        .build(stack, "StagingBucket");
    handle.removal_policy(RemovalPolicy::Retain);
    let arn = handle.arn();
    let secure = Statement::deny()
        .sid("OnlyEncryptedRequests")
        .principals([Principal::any()])
        .actions(["s3:*"])
        .resources([arn.clone().cast::<String>(), sub!("{arn}/*")])
        .condition(When::bool("aws:SecureTransport", false));
    s3::BucketPolicy::new()
        .bucket(&handle)
        .policy_document(PolicyDocument::new().statement(secure))
        .build(stack, "StagingBucketPolicy");

    Output::new(stack, "BucketName", handle.bucket_name()).description("The bucket of files");
    Output::new(stack, "BucketDomainName", handle.regional_domain_name())
        .description("The domain name of the bucket in its region");
    Output::new(
        stack,
        "FileAssetKeyArn",
        fn_if(&settings.creates_key, key.arn(), &settings.key_id),
    )
    .description("The key of the bucket; read by apps of the AWS CDK before 1.60")
    .export_name(sub!("CdkBootstrap-{qualifier}-FileAssetKeyArn"));
    Bucket { handle, key }
}

fn repository(stack: &Stack, settings: &Settings) -> ecr::RepositoryHandle {
    let pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
    let functions = sub!("arn:{AWS::Partition}:lambda:{AWS::Region}:{AWS::AccountId}:function:*");
    let emr =
        sub!("arn:{AWS::Partition}:emr-serverless:{AWS::Region}:{AWS::AccountId}:/applications/*");
    let policy = PolicyDocument::from_iter([
        Statement::allow()
            .sid("Functions")
            .principals([Principal::service("lambda.amazonaws.com")])
            .actions(pull)
            .condition(When::string_like("aws:sourceArn", [functions])),
        Statement::allow()
            .sid("EmrServerless")
            .principals([Principal::service("emr-serverless.amazonaws.com")])
            .actions(pull.into_iter().chain(["ecr:DescribeImages"]))
            .condition(When::string_like("aws:sourceArn", [emr])),
    ]);
    let expire = json!({
        "rules": [{
            "rulePriority": 1,
            "description": "images without a tag, after a year",
            "selection": { "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 365 },
            "action": { "type": "expire" }
        }]
    });
    let qualifier = &settings.qualifier;
    let name = sub!("cdk-{qualifier}-container-assets-{AWS::AccountId}-{AWS::Region}");
    let handle = ecr::Repository::new()
        .image_tag_mutability("IMMUTABLE")
        .image_scanning_configuration(ecr::ImageScanningConfiguration::new().scan_on_push(true))
        .lifecycle_policy(ecr::LifecyclePolicy::new().lifecycle_policy_text(expire.to_json()))
        .repository_name(fn_if(&settings.has_repository_name, &settings.repository_name, name))
        .repository_policy_text(policy)
        .build(stack, "ContainerAssetsRepository");
    // As in the AWS CDK's stack; with images in it CloudFormation cannot delete it.
    handle.removal_policy(RemovalPolicy::Delete);
    Output::new(stack, "ImageRepositoryName", handle.ref_value::<String>())
        .description("The repository of images");
    handle
}

/// What tells tools how new the stack is.
fn version(stack: &Stack, settings: &Settings) {
    let qualifier = &settings.qualifier;
    ssm::Parameter::new()
        .r#type("String")
        .name(sub!("/cdk-bootstrap/{qualifier}/version"))
        .value(VERSION)
        .build(stack, "CdkBootstrapVersion");
    Output::new(stack, "BootstrapVersion", VERSION).description("The version of these resources");
}

/// JSON as the template will have it.
fn json_node(value: impl IntoValue<Json>) -> Node {
    value.into_value().into_node()
}
