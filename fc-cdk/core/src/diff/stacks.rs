//! All stacks of two sets: two assemblies, or an app and a folder of templates.

use smol_str::SmolStr;

use super::{
    TemplateDiff, Types, diff, diff_with,
    entries::of_stack,
    knock_on::ForeignOutput,
    model::{Change, EntryChange, Impact, ResourceChange},
};
use crate::{
    assembly::StackArtifact,
    node::{Map, Node},
    template::Template,
};

/// A stack on one side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct StackSide<'a> {
    /// What people call it, such as `Prod/Network`.
    pub name: &'a str,
    /// Its template.
    pub template: &'a Template,
    /// The stack as synth made it, for source lines, tags and termination protection.
    pub artifact: Option<&'a StackArtifact>,
    /// The stack's entry in a `manifest.json`, for tags and termination protection.
    pub manifest: Option<&'a Node>,
}

/// How a stack differs.
#[derive(Clone, Debug, PartialEq)]
pub struct StackDiff {
    /// What people call the stack.
    pub name: SmolStr,
    /// Whether the stack comes, goes or changes; `None` where it stays as it is.
    pub change: Option<Change>,
    /// How its template differs; from an empty one where the stack is new, to an empty one where it goes.
    pub template: TemplateDiff,
}

impl<'a> StackSide<'a> {
    /// A template by itself.
    pub const fn of_template(name: &'a str, template: &'a Template) -> StackSide<'a> {
        StackSide { name, template, artifact: None, manifest: None }
    }

    /// A stack that synth made.
    pub fn of_artifact(artifact: &'a StackArtifact) -> StackSide<'a> {
        StackSide {
            name: artifact.display_name(),
            template: artifact.template(),
            artifact: Some(artifact),
            manifest: None,
        }
    }

    /// What CloudFormation calls the stack.
    fn stack_name(&self) -> &'a str {
        let artifact = self.artifact.map(StackArtifact::stack_name);
        let manifest = || self.manifest?.pointer("/properties/stackName")?.as_str();
        artifact.or_else(manifest).unwrap_or(self.name)
    }

    /// Tags of the stack, where anything is known of them.
    fn tags(&self) -> Option<Map> {
        if let Some(artifact) = self.artifact {
            let tags = artifact.tags().iter();
            return Some(tags.map(|(key, value)| (key.clone(), value.clone())).collect());
        }
        let properties = self.manifest?.get("properties")?;
        Some(properties.get("tags").and_then(Node::as_map).cloned().unwrap_or_default())
    }

    fn termination_protection(&self) -> Option<bool> {
        if let Some(artifact) = self.artifact {
            return Some(artifact.termination_protection());
        }
        let properties = self.manifest?.get("properties")?;
        Some(properties.get("terminationProtection").and_then(Node::as_bool).unwrap_or(false))
    }

    /// The path of the construct behind a logical id, by the manifest.
    fn construct_path(&self, logical_id: &str) -> Option<&'a str> {
        let metadata = self.manifest?.get("metadata")?.as_map()?;
        let is_it = |entry: &Node| {
            entry.get("type").and_then(Node::as_str) == Some("aws:cdk:logicalId")
                && entry.get("data").and_then(Node::as_str) == Some(logical_id)
        };
        let (path, _) = metadata
            .iter()
            .find(|(_, entries)| entries.as_list().unwrap_or_default().iter().any(is_it))?;
        Some(path.trim_start_matches('/'))
    }
}

/// Compares all stacks of two sets, paired by name: first those of the new set in its order, then those that are gone.
///
/// An output that changes is followed into the stacks after it, so the new set should be in the order of deployment, as synth
/// gives it.
pub fn diff_stacks(
    old: &[StackSide<'_>],
    new: &[StackSide<'_>],
    types: Types<'_>,
) -> Vec<StackDiff> {
    let empty = Template::new();
    let mut stacks = Vec::with_capacity(new.len());
    let mut outputs: Vec<ForeignOutput> = Vec::new();
    for after in new {
        let before = old.iter().find(|before| before.name == after.name);
        let old_template = before.map_or(&empty, |side| side.template);
        let mut template = diff_with(old_template, after.template, types, &outputs);
        outputs.extend(changed_outputs(after, &template));
        if let Some(before) = before {
            beside_template(before, after, &mut template);
        }
        for change in &mut template.resources {
            locate(change, before, after);
        }
        let change = match before {
            None => Some(Change::Added),
            Some(_) => (!template.is_empty()).then_some(Change::Changed),
        };
        stacks.push(StackDiff { name: after.name.into(), change, template });
    }
    for before in old.iter().filter(|before| !new.iter().any(|after| after.name == before.name)) {
        let template = diff(before.template, &empty, types);
        stacks.push(StackDiff {
            name: before.name.into(),
            change: Some(Change::Removed),
            template,
        });
    }
    stacks
}

/// The outputs of a stack that change.
fn changed_outputs(side: &StackSide<'_>, changes: &TemplateDiff) -> Vec<ForeignOutput> {
    let is_output =
        |entry: &&EntryChange| entry.section == "Outputs" && entry.change == Change::Changed;
    let outputs = changes.entries.iter().filter(is_output).filter_map(|entry| {
        let value = entry.values.iter().find(|value| value.path.starts_with("Value"))?;
        let name = entry.name.clone()?;
        let output = side.template.section("Outputs")?.get(&name)?;
        Some(ForeignOutput {
            stack: side.name.into(),
            stack_name: side.stack_name().into(),
            export: output.pointer("/Export/Name").cloned(),
            output: name,
            certain: value.cause.is_some(),
        })
    });
    outputs.collect()
}

/// Tags and termination protection, where both sides tell.
fn beside_template(before: &StackSide<'_>, after: &StackSide<'_>, changes: &mut TemplateDiff) {
    let mut entries = Vec::new();
    if let (Some(old), Some(new)) =
        (before.termination_protection(), after.termination_protection())
        && old != new
    {
        entries.push(of_stack("TerminationProtection", Some(old.into()), Some(new.into())));
    }
    if let (Some(old), Some(new)) = (before.tags(), after.tags()) {
        let gone = old.keys().filter(|key| !new.contains_key(key));
        for key in new.keys().chain(gone) {
            let (old, new) = (old.get(key), new.get(key));
            if old != new {
                entries.push(of_stack(&format!("Tags[{key}]"), old.cloned(), new.cloned()));
            }
        }
    }
    changes.entries.splice(0..0, entries);
}

/// Sets where a resource comes from.
fn locate(change: &mut ResourceChange, before: Option<&StackSide<'_>>, after: &StackSide<'_>) {
    if let Some((path, location)) =
        after.artifact.and_then(|artifact| artifact.source_of(&change.logical_id))
    {
        change.construct_path = Some(path.to_owned());
        change.source = Some(location);
    }
    if change.impact == Impact::Rename && change.old_construct_path.is_none() {
        let old_id = change.old_logical_id.as_deref();
        let path = old_id.and_then(|id| before?.construct_path(id));
        change.old_construct_path = path.map(str::to_owned);
    }
}
