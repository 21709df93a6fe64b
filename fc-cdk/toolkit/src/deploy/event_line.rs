//! An event in one line, and as JSON.

use fc_cdk_core::{Map, Node, StackArtifact};

use crate::{aws::cloudformation::StackEvent, terminal::Paint};

/// `12:34:56  Network  CREATE_FAILED  AWS::EC2::VPC  Network/Vpc (src/network.rs:12:5): why`.
pub(crate) fn plain(artifacts: &[&StackArtifact], event: &StackEvent, paint: Paint) -> String {
    let name = artifacts.first().map_or(event.stack_name.as_str(), |stack| stack.display_name());
    let status = if event.is_failure() { paint.red(&event.status) } else { event.status.clone() };
    let what = match source(artifacts, event) {
        Some((path, location)) => format!("{path} {}", paint.dim(format_args!("({location})"))),
        None => event.logical_id.clone(),
    };
    let reason = event.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let (time, type_name) = (paint.dim(event.time.clock()), paint.cyan(&event.type_name));
    format!("{time}  {}  {status}  {type_name}  {what}{reason}", paint.bold(name))
}

/// The same for programs.
pub(crate) fn to_json(artifacts: &[&StackArtifact], event: &StackEvent) -> Node {
    let mut map = Map::new();
    map.insert("time", event.time.to_string());
    if let Some(stack) = artifacts.first() {
        map.insert("stack", stack.display_name());
    }
    map.insert("stackName", event.stack_name.as_str());
    map.insert("status", event.status.as_str());
    map.insert("resourceType", event.type_name.as_str());
    map.insert("logicalId", event.logical_id.as_str());
    if let Some(id) = &event.physical_id {
        map.insert("physicalId", id.as_str());
    }
    if let Some(reason) = &event.reason {
        map.insert("reason", reason.as_str());
    }
    if let Some((path, location)) = source(artifacts, event) {
        map.insert("path", path);
        map.insert("source", location);
    }
    Node::Map(map)
}

/// The construct behind an event, and its line. The stack's own artifact comes first, then those of the stacks nested in it.
pub(crate) fn source(artifacts: &[&StackArtifact], event: &StackEvent) -> Option<(String, String)> {
    if event.is_of_stack() {
        return None;
    }
    // What happens in a nested stack has an id of that one's template.
    let (own, nested) = artifacts.split_at(artifacts.len().min(1));
    let is_own = own.iter().any(|artifact| artifact.stack_name() == event.stack_name);
    let mut among = if is_own || nested.is_empty() { own } else { nested }.iter();
    let (path, location) = among.find_map(|artifact| artifact.source_of(&event.logical_id))?;
    Some((path.to_owned(), location.to_string()))
}
