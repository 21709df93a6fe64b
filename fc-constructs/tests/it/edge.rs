use fc_cdk_core::{App, Environment, Stack};
use fc_constructs::{
    compute::WebAsg,
    edge::{ManagedRules, WebAcl, WebAclScope},
    monitoring::Retention,
    security::Key,
};

use crate::{messages, template};

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

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
      --> fc-constructs/tests/it/edge.rs:92:10
      help: make it in a stack with `Environment::region("us-east-1")`; stacks of other regions can refer to it
    error[bad-web-acl]: `S/List`: allow_addresses: `10.0.0.1` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:92:10
      help: write `10.0.0.1/32`
    error[bad-web-acl]: `S/List`: allow_addresses: `10.0.0.1/8` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:92:10
      help: write `10.0.0.0/8`, whose first address it is
    error[bad-web-acl]: `S/List`: allow_addresses: `0.0.0.0/0` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:92:10
      help: leave it out: `/0` is every address
    error[bad-web-acl]: `S/List`: deny_addresses: `2001:db8::1` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:92:10
      help: write `2001:db8::1/128`
    error[bad-web-acl]: `S/List`: deny_addresses: `2001:db8::/129` is no block of addresses that WAF takes
      --> fc-constructs/tests/it/edge.rs:92:10
      help: write a block such as `2001:db8::/32`
    error[bad-web-acl]: `S/List`: managed_rules: the group `AWSManagedRulesCommonRuleSet` is given twice
      --> fc-constructs/tests/it/edge.rs:92:10
      help: give it once, with all its settings
    error[edge-region]: `S/List/Web`: ResourceArn: the list is of scope `CloudFront`, and distributions name it themselves
      --> fc-constructs/tests/it/edge.rs:92:10
      note: made inside the construct here (fc-constructs/tests/it/edge.rs:93:10)
      help: give it to the distribution's `web_acl`, or make another one of scope `Regional`
    error[edge-region]: `S/Regional/Web`: ResourceArn: the resource is in eu-west-1, and the list in ap-northeast-1
      --> fc-constructs/tests/it/edge.rs:95:68
      note: made inside the construct here (fc-constructs/tests/it/edge.rs:96:14)
      help: make a list in a stack of eu-west-1
    error[illegal-value]: `S/List/Resource`: Rules.2.Statement.GeoMatchStatement.CountryCodes.0: `Narnia` is not an allowed value
      --> fc-constructs/tests/it/edge.rs:92:10
      help: one of 250 values, such as `AD`, `AE`, `AF`
    error[illegal-value]: `S/List/Resource`: Rules.2.Statement.GeoMatchStatement.CountryCodes.1: `kp` is not an allowed value
      --> fc-constructs/tests/it/edge.rs:92:10
      help: did you mean `KP`?
    error[illegal-value]: `S/List/Resource`: Rules.3.Statement.RateBasedStatement.Limit: 9 is not allowed
      --> fc-constructs/tests/it/edge.rs:92:10
      help: 10 to 2000000000 is allowed
    "#);
}
