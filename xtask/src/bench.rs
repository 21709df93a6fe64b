//! `bench`: how fast, beside the peers, in one run, on one machine. Writes `BENCHMARKS.md`.
//!
//! `--quick` measures the two loads once and writes nothing: it shows that the benchmark runs, and that it compares what is equal.
//! With the names of parts, only those are measured and printed.

mod checks; // our checks beside other people's
mod code; // the same infrastructure with the AWS CDK
mod deploy; // deploys beside the stock `cdk` CLI
mod measure; // what commands take
mod report; // BENCHMARKS.md

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use self::{
    measure::{Figure, Job},
    report::Table,
};
use crate::{Result, process, root};

/// A part of the report: its name, and how it is measured.
type Part = (&'static str, fn(&Bench) -> Result<Table>);

const PARTS: [Part; 7] = [
    ("code", Bench::code),
    ("checks", Bench::checks),
    ("shop", Bench::shop),
    ("load", Bench::load),
    ("deploy", Bench::deploy),
    ("build", Bench::cold_builds),
    ("edit", Bench::edit_to_template),
];

pub(crate) fn run(arguments: &[String]) -> Result {
    let (quick, names) = match arguments {
        [first, names @ ..] if first == "--quick" => (true, names),
        names => (false, names),
    };
    let known = PARTS.map(|(name, _)| name);
    if let Some(other) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("there is no part `{other}`: {}", known.join(", ")));
    }
    let wanted = |name: &str| match names {
        [] => !quick || ["shop", "load"].contains(&name),
        names => names.iter().any(|other| other == name),
    };
    let load = report::load();
    let bench = Bench::prepare(quick)?;
    let parts = PARTS.iter().filter(|(name, _)| wanted(name));
    let tables: Vec<Table> = parts.map(|(_, measure)| measure(&bench)).collect::<Result<_>>()?;
    let report = report::text(&tables, load)?;
    println!("{report}");
    let missing = bench.missing();
    if !arguments.is_empty() {
        return Ok(());
    }
    if !missing.is_empty() {
        return Err(format!("BENCHMARKS.md is left as it was, since a peer is missing\n{missing}"));
    }
    let path = root().join("BENCHMARKS.md");
    fs::write(&path, &report).map_err(|error| format!("{}: {error}", path.display()))
}

/// Everything that is measured, built beforehand.
struct Bench {
    quick: bool,
    shop_infra: PathBuf,
    synthetic: PathBuf,
    json_floor: PathBuf,
    cdk: PathBuf,
    /// Where assemblies go: in memory if the system has such a folder, so that no disk is part of the figures.
    scratch: PathBuf,
}

impl Bench {
    fn prepare(quick: bool) -> Result<Bench> {
        let benches = root().join("benches");
        let release = |package: &Path, name: &str| -> Result<PathBuf> {
            println!("building {name}");
            let manifest = package.join("Cargo.toml").display().to_string();
            let words = ["build", "--quiet", "--release", "--manifest-path", &manifest];
            process::run(&mut process::cargo(words.into_iter().chain(["--bin", name])))?;
            let target = match env::var_os("CARGO_TARGET_DIR") {
                Some(shared) => PathBuf::from(shared),
                None if name == "shop-infra" => process::target_dir(),
                None => package.join("target"),
            };
            Ok(target.join("release").join(name))
        };
        let memory = Path::new("/dev/shm");
        let scratch = if memory.is_dir() { memory.to_owned() } else { process::target_dir() };
        let scratch = scratch.join(format!("fc-cdk-bench-{}", std::process::id()));
        fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
        let bench = Bench {
            quick,
            shop_infra: release(&root().join("apps/shop-infra"), "shop-infra")?,
            synthetic: release(&benches.join("synthetic"), "synthetic")?,
            json_floor: release(&benches.join("peers/json"), "json-floor")?,
            cdk: benches.join("peers/cdk"),
            scratch,
        };
        if !bench.missing().is_empty() {
            println!("{}", bench.missing());
        }
        Ok(bench)
    }

    /// Which peers are not there, and how to get them; empty if all are.
    fn missing(&self) -> String {
        if self.cdk.join("node_modules/aws-cdk-lib").is_dir()
            && self.cdk.join("dist/shop-v1.5/shop.js").is_file()
        {
            return String::new();
        }
        "the AWS CDK is not installed: `cd benches/peers/cdk && npm ci && npm run build`".to_owned()
    }

    fn runs(&self, runs: usize) -> usize {
        if self.quick { 1 } else { runs }
    }

    fn ours(&self, program: &Path, out: &Path) -> Job {
        let (program, folder) = (program.display().to_string(), out.display().to_string());
        let words = [program.as_str(), "synth", "--quiet", "--output", &folder];
        Job::new("**fc-cdk, all checks**", words, self.runs(31)).fresh(out)
    }

    fn cdk(&self, name: &'static str, script: &str, out: &Path) -> Job {
        let script = self.cdk.join("dist").join(script).display().to_string();
        Job::new(name, ["node", &script], self.runs(5))
            .fresh(out)
            .variable("CDK_OUTDIR", out.display().to_string())
    }

    fn floor(&self, from: &Path) -> Job {
        let program = self.json_floor.display().to_string();
        let (from, to) = (from.display().to_string(), self.scratch.join("floor"));
        let words = [program.as_str(), &from, &to.display().to_string()];
        Job::new(
            "serde_json: our finished templates read, written as text, stored",
            words,
            self.runs(31),
        )
        .fresh(&to)
    }

    /// What it takes to write finished templates as text, and nothing else: told by the program of the floor itself.
    fn serializing(&self, from: &Path) -> Result<Figure> {
        let mut times = Vec::new();
        for _ in 0..self.runs(9) {
            let words = [self.json_floor.display().to_string(), from.display().to_string()];
            let told = process::stdout(&mut process::command(words.iter().map(String::as_str)))?;
            let told: serde_json::Value =
                serde_json::from_str(&told).map_err(|error| format!("{error} in {told}"))?;
            times.push(told["serialize_ms"].as_f64().unwrap_or_default());
        }
        times.sort_by(f64::total_cmp);
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        Ok(Figure { user: median, ..Figure::default() })
    }

    /// Measures our program beside the CDK's and the floor.
    fn beside_peers(
        &self,
        ours: Job,
        cdk: Vec<Job>,
        out: &Path,
    ) -> Result<Vec<(&'static str, Figure)>> {
        let instructions = measure::instructions(&ours)?;
        let mut jobs = vec![ours];
        if self.missing().is_empty() {
            jobs.extend(cdk);
        }
        jobs.push(self.floor(out));
        let figures = measure::all(&jobs)?;
        let mut rows: Vec<_> = jobs.iter().map(|job| job.name).zip(figures).collect();
        rows[0].1.instructions = instructions;
        rows.push(("of that, written as text", self.serializing(out)?));
        Ok(rows)
    }

    fn shop(&self) -> Result<Table> {
        let (ours, theirs) = (self.scratch.join("shop"), self.scratch.join("shop-cdk"));
        let jobs = vec![
            self.cdk("AWS CDK, without its validation", "shop.js", &theirs)
                .variable("CDK_VALIDATION", "false"),
            self.cdk("AWS CDK, as it comes", "shop.js", &theirs),
        ];
        let first = self.ours(&self.shop_infra, &ours).and(&["--revision", "v1.0"]);
        let rows = self.beside_peers(first, jobs, &ours)?;
        let text = "From the start of the program to the assembly on disk, in a folder that is not there before; the folder is kept in memory.\n\
                    All programs are compiled beforehand, ours with `--release`.\n\
                    The CDK's program runs without its command line, which would add about 1 s."
            .to_owned();
        Ok(Table { title: "`synth` of shop-infra v1.0", text, rows })
    }

    fn load(&self) -> Result<Table> {
        let (ours, theirs) = (self.scratch.join("load"), self.scratch.join("load-cdk"));
        let job = self
            .cdk("AWS CDK, without its validation", "synthetic.js", &theirs)
            .variable("CDK_VALIDATION", "false");
        let rows = self.beside_peers(self.ours(&self.synthetic, &ours), vec![job], &ours)?;
        let mut text =
            "The load of [benches/peers/synthetic.md](benches/peers/synthetic.md), made by \
                        [benches/synthetic](benches/synthetic/src/main.rs) with typed builders."
                .to_owned();
        if self.missing().is_empty() {
            // A race between unequal results would say nothing.
            let [floor, ours, theirs] =
                [&self.json_floor, &ours, &theirs].map(|path| path.display().to_string());
            process::run(&mut process::command([floor.as_str(), "same", &ours, &theirs]))?;
            text += "\nThe resources of both results are compared, and equal.";
        }
        Ok(Table { title: "`synth` of 8,000 resources in 300 stacks", text, rows })
    }

    fn cold_builds(&self) -> Result<Table> {
        let stratosphere =
            root().join("benches/peers/stratosphere/Cargo.toml").display().to_string();
        let services = services(&stratosphere)?;
        let target = self.scratch.join("target");
        let build = |name, words: &[&str]| -> Result<Job> {
            // What is downloaded is downloaded once, and no part of the figure.
            let manifest = words.iter().copied().skip_while(|word| *word != "--manifest-path");
            process::run(&mut process::cargo(["fetch", "--quiet"].into_iter().chain(manifest)))?;
            let all = ["cargo", "build", "--quiet"].into_iter().chain(words.iter().copied());
            let target = target.display().to_string();
            Ok(Job::new(name, all, 1)
                .variable("CARGO_TARGET_DIR", target)
                .variable("CARGO_INCREMENTAL", "1"))
        };
        let jobs = [
            build("**shop-infra, with everything it needs**", &["--bin", "shop-infra"])?,
            build(
                "**fc-cdk-aws, the 34 services of the shop**",
                &["--package", "fc-cdk-aws", "--features", &services],
            )?,
            build("stratosphere 0.1.0, the same services", &["--manifest-path", &stratosphere])?,
        ];
        let mut rows = Vec::new();
        for job in jobs {
            // One after the other: they share the folder, which is large.
            let job = job.fresh(&target);
            let figures = measure::all(std::slice::from_ref(&job))?;
            rows.extend(figures.into_iter().map(|figure| (job.name, figure)));
        }
        let text =
            "`cargo build` without `--release`, with all dependencies; downloads are done before."
                .to_owned();
        Ok(Table { title: "Build from an empty `target`", text, rows })
    }

    fn edit_to_template(&self) -> Result<Table> {
        let out = self.scratch.join("edit");
        let name = out.display().to_string();
        let words = ["cargo", "run", "--quiet", "--bin", "shop-infra", "--", "synth", "--quiet"];
        let words = words.into_iter().chain(["--output", name.as_str()]);
        let source = root().join("apps/shop-infra/src/network.rs");
        let job = Job::new("**touch `network.rs`, then `cargo run … synth`**", words, 9)
            .fresh(&out)
            .touched(&source);
        let figures = measure::all(std::slice::from_ref(&job))?;
        let text = "The source of a stack has changed; then all templates of shop-infra are there again, without `--release`.";
        let rows = figures.into_iter().map(|figure| (job.name, figure)).collect();
        Ok(Table { title: "Edit to template", text: text.to_owned(), rows })
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // What is left over only takes room.
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

/// The services of the peer, as our features.
fn services(manifest: &str) -> Result<String> {
    let text = fs::read_to_string(manifest).map_err(|error| format!("{manifest}: {error}"))?;
    let names =
        text.lines().filter_map(|line| line.trim().strip_prefix("\"aws_")?.strip_suffix("\","));
    Ok(names.collect::<Vec<_>>().join(","))
}
