//! How many of something a network, zone or security group may have.

use fc_cdk_core::json;

use super::*;

fn quota(code: &'static str, value: u32) -> Answer {
    let operation: &str = Box::leak(format!("GetServiceQuota {code}").into_boxed_str());
    (operation, 200, format!(r#"{{"Quota": {{"Value": {value}.0}}}}"#))
}

/// An app with these resources in one stack.
fn with(resources: Vec<(&'static str, &'static str, Node)>) -> impl Fn() -> App {
    move || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        for (id, type_name, properties) in &resources {
            stack.raw_resource(id, type_name, properties.clone());
        }
        app
    }
}

fn reached(found: Vec<String>) -> Vec<String> {
    let is_reached = |it: &String| it.starts_with("quota-reached");
    let own = found.into_iter().filter(is_reached);
    own.map(|it| it.replace("quota-reached : ", "")).collect()
}

#[test]
fn subnets_of_a_vpc_that_is_there() {
    let subnet = |range: &str| json!({ "VpcId": "vpc-00000001", "CidrBlock": range });
    let app = with(vec![
        ("One", "AWS::EC2::Subnet", subnet("10.0.1.0/24")),
        ("Two", "AWS::EC2::Subnet", subnet("10.0.2.0/24")),
    ]);
    let there = ok(
        "DescribeSubnets Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-00000001",
        "<R><subnetSet><item><subnetId>subnet-00000001</subnetId></item></subnetSet></R>",
    );
    let check =
        |most| reached(findings_of(&app, &[], vec![quota("L-407747CB", most), there.clone()]));
    assert_eq!(check(3), [""; 0]);
    assert_eq!(
        check(2),
        ["the VPC `vpc-00000001` may have 2 subnets; it has 1, and 2 more would be made"]
    );
}

#[test]
fn what_a_new_vpc_gets_is_counted_by_itself() {
    let of = |id: &str| json!({ "VpcId": { "Ref": id } });
    let endpoint = |kind: &str| json!({ "VpcId": { "Ref": "A" }, "ServiceName": "com.amazonaws.ap-northeast-1.s3", "VpcEndpointType": kind });
    let app = with(vec![
        ("A", "AWS::EC2::VPC", json!({ "CidrBlock": "10.0.0.0/16" })),
        ("B", "AWS::EC2::VPC", json!({ "CidrBlock": "10.1.0.0/16" })),
        ("Table1", "AWS::EC2::RouteTable", of("A")),
        ("Table2", "AWS::EC2::RouteTable", of("A")),
        ("Table3", "AWS::EC2::RouteTable", of("B")),
        ("Endpoint1", "AWS::EC2::VPCEndpoint", endpoint("Interface")),
        ("Endpoint2", "AWS::EC2::VPCEndpoint", endpoint("Gateway")),
    ]);
    let check = |tables, endpoints| {
        let answers = vec![quota("L-589F43AA", tables), quota("L-29B6F2EB", endpoints)];
        reached(findings_of(&app, &[], answers))
    };
    // The main table is there, too.
    assert_eq!(check(3, 1), [""; 0]);
    assert_eq!(
        check(2, 0),
        [
            "the VPC `A` may have 2 route tables; it has 1, and 2 more would be made",
            "the VPC `A` may have 0 interface endpoints; 1 would be made",
        ]
    );
}

#[test]
fn a_vpc_that_only_a_deploy_knows_is_left_out() {
    let app = with(vec![(
        "One",
        "AWS::EC2::Subnet",
        json!({ "VpcId": { "Fn::ImportValue": "vpc" }, "CidrBlock": "10.0.1.0/24" }),
    )]);
    let run = run(app, &[], vec![quota("L-407747CB", 0)]);
    assert!(!run.err.contains("quota-reached"), "{}", run.err);
}

#[test]
fn gateways_of_a_zone() {
    let gateway = |subnet: Node| json!({ "SubnetId": subnet, "ConnectivityType": "private" });
    let subnet = |zone: &str, range: &str| json!({ "VpcId": "vpc-00000001", "AvailabilityZone": zone, "CidrBlock": range });
    let app = with(vec![
        ("A", "AWS::EC2::Subnet", subnet("ap-northeast-1a", "10.0.1.0/24")),
        ("B", "AWS::EC2::Subnet", subnet("ap-northeast-1c", "10.0.2.0/24")),
        ("InA", "AWS::EC2::NatGateway", gateway(json!({ "Ref": "A" }))),
        ("InB", "AWS::EC2::NatGateway", gateway(json!({ "Ref": "B" }))),
        ("There", "AWS::EC2::NatGateway", gateway(json!("subnet-00000002"))),
    ]);
    let gateways = || {
        ok(
            "DescribeNatGateways Filter.1.Value.3=deleting",
            "<R><natGatewaySet><item><subnetId>subnet-00000001</subnetId></item></natGatewaySet></R>",
        )
    };
    let zone = |id: &str| {
        format!(
            "<item><subnetId>{id}</subnetId><availabilityZone>ap-northeast-1a</availabilityZone><vpcId>vpc-00000001</vpcId></item>"
        )
    };
    let zones = || {
        let all = [zone("subnet-00000001"), zone("subnet-00000002")].concat();
        ok(
            "DescribeSubnets Filter.1.Name=subnet-id",
            format!("<R><subnetSet>{all}</subnetSet></R>"),
        )
    };
    let check = |most| {
        let answers = vec![quota("L-FE5A380F", most), gateways(), zones()];
        reached(findings_of(&app, &[], answers))
    };
    assert_eq!(check(3), [""; 0]);
    assert_eq!(
        check(2),
        ["the zone ap-northeast-1a may have 2 NAT gateways; it has 1, and 2 more would be made"]
    );
}

#[test]
fn rules_of_a_security_group_by_direction_and_version() {
    let rule = |port: u16, source: &str, value: Node| {
        let mut rule = json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port });
        rule.as_map_mut().unwrap().insert(source, value);
        rule
    };
    let single = |port: u16, source: &str, value: Node| {
        let mut rule = rule(port, source, value);
        rule.as_map_mut().unwrap().insert("GroupId", json!({ "Ref": "Group" }));
        rule
    };
    let group = json!({
        "GroupDescription": "web", "VpcId": "vpc-00000001",
        "SecurityGroupIngress": [
            rule(80, "CidrIp", json!("10.0.0.0/8")),
            rule(81, "CidrIpv6", json!("fd00::/8")),
            rule(82, "SourceSecurityGroupId", json!({ "Fn::ImportValue": "sg" })),
            rule(83, "SourcePrefixListId", json!("pl-00000001")),
        ]
    });
    let app = with(vec![
        ("Group", "AWS::EC2::SecurityGroup", group),
        ("More", "AWS::EC2::SecurityGroupIngress", single(84, "CidrIp", json!("10.0.0.0/8"))),
    ]);
    let check = |most| reached(findings_of(&app, &[], vec![quota("L-0EA8095F", most)]));
    assert_eq!(check(3), [""; 0]);
    let four = |most| {
        format!("the security group `Group` may have {most} inbound rules of IPv4; 3 would be made")
    };
    assert_eq!(check(2), [four(2)]);
    assert_eq!(
        check(1),
        [
            four(1),
            "the security group `Group` may have 1 inbound rules of IPv6; 2 would be made"
                .to_owned(),
        ]
    );
    // All that goes out goes by one rule.
    assert_eq!(check(0).len(), 3, "{:?}", check(0));
}

#[test]
fn rules_for_a_security_group_that_is_there() {
    let rule = json!({ "GroupId": "sg-00000001", "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8" });
    let app = with(vec![("Rule", "AWS::EC2::SecurityGroupEgress", rule)]);
    let item = |out: bool, source: &str| format!("<item><isEgress>{out}</isEgress>{source}</item>");
    let four = "<cidrIpv4>10.1.0.0/16</cidrIpv4>";
    let items = [
        item(true, four),
        item(false, four),
        item(true, "<cidrIpv6>fd00::/8</cidrIpv6>"),
        item(true, "<referencedGroupInfo><groupId>sg-00000002</groupId></referencedGroupInfo>"),
    ];
    let check = |most| {
        let rules =
            format!("<R><securityGroupRuleSet>{}</securityGroupRuleSet></R>", items.concat());
        let rules = ok("DescribeSecurityGroupRules Filter.1.Value.1=sg-00000001", rules);
        reached(findings_of(&app, &[], vec![quota("L-0EA8095F", most), rules]))
    };
    assert_eq!(check(3), [""; 0]);
    assert_eq!(
        check(2),
        [
            "the security group `sg-00000001` may have 2 outbound rules of IPv4; it has 2, and 1 more would be made"
        ]
    );
}
