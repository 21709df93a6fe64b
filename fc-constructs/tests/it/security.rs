use fc_cdk_core::{
    App, Stack,
    policy::{Principal, Statement},
};
use fc_constructs::{
    security::{Key, Role, Secret},
    serverless::{Code, Function},
};

use crate::{messages, template};

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

#[test]
fn a_secret_is_generated_by_aws() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    Secret::builder().build(&stack, "Secret");
    insta::assert_snapshot!(template(&app), @r#"
    {
     "Resources": {
      "SecretA720EF05": {
       "Type": "AWS::SecretsManager::Secret",
       "Properties": {
        "GenerateSecretString": {
         "PasswordLength": 32,
         "ExcludeCharacters": "\"'`/\\@ "
        }
       },
       "DeletionPolicy": "Retain",
       "UpdateReplacePolicy": "Retain"
      }
     }
    }
    "#);
}

#[test]
fn a_secret_is_encrypted_read_and_changed_by_those_who_may() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let secret = Secret::builder()
        .description("mail service")
        .secret_name("shop/mail")
        .encryption_key(Key::builder().build(&stack, "Key"))
        .fields([("user", "shop"), ("host", "mail.example.com")])
        .length(40u32)
        .exclude_characters(":")
        .build(&stack, "Secret");
    let function = Function::builder()
        .runtime("python3.13")
        .handler("index.handler")
        .code(Code::Inline("def handler(event, context): return event".into()))
        .build(&stack, "Rotator");
    secret.rotate_with(&function, 30);
    function.add_environment("HOST", secret.field("host"));
    insta::assert_snapshot!(template(&app));
}

#[test]
fn secrets_that_aws_cannot_make_are_refused() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    Secret::builder().length(5000u32).build(&stack, "Secret");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-secret]: `S/Secret`: length: a password has 1 to 4096 characters, not 5000
      --> fc-constructs/tests/it/security.rs:177:39
      help: choose a length in that range
      docs: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
    ");
}
