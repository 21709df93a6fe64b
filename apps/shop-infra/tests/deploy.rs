//! The shop on an emulator of AWS, deployed by its own program and by the stock `cdk` CLI.
//!
//! `cargo xtask emulator` installs both; then `cargo test -p shop-infra --features deploy --test deploy`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
};

use fc_cdk::aws;
use fc_cdk_testing::deploy::{Account, Emulator, Run};

/// A folder of its own for a test, removed at its end.
struct Sandbox(PathBuf);

impl Sandbox {
    fn new(name: &str) -> Sandbox {
        let path = env::temp_dir().join(format!("shop-infra-deploy-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Sandbox(path)
    }

    fn shop_infra(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop-infra"));
        command.args(arguments).current_dir(&self.0);
        command
    }

    /// The stock `cdk` CLI, over an assembly in this folder.
    fn cdk(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).args(["--app", "cdk.out", "--no-notices", "--no-color"]);
        command.args(["--output", "cdk.run"]).current_dir(&self.0);
        command.env("CDK_DISABLE_VERSION_CHECK", "1").env("CDK_DISABLE_CLI_TELEMETRY", "true");
        command
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The stock `cdk` CLI, if it is installed.
fn cdk() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let programs =
        here.ancestors().map(|folder| folder.join(".cache/judges/node/node_modules/.bin/cdk"));
    programs.into_iter().find(|program| program.exists())
}

fn ok(run: &Run) {
    assert_eq!(run.exit_code, Some(0), "{}", run.output());
}

/// What there is of the shop in an account, without what differs from deployment to deployment: ids that AWS makes up.
fn found(account: &Account<'_>) -> BTreeMap<String, Found> {
    let stacks = account.stacks().unwrap().into_iter().filter(|stack| stack.name != "CDKToolkit");
    let stacks = stacks.map(|stack| {
        let template = account.template(&stack.name).unwrap().to_json();
        let resources = account.resources(&stack.name).unwrap().into_iter();
        let resources = resources.map(|it| (it.logical_id, it.type_name)).collect();
        let outputs = stack.outputs.keys().cloned().collect();
        (stack.name, Found { template, resources, outputs, tags: stack.tags })
    });
    stacks.collect()
}

#[derive(Debug, PartialEq)]
struct Found {
    template: String,
    resources: Vec<(String, String)>,
    outputs: Vec<String>,
    tags: BTreeMap<String, String>,
}

const FIRST: [&str; 2] = ["--revision", "v1.0"];

#[test]
fn the_first_revision_is_made_left_alone_and_removed() {
    let Some(emulator) = Emulator::for_tests(aws::resource_type) else { return };
    let (account, sandbox) = (emulator.new_account(), Sandbox::new("first"));
    let proxy = account.proxy().unwrap();
    let through = account.through(&proxy);
    let run = |words: &[&str]| through.run(sandbox.shop_infra(words).args(FIRST)).unwrap();
    ok(&run(&["deploy", "--all", "--yes"]));
    let stacks = account.stacks().unwrap();
    assert_eq!(stacks.len(), 5);
    assert!(stacks.iter().all(|stack| stack.status == "CREATE_COMPLETE"), "{stacks:#?}");

    // One question for the stacks, and one for each template.
    proxy.take_calls();
    ok(&run(&["deploy", "--all", "--yes"]));
    let calls = proxy.take_calls();
    let asked = |name: &str| calls.iter().filter(|call| call.operation == name).count();
    assert_eq!(asked("GetTemplate"), 5, "{calls:#?}");
    assert!(calls.len() <= 2 * 5 + 1, "{calls:#?}");

    ok(&run(&["drift"]));
    // The network is protected, as its code says; that somebody takes away first.
    let refused = run(&["destroy", "--all", "--yes"]);
    assert_eq!(refused.exit_code, Some(3), "{}", refused.output());
    for stack in stacks.iter().map(|stack| stack.name.as_str()) {
        let no = [("StackName", stack), ("EnableTerminationProtection", "false")];
        account.call("UpdateTerminationProtection", &no).unwrap();
    }
    ok(&run(&["destroy", "--all", "--yes"]));
    let left = account.stacks().unwrap();
    assert!(left.is_empty(), "{left:#?}");
    println!("stand-ins: {}", emulator.stand_ins().join(", "));
}

/// What the emulator does not have of AWS's own, so that a forecast misses it there.
const MISSED: [&str; 4] =
    ["missing-parameter", "missing-policy", "instance-type", "engine-version"];

#[test]
fn a_forecast_takes_few_calls_and_finds_nothing_wrong_with_what_is_deployed() {
    let Some(emulator) = Emulator::for_tests(aws::resource_type) else { return };
    let (account, sandbox) = (emulator.new_account(), Sandbox::new("forecast"));
    let proxy = account.proxy().unwrap();
    let through = account.through(&proxy);
    let forecast = || {
        proxy.take_calls();
        let run = through.run(&mut sandbox.shop_infra(&["forecast"])).unwrap();
        let calls = proxy.take_calls();
        assert!(calls.len() <= 60, "{}: {calls:#?}", calls.len());
        let mut found: Vec<String> = Vec::new();
        for line in run.output().lines().filter(|line| line.starts_with("error[forecast-")) {
            if !MISSED.iter().any(|missed| line.contains(missed)) {
                found.push(line.to_owned());
            }
        }
        found
    };
    let new = forecast();
    assert!(matches!(new.as_slice(), [one] if one.contains("not-bootstrapped")), "{new:#?}");
    ok(&through.run(&mut sandbox.shop_infra(&["bootstrap"])).unwrap());
    assert_eq!(forecast(), [""; 0]);
    ok(&through.run(&mut sandbox.shop_infra(&["deploy", "--all", "--yes"])).unwrap());
    assert_eq!(forecast(), [""; 0]);
}

#[test]
fn the_stock_cdk_makes_the_same_of_our_assembly() {
    let Some(emulator) = Emulator::for_tests(aws::resource_type) else { return };
    let Some(cdk) = cdk() else { return };
    let sandbox = Sandbox::new("cdk");
    let (ours, theirs) = (emulator.new_account(), emulator.new_account());
    ok(&ours.run(sandbox.shop_infra(&["deploy", "--all", "--yes"]).args(FIRST)).unwrap());
    ok(&theirs.run(sandbox.shop_infra(&["synth", "--quiet"]).args(FIRST)).unwrap());
    let words = ["deploy", "--all", "--require-approval", "never", "--concurrency", "4"];
    ok(&theirs.run(&mut sandbox.cdk(&cdk, &words)).unwrap());
    let (ours, theirs) = (found(&ours), found(&theirs));
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (stack, found) in &ours {
        assert_eq!(found, &theirs[stack], "{stack}");
    }
}

/// What a revision removes with what it holds, because the shop no longer has it: somebody has to name each.
const GIVEN_UP: [(&str, &[&str]); 3] = [
    ("v1.2", &["Shop-Analytics/Live848578DF", "Shop-Analytics/LiveLogGroupCD0055DE"]),
    (
        "v1.3",
        &[
            "Shop-Analytics/ExportCatalogLogGroup2BFB8D32",
            "Shop-Servers/WebLogGroup1664F270",
            "Shop-Servers/WasLogGroup844E0AF4",
        ],
    ),
    (
        "v1.5",
        &[
            "Shop-Monitoring/SlackDeadLetters54A4CF5E",
            "Shop-Monitoring/SlackNotifierLogGroup33873B5F",
        ],
    ),
];

/// Something that somebody stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stored {
    /// An object in a bucket.
    Object(String),
    /// What is in a database, as long as it is the same one.
    Database(String, String),
}

/// Stores something in every bucket that is new, and notes every database.
fn store(account: &Account<'_>, stored: &mut BTreeSet<Stored>) {
    for stack in account.stacks().unwrap() {
        for resource in account.resources(&stack.name).unwrap() {
            let name = resource.physical_id;
            match resource.type_name.as_str() {
                "AWS::S3::Bucket" if stored.insert(Stored::Object(name.clone())) => {
                    account.put_object(&name, "letter.txt", b"dear").unwrap();
                }
                "AWS::RDS::DBInstance" => {
                    stored.insert(Stored::Database(stack.name.clone(), name));
                }
                _ => {}
            }
        }
    }
}

fn is_there(account: &Account<'_>, stored: &Stored) -> bool {
    match stored {
        Stored::Object(bucket) => {
            account.object_body(bucket, "letter.txt").is_ok_and(|body| body == b"dear")
        }
        Stored::Database(stack, id) => {
            let resources = account.resources(stack).unwrap();
            resources.iter().any(|resource| resource.physical_id == *id)
        }
    }
}

/// In what happened to the servers since then, requests turned to what answers them when that was there.
fn turned_when_it_was_there(account: &Account<'_>, revision: &str, before: usize) {
    let events = account.events("Shop-Servers").unwrap().split_off(before);
    let at = |start: &str, status: &str| {
        events
            .iter()
            .position(|event| event.logical_id.starts_with(start) && event.status.ends_with(status))
    };
    let answers = if ["v1.1", "v1.2"].contains(&revision) { "Service" } else { "AutoScalingGroup" };
    for tier in ["Was", "Web"] {
        let belongs = at(&format!("{tier}Attachment"), "_COMPLETE");
        let made = at(&format!("{tier}{answers}"), "_IN_PROGRESS");
        let there = at(&format!("{tier}{answers}"), "_COMPLETE");
        let turned = at(&format!("{tier}Forward"), "_IN_PROGRESS");
        if let (Some(belongs), Some(made), Some(there), Some(turned)) =
            (belongs, made, there, turned)
        {
            assert!(belongs < made && there < turned, "{revision} {tier}: {events:#?}");
        } else {
            // Only where they stay as they are.
            assert!(
                !["v1.0", "v1.1", "v1.3"].contains(&revision),
                "{revision} {tier}: {events:#?}"
            );
        }
    }
}

#[test]
fn six_revisions_one_over_the_other_lose_nothing() {
    let Some(emulator) = Emulator::for_tests(aws::resource_type) else { return };
    let (account, sandbox) = (emulator.new_account(), Sandbox::new("revisions"));
    ok(&account.run(&mut sandbox.shop_infra(&["bootstrap"])).unwrap());
    let mut stored = BTreeSet::new();
    for revision in shop_infra::Revision::NAMES {
        let deploy = |words: &[&str]| {
            let mut command = sandbox.shop_infra(&["deploy", "--all", "--revision", revision]);
            command.args(words);
            let given_up = GIVEN_UP.iter().filter(|(at, _)| *at == revision);
            for path in given_up.flat_map(|(_, paths)| *paths) {
                command.args(["--allow-data-loss", path]);
            }
            let run = account.run(&mut command).unwrap();
            assert_eq!(run.exit_code, Some(0), "{revision}: {}", run.output());
            run
        };
        let before = account.events("Shop-Servers").map_or(0, |events| events.len());
        deploy(&["--yes"]);
        turned_when_it_was_there(&account, revision, before);
        // What one stack kept for another is gone, too: nothing is left for the next deployment.
        let again = deploy(&["--require-approval", "any-change"]);
        assert!(!again.output().contains("updating"), "{revision}: {}", again.output());
        for stored in &stored {
            assert!(is_there(&account, stored), "{revision} lost {stored:?}");
        }
        store(&account, &mut stored);
        assert!(stored.iter().all(|stored| is_there(&account, stored)), "{stored:?}");
    }
    let has = |is_it: fn(&Stored) -> bool| stored.iter().any(is_it);
    assert!(has(|it| matches!(it, Stored::Object(_))), "no bucket was there to lose");
    assert!(has(|it| matches!(it, Stored::Database(..))), "no database was there to lose");
}
