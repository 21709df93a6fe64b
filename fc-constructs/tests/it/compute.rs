use std::time::Duration;

use fc_cdk_core::{App, Environment, Parameter, Stack, sub};
use fc_constructs::{
    compute::{Schedule, UserData, WebAsg},
    dns::DnsZone,
    messaging::Topic,
    network::{NatGateways, Peer, Port, SecurityGroup, ThreeTierVpc},
    security::{Certificate, Key},
    storage::Bucket,
};

use crate::{messages, template};

const VPC: &str = "vpc-0123456789abcdef0";
const SUBNETS: [&str; 2] = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

#[test]
fn servers_need_only_a_network() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    WebAsg::builder().vpc(VPC).subnets(SUBNETS).load_balancer_subnets(SUBNETS).build(&stack, "Web");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn servers_with_everything() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let vpc = ThreeTierVpc::builder()
        .cidr("10.0.0.0/16")
        .nat_gateways(NatGateways::Single)
        .flow_logs(false)
        .build(&stack, "Vpc");
    let logs = Bucket::builder().build(&stack, "Logs");
    let topic = Topic::builder().build(&stack, "Alarms");
    let web = WebAsg::builder()
        .vpc(&vpc)
        .subnets(&vpc.web)
        .load_balancer_subnets(&vpc.public)
        .internet_facing(true)
        .certificate("arn:aws:acm:ap-northeast-1:111122223333:certificate/12345678-1234-1234-1234-123456789012")
        .port(8080)
        .health_check_path("/healthz")
        .min_capacity(2)
        .max_capacity(3)
        .desired_capacity(2)
        .instance_type("m7i.large")
        .user_data(UserData::nginx_proxy(8080, sub!("http://internal.{AWS::Region}.example.com")).codedeploy_agent())
        .signal_timeout(Duration::from_secs(90))
        .cpu_target(50)
        .memory_target(70)
        .requests_target(1000)
        .notifications(&topic)
        .access_logs(&logs)
        .deletion_protection(false)
        .build(&stack, "Web");
    web.schedule(
        "Evening",
        Schedule::cron("0 18 * * *").time_zone("Asia/Tokyo").min_capacity(4).max_capacity(8),
    );
    web.add_command("echo ready");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_group_of_fixed_size_has_nothing_to_scale_and_leaves_room_for_updates() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .min_capacity(2)
        .max_capacity(2)
        .signals(false)
        .build(&stack, "Web");
    assert!(web.scaling_policies.is_empty());
    let template = template(&app);
    assert!(template.contains("\"MinInstancesInService\": 1"));
    assert!(!template.contains("CreationPolicy") && !template.contains("cfn-signal"));
}

#[test]
fn tiers_talk_to_each_other_across_stacks() {
    let app = App::new();
    let network = Stack::new(&app, "Network");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&network, "Vpc");
    let (was_stack, web_stack) = (Stack::new(&app, "Was"), Stack::new(&app, "Web"));
    let was = WebAsg::builder()
        .vpc(&vpc)
        .subnets(&vpc.was)
        .load_balancer_subnets(&vpc.was)
        .build(&was_stack, "Was");
    let web = WebAsg::builder()
        .vpc(&vpc)
        .subnets(&vpc.web)
        .load_balancer_subnets(&vpc.public)
        .internet_facing(true)
        .open(false)
        .user_data(UserData::nginx_proxy(80, was.url()))
        .build(&web_stack, "Web");
    web_stack
        .allow("plain-http", "visitors speak HTTPS with CloudFront, the only one that is let in");
    was.allow_from(&web, "the web servers");
    web.allow_from(Peer::prefix_list("pl-58a04531"), "CloudFront");
    let database =
        SecurityGroup::builder().vpc(&vpc).description("database").build(&network, "Database");
    database.allow_from(&was, Port::tcp(3306), "MySQL from the servers");
    let assembly = app.synth();
    assert_eq!(messages(&assembly), "");
    let dependencies =
        |stack: &str| assembly.stack(stack).map(|stack| stack.dependencies().to_vec());
    assert_eq!(dependencies("Network"), Some(vec![]));
    assert_eq!(dependencies("Was"), Some(vec!["Network".into()]));
    assert_eq!(dependencies("Web"), Some(vec!["Network".into(), "Was".into()]));
    let web =
        assembly.stack("Web").map(|stack| stack.template().to_json_pretty()).unwrap_or_default();
    assert!(!web.contains("0.0.0.0/0\",\n      \"Description\": \"everyone\""));
}

#[test]
fn what_cannot_work_is_refused_all_at_once() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&stack, "Vpc");
    let key = Key::builder().build(&stack, "Key");
    let logs = Bucket::builder().encryption_key(key).build(&stack, "Logs");
    let size = Parameter::<String>::new(&stack, "Size");
    let web = WebAsg::builder()
        .vpc(&vpc)
        .subnets(&vpc.public)
        .load_balancer_subnets(&vpc.web)
        .internet_facing(true)
        .certificate(
            "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
        )
        .min_capacity(5)
        .max_capacity(3)
        .desired_capacity(4)
        .instance_type(&size)
        .cpu_target(100)
        .requests_target(0)
        .access_logs(logs)
        .user_data(UserData::new().command("x".repeat(16_384)))
        .build(&stack, "Web");
    web.schedule("Nightly", Schedule::cron("@daily").min_capacity(3).max_capacity(2));
    web.schedule("Nothing", Schedule::cron("0 0 * * *"));
    WebAsg::builder()
        .vpc(VPC)
        .subnets(Vec::<&str>::new())
        .load_balancer_subnets(["subnet-0123456789abcdef0"])
        .min_capacity(-1)
        .max_capacity(0)
        .desired_capacity(-2)
        .build(&stack, "Nowhere");
    insta::assert_snapshot!(messages(&app.synth()));
}

/// The logical ids and types of all resources of servers with or without HTTPS.
fn resources(https: bool) -> Vec<String> {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Shop");
    let zone = DnsZone::builder().domain("example.com").build(&stack, "Zone");
    let mut web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .internet_facing(true)
        .open(false);
    if https {
        let certificate =
            Certificate::builder().domain("example.com").zone(&zone).build(&stack, "Certificate");
        web = web.certificate(&certificate);
    }
    let web = web.build(&stack, "Web");
    web.allow_from("192.0.2.0/24", "the office");
    let assembly = app.synth();
    assembly.stacks()[0].template().resource_ids().map(ToString::to_string).collect()
}

#[test]
fn https_adds_a_listener_and_leaves_every_id_as_it_was() {
    let (before, after) = (resources(false), resources(true));
    for id in &before {
        assert!(after.contains(id), "{id}");
    }
    let added: Vec<&String> = after.iter().filter(|id| !before.contains(id)).collect();
    assert_eq!(added, ["Certificate4E7ABB08", "WebListener443AEF8FE02"]);
}

#[test]
fn a_certificate_of_another_region_is_refused_by_whatever_way_it_comes() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop").with_environment(Environment::region("ap-northeast-1"));
    let edge = Stack::new(&app, "Edge").with_environment(Environment::region("us-east-1"));
    let zone = DnsZone::builder().domain("example.com").build(&stack, "Zone");
    let certificate =
        Certificate::builder().domain("example.com").zone(&zone).build(&edge, "Certificate");
    WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .certificate(&certificate)
        .build(&stack, "Web");
    let messages = messages(&app.synth());
    assert!(
        messages.contains(
            "the certificate is of us-east-1, and the load balancer is in ap-northeast-1"
        ),
        "{messages}"
    );
}

#[test]
fn metrics_name_the_group_and_the_load_balancer() {
    let app = App::new();
    let stack = Stack::new(&app, "Shop");
    let web = WebAsg::builder()
        .vpc(VPC)
        .subnets(SUBNETS)
        .load_balancer_subnets(SUBNETS)
        .build(&stack, "Web");
    let metrics = [
        web.metric_cpu(),
        web.metric_memory(),
        web.metric_disk(),
        web.metric_servers(),
        web.metric_requests(),
        web.metric_response_time(),
        web.metric_server_errors(),
        web.metric_load_balancer_errors(),
        web.metric_unhealthy_servers(),
    ];
    let described: Vec<String> = metrics
        .iter()
        .map(|metric| {
            let dimensions: Vec<&str> =
                metric.dimensions.iter().map(|(name, _)| name.as_str()).collect();
            format!(
                "{} {} {} by {}",
                metric.namespace,
                metric.name,
                metric.statistic.name(),
                dimensions.join(", ")
            )
        })
        .collect();
    insta::assert_snapshot!(described.join("\n"), @"
    AWS/EC2 CPUUtilization Average by AutoScalingGroupName
    CWAgent mem_used_percent Average by AutoScalingGroupName
    CWAgent disk_used_percent Average by AutoScalingGroupName
    AWS/AutoScaling GroupInServiceInstances Average by AutoScalingGroupName
    AWS/ApplicationELB RequestCount Sum by LoadBalancer, TargetGroup
    AWS/ApplicationELB TargetResponseTime Average by LoadBalancer, TargetGroup
    AWS/ApplicationELB HTTPCode_Target_5XX_Count Sum by LoadBalancer, TargetGroup
    AWS/ApplicationELB HTTPCode_ELB_5XX_Count Sum by LoadBalancer
    AWS/ApplicationELB UnHealthyHostCount Maximum by LoadBalancer, TargetGroup
    ");
}
