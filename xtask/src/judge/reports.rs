//! How findings reach other tools: SARIF by the validator of who defines it, and the stock `cdk` CLI.

use std::fs;

use serde_json::Value;

use super::{cdk_command, node};
use crate::{Result, process, root};

/// The shop, built and run.
const SHOP: [&str; 6] = ["run", "--quiet", "--bin", "shop-infra", "--", "validate"];

/// SARIF of every rule that a template can break, and of the shop with what it allows: valid by the schema and by the rules for what
/// code scanning takes.
pub(super) fn sarif() -> Result {
    let folder = process::target_dir().join("judge/sarif");
    let io = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(io)?;
    let examples = "docs/rules/examples.json";
    let text = fs::read_to_string(root().join(examples))
        .map_err(|error| format!("{examples}: {error}"))?;
    let examples: Value =
        serde_json::from_str(&text).map_err(|error| format!("{examples}: {error}"))?;
    let mut words: Vec<String> = SHOP.map(str::to_owned).into();
    for (code, example) in examples.as_object().into_iter().flatten() {
        let file = folder.join(format!("{code}.json"));
        if example["fails"].is_object() {
            fs::write(&file, example["fails"].to_string()).map_err(io)?;
            words.push(file.display().to_string());
        }
    }
    let rules = words.len() - SHOP.len();
    let mut files = Vec::new();
    for (name, words) in [("templates", words), ("shop", SHOP.map(str::to_owned).into())] {
        let words = words.iter().map(String::as_str).chain(["--format", "sarif"]);
        // It fails where it finds an error, as it should here.
        let (sarif, _) = process::output(&mut process::cargo(words))?;
        let file = folder.join(name).with_extension("sarif");
        fs::write(&file, sarif).map_err(io)?;
        files.push(file.display().to_string());
    }
    let validator = node()?.join("../@microsoft/sarif-multitool-linux/Sarif.Multitool");
    let report = folder.join("validation.json").display().to_string();
    let mut command = process::command([validator.display().to_string().as_str(), "validate"]);
    command.args(files).args(["--rule-kind", "Sarif;Ghas", "--log", "ForceOverwrite"]);
    command.args(["--output", &report]);
    // No library for languages has to be there.
    command.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
    let (said, passed) = process::output(&mut command)?;
    let problems: Vec<&str> = said
        .lines()
        .filter(|line| line.contains(": error ") || line.contains(": warning "))
        .collect();
    if !passed || !problems.is_empty() {
        return Err(format!("the SARIF is not as it should be:\n{}", problems.join("\n")));
    }
    println!("sarif: what {rules} templates break is valid, and code scanning takes it");
    Ok(())
}

/// A setting that a construct warns of and one that it refuses, with what has to be said of each.
const WARNING: (&str, [&str; 4]) = (
    "cidr=52.0.0.0/16",
    [
        "apps/shop-infra/src/network.rs:",
        "WARNING `52.0.0.0/16` holds addresses that belong to others on the internet",
        "   Shop-Network/Vpc",
        "Acknowledge with 'fc-cdk::public-cidr'",
    ],
);
const ERROR: (&str, [&str; 4]) = (
    "cidr=10.0.0.0/24",
    [
        "error[cidr-too-small]: `10.0.0.0/24` is too small for the subnets of four zones",
        "--> apps/shop-infra/src/network.rs:",
        "construct: Shop-Network/Vpc",
        "Subprocess exited with error 1",
    ],
);

/// The stock CLI shows a warning with code, message and line from the assembly, and goes no further where the app has an error.
pub(super) fn in_cdk() -> Result {
    for ((setting, wanted), succeeds) in [(WARNING, true), (ERROR, false)] {
        let app = format!("cargo run -q --bin shop-infra -- synth -q --set {setting}");
        let mut command = cdk_command(&["synth", "--quiet", "--app", &app])?;
        let output = command.output().map_err(|error| format!("cannot run `cdk`: {error}"))?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        for text in wanted {
            if !said.contains(text) {
                return Err(format!("`cdk synth --app '{app}'` does not say `{text}`:\n{said}"));
            }
        }
        if output.status.success() != succeeds {
            return Err(format!("`cdk synth --app '{app}'` ended with {}:\n{said}", output.status));
        }
    }
    println!("cdk: a warning is shown with its line, and an error ends it");
    Ok(())
}
