//! Handles go where their identifiers are wanted, and turn into `Ref` or `Fn::GetAtt` by themselves.

use fc_cdk_aws::{ec2, iam, kms, lambda, s3};
use fc_cdk_core::{App, Stack, json};

/// The template of a stack, as JSON.
fn template(build: impl FnOnce(&Stack)) -> String {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    build(&stack);
    let assembly = app.synth();
    assembly.stack("S").map(|stack| stack.template().to_json()).unwrap_or_default()
}

#[test]
fn a_role_gives_its_arn_or_its_name_as_is_wanted() {
    let json = template(|stack| {
        let role = iam::Role::new().assume_role_policy_document(json!({})).build(stack, "Role");
        iam::InstanceProfile::new().roles([&role]).build(stack, "Profile");
        lambda::Function::new()
            .role(&role)
            .code(lambda::Code::new().zip_file("x"))
            .build(stack, "Function");
    });
    assert!(json.contains(r#""Roles":[{"Ref":"Role"}]"#), "{json}");
    assert!(json.contains(r#""Role":{"Fn::GetAtt":["Role","Arn"]}"#), "{json}");
}

#[test]
fn a_union_takes_each_of_its_members_and_any_text() {
    let json = template(|stack| {
        let key = kms::Key::new().build(stack, "Key");
        let volume = |id: &str, volume: ec2::Volume| {
            volume.availability_zone("us-east-1a").encrypted(true).size(1).build(stack, id)
        };
        volume("ByHandle", ec2::Volume::new().kms_key_id(&key));
        volume("ById", ec2::Volume::new().kms_key_id(key.key_id()));
        volume("ByArn", ec2::Volume::new().kms_key_id(key.arn()));
        volume("ByText", ec2::Volume::new().kms_key_id("alias/data"));
    });
    assert_eq!(json.matches(r#""KmsKeyId":{"Fn::GetAtt":["Key","Arn"]}"#).count(), 2, "{json}");
    assert!(json.contains(r#""KmsKeyId":{"Ref":"Key"}"#), "{json}");
    assert!(json.contains(r#""KmsKeyId":"alias/data""#), "{json}");
}

#[test]
fn lists_take_handles_and_mixtures() {
    let json = template(|stack| {
        let vpc = ec2::Vpc::new().cidr_block("10.0.0.0/16").build(stack, "Vpc");
        let group =
            ec2::SecurityGroup::new().group_description("web").vpc_id(&vpc).build(stack, "Group");
        let subnet =
            ec2::Subnet::new().vpc_id(&vpc).cidr_block("10.0.0.0/24").build(stack, "Subnet");
        let groups = fc_cdk_core::list![&group, "sg-0123456789abcdef0"];
        ec2::Instance::new().security_group_ids(groups).subnet_id(&subnet).build(stack, "Instance");
    });
    assert!(
        json.contains(
            r#""SecurityGroupIds":[{"Fn::GetAtt":["Group","GroupId"]},"sg-0123456789abcdef0"]"#
        ),
        "{json}"
    );
    assert!(json.contains(r#""SubnetId":{"Ref":"Subnet"}"#), "{json}");
}

#[test]
fn what_is_newer_than_the_crate_can_be_set() {
    let json = template(|stack| {
        use fc_cdk_core::IntoValue;
        let rule = s3::Rule::new().status("Paused").into_value().raw("Mood", "calm");
        let lifecycle = s3::LifecycleConfiguration::new().rules([rule]);
        s3::Bucket::new()
            .lifecycle_configuration(lifecycle)
            .raw("Color", "blue")
            .build(stack, "Bucket");
    });
    assert!(json.contains(r#""Rules":[{"Status":"Paused","Mood":"calm"}]"#), "{json}");
    assert!(json.contains(r#""Color":"blue""#), "{json}");
}
