//! Faults on the way to AWS: each time the stack is as it should be in the end, and nothing is done twice.

use std::time::Duration;

use fc_cdk_testing::deploy::{Effect, Fault};

use crate::app::{Orders, change_sets, emulator, expect, status};

/// What a deployment of a new stack through this network leads to.
enum Outcome {
    /// It is deployed as if nothing was.
    Deployed,
    /// It ends with this exit code and says this; run again without the faults, it is deployed.
    Fails(i32, &'static [&'static str]),
}

use Outcome::{Deployed, Fails};

fn deploys(line: &str, faults: Vec<Fault>, outcome: Outcome) {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    for fault in faults {
        proxy.add(fault);
    }
    let orders = Orders::in_account(&account.through(&proxy));
    let run = orders.run(line, &[]);
    if let Fails(exit, says) = outcome {
        expect(&run, exit, says);
        proxy.clear();
        expect(&orders.run(line, &[]), 0, &[]);
    } else {
        expect(&run, 0, &[]);
    }
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");
    assert_eq!(change_sets(&account, "Orders"), 0);
    let created = account.events("Orders").unwrap();
    let created = created
        .iter()
        .filter(|event| event.logical_id == "Topic" && event.status == "CREATE_COMPLETE");
    assert_eq!(created.count(), 1, "made once");
}

const DEPLOY: &str = "deploy --all --yes";
const DIRECT: &str = "deploy --all --yes --method direct";

macro_rules! network {
    ($($name:ident: $line:expr, [$($fault:expr),*] => $outcome:expr;)*) => {$(
        #[test]
        fn $name() {
            deploys($line, vec![$($fault),*], $outcome);
        }
    )*};
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

network! {
    throttling_for_30_s: DEPLOY, [Fault::throttling("*").lasts(seconds(30))] => Deployed;
    throttling_while_it_goes_on: DEPLOY, [Fault::throttling("DescribeStackEvents").times(4)] => Deployed;
    server_errors_everywhere: DEPLOY, [Fault::error("*", 503, "ServiceUnavailable", "oh").after(1).times(4)] => Deployed;
    a_server_error_of_create_change_set: DEPLOY, [Fault::error("CreateChangeSet", 500, "InternalFailure", "oh").times(2)] => Deployed;
    a_server_error_of_execute_change_set: DEPLOY, [Fault::error("ExecuteChangeSet", 500, "InternalFailure", "oh").times(1)] => Deployed;
    connections_that_end: DEPLOY, [Fault::on("*", Effect::Disconnect).after(2).times(4)] => Deployed;
    a_connection_that_hangs: DEPLOY, [Fault::on("DescribeStacks", Effect::Hang).times(1)] => Deployed;
    a_slow_network: DEPLOY, [Fault::on("*", Effect::Delay(seconds(1)))] => Deployed;
    a_lost_reply_of_create_change_set: DEPLOY, [Fault::on("CreateChangeSet", Effect::LostReply).times(1)] => Deployed;
    a_lost_reply_of_execute_change_set: DEPLOY, [Fault::on("ExecuteChangeSet", Effect::LostReply).times(1)] => Deployed;
    lost_replies_of_both: DEPLOY, [
        Fault::on("CreateChangeSet", Effect::LostReply).times(2),
        Fault::on("ExecuteChangeSet", Effect::LostReply).times(2)
    ] => Deployed;
    a_lost_reply_of_create_stack: DIRECT, [Fault::on("CreateStack", Effect::LostReply).times(1)] => Deployed;
    a_token_that_has_expired: DEPLOY, [
        Fault::error("*", 403, "ExpiredToken", "The security token included in the request is expired")
    ] => Fails(1, &["the credentials have expired (ExpiredToken)", "sign in again"]);
    a_token_that_expires_on_the_way: DEPLOY, [
        Fault::error("DescribeStackEvents", 403, "ExpiredToken", "The security token included in the request is expired")
    ] => Fails(1, &["the credentials have expired (ExpiredToken)", "run the command again"]);
    a_permission_that_is_missing: DEPLOY, [
        Fault::error("CreateChangeSet", 403, "AccessDenied", "User: arn:aws:iam::1:user/a is not authorized to perform: cloudformation:CreateChangeSet")
    ] => Fails(1, &["access is denied", "cloudformation:CreateChangeSet"]);
    a_key_that_nobody_knows: DEPLOY, [
        Fault::error("*", 403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    ] => Fails(1, &["there are no valid credentials", "InvalidClientTokenId"]);
    throttling_without_end_is_said: DEPLOY, [Fault::throttling("DescribeStacks")]
        => Fails(1, &["AWS asks for fewer calls", "Rate exceeded"]);
}

#[test]
fn a_lost_reply_of_update_stack() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let orders = Orders::in_account(&account.through(&proxy));
    expect(&orders.run(DIRECT, &[]), 0, &[]);
    proxy.add(Fault::on("UpdateStack", Effect::LostReply).times(1));
    expect(&orders.run(DIRECT, &["name=two"]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "UPDATE_COMPLETE");
    assert!(account.template("Orders").unwrap().to_json().contains("\"two\""));
}

#[test]
fn a_lost_reply_of_delete_stack() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let orders = Orders::in_account(&account.through(&proxy));
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    proxy.add(Fault::on("DeleteStack", Effect::LostReply).times(1));
    expect(&orders.run("destroy --all --yes", &[]), 0, &[]);
    assert_eq!(status(&account, "Orders"), "(none)");
}
