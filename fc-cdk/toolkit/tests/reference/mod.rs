//! `schema` and `context`: facts, where people look them up.

use std::fs;

use fc_cdk_aws::{resource_type, tables};
use fc_cdk_core::{App, Node};
use fc_cdk_toolkit::{Cli, Exit, Terminal, Variables};
use insta::assert_snapshot;

use crate::{Run, Sandbox};

fn run(arguments: &[&str], variables: &Variables) -> Run {
    let (mut terminal, captured) = Terminal::captured();
    let cli = Cli::new("shop")
        .resource_types(resource_type)
        .all_resource_types(|| tables().flat_map(|(_, table)| table.resources()).collect());
    let exit = cli.run_with(arguments, variables, &mut terminal, |_| App::new());
    Run { exit, out: captured.out(), err: captured.err() }
}

fn schema(arguments: &[&str]) -> Run {
    let arguments: Vec<&str> = ["schema"].iter().chain(arguments).copied().collect();
    run(&arguments, &Variables::default())
}

#[test]
fn schema_shows_what_is_known_of_a_type() {
    let run = schema(&["AWS::SQS::Queue"]);
    assert_eq!(run.exit, Exit::Ok, "{}", run.err);
    assert_snapshot!(run.out, @"
    AWS::SQS::Queue
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html

    Data        lost when it is deleted or replaced
    Ref         QueueUrl
    Identifier  QueueUrl
    ARN         arn:${Partition}:sqs:${Region}:${Account}:${QueueName}
    Tags        Tags, a list of Key and Value
    Regions     45

    Properties
      Name                           Type                                    Update    Limits
      ContentBasedDeduplication      boolean                                 in place
      DeduplicationScope             text                                    in place
      DelaySeconds                   integer                                 in place  0 to 900
      FifoQueue                      boolean                                 replaces
      FifoThroughputLimit            text                                    in place
      KmsDataKeyReusePeriodSeconds   integer                                 in place  60 to 86400
      KmsMasterKeyId                 AWS::KMS::Alias.AliasName and 2 more    in place
      MaximumMessageSize             integer                                 in place  1024 to 1048576
      MessageRetentionPeriod         integer                                 in place  60 to 1209600
      QueueName                      text                                    replaces
      ReceiveMessageWaitTimeSeconds  integer                                 in place  0 to 20
      RedriveAllowPolicy             JSON                                    in place
      RedrivePolicy                  JSON                                    in place
      SqsManagedSseEnabled           boolean                                 in place
      Tags                           [Tag]                                   in place
      VisibilityTimeout              integer                                 in place  0 to 43200

    Attributes
      Name       Type
      Arn        AWS::SQS::Queue.Arn
      QueueName  text
      QueueUrl   AWS::SQS::Queue.QueueUrl
    ");
}

#[test]
fn schema_shows_what_is_in_a_property() {
    let run = schema(&["AWS::S3::Bucket", "VersioningConfiguration"]);
    assert_eq!(run.exit, Exit::Ok, "{}", run.err);
    assert_snapshot!(run.out, @"
    AWS::S3::Bucket VersioningConfiguration

    Type        an object `VersioningConfiguration`
    Required    no
    Update      in place

    Properties
      Name    Type                           Update    Limits
      Status  Enabled | Suspended  required  in place  default Suspended
    ");
    let run = schema(&["AWS::S3::Bucket", "LifecycleConfiguration.Rules.0.Status", "--json"]);
    assert_snapshot!(run.out, @r#"
    {
     "name": "Status",
     "type": "one of `Disabled`, `Enabled`",
     "required": true,
     "update": "in place",
     "deprecated": false,
     "values": [
      "Disabled",
      "Enabled"
     ],
     "refersTo": null,
     "limits": []
    }
    "#);
}

#[test]
fn schema_gives_everything_as_json() {
    let run = schema(&["AWS::SNS::TopicPolicy", "--json"]);
    // Regions come often.
    let (facts, regions) = run.out.split_once(" \"regions\"").unwrap();
    assert!(regions.contains("\"ap-northeast-1\""), "{regions}");
    assert_snapshot!(facts, @r#"
    {
     "type": "AWS::SNS::TopicPolicy",
     "docs": "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html",
     "stateful": false,
     "ref": "Id",
     "arn": null,
     "identifier": [
      "Id"
     ],
     "properties": [
      {
       "name": "PolicyDocument",
       "type": "JSON",
       "required": true,
       "update": "in place",
       "deprecated": false,
       "values": null,
       "refersTo": null,
       "limits": []
      },
      {
       "name": "Topics",
       "type": "a list, each item a string",
       "required": true,
       "update": "in place",
       "deprecated": false,
       "values": null,
       "refersTo": null,
       "limits": []
      }
     ],
     "rules": [],
     "attributes": [
      {
       "name": "Id",
       "type": "a string"
      }
     ],
     "tags": null,
     "replaces": [],
     "mayReplace": [],
     "readOnly": [
      "Id"
     ],
     "writeOnly": [],
     "deprecated": [],
    "#);
}

#[test]
fn schema_lists_types_and_answers_mistakes_with_the_nearest_name() {
    assert_snapshot!(schema(&["topic"]).out, @"
    AWS::IoT::TopicRule
    AWS::IoT::TopicRuleDestination
    AWS::MSK::Topic
    AWS::QuickSight::Topic
    AWS::QuickSight::TopicV2
    AWS::SNS::Topic
    AWS::SNS::TopicInlinePolicy
    AWS::SNS::TopicPolicy
    ");
    for wrong in [
        &["AWS::S3::Buckett"][..],
        &["AWS::S3::Xyzabcdefghij"],
        &["AWS::Nothing::Here"],
        &["AWS::S3::Bucket", "VersioningConfig"],
        &["AWS::S3::Bucket", "BucketName.Length"],
    ] {
        let run = schema(wrong);
        assert_eq!(run.exit, Exit::Error, "{wrong:?}");
        assert!(run.err.contains("help:") || wrong.len() == 2, "{}", run.err);
    }
    assert_snapshot!(schema(&["AWS::S3::Buckett"]).err, @"
    error: this build knows no resource type `AWS::S3::Buckett`
    help: did you mean `AWS::S3::Bucket`?
    ");
    assert_snapshot!(schema(&["AWS::S3::Bucket", "VersioningConfig"]).err, @"
    error: `AWS::S3::Bucket` has no property `VersioningConfig`
    help: did you mean `VersioningConfiguration`?
    ");
}

#[test]
fn context_tells_where_values_come_from_and_forgets_looked_up_ones() {
    let sandbox = Sandbox::new("context");
    let mut variables = Variables::default();
    variables.folder = Some(sandbox.0.clone());
    fs::write(sandbox.0.join("cdk.json"), r#"{"app": "x", "context": {"size": 2, "tier": "web"}}"#)
        .unwrap();
    let looked_up = r#"{"size": 1, "zones": ["a", "b"], "vpc": {"id": "vpc-1"}}"#;
    fs::write(sandbox.0.join("cdk.context.json"), looked_up).unwrap();
    let show = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["context"].iter().chain(arguments).copied().collect();
        run(&arguments, &variables)
    };
    assert_snapshot!(show(&["-c", "tier=db"]).out, @r#"
    Key    Value           Source
    size   2               cdk.json
    tier   "db"            --context
    vpc    {"id":"vpc-1"}  cdk.context.json
    zones  ["a","b"]       cdk.context.json
    "#);
    assert_snapshot!(show(&["--reset", "zone"]).err, @"
    error: `cdk.context.json` has no value `zone`
    help: did you mean `zones`?
    ");
    assert_eq!(show(&["--reset", "zones"]).exit, Exit::Ok);
    let left = fs::read_to_string(sandbox.0.join("cdk.context.json")).unwrap();
    assert_eq!(Node::parse_json(&left).unwrap().to_json(), r#"{"size":1,"vpc":{"id":"vpc-1"}}"#);
    assert_eq!(show(&["--clear"]).err, "took 2 values out of cdk.context.json\n");
    assert_snapshot!(show(&["--json"]).out, @r#"
    [
     {
      "key": "size",
      "value": 2,
      "source": "cdk.json"
     },
     {
      "key": "tier",
      "value": "web",
      "source": "cdk.json"
     }
    ]
    "#);
    // The `cdk` CLI has read the files.
    variables.context = Some(r#"{"size": 3}"#.to_owned());
    assert_snapshot!(run(&["context"], &variables).out, @"
    Key   Value  Source
    size  3      CDK_CONTEXT_JSON
    ");
}
