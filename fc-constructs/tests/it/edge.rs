use fc_cdk_aws::{ec2, shield::ProtectionGroupAggregation};
use fc_cdk_core::{App, Assembly, Environment, Stack, policy::Principal};
use fc_constructs::{
    compute::WebAsg,
    containers::FargateService,
    dns::DnsZone,
    edge::{
        AutomaticResponse, EdgeDistribution, EdgeOrigin, ManagedRules, Protected, ShieldProtection,
        WebAcl, WebAclScope,
    },
    messaging::Topic,
    monitoring::Retention,
    network::ThreeTierVpc,
    security::{Certificate, Key, Role},
    storage::Bucket,
};

use crate::{messages, template};

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

#[test]
fn distributions_that_cloudfront_does_not_take_are_refused_all_at_once() {
    let app = App::new();
    let stack = tokyo(&app, "S");
    let zone = DnsZone::builder().domain("example.com").build(&stack, "Zone");
    let certificate =
        Certificate::builder().domain("shop.example.com").zone(&zone).build(&stack, "Certificate");
    let regional =
        WebAcl::builder().scope(WebAclScope::Regional).logs(false).build(&stack, "Regional");
    let web = |stack: &Stack, id: &str| {
        WebAsg::builder()
            .vpc(VPC)
            .subnets(SUBNETS)
            .load_balancer_subnets(SUBNETS)
            .internet_facing(true)
            .certificate(&certificate)
            .build(stack, id)
    };
    EdgeDistribution::builder()
        .origin(&web(&stack, "Web"))
        .domain_names(["shop.example.com", "www.shop.example.com", "Shop"])
        .certificate(&certificate)
        .web_acl(&regional)
        .allow_countries(["JP"])
        .block_countries(["KP"])
        .build(&stack, "Wrong");
    let cape = Stack::new(&app, "Cape").with_environment(Environment::region("af-south-1"));
    EdgeDistribution::builder()
        .origin(&web(&stack, "Other"))
        .certificate(
            "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
        )
        .web_acl("arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/0123")
        .build(&cape, "Far");
    let nowhere = Stack::new(&app, "Nowhere");
    let plain = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(&nowhere, "Web");
    EdgeDistribution::builder()
        .origin(EdgeOrigin::load_balancer(
            &plain.load_balancer,
            &plain.load_balancer_security_group,
            &plain.listener,
            &plain.listener_rule,
            &plain.target_group,
        ))
        .domain_names(["example.com"])
        .build(&nowhere, "Unknown");
    insta::assert_snapshot!(messages(&app.synth()), @r#"
    error[bad-domain]: `S/Wrong`: domain_names: `Shop` is no domain below a top-level one
      --> fc-constructs/tests/it/edge.rs:48:10
      help: write lower-case letters, digits and hyphens between dots, such as `shop.example.com`; letters of other scripts as Punycode, such as `xn--bcher-kva.example`
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    error[certificate-region]: `S/Wrong`: certificate: the certificate is of ap-northeast-1, and CloudFront takes those of us-east-1 alone
      --> fc-constructs/tests/it/edge.rs:48:10
      help: make it in a stack with `Environment::region("us-east-1")`
      docs: https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html
    error[certificate-domain]: `S/Wrong`: domain_names: the certificate is not good for `www.shop.example.com`
      --> fc-constructs/tests/it/edge.rs:48:10
      help: add `www.shop.example.com` to the certificate's `alternative_names`
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
    error[certificate-domain]: `S/Wrong`: domain_names: the certificate is not good for `Shop`
      --> fc-constructs/tests/it/edge.rs:48:10
      help: add `Shop` to the certificate's `alternative_names`
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
    error[edge-region]: `S/Wrong`: web_acl: the web access list is of scope `Regional`, which is for load balancers
      --> fc-constructs/tests/it/edge.rs:48:10
      help: give one of scope `CloudFront`, made in a stack of us-east-1
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    error[bad-distribution]: `S/Wrong`: block_countries: only some countries get answers, and some get none: CloudFront takes one of the two lists
      --> fc-constructs/tests/it/edge.rs:48:10
      help: keep `allow_countries`, or `block_countries`
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html
    warning[open-origin]: `S/Wrong`: origin: everyone reaches the load balancer, not the distribution alone
      --> fc-constructs/tests/it/edge.rs:48:10
      help: build the servers with `open(false)`: the distribution lets CloudFront in by itself
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
    error[bad-distribution]: `Cape/Far`: domain_names: a certificate, and no domain that it is for
      --> fc-constructs/tests/it/edge.rs:56:10
      help: give `domain_names`, or leave out `certificate`
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html
    error[edge-region]: `Cape/Far`: web_acl: the web access list is of scope `Regional`, which is for load balancers
      --> fc-constructs/tests/it/edge.rs:56:10
      help: give one of scope `CloudFront`, made in a stack of us-east-1
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    error[edge-region]: `Cape/Far`: origin: CloudFront's logs cannot go to buckets in af-south-1
      --> fc-constructs/tests/it/edge.rs:56:10
      help: make the distribution in a stack of another region; it answers everywhere all the same
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    error[edge-region]: `Cape/Far`: origin: the distribution is in af-south-1 and its load balancer in ap-northeast-1: the secret between them is read in one region
      --> fc-constructs/tests/it/edge.rs:56:10
      help: make the distribution in a stack of ap-northeast-1; only its certificate and web access list have to be in us-east-1
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    error[bad-origin]: `Cape/Far`: domain_names: the load balancer's certificate cannot be good for CloudFront's own name, by which visitors ask
      --> fc-constructs/tests/it/edge.rs:56:10
      help: give `domain_names` that the load balancer's certificate is good for
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html
    warning[open-origin]: `Cape/Far`: origin: everyone reaches the load balancer, not the distribution alone
      --> fc-constructs/tests/it/edge.rs:56:10
      help: build the servers with `open(false)`: the distribution lets CloudFront in by itself
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
    error[bad-distribution]: `Nowhere/Unknown`: certificate: domains of one's own need a certificate
      --> fc-constructs/tests/it/edge.rs:72:10
      help: give a `Certificate` for them, made in a stack of us-east-1
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html
    error[bad-origin]: `Nowhere/Unknown`: origin_prefix_list: the load balancer's region is not known, and so not the addresses of CloudFront there
      --> fc-constructs/tests/it/edge.rs:72:10
      help: give `origin_prefix_list`, the id that `aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing` prints in the region
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html
    error[illegal-value]: `S/Wrong/Resource`: DistributionConfig.Aliases.2: `Shop` is no domain
      --> fc-constructs/tests/it/edge.rs:48:10
      help: use an allowed value
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html
    info[old-tls]: `Nowhere/Unknown/Resource`: DistributionConfig.ViewerCertificate: CloudFront's own certificate lets viewers connect by TLS 1.0
      --> fc-constructs/tests/it/edge.rs:72:10
      help: of a distribution, choose a certificate of your own and `TLSv1.2_2021`; of a listener, an `SslPolicy` with TLS 1.2 and later only
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
    "#);
}

#[test]
fn a_web_access_list_blocks_what_aws_knows_and_logs_without_credentials() {
    let app = App::new().with_environment(Environment::region("us-east-1"));
    let stack = Stack::new(&app, "Edge");
    WebAcl::builder().scope(WebAclScope::CloudFront).build(&stack, "WebAcl");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_web_access_list_with_everything_protects_a_load_balancer() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(&stack, "Web");
    let list = Stack::new(&app, "List");
    let key = Key::builder().build(&list, "Key");
    let acl = WebAcl::builder()
        .scope(WebAclScope::Regional)
        .description("the shop")
        .allow_addresses(["198.51.100.0/24", "2001:db8::/32"])
        .deny_addresses(["192.0.2.7/32"])
        .block_countries(["KP"])
        .rate_limit(500)
        .managed_rules([
            ManagedRules::common().count(["SizeRestrictions_BODY"]).version("Version_1.18"),
            ManagedRules::linux().only_count(),
        ])
        .log_retention(Retention::OneYear)
        .log_key(key)
        .redacted_headers(["X-Api-Key"])
        .build(&list, "WebAcl");
    acl.protect("Web", &web.load_balancer);
    let metrics = [acl.metric_allowed(), acl.metric_blocked(), acl.metric_blocked_by("RateLimit")];
    let rules: Vec<_> =
        metrics.iter().map(|metric| (&*metric.name, format!("{:?}", metric.dimensions))).collect();
    insta::assert_debug_snapshot!(rules, @r#"
    [
        (
            "AllowedRequests",
            "[(\"WebACL\", Str(\"List-WebAcl\")), (\"Rule\", Str(\"ALL\")), (\"Region\", Str(\"ap-northeast-1\"))]",
        ),
        (
            "BlockedRequests",
            "[(\"WebACL\", Str(\"List-WebAcl\")), (\"Rule\", Str(\"ALL\")), (\"Region\", Str(\"ap-northeast-1\"))]",
        ),
        (
            "BlockedRequests",
            "[(\"WebACL\", Str(\"List-WebAcl\")), (\"Rule\", Str(\"List-WebAcl-RateLimit\")), (\"Region\", Str(\"ap-northeast-1\"))]",
        ),
    ]
    "#);
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let template = assembly.stack("List").map(|stack| stack.template().to_json_pretty());
    insta::assert_snapshot!(template.unwrap_or_default());
}

#[test]
fn web_access_lists_that_waf_does_not_take_are_refused_all_at_once() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "S");
    let far = Stack::new(&app, "Far").with_environment(Environment::region("eu-west-1"));
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(&far, "Web");
    let list = WebAcl::builder()
        .scope(WebAclScope::CloudFront)
        .allow_addresses(["10.0.0.1", "10.0.0.1/8", "0.0.0.0/0"])
        .deny_addresses(["2001:db8::1", "2001:db8::/129"])
        .block_countries(["Narnia", "kp"])
        .rate_limit(9)
        .managed_rules([ManagedRules::common(), ManagedRules::common().only_count()])
        .logs(false)
        .build(&stack, "List");
    list.protect("Web", &web.load_balancer);
    let regional =
        WebAcl::builder().scope(WebAclScope::Regional).logs(false).build(&stack, "Regional");
    regional.protect("Web", &web.load_balancer);
    insta::assert_snapshot!(messages(&app.synth()), @r#"
    error[edge-region]: `S/List`: web access lists of scope `CloudFront` exist in us-east-1 alone, and this stack is in ap-northeast-1
      --> fc-constructs/tests/it/edge.rs:223:10
      help: make it in a stack with `Environment::region("us-east-1")`; stacks of other regions can refer to it
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    error[bad-web-acl]: `S/List`: allow_addresses: `10.0.0.1` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:223:10
      help: write `10.0.0.1/32`
      docs: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
    error[bad-web-acl]: `S/List`: allow_addresses: `10.0.0.1/8` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:223:10
      help: write `10.0.0.0/8`, whose first address it is
      docs: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
    error[bad-web-acl]: `S/List`: allow_addresses: `0.0.0.0/0` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:223:10
      help: leave it out: `/0` is every address
      docs: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
    error[bad-web-acl]: `S/List`: deny_addresses: `2001:db8::1` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:223:10
      help: write `2001:db8::1/128`
      docs: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
    error[bad-web-acl]: `S/List`: deny_addresses: `2001:db8::/129` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:223:10
      help: write a block such as `2001:db8::/32`
      docs: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
    error[bad-web-acl]: `S/List`: managed_rules: the group `AWSManagedRulesCommonRuleSet` is given twice
      --> fc-constructs/tests/it/edge.rs:223:10
      help: give it once, with all its settings
      docs: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
    error[edge-region]: `S/List/Web`: ResourceArn: the list is of scope `CloudFront`, and distributions name it themselves
      --> fc-constructs/tests/it/edge.rs:223:10
      note: made inside the construct here (fc-constructs/tests/it/edge.rs:224:10)
      help: give it to the distribution's `web_acl`, or make another one of scope `Regional`
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    error[edge-region]: `S/Regional/Web`: ResourceArn: the resource is in eu-west-1, and the list in ap-northeast-1
      --> fc-constructs/tests/it/edge.rs:226:68
      note: made inside the construct here (fc-constructs/tests/it/edge.rs:227:14)
      help: make a list in a stack of eu-west-1
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    error[illegal-value]: `S/List/Resource`: Rules.5.Name: two of the `Rules` have the Name "AWSManagedRulesCommonRuleSet"
      --> fc-constructs/tests/it/edge.rs:223:10
      help: they have to differ
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webacl.html
    error[illegal-value]: `S/List/Resource`: Rules.2.Statement.GeoMatchStatement.CountryCodes.0: `Narnia` is not an allowed value
      --> fc-constructs/tests/it/edge.rs:223:10
      help: one of 250 values, such as `AD`, `AE`, `AF`
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webacl.html
    error[illegal-value]: `S/List/Resource`: Rules.2.Statement.GeoMatchStatement.CountryCodes.1: `kp` is not an allowed value
      --> fc-constructs/tests/it/edge.rs:223:10
      help: did you mean `KP`?
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webacl.html
    error[illegal-value]: `S/List/Resource`: Rules.3.Statement.RateBasedStatement.Limit: 9 is too small
      --> fc-constructs/tests/it/edge.rs:223:10
      help: 10 to 2000000000 is allowed
      docs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webacl.html
    "#);
}

/// The template of one stack of an app that has nothing wrong with it.
fn template_of(assembly: &Assembly, stack: &str) -> String {
    assembly.stack(stack).map(|stack| stack.template().to_json_pretty()).unwrap_or_default()
}

fn tokyo(app: &App, id: &str) -> Stack {
    Stack::new(app, id).with_environment(Environment::region("ap-northeast-1"))
}

fn virginia(app: &App, id: &str) -> Stack {
    Stack::new(app, id).with_environment(Environment::region("us-east-1"))
}

#[test]
fn a_distribution_hides_a_load_balancer_of_another_stack() {
    for (https, name) in [(false, "http"), (true, "https")] {
        let app = App::new();
        let servers = tokyo(&app, "Servers");
        let zone = DnsZone::builder().domain("example.com").build(&servers, "Zone");
        let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&servers, "Vpc");
        let mut web = WebAsg::builder()
            .vpc(&vpc)
            .subnets(&vpc.web)
            .load_balancer_subnets(&vpc.public)
            .internet_facing(true)
            .open(false)
            .requests_target(1000);
        if https {
            let certificate =
                Certificate::builder().domain("*.example.com").zone(&zone).build(&servers, "Alb");
            web = web.certificate(&certificate);
        }
        let web = web.build(&servers, "Web");
        let edge = virginia(&app, "Edge");
        let certificate = Certificate::builder()
            .domain("shop.example.com")
            .alternative_names(["*.shop.example.com"])
            .zone(&zone)
            .build(&edge, "Certificate");
        let acl =
            WebAcl::builder().scope(WebAclScope::CloudFront).logs(false).build(&edge, "WebAcl");
        let shop = tokyo(&app, "Shop");
        let audit = Bucket::builder().build(&shop, "Audit");
        let key = Key::builder().build(&servers, "Key");
        let distribution = EdgeDistribution::builder()
            .origin(&web)
            .domain_names(["shop.example.com", "www.shop.example.com"])
            .certificate(&certificate)
            .web_acl(&acl)
            .static_paths(["/static/*", "/images/*"])
            .content_security_policy("default-src 'self'")
            .allow_countries(["JP", "KR"])
            .log_expiry_days(30u32)
            .log_access_logs(&audit)
            .origin_secret_key(&key)
            .comment("the shop")
            .build(&shop, "Distribution");
        zone.alias(&shop, "shop.example.com", &distribution);
        assert_eq!(distribution.url().as_literal(), Some("https://shop.example.com"));
        let assembly = app.synth();
        assert_eq!(messages(&assembly), "");
        if !https {
            insta::assert_snapshot!("distribution", template_of(&assembly, "Shop"));
        }
        // What keeps others away from the load balancer.
        let servers = template_of(&assembly, "Servers");
        let start = servers.find("\"WebLoadBalancerSecurityGroup").unwrap_or_default();
        insta::assert_snapshot!(format!("load_balancer_{name}"), &servers[start..]);
    }
}

#[test]
fn an_internal_load_balancer_is_reached_inside_its_vpc() {
    let app = App::new();
    let stack = tokyo(&app, "Shop");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(&stack, "Web");
    stack.allow("old-tls", "CloudFront's own name has CloudFront's own certificate");
    let distribution =
        EdgeDistribution::builder().origin(&web).static_paths([""; 0]).build(&stack, "Cdn");
    assert_eq!(distribution.url().as_literal(), None);
    let template = template(&app);
    assert!(!template.contains("X-Origin-Verify") && !template.contains("CacheBehaviors\""));
    let start = template.find("\"CdnVpcOrigin").unwrap_or_default();
    insta::assert_snapshot!(&template[start..]);
}

#[test]
fn a_bucket_is_read_by_the_distribution_alone() {
    let app = App::new();
    let stack = tokyo(&app, "Shop");
    let key = Key::builder().build(&stack, "Key");
    let pages = Bucket::builder().encryption_key(key).build(&stack, "Pages");
    let site = tokyo(&app, "Site");
    let other = Bucket::builder().build(&site, "Other");
    stack.allow("old-tls", "CloudFront's own name has CloudFront's own certificate");
    let distribution = EdgeDistribution::builder()
        .origin(&pages)
        .block_countries(["KP"])
        .build(&stack, "Distribution");
    EdgeDistribution::builder().origin(&other).build(&stack, "Far");
    let role =
        Role::builder().assumed_by(Principal::service("ec2.amazonaws.com")).build(&stack, "Role");
    distribution.grant_invalidate(&role);
    let metrics = [
        distribution.metric_requests(),
        distribution.metric_client_error_rate(),
        distribution.metric_server_error_rate(),
        distribution.metric_bytes_downloaded(),
    ];
    let metrics = metrics.map(|metric| format!("{} {}", metric.name, metric.statistic.name()));
    insta::assert_snapshot!(metrics.join(", "), @"Requests Sum, 4xxErrorRate Average, 5xxErrorRate Average, BytesDownloaded Sum");
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    insta::assert_snapshot!(template_of(&assembly, "Shop"));
    assert!(template_of(&assembly, "Site").contains(":distribution/*"));
    assert!(!template_of(&assembly, "Site").contains("GetStackOutput"));
}

#[test]
fn a_service_waits_until_its_targets_belong_to_the_load_balancer() {
    let app = App::new();
    let stack = tokyo(&app, "Shop");
    let service = FargateService::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer(SUBNETS)
        .internet_facing(true)
        .open(false)
        .build(&stack, "Web");
    stack.allow("old-tls", "CloudFront's own name has CloudFront's own certificate");
    let zone = DnsZone::builder().domain("example.com").build(&stack, "Zone");
    zone.alias(&stack, "origin.example.com", &service);
    EdgeDistribution::builder().origin(&service).build(&stack, "Distribution");
    let template = template(&app);
    let start = template.find("\"AWS::ECS::Service\"").unwrap_or_default();
    let rest = &template[start..];
    let depends = rest.find("\"DependsOn\"").map(|at| &rest[at..at + 250]).unwrap_or_default();
    assert!(depends.contains("WebAttachment"), "{depends}");
}

#[test]
fn shield_protects_and_tells_of_attacks() {
    let app = App::new();
    let stack = tokyo(&app, "Shop");
    let topic = Topic::builder().build(&stack, "Alarms");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(&stack, "Web");
    let address = ec2::Eip::new().domain("vpc").build(&stack, "Address");
    let shield = ShieldProtection::builder()
        .subscribed(true)
        .topics([topic])
        .automatic_response(AutomaticResponse::Count)
        .group(ProtectionGroupAggregation::Max)
        .response_team(true)
        .emergency_contacts(["ops@example.com"])
        .build(&stack, "Shield");
    let check = "arn:aws:route53:::healthcheck/12345678-1234-1234-1234-123456789012";
    shield.protect("Web", Protected::from(&web).health_checks([check]));
    shield.protect("Address", &address);
    // Distributions and zones report to us-east-1.
    let edge = virginia(&app, "Edge");
    let zone = DnsZone::builder()
        .domain("example.com")
        .hosted_zone_id("Z0123456789ABCDEFGHIJ")
        .build(&edge, "Zone");
    let topic = Topic::builder().build(&edge, "Alarms");
    let global =
        ShieldProtection::builder().subscribed(true).topics([topic]).build(&edge, "Shield");
    global.protect("Zone", &zone);
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let shop = template_of(&assembly, "Shop");
    let start = shop.find("\"ShieldGroup").unwrap_or_default();
    insta::assert_snapshot!("shield", &shop[start..]);
    assert!(template_of(&assembly, "Edge").contains("::hostedzone/Z0123456789ABCDEFGHIJ"));
}

#[test]
fn shield_makes_nothing_without_a_subscription_and_says_so() {
    let app = App::new();
    let stack = tokyo(&app, "Shop");
    let zone = DnsZone::builder().domain("example.com").build(&stack, "Zone");
    let shield = ShieldProtection::builder()
        .subscribed(false)
        .response_team(true)
        .group(ProtectionGroupAggregation::Sum)
        .build(&stack, "Shield");
    assert!(shield.protect("Zone", &zone).is_none());
    assert!(shield.group.is_none() && shield.response_team_role.is_none());
    let assembly = app.synth();
    insta::assert_snapshot!(messages(&assembly), @"
    info[shield-not-subscribed]: `Shop/Shield/Zone`: not protected: the account has no subscription to Shield Advanced
      --> fc-constructs/tests/it/edge.rs:479:10
      note: made inside the construct here (fc-constructs/tests/it/edge.rs:480:20)
      help: subscribe in the console and set `subscribed`, or allow `shield-not-subscribed` with a reason
      docs: https://docs.aws.amazon.com/waf/latest/developerguide/enable-ddos-prem.html
    ");
    assert!(!template_of(&assembly, "Shop").contains("AWS::Shield"));
}

#[test]
fn alarms_where_no_attack_is_reported_are_refused() {
    let app = App::new();
    let stack = tokyo(&app, "Shop");
    let topic = Topic::builder().build(&stack, "Alarms");
    let zone = DnsZone::builder().domain("example.com").build(&stack, "Zone");
    let shield = ShieldProtection::builder()
        .subscribed(true)
        .topics([topic])
        .emergency_contacts(["ops@example.com"])
        .build(&stack, "Shield");
    shield.protect("Zone", &zone);
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-shield]: `Shop/Shield`: emergency_contacts: the response team is told whom to call, and not let in
      --> fc-constructs/tests/it/edge.rs:503:10
      help: add `response_team(true)`, or leave out `emergency_contacts`
      docs: https://docs.aws.amazon.com/waf/latest/developerguide/ddos-srt-support.html
    error[edge-region]: `Shop/Shield/Zone`: an alarm in ap-northeast-1 does not see attacks that are reported in us-east-1
      --> fc-constructs/tests/it/edge.rs:503:10
      note: made inside the construct here (fc-constructs/tests/it/edge.rs:504:12)
      help: protect the resource by a `ShieldProtection` in a stack of us-east-1, or leave out `topics`
      docs: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    ");
}
