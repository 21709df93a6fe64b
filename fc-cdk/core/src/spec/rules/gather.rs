//! Rules about a resource and others that it refers to: the values in question are brought together, and judged as one object.

use smol_str::SmolStr;

use super::{Target, Why, With, why::cause_of_value};
use crate::{
    node::{Map, Node},
    spec::pattern::Patterns,
};

/// Where values come from.
struct Source<'a> {
    /// What the rule calls it.
    name: &'a str,
    /// The properties: of the resource itself, or of the one that it refers to.
    of: &'a Map,
    /// Its type, where that is known.
    type_name: Option<&'static str>,
    /// The logical id of the other resource, and where it is referred to.
    other: Option<(String, String)>,
    /// The values by their names in the rule.
    values: &'a Map,
}

/// Why a resource breaks such a rule, if it surely does.
pub(super) fn broken(
    rule: &Node,
    node: &Node,
    target: Target<'_>,
    patterns: &Patterns,
) -> Option<Why> {
    let (own, wanted) = (node.as_map()?, rule.get("gather")?.as_map()?);
    each(own, wanted.0.as_slice(), target, &mut Vec::new(), &mut |sources| {
        judge(rule.get("schema")?, sources, target, patterns)
    })
}

/// Hands over each choice of the resources that are referred to: a rule is about one of each, and a list may have many.
fn each<'s, 't: 's>(
    own: &'s Map,
    wanted: &'s [(SmolStr, Node)],
    target: Target<'t>,
    sources: &mut Vec<Source<'s>>,
    judge: &mut dyn FnMut(&[Source<'s>]) -> Option<Why>,
) -> Option<Why> {
    let Some(((name, wanted_of), rest)) = wanted.split_first() else { return judge(sources) };
    let values = wanted_of.get("properties")?.as_map()?;
    let Some(path) = wanted_of.get("reference").and_then(Node::as_str) else {
        sources.push(Source { name, of: own, type_name: None, other: None, values });
        let why = each(own, rest, target, sources, judge);
        sources.pop();
        return why;
    };
    let wanted_type = wanted_of.pointer("/filter/type").and_then(Node::as_str);
    let mut any = false;
    let mut found = None;
    at(own, path.trim_start_matches('/'), &mut String::new(), &mut |value, place| {
        let Some((spec, of)) = target(value) else { return };
        let type_name = spec.map(|spec| spec.type_name());
        if found.is_some() || wanted_type.is_some_and(|wanted| type_name != Some(wanted)) {
            return;
        }
        any = true;
        let other = Some((logical_id(value).unwrap_or_default(), place.to_owned()));
        sources.push(Source { name, of, type_name, other, values });
        found = each(own, rest, target, sources, judge);
        sources.pop();
    });
    // Without the other there is nothing to compare with, but that it is none may be what counts.
    if !any && values.is_empty() {
        return each(own, rest, target, sources, judge);
    }
    found
}

/// The values at a path such as `Actions/*/TargetGroupArn`, each with its place.
fn at<'a>(map: &'a Map, path: &str, place: &mut String, found: &mut dyn FnMut(&'a Node, &str)) {
    let (step, rest) = path.split_once('/').unwrap_or((path, ""));
    if let Some(node) = map.get(step) {
        below(node, step, rest, place, found);
    }
}

fn below<'a>(
    node: &'a Node,
    step: &str,
    rest: &str,
    place: &mut String,
    found: &mut dyn FnMut(&'a Node, &str),
) {
    let length = place.len();
    if length > 0 {
        place.push('.');
    }
    place.push_str(step);
    match (rest.split_once('/').unwrap_or((rest, "")), node) {
        (("", _), node) => found(node, place),
        (("*", rest), Node::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                below(item, &index.to_string(), rest, place, found);
            }
        }
        ((step, rest), Node::List(items)) => {
            if let Some(item) = step.parse::<usize>().ok().and_then(|index| items.get(index)) {
                below(item, step, rest, place, found);
            }
        }
        (_, Node::Map(map)) => at(map, rest, place, found),
        _ => {}
    }
    place.truncate(length);
}

fn logical_id(value: &Node) -> Option<String> {
    match value.as_function()? {
        ("Ref", Node::Str(name)) => Some(name.to_string()),
        ("Fn::GetAtt", Node::List(parts)) => Some(parts.first()?.as_str()?.to_owned()),
        ("Fn::GetAtt", Node::Str(text)) => Some(text.split('.').next()?.to_owned()),
        ("Fn::Select", Node::List(parts)) => logical_id(parts.last()?),
        _ => None,
    }
}

fn judge(
    schema: &Node,
    sources: &[Source<'_>],
    target: Target<'_>,
    patterns: &Patterns,
) -> Option<Why> {
    let mut all = Map::with_capacity(sources.len());
    for source in sources {
        let mut values = Map::with_capacity(source.values.len());
        for (name, from) in source.values.iter() {
            if from.as_str() == Some("$type") {
                values.push(name.clone(), source.type_name.unwrap_or_default());
                continue;
            }
            let mut value = None;
            let keep = &mut |node: &Node, _: &str| value = value.take().or(Some(node.clone()));
            at(source.of, path_of(from).unwrap_or_default(), &mut String::new(), keep);
            if let Some(value) = value.or_else(|| from.get("default").cloned()) {
                values.push(name.clone(), value);
            }
        }
        all.push(source.name, values);
    }
    let all = Node::Map(all);
    let whose: Vec<(String, Option<String>)> = sources
        .iter()
        .map(|source| (source.name.to_owned(), source.other.as_ref().map(|(id, _)| id.clone())))
        .collect();
    let type_of = |value: &Node| target(value)?.0;
    let with = With::new(patterns, &type_of, &all, &whose);
    let mut why = super::why(schema, &all, &|| None, with)?;
    let name = why.steps.pop();
    let mut compared = Vec::new();
    pointers(schema, &mut compared);
    let causes = compared.iter().filter_map(|pointer| {
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        cause_of_value(&steps, all.pointer(pointer), with)
    });
    why.also_because_of(causes.collect());
    why.alone = false;
    for source in sources {
        rename(&mut why, source);
        if Some(source.name) == name.as_deref() {
            place(&mut why, source);
        }
    }
    Some(why)
}

/// The path of a value, without the slash at its start.
fn path_of(from: &Node) -> Option<&str> {
    from.as_str().or_else(|| from.get("path")?.as_str()).map(|path| path.trim_start_matches('/'))
}

/// Puts the words of the template in place of those of the rule.
fn rename(why: &mut Why, source: &Source<'_>) {
    for (name, from) in source.values.iter() {
        let Some(real) = path_of(from).filter(|real| *real != name.as_str()) else { continue };
        let (name, real) = (format!("`{name}`"), format!("`{real}`"));
        why.what = why.what.replace(&name, &real);
        why.fix = why.fix.replace(&name, &real);
        why.because.iter_mut().for_each(|cause| cause.rename(&name, &real));
    }
}

/// Says where it is, and of which resource.
fn place(why: &mut Why, source: &Source<'_>) {
    let first = why.steps.pop();
    let path = first.as_deref().and_then(|name| path_of(source.values.get(name)?));
    match &source.other {
        None => why.steps.extend(path.map(str::to_owned)),
        Some((id, reference)) => {
            let property = why.steps.iter().find(|step| step.parse::<usize>().is_err());
            let property = property.map(String::as_str).or(path);
            why.subject = Some(match property {
                Some(property) => format!("`{property}` of `{id}`"),
                None => format!("`{id}`"),
            });
            why.steps = vec![reference.clone()];
        }
    }
}

/// The values that a rule compares with.
fn pointers(schema: &Node, found: &mut Vec<String>) {
    match schema {
        Node::Map(map) => match map.get("$data").and_then(Node::as_str) {
            Some(pointer) => found.push(pointer.to_owned()),
            None => map.iter().for_each(|(_, value)| pointers(value, found)),
        },
        Node::List(items) => items.iter().for_each(|item| pointers(item, found)),
        _ => {}
    }
}
