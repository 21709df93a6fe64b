//! The five roles: two that publish, one that looks up, one that deploys, and one that CloudFormation takes on.

use fc_cdk_aws::{ecr, iam, ids};
use fc_cdk_core::{
    Condition, List, Node, PolicyDocument, Stack, Value, intrinsics,
    intrinsics::{NoValue, fn_if},
    json,
    policy::{Condition as When, Principal, Statement},
    sub,
};

use super::{Bucket, Settings, Texts, json_node};

const READ_OBJECTS: [&str; 3] = ["s3:GetBucket*", "s3:GetObject*", "s3:List*"];
const WRITE_OBJECTS: [&str; 3] = ["s3:Abort*", "s3:DeleteObject*", "s3:PutObject*"];
const USE_KEY: [&str; 5] =
    ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];

/// Accounts beside this one, and whether there are any.
type Others<'a> = (&'a Condition, &'a Texts);

pub(super) fn add(
    stack: &Stack,
    settings: &Settings,
    bucket: &Bucket,
    repository: &ecr::RepositoryHandle,
) {
    let deployers: Others<'_> = (&settings.has_trusted, &settings.trusted);
    let files = role(settings, "file-publishing", deployers).build(stack, "FilePublishingRole");
    let images = role(settings, "image-publishing", deployers).build(stack, "ImagePublishingRole");
    let no_secrets = Statement::deny().sid("NoSecrets").actions(["kms:Decrypt"]).resources(["*"]);
    role(settings, "lookup", (&settings.has_trusted_for_lookup, &settings.trusted_for_lookup))
        .managed_policy_arns([aws_policy("ReadOnlyAccess")])
        .policies([iam::GroupPolicyProperty::new()
            .policy_name("LookupRolePolicy")
            .policy_document(PolicyDocument::new().statement(no_secrets))])
        .build(stack, "LookupRole");
    publish_files(stack, settings, bucket, &files);
    publish_images(stack, settings, repository, &images);
    let execution = execution_role(stack, settings);
    role(settings, "deploy", deployers)
        .managed_policy_arns([aws_policy("AWSCloudFormationReadOnlyAccess")])
        .policies([iam::GroupPolicyProperty::new()
            .policy_name("default")
            .policy_document(deploy(settings, bucket, &execution))])
        .build(stack, "DeploymentActionRole");
}

/// A role that this account and others may take on.
fn role(settings: &Settings, name: &str, others: Others<'_>) -> iam::Role {
    let qualifier = &settings.qualifier;
    let bounded = fn_if(&settings.bounds_all_roles, boundary(settings), NoValue);
    iam::Role::new()
        .role_name(sub!("cdk-{qualifier}-{name}-role-{AWS::AccountId}-{AWS::Region}"))
        .assume_role_policy_document(trust(settings, others))
        .permissions_boundary(bounded)
        .tags([("aws-cdk:bootstrap-role", name)])
}

/// Whoever of this account, and of the others where there are any, is allowed to by policies there.
fn trust(settings: &Settings, (has_others, others): Others<'_>) -> Node {
    // A third party that was given an external id comes with it, and is no deployer.
    let without_external_id = || {
        let absent = json!({ "Null": { "sts:ExternalId": "true" } });
        json_node(fn_if(&settings.denies_external_id, absent, NoValue))
    };
    let assume = |accounts: Node| {
        json!({
            "Action": "sts:AssumeRole", "Effect": "Allow", "Principal": { "AWS": accounts },
            "Condition": without_external_id()
        })
    };
    // There is no external id where a session is tagged.
    let tag = |accounts: Node| json!({ "Action": "sts:TagSession", "Effect": "Allow", "Principal": { "AWS": accounts } });
    let this = || intrinsics::account_id().into_node();
    let others = || others.value().into_node();
    json!({
        "Version": "2012-10-17",
        "Statement": [
            assume(this()),
            tag(this()),
            json_node(fn_if(has_others, assume(others()), NoValue)),
            json_node(fn_if(has_others, tag(others()), NoValue))
        ]
    })
}

/// What CloudFormation does, it does as this role.
fn execution_role(stack: &Stack, settings: &Settings) -> iam::RoleHandle {
    let qualifier = &settings.qualifier;
    // Whoever trusts other accounts has to say what they may do.
    let administrator = fn_if(&settings.has_trusted, NoValue, [aws_policy("AdministratorAccess")]);
    let given = settings.execution_policies.value().cast::<List<ids::iam::ManagedPolicyArn>>();
    let policies = fn_if(&settings.has_execution_policies, given, administrator);
    let trusted = [Principal::service("cloudformation.amazonaws.com")];
    iam::Role::new()
        .role_name(sub!("cdk-{qualifier}-cfn-exec-role-{AWS::AccountId}-{AWS::Region}"))
        .assume_role_policy_document(PolicyDocument::assume_role(trusted))
        .managed_policy_arns(policies)
        .permissions_boundary(fn_if(&settings.has_boundary, boundary(settings), NoValue))
        .build(stack, "CloudFormationExecutionRole")
}

fn publish_files(stack: &Stack, settings: &Settings, bucket: &Bucket, role: &iam::RoleHandle) {
    let arn = bucket.handle.arn();
    let key_id = &settings.key_id;
    let given = sub!("arn:{AWS::Partition}:kms:{AWS::Region}:{AWS::AccountId}:key/{key_id}");
    let key = json_node(fn_if(&settings.creates_key, bucket.key.arn(), given));
    let files = Statement::allow()
        .actions(
            READ_OBJECTS.into_iter().chain(WRITE_OBJECTS).chain(["s3:GetEncryptionConfiguration"]),
        )
        .resources([arn.clone().cast::<String>(), sub!("{arn}/*")])
        .condition(When::string_equals("aws:ResourceAccount", [intrinsics::account_id()]));
    let encrypt = Statement::allow().actions(USE_KEY).resources([Value::<String>::from_node(key)]);
    let qualifier = &settings.qualifier;
    iam::Policy::new()
        .policy_name(sub!(
            "cdk-{qualifier}-file-publishing-role-default-policy-{AWS::AccountId}-{AWS::Region}"
        ))
        .policy_document(PolicyDocument::from_iter([files, encrypt]))
        .roles([role.role_name()])
        .build(stack, "FilePublishingRoleDefaultPolicy");
}

fn publish_images(
    stack: &Stack,
    settings: &Settings,
    repository: &ecr::RepositoryHandle,
    role: &iam::RoleHandle,
) {
    let push = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:DescribeRepositories",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    ];
    let images = Statement::allow().actions(push).resources([repository.arn()]);
    let log_in = Statement::allow().actions(["ecr:GetAuthorizationToken"]).resources(["*"]);
    let qualifier = &settings.qualifier;
    iam::Policy::new()
        .policy_name(sub!(
            "cdk-{qualifier}-image-publishing-role-default-policy-{AWS::AccountId}-{AWS::Region}"
        ))
        .policy_document(PolicyDocument::from_iter([images, log_in]))
        .roles([role.role_name()])
        .build(stack, "ImagePublishingRoleDefaultPolicy");
}

/// What the role that deploys may do: handle stacks, hand CloudFormation its role, read what was published.
fn deploy(settings: &Settings, bucket: &Bucket, execution: &iam::RoleHandle) -> PolicyDocument {
    let arn = bucket.handle.arn();
    let qualifier = &settings.qualifier;
    let version = sub!(
        "arn:{AWS::Partition}:ssm:{AWS::Region}:{AWS::AccountId}:parameter/cdk-bootstrap/{qualifier}/version"
    );
    PolicyDocument::from_iter([
        Statement::allow()
            .sid("Stacks")
            .actions([
                "cloudformation:CancelUpdateStack",
                "cloudformation:ContinueUpdateRollback",
                "cloudformation:CreateChangeSet",
                "cloudformation:CreateStack",
                "cloudformation:CreateStackRefactor",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:ExecuteChangeSet",
                "cloudformation:ExecuteStackRefactor",
                "cloudformation:RollbackStack",
                "cloudformation:UpdateStack",
                "cloudformation:UpdateTerminationProtection",
                "sts:GetCallerIdentity",
            ])
            .resources(["*"]),
        Statement::allow().sid("HandOver").actions(["iam:PassRole"]).resources([execution.arn()]),
        Statement::allow()
            .sid("PublishedFiles")
            .actions(READ_OBJECTS)
            .resources([arn.clone().cast::<String>(), sub!("{arn}/*")]),
        Statement::allow()
            .sid("Version")
            .actions(["ssm:GetParameter", "ssm:GetParameters"])
            .resources([version]),
        // A pipeline of another account keeps what it hands on in a bucket there.
        Statement::allow()
            .sid("BucketsOfOtherAccounts")
            .actions(READ_OBJECTS.into_iter().chain(WRITE_OBJECTS))
            .resources(["*"])
            .condition(When::string_not_equals("s3:ResourceAccount", [intrinsics::account_id()])),
        Statement::allow().sid("KeysOfBuckets").actions(USE_KEY).resources(["*"]).condition(
            When::string_equals("kms:ViaService", [sub!("s3.{AWS::Region}.amazonaws.com")]),
        ),
    ])
}

fn boundary(settings: &Settings) -> Value<ids::iam::ManagedPolicyArn> {
    let name = &settings.boundary;
    sub!("arn:{AWS::Partition}:iam::{AWS::AccountId}:policy/{name}").cast()
}

fn aws_policy(name: &str) -> Value<ids::iam::ManagedPolicyArn> {
    sub!("arn:{AWS::Partition}:iam::aws:policy/{name}").cast()
}
