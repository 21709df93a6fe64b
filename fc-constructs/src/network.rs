//! x
use crate::builder::construct;
use fc_cdk_core::{IntoValue, Scope, Value};
/// States.
pub mod needs {
    crate::builder::needs! { cidr name }
}
/// A VPC.
pub struct Vpc {
    /// x
    pub cidr: String,
}
construct! {
    Vpc, VpcBuilder, VpcOptions {
        required {
            /// The block.
            cidr: Into<String>,
            /// Name.
            name: IntoValue<String>,
        }
        optional {
            /// Zones. Default: 2.
            zones: Into<u8> = 2,
            /// Key.
            key: IntoValue<String>,
        }
    }
}
impl Vpc {
    fn create(scope: &Scope, cidr: String, name: Value<String>, options: VpcOptions) -> Vpc {
        let _ = (scope, options.zones, options.key, name);
        Vpc { cidr }
    }
}
