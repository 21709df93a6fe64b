//! The regular expressions of JSON schema, matched within a bounded number of steps.
//!
//! Most patterns of AWS's schemas are a class of characters and a count. A backtracking matcher tells those in nanoseconds and costs
//! nothing to prepare, look-around included. What needs more steps than [`BUDGET`] is taken for a match: nothing is reported that is
//! not sure.

use rustc_hash::FxHashMap;

use super::pattern_parser::{Node, parse};

/// How many steps one match may take.
const BUDGET: u32 = 50_000;

/// The patterns met so far, read on first use.
#[derive(Default)]
pub(super) struct Patterns(FxHashMap<usize, Option<Vec<Vec<Node>>>>);

impl Patterns {
    /// Whether the pattern is found in the text; `true` where that cannot be told.
    pub(super) fn matches(&mut self, pattern: &'static str, text: &str) -> bool {
        // A table holds each of its texts once, so the address is as good as the text, and quicker.
        match self.0.entry(pattern.as_ptr() as usize).or_insert_with(|| parse(pattern)) {
            Some(alternatives) => search(alternatives, text),
            None => true,
        }
    }
}

impl Patterns {
    /// Whether the pattern of a rule is found in the text, if that can be told.
    pub(super) fn matches_once(&self, pattern: &str, text: &str) -> Option<bool> {
        pattern_matches(pattern, text)
    }
}

/// Whether a pattern of a JSON schema is found in a text; `None` where that cannot be told.
///
/// ```
/// use fc_cdk_core::spec::pattern_matches;
/// assert_eq!(pattern_matches("^[0-9]{12}$", "111122223333"), Some(true));
/// assert_eq!(pattern_matches("^[0-9]{12}$", "1111-2222-3333"), Some(false));
/// ```
pub fn pattern_matches(pattern: &str, text: &str) -> Option<bool> {
    parse(pattern).map(|alternatives| search(&alternatives, text))
}

/// Whether a pattern of the tables can be told at all: back references cannot.
pub fn is_supported(pattern: &str) -> bool {
    parse(pattern).is_some()
}

fn search(alternatives: &[Vec<Node>], text: &str) -> bool {
    let mut matcher = Matcher { text, steps: BUDGET };
    let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    for start in starts {
        if matcher.any(alternatives, start, &mut |_, _| true) {
            return true;
        }
        // Anchored patterns match at the start or not at all.
        if alternatives.iter().all(|sequence| matches!(sequence.first(), Some(Node::Start))) {
            return false;
        }
    }
    false
}

/// What follows a part of a pattern, tried at the place where the part ends.
type Rest<'r, 't> = &'r mut dyn FnMut(&mut Matcher<'t>, usize) -> bool;

struct Matcher<'t> {
    text: &'t str,
    steps: u32,
}

impl<'t> Matcher<'t> {
    fn any(&mut self, alternatives: &[Vec<Node>], at: usize, rest: Rest<'_, 't>) -> bool {
        alternatives.iter().any(|sequence| self.sequence(sequence, at, rest))
    }

    fn sequence(&mut self, mut nodes: &[Node], mut at: usize, rest: Rest<'_, 't>) -> bool {
        while let Some((node, following)) = nodes.split_first() {
            self.steps = self.steps.saturating_sub(1);
            if self.steps == 0 {
                return true;
            }
            match node {
                Node::Start if at == 0 => {}
                Node::End if at == self.text.len() => {}
                Node::Start | Node::End => return false,
                Node::Boundary(wanted) => {
                    let word = |byte: Option<&u8>| {
                        byte.is_some_and(|&byte| byte == b'_' || byte.is_ascii_alphanumeric())
                    };
                    let bytes = self.text.as_bytes();
                    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
                    if (word(before) != word(bytes.get(at))) != *wanted {
                        return false;
                    }
                }
                Node::Look { behind, negative, body } => {
                    let found = if *behind {
                        (0..=at).filter(|&start| self.text.is_char_boundary(start)).any(|start| {
                            let mut here = Matcher { text: self.text, steps: self.steps };
                            here.any(body, start, &mut |_, end| end == at)
                        })
                    } else {
                        self.any(body, at, &mut |_, _| true)
                    };
                    if found == *negative {
                        return false;
                    }
                }
                Node::Group(body) => {
                    return self
                        .any(body, at, &mut |matcher, at| matcher.sequence(following, at, rest));
                }
                Node::Repeat { body, min, max } if body.is_single() => {
                    return self.repeat_single(body, (*min, *max), at, following, rest);
                }
                Node::Repeat { body, min, max } => {
                    return self.repeat(body, (*min, *max), 0, at, &mut |matcher, at| {
                        matcher.sequence(following, at, rest)
                    });
                }
                single => match self.step(single, at) {
                    Some(next) => at = next,
                    None => return false,
                },
            }
            nodes = following;
        }
        rest(self, at)
    }

    /// The place after one character, if the node takes it.
    fn step(&self, node: &Node, at: usize) -> Option<usize> {
        let byte = *self.text.as_bytes().get(at)?;
        let c = if byte < 128 { byte as char } else { self.text[at..].chars().next()? };
        node.takes(c).then(|| at + c.len_utf8())
    }

    /// As many characters as there are, then fewer until what follows fits.
    fn repeat_single(
        &mut self,
        body: &Node,
        (min, max): (u32, u32),
        start: usize,
        following: &[Node],
        rest: Rest<'_, 't>,
    ) -> bool {
        let (mut count, mut at) = (0, start);
        while count < max {
            let Some(next) = self.step(body, at) else { break };
            at = next;
            count += 1;
        }
        loop {
            if count < min {
                return false;
            }
            if self.sequence(following, at, rest) {
                return true;
            }
            if at == start {
                return false;
            }
            at -= 1;
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            count -= 1;
        }
    }

    fn repeat(
        &mut self,
        body: &Node,
        bounds: (u32, u32),
        count: u32,
        at: usize,
        rest: Rest<'_, 't>,
    ) -> bool {
        let (min, max) = bounds;
        let once = std::slice::from_ref(body);
        if count < max
            && self.sequence(once, at, &mut |matcher, next| {
                // A round that takes nothing would go on forever.
                next != at && matcher.repeat(body, bounds, count + 1, next, rest)
            })
        {
            return true;
        }
        // An empty body fits as often as is asked for.
        let enough = count >= min || self.sequence(once, at, &mut |_, next| next == at);
        enough && rest(self, at)
    }
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
        check(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Cost Center: Größe", true);
        check(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "a#b", false);
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
        check(r"^(a|b|cd)+e?$", "abcdacde", true);
        check(r"^(a|b|cd)+e?$", "abcdace", false);
        check("b", "abc", true);
        check("^$|^[a-z]{1}(?:-?[a-z0-9]){0,62}$", "shop--db", false);
        check("^$|^[a-z]{1}(?:-?[a-z0-9]){0,62}$", "shop-db", true);
        check(r"^[A-Z]{2,3}$", "ABCD", false);
    }

    #[test]
    fn look_around_is_told() {
        check(r"^(?!aws:).*$", "aws:x", false);
        check(r"^(?!aws:).*$", "mine", true);
        check(r"^[0-9a-z.-]*(?<!\.)$", "a.b", true);
        check(r"^[0-9a-z.-]*(?<!\.)$", "a.", false);
        check(r"^(?=.*[a-z])(?=.*\d).{4,}$", "abc1", true);
        check(r"^(?=.*[a-z])(?=.*\d).{4,}$", "abcd", false);
    }

    #[test]
    fn what_takes_too_long_is_taken() {
        check(r"^(a+)+$", &("a".repeat(64) + "!"), true);
        check(r"^(a*)*b$", "aaab", true);
        check(r"^(|a)+$", "aa", true);
    }

    #[test]
    fn what_cannot_be_told_is_taken() {
        assert!(!is_supported(r"^(a)\1$"));
        assert!(Patterns::default().matches(r"^(a)\1$", "b"));
    }
}
