//! What keeps stacks from being deleted, and what stays of them.

use fc_cdk_core::json;

use super::*;

/// The stack as it is deployed: with this template, and these elements beside its name.
fn stack(template: &str, more: &str) -> Vec<Answer> {
    let mut answers = deployed(template);
    for answer in &mut answers {
        answer.2 = answer.2.replace("<StackName>", &format!("{more}<StackName>"));
    }
    answers
}

/// The resources of the deployed stack: logical and physical ids with types.
fn resources(all: &[(&str, &str, &str)]) -> Answer {
    let members: String = all
        .iter()
        .map(|(id, physical, type_name)| format!("<member><LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId><ResourceType>{type_name}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>"))
        .collect();
    ok(
        "ListStackResources",
        format!(
            "<R><ListStackResourcesResult><StackResourceSummaries>{members}</StackResourceSummaries></ListStackResourcesResult></R>"
        ),
    )
}

fn topic() -> App {
    app("AWS::SNS::Topic", json!({}))
}

const TOPIC: &str = r#"{"Resources": {"It": {"Type": "AWS::SNS::Topic"}}}"#;

#[test]
fn exports_that_others_import() {
    let exports = "<Outputs><member><OutputKey>Arn</OutputKey><OutputValue>a</OutputValue><ExportName>topic</ExportName></member><member><OutputKey>Name</OutputKey><OutputValue>n</OutputValue></member></Outputs>";
    let imports = |names: &[&str]| {
        let members: String = names.iter().map(|name| format!("<member>{name}</member>")).collect();
        ok(
            "ListImports ExportName=topic",
            format!("<R><ListImportsResult><Imports>{members}</Imports></ListImportsResult></R>"),
        )
    };
    let check = |imports: Answer| {
        let mut answers = stack(TOPIC, exports);
        answers.extend([resources(&[]), imports]);
        findings_of(topic, &["--destroy"], answers)
    };
    assert_eq!(check(imports(&[])), [""; 0]);
    let nobody = error("ValidationError", "Export 'topic' is not imported by any stack.");
    assert_eq!(check(("ListImports ExportName=topic", 400, nobody)), [""; 0]);
    // What is deleted with it does not need it.
    assert_eq!(check(imports(&["Shop"])), [""; 0]);
    assert_eq!(
        check(imports(&["Reports", "Shop", "Mail"])),
        ["export-in-use Outputs.Arn: `topic` is imported by `Reports`, `Mail`"]
    );
}

#[test]
fn stacks_that_are_protected() {
    let check = |protected: bool| {
        let more =
            format!("<EnableTerminationProtection>{protected}</EnableTerminationProtection>");
        let mut answers = stack(TOPIC, &more);
        answers.push(resources(&[]));
        findings_of(topic, &["--destroy"], answers)
    };
    assert_eq!(check(false), [""; 0]);
    assert_eq!(check(true), ["termination-protected : `Shop` is protected from being deleted"]);
}

#[test]
fn what_stays_is_told_and_does_not_fail() {
    let template = r#"{
        "Parameters": {"Keep": {"Type": "String", "Default": "no"}},
        "Conditions": {"Keeps": {"Fn::Equals": [{"Ref": "Keep"}, "yes"]}},
        "Resources": {
            "Data": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
            "Rows": {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Snapshot"},
            "Sometimes": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Condition": "Keeps"}
        }
    }"#;
    let check = |more: &str| {
        let mut answers = stack(template, more);
        answers.push(resources(&[]));
        findings_of(topic, &["--destroy"], answers)
    };
    let always = [
        "retained : this AWS::S3::Bucket stays",
        "retained : a snapshot of this AWS::RDS::DBInstance stays",
    ];
    assert_eq!(check(""), always);
    let kept = "<Parameters><member><ParameterKey>Keep</ParameterKey><ParameterValue>yes</ParameterValue></member></Parameters>";
    assert_eq!(check(kept), [&always[..], &always[..1]].concat());
}

#[test]
fn protection_is_that_of_the_deployed_values() {
    let template = r#"{
        "Parameters": {"Protect": {"Type": "String", "Default": "false"}},
        "Conditions": {"Protects": {"Fn::Equals": [{"Ref": "Protect"}, "true"]}},
        "Resources": {
            "Rows": {"Type": "AWS::DynamoDB::Table", "Properties": {"DeletionProtectionEnabled": {"Ref": "Protect"}}},
            "Cluster": {"Type": "AWS::RDS::DBCluster", "Condition": "Protects", "Properties": {"DeletionProtection": true}}
        }
    }"#;
    let check = |more: &str| {
        let mut answers = stack(template, more);
        answers.push(resources(&[]));
        findings_of(topic, &["--destroy"], answers)
    };
    assert_eq!(check(""), [""; 0]);
    let on = "<Parameters><member><ParameterKey>Protect</ParameterKey><ParameterValue>true</ParameterValue></member></Parameters>";
    let protected = |property: &str, name: &str| {
        format!(
            "deletion-protected {property}: this {name} is to be deleted, and is protected from it"
        )
    };
    assert_eq!(
        check(on),
        [
            protected("DeletionProtectionEnabled", "AWS::DynamoDB::Table"),
            protected("DeletionProtection", "AWS::RDS::DBCluster"),
        ]
    );
}

#[test]
fn rights_to_delete_are_simulated_on_what_there_is() {
    let template = r#"{"Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue"},
        "News": {"Type": "AWS::SNS::Topic"},
        "Kept": {"Type": "AWS::Kinesis::Stream", "DeletionPolicy": "Retain"}
    }}"#;
    let denies = |action: &'static str, arn: &str| {
        let resource = format!(
            "<ResourceSpecificResults><member><EvalResourceName>{arn}</EvalResourceName><EvalResourceDecision>implicitDeny</EvalResourceDecision></member></ResourceSpecificResults>"
        );
        format!(
            "<R><SimulatePrincipalPolicyResult><EvaluationResults><member><EvalActionName>{action}</EvalActionName><EvalDecision>implicitDeny</EvalDecision>{resource}</member></EvaluationResults></SimulatePrincipalPolicyResult></R>"
        )
    };
    let queue = "arn:aws:sqs:ap-northeast-1:123456789012:Shop-Jobs-1ABC";
    let news = "arn:aws:sns:ap-northeast-1:123456789012:Shop-News-1ABC";
    let answers = || {
        let mut answers = stack(template, "");
        answers.push(resources(&[
            (
                "Jobs",
                "https://sqs.ap-northeast-1.amazonaws.com/123456789012/Shop-Jobs-1ABC",
                "AWS::SQS::Queue",
            ),
            ("News", news, "AWS::SNS::Topic"),
            ("Kept", "Shop-Kept-1ABC", "AWS::Kinesis::Stream"),
        ]));
        // Only what asks for deletions of these very resources is answered.
        answers
            .push(ok("SimulatePrincipalPolicy Shop-Jobs-1ABC", denies("sqs:DeleteQueue", queue)));
        answers.push(ok("SimulatePrincipalPolicy Shop-News-1ABC", denies("sns:DeleteTopic", news)));
        answers
    };
    let may_not = |action: &str, arn: &str| {
        format!(
            "not-permitted : `arn:aws:iam::123456789012:user/me` may not do this on `{arn}`: {action}"
        )
    };
    assert_eq!(
        findings_of(topic, &["--destroy", "--permissions"], answers()),
        [
            "retained : this AWS::Kinesis::Stream stays".to_owned(),
            may_not("sqs:DeleteQueue", queue),
            may_not("sns:DeleteTopic", news),
        ]
    );
    let run = run(topic, &["--destroy"], answers());
    assert!(!run.asked.contains(&"SimulatePrincipalPolicy".to_owned()), "{:?}", run.asked);
    assert!(run.err.contains("nothing found"), "{}", run.err);
}

#[test]
fn a_stack_that_is_not_deployed_asks_nothing() {
    let run = run(topic, &["--destroy", "--permissions"], Vec::new());
    assert_eq!(run.exit, Exit::Ok, "{}", run.err);
    assert!(!run.asked.iter().any(|it| it == "ListStackResources" || it == "ListImports"));
}
