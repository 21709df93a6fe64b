//! Reads YAML the way CloudFormation does: its short function forms, YAML 1.1's booleans; and aliases, which its tools write out.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
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
    /// Aliases (`*name`) and merge keys (`<<`) are written out, as `aws cloudformation package` and SAM do before CloudFormation,
    /// which takes neither, sees the text.
    ///
    /// # Errors
    ///
    /// Where the text is no YAML or holds what CloudFormation refuses: keys that are no scalars or stand twice, tags such as
    /// `!!binary`, more than one document, more than 128 levels, or aliases that come to more than 4 MiB.
    pub fn parse_yaml(text: &str) -> Result<Node, ParseError> {
        parse(text, false).map(|(node, _)| node)
    }
}

/// Reads YAML, with positions if they are wanted.
pub(super) fn parse(text: &str, positions: bool) -> Result<(Node, Positions), ParseError> {
    let mut loader = Loader {
        events: Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)),
        depth: 0,
        anchors: FxHashMap::default(),
        written_out: 0,
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

/// What anchors and aliases may come to, in bytes of text: CloudFormation takes a megabyte.
const MAX_WRITTEN_OUT: usize = 4 << 20;

struct Loader<'a> {
    events: Parser<'a, StrInput<'a>>,
    depth: u32,
    anchors: FxHashMap<usize, Anchored>,
    /// What anchors and aliases have come to.
    written_out: usize,
    recorder: Recorder,
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    /// How many bytes it is, about.
    size: usize,
    /// How many levels it has below its own.
    depth: u32,
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
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(&text, style, tag.as_deref(), position)?, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                (self.collection(tag, position, Self::list)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                (self.collection(tag, position, Self::object)?, anchor)
            }
            Event::Alias(anchor) => return self.alias(anchor, position),
            _ => return Err(ParseError::new(position, "expected a value")),
        };
        if anchor != 0 {
            let (size, depth) = extent(&node);
            self.write_out(size, position)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, depth });
        }
        Ok(node)
    }

    /// Writes out what an alias stands for.
    fn alias(&mut self, anchor: usize, position: Position) -> Parsed<Node> {
        self.recorder.alias(position);
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(ParseError::new(position, "this alias is a part of what it stands for"));
        };
        if self.depth + anchored.depth > MAX_DEPTH {
            return Err(ParseError::too_deep(position));
        }
        let (node, size) = (anchored.node.clone(), anchored.size);
        self.write_out(size, position)?;
        Ok(node)
    }

    fn write_out(&mut self, size: usize, position: Position) -> Parsed<()> {
        self.written_out += size;
        if self.written_out > MAX_WRITTEN_OUT {
            return Err(ParseError::new(
                position,
                "the aliases come to more than a template holds",
            ));
        }
        Ok(())
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
        let mut merged = Vec::new();
        loop {
            let (event, position) = self.next()?;
            let key = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<" => {
                    self.recorder.alias(position);
                    let (event, position) = self.next()?;
                    merged.extend(merge(self.node(event, position)?, position)?);
                    continue;
                }
                Event::Scalar(text, _, _, tag) if is_text(tag.as_deref()) => SmolStr::new(text),
                _ => return Err(ParseError::new(position, "a key has to be plain text")),
            };
            keys.push(position);
            let (event, value_position) = self.next()?;
            let outer = self.recorder.enter(&key, position);
            let value = self.node(event, value_position)?;
            self.recorder.leave(outer);
            map.push(key, value);
        }
        if let Some((first, second)) = duplicate_key(&map) {
            return Err(ParseError::duplicate(keys[second], &map.0[second].0, keys[first]));
        }
        // What stands here goes before what is merged, and of that the first.
        for (key, value) in merged.into_iter().flat_map(|entries| entries.0) {
            if !map.contains_key(&key) {
                map.push(key, value);
            }
        }
        Ok(Node::Map(map))
    }
}

/// How many bytes a node is, about, and how many levels it has.
fn extent(node: &Node) -> (usize, u32) {
    let (mut size, mut depth) = (4, 0);
    let mut add = |node: &Node, key: &str| {
        let (bytes, levels) = extent(node);
        size += bytes + key.len();
        depth = depth.max(levels + 1);
    };
    match node {
        Node::Map(map) => map.iter().for_each(|(key, value)| add(value, key)),
        Node::List(items) => items.iter().for_each(|item| add(item, "")),
        Node::Str(text) => size += text.len(),
        _ => {}
    }
    (size, depth)
}

/// The objects whose entries a merge key brings.
fn merge(value: Node, position: Position) -> Parsed<Vec<Map>> {
    let objects = match value {
        Node::List(items) => items,
        other => vec![other],
    };
    let object = |node| match node {
        Node::Map(map) => Ok(map),
        other => {
            let message = format!("what is merged is an object, not {}", other.kind());
            Err(ParseError::new(position, message))
        }
    };
    objects.into_iter().map(object).collect()
}

/// Whether a key's tag, if it has one, says that it is text.
fn is_text(tag: Option<&Tag>) -> bool {
    tag.is_none_or(|tag| matches!(function_of(tag, Position::START), Ok(Tagged::Core("str"))))
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
