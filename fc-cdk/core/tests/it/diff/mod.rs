//! What a new template changes in place of an old one.

mod corpus; // real templates against themselves
mod iam; // permissions
mod impacts; // what happens to resources
mod knock_on; // what follows elsewhere
mod meaning; // what is written differently and means the same
mod security_groups; // rules
mod stacks; // sets of templates, source lines, JSON

use std::fmt::Write;

use fc_cdk_core::{
    Map, Node, Template,
    diff::{DataLoss, PropertyChange, TemplateDiff},
    spec::Replacement,
};

/// A template from its JSON; an object of resources will do.
#[track_caller]
fn template(node: Node) -> Template {
    let sections = node.as_map().cloned().unwrap_or_default();
    if sections.contains_key("Resources") || sections.contains_key("Outputs") {
        return Template::from_sections(sections);
    }
    Template::from_sections(Map::new().with("Resources", sections))
}

fn diff(old: &Template, new: &Template) -> TemplateDiff {
    fc_cdk_core::diff::diff(old, new, &fc_cdk_aws::resource_type)
}

/// The changes between two templates, a line each.
#[track_caller]
fn changes(old: Node, new: Node) -> String {
    lines(&diff(&template(old), &template(new)))
}

/// The changes of one resource `R` between two sets of properties.
#[track_caller]
fn properties(type_name: &str, old: Node, new: Node) -> String {
    let resource = |properties: Node| {
        let body = Map::new().with("Type", type_name).with("Properties", properties);
        Node::Map(Map::new().with("R", body))
    };
    changes(resource(old), resource(new))
}

/// `impact id <- old id: properties [data loss]`; a property that forces a replacement ends in `!`, one that may in `?`.
fn lines(diff: &TemplateDiff) -> String {
    let mut out = String::new();
    let values = |values: &mut dyn Iterator<Item = &PropertyChange>| {
        let texts = values.map(|change| {
            let mark = match change.replacement {
                Replacement::Yes => "!",
                Replacement::Maybe => "?",
                Replacement::No => "",
            };
            let cause =
                change.cause.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
            format!("{}{mark}{cause}", change.path)
        });
        texts.collect::<Vec<_>>().join(", ")
    };
    for change in &diff.resources {
        let _ = write!(out, "{} {}", change.impact.as_str(), change.logical_id);
        if let Some(old) = &change.old_logical_id {
            let _ = write!(out, " <- {old}");
        }
        let paths = values(&mut change.attributes.iter().chain(&change.properties));
        if !paths.is_empty() {
            let _ = write!(out, ": {paths}");
        }
        if change.data_loss != DataLoss::No {
            let _ = write!(out, " [{}]", change.data_loss.as_str());
        }
        out.push('\n');
    }
    for entry in &diff.entries {
        let name = entry.name.as_ref().map(|name| format!(".{name}")).unwrap_or_default();
        let _ = write!(out, "{} {}{name}", entry.change.sign(), entry.section);
        let paths = values(&mut entry.values.iter().filter(|value| !value.path.is_empty()));
        let _ = writeln!(out, "{}{paths}", if paths.is_empty() { "" } else { ": " });
    }
    for row in &diff.statements {
        let _ = write!(
            out,
            "{} {} {} on {} to {}",
            row.change.sign(),
            row.effect,
            row.actions.join(" "),
            row.resources.join(" "),
            row.principals.join(" ")
        );
        if !row.condition.is_empty() {
            let _ = write!(out, " if {}", row.condition);
        }
        out.push_str(if row.broadens { " (broadens)\n" } else { "\n" });
    }
    for row in &diff.rules {
        let _ = write!(
            out,
            "{} {} {} {} {} {}",
            row.change.sign(),
            row.group,
            if row.ingress { "in" } else { "out" },
            row.protocol,
            row.ports,
            row.peer
        );
        if !row.description.is_empty() {
            let _ = write!(out, " '{}'", row.description);
        }
        out.push_str(if row.broadens { " (broadens)\n" } else { "\n" });
    }
    out
}
