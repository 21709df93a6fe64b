//! Files of Guard rules.
//!
//! <https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html>

use std::{
    fs,
    path::{Path, PathBuf},
};

use validation_engine::{ExternalRuleSource, GuardRuleSet};

use crate::{error::Error, template_files::entries};

/// How files of rules end.
const ENDINGS: [&str; 2] = ["guard", "ruleset"];

/// The rules of these files, and of all such files in these folders and below.
///
/// # Errors
///
/// When one cannot be read or has a mistake, a folder has none, or two files have a rule of one name.
pub(super) fn read(named: &[PathBuf]) -> Result<Vec<ExternalRuleSource>, Error> {
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            let before = files.len();
            find(path, &mut files)?;
            if files.len() == before {
                let message = format!("there is no file of Guard rules in `{}`", path.display());
                return Err(Error::of(crate::codes::BAD_GUARD_RULES, message)
                    .help("such files end in `.guard` or `.ruleset`"));
            }
        } else {
            files.push(path.clone());
        }
    }
    files.iter().map(|path| source(path)).collect()
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for (_, path) in entries(folder)? {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() && !path.is_symlink() {
            find(&path, files)?;
        } else if ENDINGS.contains(&ending) {
            files.push(path);
        }
    }
    Ok(())
}

fn source(path: &Path) -> Result<ExternalRuleSource, Error> {
    let bytes = fs::read(path).map_err(|error| Error::io("read", path, &error))?;
    let name = path.display().to_string();
    let Ok(content) = String::from_utf8(bytes) else {
        return Err(Error::of(
            crate::codes::BAD_GUARD_RULES,
            format!("`{name}` is no file of Guard rules: this is no UTF-8 text"),
        ));
    };
    let source = ExternalRuleSource { name: name.clone(), content };
    match GuardRuleSet::compile(std::slice::from_ref(&source)) {
        Ok(Some(rules)) if !rules.rule_metadata().is_empty() => Ok(source),
        Ok(_) => {
            Err(Error::of(crate::codes::BAD_GUARD_RULES, format!("there is no rule in `{name}`")))
        }
        Err(reason) => Err(mistake(&name, &source.content, &reason)),
    }
}

/// What is wrong with a file of rules, as the compiler says it: the place, and what stands there.
fn mistake(name: &str, content: &str, reason: &str) -> Error {
    let docs = "https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html";
    let Some((line, column)) = place(reason) else {
        return Error::of(
            crate::codes::BAD_GUARD_RULES,
            format!("`{name}` is no file of Guard rules: {reason}"),
        )
        .help(docs);
    };
    let text = content.lines().nth(line.saturating_sub(1)).map_or("", str::trim);
    let found = match text {
        "" => "the end of the file or an empty line".to_owned(),
        text => format!("`{text}`"),
    };
    let message = format!("{name}:{line}:{column}: this is no Guard rule: {found}");
    Error::of(crate::codes::BAD_GUARD_RULES, message).help(format!("how rules are written: {docs}"))
}

/// The line and column in "… at line 2 at column 19, …".
fn place(reason: &str) -> Option<(usize, usize)> {
    let (_, rest) = reason.split_once(" at line ")?;
    let (line, rest) = rest.split_once(" at column ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((line.parse().ok()?, rest[..digits].parse().ok()?))
}

/// A rule's message, and what it says to do: authors write "Violation: …" and "Fix: …" on lines of their own.
pub(super) fn message(text: &str) -> (String, Option<String>) {
    let (mut message, mut fix) = (Vec::new(), Vec::new());
    let mut in_fix = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("Violation:") {
            message.push(rest.trim());
        } else if let Some(rest) = line.strip_prefix("Fix:") {
            in_fix = true;
            fix.push(rest.trim());
        } else if in_fix {
            fix.push(line);
        } else {
            message.push(line);
        }
    }
    let fix = (!fix.is_empty()).then(|| fix.join(" "));
    (message.join(" "), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_apart() {
        let text = "\n    Violation: queues are encrypted\n    Fix: set\n    KmsMasterKeyId\n  ";
        let fix = Some("set KmsMasterKeyId".to_owned());
        assert_eq!(message(text), ("queues are encrypted".to_owned(), fix));
        assert_eq!(message("only this"), ("only this".to_owned(), None));
    }

    #[test]
    fn mistakes_have_a_place() {
        let reason = "Parser Error at line 2 at column 19, when handling , fragment";
        assert_eq!(place(reason), Some((2, 19)));
        assert_eq!(place("nothing"), None);
    }
}
