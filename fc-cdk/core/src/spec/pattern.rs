//! Regular expressions of JSON schema, matched in linear time.

use regex_lite::Regex;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// The patterns met so far, compiled on first use.
#[derive(Default)]
pub(super) struct Patterns(FxHashMap<&'static str, Option<Pattern>>);

struct Pattern {
    regex: Regex,
    /// Whether it speaks of Unicode's categories, which are read as ASCII's.
    ascii: bool,
    /// The texts met so far: an app says the same in many places, and to match takes longer than to remember.
    matched: FxHashMap<SmolStr, bool>,
}

impl Patterns {
    /// Whether the pattern is found in the text; `true` where that cannot be told.
    pub(super) fn matches(&mut self, pattern: &'static str, text: &str) -> bool {
        match self.0.entry(pattern).or_insert_with(|| compile(pattern)) {
            Some(pattern) if !pattern.ascii || text.is_ascii() => {
                let matched = pattern.matched.get(text).copied();
                matched.unwrap_or_else(|| {
                    let matched = pattern.regex.is_match(text);
                    pattern.matched.insert(text.into(), matched);
                    matched
                })
            }
            _ => true,
        }
    }
}

/// Whether a pattern of the tables can be told at all: look-around and back references cannot.
pub fn is_supported(pattern: &str) -> bool {
    compile(pattern).is_some()
}

fn compile(pattern: &str) -> Option<Pattern> {
    let (text, ascii) = translate(pattern)?;
    Regex::new(&text).ok().map(|regex| Pattern { regex, ascii, matched: FxHashMap::default() })
}

/// From the dialect of JavaScript to that of the engine.
fn translate(pattern: &str) -> Option<(String, bool)> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let (mut ascii, mut in_class) = (false, false);
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                letter @ ('p' | 'P') => {
                    ascii = true;
                    let name: String = match chars.next()? {
                        '{' => chars.by_ref().take_while(|&c| c != '}').collect(),
                        single => single.into(),
                    };
                    out.push_str(category(&name, letter == 'P', in_class)?);
                }
                'u' => {
                    let digits: String = match chars.peek() {
                        Some('{') => chars.by_ref().skip(1).take_while(|&c| c != '}').collect(),
                        _ => chars.by_ref().take(4).collect(),
                    };
                    let code = u32::from_str_radix(&digits, 16).ok()?;
                    if char::from_u32(code).is_none() {
                        // Halves of surrogate pairs stand for what is beyond 16 bits, which is not judged; their ranges go with them.
                        ascii = true;
                        if in_class && chars.next_if_eq(&'-').is_some() {
                            chars.by_ref().take(6).for_each(drop);
                        }
                        continue;
                    }
                    out.push_str(&format!("\\x{{{code:X}}}"));
                }
                'x' => {
                    out.push_str("\\x");
                    out.extend(chars.by_ref().take(2));
                }
                digit @ '1'..='9' if !in_class => {
                    let _ = digit;
                    return None;
                }
                'Z' | 'z' if !in_class => out.push('$'),
                'A' if !in_class => out.push('^'),
                c @ ('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'n' | 'r' | 't' | 'f' | 'v' | 'b'
                | 'B') => {
                    out.push('\\');
                    out.push(c);
                    // After a class of characters, a dash is no range.
                    if in_class && chars.peek() == Some(&'-') {
                        chars.next();
                        literal('-', &mut out);
                    }
                }
                '0' => out.push_str("\\x00"),
                c => literal(c, &mut out),
            },
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                // JavaScript's empty class; elsewhere a bracket here is a literal.
                if chars.peek() == Some(&']') {
                    return None;
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            // Doubled, these would subtract or intersect classes.
            '&' | '~' if in_class => literal(c, &mut out),
            '-' if in_class && matches!(chars.peek(), Some('-')) => literal(c, &mut out),
            '(' if !in_class && chars.peek() == Some(&'?') => {
                chars.next();
                match chars.next()? {
                    ':' => out.push_str("(?:"),
                    flag @ ('i' | 's') if chars.next_if_eq(&')').is_some() => {
                        out.push_str("(?");
                        out.push(flag);
                        out.push(')');
                    }
                    '<' if !matches!(chars.peek(), Some('=' | '!')) => {
                        chars.by_ref().find(|&c| c == '>')?;
                        out.push('(');
                    }
                    _ => return None,
                }
            }
            '{' if !in_class => {
                let ahead: String = chars.clone().take_while(|&c| c != '}').collect();
                let count = |text: &str| text.trim().parse::<u32>().ok();
                match ahead.split_once(',') {
                    None if count(&ahead).is_some() => out.push_str(&format!("{{{ahead}}}")),
                    Some((min, max))
                        if count(min).is_some()
                            && (max.trim().is_empty() || count(max).is_some()) =>
                    {
                        let (min, max) = (count(min)?, count(max));
                        // A large bound makes a large machine; the length is checked by itself.
                        match max.filter(|max| *max <= 64) {
                            Some(max) => out.push_str(&format!("{{{min},{max}}}")),
                            None => out.push_str(&format!("{{{},}}", min.min(64))),
                        }
                    }
                    _ => {
                        out.push_str("\\{");
                        continue;
                    }
                }
                chars.by_ref().find(|&c| c == '}')?;
            }
            '}' if !in_class => out.push_str("\\}"),
            c => out.push(c),
        }
    }
    (!in_class).then_some((out, ascii))
}

fn literal(c: char, out: &mut String) {
    if c.is_ascii_punctuation() {
        out.push_str(&format!("\\x{:02X}", c as u32));
    } else {
        out.push(c);
    }
}

/// The ASCII part of a Unicode category.
fn category(name: &str, negated: bool, in_class: bool) -> Option<&'static str> {
    let name = name.trim_start_matches("General_Category=").trim_start_matches("Is");
    Some(match (name, negated, in_class) {
        ("L" | "Letter" | "Alphabetic" | "LC", false, true) => "a-zA-Z",
        ("L" | "Letter" | "Alphabetic" | "LC", false, false) => "[a-zA-Z]",
        ("Lu", false, true) => "A-Z",
        ("Ll", false, true) => "a-z",
        ("N" | "Nd" | "Number", false, true) => "0-9",
        ("N" | "Nd" | "Number", false, false) => "[0-9]",
        ("Z" | "Zs" | "Separator", false, true) => " ",
        ("Z" | "Zs" | "Separator", false, false) => "[ ]",
        ("P" | "Punct", false, true) => "!-#%-*,-/:;?@\\[-\\]_{}",
        ("S" | "Symbol", false, true) => "$+<->\\^`|~",
        ("ASCII", false, true) | ("M", true, true) => "\\x00-\\x7F",
        ("ASCII", false, false) => "[\\x00-\\x7F]",
        ("Graph" | "Print", false, true) => " -~",
        ("Graph" | "Print", false, false) => "[ -~]",
        (
            "M" | "Mark" | "Cf" | "Co" | "Lo" | "Lm" | "Lt" | "Nl" | "No" | "Sk" | "So" | "Zl"
            | "Zp",
            false,
            true,
        ) => "",
        ("Sc", false, true) => "$",
        ("Sm", false, true) => "+<->|~",
        ("Pc", false, true) => "_",
        ("Pd", false, true) => "\\-",
        ("Ps", false, true) => "(\\[{",
        ("Pe", false, true) => ")\\]}",
        ("C" | "Cc", true, true) => " -~",
        ("C" | "Cc", true, false) => "[ -~]",
        ("C" | "Cc", false, true) => "\\x00-\\x1F\\x7F",
        ("Alnum", false, true) => "a-zA-Z0-9",
        ("Alpha", false, true) => "a-zA-Z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &'static str, text: &str, expected: bool) {
        assert!(is_supported(pattern), "{pattern} is not supported");
        assert_eq!(Patterns::default().matches(pattern, text), expected, "{pattern} on {text:?}");
    }

    #[test]
    fn the_dialect_of_json_schema_is_understood() {
        check(r"^[a-zA-Z0-9-_]+$", "a-b_c", true);
        check(r"^[a-zA-Z0-9-_]+$", "a b", false);
        check(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Cost Center: 1", true);
        check(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "a#b", false);
        check(r"^([\p{L}]*)$", "Grüße#", true); // beyond ASCII nothing is claimed
        check(
            r"^arn:aws[a-z\-]*:iam::\d{12}:role\/.{1,2048}$",
            "arn:aws:iam::123456789012:role/x",
            true,
        );
        check(r"^arn:aws[a-z\-]*:iam::\d{12}:role\/.{1,2048}$", "arn:aws:iam::1:role/x", false);
        check(r"[\u0020-\uD7FF\uE000-\uFFFD]*", "x", true);
        check(r"^[\w+=,.@-]{1,64}$", "a@b", true);
        check(r"^[^\u0000]$", "a", true);
        check("^a{b}$", "a{b}", true);
        check(r"^[\w-.~]+$", "a-b.c~d", true);
        check(r"^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\r\n\t]*$", "a\tb", true);
        check(r"^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\r\n\t]*$", "a\u{1}b", false);
        check(r"^\p{ASCII}+$", "abc", true);
    }

    #[test]
    fn what_cannot_be_told_is_taken() {
        assert!(!is_supported(r"^(?!aws:).*$"));
        assert!(Patterns::default().matches(r"^(?!aws:).*$", "aws:x"));
    }
}
