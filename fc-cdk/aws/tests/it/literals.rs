//! Illegal literals are found at synth, with the property, the line and what to do.

use fc_cdk_aws::{ec2, s3};
use fc_cdk_core::{App, Stack, json};

/// What the specification says against a stack: code, property, message, help. Rules of security are another matter.
fn findings(build: impl FnOnce(&Stack)) -> Vec<String> {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    build(&stack);
    let assembly = app.synth();
    let diagnostics = assembly.diagnostics().iter().filter(|it| it.code != "public-bucket");
    diagnostics
        .map(|it| {
            format!(
                "{}: {}: {} ({})",
                it.code,
                it.property.clone().unwrap_or_default(),
                it.message,
                it.help.clone().unwrap_or_default()
            )
        })
        .collect()
}

#[track_caller]
fn check(build: impl FnOnce(&Stack), expected: &[&str]) {
    assert_eq!(findings(build), expected);
}

fn bucket_with(rule: s3::Rule) -> impl FnOnce(&Stack) {
    move |stack| {
        let lifecycle = s3::LifecycleConfiguration::new().rules([rule]);
        s3::Bucket::new().lifecycle_configuration(lifecycle).build(stack, "Bucket");
    }
}

#[test]
fn a_value_that_is_not_allowed() {
    check(
        bucket_with(s3::Rule::new().status("Enabeld")),
        &[
            "illegal-value: LifecycleConfiguration.Rules.0.Status: `Enabeld` is not an allowed value (did you mean `Enabled`?)",
        ],
    );
}

#[test]
fn a_text_that_is_too_long() {
    check(
        bucket_with(s3::Rule::new().status("Enabled").id("x".repeat(256))),
        &[
            "illegal-value: LifecycleConfiguration.Rules.0.Id: 256 characters are too many (255 or fewer are allowed)",
        ],
    );
}

#[test]
fn a_property_that_is_misspelt() {
    check(
        |stack| _ = s3::Bucket::new().raw("BuketName", "a").build(stack, "Bucket"),
        &[
            "unknown-property: BuketName: `AWS::S3::Bucket` has no property `BuketName` (did you mean `BucketName`?)",
        ],
    );
}

#[test]
fn a_property_that_only_aws_sets() {
    check(
        |stack| _ = s3::Bucket::new().raw("Arn", "arn:aws:s3:::a").build(stack, "Bucket"),
        &[
            "read-only-property: Arn: `Arn` of `AWS::S3::Bucket` is set by AWS alone (read it as an attribute; it cannot be given)",
        ],
    );
}

#[test]
fn a_value_of_another_kind_and_one_that_is_missing() {
    check(
        |stack| {
            let lifecycle = json!({ "Rules": [{ "Id": ["a"] }] });
            s3::Bucket::new().raw("LifecycleConfiguration", lifecycle).build(stack, "Bucket");
        },
        &[
            "wrong-kind: LifecycleConfiguration.Rules.0.Id: expected a string, found a list (an intrinsic function that yields the right kind will do too)",
            "missing-property: LifecycleConfiguration.Rules.0: this needs `Status` (set it: one of `Disabled`, `Enabled`)",
        ],
    );
}

#[test]
fn properties_that_do_not_go_together() {
    check(
        |stack| {
            let ebs = ec2::InstanceEbs::new().volume_type("io1").volume_size(8);
            let device = ec2::InstanceBlockDeviceMapping::new().device_name("/dev/xvda").ebs(ebs);
            ec2::Instance::new()
                .image_id("ami-0123456789abcdef0")
                .block_device_mappings([device])
                .build(stack, "Instance");
        },
        &[
            "property-conflict: BlockDeviceMappings.0.Ebs: `Ebs` needs `Iops`, because `VolumeType` is `io1` (set `Iops`, or change `VolumeType`)",
        ],
    );
}

#[test]
fn what_only_aws_knows_is_not_judged() {
    check(
        |stack| {
            let vpc =
                ec2::Vpc::new().cidr_block(fc_cdk_core::intrinsics::region()).build(stack, "Vpc");
            ec2::Subnet::new()
                .vpc_id(&vpc)
                .cidr_block("{{resolve:ssm:cidr}}")
                .build(stack, "Subnet");
        },
        &[],
    );
}
