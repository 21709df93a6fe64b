//! The schema-driven loader: a resource of any template through the typed layer and back.

use crate::{
    intrinsics::is_dynamic,
    node::{Map, Node},
};

use super::{Items, Kind, ResourceSpec, ShapeSpec};

/// What became of a resource's properties on their way through the types.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What the types can express, in the order in which it was written.
    pub properties: Map,
    /// What they cannot: the path, and why.
    pub lost: Vec<(String, String)>,
}

/// Takes the properties of a resource through its type, as its generated builder would be given them.
///
/// What the type does not have, or has with another kind, is left out and named. Intrinsic functions stand for any value; scalars may
/// be written as text (`"80"` for `80`), as CloudFormation allows.
pub fn load(spec: ResourceSpec, properties: &Map) -> Loaded {
    let mut loader = Loader { path: Vec::new(), lost: Vec::new() };
    let properties = loader.shape(spec.properties(), properties);
    Loaded { properties, lost: loader.lost }
}

struct Loader<'n> {
    path: Vec<Step<'n>>,
    lost: Vec<(String, String)>,
}

#[derive(Clone, Copy)]
enum Step<'n> {
    Key(&'n str),
    Index(usize),
}

impl<'n> Loader<'n> {
    fn lose(&mut self, why: String) {
        let steps: Vec<String> = self
            .path
            .iter()
            .map(|step| match step {
                Step::Key(key) => (*key).to_owned(),
                Step::Index(index) => index.to_string(),
            })
            .collect();
        self.lost.push((steps.join("."), why));
    }

    fn shape(&mut self, spec: ShapeSpec, map: &'n Map) -> Map {
        let mut out = Map::with_capacity(map.len());
        for (key, value) in map.iter() {
            self.path.push(Step::Key(key));
            // Macros and loops of the template language may stand among the properties.
            if key.starts_with("Fn::") {
                out.push(key.clone(), value.clone());
            } else if let Some(property) = spec.property(key) {
                if property.takes_besides(value) {
                    out.push(key.clone(), value.clone());
                } else if let Some(value) = self.value(property.kind(), value) {
                    out.push(key.clone(), value);
                }
            } else if spec.is_open() {
                out.push(key.clone(), value.clone());
            } else {
                self.lose(format!("`{}` has no such property", spec.name()));
            }
            self.path.pop();
        }
        out
    }

    fn value(&mut self, kind: Kind, node: &'n Node) -> Option<Node> {
        if let Some(("Fn::If", Node::List(parts))) = node.as_function()
            && let [condition, then, otherwise] = parts.as_slice()
        {
            let (then, otherwise) = (self.value(kind, then)?, self.value(kind, otherwise)?);
            return Some(Node::function(
                "Fn::If",
                Node::List(vec![condition.clone(), then, otherwise]),
            ));
        }
        // `null` is no value: it fits everywhere.
        if node.is_deferred() || node.is_null() {
            return Some(node.clone());
        }
        let loaded = match (kind, node) {
            (Kind::Json, _) => Some(node.clone()),
            (Kind::Shape(spec), Node::Map(map)) => Some(Node::Map(self.shape(spec, map))),
            (Kind::Tag, Node::Map(map)) => Some(Node::Map(map.clone())),
            (Kind::List(items), Node::List(list)) => Some(Node::List(self.list(items, list))),
            (Kind::Map(items), Node::Map(map)) => Some(Node::Map(self.map(items, map))),
            (kind, scalar) if fits(kind, scalar) => Some(scalar.clone()),
            _ => None,
        };
        if loaded.is_none() {
            self.lose(format!("expected {}, found {}", kind.name(), node.kind()));
        }
        loaded
    }

    fn list(&mut self, items: Items, list: &'n [Node]) -> Vec<Node> {
        let mut out = Vec::with_capacity(list.len());
        for (index, item) in list.iter().enumerate() {
            self.path.push(Step::Index(index));
            out.extend(self.value(items.kind(), item));
            self.path.pop();
        }
        out
    }

    fn map(&mut self, items: Items, map: &'n Map) -> Map {
        let mut out = Map::with_capacity(map.len());
        for (key, value) in map.iter() {
            self.path.push(Step::Key(key));
            if let Some(value) = self.value(items.kind(), value) {
                out.push(key.clone(), value);
            }
            self.path.pop();
        }
        out
    }
}

/// Whether CloudFormation takes a scalar where one of this kind is wanted: it reads numbers and truth values from text, and text from them.
pub(super) fn fits(kind: Kind, node: &Node) -> bool {
    match (kind, node) {
        (
            Kind::String | Kind::Choice(_) | Kind::Id(_),
            Node::Str(_) | Node::Int(_) | Node::Float(_) | Node::Bool(_),
        ) => true,
        (Kind::Boolean, Node::Bool(_)) => true,
        (Kind::Boolean, Node::Str(text)) => {
            is_dynamic(text) || ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word))
        }
        (Kind::Integer | Kind::Number, Node::Int(_)) => true,
        (Kind::Integer, Node::Float(number)) => number.fract() == 0.0,
        (Kind::Number, Node::Float(_)) => true,
        (Kind::Integer, Node::Str(text)) => is_dynamic(text) || text.trim().parse::<i64>().is_ok(),
        (Kind::Number, Node::Str(text)) => is_dynamic(text) || text.trim().parse::<f64>().is_ok(),
        _ => false,
    }
}
