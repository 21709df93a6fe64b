use std::fs;

use fc_cdk_core::{App, Stack, json};
use fc_cdk_toolkit::Context;
use insta::assert_snapshot;

use super::{none, validate};
use crate::{Exit, Run, Sandbox};

/// An app with a queue by a parameter, and one mistake that is there anyway.
fn app(_: &Context) -> App {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    stack.raw_entry("Parameters", "Delay", json!({ "Type": "Number" }));
    let queue = json!({ "DelaySeconds": { "Ref": "Delay" }, "MessageRetentionPeriod": 5 });
    stack.raw_resource("Orders", "AWS::SQS::Queue", queue);
    app
}

/// Queues and subnets by parameters.
const TEMPLATE: &str = r#"Parameters:
  Stage:
    Type: String
    AllowedValues: [test, prod]
  Delay: {Type: Number, MaxValue: 5000}
  Range: {Type: String, Default: 10.0.1.0/24}
  Secret: {Type: String, NoEcho: true, MinLength: 8, Default: "{{resolve:ssm:secret}}"}
  Zones: {Type: CommaDelimitedList, Default: "a,b"}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
Resources:
  Orders:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      DelaySeconds: !If [IsProd, 10, !Ref Delay]
  OnlyTest:
    Type: AWS::SQS::Queue
    Condition: IsTest
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      MessageRetentionPeriod: 5
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  One:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}
  Two:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Sub "${Range}"
      Tags: [{Key: secret, Value: !Ref Secret}, {Key: zone, Value: !Select [2, !Ref Zones]}]
Outputs:
  Test: {Condition: IsTest, Value: !Ref OnlyTest}
"#;

/// What is said of the template with a file of values.
fn with(name: &str, file: &str, arguments: &[&str]) -> Run {
    let sandbox = Sandbox::new(&format!("validate-values-{name}"));
    fs::create_dir_all(&sandbox.0).unwrap();
    fs::write(sandbox.0.join("shop.yaml"), TEMPLATE).unwrap();
    fs::write(sandbox.0.join("values.json"), file).unwrap();
    let all = [&["{}/shop.yaml", "--parameters-file", "{}/values.json"], arguments].concat();
    validate(&sandbox, &all, none)
}

/// The first lines of what is found, with where.
fn told(run: &Run) -> String {
    let is_told =
        |line: &&str| line.contains("]: ") || line.contains("-->") || line.contains("= note");
    run.err.lines().filter(is_told).map(|line| format!("{}\n", line.trim())).collect()
}

#[test]
fn conditions_are_decided_by_values() {
    let test = r#"[{"ParameterKey": "Stage", "ParameterValue": "test"}, {"ParameterKey": "Delay", "ParameterValue": "901"},
        {"ParameterKey": "Zones", "ParameterValue": "a,b,c"}]"#;
    assert_snapshot!(told(&with("test", test, &[])), @"
    error[illegal-value]: 901 is too large
    --> DIR/shop.yaml:18:38
    --> DIR/values.json:1:81
    --> DIR/values.json:1:28
    error[illegal-value]: 5 is too small
    --> DIR/shop.yaml:25:7
    ");
    // Neither the other value of the condition nor the other queue are there.
    let prod = r#"{"Parameters": {"Stage": "prod", "Delay": 901, "Zones": "a,b,c"}}"#;
    let run = with("prod", prod, &[]);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""));
}

#[test]
fn ranges_and_lists_are_checked_once_they_are_known() {
    let file = r#"{"Stage": "prod", "Delay": 1, "Range": "10.0.0.128/25"}"#;
    assert_snapshot!(told(&with("range", file, &[])), @"
    error[cidr-overlap]: `10.0.0.128/25` overlaps `10.0.0.0/24` of `One`
    --> DIR/shop.yaml:36:7
    --> DIR/values.json:1:31
    error[bad-intrinsic]: `Fn::Select` asks for item 2 of 2; the first is 0
    --> DIR/shop.yaml:37:61
    --> DIR/shop.yaml:8:3
    ");
}

#[test]
fn values_are_compared_with_their_parameters() {
    let file = "[\n  {\"ParameterKey\": \"Stage\", \"ParameterValue\": \"prd\"},\n  {\"ParameterKey\": \"Secret\", \"ParameterValue\": \"hunter2\"},\n  {\"ParameterKey\": \"Stag\", \"ParameterValue\": \"prod\"},\n  {\"ParameterKey\": \"Zones\", \"ParameterValue\": \"a,b,c\"}\n]";
    let run = with("own", file, &[]);
    assert_eq!(run.exit, Exit::Error);
    assert!(!run.err.contains("hunter2"), "{}", run.err);
    assert!(run.err.contains(r#""ParameterValue": "*******"}"#), "{}", run.err);
    assert_snapshot!(told(&run), @"
    error[missing-value]: the parameter `Delay` has no default and is given no value
    --> DIR/shop.yaml:5:3
    error[illegal-value]: 5 is too small
    --> DIR/shop.yaml:25:7
    error[refused-value]: `Stage`: the value `prd` is not among the allowed values
    --> DIR/values.json:2:29
    --> DIR/shop.yaml:2:3
    error[refused-value]: `Secret`: the value is not one that the parameter takes
    --> DIR/values.json:3:30
    --> DIR/shop.yaml:7:3
    error[unknown-parameter]: there is no parameter `Stag`
    --> DIR/values.json:4:28
    ");
    let sarif = with("own-sarif", file, &["--format", "sarif"]);
    assert!(sarif.out.contains("refused-value") && !sarif.out.contains("hunter2"), "{}", sarif.out);
}

#[test]
fn values_of_the_command_line_go_before_those_of_files() {
    let file = r#"{"Stage": "prd", "Delay": 6000, "Zones": "a,b,c"}"#;
    let run = with("both", file, &["--parameters", "Stage=prod", "--parameters", "Delay=1"]);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""));
}

#[test]
fn values_that_are_kept_are_not_missing_and_not_known() {
    let file = r#"[{"ParameterKey": "Stage", "UsePreviousValue": true}, "Delay=1", "Zones=a,b,c"]"#;
    assert_snapshot!(told(&with("kept", file, &[])), @"
    error[illegal-value]: 5 is too small
    --> DIR/shop.yaml:25:7
    ");
}

#[test]
fn a_file_of_another_form_is_an_error_with_its_place() {
    let run = with("form", "{\"Parameters\": {\n  \"Stage\": {\"Ref\": \"x\"}}}", &[]);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @r#"
    error: DIR/values.json:2:3: this is no value of a parameter, but an intrinsic function
    help: write `[{"ParameterKey": "Name", "ParameterValue": "value"}]`, `["Name=value"]`, `{"Parameters": {"Name": "value"}}`, or `{"Name": "value"}`, as JSON or YAML
    "#);
    assert_snapshot!(with("no-json", "{\"Parameters\": {\"Stage\" \"a\"}}", &[]).err, @r#"
    error: DIR/values.json:1:25: expected `:`, found `\"`
    help: write `[{"ParameterKey": "Name", "ParameterValue": "value"}]`, `["Name=value"]`, `{"Parameters": {"Name": "value"}}`, or `{"Name": "value"}`, as JSON or YAML
    "#);
}

#[test]
fn an_app_is_checked_with_values_too() {
    let sandbox = Sandbox::new("validate-values-app");
    fs::create_dir_all(&sandbox.0).unwrap();
    fs::write(sandbox.0.join("values.yaml"), "Parameters:\n  Delay: 901\n  Dealy: 1\n").unwrap();
    let run = validate(&sandbox, &["--parameters-file", "{}/values.yaml"], app);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(told(&run), @"
    error[unknown-parameter]: there is no parameter `Dealy`
    --> DIR/values.yaml:3:3
    error[illegal-value]: 5 is too small
    --> fc-cdk/toolkit/tests/validate/parameters.rs:16:11
    error[illegal-value]: 901 is too large
    --> fc-cdk/toolkit/tests/validate/parameters.rs:16:11
    --> DIR/values.yaml:2:3
    ");
    let run = validate(&sandbox, &["--parameters", "Shop:Delay=9"], app);
    assert!(!run.err.contains("DelaySeconds"), "{}", run.err);
    // Values for another stack are none of this one's.
    let run = validate(&sandbox, &["--parameters", "Other:Delay=901"], app);
    assert!(!run.err.contains("DelaySeconds"), "{}", run.err);
}
