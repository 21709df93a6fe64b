//! What the same infrastructure is with the AWS CDK: lines of user code, templates, findings of auditors.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use serde_json::Value;

use super::{Bench, report::Table};
use crate::{Result, judge, process, root};

/// Of ours, what makes resources is counted: not the change history, nor the settings as a file, which the CDK's program has not.
const NOT_COUNTED: [&str; 5] =
    ["history.rs", "history_command.rs", "technology.rs", "config.rs", "config_command.rs"];

/// What distinguishes six revisions; the CDK's program has one.
const REVISIONS: [&str; 1] = ["revision.rs"];

const SETTINGS: [&str; 2] = ["settings.rs", "settings.ts"];

/// Lines and characters of code, by what it is for.
#[derive(Default)]
struct Code {
    resources: Size,
    settings: Size,
    revisions: Size,
}

#[derive(Clone, Copy, Default)]
struct Size {
    lines: usize,
    characters: usize,
}

impl Size {
    fn plus(self, other: Size) -> Size {
        Size { lines: self.lines + other.lines, characters: self.characters + other.characters }
    }
}

/// What templates say.
struct Templates {
    files: Vec<String>,
    /// Without white space.
    bytes: usize,
    types: BTreeMap<String, usize>,
    /// Findings of checkov that resources excuse.
    excused: usize,
}

impl Bench {
    pub(super) fn code(&self) -> Result<Table> {
        let title = "The same infrastructure with the AWS CDK";
        if !self.missing().is_empty() {
            return Ok(Table { title, text: self.missing(), rows: Vec::new() });
        }
        let (ours, theirs) = (self.scratch.join("code"), self.scratch.join("code-cdk"));
        let (program, out) = (self.shop_infra.display().to_string(), ours.display().to_string());
        process::run(&mut process::command([&program, "synth", "--quiet", "--output", &out]))?;
        let script = self.cdk.join("dist/shop-v1.5/shop.js").display().to_string();
        let mut cdk = process::command(["node", script.as_str()]);
        process::run(cdk.env("CDK_OUTDIR", &theirs).env("CDK_VALIDATION", "false"))?;
        let code = [
            code(&root().join("apps/shop-infra/src"))?,
            code(&root().join("benches/peers/cdk/src/shop-v1.5"))?,
        ];
        let made = [templates(&ours)?, templates(&theirs)?];
        let audits = [judge::audit(&made[0].files)?, judge::audit(&made[1].files)?];
        Ok(Table { title, text: text(&code, &made, audits), rows: Vec::new() })
    }
}

fn text(code: &[Code; 2], made: &[Templates; 2], audits: [usize; 2]) -> String {
    let mut text = "shop-infra v1.5 ([apps/shop-infra](apps/shop-infra/src)) beside the same written with aws-cdk-lib 2.276.0 in TypeScript \
        ([benches/peers/cdk/src/shop-v1.5](benches/peers/cdk/src/shop-v1.5)): its own constructs where it has them, the generated ones where it has \
        none (AWS WAF, Glue, Athena, QuickSight, SSM documents).\n\n\
        - Code is lines that are neither empty nor comments, up to the tests of a file; characters do not count white space, since lines of TypeScript \
        may be 150 wide and ours are 100. What is deployed as data (Python, SQL, rules, pictures) is the same files for both, and counted for neither; \
        so is the function that exports snapshots, which is part of `fc-constructs` and which a user of the CDK has to write.\n\
        - Our lines make all six revisions, with containers and live data; the CDK's make v1.5 alone. Our change history and settings as a file are not counted.\n\
        - The CDK's program does otherwise: AWS's managed policies for the servers, one statement for all access logs, the pipeline's artifacts in the \
        stack of the data (in that of the pipeline it is a cycle). Its dashboard shows the same metrics.\n\
        - Findings are those that no metadata of a resource excuses; ours excuses what it leaves, with a reason, in the code: counted below.\n\n\
        | | fc-cdk | AWS CDK | ratio |\n|---|---:|---:|---:|\n"
        .to_owned();
    let mut row = |name: &str, ours: usize, theirs: usize| {
        let ratio = if ours == 0 {
            "–".to_owned()
        } else {
            format!("{:.2}", theirs as f64 / ours as f64)
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "| {name} | {ours} | {theirs} | {ratio} |");
    };
    let all = |code: &Code| code.resources.plus(code.settings).plus(code.revisions);
    let [ours, theirs] = code;
    row("lines that make resources", ours.resources.lines, theirs.resources.lines);
    row("lines of settings", ours.settings.lines, theirs.settings.lines);
    row("lines that tell the six revisions apart", ours.revisions.lines, theirs.revisions.lines);
    row("all lines", all(ours).lines, all(theirs).lines);
    row("all characters", all(ours).characters, all(theirs).characters);
    row("resources", made[0].types.values().sum(), made[1].types.values().sum());
    row("bytes of templates, without white space", made[0].bytes, made[1].bytes);
    row("findings of checkov 3.3.30", audits[0], audits[1]);
    row("findings of checkov that the code excuses", made[0].excused, made[1].excused);
    text += "\nTypes of which the two have different numbers of resources:\n\n| | fc-cdk | AWS CDK |\n|---|---:|---:|\n";
    let number = |made: &Templates, name: &str| made.types.get(name).copied().unwrap_or(0);
    let mut names: Vec<&String> = made.iter().flat_map(|made| made.types.keys()).collect();
    names.sort();
    names.dedup();
    let mut same = 0;
    for name in names {
        let (ours, theirs) = (number(&made[0], name), number(&made[1], name));
        if ours == theirs {
            same += 1;
        } else {
            let _ = writeln!(text, "| `{name}` | {ours} | {theirs} |");
        }
    }
    let _ = write!(text, "\nOf {same} other types they have the same number.");
    text
}

/// The code below a folder.
fn code(folder: &Path) -> Result<Code> {
    let mut sum = Code::default();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if !NOT_COUNTED.contains(&name.as_str()) {
                let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
                let part = match name.as_str() {
                    name if SETTINGS.contains(&name) => &mut sum.settings,
                    name if REVISIONS.contains(&name) => &mut sum.revisions,
                    _ => &mut sum.resources,
                };
                *part = part.plus(size(&text));
            }
        }
    }
    Ok(sum)
}

/// Lines that are neither empty nor comments, up to the tests.
fn size(text: &str) -> Size {
    let comment = |line: &&str| ["//", "/*", "*"].iter().all(|mark| !line.starts_with(mark));
    let lines = text.lines().map(str::trim).take_while(|line| *line != "#[cfg(test)]");
    let lines = lines.filter(|line| !line.is_empty()).filter(comment);
    lines.fold(Size::default(), |sum, line| {
        let characters = line.chars().filter(|c| !c.is_whitespace()).count();
        sum.plus(Size { lines: 1, characters })
    })
}

fn templates(folder: &Path) -> Result<Templates> {
    let mut made = Templates { files: Vec::new(), bytes: 0, types: BTreeMap::new(), excused: 0 };
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.to_string_lossy().ends_with(".template.json")) {
        let text =
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let template: Value =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        made.bytes += template.to_string().len();
        for resource in template["Resources"].as_object().into_iter().flat_map(|map| map.values()) {
            made.excused += resource["Metadata"]["checkov"]["skip"].as_array().map_or(0, Vec::len);
            let name = resource["Type"].as_str().unwrap_or_default().to_owned();
            *made.types.entry(name).or_default() += 1;
        }
        made.files.push(path.display().to_string());
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn comments_empty_lines_and_tests_are_no_code() {
        let rust = "//! A file.\n\nlet a = 1; // one\n#[cfg(test)]\nmod tests {}\n";
        let typescript = "/**\n * A file.\n */\nconst a = 1;\n\n// done\n";
        let sizes = [rust, typescript].map(|text| (size(text).lines, size(text).characters));
        assert_eq!(sizes, [(1, 12), (1, 9)]);
    }
}
