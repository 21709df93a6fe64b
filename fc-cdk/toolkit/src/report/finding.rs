//! One finding, with its lines of source.

use std::{ops::Range, path::Path};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use fc_cdk_core::{Diagnostic, Severity, SourceLocation};

use super::sources::{Sources, word};
use crate::wrap::wrap;

/// How findings are shown.
pub(super) struct Style {
    pub(super) renderer: Renderer,
    pub(super) width: usize,
    /// Where long lines are broken, if they are.
    pub(super) wraps_at: Option<usize>,
}

/// A finding with all that is said along with it.
pub(super) struct Entry<'f> {
    pub(super) finding: &'f Diagnostic,
    /// Where the same is wrong.
    pub(super) also: Vec<String>,
    /// What is wrong with the resources of this construct, most likely for the same reason.
    pub(super) inside: Vec<String>,
}

pub(super) fn render(entry: &Entry<'_>, style: &Style, sources: &mut Sources) -> String {
    let finding = entry.finding;
    let (level, name) = match finding.severity {
        Severity::Error => (Level::ERROR, "error"),
        Severity::Warning => (Level::WARNING, "warning"),
        Severity::Info => (Level::INFO, "info"),
    };
    let heading = name.len() + finding.code.chars().count() + "[]: ".len();
    let title = style.wrapped(&finding.message, heading);
    let title = level.primary_title(title).id(finding.code.as_str());
    // Numbers of lines are as wide as the largest.
    let lines = finding.notes.iter().map(|(_, at)| *at).chain([finding.location]).flatten();
    let margin = lines.map(|at| at.line).max().map_or(0, |line| line.to_string().len());
    let width = style.width.saturating_sub(margin + 10);
    let property = finding.property.as_deref();
    let first = located(Group::with_title(title), finding.location, property, width, sources);
    let (shown, told): (Vec<_>, Vec<_>) = finding.notes.iter().partition(|(_, at)| is_ours(*at));

    let mut facts: Vec<(&'static str, String)> = Vec::new();
    if !finding.path.is_empty() {
        facts.push(("construct", finding.path.to_string()));
    }
    facts.extend(entry.also.iter().map(|place| ("also", place.clone())));
    facts.extend(finding.logical_id.iter().map(|id| ("logical id", id.to_string())));
    facts.extend(finding.property.iter().map(|property| ("property", property.clone())));
    facts.extend(entry.inside.iter().map(|inside| ("inside", inside.clone())));
    facts.extend(told.into_iter().map(|(text, at)| match at {
        Some(at) => ("note", format!("{text}: {at}")),
        None => ("note", text.clone()),
    }));
    facts.extend(finding.help.iter().map(|help| ("help", help.clone())));
    facts.extend(finding.docs.iter().map(|docs| ("docs", docs.to_string())));

    let facts = facts.into_iter().map(|(name, text)| {
        let level = if name == "help" { Level::HELP } else { Level::NOTE.with_name(name) };
        level.message(style.wrapped(&text, margin + " = : ".len() + name.len()))
    });
    let mut groups = vec![first.elements(facts)];
    for (text, location) in shown {
        let title = Level::NOTE.secondary_title(style.wrapped(text, "note: ".len()));
        groups.push(located(Group::with_title(title), *location, None, width, sources));
    }
    style.renderer.render(&groups)
}

impl Style {
    fn wrapped(&self, text: &str, indent: usize) -> String {
        wrap(text, self.wraps_at.map(|width| width.saturating_sub(indent).max(20)))
    }
}

/// Whether a line is of what the user wrote: the compiler knows files of other packages by their whole paths.
fn is_ours(location: Option<SourceLocation>) -> bool {
    location.is_some_and(|at| !(Path::new(at.file).is_absolute() && at.file.ends_with(".rs")))
}

/// The group with the source line, and where the property is written; or only the place where the file cannot be read.
fn located<'a>(
    group: Group<'a>,
    location: Option<SourceLocation>,
    property: Option<&str>,
    width: usize,
    sources: &mut Sources,
) -> Group<'a> {
    let Some(location) = location else { return group };
    let Some((file, offset)) = sources.at(location) else {
        let origin = Origin::path(location.file).line(location.line as usize);
        return group.element(origin.char_column(location.column as usize));
    };
    let place = property.and_then(|property| file.place_of(location, offset, property));
    let line = file.line_of(offset);
    let other = place.as_ref().map_or(line, |place| file.line_of(place.start));
    let first = line.min(other);
    let lines = file.range(first..line.max(other) + 1);
    let mut excerpt = Excerpt::new(&file.text[lines.clone()], offset - lines.start);
    if let Some(place) = place {
        excerpt.mark(place.start - lines.start..place.end - lines.start, width);
    }
    let snippet = Snippet::source(excerpt.text).line_start(first + 1).path(location.file);
    let snippet = snippet.annotation(AnnotationKind::Primary.span(excerpt.call));
    let place = excerpt.place.map(|place| AnnotationKind::Context.span(place));
    group.element(snippet.annotations(place))
}

/// Lines of source with what is marked in them.
struct Excerpt {
    text: String,
    call: Range<usize>,
    place: Option<Range<usize>>,
}

impl Excerpt {
    fn new(text: &str, call: usize) -> Excerpt {
        Excerpt { text: text.to_owned(), call: word(text, call), place: None }
    }

    /// Marks where a property is written. What is between that and the call is left out where they are too far apart to be seen at once.
    fn mark(&mut self, place: Range<usize>, width: usize) {
        let start_of = |at: usize| self.text[..at].rfind('\n').map_or(0, |index| index + 1);
        let (lines, here) = ((start_of(self.call.start), start_of(place.start)), &self.call);
        let first = (here.start - lines.0).min(place.start - lines.1);
        let last = (here.end - lines.0).max(place.end - lines.1);
        let is_before = place.start < here.start;
        let gap = match (lines.0 == lines.1, is_before) {
            (true, true) => place.end..here.start,
            (true, false) => here.end..place.start,
            (false, _) => {
                let line = &self.text[lines.1..place.start];
                lines.1 + line.len() - line.trim_start().len()..place.start
            }
        };
        self.place = Some(place);
        if last.saturating_sub(first) <= width || gap.len() <= CUT.len() {
            return;
        }
        let less = gap.len() - CUT.len();
        let moved = |range: &mut Range<usize>| {
            if range.start >= gap.end {
                *range = range.start - less..range.end - less;
            }
        };
        moved(&mut self.call);
        self.place.iter_mut().for_each(moved);
        self.text.replace_range(gap, CUT);
    }
}

/// What stands for what is left out.
const CUT: &str = " ... ";
