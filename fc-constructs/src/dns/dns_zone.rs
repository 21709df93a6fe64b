//! [`DnsZone`]: a hosted zone with its records.

use std::time::Duration;

use fc_cdk_aws::{
    logs,
    route53::{self, HostedZoneConfig, HostedZoneQueryLoggingConfig},
};
use fc_cdk_core::{
    Diagnostic, IntoValue, RemovalPolicy, Scope, Value, intrinsics,
    policy::{Condition, PolicyDocument, Principal, Statement},
    sub,
};

use super::{
    AliasTarget, codes,
    domain::{check_domain, is_in_zone},
    needs,
};
use crate::{
    builder::construct,
    json_text::json_text,
    monitoring::{LogGroup, Metric, Statistic},
    region::{CLOUDFRONT_REGION, region_of_scope},
    security::Grantee,
};

#[doc = include_str!("dns_zone.md")]
#[derive(Clone)]
pub struct DnsZone {
    /// The zone itself, for everything that has no setting here; nothing where it is imported.
    pub handle: Option<route53::HostedZoneHandle>,
    domain: String,
    id: Value<String>,
    ttl: Duration,
}

construct! {
    DnsZone, DnsZoneBuilder, DnsZoneOptions {
        required {
            /// The domain, such as `example.com`. Another one replaces the zone.
            domain: Into<String>,
        }
        optional {
            /// The id of a zone that exists already, such as `Z0123456789ABCDEFGHIJ`. Default: a zone is made.
            hosted_zone_id: IntoValue<String>,
            /// What the zone is for. Default: nothing.
            comment: IntoValue<String>,
            /// The log group that hears of all questions; Route 53 writes to those of us-east-1 alone. Default: nobody does.
            query_logs: Into<LogGroup>,
            /// How long resolvers keep the records that have no length of their own. Default: five minutes.
            ttl: Into<Duration> = Duration::from_secs(300),
        }
    }
}

impl DnsZone {
    fn create(scope: &Scope, domain: String, options: DnsZoneOptions) -> DnsZone {
        check_domain(scope, &domain, "domain");
        if let Some(id) = options.hosted_zone_id {
            if options.query_logs.is_some() {
                let message = "the settings of an imported zone are not the app's to change";
                let help = "leave out `query_logs`, or `hosted_zone_id` for a zone of the app";
                let diagnostic = Diagnostic::error(codes::BAD_RECORD, message);
                scope.report(diagnostic.property("query_logs").help(help));
            }
            return DnsZone { handle: None, domain, id, ttl: options.ttl };
        }
        let mut zone = route53::HostedZone::new().name(domain.as_str());
        if let Some(comment) = options.comment {
            zone = zone.hosted_zone_config(HostedZoneConfig::new().comment(comment));
        }
        let policy = options.query_logs.as_ref().map(|group| allow_query_logs(scope, group));
        if let Some(group) = &options.query_logs {
            zone = zone.query_logging_config(
                HostedZoneQueryLoggingConfig::new().cloud_watch_logs_log_group_arn(group.arn()),
            );
        }
        let handle = zone.build(scope, "Resource");
        handle.removal_policy(RemovalPolicy::Retain);
        if let Some(policy) = policy {
            handle.depends_on(&policy);
        }
        let id = handle.id();
        DnsZone { handle: Some(handle), domain, id, ttl: options.ttl }
    }

    /// The domain.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The id.
    pub fn id(&self) -> Value<String> {
        self.id.clone()
    }

    /// The ARN, which has neither an account nor a region.
    pub fn arn(&self) -> Value<String> {
        let id = &self.id;
        sub!("arn:{AWS::Partition}:route53:::hostedzone/{id}")
    }

    /// The name servers, which the registrar of the domain has to be told; nothing where the zone is imported.
    pub fn name_servers(&self) -> Option<Value<String>> {
        self.handle.as_ref().map(|handle| intrinsics::join(",", handle.name_servers()))
    }

    /// Has a name stand for an AWS resource. Makes an `A` record, and an `AAAA` record where the resource has IPv6 addresses.
    #[track_caller]
    pub fn alias(
        &self,
        scope: &Scope,
        name: &str,
        target: impl Into<AliasTarget>,
    ) -> Vec<route53::RecordSetHandle> {
        let target = target.into();
        let types: &[&str] = if target.ipv6 { &["A", "AAAA"] } else { &["A"] };
        let mut records = Vec::new();
        for kind in types {
            let alias = route53::AliasTarget::new()
                .dns_name(&target.dns_name)
                .hosted_zone_id(&target.hosted_zone_id)
                .evaluate_target_health(target.check_health);
            let record = route53::RecordSet::new().alias_target(alias);
            let record = record.name(name).r#type(*kind).hosted_zone_id(&self.id);
            records.push(record.build(&self.record_scope(scope, name, kind), "Resource"));
        }
        records
    }

    /// Has a name stand for another name, of anybody's. Not for the zone's own domain: give that an [`alias`](DnsZone::alias).
    #[track_caller]
    pub fn cname(
        &self,
        scope: &Scope,
        name: &str,
        target: impl IntoValue<String>,
    ) -> route53::RecordSetHandle {
        let record = self.record(scope, name, "CNAME", [target.into_value()]);
        if name == self.domain {
            let message = format!("`{name}` is the top of its zone, where no CNAME may be");
            let help = "give it an `alias`, or another name";
            record
                .report(Diagnostic::error(codes::BAD_RECORD, message).property("Name").help(help));
        }
        record
    }

    /// Texts about a name, such as who may send its mail. They are quoted here, and cut where they are longer than 255 characters.
    #[track_caller]
    pub fn txt<'a>(
        &self,
        scope: &Scope,
        name: &str,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> route53::RecordSetHandle {
        self.record(scope, name, "TXT", texts.into_iter().map(|text| quoted(text).into_value()))
    }

    /// Which authorities may issue certificates for the zone's domain and those below it; Amazon's own is `amazon.com`. None of them
    /// means that nobody may.
    ///
    /// See <https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html>.
    #[track_caller]
    pub fn caa<'a>(
        &self,
        scope: &Scope,
        authorities: impl IntoIterator<Item = &'a str>,
    ) -> route53::RecordSetHandle {
        let issue = |authority: &str| format!("0 issue \"{authority}\"").into_value();
        let mut values: Vec<Value<String>> = authorities.into_iter().map(issue).collect();
        if values.is_empty() {
            values.push(issue(";"));
        }
        self.record(scope, &self.domain, "CAA", values)
    }

    /// A record of any type, with its values as Route 53 writes them.
    #[track_caller]
    pub fn record(
        &self,
        scope: &Scope,
        name: &str,
        kind: &str,
        values: impl IntoIterator<Item = Value<String>>,
    ) -> route53::RecordSetHandle {
        route53::RecordSet::new()
            .name(name)
            .r#type(kind)
            .hosted_zone_id(&self.id)
            .ttl(self.ttl.as_secs().to_string())
            .resource_records(values.into_iter().collect::<Vec<_>>())
            .build(&self.record_scope(scope, name, kind), "Resource")
    }

    /// The scope of a record, whose id is its name and type. Reports what is no name of the zone.
    #[track_caller]
    fn record_scope(&self, scope: &Scope, name: &str, kind: &str) -> Scope {
        let scope = scope.construct(&format!("{name} {kind}"));
        self.check_name(&scope, name, "name");
        scope
    }

    /// Reports a name that is neither the zone's domain nor below it.
    pub(crate) fn check_name(&self, scope: &Scope, name: &str, property: &str) {
        if is_in_zone(name, &self.domain) {
            check_domain(scope, name, property);
            return;
        }
        let zone = &self.domain;
        let message = format!("`{name}` is no name of the zone `{zone}`");
        let help = match name.split('.').count() {
            1 => format!("write the whole name: `{name}.{zone}`"),
            _ => format!(
                "give `{zone}` or a name that ends in `.{zone}`, or take the zone of `{name}`"
            ),
        };
        scope.report(Diagnostic::error(codes::NOT_IN_ZONE, message).property(property).help(help));
    }

    /// Lets a role change the records of the zone, as a program does that proves its domain to an authority.
    pub fn grant_change_records(&self, grantee: &impl Grantee) {
        let actions = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"];
        let statement = Statement::allow().actions(actions).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
    }

    /// The number of questions; the metric is in us-east-1 alone.
    pub fn metric_queries(&self) -> Metric {
        Metric::new("AWS/Route53", "DNSQueries")
            .dimension("HostedZoneId", &self.id)
            .statistic(Statistic::Sum)
    }
}

impl From<&DnsZone> for DnsZone {
    fn from(zone: &DnsZone) -> DnsZone {
        zone.clone()
    }
}

/// A text as Route 53 wants it: in quotes, in pieces of 255 characters.
fn quoted(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let piece = |piece: &[char]| {
        let text: String = piece.iter().collect();
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    };
    if characters.is_empty() {
        return "\"\"".into();
    }
    characters.chunks(255).map(piece).collect::<Vec<_>>().join(" ")
}

/// Lets Route 53 write to a log group, which has to be in us-east-1.
fn allow_query_logs(scope: &Scope, group: &LogGroup) -> logs::ResourcePolicyHandle {
    let home = group.handle.scope();
    if let Some(region) = region_of_scope(home).filter(|region| region != CLOUDFRONT_REGION) {
        let message = format!(
            "Route 53 writes to log groups of {CLOUDFRONT_REGION} alone, and this one is in {region}"
        );
        let help = format!("make the log group in a stack of {CLOUDFRONT_REGION}");
        let diagnostic = Diagnostic::error(codes::QUERY_LOG_REGION, message);
        scope.report(diagnostic.property("query_logs").help(help));
    }
    let statement = Statement::allow()
        .principals([Principal::service("route53.amazonaws.com")])
        .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
        .resources([group.arn()])
        .condition(Condition::string_equals("aws:SourceAccount", [intrinsics::account_id()]));
    let document = PolicyDocument::new().statement(statement).to_node();
    let parent = home.parent().unwrap_or_else(|| home.clone());
    logs::ResourcePolicy::new()
        .policy_name(sub!("{AWS::StackName}-query-logs-{parent.id()}"))
        .policy_document(json_text(&document).cast::<PolicyDocument>())
        .build(&parent, "Query logs")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_are_quoted_and_cut() {
        assert_eq!(quoted("v=spf1 -all"), r#""v=spf1 -all""#);
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(quoted(""), r#""""#);
        assert_eq!(quoted(&"x".repeat(256)), format!("\"{}\" \"x\"", "x".repeat(255)));
    }
}
