//! [`SecurityGroup`]: who may talk to a resource, and to whom it may talk.

use fc_cdk_aws::{ec2, ids::ec2::VpcId};
use fc_cdk_core::{Diagnostic, IntoValue, Map, Node, Scope, SourceLocation, Value, json};

use super::{Peer, Port, codes, needs, peer::Kind};
use crate::{builder::construct, handle::stands_for};

/// The traffic that a security group lets out before any rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Egress {
    /// Everything, to everywhere, by IPv4 and IPv6.
    All,
    /// Nothing but what `allow_to` and the peers' `allow_from` add.
    Restricted,
}

/// A firewall around network interfaces: nothing comes in but what is allowed.
///
/// Makes one `AWS::EC2::SecurityGroup`. Rules about addresses and prefix lists are part of it; a rule between two groups is a resource of its
/// own (`AWS::EC2::SecurityGroupIngress`, and `AWS::EC2::SecurityGroupEgress` where the other side is restricted), so that two groups can
/// name each other. It is made where it closes no cycle of stacks: in the stack of the peer, which depends on what it talks to.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::network::{Port, SecurityGroup};
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// # let vpc = "vpc-0123456789abcdef0";
/// let servers = SecurityGroup::builder().vpc(vpc).description("servers of the shop").build(&stack, "Servers");
/// let database = SecurityGroup::builder().vpc(vpc).description("database of the shop").build(&stack, "Database");
/// database.allow_from(&servers, Port::tcp(3306), "MySQL from the servers");
/// servers.allow_from("192.0.2.0/24", Port::HTTPS, "the office");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>.
#[derive(Clone)]
pub struct SecurityGroup {
    /// The group itself, for everything that has no setting here.
    pub handle: ec2::SecurityGroupHandle,
    scope: Scope,
    egress: Egress,
}

construct! {
    SecurityGroup, SecurityGroupBuilder, SecurityGroupOptions {
        required {
            /// The VPC. Another one replaces the group.
            vpc: IntoValue<VpcId>,
            /// What the group is for, up to 255 characters. Another one replaces the group.
            description: Into<String>,
        }
        optional {
            /// What is let out before any rule. Default: everything, since most resources talk to AWS services whose addresses change.
            egress: Into<Egress> = Egress::All,
        }
    }
}

/// What EC2 makes of an empty list of egress rules is "everything", so a group that lets nothing out has a rule that lets out nothing: a
/// message type that does not exist to an address that does not.
fn nothing() -> Node {
    json!({
        "CidrIp": "255.255.255.255/32",
        "Description": "no traffic",
        "FromPort": 252,
        "IpProtocol": "icmp",
        "ToPort": 86,
    })
}

impl SecurityGroup {
    fn create(
        scope: &Scope,
        vpc: Value<VpcId>,
        description: String,
        options: SecurityGroupOptions,
    ) -> SecurityGroup {
        check_description(scope, &description, "GroupDescription", None);
        let egress = match options.egress {
            Egress::All => vec![
                json!({ "CidrIp": "0.0.0.0/0", "Description": "all traffic", "IpProtocol": "-1" }),
                json!({ "CidrIpv6": "::/0", "Description": "all traffic", "IpProtocol": "-1" }),
            ],
            Egress::Restricted => vec![nothing()],
        };
        let handle = ec2::SecurityGroup::new()
            .group_description(description)
            .raw("SecurityGroupEgress", Node::List(egress))
            .vpc_id(vpc)
            .build(scope, "Resource");
        SecurityGroup { handle, scope: scope.clone(), egress: options.egress }
    }

    /// Lets a peer in, and says why. A peer that is a restricted group is let out to here too. The same rule twice is one rule.
    ///
    /// A rule between groups of two stacks is made in the peer's stack: the client depends on the server, as it does when it reads the
    /// server's address. Where your stacks depend on each other the other way round, use [`allow_from_in`](Self::allow_from_in).
    #[track_caller]
    pub fn allow_from(&self, peer: impl Into<Peer>, port: Port, why: &str) -> &SecurityGroup {
        let peer = peer.into();
        match &peer.0 {
            Kind::Group(group) => {
                let other_stack = stack_path(&group.scope) != stack_path(&self.scope);
                let scope = if other_stack { &group.scope } else { &self.scope };
                group.add_egress(&group.scope, &Peer::from(self), &port, why);
                self.add_ingress(scope, &peer, &port, why);
            }
            _ => self.add_ingress(&self.scope, &peer, &port, why),
        }
        self
    }

    /// Lets a peer in by rules that are made in a scope of your choice: for stacks that depend on each other the other way round
    /// than [`allow_from`](Self::allow_from) takes it.
    #[track_caller]
    pub fn allow_from_in(
        &self,
        scope: &Scope,
        peer: impl Into<Peer>,
        port: Port,
        why: &str,
    ) -> &SecurityGroup {
        let peer = peer.into();
        if let Kind::Group(group) = &peer.0 {
            group.add_egress(scope, &Peer::from(self), &port, why);
        }
        self.add_ingress(scope, &peer, &port, why);
        self
    }

    /// Lets traffic out to a peer, and says why. A peer that is a group lets it in. Where the group lets everything out, only the peer's
    /// side has to be made.
    #[track_caller]
    pub fn allow_to(&self, peer: impl Into<Peer>, port: Port, why: &str) -> &SecurityGroup {
        let peer = peer.into();
        if let Kind::Group(group) = &peer.0 {
            group.allow_from(self, port, why);
        } else {
            self.add_egress(&self.scope, &peer, &port, why);
        }
        self
    }

    #[track_caller]
    fn add_ingress(&self, scope: &Scope, peer: &Peer, port: &Port, why: &str) {
        let rule = self.rule(peer, port, why, true);
        let own = scope.path() == self.scope.path();
        if own && peer.is_addresses() {
            return self.add_inline("SecurityGroupIngress", rule);
        }
        let peer_is_here =
            matches!(&peer.0, Kind::Group(group) if group.scope.path() == scope.path());
        let id = match (own, peer_is_here) {
            (true, _) => format!("from {}:{port}", peer_name(peer, scope)),
            (false, true) => format!("into {}:{port}", relative_path(&self.scope, scope)),
            (false, false) => {
                let (group, peer) = (relative_path(&self.scope, scope), peer_name(peer, scope));
                format!("into {group} from {peer}:{port}")
            }
        };
        if let Some(id) = free_id(scope, id, &rule) {
            let ingress = ec2::SecurityGroupIngress::new()
                .ip_protocol(port.protocol())
                .group_id(&self.handle);
            let ingress =
                rule.into_iter().fold(ingress, |ingress, (key, value)| ingress.raw(&key, value));
            ingress.build(scope, &id);
        }
    }

    #[track_caller]
    fn add_egress(&self, scope: &Scope, peer: &Peer, port: &Port, why: &str) {
        if self.egress == Egress::All {
            return;
        }
        let rule = self.rule(peer, port, why, false);
        if peer.is_addresses() {
            return self.add_inline("SecurityGroupEgress", rule);
        }
        let to = peer_name(peer, scope);
        let id = if scope.path() == self.scope.path() {
            format!("to {to}:{port}")
        } else {
            format!("from {} to {to}:{port}", relative_path(&self.scope, scope))
        };
        if let Some(id) = free_id(scope, id, &rule) {
            let egress =
                ec2::SecurityGroupEgress::new().ip_protocol(port.protocol()).group_id(&self.handle);
            let egress =
                rule.into_iter().fold(egress, |egress, (key, value)| egress.raw(&key, value));
            egress.build(scope, &id);
        }
    }

    /// What a rule says, whichever side it is on.
    #[track_caller]
    fn rule(&self, peer: &Peer, port: &Port, why: &str, source: bool) -> Map {
        let location = SourceLocation::caller();
        check_description(&self.scope, why, "Description", Some(location));
        let report = |mut diagnostic: Diagnostic| {
            diagnostic.location = Some(location);
            self.scope.report(diagnostic);
        };
        if let Err(error) = peer.check() {
            report(Diagnostic::error(codes::BAD_CIDR, error.to_string()).help(error.help()));
        }
        if port.is_reversed() {
            let message = format!("the ports of `{port}` are in the wrong order");
            report(Diagnostic::error(codes::BAD_PORT, message).help("give the lower port first"));
        }
        let mut rule = Map::with_capacity(6);
        let (key, value) = peer.property(source);
        rule.push(key, value);
        rule.push("Description", why);
        if !port.from_port().node().is_null() {
            rule.push("FromPort", port.from_port());
        }
        rule.push("IpProtocol", port.protocol());
        if !port.to_port().node().is_null() {
            rule.push("ToPort", port.to_port());
        }
        rule
    }

    fn add_inline(&self, property: &str, rule: Map) {
        let rule = Node::Map(rule);
        self.handle.update_property(property, |rules| {
            let mut rules = if let Node::List(rules) = rules { rules } else { Vec::new() };
            let same = |other: &Node| IDENTITY.iter().all(|key| rule.get(key) == other.get(key));
            if !rules.iter().any(same) {
                rules.retain(|rule| *rule != nothing());
                rules.push(rule);
            }
            Node::List(rules)
        });
    }
}

stands_for!(SecurityGroup.handle: ec2::SecurityGroupHandle);

/// What tells one rule from another; the description does not.
const IDENTITY: [&str; 9] = [
    "CidrIp",
    "CidrIpv6",
    "SourcePrefixListId",
    "DestinationPrefixListId",
    "SourceSecurityGroupId",
    "DestinationSecurityGroupId",
    "IpProtocol",
    "FromPort",
    "ToPort",
];

/// The id for a rule that is a resource: the one that was thought of, or with a number where another rule has that. None where the same
/// rule is there already.
fn free_id(scope: &Scope, id: String, rule: &Map) -> Option<String> {
    let mut free = id.clone();
    for count in 2.. {
        let Some(other) = scope.find(&free.replace('/', "--")) else { break };
        let other = other.as_resource();
        let property = |key| other.as_ref().and_then(|other| other.property(key));
        if IDENTITY.iter().all(|key| rule.get(key).cloned() == property(key)) {
            return None;
        }
        free = format!("{id} {count}");
    }
    Some(free)
}

fn stack_path(scope: &Scope) -> Option<String> {
    scope.stack().map(|stack| stack.path().to_string())
}

/// The path below the stack, with the stack's id before it where it is another than that of `from`.
fn relative_path(scope: &Scope, from: &Scope) -> String {
    let Some(stack) = scope.stack() else { return scope.path().to_string() };
    let path = scope.path();
    let below = path.strip_prefix(stack.path().as_str()).unwrap_or(&path).trim_start_matches('/');
    if stack_path(from).as_deref() == Some(stack.path().as_str()) {
        below.to_owned()
    } else {
        format!("{}/{below}", stack.id())
    }
}

fn peer_name(peer: &Peer, from: &Scope) -> String {
    match &peer.0 {
        Kind::Group(group) => relative_path(&group.scope, from),
        Kind::GroupId(id) => match id.node() {
            Node::Str(id) => id.to_string(),
            _ => "group".into(),
        },
        Kind::Ipv4(value) | Kind::Ipv6(value) => value.as_literal().unwrap_or("block").to_owned(),
        Kind::PrefixList(id) => id.node().as_str().unwrap_or("prefix list").to_owned(),
    }
}

/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html>.
pub(crate) fn check_description(
    scope: &Scope,
    text: &str,
    property: &str,
    location: Option<SourceLocation>,
) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    let message = if let Some(letter) = text.chars().find(|&c| !allowed(c)) {
        format!("EC2 takes no {letter:?} in the description `{text}`")
    } else if text.chars().count() > 255 {
        format!("the description has {} characters, and EC2 takes 255", text.chars().count())
    } else {
        return;
    };
    let mut diagnostic = Diagnostic::error(codes::BAD_DESCRIPTION, message)
        .property(property)
        .help("use ASCII letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, at most 255 of them");
    diagnostic.location = location;
    scope.report(diagnostic);
}
