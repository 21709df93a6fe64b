//! Rules over several properties that AWS's own schemas carry, beyond those that are [`Groups`](super::model::Groups): forms of objects,
//! of which one or any has to be kept, and conditions.

use serde_json::{Map, Value, json};

use super::{
    model::Rule,
    schema::{is_group, resolve},
};

/// The rules of a resource type's schema, each at all places where its object may be.
pub(crate) fn rules(root: &Value) -> Vec<Rule> {
    let mut found = Found { root, rules: Vec::new(), around: Vec::new() };
    found.below(root, "");
    found.rules
}

struct Found<'a> {
    root: &'a Value,
    rules: Vec<Rule>,
    /// The definitions around the place at hand: those of trees have themselves below.
    around: Vec<&'a Value>,
}

impl<'a> Found<'a> {
    fn below(&mut self, node: &'a Value, path: &str) {
        let node = resolve(node, self.root);
        if self.around.iter().any(|around| std::ptr::eq(*around, node)) {
            return;
        }
        self.around.push(node);
        if let Some(schema) = self.combination(node) {
            self.rules.push(Rule {
                path: path.to_owned(),
                text: schema.to_string(),
                is_advice: false,
            });
        }
        self.children(node, path);
        self.around.pop();
    }

    fn children(&mut self, node: &'a Value, path: &str) {
        let join = |step: &str| match path {
            "" => step.to_owned(),
            path => format!("{path}/{step}"),
        };
        for (name, property) in node["properties"].as_object().into_iter().flatten() {
            self.below(property, &join(name));
        }
        if node["items"].is_object() {
            self.below(&node["items"], &join("*"));
        }
        for values in node["patternProperties"].as_object().into_iter().flat_map(Map::values) {
            self.below(values, &join("*"));
        }
        for branches in ["allOf", "anyOf", "oneOf"].map(|key| node[key].as_array()) {
            for branch in branches.into_iter().flatten() {
                self.children(resolve(branch, self.root), path);
            }
        }
    }

    /// What an object's schema says of its properties together, in the keywords that we judge by.
    fn combination(&self, node: &Value) -> Option<Value> {
        let mut all = Vec::new();
        for key in ["anyOf", "oneOf"] {
            let Some(branches) = node[key].as_array().filter(|_| !is_group(node, key)) else {
                continue;
            };
            let forms: Option<Vec<Value>> =
                branches.iter().map(|branch| self.form(resolve(branch, self.root))).collect();
            let anything = json!({});
            match forms.as_deref() {
                // What only one form has is there anyway; it may be needed.
                Some([form]) => {
                    let is_new = |name: &&Value| {
                        !node["required"].as_array().is_some_and(|known| known.contains(name))
                    };
                    let names = form["required"].as_array().into_iter().flatten();
                    let names: Vec<&Value> = names.filter(is_new).collect();
                    if !names.is_empty() {
                        all.push(json!({ "required": names }));
                    }
                }
                // Both, or not the one: that is not the one.
                Some([first, second])
                    if key == "oneOf" && *first == anything && *second != anything =>
                {
                    all.push(json!({ "not": second }));
                }
                Some(forms) if !forms.contains(&anything) => all.push(json!({ key: forms })),
                _ => {}
            }
        }
        for part in node["allOf"].as_array().into_iter().flatten() {
            all.extend(self.combination(resolve(part, self.root)));
        }
        if !node["if"].is_null() && (!node["then"].is_null() || !node["else"].is_null()) {
            let parts = ["if", "then", "else"].map(|key| (key.to_owned(), node[key].clone()));
            let parts: Map<String, Value> =
                parts.into_iter().filter(|(_, part)| !part.is_null()).collect();
            all.push(Value::Object(parts));
        }
        for (name, schema) in node["dependencies"].as_object().into_iter().flatten() {
            if let Some(then) = self.combination(schema) {
                all.push(json!({ "if": { "required": [name] }, "then": then }));
            }
        }
        match all.len() {
            0 => None,
            1 => all.pop(),
            _ => Some(json!({ "allOf": all })),
        }
    }

    /// A form of an object: which properties it has to have, which it may have, and the values by which forms are told apart. `None`
    /// where it is no object.
    fn form(&self, node: &Value) -> Option<Value> {
        let object = node.as_object()?;
        let mut form = Map::new();
        if let Some(required) = object.get("required") {
            form.insert("required".into(), required.clone());
        }
        if object.get("additionalProperties") == Some(&json!(false)) {
            let properties = object.get("properties").and_then(Value::as_object)?;
            let all = properties.iter().map(|(name, property)| {
                let property = resolve(property, self.root);
                let one = ["const", "enum"].into_iter().find(|key| !property[*key].is_null());
                (name.clone(), one.map_or(json!(true), |key| json!({ key: property[key] })))
            });
            form.insert("properties".into(), Value::Object(all.collect()));
            form.insert("additionalProperties".into(), json!(false));
        } else if let Some(properties) = object.get("properties").and_then(Value::as_object) {
            let inner = properties.iter().filter_map(|(name, property)| {
                let form = self.form(resolve(property, self.root))?;
                (form != json!({})).then(|| (name.clone(), form))
            });
            let inner: Map<String, Value> = inner.collect();
            if !inner.is_empty() {
                form.insert("properties".into(), Value::Object(inner));
            }
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            if let Some(branches) = object.get(key).and_then(Value::as_array) {
                let forms: Option<Vec<Value>> =
                    branches.iter().map(|branch| self.form(resolve(branch, self.root))).collect();
                form.insert(key.into(), Value::Array(forms?));
            }
        }
        Some(Value::Object(form))
    }
}
