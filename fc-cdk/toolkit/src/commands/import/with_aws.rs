//! One change set of the kind IMPORT for each stack.

use std::{fs, path::PathBuf};

use fc_cdk_core::{Map, Node, StackArtifact, Template};

use crate::{
    aws::{Aws, Target, cloudformation::Imported},
    context,
    deploy::apply::{Applied, Current, apply, change_to},
    error::{Error, Exit},
    session::Session,
    table::count,
};

/// The sections that resources which are taken over may need.
const SHARED: [&str; 4] = ["Parameters", "Mappings", "Conditions", "Transform"];

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let patterns: Vec<String> =
        session.args.get_many::<String>("stacks").into_iter().flatten().cloned().collect();
    let synthesis = session.synthesize_or_report()?;
    let stacks = synthesis.select_deployable(&patterns)?;
    let mapping = match session.args.get_one::<PathBuf>("resource-mapping") {
        Some(path) => context::file(path)?
            .ok_or_else(|| Error::new(format!("there is no file `{}`", path.display())))?,
        None => Map::new(),
    };
    let aws = Aws::connect(session)?;
    let mut takers = Vec::new();
    for stack in stacks {
        let target = aws.target(stack.environment())?;
        let current = aws.block_on(Current::read(&target, stack.stack_name()))?;
        let new = new_resources(stack, current.as_ref().map(|current| &current.template));
        takers.push(Taker { stack, target, current, new });
    }
    choose(session, &mut takers)?;
    if takers.iter().all(|taker| taker.new.is_empty()) {
        let names: Vec<&str> = takers.iter().map(|taker| taker.stack.display_name()).collect();
        session.terminal.note(format_args!(
            "`{}` has no resource that the deployed stack has not: there is nothing to take over",
            names.join("`, `")
        ));
        return Ok(Exit::Ok);
    }
    takers.retain(|taker| !taker.new.is_empty());
    if let Some(path) = session.args.get_one::<PathBuf>("record-resource-mapping").cloned() {
        return record(session, &takers, &mapping, &path);
    }
    // All is known of all of them before anything is changed.
    let mut imports = Vec::new();
    let mut missing = Vec::new();
    for taker in &takers {
        imports.push(taker.imports(session, &mapping, &mut missing)?);
    }
    if !missing.is_empty() {
        return Err(Error::new(format!("what identifies these is not known: {}", missing.join("; ")))
            .help("write a file by `--record-resource-mapping FILE`, fill it in, and give it by `--resource-mapping FILE`"));
    }
    for (taker, imported) in takers.iter().zip(&imports) {
        taker.take(session, &aws, imported)?;
    }
    session
        .terminal
        .note("`drift` shows where they differ from the templates, `diff` what is left to deploy");
    Ok(Exit::Ok)
}

/// A stack that takes resources over.
struct Taker<'a> {
    stack: &'a StackArtifact,
    target: Target,
    current: Option<Current>,
    /// The logical ids of what it takes.
    new: Vec<String>,
}

impl Taker<'_> {
    /// The part of the file that is about this stack, where it has parts for stacks.
    fn part<'m>(&self, mapping: &'m Map) -> &'m Map {
        mapping.get(self.stack.display_name()).and_then(Node::as_map).unwrap_or(mapping)
    }

    /// What identifies the resources; what is not known is asked for, or gathered.
    fn imports(
        &self,
        session: &mut Session<'_>,
        mapping: &Map,
        missing: &mut Vec<String>,
    ) -> Result<Vec<Imported>, Error> {
        let stack = self.stack;
        let mut imported = Vec::new();
        for id in &self.new {
            let Some(resource) = stack.template().resource(id) else { continue };
            let type_name = resource.type_name().to_owned();
            let mut identifier = Vec::new();
            for (name, value) in identify(session, stack, id, self.part(mapping))? {
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
        Ok(imported)
    }

    /// Takes them over.
    fn take(
        &self,
        session: &mut Session<'_>,
        aws: &Aws,
        imported: &[Imported],
    ) -> Result<(), Error> {
        let deployed = self.current.as_ref().map(|current| &current.template);
        let template = import_template(self.stack, deployed, &self.new);
        let (target, stack) = (&self.target, self.stack);
        let done = aws.block_on(async {
            let info = self.current.as_ref().map(|current| &current.info);
            let set = change_to(target, stack.stack_name(), info, &template, "import").await?;
            apply(target, &set, imported, true, session.terminal).await
        })?;
        if matches!(done, Applied::Done(_)) {
            session.terminal.line(format_args!(
                "`{}` has {} more",
                stack.display_name(),
                count(imported.len(), "resource")
            ))?;
        }
        Ok(())
    }
}

/// The logical ids of what the app has and the deployed stack has not.
fn new_resources(stack: &StackArtifact, deployed: Option<&Template>) -> Vec<String> {
    let is_new = |id: &String| deployed.is_none_or(|template| template.resource(id).is_none());
    stack.template().resource_ids().map(ToString::to_string).filter(is_new).collect()
}

/// Leaves the resources that `--only` names.
fn choose(session: &Session<'_>, takers: &mut [Taker<'_>]) -> Result<(), Error> {
    let only: Vec<&String> = session.args.get_many("only").into_iter().flatten().collect();
    if only.is_empty() {
        return Ok(());
    }
    let names_it = |wanted: &str, stack: &StackArtifact, id: &String| {
        wanted == id
            || stack.source_of(id).is_some_and(|(path, _)| {
                path.strip_prefix(wanted)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    };
    for wanted in &only {
        let any =
            takers.iter().any(|taker| taker.new.iter().any(|id| names_it(wanted, taker.stack, id)));
        if !any {
            let new: Vec<&str> =
                takers.iter().flat_map(|taker| &taker.new).map(String::as_str).collect();
            return Err(Error::new(format!("`{wanted}` is no resource that could be taken over"))
                .help(format!("these could: {}", new.join(", "))));
        }
    }
    for taker in takers {
        let stack = taker.stack;
        taker.new.retain(|id| only.iter().any(|wanted| names_it(wanted, stack, id)));
    }
    Ok(())
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

/// Writes what is known, for somebody to fill in the rest: by logical id, and by stack first where there are several.
fn record(
    session: &mut Session<'_>,
    takers: &[Taker<'_>],
    mapping: &Map,
    path: &PathBuf,
) -> Result<Exit, Error> {
    let mut all = Map::new();
    for taker in takers {
        let mut part = Map::new();
        for id in &taker.new {
            let mut known = Map::new();
            for (name, value) in identify(session, taker.stack, id, taker.part(mapping))? {
                known.insert(name, value.unwrap_or_default());
            }
            part.insert(id.as_str(), known);
        }
        if takers.len() > 1 {
            all.insert(taker.stack.display_name(), part);
        } else {
            all = part;
        }
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
