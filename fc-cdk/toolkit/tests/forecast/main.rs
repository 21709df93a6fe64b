//! What a deploy would fail by, told by what the account answers. The answers have the form of AWS's own:
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/>, <https://docs.aws.amazon.com/IAM/latest/APIReference/> and so on.
#![cfg(feature = "deploy")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers; // an AWS that says what a test writes down
mod asking; // what people read, and what happens when AWS does not answer
mod compute; // servers, networks, databases
mod identity; // roles, policies, keys, certificates, secrets, permissions
mod networks; // how many of something a network, zone or security group may have
mod quotas; // how many an account may have
mod removal; // what keeps stacks from being deleted
mod examples; // those that the documentation shows
mod storage; // names, buckets, repositories, code
#[path = "../report/schema.rs"]
mod schema; // the form of JSON

use fc_cdk_core::{App, Node, Stack, json};
use fc_cdk_toolkit::{AccessKey, Cli, Exit, Secret, Terminal, Variables};

use crate::answers::{Answer, error, serve};

const ACCOUNT: &str = "123456789012";

/// A stack with one resource.
fn app(type_name: &'static str, properties: Node) -> App {
    let app = App::new();
    Stack::new(&app, "Shop").raw_resource("It", type_name, properties);
    app
}

struct Run {
    exit: Exit,
    out: String,
    err: String,
    asked: Vec<String>,
}

fn run(app: impl Fn() -> App, arguments: &[&str], answers: Vec<Answer>) -> Run {
    let identity = format!(
        "<R><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/me</Arn><Account>{ACCOUNT}</Account></GetCallerIdentityResult></R>"
    );
    let missing = || error("ValidationError", "Stack with id Shop does not exist");
    let defaults = vec![
        ("GetCallerIdentity", 200, identity),
        ("GetTemplate", 400, missing()),
        ("DescribeStacks StackName=", 400, missing()),
        ok("DescribeStacks", "<R><DescribeStacksResult><Stacks/></DescribeStacksResult></R>"),
        ok("GetServiceQuota L-0485CB21", r#"{"Quota": {"Value": 2000.0}}"#),
    ];
    let (endpoint, asked) = serve(answers, defaults);
    let (mut terminal, captured) = Terminal::captured();
    let mut variables = Variables::default();
    let secret = Secret::new("secret");
    variables.access_key = Some(AccessKey { id: "key".into(), secret, session_token: None });
    variables.region = Some("ap-northeast-1".into());
    variables.endpoint_url = Some(endpoint);
    let cli = Cli::new("shop")
        .resource_types(fc_cdk_aws::resource_type)
        .permissions(fc_cdk_aws::permissions);
    let arguments = [&["forecast"], arguments].concat();
    let exit = cli.run_with(arguments, &variables, &mut terminal, |_| app());
    let asked = asked.lock().unwrap().clone();
    Run { exit, out: captured.out(), err: captured.err(), asked }
}

/// The codes, properties and messages of what is found for a stack with one resource.
fn findings(type_name: &'static str, properties: Node, answers: Vec<Answer>) -> Vec<String> {
    findings_of(|| app(type_name, properties.clone()), &[], answers)
}

/// The same for any app.
fn findings_of(app: impl Fn() -> App, arguments: &[&str], answers: Vec<Answer>) -> Vec<String> {
    let run = run(app, &[&["--json"], arguments].concat(), answers);
    assert!(!run.out.is_empty(), "{}", run.err);
    schema::assert_is("forecast", &run.out);
    let report = Node::parse_json(&run.out).unwrap();
    let findings = report.get("findings").and_then(Node::as_list).unwrap();
    let text = |node: &Node, key: &str| {
        node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned()
    };
    let fails = findings.iter().any(|finding| text(finding, "severity") == "error");
    assert_eq!(run.exit, if fails { Exit::Error } else { Exit::Ok });
    findings
        .iter()
        .map(|finding| {
            let is_removed = run.asked.iter().any(|it| it == "ListStackResources");
            let has_line = finding.pointer("/location/file").is_some();
            assert!(has_line || is_removed || finding.get("logicalId").is_none());
            let [code, property, message] =
                ["code", "property", "message"].map(|key| text(finding, key));
            format!("{code} {property}: {message}").replace("forecast-", "")
        })
        .collect()
}

/// The answers of a deployed stack with this template.
fn deployed(template: &str) -> Vec<Answer> {
    let stack = "<R><DescribeStacksResult><Stacks><member><StackName>Shop</StackName><StackId>arn:aws:cloudformation:ap-northeast-1:123456789012:stack/Shop/1</StackId><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></R>";
    let template = template.replace('"', "&quot;");
    let template = format!(
        "<R><GetTemplateResult><TemplateBody>{template}</TemplateBody></GetTemplateResult></R>"
    );
    vec![ok("DescribeStacks StackName=", stack), ok("GetTemplate", template)]
}

fn ok(operation: &'static str, body: impl Into<String>) -> Answer {
    (operation, 200, body.into())
}

fn named(function: Node) -> Node {
    Node::Map(function.as_map().unwrap().clone().with("FunctionName", "hello"))
}

fn function(role: &str) -> Node {
    json!({ "Role": role, "Code": { "ZipFile": "pass" }, "Handler": "index.handler", "Runtime": "python3.13" })
}

/// A policy that lets a service take a role.
fn trust_of(service: &str) -> Node {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": service } }] })
}

/// A policy that lets somebody do something.
fn rules() -> Node {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:ap-northeast-1:123456789012:news" }] })
}
