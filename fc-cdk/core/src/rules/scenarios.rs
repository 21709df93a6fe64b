//! What conditions make of a resource: its properties in each case that can occur, without `Fn::If` and `AWS::NoValue`.
//!
//! A case that no parameters lead to is none: `IsProd` and `IsTest` do not hold together where both compare the same parameter.

use super::{
    conditions::Fact,
    model::{Model, Resource},
};
use crate::node::Node;

/// How many cases of one resource are looked at.
const MOST_CASES: usize = 32;

/// Hands the resource as it is in each case to `check`, with what holds there: `if IsProd`, or nothing where no condition decides.
pub(super) fn each(
    model: &Model<'_>,
    resource: &Resource<'_>,
    check: &mut dyn FnMut(&Resource<'_>, &str),
) {
    let mut names = Vec::new();
    resource.properties.iter().for_each(|(_, value)| conditions_of(value, &mut names));
    let own = resource.body.get("Condition").and_then(Node::as_str);
    for case in cases(model, &names, own) {
        let properties = resource
            .properties
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), in_case(value, &case)?)))
            .collect();
        let node = Node::Map(properties);
        if let Node::Map(properties) = &node {
            check(&Resource { properties, node: &node, ..*resource }, &told(&case));
        }
    }
}

/// What holds in a case, for messages.
fn told(case: &[(&str, bool)]) -> String {
    let parts: Vec<String> = case
        .iter()
        .map(|(name, holds)| if *holds { format!("`{name}`") } else { format!("not `{name}`") })
        .collect();
    if parts.is_empty() { String::new() } else { format!("if {}", parts.join(" and ")) }
}

/// Whether this is `Ref: AWS::NoValue`, which takes away what it stands for.
pub(super) fn is_nothing(node: &Node) -> bool {
    matches!(node.as_function(), Some(("Ref", Node::Str(name))) if name == "AWS::NoValue")
}

/// The conditions that decide within a value.
fn conditions_of<'t>(node: &'t Node, names: &mut Vec<&'t str>) {
    match node {
        Node::List(items) => items.iter().for_each(|item| conditions_of(item, names)),
        Node::Map(map) => {
            if let Some(("Fn::If", Node::List(parts))) = node.as_function()
                && let Some(Node::Str(name)) = parts.first()
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
            map.iter().for_each(|(_, value)| conditions_of(value, names));
        }
        _ => {}
    }
}

/// A value in a case: what the conditions choose, or nothing.
fn in_case(node: &Node, case: &[(&str, bool)]) -> Option<Node> {
    if is_nothing(node) {
        return None;
    }
    if let Some(("Fn::If", Node::List(parts))) = node.as_function()
        && let [Node::Str(name), then, otherwise] = parts.as_slice()
        && let Some((_, holds)) = case.iter().find(|(known, _)| known == name)
    {
        return in_case(if *holds { then } else { otherwise }, case);
    }
    Some(match node {
        Node::List(items) => {
            Node::List(items.iter().filter_map(|item| in_case(item, case)).collect())
        }
        Node::Map(map) => Node::Map(
            map.iter()
                .filter_map(|(key, value)| Some((key.clone(), in_case(value, case)?)))
                .collect(),
        ),
        other => other.clone(),
    })
}

/// The combinations of these conditions that can occur where `own` holds.
fn cases<'t>(model: &Model<'_>, names: &[&'t str], own: Option<&'t str>) -> Vec<Vec<Fact<'t>>> {
    let mut cases: Vec<Vec<Fact<'t>>> = vec![Vec::new()];
    for name in names {
        let mut next = Vec::new();
        for (case, holds) in cases.iter().flat_map(|case| [(case, true), (case, false)]) {
            let mut facts = case.clone();
            facts.push((name, holds));
            let with_own: Vec<Fact<'_>> =
                facts.iter().copied().chain(own.map(|own| (own, true))).collect();
            match model.conditions.can_be(&with_own) {
                Some(true) => next.push(facts),
                Some(false) => {}
                None => return one_by_one(model, names, own),
            }
        }
        if next.len() > MOST_CASES {
            return one_by_one(model, names, own);
        }
        cases = next;
    }
    cases
}

/// Each condition by itself, with the others undecided, where there are too many for all at once.
fn one_by_one<'t>(
    model: &Model<'_>,
    names: &[&'t str],
    own: Option<&'t str>,
) -> Vec<Vec<Fact<'t>>> {
    if names.len() < 2 {
        return Vec::new();
    }
    names.iter().flat_map(|name| cases(model, &[*name], own)).collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        Template,
        rules::{self, CheckOptions},
        spec::Checker,
    };

    /// What is said of the schedule of a rule, which is there where `condition` holds.
    fn findings(schedule: &str, condition: &str) -> Vec<String> {
        let template = format!(
            r#"{{
                "Parameters": {{"Stage": {{"Type": "String", "AllowedValues": ["lab", "live"]}}}},
                "Conditions": {{
                    "Always": {{"Fn::Equals": ["a", "a"]}},
                    "Lab": {{"Fn::Equals": [{{"Ref": "Stage"}}, "lab"]}},
                    "Live": {{"Fn::Equals": [{{"Ref": "Stage"}}, "live"]}}
                }},
                "Resources": {{"It": {{
                    "Type": "AWS::Events::Rule",
                    "Condition": "{condition}",
                    "Properties": {{"ScheduleExpression": {schedule}}}
                }}}}
            }}"#
        );
        let Ok(template) = Template::parse_json(&template) else { panic!("{template}") };
        let found = rules::check(&template, &CheckOptions::default(), &mut Checker::new());
        let found = found.into_iter().map(|finding| finding.diagnostic);
        found.filter(|found| found.code == "bad-definition").map(|found| found.message).collect()
    }

    const FORM: &str = "a schedule is `rate(…)` or `cron(…)`";

    #[test]
    fn what_is_wrong_in_a_case_says_in_which() {
        let schedule = r#"{"Fn::If": ["Live", "rate(1 day)", "daily"]}"#;
        assert_eq!(findings(schedule, "Always"), [format!("{FORM} if not `Live`")]);
        let nested = r#"{"Fn::If": ["Live", {"Fn::If": ["Always", "daily", "rate(1 day)"]}, "rate(1 day)"]}"#;
        assert_eq!(findings(nested, "Always"), [format!("{FORM} if `Live` and `Always`")]);
    }

    #[test]
    fn a_case_that_nothing_leads_to_is_none() {
        let schedule = r#"{"Fn::If": ["Live", "rate(1 day)", "daily"]}"#;
        assert_eq!(findings(schedule, "Live"), Vec::<String>::new());
        let both =
            r#"{"Fn::If": ["Live", {"Fn::If": ["Lab", "daily", "rate(1 day)"]}, "rate(1 day)"]}"#;
        assert_eq!(findings(both, "Always"), Vec::<String>::new());
        let nothing = r#"{"Ref": "AWS::NoValue"}"#;
        assert_eq!(findings(nothing, "Always"), Vec::<String>::new());
    }
}
