//! The section `Parameters`: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>.

use super::{
    findings::Findings,
    known::{Known, as_number, literal, number, truth},
    model::Model,
    secrets,
    structure::{entry_name, keys},
    yields::is_list_type,
};
use crate::{
    codes,
    diagnostic::Severity,
    intrinsics::is_dynamic,
    node::{Map, Node},
    spec::{expected_id, pattern_matches},
};

const KEYS: &[&str] = &[
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
];

/// The types of things that are there already, which are looked up before a deployment.
const EXISTING: &[&str] = &[
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::VPC::Id",
    "AWS::EC2::Volume::Id",
    "AWS::Route53::HostedZone::Id",
];

/// The longest value, in bytes.
const MAX_VALUE: usize = 4096;

/// The longest description.
const MAX_DESCRIPTION: usize = 4000;

pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    for (name, body) in model.section("Parameters") {
        if name.starts_with("Fn::") {
            continue;
        }
        let path = format!("Parameters.{name}");
        entry_name("Parameters", name, findings);
        if model.resource(name).is_some() {
            let message = format!("`{name}` is a parameter and a resource");
            findings.template(codes::BAD_STRUCTURE, &path, message);
        }
        let Some(map) = body.as_map() else {
            let message = format!("a parameter is an object, not {}", body.kind());
            findings.template(codes::BAD_PARAMETER, &path, message);
            continue;
        };
        if map.keys().any(|key| key.starts_with("Fn::")) {
            continue;
        }
        let texts = ["AllowedPattern", "ConstraintDescription", "Description", "Type"];
        keys(map, KEYS, &texts, &path, findings);
        let mut wrong = |key: &str, message: String| {
            let path = if key.is_empty() { path.clone() } else { format!("{path}.{key}") };
            findings.template(codes::BAD_PARAMETER, &path, message);
        };
        let kind = match map.get("Type") {
            Some(Node::Str(kind)) => kind.trim(),
            Some(_) => continue,
            None => {
                wrong("", "a parameter needs a type".into());
                continue;
            }
        };
        if let Some(unsure) = kind_problem(kind) {
            wrong("Type", format!("`{kind}` is no type of parameters"));
            if unsure && let Some(last) = findings.all.last_mut() {
                last.diagnostic.severity = Severity::Warning;
                last.diagnostic.help =
                    Some("CloudFormation takes it, and does not check its values".into());
            } else {
                let known =
                    EXISTING.iter().copied().chain(["String", "Number", "CommaDelimitedList"]);
                if let (Some(near), Some(last)) =
                    (super::nearest(kind, known), findings.all.last_mut())
                {
                    last.diagnostic.help = Some(format!("did you mean `{near}`?"));
                }
                continue;
            }
        }
        definition(map, kind, &path, findings);
        default(map, kind, &path, findings);
    }
}

/// Whether a type is none; whether that is not sure.
fn kind_problem(kind: &str) -> Option<bool> {
    let within = |start: &str| kind.strip_prefix(start).and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = within("AWS::SSM::Parameter::Value<") {
        let list = inner.strip_prefix("List<").and_then(|rest| rest.strip_suffix('>'));
        let inner = list.unwrap_or(inner);
        let fits = matches!(inner, "String" | "CommaDelimitedList") || EXISTING.contains(&inner);
        return (!fits).then_some(true);
    }
    if let Some(inner) = within("List<") {
        let fits = matches!(inner.trim(), "Number" | "String") || EXISTING.contains(&inner.trim());
        let is_name = inner.starts_with("AWS::");
        return (!fits).then_some(is_name);
    }
    // Spaces before the bracket are taken, too.
    let loose: String = kind.chars().filter(|letter| !letter.is_whitespace()).collect();
    if loose != kind {
        return kind_problem(&loose);
    }
    let fits =
        matches!(kind, "String" | "Number" | "CommaDelimitedList" | "AWS::SSM::Parameter::Name")
            || EXISTING.contains(&kind);
    (!fits).then_some(false)
}

/// What is allowed, without the default.
fn definition(map: &Map, kind: &str, path: &str, findings: &mut Findings) {
    let mut wrong = |key: &str, message: String| {
        findings.template(codes::BAD_PARAMETER, &format!("{path}.{key}"), message);
    };
    let is_number = matches!(kind, "Number" | "List<Number>");
    let is_ssm = kind.starts_with("AWS::SSM::");
    match map.get("AllowedValues") {
        None => {}
        Some(Node::List(values)) => {
            for value in values {
                let is_scalar =
                    matches!(value, Node::Str(_) | Node::Int(_) | Node::Float(_) | Node::Bool(_));
                if !is_scalar {
                    wrong(
                        "AllowedValues",
                        format!("an allowed value is a text, not {}", value.kind()),
                    );
                } else if is_number && as_number(value).is_none() {
                    wrong(
                        "AllowedValues",
                        format!("the allowed value {} is no number", value.to_json()),
                    );
                }
            }
        }
        Some(other) => {
            wrong("AllowedValues", format!("the allowed values are a list, not {}", other.kind()))
        }
    }
    let out_of_place: &[&str] = match is_number {
        true => &["AllowedPattern", "MinLength", "MaxLength"],
        false => &["MinValue", "MaxValue"],
    };
    if !is_ssm && let Some(key) = out_of_place.iter().find(|key| map.contains_key(key)) {
        let of = if is_number { "texts" } else { "numbers" };
        wrong(key, format!("`{key}` is for parameters that are {of}, and this is `{kind}`"));
    }
    for key in ["MinLength", "MaxLength", "MinValue", "MaxValue"] {
        let Some(bound) = map.get(key) else { continue };
        match as_number(bound) {
            None => wrong(key, format!("`{key}` is a number, not {}", bound.to_json())),
            Some(length) if key.ends_with("Length") && length.fract() != 0.0 => {
                wrong(key, format!("`{key}` is a whole number, not {length}"));
            }
            Some(length) if key == "MaxLength" && length > MAX_VALUE as f64 => {
                wrong(
                    key,
                    format!("no value is longer than {MAX_VALUE}, so `{key}` is not either"),
                );
            }
            Some(_) => {}
        }
    }
    for (least, most) in [("MinLength", "MaxLength"), ("MinValue", "MaxValue")] {
        if let (Some(low), Some(high)) = (number(map, least), number(map, most))
            && low > high
        {
            wrong(least, format!("`{least}` is {low} and `{most}` is {high}: no value fits"));
        }
    }
    if let Some(hidden) = map.get("NoEcho")
        && !matches!(truth(map, "NoEcho"), Known::Is(_))
    {
        wrong("NoEcho", format!("`NoEcho` is true or false, not {}", hidden.to_json()));
    }
    let description = literal(map, "Description").map_or(0, str::len);
    if description > MAX_DESCRIPTION {
        let message =
            format!("the description has {description} bytes, {MAX_DESCRIPTION} are allowed");
        findings.template(codes::LIMIT_EXCEEDED, &format!("{path}.Description"), message);
    }
}

/// The default, by what is allowed.
fn default(parameter: &Map, kind: &str, path: &str, findings: &mut Findings) {
    let Some(default) = parameter.get("Default") else { return };
    let path = format!("{path}.Default");
    let text = match default {
        Node::Str(text) => text.to_string(),
        Node::Int(_) | Node::Float(_) | Node::Bool(_) => default.to_json(),
        other => {
            let message = format!("the default is a text or a number, not {}", other.kind());
            findings.template(codes::BAD_PARAMETER, &path, message);
            return;
        }
    };
    // The default of such a parameter is a name in Parameter Store, whose value is checked.
    if kind.starts_with("AWS::SSM::") {
        return;
    }
    if truth(parameter, "NoEcho") == Known::Is(true) && secrets::is_literal(&text) {
        let message = "the default of a hidden parameter is for all to read";
        findings.template(codes::PLAIN_TEXT_SECRET, &path, message);
    }
    if text.len() > MAX_VALUE {
        let message = format!("the default has {} bytes, {MAX_VALUE} are allowed", text.len());
        findings.template(codes::LIMIT_EXCEEDED, &path, message);
    }
    for refusal in refusals(parameter, kind, &text, "the default") {
        findings.template(codes::BAD_PARAMETER, &path, refusal);
    }
}

/// Why a parameter does not take a value; nothing where it does, or where that is not known before a deployment. The value of a hidden
/// parameter is in no message.
///
/// ```
/// use fc_cdk_core::{json, rules::refused_value};
/// let parameter = json!({ "Type": "String", "AllowedValues": ["test", "prod"] });
/// assert_eq!(
///     refused_value(&parameter, "prd").as_deref(),
///     Some("the value `prd` is not among the allowed values"),
/// );
/// assert_eq!(refused_value(&parameter, "prod"), None);
/// ```
pub fn refused_value(parameter: &Node, value: &str) -> Option<String> {
    let parameter = parameter.as_map()?;
    let kind = parameter.get("Type")?.as_str()?.trim();
    if value.len() > MAX_VALUE {
        return Some(format!("the value has {} bytes, {MAX_VALUE} are allowed", value.len()));
    }
    // Such a value is a name in Parameter Store, and what is there is checked.
    if kind.starts_with("AWS::SSM::") {
        return None;
    }
    let refusal = refusals(parameter, kind, value, "the value").into_iter().next()?;
    let is_hidden = truth(parameter, "NoEcho") == Known::Is(true);
    Some(if is_hidden { "the value is not one that the parameter takes".into() } else { refusal })
}

/// What a parameter has against a value, which messages call `noun`.
fn refusals(parameter: &Map, kind: &str, text: &str, noun: &str) -> Vec<String> {
    let mut refusals = Vec::new();
    if is_dynamic(text) {
        return refusals;
    }
    let mut wrong = |message: String| refusals.push(message);
    let values: Vec<&str> = match is_list_type(kind) {
        true => text.split(',').map(str::trim).collect(),
        false => vec![text],
    };
    if let Some(allowed) = parameter.get("AllowedValues").and_then(Node::as_list) {
        let is_allowed = |value: &str| {
            allowed.iter().any(|node| match node {
                Node::Str(text) => text == value,
                other => other.to_json() == value || as_number(other) == value.parse().ok(),
            })
        };
        // A list may be allowed as a whole, too.
        if let Some(value) = values.iter().find(|value| !is_allowed(value))
            && !is_allowed(text)
        {
            wrong(format!("{noun} `{value}` is not among the allowed values"));
        }
    }
    if matches!(kind, "Number" | "List<Number>") {
        let minimum = number(parameter, "MinValue").unwrap_or(f64::NEG_INFINITY);
        let maximum = number(parameter, "MaxValue").unwrap_or(f64::INFINITY);
        for value in &values {
            match value.parse::<f64>() {
                Err(_) => wrong(format!("{noun} `{value}` is no number")),
                Ok(value) if value < minimum => {
                    wrong(format!("{noun} {value} is below the minimum {minimum}"));
                }
                Ok(value) if value > maximum => {
                    wrong(format!("{noun} {value} is above the maximum {maximum}"));
                }
                Ok(_) => {}
            }
        }
        return refusals;
    }
    if let Some(pattern) = literal(parameter, "AllowedPattern")
        && let Some(value) =
            values.iter().find(|value| pattern_matches(pattern, value) == Some(false))
    {
        wrong(format!("{noun} `{value}` does not match `{pattern}`"));
    }
    if kind == "String" {
        let length = text.chars().count() as f64;
        let minimum = number(parameter, "MinLength").filter(|minimum| length < *minimum);
        let maximum = number(parameter, "MaxLength").filter(|maximum| length > *maximum);
        if let Some(minimum) = minimum {
            wrong(format!("{noun} has {length} characters, {minimum} are the least"));
        }
        if let Some(maximum) = maximum {
            wrong(format!("{noun} has {length} characters, {maximum} are the most"));
        }
    }
    let inner = kind.strip_prefix("List<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(kind);
    if let Some((of, "Id")) = inner.rsplit_once("::")
        && inner.starts_with("AWS::EC2::")
        && let Some(wanted) =
            values.iter().find_map(|value| expected_id(&format!("{of}.Id"), value))
    {
        wrong(format!("{noun} is no `{inner}`: that is {wanted}"));
    }
    refusals
}
