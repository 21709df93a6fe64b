//! What the templates say.

use fc_cdk::prelude::*;
use fc_cdk_testing::{Findings, TemplateTest, like, list_with};
use fc_constructs::messaging::Topic;
use reports::{Nightly, reports};

fn app() -> App {
    let app = App::new();
    reports(&app);
    app
}

#[test]
fn there_is_nothing_to_find() {
    Findings::of_app(&app()).none();
}

#[test]
fn reports_are_kept_in_private() {
    let assembly = app().synth();
    let store = TemplateTest::of(&assembly, "Store");
    store.count("AWS::S3::Bucket", 1);
    store.has_properties(
        "AWS::S3::Bucket",
        like!({ "PublicAccessBlockConfiguration": { "BlockPublicPolicy": true } }),
    );
}

#[test]
fn the_construct_of_our_own_is_whole_and_reads_the_other_stack() {
    let assembly = app().synth();
    let work = TemplateTest::of(&assembly, "Work");
    for (kind, count) in [
        ("AWS::Lambda::Function", 1),
        ("AWS::SQS::Queue", 1),
        ("AWS::Events::Rule", 1),
        ("AWS::Lambda::Permission", 1),
        ("AWS::CloudWatch::Alarm", 1),
    ] {
        work.count(kind, count);
    }
    assert!(work.logical_id("Work/Nightly/Function/Resource").starts_with("NightlyFunction"));
    let bucket = like!({ "Fn::GetStackOutput": { "StackName": "Store" } });
    work.has_properties(
        "AWS::Lambda::Function",
        like!({ "Environment": { "Variables": { "BUCKET": bucket } } }),
    );
    work.has_properties(
        "AWS::IAM::Policy",
        like!({ "PolicyDocument": {
            "Statement": list_with([like!({ "Action": list_with(["s3:PutObject"]) })]),
        } }),
    );
}

#[test]
fn what_the_construct_of_our_own_refuses_is_at_the_line_of_its_user() {
    let app = App::new();
    let stack = Stack::new(&app, "Work");
    let alarms = Topic::builder().build(&stack, "Alarms");
    let line = line!() + 1;
    Nightly::new(&stack, "Nightly", 12, "def handler(event, context): pass", &alarms);
    let findings = Findings::of_app(&app);
    let error = findings.error("reports-no-night", "Work/Nightly");
    let place = error.location.map(|source| (source.file, source.line));
    assert_eq!(place, Some((file!(), line)));
}
