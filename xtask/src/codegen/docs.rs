//! Documentation comments: facts in our own words, and where AWS says more.

use std::fmt::Write;

use super::{
    model::{Facts, Kind, Property, Resource, Shape},
    share::Service,
};

const PAGES: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference";

pub(crate) fn service(module: &str, service: &Service) -> String {
    let first = service.resources.first().map_or(module, String::as_str);
    let namespace = first.rsplit_once("::").map_or(first, |(namespace, _)| namespace);
    let count =
        |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!(
        "//! `{namespace}`: {}, {}.\n",
        count(service.resources.len(), "resource type"),
        count(service.shapes.len(), "nested type"),
    )
}

pub(crate) fn resource(resource: &Resource, out: &mut String) {
    let mut parts = resource.type_name.split("::").skip(1).map(str::to_ascii_lowercase);
    let (service, name) = (parts.next().unwrap_or_default(), parts.collect::<Vec<_>>().join("-"));
    let mut facts = vec![format!("`{}`.", resource.type_name)];
    if resource.stateful {
        facts.push("Holds data that is lost when it is deleted or replaced.".into());
    }
    let _ = writeln!(
        out,
        "    /// {}\n    ///\n    /// <{PAGES}/aws-resource-{service}-{name}.html>",
        facts.join(" ")
    );
}

pub(crate) fn shape(shape: &Shape, out: &mut String) {
    let mut parts = shape.resource.split("::").skip(1).map(str::to_ascii_lowercase);
    let (service, name) = (parts.next().unwrap_or_default(), parts.collect::<Vec<_>>().join("-"));
    let nested = shape.name.to_ascii_lowercase();
    let _ = writeln!(
        out,
        "    /// `{}` `{}`.\n    ///\n    /// <{PAGES}/aws-properties-{service}-{name}-{nested}.html>",
        shape.resource, shape.name
    );
}

pub(crate) fn property(
    property: &Property,
    resource: Option<&Resource>,
    enumeration: Option<&String>,
    out: &mut String,
) {
    let mut facts: Vec<String> = Vec::new();
    if let Some(resource) = resource {
        let key = property.key.as_str();
        if resource.replaces.contains(key) {
            facts.push("An update replaces the resource.".into());
        } else if resource.may_replace.contains(key) {
            facts.push("Some updates replace the resource.".into());
        }
        if resource.write_only.contains(key) {
            facts.push("Cannot be read back.".into());
        }
        if resource.deprecated.contains(key) {
            facts.push("Deprecated.".into());
        }
    }
    if property.deprecated && !facts.iter().any(|fact| fact == "Deprecated.") {
        facts.push("Deprecated.".into());
    }
    limits(&property.facts, &property.kind, enumeration, &mut facts);
    if let Some(default) =
        property.default.as_ref().filter(|default| !default.is_empty() && default.len() < 60)
    {
        facts.push(format!("Default: `{}`.", default.replace('`', "'").replace('\n', " ")));
    }
    let _ = writeln!(out, "            /// `{}`. {}", property.key, facts.join(" "));
    let trimmed = out.trim_end().len();
    out.truncate(trimmed);
    out.push('\n');
}

fn limits(facts: &Facts, kind: &Kind, enumeration: Option<&String>, out: &mut Vec<String>) {
    if let (Kind::Enum(_), Some(name)) = (kind.leaf(), enumeration) {
        out.push(format!("One of [`{name}`]."));
    }
    let characters = |facts: &Facts| {
        range(
            facts.min_length.filter(|min| *min > 0),
            facts.max_length.filter(|max| *max < 1 << 30),
            "character",
        )
    };
    let values = |facts: &Facts| match (facts.minimum, facts.maximum) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(format!("at least {min}")),
        (None, Some(max)) => Some(format!("at most {max}")),
        (None, None) => None,
    };
    let numbers =
        |facts: &Facts| (!facts.numbers.is_empty()).then(|| format!("one of {:?}", facts.numbers));
    if matches!(kind, Kind::List(_)) {
        out.extend(
            range(facts.min_items.filter(|min| *min > 0), facts.max_items, "item").map(sentence),
        );
        if let Some(items) = &facts.items {
            out.extend(
                characters(items)
                    .or(values(items))
                    .or(numbers(items))
                    .map(|fact| format!("Each {fact}.")),
            );
        }
    } else if *kind == Kind::String {
        out.extend(characters(facts).map(sentence));
    } else {
        out.extend(values(facts).or(numbers(facts)).map(sentence));
    }
}

fn range(min: Option<i64>, max: Option<i64>, what: &str) -> Option<String> {
    let plural = |count: i64| if count == 1 { what.to_owned() } else { format!("{what}s") };
    match (min, max) {
        (Some(min), Some(max)) if min == max => Some(format!("{max} {}", plural(max))),
        (Some(min), Some(max)) => Some(format!("{min} to {max} {}", plural(max))),
        (Some(min), None) => Some(format!("at least {min} {}", plural(min))),
        (None, Some(max)) => Some(format!("at most {max} {}", plural(max))),
        (None, None) => None,
    }
}

fn sentence(mut fact: String) -> String {
    if let Some(first) = fact.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    fact.push('.');
    fact
}
