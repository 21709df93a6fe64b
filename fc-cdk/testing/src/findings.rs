//! [`Findings`]: assertions about what synth finds.

use std::fmt::Write as _;

use fc_cdk_core::{Allowed, App, Assembly, Diagnostic, Severity};

use crate::pattern::fail;

/// What synth found wrong with an app, under test.
///
/// ```
/// use fc_cdk_core::{App, Stack, json};
/// use fc_cdk_testing::Findings;
///
/// let app = App::new();
/// let stack = Stack::new(&app, "Orders");
/// stack.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
/// stack.raw_resource("Topic", "AWS::SNS::Topic", json!({}));
///
/// let findings = Findings::of_app(&app);
/// let twice = findings.error("duplicate-id", "Orders");
/// assert_eq!(twice.location.unwrap().file, file!());
/// findings.no_other_errors(&["duplicate-id"]);
/// ```
#[derive(Clone, Debug)]
pub struct Findings {
    found: Vec<Diagnostic>,
    allowed: Vec<Allowed>,
}

impl Findings {
    /// What was found wrong with an assembly.
    ///
    /// # Panics
    ///
    /// When a finding has no source line, which would be a fault of fc-cdk's.
    #[track_caller]
    pub fn of(assembly: &Assembly) -> Findings {
        for found in assembly.diagnostics() {
            if found.location.is_none() {
                fail(&format!("this finding has no source line:\n{found}"));
            }
        }
        Findings { found: assembly.diagnostics().to_vec(), allowed: assembly.allowed().to_vec() }
    }

    /// What is found wrong with an app, which is synthesized for it.
    ///
    /// # Panics
    ///
    /// When a finding has no source line, which would be a fault of fc-cdk's.
    #[track_caller]
    pub fn of_app(app: &App) -> Findings {
        Findings::of(&app.synth())
    }

    /// All of them, in the order in which synth gives them.
    pub fn all(&self) -> &[Diagnostic] {
        &self.found
    }

    /// Asserts that there are none, not even warnings.
    ///
    /// # Panics
    ///
    /// When there is one.
    #[track_caller]
    pub fn none(&self) {
        if !self.found.is_empty() {
            fail(&format!("nothing should be found, but:\n{}", self.text()));
        }
    }

    /// Asserts that there are no errors.
    ///
    /// # Panics
    ///
    /// When there is one.
    #[track_caller]
    pub fn no_errors(&self) {
        self.no_other_errors(&[]);
    }

    /// Asserts that there are no errors but ones of these rules.
    ///
    /// # Panics
    ///
    /// When there is one.
    #[track_caller]
    pub fn no_other_errors(&self, codes: &[&str]) {
        let other = |finding: &&Diagnostic| {
            finding.severity == Severity::Error && !codes.contains(&finding.code.as_str())
        };
        let others: String =
            self.found.iter().filter(other).map(|finding| format!("{finding}\n")).collect();
        if !others.is_empty() {
            fail(&format!("there should be no such errors:\n{others}"));
        }
    }

    /// Asserts that a construct has an error of a rule; its first is returned.
    ///
    /// # Panics
    ///
    /// When it has none.
    #[track_caller]
    pub fn error(&self, rule: impl AsRef<str>, path: &str) -> &Diagnostic {
        self.finding(Severity::Error, rule.as_ref(), path)
    }

    /// Asserts that a construct has a warning of a rule; its first is returned.
    ///
    /// # Panics
    ///
    /// When it has none.
    #[track_caller]
    pub fn warning(&self, rule: impl AsRef<str>, path: &str) -> &Diagnostic {
        self.finding(Severity::Warning, rule.as_ref(), path)
    }

    /// Asserts that a construct has a note of a rule, which is no warning; its first is returned.
    ///
    /// # Panics
    ///
    /// When it has none.
    #[track_caller]
    pub fn note(&self, rule: impl AsRef<str>, path: &str) -> &Diagnostic {
        self.finding(Severity::Info, rule.as_ref(), path)
    }

    /// Asserts that a finding of a rule is allowed for a construct; the first is returned, with the reason.
    ///
    /// # Panics
    ///
    /// When none is.
    #[track_caller]
    pub fn allowed(&self, rule: impl AsRef<str>, path: &str) -> &Allowed {
        let code = rule.as_ref();
        let is_meant =
            |allowed: &&Allowed| allowed.diagnostic.code == code && allowed.diagnostic.path == path;
        match self.allowed.iter().find(is_meant) {
            Some(allowed) => allowed,
            None => {
                let mut message = format!("no `{code}` of `{path}` is allowed");
                if !self.allowed.is_empty() {
                    message.push_str("; what is:");
                }
                for Allowed { diagnostic, reason } in &self.allowed {
                    let _ =
                        write!(message, "\n  {} of {}: {reason}", diagnostic.code, diagnostic.path);
                }
                fail(&message)
            }
        }
    }

    #[track_caller]
    fn finding(&self, severity: Severity, code: &str, path: &str) -> &Diagnostic {
        let found = self.found.iter().find(|finding| {
            finding.severity == severity && finding.code == code && finding.path == path
        });
        match found {
            Some(finding) => finding,
            None => {
                let all = match self.text() {
                    text if text.is_empty() => "nothing was found".into(),
                    text => format!("what was found:\n{text}"),
                };
                fail(&format!("there is no {severity} `{code}` of `{path}`; {all}"))
            }
        }
    }

    /// All findings as people read them.
    fn text(&self) -> String {
        self.found.iter().map(|finding| format!("{finding}\n")).collect()
    }
}
