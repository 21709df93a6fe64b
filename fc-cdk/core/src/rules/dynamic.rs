//! Dynamic references: `{{resolve:secretsmanager:…}}` and the like.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>

use super::walk::Walk;
use crate::{codes, path::Path};

/// The ends of the paths that take secure strings of Parameter Store.
const TAKES_SECURE: &[&str] = &["Password", "AuthToken", "SshKey", "SslCertificate", "PrivateKey"];

/// Looks at the references in a text.
pub(super) fn check_text(walk: &mut Walk<'_, '_>, text: &str, path: &Path<'_>) {
    for part in text.split("{{resolve:").skip(1) {
        let Some((reference, _)) = part.split_once("}}") else { continue };
        let mut parts = reference.split(':');
        let service = parts.next().unwrap_or_default();
        let named = parts.next().is_some_and(|name| !name.is_empty());
        let problem = match service {
            "ssm" | "ssm-secure" | "secretsmanager" if !named => {
                Some(format!("a reference to `{service}` needs a name"))
            }
            "ssm-secure" => {
                let place = path.to_string();
                let takes = |step: &str| TAKES_SECURE.iter().any(|end| step.ends_with(end));
                let fits = place.split('.').any(takes);
                (!fits && walk.in_properties).then(|| {
                    "secure strings of Parameter Store are read only for a few passwords".to_owned()
                })
            }
            "ssm" | "secretsmanager" => None,
            other if other.contains("${") => None,
            other => Some(format!("there is no service `{other}` to resolve from")),
        };
        if let Some(problem) = problem {
            walk.report(codes::BAD_DYNAMIC_REFERENCE, path, problem);
        }
    }
}
