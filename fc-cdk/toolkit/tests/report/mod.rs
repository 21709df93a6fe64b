//! Many findings at once, as a terminal shows them: order, folding, what is marked, and where long lines break.

pub(crate) mod schema; // the form of JSON

use fc_cdk_aws::s3;
use fc_cdk_core::{App, Diagnostic, Scope, Stack, json};
use fc_cdk_toolkit::{Cli, Context, Exit, Terminal, Variables};
use insta::assert_snapshot;

fc_cdk_core::rules! {
    pub(crate) const QUEUES = "Queues";
    BAD_WAIT = "bad-wait", Error, "a message waits longer than SQS keeps it";
        why "SQS refuses the queue.";
        fix "give 60 to 1209600 seconds";
        docs "";
}

/// A construct that says itself what is wrong with what it is given.
#[track_caller]
fn queue(scope: &Scope, id: &str, seconds: i64) {
    let scope = scope.construct(id);
    if seconds > 1_209_600 {
        let message = format!("a message waits 60 to 1209600 seconds, not {seconds}");
        scope.report(Diagnostic::error(BAD_WAIT, message).property("seconds"));
    }
    let wait = json!({ "MessageRetentionPeriod": seconds, "QueueName": "a b" });
    scope.raw_resource("Resource", "AWS::SQS::Queue", wait);
}

#[rustfmt::skip]
fn broken(_: &Context) -> App {
    let app = App::new();
    let stack = Stack::new(&app, "Data");
    queue(&stack, "Orders", 1_300_000);
    for id in ["Raw", "Clean"] {
        s3::Bucket::new().build(&stack, id);
    }
    s3::Bucket::new()
        .bucket_name("shop-orders-of-last-year-and-those-of-this-year-which-come-by-the-minute")
        .build(&stack, "Orders2");
    stack.raw_resource("Reader", "AWS::Lambda::Function", json!({
        "Role": "arn:aws:iam::111122223333:role/reader", "Runtime": "python3.13", "Handler": "index.handler",
        "Code": { "ZipFile": "def handler(event, context): return event", "S3Bukcet": "x" }
    }));
    stack.raw_resource("Mail", "AWS::SNS::Topic", json!({ "DisplayName": "Orders that could not be read", "TopicName": { "Ref": "Name" } }));
    app
}

fn synth(columns: Option<usize>, color: bool) -> String {
    let (mut terminal, captured) = Terminal::captured();
    if let Some(columns) = columns {
        terminal = terminal.with_columns(columns);
    }
    let cli = Cli::new("shop").resource_types(fc_cdk_aws::resource_type);
    let color = if color { "--color=always" } else { "--color=never" };
    let exit = cli.run_with(["synth", color], &Variables::default(), &mut terminal, broken);
    assert_eq!((exit, captured.out()), (Exit::Error, String::new()));
    captured.err()
}

#[test]
fn findings_at_80_columns() {
    let text = synth(Some(80), false);
    for line in text.lines().filter(|line| !line.contains("https://")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert_snapshot!(text, @r#"
    info[public-bucket]: public access is blocked only by S3's default, which
                         buckets from before April 2023 lack
      --> fc-cdk/toolkit/tests/report/mod.rs:36:27
       |
    36 |         s3::Bucket::new().build(&stack, id);
       |                           ^^^^^
       |
       = construct: Data/Raw
       = also: Data/Clean
       = also: Data/Orders2 (fc-cdk/toolkit/tests/report/mod.rs:40:10)
       = logical id: Raw
       = property: PublicAccessBlockConfiguration
       = help: set all four settings of `PublicAccessBlockConfiguration`, and give
               access by policies
       = docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html

    error[bad-wait]: a message waits 60 to 1209600 seconds, not 1300000
      --> fc-cdk/toolkit/tests/report/mod.rs:34:5
       |
    34 |     queue(&stack, "Orders", 1_300_000);
       |     ^^^^^
       |
       = construct: Data/Orders
       = property: seconds
       = inside: error[illegal-value]: `Resource`: 1300000 is too large
       = help: give 60 to 1209600 seconds

    error[illegal-value]: 72 characters are too many
      --> fc-cdk/toolkit/tests/report/mod.rs:40:10
       |
    39 | ...   .bucket_name("shop-orders-of-last-year-and-those-of-this-year-whic...
       |        -----------
    40 | ...   .build(&stack, "Orders2");
       |        ^^^^^
       |
       = construct: Data/Orders2
       = logical id: Orders2
       = property: BucketName
       = help: 63 or fewer are allowed
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html

    error[unknown-property]: `Code` has no property `S3Bukcet`
      --> fc-cdk/toolkit/tests/report/mod.rs:41:11
       |
    41 |     stack.raw_resource("Reader", "AWS::Lambda::Function", json!({
       |           ^^^^^^^^^^^^
    42 |         "Role": "arn:aws:iam::111122223333:role/reader", "Runt...
    43 |          ... "S3Bukcet": "x" }
       |              ---------------
       |
       = construct: Data/Reader
       = logical id: Reader
       = property: Code.S3Bukcet
       = help: did you mean `S3Bucket`?
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html

    error[dangling-reference]: `Ref` of `Name`, which is not in the template
      --> fc-cdk/toolkit/tests/report/mod.rs:45:11
       |
    45 |     stack.raw_resource ... "TopicName": { "Ref": "Name" } }));
       |           ^^^^^^^^^^^^     ------------------------------
       |
       = construct: Data/Mail
       = logical id: Mail
       = property: TopicName
       = help: refer by handle, or correct the name; ids are case-sensitive
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

    for more about a finding: `shop explain dangling-reference`
    5 errors, 3 notes
    "#);
}

#[test]
fn findings_at_120_columns() {
    let text = synth(Some(120), false);
    for line in text.lines().filter(|line| !line.contains("https://")) {
        assert!(line.chars().count() <= 120, "{line}");
    }
    assert_snapshot!(text, @r#"
    info[public-bucket]: public access is blocked only by S3's default, which buckets from before April 2023 lack
      --> fc-cdk/toolkit/tests/report/mod.rs:36:27
       |
    36 |         s3::Bucket::new().build(&stack, id);
       |                           ^^^^^
       |
       = construct: Data/Raw
       = also: Data/Clean
       = also: Data/Orders2 (fc-cdk/toolkit/tests/report/mod.rs:40:10)
       = logical id: Raw
       = property: PublicAccessBlockConfiguration
       = help: set all four settings of `PublicAccessBlockConfiguration`, and give access by policies
       = docs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html

    error[bad-wait]: a message waits 60 to 1209600 seconds, not 1300000
      --> fc-cdk/toolkit/tests/report/mod.rs:34:5
       |
    34 |     queue(&stack, "Orders", 1_300_000);
       |     ^^^^^
       |
       = construct: Data/Orders
       = property: seconds
       = inside: error[illegal-value]: `Resource`: 1300000 is too large
       = help: give 60 to 1209600 seconds

    error[illegal-value]: 72 characters are too many
      --> fc-cdk/toolkit/tests/report/mod.rs:40:10
       |
    39 |         .bucket_name("shop-orders-of-last-year-and-those-of-this-year-which-come-by-the-minute")
       |          -----------
    40 |         .build(&stack, "Orders2");
       |          ^^^^^
       |
       = construct: Data/Orders2
       = logical id: Orders2
       = property: BucketName
       = help: 63 or fewer are allowed
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html

    error[unknown-property]: `Code` has no property `S3Bukcet`
      --> fc-cdk/toolkit/tests/report/mod.rs:41:11
       |
    41 |     stack.raw_resource("Reader", "AWS::Lambda::Function", json!({
       |           ^^^^^^^^^^^^
    42 |         "Role": "arn:aws:iam::111122223333:role/reader", "Runtime": "python3.13", "Handler": "index.handler",
    43 |         "Code": { "ZipFile": "def handler(event, context): return event", "S3Bukcet": "x" }
       |                                                                           ---------------
       |
       = construct: Data/Reader
       = logical id: Reader
       = property: Code.S3Bukcet
       = help: did you mean `S3Bucket`?
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html

    error[dangling-reference]: `Ref` of `Name`, which is not in the template
      --> fc-cdk/toolkit/tests/report/mod.rs:45:11
       |
    45 |     stack.raw_resource ... "TopicName": { "Ref": "Name" } }));
       |           ^^^^^^^^^^^^     ------------------------------
       |
       = construct: Data/Mail
       = logical id: Mail
       = property: TopicName
       = help: refer by handle, or correct the name; ids are case-sensitive
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

    for more about a finding: `shop explain dangling-reference`
    5 errors, 3 notes
    "#);
}

#[test]
fn where_nobody_looks_no_message_is_broken() {
    let text = synth(None, false);
    assert!(text.lines().any(|line| line.ends_with(" seconds, not 1300000")), "{text}");
    assert!(text.lines().count() < synth(Some(60), false).lines().count());
    // Colors change nothing else.
    let colored = synth(None, true);
    let plain = colored.split('\x1b').enumerate().map(|(index, part)| match index {
        0 => part,
        _ => part.split_once('m').map_or("", |(_, text)| text),
    });
    assert_eq!(plain.collect::<String>(), text);
}

fn validate(arguments: &[&str], build: fn(&Context) -> App) -> (Exit, String, String) {
    let (mut terminal, captured) = Terminal::captured();
    let arguments = [&["validate"], arguments].concat();
    let exit = Cli::new("shop").run_with(arguments, &Variables::default(), &mut terminal, build);
    (exit, captured.out(), captured.err())
}

#[test]
fn why_a_command_failed_is_told_in_the_form_that_was_asked_for() {
    let told = |form: &[&str]| {
        let (exit, out, err) = validate(&[form, &["Dta"]].concat(), broken);
        assert_eq!(exit, Exit::Error);
        assert_eq!(
            err,
            "error[no-such-stack]: no stack is named `Dta`\nhelp: did you mean `Data`? the stacks are Data\n"
        );
        out
    };
    assert_snapshot!(told(&[]), @"");
    assert_snapshot!(told(&["--json"]), @r#"{"error":{"code":"no-such-stack","message":"no stack is named `Dta`","help":"did you mean `Data`? the stacks are Data"}}"#);
    assert_snapshot!(told(&["--format", "github"]), @"::error title=no-such-stack::no stack is named `Dta`%0Ahelp: did you mean `Data`? the stacks are Data");
    assert_snapshot!(told(&["--format", "sarif"]), @r#"
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
           "id": "no-such-stack",
           "name": "NoSuchStack",
           "shortDescription": {
            "text": "No stack has this name."
           },
           "fullDescription": {
            "text": "Stacks are named by their paths in the app, such as `Prod/Network`, by their names in CloudFormation, or by a pattern."
           },
           "help": {
            "text": "Stacks are named by their paths in the app, such as `Prod/Network`, by their names in CloudFormation, or by a pattern.\n\nFix: correct the name; `list` shows all."
           },
           "defaultConfiguration": {
            "level": "error"
           }
          }
         ]
        }
       },
       "invocations": [
        {
         "executionSuccessful": false,
         "exitCode": 1,
         "toolExecutionNotifications": [
          {
           "associatedRule": {
            "id": "no-such-stack",
            "index": 0
           },
           "level": "error",
           "message": {
            "text": "No stack is named `Dta`.\nhelp: did you mean `Data`? the stacks are Data"
           }
          }
         ]
        }
       ],
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
       "results": []
      }
     ]
    }
    "#);
}

#[test]
fn a_panic_of_the_app_is_an_error_with_its_place() {
    let (exit, out, err) = validate(&[], |_| {
        let stacks = Vec::<App>::new();
        stacks.into_iter().next().unwrap()
    });
    assert_eq!((exit, out.as_str()), (Exit::Error, ""));
    assert_snapshot!(err, @"
    error[app-panicked]: the app panicked at fc-cdk/toolkit/tests/report/mod.rs:325:35: called `Option::unwrap()` on a `None` value
    help: correct that line; `RUST_BACKTRACE=1` shows the calls that led there
    ");
}

fn good(_: &Context) -> App {
    let app = App::new();
    let stack = Stack::new(&app, "Mail");
    let topic = stack.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
    topic.report(BAD_WAIT.finding("nobody waits"));
    topic.allow(BAD_WAIT, "this is a test");
    topic.report(Diagnostic::warning(BAD_WAIT, "somebody waits").note("since yesterday", None));
    app
}

#[test]
fn json_has_the_form_that_is_published() {
    let output = std::env::temp_dir().join(format!("fc-cdk-schema-{}", std::process::id()));
    let output = output.to_string_lossy().into_owned();
    let print = |arguments: &[&str], build: fn(&Context) -> App| {
        let (mut terminal, captured) = Terminal::captured();
        let cli = Cli::new("shop").resource_types(fc_cdk_aws::resource_type);
        cli.run_with(arguments, &Variables::default(), &mut terminal, build);
        captured.out()
    };
    for build in [broken, good, |_: &Context| App::new()] {
        schema::assert_is("validate", &print(&["validate", "--json"], build));
        schema::assert_is("synth", &print(&["synth", "--json", "-o", &output], build));
    }
    assert!(print(&["validate", "--json"], good).contains("this is a test"));
    schema::assert_is("error", &print(&["validate", "--json", "No"], broken));
    schema::assert_is("error", &print(&["tree", "--json", "Data/No"], good));
    let _ = std::fs::remove_dir_all(output);
}
