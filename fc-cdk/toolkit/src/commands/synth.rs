//! `synth`: the app's templates, on disk and on the terminal.

use std::{
    mem::ManuallyDrop,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgAction, Command, value_parser};
use fc_cdk_core::{
    Assembly, Diagnostic, Map, Node, Severity, StackArtifact, json, template::YamlStyle,
};

use super::{fails, json_arg, stacks_arg, stacks_of, strict_arg};
use crate::{
    error::{Error, Exit},
    ids_file, report,
    session::Session,
    synthesis::Synthesis,
    table::{Align, Table, count, thousands},
};

pub(crate) fn definition() -> Command {
    Command::new("synth")
        .visible_alias("synthesize")
        .about("Turns the app into CloudFormation templates, and checks them")
        .long_about(
            "Turns the app into CloudFormation templates, and checks them.\n\n\
             Writes the cloud assembly, which `cdk` and CI read, and prints a table of what is in it;\n\
             with STACKS, prints their templates instead. Needs no network and no credentials.\n\
             If anything is wrong, all of it is printed, and nothing is written.",
        )
        .arg(stacks_arg("Prints the templates of these stacks, such as `Network` or `Prod/*`"))
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Where to write the assembly [default: `CDK_OUTDIR`, else cdk.out]"),
        )
        .arg(
            Arg::new("format")
                .short('f')
                .long("format")
                .value_name("FORMAT")
                .value_parser(["json", "yaml"])
                .default_value("json")
                .hide_default_value(true)
                .hide_possible_values(true)
                .help("How to print templates: json (default) or yaml"),
        )
        .arg(
            Arg::new("quiet")
                .short('q')
                .long("quiet")
                .action(ArgAction::SetTrue)
                .help("Prints nothing unless something is wrong"),
        )
        .arg(strict_arg())
        .arg(
            Arg::new("accept-ids")
                .long("accept-ids")
                .action(ArgAction::SetTrue)
                .help("Accepts the logical ids of what holds data, as they are now"),
        )
        .arg(json_arg().conflicts_with_all(["stacks", "quiet", "format"]))
        .after_help(
            "Examples:\n  \
             {app} synth                            # all stacks into cdk.out, and a table of them\n  \
             {app} synth Network                    # the template of one stack\n  \
             {app} synth 'Prod/*' --format yaml     # those of several, as YAML\n  \
             {app} synth --json                     # the table and all findings, for scripts\n  \
             cdk deploy --app '{app} synth -q'  # deploy with the AWS CDK's command line",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    session.check_cli_version()?;
    let quiet = session.args.get_flag("quiet");
    let as_json = session.args.get_flag("json");
    let patterns = stacks_of(session.args);
    let folder = session.output_folder();
    let accept_ids = session.args.get_flag("accept-ids");
    let lock = match session.ids_file {
        Some(path) if !accept_ids => ids_file::read(path)?,
        None if accept_ids => {
            return Err(Error::new("this app keeps no lock of its ids")
                .help("name the file with `Cli::ids_lock` in the app's `main`"));
        }
        _ => None,
    };
    // The process ends after this: to free the templates value by value would only take time.
    let synthesis = ManuallyDrop::new(Synthesis::of(session.app()?, lock, session.known_types));
    let assembly = synthesis.assembly();
    if fails(session.args, assembly.diagnostics()) {
        if as_json {
            session.terminal.line(to_json(&synthesis, None).to_json_pretty())?;
        } else {
            session.report(&synthesis);
        }
        return Err(Error::reported());
    }
    let selected = synthesis.select(&patterns)?;
    synthesis.write(&folder)?;
    if let Some(path) = session.ids_file.filter(|_| accept_ids) {
        ids_file::write(path, assembly)?;
    }
    if quiet {
        return Ok(Exit::Ok);
    }
    if as_json {
        session.terminal.line(to_json(&synthesis, Some(&folder)).to_json_pretty())?;
        return Ok(Exit::Ok);
    }
    session.report(&synthesis);
    if assembly.stacks().is_empty() {
        session
            .terminal
            .note("note: the app has no stacks: make one by `Stack::new(&app, \"Name\")`");
    }
    if patterns.is_empty() {
        print_table(session, &synthesis, &folder)?;
    } else {
        print_templates(session, &selected)?;
    }
    Ok(Exit::Ok)
}

fn print_templates(session: &mut Session<'_>, stacks: &[&StackArtifact]) -> Result<(), Error> {
    let yaml = session.args.get_one::<String>("format").is_some_and(|format| format == "yaml");
    for stack in stacks {
        if yaml {
            if stacks.len() > 1 {
                session.terminal.line(format_args!("--- # {}", stack.display_name()))?;
            }
            session.terminal.print(&stack.template().to_yaml(YamlStyle::default()))?;
        } else {
            session.terminal.line(stack.template_json())?;
        }
    }
    Ok(())
}

fn print_table(
    session: &mut Session<'_>,
    synthesis: &Synthesis,
    folder: &Path,
) -> Result<(), Error> {
    let assembly = synthesis.assembly();
    let columns = [
        ("Stack", Align::Left),
        ("Resources", Align::Right),
        ("Bytes", Align::Right),
        ("Findings", Align::Left),
    ];
    let mut table = Table::new(&columns);
    let findings = |diagnostics: &[Diagnostic]| match report::summary(diagnostics) {
        none if none.is_empty() => "none".to_owned(),
        some => some,
    };
    let (mut resources, mut bytes) = (0, 0);
    for stack in assembly.stacks() {
        let size = stack.template_json().len();
        resources += stack.resource_count();
        bytes += size;
        table.row([
            stack.display_name().to_owned(),
            thousands(stack.resource_count()),
            thousands(size),
            findings(&findings_of(assembly, stack)),
        ]);
    }
    let total = findings(assembly.diagnostics());
    table.row(["Total".to_owned(), thousands(resources), thousands(bytes), total]);
    let mut done =
        format!("wrote {} to {}", count(assembly.stacks().len(), "stack"), folder.display());
    match assembly.allowed().len() {
        0 => {}
        // What the app has switched off stays in sight.
        number => done += &format!("; {} allowed, see `--json`", count(number, "finding")),
    }
    // Under the `cdk` CLI, standard output is what the CLI itself prints, such as a template.
    let lines = table.lines();
    let lines = lines.iter().map(String::as_str).chain(["", &done]);
    if session.variables.output.is_some() {
        lines.for_each(|line| session.terminal.note(line));
        return Ok(());
    }
    let paint = session.terminal.out_paint();
    for (index, line) in lines.enumerate() {
        let line = if index == 0 { paint.bold(line) } else { line.to_owned() };
        session.terminal.line(line)?;
    }
    Ok(())
}

/// The findings about a stack and what is in it, but not in a stack nested in it.
fn findings_of(assembly: &Assembly, stack: &StackArtifact) -> Vec<Diagnostic> {
    let is_in = |path: &str, stack: &StackArtifact| {
        path.strip_prefix(stack.display_name())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let innermost = |path: &str| {
        let around = assembly.stacks().iter().filter(|stack| is_in(path, stack));
        around.max_by_key(|stack| stack.display_name().len())
    };
    let all = assembly.diagnostics().iter();
    all.filter(|diagnostic| {
        innermost(&diagnostic.path).is_some_and(|own| own.artifact_id() == stack.artifact_id())
    })
    .cloned()
    .collect()
}

fn to_json(synthesis: &Synthesis, folder: Option<&Path>) -> Node {
    let assembly = synthesis.assembly();
    let counts = |diagnostics: &[Diagnostic]| {
        let number =
            |severity| diagnostics.iter().filter(|d| d.severity == severity).count() as i64;
        json!({
            "errors": number(Severity::Error),
            "warnings": number(Severity::Warning),
            "notes": number(Severity::Info)
        })
    };
    let mut report = Map::new();
    if let Some(folder) = folder {
        report.push("output", folder.display().to_string());
        let stacks = assembly.stacks().iter().map(|stack| {
            json!({
                "id": stack.display_name(),
                "name": stack.stack_name(),
                "template": assembly.template_path(stack),
                "resources": stack.resource_count() as i64,
                "bytes": stack.template_json().len() as i64,
                "findings": counts(&findings_of(assembly, stack))
            })
        });
        report.push("stacks", stacks.collect::<Vec<Node>>());
    }
    report.push("findings", counts(assembly.diagnostics()));
    let diagnostics = assembly.diagnostics().iter().map(Diagnostic::to_node);
    report.push("diagnostics", diagnostics.collect::<Vec<Node>>());
    let allowed = assembly.allowed().iter().map(|allowed| {
        json!({ "reason": allowed.reason.as_str(), "diagnostic": allowed.diagnostic.to_node() })
    });
    report.push("allowed", allowed.collect::<Vec<Node>>());
    Node::Map(report)
}
