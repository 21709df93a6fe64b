//! What a policy is for, and how large it may be.

use crate::{
    node::{Map, Node},
    path::Path,
    reference::SubPart,
};

/// What a policy is attached to, which decides what it has to say and how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyKind {
    /// A managed policy.
    Managed,
    /// A policy inside of a role. All of a role's share one limit.
    RoleInline,
    /// A policy inside of a user. All of a user's share one limit.
    UserInline,
    /// A policy inside of a group. All of a group's share one limit.
    GroupInline,
    /// Another policy of users, groups or roles.
    Identity,
    /// Who may assume a role.
    Trust,
    /// The policy of an S3 bucket.
    Bucket,
    /// The policy of a KMS key.
    Key,
    /// The policy of an SQS queue.
    Queue,
    /// The policy of an SNS topic.
    Topic,
    /// The policy of an ECR repository, which names no resource.
    Repository,
    /// The policy of another resource.
    Resource,
    /// A policy of which it is not known whom and what it is about, such as that of an endpoint or of an AWS IoT thing.
    Other,
}

/// Where the limits are stated.
pub(super) struct Limit {
    /// Characters that every account may use.
    pub(super) default: usize,
    /// Characters that AWS allows on request.
    pub(super) maximum: usize,
    pub(super) docs: &'static str,
}

const IAM_QUOTAS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

impl PolicyKind {
    pub(crate) fn is_identity(self) -> bool {
        matches!(
            self,
            PolicyKind::Managed
                | PolicyKind::RoleInline
                | PolicyKind::UserInline
                | PolicyKind::GroupInline
                | PolicyKind::Identity
        )
    }

    /// Whether IAM itself keeps the policy, and so its rules on characters and `Sid`s hold.
    pub(super) fn is_iam(self) -> bool {
        self.is_identity() || self == PolicyKind::Trust
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            PolicyKind::Managed => "a managed policy",
            PolicyKind::RoleInline => "the inline policies of a role",
            PolicyKind::UserInline => "the inline policies of a user",
            PolicyKind::GroupInline => "the inline policies of a group",
            PolicyKind::Identity => "a policy of users, groups or roles",
            PolicyKind::Trust => "a role's trust policy",
            PolicyKind::Bucket => "a bucket's policy",
            PolicyKind::Key => "a key's policy",
            PolicyKind::Queue => "a queue's policy",
            PolicyKind::Topic => "a topic's policy",
            PolicyKind::Repository => "a repository's policy",
            PolicyKind::Resource => "a resource's policy",
            PolicyKind::Other => "a policy",
        }
    }

    pub(super) fn limit(self) -> Option<Limit> {
        let limit = |size, docs| Some(Limit { default: size, maximum: size, docs });
        match self {
            PolicyKind::Managed => limit(6_144, IAM_QUOTAS),
            PolicyKind::RoleInline => limit(10_240, IAM_QUOTAS),
            PolicyKind::UserInline => limit(2_048, IAM_QUOTAS),
            PolicyKind::GroupInline => limit(5_120, IAM_QUOTAS),
            PolicyKind::Trust => Some(Limit { default: 2_048, maximum: 8_192, docs: IAM_QUOTAS }),
            PolicyKind::Bucket => limit(
                20_480,
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
            ),
            PolicyKind::Key => limit(
                32_768,
                "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
            ),
            PolicyKind::Queue => limit(
                8_192,
                "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
            ),
            PolicyKind::Topic => limit(
                30_720,
                "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html",
            ),
            PolicyKind::Identity
            | PolicyKind::Repository
            | PolicyKind::Resource
            | PolicyKind::Other => None,
        }
    }
}

/// A policy among a resource's properties.
pub(crate) struct PolicyAt<'a> {
    /// The property in which it stands.
    property: &'a str,
    /// Its place, where the property has a list of policies.
    place: Option<usize>,
    pub(crate) kind: PolicyKind,
    pub(crate) policy: &'a Node,
}

impl PolicyAt<'_> {
    /// Hands over where it stands: `PolicyDocument`, or `Policies.0.PolicyDocument`.
    pub(crate) fn at<T>(&self, then: impl FnOnce(&Path<'_>) -> T) -> T {
        let property = Path::new(self.property);
        match self.place {
            None => then(&property),
            Some(place) => then(&property.item(place).join("PolicyDocument")),
        }
    }

    /// The characters that count with those of all others of the list, where it is one of a list.
    pub(super) fn shared_size(&self) -> Option<usize> {
        self.place.map(|_| size(self.policy))
    }
}

/// The policies among a resource's properties.
pub(crate) fn policies_of<'a>(type_name: &str, properties: &'a Map) -> Vec<PolicyAt<'a>> {
    let inline = match type_name {
        "AWS::IAM::Role" => Some(PolicyKind::RoleInline),
        "AWS::IAM::User" => Some(PolicyKind::UserInline),
        "AWS::IAM::Group" => Some(PolicyKind::GroupInline),
        _ => None,
    };
    let single = match type_name {
        "AWS::IAM::Role" => Some(("AssumeRolePolicyDocument", PolicyKind::Trust)),
        "AWS::IAM::ManagedPolicy" => Some(("PolicyDocument", PolicyKind::Managed)),
        "AWS::IAM::RolePolicy" => Some(("PolicyDocument", PolicyKind::RoleInline)),
        "AWS::IAM::UserPolicy" => Some(("PolicyDocument", PolicyKind::UserInline)),
        "AWS::IAM::GroupPolicy" => Some(("PolicyDocument", PolicyKind::GroupInline)),
        "AWS::IAM::Policy" => {
            let attached_to = |key| properties.get(key).is_some_and(|list| !list.is_null());
            let kind = match () {
                () if attached_to("Users") => PolicyKind::UserInline,
                () if attached_to("Groups") => PolicyKind::GroupInline,
                () => PolicyKind::RoleInline,
            };
            Some(("PolicyDocument", kind))
        }
        "AWS::SSO::PermissionSet" => Some(("InlinePolicy", PolicyKind::Identity)),
        "AWS::S3::BucketPolicy" => Some(("PolicyDocument", PolicyKind::Bucket)),
        "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => Some(("KeyPolicy", PolicyKind::Key)),
        "AWS::SQS::QueuePolicy" | "AWS::SQS::QueueInlinePolicy" => {
            Some(("PolicyDocument", PolicyKind::Queue))
        }
        "AWS::SNS::TopicPolicy" | "AWS::SNS::TopicInlinePolicy" => {
            Some(("PolicyDocument", PolicyKind::Topic))
        }
        "AWS::ECR::Repository" => Some(("RepositoryPolicyText", PolicyKind::Repository)),
        "AWS::SecretsManager::ResourcePolicy" => Some(("ResourcePolicy", PolicyKind::Resource)),
        "AWS::OpenSearchService::Domain" => Some(("AccessPolicies", PolicyKind::Resource)),
        _ => None,
    };
    let mut policies = Vec::new();
    if let Some((property, kind)) = single
        && let Some(policy) = properties.get(property)
    {
        policies.push(PolicyAt { property, place: None, kind, policy });
    }
    if let Some(kind) = inline {
        let inline_policies =
            properties.get("Policies").and_then(Node::as_list).unwrap_or_default();
        for (index, policy) in inline_policies.iter().enumerate() {
            if let Some(policy) = policy.get("PolicyDocument") {
                let place = Some(index);
                policies.push(PolicyAt { property: "Policies", place, kind, policy });
            }
        }
    }
    if single.is_none() && inline.is_none() && type_name != "AWS::Organizations::Policy" {
        // Policies have the same form wherever they stand. Those of organizations say what may be allowed, and have rules of their own.
        let others = properties.iter().filter(|(_, value)| {
            let first = value.get("Statement").and_then(|statement| statement.as_items().first());
            first.is_some_and(|statement| statement.get("Effect").is_some())
        });
        let kind = PolicyKind::Other;
        policies.extend(others.map(|(key, policy)| PolicyAt {
            property: key,
            place: None,
            kind,
            policy,
        }));
    }
    policies
}

/// The characters of a node as compact JSON, at the least: what only AWS knows counts as nothing.
pub(super) fn size(node: &Node) -> usize {
    match node {
        // A policy that is JSON text already.
        Node::Str(text) if text.starts_with('{') => text.split_whitespace().map(chars).sum(),
        other => known(other),
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// The characters of text inside of a JSON string.
fn escaped(text: &str) -> usize {
    let escaped = |byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | b'\x08' | b'\x0c' => 2,
        b'\0'..=b'\x1f' => 6,
        // Not the first byte of its character.
        0x80..=0xbf => 0,
        _ => 1,
    };
    text.bytes().map(escaped).sum()
}

fn known(node: &Node) -> usize {
    if let Some((name, argument)) = node.as_function() {
        return function(name, argument);
    }
    match node {
        Node::Str(text) => escaped(text) + 2,
        Node::List(items) => items.iter().map(known).sum::<usize>() + items.len().max(1) + 1,
        Node::Map(map) => {
            let entries = map.iter().map(|(key, value)| escaped(key) + 3 + known(value));
            entries.sum::<usize>() + map.len().max(1) + 1
        }
        Node::Ref(_) => 2,
        Node::Sub(parts) => {
            let parts = parts.iter().map(|part| match part {
                SubPart::Text(text) => escaped(text),
                SubPart::Value(value) => known(value).saturating_sub(2),
            });
            parts.sum::<usize>() + 2
        }
        other => other.to_json().len(),
    }
}

fn function(name: &str, argument: &Node) -> usize {
    let items = argument.as_list().unwrap_or_default();
    match (name, argument, items) {
        ("Fn::Sub", Node::Str(text), _) | ("Fn::Sub", _, [Node::Str(text), _]) => {
            // Every other piece stands between `${` and `}`.
            let pieces = text.split("${").enumerate().map(|(index, piece)| match index {
                0 => piece,
                _ => piece.split_once('}').map_or("", |(_, rest)| rest),
            });
            pieces.map(escaped).sum::<usize>() + 2
        }
        ("Fn::Join", _, [Node::Str(delimiter), Node::List(parts)]) => {
            let text: usize = parts.iter().map(|part| known(part).saturating_sub(2)).sum();
            text + escaped(delimiter) * parts.len().saturating_sub(1) + 2
        }
        ("Fn::If", _, [_, then, otherwise]) => known(then).min(known(otherwise)),
        ("Ref", Node::Str(name), _) if name == "AWS::NoValue" => 0,
        _ => 2,
    }
}
