//! What CloudFront would refuse of a distribution, as far as it is known now.

use fc_cdk_aws::ids::certificatemanager::CertificateArn;
use fc_cdk_core::{Diagnostic, Node, Scope, Value};

use super::EdgeDistributionOptions;
use crate::{
    dns::{check_domain, covers},
    edge::{
        codes,
        origin::{EdgeOrigin, Kind},
    },
    region::{CLOUDFRONT_REGION, region_of, region_of_scope},
};

/// The regions that have to be switched on in an account: CloudFront's logs cannot go there.
///
/// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html>.
const NO_LOGS: [&str; 11] = [
    "af-south-1",
    "ap-east-1",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
];

pub(super) fn check(scope: &Scope, origin: &EdgeOrigin, options: &EdgeDistributionOptions) {
    let report = |code, property: &str, message: String, help: &str| {
        scope.report(Diagnostic::error(code, message).property(property).help(help));
    };
    let names = &options.domain_names.0;
    for name in names {
        check_domain(scope, name, "domain_names");
    }
    match &options.certificate {
        Some(certificate) => check_certificate(scope, certificate, names),
        None if !names.is_empty() => {
            let message = "domains of one's own need a certificate";
            let help = "give a `Certificate` for them, made in a stack of us-east-1";
            report(codes::BAD_DISTRIBUTION, "certificate", message.into(), help);
        }
        None => {}
    }
    if let Some(acl) = &options.web_acl {
        let regional = |arn: &str| arn.contains(":regional/");
        let of = scope.target_of(acl.node()).and_then(|target| target.as_resource());
        let of = of.and_then(|acl| acl.property("Scope"));
        let is_regional = acl.node().as_str().is_some_and(regional)
            || of.is_some_and(|of| of.as_str() == Some("REGIONAL"));
        if is_regional {
            let message = "the web access list is of scope `Regional`, which is for load balancers";
            let help = "give one of scope `CloudFront`, made in a stack of us-east-1";
            report(codes::EDGE_REGION, "web_acl", message.into(), help);
        }
    }
    if !options.allow_countries.0.is_empty() && !options.block_countries.0.is_empty() {
        let message = "only some countries get answers, and some get none: CloudFront takes one of the two lists";
        let help = "keep `allow_countries`, or `block_countries`";
        report(codes::BAD_DISTRIBUTION, "block_countries", message.into(), help);
    }
    let region = region_of_scope(scope);
    if let Some(region) = region.as_deref().filter(|region| NO_LOGS.contains(region)) {
        let message = format!("CloudFront's logs cannot go to buckets in {region}");
        let help = "make the distribution in a stack of another region; it answers everywhere all the same";
        report(codes::EDGE_REGION, "origin", message, help);
    }
    if let Kind::LoadBalancer(balancer) = &origin.0 {
        if let (Some(ours), Some(theirs)) = (region, balancer.region())
            && ours != theirs
        {
            let message = format!(
                "the distribution is in {ours} and its load balancer in {theirs}: the secret between them is read in one region"
            );
            let help = format!(
                "make the distribution in a stack of {theirs}; only its certificate and web access list have to be in {CLOUDFRONT_REGION}"
            );
            report(codes::EDGE_REGION, "origin", message, &help);
        }
        if balancer.is_https() && names.is_empty() {
            let message = "the load balancer's certificate cannot be good for CloudFront's own name, by which visitors ask";
            let help = "give `domain_names` that the load balancer's certificate is good for";
            report(codes::BAD_ORIGIN, "domain_names", message.into(), help);
        }
    }
}

fn check_certificate(scope: &Scope, certificate: &Value<CertificateArn>, names: &[String]) {
    let report = |code, property: &str, message: String, help: &str| {
        scope.report(Diagnostic::error(code, message).property(property).help(help));
    };
    if names.is_empty() {
        let message = "a certificate, and no domain that it is for";
        let help = "give `domain_names`, or leave out `certificate`";
        report(codes::BAD_DISTRIBUTION, "domain_names", message.into(), help);
    }
    let region = region_of(scope, certificate.node());
    if let Some(region) = region.filter(|region| region != CLOUDFRONT_REGION) {
        let message = format!(
            "the certificate is of {region}, and CloudFront takes those of {CLOUDFRONT_REGION} alone"
        );
        let help =
            format!("make it in a stack with `Environment::region(\"{CLOUDFRONT_REGION}\")`");
        report(codes::CERTIFICATE_REGION, "certificate", message, &help);
    }
    let Some(of) = scope.target_of(certificate.node()).and_then(|target| target.as_resource())
    else {
        return;
    };
    let mut certified: Vec<Node> = of.property("DomainName").into_iter().collect();
    let alternatives = of.property("SubjectAlternativeNames");
    certified.extend(alternatives.iter().filter_map(Node::as_list).flatten().cloned());
    if certified.is_empty() || !certified.iter().all(|name| name.as_str().is_some()) {
        return;
    }
    let is_certified =
        |name: &str| certified.iter().filter_map(Node::as_str).any(|of| covers(of, name));
    for name in names.iter().filter(|name| !is_certified(name)) {
        let message = format!("the certificate is not good for `{name}`");
        let help = format!("add `{name}` to the certificate's `alternative_names`");
        report(codes::CERTIFICATE_DOMAIN, "domain_names", message, &help);
    }
}
