//! Calls of the Query API, signed with nothing but a name: emulators believe it.

use fc_cdk_core::Node;

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

impl Caller {
    /// Calls an operation of a service that speaks JSON; the reply is its JSON.
    pub(crate) fn call_json(
        &self,
        service: &str,
        target: &str,
        body: &Node,
    ) -> Result<Node, Error> {
        let mut head = self.head("POST", "/", service);
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        head.headers.push(header("Content-Type", "application/x-amz-json-1.1"));
        head.headers.push(header("X-Amz-Target", target));
        let (reply, body) = http::exchange(&self.address, &head, body.to_json().as_bytes())
            .map_err(Error::during(format!("calling {target} of the emulator")))?;
        let text = String::from_utf8_lossy(&body);
        if reply.status() != 200 {
            return Err(Error::new(format!("{target} gives status {}: {text}", reply.status())));
        }
        Node::parse_json(&text).map_err(|error| Error::new(format!("{target}: {error}")))
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
