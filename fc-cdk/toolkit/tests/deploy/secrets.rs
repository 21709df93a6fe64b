//! What must not be printed: secrets of the credentials, and values of parameters that are not echoed.

use fc_cdk_testing::deploy::{Fault, Operation, ResourceFault, Run};

use crate::app::{Orders, emulator, expect};

const PASSWORD: &str = "canary-Of-The-Parameter-7f3a";
const KEY: &str = "canary-Of-The-Key-91bc";
const TOKEN: &str = "canary-Of-The-Token-02de";

#[test]
fn no_secret_is_printed_or_written() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let account = account.through(&proxy);
    let orders = Orders::in_account(&account);
    let password = format!("Password={PASSWORD}");
    let run = |line: &str, context: &[&str], with_password: bool| -> Run {
        let mut command = orders.command(line, context);
        if with_password {
            command.args(["--parameters", &password]);
        }
        let mut environment = account.environment();
        environment.retain(|(name, _)| *name != "AWS_SECRET_ACCESS_KEY");
        // The environment of the account would take the token away.
        let mut shell = std::process::Command::new("env");
        shell.arg(format!("AWS_SECRET_ACCESS_KEY={KEY}")).arg(format!("AWS_SESSION_TOKEN={TOKEN}"));
        shell.arg(command.get_program()).args(command.get_args()).current_dir(&orders.folder);
        shell.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        account.run(&mut shell).unwrap()
    };
    let secret = ["secret=yes"];
    let changed = ["secret=yes", "name=second"];
    let mut runs = vec![
        run("plan -o plan.json", &secret, true),
        run("deploy --all --yes", &secret, true),
        run("deploy --all --yes --json", &changed, true),
        run("events Orders", &changed, false),
        run("outputs --json", &changed, false),
        run("diff", &secret, false),
        run("drift", &changed, false),
    ];
    for deployed in &runs[1..3] {
        expect(deployed, 0, &[]);
    }
    // Failures say the most.
    account.fault(&ResourceFault::fails(Operation::Update, "Queue", "no").times(1)).unwrap();
    let failed = run("deploy --all --yes", &["secret=yes", "name=third one"], true);
    expect(&failed, 4, &["no"]);
    runs.push(failed);
    proxy.add(Fault::error("*", 403, "ExpiredToken", "expired"));
    let failed = run("deploy --all --yes", &secret, true);
    expect(&failed, 1, &["expired"]);
    runs.push(failed);
    proxy.clear();
    // A value that is written wrongly, too.
    runs.push(run(&format!("deploy --all --yes --parameters {PASSWORD}"), &secret, false));
    runs.push(run("destroy --all --yes", &secret, false));

    let canaries = [PASSWORD, KEY, TOKEN];
    for run in &runs {
        let output = run.output();
        assert!(!canaries.iter().any(|canary| output.contains(canary)), "{output}");
    }
    let mut open = vec![orders.folder.clone()];
    let mut count = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            count += 1;
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!canaries.iter().any(|canary| text.contains(canary)), "{}", path.display());
        }
    }
    assert!(count > 0, "the plan at least is a file");
}
