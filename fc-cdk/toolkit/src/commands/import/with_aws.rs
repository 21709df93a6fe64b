//! One change set of the kind IMPORT.

use std::{fs, path::PathBuf};

use fc_cdk_core::{Map, Node, StackArtifact, Template};

use crate::{
    aws::{Aws, cloudformation::Imported},
    context,
    deploy::apply::{Applied, Current, apply, change_to},
    error::{Error, Exit},
    session::Session,
    table::count,
};

/// The sections that resources which are taken over may need.
const SHARED: [&str; 4] = ["Parameters", "Mappings", "Conditions", "Transform"];

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let pattern: Vec<String> =
        session.args.get_one::<String>("stack").into_iter().cloned().collect();
    let synthesis = session.synthesize_or_report()?;
    let stacks = synthesis.select_deployable(&pattern)?;
    let [stack] = stacks.as_slice() else {
        let names: Vec<&str> = stacks.iter().map(|stack| stack.display_name()).collect();
        return Err(Error::new("resources are taken into one stack at a time")
            .help(format!("name one of {}", names.join(", "))));
    };
    let aws = Aws::connect(session)?;
    let target = aws.target(stack.environment())?;
    let current = aws.block_on(Current::read(&target, stack.stack_name()))?;
    let deployed = current.as_ref().map(|current| &current.template);
    let new = new_resources(session, stack, deployed)?;
    if new.is_empty() {
        session.terminal.note(format_args!(
            "`{}` has no resource that the deployed stack has not: there is nothing to take over",
            stack.display_name()
        ));
        return Ok(Exit::Ok);
    }
    let mapping = session.args.get_one::<PathBuf>("resource-mapping");
    let mapping = match mapping {
        Some(path) => context::file(path)?
            .ok_or_else(|| Error::new(format!("there is no file `{}`", path.display())))?,
        None => Map::new(),
    };
    if let Some(path) = session.args.get_one::<PathBuf>("record-resource-mapping").cloned() {
        return record(session, stack, &new, &mapping, &path);
    }
    let mut imported = Vec::new();
    let mut missing = Vec::new();
    for id in &new {
        let Some(resource) = stack.template().resource(id) else { continue };
        let type_name = resource.type_name().to_owned();
        let mut identifier = Vec::new();
        for (name, value) in identify(session, stack, id, &mapping)? {
            match value {
                Some(value) => identifier.push((name, value)),
                None if session.terminal.is_interactive() => {
                    let path = stack.source_of(id).map_or(id.as_str(), |(path, _)| path);
                    let question = format!("{name} of {path} ({type_name})");
                    identifier.push((name, session.terminal.ask_text(&question)?));
                }
                None => missing.push(format!("{id}: {name}")),
            }
        }
        imported.push(Imported { logical_id: id.clone(), type_name, identifier });
    }
    if !missing.is_empty() {
        return Err(Error::new(format!("what identifies these is not known: {}", missing.join("; ")))
            .help("write a file by `--record-resource-mapping FILE`, fill it in, and give it by `--resource-mapping FILE`"));
    }
    let template = import_template(stack, deployed, &new);
    let done = aws.block_on(async {
        let info = current.as_ref().map(|current| &current.info);
        let set = change_to(&target, stack.stack_name(), info, &template, "import").await?;
        apply(&target, &set, &imported, true, session.terminal).await
    })?;
    if matches!(done, Applied::Done(_)) {
        session.terminal.line(format_args!(
            "`{}` has {} more",
            stack.display_name(),
            count(imported.len(), "resource")
        ))?;
        session.terminal.note(
            "`drift` shows where they differ from the templates, `diff` what is left to deploy",
        );
    }
    Ok(Exit::Ok)
}

/// The logical ids of what the app has and the deployed stack has not.
fn new_resources(
    session: &Session<'_>,
    stack: &StackArtifact,
    deployed: Option<&Template>,
) -> Result<Vec<String>, Error> {
    let is_new = |id: &str| deployed.is_none_or(|template| template.resource(id).is_none());
    let new = stack.template().resource_ids().map(ToString::to_string).filter(|id| is_new(id));
    let new: Vec<String> = new.collect();
    let only: Vec<&String> = session.args.get_many("only").into_iter().flatten().collect();
    if only.is_empty() {
        return Ok(new);
    }
    let names_it = |wanted: &str, id: &String| {
        wanted == id
            || stack.source_of(id).is_some_and(|(path, _)| {
                path.strip_prefix(wanted)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    };
    if let Some(wanted) = only.iter().find(|wanted| !new.iter().any(|id| names_it(wanted, id))) {
        return Err(Error::new(format!("`{wanted}` is no resource that could be taken over"))
            .help(format!("these could: {}", new.join(", "))));
    }
    Ok(new.into_iter().filter(|id| only.iter().any(|wanted| names_it(wanted, id))).collect())
}

/// What identifies a resource, by the names of its properties: from the file, else from the template, where that says so.
fn identify(
    session: &Session<'_>,
    stack: &StackArtifact,
    id: &str,
    mapping: &Map,
) -> Result<Vec<(String, Option<String>)>, Error> {
    let Some(resource) = stack.template().resource(id) else { return Ok(Vec::new()) };
    let given = mapping.get(id).and_then(Node::as_map);
    let spec = (session.resource_types)(resource.type_name());
    let names: Vec<String> = match (spec, given) {
        (Some(spec), _) => spec.primary_identifier().map(str::to_owned).collect(),
        (None, Some(given)) => given.keys().map(ToString::to_string).collect(),
        (None, None) => {
            return Err(Error::new(format!(
                "what identifies a `{}` is not known in this build",
                resource.type_name()
            ))
            .help(
                "turn on the cargo feature of its service, or give it by `--resource-mapping FILE`",
            ));
        }
    };
    let value = |name: &str| {
        let given = given.and_then(|given| given.get(name)).and_then(Node::as_str);
        let own = || resource.property(name).and_then(Node::as_str);
        given.or_else(own).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Ok(names.into_iter().map(|name| (name.clone(), value(&name))).collect())
}

/// Writes what is known, for somebody to fill in the rest.
fn record(
    session: &mut Session<'_>,
    stack: &StackArtifact,
    new: &[String],
    mapping: &Map,
    path: &PathBuf,
) -> Result<Exit, Error> {
    let mut all = Map::new();
    for id in new {
        let identifier = identify(session, stack, id, mapping)?;
        let mut known = Map::new();
        for (name, value) in identifier {
            known.insert(name, value.unwrap_or_default());
        }
        all.insert(id.as_str(), known);
    }
    let text = format!("{}\n", Node::Map(all).to_json_pretty());
    fs::write(path, text).map_err(|error| Error::io("write", path, &error))?;
    session.terminal.note(format_args!("wrote {}", path.display()));
    Ok(Exit::Ok)
}

/// What is deployed, with the new resources; CloudFormation takes nothing else along.
fn import_template(stack: &StackArtifact, deployed: Option<&Template>, new: &[String]) -> Template {
    let own = stack.template();
    let mut template = deployed.cloned().unwrap_or_else(Template::new);
    for section in SHARED {
        for (name, entry) in own.section(section).into_iter().flat_map(Map::iter) {
            if template.section(section).is_none_or(|all| !all.contains_key(name)) {
                template.insert(section, name.clone(), entry.clone());
            }
        }
    }
    for id in new {
        let Some(resource) = own.resource(id) else { continue };
        let mut body = resource.body().clone();
        // What is taken over needs a policy, so that a mistake does not delete it.
        if !body.contains_key("DeletionPolicy") {
            body.insert("DeletionPolicy", "Retain");
        }
        template.insert("Resources", id.as_str(), body);
    }
    template
}
