//! What conditions make of a resource: its properties in each case that can occur, without `Fn::If` and `AWS::NoValue`.
//!
//! A case that no parameters lead to is none: `IsProd` and `IsTest` do not hold together where both compare the same parameter.

use super::model::{Model, Resource};
use crate::node::{Map, Node};

/// How many combinations of values are tried for one resource, and how many cases come of them at most.
const MOST_COMBINATIONS: usize = 1024;
const MOST_CASES: usize = 32;

/// Hands the properties in each case to `check`, with what holds there: `if IsProd`, or nothing where no condition decides.
pub(super) fn each(
    model: &Model<'_>,
    resource: &Resource<'_>,
    region: Option<&str>,
    check: &mut dyn FnMut(&Map, &str),
) {
    let mut names = Vec::new();
    resource.properties.iter().for_each(|(_, value)| conditions_of(value, &mut names));
    let own = resource.body.get("Condition").and_then(Node::as_str);
    for case in cases(model, &names, own, region) {
        let properties = resource
            .properties
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), in_case(value, &case)?)))
            .collect();
        check(&properties, &told(&case));
    }
}

/// What holds in a case, for messages.
fn told(case: &[(&str, bool)]) -> String {
    let parts: Vec<String> = case
        .iter()
        .map(|(name, holds)| if *holds { format!("`{name}`") } else { format!("not `{name}`") })
        .collect();
    if parts.is_empty() { String::new() } else { format!("if {}", parts.join(" and ")) }
}

/// Whether this is `Ref: AWS::NoValue`, which takes away what it stands for.
pub(super) fn is_nothing(node: &Node) -> bool {
    matches!(node.as_function(), Some(("Ref", Node::Str(name))) if name == "AWS::NoValue")
}

/// The conditions that decide within a value.
fn conditions_of<'t>(node: &'t Node, names: &mut Vec<&'t str>) {
    match node {
        Node::List(items) => items.iter().for_each(|item| conditions_of(item, names)),
        Node::Map(map) => {
            if let Some(("Fn::If", Node::List(parts))) = node.as_function()
                && let Some(Node::Str(name)) = parts.first()
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
            map.iter().for_each(|(_, value)| conditions_of(value, names));
        }
        _ => {}
    }
}

/// A value in a case: what the conditions choose, or nothing.
fn in_case(node: &Node, case: &[(&str, bool)]) -> Option<Node> {
    if is_nothing(node) {
        return None;
    }
    if let Some(("Fn::If", Node::List(parts))) = node.as_function()
        && let [Node::Str(name), then, otherwise] = parts.as_slice()
        && let Some((_, holds)) = case.iter().find(|(known, _)| known == name)
    {
        return in_case(if *holds { then } else { otherwise }, case);
    }
    Some(match node {
        Node::List(items) => {
            Node::List(items.iter().filter_map(|item| in_case(item, case)).collect())
        }
        Node::Map(map) => Node::Map(
            map.iter()
                .filter_map(|(key, value)| Some((key.clone(), in_case(value, case)?)))
                .collect(),
        ),
        other => other.clone(),
    })
}

/// The combinations of these conditions that can occur where `own` holds.
fn cases<'t>(
    model: &Model<'t>,
    names: &[&'t str],
    own: Option<&'t str>,
    region: Option<&str>,
) -> Vec<Vec<(&'t str, bool)>> {
    let mut atoms = Atoms { model, region, operands: Vec::new() };
    names.iter().copied().chain(own).for_each(|name| atoms.gather_named(name, 0));
    let combinations = atoms
        .operands
        .iter()
        .try_fold(1_usize, |count, operand| count.checked_mul(operand.values.len()))
        .filter(|count| *count <= MOST_COMBINATIONS);
    let Some(combinations) = combinations else {
        // Too many at once: each condition by itself, with the others undecided.
        let alone = |name: &&'t str| {
            if names.len() > 1 { cases(model, &[*name], own, region) } else { Vec::new() }
        };
        return names.iter().flat_map(alone).collect();
    };
    let mut found: Vec<Vec<(&str, bool)>> = Vec::new();
    for number in 0..combinations {
        let mut rest = number;
        let mut chosen = Vec::with_capacity(atoms.operands.len());
        for operand in &atoms.operands {
            chosen.push(operand.values[rest % operand.values.len()]);
            rest /= operand.values.len();
        }
        if own.is_some_and(|own| atoms.named(own, &chosen, 0) == Some(false)) {
            continue;
        }
        let case: Option<Vec<_>> =
            names.iter().map(|name| Some((*name, atoms.named(name, &chosen, 0)?))).collect();
        if let Some(case) = case
            && !found.contains(&case)
        {
            found.push(case);
            if found.len() == MOST_CASES {
                break;
            }
        }
    }
    found
}

/// What conditions compare: each operand that is no literal, with the values that make a difference.
struct Atoms<'m, 't> {
    model: &'m Model<'t>,
    region: Option<&'m str>,
    operands: Vec<Operand<'t>>,
}

struct Operand<'t> {
    what: &'t Node,
    values: Vec<Value<'t>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Value<'t> {
    Is(&'t Node),
    /// None of those that something is compared with.
    Another,
}

impl<'t> Atoms<'_, 't> {
    fn definition(&self, name: &str) -> Option<&'t Node> {
        self.model.root.get("Conditions")?.get(name)
    }

    fn gather_named(&mut self, name: &str, depth: u32) {
        if let Some(definition) = self.definition(name) {
            self.gather(definition, depth);
        }
    }

    fn gather(&mut self, node: &'t Node, depth: u32) {
        if depth > 20 {
            return;
        }
        match node.as_function() {
            Some(("Condition", Node::Str(name))) => self.gather_named(name, depth + 1),
            Some(("Fn::Equals", Node::List(sides))) => {
                let [left, right] = sides.as_slice() else { return };
                match (left.is_deferred(), right.is_deferred()) {
                    (true, false) => self.operand(left, Some(right)),
                    (false, true) => self.operand(right, Some(left)),
                    // Two that are only known at deploy: alike or not.
                    (true, true) if left != right => self.operand(node, None),
                    _ => {}
                }
            }
            Some((_, Node::List(parts))) => {
                parts.iter().for_each(|part| self.gather(part, depth + 1));
            }
            _ => {}
        }
    }

    fn operand(&mut self, what: &'t Node, literal: Option<&'t Node>) {
        let place = self.operands.iter().position(|operand| operand.what == what);
        let place = place.unwrap_or_else(|| {
            let values = self.values_of(what).unwrap_or_else(|| vec![Value::Another]);
            self.operands.push(Operand { what, values });
            self.operands.len() - 1
        });
        let is_free = self.operands[place].values.contains(&Value::Another);
        let values = &mut self.operands[place].values;
        match literal {
            Some(literal) if is_free && !values.contains(&Value::Is(literal)) => {
                values.push(Value::Is(literal));
            }
            None if values.len() == 1 => values.push(Value::Is(what)),
            _ => {}
        }
    }

    /// All the values that something can have, if they are listed.
    fn values_of(&self, what: &'t Node) -> Option<Vec<Value<'t>>> {
        let ("Ref", Node::Str(name)) = what.as_function()? else { return None };
        let allowed = self.model.root.get("Parameters")?.get(name)?.get("AllowedValues")?;
        let allowed = allowed.as_list().filter(|allowed| !allowed.is_empty())?;
        Some(allowed.iter().map(Value::Is).collect())
    }

    fn named(&self, name: &str, chosen: &[Value<'t>], depth: u32) -> Option<bool> {
        self.holds(self.definition(name)?, chosen, depth)
    }

    /// Whether a condition holds with these values; `None` where it is none that is understood.
    fn holds(&self, node: &'t Node, chosen: &[Value<'t>], depth: u32) -> Option<bool> {
        if depth > 20 {
            return None;
        }
        let value_of = |what: &Node| {
            let place = self.operands.iter().position(|operand| operand.what == what)?;
            chosen.get(place).copied()
        };
        match node.as_function()? {
            ("Condition", Node::Str(name)) => self.named(name, chosen, depth + 1),
            ("Fn::Equals", Node::List(sides)) => {
                let [left, right] = sides.as_slice() else { return None };
                let (what, literal) = match (left.is_deferred(), right.is_deferred()) {
                    (true, false) => (left, right),
                    (false, true) => (right, left),
                    (true, true) if left != right => {
                        return Some(value_of(node)? != Value::Another);
                    }
                    _ => return Some(left == right || alike(left, right)),
                };
                if let (Some(("Ref", name)), Some(region)) = (what.as_function(), self.region)
                    && name.as_str() == Some("AWS::Region")
                {
                    return Some(literal.as_str() == Some(region));
                }
                match value_of(what)? {
                    Value::Is(value) => Some(alike(value, literal)),
                    Value::Another => Some(false),
                }
            }
            ("Fn::Not", Node::List(parts)) => match parts.as_slice() {
                [part] => Some(!self.holds(part, chosen, depth + 1)?),
                _ => None,
            },
            (name @ ("Fn::And" | "Fn::Or"), Node::List(parts)) => {
                let mut all = Vec::with_capacity(parts.len());
                for part in parts {
                    all.push(self.holds(part, chosen, depth + 1)?);
                }
                Some(if name == "Fn::And" { all.iter().all(|it| *it) } else { all.contains(&true) })
            }
            _ => None,
        }
    }
}

/// Whether two literals are the same text: templates write numbers and truth values either way.
fn alike(one: &Node, other: &Node) -> bool {
    let text = |node: &Node| node.as_str().map_or_else(|| node.to_json(), str::to_owned);
    one == other || text(one) == text(other)
}
