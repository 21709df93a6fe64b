//! An AWS that answers single operations by what a test writes down, and denies all others.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// An operation, the status of its answer, and the answer, in which `R` stands for the root of XML. An object of S3 is `HEAD /bucket/key`, a
/// bucket `HEAD /bucket`. After a space, a text that has to be in the question: `GetRole reader`. Several answers to the same come in turn, the
/// last one again and again.
pub(crate) type Answer = (&'static str, u16, String);

/// Listens until the test ends; gives its address and what it was asked. The defaults are for what has no answer.
pub(crate) fn serve(
    answers: Vec<Answer>,
    defaults: Vec<Answer>,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&asked);
    thread::spawn(move || {
        let mut answers = answers;
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = answer(stream, &mut answers, &defaults, &shared);
        }
    });
    (format!("http://{address}"), asked)
}

fn answer(
    stream: TcpStream,
    answers: &mut Vec<Answer>,
    defaults: &[Answer],
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (mut length, mut target, mut signed) = (0, None, false);
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let lower = header.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if lower.starts_with("x-amz-target:") {
            target = header.trim().rsplit('.').next().map(str::to_owned);
        }
        signed |= lower.starts_with("authorization: aws4-hmac-sha256 credential=key/");
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let action = body.split('&').find_map(|part| part.strip_prefix("Action=")).map(str::to_owned);
    let path = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let path = path.split(['?']).next().unwrap_or_default().trim_end_matches('/').to_owned();
    let is_json = target.is_some();
    let operation = action.or(target).unwrap_or(path);
    asked.lock().unwrap().push(operation.clone());
    let fits = |(name, ..): &Answer| {
        let name = name.strip_prefix(operation.as_str());
        // The method and path of S3 have a space, too.
        signed && name.is_some_and(|rest| rest.is_empty() || body.contains(rest.trim_start()))
    };
    let at = answers.iter().position(fits);
    let is_last = answers.iter().filter(|it| fits(it)).count() == 1;
    let found = match at {
        Some(at) if is_last => Some(answers[at].clone()),
        Some(at) => Some(answers.remove(at)),
        None => defaults.iter().find(|it| fits(it)).cloned(),
    };
    let (status, text) = match &found {
        Some((_, status, text)) => {
            // What the root is called is the operation's name.
            let (open, close) =
                (format!("<{operation}Response>"), format!("</{operation}Response>"));
            (*status, text.replace("<R>", &open).replace("</R>", &close))
        }
        None if is_json => (400, r#"{"__type": "AccessDeniedException", "message": "no"}"#.into()),
        None => (403, error("AccessDenied", "no")),
    };
    let body = if operation.starts_with("HEAD") { "" } else { text.as_str() };
    let length = if operation.starts_with("HEAD") && !text.is_empty() {
        text.clone()
    } else {
        body.len().to_string()
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// An error of the Query protocol.
pub(crate) fn error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    )
}
