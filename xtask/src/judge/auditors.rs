//! What auditors ask: checkov, cdk-nag, and a judge of IAM policies.
//!
//! What is left as it is, is said in the code of the app (`allow(rule, reason)`), and so in the metadata of the resources, where checkov
//! and our program around cdk-nag look for it.

use serde_json::Value;

use super::{Finding, install_python, list, node, python};
use crate::{Result, process, root};

/// Everything that fails, and what is excused without need.
pub(super) fn checkov(templates: &[String]) -> Result<Vec<Finding>> {
    let program = python()?.join("checkov").display().to_string();
    let words =
        ["--framework", "cloudformation", "--skip-download", "--compact", "--output", "json"];
    let mut command =
        process::command([program.as_str()].into_iter().chain(words).chain(["--file"]));
    command.args(templates);
    // It fails when it finds something; what it finds decides.
    let (json, _) = process::output(&mut command)?;
    let report: Value =
        serde_json::from_str(&json).map_err(|error| format!("checkov: {error}: {json}"))?;
    let checks = |kind: &str| report["results"][kind].as_array().cloned().unwrap_or_default();
    if checks("passed_checks").is_empty() {
        return Err(format!("checkov has checked nothing: {json}"));
    }
    let finding = |check: Value| {
        let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
        Finding {
            judge: "checkov",
            rule: text("check_id"),
            template: text("file_path").trim_start_matches('/').to_owned(),
            resource: text("resource").rsplit('.').next().unwrap_or_default().to_owned(),
            message: text("check_name"),
        }
    };
    println!("checkov: {} checks are excused in the code", checks("skipped_checks").len());
    Ok(checks("failed_checks").into_iter().map(finding).collect())
}

/// What the pack AwsSolutions finds.
pub(super) fn cdk_nag(templates: &[String]) -> Result<Vec<Finding>> {
    let modules = node()?.parent().map(std::path::Path::to_owned).unwrap_or_default();
    let mut command = process::command(["node", "xtask/judges/nag.js"]);
    command.args(templates).env("NODE_PATH", modules);
    findings("cdk-nag", &process::stdout(&mut command)?)
}

/// What is wrong with policies.
pub(super) fn iam(templates: &[String]) -> Result<Vec<Finding>> {
    // It wants another version of AWS's SDK than checkov.
    let folder = root().join(".cache/judges/venv-iam");
    let bin = install_python(&folder, "xtask/judges/requirements-iam.txt")?;
    let program = bin.join("python").display().to_string();
    let mut command = process::command([program.as_str(), "xtask/judges/iam.py"]);
    command.args(templates);
    findings("iam", &process::stdout(&mut command)?)
}

/// The findings of one of our programs around a judge.
fn findings(judge: &'static str, json: &str) -> Result<Vec<Finding>> {
    let finding = |found: Value| {
        let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
        Finding {
            judge,
            rule: text("rule"),
            template: text("file"),
            resource: text("resource"),
            message: text("message"),
        }
    };
    Ok(list(json, judge)?.into_iter().map(finding).collect())
}
