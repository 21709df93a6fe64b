//! What is wrong with the values that parameters are given, and with a template that has them.

use std::collections::BTreeMap;

use fc_cdk_core::{
    Diagnostic, Map, Node, Severity, SourceLocation, Template, codes,
    rules::{self, nearest},
};

use super::{ParameterValue, rules as own};
use crate::values::{Resolved, Values, is_hidden};

/// The values that a template's parameters are given, by name; of several for one, the last. What the template does not have is not among them.
pub(crate) fn of_template<'v>(
    template: &Template,
    given: &'v [ParameterValue],
    names: &[&str],
) -> BTreeMap<&'v str, &'v ParameterValue> {
    let has = |name: &str| template.section("Parameters").is_some_and(|all| all.contains_key(name));
    let fits = given.iter().filter(|given| given.is_for(names) && has(&given.name));
    fits.map(|given| (given.name.as_str(), given)).collect()
}

/// The names of a template's parameters, with whether nobody shall see their values.
pub(crate) fn names(template: &Template) -> impl Iterator<Item = (String, bool)> {
    let parameters = template.section("Parameters").into_iter().flat_map(Map::iter);
    parameters.map(|(name, parameter)| (name.to_string(), is_hidden(parameter)))
}

/// Compares values with what the parameters take, and says which have none, if `needs_all`.
pub(crate) fn check(
    template: &Template,
    given: &BTreeMap<&str, &ParameterValue>,
    needs_all: bool,
    of_parameter: &dyn Fn(&str) -> SourceLocation,
    findings: &mut Vec<Diagnostic>,
) {
    for (name, parameter) in template.section("Parameters").into_iter().flat_map(Map::iter) {
        let definition = of_parameter(name);
        let property = format!("Parameters.{name}");
        let Some(given) = given.get(name.as_str()) else {
            if needs_all && parameter.get("Default").is_none() && parameter.get("Type").is_some() {
                let message =
                    format!("the parameter `{name}` has no default and is given no value");
                let mut finding = own::MISSING_VALUE.finding(message).property(property);
                finding.location = Some(definition);
                findings.push(finding);
            }
            continue;
        };
        let Some(value) = &given.value else { continue };
        if let Some(refusal) = rules::refused_value(parameter, value.reveal()) {
            let message = format!("`{name}`: {refusal}");
            let mut finding = own::REFUSED_VALUE.finding(message).property(property);
            finding.location = Some(given.location.unwrap_or(definition));
            if given.location.is_some() {
                finding = finding.note("the parameter", Some(definition));
            }
            findings.push(finding);
        }
    }
}

/// Values for parameters that none of the templates has, and values that are given twice in one file.
pub(crate) fn unknown(given: &[ParameterValue], known: &BTreeMap<String, bool>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, one) in given.iter().enumerate() {
        let same = |other: &&ParameterValue| {
            other.name == one.name
                && other.stack == one.stack
                && other.location.map(|at| at.file) == one.location.map(|at| at.file)
        };
        if let Some(before) = given[..index].iter().find(same)
            && one.location.is_some()
        {
            let message = format!("`{}` is given a value twice", one.name);
            let mut finding = own::REFUSED_VALUE.finding(message);
            finding.location = one.location;
            findings.push(finding.help("take one out").note("the first", before.location));
        }
        if known.contains_key(&one.name) {
            continue;
        }
        let message = format!("there is no parameter `{}`", one.name);
        let mut finding = own::UNKNOWN_PARAMETER.finding(message);
        finding.location = one.location;
        if let Some(near) = nearest(&one.name, known.keys().map(String::as_str)) {
            finding = finding.help(format!("did you mean `{near}`?"));
        }
        findings.push(finding);
    }
    findings
}

/// Rules about how a template is written, whatever values it is given: of these holds what the template as it is says.
const OF_TEXT: [&rules::Rule; 16] = [
    codes::BAD_STRUCTURE,
    codes::BAD_LOGICAL_ID,
    codes::BAD_PARAMETER,
    codes::CONSTANT_CONDITION,
    codes::EMPTY_STACK,
    codes::LEAKED_CREDENTIAL,
    codes::LIMIT_EXCEEDED,
    codes::MISSING_TRANSFORM,
    codes::NOT_A_TEMPLATE,
    codes::PLAIN_TEXT_SECRET,
    codes::REDUNDANT_DEPENDS_ON,
    codes::TYPE_NOT_IN_REGION,
    codes::UNKNOWN_ATTRIBUTE,
    codes::UNKNOWN_TYPE,
    codes::UNREACHABLE_BRANCH,
    codes::UNUSED,
];

/// Puts what holds with values in the place of what holds with any. What is only wrong with them says by which.
pub(crate) fn join(
    findings: &mut Vec<Diagnostic>,
    with_values: Vec<Diagnostic>,
    resolved: &Resolved,
    origins: impl Fn(&Diagnostic) -> Vec<(String, Option<SourceLocation>)>,
) {
    let is_of = |finding: &Diagnostic, codes: &[&rules::Rule]| {
        codes.iter().any(|rule| rule.code == finding.code)
    };
    // A function may be wrong as it is written, or with values.
    let stays = |finding: &Diagnostic| {
        let is_ours = finding.rule.is_some_and(|rule| own::RULES.1.contains(rule));
        is_ours || is_of(finding, &OF_TEXT) || is_of(finding, &[codes::BAD_INTRINSIC])
    };
    let (mut kept, others): (Vec<Diagnostic>, Vec<Diagnostic>) =
        findings.drain(..).partition(stays);
    for mut finding in with_values {
        let is_same = |other: &Diagnostic| {
            other.code == finding.code
                && other.logical_id == finding.logical_id
                && other.property == finding.property
                && other.message == finding.message
        };
        let is_known = kept.iter().chain(&others).any(is_same);
        if is_of(&finding, &OF_TEXT) || (is_known && finding.code == codes::BAD_INTRINSIC.code) {
            continue;
        }
        if !is_known {
            finding.notes.extend(origins(&finding));
            if finding.code == codes::DANGLING_REFERENCE.code {
                let of = |id: &str| finding.message.contains(&format!("`{id}`"));
                if let Some((id, condition)) = resolved.gone.iter().find(|(id, _)| of(id)) {
                    let text = format!(
                        "`{id}` is not there with these values: `{condition}` does not hold"
                    );
                    finding = finding.note(text, None);
                }
            }
        }
        kept.push(finding);
    }
    *findings = kept;
}

/// The values that a finding is about: of the property that it is at, and of what decides whether that is there.
pub(crate) fn origins(
    template: &Template,
    values: &Values<'_>,
    given: &BTreeMap<&str, &ParameterValue>,
    finding: &Diagnostic,
    of_parameter: &dyn Fn(&str) -> SourceLocation,
) -> Vec<(String, Option<SourceLocation>)> {
    let body = match finding.logical_id.as_deref() {
        Some(id) => template.resource(id).map(|resource| Node::Map(resource.body().clone())),
        None => Some(Node::Map(template.sections().clone())),
    };
    let Some(body) = body else { return Vec::new() };
    let first = finding.property.as_deref().and_then(|path| path.split('.').next());
    let property = first.and_then(|first| {
        body.get("Properties").and_then(|properties| properties.get(first)).or(body.get(first))
    });
    let mut names = values.parameters_of(property.unwrap_or(&body));
    if let Some(condition) = body.get("Condition") {
        names.extend(values.parameters_of(&Node::function("Condition", condition.clone())));
    }
    let parameters = template.section("Parameters");
    let mut origins = Vec::new();
    for name in names {
        let Some(parameter) = parameters.and_then(|all| all.get(&name)) else { continue };
        if is_hidden(parameter) {
            continue;
        }
        let given = given.get(name.as_str());
        let value = given.and_then(|given| given.value.as_ref());
        let (text, location) = match (value, parameter.get("Default")) {
            (Some(value), _) => {
                let at = given.and_then(|given| given.location);
                (format!("`{name}` is `{}`", value.reveal()), at)
            }
            (None, Some(default)) => {
                let text = default.as_str().map_or_else(|| default.to_json(), str::to_owned);
                (format!("`{name}` is `{text}` by its default"), Some(of_parameter(&name)))
            }
            (None, None) => continue,
        };
        origins.push((text, location));
    }
    origins.truncate(MOST_ORIGINS);
    origins
}

/// More would hide what is wrong.
const MOST_ORIGINS: usize = 4;

/// The findings that only values make, among those of a stack that has been checked already without.
pub(crate) fn only_new(with_values: Vec<Diagnostic>, known: &[&Diagnostic]) -> Vec<Diagnostic> {
    let is_new = |finding: &Diagnostic| {
        let is_same = |other: &&Diagnostic| {
            other.code == finding.code
                && other.logical_id == finding.logical_id
                && other.property == finding.property
        };
        finding.severity != Severity::Info
            && !OF_TEXT.iter().any(|rule| rule.code == finding.code)
            && !known.iter().any(is_same)
    };
    with_values.into_iter().filter(|finding| is_new(finding)).collect()
}
