//! What a change brings about elsewhere: a value that comes from a resource that is replaced, from a mapping, a parameter's default or a
//! condition changes, too, though the template says the same.

use std::collections::{BTreeSet, VecDeque};

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{
    Types,
    equal::{Place, equal},
    model::{Change, EntryChange, Impact, PropertyChange, ResourceChange},
    references::{Mention, mentions},
    resources::{ById, change, fixed_name, judge, rules},
    values::Path,
};
use crate::{
    node::{Map, Node},
    spec::Replacement,
    template::Template,
};

/// A value that may change, and why.
struct Effect {
    /// The resource or output that has the value.
    id: SmolStr,
    path: String,
    table: String,
}

impl Effect {
    fn at(id: &SmolStr, path: &Path) -> Effect {
        Effect { id: id.clone(), path: path.shown().to_owned(), table: path.table().to_owned() }
    }
}

/// An output of another stack whose value changes, as far as is known.
#[derive(Clone, Debug)]
pub(super) struct ForeignOutput {
    /// What people call the stack.
    pub(super) stack: SmolStr,
    /// What CloudFormation calls it.
    pub(super) stack_name: SmolStr,
    pub(super) output: SmolStr,
    /// The name of its export, if it has one.
    pub(super) export: Option<Node>,
    pub(super) certain: bool,
}

impl ForeignOutput {
    fn is_meant_by(&self, mention: Mention<'_>) -> bool {
        let is = |node: Option<&Node>, text: &str| node.and_then(Node::as_str) == Some(text);
        match mention {
            Mention::Import(name) => {
                self.export.as_ref().is_some_and(|export| equal(export, name, Place::Unknown))
            }
            Mention::StackOutput(arguments) => {
                is(arguments.get("StackName"), &self.stack_name)
                    && is(arguments.get("OutputName"), &self.output)
            }
            _ => false,
        }
    }
}

/// Both templates, and what is known so far.
pub(super) struct KnockOn<'a> {
    pub(super) old: &'a Template,
    pub(super) new: &'a Template,
    pub(super) old_ids: &'a ById<'a>,
    pub(super) new_ids: &'a ById<'a>,
    pub(super) types: Types<'a>,
    /// Outputs of other stacks that change.
    pub(super) foreign: &'a [ForeignOutput],
}

/// The changes found so far, and whose consequences are still to be looked at.
struct Found<'r> {
    resources: &'r mut Vec<ResourceChange>,
    /// Where in `resources` each one is.
    places: FxHashMap<SmolStr, usize>,
    queue: VecDeque<SmolStr>,
}

/// Attributes that change with every update of their resource.
const VERSIONS: [(&str, &str); 1] = [("AWS::EC2::LaunchTemplate", "LatestVersionNumber")];

impl KnockOn<'_> {
    /// Adds to the changes what follows from them.
    pub(super) fn run(&self, resources: &mut Vec<ResourceChange>, entries: &mut Vec<EntryChange>) {
        let matters = |change: &&ResourceChange| match change.impact {
            Impact::Replace | Impact::MayReplace => true,
            Impact::Update => VERSIONS.iter().any(|(name, _)| change.type_name == *name),
            _ => false,
        };
        let sections = ["Parameters", "Mappings", "Conditions"];
        let queue: VecDeque<SmolStr> =
            resources.iter().filter(matters).map(|change| change.logical_id.clone()).collect();
        if queue.is_empty()
            && self.foreign.is_empty()
            && !entries.iter().any(|e| sections.contains(&e.section.as_str()))
        {
            return;
        }
        let places = resources.iter().enumerate();
        let places = places.map(|(index, change)| (change.logical_id.clone(), index)).collect();
        let mut found = Found { resources, places, queue };
        self.inputs(entries, &mut found);
        let users = self.users();
        // Every resource comes here once per verdict, of which there are three.
        while let Some(id) = found.queue.pop_front() {
            let Some(&index) = found.places.get(&id) else { continue };
            let impact = found.resources[index].impact;
            for user in users.get(id.as_str()).into_iter().flatten() {
                for (effect, mention) in self.effects(&id, user) {
                    let Some((certain, what)) = self.value_changes(&id, mention, impact) else {
                        continue;
                    };
                    self.apply(&effect, certain, true, format!("`{id}` {what}"), &mut found);
                }
            }
        }
        self.outputs(&found, entries);
    }

    /// Which resources mention which, of those that are there before and after.
    fn users(&self) -> FxHashMap<&str, Vec<&SmolStr>> {
        let mut users: FxHashMap<&str, Vec<&SmolStr>> = FxHashMap::default();
        self.each_mention(&mut |id, _, mention| {
            if let Mention::Ref(target) | Mention::GetAtt(target, _) = mention
                && target != id
                && self.new_ids.contains_key(target)
            {
                let users = users.entry(target).or_default();
                if users.last() != Some(&id) {
                    users.push(id);
                }
            }
        });
        users
    }

    /// Where one resource mentions another.
    fn effects<'s>(&'s self, target: &str, user: &SmolStr) -> Vec<(Effect, Mention<'s>)> {
        let mut effects = Vec::new();
        let properties = self.new_ids.get(user.as_str()).and_then(|user| user.properties());
        for (key, value) in properties.into_iter().flat_map(Map::iter) {
            mentions(value, &mut Path::at(key), &mut |path, mention| {
                if matches!(mention, Mention::Ref(id) | Mention::GetAtt(id, _) if id == target) {
                    effects.push((Effect::at(user, path), mention));
                }
            });
        }
        effects
    }

    fn each_mention<'s>(&'s self, found: &mut dyn FnMut(&'s SmolStr, &Path, Mention<'s>)) {
        for resource in self.new.resources() {
            let id = resource.logical_id();
            if !self.old_ids.contains_key(id.as_str()) {
                continue;
            }
            for (key, value) in resource.properties().into_iter().flat_map(Map::iter) {
                mentions(value, &mut Path::at(key), &mut |path, mention| found(id, path, mention));
            }
        }
    }

    /// Whether a mention of a resource gives another value after this happened to it: `None` if not, else whether that is certain, and
    /// why.
    fn value_changes(
        &self,
        id: &str,
        mention: Mention<'_>,
        impact: Impact,
    ) -> Option<(bool, &'static str)> {
        let (old, new) = (self.old_ids.get(id)?, self.new_ids.get(id)?);
        if let Mention::GetAtt(_, attribute) = mention
            && matches!(impact, Impact::Update | Impact::MayReplace)
            && VERSIONS.contains(&(new.type_name(), attribute))
        {
            return Some((true, "gets a new version"));
        }
        let is_replaced = match impact {
            Impact::Replace => true,
            Impact::MayReplace => false,
            _ => return None,
        };
        let name = fixed_name(old, new, self.types).map(|(property, _)| property);
        let reference = (self.types)(new.type_name()).and_then(|spec| spec.reference());
        let certain = match mention {
            Mention::Ref(_) if name.is_some() && name == reference => return None,
            Mention::Ref(_) => is_replaced,
            Mention::GetAtt(_, attribute) => {
                let identifies = attribute.ends_with("Arn") || attribute.ends_with("Id");
                is_replaced && identifies && name.is_none()
            }
            _ => return None,
        };
        Some((certain, if certain { "is replaced" } else { "may be replaced" }))
    }

    /// What changed mappings, defaults and conditions bring about.
    fn inputs(&self, entries: &[EntryChange], found: &mut Found<'_>) {
        let names = |section: &str| -> BTreeSet<&str> {
            entries
                .iter()
                .filter(|entry| entry.section == section && entry.change == Change::Changed)
                .filter_map(|entry| entry.name.as_deref())
                .collect()
        };
        let has_new_default = |name: &&str| {
            let of = |template: &'_ Template| {
                template.section("Parameters")?.get(name)?.get("Default").map(Node::to_json)
            };
            of(self.old) != of(self.new)
        };
        let mappings = names("Mappings");
        let mut parameters = names("Parameters");
        parameters.retain(has_new_default);
        let conditions = self.conditions(names("Conditions"), &parameters, &mappings);
        let nothing = mappings.is_empty() && parameters.is_empty() && conditions.is_empty();
        if nothing && self.foreign.is_empty() {
            return;
        }
        let mut effects: Vec<(Effect, bool, String)> = Vec::new();
        self.each_mention(&mut |id, path, mention| {
            let reason = match mention {
                Mention::Ref(name) if parameters.contains(name) => {
                    Some((false, format!("the default of the parameter `{name}` changes")))
                }
                Mention::FindInMap(arguments) => self
                    .found_in_map(&mappings, arguments)
                    .map(|(name, certain)| (certain, format!("the mapping `{name}` changes"))),
                Mention::Condition(name) if conditions.contains(name) => {
                    Some((false, format!("the condition `{name}` changes")))
                }
                Mention::Import(_) | Mention::StackOutput(_) => {
                    let output = self.foreign.iter().find(|output| output.is_meant_by(mention));
                    output.map(|output| {
                        let verb = if output.certain { "changes" } else { "may change" };
                        let ForeignOutput { stack, output: name, .. } = output;
                        (output.certain, format!("the output `{name}` of `{stack}` {verb}"))
                    })
                }
                _ => None,
            };
            if let Some((certain, cause)) = reason {
                let effect = Effect::at(id, path);
                effects.push((effect, certain, cause));
            }
        });
        for (effect, certain, cause) in effects {
            self.apply(&effect, certain, false, cause, found);
        }
        for resource in self.new.resources() {
            let condition = resource.body().get("Condition").and_then(Node::as_str);
            if let Some(name) = condition.filter(|name| conditions.contains(*name)) {
                let effect = Effect {
                    id: resource.logical_id().clone(),
                    path: "Condition".to_owned(),
                    table: String::new(),
                };
                let cause = format!("the condition `{name}` changes: it may be made or removed");
                self.apply(&effect, false, false, cause, found);
            }
        }
    }

    /// The conditions that change, with those that are made of them.
    fn conditions<'s>(
        &'s self,
        mut changed: BTreeSet<&'s str>,
        parameters: &BTreeSet<&str>,
        mappings: &BTreeSet<&str>,
    ) -> BTreeSet<&'s str> {
        let all: &Map = match self.new.section("Conditions") {
            Some(conditions) => conditions,
            None => return changed,
        };
        loop {
            let before = changed.len();
            for (name, condition) in all.iter() {
                let mut affected = false;
                mentions(condition, &mut Path::default(), &mut |_, mention| {
                    affected |= match mention {
                        Mention::Condition(other) => changed.contains(other),
                        Mention::Ref(parameter) => parameters.contains(parameter),
                        Mention::FindInMap(arguments) => {
                            self.found_in_map(mappings, arguments).is_some()
                        }
                        Mention::GetAtt(..) | Mention::Import(_) | Mention::StackOutput(_) => false,
                    };
                });
                if affected {
                    changed.insert(name);
                }
            }
            if changed.len() == before {
                return changed;
            }
        }
    }

    /// The mapping, if what is looked up in it may be another value now, and whether it surely is.
    fn found_in_map<'s>(
        &self,
        changed: &BTreeSet<&'s str>,
        arguments: &[Node],
    ) -> Option<(&'s str, bool)> {
        let name = *changed.get(arguments.first()?.as_str()?)?;
        let of = |template: &'_ Template| -> Map {
            let mapping = template.section("Mappings").and_then(|all| all.get(name));
            mapping.and_then(Node::as_map).cloned().unwrap_or_default()
        };
        let (old, new) = (of(self.old), of(self.new));
        let (first, second) = (arguments.get(1), arguments.get(2));
        let (first, second) = (first.and_then(Node::as_str), second.and_then(Node::as_str));
        let mut keys: Vec<&str> = old.keys().chain(new.keys()).map(|key| key.as_str()).collect();
        if let Some(first) = first {
            keys.retain(|key| *key == first);
        }
        let value = |map: &Map, key: &str| -> Option<Node> {
            let entry = map.get(key)?;
            second.map_or(Some(entry), |second| entry.get(second)).cloned()
        };
        let differs = |key: &&str| match (value(&old, key), value(&new, key)) {
            (Some(old), Some(new)) => !equal(&old, &new, Place::Unknown),
            (old, new) => old.is_some() != new.is_some(),
        };
        keys.iter().any(differs).then_some((name, first.is_some() && second.is_some()))
    }

    /// Adds an effect to the change of its resource, if it says more than what is there.
    fn apply(
        &self,
        effect: &Effect,
        certain: bool,
        only_if_it_may_replace: bool,
        cause: String,
        found: &mut Found<'_>,
    ) {
        let (Some(before), Some(after)) =
            (self.old_ids.get(effect.id.as_str()), self.new_ids.get(effect.id.as_str()))
        else {
            return;
        };
        let is_condition = effect.table.is_empty();
        let replacement = match rules(after, self.types).replacement(&effect.table) {
            _ if is_condition => Replacement::Maybe,
            Replacement::Yes if !certain => Replacement::Maybe,
            verdict => verdict,
        };
        // That something may be updated because something else may be replaced helps nobody.
        if !certain && only_if_it_may_replace && replacement == Replacement::No {
            return;
        }
        let Found { resources, places, queue } = found;
        let index = *places.entry(effect.id.clone()).or_insert_with(|| {
            resources.push(change(after, Impact::Update, self.types));
            resources.len() - 1
        });
        let changed = &mut resources[index];
        let list = if is_condition { &mut changed.attributes } else { &mut changed.properties };
        let known = list.iter_mut().find(|known| known.path == effect.path);
        match known {
            Some(known) if known.replacement >= replacement => return,
            // The template itself says something else now: the value is another one anyway.
            Some(known) if known.cause.is_none() => return,
            Some(known) => (known.replacement, known.cause) = (replacement, Some(cause)),
            None => {
                let value = |properties: Option<&Map>| {
                    if is_condition {
                        return None;
                    }
                    let mut steps = effect.path.split('.');
                    let root = Node::Map(properties?.clone());
                    steps.try_fold(root, |node, step| match (&node, step.parse::<usize>()) {
                        (Node::List(items), Ok(index)) => items.get(index).cloned(),
                        _ => node.get(step).cloned(),
                    })
                };
                list.push(PropertyChange {
                    path: effect.path.clone(),
                    old: value(before.properties()),
                    new: value(after.properties()),
                    replacement,
                    cause: Some(cause),
                });
            }
        }
        let impact = changed.impact;
        judge(changed, before, after, self.types);
        if changed.impact != impact
            && matches!(changed.impact, Impact::Replace | Impact::MayReplace)
        {
            queue.push_back(effect.id.clone());
        }
    }

    /// Outputs whose values change with resources that are replaced.
    fn outputs(&self, found: &Found<'_>, entries: &mut Vec<EntryChange>) {
        for (name, output) in self.new.outputs() {
            let is_known = entries
                .iter()
                .any(|entry| entry.section == "Outputs" && entry.name.as_ref() == Some(name));
            let is_old = self.old.section("Outputs").is_some_and(|old| old.contains_key(name));
            let Some(value) = output.get("Value").filter(|_| is_old && !is_known) else { continue };
            let mut cause = None;
            mentions(value, &mut Path::default(), &mut |_, mention| {
                let (Mention::Ref(id) | Mention::GetAtt(id, _)) = mention else { return };
                let Some(&index) = found.places.get(id) else { return };
                let impact = found.resources[index].impact;
                if let Some((true, what)) = self.value_changes(id, mention, impact) {
                    cause = Some(format!("`{id}` {what}"));
                }
            });
            if let Some(cause) = cause {
                entries.push(EntryChange {
                    section: "Outputs".into(),
                    name: Some(name.clone()),
                    change: Change::Changed,
                    values: vec![PropertyChange {
                        path: "Value".to_owned(),
                        old: Some(value.clone()),
                        new: Some(value.clone()),
                        replacement: Replacement::No,
                        cause: Some(cause),
                    }],
                    notes: Vec::new(),
                });
            }
        }
    }
}
