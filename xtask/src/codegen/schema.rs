//! Reading JSON schema as cfn-lint ships it: references followed, combinations folded together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::model::{Facts, Groups, Target};

/// One place of a schema, with all that its references and combinations say of it.
#[derive(Default)]
pub(crate) struct Place<'a> {
    /// The definition that it refers to.
    pub(crate) definition: Option<String>,
    pub(crate) types: BTreeSet<&'a str>,
    pub(crate) properties: BTreeMap<&'a str, Vec<&'a Value>>,
    pub(crate) required: BTreeSet<&'a str>,
    pub(crate) items: Option<&'a Value>,
    /// The values of a map.
    pub(crate) values: Option<&'a Value>,
    pub(crate) values_open: bool,
    pub(crate) enumeration: Option<Vec<&'a Value>>,
    pub(crate) facts: Facts,
    pub(crate) targets: BTreeSet<Target>,
    pub(crate) groups: Groups,
    pub(crate) default: Option<&'a Value>,
    pub(crate) json_text: bool,
}

/// Reads a place of the schema `root`.
pub(crate) fn place<'a>(node: &'a Value, root: &'a Value) -> Place<'a> {
    let mut place = Place::default();
    collect(node, root, &mut place, true, 0);
    place
}

/// The definition that a node refers to, or itself: what two places share if they mean the same thing.
pub(crate) fn resolve<'a>(node: &'a Value, root: &'a Value) -> &'a Value {
    match node["$ref"].as_str().and_then(|pointer| root.pointer(pointer.trim_start_matches('#'))) {
        Some(target) if !std::ptr::eq(target, node) => resolve(target, root),
        _ => node,
    }
}

/// `certain` is false within a branch of `oneOf` or `anyOf`: what it says holds only if the branch is taken.
fn collect<'a>(node: &'a Value, root: &'a Value, out: &mut Place<'a>, certain: bool, depth: usize) {
    let Some(object) = node.as_object() else { return };
    if depth > 12 {
        return;
    }
    if let Some(pointer) = object.get("$ref").and_then(Value::as_str) {
        if out.definition.is_none() && certain {
            out.definition = pointer.rsplit('/').next().map(str::to_owned);
        }
        if let Some(target) = root.pointer(pointer.trim_start_matches('#')) {
            collect(target, root, out, certain, depth + 1);
        }
    }
    match object.get("type") {
        Some(Value::String(name)) => {
            out.types.insert(name);
        }
        Some(Value::Array(names)) => out.types.extend(names.iter().filter_map(Value::as_str)),
        _ => {}
    }
    for (key, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        let places = out.properties.entry(key).or_default();
        // A branch often repeats a property only to narrow it: the outer one says more.
        if certain
            || places.is_empty()
            || property.get("properties").is_some()
            || property.get("$ref").is_some()
        {
            places.push(property);
        }
    }
    if certain {
        out.required.extend(strings(object.get("required")));
        if let Some(Value::Array(values)) = object.get("enum") {
            out.enumeration.get_or_insert_with(|| values.iter().collect());
        }
        facts(node, &mut out.facts);
        out.default = out.default.or(object.get("default"));
        groups(node, &mut out.groups);
    }
    if let Some(format) = object.get("format").and_then(Value::as_str) {
        if let Some((type_name, identifier)) =
            format.rsplit_once('.').filter(|_| format.starts_with("AWS::"))
        {
            out.targets.insert((type_name.into(), identifier.into()));
        }
        out.json_text |= format == "json";
    }
    if let Some(relation) = object.get("relationshipRef") {
        let path = relation["propertyPath"]
            .as_str()
            .unwrap_or("")
            .trim_start_matches("/properties/")
            .replace('/', ".");
        out.targets.insert((relation["typeName"].as_str().unwrap_or("").into(), path));
    }
    out.items = out.items.or(object.get("items").filter(|items| items.is_object()));
    for (_, values) in
        object.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
    {
        out.values = out
            .values
            .or(Some(values).filter(|values| values.as_object().is_some_and(|o| !o.is_empty())));
        out.values_open = true;
    }
    match object.get("additionalProperties") {
        Some(values @ Value::Object(fields)) => {
            out.values_open = true;
            out.values = out.values.or(Some(values).filter(|_| !fields.is_empty()));
        }
        Some(Value::Bool(true)) => out.values_open = true,
        _ => {}
    }
    for branch in array(object.get("allOf")) {
        collect(branch, root, out, certain, depth + 1);
    }
    for key in ["oneOf", "anyOf"] {
        for branch in array(object.get(key)) {
            collect(branch, root, out, false, depth + 1);
        }
    }
}

/// The formats by which literals are checked.
const FORMATS: &[&str] = &[
    "AWS::ACM::Certificate.Arn",
    "AWS::EC2::Image.Id",
    "AWS::EC2::SecurityGroup.Id",
    "AWS::EC2::Subnet.Id",
    "AWS::EC2::VPC.Id",
    "AWS::IAM::Role.Arn",
    "AWS::KMS::Key.Arn",
    "AWS::Lambda::Function.Arn",
    "AWS::SNS::Topic.Arn",
    "AWS::Logs::LogGroup.Name",
    "AWS::S3::Bucket.Name",
    "AWS::SQS::Queue.Arn",
    "ipv4-network",
    "ipv6-network",
];

fn facts(node: &Value, facts: &mut Facts) {
    let int = |key: &str| node[key].as_i64();
    let number = |key: &str| node[key].as_f64();
    facts.min_length = facts.min_length.or(int("minLength"));
    facts.max_length = facts.max_length.or(int("maxLength"));
    facts.minimum = facts.minimum.or(number("minimum"));
    facts.maximum = facts.maximum.or(number("maximum"));
    if node["type"] == "integer" {
        facts.maximum = facts.maximum.or(number("exclusiveMaximum").map(|bound| bound - 1.0));
    }
    // Whole numbers are so by their kind.
    facts.multiple_of = facts.multiple_of.or(number("multipleOf").filter(|step| *step != 1.0));
    facts.min_items = facts.min_items.or(int("minItems"));
    facts.max_items = facts.max_items.or(int("maxItems"));
    facts.pattern = facts.pattern.take().or(node["pattern"].as_str().map(str::to_owned));
    // The only text that is allowed.
    if let Some(text) = node["const"].as_str().filter(|text| !text.contains(['.', '*', '+', '?'])) {
        facts.pattern = facts.pattern.take().or(Some(format!("^{text}$")));
    }
    let format = node["format"].as_str().filter(|format| {
        FORMATS.contains(format) && node["anyOf"].is_null() && node["oneOf"].is_null()
    });
    // Keys go by id, by ARN and by alias: any of these.
    let of_key = |branch: &Value| {
        branch["format"].as_str().is_some_and(|format| format.starts_with("AWS::KMS::"))
    };
    let of_network =
        |branch: &Value| matches!(branch["format"].as_str(), Some("ipv4-network" | "ipv6-network"));
    let format = match node["anyOf"].as_array() {
        Some(branches) if branches.iter().all(of_key) => Some("AWS::KMS::Key.Id"),
        Some(branches) if branches.iter().all(of_network) => Some("ip-network"),
        _ => format,
    };
    facts.format = facts.format.take().or(format.map(str::to_owned));
    facts.unique |= node["uniqueItems"].as_bool() == Some(true);
    facts.choices.extend(strings(node.get("enumCaseInsensitive")).map(str::to_owned));
    facts.min_properties = facts.min_properties.or(int("minProperties"));
    facts.max_properties = facts.max_properties.or(int("maxProperties"));
    facts.unique_keys.extend(strings(node.get("uniqueKeys")).map(str::to_owned));
}

fn groups(node: &Value, groups: &mut Groups) {
    let owned = |value: &Value| strings(Some(value)).map(str::to_owned).collect::<Vec<_>>();
    if node["requiredXor"].is_array() {
        groups.one_of.push(owned(&node["requiredXor"]));
    }
    if node["requiredOr"].is_array() {
        groups.any_of.push(owned(&node["requiredOr"]));
    }
    for name in ["dependentExcluded", "dependentRequired", "dependencies"] {
        let into =
            if name == "dependentExcluded" { &mut groups.excludes } else { &mut groups.needs };
        for (key, others) in
            node[name].as_object().into_iter().flatten().filter(|(_, others)| others.is_array())
        {
            into.push((key.clone(), owned(others)));
        }
    }
    for (name, into) in [("oneOf", &mut groups.one_of), ("anyOf", &mut groups.any_of)] {
        into.extend(singles(node, name));
    }
    groups.excludes.extend(at_most_one(node));
}

/// Whether all that a list of branches says is a group.
pub(crate) fn is_group(node: &Value, key: &str) -> bool {
    singles(node, key).is_some() || (key == "oneOf" && !at_most_one(node).is_empty())
}

/// `oneOf: [{required: [A]}, {required: [B]}]` says "exactly one of A and B"; so do branches that have one property each, and need it.
fn singles(node: &Value, key: &str) -> Option<Vec<String>> {
    let single = |branch: &Value| {
        let [name] = strings(branch.get("required")).collect::<Vec<_>>()[..] else { return None };
        let is_alone = match branch.get("properties").and_then(Value::as_object) {
            None => branch.as_object().is_some_and(|branch| branch.len() == 1),
            Some(_) => only_property(branch)? == name,
        };
        is_alone.then(|| name.to_owned())
    };
    let singles: Vec<String> = array(node.get(key)).map(single).collect::<Option<_>>()?;
    let mut names = singles.clone();
    names.sort();
    names.dedup();
    (names.len() > 1 && names.len() == singles.len()).then_some(singles)
}

/// The property of an object that takes no other, and no value by which it could be told apart.
fn only_property(branch: &Value) -> Option<&str> {
    let properties = branch["properties"].as_object()?;
    let (name, _) = properties.iter().next()?;
    (properties.len() == 1 && branch["additionalProperties"] == false).then_some(name)
}

/// `oneOf` of branches with one property each that need not be there: each excludes the others.
fn at_most_one(node: &Value) -> Vec<(String, Vec<String>)> {
    let names: Option<Vec<&str>> = array(node.get("oneOf"))
        .map(|branch| match strings(branch.get("required")).next() {
            Some(_) => None,
            None => only_property(branch),
        })
        .collect();
    let names = names.unwrap_or_default();
    let pairs = names.iter().enumerate().map(|(place, name)| {
        let others = names[place + 1..].iter().map(|&other| other.to_owned());
        (name.to_string(), others.collect::<Vec<_>>())
    });
    pairs.filter(|(_, others)| !others.is_empty()).collect()
}

fn array(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn strings(value: Option<&Value>) -> impl Iterator<Item = &str> {
    array(value).filter_map(Value::as_str)
}
