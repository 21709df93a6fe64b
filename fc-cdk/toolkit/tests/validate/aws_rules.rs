use std::fs;

use fc_cdk_core::{App, Node, Stack, Stage, json};
use fc_cdk_toolkit::{Cli, Context, Terminal, Variables};
use insta::assert_snapshot;

use super::{file, none, validate};
use crate::{Exit, Run, Sandbox};

/// What AWS's engine finds, and our checks leave to it.
const TEMPLATE: &str = r#"{
  "Resources": {
    "Feed": {
      "Type": "AWS::SNS::Subscription",
      "Properties": {
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:news",
        "Protocol": "sqs",
        "Endpoint": { "Fn::GetAtt": ["Orders", "Arn"] }
      }
    },
    "Orders": {
      "Type": "AWS::SQS::Queue",
      "DeletionPolicy": "Retain",
      "UpdateReplacePolicy": "Retain",
      "Properties": { "DelaySeconds": 901 }
    }
  }
}
"#;

const RULES: &str = "\
let queues = Resources.*[ Type == 'AWS::SQS::Queue' ]

rule queues_are_encrypted when %queues !empty {
  %queues.Properties.KmsMasterKeyId exists
  <<
    Violation: a queue has no key of the company
    Fix: set KmsMasterKeyId
  >>
}

rule messages_wait_at_most_a_minute when %queues !empty {
  %queues.Properties.DelaySeconds <= 60
}
";

/// An app whose queue breaks rules, in one stack of two.
fn shop(_: &Context) -> App {
    let app = App::new();
    Stack::new(&app, "Network").raw_resource("Alarms", "AWS::SNS::Topic", json!({}));
    let data = Stack::new(&Stage::new(&app, "Prod"), "Data");
    data.raw_resource("Orders", "AWS::SQS::Queue", json!({ "DelaySeconds": 90 }));
    app
}

/// The same app, which lets its queue be.
fn lenient(context: &Context) -> App {
    let app = shop(context);
    app.allow("guard:queues_are_encrypted", "AWS's key will do");
    app.allow("guard:unread", "of a file that is not there");
    app.allow("aws:E3012", "for nothing");
    app
}

fn rules(sandbox: &Sandbox, name: &str, text: &str) {
    fs::create_dir_all(&sandbox.0).unwrap();
    fs::write(sandbox.0.join(name), text).unwrap();
}

/// Codes with the construct or file and line of each.
fn findings(run: &Run) -> Vec<String> {
    let report = Node::parse_json(&run.out).unwrap();
    let findings = report.get("findings").and_then(Node::as_list).unwrap_or_default();
    let text = |finding: &Node, key: &str| {
        finding.get(key).and_then(Node::as_str).unwrap_or_default().to_owned()
    };
    findings.iter().map(|it| format!("{} {}", text(it, "code"), text(it, "path"))).collect()
}

#[test]
fn what_the_engine_finds_in_a_file_has_its_line_and_nothing_is_said_twice() {
    let sandbox = file("validate-engine", TEMPLATE);
    let run = validate(&sandbox, &["{}/template.json"], none);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""));
    assert_snapshot!(run.err, @r#"
    warning[aws:W9013]: Hardcoded account ID in ARN - use AWS::AccountId pseudo-parameter
     --> DIR/template.json:3:5
      |
    3 |     "Feed": {
      |     ^^^^^^
      |
      = logical id: Feed
      = docs: https://github.com/aws-cloudformation/cloudformation-validate

    warning[aws:W9002]: Property 'TopicArn' has a hardcoded ARN - use Ref, GetAtt, or a parameter instead
     --> DIR/template.json:6:9
      |
    6 |         "TopicArn": "arn:aws:sns:eu-west-1:123456789012:news",
      |         ^^^^^^^^^^
      |
      = logical id: Feed
      = property: TopicArn
      = docs: https://github.com/aws-cloudformation/cloudformation-validate

    error[illegal-value]: 901 is too large
      --> DIR/template.json:15:23
       |
    15 |       "Properties": { "DelaySeconds": 901 }
       |                       ^^^^^^^^^^^^^^
       |
       = logical id: Orders
       = property: DelaySeconds
       = help: 0 to 900 is allowed
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html

    for more about a finding: `shop explain illegal-value`
    1 error, 2 warnings
    "#);
}

#[test]
fn yaml_is_read_by_the_engine_as_it_is() {
    let sandbox = Sandbox::new("validate-engine-yaml");
    let template = "\
Resources:
  Feed:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Sub arn:aws:sns:${AWS::Region}:123456789012:news
      Protocol: email
      Endpoint: shop@example.com
";
    rules(&sandbox, "feed.yaml", template);
    let run = validate(&sandbox, &["{}/feed.yaml", "--format", "github"], none);
    assert_eq!(run.exit, Exit::Ok);
    assert_snapshot!(run.out, @"::warning file=DIR/feed.yaml,line=5,col=7,title=aws%3AW9002::Feed: TopicArn: Property 'TopicArn' has a hardcoded ARN - use Ref, GetAtt, or a parameter instead");
}

#[test]
fn guard_rules_are_asked_of_files() {
    let sandbox = file("validate-guard-file", TEMPLATE);
    rules(&sandbox, "company.guard", RULES);
    let run = validate(
        &sandbox,
        &["{}/template.json", "--rules", "{}/company.guard", "--format", "github"],
        none,
    );
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.out, @"
    ::error file=DIR/template.json,line=11,col=5,title=guard%3Aqueues_are_encrypted::Orders: a queue has no key of the company%0Ahelp: set KmsMasterKeyId
    ::error file=DIR/template.json,line=15,col=23,title=illegal-value::Orders: DelaySeconds: 901 is too large%0Ahelp: 0 to 900 is allowed
    ::error file=DIR/template.json,line=15,col=23,title=guard%3Amessages_wait_at_most_a_minute::Orders: DelaySeconds: Guard check `%25queues[*].Properties.DelaySeconds LESS THAN EQUALS 60` failed
    ::warning file=DIR/template.json,line=3,col=5,title=aws%3AW9013::Feed: Hardcoded account ID in ARN - use AWS::AccountId pseudo-parameter
    ::warning file=DIR/template.json,line=6,col=9,title=aws%3AW9002::Feed: TopicArn: Property 'TopicArn' has a hardcoded ARN - use Ref, GetAtt, or a parameter instead
    ");
}

#[test]
fn guard_rules_are_asked_of_the_app() {
    let sandbox = Sandbox::new("validate-guard-app");
    rules(&sandbox, "company.guard", RULES);
    let run = validate(&sandbox, &["--rules", "{}/company.guard"], shop);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @r#"
    error[guard:messages_wait_at_most_a_minute]: Guard check `%queues[*].Properties.DelaySeconds LESS THAN EQUALS 60` failed
      --> fc-cdk/toolkit/tests/validate/aws_rules.rs:52:10
       |
    52 |     data.raw_resource("Orders", "AWS::SQS::Queue", json!({ "DelaySeconds": 90 }));
       |          ^^^^^^^^^^^^                                      ------------------
       |
       = construct: Prod/Data/Orders
       = logical id: Orders
       = property: DelaySeconds

    error[guard:queues_are_encrypted]: a queue has no key of the company
      --> fc-cdk/toolkit/tests/validate/aws_rules.rs:52:10
       |
    52 |     data.raw_resource("Orders", "AWS::SQS::Queue", json!({ "DelaySeconds": 90 }));
       |          ^^^^^^^^^^^^
       |
       = construct: Prod/Data/Orders
       = logical id: Orders
       = help: set KmsMasterKeyId

    for more about a finding: `shop explain guard:queues_are_encrypted`
    2 errors
    "#);
    let run = validate(&sandbox, &["Network", "--rules", "{}/company.guard"], shop);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Ok, "nothing is wrong\n"));
}

#[test]
fn the_app_allows_rules_of_others() {
    let sandbox = Sandbox::new("validate-guard-allow");
    rules(&sandbox, "company.guard", RULES);
    let run = validate(&sandbox, &["--rules", "{}/company.guard", "--json"], lenient);
    assert_eq!(run.exit, Exit::Error);
    assert_eq!(
        findings(&run),
        ["guard:messages_wait_at_most_a_minute Prod/Data/Orders", "unused-allow "]
    );
    let report = Node::parse_json(&run.out).unwrap();
    let allowed = report.get("allowed").and_then(Node::as_list).unwrap_or_default().iter();
    let allowed: Vec<_> =
        allowed.filter_map(|it| it.pointer("/finding/code").and_then(Node::as_str)).collect();
    assert_eq!(allowed, ["guard:queues_are_encrypted", "guard:unread"]);
    // A stack of it has no say in what the others need.
    let run = validate(&sandbox, &["Network", "--rules", "{}/company.guard", "--json"], lenient);
    assert_eq!((run.exit, findings(&run).len()), (Exit::Ok, 0));
}

#[test]
fn a_folder_of_rules_is_read_wholly() {
    let sandbox = Sandbox::new("validate-guard-folder");
    fs::create_dir_all(sandbox.0.join("rules/queues")).unwrap();
    rules(&sandbox, "rules/queues/company.guard", RULES);
    rules(
        &sandbox,
        "rules/named.ruleset",
        "rule named { Resources.*.Properties.QueueName exists }",
    );
    rules(&sandbox, "rules/README.md", "not a rule");
    let run = validate(&sandbox, &["Prod/*", "--rules", "{}/rules", "--json"], shop);
    assert_eq!(run.exit, Exit::Error);
    let mut codes = findings(&run);
    codes.sort();
    assert_eq!(
        codes,
        [
            "guard:messages_wait_at_most_a_minute Prod/Data/Orders",
            "guard:named Prod/Data/Orders",
            "guard:queues_are_encrypted Prod/Data/Orders",
        ]
    );
}

#[test]
fn a_mistake_in_a_file_of_rules_has_its_place() {
    let sandbox = Sandbox::new("validate-guard-broken");
    let told = |text: &str| {
        rules(&sandbox, "broken.guard", text);
        let run = validate(&sandbox, &["--rules", "{}/broken.guard"], shop);
        assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""));
        run.err
    };
    assert_snapshot!(told("rule a {\n  AWS::S3::Bucket {\n    %%%% exists\n  }\n}\n"), @"
    error[bad-guard-rules]: DIR/broken.guard:2:19: this is no Guard rule: `AWS::S3::Bucket {`
    help: how rules are written: https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html
    ");
    assert_snapshot!(told("rule a {\n  Resources.* exists\n"), @"
    error[bad-guard-rules]: DIR/broken.guard:3:1: this is no Guard rule: the end of the file or an empty line
    help: how rules are written: https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html
    ");
    assert_snapshot!(told("hello\n"), @"
    error[bad-guard-rules]: DIR/broken.guard:1:1: this is no Guard rule: `hello`
    help: how rules are written: https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html
    ");
    assert_snapshot!(told(""), @"
    error[bad-guard-rules]: there is no rule in `DIR/broken.guard`
    help: correct the line that is named
    ");
    assert_snapshot!(told("# only a comment\n"), @"
    error[bad-guard-rules]: there is no rule in `DIR/broken.guard`
    help: correct the line that is named
    ");
    let run = validate(&sandbox, &["--rules", "{}/missing.guard"], shop);
    assert_snapshot!(run.err, @"error: cannot read `DIR/missing.guard`: no such file or directory");
    fs::create_dir_all(sandbox.0.join("none")).unwrap();
    let run = validate(&sandbox, &["--rules", "{}/none"], shop);
    assert_snapshot!(run.err, @"
    error[bad-guard-rules]: there is no file of Guard rules in `DIR/none`
    help: such files end in `.guard` or `.ruleset`
    ");
}

#[test]
fn the_rules_are_described_in_sarif() {
    let sandbox = file("validate-engine-sarif", TEMPLATE);
    rules(&sandbox, "company.guard", RULES);
    let arguments = ["{}/template.json", "--rules", "{}/company.guard", "--format", "sarif"];
    let run = validate(&sandbox, &arguments, none);
    let report = Node::parse_json(&run.out).unwrap();
    let rules = report.pointer("/runs/0/tool/driver/rules").unwrap();
    assert_snapshot!(rules.to_json_pretty(), @r#"
    [
     {
      "id": "aws:W9002",
      "shortDescription": {
       "text": "Hardcoded ARN property."
      },
      "fullDescription": {
       "text": "A rule of AWS's engine, by what CloudFormation and the schemas of its types demand. Its category there is: Best Practice."
      },
      "help": {
       "text": "A rule of AWS's engine, by what CloudFormation and the schemas of its types demand. Its category there is: Best Practice.\n\nFix: Correct what the finding names, or allow it with a reason.."
      },
      "helpUri": "https://github.com/aws-cloudformation/cloudformation-validate",
      "defaultConfiguration": {
       "level": "warning"
      }
     },
     {
      "id": "aws:W9013",
      "shortDescription": {
       "text": "Hardcoded account ID in ARN."
      },
      "fullDescription": {
       "text": "A rule of AWS's engine, by what CloudFormation and the schemas of its types demand. Its category there is: Security."
      },
      "help": {
       "text": "A rule of AWS's engine, by what CloudFormation and the schemas of its types demand. Its category there is: Security.\n\nFix: Correct what the finding names, or allow it with a reason.."
      },
      "helpUri": "https://github.com/aws-cloudformation/cloudformation-validate",
      "defaultConfiguration": {
       "level": "warning"
      }
     },
     {
      "id": "guard:messages_wait_at_most_a_minute",
      "shortDescription": {
       "text": "Rule messages_wait_at_most_a_minute failed."
      },
      "fullDescription": {
       "text": "A rule of a Guard file that `validate --rules` was given."
      },
      "help": {
       "text": "A rule of a Guard file that `validate --rules` was given.\n\nFix: Do what the rule asks for, or allow it with a reason.."
      },
      "helpUri": "https://docs.aws.amazon.com/cfn-guard/latest/ug/what-is-guard.html",
      "defaultConfiguration": {
       "level": "error"
      }
     },
     {
      "id": "guard:queues_are_encrypted",
      "shortDescription": {
       "text": "A queue has no key of the company."
      },
      "fullDescription": {
       "text": "A rule of a Guard file that `validate --rules` was given."
      },
      "help": {
       "text": "A rule of a Guard file that `validate --rules` was given.\n\nFix: Do what the rule asks for, or allow it with a reason.."
      },
      "helpUri": "https://docs.aws.amazon.com/cfn-guard/latest/ug/what-is-guard.html",
      "defaultConfiguration": {
       "level": "error"
      }
     },
     {
      "id": "illegal-value",
      "name": "IllegalValue",
      "shortDescription": {
       "text": "A literal is not one that AWS accepts."
      },
      "fullDescription": {
       "text": "The value is not among the allowed ones, too long, too large, or of the wrong form; the deployment would fail at this resource."
      },
      "help": {
       "text": "The value is not among the allowed ones, too long, too large, or of the wrong form; the deployment would fail at this resource.\n\nFix: use an allowed value."
      },
      "helpUri": "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
      "defaultConfiguration": {
       "level": "error"
      }
     }
    ]
    "#);
}

#[test]
fn rules_of_the_engine_are_explained() {
    let explain = |code: &str| {
        let (mut terminal, captured) = Terminal::captured();
        let cli = Cli::new("shop");
        let exit = cli.run_with(["explain", code], &Variables::default(), &mut terminal, none);
        (exit, captured.out() + &captured.err())
    };
    let (exit, text) = explain("aws:W3005");
    assert_eq!(exit, Exit::Ok);
    assert_snapshot!(text, @"
    warning[aws:W3005]: Check obsolete DependsOn configuration for Resources

    A rule of cfn-lint, as AWS's engine has it. Its category there is: Best Practice.

    fix: Correct what the finding names, or allow it with a reason.
    docs: https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md#W3005
    ");
    let (exit, text) = explain("[aws:F3002]");
    assert_eq!(exit, Exit::Ok);
    assert_snapshot!(text, @"
    error[aws:F3002]: Additional properties are not allowed

    A rule of AWS's engine, by what CloudFormation and the schemas of its types demand. Its category there is: Schema.

    fix: Correct what the finding names, or allow it with a reason.
    docs: https://github.com/aws-cloudformation/cloudformation-validate
    ");
    let (exit, text) = explain("guard:mine");
    assert_eq!(exit, Exit::Error);
    assert_snapshot!(text, @"
    error: `mine` is a rule of a Guard file
    help: read the file that `validate --rules` was given: only it says what the rule is for
    ");
    let (exit, text) = explain("aws:E0");
    assert_eq!(exit, Exit::Error);
    assert_snapshot!(text, @"
    error: there is no rule `aws:E0`
    help: `explain` without a code lists all rules
    ");
}
