use fc_cdk_core::{Node, json};

use super::changes;

/// The rows of the table of rules.
#[track_caller]
fn check(old: Node, new: Node, expected: &str) {
    let lines = changes(old, new);
    let is_rule = |line: &&str| line.contains(" in ") || line.contains(" out ");
    assert_eq!(lines.lines().filter(is_rule).collect::<Vec<_>>().join("\n"), expected);
}

fn group(ingress: Node, egress: Node) -> Node {
    json!({ "Web": { "Type": "AWS::EC2::SecurityGroup", "Properties": {
        "GroupDescription": "web", "SecurityGroupIngress": ingress, "SecurityGroupEgress": egress
    } } })
}

fn tcp(port: i64, cidr: &str) -> Node {
    json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr })
}

fn local() -> Node {
    json!([{ "IpProtocol": "-1", "CidrIp": "10.0.0.0/8" }])
}

#[test]
fn rules_are_a_set() {
    let (http, https) = (|| tcp(80, "0.0.0.0/0"), || tcp(443, "0.0.0.0/0"));
    check(group(json!([http(), https()]), local()), group(json!([https(), http()]), local()), "");
    check(
        group(json!([http()]), local()),
        group(json!([https()]), local()),
        "- Web in tcp 80 0.0.0.0/0\n+ Web in tcp 443 0.0.0.0/0 (broadens)",
    );
}

#[test]
fn a_rule_of_its_own_is_the_same_as_one_in_the_group() {
    let inline = group(json!([tcp(443, "0.0.0.0/0")]), local());
    let mut apart = group(json!([]), local());
    if let Some(map) = apart.as_map_mut() {
        map.insert(
            "Rule",
            json!({ "Type": "AWS::EC2::SecurityGroupIngress", "Properties": {
                "GroupId": { "Fn::GetAtt": ["Web", "GroupId"] }, "IpProtocol": 6, "FromPort": "443", "ToPort": 443, "CidrIp": "0.0.0.0/0"
            } }),
        );
    }
    check(inline, apart, "");
}

#[test]
fn a_narrower_rule_does_not_broaden() {
    let wide =
        json!([{ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1000, "CidrIp": "0.0.0.0/0" }]);
    check(
        group(wide, local()),
        group(json!([tcp(443, "10.0.0.0/8")]), local()),
        "- Web in tcp 1-1000 0.0.0.0/0\n+ Web in tcp 443 10.0.0.0/8",
    );
    let described = |text: &str| {
        let mut rule = tcp(443, "10.0.0.0/8");
        if let Some(map) = rule.as_map_mut() {
            map.insert("Description", text);
        }
        group(json!([rule]), local())
    };
    check(
        described("a"),
        described("b"),
        "- Web in tcp 443 10.0.0.0/8 'a'\n+ Web in tcp 443 10.0.0.0/8 'b'",
    );
}

#[test]
fn without_rules_everything_goes_out() {
    check(
        group(json!([]), local()),
        group(json!([]), json!([])),
        "- Web out all all 10.0.0.0/8\n+ Web out all all 0.0.0.0/0 (broadens)",
    );
    let everything = || json!([{ "IpProtocol": "-1", "CidrIp": "0.0.0.0/0" }]);
    check(group(json!([]), everything()), group(json!([]), json!([])), "");
}

#[test]
fn peers_are_named() {
    let from = |peer: Node| {
        let mut rule = json!({ "IpProtocol": "icmp", "FromPort": 8, "ToPort": -1 });
        if let (Some(rule), Some(peer)) = (rule.as_map_mut(), peer.as_map()) {
            peer.iter().for_each(|(key, value)| drop(rule.insert(key.clone(), value.clone())));
        }
        group(json!([rule]), local())
    };
    check(
        from(json!({ "SourceSecurityGroupId": { "Fn::GetAtt": ["Alb", "GroupId"] } })),
        from(json!({ "SourcePrefixListId": "pl-1" })),
        "- Web in icmp type 8 Alb\n+ Web in icmp type 8 pl-1 (broadens)",
    );
}
