use super::*;
use crate::{Map, list, sub, value::List};

/// The statements that come out, as compact JSON.
fn statements(policy: &PolicyDocument) -> Vec<String> {
    let node = policy.to_node();
    node.get("Statement").unwrap().as_list().unwrap().iter().map(Node::to_json).collect()
}

fn allow(actions: &[&str], resources: &[&str]) -> Statement {
    Statement::allow().actions(actions.iter().copied()).resources(resources.iter().copied())
}

#[test]
fn principals_are_grouped_by_kind() {
    let statement = Statement::allow().actions(["sts:AssumeRole"]).principals([
        Principal::service("b.amazonaws.com"),
        Principal::account("111122223333"),
        Principal::service("a.amazonaws.com"),
        Principal::federated("cognito-identity.amazonaws.com"),
        Principal::canonical_user("abc"),
    ]);
    let policy = PolicyDocument::new().statement(statement);
    let principal = policy.to_node().pointer("/Statement/0/Principal").cloned().unwrap();
    assert_eq!(
        principal.as_map().unwrap().keys().collect::<Vec<_>>(),
        ["AWS", "CanonicalUser", "Federated", "Service"]
    );
    assert_eq!(
        principal.get("Service").unwrap().to_json(),
        r#"["a.amazonaws.com","b.amazonaws.com"]"#
    );
    assert!(matches!(principal.get("AWS"), Some(Node::Sub(_))));
}

#[test]
fn values_go_where_text_does() {
    let bucket = Value::<String>::from_node(json!({ "Fn::GetAtt": ["Bucket", "Arn"] }));
    let statement = Statement::allow().actions(Some("s3:GetObject")).resources(list![
        &bucket,
        sub!("{bucket}/*"),
        "arn:aws:s3:::x"
    ]);
    let policy = PolicyDocument::new().statement(statement);
    let resources = policy.to_node().pointer("/Statement/0/Resource").cloned().unwrap();
    let kinds: Vec<&str> = resources.as_list().unwrap().iter().map(Node::kind).collect();
    assert_eq!(kinds, ["a string", "an intrinsic function", "text with references"]);

    // A parameter that is a list stands for the whole.
    let actions = Value::<List<String>>::from_node(json!({ "Ref": "Actions" }));
    let statement = Statement::allow().actions(actions).resources(["*"]);
    assert_eq!(statement.to_node().get("Action").unwrap().to_json(), r#"{"Ref":"Actions"}"#);
}

#[test]
fn conditions_are_grouped_by_operator() {
    let statement = allow(&["s3:*"], &["*"])
        .condition(Condition::string_like("aws:PrincipalTag/team", ["b", "a", "b"]).if_exists())
        .condition(Condition::numeric_less_than("s3:max-keys", ["10"]))
        .condition(Condition::bool("aws:SecureTransport", true))
        .condition(Condition::string_like("s3:prefix", ["x"]).if_exists())
        .condition(Condition::arn_like("aws:SourceArn", ["arn:*"]).for_any_value());
    let node = PolicyDocument::new().statement(statement).to_node();
    assert_eq!(
        node.pointer("/Statement/0/Condition").unwrap().to_json(),
        concat!(
            r#"{"Bool":{"aws:SecureTransport":"true"},"ForAnyValue:ArnLike":{"aws:SourceArn":"arn:*"},"#,
            r#""NumericLessThan":{"s3:max-keys":"10"},"#,
            r#""StringLikeIfExists":{"aws:PrincipalTag/team":["a","b"],"s3:prefix":"x"}}"#
        )
    );
}

#[test]
fn statements_that_can_be_told_in_one_are_merged() {
    let policy: PolicyDocument = [
        allow(&["s3:GetObject"], &["arn:aws:s3:::b/*"]),
        allow(&["s3:PutObject"], &["arn:aws:s3:::b/*"]),
        allow(&["sqs:SendMessage"], &["arn:aws:sqs:::q"]),
        allow(&["s3:GetObject", "s3:PutObject"], &["arn:aws:s3:::a/*"]),
        allow(&["s3:GetObject"], &["arn:aws:s3:::b/*"]),
    ]
    .into_iter()
    .collect();
    assert_eq!(
        statements(&policy),
        [
            r#"{"Action":["s3:GetObject","s3:PutObject"],"Effect":"Allow","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}"#,
            r#"{"Action":"sqs:SendMessage","Effect":"Allow","Resource":"arn:aws:sqs:::q"}"#,
        ]
    );
}

#[test]
fn statements_that_differ_otherwise_stay() {
    let base = || allow(&["s3:GetObject"], &["a"]);
    let condition = || Condition::bool("aws:SecureTransport", true);
    for other in [
        allow(&["s3:PutObject"], &["b"]),
        allow(&["s3:PutObject"], &["a"]).sid("Put"),
        allow(&["s3:PutObject"], &["a"]).condition(condition()),
        Statement::deny().actions(["s3:PutObject"]).resources(["a"]),
        Statement::allow().not_actions(["s3:PutObject"]).resources(["a"]),
        Statement::allow().actions(["s3:GetObject"]).not_resources(["a"]),
        base().principals([Principal::any()]),
    ] {
        let policy: PolicyDocument = [base(), other.clone()].into_iter().collect();
        assert_eq!(statements(&policy).len(), 2, "{other:?}");
    }
}

#[test]
fn covered_actions_and_resources_are_left_out() {
    let policy = PolicyDocument::new().statement(allow(
        &["s3:Get*", "s3:getobject", "s3:GetObject*", "S3:GET*", "s3:PutObject", "s3:**"],
        &["arn:x", "*"],
    ));
    assert_eq!(statements(&policy), [r#"{"Action":"s3:**","Effect":"Allow","Resource":"*"}"#]);
    assert!(covers("s3:get*", "s3:get?bject"));
    assert!(covers("*", "s3:x"));
    assert!(covers("s3:g?t", "s3:get"));
    assert!(covers("s3:*b*d", "s3:abcbd"));
    assert!(!covers("s3:g?t", "s3:g*t"));
    assert!(!covers("s3:get", "s3:get*"));
    assert!(!covers("s3:get*", "s3:list"));
}

/// Over a small world, a minimized policy says of every request what the policy said before.
#[test]
fn minimizing_never_changes_what_is_said() {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let actions = ["a:G", "a:P", "b:G", "a:*", "?:G"];
    let resources = ["x", "y", "z"];
    let principals = ["1", "2"];
    let mut saved = 0;
    for _ in 0..2000 {
        let mut policy = PolicyDocument::new();
        for _ in 0..=random(6) {
            let mut pick = |from: &[&'static str]| -> Vec<&'static str> {
                let some: Vec<_> = from.iter().copied().filter(|_| random(3) == 0).collect();
                if some.is_empty() { vec![from[0]] } else { some }
            };
            let (mut a, r, p) = (pick(&actions), pick(&resources), pick(&principals));
            let negated = pick(&["", "x"])[0] == "x";
            a.truncate(2);
            let statement = if random(4) == 0 { Statement::deny() } else { Statement::allow() };
            let statement = if negated { statement.not_actions(a) } else { statement.actions(a) };
            policy.push(statement.resources(r).principals(p.into_iter().map(Principal::arn)));
        }
        let minimized = policy.minimized();
        saved += policy.statements().len() - minimized.statements().len();
        for action in ["a:g", "a:p", "b:g", "b:p"] {
            for resource in resources {
                for principal in principals {
                    let says = |policy: &PolicyDocument, effect| {
                        policy.statements().iter().any(|statement| {
                            statement.effect == effect
                                && holds(statement, action, resource, principal)
                        })
                    };
                    for effect in [Effect::Allow, Effect::Deny] {
                        assert_eq!(
                            says(&policy, effect),
                            says(&minimized, effect),
                            "{policy:?}\n{minimized:?}"
                        );
                    }
                }
            }
        }
    }
    assert!(saved > 500, "only {saved} statements were merged");
}

fn holds(statement: &Statement, action: &str, resource: &str, principal: &str) -> bool {
    let covered = |patterns: &[Node]| {
        patterns
            .iter()
            .filter_map(Node::as_str)
            .any(|pattern| covers(&pattern.to_ascii_lowercase(), action))
    };
    let names = |nodes: &[Node], name: &str| nodes.iter().any(|node| node.as_str() == Some(name));
    (covered(&statement.actions)
        || (!statement.not_actions.is_empty() && !covered(&statement.not_actions)))
        && names(&statement.resources, resource)
        && statement.principals.iter().any(|p| p.value.as_str() == Some(principal))
}

#[test]
fn policies_are_read_from_json() {
    let node = json!({
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": {
            "Sid": "One",
            "Effect": "Deny",
            "Principal": "*",
            "NotAction": ["s3:Get*", "s3:List*"],
            "Resource": { "Fn::GetAtt": ["B", "Arn"] },
            "Condition": { "Null": { "aws:TokenIssueTime": "true" } }
        }
    });
    let policy = PolicyDocument::from_node(&node).unwrap();
    assert_eq!(
        statements(&policy),
        [
            r#"{"NotAction":["s3:Get*","s3:List*"],"Condition":{"Null":{"aws:TokenIssueTime":"true"}},"Effect":"Deny","Principal":"*","Resource":{"Fn::GetAtt":["B","Arn"]},"Sid":"One"}"#
        ]
    );
    let error =
        PolicyDocument::from_node(&json!({ "Statement": [{ "Effect": "Allow", "Acton": "x" }] }));
    let error = error.unwrap_err();
    assert_eq!(error.message, "a statement has no element `Acton`");
    assert_eq!(error.property.as_deref(), Some("Statement.0"));
}

/// Checks that a statement, or a list of them, has exactly these findings: `property: message`.
#[track_caller]
fn finds(kind: PolicyKind, statement: Node, expected: &[&str]) {
    let found: Vec<String> = check(&json!({ "Statement": statement }), kind, "Policy")
        .iter()
        .map(|finding| {
            assert_eq!(finding.code, crate::codes::BAD_POLICY.code);
            format!("{}: {}", finding.property.as_deref().unwrap_or_default(), finding.message)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn what_iam_refuses_is_found() {
    use PolicyKind::{Bucket, Identity, Key, Trust};
    let good = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" });
    finds(Identity, good.clone(), &[]);
    finds(
        Identity,
        json!([good.clone(), { "Fn::If": ["C", { "Effect": "Allow" }, { "Ref": "AWS::NoValue" }] }]),
        &[
            "Policy.Statement.1: a statement of a policy of users, groups or roles needs `Action` or `NotAction`",
            "Policy.Statement.1: a statement of a policy of users, groups or roles needs `Resource` or `NotResource`",
        ],
    );
    finds(Identity, json!([]), &["Policy.Statement: a policy needs a statement"]);
    finds(
        Identity,
        json!({ "Effect": "allow", "Action": "s3", "Resource": "bucket" }),
        &[
            "Policy.Statement.Effect: `allow` is no effect",
            "Policy.Statement.Action: `s3` is no action",
            "Policy.Statement.Resource: `bucket` is no ARN",
        ],
    );
    finds(
        Identity,
        json!({ "Effect": "Allow", "Action": [], "NotAction": "*", "Resource": [], "Principal": "*", "Resources": "*" }),
        &[
            "Policy.Statement: a statement has no element `Resources`",
            "Policy.Statement: a statement has `Action` or `NotAction`, not both",
            "Policy.Statement.Principal: a statement of a policy of users, groups or roles has no `Principal`",
            "Policy.Statement.Action: the list of actions is empty",
            "Policy.Statement.Resource: the list of resources is empty",
        ],
    );
    finds(
        Trust,
        json!({ "Effect": "Allow", "Action": ["sts:AssumeRole", "s3:GetObject"], "Resource": "*", "Principal": { "Service": "lambda", "Aws": "*" } }),
        &[
            "Policy.Statement.Resource: a statement of a role's trust policy has no `Resource`",
            "Policy.Statement.Action: a trust policy has actions of `sts` only, not `s3:GetObject`",
            "Policy.Statement.Principal.Service: `lambda` is no service principal",
            "Policy.Statement.Principal: `Aws` is no kind of principal",
        ],
    );
    finds(
        Bucket,
        good.clone(),
        &[
            "Policy.Statement: a statement of a bucket's policy needs `Principal` or `NotPrincipal`",
            "Policy.Statement.Resource: `*` is no ARN of S3",
        ],
    );
    finds(
        Identity,
        json!([{ "Sid": "A b", "Effect": "Allow", "Action": "*", "Resource": "*" }, { "Sid": "A b", "Effect": "Allow", "Action": "*", "Resource": "*" }]),
        &[
            "Policy.Statement.0.Sid: `A b` is no `Sid`",
            "Policy.Statement.1.Sid: `A b` is no `Sid`",
            "Policy.Statement.1.Sid: two statements have the `Sid` `A b`",
        ],
    );
    finds(
        Key,
        json!({ "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": "*" }),
        &[],
    );
    let mut conditional = good.clone();
    conditional.as_map_mut().unwrap().insert(
        "Condition",
        json!({
            "StringEqual": { "aws:SourceArn": "x" },
            "ForAnyValue:StringLikeIfExists": { "SourceArn": "x" },
            "NullIfExists": { "aws:x": "true" },
            "Bool": "true"
        }),
    );
    finds(
        Identity,
        conditional,
        &[
            "Policy.Statement.Condition.StringEqual: `StringEqual` is no condition operator",
            "Policy.Statement.Condition.ForAnyValue:StringLikeIfExists: `SourceArn` is no condition key",
            "Policy.Statement.Condition.NullIfExists: `NullIfExists` is no condition operator",
            "Policy.Statement.Condition.Bool: expected an object, found a string",
        ],
    );
    finds(
        Identity,
        json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::Übung-東京" }),
        &["Policy.Statement.Resource: IAM takes no `東` in a policy"],
    );
}

#[test]
fn a_condition_that_stands_twice_is_reported() {
    let statement = allow(&["s3:*"], &["*"])
        .condition(Condition::string_equals("aws:SourceAccount", ["1"]))
        .condition(Condition::string_equals("aws:SourceAccount", ["2"]));
    let findings = PolicyDocument::new().statement(statement).check(PolicyKind::Managed);
    assert_eq!(
        findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>(),
        ["`aws:SourceAccount` is there twice under `StringEquals`, which IAM does not take"]
    );
}

#[test]
fn size_counts_what_is_known() {
    assert_eq!(
        kind::size(&json!({ "a": ["b\n", 12], "c": {} })),
        r#"{"a":["b\n",12],"c":{}}"#.len()
    );
    assert_eq!(kind::size(&json!([{ "Fn::Sub": "a${B}c${!D}" }])), r#"["ac"]"#.len());
    assert_eq!(
        kind::size(&json!([{ "Fn::Join": [":", ["arn", { "Ref": "X" }, "s3"]] }])),
        r#"["arn::s3"]"#.len()
    );
    assert_eq!(kind::size(&json!([{ "Fn::If": ["C", "abc", "d"] }])), r#"["d"]"#.len());
    let bucket = Value::<String>::from_node(json!({ "Ref": "Bucket" }));
    let sub = Node::from(sub!("arn:{bucket}/*"));
    assert_eq!(kind::size(&sub), r#""arn:/*""#.len());
}

#[test]
fn policies_that_are_too_large_are_found() {
    let large = |characters: usize| {
        let resources: Vec<String> =
            (0..characters / 30).map(|i| format!("arn:aws:s3:::bucket-{i:07}")).collect();
        PolicyDocument::new().statement(Statement::allow().actions(["s3:*"]).resources(resources))
    };
    assert!(large(5_000).check(PolicyKind::Managed).is_empty());
    let findings = large(7_000).check(PolicyKind::Managed);
    assert_eq!(findings.len(), 1);
    assert!(findings[0].message.starts_with("a managed policy may have 6144 characters"));

    // The inline policies of a role share their limit; a long trust policy is a matter of the account's quota.
    let inline = |size| json!({ "PolicyName": "p", "PolicyDocument": large(size).to_node() });
    let properties = |sizes: &[usize]| -> Map {
        let policies: Vec<Node> = sizes.iter().map(|size| inline(*size)).collect();
        [("Policies", Node::List(policies))].into_iter().collect()
    };
    assert!(check_resource("AWS::IAM::Role", &properties(&[9_000])).is_empty());
    let findings = check_resource("AWS::IAM::Role", &properties(&[6_000, 6_000]));
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].property.as_deref(), Some("Policies"));

    let account = |number: usize| Principal::account(format!("{number:012}"));
    let trust = PolicyDocument::assume_role((0..100).map(account));
    let findings = trust.check(PolicyKind::Trust);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].severity, crate::Severity::Warning);
}

#[test]
fn a_policy_goes_where_json_is_wanted() {
    fn json_of(value: impl IntoValue<Json>) -> Node {
        value.into_value().into_node()
    }
    let policy = PolicyDocument::new().statement(allow(&["s3:*"], &["*"]));
    let typed: Value<PolicyDocument> = (&policy).into_value();
    assert_eq!(json_of(&policy), policy.to_node());
    assert_eq!(json_of(typed), policy.to_node());
    assert_eq!(json_of(policy.clone()), policy.to_node());
}
