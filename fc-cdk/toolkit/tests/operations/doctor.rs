use fc_cdk_aws::sns;
use fc_cdk_core::Stack;
use fc_cdk_toolkit::{Cli, Exit, Terminal, Variables};
use insta::assert_snapshot;

use crate::{account, run, variables};

fn shop(stack: &Stack) {
    sns::Topic::new().build(stack, "News");
}

#[test]
fn a_healthy_environment_is_reported() {
    let Some(account) = account() else { return };
    let found = run(&account, &["doctor"], shop);
    assert_eq!(found.exit, Exit::Ok, "{}{}", found.out, found.err);
    let variables = variables(&account);
    let (endpoint, output) = (variables.endpoint_url.unwrap(), variables.output.unwrap());
    let out = found.out.replace(&output.display().to_string(), "OUTPUT");
    let out = out.replace(account.id(), "ACCOUNT").replace(&endpoint, "ENDPOINT");
    assert_snapshot!(out, @"
    ok     version: fc-cdk 0.1.0, with the AWS client
    ok     app: 1 stack
    note   assembly: OUTPUT is not there
           help: `synth` writes it; `deploy` does not need it
    ok     region: ap-northeast-1
    note   endpoint: ENDPOINT is called instead of AWS
           help: unset `AWS_ENDPOINT_URL` to call AWS
    ok     credentials: arn:aws:iam::ACCOUNT:root in the account ACCOUNT
    ok     clock: as AWS's
    note   bootstrapping: ACCOUNT/ap-northeast-1 is not bootstrapped; no stack needs it
           help: run `bootstrap` once for this account and region
    ");
    let found = run(&account, &["doctor", "--json"], shop);
    assert!(found.out.contains(r#""name": "clock""#), "{}", found.out);
}

#[test]
fn a_server_that_is_not_there_is_in_the_way() {
    let (mut terminal, captured) = Terminal::captured();
    let mut variables = Variables::default();
    variables.access_key = Some(fc_cdk_toolkit::AccessKey {
        id: "test".to_owned(),
        secret: fc_cdk_toolkit::Secret::new("canary"),
        session_token: None,
    });
    let arguments = ["doctor", "--profile", "nobody-has-this-profile"];
    let exit = Cli::new("shop").run_with(arguments, &variables, &mut terminal, |_| {
        let app = fc_cdk_core::App::new();
        shop(&Stack::new(&app, "Shop"));
        app
    });
    assert_eq!(exit, Exit::Error);
    assert!(captured.out().contains("wrong  credentials:"), "{}", captured.out());
    assert!(!captured.out().contains("canary"), "{}", captured.out());
}
