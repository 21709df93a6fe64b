use fc_cdk_core::{
    App, Environment, List, NestedStack, Parameter, Stack, Stage, Strength, Value, json,
};

use crate::{messages, templates, topic};

#[test]
fn weak_references_read_an_output_of_the_other_stack() {
    let app = App::new();
    let (producer, consumer) = (Stack::new(&app, "Producer"), Stack::new(&app, "Consumer"));
    let arn: Value<String> = topic(&producer, "Topic").ref_value();
    consumer.raw_resource("Out", "Custom::Out", json!({ "Arn": arn }));
    insta::assert_snapshot!(templates(&app), @r#"
    Producer: {
     "Resources": {
      "Topic": {
       "Type": "AWS::SNS::Topic"
      }
     },
     "Outputs": {
      "PublishOutputRefTopic936FFEB1": {
       "Value": {
        "Ref": "Topic"
       }
      }
     }
    }
    Consumer: {
     "Resources": {
      "Out": {
       "Type": "Custom::Out",
       "Properties": {
        "Arn": {
         "Fn::GetStackOutput": {
          "StackName": "Producer",
          "OutputName": "PublishOutputRefTopic936FFEB1"
         }
        }
       }
      }
     }
    }
    "#);
    let assembly = app.synth();
    assert_eq!(
        assembly.stack("Consumer").map(|stack| stack.dependencies().to_vec()),
        Some(vec!["Producer".into()])
    );
}

#[test]
fn strong_references_export_under_the_aws_cdks_names() {
    let app = App::new().with_reference_strength(Strength::Strong);
    let (producer, consumer) = (Stack::new(&app, "Producer"), Stack::new(&app, "Consumer"));
    let arn: Value<String> = topic(&producer, "Topic").ref_value();
    consumer.raw_resource("Out", "Custom::Out", json!({ "Arn": arn }));
    insta::assert_snapshot!(templates(&app), @r#"
    Producer: {
     "Resources": {
      "Topic": {
       "Type": "AWS::SNS::Topic"
      }
     },
     "Outputs": {
      "ExportsOutputRefTopicA7DE468A": {
       "Value": {
        "Ref": "Topic"
       },
       "Export": {
        "Name": "Producer:ExportsOutputRefTopicA7DE468A"
       }
      }
     }
    }
    Consumer: {
     "Resources": {
      "Out": {
       "Type": "Custom::Out",
       "Properties": {
        "Arn": {
         "Fn::ImportValue": "Producer:ExportsOutputRefTopicA7DE468A"
        }
       }
      }
     }
    }
    "#);
}

#[test]
fn lists_pass_through_a_text() {
    let app = App::new();
    let (producer, consumer) = (Stack::new(&app, "Producer"), Stack::new(&app, "Consumer"));
    let zone =
        producer.raw_resource("Zone", "AWS::Route53::HostedZone", json!({ "Name": "example.com" }));
    let servers: Value<List<String>> = zone.get_att_list("NameServers");
    consumer.raw_resource("Out", "Custom::Out", json!({ "Servers": servers }));
    insta::assert_snapshot!(templates(&app), @r#"
    Producer: {
     "Resources": {
      "Zone": {
       "Type": "AWS::Route53::HostedZone",
       "Properties": {
        "Name": "example.com"
       }
      }
     },
     "Outputs": {
      "PublishOutputFnGetAttZoneNameServers7B47DEE8": {
       "Value": {
        "Fn::Join": [
         "||",
         {
          "Fn::GetAtt": [
           "Zone",
           "NameServers"
          ]
         }
        ]
       }
      }
     }
    }
    Consumer: {
     "Resources": {
      "Out": {
       "Type": "Custom::Out",
       "Properties": {
        "Servers": {
         "Fn::Split": [
          "||",
          {
           "Fn::GetStackOutput": {
            "StackName": "Producer",
            "OutputName": "PublishOutputFnGetAttZoneNameServers7B47DEE8"
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
fn another_region_and_account_are_named() {
    let app = App::new();
    let producer = Stack::new(&app, "Producer")
        .with_environment(Environment::new("111111111111", "us-east-1"))
        .with_output_reader_role("arn:aws:iam::111111111111:role/reader");
    let consumer = Stack::new(&app, "Consumer")
        .with_environment(Environment::new("222222222222", "eu-west-1"));
    let arn: Value<String> = topic(&producer, "Topic").ref_value();
    consumer.raw_resource("Out", "Custom::Out", json!({ "Arn": arn }));
    insta::assert_snapshot!(templates(&app), @r#"
    Producer: {
     "Resources": {
      "Topic": {
       "Type": "AWS::SNS::Topic"
      }
     },
     "Outputs": {
      "PublishOutputRefTopic936FFEB1": {
       "Value": {
        "Ref": "Topic"
       }
      }
     }
    }
    Consumer: {
     "Resources": {
      "Out": {
       "Type": "Custom::Out",
       "Properties": {
        "Arn": {
         "Fn::GetStackOutput": {
          "StackName": "Producer",
          "OutputName": "PublishOutputRefTopic936FFEB1",
          "Region": "us-east-1",
          "RoleArn": "arn:aws:iam::111111111111:role/reader"
         }
        }
       }
      }
     }
    }
    "#);
}

#[test]
fn what_cannot_cross_is_said_with_the_way_out() {
    let app = App::new();
    let producer = Stack::new(&app, "Producer")
        .with_environment(Environment::new("111111111111", "us-east-1"));
    let other_account =
        Stack::new(&app, "Account").with_environment(Environment::new("222222222222", "us-east-1"));
    let unknown = Stack::new(&app, "Unknown");
    let other_region =
        Stack::new(&app, "Region").with_environment(Environment::new("111111111111", "eu-west-1"));
    let arn: Value<String> = topic(&producer, "Topic").ref_value();
    other_account.raw_resource("Out", "Custom::Out", json!({ "Arn": arn.clone() }));
    unknown.raw_resource("Out", "Custom::Out", json!({ "Arn": arn.clone() }));
    other_region.raw_resource("Out", "Custom::Out", json!({ "Arn": arn.strong() }));
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[unresolvable-reference]: `Account/Out`: the stack `Account` reads a value of the stack `Producer` in another account, which has to offer a role for that
      --> fc-cdk/core/tests/it/across_stacks.rs:203:19
      help: name a role that may call `cloudformation:DescribeStacks` there: `with_output_reader_role`
    error[unresolvable-reference]: `Unknown/Out`: the stack `Unknown` reads a value of the stack `Producer`, and only one of them says its region
      --> fc-cdk/core/tests/it/across_stacks.rs:204:13
      help: name the region of both stacks with `with_environment`, or of neither
    error[unresolvable-reference]: `Region/Out`: a strong reference from the stack `Region` to the stack `Producer`: exports do not leave their account and region
      --> fc-cdk/core/tests/it/across_stacks.rs:205:18
      help: make it weak: `.weak()` on the value, or `with_reference_strength(Strength::Weak)`
    ");
}

#[test]
fn stages_prefix_names_and_have_environments_of_their_own() {
    let app = App::new();
    for (name, region) in [("Beta", "us-east-1"), ("Prod", "eu-west-1")] {
        let stage = Stage::new(&app, name).with_environment(Environment::region(region));
        let stack = Stack::new(&stage, "Data");
        stack.raw_resource("Out", "Custom::Out", json!({ "Region": stack.region() }));
    }
    insta::assert_snapshot!(templates(&app), @r#"
    Beta-Data: {
     "Resources": {
      "Out": {
       "Type": "Custom::Out",
       "Properties": {
        "Region": "us-east-1"
       }
      }
     }
    }
    Prod-Data: {
     "Resources": {
      "Out": {
       "Type": "Custom::Out",
       "Properties": {
        "Region": "eu-west-1"
       }
      }
     }
    }
    "#);
}

#[test]
fn values_pass_into_and_out_of_nested_stacks() {
    let app = App::new();
    let stack = Stack::new(&app, "Parent");
    let size = Parameter::<String>::new(&stack, "Size");
    let nested = NestedStack::new(&stack, "Inner");
    let sibling = NestedStack::new(&stack, "Sibling");
    let topic = topic(&nested, "Topic");
    nested.raw_resource("In", "Custom::In", json!({ "Size": size.value() }));
    stack.raw_resource("Up", "Custom::Up", json!({ "Arn": topic.ref_value::<String>() }));
    sibling.raw_resource("Across", "Custom::Across", json!({ "Arn": topic.ref_value::<String>() }));
    insta::assert_snapshot!(templates(&app), @r#"
    Parent: {
     "Parameters": {
      "Size": {
       "Type": "String"
      }
     },
     "Resources": {
      "InnerNestedStackInnerNestedStackResource745E041B": {
       "Type": "AWS::CloudFormation::Stack",
       "Properties": {
        "Parameters": {
         "referencetoParentSizeRef": {
          "Ref": "Size"
         }
        },
        "TemplateURL": {
         "Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/2138c6818810b6391d1f88a5f011536afb132e93fc3da1ffaf27dd59fe5cd875.json"
        }
       }
      },
      "SiblingNestedStackSiblingNestedStackResourceA54DD25B": {
       "Type": "AWS::CloudFormation::Stack",
       "Properties": {
        "Parameters": {
         "referencetoParentInnerTopicRef": {
          "Fn::GetAtt": [
           "InnerNestedStackInnerNestedStackResource745E041B",
           "Outputs.PublishOutputRefTopic936FFEB1"
          ]
         }
        },
        "TemplateURL": {
         "Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/5f47919f9e29b4ee0e15d4a4e07fd6a0cc138801e3101033f410d12e456aa72c.json"
        }
       }
      },
      "Up": {
       "Type": "Custom::Up",
       "Properties": {
        "Arn": {
         "Fn::GetAtt": [
          "InnerNestedStackInnerNestedStackResource745E041B",
          "Outputs.PublishOutputRefTopic936FFEB1"
         ]
        }
       }
      }
     }
    }
    Inner: {
     "Parameters": {
      "referencetoParentSizeRef": {
       "Type": "String"
      }
     },
     "Resources": {
      "Topic": {
       "Type": "AWS::SNS::Topic"
      },
      "In": {
       "Type": "Custom::In",
       "Properties": {
        "Size": {
         "Ref": "referencetoParentSizeRef"
        }
       }
      }
     },
     "Outputs": {
      "PublishOutputRefTopic936FFEB1": {
       "Value": {
        "Ref": "Topic"
       }
      }
     }
    }
    Sibling: {
     "Parameters": {
      "referencetoParentInnerTopicRef": {
       "Type": "String"
      }
     },
     "Resources": {
      "Across": {
       "Type": "Custom::Across",
       "Properties": {
        "Arn": {
         "Ref": "referencetoParentInnerTopicRef"
        }
       }
      }
     }
    }
    "#);
}
