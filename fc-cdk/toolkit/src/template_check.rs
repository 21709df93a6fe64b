//! Checks of template files: the rules of synth and AWS's, with the place in the file where synth has the line of Rust.

mod stack_sets; // templates within templates

use std::{collections::BTreeMap, path::Path};

use fc_cdk_core::{
    Diagnostic, Node, SourceLocation, Template, codes,
    rules::{self, CheckOptions},
    spec::Checker,
    template::{ParseError, Position, Positions},
};

use crate::{
    aws_rules::{self, Engine},
    error::Error,
    parameters::{ParameterValue, values},
    synthesis::ResourceTypes,
    template_inputs::{Content, Input},
    values::{Values, is_no_value},
};

/// What template files are checked with.
pub(crate) struct TemplateCheck<'a> {
    /// Where they are deployed to.
    pub(crate) region: Option<&'a str>,
    pub(crate) types: Option<ResourceTypes>,
    pub(crate) engine: Option<&'a Engine>,
    pub(crate) checker: Checker,
    /// The values that parameters are given.
    pub(crate) given: &'a [ParameterValue],
}

impl TemplateCheck<'_> {
    /// What is wrong in a template, in the order of its lines. A file that is no template is a finding where it was named itself, and
    /// `None` where it is one of a folder's. The names of its parameters are
    /// added to `parameters`, with whether nobody shall see their values.
    ///
    /// # Errors
    ///
    /// When AWS's engine fails.
    pub(crate) fn run(
        &mut self,
        input: &Input,
        content: &Content,
        parameters: &mut BTreeMap<String, bool>,
    ) -> Result<Option<Vec<Diagnostic>>, Error> {
        let place = Place(input.name);
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::TooLarge(size) => {
                let finding = rules::check_size(usize::try_from(*size).unwrap_or(usize::MAX));
                return Ok(input
                    .is_named
                    .then(|| finding.map(|it| place.first(it)).into_iter().collect()));
            }
            Content::Unreadable(reason) => {
                let finding = codes::NOT_A_TEMPLATE.finding(reason);
                let finding = finding.help("name a file that can be read");
                return Ok(Some(vec![place.first(finding)]));
            }
        };
        match read(bytes) {
            Ok((template, positions)) if input.is_named || has_sections(&template) => {
                parameters.extend(values::names(&template));
                self.check(place, bytes, &template, &positions).map(Some)
            }
            Err(error) if input.is_named || is_meant_as_template(bytes) => {
                let mut finding = codes::NOT_A_TEMPLATE.finding(error.message());
                finding.location = Some(place.at(error.position()));
                Ok(Some(vec![finding]))
            }
            _ => Ok(None),
        }
    }

    fn check(
        &mut self,
        place: Place,
        bytes: &[u8],
        template: &Template,
        positions: &Positions,
    ) -> Result<Vec<Diagnostic>, Error> {
        let root = Node::Map(template.sections().clone());
        let mut findings: Vec<Diagnostic> = rules::check_size(bytes.len())
            .map(|finding| place.first(finding))
            .into_iter()
            .collect();
        if let Some(mut finding) = rules::check_aliases(template, positions) {
            finding.location = positions.alias().map(|position| place.at(position));
            findings.push(finding);
        }
        findings.append(&mut self.rules(template, &|finding: &Diagnostic| {
            place.at(positions.nearest(&pointer(&root, finding, None)))
        }));
        for inline in stack_sets::of(template) {
            let key = place.at(positions.nearest(&inline.pointer()));
            let text = String::from_utf8_lossy(bytes);
            // They go to regions of their own.
            let region = self.region.take();
            let mut found =
                inline.check(&text, key, |template, nearest| self.rules(template, nearest));
            self.region = region;
            findings.append(&mut found);
        }
        if !self.given.is_empty() {
            self.add_values(place, template, &root, positions, &mut findings);
        }
        if let Some(engine) = self.engine {
            let own = findings.len();
            for found in engine.check(place.0, bytes, self.region)? {
                let mut finding = found.diagnostic;
                let is_placed = finding.logical_id.is_some() || finding.property.is_some();
                finding.location = Some(match found.position {
                    Some((line, column)) if !is_placed => {
                        SourceLocation { file: place.0, line, column }
                    }
                    _ => place.at(positions.nearest(&pointer(&root, &finding, None))),
                });
                if !aws_rules::is_said(&finding, findings[..own].iter()) {
                    findings.push(finding);
                }
            }
        }
        findings.sort_by_key(|finding| finding.location.map(|at| (at.line, at.column)));
        Ok(findings)
    }

    /// What the rules of synth say of a template.
    fn rules(
        &mut self,
        template: &Template,
        nearest: &dyn Fn(&Diagnostic) -> SourceLocation,
    ) -> Vec<Diagnostic> {
        let types = self.types;
        let options = CheckOptions {
            region: self.region,
            spec: &|_, name| types.and_then(|types| types(name)),
            knows_all_types: types.is_some(),
        };
        let ids: Vec<&str> = template.resource_ids().map(|id| id.as_str()).collect();
        let found = rules::check(template, &options, &mut self.checker);
        let placed = found.into_iter().map(|found| {
            let mut finding = found.diagnostic;
            finding.location = Some(nearest(&finding));
            for (text, index) in found.notes {
                let mut other = finding.clone();
                other.logical_id = ids.get(index).map(|id| (*id).into());
                other.property = None;
                finding = finding.note(text, Some(nearest(&other)));
            }
            finding
        });
        placed.collect()
    }

    /// What is wrong with the values that parameters are given, and what else is with these values: what they decide is not left open any
    /// more, and what is not there with them is not looked at.
    fn add_values(
        &mut self,
        place: Place,
        template: &Template,
        root: &Node,
        positions: &Positions,
        findings: &mut Vec<Diagnostic>,
    ) {
        let stem = Path::new(place.0).file_stem().and_then(|stem| stem.to_str());
        let names: Vec<&str> = stem.into_iter().chain([place.0]).collect();
        let of_parameter =
            |name: &str| place.at(positions.nearest(&format!("/Parameters/{}", escaped(name))));
        let given = values::of_template(template, self.given, &names);
        values::check(template, &given, true, &of_parameter, findings);
        let known = given.iter().filter_map(|(name, given)| {
            Some(((*name).to_owned(), given.value.as_ref()?.reveal().to_owned()))
        });
        let region = self.region.map(|region| ("AWS::Region", region));
        let values = Values::new(template, region.as_slice(), &known.collect()).without_ssm();
        let resolved = values.template();
        let with_values = self.rules(&resolved.template, &|finding: &Diagnostic| {
            place.at(positions.nearest(&pointer(root, finding, Some(&values))))
        });
        values::join(findings, with_values, &resolved, |finding| {
            values::origins(template, &values, &given, finding, &of_parameter)
        });
    }
}

/// A file, by the name that findings give it.
#[derive(Clone, Copy)]
struct Place(&'static str);

impl Place {
    fn at(self, position: Position) -> SourceLocation {
        SourceLocation { file: self.0, line: position.line, column: position.column }
    }

    /// A finding about the file as a whole.
    fn first(self, mut finding: Diagnostic) -> Diagnostic {
        finding.location = Some(SourceLocation { file: self.0, line: 1, column: 1 });
        finding
    }
}

fn read(bytes: &[u8]) -> Result<(Template, Positions), ParseError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Template::parse_with_positions(text),
        Err(_) => Template::parse_bytes(bytes).map(|template| (template, Positions::default())),
    }
}

/// Whether something that could be read is a template, rather than any other JSON or YAML.
fn has_sections(template: &Template) -> bool {
    let sections = template.sections();
    sections.contains_key("AWSTemplateFormatVersion")
        || sections.get("Resources").and_then(Node::as_map).is_some_and(|resources| {
            resources.iter().any(|(id, body)| {
                body.get("Type").is_some() || id.as_str().starts_with("Fn::ForEach")
            })
        })
}

/// Whether something that could not be read was to be a template.
fn is_meant_as_template(bytes: &[u8]) -> bool {
    let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    has("AWSTemplateFormatVersion") || (has("Resources") && has("AWS::"))
}

/// The JSON pointer of what a finding is about, as far as it is there; with values, through what they choose.
fn pointer(root: &Node, finding: &Diagnostic, values: Option<&Values<'_>>) -> String {
    let path = finding.property.as_deref().unwrap_or_default();
    let Some(id) = finding.logical_id.as_deref() else {
        return follow(root, String::new(), path, values);
    };
    let resource = format!("/Resources/{}", escaped(id));
    let Some(body) = root.pointer(&resource) else { return resource };
    if path.is_empty() {
        return resource;
    }
    let first = path.split('.').next().unwrap_or_default();
    match body.get("Properties") {
        // Attributes beside the properties, such as `DependsOn`, are named alike.
        Some(properties) if !(body.get(first).is_some() && properties.get(first).is_none()) => {
            follow(properties, format!("{resource}/Properties"), path, values)
        }
        _ => follow(body, resource, path, values),
    }
}

/// Goes down a path of steps between dots. Keys may have dots themselves: the longest that fits is taken.
fn follow(node: &Node, mut pointer: String, path: &str, values: Option<&Values<'_>>) -> String {
    if let Some((place, chosen)) = values.and_then(|values| values.chosen(node)) {
        let pointer = format!("{pointer}/Fn::If/{place}");
        return follow(chosen, pointer, path, values);
    }
    if path.is_empty() {
        return pointer;
    }
    let (step, key, below) = match node {
        Node::Map(map) => {
            let fits = |key: &str| {
                path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let found = map.iter().filter(|(key, _)| fits(key)).max_by_key(|(key, _)| key.len());
            let Some((key, below)) = found else { return pointer };
            (key.len(), escaped(key), below)
        }
        Node::List(items) => {
            let step = path.split('.').next().unwrap_or_default();
            let mut there = items.iter().enumerate().filter(|(_, item)| !is_nothing(item, values));
            let Some((index, below)) =
                step.parse::<usize>().ok().and_then(|index| there.nth(index))
            else {
                return pointer;
            };
            (step.len(), index.to_string(), below)
        }
        _ => return pointer,
    };
    pointer.push('/');
    pointer.push_str(&key);
    follow(below, pointer, path.get(step + 1..).unwrap_or_default(), values)
}

/// Whether values take an item out of its list.
fn is_nothing(node: &Node, values: Option<&Values<'_>>) -> bool {
    let Some(values) = values else { return false };
    values.chosen(node).map_or_else(|| is_no_value(node), |(_, it)| is_nothing(it, Some(values)))
}

/// A step of a JSON pointer.
pub(crate) fn escaped(step: &str) -> String {
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
        let at = |id: Option<&str>, property: Option<&str>| {
            let mut finding = codes::ILLEGAL_VALUE.finding("");
            finding.logical_id = id.map(Into::into);
            finding.property = property.map(str::to_owned);
            pointer(&root, &finding, None)
        };
        assert_eq!(at(Some("A"), Some("x.y.0.a/b")), "/Resources/A/Properties/x.y/0/a~1b");
        assert_eq!(at(Some("A"), Some("DependsOn")), "/Resources/A/DependsOn");
        assert_eq!(at(Some("A"), Some("Missing.Part")), "/Resources/A/Properties");
        assert_eq!(at(Some("A"), None), "/Resources/A");
        assert_eq!(at(None, Some("Resources.A.Type")), "/Resources/A/Type");
    }
}
