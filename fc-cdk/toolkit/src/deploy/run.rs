//! The command `deploy`, from its arguments to its exit code.

use std::{collections::BTreeMap, fs, path::Path};

use fc_cdk_core::{Map, Node};
use futures_util::future::{Either, select};

use super::{
    engine::{Deployed, Engine},
    failure::Failure,
    guards,
    interrupt::Interrupt,
    options::{Approval, Options},
    prepare::{self, Prepared, Refusal},
    progress::Progress,
    schedule::{self, Ended},
    work::Work,
};
use crate::{
    aws::{Aws, time::Time},
    codes,
    commands::stacks_of,
    diff_report::{self, Report},
    error::{Error, Exit},
    session::Session,
    table::count,
};

/// Deploys the app's stacks.
///
/// # Errors
///
/// When there is no app, or nothing can be done at all; what fails of stacks is told, and shows in the exit code.
pub(crate) fn deploy(session: &mut Session<'_>) -> Result<Exit, Error> {
    let options = Options::of(session.args)?;
    let patterns = stacks_of(session.args);
    if let Some(file) = super::plan::file_of(&patterns) {
        return super::plan::deploy(session, &file, &options);
    }
    let synthesis = session.synthesize_or_report()?;
    let all = session.args.get_flag("all");
    let stacks = prepare::select(&synthesis, &patterns, all, options.exclusively)?;
    let aws = Aws::connect(session)?;
    let targets = prepare::targets(&aws, &stacks)?;
    let json = session.args.get_flag("json");
    let progress = Progress::new(session.terminal, json);
    for target in &targets {
        if let Some(role) = target.role() {
            progress.say(&format!("deploying to {} as `{role}`", target.name()));
        }
    }
    let interrupt = Interrupt::default();
    let engine = Engine::new(&synthesis, &options, session.resource_types, &progress, &interrupt);
    let begun = Time::now();
    let work = async {
        let prepared = match engine.prepare(&stacks, &targets).await {
            Ok(prepared) => prepared,
            Err(failures) => return Ok(tell(&progress, &failures)),
        };
        prepared.notes.iter().for_each(|note| progress.say(note));
        if let Some(exit) = allowed(&engine, &prepared)? {
            return Ok(exit);
        }
        let mut done = execute(&engine, &prepared).await;
        let held = (stacks.iter().copied().zip(targets.iter().cloned()))
            .zip(&prepared.works)
            .filter(|(_, work)| !work.kept.is_empty());
        let (stacks, targets): (Vec<_>, Vec<_>) = held.map(|(held, _)| held).unzip();
        let goes_on = done.failures.is_empty() && !options.no_execute;
        let mut refused = None;
        if goes_on && !stacks.is_empty() {
            // What was kept for those that read it is read no more, once they are deployed.
            engine.changed.borrow_mut().clear();
            match engine.prepare(&stacks, &targets).await {
                Ok(rest) => match allowed(&engine, &rest)? {
                    None => done.add(execute(&engine, &rest).await),
                    refusal => refused = refusal,
                },
                Err(failures) => done.failures.extend(failures),
            }
        }
        let exit = refused.unwrap_or(finish(&engine, &done)?);
        progress.tell_times(&done.sum(), Time::now().since(begun));
        Ok(exit)
    };
    aws.block_on(until_left(work, &engine))
}

/// Runs something while Ctrl-C is listened to.
pub(crate) async fn until_left<T>(
    work: impl Future<Output = Result<T, Error>>,
    engine: &Engine<'_>,
) -> Result<T, Error> {
    let listen = engine.interrupt.listen(engine.progress, engine.options.on_interrupt);
    match select(std::pin::pin!(work), std::pin::pin!(listen)).await {
        Either::Left((done, _)) => done,
        Either::Right(((), _)) => Err(Error::of(codes::INTERRUPTED, "interrupted")),
    }
}

/// Whether this may be done: refusals are told, and somebody is asked where that is wanted. `Some` is how the command ends at once.
pub(crate) fn allowed(engine: &Engine<'_>, prepared: &Prepared<'_>) -> Result<Option<Exit>, Error> {
    let (progress, options) = (engine.progress, engine.options);
    if !prepared.refusals.is_empty() {
        let paint = progress.paint();
        for Refusal { rule, message, help } in &prepared.refusals {
            if progress.is_json() {
                let (message, help) = (message.as_str().into(), help.as_str().into());
                let code = ("code", rule.code.into());
                progress.json("refused", [code, ("message", message), ("help", help)]);
            } else {
                progress.say(&format!(
                    "{}{} {message}\n  {}: {help}",
                    paint.red(format_args!("refused[{rule}]")),
                    paint.bold(":"),
                    paint.bold("help")
                ));
            }
        }
        return Ok(Some(Exit::Refused));
    }
    let changing = prepared.works.iter().filter(|work| engine.reason(work).is_some());
    let diffs: Vec<_> = changing.flat_map(Work::diffs).cloned().collect();
    let asked = diffs.iter().any(|diff| guards::needs_approval(diff, options.approval));
    if !asked || options.no_execute {
        return Ok(None);
    }
    let report = diff_report::terminal(&Report { stacks: &diffs }, progress.paint());
    if !progress.is_json() {
        progress.say(report.trim_end());
    }
    if options.yes {
        return Ok(None);
    }
    let why = match options.approval {
        Approval::AnyChange => "every change needs a yes (`--require-approval any-change`)",
        _ => "somebody can do more after this than before",
    };
    if !progress.is_interactive() {
        let error =
            Error::of(codes::NEEDS_APPROVAL, format!("{why}, and nobody is there to say it"));
        return Err(error
            .help("look at the changes above, and run it again with `--yes`, or with `--require-approval never`")
            .exit(Exit::Refused));
    }
    if progress.ask(&format!("{why}. Deploy?"))? {
        return Ok(None);
    }
    progress.say("nothing was deployed");
    Ok(Some(Exit::Refused))
}

/// How the deployment of some stacks ended.
#[derive(Default)]
struct Done {
    /// By the name in CloudFormation: what people call the stack, and how it is now.
    outputs: BTreeMap<String, (String, Deployed)>,
    failures: Vec<Failure>,
    /// How many were not begun, because they need one that failed.
    skipped: usize,
}

impl Done {
    /// Adds what was done later.
    fn add(&mut self, later: Done) {
        self.outputs.extend(later.outputs);
        self.failures.extend(later.failures);
        self.skipped += later.skipped;
    }

    /// How it ended, in some words: `done`, or how many stacks did not.
    fn sum(&self) -> String {
        let (failed, skipped) = (self.failures.len(), self.skipped);
        if failed + skipped == 0 {
            return "done".to_owned();
        }
        let good = count(self.outputs.len(), "stack");
        let skipped = if skipped > 0 { format!(", {skipped} not begun") } else { String::new() };
        format!("{good} as they should be, {failed} failed{skipped},")
    }
}

/// Deploys all of them, and tells how that ended.
pub(crate) async fn run<'a>(
    engine: &Engine<'a>,
    prepared: &Prepared<'a>,
    begun: Time,
) -> Result<Exit, Error> {
    let done = execute(engine, prepared).await;
    let exit = finish(engine, &done)?;
    engine.progress.tell_times(&done.sum(), Time::now().since(begun));
    Ok(exit)
}

async fn execute<'a>(engine: &Engine<'a>, prepared: &Prepared<'a>) -> Done {
    let works = &prepared.works;
    let begin = |index: usize| engine.deploy(&works[index]);
    let ended = schedule::run(&prepared.needs, engine.options.concurrency, begin).await;
    let mut all = Done::default();
    let mut skipped: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (work, ended) in works.iter().zip(ended) {
        match ended {
            Ended::Done(done) => {
                if let Some(id) = &done.change_set {
                    engine.progress.say(&format!("`{}`: the change set is `{id}`", work.name()));
                }
                let name = work.artifact.stack_name().to_owned();
                all.outputs.insert(name, (work.name().to_owned(), done));
            }
            Ended::Failed(failure) => all.failures.push(failure),
            Ended::Skipped(cause) => {
                all.skipped += 1;
                skipped.entry(cause).or_default().push(work.name());
            }
        }
    }
    for (cause, names) in skipped {
        let on = works.get(cause).map_or("another one", |work| work.name());
        let needs = if names.len() > 1 { "they need" } else { "it needs" };
        let names = names.join("`, `");
        engine.progress.say(&format!(
            "not deployed, because {needs} `{on}`; the same command again goes on: `{names}`"
        ));
    }
    all
}

fn finish(engine: &Engine<'_>, done: &Done) -> Result<Exit, Error> {
    tell_outputs(engine.progress, &done.outputs);
    if let Some(path) = &engine.options.outputs_file {
        write_outputs(path, &done.outputs)?;
    }
    Ok(tell(engine.progress, &done.failures))
}

/// Tells why stacks failed, and how the command ends for that.
pub(crate) fn tell(progress: &Progress<'_>, failures: &[Failure]) -> Exit {
    for failure in failures {
        if progress.is_json() {
            progress.json("failure", [("failure", failure.to_json())]);
        } else {
            progress.say(&failure.text(progress.paint()));
        }
    }
    let exits = failures.iter().map(|failure| failure.exit);
    exits.max_by_key(|exit| *exit as u8).unwrap_or(Exit::Ok)
}

fn tell_outputs(progress: &Progress<'_>, outputs: &BTreeMap<String, (String, Deployed)>) {
    for (name, done) in outputs.values() {
        for output in &done.outputs {
            if progress.is_json() {
                let (value, key) = (output.value.as_str().into(), output.name.as_str().into());
                progress.json(
                    "output",
                    [("stack", name.as_str().into()), ("name", key), ("value", value)],
                );
            } else {
                progress.print(&format!("{name}.{} = {}", output.name, output.value));
            }
        }
    }
}

fn write_outputs(path: &Path, outputs: &BTreeMap<String, (String, Deployed)>) -> Result<(), Error> {
    let mut all = Map::new();
    for (stack, (_, done)) in outputs {
        let values =
            done.outputs.iter().map(|output| (output.name.as_str(), output.value.as_str()));
        all.insert(stack.as_str(), values.collect::<Map>());
    }
    let text = format!("{}\n", Node::Map(all).to_json_pretty());
    fs::write(path, text).map_err(|error| Error::io("write", path, &error))
}
