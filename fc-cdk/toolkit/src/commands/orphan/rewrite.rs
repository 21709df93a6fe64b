//! References to resources that leave the template become values.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::{Map, Node};

/// Resources that leave, by logical id, with what is known of them.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// What `Ref` returns.
    pub(super) physical_ids: BTreeMap<String, String>,
    /// What `Fn::GetAtt` returns, by logical id and attribute.
    pub(super) attributes: BTreeMap<(String, String), String>,
}

impl Leaving {
    fn is_leaving(&self, logical_id: &str) -> bool {
        self.physical_ids.contains_key(logical_id)
    }

    /// The attributes of resources that leave which a part of the template reads.
    pub(super) fn attributes_read(&self, node: &Node) -> BTreeSet<(String, String)> {
        let mut read = BTreeSet::new();
        self.collect(node, &mut read);
        read
    }

    fn collect(&self, node: &Node, read: &mut BTreeSet<(String, String)>) {
        match node {
            Node::List(items) => items.iter().for_each(|item| self.collect(item, read)),
            Node::Map(map) => {
                for (key, value) in map.iter() {
                    match key.as_str() {
                        "Fn::GetAtt" => {
                            read.extend(get_att(value).filter(|(id, _)| self.is_leaving(id)))
                        }
                        "Fn::Sub" => {
                            let (text, own) = sub_parts(value);
                            let names = placeholders(text)
                                .filter(|name| !own.is_some_and(|own| own.contains_key(name)));
                            let attributes = names.filter_map(|name| name.split_once('.'));
                            read.extend(
                                attributes
                                    .filter(|(id, _)| self.is_leaving(id))
                                    .map(|(id, attribute)| (id.to_owned(), attribute.to_owned())),
                            );
                        }
                        _ => {}
                    }
                    self.collect(value, read);
                }
            }
            _ => {}
        }
    }

    /// The same part with values in place of references.
    pub(super) fn rewrite(&self, node: &Node) -> Node {
        match node {
            Node::List(items) => Node::List(items.iter().map(|item| self.rewrite(item)).collect()),
            Node::Map(map) => {
                if let Some(value) = self.value_of(map) {
                    return value;
                }
                let entries = map.iter().filter_map(|(key, value)| match key.as_str() {
                    "DependsOn" => self.depends_on(value).map(|value| (key.clone(), value)),
                    "Fn::Sub" => Some((key.clone(), self.sub(value))),
                    _ => Some((key.clone(), self.rewrite(value))),
                });
                Node::Map(entries.collect())
            }
            other => other.clone(),
        }
    }

    /// The value that a function returns which reads a resource that leaves.
    fn value_of(&self, map: &Map) -> Option<Node> {
        let (key, argument) = map.iter().next().filter(|_| map.len() == 1)?;
        match key.as_str() {
            "Ref" => self.physical_ids.get(argument.as_str()?).map(|id| id.as_str().into()),
            "Fn::GetAtt" => {
                self.attributes.get(&get_att(argument)?).map(|value| value.as_str().into())
            }
            _ => None,
        }
    }

    fn depends_on(&self, value: &Node) -> Option<Node> {
        match value {
            Node::List(items) => {
                let stays = |item: &&Node| !item.as_str().is_some_and(|id| self.is_leaving(id));
                let items: Vec<Node> = items.iter().filter(stays).cloned().collect();
                (!items.is_empty()).then_some(Node::List(items))
            }
            one if one.as_str().is_some_and(|id| self.is_leaving(id)) => None,
            other => Some(other.clone()),
        }
    }

    fn sub(&self, value: &Node) -> Node {
        let (text, own) = sub_parts(value);
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else { break };
            let name = &rest[start + 2..start + length];
            let known = match name.split_once('.') {
                _ if own.is_some_and(|own| own.contains_key(name)) => None,
                Some((id, attribute)) => {
                    self.attributes.get(&(id.to_owned(), attribute.to_owned()))
                }
                None => self.physical_ids.get(name),
            };
            out += &rest[..start];
            match known {
                // What looks like a placeholder is none.
                Some(value) => out += &value.replace("${", "${!"),
                None => out += &rest[start..=start + length],
            }
            rest = &rest[start + length + 1..];
        }
        out += rest;
        match own {
            Some(own) => Node::List(vec![out.into(), self.rewrite(&Node::Map(own.clone()))]),
            None => out.into(),
        }
    }
}

/// The logical id and attribute of `Fn::GetAtt`, in both of its forms.
fn get_att(argument: &Node) -> Option<(String, String)> {
    let (id, attribute) = match argument {
        Node::List(parts) => (parts.first()?.as_str()?, parts.get(1)?.as_str()?),
        text => text.as_str()?.split_once('.')?,
    };
    Some((id.to_owned(), attribute.to_owned()))
}

/// The text of `Fn::Sub`, and the values that it has of its own.
fn sub_parts(argument: &Node) -> (&str, Option<&Map>) {
    match argument {
        Node::List(parts) => {
            let text = parts.first().and_then(Node::as_str).unwrap_or_default();
            (text, parts.get(1).and_then(Node::as_map))
        }
        text => (text.as_str().unwrap_or_default(), None),
    }
}

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use fc_cdk_core::json;

    use super::*;

    #[test]
    fn every_form_of_a_reference_becomes_its_value() {
        let leaving = Leaving {
            physical_ids: BTreeMap::from([("Queue".to_owned(), "https://q".to_owned())]),
            attributes: BTreeMap::from([(
                ("Queue".to_owned(), "Arn".to_owned()),
                "arn:${q}".to_owned(),
            )]),
        };
        let template = json!({
            "DependsOn": ["Queue", "Topic"],
            "A": { "Ref": "Queue" },
            "B": { "Fn::GetAtt": ["Queue", "Arn"] },
            "C": { "Fn::GetAtt": "Queue.Arn" },
            "D": { "Fn::Sub": "${Queue} ${Queue.Arn} ${!Queue} ${Topic}" },
            "E": { "Fn::Sub": ["${Queue} ${x}", { "Queue": "own", "x": { "Ref": "Queue" } }] },
            "F": { "DependsOn": "Queue" },
            "G": { "Ref": "Topic" }
        });
        let read = leaving.attributes_read(&template);
        assert_eq!(read, BTreeSet::from([("Queue".to_owned(), "Arn".to_owned())]));
        let expected = json!({
            "DependsOn": ["Topic"],
            "A": "https://q",
            "B": "arn:${q}",
            "C": "arn:${q}",
            "D": { "Fn::Sub": "https://q arn:${!q} ${!Queue} ${Topic}" },
            "E": { "Fn::Sub": ["${Queue} ${x}", { "Queue": "own", "x": "https://q" }] },
            "F": {},
            "G": { "Ref": "Topic" }
        });
        assert_eq!(leaving.rewrite(&template).to_json(), expected.to_json());
    }
}
