//! State machines of Step Functions.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html>

use super::super::{findings::Findings, model::Resource};
use crate::{
    codes,
    intrinsics::is_dynamic,
    node::{Map, Node},
};

pub(super) fn check(resource: &Resource<'_>, findings: &mut Findings) {
    let mut problems = Vec::new();
    let path = match (
        resource.properties.get("Definition"),
        resource.properties.get("DefinitionString"),
    ) {
        (Some(definition), _) => {
            machine(definition, "Definition", &mut problems);
            "Definition"
        }
        (None, Some(Node::Str(text))) if !text.contains("${") && !is_dynamic(text) => {
            match Node::parse_json(text) {
                Ok(definition) => machine(&definition, "DefinitionString", &mut problems),
                Err(error) => {
                    problems.push(("DefinitionString".into(), format!("it is no JSON: {error}")))
                }
            }
            "DefinitionString"
        }
        _ => return,
    };
    for (place, message) in problems {
        // Within a text there is no place to name.
        let place = if path == "DefinitionString" { path } else { &place };
        findings.add(resource, codes::BAD_DEFINITION, place, message);
    }
}

/// A machine, or one within a state.
fn machine(definition: &Node, path: &str, problems: &mut Vec<(String, String)>) {
    let Some(map) = definition.as_map().filter(|map| !is_open(map)) else { return };
    let Some(states) = map.get("States").and_then(Node::as_map) else {
        if map.get("States").is_none_or(|states| !states.is_deferred()) {
            problems.push((path.to_owned(), "a state machine needs `States`".into()));
        }
        return;
    };
    if is_open(states) {
        return;
    }
    match map.get("StartAt") {
        None => problems.push((path.to_owned(), "a state machine needs `StartAt`".into())),
        Some(start) => known(states, start, path, problems),
    }
    for (name, body) in states.iter() {
        let path = format!("{path}.States.{name}");
        if let Some(body) = body.as_map().filter(|body| !is_open(body)) {
            state(states, body, &path, problems);
        }
    }
}

fn is_open(map: &Map) -> bool {
    map.keys().any(|key| key.starts_with("Fn::") || key == "Ref")
}

fn known(states: &Map, name: &Node, path: &str, problems: &mut Vec<(String, String)>) {
    if let Some(name) =
        name.as_str().filter(|name| !states.contains_key(name) && !name.contains("${"))
    {
        problems.push((path.to_owned(), format!("there is no state `{name}`")));
    }
}

fn state(states: &Map, body: &Map, path: &str, problems: &mut Vec<(String, String)>) {
    const KINDS: [&str; 8] =
        ["Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait"];
    let kind = match body.get("Type") {
        Some(Node::Str(kind)) => kind.as_str(),
        None => return problems.push((path.to_owned(), "a state needs a `Type`".into())),
        _ => return,
    };
    if !KINDS.contains(&kind) {
        return problems.push((path.to_owned(), format!("there is no type of states `{kind}`")));
    }
    let ends = matches!(kind, "Choice" | "Fail" | "Succeed");
    if !ends && !body.contains_key("Next") && !body.contains_key("End") {
        problems.push((path.to_owned(), "a state needs `Next` or `End`".into()));
    }
    let needs: &[&str] = match kind {
        "Task" => &["Resource"],
        "Choice" => &["Choices"],
        "Parallel" => &["Branches"],
        "Map" => &["ItemProcessor", "Iterator"],
        _ => &[],
    };
    if !needs.is_empty() && !needs.iter().any(|key| body.contains_key(key)) {
        problems.push((path.to_owned(), format!("a `{kind}` needs `{}`", needs[0])));
    }
    for key in ["Next", "Default"] {
        if let Some(next) = body.get(key) {
            known(states, next, path, problems);
        }
    }
    for list in ["Choices", "Catch"] {
        for item in body.get(list).and_then(Node::as_list).unwrap_or_default() {
            if let Some(next) = item.get("Next") {
                known(states, next, path, problems);
            }
        }
    }
    for branch in body.get("Branches").and_then(Node::as_list).unwrap_or_default() {
        machine(branch, &format!("{path}.Branches"), problems);
    }
    for key in ["ItemProcessor", "Iterator"] {
        if let Some(inner) = body.get(key) {
            machine(inner, &format!("{path}.{key}"), problems);
        }
    }
}
