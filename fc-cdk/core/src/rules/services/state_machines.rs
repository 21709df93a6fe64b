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
            machine(definition, "Definition", Language::Paths, &mut problems);
            "Definition"
        }
        (None, Some(definition)) => {
            let Some(text) = text_of(definition) else { return };
            let is_open = text.contains("${") || is_dynamic(text);
            match Node::parse_json(text) {
                Ok(machine) => {
                    self::machine(&machine, "DefinitionString", Language::Paths, &mut problems);
                    if definition.as_str().is_some() {
                        substitutions(resource, text, &mut problems);
                    }
                }
                // What is put in may not stand within quotes.
                Err(_) if is_open => {}
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

/// The text of a definition, be it with parts that are put in.
fn text_of(definition: &Node) -> Option<&str> {
    match definition.as_function() {
        Some(("Fn::Sub", Node::List(parts))) => parts.first()?.as_str(),
        Some(("Fn::Sub", text)) => text.as_str(),
        Some(_) => None,
        None => definition.as_str(),
    }
}

/// What is to be put in as the resource of a task, and is not given.
fn substitutions(resource: &Resource<'_>, text: &str, problems: &mut Vec<(String, String)>) {
    let given = match resource.properties.get("DefinitionSubstitutions") {
        None => None,
        Some(Node::Map(map)) if !is_open(map) => Some(map),
        Some(_) => return,
    };
    for rest in text.split("\"Resource\"").skip(1) {
        let value = rest.trim_start().trim_start_matches(':').trim_start();
        let Some((name, _)) = value.strip_prefix("\"${").and_then(|rest| rest.split_once("}\""))
        else {
            continue;
        };
        if !given.is_some_and(|given| given.contains_key(name)) {
            let message = format!("`${{{name}}}` is not among the `DefinitionSubstitutions`");
            problems.push(("DefinitionString".into(), message));
        }
    }
}

/// How a state reads and changes its data.
#[derive(Clone, Copy, PartialEq)]
enum Language {
    Paths,
    Jsonata,
}

impl Language {
    /// The language of a machine or a state, which is that around it unless it says otherwise.
    fn of(map: &Map, around: Language) -> Language {
        match map.get("QueryLanguage").and_then(Node::as_str) {
            Some("JSONata") => Language::Jsonata,
            Some("JSONPath") => Language::Paths,
            _ => around,
        }
    }
}

/// A machine, or one within a state.
fn machine(
    definition: &Node,
    path: &str,
    language: Language,
    problems: &mut Vec<(String, String)>,
) {
    let Some(map) = definition.as_map().filter(|map| !is_open(map)) else { return };
    let language = Language::of(map, language);
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
            state(states, body, &path, language, problems);
        }
    }
    if let Some(start) = map.get("StartAt").and_then(Node::as_str) {
        unreachable(states, start, path, problems);
    }
}

/// States that no other leads to.
fn unreachable(states: &Map, start: &str, path: &str, problems: &mut Vec<(String, String)>) {
    let is_sure = |body: &Node| body.as_map().is_some_and(|body| !is_open(body));
    if !states.contains_key(start) || !states.iter().all(|(_, body)| is_sure(body)) {
        return;
    }
    let mut seen = vec![start];
    let mut place = 0;
    while let Some(body) = seen.get(place).and_then(|name| states.get(name)) {
        place += 1;
        let rules = ["Choices", "Catch"].into_iter();
        let rules = rules.flat_map(|key| body.get(key).and_then(Node::as_list).unwrap_or_default());
        let next = ["Next", "Default"].into_iter().filter_map(|key| body.get(key));
        for next in next.chain(rules.filter_map(|rule| rule.get("Next"))) {
            match next.as_str() {
                Some(name) if states.contains_key(name) => {
                    if !seen.contains(&name) {
                        seen.push(name);
                    }
                }
                // It may lead anywhere, or nowhere, which is told already.
                _ => return,
            }
        }
    }
    for (name, _) in states.iter().filter(|(name, _)| !seen.contains(&name.as_str())) {
        problems.push((format!("{path}.States.{name}"), format!("no state leads to `{name}`")));
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

/// What every state may have, then what those of each type may have.
const ANY: &[&str] =
    &["Comment", "QueryLanguage", "Type", "Assign", "Output", "InputPath", "OutputPath"];
const KINDS: &[(&str, &[&str])] = &[
    ("Choice", &["Choices", "Default"]),
    ("Fail", &["Cause", "CausePath", "Error", "ErrorPath"]),
    (
        "Map",
        &[
            "Arguments",
            "Catch",
            "End",
            "ItemBatcher",
            "ItemProcessor",
            "ItemReader",
            "ItemSelector",
            "Items",
            "ItemsPath",
            "Iterator",
            "Label",
            "MaxConcurrency",
            "MaxConcurrencyPath",
            "Next",
            "Parameters",
            "ResultPath",
            "ResultSelector",
            "ResultWriter",
            "Retry",
            "ToleratedFailureCount",
            "ToleratedFailureCountPath",
            "ToleratedFailurePercentage",
            "ToleratedFailurePercentagePath",
        ],
    ),
    (
        "Parallel",
        &[
            "Arguments",
            "Branches",
            "Catch",
            "End",
            "Next",
            "Parameters",
            "ResultPath",
            "ResultSelector",
            "Retry",
        ],
    ),
    ("Pass", &["End", "Next", "Parameters", "Result", "ResultPath"]),
    ("Succeed", &[]),
    (
        "Task",
        &[
            "Arguments",
            "Catch",
            "Credentials",
            "End",
            "HeartbeatSeconds",
            "HeartbeatSecondsPath",
            "Next",
            "Parameters",
            "Resource",
            "ResultPath",
            "ResultSelector",
            "Retry",
            "TimeoutSeconds",
            "TimeoutSecondsPath",
        ],
    ),
    ("Wait", &["End", "Next", "Seconds", "SecondsPath", "Timestamp", "TimestampPath"]),
];

/// What only JSONPath has, and what only JSONata has.
const OF_PATHS: &[&str] = &[
    "InputPath",
    "ItemsPath",
    "OutputPath",
    "Parameters",
    "ResultPath",
    "ResultSelector",
    "SecondsPath",
    "TimestampPath",
];
const OF_JSONATA: &[&str] = &["Arguments", "Items", "Output"];

fn state(
    states: &Map,
    body: &Map,
    path: &str,
    language: Language,
    problems: &mut Vec<(String, String)>,
) {
    let kind = match body.get("Type") {
        Some(Node::Str(kind)) if kind.contains("${") => return,
        Some(Node::Str(kind)) => kind.as_str(),
        None => return problems.push((path.to_owned(), "a state needs a `Type`".into())),
        _ => return,
    };
    let Some((_, keys)) = KINDS.iter().find(|(known, _)| *known == kind) else {
        return problems.push((path.to_owned(), format!("there is no type of states `{kind}`")));
    };
    let language = Language::of(body, language);
    for key in body.keys().map(|key| key.as_str()) {
        let of_other = match language {
            Language::Paths => OF_JSONATA,
            Language::Jsonata => OF_PATHS,
        };
        if !ANY.contains(&key) && !keys.contains(&key) {
            let all = ANY.iter().chain(*keys).copied();
            let near = super::super::nearest(key, all);
            let near = near.map(|near| format!(", but `{near}`")).unwrap_or_default();
            problems.push((path.to_owned(), format!("a `{kind}` has no `{key}`{near}")));
        } else if of_other.contains(&key) {
            let name = if language == Language::Paths { "JSONPath" } else { "JSONata" };
            problems.push((path.to_owned(), format!("states in {name} have no `{key}`")));
        }
    }
    if kind == "Wait" {
        let times = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
        let count = times.iter().filter(|key| body.contains_key(key)).count();
        if count != 1 {
            let message = format!("a `Wait` needs one of `{}`, not {count}", times.join("`, `"));
            problems.push((path.to_owned(), message));
        }
    }
    for (list, needs) in [("Catch", &["ErrorEquals", "Next"][..]), ("Retry", &["ErrorEquals"])] {
        for item in body.get(list).and_then(Node::as_list).unwrap_or_default() {
            let Some(item) = item.as_map().filter(|item| !is_open(item)) else { continue };
            if let Some(key) = needs.iter().find(|key| !item.contains_key(key)) {
                problems.push((path.to_owned(), format!("each `{list}` needs `{key}`")));
            }
        }
    }
    for rule in body.get("Choices").and_then(Node::as_list).unwrap_or_default() {
        if let Some(rule) = rule.as_map().filter(|rule| !is_open(rule)) {
            if !rule.contains_key("Next") {
                problems.push((path.to_owned(), "each of the `Choices` needs `Next`".into()));
            }
            choice(rule, path, language, problems);
        }
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
        machine(branch, &format!("{path}.Branches"), language, problems);
    }
    for key in ["ItemProcessor", "Iterator"] {
        if let Some(inner) = body.get(key) {
            machine(inner, &format!("{path}.{key}"), language, problems);
        }
    }
}

/// What a choice asks.
fn choice(rule: &Map, path: &str, language: Language, problems: &mut Vec<(String, String)>) {
    if language == Language::Jsonata {
        if !rule.contains_key("Condition") {
            problems.push((path.to_owned(), "a choice in JSONata needs a `Condition`".into()));
        }
        return;
    }
    let mut tests = rule
        .keys()
        .map(|key| key.as_str())
        .filter(|key| !matches!(*key, "Variable" | "Next" | "Comment" | "Assign" | "Output"));
    let (Some(test), None) = (tests.next(), tests.next()) else {
        let message = "a choice asks one thing, such as `StringEquals`".to_owned();
        return problems.push((path.to_owned(), message));
    };
    match test {
        "And" | "Or" => {
            for inner in rule.get(test).and_then(Node::as_list).unwrap_or_default() {
                if let Some(inner) = inner.as_map().filter(|inner| !is_open(inner)) {
                    choice(inner, path, language, problems);
                }
            }
        }
        "Not" => {
            if let Some(inner) = rule.get(test).and_then(Node::as_map).filter(|it| !is_open(it)) {
                choice(inner, path, language, problems);
            }
        }
        _ if !is_comparison(test) => {
            problems.push((path.to_owned(), format!("there is no comparison `{test}`")));
        }
        _ if !rule.contains_key("Variable") => {
            problems.push((path.to_owned(), format!("`{test}` needs a `Variable`")));
        }
        _ => {}
    }
}

fn is_comparison(name: &str) -> bool {
    if let Some(of) = name.strip_prefix("Is") {
        return ["Boolean", "Null", "Numeric", "Present", "String", "Timestamp"].contains(&of);
    }
    if name == "StringMatches" {
        return true;
    }
    let name = name.strip_suffix("Path").unwrap_or(name);
    let ordered = ["Numeric", "String", "Timestamp"].iter().find_map(|of| name.strip_prefix(of));
    match ordered {
        Some(how) => ["Equals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals"]
            .contains(&how),
        None => name == "BooleanEquals",
    }
}
