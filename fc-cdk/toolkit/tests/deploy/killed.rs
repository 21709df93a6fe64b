//! Clients that end before AWS does: killed, or told to by Ctrl-C. The next one goes on where AWS is.

use std::{
    io::{Read, Write},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use fc_cdk_testing::deploy::{Account, Effect, Fault, Operation, ResourceFault, Running};

use crate::app::{Orders, change_sets, emulator, expect, status, until};

const DEPLOY: &str = "deploy --all --yes";
const LONG: Duration = Duration::from_secs(120);

/// Kills a deployment of a new stack when it has got to a call, and deploys again.
fn killed_at(operation: &str, effect: Effect) {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let orders = Orders::in_account(&account.through(&proxy));
    // It gets no further than this, or not much.
    proxy.add(Fault::on(operation, effect).times(1));
    let running = orders.spawn(DEPLOY, &[]);
    until("it gets there", || proxy.seen(operation) > 0);
    running.kill().unwrap();
    proxy.clear();
    let run = orders.run(DEPLOY, &[]);
    expect(&run, 0, &[]);
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");
    assert_eq!(change_sets(&account, "Orders"), 0, "{}", run.output());
}

#[test]
fn killed_before_the_change_set() {
    killed_at("CreateChangeSet", Effect::Hang);
}

#[test]
fn killed_while_the_change_set_is_made() {
    killed_at("DescribeChangeSet", Effect::Hang);
}

#[test]
fn killed_before_the_change_set_is_executed() {
    killed_at("ExecuteChangeSet", Effect::Hang);
}

#[test]
fn killed_after_the_change_set_was_executed() {
    killed_at("ExecuteChangeSet", Effect::LostReply);
}

#[test]
fn killed_while_aws_makes_resources() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    account.fault(&ResourceFault::waits(Operation::Create, "Queue", LONG)).unwrap();
    let running = orders.spawn(DEPLOY, &[]);
    until("it goes on", || status(&account, "Orders") == "CREATE_IN_PROGRESS");
    running.kill().unwrap();
    let again = orders.spawn(DEPLOY, &[]);
    until("it follows", || again.output().contains("Orders"));
    account.clear_faults().unwrap();
    expect(&again.wait().unwrap(), 0, &[]);
    assert_eq!(status(&account, "Orders"), "CREATE_COMPLETE");
}

#[test]
fn killed_while_aws_deletes() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let orders = Orders::in_account(&account.through(&proxy));
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    account.fault(&ResourceFault::waits(Operation::Delete, "Topic", LONG)).unwrap();
    let running = orders.spawn("destroy --all --yes", &[]);
    until("it goes on", || status(&account, "Orders") == "DELETE_IN_PROGRESS");
    running.kill().unwrap();
    proxy.take_calls();
    let again = orders.spawn("destroy --all --yes", &[]);
    until("it looks at the stack", || proxy.count("DescribeStacks") > 0);
    account.clear_faults().unwrap();
    expect(&again.wait().unwrap(), 0, &[]);
    assert_eq!(status(&account, "Orders"), "(none)");
}

/// Presses Ctrl-C.
fn interrupt(running: &Running) {
    let id = running.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
}

#[test]
fn ctrl_c_leaves_it_to_aws_where_nobody_can_be_asked() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let orders = Orders::in_account(&account);
    account.fault(&ResourceFault::waits(Operation::Create, "Queue", LONG)).unwrap();
    let running = orders.spawn(DEPLOY, &[]);
    until("it goes on", || status(&account, "Orders") == "CREATE_IN_PROGRESS");
    interrupt(&running);
    expect(&running.wait().unwrap(), 5, &["AWS goes on", "the next `deploy` follows it"]);
    assert_eq!(status(&account, "Orders"), "CREATE_IN_PROGRESS");
    account.clear_faults().unwrap();
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
}

#[test]
fn ctrl_c_cancels_an_update_where_that_is_wanted() {
    let Some(emulator) = emulator() else { return };
    let account = emulator.new_account();
    let proxy = account.proxy().unwrap();
    let orders = Orders::in_account(&account.through(&proxy));
    expect(&orders.run(DEPLOY, &[]), 0, &[]);
    let line = "deploy --all --yes --on-interrupt cancel";
    account.fault(&ResourceFault::waits(Operation::Update, "Topic", LONG).times(1)).unwrap();
    let running = orders.spawn(line, &["name=second"]);
    until("it goes on", || status(&account, "Orders") == "UPDATE_IN_PROGRESS");
    interrupt(&running);
    until("it cancels", || running.output().contains("cancel"));
    until("AWS has heard it", || proxy.count("CancelUpdateStack") > 0);
    account.clear_faults().unwrap();
    expect(&running.wait().unwrap(), 4, &["canceled", "UPDATE_ROLLBACK_COMPLETE"]);
    assert_eq!(status(&account, "Orders"), "UPDATE_ROLLBACK_COMPLETE");
    assert!(account.template("Orders").unwrap().to_json().contains("\"one\""));
}

/// The deployment of a stack on a terminal, which `script` makes: what somebody presses, and what is on the screen.
struct Screen {
    child: Child,
    shown: Arc<Mutex<String>>,
}

impl Screen {
    /// `None` where there is no `script` of this kind.
    fn open(account: &Account<'_>, orders: &Orders<'_>, line: &str) -> Option<Screen> {
        let app = orders.command("", &[]);
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--flush", "--command"]);
        // `exec`: a shell that waits for its child ends by the Ctrl-C that the child has dealt with.
        command.arg(format!("exec \"$APP\" {line}")).arg("/dev/null").current_dir(&orders.folder);
        command.env("APP", app.get_program()).env("SHELL", "/bin/sh").env("TERM", "xterm");
        account.lead(&mut command);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.ok()?;
        let (shown, mut from) = (Arc::new(Mutex::new(String::new())), child.stdout.take()?);
        let screen = Screen { child, shown: Arc::clone(&shown) };
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                shown.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        Some(screen)
    }

    fn shows(&self, text: &str) -> bool {
        self.shown.lock().unwrap().contains(text)
    }

    fn press(&mut self, keys: &str) {
        let keyboard = self.child.stdin.as_mut().unwrap();
        keyboard.write_all(keys.as_bytes()).unwrap();
        keyboard.flush().unwrap();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn ctrl_c_asks_on_a_terminal() {
    let Some(emulator) = emulator() else { return };
    for (answer, exit, in_the_end) in
        [("y", 4, "UPDATE_ROLLBACK_COMPLETE"), ("n", 5, "UPDATE_IN_PROGRESS")]
    {
        let account = emulator.new_account();
        let proxy = account.proxy().unwrap();
        let through = account.through(&proxy);
        let orders = Orders::in_account(&through);
        expect(&orders.run(DEPLOY, &[]), 0, &[]);
        account.fault(&ResourceFault::waits(Operation::Update, "Topic", LONG).times(1)).unwrap();
        let line = format!("{DEPLOY} -c name=second");
        let Some(mut screen) = Screen::open(&through, &orders, &line) else { return };
        until("it goes on", || status(&account, "Orders") == "UPDATE_IN_PROGRESS");
        until("the bars are drawn", || screen.shows("Orders"));
        // What a terminal sends for Ctrl-C.
        screen.press("\x03");
        until("it asks", || screen.shows("Cancel that and take it back?"));
        screen.press(&format!("{answer}\n"));
        if answer == "y" {
            until("it cancels", || screen.shows("canceling Orders"));
            until("AWS has heard it", || proxy.count("CancelUpdateStack") > 0);
            account.clear_faults().unwrap();
        }
        let ended = screen.child.wait().unwrap();
        assert_eq!(ended.code(), Some(exit), "{}", screen.shown.lock().unwrap());
        assert_eq!(status(&account, "Orders"), in_the_end);
        account.clear_faults().unwrap();
    }
}
