//! [`Value<T>`]: a literal, or something that only AWS knows; and what may be given where a value is wanted.
//!
//! A `Value` has no `Deref` and no `Display`: whether an unknown string starts with `prod-` is a question that cannot be
//! answered at synth, so it does not compile.
//!
//! ```compile_fail
//! # use fc_cdk_core::{Value, intrinsics};
//! let region: Value<String> = intrinsics::region();
//! if region.starts_with("us-") {} // error: no method named `starts_with`
//! ```

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use smol_str::SmolStr;

use crate::{
    node::{Map, Node},
    reference::{Strength, SubPart},
};

/// A value of type `T` in a template: a literal, or an expression that CloudFormation evaluates at deploy time.
pub struct Value<T: ?Sized> {
    node: Node,
    of: PhantomData<fn() -> T>,
}

impl<T: ?Sized> Value<T> {
    /// Takes a node at its word: nothing checks that it is a `T`.
    pub const fn from_node(node: Node) -> Value<T> {
        Value { node, of: PhantomData }
    }

    /// The same value taken for another type: an escape hatch for where the types are stricter than AWS.
    pub fn cast<U: ?Sized>(self) -> Value<U> {
        Value::from_node(self.node)
    }

    /// The node behind the value.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The node behind the value.
    pub fn into_node(self) -> Node {
        self.node
    }

    /// Whether the value is known now, wholly.
    pub fn is_literal(&self) -> bool {
        !self.node.is_deferred()
    }

    /// Makes a reference to another stack strong: CloudFormation then refuses to change the value while it is in use.
    /// Changes nothing on a literal.
    #[must_use]
    pub fn strong(self) -> Value<T> {
        self.with_strength(Strength::Strong)
    }

    /// Makes a reference to another stack weak, where the app or stack asks for strong ones.
    #[must_use]
    pub fn weak(self) -> Value<T> {
        self.with_strength(Strength::Weak)
    }

    fn with_strength(mut self, strength: Strength) -> Value<T> {
        fn set(node: &mut Node, strength: Strength) {
            match node {
                Node::Ref(reference) => reference.strength = Some(strength),
                Node::List(items) => items.iter_mut().for_each(|item| set(item, strength)),
                Node::Map(map) => map.iter_mut().for_each(|(_, value)| set(value, strength)),
                Node::Sub(parts) => parts.iter_mut().for_each(|part| {
                    if let SubPart::Value(value) = part {
                        set(value, strength);
                    }
                }),
                _ => {}
            }
        }
        set(&mut self.node, strength);
        self
    }
}

impl Value<String> {
    /// The text, if it is known now.
    pub fn as_literal(&self) -> Option<&str> {
        self.node.as_str()
    }
}

impl<T: ?Sized> Clone for Value<T> {
    fn clone(&self) -> Value<T> {
        Value::from_node(self.node.clone())
    }
}

impl<T: ?Sized> fmt::Debug for Value<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl<T: ?Sized> PartialEq for Value<T> {
    fn eq(&self, other: &Value<T>) -> bool {
        self.node == other.node
    }
}

impl<T: ?Sized> From<Value<T>> for Node {
    fn from(value: Value<T>) -> Node {
        value.node
    }
}

impl<T: ?Sized> From<&Value<T>> for Node {
    fn from(value: &Value<T>) -> Node {
        value.node.clone()
    }
}

/// What may be given where a value of type `T` is wanted.
///
/// Literals, other [`Value`]s of the type, handles of resources, parameters, intrinsic functions, and `Option`s of
/// these (`None` leaves the property out). A typed id or an enum also takes a literal string or a `Value<String>`, but not
/// another typed id: a VPC's id where a subnet's is wanted does not compile.
#[diagnostic::on_unimplemented(
    message = "expected a `{T}`, found `{Self}`",
    label = "this place takes a `{T}`",
    note = "a literal, a handle of the right resource, a `Value<{T}>`, a parameter or an intrinsic function will do"
)]
pub trait IntoValue<T: ?Sized> {
    /// The value.
    fn into_value(self) -> Value<T>;
}

/// Types whose form in a template is a string: `String` itself, typed ids, enums.
pub trait StringLike {}
impl StringLike for String {}

/// A [`StringLike`] type that is narrower than `String`: a typed id or an enum.
pub trait Narrow: StringLike {}

/// Any JSON: the type of properties that AWS leaves open.
#[derive(Clone, Copy, Debug)]
pub struct Json;

/// A list of `T`, as in `Value<List<T>>`.
pub struct List<T: ?Sized>(PhantomData<fn() -> T>);

/// A map from names to `T`, as in `Value<Dict<T>>`.
pub struct Dict<T: ?Sized>(PhantomData<fn() -> T>);

impl<T: ?Sized> IntoValue<T> for Value<T> {
    fn into_value(self) -> Value<T> {
        self
    }
}

impl<T: ?Sized> IntoValue<T> for &Value<T> {
    fn into_value(self) -> Value<T> {
        self.clone()
    }
}

impl<T: ?Sized, V: IntoValue<T>> IntoValue<T> for Option<V> {
    fn into_value(self) -> Value<T> {
        self.map_or(Value::from_node(Node::Null), V::into_value)
    }
}

impl<S: StringLike> IntoValue<S> for &str {
    fn into_value(self) -> Value<S> {
        Value::from_node(Node::Str(SmolStr::new(self)))
    }
}

impl<S: StringLike> IntoValue<S> for String {
    fn into_value(self) -> Value<S> {
        Value::from_node(Node::Str(self.into()))
    }
}

impl<S: StringLike> IntoValue<S> for &String {
    fn into_value(self) -> Value<S> {
        self.as_str().into_value()
    }
}

impl<S: StringLike> IntoValue<S> for SmolStr {
    fn into_value(self) -> Value<S> {
        Value::from_node(Node::Str(self))
    }
}

// A parameter or a `sub!` is a string that may stand for an id; the other way round, every id is a string.
impl<S: Narrow> IntoValue<S> for Value<String> {
    fn into_value(self) -> Value<S> {
        self.cast()
    }
}

impl<S: Narrow> IntoValue<S> for &Value<String> {
    fn into_value(self) -> Value<S> {
        self.clone().cast()
    }
}

impl<S: Narrow> IntoValue<String> for Value<S> {
    fn into_value(self) -> Value<String> {
        self.cast()
    }
}

impl<S: Narrow> IntoValue<String> for &Value<S> {
    fn into_value(self) -> Value<String> {
        self.clone().cast()
    }
}

macro_rules! literals {
    ($($literal:ty => $of:ty;)*) => {$(
        impl IntoValue<$of> for $literal {
            fn into_value(self) -> Value<$of> { Value::from_node(Node::from(<$of>::from(self))) }
        }
    )*};
}
literals! {
    bool => bool;
    u8 => i64;
    u16 => i64;
    i32 => i64;
    u32 => i64;
    i64 => i64;
}

macro_rules! numbers {
    ($($literal:ty)*) => {$(
        // Whole numbers stay whole: CloudFormation templates say `5`, not `5.0`.
        impl IntoValue<f64> for $literal {
            fn into_value(self) -> Value<f64> { Value::from_node(Node::from(self)) }
        }
    )*};
}
numbers! { u8 u16 i32 u32 i64 f64 }

impl IntoValue<f64> for Value<i64> {
    fn into_value(self) -> Value<f64> {
        self.cast()
    }
}

macro_rules! json_from {
    ($($literal:ty)*) => {$(
        impl IntoValue<Json> for $literal {
            fn into_value(self) -> Value<Json> { Value::from_node(Node::from(self)) }
        }
    )*};
}
json_from! { Node &Node Map bool i32 i64 u32 f64 &str String }

// Text is JSON too.
impl<S: StringLike> IntoValue<Json> for Value<S> {
    fn into_value(self) -> Value<Json> {
        self.cast()
    }
}

/// What may be given where a list of `T` is wanted: any iterator of things that turn into `T`, [`list!`](crate::list) for mixed
/// ones, or an intrinsic function that yields a list.
#[diagnostic::on_unimplemented(
    message = "expected a list of `{T}`, found `{Self}`",
    label = "this place takes a list of `{T}`",
    note = "pass `[a, b]`, a `Vec`, any iterator, `list![a, b]` for mixed types, or an intrinsic function that yields a list"
)]
pub trait IntoList<T: ?Sized> {
    /// The list.
    fn into_list(self) -> Value<List<T>>;
}

impl<T: ?Sized, C> IntoList<T> for C
where
    C: IntoIterator,
    C::Item: IntoValue<T>,
{
    fn into_list(self) -> Value<List<T>> {
        Value::from_node(Node::List(
            self.into_iter().map(|item| item.into_value().into_node()).collect(),
        ))
    }
}

impl<T: ?Sized> IntoList<T> for Value<List<T>> {
    fn into_list(self) -> Value<List<T>> {
        self
    }
}

impl<T: ?Sized> IntoList<T> for &Value<List<T>> {
    fn into_list(self) -> Value<List<T>> {
        self.clone()
    }
}

/// A list under construction, whose items may be of different Rust types; see [`list!`](crate::list).
pub struct ListOf<T: ?Sized>(Vec<Node>, PhantomData<fn() -> T>);

impl<T: ?Sized> Default for ListOf<T> {
    fn default() -> ListOf<T> {
        ListOf(Vec::new(), PhantomData)
    }
}

impl<T: ?Sized> ListOf<T> {
    /// The list with one more item.
    #[must_use]
    pub fn with(mut self, item: impl IntoValue<T>) -> ListOf<T> {
        self.0.push(item.into_value().into_node());
        self
    }
}

impl<T: ?Sized> IntoList<T> for ListOf<T> {
    fn into_list(self) -> Value<List<T>> {
        Value::from_node(Node::List(self.0))
    }
}

/// A list of items that have different Rust types but stand for the same thing: `list![&subnet, "subnet-0123", parameter]`.
#[macro_export]
macro_rules! list {
    ($($item:expr),* $(,)?) => { $crate::value::ListOf::default()$(.with($item))* };
}

/// What may be given where a map from names to `T` is wanted: arrays, vectors or maps of pairs, or an intrinsic function.
///
/// The order is kept; a `HashMap` is not accepted, since its order changes from run to run.
#[diagnostic::on_unimplemented(
    message = "expected a map to `{T}`, found `{Self}`",
    label = "this place takes a map from names to `{T}`",
    note = "pass `[(\"name\", value)]`, a `Vec` of pairs, a `BTreeMap`, or an intrinsic function that yields a map"
)]
pub trait IntoDict<T: ?Sized> {
    /// The map.
    fn into_dict(self) -> Value<Dict<T>>;
}

fn dict<T: ?Sized, V: IntoValue<T>>(pairs: impl Iterator<Item = (SmolStr, V)>) -> Value<Dict<T>> {
    let mut map = Map::with_capacity(pairs.size_hint().0);
    for (name, value) in pairs {
        let node = value.into_value().into_node();
        if !node.is_null() {
            map.insert(name, node);
        }
    }
    Value::from_node(Node::Map(map))
}

impl<T: ?Sized, K: AsRef<str>, V: IntoValue<T>, const N: usize> IntoDict<T> for [(K, V); N] {
    fn into_dict(self) -> Value<Dict<T>> {
        dict(self.into_iter().map(|(k, v)| (SmolStr::new(k), v)))
    }
}

impl<T: ?Sized, K: AsRef<str>, V: IntoValue<T>> IntoDict<T> for Vec<(K, V)> {
    fn into_dict(self) -> Value<Dict<T>> {
        dict(self.into_iter().map(|(k, v)| (SmolStr::new(k), v)))
    }
}

impl<T: ?Sized, K: AsRef<str>, V: IntoValue<T>> IntoDict<T> for BTreeMap<K, V> {
    fn into_dict(self) -> Value<Dict<T>> {
        dict(self.into_iter().map(|(k, v)| (SmolStr::new(k), v)))
    }
}

impl<T: ?Sized, V: IntoDict<T>> IntoDict<T> for Option<V> {
    fn into_dict(self) -> Value<Dict<T>> {
        self.map_or(Value::from_node(Node::Null), V::into_dict)
    }
}

impl<T: ?Sized> IntoDict<T> for Value<Dict<T>> {
    fn into_dict(self) -> Value<Dict<T>> {
        self
    }
}

impl<T: ?Sized> IntoDict<T> for &Value<Dict<T>> {
    fn into_dict(self) -> Value<Dict<T>> {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(value: impl IntoValue<String>) -> String {
        value.into_value().node().to_json()
    }
    fn list_of(value: impl IntoList<String>) -> String {
        value.into_list().node().to_json()
    }

    #[test]
    fn literals_and_options_become_values() {
        assert_eq!(string("a"), r#""a""#);
        assert_eq!(string(Some("a")), r#""a""#);
        assert_eq!(string(None::<&str>), "null");
        assert_eq!(IntoValue::<f64>::into_value(5).node().to_json(), "5");
    }

    #[test]
    fn lists_come_from_anything_that_iterates_or_from_mixed_items() {
        assert_eq!(list_of(["a", "b"]), r#"["a","b"]"#);
        assert_eq!(list_of(vec![String::from("a")]), r#"["a"]"#);
        assert_eq!(list_of(list!["a", String::from("b")]), r#"["a","b"]"#);
    }
}
