//! [`json_text`]: JSON as the text that a property takes, with values in it that only AWS knows.

use fc_cdk_core::{Node, Value, sub::Sub};

/// The JSON of a node as text, compact, with references resolved inside it at deploy.
///
/// Names, ARNs and regions need no escaping in JSON, and nothing else is ever unknown here; so the text needs no
/// `Fn::ToJsonString`, and no transform that goes with it.
pub(crate) fn json_text(node: &Node) -> Value<String> {
    let mut text = Text { parts: Sub::new(), open: String::new() };
    text.write(node);
    text.parts.text(&text.open).finish()
}

struct Text {
    parts: Sub,
    /// Text that is not in `parts` yet.
    open: String,
}

impl Text {
    fn write(&mut self, node: &Node) {
        match node {
            Node::List(items) => {
                self.open.push('[');
                for (place, item) in items.iter().enumerate() {
                    self.comma(place);
                    self.write(item);
                }
                self.open.push(']');
            }
            Node::Map(map) if node.as_function().is_none() => {
                self.open.push('{');
                for (place, (key, value)) in map.iter().enumerate() {
                    self.comma(place);
                    self.open.push_str(&Node::Str(key.clone()).to_json());
                    self.open.push(':');
                    self.write(value);
                }
                self.open.push('}');
            }
            Node::Ref(_) | Node::Sub(_) | Node::Map(_) => {
                self.open.push('"');
                let parts = std::mem::take(&mut self.parts);
                let value = Value::<String>::from_node(node.clone());
                self.parts = parts.text(&std::mem::take(&mut self.open)).value(&value);
                self.open.push('"');
            }
            literal => self.open.push_str(&literal.to_json()),
        }
    }

    fn comma(&mut self, place: usize) {
        if place > 0 {
            self.open.push(',');
        }
    }
}

#[cfg(test)]
mod tests {
    use fc_cdk_core::{intrinsics, json};

    use super::*;

    #[test]
    fn literals_stay_literal_and_are_escaped() {
        let text = json_text(&json!({ "a": ["b\"${c}\n", 1, true], "d": {} }));
        assert_eq!(text.as_literal(), Some(r#"{"a":["b\"${c}\n",1,true],"d":{}}"#));
    }

    #[test]
    fn what_only_aws_knows_stands_in_quotes() {
        let text = json_text(&json!({ "region": intrinsics::region(), "more": ["${y}"] }));
        let expected =
            Sub::new().text("{\"region\":\"").pseudo("AWS::Region").text("\",\"more\":[\"${y}\"]}");
        assert_eq!(text, expected.finish());
    }
}
