//! `validate`: checks the app, or any template files.

use std::path::{Path, PathBuf};

use clap::{Arg, Command};
use fc_cdk_core::{Allowed, Diagnostic, Node, Severity, json, spec::Checker};

use super::{json_arg, stacks_arg, stacks_of};
use crate::{
    error::{Error, Exit},
    report,
    session::Session,
    template_check,
};

pub(crate) fn definition() -> Command {
    Command::new("validate")
        .about("Checks the app, or any template files, without AWS")
        .long_about(
            "Checks the app, or any template files, without AWS: values and combinations that AWS would refuse, references,\n\
             limits, policies, networks, secrets, versions past their end. All findings at once, each with its line.\n\n\
             Synth runs the same checks; `explain CODE` tells what each stands for.\n\
             Exits with 1 where there is an error.",
        )
        .arg(
            stacks_arg("Stacks by name or pattern, or template files (JSON, or YAML in a build with the cargo feature `yaml`); without any: the whole app")
                .value_name("STACKS|FILES"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(["text", "json", "sarif", "github"])
                .default_value("text")
                .help("How to report: for people, as JSON, as SARIF 2.1.0, or as annotations of GitHub Actions"),
        )
        .arg(json_arg().conflicts_with("format"))
        .arg(
            Arg::new("region")
                .long("region")
                .value_name("REGION")
                .help("Where the template files are deployed to, by which types are checked that are not offered everywhere"),
        )
        .after_help(
            "Examples:\n  \
             {app} validate                                  # the whole app\n  \
             {app} validate 'Prod/*'                         # some of its stacks\n  \
             {app} validate template.json --region eu-west-1 # any template\n  \
             {app} validate --format sarif > findings.sarif  # for code scanning",
        )
}

/// What has been found, and what of it is allowed.
struct Findings {
    found: Vec<Diagnostic>,
    allowed: Vec<Allowed>,
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let named = stacks_of(session.args);
    let files: Vec<PathBuf> =
        named.iter().filter(|name| is_file(name)).map(PathBuf::from).collect();
    let findings = if files.is_empty() {
        of_app(session, &named)?
    } else if files.len() == named.len() {
        of_files(session, &files)?
    } else {
        return Err(Error::new("some of these are files and some are stacks")
            .help("check files and stacks by a command each"));
    };
    report(session, &findings)?;
    let failed = findings.found.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if failed { Exit::Error } else { Exit::Ok })
}

/// Whether an argument names a file rather than a stack.
fn is_file(name: &str) -> bool {
    let path = Path::new(name);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    path.is_file() || ["json", "yaml", "yml", "template"].contains(&ending)
}

fn of_app(session: &Session<'_>, patterns: &[String]) -> Result<Findings, Error> {
    let synthesis = session.synthesize()?;
    let assembly = synthesis.assembly();
    let selected = synthesis.select(patterns)?;
    let stacks: Vec<&str> = selected.iter().map(|stack| stack.display_name()).collect();
    let is_asked_for = |finding: &Diagnostic| {
        patterns.is_empty()
            || stacks.iter().any(|stack| {
                let below = finding.path.strip_prefix(stack);
                below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    };
    let found = assembly.diagnostics().iter().filter(|finding| is_asked_for(finding));
    let allowed = assembly.allowed().iter().filter(|allowed| is_asked_for(&allowed.diagnostic));
    Ok(Findings { found: found.cloned().collect(), allowed: allowed.cloned().collect() })
}

fn of_files(session: &Session<'_>, files: &[PathBuf]) -> Result<Findings, Error> {
    let region = session.args.get_one::<String>("region").map(String::as_str);
    let mut checker = Checker::new();
    let mut found = Vec::new();
    for file in files {
        let mut of_file =
            template_check::check_file(file, region, session.known_types, &mut checker)?;
        found.append(&mut of_file);
    }
    Ok(Findings { found, allowed: Vec::new() })
}

fn report(session: &mut Session<'_>, findings: &Findings) -> Result<(), Error> {
    let format = session.args.get_one::<String>("format").map_or("text", String::as_str);
    let found: Vec<&Diagnostic> = findings.found.iter().collect();
    if session.args.get_flag("json") || format == "json" {
        return session.terminal.line(to_json(findings).to_json_pretty());
    }
    match format {
        "sarif" => {
            let allowed: Vec<&Allowed> = findings.allowed.iter().collect();
            session.terminal.line(report::sarif(&found, &allowed).to_json_pretty())
        }
        "github" => session.terminal.print(&report::github(&found)),
        _ if found.is_empty() => session.terminal.line("nothing is wrong"),
        _ => {
            report::print(&findings.found, session.variables, session.terminal);
            Ok(())
        }
    }
}

fn to_json(findings: &Findings) -> Node {
    let count = |severity| {
        findings.found.iter().filter(|finding| finding.severity == severity).count() as i64
    };
    let found: Vec<Node> = findings.found.iter().map(Diagnostic::to_node).collect();
    let allowed: Vec<Node> = findings
        .allowed
        .iter()
        .map(|allowed| {
            json!({ "finding": allowed.diagnostic.to_node(), "reason": allowed.reason.as_str() })
        })
        .collect();
    json!({
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "notes": count(Severity::Info),
        "findings": found,
        "allowed": allowed
    })
}
