//! `bench`: how fast, beside the peers, in one run, on one machine. Writes `BENCHMARKS.md`.
//!
//! CPU time counts, of all processes that a command starts: it varies less than the time on the clock when the machine is busy.

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{Result, process, root};

/// What one command took: the run with the least CPU.
#[derive(Clone, Copy, Debug)]
struct Figure {
    /// Seconds of CPU.
    cpu: f64,
    /// Seconds on the clock.
    wall: f64,
    /// Memory at the peak, in MiB.
    peak: f64,
}

/// How often a command runs: so many times for a figure, and so many figures, of which the best counts. The system counts CPU in
/// hundredths of a second, so a figure of a short command is of many runs.
#[derive(Clone, Copy)]
struct Runs {
    each: u32,
    figures: u32,
}

const SHORT: Runs = Runs { each: 20, figures: 5 };
const LONG: Runs = Runs { each: 1, figures: 3 };
const ONCE: Runs = Runs { each: 1, figures: 1 };

/// Rows of one table of the report.
struct Table {
    title: &'static str,
    text: &'static str,
    rows: Vec<(&'static str, Figure)>,
}

/// A part of the report: its name, and how it is measured.
type Part = (&'static str, fn(&Peers) -> Result<Table>);

const PARTS: [Part; 4] =
    [("shop", shop), ("load", load), ("build", cold_builds), ("edit", edit_to_template)];

/// All parts, into `BENCHMARKS.md`; or only some, on the terminal.
pub(crate) fn run(arguments: &[String]) -> Result {
    let known = PARTS.map(|(name, _)| name);
    if let Some(other) = arguments.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("there is no part `{other}`: {}", known.join(", ")));
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|other| other == name);
    let peers = Peers::prepare()?;
    let parts = PARTS.iter().filter(|(name, _)| wanted(name));
    let tables: Vec<Table> = parts.map(|(_, measure)| measure(&peers)).collect::<Result<_>>()?;
    let report = report(&tables)?;
    println!("{report}");
    if arguments.is_empty() {
        let path = root().join("BENCHMARKS.md");
        fs::write(&path, &report).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Everything that is measured, built beforehand.
struct Peers {
    shop_infra: PathBuf,
    synthetic: PathBuf,
    json_floor: PathBuf,
    cdk: PathBuf,
    scratch: PathBuf,
}

impl Peers {
    fn prepare() -> Result<Peers> {
        let folder = root().join("benches/peers");
        let release = |manifest: &Path| {
            let manifest = manifest.display().to_string();
            let words = ["build", "--quiet", "--release", "--manifest-path", &manifest];
            process::run(&mut process::cargo(words))
        };
        process::run(&mut process::cargo([
            "build",
            "--quiet",
            "--release",
            "--bin",
            "shop-infra",
        ]))?;
        release(&root().join("benches/synthetic/Cargo.toml"))?;
        release(&folder.join("json/Cargo.toml"))?;
        let cdk = folder.join("cdk");
        for words in [["npm", "ci", "--silent"], ["npm", "run", "build"]] {
            process::run(process::command(words).current_dir(&cdk))?;
        }
        let scratch = process::target_dir().join("bench");
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
        let built = |package: &Path, name: &str| match env::var_os("CARGO_TARGET_DIR") {
            Some(shared) => PathBuf::from(shared).join("release").join(name),
            None => package.join("target/release").join(name),
        };
        Ok(Peers {
            shop_infra: built(&root(), "shop-infra"),
            synthetic: built(&root().join("benches/synthetic"), "synthetic"),
            json_floor: built(&folder.join("json"), "json-floor"),
            cdk,
            scratch,
        })
    }

    fn out(&self, name: &str) -> String {
        self.scratch.join(name).display().to_string()
    }
}

fn shop(peers: &Peers) -> Result<Table> {
    let node = peers.cdk.join("dist/shop.js").display().to_string();
    let ours = peers.shop_infra.display().to_string();
    let (ours_out, cdk_out, floor_out) =
        (peers.out("shop"), peers.out("shop-cdk"), peers.out("shop-floor"));
    let floor = peers.json_floor.display().to_string();
    let rows = vec![
        ("fc-cdk, all checks", measure(&[&ours, "synth", "-q", "-o", &ours_out], &[], SHORT)?),
        (
            "AWS CDK, without validation",
            measure(
                &["node", &node],
                &[("CDK_OUTDIR", &cdk_out), ("CDK_VALIDATION", "false")],
                LONG,
            )?,
        ),
        ("AWS CDK, as it comes", measure(&["node", &node], &[("CDK_OUTDIR", &cdk_out)], LONG)?),
        (
            "parse and serialize our templates, nothing else",
            measure(&[&floor, &ours_out, &floor_out], &[], SHORT)?,
        ),
    ];
    Ok(Table {
        title: "`synth` of shop-infra v1.0",
        text: "From the start of the program to the assembly on disk.\nBoth programs are compiled beforehand, ours with `--release`.\nThe CDK's program runs without its command line.",
        rows,
    })
}

fn load(peers: &Peers) -> Result<Table> {
    let node = peers.cdk.join("dist/synthetic.js").display().to_string();
    let ours = peers.synthetic.display().to_string();
    let (ours_out, cdk_out, floor_out) =
        (peers.out("load"), peers.out("load-cdk"), peers.out("load-floor"));
    let floor = peers.json_floor.display().to_string();
    let rows = vec![
        ("fc-cdk, all checks", measure(&[&ours, "synth", "-q", "-o", &ours_out], &[], SHORT)?),
        (
            "AWS CDK, without validation",
            measure(
                &["node", &node],
                &[("CDK_OUTDIR", &cdk_out), ("CDK_VALIDATION", "false")],
                LONG,
            )?,
        ),
        (
            "parse and serialize our templates, nothing else",
            measure(&[&floor, &ours_out, &floor_out], &[], SHORT)?,
        ),
    ];
    // A race between unequal results would say nothing.
    process::run(&mut process::command([floor.as_str(), "same", &ours_out, &cdk_out]))?;
    Ok(Table {
        title: "`synth` of 8,000 resources in 300 stacks",
        text: "The load of `benches/peers/synthetic.md`; the resources of both results are compared and equal.",
        rows,
    })
}

fn cold_builds(peers: &Peers) -> Result<Table> {
    let stratosphere = root().join("benches/peers/stratosphere/Cargo.toml").display().to_string();
    let services = services(&stratosphere)?;
    let cold = |words: &[&str]| {
        let target = peers.out("cold");
        let _ = fs::remove_dir_all(&target);
        // What is downloaded is downloaded once, and no part of the figure.
        let mut fetch = vec!["cargo", "fetch", "--quiet"];
        fetch.extend(words.iter().skip_while(|word| **word != "--manifest-path"));
        process::run(&mut process::command(fetch))?;
        measure(words, &[("CARGO_TARGET_DIR", &target), ("CARGO_INCREMENTAL", "1")], ONCE)
    };
    let rows = vec![
        (
            "shop-infra, with everything it needs",
            cold(&["cargo", "build", "--quiet", "--bin", "shop-infra"])?,
        ),
        (
            "fc-cdk-aws, 34 services",
            cold(&[
                "cargo",
                "build",
                "--quiet",
                "--package",
                "fc-cdk-aws",
                "--features",
                &services,
            ])?,
        ),
        (
            "stratosphere 0.1.0, the same 34 services",
            cold(&["cargo", "build", "--quiet", "--manifest-path", &stratosphere])?,
        ),
    ];
    Ok(Table {
        title: "Build from an empty `target`",
        text: "`cargo build` without `--release`, with all dependencies; downloads are done before.",
        rows,
    })
}

/// The services of the peer, as our features.
fn services(manifest: &str) -> Result<String> {
    let text = fs::read_to_string(manifest).map_err(|error| format!("{manifest}: {error}"))?;
    let names =
        text.lines().filter_map(|line| line.trim().strip_prefix("\"aws_")?.strip_suffix("\","));
    Ok(names.collect::<Vec<_>>().join(","))
}

fn edit_to_template(_: &Peers) -> Result<Table> {
    let words = ["cargo", "run", "--quiet", "--bin", "shop-infra", "--", "synth", "--quiet"];
    let out = process::target_dir().join("bench/edit").display().to_string();
    let all: Vec<&str> = words.into_iter().chain(["--output", &out]).collect();
    measure(&all, &[], ONCE)?;
    let sources = root().join("apps/shop-infra/src");
    let touched = stack_source(&sources)?;
    let mut best: Option<Figure> = None;
    for _ in 0..5 {
        let text = fs::read(&touched).map_err(|error| format!("{}: {error}", touched.display()))?;
        fs::write(&touched, text).map_err(|error| format!("{}: {error}", touched.display()))?;
        let figure = measure(&all, &[], ONCE)?;
        if best.is_none_or(|best| figure.cpu < best.cpu) {
            best = Some(figure);
        }
    }
    let rows =
        best.into_iter().map(|figure| ("touch a stack file, then `cargo run … synth`", figure));
    Ok(Table {
        title: "Edit to template",
        text: "A source file of shop-infra is touched; then its templates are there again.",
        rows: rows.collect(),
    })
}

/// A source file of the app that is not its `main.rs`, if there is one.
fn stack_source(folder: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort_by_key(|file| (file.ends_with("main.rs"), file.clone()));
    files.into_iter().next().ok_or_else(|| format!("no source in {}", folder.display()))
}

/// Runs a command; the figure is that of the run with the least CPU.
fn measure(words: &[&str], variables: &[(&str, &str)], runs: Runs) -> Result<Figure> {
    println!("measuring {}", words.join(" "));
    let result = process::target_dir().join("bench-figure");
    let each = f64::from(runs.each);
    let script = format!("for i in $(seq {each}); do \"$@\" || exit 1; done");
    let mut best: Option<Figure> = None;
    for _ in 0..runs.figures {
        let mut command = process::command(["/usr/bin/time", "--format", "%U %S %M", "--output"]);
        command.arg(&result).args(["sh", "-c", &script, "sh"]).args(words);
        command.envs(variables.iter().copied());
        let start = Instant::now();
        process::stdout(&mut command)?;
        let wall = start.elapsed().as_secs_f64() / each;
        let text = fs::read_to_string(&result).map_err(|error| error.to_string())?;
        let numbers: Vec<f64> =
            text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [user, system, peak] = numbers[..] else {
            return Err(format!("unexpected figures of /usr/bin/time: {text}"));
        };
        let figure = Figure { cpu: (user + system) / each, wall, peak: peak / 1024.0 };
        if best.is_none_or(|best| figure.cpu < best.cpu) {
            best = Some(figure);
        }
    }
    best.ok_or_else(|| "nothing was measured".to_owned())
}

fn report(tables: &[Table]) -> Result<String> {
    let rustc = process::stdout(&mut process::command(["rustc", "--version"]))?;
    let node = process::stdout(&mut process::command(["node", "--version"]))?;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut text = format!(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`: all figures of one run, on one machine ({cores} cores, {}, Node.js {}).\n\
         CPU is that of all processes a command starts, user and system; of several runs the one with the least counts.\n\
         The ratio is to the first row.\n\
         What is compared with what, and how to run a part by hand: [benches/peers](benches/peers/README.md).\n",
        rustc.trim(),
        node.trim(),
    );
    for Table { title, text: explanation, rows } in tables {
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n## {title}\n\n{explanation}\n\n| | CPU | ratio | wall | peak memory |\n|---|---:|---:|---:|---:|\n"
        );
        let first = rows.first().map_or(1.0, |(_, figure)| figure.cpu);
        for (name, Figure { cpu, wall, peak }) in rows {
            let ratio = cpu / first;
            let _ = writeln!(
                text,
                "| {name} | {} | {ratio:.1} | {} | {peak:.0} MiB |",
                seconds(*cpu),
                seconds(*wall)
            );
        }
    }
    Ok(text)
}

fn seconds(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.1} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
}
