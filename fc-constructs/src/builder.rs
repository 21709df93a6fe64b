//! [`construct!`]: the builder of a construct, from a list of its settings.
//!
//! Required settings are compile-time, as those of the generated resource types are: `build` is there only when all are given, and
//! the compiler's message names the one that is not. A declarative macro, since the procedural alternatives cost more to compile
//! (`bon` 3.10: 10 s of CPU) than all constructs together.

/// A required setting that has been given.
pub struct Given<T>(pub(crate) T);

/// Implemented by [`Given`] alone: until then the state of a required setting is a type named after it.
#[diagnostic::on_unimplemented(
    message = "a required setting is missing: `{Self}`",
    label = "the setting `{Self}` has not been given",
    note = "each type parameter that still reads `needs::…` names a setter that has to be called before `build`"
)]
pub trait Supplied<T> {
    /// The value that was given.
    fn supplied(self) -> T;
}

impl<T> Supplied<T> for Given<T> {
    fn supplied(self) -> T {
        self.0
    }
}

/// Declares the settings of a construct: its builder, and the struct of its optional settings.
///
/// ```text
/// pub mod needs { crate::builder::needs! { name } }
/// construct! {
///     Bucket, BucketBuilder, BucketOptions {
///         required {
///             /// What the setting is, and its unit.
///             name: Into<String>,
///         }
///         optional {
///             /// What it is. Default: what happens then.
///             versioned: Into<bool> = true,
///             /// Kept as an `Option`. Default: what happens then.
///             key: Into<Key>,
///         }
///     }
/// }
/// impl Bucket { fn create(scope: &Scope, name: String, options: BucketOptions) -> Bucket { … } }
/// ```
///
/// A setting of `Into<T>` takes whatever turns into a `T`, one of `IntoValue<T>` a value of the template.
macro_rules! construct {
    (
        $construct:ident, $builder:ident, $options:ident {
            required { $($(#[$rmeta:meta])* $required:ident: $rinto:ident<$rof:ty>,)* }
            optional { $($(#[$meta:meta])* $name:ident: $into:ident<$of:ty> $(= $default:expr)?,)* }
        }
    ) => {
        /// The optional settings, as they were given.
        struct $options {
            $($name: $crate::builder::kept!($into $of $(, $default)?),)*
        }

        #[doc = concat!("The settings of a [`", stringify!($construct), "`] under construction; see [`", stringify!($construct), "::builder`].")]
        #[must_use = "nothing is made until `build` is called"]
        pub struct $builder<$($required = needs::$required),*> {
            $($required: $required,)*
            options: $options,
        }

        impl $construct {
            #[doc = concat!("Starts a `", stringify!($construct), "` with nothing set yet.")]
            pub fn builder() -> $builder {
                $builder {
                    $($required: needs::$required,)*
                    options: $options { $($name: $crate::builder::initial!($($default)?),)* },
                }
            }
        }

        impl<$($required),*> $builder<$($required),*> {
            $(
                $(#[$meta])*
                pub fn $name(mut self, value: impl $into<$of>) -> Self {
                    self.options.$name = $crate::builder::turned!($into value $(, $default)?);
                    self
                }
            )*

            /// Makes the construct below a scope; all required settings have to be given.
            #[track_caller]
            pub fn build(self, scope: &fc_cdk_core::Scope, id: &str) -> $construct
            where
                $($required: $crate::builder::Supplied<$crate::builder::kept!($rinto $rof, ())>,)*
            {
                let scope = scope.construct(id);
                $construct::create(&scope, $(self.$required.supplied(),)* self.options)
            }
        }

        $crate::builder::required! { $builder [] $({ $(#[$rmeta])* $required: $rinto<$rof> })* }
    };
}

/// The setters of required settings: each changes its own state and leaves the others alone.
macro_rules! required {
    ($builder:ident [$($before:ident)*]) => {};
    ($builder:ident [$($before:ident)*]
        { $(#[$meta:meta])* $this:ident: $into:ident<$of:ty> }
        $({ $(#[$ameta:meta])* $after:ident: $ainto:ident<$aof:ty> })*
    ) => {
        impl<$($before,)* $this, $($after),*> $builder<$($before,)* $this, $($after),*> {
            $(#[$meta])*
            pub fn $this(
                self,
                value: impl $into<$of>,
            ) -> $builder<$($before,)* $crate::builder::Given<$crate::builder::kept!($into $of, ())>, $($after),*> {
                $builder {
                    $($before: self.$before,)*
                    $this: $crate::builder::Given($crate::builder::turned!($into value, ())),
                    $($after: self.$after,)*
                    options: self.options,
                }
            }
        }
        $crate::builder::required! { $builder [$($before)* $this] $({ $(#[$ameta])* $after: $ainto<$aof> })* }
    };
}

/// The type that a setting is kept as: an `Option` where it has no default.
macro_rules! kept {
    (Into $of:ty, $default:expr) => { $of };
    (IntoValue $of:ty, $default:expr) => { fc_cdk_core::Value<$of> };
    ($into:ident $of:ty) => { Option<$crate::builder::kept!($into $of, ())> };
}

/// What a setting is before it is given.
macro_rules! initial {
    () => {
        None
    };
    ($default:expr) => {
        $default
    };
}

/// What becomes of a setter's argument.
macro_rules! turned {
    (Into $value:ident, $default:expr) => { $value.into() };
    (IntoValue $value:ident, $default:expr) => { $value.into_value() };
    ($into:ident $value:ident) => { Some($crate::builder::turned!($into $value, ())) };
}

/// Declares the states "not given yet" of required settings, named after their setters.
macro_rules! needs {
    ($($(#[$meta:meta])* $name:ident)*) => {
        $(
            #[doc = concat!("The setting `", stringify!($name), "` has not been given.")]
            pub struct $name;
        )*
    };
}

pub(crate) use {construct, initial, kept, needs, required, turned};
