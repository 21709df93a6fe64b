//! Findings as annotations of GitHub Actions, which shows them beside the lines of a pull request.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message>

use fc_cdk_core::{Diagnostic, Severity};

/// One workflow command for each finding, each with a line break.
pub(crate) fn github(findings: &[&Diagnostic]) -> String {
    findings.iter().map(|finding| annotation(finding)).collect()
}

fn annotation(finding: &Diagnostic) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(at) = finding.location {
        properties.push(format!("file={}", escape(at.file, true)));
        properties.push(format!("line={},col={}", at.line, at.column));
    }
    properties.push(format!("title={}", escape(&finding.code, true)));
    let mut text = String::new();
    if !finding.path.is_empty() {
        text += &format!("{}: ", finding.path);
    } else if let Some(id) = &finding.logical_id {
        text += &format!("{id}: ");
    }
    if let Some(property) = &finding.property {
        text += &format!("{property}: ");
    }
    text += &finding.message;
    if let Some(help) = &finding.help {
        text += &format!("\nhelp: {help}");
    }
    format!("::{command} {}::{}\n", properties.join(","), escape(&text, false))
}

/// What the runner would take for the end of a value is written in percent.
fn escape(text: &str, in_property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if in_property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}
