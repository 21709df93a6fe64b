//! What commands take.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Instant,
};

use nix::sys::resource::{Usage, UsageWho, getrusage};

use crate::{Result, process};

/// A command to measure.
pub(super) struct Job {
    pub(super) name: &'static str,
    pub(super) words: Vec<String>,
    pub(super) variables: Vec<(&'static str, String)>,
    /// What is removed before each run, so that each makes the same from nothing.
    pub(super) fresh: Option<PathBuf>,
    /// A file that changes before each run.
    pub(super) touched: Option<PathBuf>,
    /// How often it runs for the figure.
    pub(super) runs: usize,
}

impl Job {
    pub(super) fn new<W: AsRef<str>>(
        name: &'static str,
        words: impl IntoIterator<Item = W>,
        runs: usize,
    ) -> Job {
        let words = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
        Job { name, words, variables: Vec::new(), fresh: None, touched: None, runs }
    }

    /// With further words at the end.
    pub(super) fn and(mut self, words: &[&str]) -> Job {
        self.words.extend(words.iter().map(|&word| word.to_owned()));
        self
    }

    pub(super) fn fresh(mut self, path: &Path) -> Job {
        self.fresh = Some(path.to_owned());
        self
    }

    pub(super) fn touched(mut self, path: &Path) -> Job {
        self.touched = Some(path.to_owned());
        self
    }

    pub(super) fn variable(mut self, name: &'static str, value: impl Into<String>) -> Job {
        self.variables.push((name, value.into()));
        self
    }
}

/// What one command took: medians of its runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Figure {
    /// Milliseconds of CPU in the programs.
    pub(super) user: f64,
    /// Milliseconds of CPU in the kernel.
    pub(super) system: f64,
    /// Milliseconds on the clock.
    pub(super) wall: f64,
    /// Memory at the peak of the largest process, in MiB; zero where it is not known.
    pub(super) peak: f64,
    /// Millions of instructions in the program, where valgrind has counted them.
    pub(super) instructions: Option<f64>,
}

impl Figure {
    pub(super) fn cpu(&self) -> f64 {
        self.user + self.system
    }
}

/// Runs the jobs in turns, so that what else the machine does falls on all alike.
pub(super) fn all(jobs: &[Job]) -> Result<Vec<Figure>> {
    let mut samples: Vec<Vec<Figure>> = vec![Vec::new(); jobs.len()];
    let mut peaks = vec![0.0; jobs.len()];
    for (job, peak) in jobs.iter().zip(&mut peaks) {
        println!("measuring {}: {}", job.name.trim_matches('*'), job.words.join(" "));
        // The first run fills the system's caches, and is the one that tells the memory.
        if job.runs > 1 {
            *peak = run(job, true)?.peak;
        }
    }
    let most = jobs.iter().map(|job| job.runs).max().unwrap_or(0);
    for round in 0..most {
        for (index, job) in jobs.iter().enumerate().filter(|(_, job)| round < job.runs) {
            let sample = run(job, job.runs == 1)?;
            peaks[index] = sample.peak.max(peaks[index]);
            samples[index].push(sample);
        }
    }
    let figures = samples.iter().zip(peaks).map(|(samples, peak)| Figure {
        user: median(samples, |sample| sample.user),
        system: median(samples, |sample| sample.system),
        wall: median(samples, |sample| sample.wall),
        peak,
        instructions: None,
    });
    Ok(figures.collect())
}

fn median(samples: &[Figure], of: impl Fn(&Figure) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Runs a job once. Its memory is told by `/usr/bin/time`, whose own start would be a part of a short command's figure.
fn run(job: &Job, with_peak: bool) -> Result<Figure> {
    if let Some(path) = &job.fresh {
        let _ = fs::remove_dir_all(path);
    }
    if let Some(path) = &job.touched {
        let touched = fs::read(path).and_then(|text| fs::write(path, text));
        touched.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let told = process::target_dir().join("bench-peak");
    let told_name = told.display().to_string();
    let wrapper = ["/usr/bin/time", "--format", "%M", "--output", &told_name];
    let with_peak = with_peak && Path::new(wrapper[0]).exists();
    let wrapper = wrapper.into_iter().filter(|_| with_peak);
    let mut command = process::command(wrapper.chain(job.words.iter().map(String::as_str)));
    command.envs(job.variables.iter().map(|(name, value)| (name, value)));
    command.stdout(Stdio::null());
    let (before, start) = (children()?, Instant::now());
    process::run(&mut command)?;
    let (wall, after) = (start.elapsed(), children()?);
    let milliseconds = |time: fn(&Usage) -> nix::sys::time::TimeVal| {
        let (before, after) = (time(&before), time(&after));
        (after.tv_sec() - before.tv_sec()) as f64 * 1e3
            + (after.tv_usec() - before.tv_usec()) as f64 / 1e3
    };
    let peak = match with_peak {
        true => fs::read_to_string(&told).unwrap_or_default().trim().parse().unwrap_or(0.0),
        false => 0.0,
    };
    Ok(Figure {
        user: milliseconds(Usage::user_time),
        system: milliseconds(Usage::system_time),
        wall: wall.as_secs_f64() * 1e3,
        peak: peak / 1024.0,
        instructions: None,
    })
}

/// What all children so far have taken, with theirs.
fn children() -> Result<Usage> {
    getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())
}

/// Millions of instructions that a job's program executes, as valgrind counts them; `None` where there is no valgrind.
pub(super) fn instructions(job: &Job) -> Result<Option<f64>> {
    instructions_in(job, None)
}

/// The same for what a function of the program does, with all that it calls.
pub(super) fn instructions_in(job: &Job, function: Option<&str>) -> Result<Option<f64>> {
    let mut version = process::command(["valgrind", "--version"]);
    if !version.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success()) {
        return Ok(None);
    }
    println!("counting instructions of {}", job.words.join(" "));
    if let Some(path) = &job.fresh {
        let _ = fs::remove_dir_all(path);
    }
    let log = process::target_dir().join("bench-instructions");
    let log_file = format!("--log-file={}", log.display());
    let tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", &log_file];
    let within = function.map(|name| format!("--toggle-collect={name}"));
    let tool = tool.into_iter().chain(within.as_deref());
    let mut command = process::command(tool.chain(job.words.iter().map(String::as_str)));
    command.envs(job.variables.iter().map(|(name, value)| (name, value)));
    process::run(command.stdout(Stdio::null()))?;
    let text = fs::read_to_string(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let count = text.lines().find_map(|line| line.split_once("Collected :"));
    let count = count.and_then(|(_, number)| number.trim().parse::<f64>().ok());
    count
        .map(|count| Some(count / 1e6))
        .ok_or_else(|| format!("unexpected words of valgrind: {text}"))
}
