//! Rules of other tools: an allowance of theirs is written where they look for it.

use crate::{
    codes,
    node::{Map, Node},
    resource::Resource,
};

/// A tool that is told which of its rules do not apply.
pub(crate) struct Judge {
    pub(crate) name: &'static str,
    /// Where it reads that in a resource's `Metadata`: the keys down to the list, and of the reason in an entry.
    /// `None` where the command line takes out what is allowed.
    keys: Option<[&'static str; 3]>,
}

const CHECKOV: Judge = Judge { name: "checkov", keys: Some(["checkov", "skip", "comment"]) };
const CDK_NAG: Judge =
    Judge { name: "cdk-nag", keys: Some(["cdk_nag", "rules_to_suppress", "reason"]) };
const AWS: Judge = Judge { name: "AWS's rule engine", keys: None };
const GUARD: Judge = Judge { name: "Guard", keys: None };

/// The tool whose rule this is, if it is not one of ours.
pub(crate) fn judge_of(code: &str) -> Option<Judge> {
    let starts = |names: &[&str]| names.iter().any(|name| code.starts_with(name));
    match code {
        _ if starts(&["CKV_", "CKV2_"]) => Some(CHECKOV),
        _ if starts(&["AwsSolutions-", "HIPAA.Security-", "NIST.800.53.R5-", "PCI.DSS.321-"]) => {
            Some(CDK_NAG)
        }
        _ if starts(&[codes::AWS_RULE]) => Some(AWS),
        _ if starts(&[codes::GUARD_RULE]) => Some(GUARD),
        _ => None,
    }
}

impl Judge {
    /// Writes into the metadata of a resource that a rule does not apply; once, however often it is said.
    pub(crate) fn excuse(&self, resource: &Resource, code: &str, reason: &str) {
        let Some([tool, list, reason_key]) = self.keys else { return };
        let entry = Node::Map(Map::new().with("id", code).with(reason_key, reason));
        resource.update_metadata(tool, |metadata| {
            let mut metadata = metadata.as_map().cloned().unwrap_or_default();
            let mut entries = metadata
                .get(list)
                .and_then(Node::as_list)
                .map(<[Node]>::to_vec)
                .unwrap_or_default();
            if !entries.contains(&entry) {
                entries.push(entry);
            }
            metadata.insert(list, Node::List(entries));
            Node::Map(metadata)
        });
    }
}
