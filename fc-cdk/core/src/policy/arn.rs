//! The form of ARNs, as far as IAM looks at it.

/// What is wrong with the ARN of a resource, which may hold wildcards and variables of the policy.
pub(super) fn wrong_part(arn: &str) -> Option<&'static str> {
    if !arn.starts_with("arn:") || arn.contains("${") {
        return None;
    }
    let mut parts = arn.splitn(6, ':').skip(1);
    let (partition, service) = (parts.next()?, parts.next());
    if !partition.starts_with("aws") && !partition.contains(['*', '?']) {
        return Some("its partition is `aws`, `aws-cn` or another that begins with `aws`");
    }
    // A wildcard at the end may stand for what is missing.
    if (service.is_none() || parts.clone().count() < 3) && !arn.ends_with('*') {
        return Some("it needs six parts");
    }
    let account = parts.nth(1)?;
    is_short_account(account).then_some("the id of an account has 12 digits")
}

/// What is wrong with a principal of AWS.
pub(super) fn wrong_principal(name: &str) -> Option<&'static str> {
    if name == "*" || name.contains("${") {
        return None;
    }
    if name.contains('*') {
        return Some("a wildcard stands for everybody, not for a part of a name");
    }
    if is_short_account(name) {
        return Some("the id of an account has 12 digits");
    }
    let rest = name.strip_prefix("arn:")?;
    let mut parts = rest.splitn(5, ':');
    let service = parts.nth(1)?;
    if !["iam", "sts"].contains(&service) {
        return Some("its ARN is one of `iam` or `sts`");
    }
    let account = parts.nth(1)?;
    is_short_account(account).then_some("the id of an account has 12 digits")
}

/// Whether this can only be meant for an account, and is none.
fn is_short_account(text: &str) -> bool {
    !text.is_empty() && text.len() != 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_arns_are_looked_at() {
        for (arn, wrong) in [
            ("arn:aws:s3:::orders/*", false),
            ("arn:aws:logs:*", false),
            ("arn:*:sqs:*:*:orders", false),
            ("arn:aws-cn:sqs:cn-north-1:111122223333:orders", false),
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", false),
            ("arn:aws:s3:::${aws:username}", false),
            ("arn:aws:s3:orders", true),
            ("arn:amazon:s3:::orders", true),
            ("arn:aws:sqs:eu-west-1:1111:orders", true),
        ] {
            assert_eq!(wrong_part(arn).is_some(), wrong, "{arn}");
        }
    }

    #[test]
    fn principals_are_accounts_or_arns() {
        for (name, wrong) in [
            ("*", false),
            ("111122223333", false),
            ("arn:aws:iam::111122223333:role/x", false),
            ("arn:aws:sts::111122223333:assumed-role/x/y", false),
            ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", false),
            ("AIDACKCEVSQ6C2EXAMPLE", false),
            ("1111", true),
            ("arn:aws:iam::1111:root", true),
            ("arn:aws:iam::111122223333:role/*", true),
            ("arn:aws:s3:::orders", true),
        ] {
            assert_eq!(wrong_principal(name).is_some(), wrong, "{name}");
        }
    }
}
