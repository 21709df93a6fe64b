//! Against what is deployed.

use fc_cdk_core::{
    Assembly, Map, Node, StackArtifact, Template,
    diff::{StackDiff, StackSide, diff_stacks},
    json,
};
use futures_util::future::{join, try_join_all};

use super::{change_sets, stacks_of};
use crate::{
    aws::{
        Aws, Target,
        cloudformation::StackInfo,
        error::{AwsError, Kind},
    },
    deploy::{nested, status::OnDeploy},
    error::Error,
    session::Session,
    synthesis::Synthesis,
};

/// Compares the stacks that are asked for with those that are deployed.
pub(super) fn diff(
    session: &mut Session<'_>,
    synthesis: &Synthesis,
    aws: &Aws,
) -> Result<Vec<StackDiff>, Error> {
    let stacks = synthesis.select_deployable(&stacks_of(session.args))?;
    let groups: Vec<Group<'_>> = stacks
        .into_iter()
        .map(|stack| Group::new(synthesis.assembly(), stack, aws))
        .collect::<Result<_, _>>()?;
    let deployed = aws.block_on(try_join_all(groups.iter().map(Group::read)))?;
    let deployed: Vec<Deployed> =
        deployed.into_iter().flatten().map(Raw::parse).collect::<Result<_, _>>()?;
    deployed.iter().filter_map(Deployed::note).for_each(|note| session.terminal.note(note));
    let old: Vec<StackSide<'_>> = deployed.iter().map(Deployed::side).collect();
    let new: Vec<StackSide<'_>> =
        groups.iter().flat_map(Group::stacks).map(StackSide::of_artifact).collect();
    let types = session.resource_types;
    let mut diffs = diff_stacks(&old, &new, &types);
    if session.args.get_flag("change-set") {
        refine(session, aws, &groups, &deployed, &mut diffs)?;
    }
    Ok(diffs)
}

/// Asks CloudFormation what it would do, stack by stack.
fn refine(
    session: &mut Session<'_>,
    aws: &Aws,
    groups: &[Group<'_>],
    deployed: &[Deployed],
    diffs: &mut [StackDiff],
) -> Result<(), Error> {
    for group in groups {
        let name = group.top.display_name();
        let Some(deployed) = deployed.iter().find(|it| it.name == name) else {
            // A new stack has nothing that could be changed.
            continue;
        };
        if !group.nested.is_empty() {
            session.terminal.note(format_args!(
                "note: no change set is made of `{name}`: the templates of its nested stacks are published by `deploy` alone"
            ));
            continue;
        }
        let asked = change_sets::ask(&group.target, group.top, &deployed.info, session.terminal);
        let changes = aws.block_on(asked)?;
        if let Some(diff) = diffs.iter_mut().find(|diff| diff.name == name) {
            change_sets::refine(diff, &changes);
        }
    }
    Ok(())
}

/// A stack, and those that are nested in it, with where they are deployed.
struct Group<'a> {
    top: &'a StackArtifact,
    nested: Vec<&'a StackArtifact>,
    target: Target,
}

impl<'a> Group<'a> {
    fn new(assembly: &'a Assembly, top: &'a StackArtifact, aws: &Aws) -> Result<Group<'a>, Error> {
        let is_inside = |stack: &&StackArtifact| {
            let rest = stack.display_name().strip_prefix(top.display_name());
            stack.is_nested() && rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let mut nested: Vec<&StackArtifact> = assembly.stacks().iter().filter(is_inside).collect();
        // Those around others first.
        nested.sort_by_key(|stack| stack.display_name().len());
        Ok(Group { top, nested, target: aws.target(top.environment())? })
    }

    fn stacks(&self) -> impl Iterator<Item = &'a StackArtifact> {
        std::iter::once(self.top).chain(self.nested.iter().copied())
    }

    /// Reads what is deployed of them.
    async fn read(&self) -> Result<Vec<Raw>, AwsError> {
        let mut found = Vec::new();
        found.extend(self.read_one(self.top, self.top.stack_name()).await?);
        for nested in &self.nested {
            let Some((around, logical_id)) = nested::holder(nested, self.stacks()) else {
                continue;
            };
            let Some(around) = found.iter().find(|it: &&Raw| it.name == around.display_name())
            else {
                continue;
            };
            let resources = self.target.cloudformation().resources(&around.info.id).await?;
            let resource = resources.into_iter().find(|it| it.logical_id == logical_id);
            if let Some(id) = resource.and_then(|it| it.physical_id) {
                found.extend(self.read_one(nested, &id).await?);
            }
        }
        Ok(found)
    }

    async fn read_one(&self, stack: &StackArtifact, id: &str) -> Result<Option<Raw>, AwsError> {
        let cloudformation = self.target.cloudformation();
        let (info, template) = join(cloudformation.stack(id), cloudformation.template(id)).await;
        // One that is gone, was only reviewed, or never got ready counts as none.
        let is_there = |info: &StackInfo| {
            !matches!(info.status.on_deploy(), OnDeploy::Create | OnDeploy::Recreate)
        };
        let Some(info) = info?.filter(is_there) else { return Ok(None) };
        let template = match template {
            Ok(template) => template,
            Err(error) if error.kind == Kind::Refused => None,
            Err(error) => return Err(error),
        };
        let name = stack.display_name().to_owned();
        Ok(template.map(|template| Raw { name, info, template }))
    }
}

/// A deployed stack as AWS tells of it.
struct Raw {
    name: String,
    info: StackInfo,
    template: String,
}

impl Raw {
    fn parse(self) -> Result<Deployed, Error> {
        let template = Template::parse(&self.template).map_err(|error| {
            Error::new(format!("the deployed template of `{}` cannot be read: {error}", self.name))
        })?;
        let mut tags = Map::new();
        for (key, value) in &self.info.tags {
            tags.insert(key.as_str(), value.as_str());
        }
        let manifest = json!({
            "properties": {
                "stackName": self.info.name.clone(),
                "tags": tags,
                "terminationProtection": self.info.termination_protection
            }
        });
        Ok(Deployed { name: self.name, info: self.info, template, manifest })
    }
}

/// A deployed stack.
struct Deployed {
    name: String,
    info: StackInfo,
    template: Template,
    /// What is said of it beside the template, as a manifest would.
    manifest: Node,
}

impl Deployed {
    fn side(&self) -> StackSide<'_> {
        // A nested stack has the tags of the one around it, whatever its template says.
        let manifest = self.info.parent_id.is_none().then_some(&self.manifest);
        StackSide { manifest, ..StackSide::of_template(&self.name, &self.template) }
    }

    /// What to know of its state, if it is no good one.
    fn note(&self) -> Option<String> {
        let status = self.info.status;
        (!status.is_good()).then(|| {
            format!("note: `{}` is in the state {status}: {}", self.name, status.meaning())
        })
    }
}
