//! What conditions say about each other: exactly, as long as there are few cases to look at.
//!
//! A condition is a formula over choices: what a parameter is, of the values that the conditions compare it with or any other. All
//! cases are gone through; where there are too many of them, nothing is said.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use smol_str::{SmolStr, ToSmolStr};

use crate::{
    intrinsics::is_dynamic,
    node::{Map, Node},
};

/// How many cases are looked at for one question.
const MAX_CASES: usize = 4096;

/// How deep conditions may be nested or name each other.
const MAX_DEPTH: u32 = 64;

/// That a condition holds, or does not.
pub(super) type Fact<'n> = (&'n str, bool);

/// The section `Conditions`.
#[derive(Default)]
pub(super) struct Conditions<'t> {
    names: FxHashMap<&'t str, usize>,
    formulas: Vec<Formula>,
    choices: Vec<Choice>,
    /// Answers so far, by the facts that were asked about.
    answers: RefCell<Answers>,
}

type Answers = FxHashMap<Vec<(usize, bool)>, Option<bool>>;

enum Formula {
    Known(bool),
    /// A choice has come out as its value of this number.
    Is(usize, usize),
    /// Another condition.
    Named(usize),
    All(Vec<Formula>),
    Any(Vec<Formula>),
    Not(Box<Formula>),
}

/// What only a deployment decides: one of these values, or any other.
struct Choice {
    what: String,
    values: Vec<SmolStr>,
    /// Whether there is no other value.
    is_closed: bool,
}

impl Choice {
    fn cases(&self) -> usize {
        self.values.len() + usize::from(!self.is_closed)
    }
}

impl<'t> Conditions<'t> {
    pub(super) fn new(root: &'t Map) -> Conditions<'t> {
        let Some(Node::Map(section)) = root.get("Conditions") else { return Conditions::default() };
        let names = section.keys().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
        let mut conditions = Conditions { names, ..Conditions::default() };
        let parameters = root.get("Parameters").and_then(Node::as_map);
        for (_, body) in section.iter() {
            let formula = conditions.read(body, parameters, 0);
            conditions.formulas.push(formula);
        }
        conditions
    }

    fn read(&mut self, node: &Node, parameters: Option<&Map>, depth: u32) -> Formula {
        let known = (depth < MAX_DEPTH).then(|| node.as_function()).flatten();
        let mut all = |parts: &[Node]| -> Vec<Formula> {
            parts.iter().map(|part| self.read(part, parameters, depth + 1)).collect()
        };
        match known {
            Some(("Condition", Node::Str(name))) => match self.names.get(name.as_str()) {
                Some(index) => Formula::Named(*index),
                None => self.free(node.to_json()),
            },
            Some(("Fn::And", Node::List(parts))) => Formula::All(all(parts)),
            Some(("Fn::Or", Node::List(parts))) => Formula::Any(all(parts)),
            Some(("Fn::Not", Node::List(parts))) if parts.len() == 1 => {
                Formula::Not(Box::new(self.read(&parts[0], parameters, depth + 1)))
            }
            Some(("Fn::Equals", Node::List(parts))) if parts.len() == 2 => {
                self.equals(&parts[0], &parts[1], parameters)
            }
            _ => self.free(node.to_json()),
        }
    }

    fn equals(&mut self, left: &Node, right: &Node, parameters: Option<&Map>) -> Formula {
        let (open, literal) = match (literal(left), literal(right)) {
            (Some(left), Some(right)) => return Formula::Known(left == right),
            (Some(literal), None) => (right, literal),
            (None, Some(literal)) => (left, literal),
            (None, None) => {
                let (left, right) = (left.to_json(), right.to_json());
                if left == right {
                    return Formula::Known(true);
                }
                return self.free(if left < right {
                    format!("{left} {right}")
                } else {
                    format!("{right} {left}")
                });
            }
        };
        let choice = self.choice(open, parameters);
        let values = &mut self.choices[choice];
        match values.values.iter().position(|value| *value == literal) {
            Some(value) => Formula::Is(choice, value),
            None if values.is_closed => Formula::Known(false),
            None => {
                values.values.push(literal);
                Formula::Is(choice, values.values.len() - 1)
            }
        }
    }

    /// What holds or not, and nothing is known of it.
    fn free(&mut self, what: String) -> Formula {
        let at = self.choices.iter().position(|choice| choice.what == what).unwrap_or_else(|| {
            self.choices.push(Choice { what, values: vec!["true".into()], is_closed: false });
            self.choices.len() - 1
        });
        Formula::Is(at, 0)
    }

    fn choice(&mut self, open: &Node, parameters: Option<&Map>) -> usize {
        let what = open.to_json();
        if let Some(at) = self.choices.iter().position(|choice| choice.what == what) {
            return at;
        }
        let allowed = match open.as_function() {
            Some(("Ref", Node::Str(name))) => parameters
                .and_then(|parameters| parameters.get(name))
                .and_then(|parameter| parameter.get("AllowedValues"))
                .and_then(Node::as_list),
            _ => None,
        };
        let values: Option<Vec<SmolStr>> =
            allowed.and_then(|allowed| allowed.iter().map(literal).collect());
        let is_closed = values.as_ref().is_some_and(|values| !values.is_empty());
        self.choices.push(Choice { what, values: values.unwrap_or_default(), is_closed });
        self.choices.len() - 1
    }

    /// Whether there is a deployment in which all of this is so; none where that is not known.
    pub(super) fn can_be(&self, facts: &[Fact<'_>]) -> Option<bool> {
        let mut asked = Vec::with_capacity(facts.len());
        for (name, holds) in facts {
            asked.push((*self.names.get(name)?, *holds));
        }
        asked.sort_unstable();
        asked.dedup();
        if let Some(answer) = self.answers.borrow().get(&asked) {
            return *answer;
        }
        let answer = self.decide(&asked);
        self.answers.borrow_mut().insert(asked, answer);
        answer
    }

    fn decide(&self, asked: &[(usize, bool)]) -> Option<bool> {
        let mut plan = Plan::default();
        for (index, _) in asked {
            plan.add(self, *index, 0)?;
        }
        let mut cases = 1_usize;
        for choice in &plan.choices {
            cases = cases.checked_mul(self.choices[*choice].cases())?;
            if cases > MAX_CASES {
                return None;
            }
        }
        let mut values = vec![0; self.choices.len()];
        let mut truths = vec![false; self.formulas.len()];
        for case in 0..cases {
            let mut rest = case;
            for choice in &plan.choices {
                let count = self.choices[*choice].cases();
                values[*choice] = rest % count;
                rest /= count;
            }
            for index in &plan.order {
                truths[*index] = self.formulas[*index].holds(&values, &truths);
            }
            if asked.iter().all(|(index, holds)| truths[*index] == *holds) {
                return Some(true);
            }
        }
        Some(false)
    }

    /// The conditions that need themselves, directly or through others, in the order in which they do.
    pub(super) fn circle(&self) -> Option<Vec<&'t str>> {
        let mut plan = Plan::default();
        for index in 0..self.formulas.len() {
            if plan.add(self, index, 0).is_none() {
                let first =
                    plan.way.last().and_then(|last| plan.way.iter().position(|at| at == last));
                let name = |index: usize| self.names.iter().find(|(_, at)| **at == index);
                let circle = plan.way.get(first.unwrap_or_default() + 1..)?;
                return Some(circle.iter().filter_map(|at| Some(*name(*at)?.0)).collect());
            }
        }
        None
    }
}

/// What has to be known for an answer.
#[derive(Default)]
struct Plan {
    /// Conditions, each behind those that it names.
    order: Vec<usize>,
    /// What they depend on.
    choices: Vec<usize>,
    /// The conditions on the way to where we are; where they name each other in a circle, it ends as it begins.
    way: Vec<usize>,
}

impl Plan {
    /// Takes a condition in; none where it needs itself, or so many others that nobody wrote them.
    fn add(&mut self, conditions: &Conditions<'_>, index: usize, depth: u32) -> Option<()> {
        if self.order.contains(&index) {
            return Some(());
        }
        let is_circle = self.way.contains(&index);
        self.way.push(index);
        if is_circle || depth > MAX_DEPTH {
            return None;
        }
        self.look(conditions, conditions.formulas.get(index)?, depth)?;
        self.way.pop();
        self.order.push(index);
        Some(())
    }

    fn look(&mut self, conditions: &Conditions<'_>, formula: &Formula, depth: u32) -> Option<()> {
        match formula {
            Formula::Known(_) => {}
            Formula::Is(choice, _) if self.choices.contains(choice) => {}
            Formula::Is(choice, _) => self.choices.push(*choice),
            Formula::Named(index) => self.add(conditions, *index, depth + 1)?,
            Formula::Not(inner) => self.look(conditions, inner, depth)?,
            Formula::All(parts) | Formula::Any(parts) => {
                for part in parts {
                    self.look(conditions, part, depth)?;
                }
            }
        }
        Some(())
    }
}

impl Formula {
    fn holds(&self, values: &[usize], truths: &[bool]) -> bool {
        match self {
            Formula::Known(holds) => *holds,
            Formula::Is(choice, value) => values[*choice] == *value,
            Formula::Named(index) => truths[*index],
            Formula::Not(inner) => !inner.holds(values, truths),
            Formula::All(parts) => parts.iter().all(|part| part.holds(values, truths)),
            Formula::Any(parts) => parts.iter().any(|part| part.holds(values, truths)),
        }
    }
}

/// The text that a literal is compared as.
fn literal(node: &Node) -> Option<SmolStr> {
    match node {
        Node::Str(text) if is_dynamic(text) => None,
        Node::Str(text) => Some(text.clone()),
        Node::Int(number) => Some(number.to_smolstr()),
        Node::Float(_) | Node::Bool(_) => Some(node.to_json().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn can_be(template: &str, facts: &[Fact<'_>]) -> Option<bool> {
        let Ok(Node::Map(root)) = Node::parse_json(template) else { panic!("{template}") };
        Conditions::new(&root).can_be(facts)
    }

    const STAGES: &str = r#"{
        "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["dev", "test", "prod"]}, "Size": {"Type": "Number"}},
        "Conditions": {
            "Dev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
            "Test": {"Fn::Equals": ["test", {"Ref": "Stage"}]},
            "Prod": {"Fn::Not": [{"Fn::Or": [{"Condition": "Dev"}, {"Condition": "Test"}]}]},
            "Typo": {"Fn::Equals": [{"Ref": "Stage"}, "prd"]},
            "Large": {"Fn::Equals": [{"Ref": "Size"}, 9]},
            "LargeProd": {"Fn::And": [{"Condition": "Large"}, {"Condition": "Prod"}]}
        }
    }"#;

    #[test]
    fn what_conditions_rule_out_is_known() {
        assert_eq!(can_be(STAGES, &[("Dev", true), ("Test", true)]), Some(false));
        assert_eq!(can_be(STAGES, &[("LargeProd", true), ("Prod", false)]), Some(false));
        assert_eq!(can_be(STAGES, &[("Prod", true), ("LargeProd", false)]), Some(true));
        assert_eq!(
            can_be(STAGES, &[("Dev", false), ("Test", false), ("Prod", false)]),
            Some(false)
        );
        assert_eq!(can_be(STAGES, &[("Typo", true)]), Some(false));
        assert_eq!(can_be(STAGES, &[("Large", true)]), Some(true));
        assert_eq!(can_be(STAGES, &[("Missing", true)]), None);
    }

    #[test]
    fn circles_and_too_many_cases_are_not_judged() {
        let circle =
            r#"{"Conditions": {"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}}}"#;
        assert_eq!(can_be(circle, &[("A", true)]), None);
        let Ok(Node::Map(root)) = Node::parse_json(circle) else { panic!("{circle}") };
        assert_eq!(Conditions::new(&root).circle(), Some(vec!["B", "A"]));
        let parts: Vec<String> = (0..13)
            .map(|number| format!(r#"{{"Fn::Equals": [{{"Ref": "P{number}"}}, "x"]}}"#))
            .collect();
        let many = format!(r#"{{"Conditions": {{"A": {{"Fn::Or": [{}]}}}}}}"#, parts.join(","));
        assert_eq!(can_be(&many, &[("A", true)]), None);
    }
}
