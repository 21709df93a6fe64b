//! `BENCHMARKS.md`.

use std::fmt::Write;

use super::measure::Figure;
use crate::{Result, process};

/// One table of the report.
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) text: String,
    /// The first row is ours; the others are compared with it. None where the text says it all.
    pub(super) rows: Vec<(&'static str, Figure)>,
}

/// `load` is the load of the machine before the run, in processes that want to run.
pub(super) fn text(tables: &[Table], load: f64) -> Result<String> {
    let mut text = format!(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`: all figures of one run, on one machine ({}).\n\
         What is compared with what, and how to run a part by hand: [benches/peers](benches/peers/README.md).\n\n\
         - CPU is that of all processes that a command starts, in the program and in the kernel; the ratio is to the first row.\n\
         - The commands of a table run in turns; each figure is the median of its runs.\n\
         - The CPU of short commands varies by a fifth with what else the machine does. Instructions, in millions, hardly vary: \
         compare those between two states of the code. valgrind counts them; it does not count the kernel's.\n\
         - Memory is that of the largest process at its peak.\n",
        machine()?
    );
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if load > cores as f64 / 2.0 {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "- Other programs kept the machine busy during this run (load {load:.1} on {cores} cores): compare ratios, and no times on \
             the clock."
        );
    }
    for table in tables {
        add(&mut text, table);
    }
    Ok(text)
}

fn add(text: &mut String, table: &Table) {
    // Writing to a string does not fail.
    if table.rows.is_empty() {
        let _ = writeln!(text, "\n## {}\n\n{}", table.title, table.text);
        return;
    }
    let _ = write!(
        text,
        "\n## {}\n\n{}\n\n| | CPU | program | kernel | ratio | wall | peak memory | instructions |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|\n",
        table.title, table.text
    );
    let ours = table.rows.first().map_or(1.0, |(_, figure)| figure.cpu());
    for (name, figure) in &table.rows {
        let ratio = figure.cpu() / ours;
        let ratio = if ratio < 10.0 { format!("{ratio:.1}") } else { format!("{ratio:.0}") };
        let peak = known(figure.peak, |peak| format!("{peak:.0} MiB"));
        let instructions = known(figure.instructions.unwrap_or(0.0), |count| format!("{count:.1}"));
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {ratio} | {} | {peak} | {instructions} |",
            time(figure.cpu()),
            time(figure.user),
            time(figure.system),
            known(figure.wall, time),
        );
    }
}

fn known(value: f64, show: impl Fn(f64) -> String) -> String {
    if value == 0.0 { "–".to_owned() } else { show(value) }
}

fn time(milliseconds: f64) -> String {
    match milliseconds {
        short if short < 100.0 => format!("{short:.1} ms"),
        medium if medium < 1000.0 => format!("{medium:.0} ms"),
        long => format!("{:.2} s", long / 1000.0),
    }
}

/// The load of the machine in the last minute.
pub(super) fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Processor, cores, memory, compilers.
fn machine() -> Result<String> {
    let field = |file: &str, key: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory =
        field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok());
    let memory = memory.map_or(0.0, |kibibytes: f64| kibibytes / 1024.0 / 1024.0);
    let rustc = process::stdout(&mut process::command(["rustc", "--version"]))?;
    let rustc = rustc.split_whitespace().nth(1).unwrap_or_default();
    let node = process::stdout(&mut process::command(["node", "--version"])).unwrap_or_default();
    let node = node.trim().trim_start_matches('v');
    Ok(format!(
        "{}, {cores} cores of {processor}, {memory:.0} GiB, rustc {rustc}, Node.js {node}",
        std::env::consts::OS
    ))
}
