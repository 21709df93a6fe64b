//! What `--json` prints, by the schema that is published: `docs/findings.schema.json`.

use fc_cdk_core::Node;

const SCHEMA: &str = include_str!("../../../../docs/findings.schema.json");

/// Asserts that a text is JSON of one of the published forms, and of that one alone.
#[track_caller]
pub(crate) fn assert_is(form: &str, text: &str) {
    let schema = Node::parse_json(SCHEMA).unwrap();
    let value = Node::parse_json(text).unwrap();
    let forms = ["validate", "synth", "forecast", "error"];
    let fits = |form: &str| check(&schema, &at(&schema, form), &value, "").is_none();
    assert_eq!(check(&schema, &at(&schema, form), &value, ""), None);
    let fitting: Vec<&str> = forms.into_iter().filter(|form| fits(form)).collect();
    assert_eq!(fitting, [form]);
}

fn at(schema: &Node, name: &str) -> Node {
    schema.pointer(&format!("/$defs/{name}")).cloned().unwrap()
}

/// What is wrong with a value, for the keywords that the schema uses.
fn check(root: &Node, schema: &Node, value: &Node, path: &str) -> Option<String> {
    let says = |what: &str| Some(format!("{path}: {what}: {}", value.to_json()));
    for (keyword, argument) in schema.as_map().unwrap().iter() {
        let problem = match (keyword.as_str(), argument) {
            ("description", _) => None,
            ("$ref", target) => {
                let name = target.as_str().unwrap().rsplit('/').next().unwrap();
                check(root, &at(root, name), value, path)
            }
            ("enum", choices) => {
                if choices.as_list().unwrap().contains(value) {
                    None
                } else {
                    says("no such value")
                }
            }
            ("minimum", least) => {
                let least = least.as_int().unwrap();
                value.as_int().filter(|number| *number < least).and_then(|_| says("too small"))
            }
            ("type", name) => {
                let is_of = match name.as_str().unwrap() {
                    "object" => value.as_map().is_some(),
                    "array" => value.as_list().is_some(),
                    "string" => value.as_str().is_some(),
                    "integer" => value.as_int().is_some(),
                    _ => return says("a type that is not known here"),
                };
                if is_of { None } else { says("of another type") }
            }
            ("required", names) => {
                let mut names = names.as_list().unwrap().iter().filter_map(Node::as_str);
                names.find(|name| value.get(name).is_none()).and_then(says)
            }
            ("items", items) => {
                let mut list = value.as_list().into_iter().flatten();
                list.find_map(|item| check(root, items, item, &format!("{path}[]")))
            }
            ("properties", known) => {
                value.as_map().into_iter().flat_map(|map| map.iter()).find_map(|(name, below)| {
                    let schema = known.get(name)?;
                    check(root, schema, below, &format!("{path}.{name}"))
                })
            }
            ("additionalProperties", Node::Bool(false)) => {
                let known = schema.get("properties").unwrap();
                let mut names = value.as_map().into_iter().flat_map(|map| map.keys());
                names.find(|name| known.get(name).is_none()).and_then(|name| says(name))
            }
            ("additionalProperties", below) => {
                let mut all = value.as_map().into_iter().flat_map(|map| map.iter());
                all.find_map(|(name, value)| check(root, below, value, &format!("{path}.{name}")))
            }
            (other, _) => says(other),
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}
