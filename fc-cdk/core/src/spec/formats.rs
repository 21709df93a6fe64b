//! The forms of identifiers that a literal may have where a reference to a resource is wanted.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use super::ResourceSpec;
use crate::node::Node;

/// What is wanted, where a text is surely no identifier of this format.
pub(crate) fn expected(format: &str, text: &str) -> Option<&'static str> {
    if text.is_empty() || text.contains("${") {
        return None;
    }
    let (fits, wanted) = match format {
        "AWS::EC2::Image.Id" => (
            text.strip_prefix("ami-").is_some_and(|id| id.len() >= 8)
                || text.starts_with("resolve:ssm:"),
            "`ami-` and 8 or 17 hexadecimal digits",
        ),
        "AWS::EC2::SecurityGroup.Id" => {
            (ec2_id(text, "sg-"), "`sg-` and 8 or 17 hexadecimal digits")
        }
        "AWS::EC2::Subnet.Id" => {
            (ec2_id(text, "subnet-"), "`subnet-` and 8 or 17 hexadecimal digits")
        }
        "AWS::EC2::VPC.Id" => (ec2_id(text, "vpc-"), "`vpc-` and 8 or 17 hexadecimal digits"),
        "AWS::ACM::Certificate.Arn" => {
            (arn(text, "acm", "certificate/") || arn(text, "iam", ""), "the ARN of a certificate")
        }
        "AWS::IAM::Role.Arn" => (arn(text, "iam", "role/"), "the ARN of a role"),
        "AWS::KMS::Key.Arn" => (arn(text, "kms", ""), "the ARN of a key"),
        "AWS::KMS::Key.Id" => {
            let id = text.len() == 36
                && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
                || text.starts_with("mrk-");
            (
                id || arn(text, "kms", "") || text.starts_with("alias/"),
                "a key's id, its ARN, or `alias/` and a name",
            )
        }
        "AWS::Lambda::Function.Arn" => (arn(text, "lambda", "function:"), "the ARN of a function"),
        "AWS::SNS::Topic.Arn" => (arn(text, "sns", ""), "the ARN of a topic"),
        "AWS::SQS::Queue.Arn" => (arn(text, "sqs", ""), "the ARN of a queue"),
        "AWS::S3::Bucket.Name" => {
            (bucket_name(text), "the name of a bucket, 3 to 63 of `a` to `z`, digits, `.` and `-`")
        }
        "AWS::Logs::LogGroup.Name" => (
            text.len() <= 512
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_/.#-".contains(&byte)),
            "letters, digits and `_`, `/`, `.`, `#`, `-`",
        ),
        "ipv4-network" => {
            (network::<Ipv4Addr>(text, 32), "a range of IPv4 addresses, such as `10.0.0.0/16`")
        }
        "ipv6-network" => {
            (network::<Ipv6Addr>(text, 128), "a range of IPv6 addresses, such as `2001:db8::/64`")
        }
        "ip-network" => (
            network::<Ipv4Addr>(text, 32) || network::<Ipv6Addr>(text, 128),
            "a range of addresses, such as `10.0.0.0/16`",
        ),
        _ => return None,
    };
    (!fits).then_some(wanted)
}

/// Old buckets have longer names, with capitals and underscores.
fn bucket_name(text: &str) -> bool {
    (3..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

fn network<A: FromStr>(text: &str, most: u8) -> bool {
    let Some((address, prefix)) = text.split_once('/') else { return false };
    address.parse::<A>().is_ok() && prefix.parse::<u8>().is_ok_and(|prefix| prefix <= most)
}

fn ec2_id(text: &str, prefix: &str) -> bool {
    let hex = |rest: &str| {
        matches!(rest.len(), 8 | 17) && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    text.strip_prefix(prefix).is_some_and(hex)
}

/// Whether this is an ARN of a service, of something that begins as given, in an account.
fn arn(text: &str, service: &str, resource: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [_, _, of, _, account, what] = parts.as_slice() else { return false };
    text.starts_with("arn:") && *of == service && !account.is_empty() && what.starts_with(resource)
}

/// The kinds of resources that are never taken for each other.
const DISTINCT: &[&str] = &[
    "AWS::EC2::Instance",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EC2::Volume",
    "AWS::IAM::Role",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
];

/// What a reference yields, where it is surely none of the identifiers: `AWS::EC2::VPC.VpcId`.
pub(super) fn mistaken<'t>(
    targets: impl Iterator<Item = &'t str>,
    node: &Node,
    of: ResourceSpec,
) -> Option<String> {
    let type_name = of.type_name();
    let attribute = match node.as_function()? {
        ("Ref", _) => of.reference()?,
        ("Fn::GetAtt", Node::List(parts)) => match parts.as_slice() {
            [_, attribute] => attribute.as_str()?,
            _ => return None,
        },
        ("Fn::GetAtt", Node::Str(text)) => text.split_once('.')?.1,
        _ => return None,
    };
    // The default group of a VPC is a group.
    if attribute.starts_with("Default") {
        return None;
    }
    // Keys go by id, by ARN and by alias nearly everywhere.
    if type_name.starts_with("AWS::KMS::") {
        return None;
    }
    let mut distinct = DISTINCT.contains(&type_name);
    let mut same_type = false;
    for target in targets {
        let (of, name) = target.rsplit_once('.')?;
        // Groups outside of a VPC go by name.
        if of == type_name && of == "AWS::EC2::SecurityGroup" && name.ends_with("Name") {
            return None;
        }
        if of == type_name {
            let alike = |name: &str| name.strip_prefix("Group").unwrap_or(name).ends_with("Id");
            if name == attribute
                || (alike(name) && alike(attribute) && !type_name.starts_with("AWS::IAM"))
            {
                return None;
            }
            same_type = true;
        } else if name == attribute && attribute != "Arn" {
            // Such as the `VpcId` of a subnet; nearly everything has an `Arn`.
            return None;
        }
        distinct &= DISTINCT.contains(&of);
    }
    (same_type && DISTINCT.contains(&type_name) || distinct && !same_type)
        .then(|| format!("{type_name}.{attribute}"))
}
