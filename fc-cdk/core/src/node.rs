//! [`Node`]: the one JSON-like tree that values, templates, checks and diffs share.

use smol_str::SmolStr;

use crate::{
    json_writer::JsonWriter,
    reference::{Reference, SubPart},
};

/// A JSON value in which references to constructs may still be open.
///
/// Objects keep the order in which their keys were written. Strings are cheap to clone, so a `Node` is too.
///
/// The two open variants, [`Ref`](Node::Ref) and [`Sub`](Node::Sub), exist only before synth; every other intrinsic
/// function is a [`Map`] with one key, as in the template.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Node {
    /// JSON `null`. As the value of a property it means "not set": CloudFormation refuses `null` in templates.
    #[default]
    Null,
    /// JSON `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Str(SmolStr),
    /// A JSON array.
    List(Vec<Node>),
    /// A JSON object.
    Map(Map),
    /// A reference to another construct, which synth turns into `Ref`, `Fn::GetAtt` or a cross-stack reference.
    Ref(Box<Reference>),
    /// Text with values in it, which synth turns into a string or `Fn::Sub`.
    Sub(Box<[SubPart]>),
}

impl Node {
    /// A string that lives as long as the program; never allocates.
    pub const fn from_static(text: &'static str) -> Node {
        Node::Str(SmolStr::new_static(text))
    }

    /// An object with one key: how CloudFormation writes its intrinsic functions.
    pub fn function(name: &'static str, argument: Node) -> Node {
        Node::Map(Map(vec![(SmolStr::new_static(name), argument)]))
    }

    /// A `Ref` to a logical id or pseudo parameter by name, such as `AWS::Region`.
    pub fn ref_to(name: &'static str) -> Node {
        Node::function("Ref", Node::from_static(name))
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Node::Str(text) = self { Some(text) } else { None }
    }

    /// The whole number, if this is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Node::Int(number) = self { Some(*number) } else { None }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Node::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// The items, if this is an array.
    pub fn as_list(&self) -> Option<&[Node]> {
        if let Node::List(items) = self { Some(items) } else { None }
    }

    /// The items of a list, or the one value that stands for a list of one.
    pub(crate) fn as_items(&self) -> &[Node] {
        match self {
            Node::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }

    /// The object, if this is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Node::Map(map) = self { Some(map) } else { None }
    }

    /// The object for changes, if this is one.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let Node::Map(map) = self { Some(map) } else { None }
    }

    /// The value under `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// The value at a JSON pointer such as `/Resources/Bucket/Properties/0`.
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        pointer.split('/').skip(1).try_fold(self, |node, step| match node {
            Node::Map(map) => map.get(&step.replace("~1", "/").replace("~0", "~")),
            Node::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The intrinsic function that this node calls, with its argument: `("Fn::Join", …)`, `("Ref", …)`.
    pub fn as_function(&self) -> Option<(&str, &Node)> {
        match self.as_map()?.0.as_slice() {
            [(name, argument)]
                if name == "Ref" || name == "Condition" || name.starts_with("Fn::") =>
            {
                Some((name, argument))
            }
            _ => None,
        }
    }

    /// Whether AWS computes this value at deploy time: a reference or an intrinsic function.
    pub fn is_deferred(&self) -> bool {
        matches!(self, Node::Ref(_) | Node::Sub(_)) || self.as_function().is_some()
    }

    /// Whether this is `null`, which as a property means "not set".
    pub fn is_null(&self) -> bool {
        matches!(self, Node::Null)
    }

    /// What kind of JSON this is, for messages: `a string`, `a list`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Int(_) | Node::Float(_) => "a number",
            Node::Str(_) => "a string",
            Node::List(_) => "a list",
            Node::Map(_) if self.is_deferred() => "an intrinsic function",
            Node::Map(_) => "an object",
            Node::Ref(_) => "a reference",
            Node::Sub(_) => "text with references",
        }
    }

    /// The node as compact JSON. References that are still open print as `{"Ref": null}`; synth leaves none.
    pub fn to_json(&self) -> String {
        self.written(JsonWriter::compact())
    }

    /// The node as JSON, indented by one space as the AWS CDK does, without a final line break.
    pub fn to_json_pretty(&self) -> String {
        self.written(JsonWriter::pretty())
    }

    fn written(&self, mut writer: JsonWriter) -> String {
        writer.node(self);
        writer.into_string()
    }
}

/// A JSON object that keeps the order of its keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(pub(crate) Vec<(SmolStr, Node)>);

impl Map {
    /// An empty object.
    pub const fn new() -> Map {
        Map(Vec::new())
    }

    /// An empty object with room for `capacity` keys.
    pub fn with_capacity(capacity: usize) -> Map {
        Map(Vec::with_capacity(capacity))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The value under `key`, for changes.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.0.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// Whether `key` is there.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Sets `key`, in place if it is there already, else at the end; returns what was there.
    pub fn insert(&mut self, key: impl Into<SmolStr>, value: impl Into<Node>) -> Option<Node> {
        let (key, value) = (key.into(), value.into());
        match self.get_mut(&key) {
            Some(place) => Some(std::mem::replace(place, value)),
            None => {
                self.0.push((key, value));
                None
            }
        }
    }

    /// The object with `key` set to a value.
    #[must_use]
    pub fn with(mut self, key: impl Into<SmolStr>, value: impl Into<Node>) -> Map {
        self.insert(key, value);
        self
    }

    /// Appends `key` without looking for it; the caller knows that it is new.
    pub fn push(&mut self, key: impl Into<SmolStr>, value: impl Into<Node>) {
        self.0.push((key.into(), value.into()));
    }

    /// The value under `key`, made by `default` where there is none.
    pub fn get_or_insert_with(&mut self, key: &str, default: impl FnOnce() -> Node) -> &mut Node {
        let index = match self.0.iter().position(|(k, _)| k == key) {
            Some(index) => index,
            None => {
                self.0.push((SmolStr::new(key), default()));
                self.0.len() - 1
            }
        };
        &mut self.0[index].1
    }

    /// Takes `key` out and returns its value; the order of the others stays.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let index = self.0.iter().position(|(k, _)| k == key)?;
        Some(self.0.remove(index).1)
    }

    /// The keys and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&SmolStr, &Node)> + DoubleEndedIterator {
        self.0.iter().map(|(k, v)| (k, v))
    }

    /// The keys and values for changes, in order.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&SmolStr, &mut Node)> {
        self.0.iter_mut().map(|(k, v)| (&*k, v))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &SmolStr> {
        self.0.iter().map(|(k, _)| k)
    }

    /// Orders the keys of this object alphabetically.
    pub fn sort_keys(&mut self) {
        self.0.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
}

impl<K: Into<SmolStr>, V: Into<Node>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Map {
        Map(pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}

impl IntoIterator for Map {
    type Item = (SmolStr, Node);
    type IntoIter = std::vec::IntoIter<(SmolStr, Node)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

macro_rules! node_from {
    ($($type:ty => |$value:ident| $node:expr;)*) => {$(
        impl From<$type> for Node { fn from($value: $type) -> Node { $node } }
    )*};
}
node_from! {
    () => |_unit| Node::Null;
    bool => |truth| Node::Bool(truth);
    i32 => |number| Node::Int(number.into());
    u8 => |number| Node::Int(number.into());
    u16 => |number| Node::Int(number.into());
    u32 => |number| Node::Int(number.into());
    i64 => |number| Node::Int(number);
    f64 => |number| Node::Float(number);
    &str => |text| Node::Str(text.into());
    &String => |text| Node::Str(text.as_str().into());
    String => |text| Node::Str(text.into());
    SmolStr => |text| Node::Str(text);
    &SmolStr => |text| Node::Str(text.clone());
    Map => |map| Node::Map(map);
    &Node => |node| node.clone();
}

impl<N: Into<Node>> From<Vec<N>> for Node {
    fn from(items: Vec<N>) -> Node {
        Node::List(items.into_iter().map(Into::into).collect())
    }
}

impl<N: Into<Node>, const LEN: usize> From<[N; LEN]> for Node {
    fn from(items: [N; LEN]) -> Node {
        Node::List(items.into_iter().map(Into::into).collect())
    }
}

impl<N: Into<Node>> From<Option<N>> for Node {
    fn from(value: Option<N>) -> Node {
        value.map_or(Node::Null, Into::into)
    }
}

/// Builds a [`Node`] from JSON with Rust expressions in it: strings, numbers, lists, [`Value`](crate::Value)s, handles'
/// attributes.
///
/// ```
/// use fc_cdk_core::json;
/// let days = 30;
/// let rule = json!({ "Status": "Enabled", "ExpirationInDays": days, "Prefixes": ["a/", "b/"] });
/// assert_eq!(rule.to_json(), r#"{"Status":"Enabled","ExpirationInDays":30,"Prefixes":["a/","b/"]}"#);
/// ```
#[macro_export]
macro_rules! json {
    (null) => { $crate::Node::Null };
    ([ $($item:tt)* ]) => { $crate::Node::List($crate::json!(@list [] $($item)*)) };
    ({ $($entry:tt)* }) => { $crate::Node::Map($crate::json!(@map ($crate::Map::new()) $($entry)*)) };
    (@list [$($done:expr,)*]) => { vec![$($done,)*] };
    (@list [$($done:expr,)*] $next:tt , $($rest:tt)*) => { $crate::json!(@list [$($done,)* $crate::json!($next),] $($rest)*) };
    (@list [$($done:expr,)*] $next:tt) => { $crate::json!(@list [$($done,)* $crate::json!($next),]) };
    (@list [$($done:expr,)*] $next:expr , $($rest:tt)*) => { $crate::json!(@list [$($done,)* $crate::Node::from($next),] $($rest)*) };
    (@list [$($done:expr,)*] $next:expr) => { $crate::json!(@list [$($done,)* $crate::Node::from($next),]) };
    (@map ($map:expr)) => { $map };
    (@map ($map:expr) $key:literal : $value:tt , $($rest:tt)*) => { $crate::json!(@map ($map.with($key, $crate::json!($value))) $($rest)*) };
    (@map ($map:expr) $key:literal : $value:tt) => { $map.with($key, $crate::json!($value)) };
    (@map ($map:expr) $key:literal : $value:expr , $($rest:tt)*) => { $crate::json!(@map ($map.with($key, $crate::Node::from($value))) $($rest)*) };
    (@map ($map:expr) $key:literal : $value:expr) => { $map.with($key, $crate::Node::from($value)) };
    ($value:expr) => { $crate::Node::from($value) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_macro_nests_and_takes_expressions() {
        let port = 80;
        let node = json!({ "a": [1, { "b": null }, port + 1], "c": Some("x"), "d": {}, "e": [], "f": -1, "g": port > 80 });
        assert_eq!(
            node.to_json(),
            r#"{"a":[1,{"b":null},81],"c":"x","d":{},"e":[],"f":-1,"g":false}"#
        );
    }

    #[test]
    fn pointer_follows_objects_and_lists() {
        let node = json!({ "a/b": [{ "c": 1 }] });
        assert_eq!(node.pointer("/a~1b/0/c"), Some(&Node::Int(1)));
        assert_eq!(node.pointer("/a~1b/1/c"), None);
    }

    #[test]
    fn only_single_key_objects_are_functions() {
        assert!(json!({ "Ref": "X" }).is_deferred());
        assert!(!json!({ "Ref": "X", "Other": 1 }).is_deferred());
    }
}
