//! [`JsonWriter`]: JSON text, written straight into a string.
//!
//! Templates are most of what synth makes, so this is where its time goes. The text is that of serde_json, byte for byte
//! (`tests/it/corpus.rs`).

use crate::{
    diagnostic::SourceLocation,
    node::{Map, Node},
};

/// A line break and as much indentation as most lines need.
const LINE: &[u8] = b"\n                                                                ";

/// JSON text under construction.
///
/// In an [`object`](JsonWriter::object) each value follows its [`key`](JsonWriter::key), in a [`list`](JsonWriter::list) each follows
/// [`item`](JsonWriter::item).
pub(crate) struct JsonWriter {
    out: Vec<u8>,
    pretty: bool,
    depth: usize,
    /// Whether the object or list that is open has nothing in it yet.
    empty: bool,
}

impl JsonWriter {
    /// A writer of text without any white space.
    pub(crate) fn compact() -> JsonWriter {
        JsonWriter { out: Vec::new(), pretty: false, depth: 0, empty: true }
    }

    /// A writer of text that is indented by one space.
    pub(crate) fn pretty() -> JsonWriter {
        JsonWriter { pretty: true, ..JsonWriter::compact() }
    }

    pub(crate) fn into_string(self) -> String {
        // Only whole strings and ASCII were put in.
        String::from_utf8(self.out).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        self.out.push(byte);
    }

    fn push_str(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut JsonWriter)) {
        self.begin(b'{');
        fill(self);
        self.end(b'}');
    }

    pub(crate) fn list(&mut self, fill: impl FnOnce(&mut JsonWriter)) {
        self.begin(b'[');
        fill(self);
        self.end(b']');
    }

    /// Writes without white space what `fill` writes.
    pub(crate) fn on_one_line(&mut self, fill: impl FnOnce(&mut JsonWriter)) {
        let pretty = std::mem::take(&mut self.pretty);
        fill(self);
        self.pretty = pretty;
    }

    fn begin(&mut self, bracket: u8) {
        self.push(bracket);
        self.depth += 1;
        self.empty = true;
    }

    fn end(&mut self, bracket: u8) {
        self.depth -= 1;
        if !self.empty {
            self.line();
        }
        self.push(bracket);
        self.empty = false;
    }

    pub(crate) fn item(&mut self) -> &mut JsonWriter {
        if !self.empty {
            self.push(b',');
        }
        self.empty = false;
        self.line();
        self
    }

    pub(crate) fn key(&mut self, key: &str) -> &mut JsonWriter {
        self.item().string(key);
        self.push_str(if self.pretty { ": " } else { ":" });
        self
    }

    fn line(&mut self) {
        if self.pretty {
            let mut wanted = self.depth + 1;
            self.out.extend_from_slice(&LINE[..wanted.min(LINE.len())]);
            while wanted > LINE.len() {
                self.push(b' ');
                wanted -= 1;
            }
        }
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.text(|writer| writer.escaped(text));
    }

    /// A string that is put together of what `fill` writes.
    pub(crate) fn text(&mut self, fill: impl FnOnce(&mut JsonWriter)) {
        self.push(b'"');
        fill(self);
        self.push(b'"');
    }

    /// A piece of a string.
    pub(crate) fn escaped(&mut self, text: &str) {
        if is_plain(text.as_bytes()) {
            return self.push_str(text);
        }
        for character in text.chars() {
            match character {
                '"' => self.push_str("\\\""),
                '\\' => self.push_str("\\\\"),
                '\n' => self.push_str("\\n"),
                '\r' => self.push_str("\\r"),
                '\t' => self.push_str("\\t"),
                '\u{8}' => self.push_str("\\b"),
                '\u{c}' => self.push_str("\\f"),
                control if control < ' ' => {
                    self.push_str(&format!("\\u{:04x}", u32::from(control)));
                }
                other => self.push_str(other.encode_utf8(&mut [0; 4])),
            }
        }
    }

    /// A piece of a string: a line of source, as it is displayed.
    pub(crate) fn location(&mut self, location: SourceLocation) {
        self.escaped(location.file);
        for number in [location.line, location.column] {
            self.push(b':');
            self.digits(number.into());
        }
    }

    fn digits(&mut self, number: u64) {
        if number >= 10 {
            self.digits(number / 10);
        }
        self.push(b'0' + (number % 10) as u8);
    }

    pub(crate) fn node(&mut self, node: &Node) {
        match node {
            Node::Null => self.push_str("null"),
            Node::Bool(truth) => self.push_str(if *truth { "true" } else { "false" }),
            Node::Int(number) => {
                if *number < 0 {
                    self.push(b'-');
                }
                self.digits(number.unsigned_abs());
            }
            Node::Float(number) if number.is_finite() => {
                self.push_str(zmij::Buffer::new().format_finite(*number));
            }
            // JSON has no other numbers.
            Node::Float(_) => self.push_str("null"),
            Node::Str(text) => self.string(text),
            Node::List(items) => {
                self.list(|list| items.iter().for_each(|item| list.item().node(item)));
            }
            Node::Map(map) => self.map(map),
            Node::Ref(_) | Node::Sub(_) => {
                self.object(|object| object.key("Ref").node(&Node::Null))
            }
        }
    }

    pub(crate) fn map(&mut self, map: &Map) {
        self.object(|object| map.iter().for_each(|(key, value)| object.key(key).node(value)));
    }
}

/// Whether text stands for itself in a JSON string. Looks at eight bytes at once where there are as many.
fn is_plain(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk::<8>() else {
        return text.iter().all(|&byte| byte >= b' ' && byte != b'"' && byte != b'\\');
    };
    let (words, _) = text.as_chunks::<8>();
    words.iter().chain([last]).all(|word| is_plain_word(u64::from_ne_bytes(*word)))
}

/// Whether all eight bytes are plain; it may be wrong about a word that is not.
fn is_plain_word(word: u64) -> bool {
    const fn repeat(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    // The high bit of a difference is set where the byte was smaller: than a space, or, once a character is made zero, than one.
    let control = word.wrapping_sub(repeat(b' ')) & !word;
    let zero = |word: u64| word.wrapping_sub(repeat(1)) & !word;
    let special = control | zero(word ^ repeat(b'"')) | zero(word ^ repeat(b'\\'));
    special & repeat(0x80) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    /// serde_json writes the same, compact and indented.
    #[track_caller]
    fn check(node: &Node) {
        assert_eq!(node.to_json(), serde_json::to_string(node).expect("JSON"));
        let mut pretty = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut pretty, formatter);
        serde::Serialize::serialize(node, &mut serializer).expect("JSON");
        assert_eq!(node.to_json_pretty().as_bytes(), pretty);
    }

    #[test]
    fn the_text_is_that_of_serde_json() {
        check(&json!({ "a": [], "b": {}, "c": [[], [{}], { "d": [1, null, true] }], "": "" }));
        let every_ascii: String = (0..=127u8).map(char::from).collect();
        check(&json!({ "text": every_ascii.as_str(), "other": "Zürich 東京 \u{2028} 🦀" }));
        for number in [0.0, -0.0, 1.0, 0.1, 1e21, -1.5e-7, f64::MAX, f64::MIN_POSITIVE, f64::NAN] {
            check(&json!(number));
        }
        for number in [0, -1, i64::MAX, i64::MIN] {
            check(&json!(number));
        }
        let deep = (0..100).fold(json!(1), |inner, _| json!({ "deeper": [inner] }));
        check(&deep);
    }
}
