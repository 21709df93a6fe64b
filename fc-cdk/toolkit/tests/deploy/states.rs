//! Every state of a stack, and what CloudFormation refuses: the scenarios are data.

use std::process::Command;

use fc_cdk_testing::deploy::{
    ChangeSetOutcome, FakeCloudFormation, FakeStack, Scenario, Validation,
};

use crate::app::{Orders, expect};

const DEPLOY: &str = "deploy --all --yes";
const RECOVER: &str = "deploy --all --yes --recover";
const DESTROY: &str = "destroy --all --yes";

/// A template of the stack as it was before.
const OLD: &str =
    r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"},"Queue":{"Type":"AWS::SQS::Queue"}}}"#;

fn stack(status: &str) -> FakeStack {
    FakeStack::new("Orders", status).template(OLD)
}

/// Runs a command on a stack in a state, and compares exit code and the state at the end.
fn check(status: &str, line: &str, exit_code: i32, end: Option<&str>) {
    let going_on = match status {
        "CREATE_IN_PROGRESS" => "CREATE_COMPLETE Topic\nCREATE_COMPLETE Orders",
        "ROLLBACK_IN_PROGRESS" => "DELETE_COMPLETE Topic\nROLLBACK_COMPLETE Orders",
        "DELETE_IN_PROGRESS" => "DELETE_COMPLETE Topic\nDELETE_COMPLETE Orders",
        "UPDATE_IN_PROGRESS" => {
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS Orders\nUPDATE_COMPLETE Orders"
        }
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" => "UPDATE_COMPLETE Orders",
        "UPDATE_ROLLBACK_IN_PROGRESS" | "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" => {
            "UPDATE_ROLLBACK_COMPLETE Orders"
        }
        "IMPORT_IN_PROGRESS" => "IMPORT_COMPLETE Orders",
        "IMPORT_ROLLBACK_IN_PROGRESS" => "IMPORT_ROLLBACK_COMPLETE Orders",
        _ => "",
    };
    let scenario = Scenario::new().stack(stack(status).going_on(going_on));
    let fake = FakeCloudFormation::play(scenario).unwrap();
    let run = Orders::at(&fake).run(line, &[]);
    let output = format!("{status}: {line}\n{}\n{:?}", run.output(), fake.calls());
    assert_eq!(run.exit_code, Some(exit_code), "{output}");
    assert_eq!(fake.status("Orders").as_deref(), end, "{output}");
    if exit_code != 0 {
        assert!(run.output().contains(status), "{output}");
    }
}

/// One test for each row: the state, and how `deploy`, `deploy --recover` and `destroy` end: exit code and state.
macro_rules! states {
    ($($name:ident $state:literal: $deploy:expr, $recover:expr;)*) => {$(
        #[test]
        fn $name() {
            let (exit, end) = $deploy;
            check($state, DEPLOY, exit, Some(end));
            let (exit, end) = $recover;
            check($state, RECOVER, exit, Some(end));
            check($state, DESTROY, 0, None);
        }
    )*};
}

const MADE: (i32, &str) = (0, "CREATE_COMPLETE");
const CHANGED: (i32, &str) = (0, "UPDATE_COMPLETE");

states! {
    create_in_progress "CREATE_IN_PROGRESS": CHANGED, CHANGED;
    create_failed "CREATE_FAILED": CHANGED, MADE;
    create_complete "CREATE_COMPLETE": CHANGED, CHANGED;
    rollback_in_progress "ROLLBACK_IN_PROGRESS": MADE, MADE;
    rollback_failed "ROLLBACK_FAILED": (5, "ROLLBACK_FAILED"), MADE;
    rollback_complete "ROLLBACK_COMPLETE": MADE, MADE;
    delete_in_progress "DELETE_IN_PROGRESS": MADE, MADE;
    delete_failed "DELETE_FAILED": (5, "DELETE_FAILED"), MADE;
    update_in_progress "UPDATE_IN_PROGRESS": CHANGED, CHANGED;
    update_complete_cleanup "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": CHANGED, CHANGED;
    update_complete "UPDATE_COMPLETE": CHANGED, CHANGED;
    update_failed "UPDATE_FAILED": CHANGED, CHANGED;
    update_rollback_in_progress "UPDATE_ROLLBACK_IN_PROGRESS": CHANGED, CHANGED;
    update_rollback_failed "UPDATE_ROLLBACK_FAILED": (5, "UPDATE_ROLLBACK_FAILED"), CHANGED;
    update_rollback_complete_cleanup "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": CHANGED, CHANGED;
    update_rollback_complete "UPDATE_ROLLBACK_COMPLETE": CHANGED, CHANGED;
    review_in_progress "REVIEW_IN_PROGRESS": MADE, MADE;
    import_in_progress "IMPORT_IN_PROGRESS": CHANGED, CHANGED;
    import_complete "IMPORT_COMPLETE": CHANGED, CHANGED;
    import_rollback_in_progress "IMPORT_ROLLBACK_IN_PROGRESS": CHANGED, CHANGED;
    import_rollback_failed "IMPORT_ROLLBACK_FAILED": (5, "IMPORT_ROLLBACK_FAILED"), (5, "IMPORT_ROLLBACK_FAILED");
    import_rollback_complete "IMPORT_ROLLBACK_COMPLETE": CHANGED, CHANGED;
}

/// Runs a command in a scenario.
#[track_caller]
fn plays(scenario: Scenario, line: &str, exit_code: i32, says: &[&str]) -> FakeCloudFormation {
    let fake = FakeCloudFormation::play(scenario).unwrap();
    let run = Orders::at(&fake).run(line, &[]);
    expect(&run, exit_code, says);
    fake
}

#[test]
fn early_validation_names_the_line_and_changes_nothing() {
    let found = Validation {
        name: "NAME_CONFLICT_VALIDATION".to_owned(),
        path: "/Resources/Topic/Properties/TopicName".to_owned(),
        reason: "a topic of this name exists".to_owned(),
    };
    let invalid = || ChangeSetOutcome::Invalid(vec![found.clone()]);
    let says = [
        "nothing has been changed",
        "NAME_CONFLICT_VALIDATION",
        "a topic of this name exists",
        "/Resources/Topic/Properties/TopicName",
        "orders.rs:",
        "--import-existing-resources",
    ];
    let scenario = Scenario::new().stack(stack("CREATE_COMPLETE")).change_set("Orders", invalid());
    let fake = plays(scenario, DEPLOY, 1, &says);
    assert_eq!(fake.status("Orders").as_deref(), Some("CREATE_COMPLETE"));
    assert_eq!(fake.change_sets("Orders").len(), 0);
    // Of a new stack nothing is left, once somebody looks.
    let fake = plays(Scenario::new().change_set("Orders", invalid()), DEPLOY, 1, &says);
    let _ = fake.call("DescribeStacks", &[("StackName", "Orders")]);
    assert_eq!(fake.status("Orders"), None);
}

#[test]
fn a_change_set_that_fails_says_why() {
    let fails = ChangeSetOutcome::Fails("Unresolved resource dependencies [Nothing]".to_owned());
    let scenario = Scenario::new().stack(stack("CREATE_COMPLETE")).change_set("Orders", fails);
    let fake = plays(scenario, DEPLOY, 1, &["Unresolved resource dependencies [Nothing]"]);
    assert_eq!(fake.change_sets("Orders").len(), 0);
}

#[test]
fn a_change_set_made_obsolete_by_somebody_else_is_made_again() {
    let scenario = Scenario::new()
        .stack(stack("CREATE_COMPLETE"))
        .change_set("Orders", ChangeSetOutcome::Obsolete);
    let fake = plays(scenario, DEPLOY, 0, &[]);
    assert_eq!(fake.status("Orders").as_deref(), Some("UPDATE_COMPLETE"));
    assert_eq!(fake.change_sets("Orders").len(), 0);
}

#[test]
fn a_stack_that_is_deleted_midway_is_said_to_be_gone() {
    let script = "
        UPDATE_IN_PROGRESS Orders
        DELETE_IN_PROGRESS Orders: User Initiated
        DELETE_COMPLETE Topic
        DELETE_COMPLETE Orders
    ";
    let scenario = Scenario::new().stack(stack("CREATE_COMPLETE")).when_updated("Orders", script);
    let fake = plays(scenario, DEPLOY, 5, &["the stack is gone"]);
    assert_eq!(fake.status("Orders"), None);
}

#[test]
fn a_capability_that_is_missing_is_named() {
    let message = "Requires capabilities : [CAPABILITY_NAMED_IAM]";
    let scenario = Scenario::new().stack(stack("CREATE_COMPLETE")).refuse(
        "CreateChangeSet",
        "InsufficientCapabilitiesException",
        message,
        1,
    );
    let fake = plays(scenario, DEPLOY, 1, &[message]);
    assert_eq!(fake.status("Orders").as_deref(), Some("CREATE_COMPLETE"));
}

#[test]
fn the_first_cause_comes_before_what_follows_from_it() {
    let script = "
        UPDATE_IN_PROGRESS Orders
        UPDATE_IN_PROGRESS Topic
        UPDATE_IN_PROGRESS Queue
        UPDATE_FAILED Queue: Resource update cancelled
        UPDATE_FAILED Topic: Invalid parameter: DisplayName
        UPDATE_ROLLBACK_IN_PROGRESS Orders: The following resource(s) failed to update: [Topic, Queue].
        UPDATE_COMPLETE Topic
        UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS Orders
        UPDATE_ROLLBACK_COMPLETE Orders
    ";
    let scenario = Scenario::new().stack(stack("CREATE_COMPLETE")).when_updated("Orders", script);
    let says =
        ["cause: Orders/Topic", "Invalid parameter: DisplayName", "UPDATE_ROLLBACK_COMPLETE"];
    plays(scenario, DEPLOY, 4, &says);
}

#[test]
fn an_export_that_a_stack_elsewhere_imports_is_kept() {
    let old = r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}},"Outputs":{"Old":{"Value":"v","Export":{"Name":"orders-old"}}}}"#;
    let stack = FakeStack::new("Orders", "CREATE_COMPLETE").template(old);
    let scenario = Scenario::new()
        .stack(stack.output("Old", "v", Some("orders-old")))
        .importer("orders-old", "Elsewhere");
    let says = ["keeps its output `Old`", "as long as Elsewhere reads it"];
    let fake = plays(scenario, DEPLOY, 0, &says);
    assert_eq!(fake.status("Orders").as_deref(), Some("UPDATE_COMPLETE"));
    assert!(fake.template("Orders").unwrap().contains("orders-old"));
}

#[test]
fn a_protected_stack_is_not_deleted() {
    let scenario = Scenario::new().stack(stack("CREATE_COMPLETE").protected());
    let fake = plays(scenario, DESTROY, 3, &["protect"]);
    assert_eq!(fake.status("Orders").as_deref(), Some("CREATE_COMPLETE"));
}

#[test]
fn a_deletion_that_fails_on_aws_names_what_is_left() {
    let script = "
        DELETE_IN_PROGRESS Orders
        DELETE_COMPLETE Queue
        DELETE_FAILED Topic: The bucket you tried to delete is not empty
        DELETE_FAILED Orders: The following resource(s) failed to delete: [Topic].
    ";
    let scenario = Scenario::new().stack(stack("CREATE_COMPLETE")).when_deleted("Orders", script);
    plays(scenario, DESTROY, 5, &["DELETE_FAILED", "Topic", "not empty"]);
}

#[test]
fn a_rollback_that_fails_says_how_to_go_on() {
    let script = "
        UPDATE_IN_PROGRESS Orders
        UPDATE_FAILED Topic: no
        UPDATE_ROLLBACK_IN_PROGRESS Orders: The following resource(s) failed to update: [Topic].
        UPDATE_FAILED Queue: neither
        UPDATE_ROLLBACK_FAILED Orders: The following resource(s) failed to update: [Queue].
    ";
    let scenario = Scenario::new().stack(stack("CREATE_COMPLETE")).when_updated("Orders", script);
    plays(scenario, DEPLOY, 5, &["UPDATE_ROLLBACK_FAILED", "deploy --recover"]);
}

#[test]
fn a_bucket_of_assets_that_is_gone_is_named() {
    let fake = FakeCloudFormation::play(Scenario::new().without_bucket()).unwrap();
    let run = Orders::at(&fake).run(DEPLOY, &["asset=hello"]);
    expect(&run, 1, &["cdk-hnb659fds-assets-123456789012-ap-northeast-1", "bootstrap"]);
    assert_eq!(fake.status("Orders"), None);
}

/// A limit on the size of files stands for a full disk: the system refuses to write.
#[test]
fn a_full_disk_is_said_before_anything_is_deployed() {
    let fake = FakeCloudFormation::play(Scenario::new()).unwrap();
    let orders = Orders::at(&fake);
    let program = orders.command("", &[]);
    let program = program.get_program().to_string_lossy().into_owned();
    let mut shell = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" synth -q --output cdk.out";
    shell.args(["-c", script, &program]).current_dir(&orders.folder);
    let run = orders.start(&mut shell).wait().unwrap();
    expect(&run, 1, &["cdk.out"]);
    // Nothing half written is left.
    assert!(!orders.folder.join("cdk.out/manifest.json").exists());

    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" plan -o plan.json";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, &program]).current_dir(&orders.folder);
    let run = orders.start(&mut shell).wait().unwrap();
    expect(&run, 1, &["plan.json"]);
    // What it planned stands in nobody's way.
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    assert_eq!(fake.status("Orders").as_deref(), Some("CREATE_COMPLETE"));
}
