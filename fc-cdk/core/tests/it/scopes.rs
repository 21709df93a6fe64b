use std::panic::Location;

use fc_cdk_core::{
    App, Map, NestedStack, RemovalPolicy, Resource, Scope, Stack, json, spec::Table,
};

use crate::{NO_NAME, messages, template, templates, topic};

/// The table of one service, as the generated crate carries it.
macro_rules! table {
    ($service:literal) => {{
        static TABLE: Table = Table::new(
            include_bytes!(concat!("../../../aws/src/services/", $service, ".bin")),
            &[],
        );
        &TABLE
    }};
}

/// A resource of a type that is known, as generated builders make it.
#[track_caller]
fn typed(scope: &Scope, id: &str, type_name: &str, table: &'static Table) -> Resource {
    Resource::add(scope, id, type_name, Some(table), Map::new(), Location::caller().into())
}

#[test]
fn tags_of_scopes_reach_every_kind_of_type() {
    let app = App::new();
    app.tag("team", "shop").tag("stage", "beta");
    app.allow("missing-property", "only the tags matter here");
    app.allow("property-conflict", "only the tags matter here");
    let stack = Stack::new(&app, "S");
    stack.tag("stage", "prod");
    typed(&stack, "List", "AWS::SNS::Topic", table!("sns"))
        .set_property("Tags", json!([{ "Key": "team", "Value": "own" }]));
    typed(&stack, "Map", "AWS::SSM::Parameter", table!("ssm"));
    typed(&stack, "Group", "AWS::AutoScaling::AutoScalingGroup", table!("autoscaling"))
        .scope()
        .untag("team")
        .tag_types("only", "here", &["AWS::SNS::Topic"]);
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Resources": {
      "List": {
       "Type": "AWS::SNS::Topic",
       "Properties": {
        "Tags": [
         {
          "Key": "team",
          "Value": "own"
         },
         {
          "Key": "stage",
          "Value": "prod"
         }
        ]
       }
      },
      "Map": {
       "Type": "AWS::SSM::Parameter",
       "Properties": {
        "Tags": {
         "stage": "prod",
         "team": "shop"
        }
       }
      },
      "Group": {
       "Type": "AWS::AutoScaling::AutoScalingGroup",
       "Properties": {
        "Tags": [
         {
          "Key": "stage",
          "Value": "prod",
          "PropagateAtLaunch": true
         }
        ]
       }
      }
     }
    }
    "#);
}

#[test]
fn aspects_change_first_and_check_last() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    stack.on_check(|resource| {
        if resource.property("DisplayName").is_none() {
            resource.report(NO_NAME.finding("a topic without a name"));
        }
    });
    stack.on_change(|resource| {
        if resource.scope().id() != "Unnamed" {
            resource.set_property("DisplayName", resource.scope().id());
        }
    });
    topic(&stack, "Named");
    topic(&stack, "Unnamed");
    let assembly = app.synth();
    assert_eq!(assembly.diagnostics().len(), 1);
    assert_eq!(messages(&assembly), messages(&app.synth()), "a second synth says the same");
}

#[test]
fn dependencies_reach_from_scope_to_scope() {
    let app = App::new();
    let (stack, other) = (Stack::new(&app, "S"), Stack::new(&app, "Other"));
    topic(&other, "Topic");
    let (first, second) = (stack.scope("First"), stack.scope("Second"));
    topic(&first, "A");
    topic(&first, "B");
    let nested = NestedStack::new(&second, "Nested");
    topic(&nested, "C");
    second.depends_on(&first);
    stack.depends_on(&other);
    insta::assert_snapshot!(templates(&app), @r#"
    Other: {
     "Resources": {
      "Topic": {
       "Type": "AWS::SNS::Topic"
      }
     }
    }
    S: {
     "Resources": {
      "FirstA4136F70B": {
       "Type": "AWS::SNS::Topic"
      },
      "FirstB64A245A1": {
       "Type": "AWS::SNS::Topic"
      },
      "SecondNestedNestedStackNestedNestedStackResourceBD30FDE3": {
       "Type": "AWS::CloudFormation::Stack",
       "Properties": {
        "TemplateURL": {
         "Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/0d522222f79a1ab195e78e332107e6e83a7d99182ce347f80c69cce0fab3c567.json"
        }
       },
       "DependsOn": [
        "FirstA4136F70B",
        "FirstB64A245A1"
       ]
      }
     }
    }
    Nested: {
     "Resources": {
      "C": {
       "Type": "AWS::SNS::Topic"
      }
     }
    }
    "#);
    let dependencies = app.synth().stack("S").map(|stack| stack.dependencies().to_vec());
    assert_eq!(dependencies, Some(vec!["Other".into()]));
}

#[test]
fn what_holds_data_is_kept_unless_told_otherwise() {
    let app = App::new();
    app.allow("missing-property", "only the policies matter here");
    app.allow("property-conflict", "only the policies matter here");
    let stack = Stack::new(&app, "S");
    typed(&stack, "Kept", "AWS::DynamoDB::Table", table!("dynamodb"));
    typed(&stack, "Dropped", "AWS::DynamoDB::Table", table!("dynamodb"))
        .removal_policy(RemovalPolicy::Delete);
    typed(&stack, "Careful", "AWS::DynamoDB::Table", table!("dynamodb"))
        .removal_policy(RemovalPolicy::RetainExceptOnCreate);
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Resources": {
      "Kept": {
       "Type": "AWS::DynamoDB::Table",
       "DeletionPolicy": "Retain",
       "UpdateReplacePolicy": "Retain"
      },
      "Dropped": {
       "Type": "AWS::DynamoDB::Table",
       "DeletionPolicy": "Delete",
       "UpdateReplacePolicy": "Delete"
      },
      "Careful": {
       "Type": "AWS::DynamoDB::Table",
       "DeletionPolicy": "RetainExceptOnCreate",
       "UpdateReplacePolicy": "Retain"
      }
     }
    }
    "#);
}
