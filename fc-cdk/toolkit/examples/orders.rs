//! An app for the tests of deployments. What it says depends on context values, so that a test deploys one version after another:
//! `cargo run -p fc-cdk-toolkit --features deploy --example orders -- synth -c name=two -c link=weak`.

use std::process::ExitCode;

use fc_cdk_core::{
    App, Asset, NestedStack, Node, Output, Parameter, RemovalPolicy, Scope, Stack, json,
};
use fc_cdk_toolkit::{Cli, Context};

fn main() -> ExitCode {
    Cli::new("orders").resource_types(fc_cdk_aws::resource_type).run(|context| {
        let app = App::new();
        for number in 1..=number(context, "copies") {
            let stack = Stack::new(&app, &format!("Copy{number}"));
            let name = text(context, "name").unwrap_or("one");
            stack.raw_resource("Topic", "AWS::SNS::Topic", json!({ "DisplayName": name }));
        }
        if number(context, "copies") == 0 {
            orders(&app, context);
        }
        app
    })
}

/// The value of a context key.
fn text<'a>(context: &'a Context, key: &str) -> Option<&'a str> {
    context.value(key).and_then(Node::as_str)
}

fn number(context: &Context, key: &str) -> usize {
    text(context, key).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn orders(app: &Scope, context: &Context) {
    let stack = Stack::new(app, "Orders");
    let display = text(context, "name").unwrap_or("one");
    let mut properties = json!({ "DisplayName": display });
    if let (Node::Map(map), Some(name)) = (&mut properties, text(context, "topic")) {
        map.insert("TopicName", name);
    }
    let topic = stack.raw_resource("Topic", "AWS::SNS::Topic", properties);
    // Made after the topic, so that a test knows what there is when it fails.
    let timeout = 30 + i64::try_from(display.len()).unwrap_or(0);
    let queue =
        stack.raw_resource("Queue", "AWS::SQS::Queue", json!({ "VisibilityTimeout": timeout }));
    queue.depends_on(&topic);
    Output::new(&stack, "TopicArn", topic.ref_value::<String>());

    if let Some(name) = text(context, "files") {
        let bucket = stack.raw_resource("Files", "AWS::S3::Bucket", json!({ "BucketName": name }));
        bucket.removal_policy(RemovalPolicy::Delete);
    }
    if text(context, "role").is_some() {
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": "lambda.amazonaws.com" },
                "Action": "sts:AssumeRole",
            }],
        });
        stack.raw_resource("Role", "AWS::IAM::Role", json!({ "AssumeRolePolicyDocument": policy }));
    }
    if let Some(name) = text(context, "nested") {
        let jobs = NestedStack::new(&stack, "Jobs");
        jobs.raw_resource("Topic", "AWS::SNS::Topic", json!({ "DisplayName": name }));
        for number in 1..=number(context, "inside") {
            let display = format!("{number}{}", "x".repeat(80));
            let id = format!("Topic{number}");
            jobs.raw_resource(&id, "AWS::SNS::Topic", json!({ "DisplayName": display }));
        }
        let inner = NestedStack::new(&jobs, "Inner");
        inner.raw_resource("Queue", "AWS::SQS::Queue", json!({ "VisibilityTimeout": 5 }));
    }
    if text(context, "secret").is_some() {
        let password = Parameter::<String>::new(&stack, "Password").no_echo();
        let properties = json!({ "Type": "String", "Value": (&password.value()) });
        stack.raw_resource("Secret", "AWS::SSM::Parameter", properties);
    }
    if let Some(content) = text(context, "asset") {
        let asset = Asset::content(&stack, "ReportFile", content.as_bytes().to_vec(), "txt");
        let properties = json!({ "Type": "String", "Value": (&asset.object_key()) });
        stack.raw_resource("Report", "AWS::SSM::Parameter", properties);
    }
    for number in 1..=number(context, "many") {
        let display = format!("{number}{}", "x".repeat(80));
        stack.raw_resource(
            &format!("Topic{number}"),
            "AWS::SNS::Topic",
            json!({ "DisplayName": display }),
        );
    }
    let link = match text(context, "link") {
        Some("strong") => Some(topic.ref_value::<String>().strong()),
        Some("weak") => Some(topic.ref_value::<String>().weak()),
        Some(_) => None,
        None => return,
    };
    let reports = Stack::new(app, "Reports");
    let value = link.map_or_else(|| json!("nothing"), |link| json!(&link));
    let properties = json!({ "Name": "/reports/topic", "Type": "String", "Value": value });
    reports.raw_resource("Topic", "AWS::SSM::Parameter", properties);
}
