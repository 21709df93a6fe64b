use fc_cdk_core::{Node, json};

use super::changes;

/// A group, a rule for it, an instance in it: before and after.
fn group(description: &str) -> Node {
    json!({
        "Group": { "Type": "AWS::EC2::SecurityGroup", "Properties": { "GroupDescription": description, "SecurityGroupEgress": [{ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "10.0.0.0/8" }] } },
        "Server": { "Type": "AWS::EC2::Instance", "Properties": { "ImageId": "ami-1", "SecurityGroupIds": [{ "Fn::GetAtt": ["Group", "GroupId"] }] } },
        "Function": { "Type": "AWS::Lambda::Function", "Properties": { "VpcConfig": { "SecurityGroupIds": [{ "Ref": "Group" }] } } },
        "Address": { "Type": "AWS::EC2::EIPAssociation", "Properties": { "InstanceId": { "Ref": "Server" } } }
    })
}

#[test]
fn what_refers_to_something_replaced_changes_too() {
    assert_eq!(
        changes(group("a"), group("b")),
        "replace Group: GroupDescription!\n\
         may-replace Server: SecurityGroupIds.0? (`Group` is replaced)\n\
         may-replace Address: InstanceId? (`Server` may be replaced)\n\
         update Function: VpcConfig.SecurityGroupIds.0 (`Group` is replaced)\n"
    );
}

#[test]
fn replacement_goes_on_along_references() {
    let vpc = |cidr: &str| {
        json!({
            "Vpc": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": cidr } },
            "Subnet": { "Type": "AWS::EC2::Subnet", "Properties": { "VpcId": { "Ref": "Vpc" }, "CidrBlock": "10.0.0.0/24" } },
            "Server": { "Type": "AWS::EC2::Instance", "Properties": { "SubnetId": { "Fn::Sub": "${Subnet}" } } },
            "Topic": { "Type": "AWS::SNS::Topic", "DependsOn": "Vpc" }
        })
    };
    assert_eq!(
        changes(vpc("10.0.0.0/16"), vpc("10.1.0.0/16")),
        "replace Vpc: CidrBlock!\nreplace Subnet: VpcId! (`Vpc` is replaced)\nreplace Server: SubnetId! (`Subnet` is replaced)\n"
    );
}

#[test]
fn a_name_that_stays_is_no_news() {
    let role = |path: &str| {
        json!({
            "Role": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": "shop", "Path": path } },
            "Profile": { "Type": "AWS::IAM::InstanceProfile", "Properties": { "Roles": [{ "Ref": "Role" }] } }
        })
    };
    assert_eq!(changes(role("/"), role("/a/")), "replace Role: Path!\n");
}

#[test]
fn mappings_defaults_and_conditions_reach_resources() {
    let with = |ami: &str, size: &str, prod: &str| {
        json!({
            "Parameters": { "Size": { "Type": "String", "Default": size } },
            "Mappings": { "Ami": { "eu-west-1": { "x86": ami, "arm": "ami-a" }, "us-east-1": { "x86": "ami-u", "arm": "ami-b" } } },
            "Conditions": { "Prod": { "Fn::Equals": [{ "Ref": "AWS::AccountId" }, prod] }, "Not": { "Fn::Not": [{ "Condition": "Prod" }] } },
            "Resources": {
                "Fixed": { "Type": "AWS::EC2::Instance", "Properties": { "ImageId": { "Fn::FindInMap": ["Ami", "eu-west-1", "x86"] } } },
                "Open": { "Type": "AWS::EC2::Instance", "Properties": { "ImageId": { "Fn::FindInMap": ["Ami", { "Ref": "AWS::Region" }, "x86"] } } },
                "Other": { "Type": "AWS::EC2::Instance", "Properties": { "ImageId": { "Fn::FindInMap": ["Ami", { "Ref": "AWS::Region" }, "arm"] } } },
                "Sized": { "Type": "AWS::Lambda::Function", "Properties": { "MemorySize": { "Ref": "Size" } } },
                "Chosen": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": { "Fn::If": ["Prod", "a", "b"] } } },
                "Maybe": { "Type": "AWS::SNS::Topic", "Condition": "Not" }
            }
        })
    };
    let base = || with("ami-1", "128", "1");
    assert_eq!(
        changes(base(), with("ami-2", "128", "1")),
        "replace Fixed: ImageId! (the mapping `Ami` changes)\nmay-replace Open: ImageId? (the mapping `Ami` changes)\n~ Mappings.Ami: eu-west-1.x86\n"
    );
    assert_eq!(
        changes(base(), with("ami-1", "256", "1")),
        "update Sized: MemorySize (the default of the parameter `Size` changes)\n~ Parameters.Size: Default\n"
    );
    assert_eq!(
        changes(base(), with("ami-1", "128", "2")),
        "may-replace Chosen: BucketName? (the condition `Prod` changes) [possible]\n\
         may-replace Maybe: Condition? (the condition `Not` changes: it may be made or removed)\n~ Conditions.Prod\n"
    );
}

#[test]
fn outputs_follow_what_is_replaced() {
    let bucket = |lock: bool| {
        json!({
            "Resources": { "B": { "Type": "AWS::S3::Bucket", "Properties": { "ObjectLockEnabled": lock } } },
            "Outputs": { "Arn": { "Value": { "Fn::GetAtt": ["B", "Arn"] } }, "Region": { "Value": { "Ref": "AWS::Region" } } }
        })
    };
    assert_eq!(
        changes(bucket(false), bucket(true)),
        "replace B: ObjectLockEnabled! [certain]\n~ Outputs.Arn: Value (`B` is replaced)\n"
    );
}

#[test]
fn references_in_a_circle_come_to_an_end() {
    let pair = |description: &str| {
        json!({
            "A": { "Type": "AWS::EC2::SecurityGroup", "Properties": { "GroupDescription": description, "VpcId": { "Ref": "B" }, "SecurityGroupEgress": [{ "IpProtocol": "-1", "CidrIp": "10.0.0.0/8" }] } },
            "B": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": { "Ref": "A" } } }
        })
    };
    assert_eq!(
        changes(pair("a"), pair("b")),
        "replace A: GroupDescription!, VpcId! (`B` is replaced)\nreplace B: CidrBlock! (`A` is replaced)\n"
    );
}

#[test]
fn a_new_version_of_a_launch_template_reaches_its_group() {
    let group = |image: &str| {
        json!({
            "Template": { "Type": "AWS::EC2::LaunchTemplate", "Properties": { "LaunchTemplateData": { "ImageId": image } } },
            "Group": { "Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": { "LaunchTemplate": { "LaunchTemplateId": { "Ref": "Template" }, "Version": { "Fn::GetAtt": ["Template", "LatestVersionNumber"] } } } }
        })
    };
    assert_eq!(
        changes(group("ami-1"), group("ami-2")),
        "may-replace Group: LaunchTemplate.Version? (`Template` gets a new version)\nupdate Template: LaunchTemplateData.ImageId\n"
    );
}
