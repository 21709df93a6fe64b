//! Names of domains: records, aliases, certificates.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::{
    findings::Findings,
    known::{Known, items, literal, look, object},
    model::Resource,
};
use crate::{
    codes,
    node::{Map, Node},
};

/// A record set at a path, which is empty where it is a resource of its own.
pub(super) fn record_set(
    resource: &Resource<'_>,
    record: &Map,
    path: &str,
    findings: &mut Findings,
) {
    let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    if look(record, "AliasTarget") != Known::Missing
        && matches!(look(record, "ResourceRecords"), Known::Is(_))
    {
        let message = "an alias has no `ResourceRecords`";
        findings.add(resource, codes::PROPERTY_CONFLICT, &at("ResourceRecords"), message);
    }
    if let Some(zone) = literal(record, "HostedZoneName") {
        within(resource, record, zone, &at("Name"), findings);
    }
    let Known::Is(Node::List(values)) = look(record, "ResourceRecords") else { return };
    let Some(kind) = literal(record, "Type") else { return };
    if kind == "CNAME" && values.len() > 1 {
        let message = "a `CNAME` has one value";
        findings.add(resource, codes::ILLEGAL_VALUE, &at("ResourceRecords"), message);
    }
    for (index, value) in values.iter().enumerate() {
        let Some(value) =
            value.as_str().filter(|value| !value.contains("${") && !value.contains("{{"))
        else {
            continue;
        };
        let numbers = |count: usize| {
            let mut parts = value.split_whitespace();
            let sure =
                parts.by_ref().take(count).filter(|part| part.parse::<u16>().is_ok()).count();
            sure == count && parts.count() == 1
        };
        let (fits, form) = match kind {
            "A" => (value.parse::<Ipv4Addr>().is_ok(), "an IPv4 address"),
            "AAAA" => (value.parse::<Ipv6Addr>().is_ok(), "an IPv6 address"),
            "MX" => (numbers(1), "a priority and a domain: `10 mail.example.com`"),
            "SRV" => (numbers(3), "priority, weight, port and domain"),
            "TXT" => {
                (is_quoted(value), "text in double quotes, 255 characters at most in each pair")
            }
            "CAA" => (is_caa(value), "flag, tag and value: `0 issue \"amazon.com\"`"),
            "CNAME" | "NS" | "PTR" => (!value.contains(char::is_whitespace), "a domain"),
            _ => continue,
        };
        if !fits {
            let message = format!("`{value}` is no value of an `{kind}` record");
            findings
                .add(
                    resource,
                    codes::ILLEGAL_VALUE,
                    &at(&format!("ResourceRecords.{index}")),
                    message,
                )
                .help = Some(format!("it is {form}"));
        }
    }
}

/// A record's name belongs to its zone.
pub(super) fn within(
    resource: &Resource<'_>,
    record: &Map,
    zone: &str,
    path: &str,
    findings: &mut Findings,
) {
    if !zone.contains("${") && !zone.ends_with('.') && !path.contains("RecordSets.") {
        let message = format!("the name of a zone ends with a dot, and `{zone}` does not");
        findings.add(resource, codes::ILLEGAL_VALUE, "HostedZoneName", message).help =
            Some(format!("write `{zone}.`"));
    }
    let Some(name) = literal(record, "Name").filter(|name| !name.contains("${")) else { return };
    if !zone.contains("${") && !is_part(name, zone) {
        let message = format!("`{name}` is not in the zone `{zone}`");
        findings.add(resource, codes::ILLEGAL_VALUE, path, message);
    } else if literal(record, "Type") == Some("CNAME")
        && name.trim_end_matches('.').eq_ignore_ascii_case(zone.trim_end_matches('.'))
    {
        let message =
            "the name of a zone itself has other records, beside which there is no `CNAME`";
        findings.add(resource, codes::ILLEGAL_VALUE, path, message).help =
            Some("use an alias of the type `A`".into());
    }
}

/// Whether this is a domain as CloudFront takes it: in small letters, with `*` for its first part at most.
fn is_domain(text: &str) -> bool {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let fits = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
            })
    };
    name.contains('.')
        && name.split('.').all(fits)
        && name.rsplit('.').next().is_some_and(|last| last.len() > 1)
}

/// Whether this is one text in double quotes, or several.
fn is_quoted(text: &str) -> bool {
    let ends = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    ends && (text.contains('\\')
        || text.split('"').skip(1).step_by(2).all(|part| part.chars().count() <= 255))
}

/// Whether this is the value of a `CAA` record.
fn is_caa(text: &str) -> bool {
    let mut parts = text.splitn(3, ' ');
    let mut part = || parts.next().unwrap_or_default();
    let (flag, tag, value) = (part(), part(), part().trim());
    flag.parse::<u8>().is_ok()
        && !tag.is_empty()
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.len() > 1
        && value.starts_with('"')
        && value.ends_with('"')
}

/// Whether a domain is another one or below it.
fn is_part(name: &str, of: &str) -> bool {
    let (name, of) = (name.trim_end_matches('.'), of.trim_end_matches('.'));
    name.strip_suffix(of).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

pub(super) fn certificate(resource: &Resource<'_>, findings: &mut Findings) {
    for (index, option) in items(resource.properties, "DomainValidationOptions").iter().enumerate()
    {
        let Some(option) = option.as_map() else { continue };
        let (Some(domain), Some(validation)) =
            (literal(option, "DomainName"), literal(option, "ValidationDomain"))
        else {
            continue;
        };
        if !domain.contains("${") && !validation.contains("${") && !is_part(domain, validation) {
            let message = format!("`{domain}` is not part of `{validation}`");
            let path = format!("DomainValidationOptions.{index}.ValidationDomain");
            findings.add(resource, codes::ILLEGAL_VALUE, &path, message);
        }
    }
}

pub(super) fn distribution(resource: &Resource<'_>, findings: &mut Findings) {
    let Known::Is(config) = object(resource.properties, &["DistributionConfig"]) else { return };
    for (index, alias) in items(config, "Aliases").iter().enumerate() {
        if let Some(alias) =
            alias.as_str().filter(|alias| !alias.contains(['$', '{']) && !is_domain(alias))
        {
            let message = format!("`{alias}` is no domain");
            findings.add(
                resource,
                codes::ILLEGAL_VALUE,
                &format!("DistributionConfig.Aliases.{index}"),
                message,
            );
        }
    }
    let mut ids = Vec::new();
    for list in ["Origins", "OriginGroups"] {
        let all: &[Node] = match look(config, list) {
            Known::Missing => continue,
            Known::Is(Node::List(all)) => all,
            Known::Is(Node::Map(groups)) => items(groups, "Items"),
            _ => return,
        };
        for origin in all {
            match origin.as_map().and_then(|origin| origin.get("Id")) {
                Some(id) => ids.push(id),
                None => return,
            }
        }
    }
    let default = config
        .get("DefaultCacheBehavior")
        .into_iter()
        .map(|node| ("DefaultCacheBehavior".to_owned(), node));
    let others = items(config, "CacheBehaviors").iter().enumerate();
    let others = others.map(|(index, node)| (format!("CacheBehaviors.{index}"), node));
    for (path, behavior) in default.chain(others) {
        let Some(target) =
            behavior.as_map().and_then(|behavior| literal(behavior, "TargetOriginId"))
        else {
            continue;
        };
        let known =
            ids.iter().any(|id| id.as_str().is_none_or(|id| id == target || id.contains("${")));
        if !known {
            let message = format!("there is no origin `{target}`");
            findings.add(
                resource,
                codes::DANGLING_REFERENCE,
                &format!("DistributionConfig.{path}.TargetOriginId"),
                message,
            );
        }
    }
}
