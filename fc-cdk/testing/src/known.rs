//! Whether AWS knows what a test asks for: a misspelt name is in no template, so that `none` would always hold.

use fc_cdk_core::{
    Node,
    rules::nearest,
    spec::{Kind as Value, ResourceSpec, ShapeSpec, Texts},
};

use crate::pattern::{Kind, Pattern};

/// What a resource says beside its properties.
const SECTIONS: [&str; 9] = [
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "Metadata",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "CreationPolicy",
    "UpdatePolicy",
];

/// What is wrong with asking for a type and a pattern of a resource of it, if something is.
pub(crate) fn mistake(resource_type: &str, pattern: &Pattern) -> Option<String> {
    let Some(spec) = fc_cdk_aws::resource_type(resource_type) else {
        return unknown_type(resource_type);
    };
    let whole = |key: &str, inner: &Pattern| match key {
        "Properties" => of_shape(spec, spec.properties(), inner, ""),
        key if SECTIONS.contains(&key) => None,
        key => Some(unknown("a resource", key, "key", SECTIONS)),
    };
    entries(pattern, &whole)
}

fn unknown_type(name: &str) -> Option<String> {
    // Types of others are in no table of AWS.
    if !name.starts_with("AWS::") {
        let form = name.starts_with("Custom::") || name.split("::").count() > 2;
        return (!form)
            .then(|| format!("`{name}` is no resource type: they look like `AWS::S3::Bucket`"));
    }
    let types =
        fc_cdk_aws::tables().flat_map(|(_, table)| table.resources()).map(ResourceSpec::type_name);
    Some(unknown("CloudFormation", name, "resource type", types))
}

/// Looks at each key of an object, wherever patterns of it are.
fn entries(pattern: &Pattern, key: &dyn Fn(&str, &Pattern) -> Option<String>) -> Option<String> {
    match pattern.kind() {
        Kind::Object(entries) => entries.iter().find_map(|(name, inner)| key(name, inner)),
        Kind::Equal(Node::Map(map)) => {
            map.iter().find_map(|(name, inner)| key(name, &Pattern::from(inner.clone())))
        }
        Kind::Not(inner) | Kind::Capture(_, inner) => entries(inner, key),
        Kind::OneOf(patterns) => patterns.iter().find_map(|inner| entries(inner, key)),
        _ => None,
    }
}

fn of_shape(spec: ResourceSpec, shape: ShapeSpec, pattern: &Pattern, path: &str) -> Option<String> {
    if shape.is_open() {
        return None;
    }
    let property = |key: &str, inner: &Pattern| {
        // An intrinsic function in place of the object.
        if key == "Ref" || key.starts_with("Fn::") {
            return None;
        }
        let Some(property) = shape.property(key) else {
            let owner = spec.type_name();
            let owner =
                if path.is_empty() { owner.to_owned() } else { format!("{owner}, `{path}`,") };
            let names = shape.properties().map(|property| property.name());
            return Some(unknown(&owner, key, "property", names));
        };
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        of_value(spec, property.kind(), property.facts().choices, inner, &path)
    };
    entries(pattern, &property)
}

fn of_value(
    spec: ResourceSpec,
    kind: Value,
    choices: Option<Texts>,
    pattern: &Pattern,
    path: &str,
) -> Option<String> {
    match kind {
        Value::Shape(shape) => of_shape(spec, shape, pattern, path),
        Value::List(items) => {
            each(pattern, &|inner| of_value(spec, items.kind(), choices, inner, path))
        }
        Value::Map(items) => {
            entries(pattern, &|_, inner| of_value(spec, items.kind(), choices, inner, path))
        }
        Value::Tag => entries(pattern, &|key, _| {
            let known = matches!(key, "Key" | "Value" | "Ref") || key.starts_with("Fn::");
            (!known).then(|| unknown("a tag", key, "key", ["Key", "Value"]))
        }),
        Value::Choice(values) => one_of(pattern, &|text| {
            (!values.contains(text)).then(|| not_one_of(spec, path, text, values))
        }),
        _ => one_of(pattern, &|text| {
            let values = choices?;
            (!values.contains_in_any_case(text)).then(|| not_one_of(spec, path, text, values))
        }),
    }
}

fn not_one_of(spec: ResourceSpec, path: &str, text: &str, values: Texts) -> String {
    unknown(&format!("`{path}` of {}", spec.type_name()), text, "value", values)
}

/// Looks at each item of a list, wherever patterns of it are.
fn each(pattern: &Pattern, item: &dyn Fn(&Pattern) -> Option<String>) -> Option<String> {
    match pattern.kind() {
        Kind::List(items) | Kind::ListWith(items) => items.iter().find_map(item),
        Kind::Equal(Node::List(items)) => {
            items.iter().find_map(|inner| item(&Pattern::from(inner.clone())))
        }
        Kind::Not(inner) | Kind::Capture(_, inner) => each(inner, item),
        Kind::OneOf(patterns) => patterns.iter().find_map(|inner| each(inner, item)),
        _ => None,
    }
}

/// Looks at each text, wherever patterns of it are.
fn one_of(pattern: &Pattern, text: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match pattern.kind() {
        Kind::Equal(Node::Str(value)) => text(value),
        Kind::Not(inner) | Kind::Capture(_, inner) => one_of(inner, text),
        Kind::OneOf(patterns) => patterns.iter().find_map(|inner| one_of(inner, text)),
        _ => None,
    }
}

fn unknown<'a>(
    owner: &str,
    name: &str,
    what: &str,
    all: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut message = format!("{owner} has no {what} `{name}`");
    if let Some(near) = nearest(name, all) {
        message.push_str(&format!("; did you mean `{near}`?"));
    }
    message.push_str(
        "\nA test that asks for what cannot be there says nothing; if it is newer than the tables of types, ask by `TemplateTest::unchecked`",
    );
    message
}
