//! Findings as annotations of GitHub Actions, which shows them beside the lines of a pull request.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message>

use fc_cdk_core::{Diagnostic, Severity};

use crate::error::Error;

/// GitHub shows so many annotations of each kind that a step makes, and drops the others.
const MOST: usize = 10;

/// One workflow command for each finding, each with a line break. Where there are more than GitHub shows, the last one of its kind
/// sums up the others.
pub(crate) fn github(findings: &[&Diagnostic]) -> String {
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let mut of_kind: Vec<&Diagnostic> =
            findings.iter().copied().filter(|finding| finding.severity == severity).collect();
        of_kind.sort_by_key(|finding| finding.location);
        let shown = if of_kind.len() > MOST { MOST - 1 } else { of_kind.len() };
        let (shown, others) = of_kind.split_at(shown);
        text.extend(shown.iter().map(|finding| annotation(finding)));
        if !others.is_empty() {
            text += &rest(command(severity), others);
        }
    }
    text
}

/// Why the command failed, without a line break.
pub(super) fn of_error(error: &Error) -> String {
    let title = error.code().unwrap_or("fc-cdk");
    let help = error.help_text().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!("::error title={}::{}", escape(title, true), escape(&format!("{error}{help}"), false))
}

/// One annotation for all findings that GitHub would not show.
fn rest(command: &str, findings: &[&Diagnostic]) -> String {
    let lines = findings.iter().map(|finding| {
        let at = finding.location.map(|at| format!("{at}: ")).unwrap_or_default();
        format!("{at}{}: {}", finding.code, said(finding))
    });
    let lines: Vec<String> = lines.collect();
    let title = format!("{} more", findings.len());
    format!("::{command} title={title}::{}\n", escape(&lines.join("\n"), false))
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn annotation(finding: &Diagnostic) -> String {
    let command = command(finding.severity);
    let mut properties = Vec::new();
    if let Some(at) = finding.location {
        properties.push(format!("file={}", escape(at.file, true)));
        properties.push(format!("line={},col={}", at.line, at.column));
    }
    properties.push(format!("title={}", escape(&finding.code, true)));
    let mut text = said(finding);
    if let Some(help) = &finding.help {
        text += &format!("\nhelp: {help}");
    }
    format!("::{command} {}::{}\n", properties.join(","), escape(&text, false))
}

/// The construct, the property and what is wrong.
fn said(finding: &Diagnostic) -> String {
    let mut text = String::new();
    if !finding.path.is_empty() {
        text += &format!("{}: ", finding.path);
    } else if let Some(id) = &finding.logical_id {
        text += &format!("{id}: ");
    }
    if let Some(property) = &finding.property {
        text += &format!("{property}: ");
    }
    text + &finding.message
}

/// What the runner would take for the end of a value is written in percent.
fn escape(text: &str, in_property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if in_property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_github_would_drop_is_summed_up() {
        let one = |number: usize| {
            Diagnostic::of_tool(Severity::Error, "a-rule", format!("100 % wrong, {number}"))
        };
        let all: Vec<Diagnostic> = (0..12).map(one).collect();
        let text = github(&all.iter().collect::<Vec<_>>());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), MOST);
        assert_eq!(lines[0], "::error title=a-rule::100 %25 wrong, 0");
        let rest = "::error title=3 more::a-rule: 100 %25 wrong, 9%0A\
                    a-rule: 100 %25 wrong, 10%0Aa-rule: 100 %25 wrong, 11";
        assert_eq!(lines[MOST - 1], rest);
        let ten = github(&all[..10].iter().collect::<Vec<_>>());
        assert_eq!(ten.lines().count(), MOST);
        assert!(!ten.contains("more"));
    }
}
