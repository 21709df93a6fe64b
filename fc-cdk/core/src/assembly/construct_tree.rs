//! The construct tree as explorers of assemblies show it, and as `tree.json` holds it.

use smol_str::SmolStr;

use crate::{
    diagnostic::SourceLocation,
    json,
    json_writer::JsonWriter,
    node::{Map, Node},
    tree::{Kind, Tree},
};

/// All constructs, each right before those below it.
#[derive(Clone, Debug)]
pub(super) struct ConstructTree {
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    id: SmolStr,
    path: SmolStr,
    /// Of a resource.
    type_name: Option<SmolStr>,
    location: SourceLocation,
    /// The row after all that is below this one.
    end: usize,
}

impl ConstructTree {
    pub(super) fn new(tree: &Tree) -> ConstructTree {
        let mut constructs = ConstructTree { rows: Vec::with_capacity(tree.constructs.len()) };
        constructs.add(tree, 0);
        constructs
    }

    fn add(&mut self, tree: &Tree, index: u32) {
        let construct = tree.get(index);
        let row = self.rows.len();
        self.rows.push(Row {
            id: if row == 0 { SmolStr::new_static("App") } else { construct.id.clone() },
            path: construct.path.clone(),
            type_name: match &construct.kind {
                Kind::Resource(data) => Some(data.type_name.clone()),
                _ => None,
            },
            location: construct.location,
            end: 0,
        });
        construct.children.iter().for_each(|&child| self.add(tree, child));
        self.rows[row].end = self.rows.len();
    }

    fn children(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        let next = |&child: &usize| self.rows.get(child).map(|row| row.end);
        let all = std::iter::successors(Some(row + 1), next);
        all.take_while(move |&child| child < self.rows[row].end)
    }

    /// `tree.json`.
    pub(super) fn to_json(&self) -> String {
        let mut writer = JsonWriter::compact();
        writer.object(|writer| {
            writer.key("version").string("tree-0.1");
            self.write(0, writer.key("tree"));
        });
        writer.into_string()
    }

    fn write(&self, row: usize, writer: &mut JsonWriter) {
        let Row { id, path, type_name, location, .. } = &self.rows[row];
        writer.object(|writer| {
            writer.key("id").string(id);
            writer.key("path").string(path);
            if let Some(type_name) = type_name {
                writer.key("attributes").object(|writer| {
                    writer.key("aws:cdk:cloudformation:type").string(type_name);
                });
            }
            writer.key("location").text(|text| text.location(*location));
            let mut children = self.children(row).peekable();
            if children.peek().is_some() {
                writer.key("children").object(|writer| {
                    children.for_each(|child| self.write(child, writer.key(&self.rows[child].id)));
                });
            }
        });
    }

    /// The same as [`to_json`](ConstructTree::to_json), for those who look into it.
    pub(super) fn to_node(&self) -> Node {
        json!({ "version": "tree-0.1", "tree": self.node(0) })
    }

    fn node(&self, row: usize) -> Node {
        let Row { id, path, type_name, location, .. } = &self.rows[row];
        let mut map = Map::with_capacity(5);
        map.push("id", id);
        map.push("path", path);
        if let Some(type_name) = type_name {
            map.push("attributes", json!({ "aws:cdk:cloudformation:type": type_name }));
        }
        map.push("location", location.to_string());
        let children: Map = self
            .children(row)
            .map(|child| (self.rows[child].id.clone(), self.node(child)))
            .collect();
        if !children.is_empty() {
            map.push("children", children);
        }
        Node::Map(map)
    }
}
