//! Roles, principals, policies, keys, certificates, secrets, permissions.

use fc_cdk_core::json;

use super::*;

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
fn denials_are_told_for_the_resources_that_are_made() {
    let queue = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        stack.raw_resource("Named", "AWS::SNS::Topic", json!({ "TopicName": "news" }));
        stack.raw_resource("Other", "AWS::SNS::Topic", json!({}));
        app
    };
    let page = |decisions: &str, more: &str| {
        ok(
            "SimulatePrincipalPolicy",
            format!(
                "<R><SimulatePrincipalPolicyResult><EvaluationResults>{decisions}</EvaluationResults>{more}</SimulatePrincipalPolicyResult></R>"
            ),
        )
    };
    let of = |arn: &str, decision: &str| {
        format!(
            "<member><EvalResourceName>{arn}</EvalResourceName><EvalResourceDecision>{decision}</EvalResourceDecision></member>"
        )
    };
    let action = |name: &str, each: String| {
        format!(
            "<member><EvalActionName>{name}</EvalActionName><EvalDecision>implicitDeny</EvalDecision><ResourceSpecificResults>{each}</ResourceSpecificResults></member>"
        )
    };
    let generated = "arn:aws:sns:ap-northeast-1:123456789012:Shop-Other-1EXAMPLE2345";
    let first = action(
        "sns:CreateTopic",
        of("arn:aws:sns:ap-northeast-1:123456789012:news", "allowed")
            + &of(generated, "implicitDeny"),
    );
    let unknown = "<member><EvalActionName>sns:TagResource</EvalActionName><EvalDecision>implicitDeny</EvalDecision><MissingContextValues><member>aws:RequestTag/x</member></MissingContextValues></member>";
    let second = action("sns:GetTopicAttributes", of(generated, "explicitDeny"));
    let answers = vec![
        page(
            &[first.as_str(), unknown].concat(),
            "<IsTruncated>true</IsTruncated><Marker>next</Marker>",
        ),
        page(&second, ""),
    ];
    let answers =
        [answers, vec![("GetResource", 400, r#"{"__type": "ResourceNotFoundException"}"#.into())]]
            .concat();
    let role = "arn:aws:iam::123456789012:role/deploys";
    let denied = findings_of(queue, &["--permissions", "--role-arn", role], answers);
    assert_eq!(
        denied,
        [format!(
            "not-permitted : `{role}` may not do this on `{generated}`: sns:CreateTopic, sns:GetTopicAttributes"
        )]
    );
}

#[test]
fn roles_can_be_passed_on() {
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        stack.raw_resource(
            "Job",
            "AWS::IAM::Role",
            json!({ "AssumeRolePolicyDocument": trust_of("lambda.amazonaws.com") }),
        );
        let function = json!({ "Role": { "Fn::GetAtt": ["Job", "Arn"] }, "Code": { "ZipFile": "pass" }, "Handler": "index.handler", "Runtime": "python3.13" });
        stack.raw_resource("It", "AWS::Lambda::Function", function);
        app
    };
    let arn = "arn:aws:iam::123456789012:role/Shop-Job-1EXAMPLE2345";
    let allowed = "<R><SimulatePrincipalPolicyResult><EvaluationResults/></SimulatePrincipalPolicyResult></R>";
    let denied = format!(
        "<R><SimulatePrincipalPolicyResult><EvaluationResults><member><EvalActionName>iam:PassRole</EvalActionName><EvalResourceName>{arn}</EvalResourceName><EvalDecision>implicitDeny</EvalDecision></member></EvaluationResults></SimulatePrincipalPolicyResult></R>"
    );
    let answers = vec![
        ok("SimulatePrincipalPolicy iam%3APassRole&ResourceArns", denied),
        ok("SimulatePrincipalPolicy", allowed),
    ];
    assert_eq!(
        findings_of(app, &["--permissions"], answers),
        [format!(
            "not-permitted : `arn:aws:iam::123456789012:user/me` may not do this on `{arn}`: iam:PassRole"
        )]
    );
}

#[test]
fn policies_are_there() {
    let role = |arn: &str| json!({ "AssumeRolePolicyDocument": trust_of("lambda.amazonaws.com"), "ManagedPolicyArns": [arn] });
    let check = |arn, answer| findings("AWS::IAM::Role", role(arn), vec![answer]);
    let missing = || ("GetPolicy", 404, error("NoSuchEntity", "not there"));
    let wrong = "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole";
    assert_eq!(
        check(wrong, missing()),
        [format!("missing-policy ManagedPolicyArns.0: there is no policy `{wrong}`")]
    );
    let right = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    assert_eq!(check(right, ok("GetPolicy", "<R/>")), [""; 0]);
}

#[test]
fn parameters_and_secrets_are_there() {
    let properties = || json!({ "Type": "String", "Value": "{{resolve:ssm:/shop/size:3}} {{resolve:secretsmanager:shop/key:SecretString:user}}" });
    let check = |answers| findings("AWS::SSM::Parameter", properties(), answers);
    let parameters = |found: &str, missing: &str| {
        ok(
            "GetParameters",
            format!(r#"{{"Parameters": [{found}], "InvalidParameters": [{missing}]}}"#),
        )
    };
    let there = || parameters(r#"{"Name": "/shop/size", "Selector": ":3", "Value": "5"}"#, "");
    let secret = |more: &str| ok("DescribeSecret", format!(r#"{{"Name": "shop/key"{more}}}"#));
    assert_eq!(check(vec![there(), secret("")]), [""; 0]);
    assert_eq!(
        check(vec![parameters("", r#""/shop/size:3""#), secret(r#", "DeletedDate": 1.0"#)]),
        [
            "missing-parameter Value: there is no parameter `/shop/size:3` of Systems Manager in 123456789012/ap-northeast-1",
            "missing-parameter Value: the secret `shop/key` in 123456789012/ap-northeast-1 is deleted, and waits for its end",
        ]
    );
    let none = ("DescribeSecret", 400, r#"{"__type": "ResourceNotFoundException"}"#.to_owned());
    assert_eq!(
        check(vec![there(), none]),
        ["missing-parameter Value: there is no secret `shop/key` in 123456789012/ap-northeast-1"]
    );
}

#[test]
fn load_balancers_take_certificates_of_their_region() {
    let arn = "arn:aws:acm:us-east-1:123456789012:certificate/abcd";
    let properties = json!({ "ListenerArn": "arn:x", "Certificates": [{ "CertificateArn": arn }] });
    let issued = ok("DescribeCertificate", r#"{"Certificate": {"Status": "ISSUED"}}"#);
    assert_eq!(
        findings("AWS::ElasticLoadBalancingV2::ListenerCertificate", properties, vec![issued]),
        [format!(
            "certificate-not-issued Certificates.0.CertificateArn: the certificate `{arn}` is of us-east-1, and load balancers of ap-northeast-1 take only those of their region"
        )]
    );
}

#[test]
fn what_the_app_makes_itself_is_not_missed() {
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        let own = |kind: &str, name: &str| format!("arn:aws:iam::123456789012:{kind}/{name}");
        let of = |id: &str, type_name: &'static str, properties| {
            stack.raw_resource(id, type_name, properties);
        };
        of(
            "Role",
            "AWS::IAM::Role",
            json!({ "RoleName": "job", "AssumeRolePolicyDocument": trust_of("lambda.amazonaws.com"), "ManagedPolicyArns": [own("policy", "rules")] }),
        );
        of(
            "Rules",
            "AWS::IAM::ManagedPolicy",
            json!({ "ManagedPolicyName": "rules", "PolicyDocument": rules() }),
        );
        of(
            "Key",
            "AWS::KMS::Alias",
            json!({ "AliasName": "alias/mine", "TargetKeyId": { "Fn::ImportValue": "key" } }),
        );
        of("Topic", "AWS::SNS::Topic", json!({ "KmsMasterKeyId": "alias/mine" }));
        of("Pair", "AWS::EC2::KeyPair", json!({ "KeyName": "mine" }));
        of("Server", "AWS::EC2::Instance", json!({ "KeyName": "mine" }));
        of("Secret", "AWS::SecretsManager::Secret", json!({ "Name": "mine" }));
        of(
            "Size",
            "AWS::SSM::Parameter",
            json!({ "Name": "/mine", "Type": "String", "Value": "{{resolve:secretsmanager:mine}}" }),
        );
        of(
            "Other",
            "AWS::SSM::Parameter",
            json!({ "Type": "String", "Value": "{{resolve:ssm:/mine}}" }),
        );
        let function = json!({ "Role": own("role", "job"), "Code": { "ZipFile": "pass" }, "Handler": "index.handler", "Runtime": "python3.13" });
        of("It", "AWS::Lambda::Function", function);
        app
    };
    let run = run(app, &["--json"], vec![]);
    for operation in [
        "GetRole",
        "GetPolicy",
        "DescribeKey",
        "DescribeKeyPairs",
        "DescribeSecret",
        "GetParameters",
    ] {
        assert!(!run.asked.iter().any(|it| it == operation), "{operation}: {}", run.err);
    }
}
