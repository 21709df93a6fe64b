//! Reading regular expressions in JavaScript's dialect.

use std::{iter::Peekable, str::Chars};

/// A piece of a pattern.
pub(super) enum Node {
    Char(char),
    Set(Box<Set>),
    Any,
    Start,
    End,
    /// A boundary between word and other characters, or the lack of one.
    Boundary(bool),
    Group(Vec<Vec<Node>>),
    Look {
        behind: bool,
        negative: bool,
        body: Vec<Vec<Node>>,
    },
    Repeat {
        body: Box<Node>,
        min: u32,
        max: u32,
    },
}

impl Node {
    /// Whether it takes just one character.
    pub(super) fn is_single(&self) -> bool {
        matches!(self, Node::Char(_) | Node::Set(_) | Node::Any)
    }

    pub(super) fn takes(&self, c: char) -> bool {
        match self {
            Node::Char(wanted) => *wanted == c,
            Node::Set(set) => set.takes(c),
            Node::Any => true,
            _ => false,
        }
    }
}

/// A class of characters.
#[derive(Default)]
pub(super) struct Set {
    negated: bool,
    /// One bit for each ASCII character.
    ascii: u128,
    ranges: Vec<(char, char)>,
    /// Whether other characters beyond ASCII are not judged, but taken.
    beyond: bool,
}

impl Set {
    fn takes(&self, c: char) -> bool {
        let inside = match u32::from(c) {
            code @ 0..128 => self.ascii >> code & 1 != 0,
            _ => {
                return self.beyond
                    || self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c))
                        != self.negated;
            }
        };
        inside != self.negated
    }

    fn add(&mut self, low: char, high: char) {
        for code in u32::from(low)..=u32::from(high).min(127) {
            self.ascii |= 1 << code;
        }
        if u32::from(high) > 127 {
            self.ranges.push((low, high));
        }
    }

    fn add_where(&mut self, belongs: impl Fn(char) -> bool) {
        (0..128).filter(|&code| belongs(char::from(code))).for_each(|code| self.ascii |= 1 << code);
    }
}

/// Reads a pattern; `None` for what is beyond the matcher, such as back references.
pub(super) fn parse(pattern: &str) -> Option<Vec<Vec<Node>>> {
    let mut parser = Parser { chars: pattern.chars().peekable(), any_case: false };
    let alternatives = parser.alternatives()?;
    parser.chars.next().is_none().then_some(alternatives)
}

struct Parser<'p> {
    chars: Peekable<Chars<'p>>,
    any_case: bool,
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Option<Vec<Vec<Node>>> {
        let mut alternatives = vec![Vec::new()];
        while let Some(&c) = self.chars.peek() {
            match c {
                ')' => break,
                '|' => {
                    self.chars.next();
                    alternatives.push(Vec::new());
                }
                _ => {
                    let Some(node) = self.piece()? else { continue };
                    let node = self.repeated(node)?;
                    alternatives.last_mut()?.push(node);
                }
            }
        }
        Some(alternatives)
    }

    /// One piece, or `Some(None)` for a flag, which takes no place.
    fn piece(&mut self) -> Option<Option<Node>> {
        Some(Some(match self.chars.next()? {
            '^' => Node::Start,
            '$' => Node::End,
            '.' => Node::Any,
            '[' => Node::Set(Box::new(self.set()?)),
            '(' => return self.group(),
            '\\' => self.escape()?,
            '*' | '+' | '?' => return None,
            c => self.char(c),
        }))
    }

    fn char(&self, c: char) -> Node {
        if !self.any_case || !c.is_ascii_alphabetic() {
            return Node::Char(c);
        }
        let mut set = Set::default();
        set.add(c.to_ascii_lowercase(), c.to_ascii_lowercase());
        set.add(c.to_ascii_uppercase(), c.to_ascii_uppercase());
        Node::Set(Box::new(set))
    }

    fn group(&mut self) -> Option<Option<Node>> {
        let mut look = None;
        if self.chars.next_if_eq(&'?').is_some() {
            match self.chars.next()? {
                ':' => {}
                '=' => look = Some((false, false)),
                '!' => look = Some((false, true)),
                '<' => match self.chars.next()? {
                    '=' => look = Some((true, false)),
                    '!' => look = Some((true, true)),
                    _ => _ = self.chars.find(|&c| c == '>')?,
                },
                flag @ ('i' | 's' | 'm') => {
                    self.any_case |= flag == 'i';
                    return (self.chars.next()? == ')').then_some(None);
                }
                _ => return None,
            }
        }
        let body = self.alternatives()?;
        if self.chars.next()? != ')' {
            return None;
        }
        Some(Some(match look {
            Some((behind, negative)) => Node::Look { behind, negative, body },
            None => Node::Group(body),
        }))
    }

    fn repeated(&mut self, node: Node) -> Option<Node> {
        let (min, max) = match self.chars.peek() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            Some('{') => match self.bounds() {
                Some(bounds) => bounds,
                None => return Some(node),
            },
            _ => return Some(node),
        };
        self.chars.next();
        // Whether a repetition is greedy changes where it ends, but not whether there is a match.
        self.chars.next_if(|&c| c == '?' || c == '+');
        Some(Node::Repeat { body: Box::new(node), min, max })
    }

    /// `{2}`, `{2,}`, `{2,5}`, up to but without the closing brace; `None`, and nothing taken, where the brace is a character.
    fn bounds(&mut self) -> Option<(u32, u32)> {
        let ahead: String = self.chars.clone().skip(1).take_while(|&c| c != '}').collect();
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let bounds = match ahead.split_once(',') {
            None => {
                let count = number(&ahead)?;
                (count, count)
            }
            Some((min, max)) if max.trim().is_empty() => (number(min)?, u32::MAX),
            Some((min, max)) => (number(min).unwrap_or(0), number(max)?),
        };
        self.chars.by_ref().take(ahead.chars().count() + 1).for_each(drop);
        Some(bounds)
    }

    fn escape(&mut self) -> Option<Node> {
        Some(match self.chars.peek()? {
            'b' => self.then(Node::Boundary(true)),
            'B' => self.then(Node::Boundary(false)),
            'A' => self.then(Node::Start),
            'Z' | 'z' => self.then(Node::End),
            '1'..='9' => return None,
            _ => {
                let mut set = Set::default();
                match self.class_escape(&mut set)? {
                    Some(c) => self.char(c),
                    None => Node::Set(Box::new(set)),
                }
            }
        })
    }

    fn then(&mut self, node: Node) -> Node {
        self.chars.next();
        node
    }

    /// What stands after a backslash: a character, or a class that goes into `set`.
    fn class_escape(&mut self, set: &mut Set) -> Option<Option<char>> {
        let c = self.chars.next()?;
        match c {
            'd' => set.add_where(|c| c.is_ascii_digit()),
            'D' => {
                set.add_where(|c| !c.is_ascii_digit());
                set.beyond = true;
            }
            'w' => set.add_where(|c| c == '_' || c.is_ascii_alphanumeric()),
            'W' => {
                set.add_where(|c| c != '_' && !c.is_ascii_alphanumeric());
                set.beyond = true;
            }
            's' => {
                set.add_where(|c| c.is_ascii_whitespace() || c == '\u{b}');
                set.beyond = true;
            }
            'S' => {
                set.add_where(|c| !c.is_ascii_whitespace() && c != '\u{b}');
                set.beyond = true;
            }
            'p' | 'P' => {
                let name: String = match self.chars.next()? {
                    '{' => self.chars.by_ref().take_while(|&c| c != '}').collect(),
                    single => single.into(),
                };
                let belongs = category(
                    name.trim_start_matches("General_Category=").trim_start_matches("Is"),
                )?;
                set.add_where(|found| belongs(found) == (c == 'p'));
                set.beyond = true;
            }
            'u' | 'x' => {
                let digits: String = match self.chars.peek() {
                    Some('{') => self.chars.by_ref().skip(1).take_while(|&c| c != '}').collect(),
                    _ => self.chars.by_ref().take(if c == 'u' { 4 } else { 2 }).collect(),
                };
                let code = u32::from_str_radix(&digits, 16).ok()?;
                // Halves of surrogate pairs stand for what is beyond 16 bits.
                match char::from_u32(code) {
                    Some(c) => return Some(Some(c)),
                    None => set.beyond = true,
                }
            }
            'n' => return Some(Some('\n')),
            'r' => return Some(Some('\r')),
            't' => return Some(Some('\t')),
            'f' => return Some(Some('\u{c}')),
            'v' => return Some(Some('\u{b}')),
            '0' => return Some(Some('\0')),
            c => return Some(Some(c)),
        }
        Some(None)
    }

    fn set(&mut self) -> Option<Set> {
        let mut set = Set { negated: self.chars.next_if_eq(&'^').is_some(), ..Set::default() };
        loop {
            let low = match self.chars.next()? {
                ']' => break,
                '\\' => match self.chars.peek()? {
                    'b' => self.chars.next().map(|_| '\u{8}'),
                    _ => self.class_escape(&mut set)?,
                },
                c => Some(c),
            };
            // A dash makes a range only between two characters.
            let mut ahead = self.chars.clone();
            let range = ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']');
            let Some(low) = low else { continue };
            if !range {
                set.add(low, low);
                continue;
            }
            self.chars.next();
            let high = match self.chars.next()? {
                '\\' => self.class_escape(&mut set)?,
                c => Some(c),
            };
            match high {
                Some(high) if low <= high => set.add(low, high),
                Some(_) => return None,
                None => {
                    set.add(low, low);
                    set.add('-', '-');
                }
            }
        }
        if self.any_case {
            for code in b'a'..=b'z' {
                let both = 1_u128 << code | 1 << code.to_ascii_uppercase();
                if set.ascii & both != 0 {
                    set.ascii |= both;
                }
            }
        }
        Some(set)
    }
}

/// Whether an ASCII character belongs to a category of Unicode's; what is beyond ASCII is not judged.
fn category(name: &str) -> Option<fn(char) -> bool> {
    Some(match name {
        "L" | "Letter" | "Alphabetic" | "LC" | "Alpha" => |c| c.is_ascii_alphabetic(),
        "Lu" | "Upper" => |c| c.is_ascii_uppercase(),
        "Ll" | "Lower" => |c| c.is_ascii_lowercase(),
        "N" | "Nd" | "Number" | "Digit" => |c| c.is_ascii_digit(),
        "Z" | "Zs" | "Separator" | "Space" => |c| c == ' ',
        "P" | "Punct" | "Punctuation" => |c| c.is_ascii_punctuation() && !"$+<=>^`|~".contains(c),
        "S" | "Symbol" => |c| "$+<=>^`|~".contains(c),
        "Sc" => |c| c == '$',
        "Sm" => |c| "+<=>|~".contains(c),
        "Sk" => |c| "^`".contains(c),
        "Pc" => |c| c == '_',
        "Pd" => |c| c == '-',
        "Ps" => |c| "([{".contains(c),
        "Pe" => |c| ")]}".contains(c),
        "Po" => |c| "!\"#%&'*,./:;?@\\".contains(c),
        "C" | "Cc" | "Cntrl" => |c| c.is_ascii_control(),
        "ASCII" => |c| c.is_ascii(),
        "Graph" => |c| c.is_ascii_graphic(),
        "Print" => |c| c.is_ascii_graphic() || c == ' ',
        "Alnum" => |c| c.is_ascii_alphanumeric(),
        "M" | "Mark" | "Mn" | "Mc" | "Cf" | "Co" | "Cs" | "Cn" | "Lo" | "Lm" | "Lt" | "Nl"
        | "No" | "So" | "Zl" | "Zp" | "Pi" | "Pf" => |_| false,
        _ => return None,
    })
}
