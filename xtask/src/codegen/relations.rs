//! Typed references: which property takes the identifier of which resource type.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    model::{Kind, Model, Property, Target},
    names::{camel, module},
};

/// Names that the schemas use for an identifier, and the type and property that are meant.
const FORMATS: &[(&str, &str, &str, &str)] = &[
    ("AWS::ACM::Certificate", "Arn", "AWS::CertificateManager::Certificate", "CertificateArn"),
    (
        "AWS::CertificateManager::Certificate",
        "Id",
        "AWS::CertificateManager::Certificate",
        "CertificateArn",
    ),
    ("AWS::EC2::Image", "Id", "AWS::EC2::Image", "ImageId"),
    ("AWS::EC2::SecurityGroup", "Id", "AWS::EC2::SecurityGroup", "GroupId"),
    ("AWS::EC2::SecurityGroup", "Ids", "AWS::EC2::SecurityGroup", "GroupId"),
    ("AWS::EC2::SecurityGroup", "Name", "AWS::EC2::SecurityGroup", "GroupName"),
    ("AWS::EC2::SecurityGroup", "Names", "AWS::EC2::SecurityGroup", "GroupName"),
    ("AWS::EC2::Subnet", "Ids", "AWS::EC2::Subnet", "SubnetId"),
    ("AWS::Logs::LogGroup", "Name", "AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::Glue::Registry", "RegistryName", "AWS::Glue::Registry", "Name"),
    ("AWS::RDS::DBCluster", "Arn", "AWS::RDS::DBCluster", "DBClusterArn"),
    ("AWS::S3::Bucket", "Name", "AWS::S3::Bucket", "BucketName"),
    ("AWS::SNS::Topic", "Arn", "AWS::SNS::Topic", "TopicArn"),
];

/// Types that stand for what is no resource of CloudFormation, but has identifiers.
const OUTSIDE: &[&str] = &["AWS::EC2::Image", "AWS::Route53::AliasTarget"];

/// An id type: module and name.
pub(crate) type IdName = (String, String);

/// All ids and unions of ids.
#[derive(Default)]
pub(crate) struct Ids {
    pub(crate) ids: BTreeMap<Target, IdName>,
    pub(crate) unions: BTreeMap<BTreeSet<Target>, IdName>,
    /// Related properties that stay untyped, with the reason.
    pub(crate) unreached: BTreeMap<String, String>,
    pub(crate) reached: usize,
}

impl Ids {
    /// The type that a set of targets stands for.
    pub(crate) fn of(&self, targets: &BTreeSet<Target>) -> Option<&IdName> {
        match targets.len() {
            0 => None,
            1 => self.ids.get(targets.first()?),
            _ => self.unions.get(targets),
        }
    }
}

/// Makes every target of the model canonical, and gives each a name.
pub(crate) fn relate(model: &mut Model) -> Ids {
    into_objects(model);
    let mut ids = Ids::default();
    let canonical = |target: &Target| canonical(model, target, 0);
    let mut rewritten: BTreeMap<Target, Result<Target, String>> = BTreeMap::new();
    let mut note = |targets: &BTreeSet<Target>| {
        for target in targets {
            rewritten.entry(target.clone()).or_insert_with(|| canonical(target));
        }
    };
    for resource in model.resources.values() {
        resource.properties.iter().for_each(|property| note(&property.targets));
        resource.attributes.iter().for_each(|attribute| note(&attribute.targets));
    }
    model
        .shapes
        .iter()
        .flat_map(|shape| &shape.properties)
        .for_each(|property| note(&property.targets));

    let mut used = BTreeMap::new();
    let mut rewrite = |property: &mut Property, path: String| {
        if property.targets.is_empty() {
            return;
        }
        let results: Vec<_> =
            property.targets.iter().map(|target| rewritten[target].clone()).collect();
        property.targets = results.iter().flatten().cloned().collect();
        if !matches!(property.kind.leaf(), Kind::String | Kind::Enum(_)) {
            let what = match property.kind.leaf() {
                Kind::Shape(_) => "an object: what relates is a property of its own, if anything",
                _ => "text or a list, so any JSON",
            };
            ids.unreached.insert(path, what.into());
            property.targets.clear();
        } else if property.targets.is_empty() {
            ids.unreached
                .insert(path, results.into_iter().find_map(Result::err).unwrap_or_default());
        } else {
            ids.reached += 1;
            used.entry(property.targets.clone()).or_insert(path);
        }
    };
    for resource in model.resources.values_mut() {
        for property in &mut resource.properties {
            rewrite(property, format!("{}.{}", resource.type_name, property.key));
        }
        for attribute in &mut resource.attributes {
            attribute.targets = attribute
                .targets
                .iter()
                .filter_map(|target| rewritten.get(target)?.clone().ok())
                .collect();
        }
    }
    for shape in &mut model.shapes {
        for property in &mut shape.properties {
            rewrite(property, format!("{}.{}.{}", shape.resource, shape.name, property.key));
        }
    }
    // An attribute without a relation of its own is the identifier itself, if anything asks for it.
    let wanted: BTreeSet<Target> = used.keys().flatten().cloned().collect();
    let mut names: BTreeSet<IdName> = BTreeSet::new();
    for target in &wanted {
        let name = (module(&target.0), id_name(target));
        names.insert(name.clone());
        ids.ids.insert(target.clone(), name);
    }
    for resource in model.resources.values_mut() {
        for attribute in &mut resource.attributes {
            let own = (resource.type_name.clone(), attribute.name.clone());
            attribute.targets.retain(|target| wanted.contains(target));
            if attribute.targets.len() != 1 {
                attribute.targets.clear();
            }
            if wanted.contains(&own) {
                attribute.targets = BTreeSet::from([own]);
            }
        }
    }
    for (targets, path) in used.iter().filter(|(targets, _)| targets.len() > 1) {
        let first = targets.first().map(|target| module(&target.0)).unwrap_or_default();
        let mut name = (first, union_name(targets, &ids));
        if targets.len() > 3 {
            // Too many to name them all: the name of the property that takes them.
            let mut steps = path.split("::").skip(2).flat_map(|step| step.split('.'));
            name = (module(path), steps.by_ref().map(camel).collect::<String>());
        } else if names.contains(&name) {
            name.1.push_str("Reference");
        }
        while !names.insert(name.clone()) {
            name.1.push_str("Reference");
        }
        ids.unions.insert(targets.clone(), name);
    }
    ids
}

/// A relation of an object, such as a `GroupIdentifier`, is that of its property of the identifier's name.
fn into_objects(model: &mut Model) {
    let mut moves: Vec<(usize, Target)> = Vec::new();
    let mut note = |property: &Property| {
        if let Kind::Shape(shape) = property.kind.leaf() {
            moves.extend(
                property
                    .targets
                    .iter()
                    .filter_map(|target| Some((*shape, canonical(model, target, 0).ok()?))),
            );
        }
    };
    model.resources.values().flat_map(|resource| &resource.properties).for_each(&mut note);
    model.shapes.iter().flat_map(|shape| &shape.properties).for_each(&mut note);
    for (shape, target) in moves {
        for property in &mut model.shapes[shape].properties {
            if property.key == target.1 && property.kind == Kind::String {
                property.targets.insert(target.clone());
            }
        }
    }
}

/// `KeyArnOrKeyId`; of two members with the same name, the later bears that of its service.
fn union_name(targets: &BTreeSet<Target>, ids: &Ids) -> String {
    let mut parts: Vec<String> = Vec::new();
    for target in targets {
        let (home, name) = &ids.ids[target];
        parts.push(if parts.contains(name) { camel(home) + name } else { name.clone() });
    }
    parts.join("Or")
}

/// The one way to write an identifier that has several names.
fn canonical(model: &Model, target: &Target, depth: usize) -> Result<Target, String> {
    let (type_name, identifier) = (target.0.as_str(), target.1.as_str());
    for (from, old, to, new) in FORMATS {
        if *from == type_name && *old == identifier {
            return Ok(((*to).into(), (*new).into()));
        }
    }
    if OUTSIDE.contains(&type_name) {
        return Ok(target.clone());
    }
    let Some(resource) = model.resources.get(type_name) else {
        return Err(format!("refers to `{type_name}`, which neither source describes"));
    };
    let attribute = resource.attributes.iter().find(|attribute| attribute.name == identifier);
    if let Some(attribute) = attribute {
        let others: Vec<&Target> =
            attribute.targets.iter().filter(|other| other.0 != type_name).collect();
        if let ([other], true) = (others.as_slice(), depth < 3) {
            return canonical(model, other, depth + 1);
        }
        return Ok(target.clone());
    }
    if resource.properties.iter().any(|property| property.key == identifier) {
        return Ok(target.clone());
    }
    match &resource.reference {
        Some(reference)
            if reference == identifier || identifier == "Id" || reference.ends_with(identifier) =>
        {
            Ok((type_name.into(), reference.clone()))
        }
        _ => Err(format!(
            "refers to `{type_name}.{identifier}`, which is neither a property nor an attribute"
        )),
    }
}

/// `SubnetId` for the subnet's `SubnetId`, `RoleArn` for the role's `Arn`, `SecurityGroupId` for the security group's `GroupId`.
fn id_name((type_name, identifier): &Target) -> String {
    let resource = camel(type_name.rsplit("::").next().unwrap_or(type_name));
    let identifier: String = identifier.split('.').map(camel).collect();
    if identifier.starts_with(&resource) {
        return identifier;
    }
    let words = super::names::words(&identifier);
    for count in (1..words.len()).rev() {
        let head: String = words[..count].iter().map(|word| camel(word)).collect();
        if resource.ends_with(&head) {
            return resource + &identifier[head.len()..];
        }
    }
    resource + &identifier
}
