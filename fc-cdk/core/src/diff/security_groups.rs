//! Rules of security groups that come and go, wherever in the template they are written.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{
    model::{Change, RuleChange},
    renames::Renames,
    text::{canonical, is_unset, show},
};
use crate::{
    node::{Map, Node},
    template::Template,
};

/// The rules that come and go between two templates.
pub(super) fn compare(old: &Template, new: &Template, renames: &Renames) -> Vec<RuleChange> {
    let before = collect(old, Change::Removed, &|id| renames.new_id(id).cloned());
    let after = collect(new, Change::Added, &|_| None);
    let same = |a: &RuleChange, b: &RuleChange| RuleChange { change: a.change, ..b.clone() } == *a;
    let gone = before.iter().filter(|rule| !after.iter().any(|other| same(rule, other)));
    let come = after.iter().filter(|rule| !before.iter().any(|other| same(rule, other)));
    let mut changes: Vec<RuleChange> = gone.cloned().collect();
    changes.extend(come.map(|rule| RuleChange {
        broadens: !before.iter().any(|other| includes(other, rule)),
        ..rule.clone()
    }));
    changes.sort_by(|a, b| {
        let key = |rule: &RuleChange| (rule.group.clone(), !rule.ingress, rule.change);
        key(a).cmp(&key(b)).then_with(|| a.cmp(b))
    });
    changes
}

/// Whether a rule lets everything through that another one does.
fn includes(wide: &RuleChange, narrow: &RuleChange) -> bool {
    let range = |ports: &str| -> Option<(u32, u32)> {
        let (low, high) = ports.split_once('-').unwrap_or((ports, ports));
        Some((low.parse().ok()?, high.parse().ok()?))
    };
    let ports = wide.ports == "all"
        || wide.ports == narrow.ports
        || matches!((range(&wide.ports), range(&narrow.ports)), (Some((a, b)), Some((c, d))) if a <= c && d <= b);
    let is_v6 = |peer: &str| peer.contains(':');
    let peers = wide.peer == narrow.peer
        || (wide.peer == "0.0.0.0/0"
            && narrow.peer.contains('.')
            && narrow.peer.contains('/')
            && !is_v6(&narrow.peer))
        || (wide.peer == "::/0" && is_v6(&narrow.peer));
    wide.group == narrow.group
        && wide.ingress == narrow.ingress
        && (wide.protocol == "all" || wide.protocol == narrow.protocol && ports)
        && peers
}

fn collect(
    template: &Template,
    change: Change,
    renamed: &dyn Fn(&str) -> Option<SmolStr>,
) -> BTreeSet<RuleChange> {
    let mut rules = BTreeSet::new();
    let text = |node: &Node| show(&canonical(node, renamed));
    let mut with_own_egress: Vec<String> = Vec::new();
    for resource in template.resources() {
        let ingress = match resource.type_name() {
            "AWS::EC2::SecurityGroupIngress" => true,
            "AWS::EC2::SecurityGroupEgress" => false,
            _ => continue,
        };
        let Some(properties) = resource.properties() else { continue };
        let group = properties.get("GroupId").or_else(|| properties.get("GroupName"));
        let group =
            group.map_or_else(|| resource.logical_id().to_string(), |node| name(&text(node)));
        if !ingress {
            with_own_egress.push(group.clone());
        }
        rules.insert(rule(properties, group, ingress, change, &text));
    }
    for resource in template.resources() {
        if resource.type_name() != "AWS::EC2::SecurityGroup" {
            continue;
        }
        let id = resource.logical_id();
        let group = renamed(id).unwrap_or_else(|| id.clone()).to_string();
        let properties = resource.properties();
        for (key, ingress) in [("SecurityGroupIngress", true), ("SecurityGroupEgress", false)] {
            let list = properties.and_then(|properties| properties.get(key));
            let items = list.filter(|node| !is_unset(node)).map_or(&[][..], Node::as_items);
            for item in items.iter().filter(|item| !is_unset(item)) {
                rules.insert(match item.as_map().filter(|_| !item.is_deferred()) {
                    Some(map) => rule(map, group.clone(), ingress, change, &text),
                    None => {
                        RuleChange { peer: text(item), ..empty(group.clone(), ingress, change) }
                    }
                });
            }
            // Without a rule of its own, AWS lets everything out.
            if !ingress && items.is_empty() && !with_own_egress.contains(&group) {
                rules.insert(RuleChange {
                    peer: "0.0.0.0/0".to_owned(),
                    world: true,
                    ..empty(group.clone(), ingress, change)
                });
            }
        }
    }
    rules
}

fn empty(group: String, ingress: bool, change: Change) -> RuleChange {
    RuleChange {
        change,
        group,
        ingress,
        protocol: "all".to_owned(),
        ports: "all".to_owned(),
        peer: String::new(),
        description: String::new(),
        broadens: false,
        world: false,
    }
}

fn rule(
    properties: &Map,
    group: String,
    ingress: bool,
    change: Change,
    text: &dyn Fn(&Node) -> String,
) -> RuleChange {
    let get = |key: &str| properties.get(key).filter(|node| !is_unset(node)).map(text);
    let protocol = match get("IpProtocol").unwrap_or_default().to_lowercase().as_str() {
        "-1" | "all" => "all".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "1" => "icmp".to_owned(),
        "58" => "icmpv6".to_owned(),
        other => other.to_owned(),
    };
    let ports = match (protocol.as_str(), get("FromPort"), get("ToPort")) {
        ("all", ..) | (_, None, None) => "all".to_owned(),
        ("icmp" | "icmpv6", Some(kind), _) if kind == "-1" => "all".to_owned(),
        ("icmp" | "icmpv6", Some(kind), _) => format!("type {kind}"),
        (_, Some(from), Some(to)) if from == "0" && to == "65535" => "all".to_owned(),
        (_, Some(from), Some(to)) if from == to => from,
        (_, from, to) => format!("{}-{}", from.unwrap_or_default(), to.unwrap_or_default()),
    };
    let peers = [
        "CidrIp",
        "CidrIpv6",
        "SourceSecurityGroupId",
        "DestinationSecurityGroupId",
        "SourceSecurityGroupName",
        "SourcePrefixListId",
        "DestinationPrefixListId",
    ];
    let peer = peers.into_iter().find_map(&get).map(|peer| name(&peer)).unwrap_or_default();
    let world = matches!(peer.as_str(), "0.0.0.0/0" | "::/0");
    let description = get("Description").unwrap_or_default();
    RuleChange {
        change,
        group,
        ingress,
        protocol,
        ports,
        peer,
        description,
        broadens: false,
        world,
    }
}

/// `Web` for the group that `${Web.GroupId}` or `${Web}` is.
fn name(text: &str) -> String {
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    match inner.filter(|inner| !inner.contains('$')) {
        Some(inner) => inner.strip_suffix(".GroupId").unwrap_or(inner).to_owned(),
        None => text.to_owned(),
    }
}
