//! The program as its user starts it: exit codes, streams, files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    env, fs,
    io::Read,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
};

use fc_cdk::{App, IdsLock};
use shop_infra::{Revision, Settings};

/// A folder of its own for a test, removed at its end.
struct Sandbox(PathBuf);

impl Sandbox {
    fn new(name: &str) -> Sandbox {
        let path = env::temp_dir().join(format!("shop-infra-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Sandbox(path)
    }

    /// The program, run in this folder, with nothing of the environment around it but where its sources are.
    fn shop_infra(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop-infra"));
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        command.env_clear().env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
        command
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// All files below a folder, with what is in them.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.clone(), fs::read(path).unwrap());
            }
        }
    }
    files
}

/// What a run prints, and its exit code.
fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn synth_needs_nothing_and_gives_the_same_bytes_each_time() {
    let sandbox = Sandbox::new("synth");
    let (exit, out, err) = run(sandbox.shop_infra(&["synth"]).env_clear());
    assert_eq!(exit, Some(0), "{err}");
    // What is left out for want of a subscription is said.
    assert!(
        err.starts_with("info[shield-not-subscribed]") && err.ends_with("\n3 notes\n"),
        "{err}"
    );
    assert!(
        out.starts_with("Stack") && out.contains("\nwrote ") && out.contains(" to cdk.out"),
        "{out}"
    );
    let first = files(&sandbox.0);
    assert!(first.contains_key(&sandbox.0.join("cdk.out/manifest.json")));
    assert_eq!(
        run(&mut sandbox.shop_infra(&["synth", "-q"])),
        (Some(0), String::new(), String::new())
    );
    assert_eq!(files(&sandbox.0), first);
}

#[test]
fn the_lock_knows_everything_that_holds_data() {
    for revision in Revision::ALL {
        let app = App::new();
        shop_infra::shop(&app, &Settings::default(), revision);
        let path = format!("../../snapshots/shop-infra/{revision}/ids.lock");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let locked = fs::read_to_string(path).unwrap();
        assert_eq!(
            IdsLock::of(&app.synth()).to_string(),
            locked,
            "run `shop-infra synth --revision {revision} --accept-ids`"
        );
    }
}

#[test]
fn the_cdk_cli_runs_it_without_arguments() {
    let sandbox = Sandbox::new("cdk");
    let output = sandbox.0.join("assembly");
    let (exit, out, err) = run(sandbox.shop_infra(&[]).env("CDK_OUTDIR", &output));
    assert_eq!((exit, out.as_str(), err.as_str()), (Some(0), "", ""));
    assert!(output.join("manifest.json").exists());
}

#[test]
fn settings_are_shown_and_printed_settings_are_right() {
    let sandbox = Sandbox::new("config");
    let (exit, shown, err) =
        run(&mut sandbox.shop_infra(&["config", "show", "--set", "shield.subscribed=true"]));
    assert_eq!((exit, err.as_str()), (Some(0), ""));
    assert!(shown.contains("[shield]\nsubscribed = true\n"), "{shown}");
    fs::write(sandbox.0.join("shop.toml"), shown).unwrap();
    let checked = run(&mut sandbox.shop_infra(&["config", "check", "--config", "shop.toml"]));
    assert_eq!(checked, (Some(0), "the settings are right\n".to_owned(), String::new()));
    let (exit, schema, _) = run(&mut sandbox.shop_infra(&["config", "schema"]));
    assert_eq!((exit, schema.as_str()), (Some(0), shop_infra::config::SCHEMA));
}

#[test]
fn mistakes_end_with_one_and_write_nothing() {
    let sandbox = Sandbox::new("mistakes");
    for (arguments, message) in [
        (&["synth", "Shop-Netwrok"][..], "no stack is named `Shop-Netwrok`"),
        (&["synth", "--ouput", "x"], "--ouput"),
        (&["deploi"], "unrecognized subcommand"),
        (&["synth", "--set", "region=xx"], "`region` cannot be `xx`"),
        (&["config", "check", "--config", "none.toml"], "cannot read `none.toml`"),
        (&["synth", "--revision", "v1.6"], "invalid value 'v1.6' for '--revision <REVISION>'"),
        (&["synth", "--output", "/proc/cdk.out"], "cannot write"),
    ] {
        let (exit, out, err) = run(&mut sandbox.shop_infra(arguments));
        assert_eq!((exit, out.as_str()), (Some(1), ""), "{arguments:?}: {err}");
        assert!(err.contains(message), "{arguments:?}: {err}");
        assert!(files(&sandbox.0).is_empty(), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_is_not_taken_is_an_error() {
    let sandbox = Sandbox::new("full");
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let (exit, _, err) = run(sandbox.shop_infra(&["list"]).stdout(full));
    assert_eq!(exit, Some(1));
    assert_eq!(err, "error: cannot write to standard output: no space left on device\n");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::new("pipe");
    let mut child = sandbox
        .shop_infra(&["synth", "**", "--set", "shield.subscribed=true"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // As `… | head -c 1` does.
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0]).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
