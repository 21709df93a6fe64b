//! Items of lists, as tables: what may not be there twice, and what is named elsewhere and has to be there.

use super::{
    conflicts::{at, each},
    findings::Findings,
    known::{Known, items, literal},
    model::Resource,
};
use crate::{
    codes,
    node::{Map, Node},
    path::Path,
};

/// Type, the object with the list, the list, and the key by which its items differ.
const DISTINCT: &[(&str, &str, &str, &str)] = &[
    ("AWS::CloudFront::Distribution", "DistributionConfig", "Origins", "Id"),
    ("AWS::CodePipeline::Pipeline", "", "Stages", "Name"),
    ("AWS::DynamoDB::Table", "", "GlobalSecondaryIndexes", "IndexName"),
    ("AWS::DynamoDB::Table", "", "LocalSecondaryIndexes", "IndexName"),
    ("AWS::EC2::Instance", "", "BlockDeviceMappings", "DeviceName"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData", "BlockDeviceMappings", "DeviceName"),
    ("AWS::ECS::TaskDefinition", "", "ContainerDefinitions", "Name"),
    ("AWS::ECS::TaskDefinition", "", "Volumes", "Name"),
    ("AWS::Events::Rule", "", "Targets", "Id"),
    ("AWS::S3::Bucket", "LifecycleConfiguration", "Rules", "Id"),
    ("AWS::WAFv2::RuleGroup", "", "Rules", "Name"),
    ("AWS::WAFv2::RuleGroup", "", "Rules", "Priority"),
    ("AWS::WAFv2::WebACL", "", "Rules", "Name"),
    ("AWS::WAFv2::WebACL", "", "Rules", "Priority"),
];

/// Type, the objects that name an item, by which key, and the list and the key of its items.
const NAMED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "AWS::ECS::TaskDefinition",
        "ContainerDefinitions.*.MountPoints.*",
        "SourceVolume",
        "Volumes",
        "Name",
    ),
    (
        "AWS::ECS::TaskDefinition",
        "ContainerDefinitions.*.DependsOn.*",
        "ContainerName",
        "ContainerDefinitions",
        "Name",
    ),
    (
        "AWS::ECS::TaskDefinition",
        "ContainerDefinitions.*.VolumesFrom.*",
        "SourceContainer",
        "ContainerDefinitions",
        "Name",
    ),
];

/// The lists of one resource.
pub(super) fn check_resource(resource: &Resource<'_>, findings: &mut Findings) {
    let of_type = DISTINCT.iter().filter(|(name, ..)| *name == resource.type_name);
    for (_, within, list, key) in of_type {
        each(resource.properties, within, &Path::new(""), &mut |object, path| {
            distinct(resource, object, (list, key), path, findings);
        });
    }
    for (_, within, key, list, of) in NAMED.iter().filter(|(name, ..)| *name == resource.type_name)
    {
        let Some(names) = names(resource.properties, list, of) else { continue };
        each(resource.properties, within, &Path::new(""), &mut |object, path| {
            let Some(name) = literal(object, key).filter(|name| !names.contains(name)) else {
                return;
            };
            let message = format!("there is no `{name}` among the `{list}`");
            let found =
                findings.add(resource, codes::MISMATCH, &path.join(key).to_string(), message);
            if let Some(near) = super::nearest(name, names.iter().copied()) {
                found.help = Some(format!("did you mean `{near}`?"));
            }
        });
    }
}

fn distinct(
    resource: &Resource<'_>,
    object: &Map,
    (list, key): (&str, &str),
    path: &Path<'_>,
    findings: &mut Findings,
) {
    let all = items(object, list);
    let value = |index: usize| all[index].as_map()?.get(key).filter(|it| !it.is_deferred());
    for index in 1..all.len() {
        let Some(own) = value(index) else { continue };
        if (0..index).any(|other| value(other) == Some(own)) {
            let message = format!("two of the `{list}` have the {key} {}", own.to_json());
            let place = path.join(list);
            let place = place.item(index).join(key).to_string();
            findings.add(resource, codes::ILLEGAL_VALUE, &place, message).help =
                Some("they have to differ".into());
        }
    }
}

/// What the items of a list are called; none where one may be called anything.
fn names<'n>(properties: &'n Map, list: &str, key: &str) -> Option<Vec<&'n str>> {
    match at(properties, list) {
        Known::Missing => Some(Vec::new()),
        Known::Is(Node::List(all)) => all.iter().map(|item| literal(item.as_map()?, key)).collect(),
        _ => None,
    }
}
