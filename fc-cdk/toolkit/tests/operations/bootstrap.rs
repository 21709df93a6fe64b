use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
};

use fc_cdk_aws::{iam, s3, sqs};
use fc_cdk_core::{Asset, Node, PolicyDocument, Stack, Template, policy::Principal};
use fc_cdk_toolkit::Exit;
use insta::assert_snapshot;

use crate::{account, run};

fn shop(stack: &Stack) {
    stack.allow("stateful-without-policy", "this is about bootstrapping");
    stack.allow("public-bucket", "this is about bootstrapping");
    sqs::Queue::new().build(stack, "Orders");
    s3::Bucket::new().build(stack, "Files");
    let trust = PolicyDocument::assume_role([Principal::service("lambda.amazonaws.com")]);
    iam::Role::new().assume_role_policy_document(&trust).build(stack, "Role");
    iam::Role::new()
        .assume_role_policy_document(&trust)
        .role_name("shop-reader")
        .path("/shop/")
        .build(stack, "Reader");
}

fn parameter(account: &fc_cdk_testing::deploy::Account<'_>, name: &str) -> String {
    account.stack("CDKToolkit").unwrap().unwrap().parameters[name].clone()
}

#[test]
fn an_account_is_bootstrapped_once_and_keeps_its_parameters() {
    let Some(account) = account() else { return };
    let made = run(
        &account,
        &[
            "bootstrap",
            "--cloudformation-execution-policies",
            "arn:aws:iam::aws:policy/PowerUserAccess",
            "--trust",
            "111122223333",
        ],
        shop,
    );
    assert_eq!(made.exit, Exit::Ok, "{}", made.err);
    let stack = account.stack("CDKToolkit").unwrap().unwrap();
    assert_eq!(stack.status, "CREATE_COMPLETE");
    assert_eq!(stack.outputs["BootstrapVersion"], "33");
    let bucket = format!("cdk-hnb659fds-assets-{}-ap-northeast-1", account.id());
    assert_eq!(stack.outputs["BucketName"], bucket);
    assert_eq!(stack.parameters["TrustedAccounts"], "111122223333");
    assert_eq!(stack.parameters["FileAssetsBucketKmsKeyId"], "AWS_MANAGED_KEY");

    let more =
        run(&account, &["bootstrap", "--trust", "444455556666", "--untrust", "111122223333"], shop);
    assert_eq!(more.exit, Exit::Ok, "{}", more.err);
    assert_eq!(parameter(&account, "TrustedAccounts"), "444455556666");
    let policies = parameter(&account, "CloudFormationExecutionPolicies");
    assert_eq!(policies, "arn:aws:iam::aws:policy/PowerUserAccess");

    let again = run(&account, &["bootstrap"], shop);
    assert_eq!(again.exit, Exit::Ok, "{}", again.err);
    assert!(again.out.contains("was bootstrapped already, version 33"), "{}", again.out);
}

#[test]
fn what_would_widen_or_go_back_is_refused() {
    let Some(account) = account() else { return };
    let trusting = run(&account, &["bootstrap", "--trust", "111122223333"], shop);
    assert_eq!(trusting.exit, Exit::Error);
    assert!(
        trusting.err.contains("nothing says what they may let CloudFormation do"),
        "{}",
        trusting.err
    );

    let restricted = run(&account, &["bootstrap", "--least-privilege"], shop);
    assert_eq!(restricted.exit, Exit::Ok, "{}", restricted.err);
    assert_eq!(parameter(&account, "BootstrapVariant"), "fc-cdk: least privilege");
    let policies = account.resources("CDKToolkit").unwrap();
    assert!(
        policies.iter().any(|it| it.logical_id == "CloudFormationExecutionPolicy1"),
        "{policies:#?}"
    );

    let widening = run(&account, &["bootstrap"], shop);
    assert_eq!(widening.exit, Exit::Refused);
    assert_snapshot!(widening.err, @"
    error[other-bootstrap]: the stack is of another variant, `fc-cdk: least privilege`
    help: give `--least-privilege` or `--template` as whoever made it did, or `--force` to replace it
    ");
}

#[test]
fn least_privilege_is_what_the_types_need_and_roles_of_the_app() {
    let Some(account) = account() else { return };
    let shown =
        run(&account, &["bootstrap", "--show-template", "--least-privilege", "--json"], shop);
    assert_eq!(shown.exit, Exit::Ok, "{}", shown.err);
    let template = Template::parse(&shown.out).unwrap();
    let policy = template.resource("CloudFormationExecutionPolicy1").unwrap();
    let statements = policy.property("PolicyDocument").unwrap().get("Statement").unwrap();
    let statements = statements.as_list().unwrap();
    let actions = |statement: &Node| statement.get("Action").unwrap().to_json();
    assert!(statements.iter().all(|it| !actions(it).contains('*')), "a wildcard");
    let own = statements.iter().find(|it| actions(it).contains("iam:PassRole")).unwrap();
    assert_snapshot!(own.to_json_pretty(), @r#"
    {
     "Effect": "Allow",
     "Action": [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePermissionsBoundary",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PassRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription"
     ],
     "Resource": [
      {
       "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Shop-*"
      },
      {
       "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/shop/shop-reader"
      }
     ]
    }
    "#);
    let rest = statements.iter().find(|it| actions(it).contains("sqs:CreateQueue")).unwrap();
    assert!(
        actions(rest).contains("s3:PutBucketPolicy") || actions(rest).contains("s3:CreateBucket")
    );
    assert!(!actions(rest).contains("dynamodb:"), "types that the app has not");
    let role = template.resource("CloudFormationExecutionRole").unwrap();
    let arns = role.property("ManagedPolicyArns").unwrap().to_json();
    assert!(!arns.contains("AdministratorAccess"), "{arns}");
}

#[test]
fn assets_are_published_once() {
    let Some(account) = account() else { return };
    let folder: PathBuf = env::temp_dir().join(format!("fc-cdk-publish-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("page.html"), "hello").unwrap();
    let with_asset = |stack: &Stack| {
        shop(stack);
        let asset = Asset::file(stack, "Page", folder.join("page.html"));
        fc_cdk_core::Output::new(stack, "Key", asset.object_key());
    };
    let missing = run(&account, &["publish-assets"], with_asset);
    assert_eq!(missing.exit, Exit::Error);
    assert!(missing.err.contains("is not bootstrapped"), "{}", missing.err);
    let doctor = run(&account, &["doctor"], with_asset);
    assert_eq!(doctor.exit, Exit::Error);
    assert!(doctor.out.contains("is not bootstrapped, and a stack brings files"), "{}", doctor.out);

    let made = run(&account, &["bootstrap"], with_asset);
    assert_eq!(made.exit, Exit::Ok, "{}", made.err);
    let published = run(&account, &["publish-assets"], with_asset);
    assert_eq!(published.exit, Exit::Ok, "{}", published.err);
    assert!(published.out.contains("2 files sent to"), "{}", published.out);
    let again = run(&account, &["publish-assets", "--json"], with_asset);
    assert!(again.out.contains(r#""sent": 0"#), "{}", again.out);
    let doctor = run(&account, &["doctor"], with_asset);
    assert_eq!(doctor.exit, Exit::Ok, "{}", doctor.out);
    assert!(doctor.out.contains("has version 33"), "{}", doctor.out);
    fs::remove_dir_all(&folder).unwrap();
}

/// The AWS CDK's command line, as `cargo xtask judge` installs it; `None` where it is not there.
fn cdk() -> Option<PathBuf> {
    let installed = |folder: &Path| folder.join(".cache/judges/node/node_modules/.bin/cdk");
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(installed).find(|path| path.exists())
}

fn run_cdk(account: &fc_cdk_testing::deploy::Account<'_>, cdk: &Path, arguments: &[&str]) {
    let mut command = Command::new(cdk);
    command.args(arguments).args(["--no-notices", "--ci"]);
    command.env("CDK_DISABLE_VERSION_CHECK", "1").env("CDK_DISABLE_CLI_TELEMETRY", "true");
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    let run = account.run(&mut command).unwrap();
    assert_eq!(run.exit_code, Some(0), "cdk {arguments:?}: {}", run.output());
}

#[test]
fn one_stack_serves_this_tool_and_the_aws_cdk() {
    let (Some(account), Some(cdk)) = (account(), cdk()) else { return };
    let output = format!("{}/both-{}", env!("CARGO_TARGET_TMPDIR"), process::id());
    let with_asset = |stack: &Stack| {
        let asset = Asset::content(stack, "Page", "hello", "html");
        fc_cdk_core::Output::new(stack, "Key", asset.object_key());
        sqs::Queue::new().build(stack, "Orders").allow("stateful-without-policy", "a test");
    };
    let synthesized = run(&account, &["synth", "--quiet", "--output", &output], with_asset);
    assert_eq!(synthesized.exit, Exit::Ok, "{}", synthesized.err);

    // Ours, and `cdk deploy` with its assets.
    let ours = run(&account, &["bootstrap"], with_asset);
    assert_eq!(ours.exit, Exit::Ok, "{}", ours.err);
    run_cdk(&account, &cdk, &["deploy", "--app", &output, "--require-approval", "never", "Shop"]);
    assert_eq!(account.stack("Shop").unwrap().unwrap().status, "CREATE_COMPLETE");
    let diff = run(&account, &["diff", "--fail"], with_asset);
    assert_eq!(diff.exit, Exit::Ok, "{}", diff.out);

    // The AWS CDK's over it, and ours over that.
    let environment = format!("aws://{}/ap-northeast-1", account.id());
    run_cdk(&account, &cdk, &["bootstrap", &environment]);
    let published = run(&account, &["publish-assets"], with_asset);
    assert_eq!(published.exit, Exit::Ok, "{}", published.err);
    let again = run(&account, &["bootstrap"], with_asset);
    assert_eq!(again.exit, Exit::Ok, "{}", again.err);
    assert_eq!(account.stack("CDKToolkit").unwrap().unwrap().outputs["BootstrapVersion"], "33");
    fs::remove_dir_all(output).unwrap();
}
