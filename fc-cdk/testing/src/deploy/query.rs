//! Calls of the Query API, signed with nothing but a name: emulators believe it.

use crate::deploy::{
    error::Error,
    http::{self, Head},
    xml::{self, Element},
};

/// Who calls, and where.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// `127.0.0.1:4566`.
    pub(crate) address: String,
    pub(crate) account: String,
    pub(crate) region: String,
}

impl Caller {
    /// The first lines of a request by this caller.
    pub(crate) fn head(&self, method: &str, target: &str, service: &str) -> Head {
        let Caller { address, account, region } = self;
        let scope = format!("{account}/20260101/{region}/{service}/aws4_request");
        let header = |name: &str, value: String| (name.to_owned(), value);
        Head {
            start: format!("{method} {target} HTTP/1.1"),
            headers: vec![
                header("Host", address.clone()),
                header(
                    "Authorization",
                    format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
                ),
            ],
        }
    }

    /// Calls an action of a service; the reply is its outermost element.
    pub(crate) fn call(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Element, Error> {
        let mut head = self.head("POST", "/", service);
        let form = "application/x-www-form-urlencoded".to_owned();
        head.headers.push(("Content-Type".to_owned(), form));
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{}={}", http::encode(name), http::encode(value)));
        }
        let (reply, body) = http::exchange(&self.address, &head, body.as_bytes())
            .map_err(Error::during(format!("calling {action} of the emulator")))?;
        let text = String::from_utf8_lossy(&body);
        match reply.status() {
            200 => xml::parse(&text),
            status => Err(refusal(action, status, &text)),
        }
    }
}

fn refusal(action: &str, status: u16, text: &str) -> Error {
    let document = xml::parse(text).unwrap_or_default();
    let error = document.find("Error").cloned().unwrap_or_default();
    let (code, message) = (error.text_of("Code"), error.text_of("Message"));
    if code.is_empty() {
        return Error::new(format!("{action} gives status {status}: {text}"));
    }
    Error::new(format!("{action}: {code}: {message}"))
}
