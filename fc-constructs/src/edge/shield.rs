//! [`ShieldProtection`]: Shield Advanced against floods of requests.

use std::time::Duration;

use fc_cdk_aws::{
    ec2, elasticloadbalancingv2 as elb,
    shield::{
        self, Action, ApplicationLayerAutomaticResponseConfiguration,
        ApplicationLayerAutomaticResponseConfigurationStatus, EmergencyContact,
        ProactiveEngagementProactiveEngagementStatus, ProtectionGroupAggregation,
        ProtectionGroupPattern,
    },
};
use fc_cdk_core::{Diagnostic, IntoValue, Node, Scope, Value, json, policy::Principal, sub};

use super::{EdgeDistribution, codes, needs};
use crate::{
    Names,
    builder::construct,
    compute::WebAsg,
    containers::FargateService,
    dns::DnsZone,
    messaging::Topic,
    monitoring::{Alarm, Metric, MissingData, Statistic, Threshold},
    region::{CLOUDFRONT_REGION, region_of_scope},
    security::Role,
};

/// A resource that Shield protects. Load balancers, constructs that have one, distributions, zones and elastic addresses turn into it by
/// themselves.
#[derive(Clone, Debug)]
pub struct Protected {
    arn: Value<String>,
    region: Option<String>,
    /// Whether it takes requests of HTTP, so that Shield can add rules to its web access list.
    http: bool,
    health_checks: Vec<Value<String>>,
}

impl Protected {
    /// Health checks of Route 53, by their ARNs, by which Shield knows sooner that an attack does harm.
    #[must_use]
    pub fn health_checks<A: IntoValue<String>>(
        mut self,
        arns: impl IntoIterator<Item = A>,
    ) -> Protected {
        self.health_checks.extend(arns.into_iter().map(IntoValue::into_value));
        self
    }

    /// Above zero while there is an attack; of distributions and zones in us-east-1 alone.
    pub fn metric_attack(&self) -> Metric {
        Metric::new("AWS/DDoSProtection", "DDoSDetected")
            .dimension("ResourceArn", &self.arn)
            .statistic(Statistic::Sum)
            .period(Duration::from_secs(60))
    }

    fn global(arn: Value<String>, http: bool) -> Protected {
        let region = Some(CLOUDFRONT_REGION.to_owned());
        Protected { arn, region, http, health_checks: Vec::new() }
    }
}

impl From<&elb::LoadBalancerHandle> for Protected {
    fn from(load_balancer: &elb::LoadBalancerHandle) -> Protected {
        let region = region_of_scope(load_balancer.scope());
        let arn = load_balancer.ref_value();
        Protected { arn, region, http: true, health_checks: Vec::new() }
    }
}

impl From<&WebAsg> for Protected {
    /// The load balancer.
    fn from(servers: &WebAsg) -> Protected {
        Protected::from(&servers.load_balancer)
    }
}

impl From<&FargateService> for Protected {
    /// The load balancer.
    fn from(service: &FargateService) -> Protected {
        Protected::from(&service.load_balancer)
    }
}

impl From<&EdgeDistribution> for Protected {
    fn from(distribution: &EdgeDistribution) -> Protected {
        Protected::global(distribution.arn(), true)
    }
}

impl From<&DnsZone> for Protected {
    fn from(zone: &DnsZone) -> Protected {
        Protected::global(zone.arn(), false)
    }
}

impl From<&ec2::EipHandle> for Protected {
    /// The address, and with it the instance or the Network Load Balancer that has it.
    fn from(address: &ec2::EipHandle) -> Protected {
        let id = address.allocation_id();
        let region = region_of_scope(address.scope());
        let arn =
            sub!("arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:eip-allocation/{id}");
        Protected { arn, region, http: false, health_checks: Vec::new() }
    }
}

/// What Shield does with requests that it takes for part of an attack; the resource needs a web access list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutomaticResponse {
    /// Counts them: to see what it would do.
    Count,
    /// Blocks them.
    Block,
}

#[doc = include_str!("shield.md")]
#[derive(Clone)]
pub struct ShieldProtection {
    /// The group of all protections, if it was asked for.
    pub group: Option<shield::ProtectionGroupHandle>,
    /// What AWS's response team may do, if it was let in.
    pub response_team_role: Option<Role>,
    subscribed: bool,
    automatic_response: Option<AutomaticResponse>,
    topics: Vec<Topic>,
    scope: Scope,
}

construct! {
    ShieldProtection, ShieldProtectionBuilder, ShieldProtectionOptions {
        required {
            /// Whether the account has subscribed to Shield Advanced; without, nothing is made.
            subscribed: Into<bool>,
        }
        optional {
            /// Who hears that an attack has begun and that it is over. Default: nobody.
            topics: Into<Vec<Topic>> = Vec::new(),
            /// What Shield does with requests of an attack on load balancers and distributions, which need a web access list. Default: nothing.
            automatic_response: Into<AutomaticResponse>,
            /// How to add up the traffic of all resources, so that an attack spread over them shows: the sum, the mean or the maximum. Default: each
            /// resource is looked at alone.
            group: IntoValue<ProtectionGroupAggregation>,
            /// Whether AWS's response team may change web access lists and protections during an attack; one in an account. Default: no.
            response_team: Into<bool> = false,
            /// The mail addresses that the response team calls on during an attack, up to ten; it has to be let in. Default: none.
            emergency_contacts: Into<Names> = Names::default(),
        }
    }
}

impl ShieldProtection {
    fn create(
        scope: &Scope,
        subscribed: bool,
        options: ShieldProtectionOptions,
    ) -> ShieldProtection {
        let contacts = options.emergency_contacts.0;
        if !contacts.is_empty() && !options.response_team {
            let message = "the response team is told whom to call, and not let in";
            let help = "add `response_team(true)`, or leave out `emergency_contacts`";
            let diagnostic = Diagnostic::error(codes::BAD_SHIELD, message);
            scope.report(diagnostic.property("emergency_contacts").help(help));
        }
        let group = options.group.filter(|_| subscribed).map(|aggregation| {
            shield::ProtectionGroup::new()
                .protection_group_id(group_id(scope))
                .aggregation(aggregation)
                .pattern(ProtectionGroupPattern::Arbitrary)
                .build(scope, "Group")
        });
        let response_team_role =
            (subscribed && options.response_team).then(|| let_in(scope, contacts));
        ShieldProtection {
            group,
            response_team_role,
            subscribed,
            automatic_response: options.automatic_response,
            topics: options.topics,
            scope: scope.clone(),
        }
    }

    /// Protects a resource; nothing is made where the account has no subscription.
    #[track_caller]
    pub fn protect(
        &self,
        id: &str,
        resource: impl Into<Protected>,
    ) -> Option<shield::ProtectionHandle> {
        let scope = self.scope.construct(id);
        let resource = resource.into();
        if !self.subscribed {
            let message = "not protected: the account has no subscription to Shield Advanced";
            let help = "subscribe in the console and set `subscribed`, or allow `shield-not-subscribed` with a reason";
            scope.report(Diagnostic::info(codes::SHIELD_NOT_SUBSCRIBED, message).help(help));
            return None;
        }
        let name: String =
            scope.path().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let mut protection = shield::Protection::new().name(name).resource_arn(&resource.arn);
        if !resource.health_checks.is_empty() {
            protection = protection.health_check_arns(&resource.health_checks);
        }
        if let Some(response) = self.automatic_response.filter(|_| resource.http) {
            let action = match response {
                AutomaticResponse::Count => Action::new().count(json!({})),
                AutomaticResponse::Block => Action::new().block(json!({})),
            };
            protection = protection.application_layer_automatic_response_configuration(
                ApplicationLayerAutomaticResponseConfiguration::new()
                    .status(ApplicationLayerAutomaticResponseConfigurationStatus::Enabled)
                    .action(action),
            );
        }
        let protection = protection.build(&scope, "Resource");
        if let Some(group) = &self.group {
            let member = resource.arn.node().clone();
            group.update_property("Members", |members| {
                let mut members = members.as_list().map(<[_]>::to_vec).unwrap_or_default();
                members.push(member);
                Node::from(members)
            });
            // Shield takes as members what is protected already.
            group.depends_on(&protection);
        }
        if !self.topics.is_empty() {
            self.watch(&scope, &resource);
        }
        Some(protection)
    }

    fn watch(&self, scope: &Scope, resource: &Protected) {
        if let (Some(ours), Some(theirs)) = (region_of_scope(scope), &resource.region)
            && ours != *theirs
        {
            let message =
                format!("an alarm in {ours} does not see attacks that are reported in {theirs}");
            let help = format!(
                "protect the resource by a `ShieldProtection` in a stack of {theirs}, or leave out `topics`"
            );
            scope.report(Diagnostic::error(codes::EDGE_REGION, message).help(help));
        }
        Alarm::builder()
            .metric(resource.metric_attack())
            .threshold(Threshold::above(0))
            .evaluation_periods(1u32)
            .missing_data(MissingData::NotBreaching)
            .description("Shield has detected an attack")
            .topics(self.topics.clone())
            .build(scope, "Attack");
    }
}

/// A name for the group, of which Shield takes 36 characters: the end of the path tells groups apart.
fn group_id(scope: &Scope) -> String {
    let path: Vec<char> = scope.path().chars().filter(char::is_ascii_alphanumeric).collect();
    path[path.len().saturating_sub(36)..].iter().collect()
}

/// Lets AWS's response team in.
///
/// See <https://docs.aws.amazon.com/waf/latest/developerguide/ddos-srt-access.html>.
fn let_in(scope: &Scope, contacts: Vec<String>) -> Role {
    let role = Role::builder()
        .assumed_by(Principal::service("drt.shield.amazonaws.com"))
        .managed_policies(["service-role/AWSShieldDRTAccessPolicy"])
        .build(scope, "ResponseTeamRole");
    let access = shield::DrtAccess::new().role_arn(role.arn()).build(scope, "ResponseTeam");
    if !contacts.is_empty() {
        let contacts =
            contacts.into_iter().map(|address| EmergencyContact::new().email_address(address));
        let engagement = shield::ProactiveEngagement::new()
            .proactive_engagement_status(ProactiveEngagementProactiveEngagementStatus::Enabled)
            .emergency_contact_list(contacts.collect::<Vec<_>>())
            .build(scope, "ProactiveEngagement");
        engagement.depends_on(&access);
    }
    role
}
