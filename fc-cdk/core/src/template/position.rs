//! Lines and columns: of errors in a template's text, and on request of everything in it.

use std::fmt;

use rustc_hash::FxHashMap;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Position {
    /// The start of a text.
    pub(super) const START: Position = Position { line: 1, column: 1 };

    /// The position behind `text`, which starts here.
    pub(super) fn after(mut self, text: &str) -> Position {
        for character in text.chars() {
            if character == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a text is no template, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    position: Position,
}

impl ParseError {
    pub(super) fn new(position: Position, message: impl Into<String>) -> ParseError {
        ParseError { message: message.into(), position }
    }

    pub(super) fn too_deep(position: Position) -> ParseError {
        let message = format!("nested deeper than {MAX_DEPTH} levels");
        ParseError::new(position, message)
    }

    pub(super) fn duplicate(position: Position, key: &str, first: Position) -> ParseError {
        let message = format!("key `{}` is here twice; first at {first}", shorten(key));
        ParseError::new(position, message)
    }

    /// What is wrong: lower case, no full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where in the text.
    pub fn position(&self) -> Position {
        self.position
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.message)
    }
}

impl std::error::Error for ParseError {}

/// How deep objects and lists may be nested: far deeper than templates are, far shallower than what a thread's stack holds.
pub(super) const MAX_DEPTH: u32 = 128;

/// A text for a message: its start, where it is long.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Where everything of a template stands in its text, by JSON pointer (`/Resources/Bucket/Properties/BucketName`).
///
/// An entry of an object stands where its key does, an item of a list where it begins.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    by_pointer: FxHashMap<String, Position>,
    alias: Option<Position>,
}

impl Positions {
    /// The position of what `pointer` names.
    pub fn get(&self, pointer: &str) -> Option<Position> {
        self.by_pointer.get(pointer).copied()
    }

    /// Where the first alias or merge key of a YAML text stands, which CloudFormation does not take.
    pub fn alias(&self) -> Option<Position> {
        self.alias
    }

    /// The position of what `pointer` names, or of the nearest thing around it: where a missing property would be.
    pub fn nearest(&self, pointer: &str) -> Position {
        let mut pointer = pointer;
        loop {
            match (self.get(pointer), pointer.rfind('/')) {
                (Some(position), _) => return position,
                (None, Some(end)) => pointer = &pointer[..end],
                (None, None) => return Position::START,
            }
        }
    }
}

/// Collects [`Positions`] while a parser goes down and up; does nothing where nobody asked for them.
#[derive(Default)]
pub(super) struct Recorder {
    wanted: bool,
    pointer: String,
    positions: Positions,
}

impl Recorder {
    pub(super) fn new(wanted: bool) -> Recorder {
        Recorder { wanted, ..Recorder::default() }
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Goes to a child; returns what [`leave`](Recorder::leave) needs.
    pub(super) fn enter(&mut self, step: &str, position: Position) -> usize {
        let length = self.pointer.len();
        if self.wanted {
            self.pointer.push('/');
            for character in step.chars() {
                match character {
                    '~' => self.pointer.push_str("~0"),
                    '/' => self.pointer.push_str("~1"),
                    other => self.pointer.push(other),
                }
            }
            self.positions.by_pointer.insert(self.pointer.clone(), position);
        }
        length
    }

    /// Notes an alias.
    #[cfg(feature = "yaml")]
    pub(super) fn alias(&mut self, position: Position) {
        self.positions.alias.get_or_insert(position);
    }

    pub(super) fn leave(&mut self, length: usize) {
        self.pointer.truncate(length);
    }

    pub(super) fn finish(mut self, root: Position) -> Positions {
        self.positions.by_pointer.insert(String::new(), root);
        self.positions
    }
}
