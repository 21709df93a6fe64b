//! What plain YAML text means: shared by the reader and the writer, so that they agree.

use crate::node::Node;

/// The value that plain text stands for.
///
/// Booleans and nulls are those of YAML 1.1, which CloudFormation reads. Text is a number only where the number, written out,
/// is the same text; all else stays text, and nothing is lost.
pub(super) fn plain_scalar(text: &str) -> Node {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Node::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            return Node::Bool(true);
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            return Node::Bool(false);
        }
        _ => {}
    }
    let number = text.strip_prefix('-').unwrap_or(text);
    if number.starts_with(|first: char| first.is_ascii_digit()) {
        let whole = text.parse().map(Node::Int).ok();
        let number = whole.or_else(|| text.parse().map(Node::Float).ok());
        if let Some(number) = number
            && number.to_json() == text
        {
            return number;
        }
    }
    Node::Str(text.into())
}

/// Whether every YAML reader, of version 1.1 or 1.2, takes this text for itself when it stands plain in a block.
///
/// Says `false` for more than it must: whatever starts like a number or a date is quoted.
pub(super) fn is_safe_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let starts_well = first.is_ascii_alphabetic() || matches!(first, '/' | '_' | '$' | '(');
    let reads_as_other = match text.len() {
        1 => matches!(first, 'y' | 'Y' | 'n' | 'N' | '_'),
        _ => !matches!(plain_scalar(text), Node::Str(_)),
    };
    starts_well
        && !reads_as_other
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(|character| is_printable(character) && character != '\t')
}

/// Whether a character may stand in YAML text as it is, on one line.
pub(super) fn is_printable(character: char) -> bool {
    match character {
        '\t' | ' '..='~' => true,
        '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        other => other >= '\u{a0}',
    }
}
