//! [`Rule`]: what a finding's code stands for, and the macro that writes tables of them.

use std::fmt;

use crate::diagnostic::{Diagnostic, Severity};

/// A rule: its code, what breaks it, why that matters, and what to do.
///
/// A finding is made of one ([`Diagnostic::error`]), so there is none that nobody explains. Crates that check things of their own
/// describe their rules by [`rules!`](crate::rules!), and the command line explains them like the engine's.
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
    pub fn finding(&'static self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of_rule(self, self.severity, message)
    }
}

/// A rule stands for its code, such as in [`Scope::allow`](crate::Scope::allow).
impl AsRef<str> for Rule {
    fn as_ref(&self) -> &str {
        self.code
    }
}

impl fmt::Display for Rule {
    /// The code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// Writes the rules of one topic: a constant for each, and the table of all, which is what
/// `Cli::rules` takes for `explain` and for the reports.
///
/// ```
/// use fc_cdk_core::{App, Diagnostic, Stack};
///
/// pub mod codes {
///     fc_cdk_core::rules! {
///         pub const RULES = "Reports";
///         BAD_DAY = "reports-bad-day", Error, "a report is written on a day that no month has";
///             why "The schedule would never come, and nobody would notice that the report is missing.";
///             fix "give a day from 1 to 31";
///             docs "";
///     }
/// }
///
/// let app = App::new();
/// let stack = Stack::new(&app, "Reports");
/// stack.report(Diagnostic::error(codes::BAD_DAY, "32 is no day of a month"));
/// assert!(app.synth().diagnostics()[0].to_string().starts_with("error[reports-bad-day]"));
/// assert_eq!(codes::RULES.1.len(), 1);
/// ```
#[macro_export]
macro_rules! rules {
    (
        $(#[$about:meta])*
        $visibility:vis const $table:ident = $topic:literal;
        $($name:ident = $code:literal, $severity:ident, $title:literal; why $why:literal; fix $fix:literal; docs $docs:expr;)*
    ) => {
        $(
            #[doc = concat!("`", $code, "`: ", $title, ".")]
            pub const $name: &$crate::rules::Rule = &$crate::rules::Rule {
                code: $code,
                severity: $crate::Severity::$severity,
                title: $title,
                why: $why,
                fix: $fix,
                docs_url: $docs,
            };
        )*

        $(#[$about])*
        #[doc = concat!("The rules of the topic \"", $topic, "\".")]
        $visibility const $table: $crate::rules::Group = ($topic, &[$(*$name),*]);
    };
}
