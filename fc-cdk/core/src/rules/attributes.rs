//! What resources have beside properties: policies of creation, update and deletion, and what `cfn-init` reads.

use super::{
    findings::Findings,
    known::{as_number, is_open, number},
    model::Resource,
};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
};

const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";

/// What a setting takes.
#[derive(Clone, Copy)]
enum Takes {
    Anything,
    Truth,
    Number(f64, f64),
    /// An ISO 8601 duration.
    Duration,
    /// Names of processes of Auto Scaling.
    Processes,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// A policy: its name, the types that have it, and its settings; none of these where it is a switch.
type Policy = (&'static str, &'static [&'static str], &'static [(&'static str, Takes)]);

const PERCENT: Takes = Takes::Number(0.0, 100.0);
const COUNT: Takes = Takes::Number(0.0, f64::INFINITY);

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>
const UPDATE: &[Policy] = &[
    (
        "AutoScalingInstanceRefresh",
        &[GROUP],
        &[
            ("Preferences", Takes::Anything),
            ("Strategy", Takes::OneOf(&["ReplaceRootVolume", "Rolling"])),
        ],
    ),
    ("AutoScalingReplacingUpdate", &[GROUP], &[("WillReplace", Takes::Truth)]),
    (
        "AutoScalingRollingUpdate",
        &[GROUP],
        &[
            ("MaxBatchSize", COUNT),
            ("MinActiveInstancesPercent", PERCENT),
            ("MinInstancesInService", COUNT),
            ("MinSuccessfulInstancesPercent", PERCENT),
            ("PauseTime", Takes::Duration),
            ("SuspendProcesses", Takes::Processes),
            ("WaitOnResourceSignals", Takes::Truth),
        ],
    ),
    (
        "AutoScalingScheduledAction",
        &[GROUP],
        &[("IgnoreUnmodifiedGroupSizeProperties", Takes::Truth)],
    ),
    (
        "CodeDeployLambdaAliasUpdate",
        &["AWS::Lambda::Alias"],
        &[
            ("AfterAllowTrafficHook", Takes::Anything),
            ("ApplicationName", Takes::Anything),
            ("BeforeAllowTrafficHook", Takes::Anything),
            ("DeploymentGroupName", Takes::Anything),
        ],
    ),
    (
        "EnableVersionUpgrade",
        &["AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain"],
        &[],
    ),
    ("StartAfterUpdate", &["AWS::AppStream::Fleet"], &[("Type", Takes::Truth)]),
    ("StopBeforeUpdate", &["AWS::AppStream::Fleet"], &[("Type", Takes::Truth)]),
    ("UseOnlineResharding", &["AWS::ElastiCache::ReplicationGroup"], &[]),
];

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html>
const CREATION: &[Policy] = &[
    ("AutoScalingCreationPolicy", &[GROUP], &[("MinSuccessfulInstancesPercent", PERCENT)]),
    (
        "ResourceSignal",
        &[GROUP, "AWS::CloudFormation::WaitCondition", "AWS::EC2::Instance"],
        &[("Count", COUNT), ("Timeout", Takes::Duration)],
    ),
    ("StartFleet", &["AWS::AppStream::Fleet"], &[]),
];

const PROCESSES: &[&str] = &[
    "AZRebalance",
    "AddToLoadBalancer",
    "AlarmNotification",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
];

/// The attributes of one resource.
pub(super) fn check(resource: &Resource<'_>, body: &Map, findings: &mut Findings) {
    let is_custom = resource.type_name.starts_with("Custom::")
        || resource.type_name == "AWS::CloudFormation::CustomResource";
    let is_module = resource.type_name.ends_with("::MODULE");
    if body.contains_key("Version") && !is_custom && resource.type_name.starts_with("AWS::") {
        let message = "only custom resources have a `Version`";
        findings.add(resource, codes::BAD_STRUCTURE, "Version", message);
    }
    for (key, known) in [("UpdatePolicy", UPDATE), ("CreationPolicy", CREATION)] {
        let Some(policy) = body.get(key).and_then(Node::as_map) else { continue };
        if is_custom || is_module {
            let what = if is_custom { "custom resources" } else { "modules" };
            let message = format!("{what} have no `{key}`");
            findings.add(resource, codes::BAD_STRUCTURE, key, message);
            continue;
        }
        for (name, value) in policy.iter().filter(|(name, _)| !name.starts_with("Fn::")) {
            one_policy(resource, key, known, name, value, findings);
        }
    }
    if is_module {
        for (section, key) in [("Metadata", "AWS::CloudFormation::Module"), ("Properties", "Tags")]
        {
            if body.get(section).is_some_and(|section| section.get(key).is_some()) {
                let message = format!("modules have no `{key}` of their own");
                findings.add(resource, codes::BAD_STRUCTURE, &format!("{section}.{key}"), message);
            }
        }
    }
    if let Some(configs) =
        body.get("Metadata").and_then(|metadata| metadata.get("AWS::CloudFormation::Init"))
    {
        init(resource, configs, findings);
    }
}

fn one_policy(
    resource: &Resource<'_>,
    key: &str,
    known: &[Policy],
    name: &str,
    value: &Node,
    findings: &mut Findings,
) {
    let path = format!("{key}.{name}");
    let Some((_, types, settings)) = known.iter().find(|(known, ..)| *known == name) else {
        let message = format!("there is no `{name}` in a `{key}`");
        let finding = findings.add(resource, codes::BAD_STRUCTURE, &path, message);
        if let Some(near) = super::nearest(name, known.iter().map(|(known, ..)| *known)) {
            finding.help = Some(format!("did you mean `{near}`?"));
        }
        return;
    };
    if resource.type_name.starts_with("AWS::") && !types.contains(&resource.type_name) {
        let message = format!("`{}` has no `{key}` with `{name}`", resource.type_name);
        findings.add(resource, codes::BAD_STRUCTURE, &path, message).help =
            Some(format!("this is for `{}`", types.join("` and `")));
        return;
    }
    if settings.is_empty() {
        if let Some(problem) = problem(value, Takes::Truth) {
            findings.add(resource, codes::BAD_STRUCTURE, &path, format!("`{name}` is {problem}"));
        }
        return;
    }
    let Node::Map(value) = value else {
        let message = format!("`{name}` is an object of settings, not {}", value.kind());
        findings.add(resource, codes::BAD_STRUCTURE, &path, message);
        return;
    };
    if value.keys().any(|key| key.starts_with("Fn::") || key == "Ref") {
        return;
    }
    for (setting, value) in value.iter() {
        let path = format!("{path}.{setting}");
        match settings.iter().find(|(known, _)| known == setting) {
            None => {
                let message = format!("`{name}` has no `{setting}`");
                let finding = findings.add(resource, codes::BAD_STRUCTURE, &path, message);
                let names = settings.iter().map(|(known, _)| *known);
                if let Some(near) = super::nearest(setting, names) {
                    finding.help = Some(format!("did you mean `{near}`?"));
                }
            }
            Some((_, takes)) => {
                if let Some(problem) = problem(value, *takes) {
                    let message = format!("`{setting}` is {problem}");
                    findings.add(resource, codes::BAD_STRUCTURE, &path, message);
                }
            }
        }
    }
    match name {
        "AutoScalingInstanceRefresh" if !value.contains_key("Strategy") => {
            findings.add(resource, codes::BAD_STRUCTURE, &path, "a refresh needs a `Strategy`");
        }
        "AutoScalingRollingUpdate" => {
            let least = number(value, "MinInstancesInService");
            if let (Some(least), Some(most)) = (least, number(resource.properties, "MaxSize"))
                && least >= most
                && most > 0.0
            {
                let path = format!("{path}.MinInstancesInService");
                let message = format!(
                    "{least} instances are to stay in service and there are {most} at most, so none can be replaced"
                );
                findings.add(resource, codes::BAD_STRUCTURE, &path, message).help =
                    Some("raise `MaxSize`, or keep fewer in service".into());
            }
        }
        _ => {}
    }
}

/// What is wrong with the value of a setting.
fn problem(value: &Node, takes: Takes) -> Option<String> {
    if is_open(value) {
        return None;
    }
    let found = || value.to_json();
    match takes {
        Takes::Anything => None,
        Takes::Truth => {
            let fits = match value {
                Node::Bool(_) => true,
                Node::Str(text) => {
                    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
                }
                _ => false,
            };
            (!fits).then(|| format!("true or false, not {}", found()))
        }
        Takes::Number(least, most) => match as_number(value) {
            Some(number) if number.fract() == 0.0 && (least..=most).contains(&number) => None,
            _ if most.is_finite() => {
                Some(format!("a whole number from {least} to {most}, not {}", found()))
            }
            _ => Some(format!("a whole number, not {}", found())),
        },
        Takes::Duration => {
            let fits = value.as_str().is_some_and(is_duration);
            (!fits).then(|| format!("a time such as `PT5M` or `PT1H30M`, not {}", found()))
        }
        Takes::Processes => {
            let Node::List(names) = value else {
                return Some(format!("a list, not {}", value.kind()));
            };
            let names = names.iter().filter(|name| !is_open(name));
            let mut wrong =
                names.filter(|name| !name.as_str().is_some_and(|name| PROCESSES.contains(&name)));
            wrong.next().map(|name| format!("a list of processes, and {} is none", name.to_json()))
        }
        Takes::OneOf(names) => {
            let fits = value.as_str().is_some_and(|name| names.contains(&name));
            (!fits).then(|| format!("one of `{}`, not {}", names.join("`, `"), found()))
        }
    }
}

/// Whether a text is a duration of hours, minutes and seconds.
fn is_duration(text: &str) -> bool {
    text.strip_prefix("PT").is_some_and(|rest| {
        !rest.is_empty()
            && rest.ends_with(['H', 'M', 'S'])
            && rest.bytes().all(|byte| byte.is_ascii_digit() || b"HMS.".contains(&byte))
    })
}

/// The configurations of `cfn-init`.
fn init(resource: &Resource<'_>, configs: &Node, findings: &mut Findings) {
    const KEYS: &[(&str, &[&str])] = &[
        ("commands", &["command", "cwd", "env", "ignoreErrors", "test", "waitAfterCompletion"]),
        (
            "files",
            &[
                "authentication",
                "content",
                "context",
                "encoding",
                "group",
                "mode",
                "owner",
                "source",
            ],
        ),
        ("groups", &["gid"]),
        ("packages", &[]),
        ("services", &[]),
        ("sources", &[]),
        ("users", &["groups", "homeDir", "uid"]),
    ];
    const SERVICE: &[&str] =
        &["commands", "enabled", "ensureRunning", "files", "packages", "sources"];
    const PATH: &str = "Metadata.AWS::CloudFormation::Init";
    let Some(configs) = configs.as_map() else { return };
    if configs.keys().any(|key| key.starts_with("Fn::")) {
        return;
    }
    let mut wrong = |path: String, message: String, near: Option<&str>| {
        let finding = findings.add(resource, codes::BAD_STRUCTURE, &path, message);
        finding.help = Some(match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "see the page of `AWS::CloudFormation::Init`".into(),
        });
        finding.severity = Severity::Error;
    };
    let sets = configs.get("configSets").and_then(Node::as_map).into_iter().flat_map(Map::iter);
    for (set, members) in sets {
        let members = members.as_items().iter();
        for member in members.filter_map(Node::as_str) {
            if !configs.contains_key(member) {
                wrong(
                    format!("{PATH}.configSets.{set}"),
                    format!("there is no configuration `{member}`"),
                    super::nearest(member, configs.keys().map(|key| key.as_str())),
                );
            }
        }
    }
    for (name, config) in configs.iter().filter(|(name, _)| *name != "configSets") {
        let config = config.as_map().into_iter().flat_map(Map::iter);
        for (key, entries) in config.filter(|(key, _)| !key.starts_with("Fn::")) {
            let path = format!("{PATH}.{name}.{key}");
            let Some((_, settings)) = KEYS.iter().find(|(known, _)| known == key) else {
                let near = super::nearest(key, KEYS.iter().map(|(known, _)| *known));
                wrong(path, format!("a configuration of `cfn-init` has no `{key}`"), near);
                continue;
            };
            let Some(entries) = entries.as_map() else {
                if !is_open(entries) {
                    wrong(path, format!("`{key}` is an object, not {}", entries.kind()), None);
                }
                continue;
            };
            if key == "services" {
                for (manager, services) in entries.iter() {
                    for (service, settings) in services.as_map().into_iter().flat_map(Map::iter) {
                        let keys = settings.as_map().into_iter().flat_map(Map::keys);
                        let known = |key: &&str| SERVICE.contains(key) || key.starts_with("Fn::");
                        if let Some(other) = keys.map(|key| key.as_str()).find(|key| !known(key)) {
                            let near = super::nearest(other, SERVICE.iter().copied());
                            let path = format!("{path}.{manager}.{service}.{other}");
                            wrong(path, format!("a service has no `{other}`"), near);
                        }
                    }
                }
                continue;
            }
            if settings.is_empty() || entries.keys().any(|key| key.starts_with("Fn::")) {
                continue;
            }
            for (entry, values) in entries.iter() {
                let values = values.as_map().into_iter().flat_map(Map::keys);
                let known = |key: &&str| settings.contains(key) || key.starts_with("Fn::");
                if let Some(other) = values.map(|key| key.as_str()).find(|key| !known(key)) {
                    let near = super::nearest(other, settings.iter().copied());
                    wrong(
                        format!("{path}.{entry}.{other}"),
                        format!("`{key}` have no `{other}`"),
                        near,
                    );
                }
            }
        }
    }
}
