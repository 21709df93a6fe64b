//! Findings as SARIF 2.1.0, which GitHub, GitLab and editors read.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::{collections::BTreeMap, fmt::Write};

use fc_cdk_core::{Allowed, Diagnostic, Map, Node, Severity, SourceLocation, json, rules::Rule};

/// The findings, and those that are allowed, as one run of one tool.
pub(crate) fn sarif(findings: &[&Diagnostic], allowed: &[&Allowed]) -> Node {
    let all = findings.iter().copied().chain(allowed.iter().map(|allowed| &allowed.diagnostic));
    let rules: BTreeMap<&str, Option<&Rule>> =
        all.map(|finding| (finding.code.as_str(), finding.rule)).collect();
    let codes: Vec<&str> = rules.keys().copied().collect();
    let rules: Vec<Node> = rules.into_iter().map(|(code, known)| rule(code, known)).collect();
    let mut results: Vec<Node> =
        findings.iter().map(|finding| Node::Map(result(finding, &codes))).collect();
    results.extend(allowed.iter().map(|allowed| {
        let mut result = result(&allowed.diagnostic, &codes);
        result.push(
            "suppressions",
            json!([{ "kind": "inSource", "justification": allowed.reason.as_str() }]),
        );
        Node::Map(result)
    }));
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "fc-cdk",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules
            } },
            "columnKind": "unicodeCodePoints",
            "results": results
        }]
    })
}

fn rule(code: &str, known: Option<&Rule>) -> Node {
    let mut node = Map::new();
    node.push("id", code);
    if let Some(rule) = known {
        node.push("shortDescription", json!({ "text": rule.title }));
        node.push("fullDescription", json!({ "text": rule.why }));
        node.push("help", json!({ "text": rule.fix }));
        if !rule.docs_url.is_empty() {
            node.push("helpUri", rule.docs_url);
        }
        node.push("defaultConfiguration", json!({ "level": level(rule.severity) }));
    }
    Node::Map(node)
}

fn result(finding: &Diagnostic, codes: &[&str]) -> Map {
    let mut node = Map::new();
    node.push("ruleId", finding.code.as_str());
    if let Ok(index) = codes.binary_search(&finding.code.as_str()) {
        node.push("ruleIndex", index as i64);
    }
    node.push("level", level(finding.severity));
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        let _ = write!(text, "\nhelp: {help}");
    }
    node.push("message", json!({ "text": text }));
    let mut place = Map::new();
    if let Some(location) = finding.location {
        place.push("physicalLocation", physical(location));
    }
    let mut name = finding.path.to_string();
    for part in [finding.logical_id.as_deref(), finding.property.as_deref()].into_iter().flatten() {
        if name.is_empty() {
            name.push_str(part);
        } else if Some(part) == finding.property.as_deref() {
            let _ = write!(name, ".{part}");
        }
    }
    if !name.is_empty() {
        place.push("logicalLocations", json!([{ "fullyQualifiedName": name, "kind": "resource" }]));
    }
    if !place.is_empty() {
        node.push("locations", vec![Node::Map(place)]);
    }
    let related: Vec<Node> = finding
        .notes
        .iter()
        .filter_map(|(text, location)| {
            Some(json!({ "physicalLocation": physical((*location)?), "message": { "text": text.as_str() } }))
        })
        .collect();
    if !related.is_empty() {
        node.push("relatedLocations", related);
    }
    node
}

fn physical(location: SourceLocation) -> Node {
    json!({
        "artifactLocation": { "uri": uri(location.file) },
        "region": { "startLine": i64::from(location.line), "startColumn": i64::from(location.column) }
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => _ = write!(uri, "%{other:02X}"),
        }
    }
    if path.starts_with('/') { format!("file://{uri}") } else { uri }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("src/a b.rs"), "src/a%20b.rs");
        assert_eq!(uri("/tmp/ä.json"), "file:///tmp/%C3%A4.json");
    }
}
