use fc_cdk_core::{
    App, Condition, Mapping, Output, Parameter, Rule, Stack, Value,
    intrinsics::{self, ConditionExpression, NoValue, fn_if},
    json,
    value::IntoValue,
};

use crate::template;

#[test]
fn every_section_is_written_in_cloudformations_order() {
    let app = App::new();
    let stack = Stack::new(&app, "S").with_description("all sections");
    stack.language_extensions();
    let stage = Parameter::<String>::new(&stack, "StageName")
        .allowed_values(["beta", "prod"])
        .default_value("beta");
    let is_prod = Condition::new(&stack, "IsProd", ConditionExpression::equals(&stage, "prod"));
    let sizes = Mapping::new(&stack, "Sizes").entry("beta", "count", 1).entry("prod", "count", 3);
    let _rule = Rule::new(&stack, "Stages")
        .assert(!ConditionExpression::equals(&stage, "test"), "there is no stage of that name");
    let count: Value<i64> = intrinsics::find_in_map(&sizes, &stage, "count");
    let is_small = Condition::new(
        &stack,
        "IsSmall",
        ConditionExpression::equals(intrinsics::region(), "eu-west-1"),
    );
    let name: Value<String> = fn_if(&is_small, "shop", NoValue).into_value();
    let resource =
        stack.raw_resource("Out", "Custom::Out", json!({ "Count": count, "Name": name }));
    resource.condition(&is_prod);
    let _output = Output::new(&stack, "Arn", resource.get_att::<String>("Arn"))
        .condition(&is_prod)
        .export_name("arn");
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Description": "all sections",
     "Transform": "AWS::LanguageExtensions",
     "Parameters": {
      "StageName": {
       "Type": "String",
       "AllowedValues": [
        "beta",
        "prod"
       ],
       "Default": "beta"
      }
     },
     "Rules": {
      "Stages": {
       "Assertions": [
        {
         "Assert": {
          "Fn::Not": [
           {
            "Fn::Equals": [
             {
              "Ref": "StageName"
             },
             "test"
            ]
           }
          ]
         },
         "AssertDescription": "there is no stage of that name"
        }
       ]
      }
     },
     "Mappings": {
      "Sizes": {
       "beta": {
        "count": 1
       },
       "prod": {
        "count": 3
       }
      }
     },
     "Conditions": {
      "IsProd": {
       "Fn::Equals": [
        {
         "Ref": "StageName"
        },
        "prod"
       ]
      },
      "IsSmall": {
       "Fn::Equals": [
        {
         "Ref": "AWS::Region"
        },
        "eu-west-1"
       ]
      }
     },
     "Resources": {
      "Out": {
       "Type": "Custom::Out",
       "Condition": "IsProd",
       "Properties": {
        "Count": {
         "Fn::FindInMap": [
          "Sizes",
          {
           "Ref": "StageName"
          },
          "count"
         ]
        },
        "Name": {
         "Fn::If": [
          "IsSmall",
          "shop",
          {
           "Ref": "AWS::NoValue"
          }
         ]
        }
       }
      }
     },
     "Outputs": {
      "Arn": {
       "Value": {
        "Fn::GetAtt": [
         "Out",
         "Arn"
        ]
       },
       "Condition": "IsProd",
       "Export": {
        "Name": "arn"
       }
      }
     }
    }
    "#);
}
