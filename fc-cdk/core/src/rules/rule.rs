//! [`Rule`]: what a finding's code stands for.

use crate::diagnostic::{Diagnostic, Severity};

/// A rule: its code, what breaks it, why that matters, and what to do.
///
/// Crates that check things of their own describe their rules by the same type, and the command line explains them like the engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "crates write tables of their own rules")]
pub struct Rule {
    /// The name, in kebab case: what a diagnostic's `code` says and [`Scope::allow`](crate::Scope::allow) takes.
    pub code: &'static str,
    /// How bad it is, as a rule; a finding may be milder where AWS can go either way.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop.
    pub title: &'static str,
    /// Why it matters: whole sentences.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// The page that states it; empty where it is our own.
    pub docs_url: &'static str,
}

impl Rule {
    /// A finding of this rule: its severity, its fix as help, its page.
    pub fn finding(&self, message: impl Into<String>) -> Diagnostic {
        let finding = Diagnostic::new(self.severity, self.code, message).help(self.fix);
        if self.docs_url.is_empty() { finding } else { finding.docs(self.docs_url) }
    }
}
