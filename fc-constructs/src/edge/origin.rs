//! [`EdgeOrigin`]: where a distribution gets what it hands out.

use fc_cdk_aws::{
    cloudfront::{
        self, CustomOriginConfig, Origin, OriginAccessControlConfig, OriginCustomHeader,
        S3OriginConfig, VpcOriginConfig, VpcOriginEndpointConfig,
    },
    elasticloadbalancingv2::{
        self as elb, FixedResponseConfig, HttpHeaderConfig, ListenerAction, ListenerActionType,
        ListenerRuleAction, ListenerRuleActionType, RuleCondition,
    },
    ids::ec2::PrefixListId,
};
use fc_cdk_core::{
    Diagnostic, IntoValue, Node, Resource, ResourceHandle, Scope, Value,
    policy::{Condition, Principal, Statement},
    sub,
};

use super::{codes, prefix_lists::origin_facing};
use crate::{
    compute::WebAsg,
    containers::FargateService,
    names::name_in_stack,
    network::{Peer, Port, SecurityGroup},
    region::region_of_scope,
    security::{Key, Secret},
    storage::Bucket,
};

/// What the only origin of a distribution is called in it.
pub(super) const ORIGIN_ID: &str = "origin";
/// The last of all rules, so that those of a shared listener come before it.
const RULE_PRIORITY: i64 = 50_000;
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
    users: Vec<Resource>,
}

impl EdgeOrigin {
    /// A load balancer: its security group, the listener to ask, and where that listener sends requests.
    pub fn load_balancer(
        load_balancer: &elb::LoadBalancerHandle,
        security_group: &SecurityGroup,
        listener: &elb::ListenerHandle,
        target_group: &elb::TargetGroupHandle,
    ) -> EdgeOrigin {
        EdgeOrigin(Kind::LoadBalancer(Balancer {
            handle: load_balancer.clone(),
            security_group: security_group.clone(),
            listener: listener.clone(),
            target_group: target_group.clone(),
            users: Vec::new(),
        }))
    }

    /// The same with a resource that AWS takes only once the listener sends requests to the target group, such as a service of ECS.
    #[must_use]
    pub fn needed_by(mut self, user: &impl ResourceHandle) -> EdgeOrigin {
        if let Kind::LoadBalancer(balancer) = &mut self.0 {
            balancer.users.push(user.resource().clone());
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
            &servers.target_group,
        );
        servers.scaling_policies.iter().fold(origin, |origin, policy| origin.needed_by(policy))
    }
}

impl From<&FargateService> for EdgeOrigin {
    fn from(service: &FargateService) -> EdgeOrigin {
        let origin = EdgeOrigin::load_balancer(
            &service.load_balancer,
            &service.load_balancer_security_group,
            &service.listener,
            &service.target_group,
        );
        let origin = origin.needed_by(&service.service);
        service.scaling_policies.iter().fold(origin, |origin, policy| origin.needed_by(policy))
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
        self.let_cloudfront_in(scope, prefix_list);
        let https = self.is_https();
        let policy = if https { "https-only" } else { "http-only" };
        let origin = Origin::new().id(ORIGIN_ID).domain_name(&self.handle);
        if self.is(&self.handle, "Scheme", "internal") {
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
        }
        let secret = self.refuse_others(key);
        let mut custom = CustomOriginConfig::new().origin_protocol_policy(policy);
        if https {
            custom = custom.origin_ssl_protocols(["TLSv1.2"]);
        }
        let header = OriginCustomHeader::new().header_name(SECRET_HEADER).header_value(secret);
        origin.custom_origin_config(custom).origin_custom_headers([header])
    }

    fn let_cloudfront_in(&self, scope: &Scope, prefix_list: Option<Value<PrefixListId>>) {
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
        // The list counts as 55 of the 60 rules that a group may have, so that there is room for one port.
        let port = if self.is_https() { Port::HTTPS } else { Port::HTTP };
        self.security_group.allow_from(Peer::prefix_list(list), port, "CloudFront");
    }

    /// Answers 403 to requests without the secret that the distribution adds: others have distributions too. Returns the secret.
    ///
    /// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html>.
    fn refuse_others(&self, key: Option<Key>) -> Value<String> {
        let listener = self.listener.scope();
        let scope = listener.parent().unwrap_or_else(|| listener.clone()).scope("OnlyCloudFront");
        // Letters and digits alone: `*` and `?` would match anything in the condition of a listener.
        let mut secret = Secret::builder()
            .description("What CloudFront says to the load balancer")
            .exclude_characters("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")
            .length(40u32);
        if let Some(key) = key {
            secret = secret.encryption_key(key);
        }
        let secret = secret.build(&scope, "Secret");
        let arn = secret.arn();
        let value = sub!("{{{{resolve:secretsmanager:{arn}}}}}");
        let header = HttpHeaderConfig::new().http_header_name(SECRET_HEADER).values([&value]);
        let forward = ListenerRuleAction::new()
            .r#type(ListenerRuleActionType::Forward)
            .target_group_arn(&self.target_group);
        let rule = elb::ListenerRule::new()
            .listener_arn(&self.listener)
            .priority(RULE_PRIORITY)
            .conditions([RuleCondition::new().field("http-header").http_header_config(header)])
            .actions([forward])
            .build(&scope, "Rule");
        let refuse = FixedResponseConfig::new()
            .status_code("403")
            .content_type("text/plain")
            .message_body("Forbidden");
        let refuse = ListenerAction::new()
            .r#type(ListenerActionType::FixedResponse)
            .fixed_response_config(refuse);
        let refuse: Value<ListenerAction> = refuse.into_value();
        self.listener.set_property("DefaultActions", Node::from(vec![refuse.into_node()]));
        for user in &self.users {
            user.depends_on(&rule);
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
