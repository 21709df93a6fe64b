use fc_cdk_core::{App, Stack, Value, json};

use crate::{messages, topic};

#[test]
fn stacks_that_need_each_other_are_reported_with_both_lines() {
    let app = App::new();
    let (a, b) = (Stack::new(&app, "A"), Stack::new(&app, "B"));
    let (in_a, in_b) = (topic(&a, "Topic"), topic(&b, "Topic"));
    a.raw_resource("Out", "Custom::Out", json!({ "Arn": in_b.ref_value::<String>() }));
    b.raw_resource("Out", "Custom::Out", json!({ "Arn": in_a.ref_value::<String>() }));
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[stack-cycle]: `A/Out`: stacks need each other: `A` → `B` → `A`
      --> fc-cdk/core/tests/it/cycles.rs:10:7
      note: `A/Out` uses `B/Topic` of `B` (fc-cdk/core/tests/it/cycles.rs:10:7)
      note: `B/Out` uses `A/Topic` of `A` (fc-cdk/core/tests/it/cycles.rs:11:7)
      help: move one of these resources into the other stack, or both into a third; rules and permissions belong to the stack that uses them
    ");
}

#[test]
fn resources_that_need_each_other_are_reported() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let a = topic(&stack, "A");
    let b = stack.raw_resource("B", "Custom::B", json!({ "A": a.ref_value::<String>() }));
    let name: Value<String> = b.get_att("Name");
    a.set_property("TopicName", name);
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[resource-cycle]: `S/A`: resources need each other: `A` → `B` → `A`
      --> fc-cdk/core/tests/it/cycles.rs:25:13
      note: `A` refers to `B` (fc-cdk/core/tests/it/cycles.rs:25:13)
      note: `B` refers to `A` (fc-cdk/core/tests/it/cycles.rs:26:19)
      help: take one reference out: give it as a name, or make a resource of its own of it, such as a security group's rule
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
    ");
}

#[test]
fn a_dependency_counts_as_an_edge() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let (a, b) = (topic(&stack, "A"), topic(&stack, "B"));
    a.depends_on(&b);
    b.depends_on(&a);
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[resource-cycle]: `S/A`: resources need each other: `A` → `B` → `A`
      --> fc-cdk/core/tests/it/cycles.rs:43:19
      note: `A` refers to `B` (fc-cdk/core/tests/it/cycles.rs:43:19)
      note: `B` refers to `A` (fc-cdk/core/tests/it/cycles.rs:43:39)
      help: take one reference out: give it as a name, or make a resource of its own of it, such as a security group's rule
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
    ");
}
