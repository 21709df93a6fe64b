//! Two updates: what leaves is kept, then taken out.

use std::collections::BTreeMap;

use fc_cdk_core::{Assembly, Map, Node, StackArtifact, Template, json, rules::nearest};

use super::rewrite::Leaving;
use crate::{
    aws::{Aws, Target},
    deploy::{
        apply::{Applied, Current, Text, apply, change_to},
        nested,
    },
    error::{Error, Exit},
    session::Session,
};

/// Outputs by which values of attributes are learned.
const OUTPUT: &str = "FcCdkOrphanValue";

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let paths: Vec<String> =
        session.args.get_many::<String>("paths").into_iter().flatten().cloned().collect();
    let synthesis = session.synthesize_or_report()?;
    let aws = Aws::connect(session)?;
    let assembly = synthesis.assembly();
    let stacks: Vec<&StackArtifact> = assembly.stacks().iter().collect();
    let mut groups: BTreeMap<&str, (&StackArtifact, Vec<&str>)> = BTreeMap::new();
    for path in &paths {
        let stack = stack_of(&stacks, path)?;
        groups.entry(stack.display_name()).or_insert((stack, Vec::new())).1.push(path);
    }
    for (stack, paths) in groups.into_values() {
        let target = aws.target(stack.environment())?;
        let not_deployed =
            || Error::new(format!("the stack `{}` is not deployed", stack.display_name()));
        let place = aws.block_on(Place::find(&target, assembly, stack))?;
        let place = place.ok_or_else(not_deployed)?;
        let current = aws.block_on(Current::read(&target, &place.id))?.ok_or_else(not_deployed)?;
        orphan(session, &aws, &place, current, &paths)?;
    }
    Ok(Exit::Ok)
}

/// Where a stack is deployed.
struct Place<'a> {
    stack: &'a StackArtifact,
    target: &'a Target,
    /// Its name; the ARN of one that is nested.
    id: String,
    /// The stacks around one that is nested, the nearest first: the name or ARN of each, and the logical id of what is nested in it.
    around: Vec<(String, String)>,
}

impl<'a> Place<'a> {
    /// `None` where a nested stack is not deployed.
    async fn find(
        target: &'a Target,
        assembly: &Assembly,
        stack: &'a StackArtifact,
    ) -> Result<Option<Place<'a>>, Error> {
        let mut place =
            Place { stack, target, id: stack.stack_name().to_owned(), around: Vec::new() };
        if !stack.is_nested() {
            return Ok(Some(place));
        }
        let is_around = |top: &&StackArtifact| {
            let nested = assembly.nested_stacks(top);
            !top.is_nested() && nested.iter().any(|it| it.display_name() == stack.display_name())
        };
        let Some(top) = assembly.stacks().iter().find(is_around) else { return Ok(None) };
        let artifacts = [&[top][..], &assembly.nested_stacks(top)].concat();
        let mut ids = nested::deployed(target, top.stack_name(), &artifacts).await?;
        ids.push((top, top.stack_name().to_owned()));
        let id_of = |stack: &StackArtifact| {
            let found = ids.iter().find(|(it, _)| it.display_name() == stack.display_name());
            found.map(|(_, id)| id.clone())
        };
        let Some(id) = id_of(stack) else { return Ok(None) };
        place.id = id;
        let mut inner = stack;
        while let Some((around, logical_id)) = nested::holder(inner, artifacts.iter().copied()) {
            let Some(id) = id_of(around) else { return Ok(None) };
            place.around.push((id, logical_id));
            inner = around;
        }
        Ok(Some(place))
    }
}

/// The stack that a path leads into.
fn stack_of<'a>(stacks: &[&'a StackArtifact], path: &str) -> Result<&'a StackArtifact, Error> {
    let inside = |stack: &&&StackArtifact| {
        path.strip_prefix(stack.display_name()).is_some_and(|rest| rest.starts_with('/'))
    };
    stacks.iter().filter(inside).max_by_key(|stack| stack.display_name().len()).copied().ok_or_else(
        || {
            let names: Vec<&str> = stacks.iter().map(|stack| stack.display_name()).collect();
            Error::new(format!("`{path}` leads into no stack"))
                .help(format!("write STACK/CONSTRUCT; the stacks are {}", names.join(", ")))
        },
    )
}

fn orphan(
    session: &mut Session<'_>,
    aws: &Aws,
    place: &Place<'_>,
    mut current: Current,
    paths: &[&str],
) -> Result<(), Error> {
    let (stack, target) = (place.stack, place.target);
    // Those of a run that was interrupted.
    let outputs = current.template.sections_mut().get_mut("Outputs").and_then(Node::as_map_mut);
    if let Some(outputs) = outputs {
        let ours: Vec<_> =
            outputs.keys().filter(|name| name.starts_with(OUTPUT)).cloned().collect();
        ours.iter().for_each(|name| drop(outputs.remove(name)));
    }
    let ids = leaving_ids(session, stack, &current.template, paths)?;
    if ids.is_empty() {
        return Ok(());
    }
    let resources = aws.block_on(target.cloudformation().resources(&place.id))?;
    let mut leaving = Leaving::default();
    for id in &ids {
        let resource = resources.iter().find(|it| it.logical_id == *id);
        let Some(physical_id) = resource.and_then(|it| it.physical_id.clone()) else {
            return Err(Error::new(format!("`{id}` has no physical id: it was not made"))
                .help("take it out of the code, and deploy"));
        };
        leaving.physical_ids.insert(id.clone(), physical_id);
    }
    let (kept, read) = keep(&current.template, &leaving);
    let info = change(session, aws, place, &current, &kept)?;
    for (index, key) in read.into_iter().enumerate() {
        let name = format!("{OUTPUT}{index}");
        let Some(output) = info.info.outputs.iter().find(|output| output.name == name) else {
            return Err(Error::new(format!("CloudFormation does not tell `{}.{}`", key.0, key.1))
                .help("replace the reference by its value in the code, deploy, and run the command again"));
        };
        leaving.attributes.insert(key, output.value.clone());
    }
    let rest = take_out(&current.template, &leaving);
    change(session, aws, place, &info, &rest)?;
    for (logical_id, physical_id) in &leaving.physical_ids {
        let type_name = current.template.resource(logical_id).map(|it| it.type_name().to_owned());
        session.terminal.line(format_args!(
            "`{}` has left the stack `{}`: {} {physical_id}",
            stack.source_of(logical_id).map_or(logical_id.as_str(), |(path, _)| path),
            stack.display_name(),
            type_name.unwrap_or_default()
        ))?;
    }
    session.terminal.note(
        "take it out of the code, too, or the next deployment makes a new one; `import` takes it back",
    );
    Ok(())
}

/// The logical ids in the deployed template that the paths name.
fn leaving_ids(
    session: &mut Session<'_>,
    stack: &StackArtifact,
    deployed: &Template,
    paths: &[&str],
) -> Result<Vec<String>, Error> {
    let names: Vec<(String, Vec<String>)> = deployed
        .resources()
        .map(|resource| {
            let id = resource.logical_id().to_string();
            let of_app = stack.source_of(&id).map(|(path, _)| path.to_owned());
            let of_template = resource.construct_path().map(str::to_owned);
            let by_id = format!("{}/{id}", stack.display_name());
            (id, of_app.into_iter().chain(of_template).chain([by_id]).collect())
        })
        .collect();
    let mut ids = Vec::new();
    for path in paths {
        let names_it = |name: &String| {
            name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let found: Vec<&String> = names
            .iter()
            .filter(|(_, names)| names.iter().any(names_it))
            .map(|(id, _)| id)
            .collect();
        if found.is_empty() {
            let in_app = stack
                .template()
                .resource_ids()
                .any(|id| stack.source_of(id).is_some_and(|(name, _)| names_it(&name.to_owned())));
            if !in_app {
                let all = names.iter().flat_map(|(_, names)| names).map(String::as_str);
                let error = Error::new(format!(
                    "there is no resource at `{path}`, neither deployed nor in the app"
                ));
                return Err(match nearest(path, all) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("`tree` shows the constructs with their paths"),
                });
            }
            // Whoever runs it again has what was wanted.
            session.terminal.note(format_args!("`{path}` is not in the deployed stack"));
        }
        ids.extend(found.into_iter().cloned());
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// The template in which what leaves is kept, and outputs tell what others read of it.
fn keep(template: &Template, leaving: &Leaving) -> (Template, Vec<(String, String)>) {
    let mut kept = template.clone();
    let resources = kept.sections_mut().get_mut("Resources").and_then(Node::as_map_mut);
    for (id, resource) in resources.into_iter().flat_map(Map::iter_mut) {
        if let (true, Some(body)) =
            (leaving.physical_ids.contains_key(id.as_str()), resource.as_map_mut())
        {
            body.insert("DeletionPolicy", "Retain");
            body.insert("UpdateReplacePolicy", "Retain");
            // Outputs alone are no change to a change set.
            let metadata = body.get_or_insert_with("Metadata", || Node::Map(Map::new()));
            if let Some(metadata) = metadata.as_map_mut() {
                metadata.insert("fc-cdk:orphan", true);
            }
        }
    }
    let read: Vec<(String, String)> =
        leaving.attributes_read(&Node::Map(staying(template, leaving))).into_iter().collect();
    for (index, (id, attribute)) in read.iter().enumerate() {
        let mut output = json!({ "Value": { "Fn::GetAtt": [id.as_str(), attribute.as_str()] } });
        let condition = template.resource(id).and_then(|it| it.body().get("Condition").cloned());
        if let (Some(condition), Some(output)) = (condition, output.as_map_mut()) {
            output.insert("Condition", condition);
        }
        kept.insert("Outputs", format!("{OUTPUT}{index}"), output);
    }
    (kept, read)
}

/// The template without what leaves, and with values in place of references to it.
fn take_out(template: &Template, leaving: &Leaving) -> Template {
    match leaving.rewrite(&Node::Map(staying(template, leaving))) {
        Node::Map(sections) => Template::from_sections(sections),
        _ => template.clone(),
    }
}

/// The sections of a template without what leaves.
fn staying(template: &Template, leaving: &Leaving) -> Map {
    let mut sections = template.sections().clone();
    if let Some(resources) = sections.get_mut("Resources").and_then(Node::as_map_mut) {
        for id in leaving.physical_ids.keys() {
            resources.remove(id);
        }
        if resources.is_empty() {
            // CloudFormation wants one resource at least.
            resources
                .insert("Nothing", json!({ "Type": "AWS::CloudFormation::WaitConditionHandle" }));
        }
    }
    sections
}

/// Brings the stack to a template, and reads it again. A nested one is changed through those around it, which get the place of its template.
fn change(
    session: &mut Session<'_>,
    aws: &Aws,
    place: &Place<'_>,
    current: &Current,
    template: &Template,
) -> Result<Current, Error> {
    let target = place.target;
    aws.block_on(async {
        let mut changed = template.clone();
        let mut outer: Option<Current> = None;
        for (around, logical_id) in &place.around {
            let bucket = target.asset_bucket();
            let url = Text::of(&changed).publish(target, &bucket).await?;
            let Some(read) = Current::read(target, around).await? else {
                return Err(Error::new(format!("the stack `{around}` is not deployed any more")));
            };
            changed = read.template.clone();
            let resources = changed.sections_mut().get_mut("Resources");
            let resource =
                resources.and_then(Node::as_map_mut).and_then(|all| all.get_mut(logical_id));
            let properties =
                resource.and_then(Node::as_map_mut).and_then(|it| it.get_mut("Properties"));
            if let Some(properties) = properties.and_then(Node::as_map_mut) {
                properties.insert("TemplateURL", url);
            }
            outer = Some(read);
        }
        let outermost = place.around.last().map_or(&place.id, |(id, _)| id);
        let info = outer.as_ref().map_or(&current.info, |outer| &outer.info);
        let new = change_to(target, outermost, Some(info), &changed, "orphan").await?;
        let info = match apply(target, &new, &[], true, session.terminal).await? {
            Applied::Done(info) => info,
            Applied::Unchanged | Applied::Made(_) => info.clone(),
        };
        let info = match place.around.is_empty() {
            true => info,
            false => target.cloudformation().stack(&place.id).await?.unwrap_or(info),
        };
        Ok(Current { info, template: template.clone() })
    })
}
