//! Dynamic references: `{{resolve:secretsmanager:…}}` and the like.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>

use super::walk::Walk;
use crate::{codes, diagnostic::Severity, intrinsics::is_dynamic, node::Node, path::Path};

/// The properties that take secure strings of Parameter Store: the type, and the end of the path.
const TAKES_SECURE: &[(&str, &str)] = &[
    ("AWS::DirectoryService::MicrosoftAD", "Password"),
    ("AWS::DirectoryService::SimpleAD", "Password"),
    ("AWS::ElastiCache::ReplicationGroup", "AuthToken"),
    ("AWS::IAM::User", "LoginProfile.Password"),
    ("AWS::KinesisFirehose::DeliveryStream", "RedshiftDestinationConfiguration.Password"),
    ("AWS::OpsWorks::App", "AppSource.Password"),
    ("AWS::OpsWorks::App", "AppSource.SshKey"),
    ("AWS::OpsWorks::App", "SslConfiguration.PrivateKey"),
    ("AWS::OpsWorks::Stack", "CustomCookbooksSource.Password"),
    ("AWS::OpsWorks::Stack", "CustomCookbooksSource.SshKey"),
    ("AWS::OpsWorks::Stack", "DbPassword"),
    ("AWS::RDS::DBCluster", "MasterUserPassword"),
    ("AWS::RDS::DBInstance", "MasterUserPassword"),
    ("AWS::Redshift::Cluster", "MasterUserPassword"),
];

/// Where a text stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Property,
    /// Noted beside a resource.
    Attribute,
    Output,
    /// Where nothing is resolved: conditions, names of exports, mappings.
    Elsewhere,
}

/// Looks at the references in a text, and at what was meant to be one.
pub(super) fn check(walk: &mut Walk<'_, '_>, text: &str, path: &Path<'_>) {
    if is_dynamic(text) {
        check_text(walk, text, path);
    } else {
        check_blanks(walk, text, path);
    }
}

fn check_text(walk: &mut Walk<'_, '_>, text: &str, path: &Path<'_>) {
    let place = match (walk.resource, walk.in_properties, walk.before_resources) {
        (Some(_), true, _) => Place::Property,
        (Some(_), false, _) => Place::Attribute,
        (None, true, None) => Place::Output,
        _ => Place::Elsewhere,
    };
    for part in text.split("{{resolve:").skip(1) {
        let Some((reference, _)) = part.split_once("}}") else { continue };
        let service = reference.split(':').next().unwrap_or_default();
        let problem = form(reference).or_else(|| match (service, place) {
            ("ssm-secure", Place::Property) if !takes_secure(walk, path) => {
                Some("secure strings of Parameter Store are read only for a few passwords".into())
            }
            ("ssm-secure" | "secretsmanager", Place::Output) => {
                Some("an output shows its value to everybody, so secrets are not read here".into())
            }
            ("ssm-secure" | "secretsmanager", Place::Attribute | Place::Elsewhere) => {
                Some("secrets are read for properties of resources alone".into())
            }
            ("ssm", Place::Elsewhere) => Some("parameters are not read here".into()),
            _ => None,
        });
        if let Some(problem) = problem {
            walk.report(codes::BAD_DYNAMIC_REFERENCE, path, problem);
        }
    }
}

/// A reference with blanks in it is none: it stays as it is.
fn check_blanks(walk: &mut Walk<'_, '_>, text: &str, path: &Path<'_>) {
    let has_blanks = text.split("{{").skip(1).any(|part| {
        let word = part.trim_start();
        let rest = word.strip_prefix("resolve").map(str::trim_start);
        rest.is_some_and(|rest| {
            rest.strip_prefix(':').is_some_and(|rest| {
                !part.starts_with("resolve:") && rest.trim_start().starts_with(['s'])
            })
        })
    });
    if has_blanks {
        let message = "with blanks in it this is no reference, but a text as it stands";
        walk.report(codes::BAD_DYNAMIC_REFERENCE, path, message).severity = Severity::Warning;
    }
}

/// References where CloudFormation resolves none: mappings and the description.
pub(super) fn check_unresolved(node: &Node) -> bool {
    match node {
        Node::Str(text) => is_dynamic(text),
        Node::List(items) => items.iter().any(check_unresolved),
        Node::Map(map) => map.iter().any(|(_, value)| check_unresolved(value)),
        _ => false,
    }
}

fn takes_secure(walk: &Walk<'_, '_>, path: &Path<'_>) -> bool {
    let Some(resource) = walk.resource else { return false };
    let path = path.to_string();
    let path = path.split(".Fn::").next().unwrap_or(&path);
    TAKES_SECURE
        .iter()
        .any(|(type_name, end)| resource.type_name == *type_name && path.ends_with(end))
}

/// What is wrong with the form of a reference, without `{{resolve:` and `}}`.
fn form(reference: &str) -> Option<String> {
    let parts: Vec<&str> = reference.split(':').collect();
    let (service, rest) = parts.split_first()?;
    if service.contains("${") {
        return None;
    }
    let name = rest.first().copied().unwrap_or_default();
    let is_open = |part: &str| part.contains("${");
    match *service {
        "ssm" | "ssm-secure" | "secretsmanager" if name.is_empty() => {
            Some(format!("a reference to `{service}` needs a name"))
        }
        _ if is_open(reference) && reference.contains("${AWS::") => None,
        "ssm" | "ssm-secure" => {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte);
            match rest {
                [name, ..] if !is_open(name) && !name.bytes().all(fits) => {
                    Some(format!("`{name}` is no name of a parameter"))
                }
                [_, version] if !is_open(version) && version.parse::<u64>().is_err() => {
                    Some(format!("the version of a parameter is a number, not `{version}`"))
                }
                [_, _, _, ..] => {
                    Some("a parameter has a name and a version, and nothing more".into())
                }
                _ => None,
            }
        }
        "secretsmanager" => {
            let (secret, rest) = match rest {
                ["arn", ..] => rest.split_at(rest.len().min(7)),
                _ => rest.split_at(1),
            };
            match secret {
                ["arn", _, "secretsmanager", _, _, "secret", _] => {}
                ["arn", ..] if !secret.iter().copied().any(is_open) => {
                    return Some("this is no ARN of a secret".into());
                }
                _ => {}
            }
            match rest {
                [what, ..] if !is_open(what) && !matches!(*what, "SecretString" | "") => {
                    Some(format!("what is read of a secret is its `SecretString`, not `{what}`"))
                }
                [_, _, _, _, _, ..] => Some(
                    "behind a secret there are `SecretString`, a key, a stage and a version, and nothing more".into(),
                ),
                _ => None,
            }
        }
        other => Some(format!("there is no service `{other}` to resolve from")),
    }
}

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn the_form_of_references_is_known() {
        for right in [
            "ssm:/shop/size",
            "ssm:size:3",
            "ssm-secure:token:1",
            "secretsmanager:shop",
            "secretsmanager:shop:SecretString:user",
            "secretsmanager:shop:SecretString:user:AWSCURRENT",
            "secretsmanager:shop::user::",
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf:SecretString:user",
            "secretsmanager:${Secret}:SecretString:user",
            "secretsmanager:arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:shop:SecretString:user",
        ] {
            assert_eq!(form(right), None, "{right}");
        }
        for wrong in [
            "ssm:",
            "ssm:size:latest",
            "ssm:size:3:x",
            "s3:bucket",
            "secretsmanager:shop:SecretBinary",
            "secretsmanager:shop:SecretString:a:b:c:d",
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:shop",
        ] {
            assert!(form(wrong).is_some(), "{wrong}");
        }
    }
}
