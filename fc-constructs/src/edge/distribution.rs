//! [`EdgeDistribution`]: CloudFront in front of a load balancer or a bucket.

mod check; // what CloudFront would refuse

use fc_cdk_aws::{
    cloudfront::{
        self, CacheBehavior, ContentSecurityPolicy, ContentTypeOptions, CookiesConfig,
        DefaultCacheBehavior, DefaultCacheBehaviorViewerProtocolPolicy, DistributionConfig,
        DistributionConfigHttpVersion, DistributionConfigPriceClass, DistributionLogging,
        FrameOptions, GeoRestriction, HeadersConfig, OriginRequestPolicyConfig, QueryStringsConfig,
        ReferrerPolicy, ResponseHeadersPolicyConfig, RestrictionType, Restrictions,
        SecurityHeadersConfig, StrictTransportSecurity, ViewerCertificate,
        ViewerCertificateMinimumProtocolVersion, ViewerCertificateSslSupportMethod,
    },
    ids::{certificatemanager::CertificateArn, ec2::PrefixListId, wafv2::WebAclArn},
};
use fc_cdk_core::{IntoValue, Scope, Value, json, policy::Statement, sub};

use super::{
    EdgeOrigin, needs,
    origin::{Kind, ORIGIN_ID, bucket_origin, let_read},
};
use crate::{
    Names,
    builder::construct,
    dns::AliasTarget,
    handle::stands_for,
    monitoring::{Metric, Statistic},
    names::name_in_stack,
    security::{Grantee, Key},
    storage::Bucket,
};

/// The hosted zone that Route 53 keeps for the names of all distributions.
const HOSTED_ZONE: &str = "Z2FDTNDATAQYW2";

/// Policies of AWS's own, which are the same in all accounts.
///
/// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>.
mod managed {
    pub(super) const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
    pub(super) const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    pub(super) const ALL_VIEWER: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";
}

const ALL_METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];
const READ_METHODS: [&str; 3] = ["GET", "HEAD", "OPTIONS"];

#[doc = include_str!("distribution.md")]
#[derive(Clone)]
pub struct EdgeDistribution {
    /// The distribution itself, for everything that has no setting here.
    pub handle: cloudfront::DistributionHandle,
    /// The headers of security that answers have.
    pub response_headers: cloudfront::ResponseHeadersPolicyHandle,
    /// Where the access logs go.
    pub log_bucket: Bucket,
    domain_names: Vec<String>,
}

construct! {
    EdgeDistribution, EdgeDistributionBuilder, EdgeDistributionOptions {
        required {
            /// What is handed out: servers with a load balancer, or a bucket.
            origin: Into<EdgeOrigin>,
        }
        optional {
            /// The domains by which visitors know the distribution; the records are made with [`DnsZone::alias`](crate::dns::DnsZone::alias).
            /// Default: CloudFront's own name for it alone.
            domain_names: Into<Names> = Names::default(),
            /// The certificate for these domains, of us-east-1. Default: CloudFront's own, with which visitors may speak TLS 1.0.
            certificate: IntoValue<CertificateArn>,
            /// The oldest TLS that visitors may speak with the certificate. Default: TLS 1.2 with ciphers of 2021.
            minimum_tls: IntoValue<ViewerCertificateMinimumProtocolVersion> = "TLSv1.2_2021".into_value(),
            /// The web access list, of us-east-1 and scope `CloudFront`. Default: all requests get through.
            web_acl: IntoValue<WebAclArn>,
            /// What of a load balancer's answers is cached, by patterns of paths, without regard to cookies and queries. Default: `/static/*`.
            static_paths: Into<Names> = Names::from(["/static/*"]),
            /// What a bucket answers for `/`. Default: `index.html`.
            default_root_object: Into<String> = "index.html".to_owned(),
            /// What pages may load, as the header `content-security-policy` says it. Default: no such header, since it depends on the pages.
            content_security_policy: Into<String>,
            /// From which of CloudFront's places answers come: all, or those that cost less. Default: all of the world.
            price_class: IntoValue<DistributionConfigPriceClass> = DistributionConfigPriceClass::PriceClassAll.into_value(),
            /// The only countries that get answers, by their two letters. Default: all.
            allow_countries: Into<Names> = Names::default(),
            /// Countries that get no answers, by their two letters. Default: none.
            block_countries: Into<Names> = Names::default(),
            /// After how many days access logs are deleted. Default: 90.
            log_expiry_days: Into<u32> = 90,
            /// The bucket that hears who reads the access logs. Default: nobody does.
            log_access_logs: Into<Bucket>,
            /// The prefix list of CloudFront's addresses in the load balancer's region. Default: that of the region, where it is known.
            origin_prefix_list: IntoValue<PrefixListId>,
            /// The key that encrypts the secret between the distribution and a load balancer, of the region of both. Default: AWS's own.
            origin_secret_key: Into<Key>,
            /// What the distribution is for, up to 128 characters. Default: nothing.
            comment: IntoValue<String>,
        }
    }
}

impl EdgeDistribution {
    fn create(
        scope: &Scope,
        origin: EdgeOrigin,
        options: EdgeDistributionOptions,
    ) -> EdgeDistribution {
        check::check(scope, &origin, &options);
        let response_headers = security_headers(scope, options.content_security_policy);
        let log_bucket = log_bucket(scope, options.log_expiry_days, options.log_access_logs);
        let logging = DistributionLogging::new()
            .bucket(log_bucket.handle.regional_domain_name())
            .include_cookies(false);
        let certificate = match options.certificate {
            Some(certificate) => ViewerCertificate::new()
                .acm_certificate_arn(certificate)
                .minimum_protocol_version(options.minimum_tls)
                .ssl_support_method(ViewerCertificateSslSupportMethod::SniOnly),
            None => ViewerCertificate::new().cloud_front_default_certificate(true),
        };
        let default = DefaultCacheBehavior::new()
            .target_origin_id(ORIGIN_ID)
            .viewer_protocol_policy(DefaultCacheBehaviorViewerProtocolPolicy::RedirectToHttps)
            .compress(true)
            .response_headers_policy_id(&response_headers);
        let geo = geo_restriction(options.allow_countries.0, options.block_countries.0);
        let domain_names = options.domain_names.0;
        let mut config = DistributionConfig::new()
            .enabled(true)
            .comment(options.comment)
            .http_version(DistributionConfigHttpVersion::Http2and3)
            .ipv6_enabled(true)
            .price_class(options.price_class)
            .restrictions(Restrictions::new().geo_restriction(geo))
            .viewer_certificate(certificate)
            .web_acl_id(options.web_acl)
            .logging(logging);
        if !domain_names.is_empty() {
            config = config.aliases(domain_names.clone());
        }
        let config = match &origin.0 {
            Kind::LoadBalancer(balancer) => {
                let statics = static_behaviors(scope, options.static_paths.0, &response_headers);
                let default = default
                    .allowed_methods(ALL_METHODS)
                    .cache_policy_id(managed::CACHING_DISABLED)
                    .origin_request_policy_id(managed::ALL_VIEWER);
                if !statics.is_empty() {
                    config = config.cache_behaviors(statics);
                }
                config
                    .origins([balancer.origin(
                        scope,
                        options.origin_prefix_list,
                        options.origin_secret_key,
                    )])
                    .default_cache_behavior(default)
            }
            Kind::Bucket(bucket) => {
                let default = default
                    .allowed_methods(READ_METHODS)
                    .cache_policy_id(managed::CACHING_OPTIMIZED);
                config
                    .origins([bucket_origin(scope, bucket)])
                    .default_root_object(options.default_root_object)
                    .default_cache_behavior(default)
            }
        };
        let handle =
            cloudfront::Distribution::new().distribution_config(config).build(scope, "Resource");
        if let Kind::Bucket(bucket) = &origin.0 {
            let_read(bucket, &handle);
        }
        EdgeDistribution { handle, response_headers, log_bucket, domain_names }
    }

    /// CloudFront's own name for it, such as `d111111abcdef8.cloudfront.net`.
    pub fn domain_name(&self) -> Value<String> {
        self.handle.domain_name()
    }

    /// Where visitors find it: `https://` and its first domain, or CloudFront's name for it.
    pub fn url(&self) -> Value<String> {
        match self.domain_names.first() {
            Some(name) => format!("https://{name}").into_value(),
            None => {
                let name = self.domain_name();
                sub!("https://{name}")
            }
        }
    }

    /// The ARN, which has no region.
    pub fn arn(&self) -> Value<String> {
        let id = self.handle.id();
        sub!("arn:{AWS::Partition}:cloudfront::{AWS::AccountId}:distribution/{id}")
    }

    /// Lets a role throw out what is cached, as a pipeline does that has delivered new files.
    pub fn grant_invalidate(&self, grantee: &impl Grantee) {
        let actions = ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"];
        let statement = Statement::allow().actions(actions).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
    }

    fn metric(&self, name: &str) -> Metric {
        Metric::new("AWS/CloudFront", name)
            .dimension("DistributionId", self.handle.id().cast::<String>())
            .dimension("Region", "Global")
    }

    /// The number of requests. The metrics of distributions are in us-east-1 alone, and so have to be their alarms.
    pub fn metric_requests(&self) -> Metric {
        self.metric("Requests").statistic(Statistic::Sum)
    }

    /// The share of requests that were answered with a status from 400 to 499, in percent.
    pub fn metric_client_error_rate(&self) -> Metric {
        self.metric("4xxErrorRate")
    }

    /// The share of requests that were answered with a status from 500, in percent.
    pub fn metric_server_error_rate(&self) -> Metric {
        self.metric("5xxErrorRate")
    }

    /// How many bytes visitors got.
    pub fn metric_bytes_downloaded(&self) -> Metric {
        self.metric("BytesDownloaded").statistic(Statistic::Sum)
    }
}

stands_for!(EdgeDistribution.handle: cloudfront::DistributionHandle);

impl From<&EdgeDistribution> for AliasTarget {
    fn from(distribution: &EdgeDistribution) -> AliasTarget {
        AliasTarget::new(distribution.domain_name(), HOSTED_ZONE).ipv6()
    }
}

/// What browsers are told to be careful with.
///
/// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>.
fn security_headers(
    scope: &Scope,
    content_security_policy: Option<String>,
) -> cloudfront::ResponseHeadersPolicyHandle {
    const TWO_YEARS: i64 = 63_072_000;
    let mut headers = SecurityHeadersConfig::new()
        .content_type_options(ContentTypeOptions::new().r#override(true))
        .frame_options(FrameOptions::new().frame_option("SAMEORIGIN").r#override(false))
        .referrer_policy(
            ReferrerPolicy::new()
                .referrer_policy("strict-origin-when-cross-origin")
                .r#override(false),
        )
        .strict_transport_security(
            StrictTransportSecurity::new()
                .access_control_max_age_sec(TWO_YEARS)
                .include_subdomains(true)
                .r#override(true),
        );
    if let Some(policy) = content_security_policy {
        headers = headers.content_security_policy(
            ContentSecurityPolicy::new().content_security_policy(policy).r#override(false),
        );
    }
    let config = ResponseHeadersPolicyConfig::new()
        .name(sub!("{AWS::StackName}-{AWS::Region}-{name_in_stack(scope)}"))
        .security_headers_config(headers);
    cloudfront::ResponseHeadersPolicy::new()
        .response_headers_policy_config(config)
        .build(scope, "Headers")
}

/// A bucket that CloudFront's log delivery can write to: it adds itself to the bucket's access list.
///
/// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html>.
fn log_bucket(scope: &Scope, expiry_days: u32, access_logs: Option<Bucket>) -> Bucket {
    let mut bucket =
        Bucket::builder().expire_after_days(expiry_days).expire_old_versions_after_days(7u32);
    if let Some(logs) = access_logs {
        bucket = bucket.access_logs(logs);
    }
    let bucket = bucket.build(scope, "Logs");
    let ownership = json!({ "Rules": [{ "ObjectOwnership": "BucketOwnerPreferred" }] });
    bucket.handle.set_property("OwnershipControls", ownership);
    bucket
}

fn geo_restriction(allow: Vec<String>, block: Vec<String>) -> GeoRestriction {
    let geo = GeoRestriction::new();
    if !allow.is_empty() {
        geo.restriction_type(RestrictionType::Whitelist).locations(allow)
    } else if !block.is_empty() {
        geo.restriction_type(RestrictionType::Blacklist).locations(block)
    } else {
        geo.restriction_type(RestrictionType::None)
    }
}

/// What is the same for all visitors. Of the request, the servers see the path and the `Host` header, on which nothing cached depends.
fn static_behaviors(
    scope: &Scope,
    paths: Vec<String>,
    headers: &cloudfront::ResponseHeadersPolicyHandle,
) -> Vec<Value<CacheBehavior>> {
    if paths.is_empty() {
        return Vec::new();
    }
    let config = OriginRequestPolicyConfig::new()
        .name(sub!("{AWS::StackName}-{AWS::Region}-{name_in_stack(scope)}"))
        .cookies_config(CookiesConfig::new().cookie_behavior("none"))
        .headers_config(HeadersConfig::new().header_behavior("whitelist").headers(["Host"]))
        .query_strings_config(QueryStringsConfig::new().query_string_behavior("none"));
    let host_alone = cloudfront::OriginRequestPolicy::new()
        .origin_request_policy_config(config)
        .build(scope, "StaticRequests");
    let behavior = |path: String| {
        CacheBehavior::new()
            .path_pattern(path)
            .target_origin_id(ORIGIN_ID)
            .viewer_protocol_policy("redirect-to-https")
            .allowed_methods(READ_METHODS)
            .compress(true)
            .cache_policy_id(managed::CACHING_OPTIMIZED)
            .origin_request_policy_id(&host_alone)
            .response_headers_policy_id(headers)
            .into_value()
    };
    paths.into_iter().map(behavior).collect()
}
