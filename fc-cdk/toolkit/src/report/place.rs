//! Where a property is written: the call `.bucket_name(…)` before `.build(…)`, or the key `"BucketName": …` in what a call is given.
//!
//! It is looked for in the tokens of the statement, so nothing is found where the value comes from elsewhere.

use std::ops::Range;

/// Nothing longer is marked as a whole: the line is to fit into a terminal.
const MOST_BYTES: usize = 40;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Text,
    Open,
    Close,
    Mark(u8),
}

struct Token {
    kind: Kind,
    bytes: Range<usize>,
    /// The other one of a pair of brackets; itself for all else.
    partner: usize,
}

/// The tokens of a file of Rust, as far as they matter here.
pub(super) struct Tokens(Vec<Token>);

impl Tokens {
    pub(super) fn of(text: &str) -> Tokens {
        let mut tokens: Vec<Token> = Vec::new();
        let mut open = Vec::new();
        let mut at = 0;
        while let Some((kind, end)) = next(text.as_bytes(), at) {
            let bytes = at..end;
            at = end;
            let Some(kind) = kind else { continue };
            let index = tokens.len();
            let partner = match kind {
                Kind::Open => {
                    open.push(index);
                    index
                }
                Kind::Close => open.pop().unwrap_or(index),
                _ => index,
            };
            if let Some(other) = tokens.get_mut(partner) {
                other.partner = index;
            }
            tokens.push(Token { kind, bytes, partner });
        }
        Tokens(tokens)
    }

    /// The bytes of a property such as `Tags.0.Key`, or of as much of its path as is found, in the statement with the call at a byte.
    pub(super) fn place_of(&self, text: &str, at: usize, property: &str) -> Option<Range<usize>> {
        let call = self.0.binary_search_by_key(&at, |token| token.bytes.start).ok()?;
        let mut names = property.split('.');
        let first = names.next()?;
        let mut found = self
            .method(text, self.statement(call)..call, first)
            .or_else(|| self.named(text, self.arguments(call)?, first))?;
        for name in names {
            let inner = match name.parse() {
                Ok(number) => self.item(found.value.clone(), number),
                Err(_) => self.named(text, found.value.clone(), name),
            };
            match inner {
                Some(inner) => found = inner,
                None => break,
            }
        }
        let bytes = |tokens: Range<usize>| {
            let (first, last) =
                (self.0.get(tokens.start)?, self.0.get(tokens.end.checked_sub(1)?)?);
            Some(first.bytes.start..last.bytes.end)
        };
        let whole = bytes(found.whole.clone())?;
        // What is long is marked by its first word.
        let is_short = whole.len() <= MOST_BYTES && !text[whole.clone()].contains('\n');
        if is_short { Some(whole) } else { bytes(found.whole.start..found.whole.start + 1) }
    }

    /// Where the statement or the argument begins that a token is in.
    fn statement(&self, token: usize) -> usize {
        let mut start = token;
        while let Some(before) = start.checked_sub(1) {
            let Token { kind, partner, .. } = self.0[before];
            match kind {
                Kind::Mark(b';' | b',' | b'=') | Kind::Open => break,
                Kind::Close => start = partner.min(before),
                _ => start = before,
            }
        }
        start
    }

    /// The tokens in the parentheses after a call's name.
    fn arguments(&self, call: usize) -> Option<Range<usize>> {
        let rest = self.0[call..].iter().position(|token| {
            matches!(token.kind, Kind::Open | Kind::Close | Kind::Mark(b';' | b','))
        });
        self.inside(call + rest?)
    }

    fn inside(&self, open: usize) -> Option<Range<usize>> {
        let token = self.0.get(open).filter(|token| token.kind == Kind::Open)?;
        (token.partner > open).then_some(open + 1..token.partner)
    }

    /// The tokens of a range that are in no brackets.
    fn flat(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let mut next = range.start;
        std::iter::from_fn(move || {
            let index = next;
            let token = self.0.get(index).filter(|_| index < range.end)?;
            next = token.partner.max(index) + 1;
            Some(index)
        })
    }

    /// The last call of a method in a chain.
    fn method(&self, text: &str, range: Range<usize>, name: &str) -> Option<Found> {
        let calls = self.flat(range).filter_map(|index| self.call_of(text, index, name));
        calls.last()
    }

    fn call_of(&self, text: &str, index: usize, name: &str) -> Option<Found> {
        let token = &self.0[index];
        let is_method = index.checked_sub(1).is_some_and(|it| self.0[it].kind == Kind::Mark(b'.'));
        if token.kind != Kind::Word || !is_method || !is_named(&text[token.bytes.clone()], name) {
            return None;
        }
        let value = self.inside(index + 1)?;
        Some(Found { whole: index..value.end + 1, value })
    }

    /// A key of a literal, or a call of a method: the outermost one.
    fn named(&self, text: &str, range: Range<usize>, name: &str) -> Option<Found> {
        let mut level = vec![range];
        while !level.is_empty() {
            let mut below = Vec::new();
            for range in level {
                for index in self.flat(range.clone()) {
                    let key = || self.key_of(text, index, range.end, name);
                    if let Some(found) = self.call_of(text, index, name).or_else(key) {
                        return Some(found);
                    }
                    below.extend(self.inside(index));
                }
            }
            level = below;
        }
        None
    }

    fn key_of(&self, text: &str, index: usize, end: usize, name: &str) -> Option<Found> {
        let token = &self.0[index];
        let colon = self.0.get(index + 1)?;
        let key = text[token.bytes.clone()].trim_matches('"');
        if token.kind != Kind::Text || colon.kind != Kind::Mark(b':') || key != name {
            return None;
        }
        let start = index + 2;
        let end = self.comma(start..end);
        Some(Found { whole: index..end, value: start..end })
    }

    /// The item of a list, by number.
    fn item(&self, range: Range<usize>, number: usize) -> Option<Found> {
        let list = self.flat(range).find_map(|index| self.inside(index))?;
        let mut start = list.start;
        for _ in 0..number {
            start = self.comma(start..list.end) + 1;
        }
        let end = self.comma(start..list.end);
        (start < end).then_some(Found { whole: start..end, value: start..end })
    }

    /// The next comma that is in no brackets, or the end.
    fn comma(&self, range: Range<usize>) -> usize {
        let comma = |index: &usize| self.0[*index].kind == Kind::Mark(b',');
        self.flat(range.clone()).find(comma).unwrap_or(range.end)
    }
}

/// The tokens of a property with its name, and those of its value.
struct Found {
    whole: Range<usize>,
    value: Range<usize>,
}

/// Whether a method is that of a property, such as `db_name` of `DBName`.
fn is_named(method: &str, property: &str) -> bool {
    let letters = |name: &str| {
        let bytes = name.bytes().filter(|byte| *byte != b'_');
        bytes.map(|byte| byte.to_ascii_lowercase()).collect::<Vec<u8>>()
    };
    letters(method) == letters(property)
}

/// The token at a byte, if it is one, and where it ends; nothing at the end of the text.
fn next(text: &[u8], at: usize) -> Option<(Option<Kind>, usize)> {
    let rest = &text[at..];
    let ends = |start: usize, is_end: &dyn Fn(usize) -> bool| {
        (start..rest.len()).find(|index| is_end(*index)).unwrap_or(rest.len())
    };
    let (kind, length) = match *rest.first()? {
        b'/' if rest.starts_with(b"//") => (None, ends(2, &|index| rest[index] == b'\n')),
        b'/' if rest.starts_with(b"/*") => {
            (None, ends(4, &|index| rest[index - 2..].starts_with(b"*/")))
        }
        b'"' => (Some(Kind::Text), quoted(rest)),
        b'r' if raw(rest).is_some() => (Some(Kind::Text), raw(rest)?),
        // A character; a lifetime has no second quote.
        b'\'' if rest.get(1) == Some(&b'\\') => {
            (Some(Kind::Word), ends(3, &|index| rest[index] == b'\'') + 1)
        }
        b'\'' if rest.get(2) == Some(&b'\'') => (Some(Kind::Word), 3),
        byte if is_word(byte) => (Some(Kind::Word), ends(1, &|index| !is_word(rest[index]))),
        b'(' | b'[' | b'{' => (Some(Kind::Open), 1),
        b')' | b']' | b'}' => (Some(Kind::Close), 1),
        byte if byte.is_ascii_whitespace() => (None, 1),
        byte => (Some(Kind::Mark(byte)), 1),
    };
    Some((kind, at + length.min(rest.len())))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// How long a text in quotes is.
fn quoted(rest: &[u8]) -> usize {
    let mut index = 1;
    while let Some(byte) = rest.get(index) {
        match byte {
            b'\\' => index += 2,
            b'"' => return index + 1,
            _ => index += 1,
        }
    }
    rest.len()
}

/// How long a raw text such as `r#"…"#` is.
fn raw(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    let start = 1 + hashes;
    (rest.get(start) == Some(&b'"')).then_some(())?;
    let is_end = |index: &usize| {
        rest[*index] == b'"' && rest[index + 1..].iter().take(hashes).all(|byte| *byte == b'#')
    };
    Some((start + 1..rest.len()).find(is_end).map_or(rest.len(), |end| end + 1 + hashes))
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    /// What is marked for a property, of the call at `@`.
    fn marked(text: &str, property: &str) -> String {
        let (before, after) = text.split_once('@').unwrap_or_default();
        let text = format!("{before}{after}");
        let place = Tokens::of(&text).place_of(&text, before.len(), property);
        place.map(|bytes| text[bytes].to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_method_of_a_chain_is_found() {
        let chain = r#"let x = f(); let b = s3::Bucket::new().bucket_name("a;(b").tags([("x", "y"), ("z", "")]).@build(&stack, "Id").bucket_name("no");"#;
        assert_eq!(marked(chain, "BucketName"), r#"bucket_name("a;(b")"#);
        assert_eq!(marked(chain, "bucket_name"), r#"bucket_name("a;(b")"#);
        assert_eq!(marked(chain, "Tags.1.Key"), r#"("z", "")"#);
        assert_eq!(marked(chain, "Tags.7"), r#"tags([("x", "y"), ("z", "")])"#);
        assert_eq!(marked(chain, "Other"), "");
        assert_eq!(
            marked("rds::DbInstance::new().db_name('(').@build()", "DBName"),
            "db_name('(')"
        );
        assert_eq!(marked("a(x.zones(2).y(), z.@build())", "zones"), "");
    }

    #[test]
    fn what_goes_over_lines_is_marked_by_its_name() {
        assert_eq!(marked("x()\n.rules([\n1,\n2])\n.@build()", "rules"), "rules");
    }

    #[test]
    fn a_key_of_a_literal_is_found() {
        let raw = r##"stack.@raw_resource("Fn", "AWS::Lambda::Function", json!({ // "Timeout": 1
            "Code": { "Timeout": 1, "Zip": r#"")("# }, /* ( */ "Timeout": 901,
            "Layers": ["a", { "X": 'c' }, b(1, 2)], "Life": x::<'a>(1)
        }));"##;
        assert_eq!(marked(raw, "Timeout"), r#""Timeout": 901"#);
        assert_eq!(marked(raw, "Code.Timeout"), r#""Timeout": 1"#);
        assert_eq!(marked(raw, "Code.Zip"), r###""Zip": r#"")("#"###);
        assert_eq!(marked(raw, "Layers.1.X"), r#""X": 'c'"#);
        assert_eq!(marked(raw, "Layers.2"), "b(1, 2)");
        assert_eq!(marked(raw, "Life"), r#""Life": x::<'a>(1)"#);
        assert_eq!(marked(raw, "Runtime"), "");
    }

    #[test]
    fn broken_text_does_no_harm() {
        for text in ["@", "x.@build(", ")].@b(]", "\"@a", "r#\"@a", "'@", "/*@x", "@ä(\"x\":"] {
            let _ = marked(text, "x.0.y");
        }
    }
}
