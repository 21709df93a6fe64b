//! Policies that IAM takes without a word, though they do not do what they say.

use fc_cdk_aws::{ACTIONS, resource_type};
use fc_cdk_core::{
    Node, Template,
    rules::{self, CheckOptions},
    spec::{Checker, KeyKind},
};

/// What is said of a template's resources, as code, place and message.
fn findings(resources: &str) -> Vec<String> {
    let text =
        format!(r#"{{"Parameters": {{"Name": {{"Type": "String"}}}}, "Resources": {resources}}}"#);
    let Ok(Node::Map(sections)) = Node::parse_json(&text) else { panic!("no JSON: {text}") };
    let options = CheckOptions {
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
        ..CheckOptions::default()
    };
    let template = Template::from_sections(sections);
    let found = rules::check(&template, &options, &mut Checker::new());
    let found = found.into_iter().map(|found| found.diagnostic);
    let group = rules::GROUPS.iter().find(|(topic, _)| *topic == "Policies");
    let of_policies = |code: &str| {
        code == "bad-policy"
            || group.is_some_and(|(_, rules)| rules.iter().any(|rule| rule.code == code))
    };
    found
        .filter(|found| of_policies(&found.code))
        .map(|found| {
            let property = found.property.unwrap_or_default();
            format!("{} {} {property}: {}", found.severity, found.code, found.message)
        })
        .collect()
}

const BESIDE: &str = r#""Bucket": {"Type": "AWS::S3::Bucket"}, "Other": {"Type": "AWS::S3::Bucket"}, "Topic": {"Type": "AWS::SNS::Topic"},
    "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]}},
    "Group": {"Type": "AWS::Logs::LogGroup"}"#;

/// What is said of a statement that allows, in a managed policy beside a few resources.
fn of_statement(statement: &str) -> Vec<String> {
    findings(&format!(
        r#"{{{BESIDE}, "Policy": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {statement}}}}}}}}}}}"#
    ))
}

#[track_caller]
fn check(statement: &str, wanted: &[&str]) {
    let found = of_statement(statement);
    let short: Vec<&str> = found
        .iter()
        .map(|line| line.split_once("PolicyDocument.Statement").map_or(line.as_str(), |it| it.1))
        .collect();
    assert_eq!(short, wanted, "{statement}");
}

#[test]
fn the_table_knows_actions_and_keys() {
    let s3 = ACTIONS.service("S3").expect("a service");
    let get = s3.action("getobject").expect("an action");
    assert_eq!((s3.prefix(), get.name()), ("s3", "GetObject"));
    let forms: Vec<&str> = get.resources().collect();
    assert!(forms.contains(&"arn:%:s3:::%/*"), "{forms:?}");
    let prefix = s3.key("prefix").expect("a key");
    assert!(!get.has_key(prefix));
    assert!(s3.action("ListBucket").is_some_and(|action| action.has_key(prefix)));
    assert_eq!(s3.key("max-keys").map(|key| key.kind()), Some(KeyKind::Numeric));
    assert!(s3.key("ExistingObjectTag/team").is_some_and(|key| key.is_open()));
    assert_eq!(ACTIONS.service("s3").map(|it| it.action("GetObjects").is_none()), Some(true));
    assert!(ACTIONS.services().len() > 400);
    let actions: usize = ACTIONS.services().map(|service| service.actions().len()).sum();
    assert!(actions > 20_000, "{actions}");
}

/// Every name of the table is found by it, so that the order of the records is right.
#[test]
fn the_table_finds_what_it_has() {
    for service in ACTIONS.services() {
        let prefix = service.prefix();
        assert_eq!(ACTIONS.service(prefix).map(|it| it.prefix()), Some(prefix));
        for action in service.actions() {
            let found = service.action(&action.name().to_ascii_uppercase());
            assert_eq!(found.map(|it| it.name()), Some(action.name()), "{prefix}");
            for form in action.resources() {
                assert!(form.starts_with("arn:"), "{prefix}:{} {form}", action.name());
            }
        }
        for key in service.keys() {
            assert_eq!(service.key(key.name()).map(|it| it.name()), Some(key.name()), "{prefix}");
        }
    }
}

#[test]
fn actions_have_to_exist() {
    check(r#""Action": ["s3:GetObject", "S3:getobject", "s3:Get*", "s3:*"], "Resource": "*""#, &[]);
    check(r#""NotAction": ["iam:*", "sts:AssumeRole"], "Resource": "*""#, &[]);
    check(r#""Action": {"Ref": "Name"}, "Resource": "*""#, &[]);
    check(r#""Action": [{"Fn::Sub": "s3:${Name}"}, "s3:List*"], "Resource": "*""#, &[]);
    check(
        r#""Action": "s3:ListObjects", "Resource": "*""#,
        &[".Action.0: there is no action `s3:ListObjects`"],
    );
    check(
        r#""Action": ["s3:Get*", "dynamo:GetItem"], "Resource": "*""#,
        &[".Action.1: there is no service `dynamo`, of `dynamo:GetItem`"],
    );
    check(
        r#""NotAction": "s3:Fetch*", "Resource": "*""#,
        &[".NotAction.0: no action of `s3` is like `Fetch*`"],
    );
    let found = of_statement(r#""Action": "logs:CreateLogStreams", "Resource": "*""#);
    assert!(found[0].starts_with("warning unknown-action"), "{found:?}");
}

#[test]
fn actions_take_resources_of_their_own() {
    let get_att = r#"{"Fn::GetAtt": ["Bucket", "Arn"]}"#;
    let objects = r#"{"Fn::Sub": "${Bucket.Arn}/*"}"#;
    for (action, resource) in [
        ("s3:ListBucket", get_att),
        ("s3:GetObject", objects),
        ("s3:*", get_att),
        ("s3:GetObject", r#"{"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}"#),
        ("s3:GetObject", r#"{"Fn::Sub": "arn:${AWS::Partition}:s3:::${Bucket}/${Name}"}"#),
        ("s3:GetObject", r#"{"Fn::Sub": ["${Arn}/*", {"Arn": {"Fn::GetAtt": "Bucket.Arn"}}]}"#),
        ("s3:GetObject", r#"{"Ref": "Name"}"#),
        ("s3:GetObject", r#"{"Fn::ImportValue": "Orders"}"#),
        ("s3:GetObject", r#""arn:aws:s3:::*""#),
        ("s3:GetObject", r#""arn:aws:s3:::orders-*""#),
        ("s3:GetObject", r#"{"Fn::Sub": "arn:aws:s3:::${!aws:username}"}"#),
        ("s3:ListAllMyBuckets", r#""arn:aws:s3:::*""#),
        ("sns:Publish", r#"{"Ref": "Topic"}"#),
        ("dynamodb:Query", r#"{"Fn::Sub": "${Table.Arn}/index/*"}"#),
        ("dynamodb:GetItem", r#"{"Fn::GetAtt": ["Table", "Arn"]}"#),
        ("dynamodb:GetRecords", r#"{"Fn::GetAtt": ["Table", "StreamArn"]}"#),
        ("logs:PutLogEvents", r#"{"Fn::GetAtt": ["Group", "Arn"]}"#),
        (
            "logs:CreateLogStream",
            r#"{"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/x:*"}"#,
        ),
    ] {
        check(&format!(r#""Action": "{action}", "Resource": {resource}"#), &[]);
    }
    for (action, resource) in [
        ("s3:GetObject", get_att),
        ("s3:GetObject", r#""arn:aws:s3:::orders""#),
        ("s3:GetObject", r#"{"Fn::Sub": "arn:aws:s3:::${Bucket}"}"#),
        ("s3:ListBucket", objects),
        ("s3:ListBucket", r#""arn:aws:s3:::orders/*""#),
        ("s3:PutO*", get_att),
        ("s3:ListAllMyBuckets", get_att),
        ("sns:Publish", r#"{"Fn::GetAtt": ["Table", "Arn"]}"#),
        ("sqs:SendMessage", r#"{"Ref": "Topic"}"#),
        ("dynamodb:GetItem", r#""arn:aws:dynamodb:eu-west-1:111122223333:stream/orders""#),
        ("iam:PassRole", r#""arn:aws:iam::111122223333:user/x""#),
    ] {
        let message = format!(".Action.0: `{action}` takes none of the statement's resources");
        check(&format!(r#""Action": "{action}", "Resource": {resource}"#), &[&message]);
    }
    check(
        &format!(
            r#""Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [{get_att}, "arn:aws:sqs:*:*:x"]"#
        ),
        &[
            ".Action.0: `s3:GetObject` takes none of the statement's resources",
            ".Resource.1: no action of the statement takes this resource",
        ],
    );
    check(
        r#""Action": "s3:GetObject", "Resource": {"Ref": "Bucket"}"#,
        &[".Resource.0: `Ref` of `Bucket` is no ARN"],
    );
    // What may be any action takes anything.
    check(
        &format!(
            r#""Action": ["s3:GetObject", {{"Ref": "Name"}}], "Resource": [{objects}, {get_att}]"#
        ),
        &[],
    );
}

#[test]
fn conditions_ask_for_keys_that_are_there() {
    let of = |action: &str, condition: &str| {
        format!(r#""Action": "{action}", "Resource": "*", "Condition": {{{condition}}}"#)
    };
    for (action, condition) in [
        ("s3:ListBucket", r#""StringLike": {"s3:prefix": "a/*"}"#),
        ("s3:List*", r#""StringLikeIfExists": {"S3:Prefix": "a/*"}"#),
        (
            "s3:PutObject",
            r#""StringEquals": {"s3:x-amz-acl": "private", "s3:RequestObjectTag/team": "a"}"#,
        ),
        ("s3:GetObject", r#""Bool": {"aws:SecureTransport": "true", "AWS:ViaAWSService": true}"#),
        ("s3:GetObject", r#""StringEquals": {"aws:SecureTransport": "true"}"#),
        (
            "s3:GetObject",
            r#""ForAnyValue:StringEquals": {"aws:TagKeys": "a", "aws:RequestTag/a": "b"}"#,
        ),
        (
            "s3:GetObject",
            r#""ArnLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:*:*:function:x"}"#,
        ),
        ("s3:GetObject", r#""DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}"#),
        (
            "s3:GetObject",
            r#""IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32", {"Ref": "Name"}]}"#,
        ),
        ("s3:GetObject", r#""Null": {"aws:TokenIssueTime": "false"}"#),
        (
            "kms:Decrypt",
            r#""StringEquals": {"kms:EncryptionContext:aws:pi:service": "rds", "kms:ViaService": "s3.eu-west-1.amazonaws.com"}"#,
        ),
        ("iam:PassRole", r#""StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}"#),
        (
            "sts:AssumeRoleWithWebIdentity",
            r#""StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}"#,
        ),
        (
            "dynamodb:GetItem",
            r#""ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${www.amazon.com:user_id}"}"#,
        ),
    ] {
        check(&of(action, condition), &[]);
    }
    for (action, condition, wanted) in [
        (
            "s3:GetObject",
            r#""StringEquals": {"aws:PrincipleArn": "x"}"#,
            ".Condition.StringEquals.aws:PrincipleArn: there is no condition key `aws:PrincipleArn`",
        ),
        (
            "s3:ListBucket",
            r#""StringEquals": {"s3:prefixes": "x"}"#,
            ".Condition.StringEquals.s3:prefixes: there is no condition key `s3:prefixes`",
        ),
        (
            "s3:GetObject",
            r#""StringEquals": {"s4:prefix": "x"}"#,
            ".Condition.StringEquals.s4:prefix: there is no condition key `s4:prefix`",
        ),
        (
            "s3:GetObject",
            r#""StringEquals": {"s3:prefix": "x"}"#,
            ".Condition.StringEquals.s3:prefix: no action of the statement knows the condition key `s3:prefix`",
        ),
        (
            "ec2:RunInstances",
            r#""StringEquals": {"iam:PassedToService": "x"}"#,
            ".Condition.StringEquals.iam:PassedToService: no action of the statement knows the condition key `iam:PassedToService`",
        ),
        (
            "s3:GetObject",
            r#""Bool": {"aws:SourceArn": "true"}"#,
            ".Condition.Bool.aws:SourceArn: `Bool` cannot compare `aws:SourceArn`",
        ),
        (
            "s3:GetObject",
            r#""ArnEquals": {"aws:SourceAccount": "111122223333"}"#,
            ".Condition.ArnEquals.aws:SourceAccount: `ArnEquals` cannot compare `aws:SourceAccount`",
        ),
        (
            "s3:ListBucket",
            r#""IpAddress": {"s3:max-keys": "10"}"#,
            ".Condition.IpAddress.s3:max-keys: `IpAddress` cannot compare `s3:max-keys`",
        ),
        (
            "s3:GetObject",
            r#""Bool": {"aws:SecureTransport": "no"}"#,
            ".Condition.Bool.aws:SecureTransport: `Bool` cannot compare with `no`",
        ),
        (
            "s3:ListBucket",
            r#""NumericLessThan": {"s3:max-keys": "ten"}"#,
            ".Condition.NumericLessThan.s3:max-keys: `NumericLessThan` cannot compare with `ten`",
        ),
        (
            "s3:GetObject",
            r#""IpAddress": {"aws:SourceIp": "203.0.113.0/33"}"#,
            ".Condition.IpAddress.aws:SourceIp: `IpAddress` cannot compare with `203.0.113.0/33`",
        ),
        (
            "s3:GetObject",
            r#""StringEqual": {"aws:userid": "x"}"#,
            ".Condition.StringEqual: `StringEqual` is no condition operator",
        ),
    ] {
        check(&of(action, condition), &[wanted]);
    }
}

#[test]
fn services_refuse_what_is_not_theirs() {
    let of_bucket = |statement: &str| {
        findings(&format!(
            r#"{{{BESIDE}, "Policy": {{"Type": "AWS::S3::BucketPolicy", "Properties": {{"Bucket": {{"Ref": "Bucket"}}, "PolicyDocument": {{"Statement": [{{"Effect": "Deny", "Principal": "*", {statement}}}]}}}}}}}}"#
        ))
    };
    let of = |statement: &str| of_bucket(statement).first().cloned().unwrap_or_default();
    assert_eq!(of(r#""Action": "s3:*", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}"#), "");
    assert_eq!(of(r#""Action": "s3:*", "Resource": {"Fn::Sub": "arn:aws:s3:::${Bucket}/*"}"#), "");
    assert_eq!(
        of(r#""Action": "s3:GetObject", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}"#),
        "error action-without-resource PolicyDocument.Statement.0.Action.0: `s3:GetObject` takes none of the statement's resources"
    );
    assert_eq!(
        of(r#""Action": "s3:GetObjekt", "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}"#),
        "error unknown-action PolicyDocument.Statement.0.Action.0: there is no action `s3:GetObjekt`"
    );
    for resource in [
        r#"{"Fn::GetAtt": ["Other", "Arn"]}"#,
        r#"{"Fn::Sub": "arn:aws:s3:::${Other}/*"}"#,
        r#"{"Fn::Join": ["", [{"Fn::GetAtt": ["Other", "Arn"]}, "/*"]]}"#,
    ] {
        assert_eq!(
            of(&format!(r#""Action": "s3:*", "Resource": {resource}"#)),
            "error bad-policy PolicyDocument.Statement.0.Resource.0: the policy of `Bucket` is about `Other`"
        );
    }
    let literal = findings(
        r#"{"Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": "orders", "PolicyDocument": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::orders", "arn:aws:s3:::order/*"]}]}}}}"#,
    );
    assert_eq!(
        literal,
        [
            "error bad-policy PolicyDocument.Statement.0.Resource.1: the policy of the bucket `orders` is about `order`"
        ]
    );
}

#[test]
fn principals_are_services_and_accounts() {
    let of = |principal: &str, action: &str| {
        findings(&format!(
            r#"{{"Role": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {{"Statement": [{{"Effect": "Allow", "Principal": {principal}, "Action": "{action}"}}]}}}}}}}}"#
        ))
    };
    for principal in [
        r#"{"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com", "alexa-appkit.amazon.com"]}"#,
        r#"{"Service": {"Fn::Sub": "states.${AWS::Region}.amazonaws.com"}}"#,
        r#"{"Service": "ec2.amazonaws.com.cn"}"#,
        r#"{"AWS": ["*", "111122223333", "arn:aws:iam::111122223333:root"]}"#,
    ] {
        assert_eq!(of(principal, "sts:AssumeRole"), [""; 0], "{principal}");
    }
    let service = r#"{"Service": "lambda.amazonaws.com"}"#;
    for action in ["sts:TagSession", "sts:SetSourceIdentity", "sts:assumerole", "sts:*"] {
        assert_eq!(of(service, action), [""; 0], "{action}");
    }
    for (principal, wanted) in [
        (
            r#"{"Service": "lambda.amazon.com"}"#,
            "error unknown-principal AssumeRolePolicyDocument.Statement.0.Principal.Service.0: `lambda.amazon.com` is no service principal",
        ),
        (
            r#"{"Service": "lamda.amazonaws.com"}"#,
            "warning unknown-principal AssumeRolePolicyDocument.Statement.0.Principal.Service.0: there is probably no service `lamda.amazonaws.com`",
        ),
        (
            r#"{"AWS": "11112222333"}"#,
            "error bad-policy AssumeRolePolicyDocument.Statement.0.Principal.AWS: `11112222333` is no principal: the id of an account has 12 digits",
        ),
        (
            r#"{"AWS": "arn:aws:iam::111122223333:role/*"}"#,
            "error bad-policy AssumeRolePolicyDocument.Statement.0.Principal.AWS: `arn:aws:iam::111122223333:role/*` is no principal: a wildcard stands for everybody, not for a part of a name",
        ),
    ] {
        assert_eq!(of(principal, "sts:AssumeRole"), [wanted]);
    }
    assert_eq!(
        of(service, "sts:GetCallerIdentity"),
        [
            "error bad-policy AssumeRolePolicyDocument.Statement.0.Action: `sts:GetCallerIdentity` is nothing that a trust policy can allow"
        ]
    );
}

/// Policies are found wherever they stand, also as text.
#[test]
fn policies_of_any_type_are_looked_at() {
    for resource in [
        r#"{"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": "vpc-0a1b2c3d", "ServiceName": "x", "PolicyDocument": POLICY}}"#,
        r#"{"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": ["arn:aws:sns:eu-west-1:111122223333:x"], "PolicyDocument": POLICY}}"#,
        r#"{"Type": "AWS::IAM::Group", "Properties": {"Policies": [{"PolicyName": "x", "PolicyDocument": POLICY}]}}"#,
        r#"{"Type": "AWS::EFS::FileSystem", "Properties": {"Encrypted": true, "FileSystemPolicy": POLICY}}"#,
        r#"{"Type": "AWS::SSO::PermissionSet", "Properties": {"Name": "x", "InstanceArn": "arn:aws:sso:::instance/ssoins-1234567890123456", "InlinePolicy": TEXT}}"#,
    ] {
        let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:FetchObject", "Resource": "*"}]}"#;
        let resource = resource.replace("POLICY", policy).replace("TEXT", &format!("{policy:?}"));
        let found = findings(&format!(r#"{{"It": {resource}}}"#));
        let is_found =
            found.iter().any(|line| line.contains("there is no action `s3:FetchObject`"));
        assert!(is_found, "{resource} {found:?}");
    }
}

/// Policies beyond any size come to an end, too.
#[test]
fn large_policies_are_checked_in_little_time() {
    let start = std::time::Instant::now();
    let too_large = |statement: String| {
        let found = of_statement(&statement);
        assert!(found.iter().all(|line| line.contains("may have 6144 characters")), "{found:?}");
    };
    let long = "a".repeat(1_000_000);
    too_large(format!(r#""Action": "s3:*", "Resource": "arn:aws:s3:::{long}""#));
    let resources = vec![r#""arn:aws:s3:::orders""#; 5_000].join(", ");
    let actions = vec![r#""s3:GetObject""#; 5_000].join(", ");
    too_large(format!(r#""Action": [{actions}], "Resource": [{resources}]"#));
    let unknown = vec![r#""s3:GetObjekt""#; 20_000].join(", ");
    let found = of_statement(&format!(r#""Action": [{unknown}], "Resource": "*""#));
    assert_eq!(found.iter().filter(|line| line.contains("unknown-action")).count(), 20_000);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
