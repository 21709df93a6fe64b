//! Source files, to show lines of.

use std::{
    collections::BTreeMap,
    env, fs,
    ops::Range,
    path::{Path, PathBuf},
};

use fc_cdk_core::SourceLocation;

use super::place::Tokens;
use crate::variables::Variables;

/// No line is shown of larger files.
const MAX_BYTES: u64 = 16 << 20;

/// Source files, found again by the paths that the compiler was given.
pub(crate) struct Sources {
    folders: Vec<PathBuf>,
    files: BTreeMap<&'static str, Option<SourceFile>>,
}

impl Sources {
    pub(crate) fn new(variables: &Variables) -> Sources {
        // Paths are relative to the workspace. That is around the current folder, the crate that cargo runs, or the program.
        let starts =
            [env::current_dir().ok(), variables.manifest_dir.clone(), env::current_exe().ok()];
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in starts.iter().flatten().flat_map(|start| start.ancestors()) {
            if !folders.iter().any(|known| known == folder) {
                folders.push(folder.to_owned());
            }
        }
        Sources { folders, files: BTreeMap::new() }
    }

    /// Adds a text to show in place of the file of this name, which may not be there.
    pub(crate) fn add(&mut self, name: &'static str, text: String) {
        self.files.insert(name, Some(SourceFile::new(text)));
    }

    /// The file of a place, if it can be read and still has that place.
    pub(super) fn at(&mut self, location: SourceLocation) -> Option<(&mut SourceFile, usize)> {
        let folders = &self.folders;
        let file = self.files.entry(location.file).or_insert_with(|| {
            let path = Path::new(location.file);
            folders.iter().find_map(|folder| {
                let path = folder.join(path);
                let size = fs::metadata(&path).map_or(0, |data| data.len());
                let text = (size <= MAX_BYTES).then(|| fs::read_to_string(path).ok())?;
                text.map(SourceFile::new)
            })
        });
        let file = file.as_mut()?;
        let offset = file.offset(location)?;
        Some((file, offset))
    }

    /// The text of a line and the byte of it that is meant, if there still is one.
    pub(super) fn line(&mut self, location: SourceLocation) -> Option<(String, usize)> {
        let (file, offset) = self.at(location)?;
        let line = file.line_of(offset);
        let line = file.range(line..line + 1);
        Some((file.text[line.clone()].to_owned(), offset - line.start))
    }
}

/// The text of a file, with where its lines begin.
pub(super) struct SourceFile {
    pub(super) text: String,
    lines: Vec<usize>,
    tokens: Option<Tokens>,
}

impl SourceFile {
    fn new(text: String) -> SourceFile {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(index, _)| index + 1)).collect();
        SourceFile { text, lines, tokens: None }
    }

    fn offset(&self, location: SourceLocation) -> Option<usize> {
        let line = (location.line as usize).checked_sub(1)?;
        let range = self.range(line..line + 1);
        let text = self.text.get(range.clone()).filter(|text| !text.is_empty())?;
        let (before, _) = text.char_indices().nth((location.column as usize).checked_sub(1)?)?;
        Some(range.start + before)
    }

    /// The line that a byte is on, from 0.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of some lines, without the last one's break.
    pub(super) fn range(&self, lines: Range<usize>) -> Range<usize> {
        let end = self.text.len();
        let start = self.lines.get(lines.start).copied().unwrap_or(end);
        let end = self.lines.get(lines.end).map_or(end, |next| next - 1).max(start);
        let text = &self.text[start..end];
        start..end - usize::from(text.ends_with(['\n', '\r']))
    }

    /// Where a property is written in the statement with this byte, in files of Rust.
    pub(super) fn place_of(
        &mut self,
        location: SourceLocation,
        offset: usize,
        property: &str,
    ) -> Option<Range<usize>> {
        if !location.file.ends_with(".rs") {
            return None;
        }
        let tokens = self.tokens.get_or_insert_with(|| Tokens::of(&self.text));
        tokens.place_of(&self.text, offset, property)
    }
}

/// The bytes of the word that starts at a byte of a line; at least one.
pub(super) fn word(line: &str, start: usize) -> Range<usize> {
    let rest = line.get(start..).unwrap_or_default();
    // A key of a template.
    if let Some(quoted) = rest.strip_prefix('"')
        && let Some(end) = quoted.find('"')
    {
        return start..start + end + 2;
    }
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '!')));
    let length = end.unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
    start..start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found() {
        assert_eq!(word("    s3::Bucket::new()", 4), 4..19);
        assert_eq!(word("äöü.build(&x)", 7), 7..12);
        assert_eq!(word("(x)", 0), 0..1);
        assert_eq!(word("", 0), 0..0);
        assert_eq!(word(r#"  "Cidr Block": 1"#, 2), 2..14);
    }

    #[test]
    fn places_are_found_by_the_compilers_columns() {
        let file = SourceFile::new("äöü.build(&x)\r\nnext\n".to_owned());
        let at = |line, column| file.offset(SourceLocation { file: "x.rs", line, column });
        assert_eq!(at(1, 5), Some(7));
        assert_eq!(at(2, 1), Some(18));
        assert_eq!((at(1, 40), at(3, 1), at(9, 1), at(0, 1)), (None, None, None, None));
        assert_eq!((file.line_of(7), file.line_of(18)), (0, 1));
        assert_eq!(&file.text[file.range(0..1)], "äöü.build(&x)");
        assert_eq!(&file.text[file.range(0..2)], "äöü.build(&x)\r\nnext");
    }
}
