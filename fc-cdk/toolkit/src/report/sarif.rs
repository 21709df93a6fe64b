//! Findings as SARIF 2.1.0, which GitHub, GitLab and editors read.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::{collections::BTreeMap, fmt::Write};

use fc_cdk_core::{
    Allowed, Diagnostic, Map, Node, Severity, SourceLocation, json, rules::Rule, sha256_hex,
};

use super::sources::{Sources, word};
use crate::error::Error;

/// The folder that paths are relative to: the root of the sources, wherever that is.
const SOURCES: &str = "%SRCROOT%";

/// The findings, and those that are allowed, as one run of one tool.
pub(crate) fn sarif(findings: &[&Diagnostic], allowed: &[&Allowed], sources: &mut Sources) -> Node {
    let all = findings.iter().copied().chain(allowed.iter().map(|allowed| &allowed.diagnostic));
    let rules: BTreeMap<&str, Option<&Rule>> =
        all.map(|finding| (finding.code.as_str(), finding.rule)).collect();
    let codes: Vec<&str> = rules.keys().copied().collect();
    let rules: Vec<Node> = rules.into_iter().map(|(code, known)| rule(code, known)).collect();
    let mut run = Run { codes, sources, seen: BTreeMap::new() };
    let mut results: Vec<Node> =
        findings.iter().map(|finding| Node::Map(run.result(finding))).collect();
    results.extend(allowed.iter().map(|allowed| {
        let mut result = run.result(&allowed.diagnostic);
        result.push(
            "suppressions",
            json!([{ "kind": "inSource", "status": "accepted", "justification": allowed.reason.as_str() }]),
        );
        Node::Map(result)
    }));
    log(rules, results, Vec::new())
}

/// Why there are no findings: the command failed.
pub(super) fn of_error(error: &Error) -> Node {
    let help = error.help_text().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let mut said = Map::new();
    if let Some(code) = error.code() {
        said.push("associatedRule", json!({ "id": code, "index": 0 }));
    }
    said.push("level", "error");
    said.push("message", json!({ "text": sentence(&error.to_string()) + &help }));
    let invocation = json!({
        "executionSuccessful": false,
        "exitCode": error.exit_code() as i64,
        "toolExecutionNotifications": [Node::Map(said)]
    });
    let rules = error.rule().map(|known| rule(known.code, Some(known)));
    log(rules.into_iter().collect(), Vec::new(), vec![invocation])
}

/// One run of one tool.
fn log(rules: Vec<Node>, results: Vec<Node>, invocations: Vec<Node>) -> Node {
    let mut run = Map::new();
    run.push(
        "tool",
        json!({ "driver": {
        "name": "fc-cdk",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules
    } }),
    );
    if !invocations.is_empty() {
        run.push("invocations", invocations);
    }
    run.push("automationDetails", json!({ "id": "fc-cdk/" }));
    run.push(
        "originalUriBaseIds",
        json!({
            "%SRCROOT%": { "description": { "text": "The root of the workspace." } }
        }),
    );
    run.push("columnKind", "unicodeCodePoints");
    run.push("results", results);
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [Node::Map(run)]
    })
}

fn rule(code: &str, known: Option<&Rule>) -> Node {
    let mut node = Map::new();
    node.push("id", code);
    let Some(rule) = known else {
        // Code scanning takes no rule without descriptions.
        let text = format!("`{code}` is a rule of another tool, which explains it.");
        for key in ["shortDescription", "fullDescription", "help"] {
            node.push(key, json!({ "text": text.as_str() }));
        }
        return Node::Map(node);
    };
    // A name has to be another one than the code.
    if code.contains('-') {
        node.push("name", name(code));
    }
    node.push("shortDescription", json!({ "text": sentence(rule.title) }));
    node.push("fullDescription", json!({ "text": rule.why }));
    node.push("help", json!({ "text": format!("{}\n\nFix: {}.", rule.why, rule.fix) }));
    if !rule.docs_url.is_empty() {
        node.push("helpUri", rule.docs_url);
    }
    node.push("defaultConfiguration", json!({ "level": level(rule.severity) }));
    Node::Map(node)
}

/// A code as the name of a symbol: `CidrOverlap`.
fn name(code: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    code.split('-').map(capital).collect()
}

/// A title with a capital and a full stop, as SARIF asks for sentences.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// A run in the making.
struct Run<'r> {
    codes: Vec<&'r str>,
    sources: &'r mut Sources,
    /// How often each fingerprint has come.
    seen: BTreeMap<String, u32>,
}

impl Run<'_> {
    fn result(&mut self, finding: &Diagnostic) -> Map {
        let mut node = Map::new();
        node.push("ruleId", finding.code.as_str());
        if let Ok(index) = self.codes.binary_search(&finding.code.as_str()) {
            node.push("ruleIndex", index as i64);
        }
        node.push("level", level(finding.severity));
        let mut text = sentence(&finding.message);
        if let Some(help) = &finding.help {
            let _ = write!(text, "\nhelp: {help}");
        }
        node.push("message", json!({ "text": text }));
        let mut place = Map::new();
        if let Some(location) = finding.location {
            place.push("physicalLocation", self.physical(location));
        }
        let name = logical_name(finding);
        if !name.is_empty() {
            place.push(
                "logicalLocations",
                json!([{ "fullyQualifiedName": name, "kind": "resource" }]),
            );
        }
        if !place.is_empty() {
            node.push("locations", vec![Node::Map(place)]);
        }
        let related: Vec<Node> = finding
            .notes
            .iter()
            .filter_map(|(text, location)| {
                let place = self.physical((*location)?);
                Some(json!({ "physicalLocation": place, "message": { "text": sentence(text) } }))
            })
            .collect();
        if !related.is_empty() {
            node.push("relatedLocations", related);
        }
        node.push(
            "partialFingerprints",
            json!({ "constructAndRule/v1": self.fingerprint(finding) }),
        );
        node
    }

    /// What stays the same when lines move: what is wrong with which property of which construct.
    fn fingerprint(&mut self, finding: &Diagnostic) -> String {
        let of = [
            finding.code.as_str(),
            finding.path.as_str(),
            finding.logical_id.as_deref().unwrap_or_default(),
            finding.property.as_deref().unwrap_or_default(),
        ];
        let hash = sha256_hex(of.join("\0").as_bytes());
        let count = self.seen.entry(hash.clone()).or_insert(0);
        *count += 1;
        format!("{}:{count}", &hash[..16])
    }

    fn physical(&mut self, location: SourceLocation) -> Node {
        let mut artifact = Map::new();
        let uri = uri(location.file);
        let is_relative = !uri.starts_with("file:");
        artifact.push("uri", uri);
        if is_relative {
            artifact.push("uriBaseId", SOURCES);
        }
        let mut region = Map::new();
        region.push("startLine", i64::from(location.line));
        region.push("startColumn", i64::from(location.column));
        if let Some((line, start)) = self.sources.line(location) {
            let length = line[word(&line, start)].chars().count();
            region.push("endColumn", i64::from(location.column) + length as i64);
            // The text of the region, and not of its line.
            let start = location.column.saturating_sub(1) as usize;
            let text: String = line.chars().skip(start).take(length).collect();
            region.push("snippet", json!({ "text": text }));
            let mut place = Map::new();
            place.push("artifactLocation", artifact);
            place.push("region", region);
            place.push(
                "contextRegion",
                json!({ "startLine": i64::from(location.line), "snippet": { "text": line } }),
            );
            return Node::Map(place);
        }
        json!({ "artifactLocation": artifact, "region": region })
    }
}

/// The construct with the property; the logical id where there is no construct.
fn logical_name(finding: &Diagnostic) -> String {
    let mut name = finding.path.to_string();
    if name.is_empty() {
        name.push_str(finding.logical_id.as_deref().unwrap_or_default());
    }
    if let Some(property) = &finding.property {
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(property);
    }
    name
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
    use super::{name, uri};

    #[test]
    fn codes_become_names() {
        assert_eq!(name("cidr-overlap"), "CidrOverlap");
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("src/a b.rs"), "src/a%20b.rs");
        assert_eq!(uri("/tmp/ä.json"), "file:///tmp/%C3%A4.json");
    }
}
