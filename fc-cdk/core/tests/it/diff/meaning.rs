use fc_cdk_core::{Node, json};

use super::{changes, properties};

/// Pairs of properties that mean the same.
#[test]
fn the_same_written_differently_is_no_change() {
    let cases: Vec<(&str, &str, Node, Node)> = vec![
        (
            "the order of keys",
            "AWS::S3::Bucket",
            json!({ "BucketName": "b", "VersioningConfiguration": { "Status": "Enabled" } }),
            json!({ "VersioningConfiguration": { "Status": "Enabled" }, "BucketName": "b" }),
        ),
        (
            "a number as text, where a number is wanted",
            "AWS::Lambda::Function",
            json!({ "Timeout": 30, "MemorySize": "256" }),
            json!({ "Timeout": "30", "MemorySize": 256 }),
        ),
        (
            "a number as text, where text is wanted",
            "AWS::RDS::DBInstance",
            json!({ "AllocatedStorage": 20 }),
            json!({ "AllocatedStorage": "20" }),
        ),
        (
            "a truth value as text",
            "AWS::RDS::DBInstance",
            json!({ "MultiAZ": true }),
            json!({ "MultiAZ": "true" }),
        ),
        (
            "whole numbers with a fraction of nothing",
            "AWS::CloudWatch::Alarm",
            json!({ "Threshold": 80 }),
            json!({ "Threshold": 80.0 }),
        ),
        (
            "numbers of types that nobody knows",
            "Custom::Thing",
            json!({ "Count": 1 }),
            json!({ "Count": "1" }),
        ),
        (
            "what is not set",
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Ref": "AWS::NoValue" }, "Tags": null }),
            json!({}),
        ),
        (
            "`Fn::Sub` without anything in it",
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::Sub": "orders" } }),
            json!({ "BucketName": "orders" }),
        ),
        (
            "`Fn::Sub` of one reference",
            "AWS::SNS::Topic",
            json!({ "KmsMasterKeyId": { "Fn::Sub": "${Key}" }, "TopicName": { "Fn::Sub": "${Key.Arn}" } }),
            json!({ "KmsMasterKeyId": { "Ref": "Key" }, "TopicName": { "Fn::GetAtt": ["Key", "Arn"] } }),
        ),
        (
            "`Fn::GetAtt` as text",
            "AWS::SNS::Topic",
            json!({ "KmsMasterKeyId": { "Fn::GetAtt": "Key.Arn" } }),
            json!({ "KmsMasterKeyId": { "Fn::GetAtt": ["Key", "Arn"] } }),
        ),
        (
            "`Fn::Join` and `Fn::Sub`",
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::Join": ["-", ["a", { "Ref": "AWS::Region" }, "b"]] } }),
            json!({ "BucketName": { "Fn::Sub": "a-${AWS::Region}-b" } }),
        ),
        (
            "`Fn::Join` within `Fn::Join`",
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::Join": ["", ["a-", { "Fn::Join": ["-", [{ "Ref": "AWS::Region" }, "c"]] }]] } }),
            json!({ "BucketName": { "Fn::Join": ["-", ["a", { "Ref": "AWS::Region" }, "c"]] } }),
        ),
        (
            "`Fn::Sub` with values of its own, and an escape",
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::Sub": ["${Name}-${!x}", { "Name": { "Ref": "AWS::Region" } }] } }),
            json!({ "BucketName": { "Fn::Join": ["-", [{ "Ref": "AWS::Region" }, "${x}"]] } }),
        ),
        (
            "`Fn::Join` of text alone",
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::Join": ["-", ["a", "b"]] } }),
            json!({ "BucketName": "a-b" }),
        ),
        (
            "an index as text",
            "AWS::EC2::Subnet",
            json!({ "AvailabilityZone": { "Fn::Select": ["0", { "Fn::GetAZs": "" }] } }),
            json!({ "AvailabilityZone": { "Fn::Select": [0, { "Fn::GetAZs": { "Ref": "AWS::Region" } }] } }),
        ),
        (
            "the order of tags",
            "AWS::S3::Bucket",
            json!({ "Tags": [{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }] }),
            json!({ "Tags": [{ "Value": "2", "Key": "b" }, { "Key": "a", "Value": "1" }] }),
        ),
        (
            "the order of tags of an Auto Scaling group",
            "AWS::AutoScaling::AutoScalingGroup",
            json!({ "Tags": [{ "Key": "a", "Value": "1", "PropagateAtLaunch": true }, { "Key": "b", "Value": "2", "PropagateAtLaunch": true }] }),
            json!({ "Tags": [{ "Key": "b", "Value": "2", "PropagateAtLaunch": "true" }, { "Key": "a", "Value": "1", "PropagateAtLaunch": true }] }),
        ),
        (
            "the order of a security group's rules",
            "AWS::EC2::SecurityGroup",
            json!({ "SecurityGroupIngress": [{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80 }, { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443 }] }),
            json!({ "SecurityGroupIngress": [{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443 }, { "IpProtocol": "tcp", "FromPort": "80", "ToPort": 80 }] }),
        ),
        (
            "one action and a list of it, and the order of statements",
            "AWS::IAM::ManagedPolicy",
            json!({ "PolicyDocument": { "Version": "2012-10-17", "Statement": [
                { "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["*"] },
                { "Effect": "Deny", "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": "*" }
            ] } }),
            json!({ "PolicyDocument": { "Statement": [
                { "Effect": "Deny", "Resource": "*", "Action": ["s3:DeleteObject", "s3:PutObject"] },
                { "Action": ["s3:GetObject"], "Effect": "Allow", "Resource": "*" }
            ], "Version": "2012-10-17" } }),
        ),
        (
            "one statement and a list of it, truth values as text",
            "AWS::S3::BucketPolicy",
            json!({ "PolicyDocument": { "Statement": {
                "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "s3:*", "Resource": { "Fn::GetAtt": ["B", "Arn"] },
                "Condition": { "Bool": { "aws:SecureTransport": false } }
            } } }),
            json!({ "PolicyDocument": { "Statement": [{
                "Effect": "Deny", "Principal": { "AWS": ["*"] }, "Action": ["s3:*"], "Resource": { "Fn::Sub": "${B.Arn}" },
                "Condition": { "Bool": { "aws:SecureTransport": ["false"] } }
            }] } }),
        ),
        (
            "statements in one and in two",
            "AWS::IAM::ManagedPolicy",
            json!({ "PolicyDocument": { "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*" }] } }),
            json!({ "PolicyDocument": { "Statement": [
                { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" },
                { "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*" }
            ] } }),
        ),
    ];
    for (name, type_name, old, new) in cases {
        assert_eq!(properties(type_name, old.clone(), new.clone()), "", "{name}");
        assert_eq!(properties(type_name, new, old), "", "{name}, the other way");
    }
}

#[test]
fn sections_in_other_words_are_no_change() {
    let old = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::LanguageExtensions",
        "Outputs": { "A": { "Value": { "Fn::Sub": "${R.Arn}" } } },
        "Resources": { "R": { "Type": "AWS::SQS::Queue", "DependsOn": "S" }, "S": { "Type": "AWS::SQS::Queue", "Properties": {} } }
    });
    let new = json!({
        "Resources": { "S": { "Type": "AWS::SQS::Queue" }, "R": { "DependsOn": ["S"], "Type": "AWS::SQS::Queue" } },
        "Transform": ["AWS::LanguageExtensions"],
        "Outputs": { "A": { "Value": { "Fn::GetAtt": ["R", "Arn"] } } }
    });
    assert_eq!(changes(old, new), "");
}

/// What looks alike and is not.
#[test]
fn what_differs_in_meaning_is_a_change() {
    let check = |type_name: &str, old: Node, new: Node, expected: &str| {
        assert_eq!(properties(type_name, old, new).trim_end(), expected);
    };
    check(
        "AWS::Lambda::Function",
        json!({ "Environment": { "Variables": { "A": "1" } } }),
        json!({ "Environment": { "Variables": { "A": "1 " } } }),
        "update R: Environment.Variables.A",
    );
    check(
        "AWS::S3::Bucket",
        json!({ "BucketName": { "Fn::Sub": "a-${!AWS::Region}" } }),
        json!({ "BucketName": { "Fn::Sub": "a-${AWS::Region}" } }),
        "may-replace R: BucketName? [possible]",
    );
    check(
        "AWS::EC2::Instance",
        json!({ "BlockDeviceMappings": [{ "DeviceName": "a" }, { "DeviceName": "b" }] }),
        json!({ "BlockDeviceMappings": [{ "DeviceName": "b" }, { "DeviceName": "a" }] }),
        "may-replace R: BlockDeviceMappings.0?, BlockDeviceMappings.1?",
    );
    check(
        "AWS::SSM::Unknown",
        json!({ "Content": { "a": "x" } }),
        json!({ "Content": { "a": { "b": "x" } } }),
        "may-replace R: Content.a?",
    );
}
