#[cfg(feature = "validate")]
mod aws_rules; // AWS's own rules, and Guard files
mod inputs; // files, folders, standard input
// AWS's rules judge the template without the values, and would be heard beside ours.
#[cfg(not(feature = "validate"))]
mod parameters; // values of parameters, and what they decide

use std::fs;

use fc_cdk_core::{App, Node, Stack, Stage, json};
use fc_cdk_toolkit::{Cli, Context, Exit, IntoApp, Terminal, Variables};
use insta::assert_snapshot;

use crate::{Run, Sandbox};

const TEMPLATE: &str = r#"{
  "Resources": {
    "Orders": {
      "Type": "AWS::SQS::Queue",
      "DependsOn": "Nothing",
      "Properties": {
        "DelaySeconds": 901,
        "Tags": [{ "Key": "team", "Valeu": "shop" }]
      }
    },
    "Loop": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": { "Ref": "Back" } } },
    "Back": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": { "Ref": "Loop" } } }
  },
  "Outputs": { "Url": { "Value": { "Ref": "Order" } } }
}
"#;

/// A shop with a mistake in each stack, and one that is allowed.
fn shop(_: &Context) -> App {
    let app = App::new();
    let network = Stack::new(&app, "Network");
    network.raw_resource("Vpc", "AWS::EC2::VPC", json!({ "CidrBlock": "10.0.0.0/8" }));
    let data = Stack::new(&Stage::new(&app, "Prod"), "Data");
    let bucket = data.raw_resource("Orders", "AWS::S3::Bucket", json!({ "BucketNmae": "orders" }));
    bucket.allow("public-bucket", "the organization blocks public access");
    app
}

/// Runs `validate` with the tables of all types; paths of the sandbox are cut from the output.
fn validate<A: IntoApp>(sandbox: &Sandbox, arguments: &[&str], build: fn(&Context) -> A) -> Run {
    validate_typed(sandbox, arguments, "", build)
}

/// The same with something on standard input.
fn validate_typed<A: IntoApp>(
    sandbox: &Sandbox,
    arguments: &[&str],
    input: &str,
    build: fn(&Context) -> A,
) -> Run {
    let (terminal, captured) = Terminal::captured();
    let mut terminal = terminal.with_input(input);
    let folder = sandbox.0.display().to_string();
    let mut all = vec!["validate".to_owned()];
    all.extend(arguments.iter().map(|argument| argument.replace("{}", &folder)));
    let cli = Cli::new("shop").resource_types(fc_cdk_aws::resource_type);
    let exit = cli.run_with(all, &Variables::default(), &mut terminal, build);
    let text = |text: String| text.replace(&folder, "DIR");
    Run { exit, out: text(captured.out()), err: text(captured.err()) }
}

/// An app that is in nobody's way: files are checked without it.
fn none(_: &Context) -> Result<App, String> {
    Err("the app was built".into())
}

/// A folder with a template in it.
fn file(name: &str, text: &str) -> Sandbox {
    let sandbox = Sandbox::new(name);
    fs::create_dir_all(&sandbox.0).unwrap();
    fs::write(sandbox.0.join("template.json"), text).unwrap();
    sandbox
}

#[test]
fn files_are_checked_with_their_lines() {
    let sandbox = file("validate-file", TEMPLATE);
    let run = validate(&sandbox, &["{}/template.json"], none);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""));
    assert_snapshot!(run.err, @r#"
    info[stateful-without-policy]: the data of `AWS::SQS::Queue` goes with it
     --> DIR/template.json:3:5
      |
    3 |     "Orders": {
      |     ^^^^^^^^
      |
      = logical id: Orders
      = help: set `DeletionPolicy` and `UpdateReplacePolicy`
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html

    error[dangling-reference]: `DependsOn` of `Nothing`, which is not a resource of the template
     --> DIR/template.json:5:7
      |
    5 |       "DependsOn": "Nothing",
      |       ^^^^^^^^^^^
      |
      = logical id: Orders
      = property: DependsOn
      = help: refer by handle, or correct the name; ids are case-sensitive
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

    error[illegal-value]: 901 is too large
     --> DIR/template.json:7:9
      |
    7 |         "DelaySeconds": 901,
      |         ^^^^^^^^^^^^^^
      |
      = logical id: Orders
      = property: DelaySeconds
      = help: 0 to 900 is allowed
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html

    error[missing-property]: a tag needs `Value`
     --> DIR/template.json:8:18
      |
    8 |         "Tags": [{ "Key": "team", "Valeu": "shop" }]
      |                  ^
      |
      = logical id: Orders
      = property: Tags.0
      = help: set it
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html

    error[unknown-property]: a tag has no `Valeu`
     --> DIR/template.json:8:18
      |
    8 |         "Tags": [{ "Key": "team", "Valeu": "shop" }]
      |                  ^
      |
      = logical id: Orders
      = property: Tags.0
      = help: a tag has a `Key` and a `Value`
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html

    error[resource-cycle]: resources need each other: `Loop` → `Back` → `Loop`
      --> DIR/template.json:11:5
       |
    11 |     "Loop": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": { "Ref": "Back" } } },
       |     ^^^^^^
       |
       = logical id: Loop
       = help: take one reference out: give it as a name, or make a resource of its own of it, such as a security group's rule
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
    note: `Loop` refers to `Back`
      --> DIR/template.json:11:5
       |
    11 |     "Loop": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": { "Ref": "Back" } } },
       |     ^^^^^^
    note: `Back` refers to `Loop`
      --> DIR/template.json:12:5
       |
    12 |     "Back": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": { "Ref": "Loop" } } }
       |     ^^^^^^

    error[dangling-reference]: `Ref` of `Order`, which is not in the template
      --> DIR/template.json:14:25
       |
    14 |   "Outputs": { "Url": { "Value": { "Ref": "Order" } } }
       |                         ^^^^^^^
       |
       = property: Outputs.Url.Value
       = help: did you mean `Orders`?
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

    for more about a finding: `shop explain dangling-reference`
    6 errors, 1 note
    "#);
}

#[test]
fn a_good_file_passes_and_a_broken_one_is_a_finding() {
    let good = r#"{"Resources": {"Orders": {"Type": "AWS::SNS::Topic"}}}"#;
    let sandbox = file("validate-good", good);
    let run = validate(&sandbox, &["{}/template.json"], none);
    assert_eq!(
        (run.exit, run.out.as_str(), run.err.as_str()),
        (Exit::Ok, "nothing is wrong\n", "")
    );
    let sandbox = file("validate-broken", "{\n  \"Resources\": {,}\n}");
    let run = validate(&sandbox, &["{}/template.json"], none);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @r#"
    error[not-a-template]: expected a key in double quotes, found `,`
     --> DIR/template.json:2:17
      |
    2 |   "Resources": {,}
      |                 ^
      |
      = help: correct the text at this place
      = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html

    for more about a finding: `shop explain not-a-template`
    1 error
    "#);
    let run = validate(&sandbox, &["{}/no-such.json"], none);
    assert_eq!(run.exit, Exit::Error);
    assert!(run.err.contains("cannot read"), "{}", run.err);
    let run = validate(&sandbox, &["{}/template.json", "Network"], none);
    assert!(run.err.contains("some of these are files"), "{}", run.err);
}

#[test]
fn where_a_file_is_deployed_to_matters() {
    let sandbox = file(
        "validate-region",
        r#"{"Resources": {"App": {"Type": "AWS::AppRunner::Service",
        "Properties": {"SourceConfiguration": {"ImageRepository": {"ImageIdentifier": "public.ecr.aws/x/y:1", "ImageRepositoryType": "ECR_PUBLIC"}}}}}}"#,
    );
    let codes = |arguments: &[&str]| {
        let run = validate(&sandbox, &[arguments, &["--json"]].concat(), none);
        let report = Node::parse_json(&run.out).unwrap();
        let findings = report.get("findings").and_then(Node::as_list).unwrap_or_default().to_vec();
        findings
            .iter()
            .filter_map(|finding| Some(finding.get("code")?.as_str()?.to_owned()))
            .collect::<Vec<_>>()
    };
    assert!(!codes(&["{}/template.json"]).contains(&"type-not-in-region".to_owned()));
    assert!(
        codes(&["{}/template.json", "--region", "cn-north-1"])
            .contains(&"type-not-in-region".to_owned())
    );
}

#[test]
fn the_app_is_checked_or_some_of_its_stacks() {
    let sandbox = Sandbox::new("validate-app");
    let run = validate(&sandbox, &["Prod/*"], shop);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""));
    assert_snapshot!(run.err, @r#"
    error[unknown-property]: `AWS::S3::Bucket` has no property `BucketNmae`
      --> fc-cdk/toolkit/tests/validate/mod.rs:39:23
       |
    39 |     let bucket = data.raw_resource("Orders", "AWS::S3::Bucket", json!({ "BucketNmae": "orders" }));
       |                       ^^^^^^^^^^^^                                      ----------------------
       |
       = construct: Prod/Data/Orders
       = logical id: Orders
       = property: BucketNmae
       = help: did you mean `BucketName`?
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html

    for more about a finding: `shop explain unknown-property`
    1 error
    "#);
    let run = validate(&sandbox, &["--json"], shop);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.out, @r#"
    {
     "errors": 2,
     "warnings": 0,
     "notes": 0,
     "findings": [
      {
       "severity": "error",
       "code": "subnet-size",
       "message": "`/8` is not a size that AWS takes",
       "path": "Network/Vpc",
       "logicalId": "Vpc",
       "property": "CidrBlock",
       "location": {
        "file": "fc-cdk/toolkit/tests/validate/mod.rs",
        "line": 37,
        "column": 13
       },
       "help": "use a prefix from /16 to /28",
       "docs": "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
      },
      {
       "severity": "error",
       "code": "unknown-property",
       "message": "`AWS::S3::Bucket` has no property `BucketNmae`",
       "path": "Prod/Data/Orders",
       "logicalId": "Orders",
       "property": "BucketNmae",
       "location": {
        "file": "fc-cdk/toolkit/tests/validate/mod.rs",
        "line": 39,
        "column": 23
       },
       "help": "did you mean `BucketName`?",
       "docs": "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html"
      }
     ],
     "allowed": [
      {
       "finding": {
        "severity": "info",
        "code": "public-bucket",
        "message": "public access is blocked only by S3's default, which buckets from before April 2023 lack",
        "path": "Prod/Data/Orders",
        "logicalId": "Orders",
        "property": "PublicAccessBlockConfiguration",
        "location": {
         "file": "fc-cdk/toolkit/tests/validate/mod.rs",
         "line": 39,
         "column": 23
        },
        "help": "set all four settings of `PublicAccessBlockConfiguration`, and give access by policies",
        "docs": "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
       },
       "reason": "the organization blocks public access"
      }
     ]
    }
    "#);
}

#[test]
fn findings_are_annotations_of_github() {
    let sandbox = file("validate-github", TEMPLATE);
    let run = validate(&sandbox, &["--format", "github", "{}/template.json"], none);
    assert_snapshot!(run.out, @"
    ::error file=DIR/template.json,line=5,col=7,title=dangling-reference::Orders: DependsOn: `DependsOn` of `Nothing`, which is not a resource of the template%0Ahelp: refer by handle, or correct the name; ids are case-sensitive
    ::error file=DIR/template.json,line=7,col=9,title=illegal-value::Orders: DelaySeconds: 901 is too large%0Ahelp: 0 to 900 is allowed
    ::error file=DIR/template.json,line=8,col=18,title=missing-property::Orders: Tags.0: a tag needs `Value`%0Ahelp: set it
    ::error file=DIR/template.json,line=8,col=18,title=unknown-property::Orders: Tags.0: a tag has no `Valeu`%0Ahelp: a tag has a `Key` and a `Value`
    ::error file=DIR/template.json,line=11,col=5,title=resource-cycle::Loop: resources need each other: `Loop` → `Back` → `Loop`%0Ahelp: take one reference out: give it as a name, or make a resource of its own of it, such as a security group's rule
    ::error file=DIR/template.json,line=14,col=25,title=dangling-reference::Outputs.Url.Value: `Ref` of `Order`, which is not in the template%0Ahelp: did you mean `Orders`?
    ::notice file=DIR/template.json,line=3,col=5,title=stateful-without-policy::Orders: the data of `AWS::SQS::Queue` goes with it%0Ahelp: set `DeletionPolicy` and `UpdateReplacePolicy`
    ");
    assert_eq!(run.err, "");
}

#[test]
fn findings_are_sarif() {
    let run = validate(&Sandbox::new("validate-sarif"), &["--format", "sarif"], shop);
    assert_snapshot!(run.out, @r#"
    {
     "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
     "version": "2.1.0",
     "runs": [
      {
       "tool": {
        "driver": {
         "name": "fc-cdk",
         "semanticVersion": "0.1.0",
         "informationUri": "https://github.com/fc-cdk/fc-cdk",
         "rules": [
          {
           "id": "public-bucket",
           "name": "PublicBucket",
           "shortDescription": {
            "text": "A bucket does not block public access, or invites it."
           },
           "fullDescription": {
            "text": "One wrong policy or access list later makes the objects public. Checkov (CKV_AWS_53 to 56) and cdk-nag (AwsSolutions-S2) ask the same."
           },
           "help": {
            "text": "One wrong policy or access list later makes the objects public. Checkov (CKV_AWS_53 to 56) and cdk-nag (AwsSolutions-S2) ask the same.\n\nFix: set all four settings of `PublicAccessBlockConfiguration`, and give access by policies."
           },
           "helpUri": "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
           "defaultConfiguration": {
            "level": "warning"
           }
          },
          {
           "id": "subnet-size",
           "name": "SubnetSize",
           "shortDescription": {
            "text": "A VPC or subnet is larger than /16 or smaller than /28."
           },
           "fullDescription": {
            "text": "AWS takes only these sizes."
           },
           "help": {
            "text": "AWS takes only these sizes.\n\nFix: use a prefix from /16 to /28."
           },
           "helpUri": "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
           "defaultConfiguration": {
            "level": "error"
           }
          },
          {
           "id": "unknown-property",
           "name": "UnknownProperty",
           "shortDescription": {
            "text": "The type has no such property, as far as is known."
           },
           "fullDescription": {
            "text": "CloudFormation refuses properties that it does not know; most are typing errors."
           },
           "help": {
            "text": "CloudFormation refuses properties that it does not know; most are typing errors.\n\nFix: correct the name; if AWS has added it since, allow this finding here."
           },
           "helpUri": "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
           "defaultConfiguration": {
            "level": "error"
           }
          }
         ]
        }
       },
       "automationDetails": {
        "id": "fc-cdk/"
       },
       "originalUriBaseIds": {
        "%SRCROOT%": {
         "description": {
          "text": "The root of the workspace."
         }
        }
       },
       "columnKind": "unicodeCodePoints",
       "results": [
        {
         "ruleId": "subnet-size",
         "ruleIndex": 1,
         "level": "error",
         "message": {
          "text": "`/8` is not a size that AWS takes.\nhelp: use a prefix from /16 to /28"
         },
         "locations": [
          {
           "physicalLocation": {
            "artifactLocation": {
             "uri": "fc-cdk/toolkit/tests/validate/mod.rs",
             "uriBaseId": "%SRCROOT%"
            },
            "region": {
             "startLine": 37,
             "startColumn": 13,
             "endColumn": 25,
             "snippet": {
              "text": "raw_resource"
             }
            },
            "contextRegion": {
             "startLine": 37,
             "snippet": {
              "text": "    network.raw_resource(\"Vpc\", \"AWS::EC2::VPC\", json!({ \"CidrBlock\": \"10.0.0.0/8\" }));"
             }
            }
           },
           "logicalLocations": [
            {
             "fullyQualifiedName": "Network/Vpc.CidrBlock",
             "kind": "resource"
            }
           ]
          }
         ],
         "partialFingerprints": {
          "constructAndRule/v1": "9d1c90d50f735c1f:1"
         }
        },
        {
         "ruleId": "unknown-property",
         "ruleIndex": 2,
         "level": "error",
         "message": {
          "text": "`AWS::S3::Bucket` has no property `BucketNmae`.\nhelp: did you mean `BucketName`?"
         },
         "locations": [
          {
           "physicalLocation": {
            "artifactLocation": {
             "uri": "fc-cdk/toolkit/tests/validate/mod.rs",
             "uriBaseId": "%SRCROOT%"
            },
            "region": {
             "startLine": 39,
             "startColumn": 23,
             "endColumn": 35,
             "snippet": {
              "text": "raw_resource"
             }
            },
            "contextRegion": {
             "startLine": 39,
             "snippet": {
              "text": "    let bucket = data.raw_resource(\"Orders\", \"AWS::S3::Bucket\", json!({ \"BucketNmae\": \"orders\" }));"
             }
            }
           },
           "logicalLocations": [
            {
             "fullyQualifiedName": "Prod/Data/Orders.BucketNmae",
             "kind": "resource"
            }
           ]
          }
         ],
         "partialFingerprints": {
          "constructAndRule/v1": "33f0a4563890a658:1"
         }
        },
        {
         "ruleId": "public-bucket",
         "ruleIndex": 0,
         "level": "note",
         "message": {
          "text": "Public access is blocked only by S3's default, which buckets from before April 2023 lack.\nhelp: set all four settings of `PublicAccessBlockConfiguration`, and give access by policies"
         },
         "locations": [
          {
           "physicalLocation": {
            "artifactLocation": {
             "uri": "fc-cdk/toolkit/tests/validate/mod.rs",
             "uriBaseId": "%SRCROOT%"
            },
            "region": {
             "startLine": 39,
             "startColumn": 23,
             "endColumn": 35,
             "snippet": {
              "text": "raw_resource"
             }
            },
            "contextRegion": {
             "startLine": 39,
             "snippet": {
              "text": "    let bucket = data.raw_resource(\"Orders\", \"AWS::S3::Bucket\", json!({ \"BucketNmae\": \"orders\" }));"
             }
            }
           },
           "logicalLocations": [
            {
             "fullyQualifiedName": "Prod/Data/Orders.PublicAccessBlockConfiguration",
             "kind": "resource"
            }
           ]
          }
         ],
         "partialFingerprints": {
          "constructAndRule/v1": "472ff3763d4beef0:1"
         },
         "suppressions": [
          {
           "kind": "inSource",
           "status": "accepted",
           "justification": "the organization blocks public access"
          }
         ]
        }
       ]
      }
     ]
    }
    "#);
}

#[test]
fn rules_of_a_crate_are_in_the_report() {
    fc_cdk_core::rules! {
        const RULES = "Crate";
        CRATE_RULE = "crate-rule", Warning, "something of a crate is wrong";
            why "It says so.";
            fix "do it right";
            docs "";
    }
    fn app(_: &Context) -> App {
        let app = App::new();
        let stack = Stack::new(&app, "S");
        let topic = stack.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
        topic.report(CRATE_RULE.finding("something is wrong"));
        app
    }
    let (mut terminal, captured) = Terminal::captured();
    let cli = Cli::new("shop").rules(&[RULES]);
    let all = ["validate", "--format", "sarif"];
    let exit = cli.run_with(all, &Variables::default(), &mut terminal, app);
    assert_eq!(exit, Exit::Ok);
    assert!(captured.out().contains("Something of a crate is wrong."), "{}", captured.out());
}
