//! Resources: what happens to each, and why.

use rustc_hash::FxHashMap;

use super::{
    Types,
    equal::Place,
    model::{DataLoss, Impact, PropertyChange, ResourceChange},
    renames::Renames,
    text::{is_unset, scalar},
    values::{Path, Rules, Values},
};
use crate::{
    node::{Map, Node},
    spec::{Kind, Replacement, ResourceSpec},
    template::{Template, TemplateResource},
};

/// The resources of a template, by logical id.
pub(super) type ById<'a> = FxHashMap<&'a str, TemplateResource<'a>>;

pub(super) fn by_id(template: &Template) -> ById<'_> {
    template.resources().map(|resource| (resource.logical_id().as_str(), resource)).collect()
}

/// Compares the resources of two templates, one by one. What one change brings about elsewhere is found later.
pub(super) fn compare(
    (old, old_ids): (&Template, &ById<'_>),
    (new, new_ids): (&Template, &ById<'_>),
    types: Types<'_>,
    renames: &Renames,
) -> Vec<ResourceChange> {
    let is_resource = |id: &str| old_ids.contains_key(id) || new_ids.contains_key(id);
    let mut changes = Vec::new();
    for after in new.resources() {
        let id = after.logical_id().as_str();
        match old_ids.get(id) {
            Some(before) if before.body() == after.body() => {}
            Some(before) => changes.extend(changed(before, &after, types, &is_resource)),
            None => match renames.old_id(id).and_then(|old| old_ids.get(old)) {
                Some(before) => changes.push(renamed(before, &after, types)),
                None => changes.push(change(&after, Impact::Add, types)),
            },
        }
    }
    for before in old.resources() {
        let id = before.logical_id().as_str();
        if !new_ids.contains_key(id) && renames.new_id(id).is_none() {
            changes.push(removed(&before, types));
        }
    }
    changes
}

/// A change without details.
pub(super) fn change(
    resource: &TemplateResource<'_>,
    impact: Impact,
    types: Types<'_>,
) -> ResourceChange {
    ResourceChange {
        logical_id: resource.logical_id().clone(),
        old_logical_id: None,
        type_name: resource.type_name().into(),
        impact,
        properties: Vec::new(),
        attributes: Vec::new(),
        data_loss: DataLoss::No,
        known_type: types(resource.type_name()).is_some(),
        notes: Vec::new(),
        construct_path: resource.construct_path().map(str::to_owned),
        old_construct_path: None,
        source: None,
    }
}

fn removed(before: &TemplateResource<'_>, types: Types<'_>) -> ResourceChange {
    let policy = deletion_policy(before);
    let impact = if is_retained(policy) { Impact::Orphan } else { Impact::Remove };
    let mut removed = change(before, impact, types);
    removed.data_loss = loss(before, policy, types);
    removed
}

fn renamed(
    before: &TemplateResource<'_>,
    after: &TemplateResource<'_>,
    types: Types<'_>,
) -> ResourceChange {
    let mut renamed = change(after, Impact::Rename, types);
    renamed.old_logical_id = Some(before.logical_id().clone());
    let old_path = before.construct_path();
    if old_path != after.construct_path() {
        renamed.old_construct_path = old_path.map(str::to_owned);
    }
    let policy = deletion_policy(before);
    renamed.data_loss = loss(before, policy, types);
    renamed.notes.push(
        "it is the same under another logical id: to keep it, say so with `moved!` or an overridden logical id"
            .to_owned(),
    );
    if is_retained(policy) {
        renamed.notes.push(format!(
            "`{}` stays in the account: `DeletionPolicy` is `{policy}`",
            before.logical_id()
        ));
    }
    renamed
}

fn changed(
    before: &TemplateResource<'_>,
    after: &TemplateResource<'_>,
    types: Types<'_>,
    is_resource: &dyn Fn(&str) -> bool,
) -> Option<ResourceChange> {
    let mut changed = change(after, Impact::Attributes, types);
    changed.attributes = attributes(before.body(), after.body(), is_resource);
    if before.construct_path() != after.construct_path() {
        changed.old_construct_path = before.construct_path().map(str::to_owned);
    }
    let place = place(after, types);
    let mut values = Values::new(rules(after, types), is_resource);
    let nothing = Map::new();
    values.maps(
        &mut Path::default(),
        before.properties().unwrap_or(&nothing),
        after.properties().unwrap_or(&nothing),
        place,
    );
    changed.properties = values.changes;
    if changed.attributes.is_empty() && changed.properties.is_empty() {
        changed.old_construct_path.as_ref()?;
        changed.impact = Impact::Moved;
        return Some(changed);
    }
    if before.type_name() != after.type_name() {
        changed.notes.push(
            "CloudFormation does not change the type of a resource: give the new one another logical id"
                .to_owned(),
        );
    }
    if changed.attributes.iter().any(|attribute| attribute.path == "Condition") {
        changed.notes.push("by its condition it may be made or removed".to_owned());
    }
    judge(&mut changed, before, after, types);
    Some(changed)
}

/// Sets the impact to what the changes come to, and with it the loss of data.
pub(super) fn judge(
    changed: &mut ResourceChange,
    before: &TemplateResource<'_>,
    after: &TemplateResource<'_>,
    types: Types<'_>,
) {
    replace_by_update_policy(changed, after);
    let all = changed.attributes.iter().chain(&changed.properties);
    changed.impact = match all.map(|change| change.replacement).max() {
        Some(Replacement::Yes) => Impact::Replace,
        Some(Replacement::Maybe) => Impact::MayReplace,
        _ if changed.properties.is_empty() => Impact::Attributes,
        _ => Impact::Update,
    };
    changed.data_loss = match changed.impact {
        // Of a type that nobody knows, every change would be one that may lose data.
        Impact::MayReplace if !changed.known_type => DataLoss::No,
        Impact::Replace | Impact::MayReplace => {
            let policy = policy(after, "UpdateReplacePolicy").unwrap_or("Delete");
            match loss(before, policy, types) {
                DataLoss::Certain if changed.impact == Impact::MayReplace => DataLoss::Possible,
                loss => loss,
            }
        }
        _ => DataLoss::No,
    };
    if changed.impact == Impact::Replace
        && let Some((property, name)) = fixed_name(before, after, types)
    {
        let note = format!(
            "CloudFormation cannot make the new one beside the old one while both are named `{name}`: change `{property}`, or leave it out"
        );
        if !changed.notes.contains(&note) {
            changed.notes.push(note);
        }
    }
}

/// The property that names a resource, if it is set and stays the same.
pub(super) fn fixed_name<'a>(
    before: &TemplateResource<'_>,
    after: &TemplateResource<'a>,
    types: Types<'_>,
) -> Option<(&'static str, &'a str)> {
    let mut identifier = types(after.type_name())?.primary_identifier();
    let (property, None) = (identifier.next()?, identifier.next()) else { return None };
    let name = after.properties()?.get(property)?.as_str()?;
    (before.properties()?.get(property)?.as_str() == Some(name)).then_some((property, name))
}

/// What changes beside the properties.
fn attributes(
    before: &Map,
    after: &Map,
    is_resource: &dyn Fn(&str) -> bool,
) -> Vec<PropertyChange> {
    let mut values = Values::new(Rules::None, is_resource);
    let entries = |body: &Map| -> Map {
        let relevant = body.iter().filter(|(key, _)| *key != "Properties");
        relevant
            .map(|(key, value)| {
                let value = match key.as_str() {
                    "DependsOn" => set(value),
                    "Metadata" => without_path(value),
                    _ => value.clone(),
                };
                (key.clone(), value)
            })
            .collect()
    };
    values.maps(&mut Path::default(), &entries(before), &entries(after), Place::Unknown);
    for change in &mut values.changes {
        change.replacement = match change.path.as_str() {
            "Type" => Replacement::Yes,
            // With another condition the resource may come or go.
            "Condition" => Replacement::Maybe,
            _ => Replacement::No,
        };
    }
    values.changes
}

/// `DependsOn`, be it one or a list, in order.
fn set(node: &Node) -> Node {
    let mut items = match node {
        Node::List(items) => items.clone(),
        single => vec![single.clone()],
    };
    items.sort_by_cached_key(Node::to_json);
    items.dedup();
    if items.is_empty() { Node::Null } else { Node::List(items) }
}

/// `Metadata` without the construct's path, which has a place of its own in the report.
fn without_path(node: &Node) -> Node {
    let Some(map) = node.as_map() else { return node.clone() };
    let mut map = map.clone();
    map.remove("aws:cdk:path");
    if map.is_empty() { Node::Null } else { Node::Map(map) }
}

pub(super) fn rules(resource: &TemplateResource<'_>, types: Types<'_>) -> Rules {
    types(resource.type_name()).map_or(Rules::Unknown, Rules::Spec)
}

fn place(resource: &TemplateResource<'_>, types: Types<'_>) -> Place {
    match types(resource.type_name()) {
        Some(spec) => Place::of(Kind::Shape(spec.properties())),
        None => Place::Unknown,
    }
}

fn policy<'a>(resource: &TemplateResource<'a>, attribute: &str) -> Option<&'a str> {
    resource.body().get(attribute).filter(|policy| !is_unset(policy))?.as_str()
}

/// What CloudFormation does with the resource when it leaves the stack.
fn deletion_policy<'a>(resource: &TemplateResource<'a>) -> &'a str {
    let is_set = |property| {
        let value = resource.properties().and_then(|properties| properties.get(property));
        value.is_some_and(|value| !is_unset(value))
    };
    let default = match resource.type_name() {
        "AWS::RDS::DBCluster" => "Snapshot",
        "AWS::RDS::DBInstance" if !is_set("DBClusterIdentifier") => "Snapshot",
        _ => "Delete",
    };
    policy(resource, "DeletionPolicy").unwrap_or(default)
}

fn is_retained(policy: &str) -> bool {
    matches!(policy, "Retain" | "RetainExceptOnCreate")
}

/// What is lost where a policy decides on what a resource holds.
fn loss(resource: &TemplateResource<'_>, policy: &str, types: Types<'_>) -> DataLoss {
    let spec = types(resource.type_name());
    match (policy, spec.map(ResourceSpec::is_stateful)) {
        _ if is_retained(policy) => DataLoss::No,
        (_, Some(false)) => DataLoss::No,
        ("Snapshot", _) => DataLoss::Snapshot,
        (_, Some(true)) => DataLoss::Certain,
        // Nobody knows whether a resource of such a type holds data; what a function stands for is its own matter.
        (_, None) if is_of_aws(resource.type_name()) => DataLoss::Possible,
        (_, None) => DataLoss::No,
    }
}

/// Whether a type is a real one of AWS: not a custom resource, and not what the AWS CDK notes of itself.
fn is_of_aws(type_name: &str) -> bool {
    type_name.starts_with("AWS::") && type_name != "AWS::CDK::Metadata"
}

/// An Auto Scaling group may say itself that it is replaced when its servers change.
///
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>.
fn replace_by_update_policy(changed: &mut ResourceChange, after: &TemplateResource<'_>) {
    let policy = after.body().get("UpdatePolicy");
    let will_replace = policy
        .and_then(|policy| policy.pointer("/AutoScalingReplacingUpdate/WillReplace"))
        .is_some_and(|answer| scalar(answer) == "true");
    if !will_replace || after.type_name() != "AWS::AutoScaling::AutoScalingGroup" {
        return;
    }
    const SERVERS: [&str; 4] =
        ["LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "VPCZoneIdentifier"];
    for property in &mut changed.properties {
        let name = property.path.split('.').next().unwrap_or_default();
        if SERVERS.contains(&name) {
            property.replacement = Replacement::Yes;
        }
    }
}
