//! Addresses, gateways and records.

use super::{Above, Below, Conflict, Is, IsNot, On, Set, Unset, Without};
use super::{idle, illegal, needed, refused};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html>
pub(super) const ELASTIC_IP: &[Conflict] = &[idle(
    ("", "Domain"),
    &[IsNot("Domain", &["vpc", "standard"])],
    "addresses are for a `vpc`, whatever else is written here",
)];

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html>
pub(super) const NAT_GATEWAY: &[Conflict] = &[
    refused(
        ("", "AllocationId"),
        &[Is("ConnectivityType", &["private"]), Set("AllocationId")],
        "a private gateway has no public address",
    ),
    needed(
        ("", "AllocationId"),
        &[
            Unset("ConnectivityType"),
            Unset("AllocationId"),
            Unset("AvailabilityMode"),
            Set("SubnetId"),
        ],
        "a public gateway needs the `AllocationId` of an elastic IP",
    ),
    needed(
        ("", "AllocationId"),
        &[
            Is("ConnectivityType", &["public"]),
            Unset("AllocationId"),
            Unset("AvailabilityMode"),
            Set("SubnetId"),
        ],
        "a public gateway needs the `AllocationId` of an elastic IP",
    ),
];

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html>
pub(super) const NETWORK_ACL_ENTRY: &[Conflict] = &[
    illegal(
        ("", "RuleNumber"),
        &[Above("RuleNumber", 32766.0)],
        "the numbers of rules are 1 to 32766",
    ),
    illegal(("", "RuleNumber"), &[Below("RuleNumber", 1.0)], "the numbers of rules are 1 to 32766"),
    needed(
        ("", "PortRange"),
        &[Is("Protocol", &["6", "17"]), Unset("PortRange")],
        "rules for TCP and UDP need a `PortRange`",
    ),
];

const ALL_PORTS: &str = "a rule for all protocols is for all ports, whatever is written here";

pub(super) const SECURITY_GROUP: &[Conflict] = &[
    idle(
        ("SecurityGroupIngress.*", "FromPort"),
        &[Is("IpProtocol", &["-1"]), IsNot("FromPort", &["-1", "0"])],
        ALL_PORTS,
    ),
    idle(
        ("SecurityGroupEgress.*", "FromPort"),
        &[Is("IpProtocol", &["-1"]), IsNot("FromPort", &["-1", "0"])],
        ALL_PORTS,
    ),
];

pub(super) const SECURITY_GROUP_RULE: &[Conflict] = &[idle(
    ("", "FromPort"),
    &[Is("IpProtocol", &["-1"]), IsNot("FromPort", &["-1", "0"])],
    ALL_PORTS,
)];

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html>
pub(super) const VPC_ENDPOINT: &[Conflict] = &[
    refused(
        ("", "SubnetIds"),
        &[Is("VpcEndpointType", &["Gateway"]), Set("SubnetIds")],
        "a gateway endpoint has route tables, not subnets",
    ),
    refused(
        ("", "SecurityGroupIds"),
        &[Is("VpcEndpointType", &["Gateway"]), Set("SecurityGroupIds")],
        "a gateway endpoint has no security groups",
    ),
    refused(
        ("", "PrivateDnsEnabled"),
        &[Is("VpcEndpointType", &["Gateway"]), On("PrivateDnsEnabled")],
        "a gateway endpoint has no names of its own",
    ),
    refused(
        ("", "RouteTableIds"),
        &[Is("VpcEndpointType", &["Interface", "GatewayLoadBalancer"]), Set("RouteTableIds")],
        "only a gateway endpoint has route tables",
    ),
    illegal(
        ("", "ServiceName"),
        &[Without("ServiceName", ".")],
        "a service is named in full, such as `com.amazonaws.us-east-1.s3`",
    ),
];

pub(super) const VPN_GATEWAY: &[Conflict] = &[illegal(
    ("", "Type"),
    &[IsNot("Type", &["ipsec.1"])],
    "the one type of these gateways is `ipsec.1`",
)];

const ROUTED: &str = "records that share a name need a `SetIdentifier` each";
const NO_TTL: &str = "a record that is no alias needs a `TTL`";

macro_rules! record {
    ($within:literal) => {
        &[
            needed(($within, "SetIdentifier"), &[Set("Weight"), Unset("SetIdentifier")], ROUTED),
            needed(($within, "SetIdentifier"), &[Set("Region"), Unset("SetIdentifier")], ROUTED),
            needed(($within, "SetIdentifier"), &[Set("Failover"), Unset("SetIdentifier")], ROUTED),
            needed(
                ($within, "SetIdentifier"),
                &[Set("GeoLocation"), Unset("SetIdentifier")],
                ROUTED,
            ),
            needed(
                ($within, "SetIdentifier"),
                &[On("MultiValueAnswer"), Unset("SetIdentifier")],
                ROUTED,
            ),
            needed(($within, "TTL"), &[Set("ResourceRecords"), Unset("TTL")], NO_TTL),
        ]
    };
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html>
pub(super) const RECORD: &[Conflict] = record!("");
pub(super) const RECORDS: &[Conflict] = record!("RecordSets.*");
