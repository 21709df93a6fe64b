//! Secrets in plain text. No finding repeats one.

use super::{
    known::{Known, literal, truth},
    walk::Walk,
};
use crate::{codes, node::Node, path::Path};

/// The ends of names of properties and variables that hold secrets.
const NAMES: &[&str] = &[
    "Password",
    "password",
    "PASSWORD",
    "AuthToken",
    "AccessToken",
    "OAuthToken",
    "ClientSecret",
    "SecretString",
    "SecretAccessKey",
    "SECRET_ACCESS_KEY",
    "SECRET_KEY",
    "API_KEY",
    "PrivateKey",
];

/// A literal under a name that says that it is a secret.
pub(super) fn check_entry(walk: &mut Walk<'_, '_>, name: &str, text: &str, path: &Path<'_>) {
    // Names of this sort end in few letters; most entries are done here.
    if !matches!(name.as_bytes().last(), Some(b'd' | b'D' | b'n' | b't' | b'g' | b'y' | b'Y')) {
        return;
    }
    let is_secret = NAMES.iter().any(|end| name.ends_with(end));
    if is_secret && is_literal(text) {
        let message = format!("`{name}` is written into the template");
        walk.report(codes::PLAIN_TEXT_SECRET, path, message);
    }
}

/// A parameter for a secret that is shown to whoever may describe the stack.
pub(super) fn check_parameter(walk: &mut Walk<'_, '_>, name: &str, value: &Node, path: &Path<'_>) {
    if !NAMES.iter().any(|end| name.ends_with(end)) {
        return;
    }
    let Some(("Ref", Node::Str(parameter))) = value.as_function() else { return };
    if is_hidden(walk, parameter) == Some(false) {
        let message = format!(
            "the parameter `{parameter}` holds a secret, and is shown to everybody who may describe the stack"
        );
        walk.report(codes::PLAIN_TEXT_SECRET, path, message).help =
            Some("set `NoEcho: true` for the parameter, or refer to Secrets Manager by a dynamic reference".into());
    }
}

/// A hidden parameter where it is shown after all.
pub(super) fn check_shown(walk: &mut Walk<'_, '_>, parameter: &str, path: &Path<'_>) {
    let place = match walk.resource {
        None if walk.before_resources.is_none() => "outputs",
        Some(_) if !walk.in_properties => "metadata",
        Some(_) if walk.in_user_data => "user data",
        _ => return,
    };
    if is_hidden(walk, parameter) == Some(true) {
        let message = format!("`{parameter}` is hidden by `NoEcho`, and {place} show it");
        walk.report(codes::PLAIN_TEXT_SECRET, path, message).help = Some(
            "hand on the name of a secret in Secrets Manager instead, and read it where it is needed".into(),
        );
    }
}

/// Whether a parameter is hidden; none where there is no such parameter, or its value comes from Parameter Store.
fn is_hidden(walk: &Walk<'_, '_>, name: &str) -> Option<bool> {
    let parameter = walk.model.root.get("Parameters")?.as_map()?.get(name)?.as_map()?;
    match truth(parameter, "NoEcho") {
        Known::Is(hidden) => Some(hidden),
        Known::Missing if literal(parameter, "Type") == Some("String") => Some(false),
        _ => None,
    }
}

/// Whether text is a secret itself rather than the place of one.
pub(super) fn is_literal(text: &str) -> bool {
    let refers = text.contains("{{resolve:") || text.contains("${") || text.starts_with("arn:");
    let is_place = text.starts_with('/') || text.starts_with("$.") || text.starts_with('<');
    let is_switch = text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
    !(text.is_empty() || refers || is_place || is_switch || text.starts_with('*'))
}

/// Keys and tokens that are known by their form.
pub(super) fn check_text(walk: &mut Walk<'_, '_>, text: &str, path: &Path<'_>) {
    if text.len() >= 20
        && let Some(what) = credential(text)
    {
        walk.report(codes::LEAKED_CREDENTIAL, path, format!("{what} stands in the template"));
    }
}

/// What kind of credential a text holds.
fn credential(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        let rest = &bytes[index..];
        let found = match byte {
            b'A' if rest.starts_with(b"AKIA") || rest.starts_with(b"ASIA") => {
                let starts = index == 0 || !bytes[index - 1].is_ascii_alphanumeric();
                let id = run(rest, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
                // AWS's own documentation has keys that end so.
                let is_real = starts && id == 20 && !rest[..id].ends_with(b"EXAMPLE");
                is_real.then_some("the id of an AWS access key")
            }
            b'g' if rest.starts_with(b"ghp_") || rest.starts_with(b"gho_") => {
                let length = run(&rest[4..], |byte| byte.is_ascii_alphanumeric());
                (length == 36).then_some("a GitHub token")
            }
            b'x' if rest.starts_with(b"xoxb-") || rest.starts_with(b"xoxp-") => {
                let length = run(rest, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
                (length >= 40).then_some("a Slack token")
            }
            b'-' if rest.starts_with(b"-----BEGIN ") => {
                let line = &text[index + 11..];
                let name = line.split("-----").next().unwrap_or_default();
                name.ends_with("PRIVATE KEY").then_some("a private key")
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// How many bytes from the start are of a kind.
fn run(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !is(byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::credential;

    #[test]
    fn credentials_are_known_by_their_form() {
        // Put together here, so that no scanner of repositories takes them for real.
        let key = format!("key=AKIA{}", "ABCDEFGH23456789");
        assert_eq!(credential(&key), Some("the id of an AWS access key"));
        assert_eq!(credential(&format!("AKIA{}", "IOSFODNN7EXAMPLE")), None);
        assert_eq!(credential(&format!("AKIA{}", "ABCDEFGH234567890")), None);
        assert_eq!(credential(&format!("ghp_{}", "a1".repeat(18))), Some("a GitHub token"));
        assert_eq!(credential(&format!("xoxb-{}", "1-".repeat(20))), Some("a Slack token"));
        assert_eq!(credential("-----BEGIN RSA PRIVATE KEY-----\nx"), Some("a private key"));
        assert_eq!(credential("-----BEGIN CERTIFICATE-----\nx"), None);
    }
}
