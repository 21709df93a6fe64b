//! Which stacks a command is about: names with wildcards, as the AWS CDK takes them.

use fc_cdk_core::{StackArtifact, rules::nearest};

use crate::error::Error;

/// What a stack can be called on the command line.
pub(crate) struct Candidate<'a> {
    /// The name in the tree, such as `Prod/Network`: what patterns are matched against, too.
    pub(crate) display_name: &'a str,
    /// The name in CloudFormation, such as `Prod-Network`.
    pub(crate) stack_name: &'a str,
    /// The name in the cloud assembly.
    pub(crate) artifact_id: &'a str,
}

impl<'a> Candidate<'a> {
    pub(crate) fn of(stack: &'a StackArtifact) -> Candidate<'a> {
        Candidate {
            display_name: stack.display_name(),
            stack_name: stack.stack_name(),
            artifact_id: stack.artifact_id(),
        }
    }
}

/// The indices of the candidates that any pattern names, in the candidates' order.
///
/// # Errors
///
/// When a pattern names none of them; says which there are, and which is meant by the look of it.
pub(crate) fn select(
    candidates: &[Candidate<'_>],
    patterns: &[String],
) -> Result<Vec<usize>, Error> {
    let matches = |pattern: &str, candidate: &Candidate<'_>| {
        glob(pattern.as_bytes(), candidate.display_name.as_bytes())
            || pattern == candidate.stack_name
            || pattern == candidate.artifact_id
    };
    if let Some(pattern) =
        patterns.iter().find(|pattern| !candidates.iter().any(|stack| matches(pattern, stack)))
    {
        return Err(unknown(candidates, pattern));
    }
    let selected = candidates
        .iter()
        .enumerate()
        .filter(|(_, stack)| patterns.iter().any(|pattern| matches(pattern, stack)));
    Ok(selected.map(|(index, _)| index).collect())
}

fn unknown(candidates: &[Candidate<'_>], pattern: &str) -> Error {
    let error = Error::of(crate::codes::UNKNOWN_STACK, format!("no stack is named `{pattern}`"));
    if candidates.is_empty() {
        return error.help("the app has no stacks");
    }
    let all = candidates.iter().flat_map(|stack| [stack.display_name, stack.stack_name]);
    let nearest = nearest(pattern, all);
    let names: Vec<&str> = candidates.iter().map(|stack| stack.display_name).collect();
    let list = format!("the stacks are {}", names.join(", "));
    match nearest {
        Some(name) => error.help(format!("did you mean `{name}`? {list}")),
        None => error.help(list),
    }
}

/// Whether the pattern matches the whole name: `*` is any text within one step of a path, `**` any text, `?` one character.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [b'*', b'*', rest @ ..] => (0..=name.len()).any(|skip| glob(rest, &name[skip..])),
        [b'*', rest @ ..] => {
            let step = name.iter().position(|&byte| byte == b'/').unwrap_or(name.len());
            (0..=step).any(|skip| glob(rest, &name[skip..]))
        }
        [b'?', rest @ ..] => {
            name.first().is_some_and(|&byte| byte != b'/') && glob(rest, &name[1..])
        }
        [first, rest @ ..] => name.first() == Some(first) && glob(rest, &name[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["Network", "Prod/Network", "Prod/Data", "Prod/Eu/Data"];

    fn check(patterns: &[&str]) -> Result<Vec<&'static str>, String> {
        let candidates = NAMES.map(|name| Candidate {
            display_name: name,
            stack_name: if name == "Prod/Data" { "shop-data" } else { "" },
            artifact_id: "",
        });
        let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        match select(&candidates, &patterns) {
            Ok(selected) => Ok(selected.into_iter().map(|index| NAMES[index]).collect()),
            Err(error) => Err(format!("{error}; {}", error.help_text().unwrap_or_default())),
        }
    }

    #[test]
    fn patterns_match_paths_step_by_step() {
        assert_eq!(check(&["*"]).unwrap(), ["Network"]);
        assert_eq!(check(&["**"]).unwrap(), NAMES);
        assert_eq!(check(&["Prod/*"]).unwrap(), ["Prod/Network", "Prod/Data"]);
        assert_eq!(check(&["Prod/**"]).unwrap(), ["Prod/Network", "Prod/Data", "Prod/Eu/Data"]);
        assert_eq!(check(&["**/Data"]).unwrap(), ["Prod/Data", "Prod/Eu/Data"]);
        assert_eq!(check(&["Prod/Dat?", "Network"]).unwrap(), ["Network", "Prod/Data"]);
        assert_eq!(check(&["shop-data"]).unwrap(), ["Prod/Data"]);
    }

    #[test]
    fn unknown_names_are_answered_with_the_nearest() {
        assert_eq!(
            check(&["Netwrok"]).unwrap_err(),
            "no stack is named `Netwrok`; did you mean `Network`? the stacks are Network, Prod/Network, Prod/Data, Prod/Eu/Data"
        );
        assert_eq!(
            check(&["Network", "Xyz/*"]).unwrap_err(),
            "no stack is named `Xyz/*`; the stacks are Network, Prod/Network, Prod/Data, Prod/Eu/Data"
        );
    }
}
