use fc_cdk_core::{App, NestedStack, Output, Scope, Stack, Value, json};

use crate::{SOME_RULE, messages, topic};

/// A construct that decides at synth what it is made of.
#[track_caller]
fn late(scope: &Scope, id: &str) {
    scope.construct(id).at_synth(|scope| {
        if scope.find("Late").is_none() {
            topic(scope, "Late").report(SOME_RULE.finding("hm"));
        }
    });
}

#[test]
fn what_is_made_at_synth_has_the_line_of_its_construct() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    late(&stack, "Construct");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[some-rule]: `S/Construct/Late`: hm
      --> fc-cdk/core/tests/it/lines.rs:19:5
      note: made inside the construct here (fc-cdk/core/tests/it/lines.rs:10:13)
      help: do something else
    ");
}

#[test]
fn what_an_aspect_finds_or_breaks_has_the_line_of_the_resource() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Topic");
    stack.on_change(|resource| {
        resource.set_property("TopicName", json!({ "Ref": "Nothing" }));
    });
    stack.on_check(|resource| resource.report(SOME_RULE.finding("hm")));
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[some-rule]: `S/Topic`: hm
      --> fc-cdk/core/tests/it/lines.rs:32:5
      help: do something else
    error[dangling-reference]: `S/Topic`: TopicName: `Ref` of `Nothing`, which is not in the template
      --> fc-cdk/core/tests/it/lines.rs:32:5
      help: refer by handle, or correct the name; ids are case-sensitive
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    ");
}

#[test]
fn a_value_that_is_known_late_has_the_line_of_the_resource() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let topic = topic(&stack, "Topic");
    topic.update_property("TopicName", |_| json!({ "Fn::GetAtt": ["Nothing", "Arn"] }));
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[dangling-reference]: `S/Topic`: TopicName: `Fn::GetAtt` of `Nothing`, which is not a resource of the template
      --> fc-cdk/core/tests/it/lines.rs:52:17
      help: refer by handle, or correct the name; ids are case-sensitive
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    ");
}

#[test]
fn entries_of_other_sections_name_the_line_that_made_them() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Topic");
    let typed = Value::<String>::from_node(json!({ "Ref": "Nothing" }));
    Output::new(&stack, "Typed", typed);
    stack.raw_entry("Outputs", "Raw", json!({ "Value": { "Ref": "Nothing" } }));
    stack.raw_entry("Resources", "Entry", json!({ "Type": "AWS::SNS::Topic", "DependsOn": "No" }));
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[dangling-reference]: `S`: DependsOn: `DependsOn` of `No`, which is not a resource of the template
      --> fc-cdk/core/tests/it/lines.rs:70:11
      help: refer by handle, or correct the name; ids are case-sensitive
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    error[dangling-reference]: `S/Typed`: Outputs.Typed.Value: `Ref` of `Nothing`, which is not in the template
      --> fc-cdk/core/tests/it/lines.rs:68:5
      help: refer by handle, or correct the name; ids are case-sensitive
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    error[dangling-reference]: `S`: Outputs.Raw.Value: `Ref` of `Nothing`, which is not in the template
      --> fc-cdk/core/tests/it/lines.rs:69:11
      help: refer by handle, or correct the name; ids are case-sensitive
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    ");
}

#[test]
fn moves_and_references_between_stacks_name_the_line_that_asked_for_them() {
    let app = App::new();
    let (one, two) = (Stack::new(&app, "One"), Stack::new(&app, "Two"));
    one.moved("Old", "Nowhere");
    let first = topic(&one, "First");
    let nested = NestedStack::new(&two, "Nested");
    let use_it = json!({ "Topic": first.ref_value::<String>() });
    let second = nested.raw_resource("Second", "Custom::Use", use_it);
    one.raw_resource("Back", "Custom::Use", json!({ "Use": second.ref_value::<String>() }));
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-move]: `One`: nothing is at the new path `Nowhere` of a move
      --> fc-cdk/core/tests/it/lines.rs:91:9
      help: drop the move, or correct its path
    error[stack-cycle]: `One/Back`: stacks need each other: `One` → `Two` → `One`
      --> fc-cdk/core/tests/it/lines.rs:96:9
      note: `One/Back` uses `Two/Nested.NestedStack/Nested.NestedStackResource` of `Two` (fc-cdk/core/tests/it/lines.rs:96:9)
      note: `Two/Nested/Second` uses `One/First` of `One` (fc-cdk/core/tests/it/lines.rs:95:25)
      help: move one of these resources into the other stack, or both into a third; rules and permissions belong to the stack that uses them
    ");
}

#[test]
fn too_many_outputs_that_other_stacks_need_name_the_line_of_their_stack() {
    let app = App::new();
    let (one, two) = (Stack::new(&app, "One"), Stack::new(&app, "Two"));
    for number in 0..201 {
        let name = topic(&one, &format!("Topic{number}")).ref_value::<String>();
        let name = json!({ "Name": name });
        two.raw_resource(&format!("Use{number}"), "Custom::Use", name);
    }
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[limit-exceeded]: `One`: Outputs: the stack has 201 outputs, 200 are allowed
      --> fc-cdk/core/tests/it/lines.rs:112:23
      help: split the stack; `moved!` keeps logical ids within a stack, and values pass between stacks by themselves
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    ");
}
