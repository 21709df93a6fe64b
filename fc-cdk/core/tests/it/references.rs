use fc_cdk_core::{App, Stack, Value, intrinsics, json, sub};

use crate::{template, topic};

#[test]
fn handles_become_ref_and_getatt() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let alarms = topic(&stack, "Alarms");
    let arn: Value<String> = alarms.ref_value();
    let name: Value<String> = alarms.get_att("TopicName");
    stack.raw_resource(
        "Log",
        "AWS::SSM::Parameter",
        json!({ "Type": "String", "Value": arn, "Name": name }),
    );
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Resources": {
      "Alarms": {
       "Type": "AWS::SNS::Topic"
      },
      "Log": {
       "Type": "AWS::SSM::Parameter",
       "Properties": {
        "Type": "String",
        "Value": {
         "Ref": "Alarms"
        },
        "Name": {
         "Fn::GetAtt": [
          "Alarms",
          "TopicName"
         ]
        }
       }
      }
     }
    }
    "#);
}

#[test]
fn sub_writes_the_shortest_form() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let alarms = topic(&stack, "Alarms");
    let name: Value<String> = alarms.get_att("TopicName");
    let first = intrinsics::select(0, intrinsics::availability_zones());
    let (known, number) = ("orders", 7);
    let values = json!({
        "literal": sub!("{known}-{number}"),
        "escaped": sub!("{{\"a\": \"${{b}}\"}} {AWS::Region}"),
        "attribute": sub!("arn:{AWS::Partition}:sns:::{name}"),
        "variable": sub!("{first}/{known}/{first}"),
        "nested": sub!("<{sub!(\"in {AWS::Region}, {first}\")}>")
    });
    stack.raw_resource("Out", "Custom::Out", values);
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Resources": {
      "Alarms": {
       "Type": "AWS::SNS::Topic"
      },
      "Out": {
       "Type": "Custom::Out",
       "Properties": {
        "literal": "orders-7",
        "escaped": {
         "Fn::Sub": "{\"a\": \"${!b}\"} ${AWS::Region}"
        },
        "attribute": {
         "Fn::Sub": "arn:${AWS::Partition}:sns:::${Alarms.TopicName}"
        },
        "variable": {
         "Fn::Sub": [
          "${Value1}/orders/${Value1}",
          {
           "Value1": {
            "Fn::Select": [
             0,
             {
              "Fn::GetAZs": ""
             }
            ]
           }
          }
         ]
        },
        "nested": {
         "Fn::Sub": [
          "<in ${AWS::Region}, ${Value1}>",
          {
           "Value1": {
            "Fn::Select": [
             0,
             {
              "Fn::GetAZs": ""
             }
            ]
           }
          }
         ]
        }
       }
      }
     }
    }
    "#);
}

#[test]
fn what_separates_the_steps_of_a_path_is_written_as_the_aws_cdk_does() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let paths = ["a/b", "a\nb2"].map(|id| topic(&stack, id).scope().path());
    assert_eq!(paths, ["S/a--b", "S/a--b2"]);
}
