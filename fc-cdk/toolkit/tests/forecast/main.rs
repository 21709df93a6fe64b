//! What a deploy would fail by, told by what the account answers. The answers have the form of AWS's own:
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/>, <https://docs.aws.amazon.com/IAM/latest/APIReference/> and so on.
#![cfg(feature = "deploy")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;

use fc_cdk_core::{App, Node, Stack, json};
use fc_cdk_toolkit::{AccessKey, Cli, Exit, Secret, Terminal, Variables};
use insta::assert_snapshot;

use crate::answers::{Answer, ec2_error, error, serve};

const ACCOUNT: &str = "123456789012";

/// A stack with one resource.
fn app(type_name: &'static str, properties: Node) -> App {
    let app = App::new();
    Stack::new(&app, "Shop").raw_resource("It", type_name, properties);
    app
}

struct Run {
    exit: Exit,
    out: String,
    err: String,
    asked: Vec<String>,
}

fn run(app: impl Fn() -> App, arguments: &[&str], mut answers: Vec<Answer>) -> Run {
    let identity = format!(
        "<R><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/me</Arn><Account>{ACCOUNT}</Account></GetCallerIdentityResult></R>"
    );
    answers.push(("GetCallerIdentity", 200, identity));
    answers.push((
        "GetTemplate",
        400,
        error("ValidationError", "Stack with id Shop does not exist"),
    ));
    let (endpoint, asked) = serve(answers);
    let (mut terminal, captured) = Terminal::captured();
    let mut variables = Variables::default();
    let secret = Secret::new("secret");
    variables.access_key = Some(AccessKey { id: "key".into(), secret, session_token: None });
    variables.region = Some("ap-northeast-1".into());
    variables.endpoint_url = Some(endpoint);
    let cli = Cli::new("shop")
        .resource_types(fc_cdk_aws::resource_type)
        .permissions(fc_cdk_aws::permissions);
    let arguments = [&["forecast"], arguments].concat();
    let exit = cli.run_with(arguments, &variables, &mut terminal, |_| app());
    let asked = asked.lock().unwrap().clone();
    Run { exit, out: captured.out(), err: captured.err(), asked }
}

/// The codes, properties and messages of what is found.
fn findings(type_name: &'static str, properties: Node, answers: Vec<Answer>) -> Vec<String> {
    let run = run(|| app(type_name, properties.clone()), &["--json"], answers);
    assert!(!run.out.is_empty(), "{}", run.err);
    let report = Node::parse_json(&run.out).unwrap();
    let findings = report.get("findings").and_then(Node::as_list).unwrap();
    let expected = if findings.is_empty() { Exit::Ok } else { Exit::Error };
    assert_eq!(run.exit, expected);
    let text = |node: &Node, key: &str| {
        node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned()
    };
    findings
        .iter()
        .map(|finding| {
            assert!(finding.pointer("/location/file").is_some(), "a finding has its line");
            let [code, property, message] =
                ["code", "property", "message"].map(|key| text(finding, key));
            format!("{code} {property}: {message}").replace("forecast-", "")
        })
        .collect()
}

fn ok(operation: &'static str, body: impl Into<String>) -> Answer {
    (operation, 200, body.into())
}

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
        ["exists-already BucketName: there is a bucket `orders` already, in this account"]
    );
    assert_eq!(
        bucket(403),
        ["exists-already BucketName: there is a bucket `orders` already, of somebody else"]
    );
    assert_eq!(bucket(404), [""; 0]);
}

#[test]
fn buckets_that_go_must_be_empty() {
    let deployed = r#"{"Resources": {"Old": {"Type": "AWS::S3::Bucket"}, "Kept": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}}}"#;
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
        let template = format!(
            "<R><GetTemplateResult><TemplateBody>{}</TemplateBody></GetTemplateResult></R>",
            deployed.replace('"', "&quot;")
        );
        vec![
            ok("GetTemplate", template),
            ok("ListStackResources", resources.clone()),
            ok("GET /old-bucket", versions(content)),
        ]
    };
    let full = "<DeleteMarker><Key>a</Key><VersionId>1</VersionId><IsLatest>true</IsLatest><LastModified>2026-01-01T00:00:00Z</LastModified></DeleteMarker>";
    for arguments in [&[][..], &["--destroy"]] {
        let all = run(|| app("AWS::SNS::Topic", json!({})), arguments, answers(full));
        assert_eq!(all.exit, Exit::Error, "{}", all.err);
        assert!(all.err.contains("error[forecast-bucket-not-empty]: the bucket `old-bucket` is to be deleted and is not empty"), "{}", all.err);
        assert!(!all.err.contains("kept-bucket"), "{}", all.err);
        let none = run(|| app("AWS::SNS::Topic", json!({})), arguments, answers(""));
        assert_eq!(none.exit, Exit::Ok, "{}", none.err);
    }
}

fn named(function: Node) -> Node {
    Node::Map(function.as_map().unwrap().clone().with("FunctionName", "hello"))
}

fn function(role: &str) -> Node {
    json!({ "Role": role, "Code": { "ZipFile": "pass" }, "Handler": "index.handler", "Runtime": "python3.13" })
}

#[test]
fn roles_exist_and_trust_the_service() {
    let role = |name: &str| function(&format!("arn:aws:iam::123456789012:role/service/{name}"));
    let trust = |service: &str| {
        let policy = format!(
            "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22{service}%22%7D%7D%5D%7D"
        );
        ok(
            "GetRole",
            format!(
                "<R><GetRoleResult><Role><AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument></Role></GetRoleResult></R>"
            ),
        )
    };
    let missing = ("GetRole", 404, error("NoSuchEntity", "not there"));
    let check = |answer| findings("AWS::Lambda::Function", role("hello"), vec![answer]);
    assert_eq!(
        check(missing),
        ["missing-role Role: there is no role `arn:aws:iam::123456789012:role/service/hello`"]
    );
    assert_eq!(
        check(trust("ec2.amazonaws.com")),
        [
            "role-not-assumable Role: the role `arn:aws:iam::123456789012:role/service/hello` does not let `lambda.amazonaws.com` take it"
        ]
    );
    assert_eq!(check(trust("lambda.amazonaws.com")), [""; 0]);
    // Roles of other accounts cannot be looked at.
    let other = run(
        || app("AWS::Lambda::Function", function("arn:aws:iam::999999999999:role/theirs")),
        &[],
        vec![],
    );
    assert!(!other.asked.contains(&"GetRole".to_owned()));
    let monitoring = json!({ "DBInstanceClass": "db.t4g.medium", "Engine": "mysql", "MonitoringInterval": 60, "MonitoringRoleArn": "arn:aws:iam::123456789012:role/watch" });
    assert_eq!(
        findings("AWS::RDS::DBInstance", monitoring, vec![trust("rds.amazonaws.com")]),
        [
            "role-not-assumable MonitoringRoleArn: the role `arn:aws:iam::123456789012:role/watch` does not let `monitoring.rds.amazonaws.com` take it"
        ]
    );
}

#[test]
fn principals_of_policies_exist() {
    let policy = |arn: &str| json!({ "Bucket": "orders", "PolicyDocument": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*", "Principal": { "AWS": [arn] } }] } });
    let check = |arn, answer| findings("AWS::S3::BucketPolicy", policy(arn), vec![answer]);
    assert_eq!(
        check(
            "arn:aws:iam::123456789012:role/reader",
            ("GetRole", 404, error("NoSuchEntity", "not there"))
        ),
        [
            "missing-principal PolicyDocument: there is no role `arn:aws:iam::123456789012:role/reader`"
        ]
    );
    assert_eq!(
        check(
            "arn:aws:iam::123456789012:user/ann",
            ("GetUser", 404, error("NoSuchEntity", "not there"))
        ),
        ["missing-principal PolicyDocument: there is no user `arn:aws:iam::123456789012:user/ann`"]
    );
    assert_eq!(check("arn:aws:iam::123456789012:user/ann", ok("GetUser", "<R/>")), [""; 0]);
}

#[test]
fn keys_are_there_and_enabled() {
    let topic = || json!({ "KmsMasterKeyId": "arn:aws:kms:ap-northeast-1:123456789012:key/abcd" });
    let key =
        |state: &str| ok("DescribeKey", format!(r#"{{"KeyMetadata": {{"KeyState": "{state}"}}}}"#));
    let check = |answer| findings("AWS::SNS::Topic", topic(), vec![answer]);
    assert_eq!(
        check(key("PendingDeletion")),
        [
            "key-not-usable KmsMasterKeyId: the key `arn:aws:kms:ap-northeast-1:123456789012:key/abcd` is not enabled but PendingDeletion"
        ]
    );
    let missing =
        ("DescribeKey", 400, r#"{"__type": "NotFoundException", "message": "x"}"#.to_owned());
    assert_eq!(
        check(missing),
        [
            "key-not-usable KmsMasterKeyId: there is no key `arn:aws:kms:ap-northeast-1:123456789012:key/abcd`"
        ]
    );
    assert_eq!(check(key("Enabled")), [""; 0]);
}

#[test]
fn certificates_are_issued() {
    let arn = "arn:aws:acm:ap-northeast-1:123456789012:certificate/abcd";
    let listener = || json!({ "LoadBalancerArn": "arn:x", "Protocol": "HTTPS", "Port": 443, "Certificates": [{ "CertificateArn": arn }], "DefaultActions": [{ "Type": "fixed-response", "FixedResponseConfig": { "StatusCode": "404" } }] });
    let status = |status: &str| {
        ok("DescribeCertificate", format!(r#"{{"Certificate": {{"Status": "{status}"}}}}"#))
    };
    let check =
        |answer| findings("AWS::ElasticLoadBalancingV2::Listener", listener(), vec![answer]);
    assert_eq!(
        check(status("PENDING_VALIDATION")),
        [format!(
            "certificate-not-issued Certificates.0.CertificateArn: the certificate `{arn}` is not issued but PENDING_VALIDATION"
        )]
    );
    let missing =
        ("DescribeCertificate", 400, r#"{"__type": "ResourceNotFoundException"}"#.to_owned());
    assert_eq!(
        check(missing),
        [format!(
            "certificate-not-issued Certificates.0.CertificateArn: there is no certificate `{arn}`"
        )]
    );
    assert_eq!(check(status("ISSUED")), [""; 0]);
}

#[test]
fn servers_get_the_type_image_and_key_pair_they_name() {
    let server = || json!({ "LaunchTemplateData": { "InstanceType": "t4g.small", "ImageId": "ami-0123abcd", "KeyName": "mine" } });
    let type_of = |architecture: &str| {
        ok(
            "DescribeInstanceTypes",
            format!(
                "<R><instanceTypeSet><item><instanceType>t4g.small</instanceType><processorInfo><supportedArchitectures><item>{architecture}</item></supportedArchitectures></processorInfo></item></instanceTypeSet></R>"
            ),
        )
    };
    let image = || {
        ok(
            "DescribeImages",
            "<R><imagesSet><item><imageId>ami-0123abcd</imageId><architecture>x86_64</architecture></item></imagesSet></R>",
        )
    };
    let pair =
        || ok("DescribeKeyPairs", "<R><keySet><item><keyName>mine</keyName></item></keySet></R>");
    let check = |answers| findings("AWS::EC2::LaunchTemplate", server(), answers);
    assert_eq!(check(vec![type_of("x86_64"), image(), pair()]), [""; 0]);
    assert_eq!(
        check(vec![type_of("arm64"), image(), pair()]),
        [
            "image-of-other-architecture LaunchTemplateData.ImageId: the image `ami-0123abcd` is for x86_64, which `t4g.small` is not"
        ]
    );
    let nothing = vec![
        ok("DescribeInstanceTypes", "<R><instanceTypeSet/></R>"),
        ("DescribeImages", 400, ec2_error("InvalidAMIID.NotFound")),
        ("DescribeKeyPairs", 400, ec2_error("InvalidKeyPair.NotFound")),
    ];
    assert_eq!(
        check(nothing),
        [
            "missing-key-pair LaunchTemplateData.KeyName: there is no key pair `mine` in ap-northeast-1",
            "instance-type-not-offered LaunchTemplateData.InstanceType: ap-northeast-1 does not offer `t4g.small`",
            "missing-image LaunchTemplateData.ImageId: there is no image `ami-0123abcd` in ap-northeast-1",
        ]
    );
}

#[test]
fn networks_are_there_and_of_one_vpc() {
    let instance = || json!({ "ImageId": { "Fn::ImportValue": "image" }, "SubnetId": "subnet-0123abcd", "SecurityGroupIds": ["sg-0123abcd"] });
    let subnet = |vpc: &str| {
        ok(
            "DescribeSubnets",
            format!(
                "<R><subnetSet><item><subnetId>subnet-0123abcd</subnetId><vpcId>{vpc}</vpcId></item></subnetSet></R>"
            ),
        )
    };
    let group = |vpc: &str| {
        ok(
            "DescribeSecurityGroups",
            format!(
                "<R><securityGroupInfo><item><groupId>sg-0123abcd</groupId><vpcId>{vpc}</vpcId></item></securityGroupInfo></R>"
            ),
        )
    };
    let check = |answers| findings("AWS::EC2::Instance", instance(), answers);
    assert_eq!(check(vec![subnet("vpc-1"), group("vpc-1")]), [""; 0]);
    assert_eq!(
        check(vec![subnet("vpc-1"), group("vpc-2")]),
        [
            "security-group-of-other-vpc SecurityGroupIds.0: `sg-0123abcd` is of `vpc-2`, but `subnet-0123abcd` of `vpc-1`"
        ]
    );
    assert_eq!(
        check(vec![
            ("DescribeSubnets", 400, ec2_error("InvalidSubnetID.NotFound")),
            group("vpc-1")
        ]),
        [
            "missing-network-resource SubnetId: there is no subnet `subnet-0123abcd` in 123456789012/ap-northeast-1"
        ]
    );
    let without = || json!({ "GroupDescription": "web" });
    let vpcs = |items: &str| vec![ok("DescribeVpcs", format!("<R><vpcSet>{items}</vpcSet></R>"))];
    assert_eq!(
        findings("AWS::EC2::SecurityGroup", without(), vpcs("")),
        ["no-default-vpc VpcId: 123456789012/ap-northeast-1 has no default VPC"]
    );
    assert_eq!(
        findings("AWS::EC2::SecurityGroup", without(), vpcs("<item><vpcId>vpc-1</vpcId></item>")),
        [""; 0]
    );
}

#[test]
fn databases_are_offered() {
    let database = || json!({ "Engine": "mysql", "EngineVersion": "8.0.40", "DBInstanceClass": "db.t4g.medium", "StorageType": "gp3", "MultiAZ": true });
    let versions = |items: &str| {
        ok(
            "DescribeDBEngineVersions",
            format!(
                "<R><DescribeDBEngineVersionsResult><DBEngineVersions>{items}</DBEngineVersions></DescribeDBEngineVersionsResult></R>"
            ),
        )
    };
    let version =
        || versions("<DBEngineVersion><EngineVersion>8.0.40</EngineVersion></DBEngineVersion>");
    let options = |items: &str| {
        ok(
            "DescribeOrderableDBInstanceOptions",
            format!(
                "<R><DescribeOrderableDBInstanceOptionsResult><OrderableDBInstanceOptions>{items}</OrderableDBInstanceOptions></DescribeOrderableDBInstanceOptionsResult></R>"
            ),
        )
    };
    let option = |storage: &str, zones: bool| {
        format!(
            "<OrderableDBInstanceOption><StorageType>{storage}</StorageType><MultiAZCapable>{zones}</MultiAZCapable></OrderableDBInstanceOption>"
        )
    };
    let check = |answers| findings("AWS::RDS::DBInstance", database(), answers);
    assert_eq!(check(vec![version(), options(&option("gp3", true))]), [""; 0]);
    assert_eq!(
        check(vec![versions("")]),
        ["engine-version-not-offered EngineVersion: ap-northeast-1 does not offer mysql 8.0.40"]
    );
    assert_eq!(
        check(vec![version(), options("")]),
        [
            "database-class-not-offered DBInstanceClass: ap-northeast-1 does not offer `db.t4g.medium` for mysql"
        ]
    );
    assert_eq!(
        check(vec![version(), options(&[option("io1", true), option("gp2", true)].concat())]),
        [
            "database-class-not-offered StorageType: ap-northeast-1 does not offer storage `gp3` for mysql on `db.t4g.medium`"
        ]
    );
    assert_eq!(
        check(vec![version(), options(&option("gp3", false))]),
        [
            "database-class-not-offered MultiAZ: ap-northeast-1 does not offer mysql on `db.t4g.medium` in several zones"
        ]
    );
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
fn quotas_leave_room() {
    let vpc = || json!({ "CidrBlock": "10.0.0.0/16" });
    let quota =
        |value: &str| ok("GetServiceQuota", format!(r#"{{"Quota": {{"Value": {value}}}}}"#));
    let vpcs = || {
        ok(
            "DescribeVpcs",
            "<R><vpcSet><item><vpcId>vpc-1</vpcId></item><item><vpcId>vpc-2</vpcId></item></vpcSet></R>",
        )
    };
    assert_eq!(findings("AWS::EC2::VPC", vpc(), vec![quota("3.0"), vpcs()]), [""; 0]);
    assert_eq!(
        findings("AWS::EC2::VPC", vpc(), vec![quota("2.0"), vpcs()]),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 2 AWS::EC2::VPC; it has 2, and 1 more would be made"
        ]
    );
    let role = || json!({ "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ec2.amazonaws.com" } }] } });
    let summary = "<R><GetAccountSummaryResult><SummaryMap><entry><key>Roles</key><value>1000</value></entry><entry><key>RolesQuota</key><value>1000</value></entry></SummaryMap></GetAccountSummaryResult></R>";
    assert_eq!(
        findings("AWS::IAM::Role", role(), vec![ok("GetAccountSummary", summary)]),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 1000 AWS::IAM::Role; it has 1000, and 1 more would be made"
        ]
    );
    let notebook =
        json!({ "InstanceType": "ml.t3.medium", "RoleArn": { "Fn::ImportValue": "role" } });
    let quotas =
        r#"{"Quotas": [{"QuotaName": "ml.t3.medium for notebook instance usage", "Value": 0.0}]}"#;
    let none = r#"{"NotebookInstances": []}"#;
    assert_eq!(
        findings(
            "AWS::SageMaker::NotebookInstance",
            notebook,
            vec![ok("ListServiceQuotas", quotas), ok("ListNotebookInstances", none)]
        ),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 0 AWS::SageMaker::NotebookInstance; it has 0, and 1 more would be made"
        ]
    );
}

#[test]
fn permissions_are_simulated_where_that_is_asked_for() {
    let result = |action: &str, decision: &str| {
        format!(
            "<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision></member>"
        )
    };
    let results = [
        result("sns:CreateTopic", "implicitDeny"),
        result("sns:TagResource", "explicitDeny"),
        result("sns:GetTopicAttributes", "allowed"),
    ];
    let answer = || {
        ok(
            "SimulatePrincipalPolicy",
            format!(
                "<R><SimulatePrincipalPolicyResult><EvaluationResults>{}</EvaluationResults></SimulatePrincipalPolicyResult></R>",
                results.concat()
            ),
        )
    };
    let stacks =
        || ("DescribeStacks", 400, error("ValidationError", "Stack with id Shop does not exist"));
    let topic = || app("AWS::SNS::Topic", json!({}));
    let asked = run(topic, &["--permissions"], vec![answer(), stacks()]);
    assert_eq!(asked.exit, Exit::Ok, "{}", asked.err);
    let message = "warning[forecast-not-permitted]: `arn:aws:iam::123456789012:user/me` may not do this on every resource: sns:CreateTopic, sns:TagResource";
    assert!(asked.err.contains(message), "{}", asked.err);
    let not_asked = run(topic, &[], vec![answer(), stacks()]);
    assert!(!not_asked.asked.contains(&"SimulatePrincipalPolicy".to_owned()));
}

#[test]
fn people_read_where_and_what_to_do_and_what_could_not_be_asked() {
    let answers = vec![ok("GetResource", "{}")];
    let run = run(
        || app("AWS::Lambda::Function", named(function("arn:aws:iam::123456789012:role/hello"))),
        &[],
        answers,
    );
    assert_eq!(run.exit, Exit::Error);
    let err = run.err.replace(env!("CARGO_MANIFEST_DIR"), "");
    assert_snapshot!(err, @r#"
    error[forecast-exists-already]: there is AWS::Lambda::Function `hello` already
      --> fc-cdk/toolkit/tests/forecast/main.rs:19:30
       |
    19 |     Stack::new(&app, "Shop").raw_resource("It", type_name, properties);
       |                              ^^^^^^^^^^^^
       |
       = construct: Shop/It
       = logical id: It
       = help: give it another name or none, delete the one that is there, or adopt it by `import` or `deploy --import-existing-resources`
       = docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html

    1 error
    note: not asked: the role `hello`: no
    1 stack, 1 question: a deploy would fail
    "#);
}
