//! Failures of resources, and how a stack comes out of them.

use std::time::Duration;

use fc_cdk_testing::deploy::{Operation, ResourceFault};

use crate::app::{Orders, emulator, expect, status, until};

const DEPLOY: &str = "deploy --all --yes";

#[test]
fn a_creation_that_fails_is_taken_back_and_made_anew_the_next_time() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    let fault =
        ResourceFault::fails(Operation::Create, "Queue", "queue of this name already exists");
    account.fault(&fault.times(1)).unwrap();
    // The construct, its line, AWS's words, what to do.
    let says = [
        "ROLLBACK_COMPLETE",
        "cause: Orders/Queue (AWS::SQS::Queue, CREATE_FAILED)",
        "--> fc-cdk/toolkit/examples/orders.rs:",
        "queue of this name already exists",
        "help: something of this name exists already",
    ];
    expect(&orders.run(DEPLOY, &[]), 4, &says);
    assert_eq!(status(&account, "Orders"), "ROLLBACK_COMPLETE");
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");
}

#[test]
fn a_creation_that_fails_is_kept_with_no_rollback_and_gone_on_with() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    account
        .fault(&ResourceFault::fails(Operation::Create, "Queue", "no queue today").times(1))
        .unwrap();
    let line = "deploy --all --yes --no-rollback";
    expect(&orders.run(line, &[]), 5, &["CREATE_FAILED", "no queue today"]);
    assert_eq!(status(&account, "Orders"), "CREATE_FAILED");
    expect(&orders.run(line, &[]), 0, &[]);
    assert!(status(&account, "Orders").ends_with("_COMPLETE"));
}

#[test]
fn an_update_that_fails_is_taken_back() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    account.fault(&ResourceFault::fails(Operation::Update, "Queue", "no longer").times(1)).unwrap();
    let says = ["UPDATE_ROLLBACK_COMPLETE", "Orders/Queue", "orders.rs:", "no longer"];
    expect(&orders.run(DEPLOY, &["name=second"]), 4, &says);
    assert_eq!(status(&account, "Orders"), "UPDATE_ROLLBACK_COMPLETE");
    assert!(account.template("Orders").unwrap().to_json().contains("\"one\""));
    expect(&orders.run(DEPLOY, &["name=second"]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "UPDATE_COMPLETE");
}

#[test]
fn a_rollback_that_fails_is_recovered() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    account.fault(&ResourceFault::fails(Operation::Update, "Queue", "no longer")).unwrap();
    account.fault(&ResourceFault::fails(Operation::Update, "Topic", "neither").after(1)).unwrap();
    let says = ["UPDATE_ROLLBACK_FAILED", "no longer", "deploy --recover"];
    expect(&orders.run(DEPLOY, &["name=second"]), 5, &says);
    assert_eq!(status(&account, "Orders"), "UPDATE_ROLLBACK_FAILED");
    // Without `--recover` nothing is touched.
    expect(&orders.run(DEPLOY, &["name=second"]), 5, &["UPDATE_ROLLBACK_FAILED", "--recover"]);
    assert_eq!(status(&account, "Orders"), "UPDATE_ROLLBACK_FAILED");
    account.clear_faults().unwrap();
    expect(&orders.run("deploy --all --yes --recover", &["name=second"]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "UPDATE_COMPLETE");
}

#[test]
fn what_stands_in_the_way_of_a_rollback_is_skipped_by_name() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    account.fault(&ResourceFault::fails(Operation::Update, "Queue", "no longer").times(1)).unwrap();
    account
        .fault(&ResourceFault::fails(Operation::Update, "Topic", "neither").after(1).times(2))
        .unwrap();
    expect(&orders.run(DEPLOY, &["name=second"]), 5, &["UPDATE_ROLLBACK_FAILED"]);
    expect(&orders.run("deploy --all --yes --recover", &["name=second"]), 5, &["Topic"]);
    let line = "deploy --all --yes --recover --skip Topic";
    expect(&orders.run(line, &["name=second"]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "UPDATE_COMPLETE");
}

#[test]
fn a_creation_and_its_rollback_that_fail_are_recovered() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    account.fault(&ResourceFault::fails(Operation::Create, "Queue", "no queue")).unwrap();
    account.fault(&ResourceFault::fails(Operation::Delete, "Topic", "it is busy")).unwrap();
    expect(&orders.run(DEPLOY, &[]), 5, &["ROLLBACK_FAILED", "no queue"]);
    assert_eq!(status(&account, "Orders"), "ROLLBACK_FAILED");
    account.clear_faults().unwrap();
    expect(&orders.run("deploy --all --yes --recover", &[]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");
}

#[test]
fn a_deletion_that_fails_names_what_is_left_and_may_keep_it() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    account.fault(&ResourceFault::fails(Operation::Delete, "Topic", "it is busy")).unwrap();
    expect(
        &orders.run("destroy --all --yes", &[]),
        5,
        &["DELETE_FAILED", "Orders/Topic", "it is busy"],
    );
    assert_eq!(status(&account, "Orders"), "DELETE_FAILED");
    expect(&orders.run("destroy --all --yes --skip Topic", &[]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "(none)");
}

#[test]
fn an_update_of_somebody_else_is_waited_for() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    account
        .fault(&ResourceFault::waits(Operation::Update, "Topic", Duration::from_secs(60)).times(1))
        .unwrap();
    let theirs = account.template("Orders").unwrap().to_json().replace("\"one\"", "\"theirs\"");
    account.call("UpdateStack", &[("StackName", "Orders"), ("TemplateBody", &theirs)]).unwrap();
    let ours = orders.spawn(DEPLOY, &["name=ours"]);
    until("it follows", || ours.output().contains("Orders"));
    account.clear_faults().unwrap();
    expect(&ours.wait().unwrap(), 0, &[]);
    assert_eq!(status(&account, "Orders"), "UPDATE_COMPLETE");
    assert!(account.template("Orders").unwrap().to_json().contains("\"ours\""));
}

#[test]
fn a_stack_that_fails_does_not_stop_those_that_do_not_need_it() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    account
        .fault(&ResourceFault::fails(Operation::Create, "Topic", "no topic").in_stack("Copy2"))
        .unwrap();
    let run = orders.run(DEPLOY, &["copies=4"]);
    expect(&run, 4, &["`Copy2`", "no topic"]);
    for (stack, expected) in [
        ("Copy1", "CREATE_COMPLETE"),
        ("Copy2", "ROLLBACK_COMPLETE"),
        ("Copy3", "CREATE_COMPLETE"),
        ("Copy4", "CREATE_COMPLETE"),
    ] {
        assert_eq!(status(&account, stack), expected, "{stack}\n{}", run.output());
    }
}
