//! [`stands_for!`]: a construct goes where its main resource's identifiers are wanted.

/// Lets `&CONSTRUCT` stand for its main resource: in setters that take its name or ARN, in `sub!`, in `depends_on`.
macro_rules! stands_for {
    ($construct:ident.$field:ident: $handle:ty) => {
        impl<T: ?Sized> fc_cdk_core::l1::StandsFor<T> for $construct
        where
            $handle: fc_cdk_core::l1::StandsFor<T>,
        {
            fn stand(&self) -> fc_cdk_core::Value<T> {
                fc_cdk_core::l1::StandsFor::stand(&self.$field)
            }
        }

        // So that a setting of `Into<Key>` takes `&key` too: constructs are cheap to clone.
        impl From<&$construct> for $construct {
            fn from(construct: &$construct) -> $construct {
                construct.clone()
            }
        }

        impl fc_cdk_core::ResourceHandle for $construct {
            fn resource(&self) -> &fc_cdk_core::Resource {
                fc_cdk_core::ResourceHandle::resource(&self.$field)
            }
        }

        impl fc_cdk_core::sub::SubValue for $construct {
            fn sub_value(&self) -> fc_cdk_core::Node {
                fc_cdk_core::sub::SubValue::sub_value(&self.$field)
            }
        }
    };
}

pub(crate) use stands_for;
