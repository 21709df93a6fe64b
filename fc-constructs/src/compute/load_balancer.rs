//! The load balancer, its listeners and where its logs go.

use std::time::Duration;

use fc_cdk_aws::{
    elasticloadbalancingv2::{
        self as elb, FixedResponseConfig, ListenerAction, ListenerActionType,
        ListenerCertificateProperty, ListenerRuleAction, ListenerRuleActionType,
        LoadBalancerAttribute, LoadBalancerScheme, LoadBalancerType, Matcher, PathPatternConfig,
        Protocol, RedirectConfig, RedirectConfigStatusCode, RuleCondition, SourceIpConfig,
        TargetGroupAttribute, TargetGroupTargetType,
    },
    ids::{certificatemanager::CertificateArnOrServerCertificateArn, ec2::VpcId},
};
use fc_cdk_core::{
    Diagnostic, IntoValue, Node, ResourceHandle, Scope, Value, intrinsics,
    policy::{Principal, Statement},
    sub,
};

use super::codes;
use crate::{
    network::{Access, Egress, Peer, Port, SecurityGroup, Subnets},
    region::{region_of, region_of_scope},
    storage::Bucket,
};

/// What a load balancer is told.
pub(crate) struct Settings {
    pub(crate) vpc: Value<VpcId>,
    pub(crate) subnets: Subnets,
    pub(crate) internet_facing: bool,
    pub(crate) open: bool,
    pub(crate) certificate: Option<Value<CertificateArnOrServerCertificateArn>>,
    pub(crate) ssl_policy: Value<String>,
    pub(crate) deletion_protection: bool,
    pub(crate) access_logs: Option<Bucket>,
    pub(crate) access_log_prefix: String,
}

/// The last of all rules, so that those of a shared listener come before it.
const FORWARD: i64 = 50_000;
const ATTACHMENT: i64 = 49_999;
/// The rule for whoever still asks by HTTP, which is on the same listener as the other two for the time of an update.
pub(crate) const PLAIN: i64 = 49_998;

/// Nobody's: a block that is for documents alone.
const NOBODY: &str = "192.0.2.0/32";

/// An Application Load Balancer that hands everything to one target group.
pub(crate) struct LoadBalancer {
    pub(crate) handle: elb::LoadBalancerHandle,
    pub(crate) security_group: SecurityGroup,
    pub(crate) listener: elb::ListenerHandle,
    pub(crate) redirect: Option<elb::ListenerHandle>,
    /// What makes the target group one of the load balancer's: ECS takes no other, and only these are asked whether they are healthy.
    pub(crate) attachment: elb::ListenerRuleHandle,
    /// What hands requests to the targets.
    pub(crate) forward: elb::ListenerRuleHandle,
}

impl LoadBalancer {
    pub(crate) fn new(
        scope: &Scope,
        settings: &Settings,
        targets: &elb::TargetGroupHandle,
    ) -> LoadBalancer {
        check_subnets(scope, settings);
        let security_group = SecurityGroup::builder()
            .vpc(&settings.vpc)
            .description("load balancer")
            .egress(Egress::Restricted)
            .build(scope, "LoadBalancerSecurityGroup");
        let mut attributes = vec![
            (
                "deletion_protection.enabled",
                Value::<String>::from_node(settings.deletion_protection.to_string().into()),
            ),
            ("routing.http.drop_invalid_header_fields.enabled", Value::from_node("true".into())),
        ];
        if let Some(bucket) = &settings.access_logs {
            let name: Value<String> = bucket.handle.ref_value();
            attributes.push(("access_logs.s3.enabled", Value::from_node("true".into())));
            attributes.push(("access_logs.s3.bucket", name));
            attributes.push((
                "access_logs.s3.prefix",
                Value::from_node(settings.access_log_prefix.as_str().into()),
            ));
        }
        let attributes = attributes
            .into_iter()
            .map(|(key, value)| LoadBalancerAttribute::new().key(key).value(value));
        let scheme = if settings.internet_facing {
            LoadBalancerScheme::InternetFacing
        } else {
            LoadBalancerScheme::Internal
        };
        let handle = elb::LoadBalancer::new()
            .r#type(LoadBalancerType::Application)
            .scheme(scheme)
            .subnets(&settings.subnets)
            .security_groups([&security_group])
            .load_balancer_attributes(attributes)
            .build(scope, "LoadBalancer");
        if settings.internet_facing {
            settings.subnets.ready_before(&handle);
        }
        if let Some(bucket) = &settings.access_logs {
            deliver_logs(scope, bucket, &settings.access_log_prefix, &handle);
        }
        let (listener, redirect) = match &settings.certificate {
            None => {
                let listener = elb::Listener::new()
                    .load_balancer_arn(&handle)
                    .port(80)
                    .protocol(Protocol::Http)
                    .default_actions([answer("503", "Service Unavailable")])
                    .build(scope, "Listener80");
                (listener, None)
            }
            Some(certificate) => {
                check_region(scope, certificate);
                let listener = elb::Listener::new()
                    .load_balancer_arn(&handle)
                    .port(443)
                    .protocol(Protocol::Https)
                    .ssl_policy(&settings.ssl_policy)
                    .certificates([ListenerCertificateProperty::new().certificate_arn(certificate)])
                    .default_actions([answer("503", "Service Unavailable")])
                    .build(scope, "Listener443");
                let to_https = RedirectConfig::new()
                    .status_code(RedirectConfigStatusCode::Http301)
                    .protocol("HTTPS")
                    .port("443");
                let redirect = ListenerAction::new()
                    .r#type(ListenerActionType::Redirect)
                    .redirect_config(to_https);
                let redirect = elb::Listener::new()
                    .load_balancer_arn(&handle)
                    .port(80)
                    .protocol(Protocol::Http)
                    .default_actions([redirect])
                    .build(scope, "Listener80");
                (listener, Some(redirect))
            }
        };
        // Requests go by a rule, and not by the listener itself: so the targets can belong to the load balancer before they get any.
        let rule = |id: &str, priority: i64, condition: RuleCondition| {
            elb::ListenerRule::new()
                .listener_arn(&listener)
                .priority(priority)
                .conditions([condition])
                .actions([ListenerRuleAction::new()
                    .r#type(ListenerRuleActionType::Forward)
                    .target_group_arn(targets)])
                .build(scope, id)
        };
        let nobody = RuleCondition::new()
            .field("source-ip")
            .source_ip_config(SourceIpConfig::new().values([NOBODY]));
        let everything = RuleCondition::new()
            .field("path-pattern")
            .path_pattern_config(PathPatternConfig::new().values(["*"]));
        let attachment = rule("Attachment", ATTACHMENT, nobody);
        let forward = rule("Forward", FORWARD, everything);
        let balancer =
            LoadBalancer { handle, security_group, listener, redirect, attachment, forward };
        if settings.internet_facing && settings.open {
            balancer.ports().for_each(|port| {
                balancer.security_group.allow_from(Peer::anywhere(), port, "everyone");
            });
        }
        balancer
    }

    /// Turns the requests to whoever answers them once that is there: until then, what was there before gets them.
    pub(crate) fn turn_to(&self, targets: &impl ResourceHandle) {
        self.forward.depends_on(targets);
    }

    /// The ports that it listens on.
    pub(crate) fn ports(&self) -> impl Iterator<Item = Port> + use<> {
        ports(&self.redirect).into_iter()
    }
}

/// What a listener answers by itself to requests that no rule is about.
pub(crate) fn answer(status: &str, message: &str) -> Value<ListenerAction> {
    let response = FixedResponseConfig::new()
        .status_code(status)
        .content_type("text/plain")
        .message_body(message);
    let action = ListenerAction::new().r#type(ListenerActionType::FixedResponse);
    action.fixed_response_config(response).into_value()
}

/// What a load balancer hands requests to.
pub(crate) struct Targets<'a> {
    pub(crate) kind: Value<TargetGroupTargetType>,
    pub(crate) port: u16,
    pub(crate) health_check_path: &'a str,
    pub(crate) deregistration_delay: Duration,
}

impl Targets<'_> {
    /// The group of them, which get HTTP, and are asked every 15 seconds whether they are healthy.
    pub(crate) fn group(
        self,
        scope: &Scope,
        id: &str,
        vpc: &Value<VpcId>,
    ) -> elb::TargetGroupHandle {
        elb::TargetGroup::new()
            .vpc_id(vpc)
            .target_type(self.kind)
            .protocol(Protocol::Http)
            .port(self.port)
            .health_check_path(self.health_check_path)
            .health_check_interval_seconds(15)
            .healthy_threshold_count(2)
            .unhealthy_threshold_count(3)
            .matcher(Matcher::new().http_code("200"))
            .target_group_attributes([TargetGroupAttribute::new()
                .key("deregistration_delay.timeout_seconds")
                .value(self.deregistration_delay.as_secs().to_string())])
            .build(scope, id)
    }
}

/// Who may talk to what answers the requests, be it servers or tasks: the load balancer alone. The same for both, so that rules about
/// servers also hold for the tasks that replace them.
pub(crate) fn servers(
    scope: &Scope,
    vpc: &Value<VpcId>,
    balancer: &SecurityGroup,
    port: u16,
) -> SecurityGroup {
    let group =
        SecurityGroup::builder().vpc(vpc).description("servers").build(scope, "SecurityGroup");
    group.allow_from(balancer, Port::tcp(port), "requests from the load balancer");
    group
}

/// What scaling by requests looks at.
pub(crate) fn resource_label(
    balancer: &elb::LoadBalancerHandle,
    targets: &elb::TargetGroupHandle,
) -> Value<String> {
    let (balancer, targets) =
        (balancer.load_balancer_full_name(), targets.target_group_full_name());
    sub!("{balancer}/{targets}")
}

/// What is wrong with the subnets of those who answer the requests: `servers` or `tasks`.
pub(crate) fn check_subnets_of(scope: &Scope, who: &str, subnets: &Subnets) {
    let report = |message: String, help: &str| {
        let error = Diagnostic::error(codes::BAD_SUBNETS, message);
        scope.report(error.property("subnets").help(help));
    };
    if subnets.ids().is_empty() {
        let message = format!("the {who} have no subnets");
        report(message, "give a tier of a VPC, or the ids of subnets");
    }
    if subnets.access() == Some(Access::Public) {
        let message = format!(
            "the {who} are in public subnets, where they have no public address and so no way out"
        );
        report(message, "give them a private tier: requests come in through the load balancer");
    }
}

/// The ports of the listeners, of which the second one redirects.
pub(crate) fn ports(redirect: &Option<elb::ListenerHandle>) -> Vec<Port> {
    if redirect.is_some() { vec![Port::HTTPS, Port::HTTP] } else { vec![Port::HTTP] }
}

/// Where a load balancer is reached.
pub(crate) fn url(
    balancer: &elb::LoadBalancerHandle,
    redirect: &Option<elb::ListenerHandle>,
) -> Value<String> {
    let name = balancer.dns_name();
    if redirect.is_some() { sub!("https://{name}") } else { sub!("http://{name}") }
}

fn check_subnets(scope: &Scope, settings: &Settings) {
    let report = |message: &str, help: &str| {
        let diagnostic = Diagnostic::error(codes::BAD_SUBNETS, message);
        scope.report(diagnostic.property("load_balancer_subnets").help(help));
    };
    let count = settings.subnets.ids().len();
    if count < 2 {
        let message = format!("a load balancer needs subnets in two zones, and it has {count}");
        report(&message, "give a tier of a VPC, or two subnets of different zones");
    }
    if settings.internet_facing
        && settings.subnets.access().is_some_and(|access| access != Access::Public)
    {
        let message =
            "an internet-facing load balancer is in subnets that the internet does not reach";
        report(message, "give it the public tier, or leave out `internet_facing`");
    }
}

/// A listener takes certificates of its own region only.
fn check_region(scope: &Scope, certificate: &Value<CertificateArnOrServerCertificateArn>) {
    if let (Some(theirs), Some(ours)) =
        (region_of(scope, certificate.node()), region_of_scope(scope))
        && theirs != ours
    {
        let message = format!("the certificate is of {theirs}, and the load balancer is in {ours}");
        let help = format!(
            "request a certificate in {ours}; only CloudFront takes those of us-east-1 everywhere"
        );
        scope.report(
            Diagnostic::error(codes::CERTIFICATE_REGION, message)
                .property("certificate")
                .help(help),
        );
    }
}

/// Lets the load balancer write to the bucket.
///
/// See <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>.
fn deliver_logs(scope: &Scope, bucket: &Bucket, prefix: &str, balancer: &elb::LoadBalancerHandle) {
    let encryption = bucket.handle.property("BucketEncryption").unwrap_or(Node::Null);
    if encryption.to_json().contains("aws:kms") {
        let message = "load balancers cannot write to a bucket that is encrypted with a KMS key";
        let help = "give a bucket without `encryption_key`";
        scope.report(
            Diagnostic::error(codes::ACCESS_LOG_BUCKET, message).property("access_logs").help(help),
        );
    }
    let (arn, account) = (bucket.arn(), intrinsics::account_id());
    let deliver = Statement::allow()
        .principals([Principal::service("logdelivery.elasticloadbalancing.amazonaws.com")])
        .actions(["s3:PutObject"])
        .resources([sub!("{arn}/{prefix}/AWSLogs/{account}/*")]);
    bucket.add_to_resource_policy(deliver);
    if let Some(policy) = bucket.policy() {
        balancer.depends_on(&policy);
    }
}
