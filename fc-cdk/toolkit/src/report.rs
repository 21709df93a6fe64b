//! Diagnostics for people, as rustc shows its own.

mod finding; // one of them, with its lines of source
mod github; // annotations of GitHub Actions
mod place; // where a property is written
mod sarif; // for code scanning
mod sources; // source files

use annotate_snippets::Renderer;
use clap::ArgMatches;
use fc_cdk_core::{Diagnostic, Severity, rules};

use self::finding::{Entry, Style, render};
pub(crate) use self::{github::github, sarif::sarif, sources::Sources};
use crate::{error::Error, session::Session, table::count, terminal::Terminal};

/// Prints the diagnostics and their number on standard error.
pub(crate) fn print(diagnostics: &[Diagnostic], session: &mut Session<'_>) {
    print_with(diagnostics, Vec::new(), session);
}

/// The same with texts of what is in no file, or not shown as it is there.
pub(crate) fn print_with(
    diagnostics: &[Diagnostic],
    texts: Vec<(&'static str, String)>,
    session: &mut Session<'_>,
) {
    if diagnostics.is_empty() {
        return;
    }
    let terminal = &mut *session.terminal;
    let renderer =
        if terminal.err_paint().is_on() { Renderer::styled() } else { Renderer::plain() };
    let width = terminal.width();
    let style =
        Style { renderer: renderer.term_width(width), width, wraps_at: terminal.wraps_at() };
    let mut sources = Sources::new(session.variables);
    texts.into_iter().for_each(|(name, text)| sources.add(name, text));
    for entry in entries(diagnostics) {
        let text = render(&entry, &style, &mut sources);
        terminal.note(format_args!("{text}\n"));
    }
    // Of the last one, which is the worst and still in sight.
    if let Some(rule) = ordered(diagnostics).last().and_then(|finding| finding.rule) {
        let app = session.definition.get_name();
        terminal.note(format_args!("for more about a finding: `{app} explain {rule}`"));
    }
    let mut files: Vec<&str> =
        diagnostics.iter().filter_map(|finding| finding.location).map(|at| at.file).collect();
    files.sort_unstable();
    files.dedup();
    let total = summary(diagnostics);
    match files.len() {
        0 | 1 => terminal.note(total),
        number => terminal.note(format_args!("{total} in {}", count(number, "file"))),
    }
}

/// Tells programs why a command failed, in the form that they asked for: they read nothing of what is said to people.
pub(crate) fn tell_programs(error: &Error, args: &ArgMatches, terminal: &mut Terminal) {
    if error.is_reported() || terminal.has_printed() {
        return;
    }
    let is_json = args.try_get_one::<bool>("json").ok().flatten() == Some(&true);
    let format = args.try_get_one::<String>("format").ok().flatten().map(String::as_str);
    let text = match format {
        _ if is_json => error.to_node().to_json(),
        // That of `synth` is the form of templates.
        Some("json") if args.try_contains_id("online").is_ok() => error.to_node().to_json(),
        Some("sarif") => sarif::of_error(error).to_json_pretty(),
        Some("github") => github::of_error(error),
        _ => return,
    };
    // Where this cannot be written, people are told all the same.
    let _ = terminal.line(text);
}

/// The worst last, where the terminal stops; then by file and line.
fn ordered(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by_key(|finding| (finding.severity, finding.location));
    ordered
}

/// What is shown: each finding once, with all its places, and what follows from a mistake with the mistake.
fn entries(diagnostics: &[Diagnostic]) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut following = Vec::new();
    let mistakes: Vec<&Diagnostic> = diagnostics.iter().filter(|it| is_mistake(it)).collect();
    for finding in ordered(diagnostics) {
        if let Some(mistake) = cause(finding, &mistakes) {
            following.push((finding, mistake));
        } else if let Some(entry) = entries.iter_mut().find(|it| is_same(it.finding, finding)) {
            let place = match finding.location {
                Some(at) if finding.location != entry.finding.location => {
                    format!("{} ({at})", finding.path)
                }
                _ => finding.path.to_string(),
            };
            if entry.also.last() != Some(&place) {
                entry.also.push(place);
            }
        } else {
            entries.push(Entry { finding, also: Vec::new(), inside: Vec::new() });
        }
    }
    for entry in &mut entries {
        if entry.also.len() > MOST_PLACES {
            let more = entry.also.split_off(MOST_PLACES - 1).len();
            entry.also.push(format!("{more} more"));
        }
    }
    for (finding, mistake) in following {
        let place = |it: &Diagnostic| (it.location, it.path.clone());
        let with = |entry: &&mut Entry<'_>| place(entry.finding) == place(mistake);
        if let Some(entry) = entries.iter_mut().rev().find(with) {
            let path = finding.path.strip_prefix(mistake.path.as_str()).unwrap_or(&finding.path);
            let path = path.trim_start_matches('/');
            let said = format!("error[{}]: `{path}`: {}", finding.code, finding.message);
            entry.inside.push(said);
        }
    }
    entries
}

/// Whether it is a construct that says what is wrong with what it was given.
fn is_mistake(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error
        && finding.logical_id.is_none()
        && finding.rule.is_some_and(|rule| rules::find(rule.code).is_none())
}

/// The mistake that an error of a resource follows from: the construct around it does not take the same value at the same line. Once
/// that is put right, so is the resource, or its error is shown like any other.
fn cause<'d>(finding: &Diagnostic, mistakes: &[&'d Diagnostic]) -> Option<&'d Diagnostic> {
    if finding.logical_id.is_none() || finding.severity != Severity::Error {
        return None;
    }
    mistakes.iter().copied().find(|mistake| {
        let rest = finding.path.strip_prefix(mistake.path.as_str());
        mistake.location == finding.location
            && rest.is_some_and(|rest| rest.starts_with('/'))
            && is_of_same(finding, mistake)
    })
}

/// Whether two findings name the same value, or a property of the same name.
fn is_of_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    let values = |it: &Diagnostic| -> Vec<String> {
        let quoted = it.message.split('`').skip(1).step_by(2);
        let words = it.message.split([' ', ',', '`']);
        let numbers = words.filter(|word| word.contains(|letter: char| letter.is_ascii_digit()));
        quoted.chain(numbers).map(str::to_owned).collect()
    };
    let name = |it: &Diagnostic| it.property.as_deref().unwrap_or_default().replace('_', "");
    let (inner, outer) = (name(one).to_lowercase(), name(other).to_lowercase());
    let theirs = values(other);
    !inner.is_empty() && outer.contains(&inner)
        || values(one).iter().any(|value| theirs.contains(value))
}

/// How many further places of one finding are listed.
const MOST_PLACES: usize = 10;

/// Whether both say the same: then it is said once, with the places of all. An error is the same at the same line alone, such as that
/// of a stack which is made for several environments; warnings at any, and what only informs whatever it is about.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    let is_said = (one.severity, &one.code, &one.message, &one.help)
        == (other.severity, &other.code, &other.message, &other.help);
    is_said
        && match one.severity {
            Severity::Info => true,
            Severity::Warning => one.property == other.property,
            Severity::Error => {
                one.location.is_some()
                    && (one.location, &one.property, &one.notes)
                        == (other.location, &other.property, &other.notes)
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
