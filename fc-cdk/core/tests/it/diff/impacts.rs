use fc_cdk_core::{Map, Node, json};

use super::{changes, diff, properties, template};

/// One resource, before and after.
#[test]
fn properties_decide_on_replacement() {
    let cases: Vec<(&str, Node, Node, &str)> = vec![
        (
            "AWS::S3::Bucket",
            json!({ "VersioningConfiguration": { "Status": "Enabled" } }),
            json!({ "VersioningConfiguration": { "Status": "Suspended" } }),
            "update R: VersioningConfiguration.Status",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "BucketName": "a" }),
            json!({ "BucketName": "b" }),
            "replace R: BucketName! [certain]",
        ),
        (
            "AWS::S3::Bucket",
            json!({}),
            json!({ "BucketName": "b" }),
            "replace R: BucketName! [certain]",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::If": ["C", "b", { "Ref": "AWS::NoValue" }] } }),
            json!({}),
            "may-replace R: BucketName? [possible]",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Ref": "Name" } }),
            json!({ "BucketName": "orders" }),
            "may-replace R: BucketName? [possible]",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::Sub": "a-${AWS::Region}" } }),
            json!({ "BucketName": { "Fn::Sub": "b-${AWS::Region}" } }),
            "replace R: BucketName! [certain]",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::Sub": "a-${AWS::Region}" } }),
            json!({ "BucketName": { "Fn::Sub": "${AWS::Region}-a" } }),
            "may-replace R: BucketName? [possible]",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::If": ["C", "a", "b"] } }),
            json!({ "BucketName": { "Fn::If": ["C", "x", "b"] } }),
            "may-replace R: BucketName? [possible]",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "BucketName": { "Fn::If": ["C", "a", "b"] } }),
            json!({ "BucketName": { "Fn::If": ["C", "x", "y"] } }),
            "replace R: BucketName! [certain]",
        ),
        (
            "AWS::DynamoDB::Table",
            json!({ "KeySchema": [{ "AttributeName": "a", "KeyType": "HASH" }] }),
            json!({ "KeySchema": [{ "AttributeName": "b", "KeyType": "HASH" }] }),
            "may-replace R: KeySchema.0.AttributeName? [possible]",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "Tags": [{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }] }),
            json!({ "Tags": [{ "Key": "c", "Value": "3" }, { "Key": "a", "Value": "9" }] }),
            "update R: Tags[a], Tags[b], Tags[c]",
        ),
        (
            "AWS::EC2::Instance",
            json!({ "ImageId": "ami-1", "InstanceType": "t3.micro" }),
            json!({ "ImageId": "ami-2", "InstanceType": "t3.small" }),
            "replace R: ImageId!, InstanceType?",
        ),
        (
            "AWS::CloudWatch::Alarm",
            json!({ "AlarmActions": ["a", "b", "c"] }),
            json!({ "AlarmActions": ["b", "c", "d"] }),
            "update R: AlarmActions.0, AlarmActions.2",
        ),
        (
            "AWS::S3::Bucket",
            json!({ "LifecycleConfiguration": { "Rules": [{ "Id": "b", "Status": "Enabled" }] } }),
            json!({ "LifecycleConfiguration": { "Rules": [{ "Id": "a", "Status": "Enabled" }, { "Id": "b", "Status": "Enabled" }] } }),
            "update R: LifecycleConfiguration.Rules.0",
        ),
        ("Custom::Thing", json!({ "A": "1" }), json!({ "A": "2" }), "may-replace R: A?"),
        (
            "AWS::S3::Bucket",
            json!({}),
            json!({ "PropertyOfTomorrow": true }),
            "may-replace R: PropertyOfTomorrow? [possible]",
        ),
        (
            "AWS::SQS::QueuePolicy",
            json!({ "Queues": ["q"], "PolicyDocument": { "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "sqs:A", "Resource": "*" }] } }),
            json!({ "Queues": ["q"], "PolicyDocument": { "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "sqs:A", "Resource": "x" }] } }),
            "update R: PolicyDocument.Statement.0.Resource.0\n- Deny sqs:A on * to * (broadens)\n+ Deny sqs:A on x to *",
        ),
    ];
    for (type_name, old, new, expected) in cases {
        let shown = format!("{type_name}: {} -> {}", old.to_json(), new.to_json());
        assert_eq!(properties(type_name, old, new).trim_end(), expected, "{shown}");
    }
}

/// What happens to a bucket that goes, is replaced or is renamed, by its policies.
#[test]
fn policies_decide_on_data() {
    let bucket = |name: &str, policies: Node| {
        let mut body = policies.as_map().cloned().unwrap_or_default();
        body.insert("Type", "AWS::S3::Bucket");
        body.insert("Properties", json!({ "BucketName": name }));
        json!({ "B": body })
    };
    let gone = |policies: Node| changes(bucket("a", policies), json!({}));
    assert_eq!(gone(json!({})), "remove B [certain]\n");
    assert_eq!(gone(json!({ "DeletionPolicy": "Delete" })), "remove B [certain]\n");
    assert_eq!(gone(json!({ "DeletionPolicy": "Retain" })), "orphan B\n");
    assert_eq!(gone(json!({ "DeletionPolicy": "RetainExceptOnCreate" })), "orphan B\n");

    let replaced = |policies: Node| changes(bucket("a", policies.clone()), bucket("b", policies));
    assert_eq!(
        replaced(json!({ "DeletionPolicy": "Retain" })),
        "replace B: BucketName! [certain]\n"
    );
    assert_eq!(replaced(json!({ "UpdateReplacePolicy": "Retain" })), "replace B: BucketName!\n");
    assert_eq!(
        replaced(json!({ "UpdateReplacePolicy": "Snapshot" })),
        "replace B: BucketName! [snapshot]\n"
    );
    // The new policy counts.
    assert_eq!(
        changes(bucket("a", json!({ "UpdateReplacePolicy": "Retain" })), bucket("b", json!({}))),
        "replace B: UpdateReplacePolicy, BucketName! [certain]\n"
    );
}

#[test]
fn databases_leave_a_snapshot_by_themselves() {
    let gone = |type_name: &str, properties: Node| {
        changes(json!({ "D": { "Type": type_name, "Properties": properties } }), json!({}))
    };
    assert_eq!(gone("AWS::RDS::DBInstance", json!({})), "remove D [snapshot]\n");
    assert_eq!(gone("AWS::RDS::DBCluster", json!({})), "remove D [snapshot]\n");
    assert_eq!(
        gone("AWS::RDS::DBInstance", json!({ "DBClusterIdentifier": { "Ref": "C" } })),
        "remove D [certain]\n"
    );
    assert_eq!(gone("AWS::SNS::Topic", json!({})), "remove D\n");
}

#[test]
fn resources_come_and_go_the_worst_first() {
    let old = json!({
        "Queue": { "Type": "AWS::SQS::Queue" },
        "Table": { "Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain" },
        "Topic": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": "a" } }
    });
    let new = json!({
        "Group": { "Type": "AWS::Logs::LogGroup" },
        "Topic": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": "b" } }
    });
    assert_eq!(
        changes(old, new),
        "remove Queue [certain]\norphan Table\nupdate Topic: DisplayName\nadd Group\n"
    );
}

#[test]
fn what_is_beside_the_properties_leaves_the_resource_alone() {
    let check = |old: Node, new: Node, expected: &str| {
        let with = |extra: Node| {
            let mut body = extra.as_map().cloned().unwrap_or_default();
            body.insert("Type", "AWS::SNS::Topic");
            json!({ "T": body })
        };
        assert_eq!(changes(with(old), with(new)).trim_end(), expected);
    };
    check(json!({}), json!({ "Metadata": { "a": 1 } }), "attributes T: Metadata");
    check(
        json!({ "DependsOn": "A" }),
        json!({ "DependsOn": ["B", "A"] }),
        "attributes T: DependsOn.1",
    );
    check(json!({}), json!({ "DeletionPolicy": "Retain" }), "attributes T: DeletionPolicy");
    check(
        json!({ "Metadata": { "aws:cdk:path": "S/A/Resource" } }),
        json!({ "Metadata": { "aws:cdk:path": "S/B/Resource" } }),
        "moved T",
    );
    // With a condition it may come or go.
    check(json!({}), json!({ "Condition": "IsProd" }), "may-replace T: Condition?");
}

#[test]
fn another_type_is_another_resource() {
    let of = |type_name: &str| json!({ "R": { "Type": type_name } });
    let (old, new) = (template(of("AWS::SQS::Queue")), template(of("AWS::SNS::Topic")));
    let change = diff(&old, &new).resources.remove(0);
    assert_eq!(
        (change.impact.as_str(), change.forced_by().collect::<Vec<_>>()),
        ("replace", vec!["Type"])
    );
    assert!(change.notes[0].contains("another logical id"), "{:?}", change.notes);
}

#[test]
fn the_same_under_another_id_is_renamed() {
    let old = json!({
        "Role1": { "Type": "AWS::IAM::Role", "Properties": { "Description": "d" } },
        "Policy1": { "Type": "AWS::SNS::TopicPolicy", "DependsOn": "Role1", "Properties": { "Topics": [{ "Fn::Sub": "${Role1.Arn}" }] } },
        "Data": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain" }
    });
    let new = json!({
        "Bucket": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {} },
        "Policy2": { "Type": "AWS::SNS::TopicPolicy", "DependsOn": ["Role2"], "Properties": { "Topics": [{ "Fn::GetAtt": ["Role2", "Arn"] }] } },
        "Role2": { "Properties": { "Description": "d" }, "Type": "AWS::IAM::Role" }
    });
    assert_eq!(
        changes(old, new),
        "rename Bucket <- Data\nrename Policy2 <- Policy1\nrename Role2 <- Role1\n"
    );
    let bucket = |id: &str| Node::Map(Map::new().with(id, json!({ "Type": "AWS::S3::Bucket" })));
    assert_eq!(changes(bucket("A"), bucket("B")), "rename B <- A [certain]\n");
    // Of two that are the same, one is another's new name and one is gone.
    let two = json!({ "A": { "Type": "AWS::SQS::Queue" }, "B": { "Type": "AWS::SQS::Queue" } });
    let one = json!({ "C": { "Type": "AWS::SQS::Queue" } });
    assert_eq!(changes(two, one), "remove B [certain]\nrename C <- A [certain]\n");
}

#[test]
fn a_fixed_name_stands_in_the_way_of_replacement() {
    let role = |path: &str| {
        template(
            json!({ "R": { "Type": "AWS::IAM::Role", "Properties": { "RoleName": "shop", "Path": path } } }),
        )
    };
    let change = diff(&role("/"), &role("/app/")).resources.remove(0);
    assert_eq!(change.impact.as_str(), "replace");
    assert!(change.notes[0].contains("named `shop`: change `RoleName`"), "{:?}", change.notes);
}

#[test]
fn other_sections_are_compared_entry_by_entry() {
    let old = json!({
        "Description": "old",
        "Transform": "AWS::LanguageExtensions",
        "Parameters": { "Env": { "Type": "String", "Default": "a" }, "Gone": { "Type": "String" } },
        "Mappings": { "M": { "a": { "x": 1 } } },
        "Conditions": { "C": { "Fn::Equals": [{ "Ref": "Env" }, "a"] } },
        "Rules": { "R": { "Assertions": [] } },
        "Metadata": { "A": 1 },
        "Resources": { "Fn::ForEach::Loop": ["X", ["a"], {}] },
        "Outputs": { "Url": { "Value": "a", "Export": { "Name": "url" } } }
    });
    let new = json!({
        "Description": "new",
        "Parameters": { "Env": { "Type": "String", "Default": "b" }, "New": { "Type": "Number" } },
        "Mappings": { "M": { "a": { "x": 2 } } },
        "Conditions": { "C": { "Fn::Equals": [{ "Ref": "Env" }, "b"] } },
        "Rules": {},
        "Metadata": { "A": 2 },
        "Resources": { "Fn::ForEach::Loop": ["X", ["a", "b"], {}] },
        "Outputs": { "Url": { "Value": "b" } }
    });
    assert_eq!(
        changes(old.clone(), new.clone()),
        "~ Outputs.Url: Value, Export\n~ Parameters.Env: Default\n+ Parameters.New\n- Parameters.Gone\n\
         ~ Mappings.M: a.x\n~ Conditions.C\n- Rules.R\n- Transform\n~ Description\n\
         ~ Resources.Fn::ForEach::Loop: 1.1\n~ Metadata.A\n"
    );
    let output = diff(&template(old), &template(new)).entries.remove(0);
    assert_eq!(output.notes, ["CloudFormation refuses this while another stack imports it"]);
}

#[test]
fn of_unknown_types_only_the_worst_may_lose_data() {
    let of = |type_name: &str| json!({ "R": { "Type": type_name, "Properties": { "A": 1 } } });
    assert_eq!(changes(of("AWS::Tomorrow::Store"), json!({})), "remove R [possible]\n");
    assert_eq!(changes(of("Custom::Store"), json!({})), "remove R\n");
    assert_eq!(
        properties("AWS::Tomorrow::Store", json!({ "A": 1 }), json!({ "A": 2 })),
        "may-replace R: A?\n"
    );
}

#[test]
fn a_group_of_servers_may_ask_to_be_replaced() {
    let group = |template: &str, answer: Node| {
        json!({ "G": { "Type": "AWS::AutoScaling::AutoScalingGroup", "UpdatePolicy": { "AutoScalingReplacingUpdate": { "WillReplace": answer } },
            "Properties": { "LaunchTemplate": { "LaunchTemplateId": template, "Version": "1" }, "MinSize": 1 } } })
    };
    let yes = || json!("true");
    assert_eq!(
        changes(group("a", yes()), group("b", yes())),
        "replace G: LaunchTemplate.LaunchTemplateId!\n"
    );
    let no = || json!(false);
    assert!(changes(group("a", no()), group("b", no())).starts_with("may-replace G"));
}
