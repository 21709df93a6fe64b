//! Raw changes of finished resources: [`Resource::add_override`](crate::Resource::add_override).

use super::{Drafts, place_at, resolve::Resolver};
use crate::{
    codes,
    diagnostic::{Diagnostic, SourceLocation},
    node::{Map, Node},
    resource::ResourceData,
};

/// Applies the overrides of a resource, in the order in which they were made.
pub(super) fn apply(drafts: &mut Drafts<'_>, index: u32, data: &ResourceData, resource: &mut Map) {
    for (path, value, location) in &data.overrides {
        let place = drafts.stack_of(index);
        let value = match (value, place) {
            (Some(value), Some(place)) => Some(Resolver::new(drafts, index, place).node(value)),
            _ => None,
        };
        let mut root = Node::Map(std::mem::take(resource));
        let outcome = set(&mut root, path, value);
        if let Node::Map(map) = root {
            *resource = map;
        }
        if let Err(message) = outcome {
            let mut diagnostic =
                Diagnostic::error(codes::BAD_OVERRIDE, message).property(path.as_str());
            place_at(drafts.tree, index, *location, "overridden here", &mut diagnostic);
            drafts.diagnostics.push(
                diagnostic.help("steps are separated by dots: names in objects, numbers in lists"),
            );
        }
    }
}

/// The line of the last override that has set what a property path is about, or something around it.
pub(super) fn line_of(data: &ResourceData, property: &str) -> Option<SourceLocation> {
    let covers = |path: &str| {
        let path = path.strip_prefix("Properties.").unwrap_or(path);
        property.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let found =
        data.overrides.iter().rev().find(|(path, value, _)| value.is_some() && covers(path));
    found.map(|&(_, _, location)| location)
}

/// The steps of a path: separated by dots, with `\.` for a dot in a name.
fn steps(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        let last = steps.len() - 1;
        match c {
            '.' => steps.push(String::new()),
            '\\' => steps[last].extend(chars.next()),
            c => steps[last].push(c),
        }
    }
    steps
}

fn set(root: &mut Node, path: &str, value: Option<Node>) -> Result<(), String> {
    let steps = steps(path);
    let Some((last, above)) = steps.split_last() else { return Ok(()) };
    let mut node = root;
    for step in above {
        let kind = node.kind();
        node = match node {
            Node::Map(map) if value.is_none() && !map.contains_key(step) => return Ok(()),
            Node::Map(map) => map.get_or_insert_with(step, || Node::Map(Map::new())),
            Node::List(items) => {
                let count = items.len();
                step.parse()
                    .ok()
                    .and_then(|index: usize| items.get_mut(index))
                    .ok_or_else(|| format!("`{step}` is not an index of a list of {count}"))?
            }
            _ => return Err(format!("`{step}` cannot be set in {kind}")),
        };
    }
    let kind = node.kind();
    match (node, value) {
        (Node::Map(map), Some(value)) => {
            map.insert(last.as_str(), value);
        }
        (Node::Map(map), None) => {
            map.remove(last);
        }
        (Node::List(items), value) => {
            let index: usize =
                last.parse().map_err(|_| format!("`{last}` is not an index of a list"))?;
            let count = items.len();
            match value {
                Some(value) if index == count => items.push(value),
                Some(value) if index < count => items[index] = value,
                None if index < count => {
                    items.remove(index);
                }
                _ => return Err(format!("`{last}` is past the end of a list of {count}")),
            }
        }
        _ => return Err(format!("`{last}` cannot be set in {kind}")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn check(path: &str, value: Option<Node>, expected: &str) {
        let mut root = json!({ "a": { "b": [1, 2] } });
        let outcome = set(&mut root, path, value);
        assert_eq!(outcome.map_or_else(|error| error, |()| root.to_json()), expected);
    }

    #[test]
    fn sets_creates_and_deletes_by_path() {
        check("a.b.1", Some(3.into()), r#"{"a":{"b":[1,3]}}"#);
        check("a.b.2", Some(3.into()), r#"{"a":{"b":[1,2,3]}}"#);
        check("a.c.d", Some(3.into()), r#"{"a":{"b":[1,2],"c":{"d":3}}}"#);
        check(r"a.x\.y", Some(3.into()), r#"{"a":{"b":[1,2],"x.y":3}}"#);
        check("a.b", None, r#"{"a":{}}"#);
        check("z.y", None, r#"{"a":{"b":[1,2]}}"#);
    }

    #[test]
    fn says_what_does_not_fit() {
        check("a.b.7", Some(3.into()), "`7` is past the end of a list of 2");
        check("a.b.0.c", Some(3.into()), "`c` cannot be set in a number");
    }
}
