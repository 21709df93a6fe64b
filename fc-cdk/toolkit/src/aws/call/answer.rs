//! Answers, XML or JSON, as a [`Node`].

use fc_cdk_core::{Map, Node};

/// An answer in XML as a node: what is below its root. An element with elements in it is an object, another one a text; elements of the
/// same name are a list. What is no XML is nothing.
pub(super) fn read_xml(text: &str) -> Node {
    let Ok(document) = roxmltree::Document::parse(text) else { return Node::Null };
    element(document.root_element())
}

fn element(node: roxmltree::Node<'_, '_>) -> Node {
    let mut map = Map::new();
    for child in node.children().filter(roxmltree::Node::is_element) {
        let value = element(child);
        match map.get_mut(child.tag_name().name()) {
            Some(Node::List(list)) => list.push(value),
            Some(other) => {
                let first = std::mem::replace(other, Node::Null);
                *other = Node::List(vec![first, value]);
            }
            None => drop(map.insert(child.tag_name().name(), value)),
        }
    }
    if map.is_empty() {
        return Node::from(node.text().unwrap_or_default().trim());
    }
    Node::Map(map)
}

/// What stands at a path such as `Role/AssumeRolePolicyDocument`.
pub(crate) fn find<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('/').try_fold(node, |node, key| node.get(key))
}

/// The text at a path, empty where there is none.
pub(crate) fn text_of<'n>(node: &'n Node, path: &str) -> &'n str {
    find(node, path).and_then(Node::as_str).unwrap_or_default()
}

/// The items of a list at a path: in XML the elements below it, in JSON those of an array.
pub(crate) fn items<'n>(node: &'n Node, path: &str) -> Vec<&'n Node> {
    match find(node, path) {
        Some(Node::List(items)) => items.iter().collect(),
        Some(Node::Map(map)) => map
            .iter()
            .flat_map(|(_, value)| match value {
                Node::List(items) => items.iter().collect(),
                one => vec![one],
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_read_by_names() {
        let answer = read_xml(
            "<R xmlns='x'><set><item><id>1</id></item><item><id>2</id></item></set><one><item><id>3</id></item></one><none/></R>",
        );
        let ids =
            |path| items(&answer, path).into_iter().map(|it| text_of(it, "id")).collect::<Vec<_>>();
        assert_eq!(ids("set"), ["1", "2"]);
        assert_eq!(ids("one"), ["3"]);
        assert_eq!(ids("none"), [""; 0]);
        assert_eq!(read_xml("no XML"), Node::Null);
    }
}
