//! Checks of template files: the rules of synth, with the place in the file where synth has the line of Rust.

use std::{fs, path::Path};

use fc_cdk_core::{
    Diagnostic, Node, SourceLocation, Template, codes,
    rules::{self, CheckOptions},
    spec::Checker,
    template::{Position, Positions},
};

use crate::{error::Error, synthesis::ResourceTypes};

/// What is wrong in a template file, in the order of its lines. A file that is no template is a finding, too.
///
/// # Errors
///
/// When the file cannot be read.
pub(crate) fn check_file(
    path: &Path,
    region: Option<&str>,
    types: Option<ResourceTypes>,
    checker: &mut Checker,
) -> Result<Vec<Diagnostic>, Error> {
    let bytes = fs::read(path).map_err(|error| Error::io("read", path, &error))?;
    // Findings carry the names of source files, which live as long as the program; so does this one.
    let file: &'static str = Box::leak(path.display().to_string().into_boxed_str());
    let at =
        |position: Position| SourceLocation { file, line: position.line, column: position.column };
    let parsed = match std::str::from_utf8(&bytes) {
        Ok(text) => Template::parse_with_positions(text),
        Err(_) => Template::parse_bytes(&bytes).map(|template| (template, Positions::default())),
    };
    let (template, positions) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let mut finding = codes::NOT_A_TEMPLATE.finding(error.message());
            finding.location = Some(at(error.position()));
            return Ok(vec![finding]);
        }
    };
    let mut findings: Vec<Diagnostic> = rules::check_size(bytes.len())
        .into_iter()
        .map(|mut finding| {
            finding.location = Some(at(positions.nearest("")));
            finding
        })
        .collect();
    let options = CheckOptions {
        region,
        spec: &|_, name| types.and_then(|types| types(name)),
        knows_all_types: types.is_some(),
    };
    let ids: Vec<&str> = template
        .section("Resources")
        .map(|section| section.keys().map(|id| id.as_str()).collect())
        .unwrap_or_default();
    let root = Node::Map(template.sections().clone());
    for found in rules::check(&template, &options, checker) {
        let mut finding = found.diagnostic;
        let pointer = pointer(&root, finding.logical_id.as_deref(), finding.property.as_deref());
        finding.location = Some(at(positions.nearest(&pointer)));
        for (text, place) in found.notes {
            let id = ids.get(place).copied().unwrap_or_default();
            let position = positions.nearest(&format!("/Resources/{}", escaped(id)));
            finding = finding.note(text, Some(at(position)));
        }
        findings.push(finding);
    }
    findings.sort_by_key(|finding| finding.location.map(|at| (at.line, at.column)));
    Ok(findings)
}

/// The JSON pointer of what a finding is about, as far as it is there.
fn pointer(root: &Node, logical_id: Option<&str>, property: Option<&str>) -> String {
    let path = property.unwrap_or_default();
    let Some(id) = logical_id else { return follow(root, String::new(), path) };
    let resource = format!("/Resources/{}", escaped(id));
    let Some(body) = root.pointer(&resource) else { return resource };
    if path.is_empty() {
        return resource;
    }
    let first = path.split('.').next().unwrap_or_default();
    match body.get("Properties") {
        // Attributes beside the properties, such as `DependsOn`, are named alike.
        Some(properties) if !(body.get(first).is_some() && properties.get(first).is_none()) => {
            follow(properties, format!("{resource}/Properties"), path)
        }
        _ => follow(body, resource, path),
    }
}

/// Goes down a path of steps between dots. Keys may have dots themselves: the longest that fits is taken.
fn follow(node: &Node, mut pointer: String, path: &str) -> String {
    if path.is_empty() {
        return pointer;
    }
    let (key, below) = match node {
        Node::Map(map) => {
            let fits = |key: &str| {
                path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let found = map.iter().filter(|(key, _)| fits(key)).max_by_key(|(key, _)| key.len());
            let Some((key, below)) = found else { return pointer };
            (key.as_str(), below)
        }
        Node::List(items) => {
            let step = path.split('.').next().unwrap_or_default();
            let Some(below) = step.parse::<usize>().ok().and_then(|index| items.get(index)) else {
                return pointer;
            };
            (step, below)
        }
        _ => return pointer,
    };
    pointer.push('/');
    pointer.push_str(&escaped(key));
    follow(below, pointer, path.get(key.len() + 1..).unwrap_or_default())
}

fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_point_to_what_they_are_about() {
        let root = Node::parse_json(
            r#"{"Resources": {"A": {"Type": "T", "DependsOn": "B", "Properties": {"x.y": [{"a/b": 1}]}}}}"#,
        );
        let root = root.unwrap_or_default();
        let at = |id, property| pointer(&root, id, property);
        assert_eq!(at(Some("A"), Some("x.y.0.a/b")), "/Resources/A/Properties/x.y/0/a~1b");
        assert_eq!(at(Some("A"), Some("DependsOn")), "/Resources/A/DependsOn");
        assert_eq!(at(Some("A"), Some("Missing.Part")), "/Resources/A/Properties");
        assert_eq!(at(Some("A"), None), "/Resources/A");
        assert_eq!(at(None, Some("Resources.A.Type")), "/Resources/A/Type");
    }
}
