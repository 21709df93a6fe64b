//! `validate`: checks the app, or any template files.

#[cfg(feature = "deploy")]
mod online; // what CloudFormation itself says

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgAction, Command, value_parser};
use fc_cdk_core::{
    Allowed, Assembly, Diagnostic, Node, Severity, StackArtifact, json,
    rules::{self, CheckOptions},
    spec::Checker,
};

use super::{connection_args, fails, json_arg, stacks_arg, stacks_of, strict_arg};
use crate::{
    aws_rules::{self, Engine},
    error::{Error, Exit},
    parameters::{self, ParameterValue, values},
    report,
    session::Session,
    table::count,
    template_check::TemplateCheck,
    template_inputs::{self, Content, Input},
    values::Values,
};

pub(crate) fn definition() -> Command {
    Command::new("validate")
        .about("Checks the app, or any template files")
        .long_about(
            "Checks the app, or any template files: values and combinations that AWS would refuse, references, limits,\n\
             policies, networks, secrets, versions past their end. All findings at once, each with its line.\n\n\
             Synth runs the same checks; `explain CODE` tells what each stands for. A build with the cargo feature `validate`\n\
             runs AWS's own rules, too (codes such as `aws:E3012`), and Guard rules from files (`guard:NAME`).\n\
             Nothing of this asks AWS, but with `--online` CloudFormation is: it makes a change set of each stack, which is read, never\n\
             executed, and deleted. Exits with 1 where there is an error.\n\n\
             With values of parameters, what they decide is checked: conditions, and what they come to in properties.",
        )
        .arg(
            stacks_arg("Stacks by name or pattern, or templates (JSON or YAML): files, folders, or `-` for standard input; without any: the whole app")
                .value_name("STACKS|FILES"),
        )
        .arg(
            Arg::new("rules")
                .long("rules")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .action(ArgAction::Append)
                .help("A file of Guard rules, or a folder of them; may be given again. Needs the cargo feature `validate`"),
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
        .arg(strict_arg())
        .arg(
            Arg::new("online")
                .long("online")
                .action(ArgAction::SetTrue)
                .help("Asks CloudFormation, too: of stacks by change sets that are never executed, of files by ValidateTemplate"),
        )
        .args(parameters::args())
        .args(connection_args().map(|arg| match arg.get_id().as_str() {
            "region" => arg.help("Where template files are deployed to, by which types are checked that are not offered everywhere; for `--online` the region of stacks that do not say theirs"),
            _ => arg.requires("online"),
        }))
        .after_help(
            "Examples:\n  \
             {app} validate                                  # the whole app\n  \
             {app} validate 'Prod/*'                         # some of its stacks\n  \
             {app} validate template.yaml --region eu-west-1 # any template\n  \
             {app} validate templates/                       # all of a folder\n  \
             {app} validate a.yaml --parameters-file prod.json # with these values of its parameters\n  \
             {app} validate --rules company.guard            # with rules of your own\n  \
             {app} validate --online Network                 # CloudFormation is asked, too\n  \
             {app} validate --format sarif > findings.sarif  # for code scanning",
        )
}

/// What has been found, and what of it is allowed.
#[derive(Default)]
struct Findings {
    found: Vec<Diagnostic>,
    allowed: Vec<Allowed>,
    /// What came from standard input, and files in which something shall not be seen: name and text, to show lines of.
    texts: Vec<(&'static str, String)>,
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let named = stacks_of(session.args);
    #[cfg(not(feature = "deploy"))]
    if session.args.get_flag("online") {
        return Err(super::needs_deploy(session));
    }
    let files: Vec<PathBuf> =
        session.args.get_many::<PathBuf>("rules").into_iter().flatten().cloned().collect();
    let engine = Engine::start(session, &files)?;
    let is_file = |name: &&String| {
        template_inputs::is_input(name) || Path::new(name).is_dir() && !is_stack(session, name)
    };
    let are_files = named.iter().filter(is_file).count();
    let findings = if are_files == 0 {
        of_app(session, &named, engine.as_ref())?
    } else if are_files == named.len() {
        of_files(session, &named, engine.as_ref())?
    } else {
        return Err(Error::new("some of these are files and some are stacks")
            .help("check files and stacks by a command each"));
    };
    let failed = fails(session.args, &findings.found);
    report(session, findings)?;
    Ok(if failed { Exit::Error } else { Exit::Ok })
}

/// Whether a word that names a folder names stacks of the app, too, which go before it.
fn is_stack(session: &Session<'_>, name: &str) -> bool {
    let patterns = [name.to_owned()];
    session.synthesize().is_ok_and(|synthesis| synthesis.select(&patterns).is_ok())
}

fn of_app(
    session: &mut Session<'_>,
    patterns: &[String],
    engine: Option<&Engine>,
) -> Result<Findings, Error> {
    let synthesis = session.synthesize()?;
    let assembly = synthesis.assembly();
    let selected = match patterns {
        [] => assembly.stacks().iter().collect(),
        patterns => synthesis.select(patterns)?,
    };
    let mut findings = without_aws(assembly, &selected, patterns, engine)?;
    let given = parameters::given(session.args)?;
    if !given.is_empty() {
        add_values(session, &selected, &given, &mut findings);
    }
    #[cfg(feature = "deploy")]
    if session.args.get_flag("online") {
        return ask(session, findings, |session| online::of_stacks(session, assembly, &selected));
    }
    Ok(findings)
}

/// Adds what is wrong with the values that parameters are given, and what is wrong only with them.
fn add_values(
    session: &Session<'_>,
    stacks: &[&StackArtifact],
    given: &[ParameterValue],
    findings: &mut Findings,
) {
    let mut names = BTreeMap::new();
    for stack in stacks.iter().filter(|stack| !stack.is_nested()) {
        let template = stack.template();
        names.extend(values::names(template));
        let own = [stack.display_name(), stack.stack_name(), stack.artifact_id()];
        let given = values::of_template(template, given, &own);
        let of_parameter = |_: &str| stack.location();
        let mut found = Vec::new();
        // What is not given keeps the value that is deployed.
        values::check(template, &given, false, &of_parameter, &mut found);
        let known = given.iter().filter_map(|(name, given)| {
            Some(((*name).to_owned(), given.value.as_ref()?.reveal().to_owned()))
        });
        let (environment, types) = (stack.environment(), session.known_types);
        let mut pseudo = vec![("AWS::StackName", stack.stack_name())];
        pseudo.extend(environment.region.as_deref().map(|region| ("AWS::Region", region)));
        pseudo.extend(environment.account.as_deref().map(|account| ("AWS::AccountId", account)));
        let values = Values::new(template, &pseudo, &known.collect()).without_ssm();
        let options = CheckOptions {
            region: environment.region.as_deref(),
            spec: &|_, name| types.and_then(|types| types(name)),
            knows_all_types: types.is_some(),
        };
        let resolved = values.template();
        let with_values = rules::check(&resolved.template, &options, &mut Checker::new());
        let with_values = with_values.into_iter().map(|found| found.diagnostic).collect();
        let allowed = findings.allowed.iter().map(|allowed| &allowed.diagnostic);
        let said: Vec<&Diagnostic> = findings.found.iter().chain(allowed).collect();
        for mut finding in values::only_new(with_values, &said) {
            finding.notes = values::origins(template, &values, &given, &finding, &of_parameter);
            found.push(finding);
        }
        for finding in &mut found {
            let source = finding.logical_id.as_deref().and_then(|id| stack.source_of(id));
            let (path, location) = source.unwrap_or((stack.display_name(), stack.location()));
            finding.path = path.into();
            finding.location = finding.location.or(Some(location));
        }
        findings.found.append(&mut found);
    }
    findings.found.append(&mut values::unknown(given, &names));
    findings.texts.append(&mut parameters::texts(given, &names));
}

/// Adds what CloudFormation says, unless it would only say again that something is wrong.
#[cfg(feature = "deploy")]
fn ask<'a>(
    session: &mut Session<'a>,
    mut findings: Findings,
    online: impl FnOnce(&mut Session<'a>) -> Result<Vec<Diagnostic>, Error>,
) -> Result<Findings, Error> {
    if has_errors(&findings.found) {
        session.terminal.note("note: CloudFormation is asked once these errors are corrected");
    } else {
        findings.found.append(&mut online(session)?);
    }
    Ok(findings)
}

#[cfg(feature = "deploy")]
fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// What our checks and AWS's rules find in the app.
fn without_aws(
    assembly: &Assembly,
    selected: &[&StackArtifact],
    patterns: &[String],
    engine: Option<&Engine>,
) -> Result<Findings, Error> {
    let is_asked_for = |path: &str| {
        patterns.is_empty() || selected.iter().any(|stack| is_below(path, stack.display_name()))
    };
    let found = assembly.diagnostics().iter().filter(|finding| is_asked_for(&finding.path));
    let mut findings = Findings { found: found.cloned().collect(), ..Findings::default() };
    let allowed = assembly.allowed().iter();
    let Some(engine) = engine else {
        let allowed = allowed.filter(|allowed| is_asked_for(&allowed.diagnostic.path));
        findings.allowed = allowed.cloned().collect();
        return Ok(findings);
    };
    let (passed_on, own): (Vec<&Allowed>, Vec<&Allowed>) =
        allowed.partition(|allowed| aws_rules::is_foreign(&allowed.diagnostic.code));
    let own = own.into_iter().filter(|allowed| is_asked_for(&allowed.diagnostic.path));
    findings.allowed = own.cloned().collect();
    let mut foreign = Vec::new();
    for stack in selected {
        foreign.append(&mut of_stack(assembly, stack, engine)?);
    }
    let (mut kept, mut allowed) =
        aws_rules::allow(foreign, &passed_on, &|code| engine.knows(code), &is_asked_for);
    findings.found.append(&mut kept);
    findings.allowed.append(&mut allowed);
    Ok(findings)
}

/// What AWS's rules find in a stack beside our own, with the lines of the resources.
fn of_stack(
    assembly: &Assembly,
    stack: &StackArtifact,
    engine: &Engine,
) -> Result<Vec<Diagnostic>, Error> {
    let region = stack.environment().region.as_deref();
    let template = stack.template_json().as_bytes();
    let allowed = assembly.allowed().iter().map(|allowed| &allowed.diagnostic);
    let ours: Vec<&Diagnostic> = assembly
        .diagnostics()
        .iter()
        .chain(allowed)
        .filter(|finding| is_below(&finding.path, stack.display_name()))
        .collect();
    let mut findings = Vec::new();
    for found in engine.check(stack.display_name(), template, region)? {
        let mut finding = found.diagnostic;
        if aws_rules::is_said(&finding, ours.iter().copied()) {
            continue;
        }
        let source = finding.logical_id.as_deref().and_then(|id| stack.source_of(id));
        let (path, location) = source.unwrap_or((stack.display_name(), stack.location()));
        finding.path = path.into();
        finding.location = Some(location);
        findings.push(finding);
    }
    Ok(findings)
}

/// Whether a path is that of a stack or one in it.
fn is_below(path: &str, stack: &str) -> bool {
    path.strip_prefix(stack).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn of_files(
    session: &mut Session<'_>,
    named: &[String],
    engine: Option<&Engine>,
) -> Result<Findings, Error> {
    let inputs = template_inputs::inputs(named)?;
    let given = parameters::given(session.args)?;
    let mut names = BTreeMap::new();
    let mut check = TemplateCheck {
        region: session.args.get_one::<String>("region").map(String::as_str),
        types: session.known_types,
        engine,
        checker: Checker::new(),
        given: &given,
    };
    let mut findings = Findings::default();
    #[cfg(feature = "deploy")]
    let mut templates = Vec::new();
    let mut skipped = 0;
    for input in &inputs {
        let content = input.read(session.terminal);
        match check.run(input, &content, &mut names)? {
            Some(mut found) => findings.found.append(&mut found),
            None => {
                skipped += 1;
                continue;
            }
        }
        #[cfg(feature = "deploy")]
        templates.extend(text_of(input, &content));
        let is_shown = findings.texts.iter().any(|(name, _)| *name == input.name);
        if input.is_gone() && !is_shown {
            findings.texts.extend(text_of(input, &content));
        }
    }
    findings.found.append(&mut values::unknown(&given, &names));
    findings.texts.append(&mut parameters::texts(&given, &names));
    if skipped == inputs.len() {
        return Err(Error::of(
            crate::codes::NO_TEMPLATE,
            format!("there is no template in {}", quoted(named)),
        )
        .help("name the files themselves to hear why"));
    }
    if skipped > 0 {
        let files = count(skipped, "file");
        session.terminal.note(format_args!("{files} passed over, as no templates"));
    }
    #[cfg(feature = "deploy")]
    if session.args.get_flag("online") {
        return ask(session, findings, |session| online::of_templates(session, &templates));
    }
    Ok(findings)
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn text_of(input: &Input, content: &Content) -> Option<(&'static str, String)> {
    let Content::Bytes(bytes) = content else { return None };
    Some((input.name, String::from_utf8_lossy(bytes).into_owned()))
}

fn report(session: &mut Session<'_>, findings: Findings) -> Result<(), Error> {
    let format = session.args.get_one::<String>("format").map_or("text", String::as_str);
    let found: Vec<&Diagnostic> = findings.found.iter().collect();
    if session.args.get_flag("json") || format == "json" {
        return session.terminal.line(to_json(&findings).to_json_pretty());
    }
    match format {
        "sarif" => {
            let allowed: Vec<&Allowed> = findings.allowed.iter().collect();
            let mut sources = report::Sources::new(session.variables);
            findings.texts.iter().for_each(|(name, text)| sources.add(name, text.clone()));
            let sarif = report::sarif(&found, &allowed, &mut sources);
            session.terminal.line(sarif.to_json_pretty())
        }
        "github" => session.terminal.print(&report::github(&found)),
        _ if found.is_empty() => session.terminal.line("nothing is wrong"),
        _ => {
            let Findings { found, texts, .. } = findings;
            report::print_with(&found, texts, session);
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
