//! What assertions hold, and what they say where they do not.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fc_cdk_core::{App, Output, RemovalPolicy, Stack, json};
use fc_cdk_testing::{
    Capture, Findings, Pattern, TemplateTest, absent, any, assert_template_snapshot, attribute_of,
    exactly, json_text, like, list_with, mentions, not, one_of, reference_to, text,
};
use insta::assert_snapshot;

/// A stack with two buckets, one role and one output.
fn app() -> App {
    let app = App::new();
    let stack = Stack::new(&app, "Data");
    let logs = stack.raw_resource(
        "Logs",
        "AWS::S3::Bucket",
        json!({ "BucketName": "shop-logs", "Tags": [{ "Key": "team", "Value": "data" }, { "Key": "cost", "Value": "7" }] }),
    );
    stack.raw_resource(
        "Orders",
        "AWS::S3::Bucket",
        json!({
            "BucketName": "shop-orders",
            "LoggingConfiguration": { "DestinationBucketName": logs.ref_value::<str>() },
            "VersioningConfiguration": { "Status": "Enabled" },
        }),
    );
    stack.raw_resource(
        "Board",
        "AWS::CloudWatch::Dashboard",
        json!({ "DashboardBody": r#"{"widgets":[{"type":"text","width":6}]}"# }),
    );
    logs.removal_policy(RemovalPolicy::Retain);
    Output::new(&stack, "LogsName", &logs);
    app
}

/// What a failing assertion says, without the columns and lines of this file.
#[expect(clippy::unwrap_used, reason = "a test")]
fn failure(assertion: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(assertion)).unwrap_err();
    let message = payload.downcast_ref::<String>().unwrap();
    let place = regex_lite::Regex::new(r"assertions\.rs:\d+:\d+").unwrap();
    place.replace_all(message, "assertions.rs").into_owned()
}

#[test]
fn a_resource_is_found_by_what_it_has() {
    let template = TemplateTest::of_app(&app());
    let orders = template.has_properties("AWS::S3::Bucket", like!({ "BucketName": "shop-orders" }));
    assert_eq!(orders.logical_id, template.logical_id("Data/Orders"));
    assert_eq!(orders.properties().get("BucketName"), Some(&json!("shop-orders")));
    template.has_resource(
        "AWS::S3::Bucket",
        like!({ "Type": any(), "Properties": { "BucketName": "shop-logs" }, "DeletionPolicy": "Retain" }),
    );
    template.count("AWS::S3::Bucket", 2);
    template.count_like("AWS::S3::Bucket", like!({ "VersioningConfiguration": absent() }), 1);
    template.count("AWS::SNS::Topic", 0);
    template.all("AWS::S3::Bucket", like!({ "BucketName": text("^shop-[a-z]+$") }));
    template.none("AWS::S3::Bucket", like!({ "AccessControl": any() }));
    template.none("AWS::SNS::Topic", like!({}));
}

#[test]
fn patterns_are_like_what_they_say() {
    let template = TemplateTest::of_app(&app());
    let logs = template.logical_id("Data/Logs");
    let holds: [Pattern; 10] = [
        like!({ "LoggingConfiguration": { "DestinationBucketName": reference_to(&logs) } }),
        like!({ "LoggingConfiguration": exactly(json!({ "DestinationBucketName": { "Ref": logs.as_str() } })) }),
        like!({ "LoggingConfiguration": mentions("Logs") }),
        like!({ "Tags": list_with([like!({ "Key": "cost" })]) }),
        like!({ "Tags": [any(), { "Key": "cost", "Value": 7 }] }),
        like!({ "BucketName": one_of(["shop-logs", "other"]) }),
        like!({ "BucketName": not("shop-logs") }),
        like!({ "VersioningConfiguration": not(like!({ "Status": "Suspended" })) }),
        json!({ "BucketName": "shop-logs" }).into(),
        like!({}),
    ];
    for pattern in holds {
        assert!(
            !template.find("AWS::S3::Bucket", like!({ "Properties": pattern.clone() })).is_empty(),
            "{pattern}"
        );
    }
    let fails: [Pattern; 7] = [
        like!({ "LoggingConfiguration": { "DestinationBucketName": attribute_of(&logs, "Arn") } }),
        like!({ "LoggingConfiguration": exactly(json!({})) }),
        like!({ "Tags": [any()] }),
        like!({ "Tags": list_with([like!({ "Key": "cost" }), like!({ "Key": "team" })]) }),
        like!({ "BucketName": not(any()) }),
        like!({ "AccessControl": not("Private") }),
        like!({ "BucketName": text("(") }),
    ];
    for pattern in fails {
        assert!(
            template.find("AWS::S3::Bucket", like!({ "Properties": pattern.clone() })).is_empty(),
            "{pattern}"
        );
    }
    let widget = like!({ "widgets": [{ "type": "text" }] });
    template.has_properties(
        "AWS::CloudWatch::Dashboard",
        like!({ "DashboardBody": json_text(widget) }),
    );
    template.has_output("LogsName", like!({ "Value": reference_to(&logs) }));
}

#[test]
fn captures_keep_only_what_the_resource_that_was_found_has() {
    let template = TemplateTest::of_app(&app());
    let name = Capture::new();
    template.has_properties(
        "AWS::S3::Bucket",
        like!({ "BucketName": name.capture(), "VersioningConfiguration": { "Status": "Enabled" } }),
    );
    assert_eq!(name.all(), [json!("shop-orders")]);
    let each = Capture::new();
    template.all("AWS::S3::Bucket", like!({ "BucketName": each.capture_like(text("shop")) }));
    assert_eq!(each.all(), [json!("shop-logs"), json!("shop-orders")]);
    assert_snapshot!(failure(|| drop(Capture::new().text())), @"nothing was captured: no assertion with this capture held");
}

#[test]
fn a_failure_says_which_resource_comes_closest() {
    let template = TemplateTest::of_app(&app());
    let wanted = like!({ "BucketName": "shop-order", "VersioningConfiguration": { "Status": "Enabled" }, "BucketEncryption": any() });
    assert_snapshot!(failure(|| drop(template.has_properties("AWS::S3::Bucket", wanted))), @r#"
    no AWS::S3::Bucket of `Data` is like the pattern (2 there).
    The closest is Orders (`Data/Orders`, fc-cdk/testing/tests/assertions.rs):
      Properties.BucketName: expected "shop-order", found "shop-orders"
      Properties.BucketEncryption: expected anything, but it is not there
    "#);
    assert_snapshot!(failure(|| drop(template.has_properties("AWS::SNS::Topic", like!({})))), @"`Data` has no AWS::SNS::Topic; there are: AWS::CloudWatch::Dashboard, AWS::S3::Bucket");
    assert_snapshot!(failure(|| template.all("AWS::S3::Bucket", like!({ "Tags": any() }))), @"
    1 of 2 AWS::S3::Bucket of `Data` are not like the pattern:
    Orders (`Data/Orders`, fc-cdk/testing/tests/assertions.rs):
      Properties.Tags: expected anything, but it is not there
    ");
    assert_snapshot!(failure(|| template.none("AWS::S3::Bucket", like!({ "Tags": any() }))), @"
    `Data` should have no such AWS::S3::Bucket, but has:
      Logs (`Data/Logs`, fc-cdk/testing/tests/assertions.rs)
    ");
    assert_snapshot!(failure(|| template.count("AWS::S3::Bucket", 3)), @"
    `Data` should have 3 such AWS::S3::Bucket, but has 2
      Logs (`Data/Logs`, fc-cdk/testing/tests/assertions.rs)
      Orders (`Data/Orders`, fc-cdk/testing/tests/assertions.rs)
    ");
    assert_snapshot!(failure(|| template.has_output("Name", any())), @"`Data` has no `Name` in Outputs; there are: LogsName");
    assert_snapshot!(failure(|| template.has_output("LogsName", like!({ "Export": any() }))), @"
    `LogsName` of Outputs of `Data` is not like the pattern:
      Export: expected anything, but it is not there
    ");
    assert_snapshot!(failure(|| drop(template.logical_id("Data/Nowhere"))), @"
    no resource of `Data` has the path `Data/Nowhere`; there are:
      Data/Logs
      Data/Orders
      Data/Board
    ");
    assert_snapshot!(failure(|| template.is_like(like!({ "Parameters": any() }))), @"
    `Data` is not like the pattern:
      Parameters: expected anything, but it is not there
    ");
}

#[test]
fn a_test_does_not_ask_for_what_no_template_can_have() {
    let template = TemplateTest::of_app(&app());
    let bucket = "AWS::S3::Bucket";
    let asked = |pattern: Pattern| failure(|| template.none(bucket, pattern));
    assert_snapshot!(failure(|| template.count("AWS::S3::Bukcet", 0)), @"
    CloudFormation has no resource type `AWS::S3::Bukcet`; did you mean `AWS::S3::Bucket`?
    A test that asks for what cannot be there says nothing; if it is newer than the tables of types, ask by `TemplateTest::unchecked`
    ");
    assert_snapshot!(failure(|| template.count("S3::Bucket", 0)), @"`S3::Bucket` is no resource type: they look like `AWS::S3::Bucket`");
    assert_snapshot!(asked(like!({ "BucketNmae": any() })), @"
    AWS::S3::Bucket has no property `BucketNmae`; did you mean `BucketName`?
    A test that asks for what cannot be there says nothing; if it is newer than the tables of types, ask by `TemplateTest::unchecked`
    ");
    assert_snapshot!(asked(like!({ "VersioningConfiguration": { "Status": "Enable" } })), @"
    `VersioningConfiguration.Status` of AWS::S3::Bucket has no value `Enable`; did you mean `Enabled`?
    A test that asks for what cannot be there says nothing; if it is newer than the tables of types, ask by `TemplateTest::unchecked`
    ");
    assert_snapshot!(asked(like!({ "LifecycleConfiguration": { "Rules": list_with([like!({ "Expires": 3 })]) } })), @"
    AWS::S3::Bucket, `LifecycleConfiguration.Rules`, has no property `Expires`
    A test that asks for what cannot be there says nothing; if it is newer than the tables of types, ask by `TemplateTest::unchecked`
    ");
    assert_snapshot!(asked(not(like!({ "Tags": [{ "Name": "team" }] }))), @"
    a tag has no key `Name`
    A test that asks for what cannot be there says nothing; if it is newer than the tables of types, ask by `TemplateTest::unchecked`
    ");
    assert_snapshot!(failure(|| drop(template.has_resource(bucket, like!({ "RemovalPolicy": "Retain" })))), @"
    a resource has no key `RemovalPolicy`
    A test that asks for what cannot be there says nothing; if it is newer than the tables of types, ask by `TemplateTest::unchecked`
    ");

    // What may well be.
    template.none(bucket, like!({ "VersioningConfiguration": { "Ref": any() } }));
    template.none(bucket, like!({ "VersioningConfiguration": { "Status": one_of([any(), text("x")]) }, "BucketName": "other" }));
    template.count("Custom::Anything", 0);
    template.count("Third::Party::Type", 0);
    template.clone().unchecked().none(bucket, like!({ "NewerThanTheTables": any() }));
}

#[test]
fn a_stack_is_named_where_there_are_several() {
    let app = app();
    Stack::new(&app, "More").raw_resource("Topic", "AWS::SNS::Topic", json!({}));
    assert_snapshot!(failure(|| drop(TemplateTest::of_app(&app))), @"the app has 2 stacks: name the one to test, by `TemplateTest::of`");
    let assembly = app.synth();
    TemplateTest::of(&assembly, "More").count("AWS::SNS::Topic", 1);
    assert_snapshot!(failure(|| drop(TemplateTest::of(&assembly, "Mroe"))), @"there is no stack `Mroe`; there are: Data, More");
}

#[test]
fn findings_are_asserted_by_rule_and_construct() {
    let app = App::new();
    let stack = Stack::new(&app, "More");
    stack.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
    Findings::of_app(&app).none();
    stack.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
    let findings = Findings::of_app(&app);
    assert_eq!(findings.error("duplicate-id", "More").location.unwrap().file, file!());
    findings.no_other_errors(&["duplicate-id"]);
    assert_snapshot!(failure(|| findings.none()), @"
    nothing should be found, but:
    error[duplicate-id]: `More`: there is a construct `Topic` in `More` already
      --> fc-cdk/testing/tests/assertions.rs
      note: the first one is made here (fc-cdk/testing/tests/assertions.rs)
      help: ids are unique within their scope: rename one, or give it a scope of its own
    ");
    assert_snapshot!(failure(|| findings.no_errors()), @"
    there should be no such errors:
    error[duplicate-id]: `More`: there is a construct `Topic` in `More` already
      --> fc-cdk/testing/tests/assertions.rs
      note: the first one is made here (fc-cdk/testing/tests/assertions.rs)
      help: ids are unique within their scope: rename one, or give it a scope of its own
    ");
    assert_snapshot!(failure(|| drop(findings.warning("duplicate-id", "More").clone())), @"
    there is no warning `duplicate-id` of `More`; what was found:
    error[duplicate-id]: `More`: there is a construct `Topic` in `More` already
      --> fc-cdk/testing/tests/assertions.rs
      note: the first one is made here (fc-cdk/testing/tests/assertions.rs)
      help: ids are unique within their scope: rename one, or give it a scope of its own
    ");
}

#[test]
fn what_is_allowed_is_asserted_with_its_reason() {
    let app = App::new();
    let stack = Stack::new(&app, "Web");
    let group = stack.raw_resource(
        "Group",
        "AWS::EC2::SecurityGroup",
        json!({
            "GroupDescription": "shells",
            "SecurityGroupIngress": [{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0" }],
        }),
    );
    let findings = Findings::of_app(&app);
    findings.warning("open-to-the-world", "Web/Group");
    assert_snapshot!(failure(|| drop(findings.allowed("open-to-the-world", "Web/Group").clone())), @"no `open-to-the-world` of `Web/Group` is allowed");
    group.allow("open-to-the-world", "a honeypot");
    let findings = Findings::of_app(&app);
    findings.none();
    assert_eq!(findings.allowed("open-to-the-world", "Web/Group").reason, "a honeypot");
}

#[test]
fn a_snapshot_is_the_template_without_hashes_of_assets() {
    let app = App::new();
    let hash = "0123456789abcdef".repeat(4);
    let url = format!("https://bucket.s3.amazonaws.com/{hash}.json");
    Stack::new(&app, "Outer").raw_resource(
        "Inner",
        "AWS::CloudFormation::Stack",
        json!({ "TemplateURL": url }),
    );
    assert_template_snapshot!(TemplateTest::of_app(&app));
}
