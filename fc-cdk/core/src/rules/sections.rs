//! Parameters, outputs, mappings, conditions, tags, dependencies.

use super::{
    CheckOptions,
    findings::Findings,
    known::literal,
    model::{Model, Resource, target_id},
};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
    spec::ResourceSpec,
};

/// The greatest length of names in templates.
const MAX_NAME: usize = 255;

/// The rules of the sections beside the resources.
pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    for (name, _) in model.section("Parameters") {
        let path = || format!("Parameters.{name}");
        long_name(name, &path, findings);
    }
    for (name, body) in model.section("Mappings") {
        long_name(name, &|| format!("Mappings.{name}"), findings);
        let keys = body.as_map().map_or(0, Map::len);
        if keys > 200 {
            let message = format!("a mapping has {keys} keys, 200 are allowed");
            findings.template(codes::LIMIT_EXCEEDED, &format!("Mappings.{name}"), message);
        }
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
    if !model.has_macros {
        constant_conditions(model, findings);
    }
}

/// Conditions that need each other, and those that hold always or never.
fn constant_conditions(model: &Model<'_>, findings: &mut Findings) {
    if let Some(circle) = model.conditions.circle().filter(|circle| !circle.is_empty()) {
        let names: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
        let message = match circle.as_slice() {
            [_] => format!("the condition {} needs itself", names[0]),
            _ => format!("conditions need each other: {} → {}", names.join(" → "), names[0]),
        };
        findings.template(codes::BAD_STRUCTURE, &format!("Conditions.{}", circle[0]), message);
    }
    for (name, _) in model.section("Conditions") {
        let can_be = |holds: bool| model.conditions.can_be(&[(name, holds)]);
        let message = match (can_be(true), can_be(false)) {
            (Some(false), _) => format!("`{name}` never holds"),
            (_, Some(false)) => format!("`{name}` always holds"),
            _ => continue,
        };
        findings.template(codes::CONSTANT_CONDITION, &format!("Conditions.{name}"), message);
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
    if !model.uses("Conditions", name) && !model.has_macros {
        let message = format!("the condition `{name}` is not in the template");
        findings.template(codes::DANGLING_REFERENCE, &path(), message);
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
        let meant = meant(resource.type_name, |name| (options.spec)(usize::MAX, name).is_some());
        let finding = findings.add(resource, codes::UNKNOWN_TYPE, "Type", message);
        if let Some(meant) = meant {
            finding.help = Some(format!(
                "did you mean `{meant}`? if AWS has added the type since, allow this finding here"
            ));
        }
    }
    if resource.spec.is_some_and(ResourceSpec::is_shut_down) {
        let message = format!("AWS has shut down the service of `{}`", resource.type_name);
        findings.add(resource, codes::UNKNOWN_TYPE, "Type", message);
    }
    if let Some(Node::List(tags)) = resource.properties.get("Tags") {
        check_tags(resource, tags, findings);
    }
    if let Some(Node::Map(tags)) = resource.properties.get("Tags")
        && let Some(key) = tags.keys().find(|key| key.starts_with("aws:"))
    {
        let message = format!("`{key}` begins with `aws:`, which is AWS's own");
        findings.add(resource, codes::BAD_TAGS, &format!("Tags.{key}"), message);
    }
    if let (Some(region), Some(spec)) = (options.region, resource.spec)
        && spec.is_missing_in(region)
    {
        let message = format!("`{}` is not offered in {region}", resource.type_name);
        findings.add(resource, codes::TYPE_NOT_IN_REGION, "", message);
    }
    one_policy(resource, findings);
    if let Some(on) = resource.body.get("DependsOn") {
        depends_on(model, resource, on, findings);
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

/// Data that is kept when the resource goes, and not when it is replaced, or the other way round.
fn one_policy(resource: &Resource<'_>, findings: &mut Findings) {
    const BOTH: [&str; 2] = ["DeletionPolicy", "UpdateReplacePolicy"];
    let [on_deletion, on_replacement] = BOTH.map(|key| resource.body.get(key));
    let keeps = |policy: Option<&Node>| {
        matches!(
            policy.and_then(Node::as_str),
            Some("Retain" | "Snapshot" | "RetainExceptOnCreate")
        )
    };
    let (set, missing, when) = match (on_deletion, on_replacement) {
        (set, None) if keeps(set) => (BOTH[0], BOTH[1], "is replaced"),
        (None, set) if keeps(set) => (BOTH[1], BOTH[0], "is deleted"),
        _ => return,
    };
    let message = format!(
        "`{set}` keeps what is there, and without `{missing}` it goes when the resource {when}"
    );
    findings.add(resource, codes::ONE_POLICY, set, message);
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

fn depends_on(model: &Model<'_>, resource: &Resource<'_>, on: &Node, findings: &mut Findings) {
    // The AWS CDK writes such dependencies by itself, and nobody could drop them.
    let is_by_cdk = model.is_by_cdk()
        || resource.body.get("Metadata").is_some_and(|it| it.get("aws:cdk:path").is_some());
    for target in on.as_items().iter().filter_map(Node::as_str) {
        if target == resource.logical_id {
            let message = format!("`{target}` depends on itself");
            findings.add(resource, codes::RESOURCE_CYCLE, "DependsOn", message);
        } else if !is_by_cdk && resource.properties.iter().any(|(_, value)| mentions(value, target))
        {
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

/// The type that differs from a name by one letter, or two that are swapped.
fn meant(name: &str, is_type: impl Fn(&str) -> bool) -> Option<String> {
    let letters = || (b'0'..=b'9').chain(b'A'..=b'Z').chain(b'a'..=b'z').map(char::from);
    let places = "AWS::".len()..=name.len();
    let mut edits = places.filter(|at| name.is_char_boundary(*at)).flat_map(|at| {
        let (before, after) = name.split_at(at);
        let mut rest = after.chars();
        let (first, second) = (rest.next(), rest.next());
        let (one, two) = (first.map_or(0, char::len_utf8), second.map_or(0, char::len_utf8));
        let swapped =
            first.zip(second).map(|(a, b)| format!("{before}{b}{a}{}", &after[one + two..]));
        let dropped = first.map(|_| format!("{before}{}", &after[one..]));
        let changed = letters().map(move |letter| format!("{before}{letter}{}", &after[one..]));
        let added = letters().map(move |letter| format!("{before}{letter}{after}"));
        swapped.into_iter().chain(dropped).chain(changed).chain(added)
    });
    edits.find(|edit| is_type(edit))
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn one_letter_is_mended() {
        let types = ["AWS::S3::Bucket", "AWS::SNS::Topic"];
        let meant = |name| meant(name, |other| types.contains(&other));
        for name in [
            "AWS::S3::Bukcet",
            "AWS::S3::Buckt",
            "AWS::S3::Buckets",
            "AWS::S3::bucket",
            "AWS::S4::Bucket",
        ] {
            assert_eq!(meant(name).as_deref(), Some("AWS::S3::Bucket"), "{name}");
        }
        assert_eq!(meant("AWS::SNS::Topcis"), None);
        assert_eq!(meant("AWS::"), None);
    }
}
