//! Secrets in plain text. No finding repeats one.

use super::{
    known::{Known, literal, truth},
    walk::Walk,
};
use crate::{codes, intrinsics::is_dynamic, node::Node, path::Path};

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
        Some(resource) if is_environment(resource.type_name, path) => {
            "variables of the environment"
        }
        _ => return,
    };
    if is_hidden(walk, parameter) == Some(true) {
        let message = format!("`{parameter}` is hidden by `NoEcho`, and {place} show it");
        walk.report(codes::PLAIN_TEXT_SECRET, path, message).help = Some(
            "hand on the name of a secret in Secrets Manager instead, and read it where it is needed".into(),
        );
    }
}

/// Whether a path is among the variables that a service shows to whoever may describe the function, the task or the build.
fn is_environment(type_name: &str, path: &Path<'_>) -> bool {
    let part = match type_name {
        "AWS::Lambda::Function" | "AWS::CodeBuild::Project" => "Environment.",
        "AWS::ECS::TaskDefinition" => ".Environment.",
        _ => return false,
    };
    path.to_string().contains(part)
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
    let refers = is_dynamic(text) || text.contains("${") || text.starts_with("arn:");
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
    } else if text.len() >= 12 && password_in_address(text) {
        let message = "a password stands in an address";
        walk.report(codes::PLAIN_TEXT_SECRET, path, message);
    } else if walk.in_user_data && text.contains('=') && password_in_script(text) {
        let message = "a password stands in the script";
        walk.report(codes::PLAIN_TEXT_SECRET, path, message);
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
            b'g' | b's' | b'r' | b'x' | b'n' | b'p' | b'S' | b'A' => match rest {
                [_, b'h' | b'i' | b'l' | b'k' | b'o' | b'p' | b'y' | b'G' | b'I', ..]
                    if index == 0 || !bytes[index - 1].is_ascii_alphanumeric() =>
                {
                    token(rest)
                }
                _ => None,
            },
            b'h' if rest.starts_with(b"hooks.slack.com/services/T") => {
                let path = run(&rest[25..], |byte| byte.is_ascii_alphanumeric() || byte == b'/');
                (path >= 40).then_some("the address of a Slack webhook")
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

/// A token that begins as its service writes it, and has the length of one.
fn token(rest: &[u8]) -> Option<&'static str> {
    const TOKENS: &[(&[u8], usize, &str)] = &[
        (b"ghp_", 36, "a GitHub token"),
        (b"gho_", 36, "a GitHub token"),
        (b"ghu_", 36, "a GitHub token"),
        (b"ghs_", 36, "a GitHub token"),
        (b"ghr_", 36, "a GitHub token"),
        (b"github_pat_", 82, "a GitHub token"),
        (b"glpat-", 20, "a GitLab token"),
        (b"xoxb-", 35, "a Slack token"),
        (b"xoxp-", 35, "a Slack token"),
        (b"xoxa-", 35, "a Slack token"),
        (b"xoxs-", 35, "a Slack token"),
        (b"sk_live_", 24, "a key of Stripe"),
        (b"rk_live_", 24, "a key of Stripe"),
        (b"sk-ant-api", 40, "a key of Anthropic"),
        (b"sk-proj-", 40, "a key of OpenAI"),
        (b"npm_", 36, "a token of npm"),
        (b"pypi-AgEIcHlwaS5vcmc", 50, "a token of PyPI"),
        (b"SG.", 60, "a key of SendGrid"),
        (b"AIza", 35, "a key of Google"),
    ];
    let (start, length, what) = TOKENS.iter().find(|(start, ..)| rest.starts_with(start))?;
    let wanted = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let body = &rest[start.len()..];
    // A real one has digits and letters; placeholders repeat one letter.
    let body = &body[..run(body, wanted)];
    let is_mixed = body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_alphabetic);
    (body.len() >= *length && is_mixed).then_some(*what)
}

/// The address of a service with a password in it: `postgres://shop:…@db/orders`.
fn password_in_address(text: &str) -> bool {
    // Nearly nothing has an `@`, and one byte is looked for in far less time than three.
    text.as_bytes().contains(&b'@')
        && text.match_indices("://").any(|(at, _)| {
            let rest = &text[at + 3..];
            let end =
                rest.find(|letter: char| letter == '/' || letter.is_whitespace() || letter == '"');
            let Some((user, _)) = rest[..end.unwrap_or(rest.len())].rsplit_once('@') else {
                return false;
            };
            user.split_once(':').is_some_and(|(_, password)| is_password(password))
        })
}

/// A script that sets a password by itself: `PGPASSWORD=…`, `--password=…`.
fn password_in_script(text: &str) -> bool {
    const NAMES: [&str; 5] = ["password", "passwd", "mysql_pwd", "secret_access_key", "api_key"];
    text.match_indices('=').any(|(at, _)| {
        let name = text[..at].trim_end_matches(['"', '\'']);
        let is_named = NAMES.iter().any(|end| {
            let start = name.len().checked_sub(end.len());
            start.and_then(|start| name.get(start..)).is_some_and(|it| it.eq_ignore_ascii_case(end))
        });
        let value = text[at + 1..].trim_start_matches(['"', '\'']);
        let end = value.find(|letter: char| letter.is_whitespace() || "\"';&|)".contains(letter));
        is_named && is_password(&value[..end.unwrap_or(value.len())])
    })
}

/// Whether a text may be a password as it stands, and not the name or the place of one.
fn is_password(text: &str) -> bool {
    const PLACEHOLDERS: [&str; 8] =
        ["password", "passwd", "pass", "secret", "changeme", "null", "none", "true"];
    text.len() >= 6
        && is_literal(text)
        && !text.contains(['$', '{', '<', '>', '%', '`', '(', '['])
        && !text.bytes().all(|byte| byte == text.as_bytes()[0])
        && !PLACEHOLDERS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// How many bytes from the start are of a kind.
fn run(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !is(byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::{credential, password_in_address, password_in_script};

    #[test]
    fn credentials_are_known_by_their_form() {
        // Put together here, so that no scanner of repositories takes them for real.
        let key = format!("key=AKIA{}", "ABCDEFGH23456789");
        assert_eq!(credential(&key), Some("the id of an AWS access key"));
        assert_eq!(credential(&format!("AKIA{}", "IOSFODNN7EXAMPLE")), None);
        assert_eq!(credential(&format!("AKIA{}", "ABCDEFGH234567890")), None);
        assert_eq!(credential(&format!("ghp_{}", "a1".repeat(18))), Some("a GitHub token"));
        assert_eq!(credential(&format!("xoxb-{}", "1-a2".repeat(10))), Some("a Slack token"));
        let key = format!("sk_live_{}", "a1B2".repeat(6));
        assert_eq!(credential(&key), Some("a key of Stripe"));
        assert_eq!(credential(&format!("sk_live_{}", "x".repeat(24))), None);
        assert_eq!(credential(&format!("glpat-{}", "a1B2c".repeat(4))), Some("a GitLab token"));
        let hook = format!("https://hooks.slack.com/services/T{0}/B{0}/{0}{0}{0}", "A1B2C3D4");
        assert_eq!(credential(&hook), Some("the address of a Slack webhook"));
        assert_eq!(credential("-----BEGIN RSA PRIVATE KEY-----\nx"), Some("a private key"));
        assert_eq!(credential("-----BEGIN CERTIFICATE-----\nx"), None);
    }

    #[test]
    fn passwords_are_known_by_their_place() {
        assert!(password_in_address("postgres://shop:horse-battery@db:5432/orders"));
        assert!(password_in_address("see redis://:staple9@cache/0 for more"));
        assert!(!password_in_address("postgres://shop:${Password}@db/orders"));
        assert!(!password_in_address("https://example.com/a:b@c"));
        assert!(!password_in_address("postgres://shop:password@db/orders"));
        assert!(password_in_script("export PGPASSWORD='horse-battery'\npsql"));
        assert!(password_in_script("mysql --password=staple9x -e x"));
        assert!(!password_in_script("export PGPASSWORD=$(aws secretsmanager get-secret-value)"));
        assert!(!password_in_script("password=\"${DbPassword}\""));
        assert!(!password_in_script("password_file=/run/secrets/db"));
    }
}
