//! Conditions of statements: keys that are not there, and operators that do not go with them.

use super::{Checker, Named, is_plain, items, keys, suggest};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
    path::Path,
    rules::nearest,
    spec::{ActionService, ConditionKey, KeyKind},
};

/// What an operator compares.
#[derive(Clone, Copy, PartialEq)]
enum Compares {
    Text,
    Arns,
    Truth,
    Numbers,
    Times,
    Addresses,
    /// Whether the key is there.
    Presence,
}

/// What an operator compares; `None` for one that is not known.
fn compares(operator: &str) -> Option<Compares> {
    let name = operator.split_once(':').map_or(operator, |(_, name)| name);
    let name = name.strip_suffix("IfExists").unwrap_or(name);
    Some(match name {
        "Bool" => Compares::Truth,
        "Null" => Compares::Presence,
        "IpAddress" | "NotIpAddress" => Compares::Addresses,
        _ if name.starts_with("String") || name == "BinaryEquals" => Compares::Text,
        _ if name.starts_with("Arn") => Compares::Arns,
        _ if name.starts_with("Numeric") => Compares::Numbers,
        _ if name.starts_with("Date") => Compares::Times,
        _ => return None,
    })
}

/// Whether a key of this kind can never be what the operator compares. What the reference calls text may be anything.
fn is_mismatch(compares: Compares, kind: KeyKind, is_global: bool) -> bool {
    use KeyKind::{Any, Arn, Bool, Date, IpAddress, Numeric, String};
    match (compares, kind) {
        // Text is what values are written in.
        (Compares::Presence | Compares::Text, _) | (_, Any) => false,
        (Compares::Arns, Arn) | (Compares::Truth, Bool) | (Compares::Numbers, Numeric) => false,
        // Times are numbers, too.
        (Compares::Times, Date | Numeric) | (Compares::Numbers, Date) => false,
        (Compares::Addresses, IpAddress) => false,
        (_, String) => is_global && compares != Compares::Numbers,
        _ => true,
    }
}

fn kind_name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Arn => "an ARN, which `ArnLike` compares",
        KeyKind::Bool => "a truth value, which `Bool` compares",
        KeyKind::Numeric => "a number, which `NumericEquals` and the like compare",
        KeyKind::Date => "a time, which `DateLessThan` and the like compare",
        KeyKind::IpAddress => "an address, which `IpAddress` compares",
        _ => "text, which `StringEquals` and the like compare",
    }
}

/// Why a value is none that the operator compares.
fn bad_value(compares: Compares, value: &Node) -> Option<&'static str> {
    let Node::Str(text) = value else { return None };
    if !is_plain(text) {
        return None;
    }
    match compares {
        Compares::Truth | Compares::Presence
            if !["true", "false"].iter().any(|it| text.eq_ignore_ascii_case(it)) =>
        {
            Some("a truth value: write `true` or `false`")
        }
        Compares::Numbers if text.trim().parse::<f64>().is_err() => Some("a number"),
        Compares::Addresses if !is_address(text) => {
            Some("an address: write it as `203.0.113.0/24` or `2001:db8::/32`")
        }
        _ => None,
    }
}

/// Whether text is an address, or a range of addresses.
fn is_address(text: &str) -> bool {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    match address.parse::<std::net::IpAddr>() {
        Ok(address) => {
            let most = if address.is_ipv4() { 32 } else { 128 };
            bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
        }
        Err(_) => false,
    }
}

impl Checker<'_, '_> {
    /// The conditions of a statement; its actions, where all are known.
    pub(super) fn conditions(
        &mut self,
        operators: &Map,
        actions: Option<&[Named<'_>]>,
        path: &Path<'_>,
    ) {
        for (operator, of) in operators.iter() {
            let (Some(compares), Node::Map(of_map)) = (compares(operator), of) else { continue };
            if of.is_deferred() {
                continue;
            }
            let path = path.join(operator);
            for (key, values) in of_map.iter() {
                let path = path.join(key);
                let Some(kind) = self.key(key, actions, &path) else { continue };
                let is_global = key.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("aws:"));
                if is_mismatch(compares, kind, is_global) {
                    let message = format!("`{operator}` cannot compare `{key}`");
                    self.add(codes::CONDITION_TYPE, &path, message).help =
                        Some(format!("it is {}", kind_name(kind)));
                    continue;
                }
                for value in items(Some(values)) {
                    if let Some(wanted) = bad_value(compares, value) {
                        let text = value.as_str().unwrap_or_default();
                        let message = format!("`{operator}` cannot compare with `{text}`");
                        self.add(codes::CONDITION_TYPE, &path, message).help =
                            Some(format!("it compares with {wanted}"));
                    }
                }
            }
        }
    }

    /// What a condition key is compared with, if there is such a key.
    fn key(
        &mut self,
        key: &str,
        actions: Option<&[Named<'_>]>,
        path: &Path<'_>,
    ) -> Option<KeyKind> {
        let (prefix, name) = key.split_once(':')?;
        // The keys of an identity provider begin with its domain.
        if !is_plain(key) || key.len() > 200 || prefix.contains(['.', '/']) {
            return None;
        }
        if prefix.eq_ignore_ascii_case("aws") {
            let kind = keys::global(name);
            if kind.is_none() {
                let meant = nearest(name, keys::global_names());
                self.unknown_key(key, meant.map(|meant| format!("aws:{meant}")), path);
            }
            return kind;
        }
        let Some(service) = self.table.service(prefix) else {
            let prefixes = self.table.services().map(ActionService::prefix);
            let meant = nearest(prefix, prefixes).map(|meant| format!("{meant}:{name}"));
            self.unknown_key(key, meant, path);
            return None;
        };
        let Some(found) = service.key(name) else {
            let meant = nearest(name, service.keys().map(ConditionKey::name));
            self.unknown_key(key, meant.map(|meant| format!("{prefix}:{meant}")), path);
            return None;
        };
        if let Some(actions) = actions
            && !actions.is_empty()
            && !keys::is_of_credentials(key)
            && !actions.iter().any(|named| named.any(|action| action.has_key(found)))
            // Some keys are in the reference, but not at any action.
            && service.actions().any(|action| action.has_key(found))
        {
            let message = format!("no action of the statement knows the condition key `{key}`");
            self.add(codes::UNSUPPORTED_CONDITION_KEY, path, message);
        }
        Some(found.kind())
    }

    fn unknown_key(&mut self, key: &str, meant: Option<String>, path: &Path<'_>) {
        let message = format!("there is no condition key `{key}`");
        let found = self.add(codes::UNKNOWN_CONDITION_KEY, path, message);
        found.severity = Severity::Warning;
        suggest(found, meant, "a key");
    }
}
