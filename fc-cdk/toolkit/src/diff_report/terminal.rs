//! Differences on a terminal; readable without color, too.

use fc_cdk_core::diff::{
    Change, EntryChange, Impact, PropertyChange, ResourceChange, StackDiff, TemplateDiff,
};

use super::{Report, because, cells, data_loss, effect, source, values};
use crate::{
    table::{Align, Table, count},
    terminal::Paint,
};

/// The report, ending in a line break.
pub(crate) fn terminal(report: &Report<'_>, paint: Paint) -> String {
    let mut lines: Vec<String> = Vec::new();
    for stack in report.told() {
        write_stack(stack, paint, &mut lines);
        lines.push(String::new());
    }
    let unknown = report.unknown_types();
    if unknown > 0 {
        lines.push(format!(
            "Nothing is known of the types of {}, so any change may replace them, and nobody can tell whether they hold data:\n\
             give `Cli` what it is to know by `resource_types`; a type that AWS has added since needs a newer version.\n",
            count(unknown, "resource")
        ));
    }
    lines.push(paint.bold(report.headline()));
    lines.join("\n") + "\n"
}

fn write_stack(stack: &StackDiff, paint: Paint, lines: &mut Vec<String>) {
    let change = match stack.change {
        Some(Change::Added) => " (new)",
        Some(Change::Removed) => " (gone)",
        _ => "",
    };
    lines.push(format!("{}{change}", paint.bold(&stack.name)));
    let TemplateDiff { resources, entries, statements, rules } = &stack.template;
    let width = |text: fn(&ResourceChange) -> usize| resources.iter().map(text).max().unwrap_or(0);
    let ids = width(|change| change.logical_id.chars().count());
    let labels = width(|change| change.impact.label().len());
    let types = width(|change| change.type_name.chars().count());
    for change in resources {
        let head = format!("{} {:<labels$}", change.impact.sign(), change.impact.label());
        let head = match change.impact {
            Impact::Remove | Impact::Replace | Impact::Rename => paint.red(head),
            Impact::MayReplace | Impact::Orphan => paint.yellow(head),
            _ => head,
        };
        let type_name = paint.cyan(format!("{:<types$}", change.type_name));
        let line = format!(
            "  {head}  {:<ids$}  {type_name}  {}",
            change.logical_id,
            paint.dim(source(change))
        );
        // Without color, nothing follows an empty last column.
        lines.push(line.trim_end().to_owned());
        write_details(change, paint, lines);
    }
    let mut section = "";
    for entry in entries {
        if section != entry.section {
            section = &entry.section;
            lines.push(format!("  {}", paint.bold(section)));
        }
        write_entry(entry, paint, lines);
    }
    if !statements.is_empty() {
        lines.push(format!("  {}", paint.bold("Permissions")));
        let titles = ["", "", "Effect", "Actions", "On", "Who", "When", "Policy of"];
        let rows = statements.iter().map(|row| {
            let marks = [row.change.sign().to_string(), mark(row.broadens)];
            let mut cells: Vec<String> = marks.into_iter().chain(cells(row)).collect();
            cells.push(row.logical_id.to_string());
            (row.broadens, cells)
        });
        write_table(&titles, rows, paint, lines);
    }
    if !rules.is_empty() {
        lines.push(format!("  {}", paint.bold("Security groups")));
        let titles = ["", "", "Group", "Way", "Protocol", "Ports", "Peer", "Description"];
        let rows = rules.iter().map(|row| {
            let cells = vec![
                row.change.sign().to_string(),
                mark(row.broadens),
                row.group.clone(),
                if row.ingress { "in" } else { "out" }.to_owned(),
                row.protocol.clone(),
                row.ports.clone(),
                if row.world { format!("{} (everybody)", row.peer) } else { row.peer.clone() },
                row.description.clone(),
            ];
            (row.broadens, cells)
        });
        write_table(&titles, rows, paint, lines);
    }
}

/// What stands beside a row that lets somebody do more.
fn mark(broadens: bool) -> String {
    if broadens { "!".to_owned() } else { String::new() }
}

fn write_details(change: &ResourceChange, paint: Paint, lines: &mut Vec<String>) {
    if let Some(old) = &change.old_logical_id {
        lines.push(format!("      was `{old}`"));
    }
    if let (Some(old), Some(new)) = (&change.old_construct_path, &change.construct_path) {
        lines.push(format!("      {old} → {new}"));
    }
    if let Some(loss) = data_loss(change) {
        lines.push(format!("      {}", paint.red(format!("! {loss}"))));
    }
    for value in change.attributes.iter().chain(&change.properties) {
        lines.push(format!("      {}", property(value, paint)));
    }
    for note in &change.notes {
        lines.push(format!("      {} {note}", paint.bold("note:")));
    }
    if change.impact == Impact::MayReplace && because(change).is_empty() {
        lines.push(format!("      {} nothing is known of its type", paint.bold("note:")));
    }
}

fn write_entry(entry: &EntryChange, paint: Paint, lines: &mut Vec<String>) {
    let name = entry.name.as_deref().unwrap_or(&entry.section);
    let sign = entry.change.sign();
    match entry.values.as_slice() {
        [value] => {
            let dot = if value.path.is_empty() { "" } else { "." };
            let path = format!("{name}{dot}{}", value.path);
            let value = property(&PropertyChange { path, ..value.clone() }, paint);
            lines.push(format!("    {sign} {value}"));
        }
        values => {
            lines.push(format!("    {sign} {name}"));
            lines.extend(values.iter().map(|value| format!("        {}", property(value, paint))));
        }
    }
    for note in &entry.notes {
        lines.push(format!("        {} {note}", paint.bold("note:")));
    }
}

/// `BucketName: a → b (replaces)`.
fn property(change: &PropertyChange, paint: Paint) -> String {
    let mut line = match values(change) {
        _ if change.cause.is_some() => change.path.clone(),
        (Some(old), Some(new)) => format!("{}: {old} → {new}", change.path),
        (None, Some(new)) => format!("{}: + {new}", change.path),
        (Some(old), None) => format!("{}: - {old}", change.path),
        (None, None) => change.path.clone(),
    };
    let facts: Vec<&str> = effect(change).into_iter().chain(change.cause.as_deref()).collect();
    if !facts.is_empty() {
        line.push_str(&format!(" {}", paint.yellow(format!("({})", facts.join("; ")))));
    }
    line
}

/// Longer cells take several lines: the statements of policies name much.
const WIDEST_CELL: usize = 48;

fn write_table(
    titles: &[&'static str; 8],
    rows: impl Iterator<Item = (bool, Vec<String>)>,
    paint: Paint,
    lines: &mut Vec<String>,
) {
    let columns = titles.map(|title| (title, Align::Left));
    let mut table = Table::new(&columns);
    let mut broadens = vec![false];
    for (broadening, cells) in rows {
        broadens.push(broadening);
        table.row(cells);
    }
    for (row, broadens) in table.wrapped_lines(WIDEST_CELL).iter().zip(broadens) {
        for line in row {
            let line = if broadens { paint.yellow(line) } else { line.clone() };
            lines.push(format!("    {line}"));
        }
    }
}
