use fc_cdk_core::{App, Asset, Diagnostic, Node, Scope, Stack, json};

use crate::{SOME_RULE, messages, topic};

/// A construct as a library would offer it: its caller's line is the user's.
#[track_caller]
fn outer(scope: &Scope, id: &str) {
    let scope = scope.construct(id);
    inner(&scope);
}

#[track_caller]
fn inner(scope: &Scope) {
    let scope = scope.construct("Inner");
    topic(&scope, "Topic").report(SOME_RULE.finding("something is wrong"));
}

#[test]
fn a_finding_three_calls_deep_names_the_users_line() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    outer(&stack, "Construct");
    let assembly = app.synth();
    let location = assembly.diagnostics()[0].location.map(|location| location.line);
    assert_eq!(location, Some(line!() - 3));
    insta::assert_snapshot!(messages(&assembly), @"
    error[some-rule]: `S/Construct/Inner/Topic`: something is wrong
      --> fc-cdk/core/tests/it/mistakes.rs:22:5
      help: do something else
    ");
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Twice");
    topic(&stack, "Twice");
    topic(&stack, "");
    topic(&stack, "---");
    topic(&app, "Nowhere");
    topic(&stack, "Renamed").override_logical_id("not-valid");
    topic(&stack, "Same").override_logical_id("Twice");
    let other = App::new();
    let foreign = topic(&Stack::new(&other, "Other"), "Foreign");
    stack.raw_resource("Use", "Custom::Use", json!({ "Arn": foreign.ref_value::<String>() }));
    stack.raw_resource(
        "Dangling",
        "Custom::Dangling",
        json!({ "A": { "Ref": "Nothing" }, "B": [{ "Fn::GetAtt": ["Nothing", "Arn"] }], "C": { "Fn::Sub": "${AWS::Region} ${!x} ${Gone.Arn}" } }),
    );
    stack.raw_resource("Length", "Custom::Length", json!({ "A": { "Fn::Length": [1] } }));
    stack.raw_resource("Raw", "Custom::Raw", json!([1]));
    let asset = Asset::file(&stack, "Asset", "no/such/file");
    stack.raw_resource("UseAsset", "Custom::Use", json!({ "Key": asset.object_key() }));
    Stack::new(&app, "Empty");
    Stack::new(&app, "9Bad");
    stack.allow("unused-rule", "nothing needs it");
    stack.allow("some-rule", " ");
    for bucket in ["One", "Two"] {
        stack.raw_resource(bucket, "AWS::S3::Bucket", json!({ "BucketName": "same-name" }));
    }
    insta::assert_snapshot!(messages(&app.synth()), @r#"
    error[duplicate-id]: `S`: there is a construct `Twice` in `S` already
      --> fc-cdk/core/tests/it/mistakes.rs:38:5
      note: the first one is made here (fc-cdk/core/tests/it/mistakes.rs:37:5)
      help: ids are unique within their scope: rename one, or give it a scope of its own
    error[empty-id]: `S`: a construct in `S` has an empty id
      --> fc-cdk/core/tests/it/mistakes.rs:39:5
      help: give each construct a name of its own
    error[outside-stack]: `Nowhere`: a resource has to be in a stack
      --> fc-cdk/core/tests/it/mistakes.rs:41:5
      help: make it below a `Stack`
    error[bad-override]: `S/Raw`: expected the properties as an object, found a list
      --> fc-cdk/core/tests/it/mistakes.rs:53:11
      help: pass `json!({ "Name": value })`
    error[allow-without-reason]: `S`: `some-rule` is allowed without a reason
      --> fc-cdk/core/tests/it/mistakes.rs:59:11
      help: say why the rule does not apply here
    error[bad-logical-id]: `S/---`: no logical id can be made of the construct id `---`: give it at least one of the letters A-Z, a-z or the digits 0-9
      --> fc-cdk/core/tests/it/mistakes.rs:40:5
      help: use at least one letter or digit in its id, or call `override_logical_id`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    error[bad-logical-id]: `S/Renamed`: `not-valid` is not a logical id
      --> fc-cdk/core/tests/it/mistakes.rs:42:5
      help: use 1 to 255 letters and digits, nothing else
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    error[duplicate-logical-id]: `S/Same`: the logical id `Twice` is taken by `S/Twice`
      --> fc-cdk/core/tests/it/mistakes.rs:43:5
      note: the first one is made here (fc-cdk/core/tests/it/mistakes.rs:37:5)
      help: give one of them another name
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    error[bad-stack-name]: `9Bad`: stack name `9Bad` is not valid: start it with a letter and use only A-Z, a-z, 0-9 and `-`
      --> fc-cdk/core/tests/it/mistakes.rs:57:5
      help: start with a letter; use letters, digits and dashes, 128 at most; or call `with_stack_name`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    error[unresolvable-reference]: `S/Use`: a value of another app is used here
      --> fc-cdk/core/tests/it/mistakes.rs:46:11
      help: build both in one app
    error[unreadable-asset]: `S/UseAsset`: the content of the asset `no/such/file` is not known
      --> fc-cdk/core/tests/it/mistakes.rs:55:11
      help: synthesize with the toolkit, which reads it, or pass its hash in `SynthOptions`
    error[dangling-reference]: `S/Dangling`: A: `Ref` of `Nothing`, which is not in the template
      --> fc-cdk/core/tests/it/mistakes.rs:47:11
      help: refer by handle, or correct the name; ids are case-sensitive
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    error[dangling-reference]: `S/Dangling`: B.0: `Fn::GetAtt` of `Nothing`, which is not a resource of the template
      --> fc-cdk/core/tests/it/mistakes.rs:47:11
      help: refer by handle, or correct the name; ids are case-sensitive
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    error[dangling-reference]: `S/Dangling`: C: `${Gone.Arn}` in `Fn::Sub`, which is not in the template
      --> fc-cdk/core/tests/it/mistakes.rs:47:11
      help: refer by handle, or correct the name; ids are case-sensitive
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    error[missing-transform]: `S/Length`: A: `Fn::Length` is evaluated by the transform `AWS::LanguageExtensions`, which is not on
      --> fc-cdk/core/tests/it/mistakes.rs:52:11
      help: call `stack.language_extensions()`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
    info[public-bucket]: `S/One`: PublicAccessBlockConfiguration: public access is blocked only by S3's default, which buckets from before April 2023 lack
      --> fc-cdk/core/tests/it/mistakes.rs:61:15
      help: set all four settings of `PublicAccessBlockConfiguration`, and give access by policies
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    info[public-bucket]: `S/Two`: PublicAccessBlockConfiguration: public access is blocked only by S3's default, which buckets from before April 2023 lack
      --> fc-cdk/core/tests/it/mistakes.rs:61:15
      help: set all four settings of `PublicAccessBlockConfiguration`, and give access by policies
      docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    error[duplicate-physical-name]: `S/Two`: BucketName: `same-name` is the name of `One` already
      --> fc-cdk/core/tests/it/mistakes.rs:61:15
      note: the first one is made here (fc-cdk/core/tests/it/mistakes.rs:61:15)
      help: leave the name out: CloudFormation makes one that is unique
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
    error[empty-stack]: `Empty`: Resources: the stack has no resources, and CloudFormation does not take an empty one
      --> fc-cdk/core/tests/it/mistakes.rs:56:5
      help: add a resource, or drop the stack
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    error[empty-stack]: `9Bad`: Resources: the stack has no resources, and CloudFormation does not take an empty one
      --> fc-cdk/core/tests/it/mistakes.rs:57:5
      help: add a resource, or drop the stack
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    warning[unused-allow]: `S`: `unused-rule` is allowed here, but nothing needs it
      --> fc-cdk/core/tests/it/mistakes.rs:58:11
      note: the reason given is: nothing needs it
      help: did you mean `unused-allow`?
    "#);
}

#[test]
fn an_allowance_takes_out_only_what_is_below_it() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let (left, right) = (stack.scope("Left"), stack.scope("Right"));
    for scope in [&left, &right] {
        topic(scope, "Topic").report(Diagnostic::warning(SOME_RULE, "hm"));
    }
    left.allow("some-rule", "a reason");
    let paths: Vec<_> =
        app.synth().diagnostics().iter().map(|diagnostic| diagnostic.path.clone()).collect();
    assert_eq!(paths, ["S/Right/Topic"]);
}

#[test]
fn limits_are_checked() {
    let app = App::new();
    let stack = Stack::new(&app, "S").with_description(&"x".repeat(1025));
    for number in 0..501 {
        topic(&stack, &format!("Topic{number}"));
    }
    let codes: Vec<_> =
        app.synth().diagnostics().iter().map(|diagnostic| diagnostic.message.clone()).collect();
    assert_eq!(
        codes,
        [
            "the stack has 501 resources, 500 are allowed",
            "the description has 1025 bytes, 1024 are allowed"
        ]
    );
}

#[test]
fn policies_that_iam_refuses_are_found_wherever_they_come_from() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let statement = json!({ "Effect": "Allow", "Action": "s3", "Resource": "*" });
    stack.raw_resource(
        "Role",
        "AWS::IAM::Role",
        json!({ "Policies": [{ "PolicyName": "p", "PolicyDocument": { "Statement": [statement] } }] }),
    );
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-policy]: `S/Role`: Policies.0.PolicyDocument.Statement.0.Action: `s3` is no action
      --> fc-cdk/core/tests/it/mistakes.rs:184:11
      help: write it as `service:Action`, such as `s3:GetObject`
      docs: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
    ");
}

#[test]
fn a_rule_broken_three_constructs_deep_names_the_users_line() {
    #[track_caller]
    fn server(scope: &Scope) {
        let scope = scope.construct("Server");
        firewall(&scope);
    }
    #[track_caller]
    fn firewall(scope: &Scope) {
        let everybody =
            json!({ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0" });
        scope.construct("Firewall").scope("Rules").raw_resource(
            "Group",
            "AWS::EC2::SecurityGroup",
            json!({ "GroupDescription": "ssh", "SecurityGroupIngress": [everybody] }),
        );
    }
    let app = App::new();
    let stack = Stack::new(&app, "S");
    server(&stack);
    let assembly = app.synth();
    let found = &assembly.diagnostics()[0];
    assert_eq!(assembly.diagnostics().len(), 1);
    assert_eq!(found.code, "open-to-the-world");
    assert_eq!(found.path, "S/Server/Firewall/Rules/Group");
    assert_eq!(found.property.as_deref(), Some("SecurityGroupIngress.0"));
    assert_eq!(found.location.map(|location| location.line), Some(line!() - 7));
}

#[test]
fn rules_of_other_tools_are_allowed_where_those_look() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let orders = topic(&stack, "Orders");
    topic(&stack, "News");
    orders.allow("CKV_AWS_26", "it is public").allow("AwsSolutions-SNS2", "it is public");
    stack.on_change(|resource| {
        resource.allow("AwsSolutions-SNS3", "another account publishes");
    });
    for assembly in [app.synth(), app.synth()] {
        assert!(assembly.diagnostics().is_empty(), "{:?}", assembly.diagnostics());
        let codes: Vec<_> =
            assembly.allowed().iter().map(|allowed| allowed.diagnostic.code.to_string()).collect();
        assert_eq!(
            codes,
            ["CKV_AWS_26", "AwsSolutions-SNS2", "AwsSolutions-SNS3", "AwsSolutions-SNS3"]
        );
        let template = Node::parse_json(assembly.stacks()[0].template_json()).unwrap();
        let metadata =
            |id: &str| template.pointer(&format!("/Resources/{id}/Metadata")).unwrap().clone();
        let reviewed = json!({
            "checkov": { "skip": [{ "id": "CKV_AWS_26", "comment": "it is public" }] },
            "cdk_nag": { "rules_to_suppress": [
                { "id": "AwsSolutions-SNS2", "reason": "it is public" },
                { "id": "AwsSolutions-SNS3", "reason": "another account publishes" }
            ] }
        });
        assert_eq!(metadata("Orders"), reviewed);
        let one = json!({ "id": "AwsSolutions-SNS3", "reason": "another account publishes" });
        assert_eq!(
            metadata("News").pointer("/cdk_nag/rules_to_suppress"),
            Some(&Node::List(vec![one]))
        );
    }
}
