use fc_cdk_core::{App, Environment, Stack, Strength, intrinsics};
use fc_constructs::{
    monitoring::Retention,
    network::{
        Access, Egress, NatGateways, Peer, Port, SecurityGroup, Subnets, ThreeTierVpc, TierName,
    },
    security::Key,
};

use crate::{messages, template};

#[test]
fn a_vpc_needs_only_its_block() {
    let app = App::new();
    let stack = Stack::new(&app, "Network");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&stack, "Vpc");
    assert_eq!(vpc.db.access(), Access::Isolated);
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_vpc_with_everything() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "Network");
    let key = Key::builder().build(&stack, "Key");
    ThreeTierVpc::builder()
        .cidr("172.20.0.0/16")
        .zones(["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"])
        .nat_gateways(NatGateways::Single)
        .tier_cidrs([(TierName::Db, ["172.20.250.0/24", "172.20.251.0/24", "172.20.252.0/24"])])
        .ipv6(true)
        .dynamodb_endpoint(true)
        .interface_endpoints(["ssm", "ecr.api"])
        .db_network_acl(true)
        .flow_log_retention(Retention::OneYear)
        .flow_log_key(&key)
        .build(&stack, "Vpc");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn a_vpc_without_extras_has_neither_nat_nor_endpoints_nor_flow_logs() {
    let app = App::new();
    let stack = Stack::new(&app, "Network");
    let vpc = ThreeTierVpc::builder()
        .cidr("10.0.0.0/21")
        .nat_gateways(NatGateways::None)
        .s3_endpoint(false)
        .flow_logs(false)
        .build(&stack, "Vpc");
    assert_eq!(vpc.web.access(), Access::Isolated);
    let template = template(&app);
    for absent in ["NatGateway", "AWS::EC2::EIP", "VPCEndpoint", "FlowLog", "AWS::Logs", "AWS::IAM"]
    {
        assert!(!template.contains(absent), "{absent}");
    }
}

/// The properties of all subnets by logical id, but for the availability zones.
fn subnets(zones: u8) -> Vec<(String, Vec<String>)> {
    let app = App::new();
    let vpc = ThreeTierVpc::builder()
        .cidr("10.0.0.0/16")
        .zones(zones)
        .build(&Stack::new(&app, "S"), "Vpc");
    let tiers = [vpc.public, vpc.web, vpc.was, vpc.db];
    let each = tiers.iter().map(|tier| {
        let ids = tier.subnets.iter().map(|subnet| subnet.logical_id().to_string());
        let named = ids.zip(tier.cidrs()).map(|(id, block)| format!("{id} {block}"));
        (format!("{:?}", tier.access()), named.collect())
    });
    each.collect()
}

#[test]
fn a_further_zone_moves_no_subnet() {
    let (two, four) = (subnets(2), subnets(4));
    for ((_, before), (_, after)) in two.iter().zip(&four) {
        assert_eq!(before[..], after[..2]);
    }
    let blocks: Vec<&str> =
        four.iter().flat_map(|(_, tier)| tier).filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(
        blocks,
        [
            "10.0.0.0/22",
            "10.0.64.0/22",
            "10.0.128.0/22",
            "10.0.192.0/22",
            "10.0.16.0/20",
            "10.0.80.0/20",
            "10.0.144.0/20",
            "10.0.208.0/20",
            "10.0.32.0/20",
            "10.0.96.0/20",
            "10.0.160.0/20",
            "10.0.224.0/20",
            "10.0.4.0/22",
            "10.0.68.0/22",
            "10.0.132.0/22",
            "10.0.196.0/22",
        ]
    );
}

#[test]
fn what_does_not_fit_is_refused_all_at_once() {
    let app = App::new().with_environment(Environment::region("ap-northeast-1"));
    let stack = Stack::new(&app, "S");
    ThreeTierVpc::builder().cidr("10.0.0.0/24").build(&stack, "Small");
    ThreeTierVpc::builder().cidr("10.0.0.0/8").build(&stack, "Large");
    ThreeTierVpc::builder().cidr("10.0.3.0/16").zones(1).build(&stack, "Crooked");
    ThreeTierVpc::builder()
        .cidr("52.0.0.0/16")
        .zones(["us-east-1a", "us-east-1a"])
        .build(&stack, "Public");
    ThreeTierVpc::builder()
        .cidr("10.0.0.0/16")
        .tier_cidrs([
            (TierName::Web, ["10.0.0.0/23", "10.1.0.0/24"]),
            (TierName::Db, ["10.0.4.0/24", "10.0.68.0/24"]),
        ])
        .build(&stack, "Overlapping");
    ThreeTierVpc::builder()
        .cidr("10.0.0.0/16")
        .zones(3)
        .tier_cidrs([(TierName::Web, ["10.0.0/23", "10.0.16.0/29"])])
        .build(&stack, "Wrong");
    ThreeTierVpc::builder()
        .cidr("10.0.0.0/16")
        .connected_networks(["10.0.128.0/20", "192.168.0.0/16", "172.16.0.1/12"])
        .build(&stack, "Connected");
    insta::assert_snapshot!(messages(&app.synth()));
}

#[test]
fn rules_about_addresses_are_part_of_the_group_and_come_once() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let group = SecurityGroup::builder()
        .vpc("vpc-0123456789abcdef0")
        .description("web servers")
        .build(&stack, "Web");
    group
        .allow_from(Peer::anywhere(), Port::HTTPS, "customers")
        .allow_from(Peer::anywhere_ipv6(), Port::HTTPS, "customers")
        .allow_from("0.0.0.0/0", Port::HTTPS, "the same again")
        .allow_from(Peer::prefix_list("pl-58a04531"), Port::HTTP, "CloudFront")
        .allow_from(
            Peer::security_group_id("sg-0123456789abcdef0"),
            Port::ALL_TCP,
            "the old servers",
        )
        .allow_from("10.0.0.0/8", Port::PING, "the office");
    let quiet = SecurityGroup::builder()
        .vpc("vpc-0123456789abcdef0")
        .description("batch jobs")
        .egress(Egress::Restricted)
        .build(&stack, "Quiet");
    assert!(
        quiet
            .handle
            .property("SecurityGroupEgress")
            .is_some_and(|rules| rules.to_json().contains("255.255.255.255"))
    );
    quiet.allow_to("192.0.2.0/24", Port::tcp_range(8000, 8010), "the partner");
    insta::assert_snapshot!(template(&app));
}

#[test]
fn rules_between_groups_are_made_where_no_cycle_of_stacks_comes_of_them() {
    for strength in [Strength::Weak, Strength::Strong] {
        let app = App::new().with_reference_strength(strength);
        let (data, web) = (Stack::new(&app, "Data"), Stack::new(&app, "Web"));
        let group = |stack: &Stack, id: &str, egress: Egress| {
            SecurityGroup::builder()
                .vpc("vpc-0123456789abcdef0")
                .description(id)
                .egress(egress)
                .build(stack, id)
        };
        let database = group(&data, "Database", Egress::Restricted);
        let proxy = group(&data, "Proxy", Egress::All);
        let servers = group(&web, "Servers", Egress::Restricted);
        database.allow_from(&servers, Port::tcp(3306), "MySQL from the servers");
        database.allow_from(&servers, Port::tcp(3306), "the same again");
        proxy.allow_to(&database, Port::tcp(3306), "MySQL from the proxy");
        // The other way round: the rule about the servers' group is theirs too, since they depend on the data.
        servers.allow_from_in(&web, &proxy, Port::HTTPS, "callbacks");
        let assembly = app.synth();
        assert_eq!(messages(&assembly), "");
        assert_eq!(assembly.stack("Data").map(|stack| stack.dependencies().len()), Some(0));
        let rules = |stack: &str| -> Vec<String> {
            let ids =
                assembly.stack(stack).into_iter().flat_map(|stack| stack.template().resource_ids());
            ids.map(ToString::to_string).collect()
        };
        // What the proxy may reach is its own stack's business, what the servers may reach is theirs.
        assert_eq!(
            rules("Data"),
            ["DatabaseB269D8BB", "DatabasefromProxytcp3306922A287C", "ProxyCB0DFB71"]
        );
        assert_eq!(
            rules("Web"),
            [
                "ServersB7178C3E",
                "ServerstoDataDatabasetcp3306B57E6A2B",
                "ServersintoDataDatabasetcp33064453955C",
                "intoServersfromDataProxytcp443",
            ]
        );
    }
}

#[test]
fn rules_of_ports_that_only_aws_knows_are_told_apart() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let group = |id: &str| {
        SecurityGroup::builder()
            .vpc("vpc-0123456789abcdef0")
            .description("group")
            .egress(Egress::Restricted)
            .build(&stack, id)
    };
    let (servers, data) = (group("Servers"), group("Data"));
    for (port, name) in [("MySql", "MySQL"), ("Redis", "Redis"), ("MySql", "MySQL again")] {
        let port = intrinsics::import_value::<String>(port);
        data.allow_from(&servers, Port::tcp_value(port), name);
    }
    let ids: Vec<String> =
        app.synth().stacks()[0].template().resource_ids().map(ToString::to_string).collect();
    insta::assert_snapshot!(ids.join("\n"));
}

#[test]
fn rules_that_ec2_would_refuse_are_reported_with_their_line() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let group = SecurityGroup::builder()
        .vpc("vpc-0123456789abcdef0")
        .description("웹 서버")
        .build(&stack, "Web");
    group
        .allow_from("10.0.0.1/8", Port::HTTPS, "the office")
        .allow_from("10.0.0.0/8", Port::tcp_range(20, 10), "it’s backwards")
        .allow_from("::/0", Port::HTTPS, &"x".repeat(256));
    insta::assert_snapshot!(messages(&app.synth()));
}

#[test]
fn subnets_are_tiers_or_lists_of_ids() {
    let app = App::new();
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").build(&Stack::new(&app, "S"), "Vpc");
    assert_eq!(Subnets::from(&vpc.public).access(), Some(Access::Public));
    assert_eq!(Subnets::from(&vpc.public).ids().len(), 2);
    let imported = Subnets::from(["subnet-1", "subnet-2", "subnet-3"]);
    assert_eq!((imported.ids().len(), imported.access()), (3, None));
}

#[test]
fn each_nat_gateway_has_metrics_of_its_own() {
    let app = App::new();
    let stack = Stack::new(&app, "S");
    let vpc = ThreeTierVpc::builder().cidr("10.0.0.0/16").zones(3).build(&stack, "Vpc");
    let (errors, bytes) = (vpc.metrics_nat_port_errors(), vpc.metrics_nat_bytes_out());
    assert_eq!((errors.len(), bytes.len()), (3, 3));
    assert_eq!(
        (&*errors[0].name, &*bytes[0].name),
        ("ErrorPortAllocation", "BytesOutToDestination")
    );
    assert_ne!(errors[0].dimensions[0].1, errors[1].dimensions[0].1);
}
