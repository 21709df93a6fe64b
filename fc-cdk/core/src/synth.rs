//! Tree to templates.

use smol_str::SmolStr;

use crate::tree::Scope;

pub(crate) fn logical_id_of(scope: &Scope) -> SmolStr {
    scope.path()
}
