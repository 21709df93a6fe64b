//! As much of HTTP/1.1 as SDKs and emulators speak on one machine.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// No message is longer: templates are at most 1 MB, and archives of tests are small.
const MAX_BODY: usize = 256 << 20;
const MAX_HEAD: usize = 64 << 10;

/// The first lines of a request or of a reply.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// `POST / HTTP/1.1` or `HTTP/1.1 200 OK`.
    pub(crate) start: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn method(&self) -> &str {
        self.start.split(' ').next().unwrap_or_default()
    }

    /// The path of a request, with its query.
    pub(crate) fn target(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// The status of a reply.
    pub(crate) fn status(&self) -> u16 {
        self.start.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default()
    }

    fn length(&self) -> Option<usize> {
        self.header("content-length")?.trim().parse().ok().filter(|length| *length <= MAX_BODY)
    }

    fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    }

    /// The same message with another body and the header that tells its length.
    pub(crate) fn write(&self, out: &mut impl Write, body: &[u8]) -> io::Result<()> {
        let mut bytes = format!("{}\r\n", self.start).into_bytes();
        for (name, value) in &self.headers {
            let framing = ["content-length", "transfer-encoding", "connection", "expect"];
            if !framing.iter().any(|other| name.eq_ignore_ascii_case(other)) {
                bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            }
        }
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(body);
        out.write_all(&bytes)?;
        out.flush()
    }
}

/// Reads the first lines; `None` where the connection ends before them.
pub(crate) fn read_head(from: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut head = Head::default();
    let mut size = 0;
    loop {
        let mut line = Vec::new();
        from.by_ref().take(MAX_HEAD as u64).read_until(b'\n', &mut line)?;
        size += line.len();
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if !line.ends_with(b"\n") || size > MAX_HEAD {
            let nothing = line.is_empty() && head.start.is_empty();
            return if nothing { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        match (head.start.is_empty(), text.split_once(':')) {
            (true, _) if !text.is_empty() => text.clone_into(&mut head.start),
            (false, _) if text.is_empty() => return Ok(Some(head)),
            (false, Some((name, value))) => {
                head.headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            _ => {}
        }
    }
}

/// Reads what follows the head of a request.
pub(crate) fn read_body(head: &Head, from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    if head.is_chunked() {
        return read_chunks(from);
    }
    let mut body = vec![0; head.length().unwrap_or(0)];
    from.read_exact(&mut body)?;
    Ok(body)
}

fn read_chunks(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        if size + body.len() > MAX_BODY {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let start = body.len();
        body.resize(start + size, 0);
        from.read_exact(&mut body[start..])?;
        // The line break after a chunk, or the trailers after the last one.
        loop {
            line.clear();
            from.read_line(&mut line)?;
            if size > 0 || line.trim().is_empty() {
                break;
            }
        }
        if size == 0 {
            return Ok(body);
        }
    }
}

/// Sends a request to a server on this machine and reads the whole reply.
pub(crate) fn exchange(address: &str, head: &Head, body: &[u8]) -> io::Result<(Head, Vec<u8>)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    // Longer than anything that an emulator does before it answers.
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    let mut request = head.clone();
    request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("connection"));
    request.write(&mut stream, body)?;
    let mut from = BufReader::new(stream);
    let mut reply = read_head(&mut from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    while reply.status() == 100 {
        reply = read_head(&mut from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    }
    let has_body = head.method() != "HEAD" && ![204, 304].contains(&reply.status());
    let body = match has_body {
        false => Vec::new(),
        true if reply.is_chunked() || reply.length().is_some() => read_body(&reply, &mut from)?,
        true => {
            let mut body = Vec::new();
            from.read_to_end(&mut body)?;
            body
        }
    };
    Ok((reply, body))
}

/// Text as it stands in a form or in a path.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The fields of a form, in order.
pub(crate) fn decode_form(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let fields = text.split('&').filter(|field| !field.is_empty());
    fields
        .map(|field| {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let hex = || u8::from_str_radix(text.get(index + 1..index + 3)?, 16).ok();
        match (byte, hex()) {
            (b'%', Some(value)) => {
                decoded.push(value);
                index += 2;
            }
            (b'+', _) => decoded.push(b' '),
            _ => decoded.push(byte),
        }
        index += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_as_they_are_framed() {
        let mut input = &b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"[..];
        let head = read_head(&mut input).unwrap().unwrap();
        assert_eq!((head.method(), head.target()), ("POST", "/"));
        assert_eq!(read_body(&head, &mut input).unwrap(), b"abc");
        let head = read_head(&mut input).unwrap().unwrap();
        assert_eq!(head.status(), 200);
        assert_eq!(read_body(&head, &mut input).unwrap(), b"abcde");
        assert!(read_head(&mut input).unwrap().is_none());
    }

    #[test]
    fn a_form_comes_back_as_it_went() {
        let text = "a b&c=d%+é\n";
        let form = format!("Name={}&Empty=&Plus=a+b", encode(text));
        let fields = decode_form(form.as_bytes());
        let expected = [("Name", text), ("Empty", ""), ("Plus", "a b")];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_message_that_breaks_off_is_an_error() {
        for text in ["POST / HTTP/1.1\r\nA: b", "POST / HTTP/1.1\r\n"] {
            assert!(read_head(&mut text.as_bytes()).is_err(), "{text}");
        }
        let mut input = &b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"[..];
        let head = read_head(&mut input).unwrap().unwrap();
        assert!(read_body(&head, &mut input).is_err());
    }
}
