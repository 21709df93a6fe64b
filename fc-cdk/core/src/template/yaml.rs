//! Reads YAML the way CloudFormation does: its short function forms, YAML 1.1's booleans, no aliases.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use smol_str::SmolStr;

use super::{
    json::duplicate_key,
    position::{MAX_DEPTH, ParseError, Position, Positions, Recorder, shorten},
    scalar::plain_scalar,
};
use crate::node::{Map, Node};

impl Node {
    /// Reads one YAML document. Needs the cargo feature `yaml`.
    ///
    /// CloudFormation's short forms become long ones: `!Ref X` is `{"Ref": "X"}`, `!GetAtt A.B` is
    /// `{"Fn::GetAtt": ["A", "B"]}`. Plain text is a boolean where YAML 1.1 says so (`yes` is `true`), and a number only where
    /// the number, written out, is the same text: `012345678901`, `1.10`, `0x1F`, `1_000`, `22:22` and `2012-10-17` stay text as
    /// they are, so that no account id, version or date is mangled.
    ///
    /// # Errors
    ///
    /// Where the text is no YAML or holds what CloudFormation refuses: aliases, merge keys, keys that are no scalars or stand
    /// twice, tags such as `!!binary`, more than one document, or more than 128 levels.
    pub fn parse_yaml(text: &str) -> Result<Node, ParseError> {
        parse(text, false).map(|(node, _)| node)
    }
}

/// Reads YAML, with positions if they are wanted.
pub(super) fn parse(text: &str, positions: bool) -> Result<(Node, Positions), ParseError> {
    let mut loader = Loader {
        events: Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)),
        depth: 0,
        recorder: Recorder::new(positions),
    };
    loader.next()?; // the start of the stream
    let (event, position) = loader.next()?;
    if event == Event::StreamEnd {
        return Err(ParseError::new(position, "the text is empty"));
    }
    let (event, root) = loader.next()?;
    let node = loader.node(event, root)?;
    loader.next()?; // the end of the document
    let (event, position) = loader.next()?;
    if event != Event::StreamEnd {
        let message = "a second document begins here; a template is one";
        return Err(ParseError::new(position, message));
    }
    Ok((node, loader.recorder.finish(root)))
}

struct Loader<'a> {
    events: Parser<'a, StrInput<'a>>,
    depth: u32,
    recorder: Recorder,
}

type Parsed<T> = Result<T, ParseError>;

impl<'a> Loader<'a> {
    fn next(&mut self) -> Parsed<(Event<'a>, Position)> {
        match self.events.next_event() {
            Some(Ok((event, span))) => Ok((event, position(&span))),
            Some(Err(error)) => Err(scan_error(&error)),
            None => Ok((Event::StreamEnd, Position::START)),
        }
    }

    fn node(&mut self, event: Event<'a>, position: Position) -> Parsed<Node> {
        match event {
            Event::Scalar(text, style, _, tag) => scalar(&text, style, tag.as_deref(), position),
            Event::SequenceStart(_, tag) => self.collection(tag, position, Self::list),
            Event::MappingStart(_, tag) => self.collection(tag, position, Self::object),
            Event::Alias(_) => Err(ParseError::new(
                position,
                "CloudFormation takes no YAML aliases; write the value here again",
            )),
            _ => Err(ParseError::new(position, "expected a value")),
        }
    }

    fn collection(
        &mut self,
        tag: Option<Cow<'a, Tag>>,
        position: Position,
        parse: fn(&mut Self) -> Parsed<Node>,
    ) -> Parsed<Node> {
        if self.depth == MAX_DEPTH {
            return Err(ParseError::too_deep(position));
        }
        self.depth += 1;
        let function = match tag.as_deref().map(|tag| function_of(tag, position)).transpose()? {
            Some(Tagged::Function(name)) => Some(name),
            Some(Tagged::Core("map" | "seq")) | None => None,
            Some(Tagged::Core(name)) => {
                let message = format!("the tag `!!{name}` does not fit what follows it");
                return Err(ParseError::new(position, message));
            }
        };
        let node = match function {
            Some(name) => {
                let outer = self.recorder.enter(&name, position);
                let argument = parse(self)?;
                self.recorder.leave(outer);
                Node::Map(Map(vec![(name, argument)]))
            }
            None => parse(self)?,
        };
        self.depth -= 1;
        Ok(node)
    }

    fn list(&mut self) -> Parsed<Node> {
        let mut items = Vec::new();
        loop {
            let (event, position) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Node::List(items));
            }
            let outer = if self.recorder.is_wanted() {
                self.recorder.enter(&items.len().to_string(), position)
            } else {
                0
            };
            items.push(self.node(event, position)?);
            self.recorder.leave(outer);
        }
    }

    fn object(&mut self) -> Parsed<Node> {
        let mut map = Map::new();
        let mut keys = Vec::new();
        loop {
            let (event, position) = self.next()?;
            let key = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, style, _, None) => {
                    if text == "<<" && style == ScalarStyle::Plain {
                        let message =
                            "CloudFormation takes no YAML merge keys; write the entries out";
                        return Err(ParseError::new(position, message));
                    }
                    SmolStr::new(text)
                }
                _ => return Err(ParseError::new(position, "a key has to be plain text")),
            };
            keys.push(position);
            let (event, value_position) = self.next()?;
            let outer = self.recorder.enter(&key, position);
            let value = self.node(event, value_position)?;
            self.recorder.leave(outer);
            map.push(key, value);
        }
        match duplicate_key(&map) {
            Some((first, second)) => {
                Err(ParseError::duplicate(keys[second], &map.0[second].0, keys[first]))
            }
            None => Ok(Node::Map(map)),
        }
    }
}

fn position(span: &Span) -> Position {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: number(span.start.line()), column: number(span.start.col()).saturating_add(1) }
}

fn scan_error(error: &ScanError) -> ParseError {
    let position = position(&Span::empty(*error.marker()));
    ParseError::new(position, error.info())
}

enum Tagged<'a> {
    /// `!Name`, as the key of its long form.
    Function(SmolStr),
    /// `!!name`.
    Core(&'a str),
}

fn function_of<'t>(tag: &'t Tag, position: Position) -> Parsed<Tagged<'t>> {
    if tag.is_yaml_core_schema() {
        return Ok(Tagged::Core(&tag.suffix));
    }
    match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("!" | "", name @ ("Ref" | "Condition")) => Ok(Tagged::Function(name.into())),
        ("!" | "", "" | "!") => Ok(Tagged::Core("str")),
        ("!" | "", name) if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Ok(Tagged::Function(format!("Fn::{name}").into()))
        }
        _ => {
            let message = format!("CloudFormation has no tag `{}`", shorten(&tag.to_string()));
            Err(ParseError::new(position, message))
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, position: Position) -> Parsed<Node> {
    let Some(tag) = tag else {
        return Ok(match style {
            ScalarStyle::Plain => plain_scalar(text),
            _ => Node::Str(text.into()),
        });
    };
    match function_of(tag, position)? {
        Tagged::Function(name) => {
            let argument = match (name.as_str(), text.split_once('.')) {
                ("Fn::GetAtt", Some((resource, attribute))) => {
                    Node::List(vec![resource.into(), attribute.into()])
                }
                _ => Node::Str(text.into()),
            };
            Ok(Node::Map(Map(vec![(name, argument)])))
        }
        Tagged::Core("str") => Ok(Node::Str(text.into())),
        Tagged::Core(name) => {
            let node = plain_scalar(text);
            let fits = match name {
                "bool" => matches!(node, Node::Bool(_)),
                "int" => matches!(node, Node::Int(_)),
                "float" => matches!(node, Node::Int(_) | Node::Float(_)),
                "null" => matches!(node, Node::Null),
                _ => {
                    let message = format!("CloudFormation does not take the tag `!!{name}`");
                    return Err(ParseError::new(position, message));
                }
            };
            if fits {
                Ok(node)
            } else {
                let message = format!("the tag `!!{name}` does not fit `{}`", shorten(text));
                Err(ParseError::new(position, message))
            }
        }
    }
}
