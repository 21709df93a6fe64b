//! What is said of templates that are right, or may be: nothing, or no more than is certain.

use fc_cdk_aws::resource_type;
use fc_cdk_core::{
    Node, Template,
    rules::{self, CheckOptions},
    spec::Checker,
};

/// Templates by what is right in them, each with what is found: severity and code.
const CASES: &str = include_str!("../data/quiet.json");

#[test]
fn no_more_is_said_than_is_certain() {
    let Ok(Node::Map(cases)) = Node::parse_json(CASES) else { panic!("the cases are JSON") };
    let options = CheckOptions {
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
        ..CheckOptions::default()
    };
    let mut checker = Checker::new();
    for (name, case) in cases.iter() {
        let (Some(Node::Map(sections)), Some(wanted)) =
            (case.get("template"), case.get("finds").and_then(Node::as_list))
        else {
            panic!("{name}: no template, or not what it finds")
        };
        let template = Template::from_sections(sections.clone());
        let found: Vec<String> = rules::check(&template, &options, &mut checker)
            .into_iter()
            .map(|found| format!("{} {}", found.diagnostic.severity, found.diagnostic.code))
            .collect();
        let wanted: Vec<&str> = wanted.iter().filter_map(Node::as_str).collect();
        assert_eq!(found, wanted, "{name}");
    }
}
