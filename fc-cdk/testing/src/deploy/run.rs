//! Programs of apps, as their users start them.

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::deploy::error::Error;

/// How a program ended, and what it printed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Run {
    /// Its exit code; `None` where a signal ended it.
    pub exit_code: Option<i32>,
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error.
    pub stderr: String,
    /// How long it ran.
    pub time: Duration,
}

impl Run {
    /// All that it printed, for messages and for searches.
    pub fn output(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}

/// A program that runs. It is killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    start: Instant,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// Lets only these variables tell a program where AWS is. Those that its caller has set for it stay, too.
pub(crate) fn lead(command: &mut Command, environment: Vec<(&'static str, String)>) {
    let given: Vec<OsString> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
    let around = env::vars_os().map(|(name, _)| name);
    for name in around.filter(|name| !given.contains(name) && leads_elsewhere(name)) {
        command.env_remove(name);
    }
    command.envs(environment);
}

/// Whether a variable of the user may lead a program to another account or through a proxy, or make it print otherwise.
fn leads_elsewhere(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    name.starts_with("AWS_")
        || name.starts_with("CDK_")
        || name.ends_with("_PROXY")
        || ["CONTEXT_OVERFLOW_LOCATION_ENV", "CLICOLOR_FORCE", "COLUMNS"].contains(&name.as_str())
}

impl Running {
    /// Starts a program for which only these variables tell where AWS is.
    pub(crate) fn start(
        command: &mut Command,
        environment: Vec<(&'static str, String)>,
    ) -> Result<Running, Error> {
        lead(command, environment);
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().map_err(Error::during(format!("starting {program}")))?;
        let (stdout, stderr) = (Arc::default(), Arc::default());
        let mut readers = Vec::new();
        if let Some(from) = child.stdout.take() {
            readers.push(collect(from, &stdout));
        }
        if let Some(from) = child.stderr.take() {
            readers.push(collect(from, &stderr));
        }
        Ok(Running { child, start, stdout, stderr, readers })
    }

    /// Its number among the processes.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed so far, on standard output and on standard error.
    pub fn output(&self) -> String {
        let text =
            |text: &Mutex<String>| text.lock().unwrap_or_else(PoisonError::into_inner).clone();
        format!("{}\n{}", text(&self.stdout), text(&self.stderr))
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// When the system loses it.
    pub fn wait(mut self) -> Result<Run, Error> {
        let status = self.child.wait().map_err(Error::during("waiting for a program"))?;
        let time = self.start.elapsed();
        for reader in self.readers.drain(..) {
            // A reader cannot panic.
            let _ = reader.join();
        }
        let text =
            |text: &Mutex<String>| text.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Run {
            exit_code: status.code(),
            stdout: text(&self.stdout),
            stderr: text(&self.stderr),
            time,
        })
    }

    /// Kills it at once, as `kill -9` does, and tells what it had printed.
    ///
    /// # Errors
    ///
    /// When the system loses it.
    pub fn kill(mut self) -> Result<Run, Error> {
        self.child.kill().map_err(Error::during("killing a program"))?;
        self.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads until the end, in a thread of its own, so that the program never waits for a reader.
fn collect(from: impl Read + Send + 'static, into: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let into = Arc::clone(into);
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&line);
            into.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
            line.clear();
        }
    })
}
