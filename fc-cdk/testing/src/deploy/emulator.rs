//! [`Emulator`]: ministack on a free port, with stand-ins for the types that it lacks.

mod facts; // what a stand-in has to know
mod python; // where ministack is installed

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{self, Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::Duration,
};

use fc_cdk_core::spec::ResourceSpec;

use crate::deploy::{account::Account, error::Error, http, query::Caller};

/// What AWS's specification says of a resource type, by its name: `fc_cdk::aws::resource_type`.
pub type ResourceTypes = fn(&str) -> Option<ResourceSpec>;

/// The region of accounts that name none.
const REGION: &str = "ap-northeast-1";

/// How long ministack may take to start on a busy machine.
const START: Duration = Duration::from_secs(120);

/// A CloudFormation on this machine: [ministack](https://pypi.org/project/ministack/), stopped when this is dropped or the process ends.
///
/// It deploys, rolls back, detects drift and runs custom resources. It lacks many resource types: for these it gets **stand-ins**, which
/// are only written down, with a physical id, the attributes of AWS's specification, and a replacement where a property changes of which
/// the specification says so; so does a resource with a property that ministack does not support. [`Emulator::stand_ins`] tells which these are. What `Fn::GetAtt` gives of other types is filled in likewise
/// where ministack does not know it. Templates are never rewritten.
///
/// That it accepts a template says little of the template: it checks less than CloudFormation does.
#[derive(Debug)]
pub struct Emulator {
    process: Mutex<Child>,
    /// Closed when the emulator is to end.
    commands: Arc<Mutex<Option<ChildStdin>>>,
    done: Mutex<Receiver<()>>,
    stand_ins: Arc<Mutex<Vec<String>>>,
    address: String,
    folder: PathBuf,
    accounts: AtomicU64,
}

impl Emulator {
    /// Starts an emulator, which takes 1 to 4 seconds.
    ///
    /// # Errors
    ///
    /// When it is not installed ([`Error::is_not_installed`], the message says how to install it) or does not start.
    pub fn start(types: ResourceTypes) -> Result<Emulator, Error> {
        let python = python::find()?;
        Emulator::launch(&python, types, 3)
    }

    fn launch(python: &Path, types: ResourceTypes, tries: u32) -> Result<Emulator, Error> {
        let folder = private_folder()?;
        let launcher = folder.join("launcher.py");
        let write = |text: &str| fs::write(&launcher, text);
        write(include_str!("emulator/launcher.py")).map_err(Error::during(launcher.display()))?;
        let log = folder.join("log.txt");
        let log_file = File::create(&log).map_err(Error::during(log.display()))?;
        let port = free_port()?;
        let mut child = Command::new(python)
            .arg(&launcher)
            .current_dir(&folder)
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("LOG_LEVEL", "WARNING")
            .env("MINISTACK_REGION", REGION)
            .env("TMPDIR", &folder)
            .env("S3_DATA_DIR", folder.join("s3"))
            // The protocol is in UTF-8, in whatever language the user's system speaks.
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .map_err(Error::during(format!("starting {}", python.display())))?;
        let commands = Arc::new(Mutex::new(child.stdin.take()));
        let stand_ins = Arc::new(Mutex::new(Vec::new()));
        let (ready, is_ready) = mpsc::channel();
        let (did, done) = mpsc::channel();
        if let Some(out) = child.stdout.take() {
            let (commands, stand_ins) = (Arc::clone(&commands), Arc::clone(&stand_ins));
            let lines = BufReader::new(out).lines();
            std::thread::spawn(move || answer(lines, types, &commands, &stand_ins, &ready, &did));
        }
        let emulator = Emulator {
            process: Mutex::new(child),
            commands,
            done: Mutex::new(done),
            stand_ins,
            address: format!("127.0.0.1:{port}"),
            folder,
            accounts: AtomicU64::new(100_000_000_000),
        };
        match is_ready.recv_timeout(START) {
            Ok(()) => Ok(emulator),
            // It ended by itself: another program may have taken the port, which nobody held before it listened there.
            Err(RecvTimeoutError::Disconnected) if tries > 1 => {
                drop(emulator);
                Emulator::launch(python, types, tries - 1)
            }
            Err(_) => {
                let log = fs::read_to_string(&log).unwrap_or_default();
                Err(Error::new(format!("the emulator does not start; its last words:\n{log}")))
            }
        }
    }

    /// The emulator that the tests of one program share, started by the first of them. `None`, after a line on standard error, where it is
    /// not installed; a test then returns.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed and the variable `CI` is set: there a test that did not run is a failure.
    #[expect(
        clippy::panic,
        clippy::print_stderr,
        reason = "a test fails by panicking, and says on standard error why it skips"
    )]
    pub fn for_tests(types: ResourceTypes) -> Option<&'static Emulator> {
        static SHARED: OnceLock<Result<Emulator, Error>> = OnceLock::new();
        match SHARED.get_or_init(|| Emulator::start(types)) {
            Ok(emulator) => Some(emulator),
            Err(error) if error.is_not_installed() && !python::is_ci() => {
                eprintln!("skipped: {error}");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An account that nobody has used yet, in `ap-northeast-1`.
    pub fn new_account(&self) -> Account<'_> {
        let id = self.accounts.fetch_add(1, Ordering::Relaxed);
        self.account(&id.to_string(), REGION)
    }

    /// An account by its 12 digits, in a region. What is in one account and region is not seen in another.
    pub fn account(&self, id: &str, region: &str) -> Account<'_> {
        let (account, region) = (id.to_owned(), region.to_owned());
        Account::new(self, Caller { address: self.address.clone(), account, region })
    }

    /// The resource types for which there were stand-ins so far, by name.
    pub fn stand_ins(&self) -> Vec<String> {
        let mut types = self.stand_ins.lock().unwrap_or_else(PoisonError::into_inner).clone();
        types.sort();
        types
    }

    /// Forgets everything in all accounts.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn reset(&self) -> Result<(), Error> {
        let caller = self.account("000000000000", REGION).caller().clone();
        let head = caller.head("POST", "/_ministack/reset", "cloudformation");
        let reply = http::exchange(&self.address, &head, b"");
        match reply.map_err(Error::during("resetting the emulator"))?.0.status() {
            200 => Ok(()),
            status => Err(Error::new(format!("resetting the emulator gives status {status}"))),
        }
    }

    /// Tells the launcher something, and waits until it is done.
    pub(crate) fn command(&self, line: &str) -> Result<(), Error> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        say(&self.commands, line);
        done.recv_timeout(Duration::from_secs(60))
            .map_err(|_| Error::new("the emulator does not answer: has it ended?"))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The launcher ends when it hears nothing more.
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).take();
        let process = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Answers what the launcher asks, until it ends.
fn answer(
    lines: impl Iterator<Item = std::io::Result<String>>,
    types: ResourceTypes,
    commands: &Mutex<Option<ChildStdin>>,
    stand_ins: &Mutex<Vec<String>>,
    ready: &Sender<()>,
    done: &Sender<()>,
) {
    for line in lines.map_while(Result::ok) {
        // Nobody waits any more when the emulator has been dropped.
        match line.split_once(' ') {
            Some(("type", name)) => {
                let spec = types(name);
                let facts = spec.map_or_else(|| "null".to_owned(), facts::of);
                say(commands, &format!("facts {facts}"));
            }
            Some(("lacks", name)) => {
                let mut types = stand_ins.lock().unwrap_or_else(PoisonError::into_inner);
                if !types.iter().any(|known| known == name) {
                    types.push(name.to_owned());
                }
            }
            _ if line == "ready" => drop(ready.send(())),
            _ if line == "done" => drop(done.send(())),
            _ => {}
        }
    }
}

fn say(commands: &Mutex<Option<ChildStdin>>, line: &str) {
    let mut commands = commands.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(commands) = commands.as_mut() {
        // Where the launcher has ended, whoever waits for its answer says so.
        let _ = commands.write_all(format!("{line}\n").as_bytes()).and_then(|()| commands.flush());
    }
}

fn private_folder() -> Result<PathBuf, Error> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = env::temp_dir().join(format!("fc-cdk-emulator-{}-{count}", process::id()));
    // One of an earlier process with the same number.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(Error::during(folder.display()))?;
    Ok(folder)
}

fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(listener.map_err(Error::during("looking for a free port"))?.port())
}
