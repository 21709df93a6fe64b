//! [`Pattern`]: what a part of a template should look like.

use std::{cell::RefCell, fmt, rc::Rc};

use fc_cdk_core::{Map, Node};
use regex_lite::Regex;

/// What a part of a template should look like; made by [`like!`](crate::like) and the functions of this module.
///
/// - An object is like one that has at least these keys, each like its pattern.
/// - A list is like one of as many items, each like its pattern in order; [`list_with`] asks for some of them.
/// - A text, number or truth value is like an equal one. A number or truth value that is written as a text, as CloudFormation allows, is equal to it.
#[derive(Clone)]
pub struct Pattern(Kind);

/// The kinds of patterns.
#[derive(Clone)]
pub(crate) enum Kind {
    Equal(Node),
    Object(Vec<(String, Pattern)>),
    List(Vec<Pattern>),
    ListWith(Vec<Pattern>),
    Any,
    Absent,
    Text(Regex),
    /// What was given for a regular expression, and what is wrong with it.
    Broken(String),
    Mentions(String),
    JsonText(Box<Pattern>),
    Not(Box<Pattern>),
    OneOf(Vec<Pattern>),
    Capture(Capture, Box<Pattern>),
}

/// Takes out what stands at a place of the template, for a look at it afterwards.
///
/// ```
/// use fc_cdk_core::{App, Stack, json};
/// use fc_cdk_testing::{Capture, TemplateTest, like};
///
/// let app = App::new();
/// let stack = Stack::new(&app, "Mail");
/// let topic = stack.raw_resource("Topic", "AWS::SNS::Topic", json!({ "DisplayName": "News" }));
///
/// let name = Capture::new();
/// TemplateTest::of_app(&app).has_properties("AWS::SNS::Topic", like!({ "DisplayName": name.capture() }));
/// assert_eq!(name.text(), "News");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Capture(Rc<RefCell<Vec<Node>>>);

impl Capture {
    /// A capture that holds nothing yet.
    pub fn new() -> Capture {
        Capture::default()
    }

    /// A pattern that is like everything that is there, and takes it out.
    pub fn capture(&self) -> Pattern {
        self.capture_like(any())
    }

    /// A pattern that is like what `pattern` is like, and takes it out.
    pub fn capture_like(&self, pattern: impl Into<Pattern>) -> Pattern {
        Pattern(Kind::Capture(self.clone(), Box::new(pattern.into())))
    }

    /// All that was taken out, in the order of the template.
    pub fn all(&self) -> Vec<Node> {
        self.0.borrow().clone()
    }

    /// What was taken out first.
    ///
    /// # Panics
    ///
    /// When nothing was.
    #[track_caller]
    pub fn node(&self) -> Node {
        match self.0.borrow().first() {
            Some(node) => node.clone(),
            None => fail("nothing was captured: no assertion with this capture held"),
        }
    }

    /// The text that was taken out first.
    ///
    /// # Panics
    ///
    /// When nothing was, or something else than a text.
    #[track_caller]
    pub fn text(&self) -> String {
        match self.node() {
            Node::Str(text) => text.to_string(),
            other => fail(&format!("what was captured is no text but {}", other.to_json())),
        }
    }
}

/// Ends the test.
#[track_caller]
#[expect(clippy::panic, reason = "this is how an assertion fails")]
pub(crate) fn fail(message: &str) -> ! {
    panic!("{message}")
}

/// Is like everything that is there.
pub fn any() -> Pattern {
    Pattern(Kind::Any)
}

/// Is like nothing: the key must not be there.
pub fn absent() -> Pattern {
    Pattern(Kind::Absent)
}

/// Is like just this: an object with no other keys.
pub fn exactly(node: impl Into<Node>) -> Pattern {
    Pattern(Kind::Equal(node.into()))
}

/// Is like a list that has these items in this order, with others before, between and after them.
pub fn list_with(items: impl IntoIterator<Item = impl Into<Pattern>>) -> Pattern {
    Pattern(Kind::ListWith(items.into_iter().map(Into::into).collect()))
}

/// Is like a text in which this regular expression is found; `^` and `$` fix it to the ends.
///
/// The expression is one of the crate `regex-lite`; one that is not well formed is like nothing, and the assertion says why.
pub fn text(expression: &str) -> Pattern {
    Pattern(match Regex::new(expression) {
        Ok(regex) => Kind::Text(regex),
        Err(error) => Kind::Broken(format!("`{expression}` is no regular expression: {error}")),
    })
}

/// Is like anything that has this text somewhere in it: in a part of an `Fn::Join`, in a statement of a policy, as a key.
pub fn mentions(part: impl Into<String>) -> Pattern {
    Pattern(Kind::Mentions(part.into()))
}

/// Is like a text that holds JSON of this pattern, such as the body of a dashboard.
pub fn json_text(pattern: impl Into<Pattern>) -> Pattern {
    Pattern(Kind::JsonText(Box::new(pattern.into())))
}

/// Is like what is there and not like the pattern.
pub fn not(pattern: impl Into<Pattern>) -> Pattern {
    Pattern(Kind::Not(Box::new(pattern.into())))
}

/// Is like what one of the patterns is like.
pub fn one_of(patterns: impl IntoIterator<Item = impl Into<Pattern>>) -> Pattern {
    Pattern(Kind::OneOf(patterns.into_iter().map(Into::into).collect()))
}

/// Is like `{"Ref": logical_id}`.
pub fn reference_to(logical_id: &str) -> Pattern {
    exactly(Map::new().with("Ref", logical_id))
}

/// Is like `{"Fn::GetAtt": [logical_id, attribute]}`, also where the two stand in one text.
pub fn attribute_of(logical_id: &str, attribute: &str) -> Pattern {
    let list = Map::new().with("Fn::GetAtt", [logical_id, attribute]);
    let text = Map::new().with("Fn::GetAtt", format!("{logical_id}.{attribute}"));
    one_of([exactly(list), exactly(text)])
}

impl Pattern {
    #[doc(hidden)]
    pub fn object(entries: Vec<(String, Pattern)>) -> Pattern {
        Pattern(Kind::Object(entries))
    }

    #[doc(hidden)]
    pub fn list(items: Vec<Pattern>) -> Pattern {
        Pattern(Kind::List(items))
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0
    }

    /// What of `node` is not like the pattern, deepest first; `None` stands for a key that is not there.
    pub(crate) fn compare(&self, node: Option<&Node>) -> Comparison {
        let mut comparison = Comparison::default();
        self.walk(node, "", &mut comparison);
        comparison
    }

    fn walk(&self, node: Option<&Node>, path: &str, result: &mut Comparison) {
        let Some(node) = node else {
            match &self.0 {
                Kind::Absent => {}
                _ => result.differ(path, format!("expected {self}, but it is not there")),
            }
            return;
        };
        match &self.0 {
            Kind::Any => {}
            Kind::Absent => {
                result.differ(path, format!("should not be there, found {}", short(node)))
            }
            Kind::Equal(expected) if equal(expected, node) => {}
            Kind::Object(entries) => match node {
                Node::Map(map) => {
                    for (key, pattern) in entries {
                        pattern.walk(map.get(key), &join(path, key), result);
                    }
                }
                _ => result.expected(self, node, path),
            },
            Kind::List(patterns) => match node {
                Node::List(items) if items.len() == patterns.len() => {
                    for (index, (pattern, item)) in patterns.iter().zip(items).enumerate() {
                        pattern.walk(Some(item), &join(path, &index.to_string()), result);
                    }
                }
                Node::List(items) => {
                    let (expected, found) = (patterns.len(), items.len());
                    let message =
                        format!("expected {expected} items, found {found}: {}", short(node));
                    result.differ(path, message);
                }
                _ => result.expected(self, node, path),
            },
            Kind::ListWith(patterns) => match node {
                Node::List(items) => some_of(patterns, items, path, result),
                _ => result.expected(self, node, path),
            },
            Kind::Text(regex) if node.as_str().is_some_and(|text| regex.is_match(text)) => {}
            Kind::Broken(message) => result.differ(path, message.clone()),
            Kind::Mentions(part) if has_text(node, part) => {}
            Kind::JsonText(pattern) => match node.as_str().map(Node::parse_json) {
                Some(Ok(inner)) => pattern.walk(Some(&inner), path, result),
                Some(Err(error)) => result.differ(path, format!("the text is no JSON: {error}")),
                None => result.expected(self, node, path),
            },
            Kind::Not(pattern) if !pattern.compare(Some(node)).is_like() => {}
            Kind::OneOf(patterns) => {
                let like = patterns.iter().map(|pattern| pattern.compare(Some(node)));
                match like.into_iter().find(Comparison::is_like) {
                    Some(like) => result.captured.extend(like.captured),
                    None => result.expected(self, node, path),
                }
            }
            Kind::Capture(capture, pattern) => {
                let before = result.differences.len();
                pattern.walk(Some(node), path, result);
                if result.differences.len() == before {
                    result.captured.push((capture.clone(), node.clone()));
                }
            }
            Kind::Equal(_) | Kind::Text(_) | Kind::Mentions(_) | Kind::Not(_) => {
                result.expected(self, node, path);
            }
        }
    }
}

/// Each pattern has to find its item after that of the one before.
fn some_of(patterns: &[Pattern], items: &[Node], path: &str, result: &mut Comparison) {
    let mut rest = items.iter();
    for pattern in patterns {
        match rest.by_ref().map(|item| pattern.compare(Some(item))).find(Comparison::is_like) {
            Some(like) => result.captured.extend(like.captured),
            None => {
                let list = short(&Node::List(items.to_vec()));
                return result.differ(path, format!("no item is like {pattern} in {list}"));
            }
        }
    }
}

/// What a node has that a pattern does not want.
#[derive(Default)]
pub(crate) struct Comparison {
    /// Where, and what.
    pub(crate) differences: Vec<(String, String)>,
    captured: Vec<(Capture, Node)>,
}

impl Comparison {
    pub(crate) fn is_like(&self) -> bool {
        self.differences.is_empty()
    }

    /// Hands what was taken out to whoever wants it.
    pub(crate) fn keep_captures(self) {
        for (capture, node) in self.captured {
            capture.0.borrow_mut().push(node);
        }
    }

    fn differ(&mut self, path: &str, message: String) {
        self.differences.push((path.to_owned(), message));
    }

    fn expected(&mut self, pattern: &Pattern, node: &Node, path: &str) {
        self.differ(path, format!("expected {pattern}, found {}", short(node)));
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Whether CloudFormation takes both for the same: `true` and `"true"` are, `80` and `"80"`, too.
fn equal(expected: &Node, found: &Node) -> bool {
    match (expected, found) {
        (Node::Map(a), Node::Map(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| equal(value, other)))
        }
        (Node::List(a), Node::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Node::Str(text), other @ (Node::Bool(_) | Node::Int(_) | Node::Float(_)))
        | (other @ (Node::Bool(_) | Node::Int(_) | Node::Float(_)), Node::Str(text)) => {
            other.to_json() == text.as_str()
        }
        _ => expected == found,
    }
}

fn has_text(node: &Node, part: &str) -> bool {
    match node {
        Node::Str(text) => text.contains(part),
        Node::List(items) => items.iter().any(|item| has_text(item, part)),
        Node::Map(map) => {
            map.iter().any(|(key, value)| key.contains(part) || has_text(value, part))
        }
        _ => false,
    }
}

/// The JSON of a node, cut where it gets long.
fn short(node: &Node) -> String {
    const LONGEST: usize = 160;
    let json = node.to_json();
    match json.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", json.get(..end).unwrap_or_default()),
        None => json,
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |f: &mut fmt::Formatter<'_>, patterns: &[Pattern]| {
            for (index, pattern) in patterns.iter().enumerate() {
                write!(f, "{}{pattern}", if index == 0 { "" } else { ", " })?;
            }
            Ok(())
        };
        match &self.0 {
            Kind::Equal(node) => f.write_str(&short(node)),
            Kind::Object(entries) => {
                f.write_str("{")?;
                for (index, (key, pattern)) in entries.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}\"{key}\": {pattern}")?;
                }
                f.write_str("}")
            }
            Kind::List(patterns) => {
                f.write_str("[")?;
                all(f, patterns)?;
                f.write_str("]")
            }
            Kind::ListWith(patterns) => {
                f.write_str("a list with [")?;
                all(f, patterns)?;
                f.write_str("]")
            }
            Kind::Any => f.write_str("anything"),
            Kind::Absent => f.write_str("nothing"),
            Kind::Text(regex) => write!(f, "a text like `{regex}`"),
            Kind::Broken(message) => f.write_str(message),
            Kind::Mentions(part) => write!(f, "something with `{part}` in it"),
            Kind::JsonText(pattern) => write!(f, "a text with the JSON {pattern}"),
            Kind::Not(pattern) => write!(f, "anything but {pattern}"),
            Kind::OneOf(patterns) => {
                f.write_str("one of ")?;
                all(f, patterns)
            }
            Kind::Capture(_, pattern) => pattern.fmt(f),
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A node as a pattern: objects and lists in it become patterns, too.
impl From<Node> for Pattern {
    fn from(node: Node) -> Pattern {
        match node {
            Node::Map(map) => {
                let entries = map.into_iter().map(|(key, value)| (key.to_string(), value.into()));
                Pattern(Kind::Object(entries.collect()))
            }
            Node::List(items) => {
                Pattern(Kind::List(items.into_iter().map(Pattern::from).collect()))
            }
            other => Pattern(Kind::Equal(other)),
        }
    }
}

macro_rules! from {
    ($($type:ty),*) => {$(
        impl From<$type> for Pattern {
            fn from(value: $type) -> Pattern {
                Pattern::from(Node::from(value))
            }
        }
    )*}
}

from!(&str, String, bool, i32, i64, u32, f64, Map);

/// A [`Pattern`], written as JSON with patterns in it.
///
/// ```
/// use fc_cdk_testing::{absent, like, list_with, text};
/// let pattern = like!({
///     "BucketName": text("^shop-"),
///     "AccessControl": absent(),
///     "Tags": list_with([like!({ "Key": "team" })]),
///     "VersioningConfiguration": { "Status": "Enabled" },
/// });
/// ```
#[macro_export]
macro_rules! like {
    ([ $($item:tt)* ]) => { $crate::Pattern::list($crate::like!(@list [] $($item)*)) };
    ({ $($entry:tt)* }) => { $crate::Pattern::object($crate::like!(@map [] $($entry)*)) };
    (@list [$($done:expr,)*]) => { vec![$($done,)*] };
    (@list [$($done:expr,)*] $next:tt , $($rest:tt)*) => { $crate::like!(@list [$($done,)* $crate::like!($next),] $($rest)*) };
    (@list [$($done:expr,)*] $next:tt) => { $crate::like!(@list [$($done,)* $crate::like!($next),]) };
    (@list [$($done:expr,)*] $next:expr , $($rest:tt)*) => { $crate::like!(@list [$($done,)* $crate::Pattern::from($next),] $($rest)*) };
    (@list [$($done:expr,)*] $next:expr) => { $crate::like!(@list [$($done,)* $crate::Pattern::from($next),]) };
    (@map [$($done:expr,)*]) => { vec![$($done,)*] };
    (@map [$($done:expr,)*] $key:literal : $value:tt , $($rest:tt)*) => { $crate::like!(@map [$($done,)* ($key.to_string(), $crate::like!($value)),] $($rest)*) };
    (@map [$($done:expr,)*] $key:literal : $value:tt) => { $crate::like!(@map [$($done,)* ($key.to_string(), $crate::like!($value)),]) };
    (@map [$($done:expr,)*] $key:literal : $value:expr , $($rest:tt)*) => { $crate::like!(@map [$($done,)* ($key.to_string(), $crate::Pattern::from($value)),] $($rest)*) };
    (@map [$($done:expr,)*] $key:literal : $value:expr) => { $crate::like!(@map [$($done,)* ($key.to_string(), $crate::Pattern::from($value)),]) };
    ($value:expr) => { $crate::Pattern::from($value) };
}
