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
        let header = self.columns.iter().map(|(title, _)| (*title).to_owned()).collect();
        let rows: Vec<&Vec<String>> = std::iter::once(&header).chain(&self.rows).collect();
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
        };
        let widths: Vec<usize> =
            (0..self.columns.len()).map(|column| width(column).unwrap_or(0)).collect();
        rows.iter()
            .map(|row| {
                let cells = row.iter().zip(&widths).zip(&self.columns);
                let line = cells.map(|((cell, &width), (_, align))| match align {
                    Align::Left => format!("{cell:<width$}"),
                    Align::Right => format!("{cell:>width$}"),
                });
                line.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            })
            .collect()
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
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([count(1, "stack"), count(0, "stack")], ["1 stack", "0 stacks"]);
    }
}
