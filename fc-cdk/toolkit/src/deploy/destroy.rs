//! The commands `destroy` and `rollback`.

use fc_cdk_core::{
    Map, Template,
    diff::{DataLoss, Impact, StackSide, diff_stacks},
};

use super::{
    engine::Engine,
    failure::Failure,
    found::Found,
    in_use::{self, Read},
    interrupt::Interrupt,
    operation::Finished,
    options::Options,
    prepare,
    progress::Progress,
    run,
    schedule::{self, Ended},
    status::{OnDestroy, StackStatus},
};
use crate::{
    aws::{
        Aws, Target,
        cloudformation::{StackInfo, StackResource},
        time::Time,
    },
    codes,
    commands::stacks_of,
    error::{Error, Exit},
    session::Session,
};
use fc_cdk_core::StackArtifact;

/// A stack to destroy.
struct Doomed<'a> {
    artifact: &'a StackArtifact,
    target: &'a Target,
    stack: StackInfo,
    template: Option<Template>,
    resources: Vec<StackResource>,
}

/// Deletes the app's stacks.
///
/// # Errors
///
/// When there is no app, or nothing can be done at all.
pub(crate) fn destroy(session: &mut Session<'_>) -> Result<Exit, Error> {
    let options = Options::of(session.args)?;
    let synthesis = session.synthesize_or_report()?;
    let (patterns, all) = (stacks_of(session.args), session.args.get_flag("all"));
    let stacks = prepare::select(&synthesis, &patterns, all, true)?;
    let aws = Aws::connect(session)?;
    let targets = prepare::targets(&aws, &stacks)?;
    let (json, empties) = (session.args.get_flag("json"), session.args.get_flag("empty-buckets"));
    let types = session.resource_types;
    let progress = Progress::new(session.terminal, json);
    let interrupt = Interrupt::default();
    let engine = Engine::new(&synthesis, &options, types, &progress, &interrupt);
    let begun = Time::now();
    let work = async {
        let mut doomed = Vec::new();
        let found = prepare::look_all(&stacks, &targets).await?;
        for ((artifact, target), found) in stacks.iter().zip(&targets).zip(found) {
            match engine.doom(artifact, target, found).await {
                Ok(Some(stack)) => doomed.push(stack),
                Ok(None) => progress.say(&format!("`{}` is not deployed", artifact.display_name())),
                Err(failure) => return Ok(run::tell(&progress, &[failure])),
            }
        }
        if doomed.is_empty() {
            return Ok(Exit::Ok);
        }
        let refusals = engine.readers_left(&doomed).await?;
        if !refusals.is_empty() {
            return Ok(run::tell(&progress, &refusals));
        }
        for stack in &doomed {
            engine.tell_what_goes(stack, empties);
        }
        if let Some(exit) = confirmed(&progress, &options, doomed.len())? {
            return Ok(exit);
        }
        let artifacts: Vec<&StackArtifact> = doomed.iter().map(|stack| stack.artifact).collect();
        let needs = schedule::reversed(&prepare::needs(&artifacts));
        let begin = |index: usize| engine.destroy_one(&doomed[index], empties);
        let ended = schedule::run(&needs, options.concurrency, begin).await;
        let mut failures = Vec::new();
        for (stack, ended) in doomed.iter().zip(ended) {
            match ended {
                Ended::Done(()) => {}
                Ended::Failed(failure) => failures.push(failure),
                Ended::Skipped(cause) => progress.say(&format!(
                    "`{}` was not deleted, because `{}` needs it",
                    stack.artifact.display_name(),
                    doomed.get(cause).map_or("another one", |it| it.artifact.display_name())
                )),
            }
        }
        let sum = match failures.len() {
            0 => "done".to_owned(),
            failed => format!("{failed} failed,"),
        };
        progress.tell_times(&sum, Time::now().since(begun));
        Ok(run::tell(&progress, &failures))
    };
    aws.block_on(run::until_left(work, &engine))
}

/// Asks for a yes; `Some` is how the command ends at once.
fn confirmed(
    progress: &Progress<'_>,
    options: &Options,
    count: usize,
) -> Result<Option<Exit>, Error> {
    if options.yes {
        return Ok(None);
    }
    if !progress.is_interactive() {
        return Err(Error::of(
            codes::NEEDS_APPROVAL,
            "deleting stacks needs a yes, and nobody is there to say it",
        )
        .help("look at the list above, and run it again with `--yes`")
        .exit(Exit::Refused));
    }
    if progress.ask(&format!("Delete {}?", crate::table::count(count, "stack")))? {
        return Ok(None);
    }
    progress.say("nothing was deleted");
    Ok(Some(Exit::Refused))
}

impl<'a> Engine<'a> {
    /// A stack that is there and that nothing goes on in.
    async fn doom<'b>(
        &self,
        artifact: &'b StackArtifact,
        target: &'b Target,
        mut found: Found,
    ) -> Result<Option<Doomed<'b>>, Failure> {
        let name = artifact.display_name();
        while let Some(stack) = found.stack.clone() {
            if stack.status.on_destroy() == OnDestroy::Wait {
                let status = stack.status;
                self.progress.say(&format!(
                    "`{name}` is in the state {status}: {}; following that first",
                    status.meaning()
                ));
                self.follow(artifact, target, &stack.id, None, false).await?;
                found = self.look(artifact, target).await?;
                continue;
            }
            if stack.termination_protection {
                return Err(Failure::new(codes::TERMINATION_PROTECTED, name, "the stack must not be deleted: its termination protection is on", Exit::Refused)
                    .help("if that is meant, take `with_termination_protection` out of the code and deploy first"));
            }
            let resources = target.cloudformation().resources(&stack.id).await;
            let resources = resources.map_err(|error| Failure::of_error(name, error.into()))?;
            let template = found.template.as_deref().and_then(|text| Template::parse(text).ok());
            return Ok(Some(Doomed { artifact, target, stack, template, resources }));
        }
        Ok(None)
    }

    /// Refuses to delete what stacks read that stay.
    async fn readers_left(&self, doomed: &[Doomed<'_>]) -> Result<Vec<Failure>, Error> {
        let mut failures = Vec::new();
        let goes = |name: &str| doomed.iter().any(|stack| stack.stack.name == name);
        let mut others: Vec<(String, Template)> = Vec::new();
        for stack in self.assembly.stacks().iter().filter(|stack| !stack.is_nested()) {
            let place = doomed.iter().find(|it| it.target.is_for(stack.environment()));
            let Some(place) = place.filter(|_| !goes(stack.stack_name())) else { continue };
            let text = place.target.cloudformation().template(stack.stack_name()).await?;
            let template = text.as_deref().and_then(|text| Template::parse(text).ok());
            others.extend(template.map(|template| (stack.display_name().to_owned(), template)));
        }
        for stack in doomed {
            let reads = |template: &Template| {
                let of_this =
                    |read: &Read| matches!(read, Read::Weak(name, _) if *name == stack.stack.name);
                in_use::reads(template).iter().any(of_this)
            };
            let mut readers: Vec<String> = others
                .iter()
                .filter(|(_, template)| reads(template))
                .map(|(name, _)| name.clone())
                .collect();
            for export in stack.stack.outputs.iter().filter_map(|output| output.export.as_deref()) {
                let importers = stack.target.cloudformation().imports(export).await?;
                readers.extend(importers.into_iter().filter(|name| !goes(name)));
            }
            readers.sort();
            readers.dedup();
            if !readers.is_empty() {
                let list = readers.join("`, `");
                let message = format!("the stacks `{list}` read its outputs, and stay");
                let help = "delete them along, or deploy them first without what they read";
                failures.push(
                    Failure::new(
                        codes::OUTPUT_IN_USE,
                        stack.artifact.display_name(),
                        message,
                        Exit::Refused,
                    )
                    .help(help),
                );
            }
        }
        Ok(failures)
    }

    /// What is deleted, what stays in the account, and whose data is lost.
    fn tell_what_goes(&self, doomed: &Doomed<'_>, empties: bool) {
        let name = doomed.artifact.display_name();
        let (progress, paint) = (self.progress, self.progress.paint());
        let count = crate::table::count(doomed.resources.len(), "resource");
        progress.say(&format!("{} goes, with {count}", paint.bold(name)));
        let Some(template) = &doomed.template else { return };
        let empty = Template::new();
        let (old, new) =
            (StackSide::of_template(name, template), StackSide::of_template(name, &empty));
        let diffs = diff_stacks(&[old], &[new], &self.types);
        for change in diffs.iter().flat_map(|diff| &diff.template.resources) {
            let known = doomed.resources.iter().find(|it| change.logical_id == it.logical_id);
            // A resource that was never made, or is gone, is no loss.
            let gone = |it: &&StackResource| it.status == "DELETE_COMPLETE";
            let Some(known) = known.filter(|it| !gone(it)) else { continue };
            let id = known.physical_id.as_deref().unwrap_or_default();
            let what = format!("{} ({}) `{id}`", change.logical_id, change.type_name);
            match (change.impact, change.data_loss) {
                (Impact::Orphan, _) => progress.say(&format!("  stays in the account: {what}")),
                (_, DataLoss::Snapshot) => {
                    progress.say(&format!("  goes, with a last snapshot: {what}"))
                }
                (_, DataLoss::Possible | DataLoss::Certain) => {
                    let first = if empties && change.type_name == "AWS::S3::Bucket" {
                        "is emptied and "
                    } else {
                        ""
                    };
                    progress.say(&format!(
                        "  {}: {what}",
                        paint.red(format!("{first}goes with its data"))
                    ));
                }
                _ => {}
            }
        }
    }

    async fn destroy_one(&self, doomed: &Doomed<'_>, empties: bool) -> Result<(), Failure> {
        let name = doomed.artifact.display_name();
        if self.interrupt.stops() {
            return Err(Failure::new(
                codes::INTERRUPTED,
                name,
                "it was not begun, because of the interruption",
                Exit::NeedsAttention,
            ));
        }
        let begun = Time::now();
        self.progress.begin(name, "deleting", doomed.resources.len());
        if empties {
            self.empty_buckets(doomed).await?;
        }
        let done =
            self.delete(doomed.artifact, doomed.target, &doomed.stack, &self.options.skip).await;
        let elapsed = Time::now().since(begun);
        self.progress.end(
            name,
            if done.is_ok() { "deleted" } else { "failed" },
            done.is_ok(),
            elapsed,
        );
        let finished = done?;
        self.tell_what_stayed(doomed, &finished);
        Ok(())
    }

    /// Empties the buckets that the stack deletes.
    async fn empty_buckets(&self, doomed: &Doomed<'_>) -> Result<(), Failure> {
        let section = doomed.template.as_ref().and_then(|template| template.section("Resources"));
        for resource in doomed.resources.iter().filter(|it| it.type_name == "AWS::S3::Bucket") {
            let entry = section.and_then(|all: &Map| all.get(&resource.logical_id));
            let policy = entry.and_then(|entry| entry.get("DeletionPolicy")?.as_str());
            let Some(bucket) =
                resource.physical_id.as_deref().filter(|_| policy.is_none_or(|it| it == "Delete"))
            else {
                continue;
            };
            let emptied = doomed.target.s3().empty(bucket).await;
            let count = emptied
                .map_err(|error| Failure::of_error(doomed.artifact.display_name(), error.into()))?;
            self.progress
                .say(&format!("`{bucket}` is emptied: {}", crate::table::count(count, "object")));
        }
        Ok(())
    }

    fn tell_what_stayed(&self, doomed: &Doomed<'_>, finished: &Finished) {
        for event in finished.events.iter().filter(|event| event.status == "DELETE_SKIPPED") {
            let id = event.physical_id.as_deref().unwrap_or_default();
            self.progress.say(&format!(
                "`{}` has left in the account: {} ({}) `{id}`",
                doomed.artifact.display_name(),
                event.logical_id,
                event.type_name
            ));
        }
    }

    /// Takes back what failed, or goes on, in one stack.
    async fn roll_back_one(
        &self,
        artifact: &'a StackArtifact,
        target: &Target,
    ) -> Result<String, Failure> {
        let found = self.look(artifact, target).await?;
        let Some(stack) = found.stack else { return Ok("is not deployed".to_owned()) };
        let finished = match stack.status {
            StackStatus::CreateFailed | StackStatus::UpdateFailed => {
                self.roll_back(artifact, target, &stack).await?
            }
            StackStatus::UpdateRollbackFailed => {
                self.continue_rollback(artifact, target, &stack).await?
            }
            StackStatus::UpdateInProgress => {
                let name = artifact.display_name();
                let failed =
                    |error: crate::aws::error::AwsError| Failure::of_error(name, error.into());
                let token = super::engine::token("cancel");
                target.cloudformation().cancel_update(&stack.id, &token).await.map_err(failed)?;
                self.follow(artifact, target, &stack.id, None, false).await?
            }
            status if status.is_in_progress() => {
                self.follow(artifact, target, &stack.id, None, false).await?
            }
            status => return Ok(format!("has nothing to take back: it is in the state {status}")),
        };
        Ok(format!("is in the state {}: {}", finished.status, finished.status.meaning()))
    }
}

/// Takes back failed operations, and what goes on.
///
/// # Errors
///
/// When there is no app, or nothing can be done at all.
pub(crate) fn rollback(session: &mut Session<'_>) -> Result<Exit, Error> {
    let options = Options::of(session.args)?;
    let synthesis = session.synthesize_or_report()?;
    let (patterns, all) = (stacks_of(session.args), session.args.get_flag("all"));
    let stacks = prepare::select(&synthesis, &patterns, all, true)?;
    let aws = Aws::connect(session)?;
    let targets = prepare::targets(&aws, &stacks)?;
    let json = session.args.get_flag("json");
    let types = session.resource_types;
    let progress = Progress::new(session.terminal, json);
    let interrupt = Interrupt::default();
    let engine = Engine::new(&synthesis, &options, types, &progress, &interrupt);
    let work = async {
        let mut failures = Vec::new();
        // What was deployed last is taken back first.
        for (artifact, target) in stacks.iter().zip(&targets).rev() {
            match engine.roll_back_one(artifact, target).await {
                Ok(text) => progress.say(&format!("`{}` {text}", artifact.display_name())),
                Err(failure) => failures.push(failure),
            }
        }
        Ok(run::tell(&progress, &failures))
    };
    aws.block_on(run::until_left(work, &engine))
}
