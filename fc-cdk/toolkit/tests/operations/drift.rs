use fc_cdk_aws::{sns, sqs};
use fc_cdk_core::{NestedStack, Stack};
use fc_cdk_toolkit::Exit;
use insta::assert_snapshot;

use crate::{account, deploy, run};

fn shop(stack: &Stack) {
    stack.allow("stateful-without-policy", "this is about drift");
    sqs::Queue::new().queue_name("orders").delay_seconds(5).build(stack, "Orders");
    sns::Topic::new().topic_name("news").display_name("News").build(stack, "News");
}

#[test]
fn what_was_changed_by_hand_is_shown_with_the_line_that_makes_it() {
    let Some(account) = account() else { return };
    let template = run(&account, &["synth", "Shop"], shop).out;
    deploy(&account, "CreateStack", &[("TemplateBody", &template)]);
    let found = run(&account, &["drift", "--fail"], shop);
    assert_eq!(found.exit, Exit::Ok, "{}", found.err);
    assert_snapshot!(found.out, @"Shop: nothing drifted");

    let resources = account.resources("Shop").unwrap();
    let id = |name: &str| {
        let resource = resources.iter().find(|it| it.logical_id == name).unwrap();
        resource.physical_id.clone()
    };
    let changed = [
        ("QueueUrl", &*id("Orders")),
        ("Attribute.1.Name", "DelaySeconds"),
        ("Attribute.1.Value", "60"),
    ];
    account.call_service(("sqs", "2012-11-05"), "SetQueueAttributes", &changed).unwrap();
    let topic = [("TopicArn", &*id("News"))];
    account.call_service(("sns", "2010-03-31"), "DeleteTopic", &topic).unwrap();

    let found = run(&account, &["drift", "--fail"], shop);
    assert_eq!(found.exit, Exit::Differences, "{}", found.err);
    assert_snapshot!(found.out, @"
    Shop: 2 resources drifted
      - AWS::SNS::Topic Shop/News deleted by hand  fc-cdk/toolkit/tests/operations/drift.rs:11
      ~ AWS::SQS::Queue Shop/Orders  fc-cdk/toolkit/tests/operations/drift.rs:10
          DelaySeconds: 5 → 60
    ");
    let found = run(&account, &["drift", "--json"], shop);
    assert_eq!(found.exit, Exit::Ok);
    let out = found
        .out
        .replace(account.id(), "ACCOUNT")
        .replace(&*id("Orders").replace(account.id(), "ACCOUNT"), "URL");
    assert_snapshot!(out, @r#"
    [
     {
      "stack": "Shop",
      "name": "Shop",
      "drifted": true,
      "resources": [
       {
        "logicalId": "News",
        "physicalId": "arn:aws:sns:ap-northeast-1:ACCOUNT:news",
        "type": "AWS::SNS::Topic",
        "status": "deleted",
        "path": "Shop/News",
        "source": "fc-cdk/toolkit/tests/operations/drift.rs:11",
        "properties": []
       },
       {
        "logicalId": "Orders",
        "physicalId": "URL",
        "type": "AWS::SQS::Queue",
        "status": "modified",
        "path": "Shop/Orders",
        "source": "fc-cdk/toolkit/tests/operations/drift.rs:10",
        "properties": [
         {
          "path": "DelaySeconds",
          "expected": 5,
          "actual": 60
         }
        ]
       }
      ]
     }
    ]
    "#);
}

#[test]
fn a_stack_that_is_not_deployed_has_no_drift() {
    let Some(account) = account() else { return };
    let found = run(&account, &["drift", "--fail"], shop);
    assert_eq!((found.exit, &*found.out), (Exit::Ok, ""));
    assert_eq!(found.err, "`Shop` is not deployed\n");
}

fn around(stack: &Stack) {
    let nested = NestedStack::new(stack, "Messages");
    let inner = NestedStack::new(&nested, "Inner");
    inner.allow("stateful-without-policy", "this is about drift");
    sns::Topic::new().topic_name("outer").display_name("Outer").build(&nested, "News");
    sqs::Queue::new().queue_name("inner").delay_seconds(5).build(&inner, "Orders");
}

#[test]
fn nested_stacks_are_compared_too() {
    let Some(account) = account() else { return };
    for words in [&["bootstrap"][..], &["deploy", "--yes"]] {
        let done = run(&account, words, around);
        assert_eq!(done.exit, Exit::Ok, "{}", done.err);
    }
    let found = run(&account, &["drift", "--fail"], around);
    assert_eq!(found.exit, Exit::Ok, "{}", found.err);
    assert_snapshot!(found.out, @"
    Shop: nothing drifted
    Shop/Messages: nothing drifted
    Shop/Messages/Inner: nothing drifted
    ");
    let stacks = account.stacks().unwrap();
    let inner = stacks.iter().find(|it| it.name.contains("Inner")).unwrap();
    let resources = account.resources(&inner.name).unwrap();
    let url = resources.iter().find(|it| it.type_name == "AWS::SQS::Queue").unwrap();
    let changed = [
        ("QueueUrl", &*url.physical_id),
        ("Attribute.1.Name", "DelaySeconds"),
        ("Attribute.1.Value", "60"),
    ];
    account.call_service(("sqs", "2012-11-05"), "SetQueueAttributes", &changed).unwrap();
    let found = run(&account, &["drift", "--fail"], around);
    assert_eq!(found.exit, Exit::Differences, "{}", found.err);
    assert_snapshot!(found.out, @"
    Shop: nothing drifted
    Shop/Messages: nothing drifted
    Shop/Messages/Inner: 1 resource drifted
      ~ AWS::SQS::Queue Shop/Messages/Inner/Orders  fc-cdk/toolkit/tests/operations/drift.rs:101
          DelaySeconds: 5 → 60
    ");
}
