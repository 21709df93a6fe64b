//! Text with values in it: what [`sub!`](crate::sub!) builds.

use smol_str::{SmolStr, ToSmolStr};

use crate::{
    node::Node,
    reference::SubPart,
    value::{Narrow, Value},
};

/// Text with values in it, written as for `format!`: `sub!("arn:{AWS::Partition}:s3:::{bucket}/*")`.
///
/// Between braces stands a Rust expression that gives a string, a number, a typed id or a handle, or the name of a pseudo
/// parameter such as `AWS::Region`; `{{` and `}}` stand for braces. The result is a `Value<String>`: a literal where all of
/// it is known, else `Fn::Sub`. Nothing that only AWS knows is ever printed into a plain string.
///
/// ```
/// use fc_cdk_core::{intrinsics, sub};
/// let name = "orders";
/// assert_eq!(sub!("{name}-{1 + 1}").as_literal(), Some("orders-2"));
/// assert_eq!(sub!("{name}-{AWS::Region}").as_literal(), None);
/// ```
#[macro_export]
macro_rules! sub {
    ($($input:tt)*) => {{
        use $crate::sub::Sub as __Sub;
        $crate::__private::sub!($($input)*)
    }};
}

/// A text with values in it, under construction; written with [`sub!`](crate::sub!).
#[derive(Debug, Default)]
pub struct Sub(Vec<SubPart>);

impl Sub {
    /// An empty text.
    pub fn new() -> Sub {
        Sub::default()
    }

    /// Appends text, which is kept as it is.
    #[must_use]
    pub fn text(mut self, text: &str) -> Sub {
        self.0.push(SubPart::Text(SmolStr::new(text)));
        self
    }

    /// Appends the value of a pseudo parameter, such as `AWS::Region`.
    #[must_use]
    pub fn pseudo(mut self, name: &'static str) -> Sub {
        self.0.push(SubPart::Value(Node::ref_to(name)));
        self
    }

    /// Appends a value.
    #[must_use]
    pub fn value(mut self, value: &(impl SubValue + ?Sized)) -> Sub {
        self.0.push(SubPart::Value(value.sub_value()));
        self
    }

    /// The text as a value: a literal where all of it is known now.
    pub fn finish(self) -> Value<String> {
        let literal: Option<String> = self
            .0
            .iter()
            .map(|part| match part {
                SubPart::Text(text) | SubPart::Value(Node::Str(text)) => Some(text.as_str()),
                SubPart::Value(_) => None,
            })
            .collect();
        Value::from_node(match literal {
            Some(text) => Node::Str(text.into()),
            None => Node::Sub(self.0.into_boxed_slice()),
        })
    }
}

/// What may stand between the braces of [`sub!`](crate::sub!).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a text",
    label = "expected a string, a number, a typed id, a handle or a `Value<String>`"
)]
pub trait SubValue {
    /// The value as part of a text.
    fn sub_value(&self) -> Node;
}

impl<V: SubValue + ?Sized> SubValue for &V {
    fn sub_value(&self) -> Node {
        V::sub_value(self)
    }
}

impl<S: Narrow> SubValue for Value<S> {
    fn sub_value(&self) -> Node {
        self.node().clone()
    }
}

impl SubValue for Value<String> {
    fn sub_value(&self) -> Node {
        self.node().clone()
    }
}

macro_rules! sub_values {
    ($($type:ty)*) => {$(
        impl SubValue for $type {
            fn sub_value(&self) -> Node { Node::Str(self.to_smolstr()) }
        }
    )*};
}
sub_values! { str String SmolStr u8 u16 u32 u64 usize i32 i64 }
