//! The commands beside `deploy`, on an emulator.
//!
//! These need it: `cargo xtask emulator` installs it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bootstrap; // what deployments share
mod diff; // against what is deployed
mod doctor; // what is in the way
mod drift; // what was changed by hand
mod hand_over; // out of a stack, and into one

use std::{process, thread::sleep, time::Duration};

use fc_cdk_core::{App, Stack};
use fc_cdk_testing::deploy::{Account, Emulator};
use fc_cdk_toolkit::{AccessKey, Cli, Exit, Secret, Terminal, Variables};

/// What a run of a command did.
struct Run {
    exit: Exit,
    out: String,
    err: String,
}

/// An account that no other test uses; `None` where there is no emulator.
fn account() -> Option<Account<'static>> {
    Emulator::for_tests(fc_cdk_aws::resource_type).map(Emulator::new_account)
}

/// Runs a command of an app in an account.
fn run(account: &Account<'_>, arguments: &[&str], build: impl Fn(&Stack)) -> Run {
    let (mut terminal, captured) = Terminal::captured();
    let cli = Cli::new("shop")
        .resource_types(fc_cdk_aws::resource_type)
        .permissions(fc_cdk_aws::permissions);
    let exit = cli.run_with(arguments, &variables(account), &mut terminal, |_| {
        let app = App::new();
        build(&Stack::new(&app, "Shop"));
        app
    });
    Run { exit, out: captured.out(), err: captured.err() }
}

/// The environment in which a command finds the account.
fn variables(account: &Account<'_>) -> Variables {
    let given = account.environment();
    let value = |name: &str| {
        given.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).unwrap()
    };
    let mut variables = Variables::default();
    variables.access_key = Some(AccessKey {
        id: value("AWS_ACCESS_KEY_ID"),
        secret: Secret::new(value("AWS_SECRET_ACCESS_KEY")),
        session_token: None,
    });
    let output =
        format!("{}/operations-{}-{}", env!("CARGO_TARGET_TMPDIR"), account.id(), process::id());
    variables.output = Some(output.into());
    variables.region = Some(value("AWS_REGION"));
    variables.endpoint_url = Some(value("AWS_ENDPOINT_URL"));
    variables
}

/// Makes or updates a stack without our own tools, and waits for it.
fn deploy(account: &Account<'_>, action: &str, parameters: &[(&str, &str)]) {
    let named = [("StackName", "Shop")].into_iter().chain(parameters.iter().copied());
    account.call(action, &named.collect::<Vec<_>>()).unwrap();
    // As long as a busy machine may need.
    for _ in 0..1800 {
        let status = account.stack("Shop").unwrap().unwrap().status;
        if !status.ends_with("IN_PROGRESS") {
            assert!(["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&status.as_str()), "{status}");
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("the stack does not come to rest");
}
