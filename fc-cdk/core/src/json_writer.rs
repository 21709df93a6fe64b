//! [`JsonWriter`]: JSON text, written straight into a string.
//!
//! Templates are most of what synth makes, so this is where its time goes. The text is that of serde_json, byte for byte
//! (`tests/it/corpus.rs`).

use crate::node::{Map, Node};

/// A line break and as much indentation as most lines need.
const LINE: &str = "\n                                                                ";

/// JSON text under construction. Everything in an object starts with [`key`](JsonWriter::key), everything in a list with
/// [`item`](JsonWriter::item).
pub(crate) struct JsonWriter {
    out: String,
    pretty: bool,
    depth: usize,
    /// Whether the object or list that is open has nothing in it yet.
    empty: bool,
}

impl JsonWriter {
    /// A writer of text without any white space.
    pub(crate) fn compact() -> JsonWriter {
        JsonWriter { out: String::new(), pretty: false, depth: 0, empty: true }
    }

    /// A writer of text that is indented by one space.
    pub(crate) fn pretty() -> JsonWriter {
        JsonWriter { pretty: true, ..JsonWriter::compact() }
    }

    /// Indents what follows, or not.
    pub(crate) fn set_pretty(&mut self, pretty: bool) {
        self.pretty = pretty;
    }

    pub(crate) fn into_string(self) -> String {
        self.out
    }

    /// Opens an object or list.
    pub(crate) fn begin(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth += 1;
        self.empty = true;
    }

    /// Closes an object or list.
    pub(crate) fn end(&mut self, bracket: char) {
        self.depth -= 1;
        if !self.empty {
            self.line();
        }
        self.out.push(bracket);
        self.empty = false;
    }

    /// Starts an item of a list.
    pub(crate) fn item(&mut self) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        self.line();
    }

    /// Starts an entry of an object.
    pub(crate) fn key(&mut self, key: &str) {
        self.item();
        self.string(key);
        self.out.push_str(if self.pretty { ": " } else { ":" });
    }

    fn line(&mut self) {
        if self.pretty {
            let mut wanted = self.depth + 1;
            self.out.push_str(&LINE[..wanted.min(LINE.len())]);
            while wanted > LINE.len() {
                self.out.push(' ');
                wanted -= 1;
            }
        }
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.out.reserve(text.len() + 2);
        self.out.push('"');
        if text.bytes().fold(false, |found, byte| found | needs_escape(byte)) {
            text.chars().for_each(|character| escape(character, &mut self.out));
        } else {
            self.out.push_str(text);
        }
        self.out.push('"');
    }

    pub(crate) fn node(&mut self, node: &Node) {
        match node {
            Node::Null => self.out.push_str("null"),
            Node::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Node::Int(number) => self.out.push_str(&number.to_string()),
            Node::Float(number) => {
                self.out.push_str(&serde_json::to_string(number).unwrap_or_default());
            }
            Node::Str(text) => self.string(text),
            Node::List(items) => {
                self.begin('[');
                for item in items {
                    self.item();
                    self.node(item);
                }
                self.end(']');
            }
            Node::Map(map) => self.map(map),
            Node::Ref(_) | Node::Sub(_) => {
                self.begin('{');
                self.key("Ref");
                self.node(&Node::Null);
                self.end('}');
            }
        }
    }

    pub(crate) fn map(&mut self, map: &Map) {
        self.entries(map.iter().map(|(key, value)| (key.as_str(), value)));
    }

    pub(crate) fn entries<'n>(&mut self, entries: impl Iterator<Item = (&'n str, &'n Node)>) {
        self.begin('{');
        for (key, value) in entries {
            self.key(key);
            self.node(value);
        }
        self.end('}');
    }
}

fn needs_escape(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

fn escape(character: char, out: &mut String) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
        other => out.push(other),
    }
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
