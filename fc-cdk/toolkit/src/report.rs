//! Diagnostics for people, as rustc shows its own.

mod github; // annotations of GitHub Actions
mod sarif; // for code scanning

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use fc_cdk_core::{Diagnostic, Severity, SourceLocation};

pub(crate) use self::{github::github, sarif::sarif};
use crate::{table::count, terminal::Terminal, variables::Variables};

/// Prints the diagnostics and their number on standard error.
pub(crate) fn print(diagnostics: &[Diagnostic], variables: &Variables, terminal: &mut Terminal) {
    print_with(diagnostics, None, variables, terminal);
}

/// The same with the text of something that is in no file.
pub(crate) fn print_with(
    diagnostics: &[Diagnostic],
    text: Option<(&'static str, String)>,
    variables: &Variables,
    terminal: &mut Terminal,
) {
    if diagnostics.is_empty() {
        return;
    }
    let renderer =
        if terminal.err_paint().is_on() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(terminal.width());
    let mut sources = Sources::new(variables);
    sources.files.extend(text.map(|(name, text)| (name, Some(text))));
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        let (before, after) = (&diagnostics[..index], &diagnostics[index + 1..]);
        if before.iter().any(|other| is_same(other, diagnostic)) {
            continue;
        }
        let same = after.iter().filter(|other| is_same(other, diagnostic));
        let mut also: Vec<String> = same
            .map(|other| match other.location {
                Some(location) if other.location != diagnostic.location => {
                    format!("{} ({location})", other.path)
                }
                _ => other.path.to_string(),
            })
            .collect();
        also.dedup();
        if also.len() > MOST_PLACES {
            let more = also.split_off(MOST_PLACES - 1).len();
            also.push(format!("{more} more"));
        }
        let text = render(diagnostic, &also, &renderer, &mut sources);
        terminal.note(format_args!("{text}\n"));
    }
    terminal.note(summary(diagnostics));
}

/// How many further places of one finding are listed.
const MOST_PLACES: usize = 5;

/// Whether both say the same: then it is said once, with the places of all. What is wrong is the same at the same line alone, such as
/// that of a stack which is made for several environments; what only informs is the same anywhere.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    let place = |it: &Diagnostic| (it.location, it.property.clone(), it.notes.clone());
    (one.severity, &one.code, &one.message, &one.help)
        == (other.severity, &other.code, &other.message, &other.help)
        && (one.severity == Severity::Info || one.location.is_some() && place(one) == place(other))
}

/// "2 errors, 1 warning"; empty if there is nothing.
pub(crate) fn summary(diagnostics: &[Diagnostic]) -> String {
    let kinds =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let counts = kinds.map(|(severity, noun)| {
        (diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count(), noun)
    });
    let parts = counts.iter().filter(|(number, _)| *number > 0);
    parts.map(|&(number, noun)| count(number, noun)).collect::<Vec<_>>().join(", ")
}

fn render(
    diagnostic: &Diagnostic,
    also: &[String],
    renderer: &Renderer,
    sources: &mut Sources,
) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let mut groups = vec![located(Group::with_title(title), diagnostic.location, sources)];
    let mut facts: Vec<(&'static str, &str)> = Vec::new();
    if !diagnostic.path.is_empty() {
        facts.push(("construct", &diagnostic.path));
    }
    facts.extend(also.iter().map(|place| ("also", place.as_str())));
    if let Some(id) = &diagnostic.logical_id {
        facts.push(("logical id", id));
    }
    if let Some(property) = &diagnostic.property {
        facts.push(("property", property));
    }
    facts.extend(
        diagnostic.notes.iter().filter(|(_, at)| at.is_none()).map(|(text, _)| ("note", &**text)),
    );
    facts.extend(diagnostic.help.as_deref().map(|help| ("help", help)));
    facts.extend(diagnostic.docs.as_deref().map(|docs| ("docs", docs)));
    let facts = facts.into_iter().map(|(name, text)| {
        let level = if name == "help" { Level::HELP } else { Level::NOTE.with_name(name) };
        level.message(text)
    });
    if let Some(first) = groups.pop() {
        groups.push(first.elements(facts));
    }
    for (text, location) in &diagnostic.notes {
        if location.is_some() {
            let title = Level::NOTE.secondary_title(text.as_str());
            groups.push(located(Group::with_title(title), *location, sources));
        }
    }
    renderer.render(&groups)
}

/// The group with the source line, or only its place where the file cannot be read.
fn located<'a>(
    group: Group<'a>,
    location: Option<SourceLocation>,
    sources: &mut Sources,
) -> Group<'a> {
    let Some(location) = location else { return group };
    let (line, column) = (location.line as usize, location.column as usize);
    match sources.line(location) {
        Some(text) => {
            let span = word(&text, column);
            let snippet = Snippet::source(text)
                .line_start(line)
                .path(location.file)
                .annotation(AnnotationKind::Primary.span(span));
            group.element(snippet)
        }
        None => group.element(Origin::path(location.file).line(line).char_column(column)),
    }
}

/// The bytes of the word that starts at a column, as the compiler counts them; at least one.
fn word(line: &str, column: usize) -> std::ops::Range<usize> {
    let start = line.char_indices().nth(column.saturating_sub(1)).map_or(0, |(index, _)| index);
    let rest = &line[start..];
    // A key of a template.
    if let Some(quoted) = rest.strip_prefix('"')
        && let Some(end) = quoted.find('"')
    {
        return start..start + end + 2;
    }
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '!')));
    let length = end.unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
    start..start + length
}

/// No line is shown of larger files.
const MAX_BYTES: u64 = 16 << 20;

/// Source files, found again by the paths that the compiler was given.
pub(crate) struct Sources {
    folders: Vec<PathBuf>,
    files: BTreeMap<&'static str, Option<String>>,
}

impl Sources {
    pub(crate) fn new(variables: &Variables) -> Sources {
        // Paths are relative to the workspace. That is around the current folder, the crate that cargo runs, or the program.
        let starts =
            [env::current_dir().ok(), variables.manifest_dir.clone(), env::current_exe().ok()];
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in starts.iter().flatten().flat_map(|start| start.ancestors()) {
            if !folders.iter().any(|known| known == folder) {
                folders.push(folder.to_owned());
            }
        }
        Sources { folders, files: BTreeMap::new() }
    }

    /// The text of a line, if there still is one.
    fn line(&mut self, location: SourceLocation) -> Option<String> {
        let folders = &self.folders;
        let file = self.files.entry(location.file).or_insert_with(|| {
            let path = Path::new(location.file);
            folders.iter().find_map(|folder| {
                let path = folder.join(path);
                let size = fs::metadata(&path).map_or(0, |data| data.len());
                (size <= MAX_BYTES).then(|| fs::read_to_string(path).ok())?
            })
        });
        let line = file.as_deref()?.lines().nth((location.line as usize).checked_sub(1)?)?;
        (line.chars().count() >= location.column as usize).then(|| line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_by_the_compilers_column() {
        assert_eq!(word("    s3::Bucket::new()", 5), 4..19);
        assert_eq!(word("äöü.build(&x)", 5), 7..12);
        assert_eq!(word("(x)", 1), 0..1);
        assert_eq!(word("", 1), 0..0);
        assert_eq!(word(r#"  "Cidr Block": 1"#, 3), 2..14);
    }

    #[test]
    fn numbers_are_summed_up_by_severity() {
        let all = [
            Diagnostic::of_tool(Severity::Error, "a", "x"),
            Diagnostic::of_tool(Severity::Warning, "b", "y"),
            Diagnostic::of_tool(Severity::Error, "a", "z"),
        ];
        assert_eq!(summary(&all), "2 errors, 1 warning");
        assert_eq!(summary(&[]), "");
    }
}
