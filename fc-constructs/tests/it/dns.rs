use std::time::Duration;

use fc_cdk_core::{App, Environment, Stack, policy::Principal};
use fc_constructs::{
    compute::WebAsg,
    dns::{AliasTarget, DnsZone},
    monitoring::LogGroup,
    security::{Certificate, Role},
};

use crate::{messages, template};

const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

#[test]
fn a_zone_is_kept_and_has_records_of_all_kinds() {
    let app = App::new().with_environment(Environment::region("us-east-1"));
    let stack = Stack::new(&app, "Dns");
    let questions = LogGroup::builder().build(&stack, "Questions");
    let zone = DnsZone::builder()
        .domain("example.com")
        .comment("the shop")
        .query_logs(questions)
        .ttl(Duration::from_secs(60))
        .build(&stack, "Zone");
    let target = AliasTarget::new("d111111abcdef8.cloudfront.net", "Z2FDTNDATAQYW2").ipv6();
    zone.alias(&stack, "example.com", target);
    zone.cname(&stack, "mail.example.com", "mail.provider.example");
    zone.txt(&stack, "example.com", ["v=spf1 -all", "site=1"]);
    zone.caa(&stack, ["amazon.com"]);
    let role =
        Role::builder().assumed_by(Principal::service("ec2.amazonaws.com")).build(&stack, "Role");
    zone.grant_change_records(&role);
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_zone_that_exists_is_named_and_not_made() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let zone = DnsZone::builder()
        .domain("example.com")
        .hosted_zone_id("Z0123456789ABCDEFGHIJ")
        .build(&stack, "Zone");
    let web = WebAsg::builder()
        .vpc("vpc-0123456789abcdef0")
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(&stack, "Web");
    let records = zone.alias(&stack, "shop.example.com", &web);
    assert!(zone.handle.is_none() && zone.name_servers().is_none());
    let template = template(&app);
    assert!(!template.contains("AWS::Route53::HostedZone"));
    assert_eq!(records.len(), 1, "a load balancer without IPv6 has an `A` record alone");
    assert!(template.contains("\"EvaluateTargetHealth\": true"));
}

#[test]
fn a_certificate_is_proven_in_the_zone_of_another_region() {
    let app = App::new();
    let dns = Stack::new(&app, "Dns").with_environment(Environment::region("ap-northeast-1"));
    let edge = Stack::new(&app, "Edge").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(&dns, "Zone");
    let certificate = Certificate::builder()
        .domain("example.com")
        .alternative_names(["*.example.com", "www.shop.example.com"])
        .zone(&zone)
        .build(&edge, "Certificate");
    assert_eq!(certificate.metric_days_to_expiry().name, "DaysToExpiry");
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let edge = assembly.stack("Edge").map(|stack| stack.template().to_json_pretty());
    insta::assert_snapshot!(edge.unwrap_or_default(), @r#"
    {
     "Resources": {
      "Certificate4E7ABB08": {
       "Type": "AWS::CertificateManager::Certificate",
       "Properties": {
        "DomainName": "example.com",
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [
         {
          "DomainName": "example.com",
          "HostedZoneId": {
           "Fn::GetStackOutput": {
            "StackName": "Dns",
            "OutputName": "PublishOutputRefZoneA5DE4B68E71B4681",
            "Region": "ap-northeast-1"
           }
          }
         },
         {
          "DomainName": "www.shop.example.com",
          "HostedZoneId": {
           "Fn::GetStackOutput": {
            "StackName": "Dns",
            "OutputName": "PublishOutputRefZoneA5DE4B68E71B4681",
            "Region": "ap-northeast-1"
           }
          }
         }
        ],
        "SubjectAlternativeNames": [
         "*.example.com",
         "www.shop.example.com"
        ]
       }
      }
     }
    }
    "#);
}

#[test]
fn names_that_route_53_does_not_take_are_refused_all_at_once() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "S");
    let zone = DnsZone::builder().domain("example.com").build(&stack, "Zone");
    DnsZone::builder().domain("Shop").build(&stack, "NoDomain");
    let logs = LogGroup::builder().build(&stack, "Logs");
    DnsZone::builder().domain("example.net").query_logs(&logs).build(&stack, "FarAway");
    DnsZone::builder()
        .domain("example.org")
        .hosted_zone_id("Z0123456789ABCDEFGHIJ")
        .query_logs(&logs)
        .build(&stack, "Imported");
    zone.cname(&stack, "example.com", "elsewhere.example");
    zone.txt(&stack, "www", ["a relative name"]);
    zone.txt(&stack, "shop.example.org", ["another zone"]);
    zone.txt(&stack, "bücher.example.com", ["another script"]);
    Certificate::builder()
        .domain("shop.example.org")
        .alternative_names(["notexample.com"])
        .zone(&zone)
        .build(&stack, "Certificate");
    insta::assert_snapshot!(messages(&app.synth()), @"
    error[bad-domain]: `S/NoDomain`: domain: `Shop` is no domain below a top-level one
      --> fc-constructs/tests/it/dns.rs:119:39
      help: write lower-case letters, digits and hyphens between dots, such as `shop.example.com`; letters of other scripts as Punycode, such as `xn--bcher-kva.example`
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    error[query-log-region]: `S/FarAway`: query_logs: Route 53 writes to log groups of us-east-1 alone, and this one is in ap-northeast-1
      --> fc-constructs/tests/it/dns.rs:121:64
      help: make the log group in a stack of us-east-1
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
    error[bad-record]: `S/Imported`: query_logs: the settings of an imported zone are not the app's to change
      --> fc-constructs/tests/it/dns.rs:126:10
      help: leave out `query_logs`, or `hosted_zone_id` for a zone of the app
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
    error[bad-record]: `S/example.com CNAME/Resource`: Name: `example.com` is the top of its zone, where no CNAME may be
      --> fc-constructs/tests/it/dns.rs:127:10
      help: give it an `alias`, or another name
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
    error[not-in-zone]: `S/www TXT`: name: `www` is no name of the zone `example.com`
      --> fc-constructs/tests/it/dns.rs:128:10
      help: write the whole name: `www.example.com`
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html
    error[not-in-zone]: `S/shop.example.org TXT`: name: `shop.example.org` is no name of the zone `example.com`
      --> fc-constructs/tests/it/dns.rs:129:10
      help: give `example.com` or a name that ends in `.example.com`, or take the zone of `shop.example.org`
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html
    error[bad-domain]: `S/bücher.example.com TXT`: name: `bücher` in `bücher.example.com` is no part of a domain
      --> fc-constructs/tests/it/dns.rs:130:10
      help: write lower-case letters, digits and hyphens between dots, such as `shop.example.com`; letters of other scripts as Punycode, such as `xn--bcher-kva.example`
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    error[not-in-zone]: `S/Certificate`: domain: `shop.example.org` is no name of the zone `example.com`
      --> fc-constructs/tests/it/dns.rs:135:10
      help: give `example.com` or a name that ends in `.example.com`, or take the zone of `shop.example.org`
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html
    error[not-in-zone]: `S/Certificate`: alternative_names: `notexample.com` is no name of the zone `example.com`
      --> fc-constructs/tests/it/dns.rs:135:10
      help: give `example.com` or a name that ends in `.example.com`, or take the zone of `notexample.com`
      docs: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html
    ");
}
