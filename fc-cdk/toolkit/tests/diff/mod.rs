use std::fs;

use fc_cdk_core::{App, RemovalPolicy, Stack, Stage, json};
use fc_cdk_toolkit::{Cli, Context, Exit, Terminal, Variables};
use insta::assert_snapshot;

use crate::{Run, Sandbox};

/// A shop as it is deployed.
fn old(_: &Context) -> App {
    let app = App::new();
    let network = Stack::new(&app, "Network");
    network.raw_resource("Vpc", "AWS::EC2::VPC", json!({ "CidrBlock": "10.0.0.0/16" }));
    let prod = Stage::new(&app, "Prod");
    let data = Stack::new(&prod, "Data");
    app.allow("public-bucket", "no test of buckets");
    let bucket = data.raw_resource("Orders", "AWS::S3::Bucket", json!({ "BucketName": "orders" }));
    bucket.removal_policy(RemovalPolicy::Delete);
    data.raw_resource("Topic", "AWS::SNS::Topic", json!({ "DisplayName": "Orders" }));
    let queue = Stack::new(&app, "Legacy").raw_resource("Queue", "AWS::SQS::Queue", json!({}));
    queue.removal_policy(RemovalPolicy::Delete);
    app
}

/// The same as it is going to be.
fn new(_: &Context) -> App {
    let app = App::new();
    let network = Stack::new(&app, "Network");
    network.raw_resource("Vpc", "AWS::EC2::VPC", json!({ "CidrBlock": "10.0.0.0/16" }));
    app.allow("public-policy", "no test of policies");
    let prod = Stage::new(&app, "Prod");
    let data = Stack::new(&prod, "Data").with_termination_protection();
    app.allow("public-bucket", "no test of buckets");
    let bucket = data.raw_resource("Orders", "AWS::S3::Bucket", json!({ "BucketName": "sales" }));
    bucket.removal_policy(RemovalPolicy::Delete);
    data.raw_resource("Topic", "AWS::SNS::Topic", json!({ "DisplayName": "Orders | Sales" }));
    data.raw_resource(
        "Policy",
        "AWS::S3::BucketPolicy",
        json!({ "Bucket": bucket.ref_value::<String>(), "PolicyDocument": { "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::sales/*" }
        ] } }),
    );
    data.raw_resource(
        "Web",
        "AWS::EC2::SecurityGroup",
        json!({ "GroupDescription": "web", "VpcId": "vpc-0a1b2c3d", "SecurityGroupIngress": [
            { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "HTTPS" }
        ], "SecurityGroupEgress": [{ "IpProtocol": "-1", "CidrIp": "10.0.0.0/8" }] }),
    );
    app
}

/// The same shop, with its data in a scope of its own.
fn moved(_: &Context) -> App {
    let app = App::new();
    let network = Stack::new(&app, "Network");
    network.raw_resource("Vpc", "AWS::EC2::VPC", json!({ "CidrBlock": "10.0.0.0/16" }));
    let prod = Stage::new(&app, "Prod");
    let data = Stack::new(&prod, "Data");
    let sales = data.scope("Sales");
    app.allow("public-bucket", "no test of buckets");
    let bucket = sales.raw_resource("Orders", "AWS::S3::Bucket", json!({ "BucketName": "orders" }));
    bucket.removal_policy(RemovalPolicy::Delete);
    sales.raw_resource("Topic", "AWS::SNS::Topic", json!({ "DisplayName": "Orders" }));
    fc_cdk_core::moved!(data, "Orders" => "Sales/Orders");
    let queue = Stack::new(&app, "Legacy").raw_resource("Queue", "AWS::SQS::Queue", json!({}));
    queue.removal_policy(RemovalPolicy::Delete);
    app
}

/// Only the bucket moves, and says so.
fn moved_well(_: &Context) -> App {
    let app = App::new();
    let prod = Stage::new(&app, "Prod");
    let data = Stack::new(&prod, "Data");
    let sales = data.scope("Sales");
    app.allow("public-bucket", "no test of buckets");
    let bucket = sales.raw_resource("Orders", "AWS::S3::Bucket", json!({ "BucketName": "orders" }));
    bucket.removal_policy(RemovalPolicy::Delete);
    data.raw_resource("Topic", "AWS::SNS::Topic", json!({ "DisplayName": "Orders" }));
    fc_cdk_core::moved!(data, "Orders" => "Sales/Orders");
    app
}

/// Runs `diff`; paths of the sandbox are cut from the output.
fn diff(sandbox: &Sandbox, arguments: &[&str], build: fn(&Context) -> App) -> Run {
    run(sandbox, "diff", arguments, build)
}

/// Runs a command with the tables of the types.
fn run(sandbox: &Sandbox, command: &str, arguments: &[&str], build: fn(&Context) -> App) -> Run {
    let (mut terminal, captured) = Terminal::captured();
    let folder = sandbox.0.display().to_string();
    let mut all = vec![command.to_owned()];
    all.extend(arguments.iter().map(|argument| argument.replace("{}", &folder)));
    let cli = Cli::new("shop").resource_types(fc_cdk_aws::resource_type);
    let exit = cli.run_with(all, &Variables::default(), &mut terminal, build);
    let text = |text: String| text.replace(&folder, "DIR");
    Run { exit, out: text(captured.out()), err: text(captured.err()) }
}

fn deployed(name: &str) -> Sandbox {
    let sandbox = Sandbox::new(name);
    let run = run(&sandbox, "synth", &["-q", "--output", "{}/cdk.out"], old);
    assert_eq!(run.exit, Exit::Ok, "{}", run.err);
    sandbox
}

#[test]
fn differences_are_shown_with_their_source() {
    let sandbox = deployed("diff");
    let run = diff(&sandbox, &["--against", "{}/cdk.out"], new);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""));
    assert_snapshot!(run.out, @"
    Prod/Data
      ± replaced  Orders  AWS::S3::Bucket          fc-cdk/toolkit/tests/diff/mod.rs:34
          ! its data is lost
          BucketName: orders → sales (replaces)
      ~ updated   Topic   AWS::SNS::Topic          fc-cdk/toolkit/tests/diff/mod.rs:36
          DisplayName: Orders → Orders | Sales
      + added     Policy  AWS::S3::BucketPolicy    fc-cdk/toolkit/tests/diff/mod.rs:37
      + added     Web     AWS::EC2::SecurityGroup  fc-cdk/toolkit/tests/diff/mod.rs:44
      Stack
        ~ TerminationProtection: false → true
      Permissions
              Effect  Actions       On                    Who  When  Policy of
        +  !  Allow   s3:GetObject  arn:aws:s3:::sales/*  *          Policy
      Security groups
              Group  Way  Protocol  Ports  Peer                   Description
        +  !  Web    in   tcp       443    0.0.0.0/0 (everybody)  HTTPS
        +  !  Web    out  all       all    10.0.0.0/8

    Legacy (gone)
      - removed  Queue  AWS::SQS::Queue
          ! its data is lost

    2 of 3 stacks differ: 1 removed, 1 replaced, 1 updated, 2 added; 1 change beside resources; 2 lose data; 3 rules allow more than before
    ");
    let run = diff(&sandbox, &["--against", "{}", "--color", "always"], new);
    assert!(run.out.contains("\x1b[1;31m± replaced"), "{}", run.out);
}

#[test]
fn an_app_does_not_differ_from_itself() {
    let sandbox = deployed("diff-same");
    for format in [&[][..], &["--json"], &["--markdown"]] {
        let run = diff(&sandbox, &[&["--against", "{}", "--fail"], format].concat(), old);
        assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""), "{}", run.out);
    }
    assert_eq!(diff(&sandbox, &["--against", "{}"], old).out, "none of 3 stacks differs\n");
}

#[test]
fn fail_tells_scripts_of_differences() {
    let sandbox = deployed("diff-fail");
    for (arguments, exit) in [
        (&["--against", "{}", "--fail"][..], Exit::Differences),
        (&["--against", "{}", "--fail", "--json"], Exit::Differences),
        (&["--against", "{}", "--fail", "Network"], Exit::Ok),
        (&["--against", "{}", "--fail", "Prod/*"], Exit::Differences),
        // A stack that is gone has no other name than that of its file or manifest.
        (&["--against", "{}", "--fail", "Legacy"], Exit::Differences),
        (&["--against", "{}"], Exit::Ok),
    ] {
        let run = diff(&sandbox, arguments, new);
        assert_eq!((run.exit, run.err.as_str()), (exit, ""), "{arguments:?}");
    }
}

#[test]
fn a_folder_of_templates_will_do() {
    let sandbox = deployed("diff-folder");
    let folder = sandbox.0.join("snapshots/v1.0");
    fs::create_dir_all(folder.join("assembly-Prod")).unwrap();
    for file in ["Network.template.json", "assembly-Prod/ProdData90A795AA.template.json"] {
        fs::copy(sandbox.output().join(file), folder.join(file)).unwrap();
    }
    let run = diff(&sandbox, &["--against", "{}/snapshots/v1.0"], old);
    assert_snapshot!(run.out, @"
    Legacy (new)
      + added  Queue  AWS::SQS::Queue  fc-cdk/toolkit/tests/diff/mod.rs:20

    1 of 3 stacks differs: 1 added
    ");
    // What stands at its place goes before what only has the name.
    fs::create_dir(folder.join("a")).unwrap();
    fs::write(folder.join("a/Network.template.json"), "{}").unwrap();
    let run = diff(&sandbox, &["--against", "{}/snapshots/v1.0", "Network", "--fail"], old);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""), "{}", run.out);
    fs::remove_dir_all(folder.join("a")).unwrap();
    let run = diff(&sandbox, &["--against", "{}/snapshots", "Network", "--fail"], old);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""), "{}", run.out);
}

#[test]
fn one_template_is_compared_with_one_stack() {
    let sandbox = deployed("diff-template");
    let template = "{}/cdk.out/Network.template.json";
    let run = diff(&sandbox, &["Network", "--template", template, "--fail"], new);
    assert_eq!(
        (run.exit, run.out.as_str()),
        (Exit::Ok, "the stack does not differ\n"),
        "{}",
        run.err
    );
    let run = diff(&sandbox, &["--template", template], new);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""));
    assert_snapshot!(run.err, @"
    error: one template is compared with one stack, and here are 2
    help: name one of Network, Prod/Data
    ");
}

#[test]
fn markdown_is_for_pull_requests() {
    let sandbox = deployed("diff-markdown");
    let run = diff(&sandbox, &["--against", "{}", "--markdown"], new);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""));
    assert_snapshot!(run.out, @r"
    **2 of 3 stacks differ: 1 removed, 1 replaced, 1 updated, 2 added; 1 change beside resources; 2 lose data; 3 rules allow more than before**

    | | Stack | Resource | Type | What happens | Because of | Source |
    |---|---|---|---|---|---|---|
    | ± | Prod/Data | `Orders` | AWS::S3::Bucket | **replaced**; **its data is lost** | `BucketName` | `fc-cdk/toolkit/tests/diff/mod.rs:34` |
    | ~ | Prod/Data | `Topic` | AWS::SNS::Topic | **updated** |  | `fc-cdk/toolkit/tests/diff/mod.rs:36` |
    | + | Prod/Data | `Policy` | AWS::S3::BucketPolicy | **added** |  | `fc-cdk/toolkit/tests/diff/mod.rs:37` |
    | + | Prod/Data | `Web` | AWS::EC2::SecurityGroup | **added** |  | `fc-cdk/toolkit/tests/diff/mod.rs:44` |
    | - | Legacy | `Queue` | AWS::SQS::Queue | **removed**; **its data is lost** |  |  |

    Stack `Legacy` is gone.

    <details><summary>Prod/Data: permissions (⚠ 1 allow more)</summary>

    | | | Effect | Actions | On | Who | When | Policy of |
    |---|---|---|---|---|---|---|---|
    | + | ⚠ | Allow | `s3:GetObject` | `arn:aws:s3:::sales/*` | `*` |  | `Policy` |

    </details>

    <details><summary>Prod/Data: security groups (⚠ 2 allow more)</summary>

    | | | Group | Way | Protocol | Ports | Peer | Description |
    |---|---|---|---|---|---|---|---|
    | + | ⚠ | `Web` | in | tcp | 443 | `0.0.0.0/0` (everybody) | HTTPS |
    | + | ⚠ | `Web` | out | all | all | `10.0.0.0/8` |  |

    </details>

    <details><summary>Prod/Data: outputs, parameters and others</summary>

    | | Section | Name | Before | After | |
    |---|---|---|---|---|---|
    | ~ | Stack | `TerminationProtection` | `false` | `true` |  |

    </details>

    <details><summary>Prod/Data: properties</summary>

    | Resource | Property | Before | After | |
    |---|---|---|---|---|
    | `Orders` | `BucketName` | `orders` | `sales` | replaces |
    | `Topic` | `DisplayName` | `Orders` | `Orders \| Sales` |  |

    </details>
    ");
}

#[test]
fn json_is_for_scripts() {
    let sandbox = deployed("diff-json");
    let run = diff(&sandbox, &["--against", "{}", "Network", "Legacy", "--json"], new);
    assert_snapshot!(run.out, @r#"
    {
     "schemaVersion": 1,
     "summary": {
      "worst": "remove",
      "impacts": {
       "remove": 1
      },
      "dataLoss": 1,
      "broadened": 0,
      "entries": 0
     },
     "stacks": [
      {
       "name": "Network",
       "change": null,
       "summary": {
        "worst": null,
        "impacts": {},
        "dataLoss": 0,
        "broadened": 0,
        "entries": 0
       },
       "resources": [],
       "entries": [],
       "statements": [],
       "rules": []
      },
      {
       "name": "Legacy",
       "change": "removed",
       "summary": {
        "worst": "remove",
        "impacts": {
         "remove": 1
        },
        "dataLoss": 1,
        "broadened": 0,
        "entries": 0
       },
       "resources": [
        {
         "logicalId": "Queue",
         "type": "AWS::SQS::Queue",
         "impact": "remove",
         "forcedBy": [],
         "dataLoss": "certain",
         "knownType": true,
         "properties": [],
         "attributes": [],
         "notes": []
        }
       ],
       "entries": [],
       "statements": [],
       "rules": []
      }
     ]
    }
    "#);
}

#[test]
fn mistakes_say_what_to_do() {
    let sandbox = deployed("diff-mistakes");
    fs::create_dir(sandbox.0.join("empty")).unwrap();
    fs::write(sandbox.0.join("broken.json"), "{ \"Resources\": [ }").unwrap();
    let mut all = String::new();
    for arguments in [
        &["--against", "{}/nowhere"][..],
        &["--against", "{}/empty"],
        &["--against", "{}/broken.json"],
        &["Network", "--template", "{}/nowhere.json"],
        &["Network", "--template", "{}/broken.json"],
        &["--against", "{}", "Netwrok"],
    ] {
        let run = diff(&sandbox, arguments, new);
        assert_eq!((run.exit, run.out.as_str()), (Exit::Error, ""), "{arguments:?}");
        all.push_str(&format!("$ diff {}\n{}", arguments.join(" "), run.err));
    }
    assert_snapshot!(all, @"
    $ diff --against {}/nowhere
    error: cannot read `DIR/nowhere`: no such file or directory
    $ diff --against {}/empty
    error[no-template]: there is no template in `DIR/empty`
    help: name a folder that `synth` wrote, or one with files that end in `.template.json`
    $ diff --against {}/broken.json
    error: `DIR/broken.json` is no folder
    help: compare with a single template by `--template FILE`
    $ diff Network --template {}/nowhere.json
    error: cannot read `DIR/nowhere.json`: no such file or directory
    $ diff Network --template {}/broken.json
    error[no-template]: `DIR/broken.json` is no template: line 1, column 18: expected a value, found `}`
    help: name the file itself to hear why it is none
    $ diff --against {} Netwrok
    error[no-such-stack]: no stack is named `Netwrok`
    help: did you mean `Network`? the stacks are Network, Prod/Data, Legacy
    ");
    let run = diff(&sandbox, &["--against", "{}", "--json", "--markdown"], new);
    assert!(run.err.contains("cannot be used with"), "{}", run.err);
}

/// With the feature `deploy`, it is compared with what is deployed.
#[cfg(not(feature = "deploy"))]
#[test]
fn a_build_without_aws_says_what_to_compare_with() {
    let run = diff(&deployed("diff-nothing"), &[], new);
    assert_eq!(run.exit, Exit::Error);
    assert_snapshot!(run.err, @"
    error: there is nothing to compare the app with
    help: give `--template FILE` for one stack, or `--against DIR` for all of them: a cdk.out, or a folder with `*.template.json`; to compare with what is deployed, run the same with it: cargo run --bin shop --features fc-cdk/deploy -- diff
    ");
}

#[test]
fn types_that_nobody_knows_are_told_of() {
    let sandbox = deployed("diff-unknown");
    let run = {
        let against = sandbox.output().display().to_string();
        crate::run(&["diff", "--against", &against, "Prod/Data"], |_| (), new)
    };
    let notice = run.out.lines().find(|line| line.contains("Nothing is known")).unwrap_or_default();
    assert_snapshot!(notice, @"Nothing is known of the types of 2 resources, so any change may replace them, and nobody can tell whether they hold data:");
    assert!(run.out.contains("? may be replaced  Topic"), "{}", run.out);
}

#[test]
fn what_moves_without_saying_so_is_renamed() {
    let sandbox = deployed("diff-moved");
    let run = diff(&sandbox, &["Prod/Data", "--against", "{}"], moved);
    assert_snapshot!(run.out, @r#"
    Prod/Data
      ± renamed  SalesTopic6F74D054  AWS::SNS::Topic  fc-cdk/toolkit/tests/diff/mod.rs:65
          was `Topic`
          Prod/Data/Topic → Prod/Data/Sales/Topic
          note: it is the same under another logical id: `moved!(stack, "Topic" => "Sales/Topic")` keeps it
      > moved    Orders              AWS::S3::Bucket  fc-cdk/toolkit/tests/diff/mod.rs:63
          Prod/Data/Orders → Prod/Data/Sales/Orders

    the stack differs: 1 renamed, 1 moved
    "#);
}

#[test]
fn a_move_in_the_app_alone_is_no_difference() {
    let sandbox = deployed("diff-moved-well");
    let run = diff(&sandbox, &["Prod/Data", "--against", "{}", "--fail"], moved_well);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Ok, ""));
    assert_snapshot!(run.out, @"
    Prod/Data
      > moved  Orders  AWS::S3::Bucket  fc-cdk/toolkit/tests/diff/mod.rs:79
          Prod/Data/Orders → Prod/Data/Sales/Orders

    the stack does not differ; 1 moved in the app
    ");
}
