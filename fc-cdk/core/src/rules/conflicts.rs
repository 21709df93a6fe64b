//! Settings that do not go together, as tables: a line for each combination that AWS refuses, or does not heed.
//!
//! What a line asks must all be surely so; what only AWS knows decides nothing.

mod compute; // servers, containers, functions
mod delivery; // APIs, distributions, load balancers
mod messaging; // queues, topics, events, alarms
mod network; // addresses and gateways
mod storage; // buckets, databases, caches, keys

use std::borrow::Cow;

use super::{
    Rule,
    findings::Findings,
    known::{Known, as_number, is_open, look},
    model::Resource,
};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
    path::Path,
    spec::is_sure,
};

/// What a template says for sure of the value at a path such as `Lifecycle.Days`.
#[derive(Clone, Copy)]
enum Fact {
    /// There is one, whatever it is.
    Set(&'static str),
    /// There is none.
    Unset(&'static str),
    /// It is one of these.
    Is(&'static str, &'static [&'static str]),
    /// It is a literal, and none of these.
    IsNot(&'static str, &'static [&'static str]),
    /// It is true.
    On(&'static str),
    /// It is false, or not there, which means the same.
    Off(&'static str),
    /// It is a text that begins so.
    Starts(&'static str, &'static str),
    /// It is a text that has this nowhere.
    Without(&'static str, &'static str),
    /// It is a number below another property.
    Under(&'static str, &'static str),
    /// It is a number below this.
    Below(&'static str, f64),
    /// It is a number above this.
    Above(&'static str, f64),
}
use Fact::{Above, Below, Is, IsNot, Off, On, Set, Starts, Under, Unset, Without};

/// A combination that does not work.
struct Conflict {
    rule: &'static Rule,
    /// How bad it is, where that is not what the rule says.
    severity: Option<Severity>,
    /// The objects that it is about: the resource where it is empty, else a path with `*` for each item.
    within: &'static str,
    /// The property that it is told of.
    about: &'static str,
    facts: &'static [Fact],
    message: &'static str,
}

/// AWS refuses these together.
const fn refused(
    (within, about): (&'static str, &'static str),
    facts: &'static [Fact],
    message: &'static str,
) -> Conflict {
    Conflict { rule: codes::PROPERTY_CONFLICT, severity: None, within, about, facts, message }
}

/// AWS asks for a property.
const fn needed(
    (within, about): (&'static str, &'static str),
    facts: &'static [Fact],
    message: &'static str,
) -> Conflict {
    Conflict { rule: codes::MISSING_PROPERTY, severity: None, within, about, facts, message }
}

/// AWS refuses the value.
const fn illegal(
    (within, about): (&'static str, &'static str),
    facts: &'static [Fact],
    message: &'static str,
) -> Conflict {
    Conflict { rule: codes::ILLEGAL_VALUE, severity: None, within, about, facts, message }
}

/// AWS takes it, and does nothing by it.
const fn idle(
    (within, about): (&'static str, &'static str),
    facts: &'static [Fact],
    message: &'static str,
) -> Conflict {
    Conflict { rule: codes::IGNORED_PROPERTY, severity: None, within, about, facts, message }
}

/// AWS takes it, and it fails as soon as it is used.
const fn fails_later(
    (within, about): (&'static str, &'static str),
    facts: &'static [Fact],
    message: &'static str,
) -> Conflict {
    let severity = Some(Severity::Warning);
    Conflict { rule: codes::PROPERTY_CONFLICT, severity, within, about, facts, message }
}

/// The combinations of each type, by its name in order.
const TABLE: &[(&str, &[Conflict])] = &[
    ("AWS::ApiGateway::Method", delivery::METHOD),
    ("AWS::ApiGateway::Stage", delivery::STAGE),
    ("AWS::ApplicationAutoScaling::ScalableTarget", compute::SCALABLE_TARGET),
    ("AWS::AutoScaling::AutoScalingGroup", compute::AUTO_SCALING_GROUP),
    ("AWS::CloudFormation::WaitCondition", messaging::WAIT_CONDITION),
    ("AWS::CloudFront::Distribution", delivery::DISTRIBUTION),
    ("AWS::CloudWatch::Alarm", messaging::ALARM),
    ("AWS::DynamoDB::Table", storage::TABLE),
    ("AWS::EC2::EIP", network::ELASTIC_IP),
    ("AWS::EC2::Instance", compute::INSTANCE),
    ("AWS::EC2::LaunchTemplate", compute::LAUNCH_TEMPLATE),
    ("AWS::EC2::NatGateway", network::NAT_GATEWAY),
    ("AWS::EC2::NetworkAclEntry", network::NETWORK_ACL_ENTRY),
    ("AWS::EC2::SecurityGroup", network::SECURITY_GROUP),
    ("AWS::EC2::SecurityGroupEgress", network::SECURITY_GROUP_RULE),
    ("AWS::EC2::SecurityGroupIngress", network::SECURITY_GROUP_RULE),
    ("AWS::EC2::VPCEndpoint", network::VPC_ENDPOINT),
    ("AWS::EC2::VPNGateway", network::VPN_GATEWAY),
    ("AWS::EC2::Volume", storage::VOLUME),
    ("AWS::ECS::TaskDefinition", compute::TASK_DEFINITION),
    ("AWS::EFS::FileSystem", storage::FILE_SYSTEM),
    ("AWS::ElastiCache::CacheCluster", storage::CACHE_CLUSTER),
    ("AWS::ElastiCache::ReplicationGroup", storage::REPLICATION_GROUP),
    ("AWS::ElasticLoadBalancing::LoadBalancer", delivery::CLASSIC_LOAD_BALANCER),
    ("AWS::ElasticLoadBalancingV2::Listener", delivery::LISTENER),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", delivery::LISTENER_RULE),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", delivery::LOAD_BALANCER),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", delivery::TARGET_GROUP),
    ("AWS::Events::Rule", messaging::EVENT_RULE),
    ("AWS::KMS::Key", storage::KEY),
    ("AWS::Kinesis::Stream", messaging::STREAM),
    ("AWS::Lambda::Function", compute::FUNCTION),
    ("AWS::Lambda::Permission", compute::PERMISSION),
    ("AWS::OpenSearchService::Domain", storage::SEARCH_DOMAIN),
    ("AWS::RDS::DBCluster", storage::DATABASE_CLUSTER),
    ("AWS::RDS::DBInstance", storage::DATABASE),
    ("AWS::Route53::RecordSet", network::RECORD),
    ("AWS::Route53::RecordSetGroup", network::RECORDS),
    ("AWS::S3::Bucket", storage::BUCKET),
    ("AWS::SNS::Subscription", messaging::SUBSCRIPTION),
    ("AWS::SNS::Topic", messaging::TOPIC),
    ("AWS::SQS::Queue", messaging::QUEUE),
    ("AWS::SSM::Parameter", storage::PARAMETER),
    ("AWS::Scheduler::Schedule", messaging::SCHEDULE),
    ("AWS::SecretsManager::RotationSchedule", storage::ROTATION),
    ("AWS::SecretsManager::Secret", storage::SECRET),
    ("AWS::WAFv2::RuleGroup", delivery::WEB_RULES),
    ("AWS::WAFv2::WebACL", delivery::WEB_ACL),
];

/// The combinations of one resource.
pub(super) fn check_resource(resource: &Resource<'_>, findings: &mut Findings) {
    let found = TABLE.binary_search_by(|(name, _)| (*name).cmp(resource.type_name));
    let Ok(place) = found else { return };
    for conflict in TABLE[place].1 {
        each(resource.properties, conflict.within, &Path::new(""), &mut |object, path| {
            if conflict.facts.iter().all(|fact| fact.holds(object)) {
                let place = conflict.about.split('.').fold(path.to_string(), |place, key| {
                    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
                });
                let found = findings.add(resource, conflict.rule, &place, conflict.message);
                if let Some(severity) = conflict.severity {
                    found.severity = severity;
                }
            }
        });
    }
}

/// Hands over every object at a path such as `Rules.*.Transitions.*`.
pub(super) fn each<'n>(
    map: &'n Map,
    within: &str,
    path: &Path<'_>,
    found: &mut dyn FnMut(&'n Map, &Path<'_>),
) {
    if within.is_empty() {
        return found(map, path);
    }
    let (key, rest) = within.split_once('.').unwrap_or((within, ""));
    let Known::Is(node) = look(map, key) else { return };
    let path = path.join(key);
    match (node, rest.strip_prefix('*')) {
        (Node::List(items), Some(rest)) => {
            for (index, item) in items.iter().enumerate() {
                if let Node::Map(item) = item
                    && !item.keys().any(|key| key.starts_with("Fn::") || key == "Ref")
                {
                    each(item, rest.trim_start_matches('.'), &path.item(index), found);
                }
            }
        }
        (Node::Map(one), rest_of_items) => {
            let rest = rest_of_items.map_or(rest, |rest| rest.trim_start_matches('.'));
            each(one, rest, &path, found);
        }
        _ => {}
    }
}

/// What is at a path of objects.
pub(super) fn at<'n>(map: &'n Map, path: &str) -> Known<&'n Node> {
    let (key, rest) = path.split_once('.').unwrap_or((path, ""));
    match look(map, key) {
        known if rest.is_empty() => known,
        Known::Is(Node::Map(inner)) => at(inner, rest),
        Known::Missing => Known::Missing,
        _ => Known::Open,
    }
}

/// A literal as text: numbers and booleans are written either way.
fn literal<'n>(map: &'n Map, path: &str) -> Option<Cow<'n, str>> {
    match at(map, path) {
        Known::Is(Node::Str(text)) => Some(Cow::Borrowed(text)),
        Known::Is(node @ (Node::Int(_) | Node::Float(_) | Node::Bool(_))) => {
            Some(Cow::Owned(node.to_json()))
        }
        _ => None,
    }
}

/// What only AWS knows is there all the same, unless a condition or a macro decides.
fn is_set(map: &Map, path: &str) -> bool {
    match path.split_once('.') {
        Some((key, rest)) => {
            map.get(key).and_then(Node::as_map).is_some_and(|inner| is_set(inner, rest))
        }
        None => map.get(path).is_some_and(|node| match node {
            Node::List(items) => items.iter().any(is_sure),
            node => is_sure(node),
        }),
    }
}

fn number(map: &Map, path: &str) -> Option<f64> {
    match at(map, path) {
        Known::Is(node) if !is_open(node) => as_number(node),
        _ => None,
    }
}

impl Fact {
    fn holds(self, map: &Map) -> bool {
        let is = |path: &str, truth: &str| {
            literal(map, path).is_some_and(|text| text.eq_ignore_ascii_case(truth))
        };
        match self {
            Set(path) => is_set(map, path),
            Unset(path) => at(map, path) == Known::Missing,
            Is(path, texts) => literal(map, path).is_some_and(|text| texts.contains(&&*text)),
            IsNot(path, texts) => literal(map, path).is_some_and(|text| {
                !texts.contains(&&*text) && !text.contains("${") && !text.is_empty()
            }),
            On(path) => is(path, "true"),
            Off(path) => at(map, path) == Known::Missing || is(path, "false"),
            Starts(path, start) => literal(map, path).is_some_and(|text| text.starts_with(start)),
            Without(path, part) => {
                literal(map, path).is_some_and(|text| !text.contains(part) && !text.contains("${"))
            }
            Under(path, other) => matches!(
                (number(map, path), number(map, other)),
                (Some(number), Some(other)) if number < other
            ),
            Below(path, least) => number(map, path).is_some_and(|number| number < least),
            Above(path, most) => number(map, path).is_some_and(|number| number > most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn types_are_in_order() {
        assert!(TABLE.is_sorted_by(|(one, _), (other, _)| one < other));
    }
}
