//! Names, buckets, repositories, the code of functions.

use fc_cdk_core::json;

use super::*;

#[test]
fn names_that_are_taken() {
    let name = || named(function("arn:aws:iam::999999999999:role/theirs"));
    let there =
        ok("GetResource", r#"{"TypeName": "AWS::Lambda::Function", "ResourceDescription": {}}"#);
    let free =
        |code: &str| ("GetResource", 400, format!(r#"{{"__type": "com.amazonaws#{code}"}}"#));
    let function = |answer| findings("AWS::Lambda::Function", name(), vec![answer]);
    assert_eq!(
        function(there),
        ["exists-already : there is AWS::Lambda::Function `hello` already"]
    );
    for code in ["ResourceNotFoundException", "UnsupportedActionException", "TypeNotFoundException"]
    {
        assert_eq!(function(free(code)), [""; 0]);
    }
    // A topic's identifier is its ARN, which follows from its name.
    let topic = json!({ "TopicName": "news" });
    assert_eq!(
        findings("AWS::SNS::Topic", topic, vec![ok("GetResource", "{}")]),
        [
            "exists-already : there is AWS::SNS::Topic `arn:aws:sns:ap-northeast-1:123456789012:news` already"
        ]
    );
    // What CloudFormation names cannot exist.
    let unnamed = run(|| app("AWS::SNS::Topic", json!({})), &[], vec![ok("GetResource", "{}")]);
    assert!(!unnamed.asked.contains(&"GetResource".to_owned()));
    let bucket = |status| {
        findings(
            "AWS::S3::Bucket",
            json!({ "BucketName": "orders" }),
            vec![("HEAD /orders", status, String::new())],
        )
    };
    assert_eq!(
        bucket(200),
        ["exists-already : there is AWS::S3::Bucket `orders` already, in this account"]
    );
    assert_eq!(
        bucket(403),
        [
            "exists-already : there is AWS::S3::Bucket `orders` already, of somebody else or in another region"
        ]
    );
    assert_eq!(bucket(404), [""; 0]);
}

#[test]
fn buckets_that_go_must_be_empty() {
    let template = r#"{"Resources": {"Old": {"Type": "AWS::S3::Bucket"}, "Kept": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}}}"#;
    let resource = |id: &str| {
        format!(
            "<member><LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{}-bucket</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>",
            id.to_lowercase()
        )
    };
    let resources = format!(
        "<R><ListStackResourcesResult><StackResourceSummaries>{}{}</StackResourceSummaries></ListStackResourcesResult></R>",
        resource("Old"),
        resource("Kept")
    );
    let versions = |content: &str| {
        format!(r#"<ListVersionsResult><Name>old-bucket</Name>{content}</ListVersionsResult>"#)
    };
    let answers = |content: &str| {
        let mut answers = deployed(template);
        answers.push(ok("ListStackResources", resources.clone()));
        answers.push(ok("GET /old-bucket", versions(content)));
        answers
    };
    let full = "<DeleteMarker><Key>a</Key><VersionId>1</VersionId><IsLatest>true</IsLatest><LastModified>2026-01-01T00:00:00Z</LastModified></DeleteMarker>";
    for arguments in [&[][..], &["--destroy"]] {
        let all = run(|| app("AWS::SNS::Topic", json!({})), arguments, answers(full));
        assert_eq!(all.exit, Exit::Error, "{}", all.err);
        assert!(all.err.contains("error[forecast-bucket-not-empty]: the bucket `old-bucket` is to be deleted and is not empty"), "{}", all.err);
        // The line of the stack: the bucket is in no code any more.
        assert!(all.err.contains("--> fc-cdk/toolkit/tests/forecast/main.rs:"), "{}", all.err);
        assert!(!all.err.contains("kept-bucket"), "{}", all.err);
        let none = run(|| app("AWS::SNS::Topic", json!({})), arguments, answers(""));
        assert_eq!(none.exit, Exit::Ok, "{}", none.err);
    }
}

#[test]
fn code_of_functions_is_where_it_should_be() {
    let function = || json!({ "Role": { "Fn::ImportValue": "role" }, "Code": { "S3Bucket": "code", "S3Key": "a.zip" }, "Handler": "index.handler", "Runtime": "python3.13" });
    let check = |status, length: &str| {
        findings(
            "AWS::Lambda::Function",
            function(),
            vec![("HEAD /code/a.zip", status, length.to_owned())],
        )
    };
    assert_eq!(check(404, ""), ["missing-code Code: there is no `a.zip` in the bucket `code`"]);
    assert_eq!(check(200, "0"), ["code-too-large Code: `a.zip` in the bucket `code` is empty"]);
    assert_eq!(
        check(200, "314572800"),
        ["code-too-large Code: `a.zip` in the bucket `code` has 300 MB"]
    );
    assert_eq!(check(200, "1000"), [""; 0]);
}

#[test]
fn what_is_to_be_deleted_is_empty_and_not_protected() {
    let template = r#"{"Resources": {
        "Images": {"Type": "AWS::ECR::Repository"},
        "Emptied": {"Type": "AWS::ECR::Repository", "Properties": {"EmptyOnDelete": true}},
        "Data": {"Type": "AWS::RDS::DBCluster", "Properties": {"DeletionProtection": true}},
        "Front": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]}},
        "Back": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "false"}]}},
        "Users": {"Type": "AWS::Cognito::UserPool", "Properties": {"DeletionProtection": "INACTIVE"}}
    }}"#;
    let resource = "<member><LogicalResourceId>Images</LogicalResourceId><PhysicalResourceId>images</PhysicalResourceId><ResourceType>AWS::ECR::Repository</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>";
    let resources = format!(
        "<R><ListStackResourcesResult><StackResourceSummaries>{resource}</StackResourceSummaries></ListStackResourcesResult></R>"
    );
    let check = |images: &str| {
        let mut answers = deployed(template);
        answers.push(ok("ListStackResources", resources.clone()));
        answers.push(ok("ListImages", format!(r#"{{"imageIds": [{images}]}}"#)));
        findings_of(|| app("AWS::SNS::Topic", json!({})), &["--destroy"], answers)
    };
    let protected = [
        "deletion-protected DeletionProtection: this AWS::RDS::DBCluster is to be deleted, and is protected from it",
        "deletion-protected LoadBalancerAttributes: this AWS::ElasticLoadBalancingV2::LoadBalancer is to be deleted, and is protected from it",
    ];
    assert_eq!(check(""), protected);
    let full = ["repository-not-empty : the repository `images` is to be deleted and is not empty"];
    assert_eq!(check(r#"{"imageTag": "1"}"#), [&protected[..], &full].concat());
}

#[test]
fn archives_are_looked_into() {
    let function = || json!({ "Role": { "Fn::ImportValue": "role" }, "Code": { "S3Bucket": "code", "S3Key": "a.zip" }, "Handler": "index.handler", "Runtime": "python3.13" });
    // The end of an archive with one file of this size; a text may hold it, as all its bytes are ASCII.
    let archive = |size: u32| {
        let mut directory = vec![0; 46];
        directory[..4].copy_from_slice(b"PK\x01\x02");
        directory[24..28].copy_from_slice(&size.to_le_bytes());
        directory[28] = 1;
        directory.push(b'a');
        let mut end = vec![0; 22];
        end[..4].copy_from_slice(b"PK\x05\x06");
        end[10] = 1;
        end[12] = 47;
        String::from_utf8([directory, end].concat()).unwrap()
    };
    let check = |size| {
        let answers =
            vec![("HEAD /code/a.zip", 200, "1000".into()), ok("GET /code/a.zip", archive(size))];
        findings("AWS::Lambda::Function", function(), answers)
    };
    assert_eq!(
        check(0),
        ["code-too-large Code: `a.zip` in the bucket `code` has no file with anything in it"]
    );
    assert_eq!(
        check(0x1400_0000),
        ["code-too-large Code: `a.zip` in the bucket `code` has 320 MB, unpacked"]
    );
    assert_eq!(check(100), [""; 0]);
    let no_bucket =
        vec![("HEAD /code/a.zip", 404, String::new()), ("HEAD /code", 404, String::new())];
    assert_eq!(
        findings("AWS::Lambda::Function", function(), no_bucket),
        ["missing-code Code: there is no bucket `code`"]
    );
}

#[test]
fn names_are_known_where_they_are_made_of_what_is_known() {
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        stack.raw_resource(
            "It",
            "AWS::SNS::Topic",
            json!({ "TopicName": { "Fn::Sub": "news-${AWS::AccountId}-${AWS::Region}" } }),
        );
        let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::theirs/*", "Principal": "*" }] });
        // What the name of somebody else identifies has none that could be taken.
        stack.raw_resource(
            "Policy",
            "AWS::S3::BucketPolicy",
            json!({ "Bucket": "theirs", "PolicyDocument": policy }),
        );
        app
    };
    let there =
        vec![ok("GetResource news-123456789012-ap-northeast-1", "{}"), ok("GetResource", "{}")];
    let run = run(app, &[], there);
    let message = "error[forecast-exists-already]: there is AWS::SNS::Topic `arn:aws:sns:ap-northeast-1:123456789012:news-123456789012-ap-northeast-1` already";
    assert!(run.err.contains(message), "{}", run.err);
    assert_eq!(run.asked.iter().filter(|it| *it == "GetResource").count(), 1);
}

#[test]
fn files_of_the_app_have_a_bucket() {
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        // A template above the limit goes into the bucket.
        for index in 0..60 {
            let description = "d".repeat(1_000);
            stack.raw_resource(
                &format!("Topic{index}"),
                "AWS::IAM::ManagedPolicy",
                json!({ "Description": description, "PolicyDocument": rules() }),
            );
        }
        app
    };
    let check = |status| {
        let bucket = "HEAD /cdk-hnb659fds-assets-123456789012-ap-northeast-1";
        findings_of(app, &[], vec![(bucket, status, String::new())])
    };
    assert_eq!(check(200), [""; 0]);
    assert_eq!(
        check(404),
        [
            "not-bootstrapped : 123456789012/ap-northeast-1 is not bootstrapped: there is no bucket `cdk-hnb659fds-assets-123456789012-ap-northeast-1`"
        ]
    );
}
