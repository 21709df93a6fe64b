//! One stack reads another.

use fc_cdk_core::json;
use fc_cdk_testing::deploy::Account;

use crate::app::{Orders, emulator, expect, status};

const DEPLOY: &str = "deploy --all --yes";

/// What the reading stack has read.
fn read(account: &Account<'_>) -> String {
    let question = json!({ "Name": "/reports/topic" });
    let answer = account.call_json("ssm", "AmazonSSM.GetParameter", &question).unwrap();
    let value = answer.pointer("/Parameter/Value").and_then(fc_cdk_core::Node::as_str);
    value.unwrap_or_default().to_owned()
}

#[test]
fn a_strong_reference_is_removed_by_one_command() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(DEPLOY, &["link=strong"]), 0, &[]);
    assert!(read(&account).starts_with("arn:"));
    let exports = account.call("ListExports", &[]).unwrap();
    assert_eq!(exports.find("Exports").unwrap().children.len(), 1);
    // The producer comes first, and must not take the export away before the consumer lets it go.
    expect(&orders.run(DEPLOY, &["link=none"]), 0, &[]);
    assert_eq!(read(&account), "nothing");
    // Nothing is left of it, at the latest after another deployment.
    let again = orders.run(DEPLOY, &["link=none"]);
    expect(&again, 0, &[]);
    let template = account.template("Orders").unwrap().to_json();
    assert!(!template.contains("Export"), "{template}\n{}", again.output());
}

#[test]
fn a_changed_value_reaches_who_reads_it_weakly_in_the_same_command() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(DEPLOY, &["link=weak"]), 0, &[]);
    let first = read(&account);
    let run = orders.run(DEPLOY, &["link=weak", "topic=renamed"]);
    expect(&run, 0, &[]);
    let second = read(&account);
    assert!(second.ends_with(":renamed"), "{first} {second}\n{}", run.output());
    assert_eq!(status(&account, "Orders"), "UPDATE_COMPLETE");
}
