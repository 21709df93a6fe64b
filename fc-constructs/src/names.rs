//! [`Names`]: a list of texts as settings take it; and what to call a thing that has to have a name.

use fc_cdk_core::Scope;

/// A list of names, such as domains or countries: arrays, vectors and slices of texts turn into it by themselves.
///
/// ```
/// use fc_constructs::Names;
/// assert_eq!(Names::from(["a", "b"]), Names::from(vec!["a".to_owned(), "b".to_owned()]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub(crate) Vec<String>);

impl<T: Into<String>, const N: usize> From<[T; N]> for Names {
    fn from(names: [T; N]) -> Names {
        Names(names.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<String>> From<Vec<T>> for Names {
    fn from(names: Vec<T>) -> Names {
        Names(names.into_iter().map(Into::into).collect())
    }
}

impl<T: Clone + Into<String>> From<&[T]> for Names {
    fn from(names: &[T]) -> Names {
        names.to_vec().into()
    }
}

/// A name for what has to have one: the path below the stack, with hyphens. Together with the stack's name it is unique in an account and region.
pub(crate) fn name_in_stack(scope: &Scope) -> String {
    let path = scope.path();
    let stack = scope.stack().map(|stack| format!("{}/", stack.path())).unwrap_or_default();
    let below = path.strip_prefix(&stack).unwrap_or(&path);
    below.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}
