//! Intrinsic functions: arguments, places in literal lists and maps, attributes.

use super::{
    cidr::Cidr,
    known::{as_number, is_open},
    walk::Walk,
};
use crate::{codes, node::Node, path::Path};

/// Functions that this engine does not look into, beside those that `check` knows.
const OTHERS: &[&str] = &[
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::RefAll",
    "Fn::Transform",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
];

/// Checks one call.
pub(super) fn check(walk: &mut Walk<'_, '_>, name: &str, argument: &Node, path: &Path<'_>) {
    let list = argument.as_list();
    let problem = match name {
        "Ref" => (!argument.is_deferred() && argument.as_str().is_none())
            .then(|| format!("`Ref` takes a name, not {}", argument.kind())),
        "Fn::GetAtt" => get_att(walk, argument, path),
        "Fn::Sub" => sub(walk, argument, path),
        "Fn::Join" => match list {
            Some([Node::Str(_), Node::List(parts)]) => {
                let nested = |part: &&Node| {
                    matches!(part, Node::List(_))
                        || (part.as_map().is_some() && !part.is_deferred())
                };
                let found = parts.iter().find(nested);
                found.map(|part| format!("`Fn::Join` joins texts, not {}", part.kind()))
            }
            Some([Node::Str(_), of]) if of.is_deferred() => None,
            _ => Some("`Fn::Join` takes a delimiter and a list of texts".into()),
        },
        "Fn::Select" => select(list),
        "Fn::Split" => match list {
            Some([Node::Str(delimiter), of]) if of.is_deferred() || of.as_str().is_some() => {
                delimiter.is_empty().then(|| "`Fn::Split` needs a delimiter".into())
            }
            _ => Some("`Fn::Split` takes a delimiter and a text".into()),
        },
        "Fn::Cidr" => cidr(argument),
        "Fn::FindInMap" => find_in_map(walk, argument),
        "Fn::If" => match list {
            Some([Node::Str(_), _, _]) => None,
            _ => Some("`Fn::If` takes the name of a condition and two values".into()),
        },
        "Fn::And" | "Fn::Or" => match list {
            Some(of) if (2..=10).contains(&of.len()) => None,
            _ => Some(format!("`{name}` takes 2 to 10 conditions")),
        },
        "Fn::Not" => match list {
            Some([_]) => None,
            _ => Some("`Fn::Not` takes a list of one condition".into()),
        },
        "Fn::Equals" => match list {
            Some([_, _]) => None,
            _ => Some("`Fn::Equals` takes two values".into()),
        },
        "Fn::GetAZs" | "Fn::ImportValue" | "Fn::Base64" => {
            let fits = !matches!(argument, Node::List(_) | Node::Null)
                && (argument.as_map().is_none() || argument.is_deferred());
            (!fits).then(|| format!("`{name}` takes a text, not {}", argument.kind()))
        }
        "Fn::GetStackOutput" => {
            let missing =
                ["StackName", "OutputName"].into_iter().find(|key| argument.get(key).is_none());
            missing
                .filter(|_| !argument.is_deferred())
                .map(|key| format!("`Fn::GetStackOutput` needs `{key}`"))
        }
        "Fn::Length" => (list.is_none() && !argument.is_deferred())
            .then(|| format!("`Fn::Length` counts a list, not {}", argument.kind())),
        "Fn::ToJsonString" => (!matches!(argument, Node::List(_) | Node::Map(_))).then(|| {
            format!("`Fn::ToJsonString` takes an object or a list, not {}", argument.kind())
        }),
        "Condition" => return,
        other if OTHERS.contains(&other) || other.starts_with("Fn::ForEach") => None,
        other => Some(format!("there is no function `{other}`")),
    };
    if let Some(problem) = problem {
        walk.report(codes::BAD_INTRINSIC, path, problem);
    }
}

/// A variable of `Fn::Sub` in a text that no `Fn::Sub` reads. Only names of CloudFormation's own are sure to be meant so.
pub(super) fn check_text(walk: &mut Walk<'_, '_>, text: &str, path: &Path<'_>) {
    const OWN: [&str; 5] = [
        "${AWS::AccountId}",
        "${AWS::Partition}",
        "${AWS::Region}",
        "${AWS::StackId}",
        "${AWS::StackName}",
    ];
    if walk.model.has_macros || !text.contains('$') || !text.contains("${AWS::") {
        return;
    }
    let is_script = text.contains('\n') || text.len() > 500;
    if let Some(variable) = OWN.iter().find(|variable| text.contains(*variable))
        && !is_script
    {
        let message = format!("`{variable}` stays as it is: no `Fn::Sub` is around it");
        walk.report(codes::BAD_INTRINSIC, path, message);
    }
}

fn select(list: Option<&[Node]>) -> Option<String> {
    let Some([index, of]) = list else {
        return Some("`Fn::Select` takes an index and a list".into());
    };
    if !matches!(of, Node::List(_)) && !of.is_deferred() {
        return Some(format!("`Fn::Select` selects from a list, not from {}", of.kind()));
    }
    if index.is_deferred() {
        return None;
    }
    let Some(number) = as_number(index).filter(|index| *index >= 0.0 && index.fract() == 0.0)
    else {
        return Some("the index of `Fn::Select` is a whole number from 0".into());
    };
    let length = match (of, of.as_function()) {
        (Node::List(items), _) => items.len(),
        (_, Some(("Fn::Split", Node::List(parts)))) => match parts.as_slice() {
            [Node::Str(delimiter), text @ Node::Str(of)]
                if !delimiter.is_empty() && !is_open(text) =>
            {
                of.split(delimiter.as_str()).count()
            }
            _ => return None,
        },
        (_, Some(("Fn::Cidr", Node::List(parts)))) => parts.get(1).and_then(as_number)? as usize,
        _ => return None,
    };
    (number >= length as f64)
        .then(|| format!("`Fn::Select` asks for item {number} of {length}; the first is 0"))
}

fn cidr(argument: &Node) -> Option<String> {
    let parts = match argument {
        Node::List(parts) if (2..=3).contains(&parts.len()) => parts,
        other if other.is_deferred() => return None,
        _ => return Some("`Fn::Cidr` takes a range, a count, and the bits of each part".into()),
    };
    let range = parts.first().filter(|range| !is_open(range)).and_then(Node::as_str);
    let parsed = range.map(Cidr::parse);
    if let (Some(text), Some(None)) = (range, parsed) {
        return Some(format!("`{text}` is no range of addresses"));
    }
    let count = parts.get(1).and_then(as_number);
    if let Some(count) = count.filter(|count| !(1.0..=256.0).contains(count)) {
        return Some(format!("`Fn::Cidr` gives 1 to 256 ranges, not {count}"));
    }
    let bits = parts.get(2).and_then(as_number);
    if let (Some(Some(range)), Some(count), Some(bits)) = (parsed, count, bits) {
        let width = if range.is_v6 { 128.0 } else { 32.0 };
        let has = (width - f64::from(range.prefix) - bits).exp2();
        if bits < 1.0 || has < count {
            return Some(format!(
                "`{}` has no room for {count} ranges of {bits} bits",
                parts.first().and_then(Node::as_str).unwrap_or_default()
            ));
        }
    }
    None
}

fn find_in_map(walk: &Walk<'_, '_>, argument: &Node) -> Option<String> {
    let keys = match argument {
        Node::List(keys) if keys.len() == 3 || keys.len() == 4 => keys,
        _ => return Some("`Fn::FindInMap` takes a mapping and two keys".into()),
    };
    // With a default nothing is missing; the rest is for the check of references to say.
    let (3, Some(mapping)) = (keys.len(), keys.first().and_then(Node::as_str)) else { return None };
    let mapping = walk.model.section("Mappings").find(|(name, _)| *name == mapping)?.1.as_map()?;
    if mapping.keys().any(|key| key.starts_with("Fn::")) {
        return None;
    }
    let key = keys.get(1)?.as_str().filter(|key| !key.contains("${"));
    let second = keys.get(2)?.as_str().filter(|key| !key.contains("${"));
    let missing = |key: &str| Some(format!("the mapping has no key `{key}`"));
    match key {
        Some(key) => {
            let Some(values) = mapping.get(key) else { return missing(key) };
            let second = second?;
            if values.get(second).is_none() { missing(second) } else { None }
        }
        // Whatever the first key is, no entry has the second.
        None => {
            let second = second?;
            let nowhere = mapping.iter().all(|(_, values)| values.get(second).is_none());
            if nowhere { missing(second) } else { None }
        }
    }
}

fn get_att(walk: &mut Walk<'_, '_>, argument: &Node, path: &Path<'_>) -> Option<String> {
    let (id, attribute) = match argument {
        Node::Str(text) => match text.split_once('.') {
            Some(parts) => parts,
            None => return Some("`Fn::GetAtt` takes a logical id and an attribute".into()),
        },
        Node::List(parts) => match parts.as_slice() {
            [Node::Str(id), Node::Str(attribute)] => (id.as_str(), attribute.as_str()),
            [_, _] => return None,
            [Node::Str(_), rest @ ..]
                if rest.len() > 1 && rest.iter().all(|part| part.as_str().is_some()) =>
            {
                return None;
            }
            _ => return Some("`Fn::GetAtt` takes a logical id and an attribute".into()),
        },
        other if other.is_deferred() => return None,
        other => return Some(format!("`Fn::GetAtt` takes a list, not {}", other.kind())),
    };
    attribute_of(walk, id, attribute, path);
    None
}

/// Whether the type has such an attribute, as far as the tables know.
fn attribute_of(walk: &mut Walk<'_, '_>, id: &str, attribute: &str, path: &Path<'_>) {
    let Some(resource) = walk.model.resource(id) else { return };
    let Some(spec) = resource.spec else { return };
    // The outputs of nested stacks are named by their templates; objects among attributes are read by their parts.
    let is_free = matches!(
        resource.type_name,
        "AWS::CloudFormation::Stack" | "AWS::CloudFormation::CustomResource"
    ) || attribute.contains("${");
    let covers = |name: &str| {
        name == attribute || attribute.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
    };
    if is_free
        || spec.attributes().any(|(name, _)| covers(name))
        || spec.read_only().any(|name| covers(&name.replace('/', ".")))
        || spec.properties().property(attribute).is_some()
    {
        return;
    }
    let message = format!("`{}` has no attribute `{attribute}`", resource.type_name);
    let near = super::nearest(attribute, spec.attributes().map(|(name, _)| name));
    let finding = walk.report(codes::UNKNOWN_ATTRIBUTE, path, message);
    if let Some(near) = near {
        finding.help = Some(format!("did you mean `{near}`?"));
    }
}

fn sub(walk: &mut Walk<'_, '_>, argument: &Node, path: &Path<'_>) -> Option<String> {
    let (text, variables) = match argument {
        Node::Str(text) => (text, None),
        Node::List(parts) => match parts.as_slice() {
            [Node::Str(text), Node::Map(variables)] => (text, Some(variables)),
            [Node::Str(_), of] if of.is_deferred() => return None,
            _ => {
                return Some("`Fn::Sub` takes a text, or a text and an object of variables".into());
            }
        },
        other if other.is_deferred() => return None,
        other => return Some(format!("`Fn::Sub` takes a text, not {}", other.kind())),
    };
    for part in text.split("${").skip(1) {
        let Some((name, _)) = part.split_once('}') else { continue };
        let name = name.trim();
        if name.starts_with('!') || variables.is_some_and(|variables| variables.contains_key(name))
        {
            continue;
        }
        if let Some((id, attribute)) = name.split_once('.') {
            attribute_of(walk, id, attribute, path);
        }
    }
    None
}
