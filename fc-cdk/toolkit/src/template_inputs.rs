//! What `validate` is given beside the app: files, folders of templates, and standard input.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    codes,
    error::{Error, reason},
    template_files::entries,
    terminal::Terminal,
};

/// How files of templates end.
const ENDINGS: [&str; 4] = ["json", "yaml", "yml", "template"];

/// Larger files are not read: CloudFormation takes a megabyte.
const MAX_BYTES: u64 = 16 << 20;

/// Something to check.
pub(crate) struct Input {
    /// What findings call it.
    pub(crate) name: &'static str,
    /// `None` for standard input.
    path: Option<PathBuf>,
    /// Whether it was named itself, rather than the folder that it is in.
    pub(crate) is_named: bool,
}

/// What is in it.
pub(crate) enum Content {
    Bytes(Vec<u8>),
    /// More than any template has; how many bytes.
    TooLarge(u64),
    /// Why it cannot be read.
    Unreadable(String),
}

/// Whether an argument names files rather than a stack.
pub(crate) fn is_input(argument: &str) -> bool {
    let path = Path::new(argument);
    let is_path = argument.contains(['/', '\\']) || [".", ".."].contains(&argument);
    // What the shell makes of `<(command)` is there, and no regular file.
    let is_there = || path.exists() && !path.is_dir();
    argument == "-" || is_there() || has_ending(path) || (is_path && path.is_dir())
}

fn has_ending(path: &Path) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|it| ENDINGS.contains(&it))
}

/// The files that arguments name, those of a folder by name.
///
/// # Errors
///
/// When a folder cannot be read, or has no file that could be a template.
pub(crate) fn inputs(arguments: &[String]) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" {
            inputs.push(Input { name: "<stdin>", path: None, is_named: true });
        } else if path.is_dir() {
            let before = inputs.len();
            find(path, &mut inputs)?;
            if inputs.len() == before {
                let message = format!("there is no template in `{}`", path.display());
                let help = "templates end in `.json`, `.yaml`, `.yml` or `.template`";
                return Err(Error::of(codes::NO_TEMPLATE, message).help(help));
            }
        } else {
            inputs.push(Input::file(path.to_owned(), true));
        }
    }
    Ok(inputs)
}

/// The files of a folder and below that could be templates.
fn find(folder: &Path, inputs: &mut Vec<Input>) -> Result<(), Error> {
    for (name, path) in entries(folder)? {
        let is_skipped = name.starts_with('.') || name == "node_modules" || name == "target";
        if path.is_dir() {
            // A link may lead back up.
            if !is_skipped && !path.is_symlink() {
                find(&path, inputs)?;
            }
        } else if has_ending(&path) && !is_pipe(&path) {
            inputs.push(Input::file(path, false));
        }
    }
    Ok(())
}

/// Whether reading this would wait for somebody to write. A link that leads nowhere is none: it cannot be read, which is said.
fn is_pipe(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| !data.is_file())
}

impl Input {
    fn file(path: PathBuf, is_named: bool) -> Input {
        // Findings carry the names of source files, which live as long as the program; so does this one.
        let name = Box::leak(path.display().to_string().into_boxed_str());
        Input { name, path: Some(path), is_named }
    }

    /// Whether it is what is typed or piped, which is gone once it is read.
    pub(crate) fn is_gone(&self) -> bool {
        self.path.as_deref().is_none_or(is_pipe)
    }

    pub(crate) fn read(&self, terminal: &mut Terminal) -> Content {
        let Some(path) = &self.path else {
            return terminal
                .read_input()
                .map_or_else(|error| Content::Unreadable(error.to_string()), Content::Bytes);
        };
        let size = fs::metadata(path).map_or(0, |data| data.len());
        if size > MAX_BYTES {
            return Content::TooLarge(size);
        }
        match fs::read(path) {
            Ok(bytes) => Content::Bytes(bytes),
            Err(error) => {
                let reason = reason(&error);
                Content::Unreadable(format!("cannot read `{}`: {reason}", path.display()))
            }
        }
    }
}
