//! Two values, down to where they differ.

use super::{
    equal::{Place, equal},
    model::PropertyChange,
    policy,
    tags::{is_tag_list, key_of},
    text::{Part, is_unset, parts},
};
use crate::{
    node::{Map, Node},
    spec::{Replacement, ResourceSpec},
};

/// What decides whether a change replaces a resource.
#[derive(Clone, Copy)]
pub(super) enum Rules {
    /// AWS's specification of the type.
    Spec(ResourceSpec),
    /// Nothing is known of the type: any change may replace it.
    Unknown,
    /// This is no property of a resource.
    None,
}

impl Rules {
    /// Whether a change at a path, in the form of the tables, replaces the resource.
    pub(super) fn replacement(self, path: &str) -> Replacement {
        match self {
            // A property that is newer than the tables.
            Rules::Spec(spec)
                if path
                    .split('/')
                    .next()
                    .is_some_and(|first| spec.properties().property(first).is_none()) =>
            {
                Replacement::Maybe
            }
            Rules::Spec(spec) => spec.replacement(path),
            Rules::Unknown => Replacement::Maybe,
            Rules::None => Replacement::No,
        }
    }
}

/// A path, for people and for the tables.
#[derive(Default)]
pub(super) struct Path {
    shown: String,
    table: String,
}

impl Path {
    pub(super) fn at(start: &str) -> Path {
        Path { shown: start.to_owned(), table: start.to_owned() }
    }

    fn within<T>(
        &mut self,
        shown: std::fmt::Arguments<'_>,
        table: &str,
        run: impl FnOnce(&mut Path) -> T,
    ) -> T {
        use std::fmt::Write;
        let before = (self.shown.len(), self.table.len());
        // Writing to a string does not fail.
        let _ = self.shown.write_fmt(shown);
        if self.shown.starts_with('.') {
            self.shown.remove(0);
        }
        if !self.table.is_empty() {
            self.table.push('/');
        }
        self.table.push_str(table);
        let result = run(self);
        self.shown.truncate(before.0);
        self.table.truncate(before.1);
        result
    }

    pub(super) fn key<T>(&mut self, key: &str, run: impl FnOnce(&mut Path) -> T) -> T {
        self.within(format_args!(".{key}"), key, run)
    }

    pub(super) fn index<T>(&mut self, index: usize, run: impl FnOnce(&mut Path) -> T) -> T {
        self.within(format_args!(".{index}"), "*", run)
    }

    fn tag<T>(&mut self, key: &str, run: impl FnOnce(&mut Path) -> T) -> T {
        self.within(format_args!("[{key}]"), "*", run)
    }

    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) fn table(&self) -> &str {
        &self.table
    }
}

/// Finds where values differ.
pub(super) struct Values<'a> {
    rules: Rules,
    is_resource: &'a dyn Fn(&str) -> bool,
    pub(super) changes: Vec<PropertyChange>,
}

/// Items of lists that are compared pairwise, at most; longer lists are compared by their beginnings and ends.
const MAX_ALIGNED: usize = 200;

impl<'a> Values<'a> {
    /// Under these rules; `is_resource` tells resources from parameters by their names.
    pub(super) fn new(rules: Rules, is_resource: &'a dyn Fn(&str) -> bool) -> Values<'a> {
        Values { rules, is_resource, changes: Vec::new() }
    }

    /// Compares the entries of two objects.
    pub(super) fn maps(&mut self, path: &mut Path, old: &Map, new: &Map, place: Place) {
        for (key, value) in old.iter() {
            let other = new.get(key);
            path.key(key, |path| self.optional(path, Some(value), other, place.entry(key)));
        }
        for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(key)) {
            path.key(key, |path| self.optional(path, None, Some(value), place.entry(key)));
        }
    }

    /// Compares two values that may be unset.
    pub(super) fn optional(
        &mut self,
        path: &mut Path,
        old: Option<&Node>,
        new: Option<&Node>,
        place: Place,
    ) {
        match (old.filter(|node| !is_unset(node)), new.filter(|node| !is_unset(node))) {
            (Some(old), Some(new)) => self.pair(path, old, new, place),
            (None, None) => {}
            (old, new) => self.change(path, old, new),
        }
    }

    fn pair(&mut self, path: &mut Path, old: &Node, new: &Node, place: Place) {
        if old == new {
            return;
        }
        match (old, new) {
            _ if old.is_deferred() || new.is_deferred() => {
                if !equal(old, new, place) {
                    self.change(path, Some(old), Some(new));
                }
            }
            (Node::Map(old_map), Node::Map(new_map)) => match policy::equal(old_map, new_map) {
                Some(true) => {}
                Some(false) => self.policies(path, old_map, new_map),
                None => self.maps(path, old_map, new_map, place),
            },
            (Node::List(old), Node::List(new)) => self.lists(path, old, new, place.item()),
            _ if equal(old, new, place) => {}
            _ => self.change(path, Some(old), Some(new)),
        }
    }

    fn policies(&mut self, path: &mut Path, old: &Map, new: &Map) {
        let rest = |map: &Map| -> Map {
            let others = map.iter().filter(|(key, _)| *key != "Statement");
            others.map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        self.maps(path, &rest(old), &rest(new), Place::Json);
        let (old, new) = (policy::statements(old), policy::statements(new));
        let keys =
            |statements: &[Node]| -> Vec<String> { statements.iter().map(policy::key).collect() };
        let (old_keys, new_keys) = (keys(&old), keys(&new));
        let only =
            |statements: &[Node], keys: &[String], others: &[String]| -> Vec<(usize, Node)> {
                let pairs = statements.iter().zip(keys).enumerate();
                pairs
                    .filter(|(_, (_, key))| !others.contains(key))
                    .map(|(index, (statement, _))| (index, statement.clone()))
                    .collect()
            };
        let gone = only(&old, &old_keys, &new_keys);
        let come = only(&new, &new_keys, &old_keys);
        path.key("Statement", |path| match (gone.as_slice(), come.as_slice()) {
            ([(_, old)], [(index, new)]) => {
                let (old, new) = (policy::normal(old), policy::normal(new));
                path.index(*index, |path| self.pair(path, &old, &new, Place::Json));
            }
            _ => {
                for (index, statement) in gone {
                    path.index(index, |path| self.change(path, Some(&statement), None));
                }
                for (index, statement) in come {
                    path.index(index, |path| self.change(path, None, Some(&statement)));
                }
            }
        });
    }

    fn lists(&mut self, path: &mut Path, old: &[Node], new: &[Node], place: Place) {
        if is_tag_list(old) && is_tag_list(new) {
            return self.tags(path, old, new);
        }
        let (mut old, mut new) = (set_items(old), set_items(new));
        let same = |a: &Item<'_>, b: &Item<'_>| equal(a.1, b.1, place);
        if are_rules(&old) && are_rules(&new) {
            // The order of a security group's rules says nothing.
            old.retain(|item| match new.iter().position(|other| same(item, other)) {
                Some(index) => {
                    new.remove(index);
                    false
                }
                None => true,
            });
        }
        let start = old.iter().zip(&new).take_while(|(a, b)| same(a, b)).count();
        let (old, new) = (&old[start..], &new[start..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| same(a, b)).count();
        let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
        for (gone, come) in hunks(old, new, same) {
            let mut come = come.iter();
            for (old_index, old) in gone {
                match come.next() {
                    Some((index, new)) => {
                        path.index(*index, |path| self.pair(path, old, new, place))
                    }
                    None => path.index(*old_index, |path| self.change(path, Some(old), None)),
                }
            }
            for (index, new) in come {
                path.index(*index, |path| self.change(path, None, Some(new)));
            }
        }
    }

    fn tags(&mut self, path: &mut Path, old: &[Node], new: &[Node]) {
        let find =
            |tags: &'_ [Node], key: &str| tags.iter().position(|tag| key_of(tag) == Some(key));
        let value = |tag: &Node| match tag.get("PropagateAtLaunch") {
            Some(_) => tag.clone(),
            None => tag.get("Value").or_else(|| tag.get("TagValue")).cloned().unwrap_or_default(),
        };
        for tag in old {
            let Some(key) = key_of(tag) else { continue };
            let other = find(new, key).and_then(|index| new.get(index)).map(value);
            let value = value(tag);
            path.tag(key, |path| {
                self.optional(path, Some(&value), other.as_ref(), Place::Unknown);
            });
        }
        for tag in new {
            let Some(key) = key_of(tag).filter(|key| find(old, key).is_none()) else { continue };
            path.tag(key, |path| self.change(path, None, Some(&value(tag))));
        }
    }

    fn change(&mut self, path: &Path, old: Option<&Node>, new: Option<&Node>) {
        let mut replacement = self.rules.replacement(path.table());
        if replacement == Replacement::Yes && !surely_differ(old, new, self.is_resource) {
            replacement = Replacement::Maybe;
        }
        self.changes.push(PropertyChange {
            path: path.shown().to_owned(),
            old: old.cloned(),
            new: new.cloned(),
            replacement,
            cause: None,
        });
    }
}

fn set_items(items: &[Node]) -> Vec<Item<'_>> {
    items.iter().enumerate().filter(|(_, item)| !is_unset(item)).collect()
}

/// Whether these are rules of a security group.
fn are_rules(items: &[Item<'_>]) -> bool {
    items.iter().all(|(_, item)| item.get("IpProtocol").is_some())
}

/// An item of a list with its index.
type Item<'a> = (usize, &'a Node);

/// Where two lists differ, between the items that both have in the same order.
fn hunks<'a, 'b>(
    old: &'a [Item<'b>],
    new: &'a [Item<'b>],
    same: impl Fn(&Item<'b>, &Item<'b>) -> bool,
) -> Vec<(&'a [Item<'b>], &'a [Item<'b>])> {
    if old.is_empty() || new.is_empty() || old.len().max(new.len()) > MAX_ALIGNED {
        return vec![(old, new)];
    }
    // How long the longest common subsequence of what is left of both is.
    let width = new.len() + 1;
    let mut lengths = vec![0_u16; (old.len() + 1) * width];
    for (row, a) in old.iter().enumerate().rev() {
        for (column, b) in new.iter().enumerate().rev() {
            lengths[row * width + column] = if same(a, b) {
                lengths[(row + 1) * width + column + 1] + 1
            } else {
                lengths[(row + 1) * width + column].max(lengths[row * width + column + 1])
            };
        }
    }
    let mut hunks = Vec::new();
    let (mut row, mut column, mut old_start, mut new_start) = (0, 0, 0, 0);
    while row < old.len() && column < new.len() {
        if same(&old[row], &new[column]) {
            hunks.push((&old[old_start..row], &new[new_start..column]));
            (row, column) = (row + 1, column + 1);
            (old_start, new_start) = (row, column);
        } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    hunks.push((&old[old_start..], &new[new_start..]));
    hunks.retain(|(gone, come)| !gone.is_empty() || !come.is_empty());
    hunks
}

/// Whether two values that are written differently also come to different values, whatever AWS puts in.
fn surely_differ(
    old: Option<&Node>,
    new: Option<&Node>,
    is_resource: &dyn Fn(&str) -> bool,
) -> bool {
    let (Some(old), Some(new)) = (old, new) else {
        // What comes or goes does so unless a condition leaves it out.
        return old.or(new).is_some_and(|value| !has_unset(value));
    };
    if !is_computed(old) && !is_computed(new) {
        return old != new;
    }
    let (Some(old), Some(new)) = (parts(old), parts(new)) else { return false };
    match (old.as_slice(), new.as_slice()) {
        ([Part::Value(old)], [Part::Value(new)]) => are_different_things(old, new, is_resource),
        (old, new) if old.len() == new.len() => {
            // One piece of text is another one, and all else is the same.
            let mut different = old.iter().zip(new).filter(|(old, new)| old != new);
            matches!(
                (different.next(), different.next()),
                (Some((Part::Text(_), Part::Text(_))), None)
            )
        }
        _ => false,
    }
}

/// Whether two references are to the identifiers of two resources, or an `Fn::If` chooses different values on both sides.
fn are_different_things(old: &Node, new: &Node, is_resource: &dyn Fn(&str) -> bool) -> bool {
    match (old.as_function(), new.as_function()) {
        (Some(("Ref", Node::Str(old))), Some(("Ref", Node::Str(new)))) => {
            old != new && is_resource(old) && is_resource(new)
        }
        (Some(("Fn::If", Node::List(old))), Some(("Fn::If", Node::List(new)))) => {
            match (old.as_slice(), new.as_slice()) {
                ([old_condition, a, b], [new_condition, c, d]) => {
                    old_condition == new_condition
                        && surely_differ(Some(a), Some(c), is_resource)
                        && surely_differ(Some(b), Some(d), is_resource)
                }
                _ => false,
            }
        }
        (Some(("Fn::GetAtt", Node::List(old))), Some(("Fn::GetAtt", Node::List(new)))) => {
            match (old.as_slice(), new.as_slice()) {
                ([old_id, old_name], [new_id, new_name]) => {
                    let identifies = |name: &str| name.ends_with("Arn") || name.ends_with("Id");
                    old_id != new_id
                        && old_name == new_name
                        && old_name.as_str().is_some_and(identifies)
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether any of it is computed by AWS.
fn is_computed(node: &Node) -> bool {
    node.is_deferred()
        || match node {
            Node::List(items) => items.iter().any(is_computed),
            Node::Map(map) => map.iter().any(|(_, value)| is_computed(value)),
            _ => false,
        }
}

fn has_unset(node: &Node) -> bool {
    is_unset(node)
        || match node {
            Node::List(items) => items.iter().any(has_unset),
            Node::Map(map) => map.iter().any(|(_, value)| has_unset(value)),
            _ => false,
        }
}
