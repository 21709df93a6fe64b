//! Long lines, at the width of the terminal.

/// Breaks a text at spaces into lines of at most so many characters; words that are longer, such as addresses, stay whole.
pub(crate) fn wrap(text: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| text.chars().count() > *width) else {
        return text.to_owned();
    };
    let mut wrapped = String::with_capacity(text.len() + 8);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            wrapped.push('\n');
        }
        let mut length = 0;
        for (index, word) in line.split(' ').enumerate() {
            let own = word.chars().count();
            if index > 0 {
                let fits = length + 1 + own <= width;
                wrapped.push(if fits { ' ' } else { '\n' });
                length = if fits { length + 1 } else { 0 };
            }
            wrapped.push_str(word);
            length += own;
        }
    }
    wrapped
}

/// The same after so many characters, below which the further lines begin.
pub(crate) fn wrap_after(indent: usize, text: &str, width: Option<usize>) -> String {
    let width = width.map(|width| width.saturating_sub(indent).max(MIN_WIDTH));
    wrap(text, width).replace('\n', &format!("\n{:indent$}", ""))
}

/// Lines are not made shorter than this, however narrow the terminal is.
const MIN_WIDTH: usize = 20;

#[cfg(test)]
mod tests {
    use super::{wrap, wrap_after};

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrap("one two three", None), "one two three");
        assert_eq!(wrap("one two three", Some(13)), "one two three");
        assert_eq!(wrap("one two three", Some(12)), "one two\nthree");
        assert_eq!(wrap("one two three", Some(1)), "one\ntwo\nthree");
        assert_eq!(wrap("a\nlonger line is here", Some(10)), "a\nlonger\nline is\nhere");
        assert_eq!(wrap("äöü äöü", Some(7)), "äöü äöü");
    }

    #[test]
    fn further_lines_hang_below_the_first() {
        let text = "a text that is longer than the terminal";
        assert_eq!(wrap_after(6, text, Some(30)), "a text that is longer\n      than the terminal");
        assert_eq!(wrap_after(28, "word word word word word word", Some(30)).lines().count(), 2);
    }
}
