//! The forms of identifiers that a literal may have where a reference to a resource is wanted.

use super::{ResourceSpec, Texts};
use crate::node::Node;

/// What is wanted, where a text is surely no identifier of this format.
pub(super) fn expected(format: &str, text: &str) -> Option<&'static str> {
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
            (arn(text, "acm") || arn(text, "iam"), "the ARN of a certificate")
        }
        "AWS::IAM::Role.Arn" => (arn(text, "iam"), "the ARN of a role"),
        "AWS::KMS::Key.Arn" => (arn(text, "kms"), "the ARN of a key"),
        "AWS::KMS::Key.Id" => {
            let id = text.len() == 36
                && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
                || text.starts_with("mrk-");
            (
                id || arn(text, "kms") || text.starts_with("alias/"),
                "a key's id, its ARN, or `alias/` and a name",
            )
        }
        "AWS::Lambda::Function.Arn" => (arn(text, "lambda"), "the ARN of a function"),
        "AWS::SNS::Topic.Arn" => (arn(text, "sns"), "the ARN of a topic"),
        "AWS::SQS::Queue.Arn" => (arn(text, "sqs"), "the ARN of a queue"),
        _ => return None,
    };
    (!fits).then_some(wanted)
}

fn ec2_id(text: &str, prefix: &str) -> bool {
    let hex = |rest: &str| {
        matches!(rest.len(), 8 | 17) && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    text.strip_prefix(prefix).is_some_and(hex)
}

fn arn(text: &str, service: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    parts.next() == Some("arn") && parts.nth(1) == Some(service) && parts.count() == 3
}

/// The kinds of resources that are never taken for each other.
const DISTINCT: &[&str] = &[
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::IAM::Role",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
];

/// What a reference yields, where it is surely none of the identifiers: `AWS::EC2::VPC.VpcId`.
pub(super) fn mistaken(targets: Texts, node: &Node, of: ResourceSpec) -> Option<String> {
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
        if of == "AWS::EC2::SecurityGroup" && name.ends_with("Name") {
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
        }
        distinct &= DISTINCT.contains(&of);
    }
    (same_type && DISTINCT.contains(&type_name) || distinct && !same_type)
        .then(|| format!("{type_name}.{attribute}"))
}
