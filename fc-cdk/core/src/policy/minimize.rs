//! Fewer statements that say the same.

use std::cmp::Ordering;

use super::{condition::Condition, principal::Principal, statement::Statement};
use crate::node::Node;

/// Statements in normal form, merged where two differ in their actions only, their resources only or their principals only.
///
/// Each of these merges is exact: `(A, R)` and `(B, R)` say the same as `(A ∪ B, R)`, for allowing as for denying.
pub(super) fn minimize(statements: &[Statement]) -> Vec<Statement> {
    let mut merged: Vec<Statement> = Vec::with_capacity(statements.len());
    for statement in statements {
        let statement = normalized(statement.clone());
        if !merged.contains(&statement) {
            merged.push(statement);
        }
    }
    loop {
        let before = merged.len();
        for dimension in [Dimension::Actions, Dimension::Resources, Dimension::Principals] {
            merged = merge(merged, dimension);
        }
        if merged.len() == before {
            return merged;
        }
    }
}

/// In which of its parts a statement may differ from another to be merged with it.
#[derive(Clone, Copy, PartialEq)]
enum Dimension {
    Actions,
    Resources,
    Principals,
}

fn merge(statements: Vec<Statement>, dimension: Dimension) -> Vec<Statement> {
    let mut merged: Vec<Statement> = Vec::with_capacity(statements.len());
    for statement in statements {
        match merged.iter_mut().find(|earlier| mergeable(earlier, &statement, dimension)) {
            Some(earlier) => {
                earlier.actions.extend(statement.actions);
                earlier.resources.extend(statement.resources);
                earlier.principals.extend(statement.principals);
                let all = std::mem::replace(earlier, Statement::new(statement.effect));
                *earlier = normalized(all);
            }
            None => merged.push(statement),
        }
    }
    merged
}

fn mergeable(a: &Statement, b: &Statement, dimension: Dimension) -> bool {
    // A part that is left out is not an empty one: only what both have can be put together.
    let both = match dimension {
        Dimension::Actions => !a.actions.is_empty() && !b.actions.is_empty(),
        Dimension::Resources => !a.resources.is_empty() && !b.resources.is_empty(),
        Dimension::Principals => !a.principals.is_empty() && !b.principals.is_empty(),
    };
    both && a.sid.is_none()
        && b.sid.is_none()
        && a.effect == b.effect
        && (dimension == Dimension::Actions || a.actions == b.actions)
        && (dimension == Dimension::Resources || a.resources == b.resources)
        && (dimension == Dimension::Principals || a.principals == b.principals)
        && a.not_actions == b.not_actions
        && a.not_resources == b.not_resources
        && a.not_principals == b.not_principals
        && a.conditions == b.conditions
}

/// The statement with its parts in a fixed order and without what others of its parts say already.
fn normalized(mut statement: Statement) -> Statement {
    for actions in [&mut statement.actions, &mut statement.not_actions] {
        order(actions);
        drop_covered_actions(actions);
    }
    for resources in [&mut statement.resources, &mut statement.not_resources] {
        order(resources);
        if resources.iter().any(|resource| resource.as_str() == Some("*")) {
            *resources = vec![Node::from_static("*")];
        }
    }
    order_principals(&mut statement.principals);
    order_principals(&mut statement.not_principals);
    for condition in &mut statement.conditions {
        order(&mut condition.values);
    }
    order_conditions(&mut statement.conditions);
    statement
}

/// Literals in alphabetical order, then what only AWS knows in the order in which it came; nothing twice.
fn compare(a: &Node, b: &Node) -> Ordering {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.cmp(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn order(nodes: &mut Vec<Node>) {
    deduplicate(nodes);
    nodes.sort_by(compare);
}

fn order_principals(principals: &mut Vec<Principal>) {
    deduplicate(principals);
    principals.sort_by(|a, b| a.kind.cmp(&b.kind).then_with(|| compare(&a.value, &b.value)));
}

fn order_conditions(conditions: &mut Vec<Condition>) {
    deduplicate(conditions);
    conditions.sort_by(|a, b| (&a.operator, &a.key).cmp(&(&b.operator, &b.key)));
}

fn deduplicate<T: PartialEq>(items: &mut Vec<T>) {
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *items = kept;
}

fn drop_covered_actions(actions: &mut Vec<Node>) {
    let is_pattern = |action: &&str| action.contains(['*', '?']);
    if !actions.iter().filter_map(Node::as_str).any(|action| is_pattern(&action)) {
        return;
    }
    let names: Vec<Option<String>> =
        actions.iter().map(|action| action.as_str().map(str::to_ascii_lowercase)).collect();
    let is_covered = |index: usize| {
        let Some(name) = &names[index] else { return false };
        names.iter().enumerate().any(|(other, pattern)| match pattern {
            // Of two that cover each other, the first stays.
            Some(pattern) if other != index && covers(pattern, name) => {
                other < index || !covers(name, pattern)
            }
            _ => false,
        })
    };
    let covered: Vec<bool> = (0..names.len()).map(is_covered).collect();
    let mut covered = covered.into_iter();
    actions.retain(|_| !covered.next().unwrap_or(false));
}

/// Whether every action that `action` stands for is one of `pattern`; both may hold `*` and `?`.
///
/// ```text
/// s3:Get*  covers  s3:GetObject, s3:GetObject*, s3:Get?bject
/// s3:G?t   covers  s3:Get, but not s3:G*t
/// ```
pub(crate) fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.as_bytes(), action.as_bytes());
    let (mut p, mut a) = (0, 0);
    // The last `*` and what of the action it takes so far, to come back to.
    let mut star: Option<(usize, usize)> = None;
    while a < action.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, a));
                p += 1;
            }
            Some(b'?') if action[a] != b'*' => (p, a) = (p + 1, a + 1),
            Some(byte) if *byte == action[a] && *byte != b'?' => (p, a) = (p + 1, a + 1),
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, a) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}
