//! What the constructs of networks, DNS and the edge refuse, by the smallest app that does it, and the same put right.

use fc_cdk_core::{Environment, Scope, Stack};
use fc_constructs::{
    compute::WebAsg,
    dns::DnsZone,
    edge::{EdgeDistribution, ShieldProtection, WebAcl, WebAclScope},
    monitoring::LogGroup,
    network::{Port, SecurityGroup, ThreeTierVpc},
    security::Certificate,
    storage::Bucket,
};

use super::BuildInto as Build;

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

pub(crate) const ALL: &[(&str, Build, Build)] = super::examples! {
    "cidr-too-small" cidr_too_small_fails cidr_too_small_passes;
    "public-cidr" public_cidr_fails public_cidr_passes;
    "bad-zones" bad_zones_fails bad_zones_passes;
    "bad-description" bad_description_fails bad_description_passes;
    "bad-port" bad_port_fails bad_port_passes;
    "bad-domain" bad_domain_fails bad_domain_passes;
    "not-in-zone" not_in_zone_fails not_in_zone_passes;
    "bad-record" bad_record_fails bad_record_passes;
    "query-log-region" query_log_region_fails query_log_region_passes;
    "edge-region" edge_region_fails edge_region_passes;
    "bad-web-acl" bad_web_acl_fails bad_web_acl_passes;
    "bad-distribution" bad_distribution_fails bad_distribution_passes;
    "certificate-domain" certificate_domain_fails certificate_domain_passes;
    "open-origin" open_origin_fails open_origin_passes;
    "bad-origin" bad_origin_fails bad_origin_passes;
    "bad-shield" bad_shield_fails bad_shield_passes;
    "shield-not-subscribed" shield_not_subscribed_fails shield_not_subscribed_passes;
};

fn cidr_too_small_fails(stack: &Scope) {
    ThreeTierVpc::builder().cidr("10.0.0.0/24").build(stack, "Vpc");
}

fn cidr_too_small_passes(stack: &Scope) {
    ThreeTierVpc::builder().cidr("10.0.0.0/16").build(stack, "Vpc");
}

fn public_cidr_fails(stack: &Scope) {
    ThreeTierVpc::builder().cidr("52.0.0.0/16").build(stack, "Vpc");
}

fn public_cidr_passes(stack: &Scope) {
    ThreeTierVpc::builder().cidr("10.0.0.0/16").build(stack, "Vpc");
}

fn bad_zones_fails(stack: &Scope) {
    ThreeTierVpc::builder().cidr("10.0.0.0/16").zones(1).build(stack, "Vpc");
}

fn bad_zones_passes(stack: &Scope) {
    ThreeTierVpc::builder().cidr("10.0.0.0/16").zones(2).build(stack, "Vpc");
}

fn bad_description_fails(stack: &Scope) {
    SecurityGroup::builder().vpc(VPC).description("it’s the web").build(stack, "Web");
}

fn bad_description_passes(stack: &Scope) {
    SecurityGroup::builder().vpc(VPC).description("the web").build(stack, "Web");
}

fn bad_port_fails(stack: &Scope) {
    let group = SecurityGroup::builder().vpc(VPC).description("the web").build(stack, "Web");
    group.allow_from("10.0.0.0/8", Port::tcp_range(8090, 8080), "the office");
}

fn bad_port_passes(stack: &Scope) {
    let group = SecurityGroup::builder().vpc(VPC).description("the web").build(stack, "Web");
    group.allow_from("10.0.0.0/8", Port::tcp_range(8080, 8090), "the office");
}

fn bad_domain_fails(stack: &Scope) {
    DnsZone::builder().domain("Shop").build(stack, "Zone");
}

fn bad_domain_passes(stack: &Scope) {
    DnsZone::builder().domain("shop.example.com").build(stack, "Zone");
}

fn not_in_zone_fails(stack: &Scope) {
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    zone.txt(stack, "www", ["hello"]);
}

fn not_in_zone_passes(stack: &Scope) {
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    zone.txt(stack, "www.example.com", ["hello"]);
}

fn bad_record_fails(stack: &Scope) {
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    zone.cname(stack, "example.com", "elsewhere.example");
}

fn bad_record_passes(stack: &Scope) {
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    zone.cname(stack, "www.example.com", "elsewhere.example");
}

fn query_log_region_fails(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("ap-northeast-1"));
    let logs = LogGroup::builder().build(stack, "Logs");
    DnsZone::builder().domain("example.com").query_logs(&logs).build(stack, "Zone");
}

fn query_log_region_passes(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let logs = LogGroup::builder().build(stack, "Logs");
    DnsZone::builder().domain("example.com").query_logs(&logs).build(stack, "Zone");
}

fn edge_region_fails(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("ap-northeast-1"));
    WebAcl::builder().scope(WebAclScope::CloudFront).logs(false).build(stack, "List");
}

fn edge_region_passes(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    WebAcl::builder().scope(WebAclScope::CloudFront).logs(false).build(stack, "List");
}

fn bad_web_acl_fails(stack: &Scope) {
    WebAcl::builder()
        .scope(WebAclScope::Regional)
        .deny_addresses(["10.0.0.1"])
        .logs(false)
        .build(stack, "List");
}

fn bad_web_acl_passes(stack: &Scope) {
    WebAcl::builder()
        .scope(WebAclScope::Regional)
        .deny_addresses(["10.0.0.1/32"])
        .logs(false)
        .build(stack, "List");
}

fn bad_distribution_fails(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(stack, "Certificate");
    let pages = Bucket::builder().build(stack, "Pages");
    EdgeDistribution::builder()
        .origin(&pages)
        .domain_names(["shop.example.com"])
        .certificate(&certificate)
        .allow_countries(["JP"])
        .block_countries(["KP"])
        .build(stack, "Edge");
}

fn bad_distribution_passes(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(stack, "Certificate");
    let pages = Bucket::builder().build(stack, "Pages");
    EdgeDistribution::builder()
        .origin(&pages)
        .domain_names(["shop.example.com"])
        .certificate(&certificate)
        .allow_countries(["JP"])
        .build(stack, "Edge");
}

fn certificate_domain_fails(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(stack, "Certificate");
    let pages = Bucket::builder().build(stack, "Pages");
    EdgeDistribution::builder()
        .origin(&pages)
        .domain_names(["www.example.com"])
        .certificate(&certificate)
        .build(stack, "Edge");
}

fn certificate_domain_passes(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(stack, "Certificate");
    let pages = Bucket::builder().build(stack, "Pages");
    EdgeDistribution::builder()
        .origin(&pages)
        .domain_names(["shop.example.com"])
        .certificate(&certificate)
        .build(stack, "Edge");
}

fn open_origin_fails(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(stack, "Certificate");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .internet_facing(true)
        .certificate(&certificate)
        .build(stack, "Web");
    EdgeDistribution::builder()
        .origin(&web)
        .domain_names(["shop.example.com"])
        .certificate(&certificate)
        .build(stack, "Edge");
}

fn open_origin_passes(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(stack, "Certificate");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .internet_facing(true)
        .certificate(&certificate)
        .open(false)
        .build(stack, "Web");
    EdgeDistribution::builder()
        .origin(&web)
        .domain_names(["shop.example.com"])
        .certificate(&certificate)
        .build(stack, "Edge");
}

fn bad_origin_fails(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(stack, "Certificate");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .internet_facing(true)
        .certificate(&certificate)
        .open(false)
        .build(stack, "Web");
    EdgeDistribution::builder().origin(&web).build(stack, "Edge");
}

fn bad_origin_passes(scope: &Scope) {
    let stack = &Stack::new(scope, "Shop").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(stack, "Certificate");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .internet_facing(true)
        .certificate(&certificate)
        .open(false)
        .build(stack, "Web");
    EdgeDistribution::builder()
        .origin(&web)
        .domain_names(["shop.example.com"])
        .certificate(&certificate)
        .build(stack, "Edge");
}

fn bad_shield_fails(stack: &Scope) {
    ShieldProtection::builder()
        .subscribed(true)
        .emergency_contacts(["ops@example.com"])
        .build(stack, "Shield");
}

fn bad_shield_passes(stack: &Scope) {
    ShieldProtection::builder()
        .subscribed(true)
        .response_team(true)
        .emergency_contacts(["ops@example.com"])
        .build(stack, "Shield");
}

fn shield_not_subscribed_fails(stack: &Scope) {
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let shield = ShieldProtection::builder().subscribed(false).build(stack, "Shield");
    shield.protect("Zone", &zone);
}

fn shield_not_subscribed_passes(stack: &Scope) {
    let zone = DnsZone::builder().domain("example.com").build(stack, "Zone");
    let shield = ShieldProtection::builder().subscribed(true).build(stack, "Shield");
    shield.protect("Zone", &zone);
}
