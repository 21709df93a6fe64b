//! What the generated resource types are made of: declarative macros, and the few types that they expand to.
//!
//! A generated service file is a list of [`resource!`](macro@crate::resource), [`shape!`](crate::shape), [`choice!`](crate::choice) and
//! [`id!`](crate::id) calls, one line per property. The same macros describe resource types of a private registry:
//!
//! ```
//! use fc_cdk_core::{App, IntoValue, Stack};
//!
//! // A private type has no table of AWS's facts.
//! static TABLE: fc_cdk_core::spec::Table = fc_cdk_core::spec::Table::new(&[], &[]);
//! pub mod needs { #![allow(non_camel_case_types, missing_docs, reason = "example")] fc_cdk_core::needs! { size } }
//! fc_cdk_core::resource! {
//!     /// A reservation of floor space.
//!     Floor "MyOrg::Building::Floor" FloorHandle {
//!         requires {
//!             /// In square meters.
//!             size: IntoValue<i64> = "Size";
//!         }
//!         takes {
//!             /// What the door says.
//!             label: IntoValue<String> = "Label";
//!         }
//!         gives {
//!             /// The ARN.
//!             arn: String = get_att("Arn");
//!         }
//!         stands_for {}
//!     }
//! }
//! # #[allow(non_camel_case_types, reason = "example")] fn main() {
//! let app = App::new();
//! let stack = Stack::new(&app, "Offices");
//! let floor = Floor::new().label("third").size(140).build(&stack, "Third");
//! let arn = floor.arn();
//! # }
//! ```

use std::marker::PhantomData;

use smol_str::SmolStr;

use crate::{
    diagnostic::SourceLocation,
    node::{Map, Node},
    resource::{Resource, ResourceHandle},
    spec::Table,
    tree::Scope,
    value::{IntoDict, IntoList, IntoValue, Value},
};

/// The state of a required property that has been given.
pub struct Set;

/// Implemented by [`Set`] alone: the state of a required property is either that, or a type named after the property.
#[diagnostic::on_unimplemented(
    message = "a required property is missing: `{Self}`",
    label = "the property `{Self}` is required here, but has not been set",
    note = "each type parameter that still reads `needs::…` names a setter that has to be called"
)]
pub trait Given {}
impl Given for Set {}

/// The properties of a resource or nested type under construction, in the order in which they were set.
#[derive(Clone, Debug)]
pub struct Properties<State = ()>(Map, PhantomData<fn() -> State>);

#[expect(
    clippy::new_without_default,
    reason = "generated code writes `new`, and nothing needs the trait"
)]
impl<State> Properties<State> {
    /// No properties yet.
    pub const fn new() -> Properties<State> {
        Properties(Map::new(), PhantomData)
    }

    /// The same properties under another state.
    #[doc(hidden)]
    pub fn state<Other>(self) -> Properties<Other> {
        Properties(self.0, PhantomData)
    }

    /// Sets a property by its CloudFormation name.
    #[doc(hidden)]
    #[must_use]
    pub fn raw(mut self, key: &str, value: impl Into<Node>) -> Properties<State> {
        let value = value.into();
        if !value.is_null() {
            self.0.insert(key, value);
        }
        self
    }

    /// The properties as the value of a nested type.
    #[doc(hidden)]
    pub fn into_value<T: ?Sized>(self) -> Value<T> {
        Value::from_node(Node::Map(self.0))
    }
}

// Named after the traits, so that one word of a generated line says both what a setter takes and how it is stored.
#[expect(non_snake_case, reason = "see the comment above")]
#[doc(hidden)]
impl<State> Properties<State> {
    pub fn IntoValue<T: ?Sized>(
        self,
        key: &'static str,
        value: impl IntoValue<T>,
    ) -> Properties<State> {
        self.with(key, value.into_value().into_node())
    }

    pub fn IntoList<T: ?Sized>(
        self,
        key: &'static str,
        value: impl IntoList<T>,
    ) -> Properties<State> {
        self.with(key, value.into_list().into_node())
    }

    pub fn IntoDict<T: ?Sized>(
        self,
        key: &'static str,
        value: impl IntoDict<T>,
    ) -> Properties<State> {
        self.with(key, value.into_dict().into_node())
    }

    fn with(mut self, key: &'static str, value: Node) -> Properties<State> {
        // `None` leaves a property as it was.
        if !value.is_null() {
            self.0.insert(SmolStr::new_static(key), value);
        }
        self
    }
}

impl<T: ?Sized> Value<T> {
    /// Sets a property of a nested type by its CloudFormation name: for those that are newer than this crate, as in
    /// `rule.into_value().raw("NewProperty", 5)`. Builders of resources have a `raw` of their own.
    #[must_use]
    pub fn raw(self, key: &str, value: impl Into<Node>) -> Value<T> {
        let mut node = self.into_node();
        if let Some(map) = node.as_map_mut() {
            map.insert(key, value);
        }
        Value::from_node(node)
    }
}

/// Implemented by the handle of a resource for each of its identifiers: the handle goes where that is wanted.
#[diagnostic::on_unimplemented(
    message = "expected a `{Id}`, found `&{Self}`",
    label = "this place takes a `{Id}`",
    note = "a literal, a handle of the right resource, a `Value<{Id}>`, a parameter or an intrinsic function will do"
)]
pub trait StandsFor<Id: ?Sized> {
    /// The identifier.
    fn stand(&self) -> Value<Id>;
}

impl<Id: ?Sized, H: ResourceHandle + StandsFor<Id>> IntoValue<Id> for &H {
    fn into_value(self) -> Value<Id> {
        self.stand()
    }
}

/// Adds a resource of a generated type to the tree.
#[doc(hidden)]
#[track_caller]
pub fn build<State>(
    scope: &Scope,
    id: &str,
    type_name: &'static str,
    table: &'static Table,
    properties: Properties<State>,
) -> Resource {
    let location = SourceLocation::caller();
    Resource::add(scope, id, SmolStr::new_static(type_name), Some(table), properties.0, location)
}

/// A tag of a resource: a key and a value. A pair of strings will do in its place.
///
/// Tags for all that is in a scope: [`Scope::tag`](crate::Scope::tag).
#[derive(Clone, Debug)]
pub struct Tag(Node, Node);

impl Tag {
    /// A tag.
    pub fn new(key: impl IntoValue<String>, value: impl IntoValue<String>) -> Tag {
        Tag(key.into_value().into_node(), value.into_value().into_node())
    }
}

impl IntoValue<Tag> for Tag {
    fn into_value(self) -> Value<Tag> {
        Value::from_node(Node::Map([("Key", self.0), ("Value", self.1)].into_iter().collect()))
    }
}

impl<K: IntoValue<String>, V: IntoValue<String>> IntoValue<Tag> for (K, V) {
    fn into_value(self) -> Value<Tag> {
        Tag::new(self.0, self.1).into_value()
    }
}

/// Declares the states "not yet given" of required properties, named after their setters.
#[doc(hidden)]
#[macro_export]
macro_rules! needs {
    ($($name:ident)*) => {$(
        #[doc = concat!("`", stringify!($name), "` has not been set.")]
        pub struct $name;
    )*};
}

/// Declares typed identifiers, such as the id of a subnet: strings that are told apart by the compiler.
#[doc(hidden)]
#[macro_export]
macro_rules! id {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        pub enum $name {}
        impl $crate::StringLike for $name {}
        impl $crate::Narrow for $name {}
    )*};
}

/// Declares a union of typed identifiers: a place that takes any of them.
#[doc(hidden)]
#[macro_export]
macro_rules! any_id {
    ($($(#[$meta:meta])* $name:ident: $($member:ty)|+;)*) => {$(
        $(#[$meta])*
        pub enum $name {}
        impl $crate::StringLike for $name {}
        impl $crate::Narrow for $name {}
        $(
            impl $crate::IntoValue<$name> for $crate::Value<$member> {
                fn into_value(self) -> $crate::Value<$name> { self.cast() }
            }
            impl $crate::IntoValue<$name> for &$crate::Value<$member> {
                fn into_value(self) -> $crate::Value<$name> { self.clone().cast() }
            }
        )+
    )*};
}

/// Declares an open enumeration: named constants, beside any other text that AWS may come to accept.
#[doc(hidden)]
#[macro_export]
macro_rules! choice {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal,)* })*) => {$(
        $(#[$meta])*
        pub enum $name {}
        impl $crate::StringLike for $name {}
        impl $crate::Narrow for $name {}
        impl $name {
            $(
                #[doc = concat!("`", $text, "`.")]
                pub const $variant: $crate::Value<$name> = $crate::Value::from_node($crate::Node::from_static($text));
            )*
        }
    )*};
}

/// Declares a nested property type.
#[doc(hidden)]
#[macro_export]
macro_rules! shape {
    ($(#[$meta:meta])* $name:ident {
        requires {}
        takes { $(#[doc = $doc:literal] $setter:ident: $into:ident<$of:ty> = $key:literal;)* }
    }) => {
        $(#[$meta])*
        pub struct $name($crate::l1::Properties);
        impl $name {
            #[doc = concat!("A `", stringify!($name), "` with nothing set yet.")]
            pub const fn new() -> $name { $name($crate::l1::Properties::new()) }
            $(
                #[doc = $doc]
                #[must_use]
                pub fn $setter(self, value: impl $crate::$into<$of>) -> $name {
                    $name($crate::l1::Properties::$into(self.0, $key, value))
                }
            )*
        }
        impl $crate::IntoValue<$name> for $name {
            fn into_value(self) -> $crate::Value<$name> { self.0.into_value() }
        }
    };
    ($(#[$meta:meta])* $name:ident {
        requires { $(#[doc = $rdoc:literal] $required:ident: $rinto:ident<$rof:ty> = $rkey:literal;)+ }
        takes { $(#[doc = $doc:literal] $setter:ident: $into:ident<$of:ty> = $key:literal;)* }
    }) => {
        $(#[$meta])*
        pub struct $name<$($required = $crate::l1::Set),+>($crate::l1::Properties<($($required,)+)>);
        impl $name<$(needs::$required),+> {
            #[doc = concat!("A `", stringify!($name), "` with nothing set yet.")]
            pub const fn new() -> Self { $name($crate::l1::Properties::new()) }
        }
        impl<$($required),+> $name<$($required),+> {
            $(
                #[doc = $doc]
                #[must_use]
                pub fn $setter(self, value: impl $crate::$into<$of>) -> Self {
                    $name($crate::l1::Properties::$into(self.0, $key, value))
                }
            )*
        }
        $crate::__required! { $name [] $({ $rdoc $required $rinto $rof, $rkey })+ }
        impl<$($required: $crate::l1::Given),+> $crate::IntoValue<$name> for $name<$($required),+> {
            fn into_value(self) -> $crate::Value<$name> { self.0.into_value() }
        }
    };
}

/// Declares a resource type and its handle: dereferences to the resource, gives its attributes, and goes where its identifiers are
/// wanted.
#[doc(hidden)]
#[macro_export]
macro_rules! resource {
    ($(#[$meta:meta])* $name:ident $type_name:literal $handle:ident {
        requires {}
        takes { $(#[doc = $doc:literal] $setter:ident: $into:ident<$of:ty> = $key:literal;)* }
        $($handle_parts:tt)*
    }) => {
        $(#[$meta])*
        pub struct $name($crate::l1::Properties);
        impl $name {
            #[doc = concat!("An `", $type_name, "` with nothing set yet.")]
            pub const fn new() -> $name { $name($crate::l1::Properties::new()) }
            $(
                #[doc = $doc]
                #[must_use]
                pub fn $setter(self, value: impl $crate::$into<$of>) -> $name {
                    $name($crate::l1::Properties::$into(self.0, $key, value))
                }
            )*
            /// Sets a property by its CloudFormation name: for those that are newer than this crate.
            #[must_use]
            pub fn raw(self, key: &str, value: impl Into<$crate::Node>) -> Self { $name(self.0.raw(key, value)) }
            /// Adds the resource to a scope.
            #[track_caller]
            pub fn build(self, scope: &$crate::Scope, id: &str) -> $handle {
                $handle($crate::l1::build(scope, id, $type_name, &TABLE, self.0))
            }
        }
        $crate::__handle! { $type_name $handle $($handle_parts)* }
    };
    ($(#[$meta:meta])* $name:ident $type_name:literal $handle:ident {
        requires { $(#[doc = $rdoc:literal] $required:ident: $rinto:ident<$rof:ty> = $rkey:literal;)+ }
        takes { $(#[doc = $doc:literal] $setter:ident: $into:ident<$of:ty> = $key:literal;)* }
        $($handle_parts:tt)*
    }) => {
        $(#[$meta])*
        pub struct $name<$($required = $crate::l1::Set),+>($crate::l1::Properties<($($required,)+)>);
        impl $name<$(needs::$required),+> {
            #[doc = concat!("An `", $type_name, "` with nothing set yet.")]
            pub const fn new() -> Self { $name($crate::l1::Properties::new()) }
        }
        impl<$($required),+> $name<$($required),+> {
            $(
                #[doc = $doc]
                #[must_use]
                pub fn $setter(self, value: impl $crate::$into<$of>) -> Self {
                    $name($crate::l1::Properties::$into(self.0, $key, value))
                }
            )*
            /// Sets a property by its CloudFormation name: for those that are newer than this crate.
            #[must_use]
            pub fn raw(self, key: &str, value: impl Into<$crate::Node>) -> Self { $name(self.0.raw(key, value)) }
            /// Adds the resource to a scope; all required properties have to be set.
            #[track_caller]
            pub fn build(self, scope: &$crate::Scope, id: &str) -> $handle where $($required: $crate::l1::Given),+ {
                $handle($crate::l1::build(scope, id, $type_name, &TABLE, self.0))
            }
        }
        $crate::__required! { $name [] $({ $rdoc $required $rinto $rof, $rkey })+ }
        $crate::__handle! { $type_name $handle $($handle_parts)* }
    };
}

/// The setters of required properties: each changes its own state and leaves the others alone.
#[doc(hidden)]
#[macro_export]
macro_rules! __required {
    ($name:ident [$($before:ident)*]) => {};
    ($name:ident [$($before:ident)*]
        { $doc:literal $this:ident $into:ident $of:ty, $key:literal }
        $({ $adoc:literal $after:ident $ainto:ident $aof:ty, $akey:literal })*
    ) => {
        impl<$($before,)* $this, $($after),*> $name<$($before,)* $this, $($after),*> {
            #[doc = $doc]
            #[must_use]
            pub fn $this(self, value: impl $crate::$into<$of>) -> $name<$($before,)* $crate::l1::Set, $($after),*> {
                $name($crate::l1::Properties::$into(self.0, $key, value).state())
            }
        }
        $crate::__required! { $name [$($before)* $this] $({ $adoc $after $ainto $aof, $akey })* }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __handle {
    ($type_name:literal $handle:ident
        gives { $(#[doc = $doc:literal] $attribute:ident: $of:ty = $get:ident($($name:literal)?);)* }
        stands_for { $($id:ty = $stand:ident($($as:literal)?);)* }
    ) => {
        #[doc = concat!("The handle of an `", $type_name, "` in the tree: a cheap clone.")]
        #[derive(Clone)]
        pub struct $handle($crate::Resource);
        impl ::std::ops::Deref for $handle {
            type Target = $crate::Resource;
            fn deref(&self) -> &$crate::Resource { &self.0 }
        }
        impl $crate::ResourceHandle for $handle {
            fn resource(&self) -> &$crate::Resource { &self.0 }
        }
        impl $crate::sub::SubValue for $handle {
            fn sub_value(&self) -> $crate::Node { self.0.ref_value::<str>().into_node() }
        }
        impl $crate::l1::StandsFor<String> for $handle {
            fn stand(&self) -> $crate::Value<String> { self.0.ref_value() }
        }
        impl $handle {
            $(
                #[doc = $doc]
                pub fn $attribute(&self) -> $crate::Value<$of> { self.0.$get($($name)?) }
            )*
        }
        $(
            impl $crate::l1::StandsFor<$id> for $handle {
                fn stand(&self) -> $crate::Value<$id> { self.0.$stand($($as)?) }
            }
        )*
    };
}
