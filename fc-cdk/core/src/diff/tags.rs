//! Tags: lists in templates, sets in meaning.

use crate::node::Node;

/// The key of a tag, in any of the forms that types take.
pub(super) fn key_of(tag: &Node) -> Option<&str> {
    let key = tag.get("Key").or_else(|| tag.get("TagKey"))?;
    key.as_str()
}

/// Whether these are tags, each with a key of its own: then their order says nothing.
pub(super) fn is_tag_list(items: &[Node]) -> bool {
    let is_tag = |item: &Node| {
        let Some(map) = item.as_map() else { return false };
        key_of(item).is_some()
            && map.keys().all(|key| {
                matches!(
                    key.as_str(),
                    "Key" | "Value" | "PropagateAtLaunch" | "TagKey" | "TagValue"
                )
            })
    };
    if !items.iter().all(is_tag) {
        return false;
    }
    let mut keys: Vec<&str> = items.iter().filter_map(key_of).collect();
    keys.sort_unstable();
    keys.windows(2).all(|pair| pair[0] != pair[1])
}
