//! The code that was meant.

/// The word that is closest to a mistyped one, if any is close.
///
/// ```
/// use fc_cdk_core::rules::nearest;
/// assert_eq!(nearest("duplicat-id", ["bad-move", "duplicate-id"]), Some("duplicate-id"));
/// assert_eq!(nearest("xyz", ["bad-move", "duplicate-id"]), None);
/// assert_eq!(nearest("x", ["a", "b"]), None);
/// ```
pub fn nearest<'a>(word: &str, all: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = all.into_iter().map(|other| (distance(word, other), other)).min()?;
    // Of a single letter nothing would be left.
    (near.0 <= near.1.len().max(3) / 3 && near.0 < near.1.len()).then_some(near.1)
}

/// How many letters to change, add or drop to come from one word to the other (Levenshtein), capitals aside.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
