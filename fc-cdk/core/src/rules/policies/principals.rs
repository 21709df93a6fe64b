//! Services as principals.

use super::{Checker, is_plain, items};
use crate::{codes, diagnostic::Severity, node::Map, path::Path, spec::ActionService};

/// What the names of services end with, in all partitions.
const DOMAINS: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".aws.internal",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];

/// Services of Amazon beside AWS.
const OF_AMAZON: &[&str] = &["alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"];

impl Checker<'_, '_> {
    pub(super) fn principals(&mut self, principals: &Map, path: &Path<'_>) {
        let path = path.join("Service");
        for (index, name) in items(principals.get("Service")).iter().enumerate() {
            let Some(name) = name.as_str().filter(|name| is_plain(name) && name.contains('.'))
            else {
                continue;
            };
            if OF_AMAZON.contains(&name) || name.contains('*') {
                continue;
            }
            let Some(domain) = DOMAINS.iter().find(|domain| name.ends_with(**domain)) else {
                let message = format!("`{name}` is no service principal");
                let service = name.split('.').next().unwrap_or_default();
                self.add(codes::UNKNOWN_PRINCIPAL, &path.item(index), message).help =
                    Some(format!("services are named as `{service}.amazonaws.com`"));
                continue;
            };
            let service = &name[..name.len() - domain.len()];
            let services = || self.table.services().map(ActionService::prefix);
            // Names that AWS uses beside the prefixes of actions are not listed anywhere, so only what is one letter off is told.
            if service.len() < 5 || service.contains('.') || self.table.service(service).is_some() {
                continue;
            }
            let is_close = |prefix: &&str| prefix.len() >= 5 && is_one_letter_off(service, prefix);
            if let Some(meant) = services().find(is_close) {
                let message = format!("there is probably no service `{name}`");
                let found = self.add(codes::UNKNOWN_PRINCIPAL, &path.item(index), message);
                found.severity = Severity::Warning;
                found.help =
                    Some(format!("did you mean `{meant}{domain}`? If not, allow this finding"));
            }
        }
    }
}

/// Whether one letter is changed, added or dropped, or two are exchanged.
fn is_one_letter_off(word: &str, other: &str) -> bool {
    let (word, other) = (word.as_bytes(), other.as_bytes());
    let same = word.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (word, other) = (&word[same..], &other[same..]);
    match (word, other) {
        ([_, a @ ..], b) if a == b => true,
        (a, [_, b @ ..]) if a == b => true,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([w, x, a @ ..], [y, z, b @ ..]) => w == z && x == y && a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_one_letter_off;

    #[test]
    fn names_are_one_letter_off() {
        for (word, off) in [
            ("lamda", true),
            ("lambdaa", true),
            ("lanbda", true),
            ("lamdba", true),
            ("edgelambda", false),
            ("lama", false),
        ] {
            assert_eq!(is_one_letter_off(word, "lambda"), off, "{word}");
        }
    }
}
