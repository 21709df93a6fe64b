//! Text in columns, for people.

/// How a column is set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows under a header; every row has a cell per column.
pub(crate) struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(columns: &[(&'static str, Align)]) -> Table {
        Table { columns: columns.to_vec(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines, the header first. Columns are two spaces apart; no line ends in a space.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.wrapped_lines(usize::MAX).concat()
    }

    /// The lines of each row, the header first, with no column wider than `widest` characters where its cells can be broken.
    pub(crate) fn wrapped_lines(&self, widest: usize) -> Vec<Vec<String>> {
        let header = self.columns.iter().map(|(title, _)| (*title).to_owned()).collect();
        let rows = std::iter::once(&header).chain(&self.rows);
        let rows: Vec<Vec<Vec<&str>>> =
            rows.map(|row| row.iter().map(|cell| wrap(cell, widest)).collect()).collect();
        let mut widths = vec![0; self.columns.len()];
        for row in &rows {
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = cell.iter().map(|line| line.chars().count()).fold(*width, usize::max);
            }
        }
        rows.iter()
            .map(|row| {
                let height = row.iter().map(Vec::len).max().unwrap_or(0);
                (0..height).map(|line| self.line(row, line, &widths)).collect()
            })
            .collect()
    }

    fn line(&self, row: &[Vec<&str>], line: usize, widths: &[usize]) -> String {
        let cells = row.iter().zip(widths).zip(&self.columns);
        let cells = cells.map(|((cell, &width), (_, align))| {
            let text = cell.get(line).copied().unwrap_or_default();
            match align {
                Align::Left => format!("{text:<width$}"),
                Align::Right => format!("{text:>width$}"),
            }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }
}

/// A text in lines of at most `widest` characters, broken behind spaces and commas, else between the parts of an ARN; what has neither
/// stays whole.
fn wrap(text: &str, widest: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        let fits = rest.char_indices().nth(widest).map_or(rest.len(), |(end, _)| end);
        if fits == rest.len() {
            lines.push(rest);
            return lines;
        }
        let (head, _) = rest.split_at(fits);
        let last = |marks: &[char]| head.rfind(marks).map(|at| at + 1);
        let next = || rest[fits..].find([' ', ',']).map(|at| fits + at + 1);
        let end = last(&[' ', ',']).or_else(|| last(&[':', '/'])).or_else(next);
        match end.filter(|end| *end < rest.len()) {
            Some(end) => {
                let (line, tail) = rest.split_at(end);
                lines.push(line.trim_end());
                rest = tail.trim_start();
            }
            None => {
                lines.push(rest);
                return lines;
            }
        }
    }
}

/// A number with commas between thousands: `1,234,567`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 stack", "2 stacks".
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_their_content() {
        let mut table = Table::new(&[("Stack", Align::Left), ("Bytes", Align::Right)]);
        table.row(["Netzwerk-Süd".to_owned(), "9".to_owned()]);
        table.row(["A".to_owned(), "12,000".to_owned()]);
        assert_eq!(
            table.lines(),
            ["Stack          Bytes", "Netzwerk-Süd       9", "A             12,000"]
        );
    }

    #[test]
    fn long_cells_are_broken() {
        let mut table = Table::new(&[("What", Align::Left), ("Where", Align::Left)]);
        table.row(["read, write and delete".to_owned(), "here".to_owned()]);
        table.row(["x".to_owned(), "unbreakable-name,another".to_owned()]);
        assert_eq!(
            table.wrapped_lines(12),
            [
                vec!["What         Where"],
                vec!["read, write  here", "and delete"],
                vec!["x            unbreakable-name,", "             another"],
            ]
        );
        assert_eq!(wrap("äöü äöü", 4), ["äöü", "äöü"]);
        assert_eq!(wrap("arn:aws:s3:::name", 10), ["arn:aws:", "s3:::name"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([count(1, "stack"), count(0, "stack")], ["1 stack", "0 stacks"]);
    }
}
