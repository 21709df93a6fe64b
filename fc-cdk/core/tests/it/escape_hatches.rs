use fc_cdk_core::{App, Map, Stack, intrinsics, json, moved};

use crate::{messages, template, topic};

#[test]
fn overrides_come_last_and_may_hold_references() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let (a, b) = (topic(&stack, "A"), topic(&stack, "B"));
    a.set_property("DisplayName", "new").add_override("Properties.DisplayName", "newer");
    a.add_override("Properties.Peer", b.ref_value::<String>());
    a.add_override("Metadata.Why", "because").override_logical_id("Kept");
    b.set_property("DisplayName", "gone").delete_override("Properties.DisplayName");
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Resources": {
      "Kept": {
       "Type": "AWS::SNS::Topic",
       "Properties": {
        "DisplayName": "newer",
        "Peer": {
         "Ref": "B"
        }
       },
       "Metadata": {
        "Why": "because"
       }
      },
      "B": {
       "Type": "AWS::SNS::Topic",
       "Properties": {}
      }
     }
    }
    "#);
}

#[test]
fn moved_constructs_keep_their_logical_ids() {
    let id =
        |app: &App| app.synth().stacks()[0].template().resource_ids().cloned().collect::<Vec<_>>();
    let before = App::new();
    let stack = Stack::new(&before, "S");
    topic(&stack.scope("Old").scope("Deep"), "Topic");
    let after = App::new();
    let stack = Stack::new(&after, "S");
    topic(&stack.scope("New").scope("Deep"), "Topic");
    assert_ne!(id(&before), id(&after));
    moved!(stack, "Old" => "New");
    assert_eq!(id(&before), id(&after));
}

#[test]
fn a_move_that_moves_nothing_is_an_error() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    topic(&stack, "Topic");
    topic(&stack, "Other");
    moved!(stack, "Was" => "Nowhere", "Other" => "Topic");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[duplicate-logical-id]: `S/Other`: the logical id `Other` is taken by `S/Topic`
      --> fc-cdk/core/tests/it/escape_hatches.rs:58:5
      note: the first one is made here (fc-cdk/core/tests/it/escape_hatches.rs:57:5)
      help: give one of them another name
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    error[bad-move]: `S`: nothing is at the new path `Nowhere` of a move
      --> fc-cdk/core/tests/it/escape_hatches.rs:59:5
      help: drop the move, or correct its path
    error[bad-move]: `S`: the old path `Other` of a move is in use again
      --> fc-cdk/core/tests/it/escape_hatches.rs:59:5
      help: give the new construct another id: its logical ids belong to what moved
    ");
}

#[test]
fn an_override_that_does_not_fit_is_an_error() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let topic = stack.raw_resource("Topic", "AWS::SNS::Topic", json!({ "TopicName": "orders" }));
    topic.add_override("Properties.TopicName.0", "x");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-override]: `S/Topic`: Properties.TopicName.0: `0` cannot be set in a string
      --> fc-cdk/core/tests/it/escape_hatches.rs:80:11
      note: the resource is made here (fc-cdk/core/tests/it/escape_hatches.rs:79:23)
      help: steps are separated by dots: names in objects, numbers in lists
    ");
}

#[test]
fn raw_entries_reach_every_section() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    stack.language_extensions();
    let a = topic(&stack, "A");
    let body = Map::new().with("Topic${Name}", json!({ "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": &a.ref_value::<String>() } }));
    let (key, topics) = intrinsics::for_each("Topics", "Name", ["Orders", "Returns"], body);
    stack.raw_entry("Resources", &key, topics);
    stack.raw_entry("Hooks", "Wait", json!({ "Type": "AWS::CodeDeploy::BlueGreen" }));
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Transform": "AWS::LanguageExtensions",
     "Resources": {
      "A": {
       "Type": "AWS::SNS::Topic"
      },
      "Fn::ForEach::Topics": [
       "Name",
       [
        "Orders",
        "Returns"
       ],
       {
        "Topic${Name}": {
         "Type": "AWS::SNS::Topic",
         "Properties": {
          "DisplayName": {
           "Ref": "A"
          }
         }
        }
       }
      ]
     },
     "Hooks": {
      "Wait": {
       "Type": "AWS::CodeDeploy::BlueGreen"
      }
     }
    }
    "#);
}
