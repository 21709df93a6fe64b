//! `explain`: what the code of a finding or an error stands for.

use clap::{Arg, Command};
use fc_cdk_core::{Node, Severity, codes::GUARD_RULE, json, rules, rules::Rule};

use super::json_arg;
use crate::{
    aws_rules, codes,
    error::{Error, Exit},
    forecast, parameters,
    session::Session,
    table::{Align, Table},
    terminal::Paint,
};

pub(crate) fn definition() -> Command {
    Command::new("explain")
        .about("Explains a finding or an error: why it matters, and what to do")
        .arg(
            Arg::new("code").value_name("CODE").help(
                "The code of a finding or an error, such as `cidr-overlap` or `data-loss`; without it all are listed",
            ),
        )
        .arg(json_arg())
        .after_help("Examples:\n  {app} explain cidr-overlap\n  {app} explain --json")
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let own =
        [&parameters::rules::RULES, &forecast::rules::RULES].into_iter().chain(&codes::GROUPS);
    let topics = rules::GROUPS.iter().chain(&session.rules).chain(own);
    let all: Vec<(&'static str, &'static Rule)> =
        topics.flat_map(|&(topic, rules)| rules.iter().map(move |rule| (topic, rule))).collect();
    let json = session.args.get_flag("json");
    let Some(code) = session.args.get_one::<String>("code") else {
        return list(session, &all, json);
    };
    // A finding shows its code in brackets, which may be copied with it.
    let code = code.trim_matches(['[', ']', '`']);
    let listed = all.iter().copied().find(|(_, rule)| rule.code == code);
    let listed = listed.or_else(|| of_finding(session, code));
    let found = match listed {
        Some(found) => Some(found),
        None => aws_rules::explain(session, code)?.map(|rule| ("", rule)),
    };
    let Some((topic, rule)) = found else {
        if let Some(name) = code.strip_prefix(GUARD_RULE) {
            return Err(Error::new(format!("`{name}` is a rule of a Guard file"))
                .help("read the file that `validate --rules` was given: only it says what the rule is for"));
        }
        let help = match rules::nearest(code, all.iter().map(|(_, rule)| rule.code)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`explain` without a code lists all rules".to_owned(),
        };
        return Err(Error::new(format!("there is no rule `{code}`")).help(help));
    };
    if json {
        session.terminal.line(to_json(topic, rule).to_json_pretty())?;
        return Ok(Exit::Ok);
    }
    let paint = session.terminal.out_paint();
    let level = severity(rule.severity, paint);
    session.terminal.line(format_args!("{level}[{}]: {}\n", rule.code, rule.title))?;
    session.terminal.line(format_args!("{}\n", rule.why))?;
    for (side, heading) in [("fails", "fails:"), ("passes", "passes:")] {
        if let Some(scenario) = forecast::example(rule.code, side) {
            session.terminal.line(format_args!("{} where {scenario}", paint.bold(heading)))?;
        }
    }
    session.terminal.line(format_args!("{} {}", paint.bold("fix:"), rule.fix))?;
    if !rule.docs_url.is_empty() {
        session.terminal.line(format_args!("{} {}", paint.bold("docs:"), rule.docs_url))?;
    }
    Ok(Exit::Ok)
}

/// The rule of a finding of the app itself: of a construct whose rules nobody has told the command line.
fn of_finding(session: &Session<'_>, code: &str) -> Option<(&'static str, &'static Rule)> {
    let synthesis = session.synthesize().ok()?;
    let assembly = synthesis.assembly();
    let allowed = assembly.allowed().iter().map(|allowed| &allowed.diagnostic);
    let mut rules = assembly.diagnostics().iter().chain(allowed).filter_map(|found| found.rule);
    rules.find(|rule| rule.code == code).map(|rule| ("", rule))
}

fn list(session: &mut Session<'_>, all: &[(&str, &Rule)], json: bool) -> Result<Exit, Error> {
    if json {
        let nodes: Vec<Node> = all.iter().map(|(topic, rule)| to_json(topic, rule)).collect();
        session.terminal.line(Node::List(nodes).to_json_pretty())?;
        return Ok(Exit::Ok);
    }
    let columns = ["Code", "Severity", "What is wrong"].map(|title| (title, Align::Left));
    let mut table = Table::new(&columns);
    for (_, rule) in all {
        table.row([rule.code.to_owned(), rule.severity.to_string(), rule.title.to_owned()]);
    }
    table.lines().iter().try_for_each(|line| session.terminal.line(line))?;
    Ok(Exit::Ok)
}

fn severity(severity: Severity, paint: Paint) -> String {
    match severity {
        Severity::Error => paint.red(severity),
        Severity::Warning => paint.yellow(severity),
        Severity::Info => paint.bold(severity),
    }
}

fn to_json(topic: &str, rule: &Rule) -> Node {
    json!({
        "topic": (!topic.is_empty()).then_some(topic),
        "code": rule.code,
        "severity": rule.severity.to_string(),
        "title": rule.title,
        "why": rule.why,
        "fix": rule.fix,
        "docs": (!rule.docs_url.is_empty()).then_some(rule.docs_url)
    })
}
