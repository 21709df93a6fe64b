//! What checks take: ours, cfn-lint's, those of AWS's engine, on the same templates; and beside the synthesis that they guard.

use super::{
    Bench,
    measure::{self, Job},
    report::Table,
};
use crate::{Result, judge, root};

/// Everything that synth does to check templates.
const CHECKS: &str = "fc_cdk_core::rules::check";

impl Bench {
    pub(super) fn checks(&self) -> Result<Table> {
        let templates = judge::templates(&root().join("snapshots/shop-infra/v1.5"))?;
        let files = || templates.iter().map(String::as_str);
        let python = judge::python()?;
        let program = |name: &str| python.join(name).display().to_string();
        let (ours, lint, engine) =
            (self.shop_infra.display().to_string(), program("cfn-lint"), program("python"));
        let lint = [&lint, "-r", judge::REGION, "--non-zero-exit-code", "none", "-t"];
        let engine = [&engine, "xtask/judges/validate.py", judge::REGION];
        let jobs = [
            Job::new(
                "**fc-cdk: `validate` of the files**",
                [ours.as_str(), "validate", "--region", judge::REGION].into_iter().chain(files()),
                self.runs(31),
            ),
            Job::new(
                "AWS's engine: cloudformation-validate 1.14.0",
                engine.into_iter().chain(files()),
                self.runs(3),
            ),
            Job::new("cfn-lint 1.58.0", lint.into_iter().chain(files()), self.runs(3)),
        ];
        let figures = measure::all(&jobs)?;
        let rows = jobs.iter().map(|job| job.name).zip(figures).collect();
        let mut text = format!(
            "The {} templates of shop-infra v1.5 as files, from the start of the program to its report. The Python programs load their rules first, \
             as they do at each run; their engines are made once for all files.",
            templates.len()
        );
        text += &self.beside_synthesis()?;
        Ok(Table { title: "Checks of templates", text, rows })
    }

    /// What checks are of the synthesis of the large load, in CPU and instructions.
    fn beside_synthesis(&self) -> Result<String> {
        let load = self.ours(&self.synthetic, &self.scratch.join("checks"));
        let cpu = measure::all(std::slice::from_ref(&load))?[0].cpu();
        let (Some(all), Some(checks)) =
            (measure::instructions(&load)?, measure::instructions_in(&load, Some(CHECKS))?)
        else {
            return Ok(String::new());
        };
        if checks == 0.0 {
            return Err(format!("the program of the load has no function `{CHECKS}`"));
        }
        Ok(format!(
            "\n\nAll checks are part of each `synth`: of 8,000 resources in 300 stacks it takes {cpu:.0} ms of CPU with them. Of its {all:.0} million \
             instructions {checks:.0} are checks, {:.2} times those of the synthesis that they guard.",
            checks / (all - checks)
        ))
    }
}
