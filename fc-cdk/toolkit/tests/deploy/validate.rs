//! `validate --online`: CloudFormation is asked, and nothing that is deployed changes, whatever happens on the way.

use std::{fs, process::Command};

use fc_cdk_testing::deploy::{
    ChangeSetOutcome, Effect, FakeCloudFormation, FakeStack, Fault, Scenario, Validation,
};

use crate::app::{Orders, change_sets, emulator, expect, status, until};

const ASK: &str = "validate --online";

/// A template of the stack as it was before.
const OLD: &str = r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}"#;

fn play(scenario: Scenario) -> FakeCloudFormation {
    FakeCloudFormation::play(scenario).unwrap()
}

/// No change set is left, and none was ever executed.
#[track_caller]
fn is_clean(fake: &FakeCloudFormation) {
    let calls = fake.calls();
    assert_eq!(fake.change_sets("Orders").len(), 0, "{calls:?}");
    assert!(!calls.iter().any(|call| call == "ExecuteChangeSet"), "{calls:?}");
}

/// Whether CloudFormation is asked about a stack in a state; the state and the template stay as they are.
fn check(state: &str, is_asked: bool) {
    let fake = play(Scenario::new().stack(FakeStack::new("Orders", state).template(OLD)));
    let run = Orders::at(&fake).run(ASK, &[]);
    let calls = fake.calls();
    let count = |action: &str| calls.iter().filter(|call| *call == action).count();
    let context = format!("{state}\n{}\n{calls:?}", run.output());
    assert_eq!(run.exit_code, Some(0), "{context}");
    assert_eq!(count("CreateChangeSet"), usize::from(is_asked), "{context}");
    assert_eq!(count("DeleteChangeSet"), usize::from(is_asked), "{context}");
    assert_eq!(count("DeleteStack"), 0, "{context}");
    assert_eq!(run.output().contains("is not asked about this stack"), !is_asked, "{context}");
    assert_eq!(run.output().contains(&format!("in the state {state}")), !is_asked, "{context}");
    assert_eq!(fake.status("Orders").as_deref(), Some(state), "{context}");
    assert_eq!(fake.template("Orders").as_deref(), Some(OLD), "{context}");
    is_clean(&fake);
}

/// One test for each state of a stack: whether CloudFormation takes a change set then.
macro_rules! states {
    ($($name:ident $state:literal: $is_asked:literal;)*) => {$(
        #[test]
        fn $name() {
            check($state, $is_asked);
        }
    )*};
}

states! {
    create_in_progress "CREATE_IN_PROGRESS": false;
    create_failed "CREATE_FAILED": true;
    create_complete "CREATE_COMPLETE": true;
    rollback_in_progress "ROLLBACK_IN_PROGRESS": false;
    rollback_failed "ROLLBACK_FAILED": false;
    rollback_complete "ROLLBACK_COMPLETE": false;
    delete_in_progress "DELETE_IN_PROGRESS": false;
    delete_failed "DELETE_FAILED": false;
    update_in_progress "UPDATE_IN_PROGRESS": false;
    update_complete_cleanup "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": false;
    update_complete "UPDATE_COMPLETE": true;
    update_failed "UPDATE_FAILED": true;
    update_rollback_in_progress "UPDATE_ROLLBACK_IN_PROGRESS": false;
    update_rollback_failed "UPDATE_ROLLBACK_FAILED": false;
    update_rollback_complete_cleanup "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": false;
    update_rollback_complete "UPDATE_ROLLBACK_COMPLETE": true;
    review_in_progress "REVIEW_IN_PROGRESS": true;
    import_in_progress "IMPORT_IN_PROGRESS": false;
    import_complete "IMPORT_COMPLETE": true;
    import_rollback_in_progress "IMPORT_ROLLBACK_IN_PROGRESS": false;
    import_rollback_failed "IMPORT_ROLLBACK_FAILED": false;
    import_rollback_complete "IMPORT_ROLLBACK_COMPLETE": true;
}

#[test]
fn a_new_stack_leaves_nothing_behind() {
    let fake = play(Scenario::new());
    expect(&Orders::at(&fake).run(ASK, &[]), 0, &["nothing is wrong"]);
    assert_eq!(fake.status("Orders"), None, "{:?}", fake.calls());
    is_clean(&fake);
}

#[test]
fn what_early_validation_finds_has_the_line_and_the_property() {
    let found = |name: &str, path: &str, reason: &str| Validation {
        name: name.to_owned(),
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let invalid = || {
        ChangeSetOutcome::Invalid(vec![
            found("NAME_CONFLICT_VALIDATION", "/Resources/Topic/Properties/TopicName", "it exists"),
            found(
                "PROPERTY_VALIDATION",
                "/Resources/Queue/Properties/VisibilityTimeout",
                "too long",
            ),
        ])
    };
    let says = [
        "error[forecast-exists-already]: it exists",
        "error[forecast-not-accepted]: too long",
        "orders.rs:",
        "= construct: Orders/Topic",
        "= property: TopicName",
        "= property: VisibilityTimeout",
        "found by PROPERTY_VALIDATION",
        "2 errors",
    ];
    let deployed = FakeStack::new("Orders", "UPDATE_COMPLETE").template(OLD);
    let fake = play(Scenario::new().stack(deployed).change_set("Orders", invalid()));
    expect(&Orders::at(&fake).run(ASK, &[]), 1, &says);
    assert_eq!(fake.status("Orders").as_deref(), Some("UPDATE_COMPLETE"));
    is_clean(&fake);
    let fake = play(Scenario::new().change_set("Orders", invalid()));
    expect(&Orders::at(&fake).run(ASK, &[]), 1, &says);
    assert_eq!(fake.status("Orders"), None);
    is_clean(&fake);
    let fake = play(Scenario::new().change_set("Orders", invalid()));
    let run = Orders::at(&fake).run("validate --online --format github", &[]);
    expect(
        &run,
        1,
        &["::error file=", "title=forecast-exists-already::Orders/Topic: TopicName: it exists"],
    );
}

#[test]
fn a_change_set_that_fails_says_why_at_the_stack() {
    let fails = ChangeSetOutcome::Fails("Unresolved resource dependencies [Nothing]".to_owned());
    let fake = play(Scenario::new().change_set("Orders", fails));
    let says = [
        "forecast-not-accepted",
        "Unresolved resource dependencies [Nothing]",
        "= construct: Orders",
    ];
    expect(&Orders::at(&fake).run(ASK, &[]), 1, &says);
    is_clean(&fake);
}

#[test]
fn a_template_that_is_refused_at_once_is_a_finding() {
    let scenario =
        Scenario::new().refuse("CreateChangeSet", "ValidationError", "Template error: no", 1);
    let fake = play(scenario);
    expect(&Orders::at(&fake).run(ASK, &[]), 1, &["forecast-not-accepted", "Template error: no"]);
    is_clean(&fake);
}

#[test]
fn no_change_is_no_finding() {
    let fake = play(Scenario::new());
    let orders = Orders::at(&fake);
    expect(&orders.run("deploy --all --yes", &[]), 0, &[]);
    expect(&orders.run(ASK, &[]), 0, &["nothing is wrong"]);
    assert_eq!(fake.change_sets("Orders").len(), 0);
}

#[test]
fn a_stack_that_reads_one_that_is_not_there_is_not_asked_about() {
    let fake = play(Scenario::new());
    let run = Orders::at(&fake).run(ASK, &["link=strong"]);
    expect(&run, 0, &["forecast-not-asked", "it reads outputs of `Orders`, which is not deployed"]);
    assert_eq!(fake.status("Reports"), None);
    is_clean(&fake);
}

#[test]
fn a_large_template_goes_through_the_bucket_and_that_is_said() {
    let fake = play(Scenario::new());
    let run = Orders::at(&fake).run(ASK, &["many=400"]);
    expect(
        &run,
        0,
        &["note: `Orders` has", "its template goes through the bucket `cdk-hnb659fds-assets-"],
    );
    assert!(fake.calls().iter().any(|call| call.starts_with("PUT /")), "{:?}", fake.calls());
    is_clean(&fake);
}

#[test]
fn nobody_is_asked_while_our_own_checks_find_errors() {
    let fake = play(Scenario::new());
    let run = Orders::at(&fake).run(ASK, &["files=Not_A_Name"]);
    expect(&run, 1, &["CloudFormation is asked once these errors are corrected"]);
    assert!(!fake.calls().iter().any(|call| call == "CreateChangeSet"));
}

#[test]
fn parameters_without_a_value_are_given() {
    let fake = play(Scenario::new());
    let orders = Orders::at(&fake);
    expect(&orders.run(ASK, &["secret=yes"]), 1, &["no value for the parameters `Password`"]);
    let run = orders.run("validate --online --parameters Password=hunter2", &["secret=yes"]);
    expect(&run, 0, &[]);
    assert!(!run.output().contains("hunter2"));
    is_clean(&fake);
}

#[test]
fn files_are_shown_to_cloudformation_as_they_are() {
    let fake = play(Scenario::new());
    let orders = Orders::at(&fake);
    fs::write(orders.folder.join("topic.json"), OLD).unwrap();
    expect(&orders.run("validate --online topic.json", &[]), 0, &["nothing is wrong"]);
    assert_eq!(fake.calls().last().map(String::as_str), Some("ValidateTemplate"));
    let refuses =
        Scenario::new().refuse("ValidateTemplate", "ValidationError", "no such function", 1);
    let fake = play(refuses);
    let orders = Orders::at(&fake);
    fs::write(orders.folder.join("topic.json"), OLD).unwrap();
    let says = ["forecast-not-accepted", "no such function", "topic.json:1:1"];
    expect(&orders.run("validate --online topic.json", &[]), 1, &says);
}

#[test]
fn nested_stacks_are_shown_to_cloudformation_each_by_itself() {
    let fake = play(Scenario::new());
    let run = Orders::at(&fake).run(ASK, &["nested=one"]);
    expect(
        &run,
        0,
        &["`Orders/Jobs`, `Orders/Jobs/Inner`", "the templates alone", "nothing is wrong"],
    );
    let calls = fake.calls();
    let count = |action: &str| calls.iter().filter(|call| *call == action).count();
    assert_eq!((count("CreateChangeSet"), count("ValidateTemplate")), (1, 2), "{calls:?}");
    assert!(!calls.iter().any(|call| call.starts_with("PUT /")), "{calls:?}");
    assert_eq!(fake.status("Orders"), None);
    is_clean(&fake);
}

#[test]
fn what_is_wrong_in_a_nested_stack_is_told_at_its_line() {
    let refuses =
        || Scenario::new().refuse("ValidateTemplate", "ValidationError", "no such function", 1);
    let fake = play(refuses());
    let says = [
        "error[forecast-not-accepted]: no such function",
        "= construct: Orders/Jobs",
        "orders.rs:",
    ];
    expect(&Orders::at(&fake).run(ASK, &["nested=one"]), 1, &says);
    is_clean(&fake);
    // Also where the stack around it cannot be asked about.
    let busy = FakeStack::new("Orders", "UPDATE_IN_PROGRESS").template(OLD);
    let fake = play(refuses().stack(busy));
    let run = Orders::at(&fake).run(ASK, &["nested=one"]);
    expect(&run, 1, &["forecast-not-asked", "no such function"]);
}

#[test]
fn a_large_nested_template_goes_through_the_bucket_and_that_is_said() {
    let fake = play(Scenario::new());
    let run = Orders::at(&fake).run(ASK, &["nested=one", "inside=400"]);
    let says =
        ["note: `Orders/Jobs` has", "its template goes through the bucket `cdk-hnb659fds-assets-"];
    expect(&run, 0, &says);
    let puts = fake.calls().iter().filter(|call| call.starts_with("PUT /")).count();
    assert_eq!(puts, 1, "{:?}", fake.calls());
    is_clean(&fake);
}

#[test]
fn nested_stacks_leave_nothing_behind() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(ASK, &["nested=one"]), 0, &["nothing is wrong"]);
    until("the empty stack is gone", || status(&account, "Orders") == "(none)");
    expect(&orders.run("bootstrap", &[]), 0, &[]);
    expect(&orders.run("deploy --all --yes", &["nested=one"]), 0, &[]);
    let before = account.template("Orders").unwrap();
    expect(&orders.run(ASK, &["nested=two"]), 0, &["nothing is wrong"]);
    assert_eq!(account.template("Orders").unwrap(), before, "what is deployed is as it was");
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");
    assert_eq!(change_sets(&account, "Orders"), 0);
}

/// Asks the emulator through a bad network about a new stack, and about a change of one that is there.
fn asks_through(faults: &[fn() -> Fault]) {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let orders = Orders::in_account(&account.through(&proxy));
    let add = || faults.iter().for_each(|fault| proxy.add(fault()));
    add();
    expect(&orders.run(ASK, &[]), 0, &["nothing is wrong"]);
    until("the empty stack is gone", || status(&account, "Orders") == "(none)");
    proxy.clear();
    expect(&orders.run("deploy --all --yes", &[]), 0, &[]);
    let before = (account.template("Orders").unwrap(), account.events("Orders").unwrap().len());
    add();
    expect(&orders.run(ASK, &["name=two"]), 0, &["nothing is wrong"]);
    let after = (account.template("Orders").unwrap(), account.events("Orders").unwrap().len());
    assert_eq!(before, after, "what is deployed is as it was");
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");
    assert_eq!(change_sets(&account, "Orders"), 0);
    assert_eq!(proxy.seen("ExecuteChangeSet"), 1, "that of the deployment");
}

#[test]
fn nothing_that_is_deployed_changes() {
    asks_through(&[]);
}

#[test]
fn lost_replies_change_nothing() {
    asks_through(&[
        || Fault::on("CreateChangeSet", Effect::LostReply).times(1),
        || Fault::on("DeleteChangeSet", Effect::LostReply).times(1),
    ]);
}

#[test]
fn throttling_and_server_errors_change_nothing() {
    asks_through(&[
        || Fault::throttling("DescribeChangeSet").times(2),
        || Fault::error("DeleteChangeSet", 503, "ServiceUnavailable", "oh").times(2),
    ]);
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let orders = Orders::in_account(&account.through(&proxy));
    proxy.add(Fault::on("DescribeChangeSet", Effect::Hang).times(1));
    let running = orders.spawn(ASK, &[]);
    until("it asks", || proxy.seen("DescribeChangeSet") > 0);
    let sent = Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(sent.success());
    expect(&running.wait().unwrap(), 1, &["interrupted", "nothing is left"]);
    assert_eq!(status(&account, "Orders"), "(none)");
    assert_eq!(proxy.seen("ExecuteChangeSet"), 0);
}
