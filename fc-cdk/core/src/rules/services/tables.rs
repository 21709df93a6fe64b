//! Tables of DynamoDB, brokers of MSK, keys of KMS: what counts within one resource.

use super::super::{
    findings::Findings,
    known::{Known, items, literal, look, number, object},
    model::Resource,
};
use crate::{
    codes,
    node::{Map, Node},
};

/// What the indexes of a table need of it.
pub(super) fn indexes(resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    let provisioned = match look(properties, "BillingMode") {
        Known::Missing => true,
        Known::Is(Node::Str(mode)) => mode == "PROVISIONED",
        _ => false,
    };
    for (index, body) in items(properties, "GlobalSecondaryIndexes").iter().enumerate() {
        let Some(body) =
            body.as_map().filter(|body| !body.keys().any(|key| key.starts_with("Fn::")))
        else {
            continue;
        };
        if provisioned && look(body, "ProvisionedThroughput") == Known::Missing {
            let message =
                "an index of a table with provisioned capacity needs `ProvisionedThroughput`, too";
            let path = format!("GlobalSecondaryIndexes.{index}.ProvisionedThroughput");
            findings.add(resource, codes::MISSING_PROPERTY, &path, message);
        }
    }
    let Some(hash) = hash(properties) else { return };
    for (index, body) in items(properties, "LocalSecondaryIndexes").iter().enumerate() {
        if let Some(own) = body.as_map().and_then(self::hash).filter(|own| *own != hash) {
            let message = format!("a local index has the table's first key, `{hash}`, not `{own}`");
            let path = format!("LocalSecondaryIndexes.{index}.KeySchema");
            findings.add(resource, codes::PROPERTY_CONFLICT, &path, message);
        }
    }
}

/// The attribute by which items are spread.
fn hash(map: &Map) -> Option<&str> {
    let keys = items(map, "KeySchema").iter().filter_map(Node::as_map);
    let mut hashes = keys.filter(|key| literal(key, "KeyType") == Some("HASH"));
    literal(hashes.next()?, "AttributeName")
}

/// Brokers are spread evenly.
pub(super) fn brokers(resource: &Resource<'_>, findings: &mut Findings) {
    let Known::Is(group) = object(resource.properties, &["BrokerNodeGroupInfo"]) else { return };
    let subnets = items(group, "ClientSubnets");
    let is_sure = subnets.iter().all(|subnet| !matches!(subnet.as_function(), Some(("Fn::If", _))));
    let Some(brokers) = number(resource.properties, "NumberOfBrokerNodes") else { return };
    if is_sure && !subnets.is_empty() && brokers % subnets.len() as f64 != 0.0 {
        let message =
            format!("{brokers} brokers cannot be spread over {} subnets evenly", subnets.len());
        findings.add(resource, codes::PROPERTY_CONFLICT, "NumberOfBrokerNodes", message);
    }
}

/// A key whose policy nobody could change.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key>
pub(super) fn key_policy(resource: &Resource<'_>, findings: &mut Findings) {
    if look(resource.properties, "BypassPolicyLockoutSafetyCheck") != Known::Missing {
        return;
    }
    let Known::Is(policy) = object(resource.properties, &["KeyPolicy"]) else { return };
    let statements = items(policy, "Statement");
    let allows = |statement: &Node| {
        let Some(statement) = statement.as_map() else { return true };
        match look(statement, "Effect") {
            Known::Is(Node::Str(effect)) if effect == "Deny" => return false,
            Known::Is(_) => {}
            _ => return true,
        }
        match look(statement, "Action") {
            Known::Is(actions) => {
                actions.as_items().iter().any(|action| action.as_str().is_none_or(may_change))
            }
            _ => true,
        }
    };
    if !statements.is_empty() && !statements.iter().any(allows) {
        let message = "no statement allows `kms:PutKeyPolicy`, so nobody could change the policy";
        findings.add(resource, codes::BAD_POLICY, "KeyPolicy", message).help =
            Some("allow `kms:*` to the account's root".into());
    }
}

/// Whether an action of a policy takes in `kms:PutKeyPolicy`; what has wildcards in the middle may.
fn may_change(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    match action.split_once(['*', '?', '$']) {
        Some((start, _)) => "kms:putkeypolicy".starts_with(start),
        None => action == "kms:putkeypolicy",
    }
}
