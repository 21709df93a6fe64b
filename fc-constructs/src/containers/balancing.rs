//! [`Balancing`]: who distributes the requests to a service.

use fc_cdk_aws::{
    elasticloadbalancingv2::{
        self as elb, HostHeaderConfig, ListenerRuleAction, ListenerRuleActionType,
        PathPatternConfig, RuleCondition,
    },
    ids::ec2::SubnetId,
};
use fc_cdk_core::{Diagnostic, IntoValue, Scope};

use super::{FargateService, codes};
use crate::{
    compute::{WebAsg, load_balancer},
    network::{SecurityGroup, Subnets, Tier},
};

/// Who distributes the requests to a service: a load balancer of its own in some subnets, or one that is there for others already.
///
/// A [`Tier`] and a list of subnets turn into the first by themselves, a [`SharedListener`] into the second.
#[derive(Clone)]
pub struct Balancing(pub(super) Kind);

#[derive(Clone)]
pub(super) enum Kind {
    Own(Subnets),
    Shared(SharedListener),
}

impl From<&Tier> for Balancing {
    fn from(tier: &Tier) -> Balancing {
        Balancing(Kind::Own(tier.into()))
    }
}

impl From<Subnets> for Balancing {
    fn from(subnets: Subnets) -> Balancing {
        Balancing(Kind::Own(subnets))
    }
}

impl<S: IntoValue<SubnetId>> From<Vec<S>> for Balancing {
    fn from(subnets: Vec<S>) -> Balancing {
        Balancing(Kind::Own(subnets.into()))
    }
}

impl<S: IntoValue<SubnetId>, const N: usize> From<[S; N]> for Balancing {
    fn from(subnets: [S; N]) -> Balancing {
        Balancing(Kind::Own(subnets.into()))
    }
}

impl From<SharedListener> for Balancing {
    fn from(listener: SharedListener) -> Balancing {
        Balancing(Kind::Shared(listener))
    }
}

/// The listener of another construct, of which a service gets the requests to some hosts or paths.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::containers::{FargateService, SharedListener};
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// # let vpc = "vpc-0123456789abcdef0";
/// # let subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
/// let shop = FargateService::builder().vpc(vpc).subnets(subnets).load_balancer(subnets).build(&stack, "Shop");
/// FargateService::builder()
///     .vpc(vpc)
///     .subnets(subnets)
///     .load_balancer(SharedListener::of_service(&shop, 10).paths(["/reviews/*"]))
///     .build(&stack, "Reviews");
/// ```
#[derive(Clone)]
pub struct SharedListener {
    pub(super) load_balancer: elb::LoadBalancerHandle,
    pub(super) security_group: SecurityGroup,
    pub(super) listener: elb::ListenerHandle,
    pub(super) redirect: Option<elb::ListenerHandle>,
    priority: u32,
    hosts: Vec<String>,
    paths: Vec<String>,
}

impl SharedListener {
    /// The listener of a service. The priority is unique among the rules of the listener; the lowest number is asked first.
    pub fn of_service(service: &FargateService, priority: u32) -> SharedListener {
        SharedListener {
            load_balancer: service.load_balancer.clone(),
            security_group: service.load_balancer_security_group.clone(),
            listener: service.listener.clone(),
            redirect: service.redirect_listener.clone(),
            priority,
            hosts: Vec::new(),
            paths: Vec::new(),
        }
    }

    /// The listener of servers. The priority is unique among the rules of the listener; the lowest number is asked first.
    pub fn of_servers(servers: &WebAsg, priority: u32) -> SharedListener {
        SharedListener {
            load_balancer: servers.load_balancer.clone(),
            security_group: servers.load_balancer_security_group.clone(),
            listener: servers.listener.clone(),
            redirect: servers.redirect_listener.clone(),
            priority,
            hosts: Vec::new(),
            paths: Vec::new(),
        }
    }

    /// Requests to one of these hosts, such as `reviews.example.com` or `*.example.com`.
    #[must_use]
    pub fn hosts<const N: usize>(mut self, hosts: [&str; N]) -> SharedListener {
        self.hosts.extend(hosts.map(str::to_owned));
        self
    }

    /// Requests for one of these paths, such as `/reviews/*`.
    #[must_use]
    pub fn paths<const N: usize>(mut self, paths: [&str; N]) -> SharedListener {
        self.paths.extend(paths.map(str::to_owned));
        self
    }

    /// Makes the rule.
    pub(super) fn forward(
        &self,
        scope: &Scope,
        targets: &elb::TargetGroupHandle,
    ) -> elb::ListenerRuleHandle {
        self.check(scope);
        let mut conditions = Vec::new();
        if !self.hosts.is_empty() {
            let hosts = HostHeaderConfig::new().values(self.hosts.iter().map(String::as_str));
            conditions.push(RuleCondition::new().field("host-header").host_header_config(hosts));
        }
        if !self.paths.is_empty() {
            let paths = PathPatternConfig::new().values(self.paths.iter().map(String::as_str));
            conditions.push(RuleCondition::new().field("path-pattern").path_pattern_config(paths));
        }
        elb::ListenerRule::new()
            .listener_arn(&self.listener)
            .priority(self.priority)
            .conditions(conditions)
            .actions([ListenerRuleAction::new()
                .r#type(ListenerRuleActionType::Forward)
                .target_group_arn(targets)])
            .build(scope, "ListenerRule")
    }

    fn check(&self, scope: &Scope) {
        let report = |message: String, help: &str| {
            let error = Diagnostic::error(codes::BAD_LISTENER_RULE, message);
            scope.report(error.property("load_balancer").help(help));
        };
        // The last ones are those of whoever has the listener.
        if !(1..load_balancer::PLAIN).contains(&i64::from(self.priority)) {
            let last = load_balancer::PLAIN - 1;
            let message = format!("a rule has a priority of 1 to {last}, not {}", self.priority);
            report(message, "choose a number in that range, which no other rule has");
        }
        let count = self.hosts.len() + self.paths.len();
        if count == 0 {
            let message = "the rule does not say which requests the service gets".to_owned();
            report(message, "add `hosts` or `paths`");
        } else if count > 5 {
            let message = format!("a rule has 5 hosts and paths at most, not {count}");
            report(message, "use wildcards, such as `/reviews/*`");
        }
        if let Some(path) = self.paths.iter().find(|path| !path.starts_with(['/', '*'])) {
            report(format!("no request has the path `{path}`"), "begin it with a slash");
        }
    }
}
