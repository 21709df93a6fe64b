//! What a template is made of: sections, and the keys that each entry takes.

use super::{
    findings::Findings,
    model::{Model, Resource},
};
use crate::{
    codes,
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
const CONDITIONS: &[&str] = &[
    "Condition",
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
                let is_name = |node: &Node| matches!(node, Node::Str(_) | Node::Map(_));
                let fits =
                    is_name(body) || body.as_list().is_some_and(|all| all.iter().all(is_name));
                (!fits).then(|| {
                    format!("a transform is a name or a list of them, not {}", body.kind())
                })
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
    if model.has_macros {
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
    for (name, body) in model.section("Parameters") {
        entry_name("Parameters", name, findings);
        if model.resource(name).is_some() {
            let message = format!("`{name}` is a parameter and a resource");
            findings.template(codes::BAD_STRUCTURE, &format!("Parameters.{name}"), message);
        }
        parameter(name, body, findings);
    }
    for (name, body) in model.section("Mappings") {
        entry_name("Mappings", name, findings);
        mapping(name, body, findings);
    }
    for (name, body) in model.section("Conditions") {
        condition(body, &format!("Conditions.{name}"), findings);
    }
    for (name, body) in model.section("Rules") {
        rule(body, &format!("Rules.{name}"), findings);
    }
    for (name, body) in model.section("Outputs") {
        entry_name("Outputs", name, findings);
        output(body, &format!("Outputs.{name}"), findings);
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
            if !matches!(body, Node::List(parts) if matches!(parts.as_slice(), [Node::Str(_), _, Node::Map(_)]))
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

fn entry_name(section: &str, name: &str, findings: &mut Findings) {
    let extra: &[u8] = if section == "Mappings" { b"-._" } else { b"" };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || extra.contains(&byte);
    if !name.starts_with("Fn::") && !name.bytes().all(fits) {
        let message = format!("`{name}` is no name: letters and digits only");
        findings.template(codes::BAD_STRUCTURE, &format!("{section}.{name}"), message);
    }
}

/// Keys that are none, and values of another kind.
fn keys(map: &Map, allowed: &[&str], texts: &[&str], path: &str, findings: &mut Findings) {
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
            findings.template(codes::DANGLING_REFERENCE, path, message);
        }
    }
}

fn parameter(name: &str, body: &Node, findings: &mut Findings) {
    const KEYS: &[&str] = &[
        "AllowedPattern",
        "AllowedValues",
        "ConstraintDescription",
        "Default",
        "Description",
        "MaxLength",
        "MaxValue",
        "MinLength",
        "MinValue",
        "NoEcho",
        "Type",
    ];
    let path = format!("Parameters.{name}");
    let Some(map) = body.as_map() else {
        let message = format!("a parameter is an object, not {}", body.kind());
        findings.template(codes::BAD_PARAMETER, &path, message);
        return;
    };
    keys(
        map,
        KEYS,
        &["AllowedPattern", "ConstraintDescription", "Description", "Type"],
        &path,
        findings,
    );
    let kind = map.get("Type").and_then(Node::as_str).unwrap_or_default();
    let mut wrong = |key: &str, message: String| {
        findings.template(codes::BAD_PARAMETER, &format!("{path}.{key}"), message);
    };
    if map.get("AllowedValues").is_some_and(|values| values.as_list().is_none()) {
        wrong("AllowedValues", "the allowed values are a list".into());
    }
    for (keys, of) in [(["MinValue", "MaxValue"], "Number"), (["MinLength", "MaxLength"], "String")]
    {
        let other = if of == "Number" { "String" } else { "Number" };
        if kind == other
            && let Some(key) = keys.iter().find(|key| map.contains_key(key))
        {
            wrong(key, format!("`{key}` bounds parameters of the type `{of}`"));
        }
    }
    if let Some(inner) = kind.strip_prefix("List<").and_then(|kind| kind.strip_suffix('>'))
        && inner != "Number"
        && inner != "String"
        && !inner.starts_with("AWS::")
    {
        wrong("Type", format!("`{kind}` is no type of parameters"));
    }
    if let (Some(pattern), Some(Node::Str(default))) =
        (map.get("AllowedPattern").and_then(Node::as_str), map.get("Default"))
        && kind == "String"
        && crate::spec::pattern_matches(pattern, default) == Some(false)
    {
        wrong("Default", format!("the default `{default}` does not match `{pattern}`"));
    }
}

fn mapping(name: &str, body: &Node, findings: &mut Findings) {
    let path = format!("Mappings.{name}");
    let Some(map) = body.as_map() else {
        findings.template(codes::BAD_STRUCTURE, &path, "a mapping is an object of objects");
        return;
    };
    for (key, values) in map.iter().filter(|(key, _)| !key.starts_with("Fn::")) {
        let path = format!("{path}.{key}");
        let Some(values) = values.as_map() else {
            findings.template(codes::BAD_STRUCTURE, &path, "a mapping has two levels of keys");
            continue;
        };
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

fn condition(body: &Node, path: &str, findings: &mut Findings) {
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
        Some(name) if CONDITIONS.contains(&name) => {
            let parts = match name {
                "Fn::And" | "Fn::Or" | "Fn::Not" => {
                    body.get(name).and_then(Node::as_list).unwrap_or_default()
                }
                _ => &[],
            };
            parts.iter().for_each(|part| condition(part, path, findings));
        }
        Some(name) if name.starts_with("Fn::ForEach") || name == "Fn::Transform" => {}
        _ => {
            let message = "a condition is one of the functions `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and `Condition`";
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
        condition(when, &format!("{path}.RuleCondition"), findings);
    }
    match map.get("Assertions") {
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
                if assertion.is_none_or(|assertion| !assertion.contains_key("Assert")) {
                    findings.template(codes::BAD_STRUCTURE, &path, "an assertion needs `Assert`");
                }
            }
        }
        _ => {
            findings.template(codes::BAD_STRUCTURE, path, "a rule needs a list of `Assertions`");
        }
    }
}

fn output(body: &Node, path: &str, findings: &mut Findings) {
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
            let is_list =
                matches!(value.as_function(), Some(("Fn::Split" | "Fn::GetAZs" | "Fn::Cidr", _)));
            if matches!(value, Node::List(_))
                || is_list
                || (value.as_map().is_some() && !value.is_deferred())
            {
                let message = "the value of an output is a text";
                findings.template(codes::BAD_STRUCTURE, &format!("{path}.Value"), message);
            }
            if value.as_str().is_some_and(|text| {
                text.contains("{{resolve:secretsmanager:") || text.contains("{{resolve:ssm-secure:")
            }) {
                let message =
                    "an output shows its value to everybody, so secrets are not read here";
                findings.template(codes::BAD_DYNAMIC_REFERENCE, &format!("{path}.Value"), message);
            }
        }
    }
    if let Some(export) = map.get("Export") {
        let name = export.get("Name");
        if name.is_none_or(|name| {
            matches!(name, Node::List(_)) || (name.as_map().is_some() && !name.is_deferred())
        }) {
            let message = "an export is an object with a `Name`, which is a text";
            findings.template(codes::BAD_STRUCTURE, &format!("{path}.Export"), message);
        }
    }
}

/// The keys of a resource, and what they take.
pub(super) fn check_resource(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    if model.has_macros {
        return;
    }
    let entry = model.root.get("Resources").and_then(|section| section.get(resource.logical_id));
    let Some(body) = entry.and_then(Node::as_map) else {
        if resource.logical_id.starts_with("Fn::") {
            return;
        }
        findings.add(resource, codes::BAD_STRUCTURE, "", "a resource is an object");
        return;
    };
    for key in body.keys() {
        let key = key.as_str();
        if RESOURCE_OF_SAM.contains(&key) {
            let message =
                format!("`{key}` is for templates with the transform `AWS::Serverless-2016-10-31`");
            findings.add(resource, codes::MISSING_TRANSFORM, key, message);
        } else if !RESOURCE.contains(&key) && !key.starts_with("Fn::") {
            let message = format!("a resource has no `{key}`");
            let finding = findings.add(resource, codes::BAD_STRUCTURE, key, message);
            if let Some(near) = super::nearest(key, RESOURCE.iter().copied()) {
                finding.help = Some(format!("did you mean `{near}`?"));
            }
        }
    }
    match body.get("Type") {
        Some(Node::Str(name)) if name.contains("::") => {}
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
    policies(resource, body, findings);
    if let Some(configs) =
        body.get("Metadata").and_then(|metadata| metadata.get("AWS::CloudFormation::Init"))
    {
        init(resource, configs, findings);
    }
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

fn policies(resource: &Resource<'_>, body: &Map, findings: &mut Findings) {
    const UPDATE: &[(&str, &[&str])] = &[
        ("AutoScalingReplacingUpdate", &["WillReplace"]),
        (
            "AutoScalingRollingUpdate",
            &[
                "MaxBatchSize",
                "MinActiveInstancesPercent",
                "MinInstancesInService",
                "MinSuccessfulInstancesPercent",
                "PauseTime",
                "SuspendProcesses",
                "WaitOnResourceSignals",
            ],
        ),
        ("AutoScalingScheduledAction", &["IgnoreUnmodifiedGroupSizeProperties"]),
        (
            "CodeDeployLambdaAliasUpdate",
            &[
                "AfterAllowTrafficHook",
                "ApplicationName",
                "BeforeAllowTrafficHook",
                "DeploymentGroupName",
            ],
        ),
        ("EnableVersionUpgrade", &[]),
        ("UseOnlineResharding", &[]),
    ];
    const CREATION: &[(&str, &[&str])] = &[
        ("AutoScalingCreationPolicy", &["MinSuccessfulInstancesPercent"]),
        ("ResourceSignal", &["Count", "Timeout"]),
        ("StartFleet", &[]),
    ];
    for (key, known) in [("UpdatePolicy", UPDATE), ("CreationPolicy", CREATION)] {
        let Some(policy) = body.get(key).and_then(Node::as_map) else { continue };
        for (name, value) in policy.iter().filter(|(name, _)| !name.starts_with("Fn::")) {
            let path = format!("{key}.{name}");
            let Some((_, settings)) = known.iter().find(|(known, _)| known == name) else {
                let message = format!("there is no `{name}` in a `{key}`");
                let finding = findings.add(resource, codes::BAD_STRUCTURE, &path, message);
                if let Some(near) = super::nearest(name, known.iter().map(|(known, _)| *known)) {
                    finding.help = Some(format!("did you mean `{near}`?"));
                }
                continue;
            };
            let Some(value) = value.as_map().filter(|_| !settings.is_empty()) else { continue };
            for (setting, value) in value.iter().filter(|(name, _)| !name.starts_with("Fn::")) {
                let path = format!("{path}.{setting}");
                if !settings.contains(&setting.as_str()) {
                    let message = format!("`{name}` has no `{setting}`");
                    findings.add(resource, codes::BAD_STRUCTURE, &path, message);
                } else if matches!(setting.as_str(), "PauseTime" | "Timeout")
                    && !value.is_deferred()
                    && !value.as_str().is_some_and(|text| text.starts_with("PT"))
                {
                    let message = "a time is written as `PT5M` or `PT1H30M`";
                    findings.add(resource, codes::BAD_STRUCTURE, &path, message);
                }
            }
        }
    }
}

/// The configurations of `cfn-init`.
fn init(resource: &Resource<'_>, configs: &Node, findings: &mut Findings) {
    const KEYS: &[&str] =
        &["commands", "files", "groups", "packages", "services", "sources", "users"];
    for (name, config) in configs.as_map().into_iter().flat_map(Map::iter) {
        if name == "configSets" || name.starts_with("Fn::") {
            continue;
        }
        for key in config.as_map().into_iter().flat_map(Map::keys) {
            if !KEYS.contains(&key.as_str()) && !key.starts_with("Fn::") {
                let path = format!("Metadata.AWS::CloudFormation::Init.{name}.{key}");
                let message = format!("a configuration of `cfn-init` has no `{key}`");
                let finding = findings.add(resource, codes::BAD_STRUCTURE, &path, message);
                if let Some(near) = super::nearest(key, KEYS.iter().copied()) {
                    finding.help = Some(format!("did you mean `{near}`?"));
                }
            }
        }
    }
}
