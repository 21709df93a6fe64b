//! `doctor`: what the commands find here, and whether something is in their way.

use std::fs;

use clap::Command;
use fc_cdk_core::{Assembly, Node, json};

use super::{connection_args, json_arg};
use crate::{
    error::{Error, Exit},
    report,
    session::Session,
    table::count,
    terminal::Paint,
};

pub(crate) fn definition() -> Command {
    Command::new("doctor")
        .about("Reports on the environment: the app, the assembly, credentials, the bootstrap stack")
        .long_about(
            "Reports on the environment: the versions, whether the app synthesizes, whether the assembly on disk is that of the\n\
             app, whose credentials are used and in which region, whether AWS answers and the clock is right, and whether the\n\
             account is bootstrapped. Exits with 1 if something is in the way of a deployment.",
        )
        .arg(json_arg())
        .args(connection_args())
        .after_help("Examples:\n  {app} doctor\n  {app} doctor --json --profile prod")
}

/// How it is with something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    /// Worth a look, and in nobody's way.
    Hint,
    Wrong,
}

/// Something that was looked at.
struct Finding {
    name: &'static str,
    value: String,
    verdict: Verdict,
    help: Option<String>,
}

impl Finding {
    fn good(name: &'static str, value: impl Into<String>) -> Finding {
        Finding { name, value: value.into(), verdict: Verdict::Good, help: None }
    }

    fn hint(name: &'static str, value: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding { verdict: Verdict::Hint, help: Some(help.into()), ..Finding::good(name, value) }
    }

    fn wrong(name: &'static str, value: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding { verdict: Verdict::Wrong, help: Some(help.into()), ..Finding::good(name, value) }
    }

    fn error(name: &'static str, error: &Error) -> Finding {
        let help = error.help_text().map(str::to_owned);
        Finding { verdict: Verdict::Wrong, help, ..Finding::good(name, error.to_string()) }
    }
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let client = if cfg!(feature = "deploy") { "with" } else { "without" };
    let version = format!("fc-cdk {}, {client} the AWS client", env!("CARGO_PKG_VERSION"));
    let mut findings = vec![Finding::good("version", version)];
    let synthesis = session.synthesize();
    let assembly = match &synthesis {
        Ok(synthesis) => {
            let assembly = synthesis.assembly();
            findings.push(app(assembly));
            findings.push(on_disk(session, assembly));
            Some(assembly)
        }
        Err(error) => {
            findings.push(Finding::error("app", error));
            None
        }
    };
    findings.extend(aws(session, assembly));
    let wrong = findings.iter().filter(|it| it.verdict == Verdict::Wrong).count();
    if session.args.get_flag("json") {
        let list: Vec<Node> = findings.iter().map(to_json).collect();
        session.terminal.line(Node::List(list).to_json_pretty())?;
    } else {
        let paint = session.terminal.out_paint();
        findings.iter().try_for_each(|it| session.terminal.print(&text(it, paint)))?;
        if wrong > 0 {
            session.terminal.note(format_args!("{} in the way", count(wrong, "thing")));
        }
    }
    Ok(if wrong > 0 { Exit::Error } else { Exit::Ok })
}

fn app(assembly: &Assembly) -> Finding {
    let stacks = count(assembly.stacks().len(), "stack");
    if assembly.has_errors() {
        let found = report::summary(assembly.diagnostics());
        return Finding::wrong("app", format!("{stacks}, {found}"), "`synth` shows them");
    }
    Finding::good("app", stacks)
}

/// Whether the assembly on disk is what the app gives.
fn on_disk(session: &Session<'_>, assembly: &Assembly) -> Finding {
    let folder = session.output_folder();
    let shown = folder.display();
    if !folder.join("manifest.json").is_file() {
        return Finding::hint(
            "assembly",
            format!("{shown} is not there"),
            "`synth` writes it; `deploy` does not need it",
        );
    }
    let differs = assembly.stacks().iter().find(|stack| {
        let written = fs::read_to_string(folder.join(assembly.template_path(stack)));
        !written.is_ok_and(|text| text.trim_end() == stack.template_json().trim_end())
    });
    match differs {
        None => Finding::good("assembly", format!("{shown} is what the app gives")),
        Some(stack) => Finding::hint(
            "assembly",
            format!("{shown} is not what the app gives: `{}` differs", stack.display_name()),
            "`synth` writes it anew, for whoever reads it",
        ),
    }
}

#[cfg(not(feature = "deploy"))]
fn aws(session: &Session<'_>, _: Option<&Assembly>) -> Vec<Finding> {
    let missing = super::needs_deploy(session);
    let help = missing.help_text().unwrap_or_default();
    vec![Finding::hint("AWS", "not looked at: this build has no client for it", help)]
}

#[cfg(feature = "deploy")]
use with_aws::aws;

#[cfg(feature = "deploy")]
mod with_aws;

fn text(finding: &Finding, paint: Paint) -> String {
    let sign = match finding.verdict {
        Verdict::Good => "ok   ".to_owned(),
        Verdict::Hint => paint.yellow("note "),
        Verdict::Wrong => paint.red("wrong"),
    };
    let mut out = format!("{sign}  {}: {}\n", paint.bold(finding.name), finding.value);
    if let Some(help) = &finding.help {
        out += &format!("       {}: {help}\n", paint.bold("help"));
    }
    out
}

fn to_json(finding: &Finding) -> Node {
    let verdict = match finding.verdict {
        Verdict::Good => "ok",
        Verdict::Hint => "note",
        Verdict::Wrong => "wrong",
    };
    json!({
        "name": finding.name,
        "verdict": verdict,
        "value": finding.value.as_str(),
        "help": finding.help.as_deref()
    })
}
