//! Differences as Markdown: what matters first, the details folded.

use fc_cdk_core::diff::{Change, EntryChange, PropertyChange, ResourceChange, StackDiff};

use super::{Report, because, cells, data_loss, effect, source, values};

/// GitHub takes comments of 65,536 characters; what others add around ours needs some room.
const MAX_CHARACTERS: usize = 60_000;

/// The report, ending in a line break.
pub(crate) fn markdown(report: &Report<'_>) -> String {
    let mut head = format!("**{}**\n", capitalized(&report.headline()));
    let changed: Vec<&StackDiff> = report.told().collect();
    if changed.is_empty() {
        return head;
    }
    let mut rows = String::new();
    for stack in &changed {
        for change in &stack.template.resources {
            rows.push_str(&resource_row(stack, change));
        }
    }
    if !rows.is_empty() {
        head.push_str("\n| | Stack | Resource | Type | What happens | Because of | Source |\n|---|---|---|---|---|---|---|\n");
        head.push_str(&rows);
    }
    let new_or_gone = changed.iter().filter_map(|stack| match stack.change {
        Some(Change::Added) => Some(format!("\nStack {} is new.\n", code(&stack.name))),
        Some(Change::Removed) => Some(format!("\nStack {} is gone.\n", code(&stack.name))),
        _ => None,
    });
    new_or_gone.for_each(|line| head.push_str(&line));
    let mut out = head;
    let mut left_out = 0;
    for details in details(&changed) {
        if out.chars().count() + details.chars().count() > MAX_CHARACTERS {
            left_out += 1;
        } else {
            out.push_str(&details);
        }
    }
    if left_out > 0 {
        out.push_str(&format!(
            "\n{left_out} sections are too long for here; run `diff` to see them.\n"
        ));
    }
    out
}

fn resource_row(stack: &StackDiff, change: &ResourceChange) -> String {
    let mut what = format!("**{}**", change.impact.label());
    if let Some(loss) = data_loss(change) {
        what.push_str(&format!("; **{loss}**"));
    }
    let old = change.old_logical_id.as_ref();
    let id = match old {
        Some(old) => format!("{} → {}", code(old), code(&change.logical_id)),
        None => code(&change.logical_id),
    };
    let because = match because(change) {
        none if none.is_empty() => String::new(),
        paths => code(&paths),
    };
    let source = match source(change) {
        none if none.is_empty() => String::new(),
        source => code(&source),
    };
    let cells = [
        change.impact.sign().to_string(),
        cell(&stack.name),
        id,
        cell(&change.type_name),
        what,
        because,
        source,
    ];
    format!("| {} |\n", cells.join(" | "))
}

/// The folded parts, the most important first.
fn details(changed: &[&StackDiff]) -> Vec<String> {
    let mut parts = Vec::new();
    for stack in changed {
        let statements = &stack.template.statements;
        if !statements.is_empty() {
            let rows = statements.iter().map(|row| {
                let [effect, lists @ ..] = cells(row);
                let mut cells = vec![row.change.sign().to_string(), mark(row.broadens), effect];
                cells.extend(lists.iter().map(|text| code(text)));
                cells.push(code(&row.logical_id));
                cells
            });
            let titles = "| | | Effect | Actions | On | Who | When | Policy of |\n|---|---|---|---|---|---|---|---|\n";
            let broadened = statements.iter().filter(|row| row.broadens).count();
            parts.push(folded(&title(stack, "permissions", broadened), titles, rows));
        }
        let rules = &stack.template.rules;
        if !rules.is_empty() {
            let rows = rules.iter().map(|row| {
                vec![
                    row.change.sign().to_string(),
                    mark(row.broadens),
                    code(&row.group),
                    if row.ingress { "in" } else { "out" }.to_owned(),
                    cell(&row.protocol),
                    cell(&row.ports),
                    format!("{}{}", code(&row.peer), if row.world { " (everybody)" } else { "" }),
                    cell(&row.description),
                ]
            });
            let titles = "| | | Group | Way | Protocol | Ports | Peer | Description |\n|---|---|---|---|---|---|---|---|\n";
            let broadened = rules.iter().filter(|row| row.broadens).count();
            parts.push(folded(&title(stack, "security groups", broadened), titles, rows));
        }
    }
    for stack in changed {
        let entries = &stack.template.entries;
        if !entries.is_empty() {
            let rows = entries.iter().flat_map(entry_rows);
            let titles = "| | Section | Name | Before | After | |\n|---|---|---|---|---|---|\n";
            parts.push(folded(&title(stack, "outputs, parameters and others", 0), titles, rows));
        }
    }
    for stack in changed {
        let rows: Vec<Vec<String>> =
            stack.template.resources.iter().flat_map(property_rows).collect();
        if !rows.is_empty() {
            let titles = "| Resource | Property | Before | After | |\n|---|---|---|---|---|\n";
            parts.push(folded(&title(stack, "properties", 0), titles, rows.into_iter()));
        }
    }
    parts
}

fn title(stack: &StackDiff, what: &str, broadened: usize) -> String {
    let more = if broadened > 0 { format!(" (⚠ {broadened} allow more)") } else { String::new() };
    format!("{}: {what}{more}", stack.name)
}

fn mark(broadens: bool) -> String {
    if broadens { "⚠".to_owned() } else { String::new() }
}

fn entry_rows(entry: &EntryChange) -> Vec<Vec<String>> {
    let name = entry.name.as_deref().unwrap_or_default();
    let row = |value: &PropertyChange| {
        let full = match (name.is_empty(), value.path.is_empty()) {
            (_, true) => name.to_owned(),
            (true, false) => value.path.clone(),
            (false, false) => format!("{name}.{}", value.path),
        };
        let (old, new) = before_and_after(value);
        let remarks: Vec<&str> = value
            .cause
            .as_deref()
            .into_iter()
            .chain(entry.notes.iter().map(String::as_str))
            .collect();
        vec![
            entry.change.sign().to_string(),
            cell(&entry.section),
            code(&full),
            old,
            new,
            cell(&remarks.join("; ")),
        ]
    };
    entry.values.iter().map(row).collect()
}

fn property_rows(change: &ResourceChange) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for value in change.attributes.iter().chain(&change.properties) {
        let (old, new) = before_and_after(value);
        let remarks: Vec<&str> = effect(value).into_iter().chain(value.cause.as_deref()).collect();
        let remarks = cell(&remarks.join("; "));
        rows.push(vec![code(&change.logical_id), code(&value.path), old, new, remarks]);
    }
    for note in &change.notes {
        let empty = String::new();
        rows.push(vec![code(&change.logical_id), empty.clone(), empty.clone(), empty, cell(note)]);
    }
    rows
}

fn before_and_after(value: &PropertyChange) -> (String, String) {
    if value.cause.is_some() {
        // The template says the same before and after.
        return (String::new(), String::new());
    }
    let (old, new) = values(value);
    let text = |text: Option<String>| text.map(|text| code(&text)).unwrap_or_default();
    (text(old), text(new))
}

fn folded(title: &str, titles: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let rows: String = rows.map(|cells| format!("| {} |\n", cells.join(" | "))).collect();
    format!("\n<details><summary>{}</summary>\n\n{titles}{rows}\n</details>\n", cell(title))
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('|', "\\|").replace('\n', " ")
}

/// Code in a cell of a table.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.replace('|', "\\|").replace('\n', " ");
    // A fence is longer than every run of backticks in what it holds.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
