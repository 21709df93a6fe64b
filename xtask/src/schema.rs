//! `schema`: the JSON Schema of shop-infra's settings, from their types.

use std::fs;

use crate::{Result, flags, process, root};

const FILE: &str = "apps/shop-infra/shop-infra.schema.json";

pub(crate) fn run(arguments: &[String]) -> Result {
    let [check] = flags(arguments, ["--check"])?;
    let words = [
        "run",
        "--quiet",
        "--package",
        "shop-infra",
        "--features",
        "schema",
        "--example",
        "schema",
    ];
    let schema = process::stdout(&mut process::cargo(words))?;
    let file = root().join(FILE);
    if !check {
        fs::write(&file, schema).map_err(|error| format!("{FILE}: {error}"))?;
        println!("wrote {FILE}");
        return Ok(());
    }
    if fs::read_to_string(&file).unwrap_or_default() == schema {
        println!("{FILE} is what the settings give");
        return Ok(());
    }
    Err(format!("{FILE} is not what the settings give: run `cargo xtask schema`"))
}
