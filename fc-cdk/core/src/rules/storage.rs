//! How long data is kept, and versions past their end.

use super::{
    findings::Findings,
    known::{Known, items, literal, look, number, object},
    model::Resource,
    retired::{ENGINE_VERSIONS, RUNTIMES},
};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
    spec::ResourceSpec,
};

/// The rules of one resource.
pub(super) fn check_resource(resource: &Resource<'_>, findings: &mut Findings) {
    match resource.type_name {
        "AWS::S3::Bucket" => lifecycle(resource, findings),
        "AWS::Lambda::Function" => runtime(resource, "Runtime", findings),
        "AWS::Lambda::LayerVersion" => {}
        "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" => engine_version(resource, findings),
        _ => {}
    }
    if resource.spec.is_some_and(ResourceSpec::is_stateful)
        && !resource.body.contains_key("DeletionPolicy")
    {
        let message = format!("the data of `{}` goes with it", resource.type_name);
        findings.add(resource, codes::STATEFUL_WITHOUT_POLICY, "", message);
    }
}

fn runtime(resource: &Resource<'_>, key: &str, findings: &mut Findings) {
    let Some(runtime) = literal(resource.properties, key) else { return };
    let Ok(place) = RUNTIMES.binary_search_by(|(name, ..)| (*name).cmp(runtime)) else { return };
    let (_, since, is_blocked, successor) = RUNTIMES[place];
    let message = if is_blocked {
        format!("`{runtime}` has no support since {since}, and Lambda takes no function with it")
    } else {
        format!("`{runtime}` has no support since {since}")
    };
    let finding = findings.add(resource, codes::RETIRED_RUNTIME, key, message);
    finding.help = Some(format!("move to `{successor}`"));
    if !is_blocked {
        finding.severity = Severity::Warning;
    }
}

fn engine_version(resource: &Resource<'_>, findings: &mut Findings) {
    let restored = ["SnapshotIdentifier", "DBSnapshotIdentifier", "SourceDBInstanceIdentifier"];
    let Some(engine) = literal(resource.properties, "Engine") else { return };
    let Some(version) = literal(resource.properties, "EngineVersion") else { return };
    let known = ENGINE_VERSIONS.iter().find(|(name, _)| *name == engine);
    if known.is_some_and(|(_, versions)| versions.contains(&version))
        && restored.iter().all(|key| !resource.properties.contains_key(key))
    {
        let message = format!("no new database can be made with `{version}` of `{engine}`");
        findings.add(resource, codes::RETIRED_ENGINE_VERSION, "EngineVersion", message);
    }
}

/// The storage classes of S3, warmest first, with the shortest time that each is billed for.
const CLASSES: &[(&str, f64)] = &[
    ("STANDARD_IA", 30.0),
    ("INTELLIGENT_TIERING", 0.0),
    ("ONEZONE_IA", 30.0),
    ("GLACIER_IR", 90.0),
    ("GLACIER", 90.0),
    ("DEEP_ARCHIVE", 180.0),
];

/// A move to a colder class: its place in `CLASSES`, and after how many days.
type Transition = (usize, f64);

fn lifecycle(resource: &Resource<'_>, findings: &mut Findings) {
    let Known::Is(configuration) = object(resource.properties, &["LifecycleConfiguration"]) else {
        return;
    };
    for (index, rule) in items(configuration, "Rules").iter().enumerate() {
        let Some(rule) = rule.as_map().filter(|rule| literal(rule, "Status") != Some("Disabled"))
        else {
            continue;
        };
        let path = format!("LifecycleConfiguration.Rules.{index}");
        let current = transitions(rule, "Transition", "Transitions");
        check_days(resource, &path, &current, number(rule, "ExpirationInDays"), findings);
        let old = transitions(rule, "NoncurrentVersionTransition", "NoncurrentVersionTransitions");
        let until = match object(rule, &["NoncurrentVersionExpiration"]) {
            Known::Is(expiration) => number(expiration, "NoncurrentDays"),
            _ => number(rule, "NoncurrentVersionExpirationInDays"),
        };
        check_days(resource, &path, &old, until, findings);
    }
}

fn transitions(rule: &Map, one: &str, many: &str) -> Vec<Transition> {
    let single = if let Known::Is(single) = look(rule, one) { Some(single) } else { None };
    let all = items(rule, many).iter().chain(single);
    let mut found: Vec<Transition> = all
        .filter_map(Node::as_map)
        .filter_map(|transition| {
            let class = literal(transition, "StorageClass")?;
            let class = if class == "Glacier" { "GLACIER" } else { class };
            let place = CLASSES.iter().position(|(name, _)| *name == class)?;
            Some((place, number(transition, "TransitionInDays")?))
        })
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found
}

fn check_days(
    resource: &Resource<'_>,
    path: &str,
    transitions: &[Transition],
    expiration: Option<f64>,
    findings: &mut Findings,
) {
    let infrequent = |place: usize| CLASSES[place].0.ends_with("_IA");
    for &(place, days) in transitions {
        let class = CLASSES[place].0;
        if infrequent(place) && days < 30.0 {
            let message = format!("objects move to `{class}` after {days} days, 30 are the least");
            findings.add(resource, codes::BAD_LIFECYCLE, path, message);
        }
    }
    for pair in transitions.windows(2) {
        let [(warm, first), (cold, then)] = *pair else { continue };
        let (warm_name, cold_name) = (CLASSES[warm].0, CLASSES[cold].0);
        if warm != cold && then <= first {
            let message = format!(
                "objects move to `{cold_name}` after {then} days, and to the warmer `{warm_name}` after {first}"
            );
            findings.add(resource, codes::BAD_LIFECYCLE, path, message);
        }
    }
    let (Some(&(place, days)), Some(expiration)) = (transitions.last(), expiration) else { return };
    let (class, minimum) = CLASSES[place];
    if expiration <= days {
        let message =
            format!("objects expire after {expiration} days, and move to `{class}` after {days}");
        findings.add(resource, codes::BAD_LIFECYCLE, path, message);
    } else if expiration - days < minimum {
        let stay = expiration - days;
        let message =
            format!("objects stay {stay} days in `{class}`, which bills {minimum} at least");
        findings.add(resource, codes::RETENTION_BELOW_MINIMUM, path, message);
    }
}
