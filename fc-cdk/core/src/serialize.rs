//! Values and templates for serde, by which users write them in other forms. The engine itself does not need it.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::{
    node::{Map, Node},
    template::Template,
};

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => serializer.serialize_unit(),
            Node::Bool(truth) => serializer.serialize_bool(*truth),
            Node::Int(number) => serializer.serialize_i64(*number),
            Node::Float(number) => serializer.serialize_f64(*number),
            Node::Str(text) => serializer.serialize_str(text),
            Node::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Node::Map(map) => map.serialize(serializer),
            Node::Ref(_) | Node::Sub(_) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("Ref", &())?;
                map.end()
            }
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.iter().try_for_each(|(key, value)| map.serialize_entry(key.as_str(), value))?;
        map.end()
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.sections().len()))?;
        self.ordered().try_for_each(|(name, body)| map.serialize_entry(name.as_str(), body))?;
        map.end()
    }
}
