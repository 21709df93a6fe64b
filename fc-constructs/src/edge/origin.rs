//! [`EdgeOrigin`]: where a distribution gets what it hands out.

use fc_cdk_aws::{
    cloudfront::{
        self, CustomOriginConfig, Origin, OriginAccessControlConfig, OriginCustomHeader,
        S3OriginConfig, VpcOriginConfig, VpcOriginEndpointConfig,
    },
    elasticloadbalancingv2::{
        self as elb, HttpHeaderConfig, ListenerRuleAction, ListenerRuleActionType, RuleCondition,
    },
    ids::ec2::{PrefixListId, VpcId},
};
use fc_cdk_core::{
    Diagnostic, IntoValue, Node, Resource, Scope, Value,
    policy::{Condition, Principal, Statement},
    sub,
};

use super::{codes, prefix_lists::origin_facing};
use crate::{
    compute::{WebAsg, load_balancer},
    containers::FargateService,
    names::name_in_stack,
    network::{Egress, Peer, Port, SecurityGroup},
    region::region_of_scope,
    security::{Key, Secret},
    storage::Bucket,
};

/// What the only origin of a distribution is called in it.
pub(super) const ORIGIN_ID: &str = "origin";
/// The header by which a load balancer knows the distribution.
const SECRET_HEADER: &str = "X-Origin-Verify";

/// Where a distribution gets what it hands out: a load balancer, or a bucket. Constructs that have a load balancer, and buckets turn
/// into it by themselves.
#[derive(Clone)]
pub struct EdgeOrigin(pub(super) Kind);

#[derive(Clone)]
pub(super) enum Kind {
    LoadBalancer(Balancer),
    Bucket(Bucket),
}

#[derive(Clone)]
pub(super) struct Balancer {
    handle: elb::LoadBalancerHandle,
    security_group: SecurityGroup,
    listener: elb::ListenerHandle,
    target_group: elb::TargetGroupHandle,
    rule: elb::ListenerRuleHandle,
    redirect: Option<elb::ListenerHandle>,
}

impl EdgeOrigin {
    /// A load balancer: its security group, the listener to ask, and the rule by which that listener sends requests on.
    pub fn load_balancer(
        load_balancer: &elb::LoadBalancerHandle,
        security_group: &SecurityGroup,
        listener: &elb::ListenerHandle,
        rule: &elb::ListenerRuleHandle,
        target_group: &elb::TargetGroupHandle,
    ) -> EdgeOrigin {
        EdgeOrigin(Kind::LoadBalancer(Balancer {
            handle: load_balancer.clone(),
            security_group: security_group.clone(),
            listener: listener.clone(),
            target_group: target_group.clone(),
            rule: rule.clone(),
            redirect: None,
        }))
    }

    /// The same with a listener on port 80 that sends browsers to HTTPS. It goes on to answer the distribution, which may have asked there
    /// before the load balancer had a certificate.
    #[must_use]
    pub fn redirected_from(mut self, redirect: &elb::ListenerHandle) -> EdgeOrigin {
        if let Kind::LoadBalancer(balancer) = &mut self.0 {
            balancer.redirect = Some(redirect.clone());
        }
        self
    }
}

impl From<&WebAsg> for EdgeOrigin {
    fn from(servers: &WebAsg) -> EdgeOrigin {
        let origin = EdgeOrigin::load_balancer(
            &servers.load_balancer,
            &servers.load_balancer_security_group,
            &servers.listener,
            &servers.listener_rule,
            &servers.target_group,
        );
        servers.redirect_listener.iter().fold(origin, EdgeOrigin::redirected_from)
    }
}

impl From<&FargateService> for EdgeOrigin {
    fn from(service: &FargateService) -> EdgeOrigin {
        let origin = EdgeOrigin::load_balancer(
            &service.load_balancer,
            &service.load_balancer_security_group,
            &service.listener,
            &service.listener_rule,
            &service.target_group,
        );
        service.redirect_listener.iter().fold(origin, EdgeOrigin::redirected_from)
    }
}

impl From<&Bucket> for EdgeOrigin {
    fn from(bucket: &Bucket) -> EdgeOrigin {
        EdgeOrigin(Kind::Bucket(bucket.clone()))
    }
}

impl Balancer {
    fn is(&self, resource: &Resource, property: &str, value: &str) -> bool {
        resource.property(property).is_some_and(|node| node.as_str() == Some(value))
    }

    /// Its region, where it is known.
    pub(super) fn region(&self) -> Option<String> {
        region_of_scope(self.handle.scope())
    }

    /// Whether it wants HTTPS of CloudFront too.
    pub(super) fn is_https(&self) -> bool {
        self.is(&self.listener, "Protocol", "HTTPS")
    }

    /// The origin, with everything that keeps others than CloudFront away from it.
    pub(super) fn origin(
        &self,
        scope: &Scope,
        prefix_list: Option<Value<PrefixListId>>,
        key: Option<Key>,
    ) -> Origin {
        let internal = self.is(&self.handle, "Scheme", "internal");
        // Where what keeps others away is, beside the load balancer.
        let beside = (!internal).then(|| {
            let listener = self.listener.scope();
            listener.parent().unwrap_or_else(|| listener.clone()).scope("OnlyCloudFront")
        });
        self.let_cloudfront_in(scope, prefix_list, beside.as_ref());
        let https = self.is_https();
        let policy = if https { "https-only" } else { "http-only" };
        let origin = Origin::new().id(ORIGIN_ID).domain_name(&self.handle);
        let Some(beside) = beside else {
            let mut endpoint = VpcOriginEndpointConfig::new()
                .arn(self.handle.ref_value::<String>())
                .name(sub!("{AWS::StackName}-{name_in_stack(scope)}"))
                .origin_protocol_policy(policy);
            if https {
                endpoint = endpoint.origin_ssl_protocols(["TLSv1.2"]);
            }
            let vpc_origin = cloudfront::VpcOrigin::new()
                .vpc_origin_endpoint_config(endpoint)
                .build(scope, "VpcOrigin");
            return origin.vpc_origin_config(VpcOriginConfig::new().vpc_origin_id(vpc_origin.id()));
        };
        let secret = self.refuse_others(&beside, key);
        let mut custom = CustomOriginConfig::new().origin_protocol_policy(policy);
        if https {
            custom = custom.origin_ssl_protocols(["TLSv1.2"]);
        }
        let header = OriginCustomHeader::new().header_name(SECRET_HEADER).header_value(secret);
        origin.custom_origin_config(custom).origin_custom_headers([header])
    }

    fn let_cloudfront_in(
        &self,
        scope: &Scope,
        prefix_list: Option<Value<PrefixListId>>,
        beside: Option<&Scope>,
    ) {
        let region = self.region();
        let Some(list) = prefix_list.or_else(|| origin_facing(region.as_deref())) else {
            let message = match region {
                Some(region) => format!("the addresses of CloudFront in {region} are not known here"),
                None => "the load balancer's region is not known, and so not the addresses of CloudFront there".into(),
            };
            let help = "give `origin_prefix_list`, the id that `aws ec2 describe-managed-prefix-lists --filters \
                        Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing` prints in the region";
            let diagnostic = Diagnostic::error(codes::BAD_ORIGIN, message);
            scope.report(diagnostic.property("origin_prefix_list").help(help));
            return;
        };
        let rules = self.security_group.handle.property("SecurityGroupIngress");
        if rules.is_some_and(|rules| rules.to_json().contains("\"0.0.0.0/0\"")) {
            let message = "everyone reaches the load balancer, not the distribution alone";
            let help = "build the servers with `open(false)`: the distribution lets CloudFront in by itself";
            scope.report(
                Diagnostic::warning(codes::OPEN_ORIGIN, message).property("origin").help(help),
            );
        }
        // The list counts as 55 of the 60 rules that a group may have, so that there is room for one port. The group keeps the one that it
        // had before there was a certificate, and the other has a group of its own: so no moment of an update is without either.
        let list = Peer::prefix_list(list);
        let other = beside.filter(|_| self.is_https() && self.redirect.is_some());
        let http = other.is_some() || !self.is_https();
        let port = if http { Port::HTTP } else { Port::HTTPS };
        self.security_group.allow_from(list.clone(), port, "CloudFront");
        if let Some(beside) = other {
            let group = &self.security_group.handle;
            let vpc = Value::<VpcId>::from_node(group.property("VpcId").unwrap_or(Node::Null));
            let other = SecurityGroup::builder()
                .vpc(vpc)
                .description("load balancer, for CloudFront")
                .egress(Egress::Restricted)
                .build(beside, "SecurityGroup");
            other.allow_from(list, Port::HTTPS, "CloudFront");
            let groups = [group.group_id().into_node(), other.handle.group_id().into_node()];
            self.handle.set_property("SecurityGroups", Node::from(groups.to_vec()));
        }
    }

    /// Answers 403 to requests without the secret that the distribution adds: others have distributions too. Returns the secret.
    ///
    /// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html>.
    fn refuse_others(&self, scope: &Scope, key: Option<Key>) -> Value<String> {
        // Letters and digits alone: `*` and `?` would match anything in the condition of a listener.
        let mut secret = Secret::builder()
            .description("What CloudFront says to the load balancer")
            .exclude_characters("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")
            .length(40u32);
        if let Some(key) = key {
            secret = secret.encryption_key(key);
        }
        let secret = secret.build(scope, "Secret");
        let arn = secret.arn();
        let value = sub!("{{{{resolve:secretsmanager:{arn}}}}}");
        let header = HttpHeaderConfig::new().http_header_name(SECRET_HEADER).values([&value]);
        let condition = RuleCondition::new().field("http-header").http_header_config(header);
        let condition: Value<RuleCondition> = condition.into_value();
        self.rule.set_property("Conditions", Node::from(vec![condition.node().clone()]));
        let refuse = load_balancer::answer("403", "Forbidden");
        self.listener.set_property("DefaultActions", Node::from(vec![refuse.into_node()]));
        if let Some(redirect) = &self.redirect {
            let forward = ListenerRuleAction::new()
                .r#type(ListenerRuleActionType::Forward)
                .target_group_arn(&self.target_group);
            elb::ListenerRule::new()
                .listener_arn(redirect)
                .priority(load_balancer::PLAIN)
                .conditions([condition])
                .actions([forward])
                .build(scope, "PlainRule");
        }
        value
    }
}

/// The origin that a bucket is, which nobody else can read.
///
/// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.
pub(super) fn bucket_origin(scope: &Scope, bucket: &Bucket) -> Origin {
    let access = OriginAccessControlConfig::new()
        .name(sub!("{AWS::StackName}-{name_in_stack(scope)}"))
        .origin_access_control_origin_type("s3")
        .signing_behavior("always")
        .signing_protocol("sigv4");
    let access = cloudfront::OriginAccessControl::new()
        .origin_access_control_config(access)
        .build(scope, "OriginAccess");
    Origin::new()
        .id(ORIGIN_ID)
        .domain_name(bucket.handle.regional_domain_name().cast::<String>())
        .origin_access_control_id(&access)
        .s3_origin_config(S3OriginConfig::new().origin_access_identity(""))
}

/// Lets the distribution read the bucket. A bucket of another stack lets all distributions of the account in, and so does a key: they
/// cannot name what needs them itself.
pub(super) fn let_read(bucket: &Bucket, distribution: &cloudfront::DistributionHandle) {
    let stack = |scope: &Scope| scope.stack().map(|stack| stack.path());
    let statement = |id: Value<String>| {
        let arn = sub!("arn:{AWS::Partition}:cloudfront::{AWS::AccountId}:distribution/{id}");
        Statement::allow()
            .principals([Principal::service("cloudfront.amazonaws.com")])
            .condition(Condition::arn_like("aws:SourceArn", [arn]))
    };
    let all = || "*".into_value();
    let same_stack = stack(bucket.handle.scope()) == stack(distribution.scope());
    let reader = if same_stack { distribution.id().cast::<String>() } else { all() };
    bucket.add_to_resource_policy(
        statement(reader).actions(["s3:GetObject"]).resources([bucket.objects("*")]),
    );
    if let Some(key) = bucket.encryption_key() {
        key.add_to_key_policy(statement(all()).actions(["kms:Decrypt"]).resources(["*"]));
    }
}
