//! [`FakeCloudFormation`]: a CloudFormation that plays what a test writes down.

mod api; // requests -> replies
mod scenario; // what a test writes down
mod state; // stacks and change sets, and how they change
mod xml_writer; // replies as text

use std::{
    io::{self, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

pub use self::scenario::{ChangeSetOutcome, FakeStack, Scenario, Validation};
use self::state::State;
use crate::deploy::{
    account::environment,
    error::Error,
    http,
    query::Caller,
    run::{Run, Running},
    xml::Element,
};

/// Its account and region.
const ACCOUNT: &str = "123456789012";
const REGION: &str = "ap-northeast-1";

/// A CloudFormation that keeps stacks and their states as AWS does, makes no resources, and plays a [`Scenario`]: what no emulator shows,
/// such as the state `ROLLBACK_FAILED`, change sets that somebody made obsolete, or early validation.
///
/// It answers the calls of CloudFormation by which stacks are deployed, `GetCallerIdentity`, and puts objects in buckets. Nothing depends on
/// the time: what goes on with a stack goes on by a step or some whenever somebody looks.
#[derive(Debug)]
pub struct FakeCloudFormation {
    address: String,
    state: Arc<Mutex<State>>,
    ended: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl FakeCloudFormation {
    /// Plays a scenario on a free port, until this is dropped.
    ///
    /// # Errors
    ///
    /// When there is no free port.
    pub fn play(scenario: Scenario) -> io::Result<FakeCloudFormation> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let state = Arc::new(Mutex::new(State::of(scenario)));
        let ended = Arc::new(AtomicBool::new(false));
        let shared = (Arc::clone(&state), Arc::clone(&ended));
        let acceptor = thread::spawn(move || {
            let (state, ended) = shared;
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let state = Arc::clone(&state);
                // A caller that is gone needs no answer.
                thread::spawn(move || drop(serve(stream, &state)));
            }
        });
        Ok(FakeCloudFormation { address, state, ended, acceptor: Some(acceptor) })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens, for a proxy before it: `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The environment variables by which AWS's SDKs, the AWS CLI and the `cdk` CLI find it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        environment(&self.address, ACCOUNT, REGION)
    }

    /// Runs a program, such as that of an app, against it, and waits for its end.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn run(&self, command: &mut Command) -> Result<Run, Error> {
        self.spawn(command)?.wait()
    }

    /// Starts a program against it, and goes on while it runs.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn spawn(&self, command: &mut Command) -> Result<Running, Error> {
        Running::start(command, self.environment())
    }

    /// Calls an action, such as `DescribeStacks`; the reply is its outermost element.
    ///
    /// # Errors
    ///
    /// When it is refused.
    pub fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Element, Error> {
        let [address, account, region] =
            [self.address.as_str(), ACCOUNT, REGION].map(str::to_owned);
        let caller = Caller { address, account, region };
        caller.call("cloudformation", "2010-05-15", action, parameters)
    }

    /// The calls so far: names of actions, in order.
    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// The status of a stack; `None` where it is gone or never was.
    pub fn status(&self, stack: &str) -> Option<String> {
        self.state().stack(stack).map(|stack| stack.status.clone())
    }

    /// The template of a stack that is deployed.
    pub fn template(&self, stack: &str) -> Option<String> {
        self.state().stack(stack).map(|stack| stack.template.clone())
    }

    /// The names of the change sets of a stack.
    pub fn change_sets(&self, stack: &str) -> Vec<String> {
        let state = self.state();
        let sets = state.change_sets.iter().filter(|set| set.stack_name == stack);
        sets.map(|set| set.name.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FakeCloudFormation {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes up the acceptor.
        let _ = TcpStream::connect(&self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

/// Answers the calls of one connection, until it ends.
fn serve(mut stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut from = BufReader::new(stream.try_clone()?);
    while let Some(head) = http::read_head(&mut from)? {
        if head.header("expect").is_some() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let body = http::read_body(&head, &mut from)?;
        let (reply, body) = {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            api::answer(&mut state, &head, &body)
        };
        reply.write(&mut stream, &body)?;
    }
    Ok(())
}
