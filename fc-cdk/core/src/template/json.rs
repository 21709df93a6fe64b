//! A JSON parser for templates.
//!
//! It is written by hand since it does what a general one does not: every error and, on request, every value has its
//! position; a key that stands twice in an object is an error; and no digit of a whole number is lost.

use smol_str::SmolStr;

use super::position::{MAX_DEPTH, ParseError, Position, Positions, Recorder, shorten};
use crate::node::{Map, Node};

impl Node {
    /// Reads JSON.
    ///
    /// Whole numbers are exact: one that fits neither an `i64` nor, without loss, an `f64` is an error. Other numbers become
    /// the nearest `f64`, as everywhere with JSON.
    ///
    /// # Errors
    ///
    /// Where the text is no JSON, an object has a key twice, or objects and lists are nested deeper than 128 levels.
    pub fn parse_json(text: &str) -> Result<Node, ParseError> {
        parse(text, false).map(|(node, _)| node)
    }
}

/// Reads JSON, with positions if they are wanted.
pub(super) fn parse(text: &str, positions: bool) -> Result<(Node, Positions), ParseError> {
    let recorder = Recorder::new(positions);
    let mut parser =
        Parser { text, at: 0, depth: 0, recorder, known: (0, Position::START), keys: Vec::new() };
    if text.starts_with('\u{feff}') {
        parser.at += '\u{feff}'.len_utf8();
    }
    parser.skip_space();
    let root = parser.at;
    let node = parser.value()?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.unexpected("the end of the text"));
    }
    let root = parser.position(root);
    Ok((node, parser.recorder.finish(root)))
}

struct Parser<'a> {
    text: &'a str,
    /// The byte to read next.
    at: usize,
    depth: u32,
    recorder: Recorder,
    /// An offset whose position is known, so that positions in order of the text take linear time in all.
    known: (usize, Position),
    /// Where the keys of the objects that are being read begin.
    keys: Vec<usize>,
}

type Parsed<T> = Result<T, ParseError>;

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn position(&mut self, offset: usize) -> Position {
        let (from, position) =
            if self.known.0 <= offset { self.known } else { (0, Position::START) };
        let position = position.after(&self.text[from..offset]);
        self.known = (offset, position);
        position
    }

    fn error(&mut self, offset: usize, message: impl Into<String>) -> ParseError {
        ParseError::new(self.position(offset), message)
    }

    fn unexpected(&mut self, expected: &str) -> ParseError {
        let message = match self.text[self.at..].chars().next() {
            Some(found) => format!("expected {expected}, found `{}`", found.escape_debug()),
            None => format!("expected {expected}, found the end of the text"),
        };
        self.error(self.at, message)
    }

    fn value(&mut self) -> Parsed<Node> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::list),
            Some(b'"') => self.string().map(Node::Str),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Node::Bool(true)),
            Some(b'f') => self.word("false", Node::Bool(false)),
            Some(b'n') => self.word("null", Node::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn word(&mut self, word: &str, node: Node) -> Parsed<Node> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(node)
        } else {
            Err(self.unexpected("a value"))
        }
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Parsed<Node>) -> Parsed<Node> {
        if self.depth == MAX_DEPTH {
            return Err(ParseError::too_deep(self.position(self.at)));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        let node = parse(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn list(&mut self) -> Parsed<Node> {
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Node::List(items));
        }
        loop {
            let item = if self.recorder.is_wanted() {
                let position = self.position(self.at);
                let outer = self.recorder.enter(&items.len().to_string(), position);
                let item = self.value()?;
                self.recorder.leave(outer);
                item
            } else {
                self.value()?
            };
            items.push(item);
            if self.end_or_comma(b']', "`,` or `]`")? {
                return Ok(Node::List(items));
            }
        }
    }

    fn object(&mut self) -> Parsed<Node> {
        let mut map = Map::new();
        let outer_keys = self.keys.len();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Node::Map(map));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let start = self.at;
            let key = self.string()?;
            self.keys.push(start);
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.at += 1;
            self.skip_space();
            let value = if self.recorder.is_wanted() {
                let position = self.position(start);
                let outer = self.recorder.enter(&key, position);
                let value = self.value()?;
                self.recorder.leave(outer);
                value
            } else {
                self.value()?
            };
            map.push(key, value);
            if self.end_or_comma(b'}', "`,` or `}`")? {
                break;
            }
        }
        if let Some((first, second)) = duplicate_key(&map) {
            let (key, keys) = (map.0[second].0.clone(), self.keys.split_off(outer_keys));
            let (first, second) = (self.position(keys[first]), self.position(keys[second]));
            return Err(ParseError::duplicate(second, &key, first));
        }
        self.keys.truncate(outer_keys);
        Ok(Node::Map(map))
    }

    /// Reads what stands behind an item: `true` if the list or object ends there.
    fn end_or_comma(&mut self, end: u8, expected: &str) -> Parsed<bool> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                Ok(false)
            }
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn number(&mut self) -> Parsed<Node> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits = self.at;
        self.digits()?;
        if self.at - digits > 1 && self.text[digits..].starts_with('0') {
            return Err(self.error(start, "a number must not begin with 0"));
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        if whole && let Ok(number) = text.parse::<i64>() {
            return Ok(Node::Int(number));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && (!whole || format!("{number:.0}") == text) => {
                Ok(Node::Float(number))
            }
            _ => {
                let message = format!(
                    "number {} is too large to be kept exactly; write it as a string",
                    shorten(text)
                );
                Err(self.error(start, message))
            }
        }
    }

    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    fn string(&mut self) -> Parsed<SmolStr> {
        let quote = self.at;
        self.at += 1;
        let start = self.plain_run();
        if self.peek() == Some(b'"') {
            let text = SmolStr::new(&self.text[start..self.at]);
            self.at += 1;
            return Ok(text);
        }
        let mut text = self.text[start..self.at].to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text.into());
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.unexpected("an escape such as `\\n`")),
                None => return Err(self.error(quote, "this string has no end")),
            }
            let start = self.plain_run();
            text.push_str(&self.text[start..self.at]);
        }
    }

    /// Skips what stands for itself in a string; returns where it began.
    fn plain_run(&mut self) -> usize {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let special = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        self.at += special.unwrap_or(rest.len());
        start
    }

    fn escape(&mut self) -> Parsed<char> {
        let start = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(quoted @ (b'"' | b'\\' | b'/')) => char::from(quoted),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let mut code = self.hex()?;
                // A character beyond the first 65,536 is written as two escapes.
                if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    let low = self.hex()?;
                    if (0xdc00..0xe000).contains(&low) {
                        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                    }
                }
                return char::from_u32(code)
                    .ok_or_else(|| self.error(start, "half of a surrogate pair is no character"));
            }
            _ => return Err(self.unexpected("one of `\"\\/bfnrtu` behind `\\`")),
        };
        self.at += 1;
        Ok(character)
    }

    fn hex(&mut self) -> Parsed<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.unexpected("a hexadecimal digit")) };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// The indices of the first key that stands twice, and of the same key before it.
pub(super) fn duplicate_key(map: &Map) -> Option<(usize, usize)> {
    let keys = &map.0;
    if keys.len() <= 12 {
        return (1..keys.len()).find_map(|second| {
            Some(((0..second).find(|&first| keys[first].0 == keys[second].0)?, second))
        });
    }
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_unstable_by(|&a, &b| keys[a].0.cmp(&keys[b].0).then(a.cmp(&b)));
    let pairs = order.windows(2).filter(|pair| keys[pair[0]].0 == keys[pair[1]].0);
    pairs.map(|pair| (pair[0], pair[1])).min_by_key(|&(_, second)| second)
}
