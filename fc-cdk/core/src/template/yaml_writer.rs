//! Writes YAML in block style, for people to read and for CloudFormation to take.

use super::scalar::{is_printable, is_safe_plain};
use crate::node::{Map, Node};

/// How functions are written in YAML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum YamlStyle {
    /// `!Ref Bucket`, `!GetAtt Bucket.Arn`; the long form only where YAML cannot take the short one: a function whose whole
    /// argument is another.
    #[default]
    Short,
    /// `Ref: Bucket`, `Fn::GetAtt: [...]`, as in JSON.
    Long,
}

impl Node {
    /// The node as YAML in block style, with a final line break.
    ///
    /// Text of several lines is a literal block; text that some YAML reader would take for a number, a boolean or a date is
    /// quoted.
    pub fn to_yaml(&self, style: YamlStyle) -> String {
        let mut writer = Writer { out: String::with_capacity(4096), style };
        writer.value(self, 0, Place::Line);
        if !writer.out.ends_with('\n') {
            writer.out.push('\n');
        }
        writer.out
    }
}

/// What stands before a value.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Nothing: the start of the text.
    Line,
    /// `key:`, or a tag.
    Behind,
    /// `-`, behind which an object or list may begin on the same line.
    Dash,
}

struct Writer {
    out: String,
    style: YamlStyle,
}

impl Writer {
    /// Writes a value whose lines, if it takes more than the rest of this one, are indented by `indent`.
    fn value(&mut self, node: &Node, indent: usize, place: Place) {
        match node {
            Node::Map(map) => {
                if self.style == YamlStyle::Short
                    && let Some((tag, argument)) = short_form(map)
                    && argument.as_map().and_then(short_form).is_none()
                {
                    self.function(tag, argument, indent, place);
                } else if map.is_empty() {
                    self.inline(place, "{}");
                } else {
                    self.object(map, indent, place);
                }
            }
            Node::List(items) if items.is_empty() => self.inline(place, "[]"),
            Node::List(items) => self.list(items, indent, place),
            Node::Str(text) if is_block(text) => self.block(text, indent, place),
            Node::Str(text) => {
                self.space(place);
                self.text(text);
            }
            other => self.inline(place, &other.to_json()),
        }
    }

    fn function(&mut self, tag: &str, argument: &Node, indent: usize, place: Place) {
        self.inline(place, "!");
        self.out.push_str(tag);
        if let ("GetAtt", Node::List(parts)) = (tag, argument)
            && let [Node::Str(resource), Node::Str(attribute)] = parts.as_slice()
            && !resource.contains('.')
        {
            self.out.push(' ');
            self.text(&format!("{resource}.{attribute}"));
        } else {
            self.value(argument, indent, Place::Behind);
        }
    }

    fn object(&mut self, map: &Map, indent: usize, place: Place) {
        let mut first = true;
        for (key, value) in map.iter() {
            self.begin(indent, place, first);
            first = false;
            let start = self.out.len();
            self.text(key);
            // Readers look for the colon of a key only so far; escapes make it longer than it is.
            if self.out.len() - start > 500 {
                self.out.insert_str(start, "? ");
                self.line(indent);
            }
            self.out.push(':');
            self.value(value, indent + 2, Place::Behind);
        }
    }

    fn list(&mut self, items: &[Node], indent: usize, place: Place) {
        let mut first = true;
        for item in items {
            self.begin(indent, place, first);
            first = false;
            self.out.push('-');
            self.value(item, indent + 2, Place::Dash);
        }
    }

    /// Begins an entry: on a line of its own, or behind the dash of the list that it is in.
    fn begin(&mut self, indent: usize, place: Place, first: bool) {
        match place {
            Place::Line if first => {}
            Place::Dash if first => self.out.push(' '),
            _ => self.line(indent),
        }
    }

    fn line(&mut self, indent: usize) {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn space(&mut self, place: Place) {
        if place != Place::Line {
            self.out.push(' ');
        }
    }

    fn inline(&mut self, place: Place, text: &str) {
        self.space(place);
        self.out.push_str(text);
    }

    fn block(&mut self, text: &str, indent: usize, place: Place) {
        self.space(place);
        let chomping = match text.strip_suffix('\n') {
            None => "|-",
            Some(rest) if rest.ends_with('\n') => "|+",
            Some(_) => "|",
        };
        self.out.push_str(chomping);
        let indent = indent.max(2);
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.out.push_str(line);
            }
        }
        self.out.push('\n');
    }

    /// Writes text that stays on its line.
    fn text(&mut self, text: &str) {
        if is_safe_plain(text) {
            self.out.push_str(text);
        } else if text.chars().all(is_printable)
            && (!text.contains('\'') || text.contains(['"', '\\']))
        {
            self.out.push('\'');
            self.out.push_str(&text.replace('\'', "''"));
            self.out.push('\'');
        } else {
            // A JSON string is a double-quoted one of YAML, but for characters that YAML does not take as they are.
            for character in Node::Str(text.into()).to_json().chars() {
                if is_printable(character) {
                    self.out.push(character);
                } else {
                    self.out.push_str(&format!("\\u{:04x}", u32::from(character)));
                }
            }
        }
    }
}

/// Whether text is written as a literal block: it has lines, and all of it can be read back.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && text.chars().all(|character| character == '\n' || is_printable(character))
}

/// The tag and argument of a function that has a short form.
fn short_form(map: &Map) -> Option<(&str, &Node)> {
    const SHORT: [&str; 16] = [
        "And",
        "Base64",
        "Cidr",
        "Equals",
        "FindInMap",
        "GetAZs",
        "GetAtt",
        "If",
        "ImportValue",
        "Join",
        "Not",
        "Or",
        "Select",
        "Split",
        "Sub",
        "Transform",
    ];
    let [(name, argument)] = map.0.as_slice() else { return None };
    match (name.as_str(), argument) {
        ("Ref" | "Condition", Node::Str(_)) => Some((name, argument)),
        // Text with a dot behind `!GetAtt` would be read as a list of two.
        ("Fn::GetAtt", Node::Str(_)) => None,
        (_, Node::Str(_) | Node::List(_) | Node::Map(_)) => {
            let short = name.strip_prefix("Fn::").filter(|short| SHORT.contains(short))?;
            Some((short, argument))
        }
        _ => None,
    }
}
