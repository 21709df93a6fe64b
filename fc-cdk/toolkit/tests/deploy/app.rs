//! The app `orders`, run as its user runs it.

use std::{
    env, fs,
    path::PathBuf,
    process::{self, Command},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use fc_cdk_testing::deploy::{Account, Emulator, FakeCloudFormation, Run, Running};

/// The emulator that all tests share; `None` where it is not installed.
pub(crate) fn emulator() -> Option<&'static Emulator> {
    Emulator::for_tests(fc_cdk_aws::resource_type)
}

/// Where the app is deployed to.
pub(crate) enum Place<'a> {
    Emulator(Account<'a>),
    Fake(&'a FakeCloudFormation),
}

/// The app with a folder of its own, removed at its end.
pub(crate) struct Orders<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) folder: PathBuf,
}

impl<'a> Orders<'a> {
    pub(crate) fn in_account(account: &Account<'a>) -> Orders<'a> {
        Orders { place: Place::Emulator(account.clone()), folder: folder() }
    }

    pub(crate) fn at(fake: &'a FakeCloudFormation) -> Orders<'a> {
        Orders { place: Place::Fake(fake), folder: folder() }
    }

    /// A command such as `deploy --all --yes`, with context values such as `name=two`.
    pub(crate) fn command(&self, line: &str, context: &[&str]) -> Command {
        let tests = env::current_exe().unwrap();
        let program = tests.ancestors().nth(2).unwrap().join("examples/orders");
        assert!(
            program.exists(),
            "{}: run all targets: `cargo test -p fc-cdk-toolkit --features deploy`",
            program.display()
        );
        let mut command = Command::new(program);
        command.args(line.split_whitespace()).current_dir(&self.folder);
        for value in context {
            command.args(["-c", value]);
        }
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, line: &str, context: &[&str]) -> Run {
        self.spawn(line, context).wait().unwrap()
    }

    pub(crate) fn spawn(&self, line: &str, context: &[&str]) -> Running {
        self.start(&mut self.command(line, context))
    }

    pub(crate) fn start(&self, command: &mut Command) -> Running {
        match &self.place {
            Place::Emulator(account) => account.spawn(command).unwrap(),
            Place::Fake(fake) => fake.spawn(command).unwrap(),
        }
    }
}

impl Drop for Orders<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn folder() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = env::temp_dir().join(format!("fc-cdk-orders-{}-{number}", process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The run ended with this exit code, and said all of these.
#[track_caller]
pub(crate) fn expect(run: &Run, exit_code: i32, says: &[&str]) {
    let output = run.output();
    assert_eq!(run.exit_code, Some(exit_code), "{output}");
    for text in says {
        assert!(output.contains(text), "`{text}` is missing:\n{output}");
    }
}

/// The status of a stack; `(none)` where there is none.
pub(crate) fn status(account: &Account<'_>, stack: &str) -> String {
    let found = account.stack(stack).unwrap();
    found.map_or_else(|| "(none)".to_owned(), |stack| stack.status)
}

/// Waits until something is so, for as long as a busy machine may need.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(90);
    while !is_so() {
        assert!(Instant::now() < end, "{what}: not after 90 s");
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// The names of the change sets that are left of a stack.
pub(crate) fn change_sets(account: &Account<'_>, stack: &str) -> usize {
    let reply = account.call("ListChangeSets", &[("StackName", stack)]).unwrap();
    let sets = reply.find("Summaries").map(|list| list.children.clone()).unwrap_or_default();
    // One that was executed is history.
    sets.iter().filter(|set| set.text_of("ExecutionStatus") != "EXECUTE_COMPLETE").count()
}
