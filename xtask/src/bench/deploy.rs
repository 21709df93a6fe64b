//! Deploys of the shop beside the stock `cdk` CLI: the same assembly, the same emulator, in turns.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use fc_cdk_testing::deploy::{Account, Emulator, FaultProxy};

use super::{Bench, report::Table};
use crate::{Result, emulator, judge, process};

const RUNS: usize = 3;

/// What changes one stack, and no other.
const CHANGE: [&str; 2] = ["--set", "alarm-email=ops@example.com"];

/// What is measured, in turns: a deploy from nothing, one of no change, one of a change and one that takes it back.
const CASES: [&str; 3] = ["from nothing", "no change", "one stack changed"];

/// What a deploy took: seconds on the clock, and calls of AWS.
type Figure = (f64, usize);

/// Who deploys, into an account of its own.
struct Deployer<'a> {
    account: Account<'a>,
    proxy: FaultProxy,
    figures: [Vec<Figure>; 3],
}

impl<'a> Deployer<'a> {
    fn new(emulator: &'a Emulator) -> Result<Deployer<'a>> {
        let account = emulator.new_account();
        let proxy = account.proxy().map_err(|error| error.to_string())?;
        Ok(Deployer { account, proxy, figures: Default::default() })
    }

    /// A new account, in which there is nothing.
    fn begin_anew(&mut self, emulator: &'a Emulator, bootstrap: &mut Command) -> Result {
        let Deployer { account, proxy, .. } = Deployer::new(emulator)?;
        (self.account, self.proxy) = (account, proxy);
        let run = self.account.run(bootstrap).map_err(|error| error.to_string())?;
        if run.exit_code == Some(0) { Ok(()) } else { Err(run.output()) }
    }

    fn measure(&mut self, case: usize, command: &mut Command) -> Result {
        self.proxy.take_calls();
        let begun = Instant::now();
        let run = self.account.through(&self.proxy).run(command);
        let run = run.map_err(|error| error.to_string())?;
        let time = begun.elapsed().as_secs_f64();
        if run.exit_code != Some(0) {
            return Err(format!("{command:?} failed:\n{}", run.output()));
        }
        self.figures[case].push((time, self.proxy.take_calls().len()));
        Ok(())
    }

    fn median(&self, case: usize) -> Figure {
        let mut figures = self.figures[case].clone();
        figures.sort_by(|a, b| a.0.total_cmp(&b.0));
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    }
}

impl Bench {
    /// The newest revision of the shop.
    pub(super) fn deploy(&self) -> Result<Table> {
        emulator::run(&[])?;
        println!("building shop-infra with the feature deploy");
        let words = ["build", "--quiet", "--release", "--package", "shop-infra"];
        process::run(&mut process::cargo(words.into_iter().chain(["--features", "deploy"])))?;
        let ours = process::target_dir().join("release/shop-infra");
        let cdk = judge::node()?.join("cdk");
        let emulator = Emulator::start(fc_cdk_aws::resource_type).map_err(|it| it.to_string())?;
        let shop = |words: &[&str]| {
            let mut command = Command::new(&ours);
            command.args(words).current_dir(&self.scratch);
            command
        };
        let assembly = |name: &str, words: &[&str]| -> Result<PathBuf> {
            let folder = self.scratch.join(name);
            let mut synth = shop(&["synth", "--quiet", "--output"]);
            process::run(synth.arg(&folder).args(words))?;
            Ok(folder)
        };
        let (plain, changed) = (assembly("plain", &[])?, assembly("changed", &CHANGE)?);
        let stock = |assembly: &Path| {
            let mut command = Command::new(&cdk);
            command.args(["deploy", "--all", "--require-approval", "never", "--concurrency", "8"]);
            command.args(["--no-notices", "--no-color", "--app"]).arg(assembly);
            command.arg("--output").arg(self.scratch.join("cdk.run")).current_dir(&self.scratch);
            command.env("CDK_DISABLE_VERSION_CHECK", "1").env("CDK_DISABLE_CLI_TELEMETRY", "true");
            command
        };
        let deploy = ["deploy", "--all", "--yes", "--concurrency", "8"];
        let (mut we, mut they) = (Deployer::new(&emulator)?, Deployer::new(&emulator)?);
        for _ in 0..self.runs(RUNS) {
            we.begin_anew(&emulator, &mut shop(&["bootstrap"]))?;
            they.begin_anew(&emulator, &mut shop(&["bootstrap"]))?;
            for (case, words, assembly) in
                [(0, &[][..], &plain), (1, &[], &plain), (2, &CHANGE, &changed)]
            {
                we.measure(case, shop(&deploy).args(words))?;
                they.measure(case, &mut stock(assembly))?;
            }
        }
        let files = fs::read_dir(&plain).map_err(|error| error.to_string())?.flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        let stacks = names.filter(|name| name.ends_with(".template.json")).count();
        Ok(Table { title: "Deploys", text: text(stacks, &we, &they), rows: Vec::new() })
    }
}

fn text(stacks: usize, we: &Deployer<'_>, they: &Deployer<'_>) -> String {
    let mut text = format!(
        "shop-infra v1.5, {stacks} stacks, into the emulator of our tests (ministack): ours by `deploy --all --concurrency 8`, synthesis included; \
         by `cdk` 2.1148.1 from the finished assembly with the same concurrency.\n\
         The emulator makes resources at once, so this is what the tools themselves take: on AWS the resources take most of the time with both.\n\
         Time on the clock, and calls of AWS that each makes.\n\n\
         | | fc-cdk | `cdk deploy` | ratio of times | calls, fc-cdk | calls, `cdk` |\n|---|---:|---:|---:|---:|---:|\n"
    );
    for (case, name) in CASES.into_iter().enumerate() {
        let ((our_time, our_calls), (their_time, their_calls)) =
            (we.median(case), they.median(case));
        let ratio = their_time / our_time;
        text += &format!(
            "| {name} | {our_time:.2} s | {their_time:.2} s | {ratio:.1} | {our_calls} | {their_calls} |\n"
        );
    }
    text
}
