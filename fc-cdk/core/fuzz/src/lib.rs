//! What must hold for any bytes at all. Each function panics where it does not; `fuzz_targets` feeds them.

use fc_cdk_core::{
    Node, PolicyDocument, Template,
    diff::diff,
    rules::{self, CheckOptions},
    spec::{Checker, ResourceSpec, load},
    template::Position,
};

/// The tables of resource types.
pub type Types = fn(&str) -> Option<ResourceSpec>;

/// What was read as JSON and written back reads as the same; what cannot be read has a place within the text.
pub fn json(bytes: &[u8]) {
    match Template::parse_bytes(bytes) {
        Ok(template) => {
            for text in [template.to_json(), template.to_json_pretty()] {
                let again = Template::parse_json(&text).expect("what was written can be read");
                same(&again, &template);
            }
        }
        Err(error) => within(bytes, error.position()),
    }
}

/// The same for YAML, which is written in both styles.
#[cfg(feature = "yaml")]
pub fn yaml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return json(bytes) };
    match Template::parse_yaml(text) {
        Ok(template) => {
            for style in
                [fc_cdk_core::template::YamlStyle::Short, fc_cdk_core::template::YamlStyle::Long]
            {
                let text = template.to_yaml(style);
                let again = Template::parse_yaml(&text).expect("what was written can be read");
                same(&again, &template);
            }
        }
        Err(error) => within(bytes, error.position()),
    }
}

/// Every check of templates ends, whatever the template says, and what a type cannot express has a name.
pub fn checks(bytes: &[u8], types: Types) {
    let Ok(template) = Template::parse_bytes(bytes) else { return };
    let options = CheckOptions {
        region: Some("ap-northeast-1"),
        spec: &|_, name| types(name),
        knows_all_types: true,
    };
    for finding in rules::check(&template, &options, &mut Checker::new()) {
        assert!(!finding.diagnostic.message.is_empty(), "a finding says what is wrong");
    }
    for resource in template.resources() {
        let Some(properties) = resource.properties() else { continue };
        if let Some(spec) = types(resource.type_name()) {
            let loaded = load(spec, properties);
            assert_eq!(load(spec, &loaded.properties).lost, [], "what was loaded loads again");
        }
        policies(&Node::Map(properties.clone()));
    }
}

/// Whatever stands where a policy may stand is read or refused.
fn policies(node: &Node) {
    match node {
        Node::Map(map) => {
            if map.contains_key("Statement")
                && let Ok(policy) = PolicyDocument::from_node(node)
            {
                let _ = policy.minimized().to_node();
            }
            map.iter().for_each(|(_, value)| policies(value));
        }
        Node::List(items) => items.iter().for_each(policies),
        _ => {}
    }
}

/// A template does not differ from itself, and the difference of its two halves has an end.
pub fn differences(bytes: &[u8], types: Types) {
    let Ok(template) = Template::parse_bytes(bytes) else { return };
    assert!(diff(&template, &template, &types).is_empty(), "it differs from itself");
    let mut other = template.clone();
    let section = other.sections_mut().get_mut("Resources").and_then(Node::as_map_mut);
    if let Some(resources) = section {
        let keys: Vec<_> = resources.keys().cloned().collect();
        for key in keys.iter().step_by(2) {
            resources.remove(key);
        }
    }
    let _ = diff(&template, &other, &types);
    let _ = diff(&other, &template, &types);
}

/// Sections are written in one fixed order, so the texts tell.
fn same(again: &Template, template: &Template) {
    assert_eq!(again.to_json(), template.to_json(), "written and read back, it is another one");
}

fn within(bytes: &[u8], position: Position) {
    let lines = bytes.iter().filter(|byte| **byte == b'\n' || **byte == b'\r').count() + 1;
    let line = position.line as usize;
    assert!((1..=lines + 1).contains(&line), "line {line} of {lines}");
}
