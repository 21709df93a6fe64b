//! [`FaultProxy`]: a bad network on the way to an endpoint, which also counts the calls.

use std::{
    io::{self, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::deploy::http::{self, Head};

/// A proxy on a free port, in threads of this process. It ends when this is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: String,
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
}

/// A call that came through.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// Such as `cloudformation`, from the signature.
    pub service: String,
    /// Such as `DescribeStacks`; the method and path where the API has no names of operations, as S3's has not.
    pub operation: String,
    /// What the caller was answered; `None` where it got no answer.
    pub status: Option<u16>,
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// It is not passed on; the caller gets this error.
    Error {
        /// Such as 400.
        status: u16,
        /// Such as `Throttling`.
        code: String,
        /// For people.
        message: String,
    },
    /// It is not passed on; the connection ends without an answer.
    Disconnect,
    /// It is not passed on; there is no answer, and the connection stays open.
    Hang,
    /// It is passed on and done, but the connection ends before the answer.
    LostReply,
    /// It is passed on after a while.
    Delay(Duration),
}

/// To which calls something happens.
#[derive(Clone, Debug)]
pub struct Fault {
    operation: String,
    effect: Effect,
    skip: usize,
    times: usize,
    lasts: Option<Duration>,
}

impl Fault {
    /// Something happens to every call of an operation, such as `CreateChangeSet`; `*` stands for all operations, and `s3` for all of S3.
    pub fn on(operation: &str, effect: Effect) -> Fault {
        let operation = operation.to_owned();
        Fault { operation, effect, skip: 0, times: usize::MAX, lasts: None }
    }

    /// The answer by which AWS asks to be called less often.
    pub fn throttling(operation: &str) -> Fault {
        Fault::error(operation, 400, "Throttling", "Rate exceeded")
    }

    /// An error is the answer.
    pub fn error(operation: &str, status: u16, code: &str, message: &str) -> Fault {
        let (code, message) = (code.to_owned(), message.to_owned());
        Fault::on(operation, Effect::Error { status, code, message })
    }

    /// Only after so many calls that went well.
    #[must_use]
    pub fn after(mut self, count: usize) -> Fault {
        self.skip = count;
        self
    }

    /// Only so many times.
    #[must_use]
    pub fn times(mut self, count: usize) -> Fault {
        self.times = count;
        self
    }

    /// Only for so long from the first time.
    #[must_use]
    pub fn lasts(mut self, time: Duration) -> Fault {
        self.lasts = Some(time);
        self
    }
}

#[derive(Debug)]
struct State {
    upstream: String,
    faults: Mutex<Vec<(Fault, Option<Instant>)>>,
    calls: Mutex<Vec<Call>>,
    /// Operations whose calls came in, answered or not.
    seen: Mutex<Vec<String>>,
    ended: AtomicBool,
}

impl FaultProxy {
    /// A proxy before a server on this machine, such as `127.0.0.1:4566`.
    ///
    /// # Errors
    ///
    /// When there is no free port.
    pub fn start(upstream: &str) -> io::Result<FaultProxy> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let state = Arc::new(State {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            faults: Mutex::default(),
            calls: Mutex::default(),
            seen: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        let acceptor = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.ended.load(Ordering::Relaxed) {
                    break;
                }
                let state = Arc::clone(&shared);
                // A broken connection is the caller's or the server's doing, and they see it.
                thread::spawn(move || drop(state.serve(stream)));
            }
        });
        Ok(FaultProxy { address, state, acceptor: Some(acceptor) })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Adds a fault; of those that fit a call the first one happens.
    pub fn add(&self, fault: Fault) {
        self.state.faults().push((fault, None));
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.state.faults().clear();
    }

    /// The calls so far, in the order of their answers.
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls().clone()
    }

    /// Forgets the calls so far, and tells which they were.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.state.calls())
    }

    /// How often a call of an operation came in so far, whether or not it has an answer yet.
    pub fn seen(&self, operation: &str) -> usize {
        let seen = self.state.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().filter(|seen| *seen == operation).count()
    }

    /// How often an operation was answered so far, be it with nothing.
    pub fn count(&self, operation: &str) -> usize {
        self.state.calls().iter().filter(|call| call.operation == operation).count()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::Relaxed);
        // Wakes up the acceptor.
        let _ = TcpStream::connect(&self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl State {
    fn faults(&self) -> std::sync::MutexGuard<'_, Vec<(Fault, Option<Instant>)>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes on the calls of one connection, until it ends.
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut from = BufReader::new(stream.try_clone()?);
        while let Some(head) = http::read_head(&mut from)? {
            if head.header("expect").is_some() {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
            let body = http::read_body(&head, &mut from)?;
            let mut call = describe(&head, &body);
            let effect = self.effect(&call);
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(call.operation.clone());
            if let Some(Effect::Delay(time)) = effect {
                thread::sleep(time);
            }
            let reply = match &effect {
                Some(Effect::Error { status, code, message }) => {
                    Some(error(&call, &head, *status, code, message))
                }
                Some(Effect::Disconnect | Effect::Hang) => None,
                Some(Effect::LostReply) => {
                    http::exchange(&self.upstream, &head, &body)?;
                    None
                }
                _ => Some(http::exchange(&self.upstream, &head, &body)?),
            };
            call.status = reply.as_ref().map(|(head, _)| head.status());
            self.calls().push(call);
            match reply {
                Some((reply, body)) if head.method() == "HEAD" => {
                    // The length of a body that does not follow.
                    let mut text = format!("{}\r\n", reply.start);
                    for (name, value) in &reply.headers {
                        text.push_str(&format!("{name}: {value}\r\n"));
                    }
                    drop(body);
                    stream.write_all(format!("{text}\r\n").as_bytes())?;
                }
                Some((reply, body)) => reply.write(&mut stream, &body)?,
                None if effect == Some(Effect::Hang) => {
                    // Until the caller has had enough.
                    stream.set_read_timeout(Some(Duration::from_secs(300)))?;
                    let _ = from.read(&mut [0]);
                    return Ok(());
                }
                None => return stream.shutdown(Shutdown::Both),
            }
        }
        Ok(())
    }

    /// What happens to a call, if something does.
    fn effect(&self, call: &Call) -> Option<Effect> {
        let mut faults = self.faults();
        for (fault, since) in faults.iter_mut() {
            let fits = ["*", call.operation.as_str(), call.service.as_str()];
            if !fits.contains(&fault.operation.as_str()) || fault.times == 0 {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            let since = *since.get_or_insert_with(Instant::now);
            if fault.lasts.is_some_and(|lasts| since.elapsed() > lasts) {
                continue;
            }
            fault.times -= 1;
            return Some(fault.effect.clone());
        }
        None
    }
}

/// What is called.
fn describe(head: &Head, body: &[u8]) -> Call {
    let authorization = head.header("authorization").unwrap_or_default();
    let scope = authorization.split("Credential=").nth(1).unwrap_or_default();
    let service = scope.split('/').nth(3).unwrap_or_default().to_owned();
    let target = head.header("x-amz-target").and_then(|target| target.rsplit('.').next());
    let form = head
        .header("content-type")
        .is_some_and(|content| content.starts_with("application/x-www-form-urlencoded"));
    let fields = if form { http::decode_form(body) } else { Vec::new() };
    let action = fields.into_iter().find(|(name, _)| name == "Action").map(|(_, action)| action);
    let operation = action.or_else(|| target.map(str::to_owned)).unwrap_or_else(|| {
        let path = head.target().split('?').next().unwrap_or_default();
        format!("{} {path}", head.method())
    });
    Call { service, operation, status: None }
}

/// An error in the form of the service.
fn error(call: &Call, head: &Head, status: u16, code: &str, message: &str) -> (Head, Vec<u8>) {
    let is_json = head.header("x-amz-target").is_some();
    let (kind, body) = if is_json {
        let body = fc_cdk_core::json!({ "__type": code, "message": message });
        ("application/x-amz-json-1.1", body.to_json())
    } else {
        let (code, message) =
            (crate::deploy::xml::escape(code), crate::deploy::xml::escape(message));
        let error = format!(
            "<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        );
        let body = if call.service == "s3" {
            format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")
        } else {
            format!("<ErrorResponse>{error}<RequestId>fault</RequestId></ErrorResponse>")
        };
        ("text/xml", body)
    };
    let reply = Head {
        start: format!("HTTP/1.1 {status} Fault"),
        headers: vec![("Content-Type".to_owned(), kind.to_owned())],
    };
    (reply, body.into_bytes())
}
