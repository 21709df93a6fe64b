//! The examples of the rules, which `explain` and `docs/rules.md` show: what the account answers decides.

use std::collections::BTreeSet;

use super::*;

const EXAMPLES: &str = include_str!("../../src/forecast/examples.json");
/// These are of `validate --online`: `tests/deploy/validate.rs` has their scenarios.
const ONLINE: [&str; 2] = ["forecast-not-accepted", "forecast-not-asked"];

/// The codes that are found for one side of an example.
fn codes(example: &'static Node, side: &str) -> BTreeSet<String> {
    let one = example.get(side).unwrap();
    let of = |key: &str| one.get(key).or_else(|| example.get(key));
    let template = of("template").unwrap();
    let copies = example.get("copies").and_then(Node::as_int).unwrap_or(1);
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        for (id, resource) in template.get("Resources").and_then(Node::as_map).unwrap().iter() {
            let of_type = resource.get("Type").and_then(Node::as_str).unwrap();
            let properties = || resource.get("Properties").cloned().unwrap();
            stack.raw_resource(id, of_type, properties());
            for copy in 1..copies {
                stack.raw_resource(&format!("{id}{copy}"), of_type, properties());
            }
        }
        app
    };
    let answers = one.get("answers").and_then(Node::as_list).unwrap().iter().map(|answer| {
        let [operation, status, body] = answer.as_list().unwrap() else { unreachable!() };
        let status = u16::try_from(status.as_int().unwrap()).unwrap();
        (operation.as_str().unwrap(), status, body.as_str().unwrap().to_owned())
    });
    let mut before =
        of("deployed").map(|template| deployed(&template.to_json())).unwrap_or_default();
    let more = of("stack").and_then(Node::as_str).unwrap_or_default();
    for answer in &mut before {
        answer.2 = answer.2.replace("<StackName>", &format!("{more}<StackName>"));
    }
    let arguments = example.get("arguments").and_then(Node::as_list).unwrap_or_default();
    let arguments: Vec<&str> = arguments.iter().filter_map(Node::as_str).collect();
    let found = findings_of(app, &arguments, before.into_iter().chain(answers).collect());
    found.iter().filter_map(|it| Some(format!("forecast-{}", it.split_once(' ')?.0))).collect()
}

#[test]
fn examples_fail_and_pass() {
    let examples: &'static Node = Box::leak(Box::new(Node::parse_json(EXAMPLES).unwrap()));
    let mut wrong = Vec::new();
    let all = examples.as_map().unwrap().iter();
    for (code, example) in all.filter(|(code, _)| !ONLINE.contains(&code.as_str())) {
        let (fails, passes) = (codes(example, "fails"), codes(example, "passes"));
        if fails != BTreeSet::from([code.to_string()]) || !passes.is_empty() {
            wrong.push(format!("{code}: {fails:?}, {passes:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_rule_has_an_example() {
    let rules = run_explain();
    let codes = rules.iter().filter_map(|rule| rule.get("code")?.as_str());
    let forecasts: Vec<&str> = codes.filter(|code| code.starts_with("forecast-")).collect();
    assert!(forecasts.len() > 20);
    let examples = Node::parse_json(EXAMPLES).unwrap();
    let without: Vec<&&str> =
        forecasts.iter().filter(|code| examples.get(code).is_none()).collect();
    assert!(without.is_empty(), "{without:?}");
}

fn run_explain() -> Vec<Node> {
    let (mut terminal, captured) = Terminal::captured();
    let cli = Cli::new("shop");
    cli.run_with(["explain", "--json"], &Variables::default(), &mut terminal, |_| App::new());
    Node::parse_json(&captured.out()).unwrap().as_list().unwrap().to_vec()
}
