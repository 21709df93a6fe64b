//! Real templates against themselves, and against themselves with one change.

use fc_cdk_core::{Map, Node, Template, diff::Impact};

use super::diff;
use crate::corpus::corpus;

/// The same with the keys of all objects in another order.
fn shuffled(node: &Node) -> Node {
    match node {
        Node::Map(map) => {
            let entries: Vec<_> = map.iter().collect();
            Node::Map(
                entries
                    .into_iter()
                    .rev()
                    .map(|(key, value)| (key.clone(), shuffled(value)))
                    .collect(),
            )
        }
        Node::List(items) => Node::List(items.iter().map(shuffled).collect()),
        other => other.clone(),
    }
}

fn parsed() -> Option<impl Iterator<Item = (&'static str, Template)>> {
    let templates = corpus()?.iter();
    Some(templates.map(|(name, text)| {
        let template = Template::parse_json(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name.as_str(), template)
    }))
}

#[test]
fn a_template_equals_itself_with_its_keys_in_another_order() {
    let Some(templates) = parsed() else { return };
    let mut count = 0;
    for (name, template) in templates {
        let other = shuffled(&Node::Map(template.sections().clone()));
        let other = Template::from_sections(other.as_map().cloned().unwrap_or_default());
        let found = diff(&template, &other);
        assert!(found.is_empty(), "{name}: {found:?}");
        count += 1;
    }
    println!("{count} templates equal themselves in another order");
}

#[cfg(feature = "yaml")]
#[test]
fn a_template_equals_itself_through_yaml() {
    use fc_cdk_core::template::YamlStyle;

    let Some(templates) = parsed() else { return };
    for (name, template) in templates {
        for style in [YamlStyle::Short, YamlStyle::Long] {
            let other = Template::parse_yaml(&template.to_yaml(style))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let found = diff(&template, &other);
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }
}

#[test]
fn a_resource_that_is_taken_out_is_one_removal() {
    let Some(templates) = parsed() else { return };
    let mut count = 0;
    for (name, template) in templates {
        let ids: Vec<_> = template.resource_ids().cloned().collect();
        // All of small templates, a few of large ones.
        for id in ids.iter().step_by(ids.len() / 4 + 1) {
            let mut smaller = template.clone();
            if let Some(resources) =
                smaller.sections_mut().get_mut("Resources").and_then(Node::as_map_mut)
            {
                resources.remove(id);
            }
            let found = diff(&template, &smaller).resources;
            let impacts: Vec<_> =
                found.iter().map(|it| (it.logical_id.as_str(), it.impact)).collect();
            assert!(
                matches!(impacts.as_slice(), [(one, Impact::Remove | Impact::Orphan)] if one == id),
                "{name} without {id}: {impacts:?}"
            );
            let back = diff(&smaller, &template).resources;
            let impacts: Vec<_> =
                back.iter().map(|it| (it.logical_id.as_str(), it.impact)).collect();
            assert_eq!(impacts, [(id.as_str(), Impact::Add)], "{name} with {id}");
            count += 1;
        }
    }
    println!("{count} resources taken out of templates are one removal each");
}

/// Any two templates can be compared, and the other way round is as many resources.
#[test]
fn different_templates_are_compared_without_end() {
    let Some(templates) = parsed() else { return };
    let templates: Vec<_> = templates.collect();
    for pair in templates.windows(2) {
        let ((_, old), (_, new)) = (&pair[0], &pair[1]);
        let there = diff(old, new);
        let empty = Template::from_sections(Map::new());
        assert_eq!(there.is_empty(), diff(new, old).is_empty());
        assert_eq!(diff(&empty, new).resources.len(), new.resources().count());
    }
}

/// Gives the string with this number, counted from 0, one more letter.
fn change_string(node: &mut Node, number: &mut usize) {
    match node {
        Node::Str(text) => {
            if *number == 0 {
                *node = Node::from(format!("{text}x"));
            }
            *number = number.wrapping_sub(1);
        }
        Node::List(items) => items.iter_mut().for_each(|item| change_string(item, number)),
        Node::Map(map) => map.iter_mut().for_each(|(_, value)| change_string(value, number)),
        _ => {}
    }
}

#[test]
fn a_string_that_changes_is_never_overlooked() {
    let Some(templates) = parsed() else { return };
    let mut count = 0;
    for (name, template) in templates {
        let ids: Vec<_> = template.resource_ids().cloned().collect();
        for (turn, id) in ids.iter().step_by(ids.len() / 4 + 1).enumerate() {
            let mut other = template.clone();
            let resources = other.sections_mut().get_mut("Resources").and_then(Node::as_map_mut);
            let body = resources.and_then(|all| all.get_mut(id)).and_then(Node::as_map_mut);
            let Some(properties) = body.and_then(|body| body.get_mut("Properties")) else {
                continue;
            };
            let mut number = turn * 3;
            change_string(properties, &mut number);
            if other == template {
                continue;
            }
            let found = diff(&template, &other);
            let is_found = found.resources.iter().any(|change| change.logical_id == *id);
            assert!(is_found, "{name} {id}: {found:?}");
            count += 1;
        }
    }
    println!("{count} changed strings are found");
}
