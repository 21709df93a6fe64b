//! [`WebAcl`]: which requests get through.

use std::net::{IpAddr, Ipv6Addr};

use fc_cdk_aws::{
    ids::{appsync::GraphqlApiArnOrLoadBalancerArnOrWebAclArn, wafv2::WebAclArn},
    wafv2::{
        self, AggregateKeyType, AllowAction, BlockAction, DefaultAction, GeoMatchStatement,
        IpSetIpAddressVersion, IpSetReferenceStatement, LoggingConfigurationFieldToMatch,
        SingleHeader, VisibilityConfig, WebAclOrStatement, WebAclRateBasedStatement, WebAclRule,
        WebAclRuleAction, WebAclStatement,
    },
};
use fc_cdk_core::{Diagnostic, IntoValue, Scope, Value, sub};

use super::{ManagedRules, codes, needs};
use crate::{
    Names,
    builder::construct,
    handle::stands_for,
    monitoring::{LogGroup, Metric, Retention, Statistic},
    names::name_in_stack,
    network::Cidr,
    region::{CLOUDFRONT_REGION, region_of, region_of_scope},
    security::Key,
};

/// What a [`WebAcl`] can protect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebAclScope {
    /// CloudFront distributions; the list has to be in us-east-1.
    CloudFront,
    /// Load balancers and other resources of the list's own region.
    Regional,
}

impl WebAclScope {
    fn as_str(self) -> &'static str {
        match self {
            WebAclScope::CloudFront => "CLOUDFRONT",
            WebAclScope::Regional => "REGIONAL",
        }
    }
}

#[doc = include_str!("web_acl.md")]
#[derive(Clone)]
pub struct WebAcl {
    /// The list itself, for everything that has no setting here.
    pub handle: wafv2::WebAclHandle,
    /// Where the log goes, unless it was switched off.
    pub log_group: Option<LogGroup>,
    /// What the list can protect.
    pub covers: WebAclScope,
    metric: String,
    scope: Scope,
}

construct! {
    WebAcl, WebAclBuilder, WebAclOptions {
        required {
            /// What the list can protect. Another one replaces the list.
            scope: Into<WebAclScope>,
        }
        optional {
            /// AWS's groups of rules, in the order in which they are tried. Default: reputation of addresses, common attacks, known bad inputs, SQL.
            managed_rules: Into<Vec<ManagedRules>> = vec![
                ManagedRules::ip_reputation(),
                ManagedRules::common(),
                ManagedRules::known_bad_inputs(),
                ManagedRules::sql_database(),
            ],
            /// The requests in five minutes above which an address is blocked until it asks less, 10 to 2,000,000,000. Default: 2,000; with `None`
            /// there is no limit.
            rate_limit: Into<Option<u32>> = Some(2000),
            /// Blocks of IPv4 and IPv6 addresses that are let through, whatever they ask. Default: none.
            allow_addresses: Into<Names> = Names::default(),
            /// Blocks of IPv4 and IPv6 addresses that are blocked. Default: none.
            deny_addresses: Into<Names> = Names::default(),
            /// Countries whose requests are blocked, by their two letters, such as `KP`; up to 50. Default: none.
            block_countries: Into<Names> = Names::default(),
            /// Whether requests are logged, without the headers `authorization` and `cookie`. Default: yes.
            logs: Into<bool> = true,
            /// How long the log is kept. Default: three months.
            log_retention: Into<Retention> = Retention::ThreeMonths,
            /// The key that encrypts the log, of the list's region. Default: a key of CloudWatch's own.
            log_key: Into<Key>,
            /// Further headers that the log leaves out. Default: none.
            redacted_headers: Into<Names> = Names::default(),
            /// What the list is for. Default: nothing.
            description: IntoValue<String>,
        }
    }
}

impl WebAcl {
    fn create(scope: &Scope, covers: WebAclScope, options: WebAclOptions) -> WebAcl {
        check(scope, covers, &options);
        let metric: String =
            scope.path().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let mut rules = Vec::new();
        let mut rule = |name: &str, statement, action| {
            let rule = WebAclRule::new()
                .name(name)
                .priority(rules.len() as i64)
                .action(action)
                .statement(statement)
                .visibility_config(visibility(&format!("{metric}-{name}")));
            rules.push(rule);
        };
        let block = || WebAclRuleAction::new().block(BlockAction::new());
        if let Some(addresses) = addresses(scope, covers, "Allow", options.allow_addresses.0) {
            rule("AllowAddresses", addresses, WebAclRuleAction::new().allow(AllowAction::new()));
        }
        if let Some(addresses) = addresses(scope, covers, "Deny", options.deny_addresses.0) {
            rule("DenyAddresses", addresses, block());
        }
        if !options.block_countries.0.is_empty() {
            let countries = GeoMatchStatement::new().country_codes(options.block_countries.0);
            rule("BlockCountries", WebAclStatement::new().geo_match_statement(countries), block());
        }
        if let Some(limit) = options.rate_limit {
            let rate = WebAclRateBasedStatement::new()
                .aggregate_key_type(AggregateKeyType::Ip)
                .evaluation_window_sec(300)
                .limit(limit);
            rule("RateLimit", WebAclStatement::new().rate_based_statement(rate), block());
        }
        for group in &options.managed_rules {
            let metric = format!("{metric}-{}", group.name);
            rules.push(group.rule(rules.len() as i64, &metric));
        }
        let handle = wafv2::WebAcl::new()
            .scope(covers.as_str())
            .description(options.description)
            .default_action(DefaultAction::new().allow(AllowAction::new()))
            .visibility_config(visibility(&metric))
            .rules(rules)
            .build(scope, "Resource");
        let log_group = options.logs.then(|| {
            let mut group = LogGroup::builder()
                .retention(options.log_retention)
                .log_group_name(sub!("aws-waf-logs-{AWS::StackName}-{name_in_stack(scope)}"));
            if let Some(key) = options.log_key {
                group = group.encryption_key(key);
            }
            group.build(scope, "LogGroup")
        });
        if let Some(group) = &log_group {
            log(scope, &handle, group, options.redacted_headers.0);
        }
        WebAcl { handle, log_group, covers, metric, scope: scope.clone() }
    }

    /// The ARN.
    pub fn arn(&self) -> Value<WebAclArn> {
        self.handle.arn()
    }

    /// Protects a load balancer, or another resource of the list's region. The association is made in the list's stack, which then depends on
    /// that of the resource.
    #[track_caller]
    pub fn protect(
        &self,
        id: &str,
        resource: impl IntoValue<GraphqlApiArnOrLoadBalancerArnOrWebAclArn>,
    ) -> wafv2::WebAclAssociationHandle {
        let resource = resource.into_value();
        let theirs = region_of(&self.scope, resource.node());
        let ours = region_of_scope(&self.scope);
        let association = wafv2::WebAclAssociation::new()
            .resource_arn(&resource)
            .web_acl_arn(self.arn().cast::<String>())
            .build(&self.scope, id);
        let report = |message: String, help: &str| {
            let diagnostic = Diagnostic::error(codes::EDGE_REGION, message);
            association.report(diagnostic.property("ResourceArn").help(help));
        };
        if self.covers == WebAclScope::CloudFront {
            let message = "the list is of scope `CloudFront`, and distributions name it themselves";
            report(
                message.into(),
                "give it to the distribution's `web_acl`, or make another one of scope `Regional`",
            );
        } else if let (Some(theirs), Some(ours)) = (theirs, ours)
            && theirs != ours
        {
            let message = format!("the resource is in {theirs}, and the list in {ours}");
            report(message, &format!("make a list in a stack of {theirs}"));
        }
        association
    }

    /// A metric of the list; `rule` is `ALL` for all of it, or what a rule's metric is called.
    fn metric(&self, name: &str, rule: &str) -> Metric {
        let metric = Metric::new("AWS/WAFV2", name)
            .dimension("WebACL", self.metric.as_str())
            .dimension("Rule", rule)
            .statistic(Statistic::Sum);
        match (self.covers, self.scope.stack()) {
            (WebAclScope::Regional, Some(stack)) => metric.dimension("Region", stack.region()),
            _ => metric,
        }
    }

    /// The number of requests that were let through. Metrics of scope `CloudFront` are in us-east-1 alone.
    pub fn metric_allowed(&self) -> Metric {
        self.metric("AllowedRequests", "ALL")
    }

    /// The number of requests that were blocked.
    pub fn metric_blocked(&self) -> Metric {
        self.metric("BlockedRequests", "ALL")
    }

    /// The number of requests that a rule blocked: `RateLimit`, or a group such as `AWSManagedRulesCommonRuleSet`.
    pub fn metric_blocked_by(&self, rule: &str) -> Metric {
        self.metric("BlockedRequests", &format!("{}-{rule}", self.metric))
    }
}

stands_for!(WebAcl.handle: wafv2::WebAclHandle);

/// What a rule reports: numbers to CloudWatch, and examples of what it met.
pub(super) fn visibility(metric: &str) -> VisibilityConfig {
    // CloudWatch takes 255 characters, of which nobody comes near but in tests.
    VisibilityConfig::new()
        .metric_name(metric)
        .cloud_watch_metrics_enabled(true)
        .sampled_requests_enabled(true)
}

/// What matches requests from some addresses; each version of IP has a set of its own.
fn addresses(
    scope: &Scope,
    covers: WebAclScope,
    id: &str,
    addresses: Vec<String>,
) -> Option<WebAclStatement> {
    let (v6, v4): (Vec<String>, Vec<String>) =
        addresses.into_iter().partition(|address| address.contains(':'));
    let set = |version, suffix: &str, addresses: Vec<String>| {
        let set = wafv2::IpSet::new()
            .scope(covers.as_str())
            .ip_address_version(version)
            .addresses(addresses)
            .build(scope, &format!("{id}{suffix}"));
        WebAclStatement::new()
            .ip_set_reference_statement(IpSetReferenceStatement::new().arn(set.arn()))
    };
    let v4 = (!v4.is_empty()).then(|| set(IpSetIpAddressVersion::Ipv4, "Ipv4", v4));
    let v6 = (!v6.is_empty()).then(|| set(IpSetIpAddressVersion::Ipv6, "Ipv6", v6));
    match (v4, v6) {
        (Some(v4), Some(v6)) => {
            Some(WebAclStatement::new().or_statement(WebAclOrStatement::new().statements([v4, v6])))
        }
        (v4, v6) => v4.or(v6),
    }
}

/// Logs requests, without what would let a reader of the log act as the visitor.
fn log(scope: &Scope, acl: &wafv2::WebAclHandle, group: &LogGroup, redacted: Vec<String>) {
    let mut headers = vec!["authorization".to_owned(), "cookie".to_owned()];
    headers.extend(redacted.into_iter().map(|header| header.to_ascii_lowercase()));
    headers.dedup();
    let fields = headers.into_iter().map(|header| {
        LoggingConfigurationFieldToMatch::new().single_header(SingleHeader::new().name(header))
    });
    // WAF wants the ARN without the `:*` that the group's own attribute ends in.
    let name = group.handle.log_group_name();
    let arn = sub!("arn:{AWS::Partition}:logs:{AWS::Region}:{AWS::AccountId}:log-group:{name}");
    wafv2::LoggingConfiguration::new()
        .resource_arn(acl)
        .log_destination_configs([arn])
        .redacted_fields(fields.collect::<Vec<_>>())
        .build(scope, "Logging");
}

fn check(scope: &Scope, covers: WebAclScope, options: &WebAclOptions) {
    let report = |property: &str, message: String, help: &str| {
        let diagnostic = Diagnostic::error(codes::BAD_WEB_ACL, message);
        scope.report(diagnostic.property(property).help(help));
    };
    if covers == WebAclScope::CloudFront {
        check_region(scope, "web access lists of scope `CloudFront`");
    }
    for (property, addresses) in
        [("allow_addresses", &options.allow_addresses), ("deny_addresses", &options.deny_addresses)]
    {
        for address in &addresses.0 {
            if let Err(help) = check_address(address) {
                report(
                    property,
                    format!("`{address}` is no block of addresses that WAF takes"),
                    &help,
                );
            }
        }
    }
    if options.block_countries.0.len() > 50 {
        let message = format!("{} countries, and a rule takes 50", options.block_countries.0.len());
        report("block_countries", message, "block fewer, or add a rule to `handle`");
    }
    for (place, group) in options.managed_rules.iter().enumerate() {
        if options.managed_rules[..place].iter().any(|other| other.name == group.name) {
            let message = format!("the group `{}` is given twice", group.name);
            report("managed_rules", message, "give it once, with all its settings");
        }
    }
}

/// Reports what is CloudFront's but in a stack of another region.
pub(super) fn check_region(scope: &Scope, what: &str) {
    if let Some(region) = region_of_scope(scope).filter(|region| region != CLOUDFRONT_REGION) {
        let message =
            format!("{what} exist in {CLOUDFRONT_REGION} alone, and this stack is in {region}");
        let help = format!(
            "make it in a stack with `Environment::region(\"{CLOUDFRONT_REGION}\")`; stacks of other regions can refer to it"
        );
        scope.report(Diagnostic::error(codes::EDGE_REGION, message).help(help));
    }
}

/// Says what to write instead of what is no block of addresses.
fn check_address(address: &str) -> Result<(), String> {
    if let Ok(single) = address.parse::<IpAddr>() {
        return Err(format!("write `{address}/{}`", if single.is_ipv4() { 32 } else { 128 }));
    }
    if address.contains(':') {
        let parsed = address.split_once('/').is_some_and(|(first, prefix)| {
            first.parse::<Ipv6Addr>().is_ok()
                && prefix.parse().is_ok_and(|prefix: u8| (1..=128).contains(&prefix))
        });
        return if parsed { Ok(()) } else { Err("write a block such as `2001:db8::/32`".into()) };
    }
    match address.parse::<Cidr>() {
        Ok(block) if block.prefix() > 0 => Ok(()),
        Ok(_) => Err("leave it out: `/0` is every address".into()),
        Err(error) => Err(error.help()),
    }
}
