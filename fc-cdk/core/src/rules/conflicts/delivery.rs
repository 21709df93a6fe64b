//! APIs, distributions, load balancers and what guards them.

use super::{Conflict, Is, IsNot, Set, Starts, Under, Unset};
use super::{fails_later, idle, illegal, needed, refused};

/// <https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html>
pub(super) const METHOD: &[Conflict] = &[
    illegal(
        ("", "AuthorizationType"),
        &[IsNot("AuthorizationType", &["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"])],
        "methods are authorized by `NONE`, `AWS_IAM`, `CUSTOM` or `COGNITO_USER_POOLS`",
    ),
    needed(
        ("", "AuthorizerId"),
        &[Is("AuthorizationType", &["CUSTOM", "COGNITO_USER_POOLS"]), Unset("AuthorizerId")],
        "this type of authorization needs an authorizer",
    ),
    needed(
        ("Integration", "IntegrationHttpMethod"),
        &[Is("Type", &["HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY"]), Unset("IntegrationHttpMethod")],
        "what is called needs the method to call it by",
    ),
    fails_later(
        ("Integration", "IntegrationHttpMethod"),
        &[Is("Type", &["AWS_PROXY"]), IsNot("IntegrationHttpMethod", &["POST", "ANY"])],
        "functions are called by `POST`, whatever the method of the API is",
    ),
    illegal(
        ("Integration", "Uri"),
        &[Is("Type", &["AWS", "AWS_PROXY"]), Starts("Uri", "arn:aws:lambda:")],
        "the address of a function here is `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`",
    ),
];

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html>
pub(super) const STAGE: &[Conflict] = &[idle(
    ("MethodSettings.*", "ResourcePath"),
    &[
        Set("ResourcePath"),
        Unset("CacheDataEncrypted"),
        Unset("CacheTtlInSeconds"),
        Unset("CachingEnabled"),
        Unset("DataTraceEnabled"),
        Unset("LoggingLevel"),
        Unset("MetricsEnabled"),
        Unset("ThrottlingBurstLimit"),
        Unset("ThrottlingRateLimit"),
    ],
    "nothing is set for these methods",
)];

const CACHE: &str = "a behavior needs a `CachePolicyId`";
const FORWARDED: &str = "`ForwardedValues` are not read where there is a `CachePolicyId`";
const DOMAIN: &str = "an origin is the name of a host, without a scheme or a path";

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html>
pub(super) const DISTRIBUTION: &[Conflict] = &[
    needed(
        ("DistributionConfig.DefaultCacheBehavior", "CachePolicyId"),
        &[Unset("CachePolicyId"), Unset("ForwardedValues")],
        CACHE,
    ),
    needed(
        ("DistributionConfig.CacheBehaviors.*", "CachePolicyId"),
        &[Unset("CachePolicyId"), Unset("ForwardedValues")],
        CACHE,
    ),
    idle(
        ("DistributionConfig.DefaultCacheBehavior", "ForwardedValues"),
        &[Set("CachePolicyId"), Set("ForwardedValues")],
        FORWARDED,
    ),
    idle(
        ("DistributionConfig.CacheBehaviors.*", "ForwardedValues"),
        &[Set("CachePolicyId"), Set("ForwardedValues")],
        FORWARDED,
    ),
    fails_later(
        ("DistributionConfig", "ViewerCertificate"),
        &[Set("Aliases"), Unset("ViewerCertificate")],
        "names of your own need a certificate for them",
    ),
    fails_later(
        ("DistributionConfig.Origins.*", "CustomOriginConfig"),
        &[Unset("CustomOriginConfig"), Unset("S3OriginConfig"), Unset("VpcOriginConfig")],
        "an origin needs a configuration: `S3OriginConfig`, `CustomOriginConfig` or `VpcOriginConfig`",
    ),
    illegal(
        ("DistributionConfig.Origins.*", "DomainName"),
        &[Starts("DomainName", "http://")],
        DOMAIN,
    ),
    illegal(
        ("DistributionConfig.Origins.*", "DomainName"),
        &[Starts("DomainName", "https://")],
        DOMAIN,
    ),
];

/// <https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_CreateLoadBalancer.html>
pub(super) const CLASSIC_LOAD_BALANCER: &[Conflict] = &[refused(
    ("", "AvailabilityZones"),
    &[Set("Subnets"), Set("AvailabilityZones")],
    "a load balancer is in `Subnets` or in `AvailabilityZones`, not both",
)];

macro_rules! actions {
    ($within:literal) => {
        &[
            needed(
                ($within, "TargetGroupArn"),
                &[Is("Type", &["forward"]), Unset("TargetGroupArn"), Unset("ForwardConfig")],
                "to forward needs a target group",
            ),
            needed(
                ($within, "RedirectConfig"),
                &[Is("Type", &["redirect"]), Unset("RedirectConfig")],
                "to redirect needs where to",
            ),
            needed(
                ($within, "FixedResponseConfig"),
                &[Is("Type", &["fixed-response"]), Unset("FixedResponseConfig")],
                "a fixed response needs to be said",
            ),
            needed(
                ($within, "AuthenticateOidcConfig"),
                &[Is("Type", &["authenticate-oidc"]), Unset("AuthenticateOidcConfig")],
                "to authenticate needs a provider",
            ),
            needed(
                ($within, "AuthenticateCognitoConfig"),
                &[Is("Type", &["authenticate-cognito"]), Unset("AuthenticateCognitoConfig")],
                "to authenticate needs a user pool",
            ),
        ]
    };
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html>
pub(super) const LISTENER: &[Conflict] = actions!("DefaultActions.*");
pub(super) const LISTENER_RULE: &[Conflict] = actions!("Actions.*");

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>
pub(super) const LOAD_BALANCER: &[Conflict] = &[illegal(
    ("", "Name"),
    &[Starts("Name", "internal-")],
    "names that begin with `internal-` are for AWS",
)];

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>
pub(super) const TARGET_GROUP: &[Conflict] = &[refused(
    ("", "HealthCheckTimeoutSeconds"),
    &[Under("HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds")],
    "a check cannot take longer than the time to the next one",
)];

/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html>
pub(super) const WEB_RULES: &[Conflict] = &[refused(
    ("Rules.*", "Action"),
    &[Set("Action"), Set("OverrideAction")],
    "a rule has an `Action`, or an `OverrideAction` where it stands for a group",
)];

pub(super) const WEB_ACL: &[Conflict] = &[
    refused(
        ("DefaultAction", "Allow"),
        &[Set("Allow"), Set("Block")],
        "what no rule matches is allowed or blocked, not both",
    ),
    refused(
        ("Rules.*", "Action"),
        &[Set("Action"), Set("OverrideAction")],
        "a rule has an `Action`, or an `OverrideAction` where it stands for a group",
    ),
    refused(
        ("Rules.*", "Action"),
        &[Set("Action"), Set("Statement.ManagedRuleGroupStatement")],
        "a group of rules has actions of its own: set `OverrideAction`",
    ),
    refused(
        ("Rules.*", "Action"),
        &[Set("Action"), Set("Statement.RuleGroupReferenceStatement")],
        "a group of rules has actions of its own: set `OverrideAction`",
    ),
    needed(
        ("Rules.*", "OverrideAction"),
        &[Set("Statement.ManagedRuleGroupStatement"), Unset("OverrideAction"), Unset("Action")],
        "a rule that stands for a group needs an `OverrideAction`",
    ),
];
