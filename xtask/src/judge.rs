//! `judge`: other people's tools on our templates and our assembly.
//!
//! cfn-lint and cloudformation-validate must find no error and no warning in the reviewed templates but those of `judges/accepted.json`,
//! each with its reason; checkov, cdk-nag and the judges of IAM policies nothing but what the code excuses. The stock `cdk` CLI must read our assembly, see no difference to the reviewed
//! templates, and show our findings; our SARIF must be valid and what code scanning takes.
//!
//! The examples in the docs of the constructs have to pass as they are: synth finds nothing in them, nor do cfn-lint, cloudformation-validate
//! and the judges of IAM policies.

mod auditors; // what auditors ask
mod corpus; // templates of others
mod reports; // findings in other tools

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{Result, bless, examples, process, root};

/// Where the app is deployed to.
pub(crate) const REGION: &str = "ap-northeast-1";

const JUDGES: [&str; 7] =
    ["cfn-lint", "cloudformation-validate", "checkov", "cdk-nag", "iam", "sarif", "cdk"];

pub(crate) fn run(arguments: &[String]) -> Result {
    if let [judge, folder] = arguments
        && judge == "corpus"
    {
        return corpus::run(folder);
    }
    if let Some(other) = arguments.iter().find(|argument| !JUDGES.contains(&argument.as_str())) {
        return Err(format!("there is no judge `{other}`: {}", JUDGES.join(", ")));
    }
    let wanted = |judge: &str| arguments.is_empty() || arguments.iter().any(|name| name == judge);
    let templates = templates(&root().join("snapshots"))?;
    if templates.is_empty() {
        return Err("there are no templates under `snapshots/`: run `cargo xtask bless`".to_owned());
    }
    let mut all = templates.clone();
    if ["cfn-lint", "cloudformation-validate", "iam"].iter().any(|judge| wanted(judge)) {
        all.extend(examples::templates()?);
    }
    let mut findings = Vec::new();
    if wanted("cfn-lint") {
        findings.extend(cfn_lint(&all, REGION)?);
    }
    if wanted("cloudformation-validate") {
        findings.extend(cloudformation_validate(&all, REGION)?);
    }
    if wanted("checkov") {
        findings.extend(auditors::checkov(&templates)?);
    }
    if wanted("cdk-nag") {
        findings.extend(auditors::cdk_nag(&templates)?);
    }
    if wanted("iam") {
        findings.extend(auditors::iam(&all)?);
    }
    // What is accepted for a judge that did not run is not unused.
    decide(&findings, &accepted()?, &wanted, all.len())?;
    if wanted("sarif") {
        reports::sarif()?;
    }
    if wanted("cdk") {
        cdk()?;
        reports::in_cdk()?;
    }
    Ok(())
}

/// How many findings checkov has in templates, beside those that their metadata excuse.
pub(crate) fn audit(templates: &[String]) -> Result<usize> {
    Ok(auditors::checkov(templates)?.len())
}

/// What a judge says of a template.
#[derive(Clone, Debug, PartialEq)]
struct Finding {
    judge: &'static str,
    rule: String,
    template: String,
    resource: String,
    message: String,
}

/// Findings that are known and right to ignore; `*` stands for all resources or templates.
struct Accepted {
    judge: String,
    rule: String,
    template: String,
    resource: String,
    reason: String,
}

impl Accepted {
    fn covers(&self, finding: &Finding) -> bool {
        let is = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => pattern == text,
        };
        self.judge == finding.judge
            && self.rule == finding.rule
            && is(&self.template, &finding.template)
            && is(&self.resource, &finding.resource)
    }
}

fn decide(
    findings: &[Finding],
    accepted: &[Accepted],
    wanted: &dyn Fn(&str) -> bool,
    templates: usize,
) -> Result {
    let mut problems = Vec::new();
    let mut excused = 0;
    for finding in findings {
        if accepted.iter().any(|entry| entry.covers(finding)) {
            excused += 1;
        } else {
            let Finding { judge, rule, template, resource, message } = finding;
            problems.push(format!("{judge} {rule}: {template}: {resource}: {message}"));
        }
    }
    for entry in accepted.iter().filter(|entry| wanted(&entry.judge)) {
        let Accepted { judge, rule, reason, .. } = entry;
        if reason.trim().is_empty() {
            problems.push(format!("{judge} {rule} is accepted without a reason"));
        }
        if !findings.iter().any(|finding| entry.covers(finding)) {
            problems.push(format!("{judge} {rule} is accepted, but nothing is found: remove it"));
        }
    }
    if problems.is_empty() {
        println!("{templates} templates: no finding but {excused} that are accepted with a reason");
        return Ok(());
    }
    Err(format!("{} problems\n{}", problems.len(), problems.join("\n")))
}

fn accepted() -> Result<Vec<Accepted>> {
    let path = root().join("xtask/judges/accepted.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let list: Value =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let entry = |entry: &Value| {
        let text = |key: &str| match &entry[key] {
            Value::String(text) => Ok(text.clone()),
            _ => Err(format!("{}: an entry without `{key}`: {entry}", path.display())),
        };
        Ok(Accepted {
            judge: text("judge")?,
            rule: text("rule")?,
            template: text("template")?,
            resource: text("resource")?,
            reason: text("reason")?,
        })
    };
    list.as_array().into_iter().flatten().map(entry).collect()
}

/// All templates below a folder, relative to the workspace.
pub(crate) fn templates(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(".template.json") {
                let relative = path.strip_prefix(root()).unwrap_or(&path);
                found.push(relative.display().to_string());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn cfn_lint(templates: &[String], region: &str) -> Result<Vec<Finding>> {
    let program = python()?.join("cfn-lint").display().to_string();
    let mut command = process::command([program.as_str(), "-r", region, "-f", "json", "-t"]);
    command.args(templates);
    // It fails when it finds something; what it finds decides.
    let (json, _) = process::output(&mut command)?;
    let findings =
        list(&json, "cfn-lint")?.into_iter().filter(|found| found["Level"] != "Informational");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let finding = |found: Value| Finding {
        judge: "cfn-lint",
        rule: text(&found["Rule"]["Id"]),
        template: text(&found["Filename"]),
        resource: match &found["Location"]["Path"] {
            Value::Array(path) if path.first().is_some_and(|first| first == "Resources") => {
                path.get(1).map(text).unwrap_or_default()
            }
            _ => String::new(),
        },
        message: text(&found["Message"]),
    };
    Ok(findings.map(finding).collect())
}

fn cloudformation_validate(templates: &[String], region: &str) -> Result<Vec<Finding>> {
    let program = python()?.join("python").display().to_string();
    let mut command = process::command([program.as_str(), "xtask/judges/validate.py", region]);
    command.args(templates);
    let json = process::stdout(&mut command)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let finding = |found: Value| Finding {
        judge: "cloudformation-validate",
        rule: text(&found["rule"]),
        template: text(&found["file"]),
        resource: text(&found["resource"]),
        message: text(&found["message"]),
    };
    Ok(list(&json, "cloudformation-validate")?.into_iter().map(finding).collect())
}

fn list(json: &str, judge: &str) -> Result<Vec<Value>> {
    match serde_json::from_str(json) {
        Ok(Value::Array(list)) => Ok(list),
        _ => Err(format!("{judge} does not answer with a list: {json}")),
    }
}

/// The stock CLI over our assembly, written beforehand and by running the app.
fn cdk() -> Result {
    let assembly = process::target_dir().join("judge/cdk.out").display().to_string();
    let app = ["run", "--quiet", "--bin", "shop-infra", "--"];
    let synth = app.into_iter().chain(["synth", "--quiet", "--output", &assembly]);
    process::run(&mut process::cargo(synth))?;
    let ours = process::stdout(&mut process::cargo(app.into_iter().chain(["list"])))?;
    for app in [assembly.as_str(), "cargo run -q --bin shop-infra -- synth -q"] {
        let theirs = process::stdout(&mut cdk_command(&["list", "--app", app])?)?;
        let names = |list: &str| {
            let mut names: Vec<String> =
                list.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
            names.sort();
            names
        };
        if names(&ours) != names(&theirs) {
            return Err(format!(
                "`cdk list --app '{app}'` gives other stacks than ours:\n{theirs}\n{ours}"
            ));
        }
        for stack in ours.lines() {
            let template = process::stdout(&mut cdk_command(&["synth", stack, "--app", app])?)?;
            if !template.contains("Resources:") {
                return Err(format!(
                    "`cdk synth {stack} --app '{app}'` prints no template: {template}"
                ));
            }
        }
    }
    for stack in ours.lines() {
        let reviewed = reviewed(stack)?;
        let words =
            ["diff", stack, "--exclusively", "--app", &assembly, "--template", &reviewed, "--fail"];
        process::run(&mut cdk_command(&words)?)?;
    }
    println!("cdk: list, synth and diff agree on {} stacks", ours.lines().count());
    Ok(())
}

/// The stock CLI with these words, which writes its assembly to a folder of its own.
fn cdk_command(words: &[&str]) -> Result<Command> {
    let cdk = node()?.join("cdk").display().to_string();
    let all = [cdk.as_str(), "--no-notices", "--no-color"].into_iter().chain(words.iter().copied());
    let mut command = process::command(all);
    let output = process::target_dir().join("judge/cdk-run.out");
    command.env("CDK_DISABLE_VERSION_CHECK", "1").env("CDK_DISABLE_CLI_TELEMETRY", "true");
    command.args(["--output".as_ref(), output.as_os_str()]);
    Ok(command)
}

/// The reviewed template of a stack of the newest revision.
fn reviewed(stack: &str) -> Result<String> {
    let revision = bless::REVISIONS.last().copied().unwrap_or_default();
    let path = format!("snapshots/shop-infra/{revision}/{stack}.template.json");
    if root().join(&path).exists() { Ok(path) } else { Err(format!("there is no {path}")) }
}

/// The programs of the pinned Python packages, installed when the list of them changes.
pub(crate) fn python() -> Result<PathBuf> {
    install_python(&root().join(".cache/judges/venv"), "xtask/judges/requirements.txt")
}

/// The programs of a Python environment in a folder, made anew when the list of its packages changes.
pub(crate) fn install_python(folder: &Path, list: &str) -> Result<PathBuf> {
    let bin = folder.join("bin");
    let pip = bin.join("pip").display().to_string();
    let quiet = ["install", "--quiet", "--disable-pip-version-check", "--requirement", list];
    let make = ["python3", "-m", "venv", "--clear", &folder.display().to_string()];
    let fill = [pip.as_str()].into_iter().chain(quiet);
    install(folder, list, &mut [process::command(make), process::command(fill)])?;
    Ok(bin)
}

/// The programs of the pinned npm packages, installed when the list of them changes.
pub(crate) fn node() -> Result<PathBuf> {
    let folder = root().join(".cache/judges/node");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in ["package.json", "package-lock.json"] {
        let from = root().join("xtask/judges").join(name);
        fs::copy(&from, folder.join(name))
            .map_err(|error| format!("{}: {error}", from.display()))?;
    }
    let prefix = folder.display().to_string();
    let npm = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", &prefix];
    install(&folder, "xtask/judges/package-lock.json", &mut [process::command(npm)])?;
    Ok(folder.join("node_modules/.bin"))
}

/// Runs the commands unless they have run for this list.
fn install(folder: &Path, list: &str, commands: &mut [Command]) -> Result {
    let wanted =
        fs::read_to_string(root().join(list)).map_err(|error| format!("{list}: {error}"))?;
    let done = folder.join(".installed");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    commands.iter_mut().try_for_each(process::run)?;
    fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &str) -> Finding {
        let text = |text: &str| text.to_owned();
        let (rule, template) = (text(rule), text("snapshots/a.template.json"));
        Finding { judge: "cfn-lint", rule, template, resource: text("Vpc"), message: text("no") }
    }

    fn accept(rule: &str, reason: &str) -> Accepted {
        let text = |text: &str| text.to_owned();
        let (judge, template) = (text("cfn-lint"), text("snapshots/*"));
        Accepted { judge, rule: text(rule), template, resource: text("Vpc"), reason: text(reason) }
    }

    #[test]
    fn findings_need_an_accept_with_a_reason_and_accepts_need_findings() {
        let all = |_: &str| true;
        let judge = |findings: &[Finding], accepted: &[Accepted]| {
            decide(findings, accepted, &all, 1).err().unwrap_or_default()
        };
        assert_eq!(judge(&[finding("W1")], &[accept("W1", "because")]), "");
        assert!(
            judge(&[finding("W1")], &[])
                .contains("cfn-lint W1: snapshots/a.template.json: Vpc: no")
        );
        assert!(judge(&[finding("W1")], &[accept("W1", " ")]).contains("without a reason"));
        assert!(judge(&[], &[accept("W1", "because")]).contains("nothing is found"));
    }
}
