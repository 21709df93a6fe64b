//! What each code stands for, by topic. Each constant is the code; the table has the rest.

/// Writes the constants and the table of one topic.
macro_rules! rules {
    ($($name:ident = $code:literal, $severity:ident, $title:literal; why $why:literal; fix $fix:literal; docs $docs:expr;)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $title, ".")]
            pub const $name: &str = $code;
        )*

        /// The rules of this topic.
        pub(in crate::rules) const RULES: &[$crate::rules::Rule] = &[$(
            $crate::rules::Rule {
                code: $code,
                severity: $crate::diagnostic::Severity::$severity,
                title: $title,
                why: $why,
                fix: $fix,
                docs_url: $docs,
            },
        )*];
    };
}

pub(crate) mod data; // lifecycle of data, versions past their end
pub(crate) mod network; // addresses, routes, security groups
pub(crate) mod properties; // single values, from the tables
pub(crate) mod security; // what auditors ask for
pub(crate) mod structure; // the tree
pub(crate) mod template; // references, functions, limits
