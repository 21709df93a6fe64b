//! `schema`: what AWS's specification says of a resource type.

mod text; // for people

use clap::{Arg, Command};
use fc_cdk_core::{
    Node, json,
    rules::nearest,
    spec::{Facts, Group, Kind, PropertySpec, Replacement, ResourceSpec, ShapeSpec, TagFormat},
};

use super::json_arg;
use crate::{
    error::{Error, Exit},
    session::Session,
};

/// How many names an error lists.
const SHOWN: usize = 5;

pub(crate) fn definition() -> Command {
    Command::new("schema")
        .about("Shows what AWS's specification says of a resource type")
        .long_about(
            "Shows what AWS's specification says of a resource type: properties with their limits, which of them are required\n\
             and which replace the resource, what `Ref` and `Fn::GetAtt` return, what identifies it, where it is offered.\n\n\
             Needs no network: the facts are those that synth checks with.",
        )
        .arg(
            Arg::new("type")
                .value_name("TYPE")
                .help("The type, such as `AWS::S3::Bucket`; a part of it lists all types that have it in their name"),
        )
        .arg(Arg::new("property").value_name("PROPERTY").requires("type").help(
            "Only this property, such as `LifecycleConfiguration.Rules`, with what is in it",
        ))
        .arg(json_arg())
        .after_help(
            "Examples:\n  \
             {app} schema AWS::S3::Bucket\n  \
             {app} schema AWS::S3::Bucket LifecycleConfiguration.Rules\n  \
             {app} schema ecs                      # all types with `ecs` in their name\n  \
             {app} schema AWS::SNS::Topic --json",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let json = session.args.get_flag("json");
    let name = session.args.get_one::<String>("type").cloned().unwrap_or_default();
    let Some(spec) = (session.resource_types)(&name) else {
        return list(session, &name, json);
    };
    let path = session.args.get_one::<String>("property").cloned();
    let Some(path) = path else {
        if json {
            session.terminal.line(resource(spec).to_json_pretty())?;
        } else {
            let text = text::resource(spec, &docs_url(&name), session.terminal.out_paint());
            session.terminal.print(&text)?;
        }
        return Ok(Exit::Ok);
    };
    let found = find(spec, &path)?;
    if json {
        session.terminal.line(property(found, Some((spec, &path))).to_json_pretty())?;
    } else {
        let text = text::property(spec, found, &path, session.terminal.out_paint());
        session.terminal.print(&text)?;
    }
    Ok(Exit::Ok)
}

/// All types whose names have a text in them; an error where there is none.
fn list(session: &mut Session<'_>, part: &str, json: bool) -> Result<Exit, Error> {
    let all: Vec<&'static str> =
        (session.all_resource_types)().into_iter().map(ResourceSpec::type_name).collect();
    let lower = part.to_ascii_lowercase();
    let mut found: Vec<&str> =
        all.iter().copied().filter(|name| name.to_ascii_lowercase().contains(&lower)).collect();
    found.sort_unstable();
    if found.is_empty() {
        return Err(unknown(part, &all));
    }
    if json {
        session.terminal.line(Node::from(found).to_json_pretty())?;
    } else {
        found.iter().try_for_each(|name| session.terminal.line(name))?;
    }
    Ok(Exit::Ok)
}

fn unknown(name: &str, all: &[&str]) -> Error {
    let error = Error::new(format!("this build knows no resource type `{name}`"));
    if let Some(near) = nearest(name, all.iter().copied()) {
        return error.help(format!("did you mean `{near}`?"));
    }
    // The service may be right, and the type wrong.
    let service = name.rsplit_once("::").map_or(name, |(service, _)| service);
    let same: Vec<&str> = all
        .iter()
        .copied()
        .filter(|other| other.starts_with(&format!("{service}::")))
        .take(SHOWN)
        .collect();
    if same.is_empty() {
        return error.help(
            "the types of a service are known where its cargo feature is on, such as `fc-cdk = { features = [\"s3\"] }`",
        );
    }
    error.help(format!("`{service}` has {}…", same.join(", ")))
}

/// The property at a path of names, through lists and maps.
fn find(spec: ResourceSpec, path: &str) -> Result<PropertySpec, Error> {
    let mut shape = spec.properties();
    let mut steps = path.split(['.', '/']).filter(|step| !is_index(step)).peekable();
    let mut at = spec.type_name().to_owned();
    while let Some(step) = steps.next() {
        let Some(property) = shape.property(step) else {
            let names: Vec<&str> = shape.properties().map(PropertySpec::name).collect();
            let error = Error::new(format!("`{at}` has no property `{step}`"));
            return Err(match nearest(step, names.iter().copied()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help(format!("it has {}", names.join(", "))),
            });
        };
        if steps.peek().is_none() {
            return Ok(property);
        }
        at = format!("{at}.{step}");
        match inner(property.kind()) {
            Some(inner) => shape = inner,
            None => {
                return Err(Error::new(format!(
                    "`{at}` is {}, which has no properties",
                    property.kind().name()
                )));
            }
        }
    }
    Err(Error::new("the path of the property is empty"))
}

/// A place in a list, as paths of differences have it.
fn is_index(step: &str) -> bool {
    step == "*" || step.is_empty() || step.bytes().all(|byte| byte.is_ascii_digit())
}

/// The nested type of a value, or of the items of a list or map.
fn inner(kind: Kind) -> Option<ShapeSpec> {
    match kind {
        Kind::Shape(shape) => Some(shape),
        Kind::List(items) | Kind::Map(items) => inner(items.kind()),
        _ => None,
    }
}

fn docs_url(type_name: &str) -> String {
    let path = type_name.trim_start_matches("AWS::").replace("::", "-").to_ascii_lowercase();
    format!(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-{path}.html"
    )
}

fn resource(spec: ResourceSpec) -> Node {
    let texts =
        |texts: &mut dyn Iterator<Item = &'static str>| Node::from(texts.collect::<Vec<_>>());
    let properties: Vec<Node> =
        spec.properties().properties().map(|it| property(it, Some((spec, it.name())))).collect();
    let attributes: Vec<Node> = spec
        .attributes()
        .map(|(name, kind)| json!({ "name": name, "type": kind.name() }))
        .collect();
    let tags =
        spec.tags().map(|tags| json!({ "property": tags.property, "form": tag_form(tags.format) }));
    json!({
        "type": spec.type_name(),
        "docs": docs_url(spec.type_name()),
        "stateful": spec.is_stateful(),
        "ref": spec.reference(),
        "arn": spec.arn_template(),
        "identifier": texts(&mut spec.primary_identifier()),
        "properties": properties,
        "rules": groups(spec.properties()),
        "attributes": attributes,
        "tags": tags,
        "replaces": texts(&mut spec.replaces()),
        "mayReplace": texts(&mut spec.may_replace()),
        "readOnly": texts(&mut spec.read_only()),
        "writeOnly": texts(&mut spec.write_only()),
        "deprecated": texts(&mut spec.deprecated()),
        "regions": texts(&mut spec.regions())
    })
}

/// A property; with the resource and its path there, also what an update of it does.
fn property(property: PropertySpec, at: Option<(ResourceSpec, &str)>) -> Node {
    let facts = limits(property.facts());
    let values = match property.kind() {
        Kind::Choice(values) => Some(values.collect::<Vec<_>>()),
        _ => None,
    };
    let refers_to = match property.kind() {
        Kind::Id(targets) => Some(targets.collect::<Vec<_>>()),
        _ => None,
    };
    let update = at.map(|(spec, path)| update(spec, path));
    json!({
        "name": property.name(),
        "type": property.kind().name(),
        "required": property.is_required(),
        "update": update,
        "deprecated": property.is_deprecated(),
        "values": values,
        "refersTo": refers_to,
        "limits": facts
    })
}

/// What an update of a property does: `replaces`, `may replace`, nothing more than an update.
fn update(spec: ResourceSpec, path: &str) -> &'static str {
    match spec.replacement(&path.replace('.', "/")) {
        Replacement::No => "in place",
        Replacement::Maybe => "may replace",
        Replacement::Yes => "replaces",
    }
}

/// The limits in words, such as `1 to 64 characters`.
fn limits(facts: Facts) -> Vec<String> {
    let mut out = Vec::new();
    let range = |least: Option<String>, most: Option<String>, what: &str| match (least, most) {
        (Some(least), Some(most)) if least == most => Some(format!("{least}{what}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}{what}")),
        (Some(least), None) => Some(format!("at least {least}{what}")),
        (None, Some(most)) => Some(format!("at most {most}{what}")),
        (None, None) => None,
    };
    let text = |number: Option<u32>| number.map(|number| number.to_string());
    out.extend(range(text(facts.min_length), text(facts.max_length), " characters"));
    out.extend(range(text(facts.min_items), text(facts.max_items), " items"));
    let text = |number: Option<f64>| number.map(|number| number.to_string());
    out.extend(range(text(facts.minimum), text(facts.maximum), ""));
    out.extend(facts.unique_items.then(|| "items differ".to_owned()));
    out.extend(
        facts.numbers.map(|numbers| format!("one of {}", numbers.collect::<Vec<_>>().join(", "))),
    );
    out.extend(facts.pattern.map(|pattern| format!("matches {pattern}")));
    out.extend(facts.default.map(|default| format!("default {default}")));
    out
}

/// The rules over several properties, in words.
fn groups(shape: ShapeSpec) -> Vec<String> {
    let rules = shape.groups().map(|group| match group {
        Group::OneOf(names) => format!("exactly one of {}", names.collect::<Vec<_>>().join(", ")),
        Group::AnyOf(names) => format!("at least one of {}", names.collect::<Vec<_>>().join(", ")),
        Group::Excludes(mut names) => {
            let first = names.next().unwrap_or_default();
            format!("{first} excludes {}", names.collect::<Vec<_>>().join(", "))
        }
        Group::Needs(mut names) => {
            let first = names.next().unwrap_or_default();
            format!("{first} needs {}", names.collect::<Vec<_>>().join(", "))
        }
    });
    rules.collect()
}

fn tag_form(format: TagFormat) -> &'static str {
    match format {
        TagFormat::List => "a list of Key and Value",
        TagFormat::Map => "a map",
        TagFormat::AutoScalingGroup => "a list of Key, Value and PropagateAtLaunch",
        TagFormat::TagKeyValue => "a list of TagKey and TagValue",
    }
}
