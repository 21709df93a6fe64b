//! [`Path`]: where something stands in a node, for findings.

use std::fmt;

/// Where something stands, such as `Tags.0.Key`.
///
/// Walks over whole templates carry it along, so it is put together only where something is found. It is part of the walk's
/// own stack: `&path.join("Tags")` lives as long as the call that it is passed to.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// A path of one step; of none, where the name is empty.
    pub(crate) const fn new(name: &'a str) -> Path<'a> {
        Path { above: None, step: Step::Name(name) }
    }

    /// The path of an entry.
    pub(crate) const fn join(&'a self, name: &'a str) -> Path<'a> {
        Path { above: Some(self), step: Step::Name(name) }
    }

    /// The path of an item.
    pub(crate) const fn item(&'a self, index: usize) -> Path<'a> {
        Path { above: Some(self), step: Step::Index(index) }
    }

    fn is_empty(&self) -> bool {
        self.above.is_none() && matches!(self.step, Step::Name(""))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above.filter(|above| !above.is_empty()) {
            write!(f, "{above}.")?;
        }
        match self.step {
            Step::Name(name) => f.write_str(name),
            Step::Index(index) => write!(f, "{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_joined_by_dots() {
        let top = Path::new("");
        assert_eq!(top.to_string(), "");
        assert_eq!(top.join("Tags").item(0).join("Key").to_string(), "Tags.0.Key");
    }
}
