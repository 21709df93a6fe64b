//! Replies as text.

use crate::deploy::xml::escape;

/// An element with text in it; nothing where there is none.
pub(super) fn text(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("<{name}>{}</{name}>", escape(value)) }
}

/// An element with elements in it.
pub(super) fn element(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// A list.
pub(super) fn list<T>(
    name: &str,
    items: impl IntoIterator<Item = T>,
    write: impl Fn(T) -> String,
) -> String {
    let items: String = items.into_iter().map(|item| element("member", &write(item))).collect();
    element(name, &items)
}

/// Pairs, such as tags.
pub(super) fn pairs(name: &str, keys: (&str, &str), items: &[(String, String)]) -> String {
    list(name, items, |(key, value)| {
        format!("{}<{1}>{2}</{1}>", text(keys.0, key), keys.1, escape(value))
    })
}
