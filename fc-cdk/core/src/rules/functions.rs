//! Intrinsic functions: arguments, places in literal lists and maps, attributes.

use super::{
    arguments,
    cidr::Cidr,
    known::{as_number, is_open},
    model::Model,
    regions,
    walk::Walk,
    yields::{self, Yields},
};
use crate::{
    codes,
    diagnostic::Severity,
    intrinsics::is_dynamic,
    node::{Map, Node},
    path::Path,
};

/// Functions that this engine does not look into, beside those that `check` knows.
const OTHERS: &[&str] = &["Fn::RefAll", "Fn::Transform", "Fn::ValueOf", "Fn::ValueOfAll"];

/// Checks one call.
pub(super) fn check(walk: &mut Walk<'_, '_>, name: &str, argument: &Node, path: &Path<'_>) {
    let list = argument.as_list();
    let model = walk.model;
    let problem = match name {
        "Ref" => (!(model.has_extensions && argument.is_deferred()) && argument.as_str().is_none())
            .then(|| format!("`Ref` takes a name, not {}", argument.kind())),
        "Fn::GetAtt" => get_att(walk, argument, path),
        "Fn::Sub" => sub(walk, argument, path),
        "Fn::Join" => match list {
            Some([Node::Str(_), Node::List(parts)]) => {
                arguments::among(model, &arguments::JOIN_ITEM, parts)
            }
            Some([Node::Str(_), of]) => arguments::problem(model, &arguments::JOIN_LIST, of),
            _ => Some(
                "`Fn::Join` takes a delimiter, which is a plain text, and a list of texts".into(),
            ),
        },
        "Fn::Select" => select(model, list),
        "Fn::Split" => split(model, list),
        "Fn::Cidr" => cidr(model, argument),
        "Fn::FindInMap" => find_in_map(model, argument),
        "Fn::If" => match list {
            Some([Node::Str(_), _, _]) => None,
            _ => Some("`Fn::If` takes the name of a condition and two values".into()),
        },
        "Fn::And" | "Fn::Or" => match list {
            Some(of) if (2..=10).contains(&of.len()) => None,
            _ => Some(format!("`{name}` takes 2 to 10 conditions")),
        },
        "Fn::Not" => match list {
            Some([_]) => None,
            _ => Some("`Fn::Not` takes a list of one condition".into()),
        },
        "Fn::Equals" => match list {
            Some(both @ [_, _]) => arguments::among(model, &arguments::EQUALS, both),
            _ => Some("`Fn::Equals` takes a list of two values".into()),
        },
        "Fn::GetAZs" => arguments::problem(model, &arguments::GET_AZS, argument).or_else(|| {
            if matches!(argument, Node::Int(_) | Node::Float(_) | Node::Bool(_)) {
                return Some(format!(
                    "the region of `Fn::GetAZs` is a text, not {}",
                    argument.kind()
                ));
            }
            let region = argument.as_str().filter(|region| !region.is_empty())?;
            (!regions::is_region(region)).then(|| format!("there is no region `{region}`"))
        }),
        "Fn::ImportValue" => arguments::problem(model, &arguments::IMPORT_VALUE, argument),
        "Fn::Base64" => arguments::problem(model, &arguments::BASE64, argument),
        "Fn::GetStackOutput" => stack_output(model, argument),
        "Fn::Length" => arguments::problem(model, &arguments::LENGTH, argument),
        "Fn::ToJsonString" => {
            let is_empty = match argument {
                Node::List(items) => items.is_empty(),
                Node::Map(map) => map.is_empty(),
                _ => false,
            };
            if is_empty {
                Some("`Fn::ToJsonString` needs something to write".into())
            } else if argument.is_deferred() || matches!(argument, Node::List(_) | Node::Map(_)) {
                arguments::problem(model, &arguments::TO_JSON, argument)
            } else {
                Some(format!(
                    "`Fn::ToJsonString` takes an object or a list, not {}",
                    argument.kind()
                ))
            }
        }
        "Fn::Transform" => (!is_macro(argument) && !argument.is_deferred())
            .then(|| "`Fn::Transform` takes an object with the `Name` of a macro".into()),
        "Condition" => return,
        other if other.starts_with("Fn::ForEach") => {
            // What it repeats may use anything.
            ["Parameters", "Mappings", "Conditions"]
                .into_iter()
                .for_each(|section| model.uses_any(section));
            None
        }
        "Fn::Contains" | "Fn::EachMemberEquals" | "Fn::EachMemberIn" => match list {
            Some([_, _]) => None,
            _ => Some(format!(
                "`{name}` takes a list of two: what is asked about, and what is wanted"
            )),
        },
        other if OTHERS.contains(&other) => None,
        other => return unknown(walk, other, path),
    };
    if let Some(problem) = problem {
        walk.report(codes::BAD_INTRINSIC, path, problem);
    }
}

fn unknown(walk: &mut Walk<'_, '_>, name: &str, path: &Path<'_>) {
    const KNOWN: &[&str] = &[
        "Fn::And",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::Equals",
        "Fn::FindInMap",
        "Fn::GetAZs",
        "Fn::GetAtt",
        "Fn::GetStackOutput",
        "Fn::If",
        "Fn::ImportValue",
        "Fn::Join",
        "Fn::Length",
        "Fn::Not",
        "Fn::Or",
        "Fn::Select",
        "Fn::Split",
        "Fn::Sub",
        "Fn::ToJsonString",
        "Fn::Transform",
    ];
    let finding = walk.report(codes::BAD_INTRINSIC, path, format!("there is no function `{name}`"));
    if let Some(near) = super::nearest(name, KNOWN.iter().copied()) {
        finding.help = Some(format!("did you mean `{near}`?"));
    }
}

fn split(model: &Model<'_>, list: Option<&[Node]>) -> Option<String> {
    let Some([Node::Str(delimiter), of]) = list else {
        return Some("`Fn::Split` takes a delimiter, which is a plain text, and a text".into());
    };
    if delimiter.is_empty() {
        return Some("`Fn::Split` needs a delimiter".into());
    }
    let text = match of.as_function() {
        Some(("Fn::Sub", text)) => text.as_str(),
        _ => of.as_str(),
    };
    if text.is_some_and(is_dynamic) {
        return Some(
            "`Fn::Split` splits the dynamic reference itself, not what it resolves to".into(),
        );
    }
    arguments::problem(model, &arguments::SPLIT, of)
}

fn stack_output(model: &Model<'_>, argument: &Node) -> Option<String> {
    const KEYS: &[&str] = &["OutputName", "Region", "RoleArn", "StackName"];
    let Some(map) = argument.as_map() else {
        return Some(format!("`Fn::GetStackOutput` takes an object, not {}", argument.kind()));
    };
    if map.keys().any(|key| key.starts_with("Fn::")) {
        return None;
    }
    if let Some(key) = ["StackName", "OutputName"].into_iter().find(|key| !map.contains_key(key)) {
        return Some(format!("`Fn::GetStackOutput` needs `{key}`"));
    }
    if let Some(key) = map.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Some(format!("`Fn::GetStackOutput` takes no `{key}`"));
    }
    arguments::values(model, &arguments::STACK_OUTPUT, map)
}

/// A variable of `Fn::Sub` in a text that no `Fn::Sub` reads: names of CloudFormation's own and of the template's are sure to be meant so.
pub(super) fn check_text(walk: &mut Walk<'_, '_>, text: &str, path: &Path<'_>) {
    if walk.model.has_macros || !text.contains("${") {
        return;
    }
    // Scripts have variables of their own.
    if text.contains('\n') || text.len() > 500 {
        return;
    }
    let mut names = text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    let Some(name) = names.find(|name| is_name(walk.model, name)) else { return };
    let place = path.to_string();
    let substituted = walk.resource.is_some_and(|resource| {
        let by = resource.properties.get("DefinitionSubstitutions").and_then(Node::as_map);
        place.starts_with("Definition") && by.is_some_and(|by| by.contains_key(name))
    });
    if !substituted && !place.ends_with("TemplateBody") {
        let message = format!("`${{{name}}}` stays as it is: no `Fn::Sub` is around it");
        walk.report(codes::BAD_INTRINSIC, path, message).help =
            Some("put the text into `Fn::Sub`".into());
    }
}

/// Whether `Fn::Sub` would find a name.
fn is_name(model: &Model<'_>, name: &str) -> bool {
    if let Some(own) = name.strip_prefix("AWS::") {
        return matches!(own, "AccountId" | "Partition" | "Region" | "StackId" | "StackName");
    }
    match name.split_once('.') {
        None => model.resource(name).is_some() || model.has_entry("Parameters", name),
        Some((id, attribute)) => {
            let spec = model.resource(id).and_then(|resource| resource.spec);
            spec.is_some_and(|spec| spec.attributes().any(|(name, _)| name == attribute))
        }
    }
}

/// The name of a pseudo parameter as a value of its own.
pub(super) fn check_raw(walk: &mut Walk<'_, '_>, key: &str, text: &str, path: &Path<'_>) {
    let is_name = matches!(
        text,
        "AWS::AccountId"
            | "AWS::NoValue"
            | "AWS::NotificationARNs"
            | "AWS::Partition"
            | "AWS::Region"
            | "AWS::StackId"
            | "AWS::StackName"
            | "AWS::URLSuffix"
    );
    if is_name && key != "Ref" && !key.starts_with("Fn::") {
        let message = format!("this is the text `{text}`, not what it stands for");
        let finding = walk.report(codes::BAD_INTRINSIC, path, message);
        finding.severity = Severity::Warning;
        finding.help = Some(format!("write `{{ \"Ref\": \"{text}\" }}`"));
    }
}

fn select(model: &Model<'_>, list: Option<&[Node]>) -> Option<String> {
    let Some([index, of]) = list else {
        return Some("`Fn::Select` takes an index and a list".into());
    };
    let problem = arguments::problem(model, &arguments::SELECT_LIST, of)
        .or_else(|| arguments::problem(model, &arguments::SELECT_INDEX, index));
    if problem.is_some() || index.is_deferred() {
        return problem;
    }
    let Some(number) = as_number(index).filter(|index| *index >= 0.0 && index.fract() == 0.0)
    else {
        return Some("the index of `Fn::Select` is a whole number from 0".into());
    };
    let length = match (of, of.as_function()) {
        (Node::List(items), _) if items.iter().any(Node::is_null) => {
            return Some("`Fn::Select` does not choose from a list with `null`".into());
        }
        (Node::List(items), _) => items.len(),
        (_, Some(("Fn::Split", Node::List(parts)))) => match parts.as_slice() {
            [Node::Str(delimiter), text @ Node::Str(of)]
                if !delimiter.is_empty() && !is_open(text) =>
            {
                of.split(delimiter.as_str()).count()
            }
            _ => return None,
        },
        (_, Some(("Fn::Cidr", Node::List(parts)))) => parts.get(1).and_then(as_number)? as usize,
        _ => return None,
    };
    (number >= length as f64)
        .then(|| format!("`Fn::Select` asks for item {number} of {length}; the first is 0"))
}

fn cidr(model: &Model<'_>, argument: &Node) -> Option<String> {
    let parts = match argument {
        Node::List(parts) if (2..=3).contains(&parts.len()) => parts,
        other if other.is_deferred() => return None,
        _ => return Some("`Fn::Cidr` takes a range, a count, and the bits of each part".into()),
    };
    let takes = [arguments::CIDR_RANGE, arguments::CIDR_COUNT, arguments::CIDR_BITS];
    let mut pairs = parts.iter().zip(&takes);
    if let Some(problem) = pairs.find_map(|(part, takes)| arguments::problem(model, takes, part)) {
        return Some(problem);
    }
    for (what, part) in [("count", parts.get(1)), ("bits", parts.get(2))] {
        let Some(part) = part.filter(|part| !is_open(part)) else { continue };
        if as_number(part).is_none_or(|number| number.fract() != 0.0) {
            return Some(format!("the {what} of `Fn::Cidr` is a whole number"));
        }
    }
    let range = parts.first().filter(|range| !is_open(range)).and_then(Node::as_str);
    let parsed = range.map(Cidr::parse);
    if let (Some(text), Some(None)) = (range, parsed) {
        return Some(format!("`{text}` is no range of addresses"));
    }
    let count = parts.get(1).and_then(as_number);
    if let Some(count) = count.filter(|count| !(1.0..=256.0).contains(count)) {
        return Some(format!("`Fn::Cidr` gives 1 to 256 ranges, not {count}"));
    }
    let bits = parts.get(2).and_then(as_number);
    if let Some(bits) = bits.filter(|bits| !(1.0..=128.0).contains(bits)) {
        return Some(format!("the ranges of `Fn::Cidr` have 1 to 128 bits, not {bits}"));
    }
    if let (Some(Some(range)), Some(count), Some(bits)) = (parsed, count, bits) {
        let width = if range.is_v6 { 128.0 } else { 32.0 };
        let has = (width - f64::from(range.prefix) - bits).exp2();
        if has < count {
            return Some(format!(
                "`{}` has no room for {count} ranges of {bits} bits",
                parts.first().and_then(Node::as_str).unwrap_or_default()
            ));
        }
    }
    None
}

fn find_in_map(model: &Model<'_>, argument: &Node) -> Option<String> {
    let keys = match argument {
        Node::List(keys) if keys.len() == 3 || keys.len() == 4 => keys,
        _ => return Some("`Fn::FindInMap` takes a mapping and two keys".into()),
    };
    if let Some(default) = keys.get(3) {
        if !model.has_extensions {
            return Some(
                "a default of `Fn::FindInMap` needs the transform `AWS::LanguageExtensions`".into(),
            );
        }
        let fits =
            default.as_map().is_some_and(|map| map.len() == 1 && map.contains_key("DefaultValue"));
        if !fits {
            return Some("the default of `Fn::FindInMap` is an object with `DefaultValue`".into());
        }
    }
    if let Some(problem) = arguments::among(model, &arguments::FIND_IN_MAP, keys.get(..3)?) {
        return Some(problem);
    }
    // With a default nothing is missing; the rest is for the check of references to say.
    let (3, Some(mapping)) = (keys.len(), keys.first().and_then(Node::as_str)) else { return None };
    let mapping = model.section("Mappings").find(|(name, _)| *name == mapping)?.1.as_map()?;
    if mapping.keys().any(|key| key.starts_with("Fn::")) {
        return None;
    }
    let key = keys.get(1)?.as_str().filter(|key| !key.contains("${"));
    let second = keys.get(2)?.as_str().filter(|key| !key.contains("${"));
    let missing = |key: &str| Some(format!("the mapping has no key `{key}`"));
    let empty = Map::new();
    let below = |values: &Node, key: &str| values.as_map().unwrap_or(&empty).contains_key(key);
    match key {
        Some(key) => {
            let Some(values) = mapping.get(key) else { return missing(key) };
            match second {
                Some(second) if !below(values, second) => missing(second),
                Some(_) => None,
                None => none_of(model, keys.get(2)?, &|key| below(values, key)),
            }
        }
        // Whatever the first key is, no entry has the second.
        None => {
            if let Some(problem) = none_of(model, keys.get(1)?, &|key| mapping.contains_key(key)) {
                return Some(problem);
            }
            let somewhere = |key: &str| mapping.iter().any(|(_, values)| below(values, key));
            match second {
                Some(second) if !somewhere(second) => missing(second),
                Some(_) => None,
                None => none_of(model, keys.get(2)?, &somewhere),
            }
        }
    }
}

/// That none of the values that a parameter may have is among the keys of a mapping.
fn none_of(model: &Model<'_>, key: &Node, has: &dyn Fn(&str) -> bool) -> Option<String> {
    let Some(("Ref", Node::Str(name))) = key.as_function() else { return None };
    let parameters = model.root.get("Parameters")?.as_map()?;
    let allowed = parameters.get(name)?.get("AllowedValues")?.as_list()?;
    let found = |value: &Node| match value {
        Node::Str(text) => has(text),
        other => has(&other.to_json()),
    };
    (!allowed.is_empty() && !allowed.iter().any(found))
        .then(|| format!("the mapping has no key for any allowed value of `{name}`"))
}

fn get_att(walk: &mut Walk<'_, '_>, argument: &Node, path: &Path<'_>) -> Option<String> {
    let (id, attribute) = match argument {
        Node::Str(text) => match text.split_once('.') {
            Some(parts) => parts,
            None => return Some("`Fn::GetAtt` takes a logical id and an attribute".into()),
        },
        Node::List(parts) => match parts.as_slice() {
            [Node::Str(id), Node::Str(attribute)] => (id.as_str(), attribute.as_str()),
            [id, attribute] => {
                let model = walk.model;
                return (!matches!(id, Node::Str(_)))
                    .then(|| match id.is_deferred() {
                        true => arguments::problem(model, &arguments::GET_ATT_ID, id),
                        false => Some(format!("a logical id is a text, not {}", id.kind())),
                    })
                    .flatten()
                    .or_else(|| arguments::problem(model, &arguments::GET_ATT_NAME, attribute));
            }
            _ => return Some("`Fn::GetAtt` takes a logical id and an attribute".into()),
        },
        other if other.is_deferred() => return None,
        other => return Some(format!("`Fn::GetAtt` takes a list, not {}", other.kind())),
    };
    attribute_of(walk, id, attribute, path);
    None
}

/// Whether the type has such an attribute, as far as the tables know.
fn attribute_of(walk: &mut Walk<'_, '_>, id: &str, attribute: &str, path: &Path<'_>) {
    let Some(resource) = walk.model.resource(id) else { return };
    let Some(spec) = resource.spec else { return };
    // The outputs of nested stacks are named by their templates; objects among attributes are read by their parts.
    let is_free = matches!(
        resource.type_name,
        "AWS::CloudFormation::Stack" | "AWS::CloudFormation::CustomResource"
    ) || attribute.contains("${");
    let covers = |name: &str| {
        name == attribute || attribute.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
    };
    if is_free
        || spec.attributes().any(|(name, _)| covers(name))
        || spec.read_only().any(|name| covers(&name.replace('/', ".")))
        || spec.properties().property(attribute).is_some()
    {
        return;
    }
    let message = format!("`{}` has no attribute `{attribute}`", resource.type_name);
    let names: Vec<&str> = spec.attributes().map(|(name, _)| name).collect();
    let near = super::nearest(attribute, names.iter().copied());
    let finding = walk.report(codes::UNKNOWN_ATTRIBUTE, path, message);
    finding.help = Some(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "it has none: `Ref` gives what there is".to_owned(),
        None => format!("it has `{}`", names.join("`, `")),
    });
}

fn sub(walk: &mut Walk<'_, '_>, argument: &Node, path: &Path<'_>) -> Option<String> {
    let (text, variables) = match argument {
        Node::Str(text) => (text, None),
        Node::List(parts) => match parts.as_slice() {
            [Node::Str(text), Node::Map(variables)] => (text, Some(variables)),
            [Node::Str(_), of] if of.is_deferred() => return None,
            _ => {
                return Some("`Fn::Sub` takes a text, or a text and an object of variables".into());
            }
        },
        other if matches!(other.as_function(), Some(("Fn::Transform", _))) => return None,
        other => return Some(format!("`Fn::Sub` takes a text, not {}", other.kind())),
    };
    if let Some(problem) = variables
        .and_then(|variables| arguments::values(walk.model, &arguments::SUB_VARIABLE, variables))
    {
        return Some(problem);
    }
    needless(walk, text, variables, path);
    for part in text.split("${").skip(1) {
        let Some((name, _)) = part.split_once('}') else { continue };
        let name = name.trim();
        if let Some(problem) = variables
            .is_none_or(|variables| !variables.contains_key(name))
            .then(|| list_in_sub(walk.model, name))
            .flatten()
        {
            return Some(problem);
        }
        if name.starts_with('!') || variables.is_some_and(|variables| variables.contains_key(name))
        {
            continue;
        }
        if let Some((id, attribute)) = name.split_once('.') {
            attribute_of(walk, id, attribute, path);
        }
    }
    None
}

/// A variable of a text that is a list, or nothing.
fn list_in_sub(model: &Model<'_>, name: &str) -> Option<String> {
    if name == "AWS::NoValue" {
        return Some("`AWS::NoValue` takes a property away, it is no text".into());
    }
    let given = match name.split_once('.') {
        Some((id, attribute)) => yields::attribute_of(model, id, attribute),
        None => yields::reference(model, name),
    };
    (given == Yields::LIST).then(|| format!("`${{{name}}}` is a list; join it by `Fn::Join` first"))
}

/// An `Fn::Sub` that replaces nothing, and variables that it does not know.
fn needless(walk: &mut Walk<'_, '_>, text: &str, variables: Option<&Map>, path: &Path<'_>) {
    if !text.contains("${") && variables.is_none() {
        let message = "there is nothing to replace in this `Fn::Sub`";
        let finding = walk.report(codes::UNUSED, path, message);
        finding.severity = Severity::Info;
        finding.help = Some("write the text without it".into());
    }
    for name in variables.into_iter().flat_map(Map::keys) {
        let is_there = text
            .split("${")
            .skip(1)
            .any(|part| part.split_once('}').is_some_and(|(other, _)| other.trim() == name));
        if !is_there && !name.starts_with("Fn::") {
            let message = format!("the text of this `Fn::Sub` has no `${{{name}}}`");
            walk.report(codes::UNUSED, path, message);
        }
    }
}

/// Whether this calls a macro: by an object, or by a list of one.
fn is_macro(argument: &Node) -> bool {
    match argument {
        Node::List(items) => matches!(items.as_slice(), [one] if one.get("Name").is_some()),
        one => one.get("Name").is_some(),
    }
}
