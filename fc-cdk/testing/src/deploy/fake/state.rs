//! Stacks and change sets, and how they change.

use std::collections::VecDeque;

use fc_cdk_core::Template;

use super::{
    ACCOUNT, REGION,
    scenario::{Action, ChangeSetOutcome, Scenario, Validation},
};

/// How much goes on whenever somebody looks.
const STEPS: usize = 3;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) scenario: Scenario,
    /// Deleted ones, too: they are found by their ARN.
    pub(super) stacks: Vec<Stack>,
    pub(super) change_sets: Vec<ChangeSet>,
    pub(super) objects: Vec<String>,
    pub(super) calls: Vec<String>,
    /// What is counted up for ids and times.
    count: usize,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Stack {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) template: String,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) outputs: Vec<(String, String, Option<String>)>,
    /// Logical id, type, status.
    pub(super) resources: Vec<(String, String, String)>,
    pub(super) events: Vec<Event>,
    pub(super) is_protected: bool,
    pending: VecDeque<Step>,
    /// What it is once an operation succeeds: template and outputs.
    next: Option<(String, Vec<(String, String)>)>,
    token: String,
}

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) logical_id: String,
    pub(super) type_name: String,
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) time: String,
    pub(super) token: String,
}

#[derive(Clone, Debug)]
struct Step {
    status: String,
    logical_id: String,
    reason: String,
}

#[derive(Clone, Debug)]
pub(super) struct ChangeSet {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) stack_name: String,
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) execution: String,
    pub(super) creates: bool,
    pub(super) template: String,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) description: String,
    pub(super) validations: Vec<Validation>,
}

impl State {
    pub(super) fn of(scenario: Scenario) -> State {
        let mut state = State::default();
        for stack in &scenario.stacks {
            let mut resources = resources_of(&stack.template);
            resources.extend(stack.resources.clone());
            let status = stack.status.as_str();
            let new = Stack {
                name: stack.name.clone(),
                id: state.arn("stack", &stack.name),
                status: status.to_owned(),
                reason: stack.reason.clone(),
                template: stack.template.clone(),
                parameters: stack.parameters.clone(),
                outputs: stack.outputs.clone(),
                is_protected: stack.is_protected,
                pending: steps(&stack.going_on),
                resources: resources
                    .into_iter()
                    .map(|(id, type_name)| (id, type_name, "CREATE_COMPLETE".to_owned()))
                    .collect(),
                ..Stack::default()
            };
            state.stacks.push(new);
            let index = state.stacks.len() - 1;
            let step = Step {
                status: status.to_owned(),
                logical_id: stack.name.clone(),
                reason: stack.reason.clone(),
            };
            state.take(index, step);
        }
        state.scenario = scenario;
        state
    }

    /// A stack by its name, or by its ARN even when it is deleted.
    pub(super) fn index(&self, name: &str) -> Option<usize> {
        let by_id = self.stacks.iter().position(|stack| stack.id == name);
        by_id.or_else(|| {
            let is_it = |stack: &Stack| stack.name == name && stack.status != "DELETE_COMPLETE";
            self.stacks.iter().position(is_it)
        })
    }

    pub(super) fn stack(&self, name: &str) -> Option<&Stack> {
        self.index(name).map(|index| &self.stacks[index])
    }

    pub(super) fn arn(&mut self, kind: &str, name: &str) -> String {
        self.count += 1;
        let number = self.count;
        format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:{kind}/{name}/{number:08}")
    }

    /// A stack that is made; nothing goes on with it yet.
    pub(super) fn add(&mut self, name: &str, status: &str) -> usize {
        let id = self.arn("stack", name);
        let (name, status) = (name.to_owned(), status.to_owned());
        self.stacks.push(Stack { name: name.clone(), id, ..Stack::default() });
        let index = self.stacks.len() - 1;
        self.take(index, Step { status, logical_id: name, reason: String::new() });
        index
    }

    /// Begins an operation: as the scenario says, or so that it goes well.
    pub(super) fn begin(
        &mut self,
        index: usize,
        action: Action,
        target: Option<(String, Vec<(String, String)>)>,
        token: &str,
    ) {
        let name = self.stacks[index].name.clone();
        let scripts = &mut self.scenario.scripts;
        let script =
            scripts.iter().position(|script| script.stack == name && script.action == action);
        let template = target.as_ref().map(|(template, _)| template.clone()).unwrap_or_default();
        for (id, type_name) in resources_of(&template) {
            let resources = &mut self.stacks[index].resources;
            if !resources.iter().any(|(known, ..)| *known == id) {
                resources.push((id, type_name, String::new()));
            }
        }
        let steps = match script {
            Some(script) => steps(&scripts.remove(script).lines),
            None => self.success(index, action, &template),
        };
        let stack = &mut self.stacks[index];
        stack.pending = steps;
        stack.next = target;
        token.clone_into(&mut stack.token);
        self.step(index);
        // Whatever was planned for the stack before is not up to date any more.
        for set in &mut self.change_sets {
            if set.stack_name == name && set.execution == "AVAILABLE" {
                "OBSOLETE".clone_into(&mut set.execution);
            }
        }
    }

    /// What happens when all goes well.
    fn success(&self, index: usize, action: Action, template: &str) -> VecDeque<Step> {
        let stack = &self.stacks[index];
        let was_created = stack.status.starts_with("CREATE");
        let (begin, verb, end): (&str, &str, &[&str]) = match action {
            Action::Create => ("CREATE_IN_PROGRESS", "CREATE", &["CREATE_COMPLETE"]),
            Action::Update => (
                "UPDATE_IN_PROGRESS",
                "UPDATE",
                &["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"],
            ),
            Action::Delete => ("DELETE_IN_PROGRESS", "DELETE", &["DELETE_COMPLETE"]),
            Action::RollBack if was_created => {
                ("ROLLBACK_IN_PROGRESS", "DELETE", &["ROLLBACK_COMPLETE"])
            }
            Action::RollBack => (
                "UPDATE_ROLLBACK_IN_PROGRESS",
                "UPDATE",
                &["UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"],
            ),
        };
        let ids: Vec<String> = match action {
            Action::Create | Action::Update => {
                resources_of(template).into_iter().map(|(id, _)| id).collect()
            }
            Action::Delete | Action::RollBack => {
                stack.resources.iter().rev().map(|(id, ..)| id.clone()).collect()
            }
        };
        let step = |status: &str, id: &str| Step {
            status: status.to_owned(),
            logical_id: id.to_owned(),
            reason: String::new(),
        };
        let mut steps = VecDeque::from([step(begin, &stack.name)]);
        for id in ids {
            steps.push_back(step(&format!("{verb}_IN_PROGRESS"), &id));
            steps.push_back(step(&format!("{verb}_COMPLETE"), &id));
        }
        steps.extend(end.iter().map(|status| step(status, &stack.name)));
        steps
    }

    /// Stops an update and takes it back.
    pub(super) fn cancel(&mut self, index: usize) {
        let stack = &mut self.stacks[index];
        let name = stack.name.clone();
        let lines = format!(
            "UPDATE_ROLLBACK_IN_PROGRESS {name}: User Initiated\nUPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS {name}\nUPDATE_ROLLBACK_COMPLETE {name}"
        );
        stack.pending = steps(&lines);
        self.step(index);
    }

    /// Goes on with what goes on, because somebody looks.
    pub(super) fn go_on(&mut self, index: usize) {
        for _ in 0..STEPS {
            self.step(index);
        }
    }

    fn step(&mut self, index: usize) {
        if let Some(step) = self.stacks[index].pending.pop_front() {
            self.take(index, step);
        }
    }

    fn take(&mut self, index: usize, step: Step) {
        self.count += 1;
        let number = self.count;
        let Step { status, logical_id, reason } = step;
        let stack = &mut self.stacks[index];
        let is_own = logical_id == stack.name;
        let type_name = if is_own {
            status.clone_into(&mut stack.status);
            reason.clone_into(&mut stack.reason);
            "AWS::CloudFormation::Stack".to_owned()
        } else {
            let resource = stack.resources.iter_mut().find(|(id, ..)| *id == logical_id);
            resource.map_or_else(
                || "AWS::SNS::Topic".to_owned(),
                |(_, type_name, last)| {
                    status.clone_into(last);
                    type_name.clone()
                },
            )
        };
        if status == "DELETE_COMPLETE" && !is_own {
            stack.resources.retain(|(id, ..)| *id != logical_id);
        }
        let done = ["CREATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"];
        let is_done = is_own && done.contains(&status.as_str());
        if let Some((template, parameters)) = stack.next.take_if(|_| is_done) {
            stack.outputs = outputs_of(&template);
            let ids = resources_of(&template);
            stack.resources.retain(|(id, ..)| ids.iter().any(|(known, _)| known == id));
            stack.template = template;
            stack.parameters = parameters;
        }
        let [hour, minute, second] = [number / 3600, number / 60 % 60, number % 60];
        let time = format!("2026-01-01T{hour:02}:{minute:02}:{second:02}.000Z");
        let (id, token) = (format!("event-{number:08}"), stack.token.clone());
        stack.events.push(Event { id, logical_id, type_name, status, reason, time, token });
    }

    /// How the next change set of a stack ends.
    pub(super) fn outcome(&mut self, stack: &str) -> Option<ChangeSetOutcome> {
        let outcomes = &mut self.scenario.outcomes;
        let index = outcomes.iter().position(|(name, _)| name == stack)?;
        Some(outcomes.remove(index).1)
    }
}

/// Logical ids and types.
pub(super) fn resources_of(template: &str) -> Vec<(String, String)> {
    let template = Template::parse_json(template).unwrap_or_default();
    let resources = template.resources();
    resources
        .map(|resource| (resource.logical_id().to_string(), resource.type_name().to_owned()))
        .collect()
}

/// Names, values and exports of outputs; a value that only AWS knows is shown as its JSON.
fn outputs_of(template: &str) -> Vec<(String, String, Option<String>)> {
    let template = Template::parse_json(template).unwrap_or_default();
    let text =
        |node: &fc_cdk_core::Node| node.as_str().map_or_else(|| node.to_json(), str::to_owned);
    let outputs = template.outputs();
    outputs
        .map(|(name, output)| {
            let value = output.get("Value").map(text).unwrap_or_default();
            let export = output.get("Export").and_then(|export| export.get("Name")).map(text);
            (name.to_string(), value, export)
        })
        .collect()
}

/// Lines such as `CREATE_FAILED Topic: it exists`.
fn steps(lines: &str) -> VecDeque<Step> {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (words, reason) = line.split_once(": ").unwrap_or((line, ""));
            let (status, logical_id) = words.split_once(' ').unwrap_or((words, ""));
            let [status, logical_id, reason] = [status, logical_id, reason].map(str::to_owned);
            Step { status, logical_id, reason }
        })
        .collect()
}
