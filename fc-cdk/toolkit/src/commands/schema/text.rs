//! The facts of a resource type for people.

use fc_cdk_core::spec::{Kind, PropertySpec, ResourceSpec, ShapeSpec};

use super::{groups, inner, limits, tag_form, update};
use crate::{
    table::{Align, Table},
    terminal::Paint,
};

/// Everything about a type.
pub(super) fn resource(spec: ResourceSpec, docs: &str, paint: Paint) -> String {
    let mut out = format!("{}\n{docs}\n\n", paint.bold(spec.type_name()));
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            out += &format!("{name:<12}{value}\n");
        }
    };
    let texts =
        |texts: &mut dyn Iterator<Item = &'static str>| texts.collect::<Vec<_>>().join(", ");
    if spec.is_stateful() {
        fact("Data", "lost when it is deleted or replaced".to_owned());
    }
    fact("Ref", spec.reference().unwrap_or_default().to_owned());
    fact("Identifier", texts(&mut spec.primary_identifier()));
    fact("ARN", spec.arn_template().unwrap_or_default().to_owned());
    if let Some(tags) = spec.tags() {
        fact("Tags", format!("{}, {}", tags.property, tag_form(tags.format)));
    }
    let regions: Vec<&str> = spec.regions().collect();
    fact(
        "Regions",
        match regions.len() {
            0 => String::new(),
            1..=8 => regions.join(", "),
            count => format!("{count}"),
        },
    );
    out += &format!("\n{}\n", paint.bold("Properties"));
    out += &properties(spec.properties(), Some((spec, "")));
    let attributes: Vec<_> = spec.attributes().collect();
    if !attributes.is_empty() {
        out += &format!("\n{}\n", paint.bold("Attributes"));
        let mut table = Table::new(&[("Name", Align::Left), ("Type", Align::Left)]);
        for (name, kind) in attributes {
            table.row([name.to_owned(), kind_name(kind)]);
        }
        out += &lines(&table);
    }
    out
}

/// One property, and what is in it.
pub(super) fn property(
    spec: ResourceSpec,
    property: PropertySpec,
    path: &str,
    paint: Paint,
) -> String {
    let mut out = format!("{} {}\n\n", paint.bold(spec.type_name()), paint.bold(path));
    out += &format!("{:<12}{}\n", "Type", property.kind().name());
    out += &format!("{:<12}{}\n", "Required", if property.is_required() { "yes" } else { "no" });
    out += &format!("{:<12}{}\n", "Update", update(spec, path));
    if property.is_deprecated() {
        out += "Deprecated  AWS advises against it\n";
    }
    for limit in limits(property.facts()) {
        out += &format!("{:<12}{limit}\n", "Limit");
    }
    if let Kind::Choice(values) = property.kind() {
        out += &format!("{:<12}{}\n", "Values", values.collect::<Vec<_>>().join(", "));
    }
    if let Some(shape) = inner(property.kind()) {
        out += &format!("\n{}\n", paint.bold("Properties"));
        out += &properties(shape, Some((spec, path)));
    }
    out
}

/// The properties of a type; with the resource and the path to it, also what an update of each does.
fn properties(shape: ShapeSpec, at: Option<(ResourceSpec, &str)>) -> String {
    let columns = ["Name", "Type", "", "Update", "Limits"].map(|title| (title, Align::Left));
    let mut table = Table::new(&columns);
    for property in shape.properties() {
        let update = at.map_or("", |(spec, path)| {
            let path = if path.is_empty() {
                property.name().to_owned()
            } else {
                format!("{path}.{}", property.name())
            };
            update(spec, &path)
        });
        let mark = match (property.is_required(), property.is_deprecated()) {
            (true, _) => "required",
            (false, true) => "deprecated",
            _ => "",
        };
        // Patterns are long; they are shown for one property at a time.
        let limits =
            limits(property.facts()).into_iter().filter(|limit| !limit.starts_with("matches "));
        let limits: Vec<String> = limits.collect();
        table.row([
            property.name().to_owned(),
            kind_name(property.kind()),
            mark.to_owned(),
            update.to_owned(),
            limits.join(", "),
        ]);
    }
    let mut out = lines(&table);
    for rule in groups(shape) {
        out += &format!("{rule}\n");
    }
    out
}

/// The kind in few words: `[Rule]`, `text`, `Enabled | Suspended`.
fn kind_name(kind: Kind) -> String {
    match kind {
        Kind::String => "text".to_owned(),
        Kind::Integer => "integer".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Json => "JSON".to_owned(),
        Kind::Tag => "Tag".to_owned(),
        Kind::Choice(values) if values.len() <= 3 => values.collect::<Vec<_>>().join(" | "),
        Kind::Choice(values) => format!("one of {}", values.len()),
        Kind::Id(mut targets) => {
            let (first, rest) = (targets.next().unwrap_or_default(), targets.len());
            if rest == 0 { first.to_owned() } else { format!("{first} and {rest} more") }
        }
        Kind::Shape(shape) => shape.name().to_owned(),
        Kind::List(items) => format!("[{}]", kind_name(items.kind())),
        Kind::Map(items) => format!("{{{}}}", kind_name(items.kind())),
    }
}

fn lines(table: &Table) -> String {
    table.lines().iter().map(|line| format!("  {line}\n")).collect()
}
