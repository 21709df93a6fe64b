//! Names: CloudFormation's spelling to Rust's.

/// Words that the rule for capitals would cut wrongly, and how they are to be read.
const SPELLINGS: &[(&str, &str)] = &[
    ("IPv", "Ipv"),
    ("OAuth", "Oauth"),
    ("IoT", "Iot"),
    ("DynamoDB", "Dynamodb"),
    ("DocumentDB", "Documentdb"),
    ("OpenID", "Openid"),
    ("MySQL", "Mysql"),
    ("PostgreSQL", "Postgresql"),
    ("MongoDB", "Mongodb"),
    ("GraphQL", "Graphql"),
    ("MacOS", "Macos"),
    ("NoSQL", "Nosql"),
    ("PrivateDNS", "PrivateDns"),
];

/// Rust's reserved words: as a method they are written `r#type`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// The words of a name, in lower case: `EnableDNSSupport` is `enable`, `dns`, `support`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut text = name.to_owned();
    for (from, to) in SPELLINGS {
        text = text.replace(from, to);
    }
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for i in 0..chars.len() {
        let c = chars[i];
        if !c.is_ascii_alphanumeric() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        if c.is_ascii_uppercase() && !word.is_empty() {
            let before = chars[i - 1];
            let after = at(i + 1);
            // `VPCs`, `IDs`: the plural's `s` belongs to the capitals before it.
            let plural =
                after == 's' && before.is_ascii_uppercase() && !at(i + 2).is_ascii_lowercase();
            if !before.is_ascii_uppercase() || (after.is_ascii_lowercase() && !plural) {
                words.push(std::mem::take(&mut word));
            }
        }
        word.push(c.to_ascii_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A type's name: `DBInstance` is `DbInstance`.
pub(crate) fn camel(name: &str) -> String {
    words(name).iter().map(|word| capitalized(word)).collect()
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

/// A method's name: `DBInstanceClass` is `db_instance_class`, `Type` is `r#type`.
pub(crate) fn snake(name: &str) -> String {
    let name = words(name).join("_");
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else if KEYWORDS.contains(&name.as_str()) {
        format!("r#{name}")
    } else if matches!(name.as_str(), "self" | "super" | "crate") {
        format!("{name}_")
    } else {
        name
    }
}

/// An enum's constant: `aws:kms` is `AwsKms`, `t3.micro` is `T3Micro`, `80` is `_80`.
pub(crate) fn variant(value: &str) -> String {
    let value = value.replace('*', " Any ").replace('+', " Plus ").replace('%', " Percent ");
    let negative = value.starts_with('-');
    // Capitals only: one word each between separators, so `LAST_7_DAYS` is `Last7Days`.
    let mut name = camel(&value);
    if negative {
        name.insert_str(0, "Minus");
    }
    if name.is_empty() {
        return "Empty".into();
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if name == "Self" { "SelfValue".into() } else { name }
}

/// The module of a CloudFormation service: its name in lower case, as in the AWS CDK's `aws_elasticloadbalancingv2`.
pub(crate) fn module(type_name: &str) -> String {
    let mut parts = type_name.split("::");
    let (vendor, service) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let service = service.to_ascii_lowercase();
    if vendor == "AWS" { service } else { vendor.to_ascii_lowercase() + &service }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_cut_as_a_reader_would() {
        for (name, expected) in [
            ("EnableDNSSupport", "enable_dns_support"),
            ("AllowedVPCs", "allowed_vpcs"),
            ("SubnetIDs", "subnet_ids"),
            ("TargetGroupARNs", "target_group_arns"),
            ("S3BucketName", "s3_bucket_name"),
            ("VPC", "vpc"),
            ("IPv6Enabled", "ipv6_enabled"),
            ("CidrIpv6", "cidr_ipv6"),
            ("Type", "r#type"),
            ("EC2SecurityGroup", "ec2_security_group"),
            ("SSESpecification", "sse_specification"),
            ("WebACLArn", "web_acl_arn"),
            ("Ebs", "ebs"),
            ("MD5OfBody", "md5_of_body"),
            ("RDSDBInstance", "rdsdb_instance"),
            ("ACLs", "acls"),
            ("AWSServiceName", "aws_service_name"),
        ] {
            assert_eq!(snake(name), expected, "{name}");
        }
    }

    #[test]
    fn enum_values_become_names() {
        for (value, expected) in [
            ("aws:kms", "AwsKms"),
            ("t3.micro", "T3Micro"),
            ("80", "_80"),
            ("", "Empty"),
            ("*", "Any"),
            ("DEEP_ARCHIVE", "DeepArchive"),
            ("-1", "Minus1"),
            ("BucketOwnerRead", "BucketOwnerRead"),
        ] {
            assert_eq!(variant(value), expected, "{value}");
        }
    }
}
