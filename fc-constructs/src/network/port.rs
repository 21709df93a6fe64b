//! [`Port`]: what a rule of a security group lets through.

use std::fmt;

use fc_cdk_core::{IntoValue, Node, Value};

/// A protocol and its ports, as rules of security groups name them.
///
/// ```
/// use fc_constructs::network::Port;
/// assert_eq!(Port::tcp(443).to_string(), "tcp 443");
/// assert_eq!(Port::tcp_range(1024, 65535).to_string(), "tcp 1024-65535");
/// assert_eq!(Port::ALL.to_string(), "all traffic");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    protocol: &'static str,
    from: Node,
    to: Node,
}

impl Port {
    /// Every protocol and port.
    pub const ALL: Port = Port { protocol: "-1", from: Node::Null, to: Node::Null };
    /// Every port of TCP.
    pub const ALL_TCP: Port = Port::tcp_range(0, 65535);
    /// Every port of UDP.
    pub const ALL_UDP: Port = Port { protocol: "udp", from: Node::Int(0), to: Node::Int(65535) };
    /// The `ping` command.
    pub const PING: Port = Port { protocol: "icmp", from: Node::Int(8), to: Node::Int(-1) };
    /// Web traffic in the clear: TCP 80.
    pub const HTTP: Port = Port::tcp(80);
    /// Encrypted web traffic: TCP 443.
    pub const HTTPS: Port = Port::tcp(443);

    /// One port of TCP.
    pub const fn tcp(port: u16) -> Port {
        Port::tcp_range(port, port)
    }

    /// Ports of TCP, from the first to the last.
    pub const fn tcp_range(from: u16, to: u16) -> Port {
        Port { protocol: "tcp", from: Node::Int(from as i64), to: Node::Int(to as i64) }
    }

    /// One port of UDP.
    pub const fn udp(port: u16) -> Port {
        Port { protocol: "udp", from: Node::Int(port as i64), to: Node::Int(port as i64) }
    }

    /// One port of TCP that only AWS knows, such as that of a database.
    pub fn tcp_value(port: impl IntoValue<String>) -> Port {
        let port = port.into_value().into_node();
        Port { protocol: "tcp", from: port.clone(), to: port }
    }

    /// The protocol, as EC2 names it: `tcp`, or `-1` for all.
    pub fn protocol(&self) -> &'static str {
        self.protocol
    }

    /// The first port, or the type of ICMP; nothing where all are meant.
    pub fn from_port(&self) -> Value<i64> {
        Value::from_node(self.from.clone())
    }

    /// The last port, or the code of ICMP; nothing where all are meant.
    pub fn to_port(&self) -> Value<i64> {
        Value::from_node(self.to.clone())
    }

    /// Whether the last port comes before the first.
    pub(crate) fn is_reversed(&self) -> bool {
        match (self.protocol, &self.from, &self.to) {
            ("tcp" | "udp", Node::Int(from), Node::Int(to)) => from > to,
            _ => false,
        }
    }
}

/// The number of a TCP port: a `u16` turns into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpPort(pub u16);

impl From<u16> for TcpPort {
    fn from(port: u16) -> TcpPort {
        TcpPort(port)
    }
}

impl From<TcpPort> for Port {
    fn from(port: TcpPort) -> Port {
        Port::tcp(port.0)
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.protocol, &self.from, &self.to) {
            ("-1", ..) => f.write_str("all traffic"),
            ("icmp", ..) => f.write_str("ping"),
            (protocol, Node::Int(from), Node::Int(to)) if from == to => {
                write!(f, "{protocol} {from}")
            }
            (protocol, Node::Int(from), Node::Int(to)) => write!(f, "{protocol} {from}-{to}"),
            (protocol, ..) => write!(f, "{protocol} port"),
        }
    }
}
