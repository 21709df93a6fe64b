//! Parameters, outputs, mappings, conditions, tags, dependencies.

use super::{
    CheckOptions,
    findings::Findings,
    known::{Known, as_number, literal, number, truth},
    model::{Model, Resource, target_id},
    secrets,
};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
};

/// The greatest length of names in templates.
const MAX_NAME: usize = 255;

/// The rules of the sections beside the resources.
pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    for (name, body) in model.section("Parameters") {
        let path = || format!("Parameters.{name}");
        long_name(name, &path, findings);
        if let Some(parameter) = body.as_map() {
            check_parameter(parameter, &path, findings);
        }
    }
    for (name, body) in model.section("Mappings") {
        long_name(name, &|| format!("Mappings.{name}"), findings);
        for (key, values) in body.as_map().into_iter().flat_map(Map::iter) {
            let count = values.as_map().map_or(0, Map::len);
            if count > 200 {
                let message = format!("a key of a mapping has {count} values, 200 are allowed");
                findings.template(
                    codes::LIMIT_EXCEEDED,
                    &format!("Mappings.{name}.{key}"),
                    message,
                );
            }
        }
    }
    for (name, body) in model.section("Outputs") {
        long_name(name, &|| format!("Outputs.{name}"), findings);
        let Some(output) = body.as_map() else { continue };
        let description = literal(output, "Description").map_or(0, str::len);
        if description > 1024 {
            let message = format!("the description has {description} bytes, 1024 are allowed");
            findings.template(codes::LIMIT_EXCEEDED, &format!("Outputs.{name}"), message);
        }
        let condition = output.get("Condition").and_then(Node::as_str);
        if let Some(condition) = condition {
            known_condition(model, condition, &|| format!("Outputs.{name}.Condition"), findings);
        }
    }
    for (name, body) in model.section("Conditions") {
        conditions_in(model, name, body, findings);
    }
}

fn long_name(name: &str, path: &dyn Fn() -> String, findings: &mut Findings) {
    if name.len() > MAX_NAME {
        let message = format!("the name has {} characters, {MAX_NAME} are allowed", name.len());
        findings.template(codes::LIMIT_EXCEEDED, &path(), message);
    }
}

/// Conditions that a condition names.
fn conditions_in(model: &Model<'_>, within: &str, node: &Node, findings: &mut Findings) {
    if let Some(("Condition", Node::Str(name))) = node.as_function() {
        return known_condition(model, name, &|| format!("Conditions.{within}"), findings);
    }
    let items = node.as_list().unwrap_or_default().iter();
    let values = node.as_map().into_iter().flat_map(Map::iter).map(|(_, value)| value);
    items.chain(values).for_each(|below| conditions_in(model, within, below, findings));
}

fn known_condition(
    model: &Model<'_>,
    name: &str,
    path: &dyn Fn() -> String,
    findings: &mut Findings,
) {
    if !model.has_macros && model.section("Conditions").all(|(other, _)| other != name) {
        let message = format!("the condition `{name}` is not in the template");
        findings.template(codes::DANGLING_REFERENCE, &path(), message);
    }
}

fn check_parameter(parameter: &Map, path: &dyn Fn() -> String, findings: &mut Findings) {
    let Some(kind) = literal(parameter, "Type") else {
        if !parameter.keys().any(|key| key.starts_with("Fn::")) {
            findings.template(codes::BAD_PARAMETER, &path(), "a parameter needs a type");
        }
        return;
    };
    let kind = kind.trim();
    let is_list = kind == "CommaDelimitedList"
        || kind.strip_prefix("List").is_some_and(|of| of.trim_start().starts_with('<'));
    let scalar = matches!(kind, "String" | "Number" | "CommaDelimitedList");
    if !scalar && !kind.starts_with("AWS::") && !is_list {
        let message = format!("`{kind}` is no type of parameters");
        findings.template(codes::BAD_PARAMETER, &path(), message);
        return;
    }
    let Some(default) = parameter.get("Default") else { return };
    // The default of such a parameter is a name in Parameter Store, whose value is checked.
    if kind.starts_with("AWS::SSM::Parameter::Value") {
        return;
    }
    let text = match default {
        Node::Str(text) => text.to_string(),
        Node::Int(_) | Node::Float(_) | Node::Bool(_) => default.to_json(),
        _ => return,
    };
    if truth(parameter, "NoEcho") == Known::Is(true) && secrets::is_literal(&text) {
        let message = "the default of a hidden parameter is for all to read";
        findings.template(codes::PLAIN_TEXT_SECRET, &path(), message);
    }
    if text.len() > 4096 {
        let message = format!("the default has {} bytes, 4096 are allowed", text.len());
        findings.template(codes::LIMIT_EXCEEDED, &path(), message);
    }
    let mut wrong = |message: String| {
        findings.template(codes::BAD_PARAMETER, &path(), message);
    };
    let values: Vec<&str> =
        if is_list { text.split(',').map(str::trim).collect() } else { vec![text.as_str()] };
    if let Some(allowed) = parameter.get("AllowedValues").and_then(Node::as_list) {
        let is_allowed = |value: &str| {
            allowed.iter().any(|node| match node {
                Node::Str(text) => text == value,
                other => other.to_json() == value || as_number(other) == value.parse().ok(),
            })
        };
        // A list may be allowed as a whole, too.
        if let Some(value) = values.iter().find(|value| !is_allowed(value))
            && !is_allowed(&text)
        {
            wrong(format!("the default `{value}` is not among the allowed values"));
        }
    }
    if matches!(kind, "Number" | "List<Number>") {
        let minimum = number(parameter, "MinValue").unwrap_or(f64::NEG_INFINITY);
        let maximum = number(parameter, "MaxValue").unwrap_or(f64::INFINITY);
        for value in &values {
            match value.parse::<f64>() {
                Err(_) => wrong(format!("the default `{value}` is no number")),
                Ok(value) if value < minimum => {
                    wrong(format!("the default {value} is below the minimum {minimum}"));
                }
                Ok(value) if value > maximum => {
                    wrong(format!("the default {value} is above the maximum {maximum}"));
                }
                Ok(_) => {}
            }
        }
    }
    if kind == "String" {
        let length = text.chars().count() as f64;
        let minimum = number(parameter, "MinLength").filter(|minimum| length < *minimum);
        let maximum = number(parameter, "MaxLength").filter(|maximum| length > *maximum);
        if let Some(minimum) = minimum {
            wrong(format!("the default has {length} characters, {minimum} are the least"));
        }
        if let Some(maximum) = maximum {
            wrong(format!("the default has {length} characters, {maximum} are the most"));
        }
    }
}

/// What holds for resources of every type: id, tags, dependencies, region, policies.
pub(super) fn check_resource(
    model: &Model<'_>,
    resource: &Resource<'_>,
    options: &CheckOptions<'_>,
    findings: &mut Findings,
) {
    let id = resource.logical_id;
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !id.starts_with("Fn::")
        && !model.has_macros
    {
        let message = format!("`{id}` is not a logical id");
        findings.add(resource, codes::BAD_LOGICAL_ID, "", message);
    }
    if id.len() > MAX_NAME {
        let message = format!("the logical id has {} characters, {MAX_NAME} are allowed", id.len());
        findings.add(resource, codes::BAD_LOGICAL_ID, "", message);
    }
    let is_unknown = options.knows_all_types
        && resource.spec.is_none()
        && resource.type_name.starts_with("AWS::")
        && !resource.type_name.ends_with("::MODULE");
    if is_unknown {
        let message = format!("there is no resource type `{}`", resource.type_name);
        findings.add(resource, codes::UNKNOWN_TYPE, "Type", message);
    }
    if let Some(Node::List(tags)) = resource.properties.get("Tags") {
        check_tags(resource, tags, findings);
    }
    if let (Some(region), Some(spec)) = (options.region, resource.spec)
        && spec.is_missing_in(region)
    {
        let message = format!("`{}` is not offered in {region}", resource.type_name);
        findings.add(resource, codes::TYPE_NOT_IN_REGION, "", message);
    }
    if let Some(on) = resource.body.get("DependsOn") {
        depends_on(resource, on, findings);
    }
    if resource.type_name == "AWS::IAM::Role"
        && let Some(Node::List(policies)) = resource.properties.get("ManagedPolicyArns")
    {
        let sure = policies
            .iter()
            .filter(|policy| !matches!(policy.as_function(), Some(("Fn::If", _))))
            .count();
        if sure > 10 {
            let message = format!(
                "the role has {sure} managed policies, 10 are allowed unless AWS has raised the quota"
            );
            let finding =
                findings.add(resource, codes::LIMIT_EXCEEDED, "ManagedPolicyArns", message);
            finding.severity = Severity::Warning;
        }
    }
}

fn check_tags(resource: &Resource<'_>, tags: &[Node], findings: &mut Findings) {
    if tags.len() > 50 {
        let message = format!("there are {} tags, most types take 50", tags.len());
        findings.add(resource, codes::LIMIT_EXCEEDED, "Tags", message).severity = Severity::Warning;
    }
    for (index, tag) in tags.iter().enumerate() {
        let Some(key) = tag.as_map().and_then(|tag| literal(tag, "Key")) else { continue };
        let twice = tags[..index]
            .iter()
            .any(|other| other.as_map().and_then(|other| literal(other, "Key")) == Some(key));
        if twice {
            let message = format!("the tag `{key}` is there twice");
            findings.add(resource, codes::BAD_TAGS, &format!("Tags.{index}"), message);
        } else if key.starts_with("aws:") {
            let message = format!("`{key}` begins with `aws:`, which is AWS's own");
            findings.add(resource, codes::BAD_TAGS, &format!("Tags.{index}"), message);
        }
    }
}

fn depends_on(resource: &Resource<'_>, on: &Node, findings: &mut Findings) {
    let all = match on {
        Node::List(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    for target in all.iter().filter_map(Node::as_str) {
        if target == resource.logical_id {
            let message = format!("`{target}` depends on itself");
            findings.add(resource, codes::RESOURCE_CYCLE, "DependsOn", message);
        } else if resource.properties.iter().any(|(_, value)| mentions(value, target)) {
            let message = format!("a property refers to `{target}` already");
            findings.add(resource, codes::REDUNDANT_DEPENDS_ON, "DependsOn", message);
        }
    }
}

/// Whether a value certainly refers to a resource: not only if some condition holds.
fn mentions(node: &Node, id: &str) -> bool {
    if target_id(node) == Some(id) {
        return true;
    }
    match node {
        Node::List(items) => items.iter().any(|item| mentions(item, id)),
        Node::Map(map) => match node.as_function() {
            Some(("Fn::If", _)) => false,
            Some(("Fn::Sub", argument)) => {
                let text = argument.as_str().or_else(|| argument.as_list()?.first()?.as_str());
                text.is_some_and(|text| {
                    text.split("${")
                        .skip(1)
                        .any(|part| part.split(['}', '.']).next().map(str::trim) == Some(id))
                })
            }
            _ => map.iter().any(|(_, value)| mentions(value, id)),
        },
        _ => false,
    }
}
