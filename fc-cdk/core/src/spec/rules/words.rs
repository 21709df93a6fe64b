//! What is wrong with a value, a list or an object, and what to do, in words.

use smol_str::SmolStr;

use super::{
    Fails, Holds, Verdict, judge, text,
    why::{Why, With},
};
use crate::{
    node::{Map, Node},
    rules,
};

/// That what is there should not be: by the properties that make it so, if that is it.
pub(super) fn unwanted(part: &Node, node: &Node, with: With<'_>) -> Verdict {
    let branches = part.get("anyOf").and_then(Node::as_list).unwrap_or(std::slice::from_ref(part));
    let silent = With { reasons: false, ..with };
    let held = branches.iter().find(|branch| matches!(judge(branch, node, silent), Holds));
    let names = |branch: &Node| -> Vec<String> {
        let names = branch.get("required").and_then(Node::as_list).unwrap_or_default();
        names.iter().filter_map(Node::as_str).map(|name| format!("`{name}`")).collect()
    };
    with.fails(|| match held.map(names).unwrap_or_default().as_slice() {
        [] if matches!(node, Node::Map(_) | Node::List(_)) => {
            ("is a combination that AWS does not take".into(), "change it".into())
        }
        [] => (format!("is {}, which is not allowed", shown(node)), "choose another".into()),
        [one] => (format!("takes no {one}"), format!("remove {one}")),
        several => {
            let last = several.last().map_or("", String::as_str);
            (format!("does not take {} together", several.join(" and ")), format!("remove {last}"))
        }
    })
}

/// Of several parts that all fail, why the one does that is most likely meant: of which the fewest properties fail. Where parts fail
/// by one property alone, what any of them takes for it will do.
pub(super) fn nearest(parts: &[Node], node: &Node, with: With<'_>) -> Option<Why> {
    if parts.iter().all(|part| part.get("properties").is_none() && part.get("required").is_some()) {
        return match with.fails(|| none_of(parts, node)) {
            Fails(why) => Some(why),
            _ => None,
        };
    }
    let silent = With { reasons: false, ..with };
    let failing = |part: &Node| -> Vec<String> {
        let properties = part.get("properties").and_then(Node::as_map);
        let fails = |name: &str, rule: &Node| {
            node.get(name).is_some_and(|value| matches!(judge(rule, value, silent), Fails(_)))
        };
        let properties = properties.into_iter().flat_map(Map::iter);
        properties
            .filter(|(name, rule)| fails(name, rule))
            .map(|(name, _)| name.to_string())
            .collect()
    };
    let all: Vec<Vec<String>> = parts.iter().map(failing).collect();
    let like = |names: &[String]| all.iter().filter(|other| other.as_slice() == names).count();
    let (place, names) =
        all.iter().enumerate().min_by_key(|(_, names)| (names.len().max(1), like(names)))?;
    let Fails(mut why) = judge(parts.get(place)?, node, with) else { return None };
    if let [name] = names.as_slice() {
        let values = |part: &Node| {
            let rule = part.get("properties")?.get(name)?;
            Some(rule.get("enum").or_else(|| rule.pointer("/then/enum"))?.as_list()?.to_vec())
        };
        let alike = parts.iter().zip(&all).filter(|(_, other)| *other == names);
        let allowed: Option<Vec<Vec<Node>>> = alike.map(|(part, _)| values(part)).collect();
        if let (Some(allowed), Some(value)) = (allowed, node.get(name)) {
            let found = text(value);
            why.what = format!("is `{found}`, but has to be {}", listed(&allowed.concat(), &found));
        }
    }
    Some(why)
}

/// That no item of a list is what one has to be.
pub(super) fn no_item(part: &Node) -> (String, String) {
    if let Some(item) = part.get("const") {
        return (format!("needs the item {}", shown(item)), "add it".into());
    }
    // All items have a value that one should not have.
    let unwanted = part.pointer("/not/properties").and_then(Node::as_map);
    match unwanted.and_then(|properties| properties.iter().next()) {
        Some((name, schema)) => {
            let value = schema.pointer("/enum/0").or_else(|| schema.get("const"));
            let value = value.map_or(String::new(), |value| format!(" {}", shown(value)));
            let what = format!("needs an item without `{name}`{value}");
            (what, format!("change `{name}` of one of them"))
        }
        None => ("has no item of the kind that is needed".into(), "add one".into()),
    }
}

/// That an object has none of the combinations of properties that a rule asks for: by what each lacks.
pub(super) fn none_of(parts: &[Node], node: &Node) -> (String, String) {
    let lacks = |sets: Vec<Vec<&str>>| -> Vec<String> {
        let lacking: Vec<Vec<&str>> = sets
            .into_iter()
            .map(|set| set.into_iter().filter(|name| node.get(name).is_none()).collect())
            .collect();
        // What asks for more than another does says nothing new.
        let is_least = |set: &&Vec<&str>| {
            let asks_more = |other: &Vec<&str>| {
                other.len() < set.len() && other.iter().all(|name| set.contains(name))
            };
            !lacking.iter().any(asks_more)
        };
        let mut told: Vec<String> = Vec::new();
        for set in lacking.iter().filter(is_least).map(|set| joined(set)) {
            if !told.contains(&set) {
                told.push(set);
            }
        }
        told
    };
    match required_sets(parts).map(lacks) {
        Some(sets) => {
            let sets = any_of(&sets);
            (format!("needs {sets}"), format!("set {sets}"))
        }
        None => ("has none of the forms that it can have".into(), "choose one of them".into()),
    }
}

/// That an object has several of the combinations of properties of which it may have one.
pub(super) fn several_of(parts: &[Node]) -> (String, String) {
    let Some(mut sets) = required_sets(parts) else {
        return ("has several forms at once".into(), "choose one of them".into());
    };
    let all = sets.clone();
    for set in &mut sets {
        set.retain(|name| !all.iter().all(|other| other.contains(name)));
    }
    let sets: Vec<String> = sets.iter().map(|set| joined(set)).collect();
    let what = format!("takes either {}", any_of(&sets));
    (what, "leave one of these".into())
}

/// The properties that each part asks for, if that is all that parts do.
fn required_sets(parts: &[Node]) -> Option<Vec<Vec<&str>>> {
    parts.iter().map(required_set).collect()
}

fn required_set(part: &Node) -> Option<Vec<&str>> {
    let properties = part.get("properties").and_then(Node::as_map);
    let is_any = |(_, schema): (&SmolStr, &Node)| *schema == Node::Bool(true);
    if properties.is_some_and(|properties| !properties.iter().all(is_any)) {
        return None;
    }
    Some(part.get("required")?.as_list()?.iter().filter_map(Node::as_str).collect())
}

/// `` `A`, `B` or `C` ``, and `` `A` and `B`, or `C` ``.
fn any_of(sets: &[String]) -> String {
    let between = if sets.iter().any(|set| set.contains(' ')) { ", or " } else { " or " };
    match sets.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}{between}{last}", rest.join(", ")),
        _ => sets.concat(),
    }
}

/// `` `A` and `B` ``.
fn joined(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" and ")
}

/// A value for messages; a reference by what it is to.
pub(super) fn shown(value: &Node) -> String {
    let target = match value.as_function() {
        Some(("Ref", Node::Str(name))) => Some(name.to_string()),
        Some(("Fn::GetAtt", Node::List(parts))) => {
            Some(parts.iter().map(|part| text(part).into_owned()).collect::<Vec<_>>().join("."))
        }
        Some(("Fn::GetAtt", Node::Str(name))) => Some(name.to_string()),
        _ => None,
    };
    format!("`{}`", target.unwrap_or_else(|| text(value).into_owned()))
}

/// The values that are allowed: all, or the nearest and the last ones of many.
pub(super) fn listed(values: &[Node], found: &str) -> String {
    let mut texts: Vec<String> = Vec::new();
    for value in values {
        let value = text(value);
        if !texts.iter().any(|known| known.eq_ignore_ascii_case(&value)) {
            texts.push(value.into_owned());
        }
    }
    let quoted = |texts: &[String]| -> String {
        any_of(&texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>())
    };
    if texts.len() <= 12 {
        return quoted(&texts);
    }
    let mut some: Vec<String> = rules::nearest(found, texts.iter().map(String::as_str))
        .into_iter()
        .map(str::to_owned)
        .collect();
    for text in texts.iter().rev() {
        if some.len() < 3 && !some.contains(text) {
            some.push(text.clone());
        }
    }
    format!("one of {} values, such as {}", texts.len(), quoted(&some))
}
