//! From nothing to nothing, as it should be.

use std::fs;

use crate::app::{Orders, emulator, expect, status};

const DEPLOY: &str = "deploy --all --yes";

#[test]
fn a_stack_is_made_left_alone_changed_and_removed() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let orders = Orders::in_account(&account.through(&proxy));
    expect(&orders.run("deploy --all --yes --outputs-file out.json", &[]), 0, &["Orders"]);
    let deployed = account.stack("Orders").unwrap().unwrap();
    assert_eq!(deployed.status, "CREATE_COMPLETE");
    let written = fs::read_to_string(orders.folder.join("out.json")).unwrap();
    assert!(written.contains(&deployed.outputs["TopicArn"]), "{written}");

    // Without a difference nothing is asked but who we are, what the stack is, and its template.
    proxy.take_calls();
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    let calls: Vec<String> = proxy.take_calls().into_iter().map(|call| call.operation).collect();
    let asked = |name: &str| calls.iter().filter(|call| *call == name).count();
    assert_eq!(
        (asked("DescribeStacks"), asked("GetTemplate"), asked("GetCallerIdentity")),
        (1, 1, 1),
        "{calls:?}"
    );
    assert_eq!(calls.len(), 3, "{calls:?}");
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");

    expect(&orders.run(DEPLOY, &["name=second"]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "UPDATE_COMPLETE");
    expect(&orders.run("drift", &["name=second"]), 0, &[]);
    expect(&orders.run("outputs", &["name=second"]), 0, &[&deployed.outputs["TopicArn"]]);
    expect(&orders.run("destroy --all --yes", &["name=second"]), 0, &["Orders"]);
    assert_eq!(status(&account, "Orders"), "(none)");
    expect(&orders.run("destroy --all --yes", &[]), 0, &[]);
}

#[test]
fn what_a_plan_showed_is_deployed_and_nothing_else() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    expect(&orders.run("plan -o plan.json", &["name=second"]), 0, &[]);
    // The app says something else by now.
    expect(&orders.run("deploy plan.json --yes", &["name=other"]), 3, &["plan"]);
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");
    expect(&orders.run("deploy plan.json --yes", &["name=second"]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "UPDATE_COMPLETE");
}

#[test]
fn more_permissions_need_a_yes() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    expect(&orders.run("deploy --all", &["role=yes"]), 3, &["--yes"]);
    assert_eq!(status(&account, "Orders"), "(none)");
    expect(&orders.run("deploy --all --require-approval never", &["role=yes"]), 0, &[]);
}

#[test]
fn data_is_lost_only_by_name() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    let bucket = format!("orders-files-{}", account.id());
    expect(&orders.run(DEPLOY, &[&format!("files={bucket}")]), 0, &[]);
    account.put_object(&bucket, "letter.txt", b"dear").unwrap();
    let gone = orders.run(DEPLOY, &[]);
    expect(&gone, 3, &["Orders/Files", "--allow-data-loss Orders/Files"]);
    let renamed = orders.run(DEPLOY, &[&format!("files={bucket}-2")]);
    expect(&renamed, 3, &["Orders/Files", "BucketName"]);
    assert_eq!(account.object_body(&bucket, "letter.txt").unwrap(), b"dear");
    expect(&orders.run("deploy --all --yes --allow-data-loss Orders/Files", &[]), 0, &[]);
    assert!(account.object_body(&bucket, "letter.txt").is_err());
}

#[test]
fn events_are_lines_of_json_on_request() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    let run = orders.run("deploy --all --yes --json", &[]);
    expect(&run, 0, &[]);
    assert!(run.stdout.lines().count() > 3, "{}", run.output());
    for line in run.stdout.lines() {
        assert!(fc_cdk_core::Node::parse_json(line).is_ok(), "{line}");
    }
}

#[test]
fn what_needs_the_bucket_says_how_to_make_one() {
    let Some(emulator) = emulator() else { return };
    for context in ["asset=hello", "many=400"] {
        let account = emulator.new_account();
        let orders = Orders::in_account(&account);
        let run = orders.run(DEPLOY, &[context]);
        expect(&run, 1, &["bucket", "bootstrap"]);
        assert_eq!(status(&account, "Orders"), "(none)", "{}", run.output());
    }
}
