//! What people read, and what happens when AWS does not answer.

use std::time::{Duration, Instant};

use fc_cdk_core::json;
use insta::assert_snapshot;

use super::*;

#[test]
fn people_read_where_and_what_to_do_and_what_could_not_be_asked() {
    let answers = vec![ok("GetResource", "{}")];
    let run = run(
        || app("AWS::Lambda::Function", named(function("arn:aws:iam::123456789012:role/hello"))),
        &[],
        answers,
    );
    assert_eq!(run.exit, Exit::Error);
    let err = run.err.replace(env!("CARGO_MANIFEST_DIR"), "");
    assert_snapshot!(err, @r#"
    error[forecast-exists-already]: there is AWS::Lambda::Function `hello` already
      --> fc-cdk/toolkit/tests/forecast/main.rs:28:30
       |
    28 |     Stack::new(&app, "Shop").raw_resource("It", type_name, properties);
       |                              ^^^^^^^^^^^^
       |
       = construct: Shop/It
       = logical id: It
       = help: give it another name or none, delete the one that is there, or adopt it by `import` or `deploy --import-existing-resources`
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html

    for more about a finding: `shop explain forecast-exists-already`
    1 error
    note: not asked: the role `hello`: no
    1 stack, 3 questions: a deploy would fail
    "#);
}

#[test]
fn what_may_not_be_asked_is_a_note() {
    let role = "arn:aws:iam::123456789012:role/hello";
    let function = || app("AWS::Lambda::Function", named(function(role)));
    // Nothing but who this is may be asked, and what is deployed.
    let run = run(function, &[], vec![]);
    assert_eq!(run.exit, Exit::Ok, "{}", run.err);
    for note in ["the role `hello`: no", "whether there is AWS::Lambda::Function `hello`: no"] {
        assert!(run.err.contains(&format!("note: not asked: {note}")), "{}", run.err);
    }
    assert!(!run.err.contains("error["), "{}", run.err);
}

#[test]
fn calls_that_are_throttled_or_fail_are_made_again() {
    let topic = || app("AWS::SNS::Topic", json!({ "TopicName": "news" }));
    for (status, answer) in [
        (400, r#"{"__type": "ThrottlingException", "message": "Rate exceeded"}"#),
        (503, "{}"),
        (500, r#"{"__type": "InternalFailure"}"#),
    ] {
        let answers = vec![("GetResource", status, answer.to_owned()), ok("GetResource", "{}")];
        let run = run(topic, &[], answers);
        assert!(run.err.contains("error[forecast-exists-already]"), "{status}: {}", run.err);
    }
    let role = "arn:aws:iam::123456789012:role/hello";
    let throttled = ("GetRole", 400, error("Throttling", "Rate exceeded"));
    let missing = ("GetRole", 404, error("NoSuchEntity", "not there"));
    let answers = vec![throttled, missing];
    let found = findings("AWS::Lambda::Function", function(role), answers);
    assert_eq!(found, [format!("missing-role Role: there is no role `{role}`")]);
}

#[test]
fn a_wrong_endpoint_is_told_soon() {
    let mut variables = Variables::default();
    let secret = Secret::new("secret");
    variables.access_key = Some(AccessKey { id: "key".into(), secret, session_token: None });
    variables.region = Some("ap-northeast-1".into());
    // Nobody listens at a port that no system gives away.
    variables.endpoint_url = Some("http://127.0.0.1:1".into());
    let (mut terminal, captured) = Terminal::captured();
    let before = Instant::now();
    let exit = Cli::new("shop")
        .run_with(["forecast"], &variables, &mut terminal, |_| app("AWS::SNS::Topic", json!({})));
    assert_eq!(exit, Exit::Error);
    assert!(before.elapsed() < Duration::from_secs(30), "{:?}", before.elapsed());
    let err = captured.err();
    assert!(err.contains("AWS cannot be reached"), "{err}");
    assert!(err.contains("--endpoint-url"), "{err}");
}
