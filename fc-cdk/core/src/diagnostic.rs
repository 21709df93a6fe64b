//! [`Diagnostic`]: one thing that is wrong or worth knowing, with the place in the user's code that it comes from.

use std::{fmt, panic::Location};

use smol_str::SmolStr;

use crate::{
    json,
    node::{Map, Node},
    rules::Rule,
};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; synth goes on.
    Info,
    /// Probably not what is meant; synth goes on.
    Warning,
    /// Wrong: synth fails, and nothing is written.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// A line of Rust source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceLocation {
    /// The file, as the compiler was given it: relative to the workspace for its own crates.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl SourceLocation {
    /// The line that called the function that calls this; both are `#[track_caller]`.
    #[track_caller]
    pub fn caller() -> SourceLocation {
        SourceLocation::from(Location::caller())
    }

    fn to_node(self) -> Node {
        json!({ "file": self.file, "line": self.line, "column": self.column })
    }
}

impl From<&'static Location<'static>> for SourceLocation {
    fn from(location: &'static Location<'static>) -> SourceLocation {
        SourceLocation { file: location.file(), line: location.line(), column: location.column() }
    }
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One finding of synth: what is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The rule that is broken; none where another tool says so.
    pub rule: Option<&'static Rule>,
    /// The rule's name, such as `duplicate-id`; what `allow` takes.
    pub code: SmolStr,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// The construct, such as `Shop/Network/Vpc`; empty for the whole app.
    pub path: SmolStr,
    /// The logical id in the template, where it is about a resource.
    pub logical_id: Option<SmolStr>,
    /// The property, such as `Tags.0.Key`.
    pub property: Option<String>,
    /// The user's line: of the outermost construct that made the resource.
    pub location: Option<SourceLocation>,
    /// Further lines that explain it, with what each is.
    pub notes: Vec<(String, Option<SourceLocation>)>,
    /// What to do.
    pub help: Option<String>,
    /// The page of AWS or of ours that states the rule.
    pub docs: Option<SmolStr>,
}

impl Diagnostic {
    /// What another tool has found, under its own code; it is explained by that tool. The place is filled in by the scope that
    /// reports it. What this app or its constructs find is made of a [`Rule`]: [`error`](Diagnostic::error).
    pub fn of_tool(
        severity: Severity,
        code: impl Into<SmolStr>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(None, severity, code.into(), message.into())
    }

    /// A finding of a rule: its fix as help, its page. The place is filled in by the scope that reports it.
    pub(crate) fn of_rule(
        rule: &'static Rule,
        severity: Severity,
        message: impl Into<String>,
    ) -> Diagnostic {
        let code = SmolStr::new_static(rule.code);
        let mut finding = Diagnostic::new(Some(rule), severity, code, message.into());
        finding.help = (!rule.fix.is_empty()).then(|| rule.fix.to_owned());
        finding.docs = (!rule.docs_url.is_empty()).then(|| SmolStr::new_static(rule.docs_url));
        finding
    }

    fn new(
        rule: Option<&'static Rule>,
        severity: Severity,
        code: SmolStr,
        message: String,
    ) -> Diagnostic {
        Diagnostic {
            rule,
            code,
            severity,
            message,
            path: SmolStr::default(),
            logical_id: None,
            property: None,
            location: None,
            notes: Vec::new(),
            help: None,
            docs: None,
        }
    }

    /// An error: synth fails. Help and page are the rule's, until others are set.
    pub fn error(rule: &'static Rule, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of_rule(rule, Severity::Error, message)
    }

    /// A warning: synth goes on. Help and page are the rule's, until others are set.
    pub fn warning(rule: &'static Rule, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of_rule(rule, Severity::Warning, message)
    }

    /// Something worth knowing: synth goes on. Help and page are the rule's, until others are set.
    pub fn info(rule: &'static Rule, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of_rule(rule, Severity::Info, message)
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The same with the property it is about.
    #[must_use]
    pub fn property(mut self, property: impl Into<String>) -> Diagnostic {
        self.property = Some(property.into());
        self
    }

    /// The same with the page that states the rule.
    #[must_use]
    pub fn docs(mut self, url: impl Into<SmolStr>) -> Diagnostic {
        self.docs = Some(url.into());
        self
    }

    /// The same with one more line that explains it.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>, location: Option<SourceLocation>) -> Diagnostic {
        self.notes.push((text.into(), location));
        self
    }

    /// The finding as JSON, for other programs: `severity`, `code`, `message` and `path` always, and `logicalId`, `property`,
    /// `location` (`file`, `line`, `column`), `notes` (`message`, `location`), `help` and `docs` where there is one.
    pub fn to_node(&self) -> Node {
        let mut map = Map::with_capacity(10);
        map.push("severity", self.severity.to_string());
        map.push("code", &self.code);
        map.push("message", self.message.as_str());
        map.push("path", &self.path);
        if let Some(id) = &self.logical_id {
            map.push("logicalId", id);
        }
        if let Some(property) = &self.property {
            map.push("property", property.as_str());
        }
        if let Some(location) = self.location {
            map.push("location", location.to_node());
        }
        if !self.notes.is_empty() {
            let notes = self.notes.iter().map(|(text, location)| {
                let mut note = Map::with_capacity(2);
                note.push("message", text.as_str());
                if let Some(location) = location {
                    note.push("location", location.to_node());
                }
                Node::Map(note)
            });
            map.push("notes", notes.collect::<Vec<_>>());
        }
        if let Some(help) = &self.help {
            map.push("help", help.as_str());
        }
        if let Some(docs) = &self.docs {
            map.push("docs", docs);
        }
        Node::Map(map)
    }
}

impl fmt::Display for Diagnostic {
    /// The whole finding as plain text, readable without color.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: ", self.severity, self.code)?;
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        if let Some(property) = &self.property {
            write!(f, "{property}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(location) = &self.location {
            write!(f, "\n  --> {location}")?;
        }
        for (text, location) in &self.notes {
            write!(f, "\n  note: {text}")?;
            if let Some(location) = location {
                write!(f, " ({location})")?;
            }
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        if let Some(docs) = &self.docs {
            write!(f, "\n  docs: {docs}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_what_there_is_and_nothing_else() {
        let bare = Diagnostic::of_tool(Severity::Error, "some-rule", "something is wrong");
        assert_eq!(
            bare.to_node().to_json(),
            r#"{"severity":"error","code":"some-rule","message":"something is wrong","path":""}"#
        );
        let location = SourceLocation { file: "src/data.rs", line: 41, column: 5 };
        let mut full = Diagnostic::of_tool(Severity::Warning, "some-rule", "something is wrong")
            .property("Tags.0")
            .help("do something else")
            .docs("https://example.com")
            .note("made here", Some(location))
            .note("seen before", None);
        full.path = "Shop/Vpc".into();
        full.logical_id = Some("Vpc".into());
        full.location = Some(location);
        assert_eq!(
            full.to_node().to_json(),
            concat!(
                r#"{"severity":"warning","code":"some-rule","message":"something is wrong","path":"Shop/Vpc","#,
                r#""logicalId":"Vpc","property":"Tags.0","location":{"file":"src/data.rs","line":41,"column":5},"#,
                r#""notes":[{"message":"made here","location":{"file":"src/data.rs","line":41,"column":5}},"#,
                r#"{"message":"seen before"}],"help":"do something else","docs":"https://example.com"}"#
            )
        );
    }
}
