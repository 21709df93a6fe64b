use fc_cdk_aws::sqs;
use fc_cdk_core::{Output, Stack};
use fc_cdk_toolkit::Exit;
use insta::assert_snapshot;

use crate::{account, deploy, run};

const DEPLOYED: &str = r"
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: { QueueName: orders, DelaySeconds: 5 }
  News:
    Type: AWS::SNS::Topic
Outputs:
  Address: { Value: !Ref Orders }
";

fn queue(stack: &Stack) {
    stack.allow("stateful-without-policy", "this is about differences");
    let orders = sqs::Queue::new().queue_name("orders").delay_seconds(30).build(stack, "Orders");
    Output::new(stack, "Address", orders.queue_url());
}

#[test]
fn what_is_deployed_is_compared_with_tags_and_termination_protection() {
    let Some(account) = account() else { return };
    deploy(
        &account,
        "CreateStack",
        &[
            ("TemplateBody", DEPLOYED),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "web"),
            ("EnableTerminationProtection", "true"),
        ],
    );
    let found = run(&account, &["diff", "--fail"], queue);
    assert_eq!(found.exit, Exit::Differences, "{}", found.err);
    assert_snapshot!(found.out, @"
    Shop
      - removed  News    AWS::SNS::Topic
      ~ updated  Orders  AWS::SQS::Queue  fc-cdk/toolkit/tests/operations/diff.rs:21
          DeletionPolicy: + Retain
          UpdateReplacePolicy: + Retain
          DelaySeconds: 5 → 30
      Stack
        ~ TerminationProtection: true → false
        - Tags[team]: - web

    the stack differs: 1 removed, 1 updated; 2 changes beside resources
    ");
    let found = run(&account, &["diff", "--json"], queue);
    assert!(found.out.contains(r#""TerminationProtection""#), "{}", found.out);

    let asked = run(&account, &["diff", "--change-set"], queue);
    assert_eq!(asked.exit, Exit::Ok, "{}", asked.err);
    assert_snapshot!(asked.out, @"
    Shop
      - removed  News    AWS::SNS::Topic
      ~ updated  Orders  AWS::SQS::Queue  fc-cdk/toolkit/tests/operations/diff.rs:21
          DeletionPolicy: + Retain
          UpdateReplacePolicy: + Retain
          DelaySeconds: 5 → 30
      Stack
        ~ TerminationProtection: true → false
        - Tags[team]: - web

    the stack differs: 1 removed, 1 updated; 2 changes beside resources
    ");
    let sets = account.call("ListChangeSets", &[("StackName", "Shop")]).unwrap();
    assert!(sets.find("ChangeSetName").is_none(), "{sets:?}");
}

#[test]
fn a_stack_that_is_not_deployed_is_new() {
    let Some(account) = account() else { return };
    let found = run(&account, &["diff"], queue);
    assert_eq!(found.exit, Exit::Ok, "{}", found.err);
    assert_snapshot!(found.out, @r#"
    Shop (new)
      + added  Orders  AWS::SQS::Queue  fc-cdk/toolkit/tests/operations/diff.rs:21
      Outputs
        + Address: + {"Value":{"Ref":"Orders"}}

    the stack differs: 1 added; 1 change beside resources
    "#);
}

#[test]
fn the_same_has_no_difference() {
    let Some(account) = account() else { return };
    let template = run(&account, &["synth", "Shop"], queue).out;
    deploy(&account, "CreateStack", &[("TemplateBody", &template)]);
    let found = run(&account, &["diff", "--fail"], queue);
    assert_eq!(found.exit, Exit::Ok, "{}", found.err);
    assert_snapshot!(found.out, @"the stack does not differ");
}
