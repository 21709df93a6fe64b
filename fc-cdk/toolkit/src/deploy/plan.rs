//! Plans: what was reviewed, in a file, and a deployment of exactly that.

use std::{
    fs,
    path::{Path, PathBuf},
};

use fc_cdk_core::{Map, Node, json, sha256_hex};

use super::{
    engine::Engine,
    in_use::{self, Read},
    interrupt::Interrupt,
    options::Options,
    prepare::{self, Prepared},
    progress::Progress,
    run,
    work::Work,
};
use crate::{
    aws::{Aws, Target, cloudformation::Mode, time::Time},
    commands::stacks_of,
    diff_report::{self, Report},
    error::{Error, Exit},
    session::Session,
};

/// The version of the file's form.
const VERSION: i64 = 1;

/// The plan that `deploy` is given in place of stacks.
pub(crate) fn file_of(patterns: &[String]) -> Option<PathBuf> {
    let [one] = patterns else { return None };
    let path = Path::new(one);
    (path.extension().is_some_and(|extension| extension == "json") && path.is_file())
        .then(|| path.to_owned())
}

/// The command `plan`.
///
/// # Errors
///
/// As [`run::deploy`].
pub(crate) fn plan(session: &mut Session<'_>) -> Result<Exit, Error> {
    let mut options = Options::of(session.args)?;
    options.no_execute = true;
    let patterns = stacks_of(session.args);
    let file = session.args.get_one::<PathBuf>("output").cloned();
    let synthesis = session.synthesize_or_report()?;
    // What is reviewed is all that there is, where nothing is named.
    let all = patterns.is_empty() || session.args.get_flag("all");
    let stacks = prepare::select(&synthesis, &patterns, all, options.exclusively)?;
    let aws = Aws::connect(session)?;
    let targets = prepare::targets(&aws, &stacks)?;
    let types = session.resource_types;
    let (json, paint) = (session.args.get_flag("json"), session.terminal.out_paint());
    let app = session.definition.get_name().to_owned();
    let progress = Progress::new(session.terminal, false);
    let interrupt = Interrupt::default();
    let engine = Engine::new(&synthesis, &options, types, &progress, &interrupt);
    let work = async {
        let prepared = match engine.prepare(&stacks, &targets).await {
            Ok(prepared) => prepared,
            Err(failures) => return Ok(run::tell(&progress, &failures)),
        };
        prepared.notes.iter().for_each(|note| progress.say(note));
        if json && file.is_none() {
            progress.print(&to_json(&app, &options, &engine, &prepared, &[]).to_json_pretty());
        } else {
            let diffs = prepared.diffs();
            let report = diff_report::terminal(&Report { stacks: &diffs }, paint);
            progress.print(report.trim_end());
        }
        if let Some(exit) = run::allowed(&engine, &prepared)? {
            return Ok(exit);
        }
        let Some(file) = &file else { return Ok(Exit::Ok) };
        let mut sets: Vec<(String, String)> = Vec::new();
        for work in &prepared.works {
            if engine.reason(work).is_none() || is_late(&engine, &prepared, work) {
                continue;
            }
            match engine.deploy(work).await {
                Ok(done) => sets.extend(done.change_set.map(|id| (work.name().to_owned(), id))),
                Err(failure) => return Ok(run::tell(&progress, &[failure])),
            }
        }
        let plan = to_json(&app, &options, &engine, &prepared, &sets);
        if json {
            progress.print(&plan.to_json_pretty());
        }
        let text = format!("{}\n", plan.to_json_pretty());
        fs::write(file, text).map_err(|error| Error::io("write", file, &error))?;
        progress
            .say(&format!("the plan is in `{0}`; `deploy {0}` does exactly that", file.display()));
        Ok(Exit::Ok)
    };
    aws.block_on(run::until_left(work, &engine))
}

/// Whether a stack reads what another one of the plan has yet to make: then its change set is made when that is there.
fn is_late(engine: &Engine<'_>, prepared: &Prepared<'_>, work: &Work<'_>) -> bool {
    let changes = |stack: &str| {
        let other = prepared.works.iter().find(|other| other.artifact.stack_name() == stack);
        other.is_some_and(|other| engine.reason(other).is_some())
    };
    in_use::reads(&work.template).iter().any(|read| match read {
        Read::Weak(stack, _) => changes(stack),
        Read::Strong(_) => prepared
            .works
            .iter()
            .position(|other| other.name() == work.name())
            .into_iter()
            .flat_map(|index| &prepared.needs[index])
            .any(|&on| engine.reason(&prepared.works[on]).is_some()),
    })
}

/// What a plan says of its stacks.
fn to_json(
    app: &str,
    options: &Options,
    engine: &Engine<'_>,
    prepared: &Prepared<'_>,
    sets: &[(String, String)],
) -> Node {
    let stacks = prepared.works.iter().map(|work| {
        let mut map = facts(engine, work);
        let set = sets.iter().find(|(name, _)| name == work.name());
        let late = engine.reason(work).is_some() && is_late(engine, prepared, work);
        map.insert("late", late);
        map.insert("changeSet", set.map(|(_, id)| id.as_str()));
        if let Some(diff) = &work.diff {
            let impacts = diff.template.summary().impacts.into_iter();
            let impacts =
                impacts.map(|(impact, n)| (impact.as_str(), i64::try_from(n).unwrap_or(0)));
            map.insert("changes", impacts.collect::<Map>());
        }
        Node::Map(map)
    });
    json!({
        "version": VERSION,
        "app": app,
        "options": said(options),
        "allowDataLoss": options.allow_data_loss.clone(),
        "stacks": stacks.collect::<Vec<_>>()
    })
}

/// The options that a deployment has to share with its plan.
fn said(options: &Options) -> Node {
    json!({
        "roleArn": options.role_arn.clone(),
        "express": options.mode == Mode::Express,
        "noRollback": options.no_rollback,
        "importExistingResources": options.import_existing,
        "revertDrift": options.revert_drift
    })
}

/// What has to be the same when the plan is deployed. No value that nobody may see is among it.
fn facts(engine: &Engine<'_>, work: &Work<'_>) -> Map {
    let mut map = Map::new();
    map.insert("stack", work.name());
    map.insert("stackName", work.artifact.stack_name());
    map.insert("account", work.target.account());
    map.insert("region", work.target.region());
    map.insert("action", action(engine, work));
    map.insert("templateSha256", work.hash());
    let deployed = work.found.template.as_deref().filter(|_| !work.is_anew());
    map.insert("deployedSha256", deployed.map(|text| sha256_hex(text.as_bytes())));
    let section = work.template.section("Parameters");
    let parameters = work.parameters.iter().map(|(name, value)| {
        let no_echo =
            section.and_then(|all| all.get(name)).is_some_and(|it| it.get("NoEcho").is_some());
        let value = match value {
            None => "(kept)",
            Some(_) if no_echo => "(secret)",
            Some(value) => value.reveal(),
        };
        (name.as_str(), Node::from(value))
    });
    map.insert("parameters", parameters.collect::<Map>());
    map.insert(
        "tags",
        work.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Map>(),
    );
    let files = engine.assembly.bucket_files(work.artifact);
    map.insert(
        "assets",
        files.iter().map(|file| Node::from(file.key.as_str())).collect::<Vec<_>>(),
    );
    map
}

fn action(engine: &Engine<'_>, work: &Work<'_>) -> &'static str {
    match engine.reason(work) {
        None => "none",
        Some(_) if work.is_anew() => "create",
        Some(_) => "update",
    }
}

/// `deploy FILE`.
///
/// # Errors
///
/// When the file is no plan, or anything differs from it.
pub(crate) fn deploy(
    session: &mut Session<'_>,
    file: &Path,
    given: &Options,
) -> Result<Exit, Error> {
    let text = fs::read_to_string(file).map_err(|error| Error::io("read", file, &error))?;
    let plan = Node::parse_json(&text)
        .map_err(|error| Error::new(format!("`{}` is no plan: {error}", file.display())))?;
    if plan.get("version").and_then(Node::as_int) != Some(VERSION) {
        return Err(Error::new(format!("`{}` is no plan that this version reads", file.display()))
            .help("write one by `plan -o FILE`"));
    }
    let options = options_of(&plan, given);
    let entries = plan.get("stacks").and_then(Node::as_list).unwrap_or_default();
    let text = |entry: &Node, key: &str| {
        entry.get(key).and_then(Node::as_str).unwrap_or_default().to_owned()
    };
    let names: Vec<String> = entries.iter().map(|entry| text(entry, "stack")).collect();
    let synthesis = session.synthesize_or_report()?;
    let stacks = prepare::select(&synthesis, &names, false, true)?;
    let aws = Aws::connect(session)?;
    let targets: Vec<Target> = prepare::targets(&aws, &stacks)?;
    let types = session.resource_types;
    let json = session.args.get_flag("json");
    let progress = Progress::new(session.terminal, json);
    let interrupt = Interrupt::default();
    let set_of = |entry: &Node| {
        entry
            .get("changeSet")
            .and_then(Node::as_str)
            .map(|id| (text(entry, "stack"), id.to_owned()))
    };
    let planned = entries.iter().filter_map(set_of).collect();
    let engine =
        Engine { planned, ..Engine::new(&synthesis, &options, types, &progress, &interrupt) };
    let begun = Time::now();
    let work = async {
        let prepared = match engine.prepare(&stacks, &targets).await {
            Ok(prepared) => prepared,
            Err(failures) => return Ok(run::tell(&progress, &failures)),
        };
        let differences = differences(&engine, &prepared, entries).await?;
        if !differences.is_empty() {
            let error = Error::of(
                crate::codes::NOT_AS_PLANNED,
                format!("this is not what was planned: {}", differences.join("; ")),
            );
            return Err(error.help("look at it again: `plan -o FILE`").exit(Exit::Refused));
        }
        if let Some(exit) = run::allowed(&engine, &prepared)? {
            return Ok(exit);
        }
        run::run(&engine, &prepared, begun).await
    };
    aws.block_on(run::until_left(work, &engine))
}

/// What the plan was made with; what is approved there is approved.
fn options_of(plan: &Node, given: &Options) -> Options {
    let said = plan.get("options");
    let flag = |name: &str| said.and_then(|it| it.get(name)).and_then(Node::as_bool) == Some(true);
    let mut options = given.clone();
    options.role_arn =
        said.and_then(|it| it.get("roleArn")).and_then(Node::as_str).map(str::to_owned);
    options.mode = if flag("express") { Mode::Express } else { Mode::Standard };
    options.no_rollback = flag("noRollback");
    options.import_existing = flag("importExistingResources");
    options.revert_drift = flag("revertDrift");
    options.approval = super::options::Approval::Never;
    let allowed = plan.get("allowDataLoss").and_then(Node::as_list).unwrap_or_default().iter();
    options.allow_data_loss = allowed.filter_map(Node::as_str).map(str::to_owned).collect();
    options
}

/// What is not as it was planned.
async fn differences(
    engine: &Engine<'_>,
    prepared: &Prepared<'_>,
    entries: &[Node],
) -> Result<Vec<String>, Error> {
    let mut differences = Vec::new();
    for entry in entries {
        let planned = entry.get("stack").and_then(Node::as_str).unwrap_or_default();
        let Some(work) = prepared.works.iter().find(|work| work.name() == planned) else {
            differences.push(format!("`{planned}` is no stack of the app any more"));
            continue;
        };
        for (key, now) in facts(engine, work).iter() {
            let what = match key.as_str() {
                "account" | "region" => "is for another account or region",
                "templateSha256" => "has another template now",
                "deployedSha256" => "has been deployed since by somebody else",
                "parameters" => "has other parameters now",
                "tags" => "has other tags now",
                "assets" => "has other assets now",
                "action" => "is not in the same state any more",
                _ => continue,
            };
            if entry.get(key).unwrap_or(&Node::Null) != now {
                differences.push(format!("`{planned}` {what}"));
            }
        }
        let Some(id) = entry.get("changeSet").and_then(Node::as_str) else { continue };
        let set = work.target.cloudformation().change_set(work.artifact.stack_name(), id).await?;
        match set.map(|set| set.execution) {
            Some(execution) if execution == "AVAILABLE" => {}
            Some(execution) => differences.push(format!(
                "the change set of `{planned}` cannot be executed any more: {execution}"
            )),
            None => differences.push(format!(
                "the change set of `{planned}` is gone: it was executed, or somebody has deleted it"
            )),
        }
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_file_that_is_there_is_a_plan() {
        assert!(file_of(&["Network".to_owned()]).is_none());
        assert!(file_of(&["no/such/plan.json".to_owned()]).is_none());
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").to_owned();
        assert!(file_of(&[manifest]).is_none());
    }
}
