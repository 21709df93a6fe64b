//! What a template is made of: sections, and the keys that each entry takes.

use super::{
    arguments, attributes, dynamic,
    findings::Findings,
    model::{Model, Resource},
};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
};

const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

const RESOURCE: &[&str] = &[
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
    "Version",
];

/// Keys that the Serverless Application Model adds.
const RESOURCE_OF_SAM: &[&str] = &["Connectors", "IgnoreGlobals", "ModuleInfo"];

/// The types whose data a snapshot keeps.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
const WITH_SNAPSHOT: &[&str] = &[
    "AWS::DocDB::DBCluster",
    "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
];

/// The functions that conditions are made of.
const CONDITIONS: &[&str] = &["Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"];

/// The functions that rules are made of.
const RULES: &[&str] = &[
    "Fn::And",
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::Equals",
    "Fn::Not",
    "Fn::Or",
];

/// The sections and their entries, but for the resources.
pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    for (name, body) in model.root.iter() {
        let problem = match name.as_str() {
            other if !SECTIONS.contains(&other) => {
                let help = super::nearest(other, SECTIONS.iter().copied());
                let finding = findings.template(
                    codes::BAD_STRUCTURE,
                    other,
                    format!("a template has no section `{other}`"),
                );
                if let Some(near) = help {
                    finding.help = Some(format!("did you mean `{near}`?"));
                }
                continue;
            }
            "AWSTemplateFormatVersion" => (body.as_str() != Some("2010-09-09"))
                .then(|| "the only version of templates is `2010-09-09`".to_owned()),
            "Description" => body
                .as_str()
                .is_none()
                .then(|| format!("a description is a text, not {}", body.kind())),
            "Transform" => {
                let all = body.as_items().iter();
                all.filter_map(transform).next()
            }
            "Globals" if !model.has_macros => {
                let message =
                    "`Globals` are for templates with the transform `AWS::Serverless-2016-10-31`";
                findings.template(codes::MISSING_TRANSFORM, name, message);
                continue;
            }
            _ => body
                .as_map()
                .is_none()
                .then(|| format!("this section is an object, not {}", body.kind())),
        };
        if let Some(problem) = problem {
            findings.template(codes::BAD_STRUCTURE, name, problem);
        }
    }
    if model.is_rewritten {
        return;
    }
    for (name, body) in model.section("Metadata") {
        if has_null(body) {
            let message = "metadata takes no `null`";
            findings.template(codes::BAD_STRUCTURE, &format!("Metadata.{name}"), message);
        }
        if name == "AWS::CloudFormation::Interface" {
            interface(model, body, findings);
        }
    }
    for (name, body) in model.section("Mappings") {
        entry_name("Mappings", name, findings);
        if dynamic::check_unresolved(body) {
            let message = "references in mappings are not resolved";
            findings.template(codes::BAD_DYNAMIC_REFERENCE, &format!("Mappings.{name}"), message);
        }
        mapping(name, body, findings);
    }
    for (name, body) in model.section("Conditions") {
        entry_name("Conditions", name, findings);
        if name.len() > 255 {
            let message = format!("the name has {} characters, 255 are allowed", name.len());
            findings.template(codes::LIMIT_EXCEEDED, &format!("Conditions.{name}"), message);
        }
        condition(body, CONDITIONS, &format!("Conditions.{name}"), findings);
    }
    for (name, body) in model.section("Rules") {
        entry_name("Rules", name, findings);
        rule(body, &format!("Rules.{name}"), findings);
    }
    for (name, body) in model.section("Outputs") {
        entry_name("Outputs", name, findings);
        output(model, body, &format!("Outputs.{name}"), findings);
    }
}

/// What is wrong with one transform.
fn transform(node: &Node) -> Option<String> {
    match node {
        Node::Str(_) => None,
        Node::Map(map) if node.as_function().is_none() => {
            if map.get("Name").and_then(Node::as_str).is_none() {
                return Some("a transform needs a `Name`, which is a text".into());
            }
            let other = map.keys().find(|key| !matches!(key.as_str(), "Name" | "Parameters"))?;
            Some(format!("a transform has a `Name` and `Parameters`, no `{other}`"))
        }
        Node::Map(_) => None,
        other => Some(format!("a transform is a name or a list of them, not {}", other.kind())),
    }
}

/// Loops, which are there only where a macro is.
pub(super) fn check_loops(model: &Model<'_>, findings: &mut Findings) {
    for (section, entries) in model.root.iter() {
        for (name, body) in entries.as_map().into_iter().flat_map(Map::iter) {
            if !name.starts_with("Fn::ForEach::") {
                continue;
            }
            let path = format!("{section}.{name}");
            if !model.has_extensions {
                let message = "`Fn::ForEach` is evaluated by the transform `AWS::LanguageExtensions`, which is not on";
                findings.template(codes::MISSING_TRANSFORM, &path, message);
            }
            if !matches!(body, Node::List(parts) if matches!(parts.as_slice(), [Node::Str(_), over, Node::Map(_)] if over.is_deferred() || over.as_list().is_some()))
            {
                let message = "`Fn::ForEach` takes a name, a list of values and what is repeated";
                findings.template(codes::BAD_INTRINSIC, &path, message);
            }
        }
    }
}

fn has_null(node: &Node) -> bool {
    match node {
        Node::Null => true,
        Node::List(items) => items.iter().any(has_null),
        Node::Map(map) => map.iter().any(|(_, value)| has_null(value)),
        _ => false,
    }
}

pub(super) fn entry_name(section: &str, name: &str, findings: &mut Findings) {
    let extra: &[u8] = if section == "Conditions" { b"&_" } else { b"" };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || extra.contains(&byte);
    if !name.starts_with("Fn::") && !name.bytes().all(fits) {
        let message = format!("`{name}` is no name: letters and digits only");
        findings.template(codes::BAD_STRUCTURE, &format!("{section}.{name}"), message);
    }
}

/// Keys that are none, and values of another kind.
pub(super) fn keys(
    map: &Map,
    allowed: &[&str],
    texts: &[&str],
    path: &str,
    findings: &mut Findings,
) {
    for (key, value) in map.iter().filter(|(key, _)| !key.starts_with("Fn::")) {
        if !allowed.contains(&key.as_str()) {
            let message = format!("`{key}` is not known here");
            let finding =
                findings.template(codes::BAD_STRUCTURE, &format!("{path}.{key}"), message);
            if let Some(near) = super::nearest(key, allowed.iter().copied()) {
                finding.help = Some(format!("did you mean `{near}`?"));
            }
        } else if texts.contains(&key.as_str()) && matches!(value, Node::List(_) | Node::Map(_)) {
            let message = format!("`{key}` is a text, not {}", value.kind());
            findings.template(codes::BAD_STRUCTURE, &format!("{path}.{key}"), message);
        }
    }
}

fn interface(model: &Model<'_>, body: &Node, findings: &mut Findings) {
    let path = "Metadata.AWS::CloudFormation::Interface";
    if let Some(problem) = interface_problem(body) {
        // The console shows it wrong; the deployment goes on.
        findings.template(codes::BAD_STRUCTURE, path, problem).severity = Severity::Warning;
    }
    let groups = body.get("ParameterGroups").and_then(Node::as_list).unwrap_or_default().iter();
    let grouped = groups.flat_map(|group| {
        group
            .get("Parameters")
            .and_then(Node::as_list)
            .unwrap_or_default()
            .iter()
            .filter_map(Node::as_str)
    });
    let labeled = body.get("ParameterLabels").and_then(Node::as_map).into_iter();
    let labeled = labeled.flat_map(Map::keys).map(|name| name.as_str());
    for name in grouped.chain(labeled) {
        if !model.has_entry("Parameters", name) {
            let message = format!("`{name}` is not a parameter of the template");
            findings.template(codes::DANGLING_REFERENCE, path, message).severity =
                Severity::Warning;
        }
    }
}

/// What the console would not understand.
fn interface_problem(body: &Node) -> Option<String> {
    let unknown = |node: &Node, allowed: &[&str]| match node {
        Node::Map(map) => map
            .keys()
            .find(|key| !allowed.contains(&key.as_str()))
            .map(|key| format!("`{key}` is not known here, but `{}`", allowed.join("` and `"))),
        other => Some(format!("this is an object, not {}", other.kind())),
    };
    let label = |node: &Node| {
        unknown(node, &["default"]).or_else(|| {
            let default = node.get("default")?;
            default.as_str().is_none().then(|| format!("a label is a text, not {}", default.kind()))
        })
    };
    unknown(body, &["ParameterGroups", "ParameterLabels"]).or_else(|| {
        let groups = match body.get("ParameterGroups") {
            None => &[],
            Some(Node::List(groups)) => groups.as_slice(),
            Some(other) => return Some(format!("the groups are a list, not {}", other.kind())),
        };
        let wrong_group = groups.iter().find_map(|group| {
            unknown(group, &["Label", "Parameters"]).or_else(|| label(group.get("Label")?)).or_else(
                || {
                    let parameters = group.get("Parameters")?;
                    let kind = parameters.kind();
                    parameters
                        .as_list()
                        .is_none()
                        .then(|| format!("the parameters of a group are a list, not {kind}"))
                },
            )
        });
        wrong_group.or_else(|| match body.get("ParameterLabels")? {
            Node::Map(labels) => labels.iter().find_map(|(_, of)| label(of)),
            other => Some(format!("the labels are an object, not {}", other.kind())),
        })
    })
}

fn mapping(name: &str, body: &Node, findings: &mut Findings) {
    let path = format!("Mappings.{name}");
    let Some(map) = body.as_map() else {
        findings.template(codes::BAD_STRUCTURE, &path, "a mapping is an object of objects");
        return;
    };
    if map.is_empty() {
        findings.template(codes::BAD_STRUCTURE, &path, "a mapping has a key at least");
    }
    for (key, values) in map.iter().filter(|(key, _)| !key.starts_with("Fn::")) {
        let path = format!("{path}.{key}");
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        if !key.bytes().all(fits) {
            let message = format!("`{key}` is no key: letters, digits, dashes and dots only");
            findings.template(codes::BAD_STRUCTURE, &path, message);
        }
        let Some(values) = values.as_map() else {
            findings.template(codes::BAD_STRUCTURE, &path, "a mapping has two levels of keys");
            continue;
        };
        if values.is_empty() {
            findings.template(
                codes::BAD_STRUCTURE,
                &path,
                "a key of a mapping has a value at least",
            );
        }
        if let Some(second) = values.keys().find(|second| {
            !second.starts_with("Fn::") && !second.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }) {
            let message = format!("`{second}` is no name of a value: letters and digits only");
            findings.template(codes::BAD_STRUCTURE, &format!("{path}.{second}"), message);
        }
        for (second, value) in values.iter().filter(|(key, _)| !key.starts_with("Fn::")) {
            let is_map = matches!(value, Node::Map(_)) || value.is_null();
            let nested = |item: &Node| matches!(item, Node::Map(_));
            if is_map || value.as_list().is_some_and(|items| items.iter().any(nested)) {
                let message = "a value of a mapping is a text, a number or a list of them";
                findings.template(codes::BAD_STRUCTURE, &format!("{path}.{second}"), message);
            }
        }
    }
}

/// A condition, or what a rule asserts, made of these functions.
fn condition(body: &Node, functions: &[&str], path: &str, findings: &mut Findings) {
    let name = match body {
        Node::Map(map) if map.len() == 1 => map.keys().next().map(|key| key.as_str()),
        _ => None,
    };
    match name {
        Some("Condition") if body.get("Condition").and_then(Node::as_str).is_none() => {
            findings.template(
                codes::BAD_INTRINSIC,
                path,
                "`Condition` takes the name of a condition",
            );
        }
        Some(name) if functions.contains(&name) => {
            let parts = match name {
                "Fn::And" | "Fn::Or" | "Fn::Not" => {
                    body.get(name).and_then(Node::as_list).unwrap_or_default()
                }
                _ => &[],
            };
            parts.iter().for_each(|part| condition(part, functions, path, findings));
        }
        Some(name) if name.starts_with("Fn::ForEach") || name == "Fn::Transform" => {}
        _ => {
            let message = format!("this is one of the functions `{}`", functions.join("`, `"));
            findings.template(codes::BAD_STRUCTURE, path, message);
        }
    }
}

fn rule(body: &Node, path: &str, findings: &mut Findings) {
    let Some(map) = body.as_map() else {
        findings.template(codes::BAD_STRUCTURE, path, "a rule is an object");
        return;
    };
    keys(map, &["Assertions", "RuleCondition"], &[], path, findings);
    if let Some(when) = map.get("RuleCondition") {
        condition(when, RULES, &format!("{path}.RuleCondition"), findings);
    }
    match map.get("Assertions") {
        Some(Node::List(all)) if all.is_empty() => {
            let path = format!("{path}.Assertions");
            findings.template(codes::BAD_STRUCTURE, &path, "a rule asserts something");
        }
        Some(Node::List(all)) => {
            for (index, assertion) in all.iter().enumerate() {
                let path = format!("{path}.Assertions.{index}");
                let assertion = assertion.as_map();
                if let Some(assertion) = assertion {
                    keys(
                        assertion,
                        &["Assert", "AssertDescription"],
                        &["AssertDescription"],
                        &path,
                        findings,
                    );
                }
                match assertion.and_then(|assertion| assertion.get("Assert")) {
                    Some(assert) => condition(assert, RULES, &format!("{path}.Assert"), findings),
                    None => {
                        let message = "an assertion needs `Assert`";
                        findings.template(codes::BAD_STRUCTURE, &path, message);
                    }
                }
            }
        }
        _ => {
            findings.template(codes::BAD_STRUCTURE, path, "a rule needs a list of `Assertions`");
        }
    }
}

fn output(model: &Model<'_>, body: &Node, path: &str, findings: &mut Findings) {
    let Some(map) = body.as_map() else {
        findings.template(codes::BAD_STRUCTURE, path, "an output is an object");
        return;
    };
    let loops = map.keys().any(|key| key.starts_with("Fn::"));
    keys(
        map,
        &["Condition", "Description", "Export", "Value"],
        &["Condition", "Description"],
        path,
        findings,
    );
    match map.get("Value") {
        None if loops => {}
        None => _ = findings.template(codes::BAD_STRUCTURE, path, "an output needs a `Value`"),
        Some(value) => {
            if let Some(problem) = arguments::problem(model, &arguments::OUTPUT, value) {
                findings.template(codes::BAD_STRUCTURE, &format!("{path}.Value"), problem);
            }
        }
    }
    let Some(export) = map.get("Export") else { return };
    let path = format!("{path}.Export");
    let Some(export) = export.as_map() else {
        let message = format!("an export is an object with a `Name`, not {}", export.kind());
        findings.template(codes::BAD_STRUCTURE, &path, message);
        return;
    };
    keys(export, &["Name"], &[], &path, findings);
    match export.get("Name") {
        None if export.keys().any(|key| key.starts_with("Fn::")) => {}
        None => {
            findings.template(codes::BAD_STRUCTURE, &path, "an export needs a `Name`");
        }
        Some(name) => {
            let path = format!("{path}.Name");
            if let Some(problem) = arguments::problem(model, &arguments::EXPORT_NAME, name) {
                findings.template(codes::BAD_STRUCTURE, &path, problem);
            }
            let length = name.as_str().map_or(0, str::len);
            if length > 255 {
                let message = format!("the name has {length} characters, 255 are allowed");
                findings.template(codes::LIMIT_EXCEEDED, &path, message);
            }
        }
    }
}

/// The keys of a resource, and what they take.
pub(super) fn check_resource(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    if model.has_macros {
        if resource.type_name.ends_with("::MODULE") {
            attributes::check(resource, resource.body, findings);
        }
        return;
    }
    let section = model.root.get("Resources").and_then(Node::as_map);
    let entry = section.and_then(|section| section.0.get(resource.index));
    let Some(body) = entry.and_then(|(_, entry)| entry.as_map()) else {
        if resource.logical_id.starts_with("Fn::") {
            return;
        }
        findings.add(resource, codes::BAD_STRUCTURE, "", "a resource is an object");
        return;
    };
    for key in body.keys() {
        let key = key.as_str();
        if RESOURCE.contains(&key) {
            continue;
        }
        if RESOURCE_OF_SAM.contains(&key) {
            let message =
                format!("`{key}` is for templates with the transform `AWS::Serverless-2016-10-31`");
            findings.add(resource, codes::MISSING_TRANSFORM, key, message);
        } else if !key.starts_with("Fn::") {
            let message = format!("a resource has no `{key}`");
            let finding = findings.add(resource, codes::BAD_STRUCTURE, key, message);
            if let Some(near) = super::nearest(key, RESOURCE.iter().copied()) {
                finding.help = Some(format!("did you mean `{near}`?"));
            }
        }
    }
    match body.get("Type") {
        Some(Node::Str(name)) if is_type_name(name) => {}
        Some(Node::Str(name)) => {
            let message = format!("`{name}` is no name of a type");
            findings.add(resource, codes::UNKNOWN_TYPE, "Type", message);
        }
        Some(other) => {
            let message = format!("a type is a text, not {}", other.kind());
            findings.add(resource, codes::BAD_STRUCTURE, "Type", message);
        }
        None => _ = findings.add(resource, codes::BAD_STRUCTURE, "", "a resource needs a type"),
    }
    if resource.type_name.starts_with("AWS::Serverless::") {
        let message =
            "types of SAM need the transform `AWS::Serverless-2016-10-31`, which is not on";
        findings.add(resource, codes::MISSING_TRANSFORM, "Type", message);
    }
    for key in ["Properties", "Metadata", "CreationPolicy", "UpdatePolicy"] {
        if let Some(other) = body.get(key)
            && other.as_map().is_none()
        {
            let message = format!("`{key}` is an object, not {}", other.kind());
            findings.add(resource, codes::BAD_STRUCTURE, key, message);
        }
    }
    let is_name = |node: &Node| node.as_str().is_some();
    if let Some(on) = body.get("DependsOn")
        && !is_name(on)
        && !on.as_list().is_some_and(|all| all.iter().all(is_name))
    {
        findings.add(resource, codes::BAD_STRUCTURE, "DependsOn", "it takes logical ids");
    }
    if body.get("Condition").is_some_and(|condition| !is_name(condition)) {
        findings.add(
            resource,
            codes::BAD_STRUCTURE,
            "Condition",
            "it takes the name of a condition",
        );
    }
    for key in ["DeletionPolicy", "UpdateReplacePolicy"] {
        let policy = match body.get(key).map(|node| looked_up(model, node)) {
            None => continue,
            Some(Node::Str(policy)) => policy,
            Some(node) => {
                // A parameter or a mapping may choose, with the language extensions.
                const CHOOSE: [&str; 5] =
                    ["Fn::FindInMap", "Fn::If", "Fn::Select", "Fn::Sub", "Ref"];
                let function = node.as_function();
                if function.is_none_or(|(name, _)| !CHOOSE.contains(&name)) {
                    let message = format!("`{key}` is a text, not {}", node.kind());
                    findings.add(resource, codes::BAD_STRUCTURE, key, message);
                }
                continue;
            }
        };
        let message = match policy.as_str() {
            "Delete" | "Retain" => continue,
            "RetainExceptOnCreate" if key == "DeletionPolicy" => continue,
            "Snapshot" if WITH_SNAPSHOT.contains(&resource.type_name) => continue,
            "Snapshot" if resource.spec.is_none() && !resource.type_name.starts_with("AWS::") => {
                continue;
            }
            "Snapshot" => format!("`{}` has no snapshots", resource.type_name),
            other => format!("there is no policy `{other}`"),
        };
        let finding = findings.add(resource, codes::BAD_STRUCTURE, key, message);
        finding.help = Some("use `Delete`, `Retain`, or `Snapshot` for what has snapshots".into());
    }
    attributes::check(resource, body, findings);
}

/// What a mapping has under keys that are known; anything else as it is.
fn looked_up<'n>(model: &Model<'n>, node: &'n Node) -> &'n Node {
    let value = || {
        let ("Fn::FindInMap", Node::List(keys)) = node.as_function()? else { return None };
        let [map, first, second] = keys.as_slice() else { return None };
        let map = model.root.get("Mappings")?.get(map.as_str()?)?;
        map.get(first.as_str()?)?.get(second.as_str()?)
    };
    value().unwrap_or(node)
}

/// Whether a text may be the name of a type: `AWS::S3::Bucket`, `Custom::Thing`, `Org::Team::Thing::MODULE`.
fn is_type_name(name: &str) -> bool {
    if let Some(rest) = name.strip_prefix("Custom::") {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_@-:".contains(&byte);
        return !rest.is_empty() && name.len() <= 60 && rest.bytes().all(fits);
    }
    // Nearly every name is one of AWS's.
    name.starts_with("AWS::") || name.split("::").filter(|part| !part.is_empty()).count() >= 3
}
