//! The condition keys that every service knows.
//!
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use crate::spec::KeyKind;

/// The keys without `aws:`. A tag's key follows on a `/`.
const GLOBAL: &[(&str, KeyKind)] = &[
    ("AssumedRoot", KeyKind::Any),
    ("CalledVia", KeyKind::String),
    ("CalledViaAWSMCP", KeyKind::Any),
    ("CalledViaFirst", KeyKind::String),
    ("CalledViaLast", KeyKind::String),
    ("ChatbotSourceArn", KeyKind::Arn),
    ("CurrentTime", KeyKind::Date),
    ("Ec2InstanceSourcePrivateIPv4", KeyKind::IpAddress),
    ("Ec2InstanceSourceVpc", KeyKind::String),
    ("EpochTime", KeyKind::Any), // a time or a number
    ("FederatedProvider", KeyKind::String),
    ("IsMcpServiceAction", KeyKind::Bool),
    ("MultiFactorAuthAge", KeyKind::Numeric),
    ("MultiFactorAuthPresent", KeyKind::Bool),
    ("PrincipalAccount", KeyKind::String),
    ("PrincipalArn", KeyKind::Arn),
    ("PrincipalIsAWSService", KeyKind::Bool),
    ("PrincipalOrgID", KeyKind::String),
    ("PrincipalOrgPaths", KeyKind::String),
    ("PrincipalServiceName", KeyKind::String),
    ("PrincipalServiceNamesList", KeyKind::String),
    ("PrincipalTag/", KeyKind::String),
    ("PrincipalType", KeyKind::String),
    ("referer", KeyKind::String),
    ("RequestedRegion", KeyKind::String),
    ("RequestTag/", KeyKind::String),
    ("ResourceAccount", KeyKind::String),
    ("ResourceOrgID", KeyKind::String),
    ("ResourceOrgPaths", KeyKind::String),
    ("ResourceTag/", KeyKind::String),
    ("SecureTransport", KeyKind::Bool),
    ("SignInSessionArn", KeyKind::Arn),
    ("SourceAccount", KeyKind::String),
    ("SourceArn", KeyKind::Arn),
    ("SourceIdentity", KeyKind::String),
    ("SourceIp", KeyKind::IpAddress),
    ("SourceOrgID", KeyKind::String),
    ("SourceOrgPaths", KeyKind::String),
    ("SourceOwner", KeyKind::String), // of SNS; older than `aws:SourceAccount`
    ("SourceVpc", KeyKind::String),
    ("SourceVpcArn", KeyKind::Arn),
    ("SourceVpce", KeyKind::String),
    ("TagKeys", KeyKind::String),
    ("TokenIssueTime", KeyKind::Date),
    ("UserAgent", KeyKind::String),
    ("userid", KeyKind::String),
    ("username", KeyKind::String),
    ("ViaAWSMCPService", KeyKind::Bool),
    ("ViaAWSService", KeyKind::Bool),
    ("VpceAccount", KeyKind::String),
    ("VpceOrgID", KeyKind::String),
    ("VpceOrgPaths", KeyKind::String),
    ("VpcSourceIp", KeyKind::IpAddress),
];

/// What a global key without its `aws:` is compared with, if there is such a key.
pub(super) fn global(name: &str) -> Option<KeyKind> {
    let is_meant = |key: &str| match key.ends_with('/') {
        true => name.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key)),
        false => name.eq_ignore_ascii_case(key),
    };
    GLOBAL.iter().find(|(key, _)| is_meant(key)).map(|(_, kind)| *kind)
}

/// The global keys without `aws:`.
pub(super) fn global_names() -> impl Iterator<Item = &'static str> {
    GLOBAL.iter().map(|(name, _)| *name)
}

/// Keys that the credentials of a request bring along, whatever the action.
const OF_CREDENTIALS: &[&str] = &[
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "glue:CredentialIssuingService",
    "glue:RoleAssumedBy",
    "identitystore:UserId",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
    "sts:SourceIdentity",
];

/// Whether a key can be there for any action, since the credentials of the request bring it along.
pub(super) fn is_of_credentials(key: &str) -> bool {
    let prefix = key.split(':').next().unwrap_or_default();
    ["saml", "cognito-identity", "cognito-identity-auth", "cognito-identity-unauth"]
        .contains(&prefix)
        || OF_CREDENTIALS.iter().any(|other| other.eq_ignore_ascii_case(key))
}
