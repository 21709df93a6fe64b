//! What can be said of finished templates without asking AWS: each by the rules, and all together by name.

use rustc_hash::FxHashMap;

use super::{Ids, StackDraft, overrides, place_at, place_diagnostic};
use crate::{
    assembly::StackArtifact,
    codes,
    diagnostic::{Diagnostic, Severity, SourceLocation},
    node::Node,
    rules::{self, CheckOptions},
    spec::{Checker, ResourceSpec},
    tags,
    template::Template,
    tree::{Kind, Tree},
};

/// Checks a whole template, which has `size` bytes in its file.
pub(super) fn check_template(
    tree: &Tree,
    ids: &Ids,
    draft: &StackDraft,
    template: &Template,
    size: usize,
    types: Option<fn(&str) -> Option<ResourceSpec>>,
    checker: &mut Checker,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if let Some(mut diagnostic) = rules::check_size(size) {
        place_diagnostic(tree, draft.index, &mut diagnostic);
        diagnostics.push(diagnostic);
    }
    let constructs = draft.resource_constructs();
    let spec = |index: usize, name: &str| match constructs.get(index) {
        Some(construct) => match &tree.get(*construct).kind {
            Kind::Resource(data) => data.spec,
            _ => None,
        },
        // Of no resource: a type that may be meant.
        None => types.and_then(|types| types(name)),
    };
    let options = CheckOptions {
        region: draft.environment.region.as_deref(),
        spec: &spec,
        knows_all_types: types.is_some(),
    };
    for finding in rules::check(template, &options, checker) {
        let mut diagnostic = finding.diagnostic;
        let construct = |place: usize| constructs.get(place).copied().unwrap_or(draft.index);
        let place = match finding.resource {
            Some(place) => construct(place),
            None => element(tree, ids, draft.index, diagnostic.property.as_deref()),
        };
        match said_at(tree, place, finding.resource.is_some(), &diagnostic) {
            Some((line, what)) => place_at(tree, place, line, what, &mut diagnostic),
            None => place_diagnostic(tree, place, &mut diagnostic),
        }
        if let Some(line) = tag_line(tree, place, template, &diagnostic) {
            diagnostic = diagnostic.note("the tag is given here", Some(line));
        }
        for (text, place) in finding.notes {
            diagnostic = diagnostic.note(text, Some(tree.user_location(construct(place))));
        }
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// The construct of the parameter, condition, output… that a path such as `Outputs.Name.Value` is about; else the stack.
fn element(tree: &Tree, ids: &Ids, stack: u32, path: Option<&str>) -> u32 {
    let mut steps = path.unwrap_or_default().split('.');
    let (Some(section), Some(name)) = (steps.next(), steps.next()) else { return stack };
    let is_it = |&index: &u32| match &tree.get(index).kind {
        Kind::Element(data) => {
            data.section.as_str() == section
                && tree.get(index).stack == Some(stack)
                && ids.logical_id(index) == name
        }
        _ => false,
    };
    tree.walk(stack).into_iter().find(is_it).unwrap_or(stack)
}

/// The line of what a finding is about, where that is not the one that made its construct: of an override, or a raw entry.
fn said_at(
    tree: &Tree,
    place: u32,
    is_resource: bool,
    diagnostic: &Diagnostic,
) -> Option<(SourceLocation, &'static str)> {
    let property = diagnostic.property.as_deref().unwrap_or_default();
    match &tree.get(place).kind {
        Kind::Resource(data) if !data.overrides.is_empty() => {
            overrides::line_of(data, property).map(|line| (line, "overridden here"))
        }
        Kind::Stack(data) => {
            let mut steps = property.split('.');
            let (section, key) = match (&diagnostic.logical_id, is_resource) {
                (Some(id), true) => ("Resources", id.as_str()),
                _ => (steps.next()?, steps.next()?),
            };
            let mut entries = data.raw_entries.iter();
            let entry = entries.find(|entry| entry.0 == section && entry.1 == key)?;
            Some((entry.3, "this entry is made here"))
        }
        _ => None,
    }
}

/// The line that gives a resource the tag that a finding is about, such as `Tags.0`, if a scope around it does.
fn tag_line(
    tree: &Tree,
    place: u32,
    template: &Template,
    diagnostic: &Diagnostic,
) -> Option<SourceLocation> {
    let (property, index) = diagnostic.property.as_deref()?.split_once('.')?;
    let index = index.split('.').next()?;
    if !property.ends_with("Tags") {
        return None;
    }
    let resource = template.resource(diagnostic.logical_id.as_deref()?)?;
    let tag = resource.property(&format!("{property}.{index}"))?;
    let key = tag.get("Key").or_else(|| tag.get("TagKey")).and_then(Node::as_str).unwrap_or(index);
    tags::line_of(tree, place, key)
}

/// Two resources of one type in two stacks with the same literal name in one account and region: the second one fails at deploy.
/// (Two in one stack are for the rules of templates.)
pub(super) fn check_physical_names(
    tree: &Tree,
    artifacts: &[StackArtifact],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut taken: FxHashMap<_, u32> = FxHashMap::default();
    for artifact in artifacts {
        for (resource, construct) in artifact.resources_with_constructs() {
            let Some(type_name) = resource.get("Type").and_then(Node::as_str) else { continue };
            let Some((property, global)) = rules::name_property(type_name) else { continue };
            let name = resource
                .get("Properties")
                .and_then(|properties| properties.get(property))
                .and_then(Node::as_str);
            let Some(name) = name else { continue };
            if resource.get("Condition").is_some() {
                continue;
            }
            let environment = (!global).then(|| artifact.environment().clone());
            if let Some(first) =
                taken.insert((type_name.to_owned(), name.to_owned(), environment), construct)
                && tree.get(first).stack != tree.get(construct).stack
            {
                let message = format!("`{name}` is the name of `{}` already", tree.path(first));
                let mut diagnostic =
                    Diagnostic::error(codes::DUPLICATE_PHYSICAL_NAME, message).property(property);
                place_diagnostic(tree, construct, &mut diagnostic);
                diagnostics.push(
                    diagnostic
                        .note("the first one is made here", Some(tree.user_location(first)))
                        .help("leave the name out: CloudFormation makes one that is unique"),
                );
            }
        }
    }
}

/// Two outputs that export one name in one account and region.
pub(super) fn check_exports(
    tree: &Tree,
    artifacts: &[StackArtifact],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut taken: FxHashMap<_, (u32, &str)> = FxHashMap::default();
    for artifact in artifacts {
        for (output, body) in artifact.template().outputs() {
            let export = body.get("Export").and_then(|export| export.get("Name"));
            let Some(name) = export.and_then(Node::as_str) else { continue };
            if body.contains_key("Condition") {
                continue;
            }
            let mut constructs = artifact.resources_with_constructs();
            let stack = constructs.next().and_then(|(_, construct)| tree.get(construct).stack);
            let Some(stack) = stack else { continue };
            let key = (name, artifact.environment());
            if let Some((first, other)) = taken.insert(key, (stack, output)) {
                let message =
                    format!("`{name}` is exported by `{other}` of `{}` already", tree.path(first));
                let mut diagnostic = codes::DUPLICATE_EXPORT
                    .finding(message)
                    .property(format!("Outputs.{output}.Export.Name"));
                place_diagnostic(tree, stack, &mut diagnostic);
                diagnostics.push(diagnostic);
            }
        }
    }
}

/// Leaves out what the tables say of a property where the construct that set it has said so already, in its own words.
pub(super) fn leave_out_what_is_said(diagnostics: &mut Vec<Diagnostic>) {
    let of_tables = |found: &Diagnostic| {
        [codes::ILLEGAL_VALUE, codes::MISMATCH, codes::MISSING_PROPERTY, codes::PROPERTY_CONFLICT]
            .iter()
            .any(|rule| rule.code == found.code)
    };
    let said: Vec<(String, Vec<String>)> = diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error && !of_tables(found))
        .filter_map(|found| Some((format!("{}/", found.path), words(found.property.as_deref()?))))
        .collect();
    if said.is_empty() {
        return;
    }
    diagnostics.retain(|found| {
        if found.severity != Severity::Error || !of_tables(found) {
            return true;
        }
        let path = found.path.to_string();
        let mut keys = found.property.as_deref().unwrap_or_default().rsplit('.');
        let key = words(keys.find(|key| key.parse::<usize>().is_err()).unwrap_or_default());
        !said.iter().any(|(around, words)| path.starts_with(around) && alike(words, &key))
    });
}

/// The words of a name in either case: `master_username`, `MasterUsername`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_small = false;
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if letter != '_' && !(letter.is_uppercase() && was_small) => {
                word.extend(letter.to_lowercase());
            }
            _ => words.push(letter.to_lowercase().filter(|letter| *letter != '_').collect()),
        }
        was_small = letter.is_lowercase() || letter.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether two names have all words of the shorter one in common, or two.
fn alike(one: &[String], other: &[String]) -> bool {
    let common = one.iter().filter(|word| other.contains(word)).count();
    common >= 2 || (common > 0 && common == one.len().min(other.len()))
}
