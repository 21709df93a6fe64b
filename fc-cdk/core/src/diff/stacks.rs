//! All stacks of two sets: two assemblies, or an app and a folder of templates.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{
    TemplateDiff, Types, diff, diff_with,
    entries::of_stack,
    knock_on::ForeignOutput,
    model::{Change, EntryChange, Impact, ResourceChange},
    resources::change,
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
    /// Whether the stack comes, goes or changes; `None` where it stays as it is, though constructs may have
    /// [moved](Impact::Moved) in the app.
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

    /// The paths of constructs by logical id, by the manifest.
    fn construct_paths(&self) -> FxHashMap<&'a str, &'a str> {
        let metadata = self.manifest.and_then(|manifest| manifest.get("metadata"));
        let entries = metadata.and_then(Node::as_map).into_iter().flat_map(Map::iter);
        let ids = entries.flat_map(|(path, entries)| {
            let entries = entries.as_list().unwrap_or_default().iter();
            let ids = entries.filter(|entry| {
                entry.get("type").and_then(Node::as_str) == Some("aws:cdk:logicalId")
            });
            ids.filter_map(|entry| entry.get("data")?.as_str())
                .map(move |id| (id, path.trim_start_matches('/')))
        });
        ids.collect()
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
        let change = match before {
            None => Some(Change::Added),
            Some(_) => (!template.is_empty()).then_some(Change::Changed),
        };
        if let Some(before) = before {
            moves(before, after, &mut template, types);
        }
        for change in &mut template.resources {
            locate(change, after);
        }
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

/// Notes the constructs that have another path now, where both sides tell: also where the logical id stays by `moved!`, and nothing happens.
fn moves(
    before: &StackSide<'_>,
    after: &StackSide<'_>,
    changes: &mut TemplateDiff,
    types: Types<'_>,
) {
    let old_paths = before.construct_paths();
    if old_paths.is_empty() {
        return;
    }
    // What a construct of the AWS CDK makes is called `Resource`, and may be the construct itself here.
    let construct = |path: &str| path.strip_suffix("/Resource").unwrap_or(path).to_owned();
    for resource in after.template.resources() {
        let id = resource.logical_id();
        let Some((path, _)) = after.artifact.and_then(|artifact| artifact.source_of(id)) else {
            continue;
        };
        let known = changes.resources.iter_mut().find(|change| change.logical_id == *id);
        let old_id = known.as_ref().and_then(|change| change.old_logical_id.clone());
        let old_id = old_id.unwrap_or_else(|| id.clone());
        let Some(old_path) = old_paths.get(old_id.as_str()) else { continue };
        if construct(old_path) == construct(path) {
            continue;
        }
        match known {
            Some(change) => {
                change.old_construct_path = Some((*old_path).to_owned());
                let below = |path: &str, stack: &str| {
                    Some(path.strip_prefix(stack)?.strip_prefix('/')?.to_owned())
                };
                let names = (below(old_path, before.name), below(path, after.name));
                if let (Impact::Rename, (Some(old), Some(new))) = (change.impact, names)
                    && let Some(note) = change.notes.first_mut()
                {
                    *note = format!(
                        "it is the same under another logical id: `moved!(stack, \"{old}\" => \"{new}\")` keeps it"
                    );
                }
            }
            None => changes.resources.push(ResourceChange {
                old_construct_path: Some((*old_path).to_owned()),
                ..change(&resource, Impact::Moved, types)
            }),
        }
    }
}

/// Sets where a resource comes from.
fn locate(change: &mut ResourceChange, after: &StackSide<'_>) {
    let found = after.artifact.and_then(|artifact| artifact.source_of(&change.logical_id));
    if let Some((path, location)) = found {
        change.construct_path = Some(path.to_owned());
        change.source = Some(location);
    }
}
