use fc_cdk_core::{
    App, Stack,
    policy::{Principal, Statement},
};
use fc_constructs::security::{Key, Role};

use crate::template;

#[test]
fn a_role_gets_its_policy_with_the_first_statement() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let key = Key::builder().alias("orders").build(&stack, "Key");
    let role = Role::builder()
        .assumed_by(Principal::service("ec2.amazonaws.com"))
        .managed_policies(["AmazonSSMManagedInstanceCore"])
        .build(&stack, "Role");
    assert!(role.policy().is_none());
    key.grant_decrypt(&role);
    role.add_statement(
        Statement::allow().actions(["s3:GetObject"]).resources(["arn:aws:s3:::orders/*"]),
    );
    role.add_managed_policy("CloudWatchAgentServerPolicy");
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Resources": {
      "Key961B73FD": {
       "Type": "AWS::KMS::Key",
       "Properties": {
        "EnableKeyRotation": true,
        "PendingWindowInDays": 30,
        "KeyPolicy": {
         "Statement": [
          {
           "Action": "kms:*",
           "Effect": "Allow",
           "Principal": {
            "AWS": {
             "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
            }
           },
           "Resource": "*"
          }
         ],
         "Version": "2012-10-17"
        }
       },
       "DeletionPolicy": "Retain",
       "UpdateReplacePolicy": "Retain"
      },
      "KeyAlias6C2E2031": {
       "Type": "AWS::KMS::Alias",
       "Properties": {
        "AliasName": "alias/orders",
        "TargetKeyId": {
         "Fn::GetAtt": [
          "Key961B73FD",
          "Arn"
         ]
        }
       }
      },
      "Role1ABCC5F0": {
       "Type": "AWS::IAM::Role",
       "Properties": {
        "AssumeRolePolicyDocument": {
         "Statement": [
          {
           "Action": "sts:AssumeRole",
           "Effect": "Allow",
           "Principal": {
            "Service": "ec2.amazonaws.com"
           }
          }
         ],
         "Version": "2012-10-17"
        },
        "ManagedPolicyArns": [
         {
          "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
         },
         {
          "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/CloudWatchAgentServerPolicy"
         }
        ]
       }
      },
      "RoleDefaultPolicy5FFB7DAB": {
       "Type": "AWS::IAM::Policy",
       "Properties": {
        "PolicyName": "DefaultPolicy",
        "PolicyDocument": {
         "Statement": [
          {
           "Action": "kms:Decrypt",
           "Effect": "Allow",
           "Resource": {
            "Fn::GetAtt": [
             "Key961B73FD",
             "Arn"
            ]
           }
          },
          {
           "Action": "s3:GetObject",
           "Effect": "Allow",
           "Resource": "arn:aws:s3:::orders/*"
          }
         ],
         "Version": "2012-10-17"
        },
        "Roles": [
         {
          "Ref": "Role1ABCC5F0"
         }
        ]
       }
      }
     }
    }
    "#);
}
