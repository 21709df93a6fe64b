use fc_cdk_core::{Map, Node, json};

use super::changes;

/// The rows of the table of permissions.
#[track_caller]
fn check(old: Node, new: Node, expected: &str) {
    let lines = changes(old, new);
    let rows: Vec<&str> =
        lines.lines().filter(|line| line.contains(" Allow ") || line.contains(" Deny ")).collect();
    assert_eq!(rows.join("\n"), expected);
}

fn policy(id: &str, statements: Node) -> Node {
    let body = json!({ "Type": "AWS::IAM::Policy", "Properties": {
        "PolicyName": "p", "Roles": [{ "Ref": "Role" }], "PolicyDocument": { "Version": "2012-10-17", "Statement": statements }
    } });
    Node::Map(Map::new().with(id, body))
}

fn allow(actions: Node, resources: Node) -> Node {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

#[test]
fn only_the_actions_that_come_and_go_are_shown() {
    check(
        policy("P", json!([allow(json!(["s3:GetObject", "s3:PutObject"]), json!("*"))])),
        policy(
            "P",
            json!([allow(json!(["s3:GetObject", "s3:DeleteObject", "s3:ListBucket"]), json!("*"))]),
        ),
        "- Allow s3:PutObject on * to ${Role}\n+ Allow s3:DeleteObject s3:ListBucket on * to ${Role} (broadens)",
    );
}

#[test]
fn a_statement_that_moves_to_another_policy_of_the_role_is_no_change() {
    let statement = || json!([allow(json!("s3:GetObject"), json!("*"))]);
    check(policy("P", statement()), policy("Q", statement()), "");
}

#[test]
fn what_was_allowed_already_does_not_broaden() {
    check(
        policy("P", json!([allow(json!("s3:*"), json!("*"))])),
        policy("P", json!([allow(json!("s3:Get*"), json!("arn:aws:s3:::orders"))])),
        "- Allow s3:* on * to ${Role}\n+ Allow s3:Get* on arn:aws:s3:::orders to ${Role}",
    );
    check(
        policy("P", json!([allow(json!("s3:Get*"), json!("*"))])),
        policy("P", json!([allow(json!("s3:*"), json!("*"))])),
        "- Allow s3:Get* on * to ${Role}\n+ Allow s3:* on * to ${Role} (broadens)",
    );
}

#[test]
fn conditions_count() {
    let with = |condition: Node| {
        let mut statement = allow(json!("s3:GetObject"), json!("*"));
        if let (Some(map), false) = (statement.as_map_mut(), condition.is_null()) {
            map.insert("Condition", condition);
        }
        policy("P", json!([statement]))
    };
    let secure = || json!({ "Bool": { "aws:SecureTransport": "true" } });
    check(
        with(secure()),
        with(json!(null)),
        "- Allow s3:GetObject on * to ${Role} if {\"Bool\":{\"aws:SecureTransport\":\"true\"}}\n+ Allow s3:GetObject on * to ${Role} (broadens)",
    );
    check(
        with(json!(null)),
        with(secure()),
        "- Allow s3:GetObject on * to ${Role}\n+ Allow s3:GetObject on * to ${Role} if {\"Bool\":{\"aws:SecureTransport\":\"true\"}}",
    );
}

#[test]
fn a_denial_that_goes_broadens() {
    let deny = |action: &str| {
        json!({ "P": { "Type": "AWS::S3::BucketPolicy", "Properties": { "Bucket": "b", "PolicyDocument": { "Statement": [
            { "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*" }
        ] } } } })
    };
    check(
        deny("s3:PutObject"),
        deny("s3:GetObject"),
        "- Deny s3:PutObject on * to * (broadens)\n+ Deny s3:GetObject on * to *",
    );
    check(
        deny("s3:PutObject"),
        deny("s3:*"),
        "- Deny s3:PutObject on * to *\n+ Deny s3:* on * to *",
    );
}

#[test]
fn trust_managed_policies_and_function_permissions_are_permissions() {
    let role = |service: &str, managed: &str| {
        json!({
            "Role": { "Type": "AWS::IAM::Role", "Properties": {
                "AssumeRolePolicyDocument": { "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }] },
                "ManagedPolicyArns": [{ "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/${!x}" }, managed]
            } }
        })
    };
    check(
        role("ec2.amazonaws.com", "a"),
        role("lambda.amazonaws.com", "b"),
        "- Allow (managed policy) a on  to ${Role}\n\
         - Allow sts:AssumeRole on ${Role} to Service:ec2.amazonaws.com\n\
         + Allow (managed policy) b on  to ${Role} (broadens)\n\
         + Allow sts:AssumeRole on ${Role} to Service:lambda.amazonaws.com (broadens)",
    );
    check(
        json!({}),
        json!({ "P": { "Type": "AWS::Lambda::Permission", "Properties": {
            "Action": "lambda:InvokeFunction", "FunctionName": { "Ref": "F" }, "Principal": "sns.amazonaws.com", "SourceArn": { "Ref": "T" }
        } } }),
        "+ Allow lambda:InvokeFunction on ${F} to Service:sns.amazonaws.com if {\"ArnLike\":{\"AWS:SourceArn\":\"${T}\"}} (broadens)",
    );
}

#[test]
fn all_but_something_is_taken_as_a_whole() {
    let but = |action: &str| {
        policy("P", json!([{ "Effect": "Allow", "NotAction": [action, "iam:*"], "Resource": "*" }]))
    };
    check(
        but("s3:*"),
        but("ec2:*"),
        "- Allow not iam:*, s3:* on * to ${Role}\n+ Allow not ec2:*, iam:* on * to ${Role} (broadens)",
    );
}

#[test]
fn a_role_that_is_renamed_keeps_its_permissions() {
    let role = |id: &str| {
        let policy = json!({ "Type": "AWS::IAM::Policy", "Properties": { "PolicyName": "p", "Roles": [{ "Ref": id }], "PolicyDocument": { "Statement": [allow(json!("s3:*"), json!("*"))] } } });
        let role = json!({ "Type": "AWS::IAM::Role", "Properties": { "AssumeRolePolicyDocument": { "Statement": [{ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }] } } });
        Node::Map(Map::new().with(id, role).with("P", policy))
    };
    check(role("A"), role("B"), "");
}
