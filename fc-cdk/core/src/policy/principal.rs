//! [`Principal`]: whom a statement is about.

use crate::{
    node::Node,
    sub,
    value::{IntoValue, Value},
};

/// Whom a statement of a resource's or a trust policy is about.
///
/// Reference: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    pub(super) kind: PrincipalKind,
    pub(super) value: Node,
}

/// The keys of a `Principal`, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PrincipalKind {
    Aws,
    CanonicalUser,
    Federated,
    Service,
    /// `"Principal": "*"`.
    Star,
}

impl PrincipalKind {
    pub(super) const ALL: [PrincipalKind; 4] = [
        PrincipalKind::Aws,
        PrincipalKind::CanonicalUser,
        PrincipalKind::Federated,
        PrincipalKind::Service,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            PrincipalKind::Aws | PrincipalKind::Star => "AWS",
            PrincipalKind::CanonicalUser => "CanonicalUser",
            PrincipalKind::Federated => "Federated",
            PrincipalKind::Service => "Service",
        }
    }
}

impl Principal {
    fn new(kind: PrincipalKind, value: impl IntoValue<String>) -> Principal {
        Principal { kind, value: value.into_value().into_node() }
    }

    /// A role, user or role session, by ARN.
    pub fn arn(arn: impl IntoValue<String>) -> Principal {
        Principal::new(PrincipalKind::Aws, arn)
    }

    /// An account: whoever that account allows it to.
    pub fn account(account_id: impl IntoValue<String>) -> Principal {
        let account_id: Value<String> = account_id.into_value();
        Principal::arn(sub!("arn:{AWS::Partition}:iam::{account_id}:root"))
    }

    /// The account that the stack is deployed to: whoever its IAM policies allow it to.
    pub fn this_account() -> Principal {
        Principal::arn(sub!("arn:{AWS::Partition}:iam::{AWS::AccountId}:root"))
    }

    /// A service of AWS, such as `ec2.amazonaws.com`.
    pub fn service(service: impl IntoValue<String>) -> Principal {
        Principal::new(PrincipalKind::Service, service)
    }

    /// An identity provider, by its ARN or, for Amazon Cognito and the like, by domain.
    pub fn federated(provider: impl IntoValue<String>) -> Principal {
        Principal::new(PrincipalKind::Federated, provider)
    }

    /// An account by the canonical user id that Amazon S3 gives it.
    pub fn canonical_user(id: impl IntoValue<String>) -> Principal {
        Principal::new(PrincipalKind::CanonicalUser, id)
    }

    /// Everyone, also without an account: `{"AWS": "*"}`.
    pub fn any() -> Principal {
        Principal { kind: PrincipalKind::Aws, value: Node::from_static("*") }
    }
}
