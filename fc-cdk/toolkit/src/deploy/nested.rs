//! Nested stacks: where they are in the templates around them, and what is deployed of them.

use fc_cdk_core::{
    StackArtifact, Template,
    diff::{StackDiff, StackSide, Types, diff_stacks},
};

use super::in_use;
use crate::aws::{Target, error::AwsError};

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
    let cloudformation = target.cloudformation();
    let Some((top, nested)) = artifacts.split_first() else { return Ok(Vec::new()) };
    let mut ids: Vec<(&str, String)> =
        stack.iter().map(|id| (top.display_name(), (*id).to_owned())).collect();
    let mut deployed: Vec<(&str, Template)> = Vec::new();
    let mut nested = nested.to_vec();
    // Those around others first.
    nested.sort_by_key(|stack| stack.display_name().len());
    for artifact in &nested {
        let Some((around, logical_id)) = holder(artifact, artifacts.iter().copied()) else {
            continue;
        };
        let known = ids.iter().find(|(name, _)| *name == around.display_name());
        let Some((_, around)) = known else { continue };
        let resources = cloudformation.resources(around).await?;
        let resource = resources.into_iter().find(|it| it.logical_id == logical_id);
        let Some(id) = resource.and_then(|it| it.physical_id) else { continue };
        let text = cloudformation.template(&id).await?;
        if let Some(mut template) = text.as_deref().and_then(|text| Template::parse(text).ok()) {
            in_use::unstamp(&mut template);
            deployed.push((artifact.display_name(), template));
        }
        ids.push((artifact.display_name(), id));
    }
    let old: Vec<StackSide<'_>> =
        deployed.iter().map(|(name, template)| StackSide::of_template(name, template)).collect();
    let new: Vec<StackSide<'_>> = nested.iter().map(|it| StackSide::of_artifact(it)).collect();
    Ok(diff_stacks(&old, &new, types))
}
