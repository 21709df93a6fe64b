//! Which stacks need which, and which resources wait for which.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::{place_at, place_diagnostic};
use crate::{
    codes,
    diagnostic::Diagnostic,
    tree::{Kind, Tree},
};

/// The edges that references and dependencies make between stacks, and dependencies between resources.
#[derive(Default)]
pub(crate) struct Graph {
    /// From a stack to one that it reads or follows, with an example of why.
    stacks: BTreeMap<(u32, u32), (u32, u32)>,
    /// `DependsOn`, by resource.
    depends_on: BTreeMap<u32, BTreeSet<u32>>,
}

impl Graph {
    /// The stack `from` needs the stack `on`, since the construct `why` uses `of`.
    pub(crate) fn refer_stack(&mut self, from: u32, on: u32, why: u32, of: u32) {
        self.stacks.entry((from, on)).or_insert((why, of));
    }

    /// The stacks that a stack needs, in the order of the tree.
    pub(crate) fn stacks_needed_by(&self, stack: u32) -> impl Iterator<Item = u32> + '_ {
        self.stacks.range((stack, 0)..=(stack, u32::MAX)).map(|((_, on), _)| *on)
    }

    /// Turns the dependencies that users declared into `DependsOn` and dependencies between stacks.
    pub(crate) fn explicit_dependencies(&mut self, tree: &Tree, diagnostics: &mut Vec<Diagnostic>) {
        for dependency in &tree.dependencies {
            let resources = |index: u32| -> Vec<u32> {
                let all = tree.walk(index).into_iter();
                all.filter(|&index| matches!(tree.get(index).kind, Kind::Resource(_))).collect()
            };
            let stack_scope = |index: u32| matches!(tree.get(index).kind, Kind::Stack(_));
            if stack_scope(dependency.from) && stack_scope(dependency.on) {
                let (from, on) = (top_stack(tree, dependency.from), top_stack(tree, dependency.on));
                if let (Some(from), Some(on)) = (from, on)
                    && from != on
                {
                    self.refer_stack(from, on, dependency.from, dependency.on);
                    continue;
                }
            }
            let on = resources(dependency.on);
            for from in resources(dependency.from) {
                for &on in &on {
                    self.depend(tree, from, on);
                }
            }
            if tree.is_within(dependency.from, dependency.on)
                || tree.is_within(dependency.on, dependency.from)
            {
                let message = "a construct is made to depend on itself or on what it is part of";
                let mut diagnostic = Diagnostic::error(codes::RESOURCE_CYCLE, message);
                let said = "said inside the construct here";
                place_at(tree, dependency.from, dependency.location, said, &mut diagnostic);
                diagnostics.push(diagnostic.help("depend on the parts that have to come first"));
            }
        }
    }

    /// One resource after another, wherever their stacks are.
    fn depend(&mut self, tree: &Tree, from: u32, on: u32) {
        let (froms, ons) = (representatives(tree, from), representatives(tree, on));
        // In the innermost template that both are part of, as themselves or as a nested stack.
        let common = froms.iter().find_map(|(stack, from)| {
            ons.iter().find(|(other, _)| other == stack).map(|(_, on)| (*from, *on))
        });
        match common {
            Some((from, on)) if from != on => {
                self.depends_on.entry(from).or_default().insert(on);
            }
            Some(_) => {}
            None => {
                if let (Some((from_stack, _)), Some((on_stack, _))) = (froms.last(), ons.last()) {
                    self.refer_stack(*from_stack, *on_stack, from, on);
                }
            }
        }
    }

    /// The `DependsOn` of each resource that has one.
    pub(crate) fn depends_on(&self, tree: &Tree) -> Vec<(u32, Vec<u32>)> {
        let in_template = |index: &u32| matches!(tree.get(*index).kind, Kind::Resource(_));
        self.depends_on
            .iter()
            .map(|(&from, on)| (from, on.iter().copied().filter(in_template).collect::<Vec<_>>()))
            .filter(|(_, on)| !on.is_empty())
            .collect()
    }

    /// The stacks so that each comes after those it needs; otherwise in the order of the tree.
    pub(crate) fn stack_order(&self, stacks: impl Iterator<Item = u32>) -> Vec<u32> {
        fn visit(graph: &Graph, stack: u32, seen: &mut FxHashSet<u32>, order: &mut Vec<u32>) {
            if seen.insert(stack) {
                for on in graph.stacks_needed_by(stack).collect::<Vec<_>>() {
                    visit(graph, on, seen, order);
                }
                order.push(stack);
            }
        }
        let (mut seen, mut order) = (FxHashSet::default(), Vec::new());
        stacks.for_each(|stack| visit(self, stack, &mut seen, &mut order));
        order
    }

    pub(crate) fn report_cycles(&self, tree: &Tree, diagnostics: &mut Vec<Diagnostic>) {
        let needs = |stack: u32| self.stacks_needed_by(stack).collect::<Vec<_>>();
        let stacks: BTreeSet<u32> = self.stacks.keys().map(|(from, _)| *from).collect();
        if let Some(cycle) = find_cycle(stacks.iter().copied(), tree.constructs.len(), needs) {
            let names: Vec<_> =
                cycle.iter().map(|&stack| format!("`{}`", tree.path(stack))).collect();
            let message = format!("stacks need each other: {} → {}", names.join(" → "), names[0]);
            let mut diagnostic = Diagnostic::error(codes::STACK_CYCLE, message);
            for (from, on) in edges(&cycle) {
                if let Some(&(why, of)) = self.stacks.get(&(from, on)) {
                    if diagnostic.location.is_none() {
                        place_diagnostic(tree, why, &mut diagnostic);
                    }
                    let text = format!(
                        "`{}` uses `{}` of `{}`",
                        tree.path(why),
                        tree.path(of),
                        tree.path(on)
                    );
                    diagnostic = diagnostic.note(text, Some(tree.user_location(why)));
                }
            }
            let help = "move one of these resources into the other stack, or both into a third; rules and permissions belong to the \
                        stack that uses them";
            diagnostics.push(diagnostic.help(help));
        }
    }
}

fn edges(cycle: &[u32]) -> impl Iterator<Item = (u32, u32)> + '_ {
    cycle.iter().copied().zip(cycle.iter().copied().cycle().skip(1))
}

/// A cycle, if there is one, from its first member in the given order. Walks without recursion: templates can be deep.
fn find_cycle(
    starts: impl Iterator<Item = u32>,
    count: usize,
    next: impl Fn(u32) -> Vec<u32>,
) -> Option<Vec<u32>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; count];
    for start in starts {
        if states[start as usize] != State::New {
            continue;
        }
        states[start as usize] = State::Open;
        let mut path = vec![(start, next(start))];
        while let Some((node, open)) = path.last_mut() {
            match open.pop() {
                Some(on) if states[on as usize] == State::Open => {
                    let first = path.iter().position(|(node, _)| *node == on).unwrap_or(0);
                    return Some(path[first..].iter().map(|(node, _)| *node).collect());
                }
                Some(on) if states[on as usize] == State::New => {
                    states[on as usize] = State::Open;
                    path.push((on, next(on)));
                }
                Some(_) => {}
                None => {
                    states[*node as usize] = State::Done;
                    path.pop();
                }
            }
        }
    }
    None
}

/// The stack that is deployed on its own and holds a construct.
fn top_stack(tree: &Tree, index: u32) -> Option<u32> {
    representatives(tree, index).last().map(|(stack, _)| *stack)
}

/// What stands for a construct in each template around it, innermost first: itself, then the resources of nested stacks.
fn representatives(tree: &Tree, index: u32) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut current = index;
    while let Some(stack) = tree.get(current).stack {
        found.push((stack, current));
        match &tree.get(stack).kind {
            Kind::Stack(data) if let Some(resource) = data.nested => current = resource,
            _ => break,
        }
    }
    found
}
