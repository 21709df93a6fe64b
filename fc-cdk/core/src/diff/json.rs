//! The report as JSON: a fixed schema, for scripts.

use super::{
    Change, EntryChange, PropertyChange, ResourceChange, RuleChange, StackDiff, StatementChange,
    Summary, TemplateDiff,
};
use crate::{
    json,
    node::{Map, Node},
    spec::Replacement,
};

/// The version of the JSON report. It grows when a field changes its meaning or goes; new fields may come at any time.
pub const SCHEMA_VERSION: i64 = 1;

impl StackDiff {
    /// The stack as JSON: `name`, `change` (`added`, `removed`, `changed` or `null`), and the fields of
    /// [`TemplateDiff::to_node`].
    pub fn to_node(&self) -> Node {
        let mut node = Map::new();
        node.push("name", &self.name);
        node.push("change", self.change.map(Change::as_str));
        for (key, value) in self.template.to_map() {
            node.push(key, value);
        }
        Node::Map(node)
    }

    /// The report over several stacks: `schemaVersion`, `summary`, `stacks`.
    pub fn report(stacks: &[StackDiff]) -> Node {
        let mut summary = Summary::default();
        stacks.iter().for_each(|stack| summary.add(&stack.template.summary()));
        let stacks: Vec<Node> = stacks.iter().map(StackDiff::to_node).collect();
        json!({ "schemaVersion": SCHEMA_VERSION, "summary": summary.to_node(), "stacks": stacks })
    }
}

impl Summary {
    /// The counts as JSON: `worst` (an impact or `null`), `impacts` (impact → number), `dataLoss`, `broadened`, `entries`.
    pub fn to_node(&self) -> Node {
        let impacts: Map =
            self.impacts.iter().map(|(impact, count)| (impact.as_str(), *count as i64)).collect();
        json!({
            "worst": self.worst().map(super::Impact::as_str),
            "impacts": impacts,
            "dataLoss": self.data_loss as i64,
            "broadened": self.broadened as i64,
            "entries": self.entries as i64
        })
    }
}

impl TemplateDiff {
    /// The comparison as JSON.
    ///
    /// | field | of | what |
    /// |---|---|---|
    /// | `summary` | | see [`Summary::to_node`] |
    /// | `resources[]` | `logicalId`, `type`, `impact` | impact: see [`Impact::as_str`](super::Impact::as_str) |
    /// | | `oldLogicalId`, `path`, `oldPath` | only where they are known and differ |
    /// | | `forcedBy[]` | the properties that force (or may force) the replacement |
    /// | | `dataLoss` | `no`, `snapshot`, `possible`, `certain` |
    /// | | `knownType` | `false`: AWS's specification of the type is not known |
    /// | | `properties[]`, `attributes[]` | `path`, `old`, `new`, `replacement` (`no`, `maybe`, `yes`), `cause` |
    /// | | `notes[]` | text for people |
    /// | | `source` | `file`, `line`, `column` of the Rust line |
    /// | `entries[]` | `section`, `name`, `change`, `values[]`, `notes[]` | outputs, parameters and the like |
    /// | `statements[]` | `change`, `logicalId`, `effect`, `actions[]`, `resources[]`, `principals[]`, `condition`, `broadens` | permissions |
    /// | `rules[]` | `change`, `group`, `direction`, `protocol`, `ports`, `peer`, `description`, `broadens`, `world` | rules of security groups |
    pub fn to_node(&self) -> Node {
        Node::Map(self.to_map())
    }

    fn to_map(&self) -> Map {
        Map::new()
            .with("summary", self.summary().to_node())
            .with("resources", self.resources.iter().map(resource).collect::<Vec<_>>())
            .with("entries", self.entries.iter().map(entry).collect::<Vec<_>>())
            .with("statements", self.statements.iter().map(statement).collect::<Vec<_>>())
            .with("rules", self.rules.iter().map(rule).collect::<Vec<_>>())
    }
}

fn resource(change: &ResourceChange) -> Node {
    let mut node = Map::new();
    node.push("logicalId", &change.logical_id);
    let optional = |node: &mut Map, key: &'static str, text: Option<&str>| {
        if let Some(text) = text {
            node.push(key, text);
        }
    };
    optional(&mut node, "oldLogicalId", change.old_logical_id.as_deref());
    node.push("type", &change.type_name);
    node.push("impact", change.impact.as_str());
    optional(&mut node, "path", change.construct_path.as_deref());
    optional(&mut node, "oldPath", change.old_construct_path.as_deref());
    node.push("forcedBy", change.forced_by().map(Node::from).collect::<Vec<_>>());
    node.push("dataLoss", change.data_loss.as_str());
    node.push("knownType", change.known_type);
    node.push("properties", change.properties.iter().map(value).collect::<Vec<_>>());
    node.push("attributes", change.attributes.iter().map(value).collect::<Vec<_>>());
    node.push("notes", texts(&change.notes));
    if let Some(source) = change.source {
        node.push(
            "source",
            json!({ "file": source.file, "line": source.line, "column": source.column }),
        );
    }
    Node::Map(node)
}

fn value(change: &PropertyChange) -> Node {
    let mut node = Map::new();
    node.push("path", change.path.as_str());
    node.push("old", change.old.clone());
    node.push("new", change.new.clone());
    node.push(
        "replacement",
        match change.replacement {
            Replacement::No => "no",
            Replacement::Maybe => "maybe",
            Replacement::Yes => "yes",
        },
    );
    if let Some(cause) = &change.cause {
        node.push("cause", cause.as_str());
    }
    Node::Map(node)
}

fn entry(change: &EntryChange) -> Node {
    let values: Vec<Node> = change.values.iter().map(value).collect();
    json!({
        "section": change.section.clone(),
        "name": change.name.clone(),
        "change": change.change.as_str(),
        "values": values,
        "notes": texts(&change.notes)
    })
}

fn statement(change: &StatementChange) -> Node {
    json!({
        "change": change.change.as_str(),
        "logicalId": change.logical_id.clone(),
        "effect": change.effect.as_str(),
        "actions": texts(&change.actions),
        "resources": texts(&change.resources),
        "principals": texts(&change.principals),
        "condition": change.condition.as_str(),
        "broadens": change.broadens
    })
}

fn rule(change: &RuleChange) -> Node {
    json!({
        "change": change.change.as_str(),
        "group": change.group.as_str(),
        "direction": if change.ingress { "in" } else { "out" },
        "protocol": change.protocol.as_str(),
        "ports": change.ports.as_str(),
        "peer": change.peer.as_str(),
        "description": change.description.as_str(),
        "broadens": change.broadens,
        "world": change.world
    })
}

fn texts(texts: &[String]) -> Node {
    Node::List(texts.iter().map(|text| Node::from(text.as_str())).collect())
}
