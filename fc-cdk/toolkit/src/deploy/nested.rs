//! Nested stacks: where they are in the templates around them, and what is deployed of them.

use fc_cdk_core::{
    StackArtifact, Template,
    diff::{StackDiff, StackSide, Types, diff_stacks},
};

use super::in_use;
use crate::aws::{Target, cloudformation::StackResource, error::AwsError};

/// The stack around a nested one, and the logical id that it has there.
pub(crate) fn holder<'a>(
    nested: &StackArtifact,
    mut among: impl Iterator<Item = &'a StackArtifact>,
) -> Option<(&'a StackArtifact, String)> {
    let (path, id) = nested.display_name().rsplit_once('/')?;
    let construct = format!("{path}/{id}.NestedStack/{id}.NestedStackResource");
    among.find_map(|stack| {
        let mut ids = stack.template().resource_ids();
        let found = ids.find(|id| stack.source_of(id).is_some_and(|(path, _)| path == construct));
        found.map(|id| (stack, id.to_string()))
    })
}

/// The stacks nested in one that is deployed, which is named by its ARN or name: each with its ARN, those around others first. Those that are
/// not deployed are left out. The stack around all comes first in `artifacts`.
///
/// # Errors
///
/// What every call may fail by.
pub(crate) async fn deployed<'a>(
    target: &Target,
    stack: &str,
    artifacts: &[&'a StackArtifact],
) -> Result<Vec<(&'a StackArtifact, String)>, AwsError> {
    let Some((top, nested)) = artifacts.split_first() else { return Ok(Vec::new()) };
    let mut nested = nested.to_vec();
    nested.sort_by_key(|stack| stack.display_name().len());
    let mut resources: Vec<(String, Vec<StackResource>)> = Vec::new();
    let mut found: Vec<(&StackArtifact, String)> = Vec::new();
    for artifact in nested {
        let Some((around, logical_id)) = holder(artifact, artifacts.iter().copied()) else {
            continue;
        };
        let around = match around.display_name() == top.display_name() {
            true => Some(stack),
            false => found
                .iter()
                .find(|(known, _)| known.display_name() == around.display_name())
                .map(|(_, id)| id.as_str()),
        };
        let Some(around) = around.map(str::to_owned) else { continue };
        if !resources.iter().any(|(known, _)| *known == around) {
            let all = target.cloudformation().resources(&around).await?;
            resources.push((around.clone(), all));
        }
        let of_around = resources.iter().filter(|(known, _)| *known == around);
        let resource = of_around.flat_map(|(_, all)| all).find(|it| it.logical_id == logical_id);
        if let Some(id) = resource.and_then(|it| it.physical_id.clone()) {
            found.push((artifact, id));
        }
    }
    Ok(found)
}

/// How the stacks nested in one differ from those that are deployed in it, which is named by its ARN; `None` where it is not deployed. The stack
/// around others comes first in `artifacts`.
///
/// # Errors
///
/// What every call may fail by.
pub(crate) async fn compare(
    target: &Target,
    stack: Option<&str>,
    artifacts: &[&StackArtifact],
    types: Types<'_>,
) -> Result<Vec<StackDiff>, AwsError> {
    let found = match stack {
        Some(stack) => deployed(target, stack, artifacts).await?,
        None => Vec::new(),
    };
    let mut templates: Vec<(&str, Template)> = Vec::new();
    for (artifact, id) in &found {
        let text = target.cloudformation().template(id).await?;
        if let Some(mut template) = text.as_deref().and_then(|text| Template::parse(text).ok()) {
            in_use::unstamp(&mut template);
            templates.push((artifact.display_name(), template));
        }
    }
    let old: Vec<StackSide<'_>> =
        templates.iter().map(|(name, template)| StackSide::of_template(name, template)).collect();
    let mut nested: Vec<&StackArtifact> = artifacts.iter().skip(1).copied().collect();
    nested.sort_by_key(|stack| stack.display_name().len());
    let new: Vec<StackSide<'_>> = nested.into_iter().map(StackSide::of_artifact).collect();
    Ok(diff_stacks(&old, &new, types))
}
