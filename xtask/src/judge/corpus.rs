//! `judge corpus FOLDER`: what cfn-lint and AWS's rule engine find in templates of others, as the table that our tests compare with.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{cfn_lint, cloudformation_validate};
use crate::{Result, root};

const TABLE: &str = "fc-cdk/aws/tests/data/judged.tsv";

/// Most services are offered there, so a judge complains the least.
const REGION: &str = "us-east-1";

/// The rules by file and resource, of one judge and of the other.
type Rows = BTreeMap<(String, String), [BTreeSet<String>; 2]>;

/// Judges every template below a folder, which takes a quarter of an hour for two thousand, and writes the table.
pub(super) fn run(folder: &str) -> Result {
    let folder = Path::new(folder);
    let mut files = Vec::new();
    find(folder, &mut files)?;
    files.sort();
    let mut rows = Rows::new();
    for files in files.chunks(100) {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        let judges = [cfn_lint(&files, REGION)?, cloudformation_validate(&files, REGION)?];
        for (judge, findings) in judges.into_iter().enumerate() {
            for finding in findings {
                // The others are warnings.
                if finding.rule.starts_with(['E', 'F']) {
                    let file = Path::new(&finding.template);
                    let file = file.strip_prefix(folder).unwrap_or(file).display().to_string();
                    rows.entry((file, finding.resource)).or_default()[judge].insert(finding.rule);
                }
            }
        }
    }
    let mut table = String::from(
        "# Errors that others find in the templates of the corpus: file, resource, rules of cfn-lint, rules of AWS's engine.\n\
         # Written by `cargo xtask judge corpus FOLDER`.\n",
    );
    let column = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    for ((file, resource), rules) in rows {
        let [lint, engine] =
            rules.map(|rules| column(rules.into_iter().collect::<Vec<_>>().join(" ")));
        table.push_str(&format!("{file}\t{}\t{lint}\t{engine}\n", column(resource)));
    }
    fs::write(root().join(TABLE), table).map_err(|error| format!("{TABLE}: {error}"))
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    Ok(())
}
