//! [`Engine`]: deploys one stack: from what is found to a state that is good, or a failure that says why.

use std::cell::RefCell;

use fc_cdk_core::{Assembly, StackArtifact, Template};

use super::{
    change_set::{self, Made, NotMade},
    failure::{Cause, Failure},
    found::Found,
    guards,
    in_use::{self, ChangedOutput, Read},
    interrupt::Interrupt,
    operation::{Finished, Operation, Stopped, newest_event},
    options::{Method, Options},
    progress::Progress,
    publish,
    status::{OnDeploy, StackStatus},
    work::Work,
};
use crate::{
    aws::{
        cloudformation::{ChangeSet, StackOutput},
        error::{AwsError, Kind},
        time::Time,
    },
    codes,
    error::{Error, Exit},
    synthesis::{ResourceTypes, Synthesis},
};

/// What deploys stacks.
pub(crate) struct Engine<'a> {
    pub(crate) assembly: &'a Assembly,
    pub(crate) options: &'a Options,
    pub(crate) types: ResourceTypes,
    pub(crate) progress: &'a Progress<'a>,
    pub(crate) interrupt: &'a Interrupt,
    /// Outputs that have another value since this deployment.
    pub(crate) changed: RefCell<Vec<ChangedOutput>>,
    /// Change sets that were reviewed, and are executed as they are: the stack's display name and the ARN.
    pub(crate) planned: Vec<(String, String)>,
}

/// A stack that is as it should be.
#[derive(Clone, Debug)]
pub(crate) struct Deployed {
    /// Whether anything was done.
    pub(crate) changed: bool,
    pub(crate) outputs: Vec<StackOutput>,
    /// The change set that is ready, where it is not to be executed.
    pub(crate) change_set: Option<String>,
}

/// How often a stack is looked at again because somebody else was faster.
const MAX_LOOKS: usize = 5;

impl<'a> Engine<'a> {
    /// One that has done nothing yet.
    pub(crate) fn new(
        synthesis: &'a Synthesis,
        options: &'a Options,
        types: ResourceTypes,
        progress: &'a Progress<'a>,
        interrupt: &'a Interrupt,
    ) -> Engine<'a> {
        let assembly = synthesis.assembly();
        let (changed, planned) = (RefCell::default(), Vec::new());
        Engine { assembly, options, types, progress, interrupt, changed, planned }
    }

    /// Looks at a stack until nothing goes on in it; `--recover` brings it out of what it is in.
    pub(crate) async fn settle(
        &self,
        artifact: &'a StackArtifact,
        target: &crate::aws::Target,
        mut found: Found,
    ) -> Result<Found, Failure> {
        let name = artifact.display_name();
        for _ in 0..MAX_LOOKS {
            let Some(stack) = &found.stack else { return Ok(found) };
            if self.options.recover
                && stack.status.on_recover() != super::status::OnRecover::Nothing
            {
                found = self.recover(artifact, target, found).await?;
                continue;
            }
            match stack.status.on_deploy() {
                OnDeploy::Wait => {
                    let status = stack.status;
                    self.progress.say(&format!(
                        "`{name}` is in the state {status}: {}; following that first",
                        status.meaning()
                    ));
                    let (id, creates) = (stack.id.clone(), status == StackStatus::CreateInProgress);
                    self.follow(artifact, target, &id, None, creates).await?;
                    found = self.look(artifact, target).await?;
                }
                OnDeploy::Refuse => {
                    return Err(refused(name, stack.status, stack.reason.as_deref()));
                }
                OnDeploy::Create | OnDeploy::Update | OnDeploy::Recreate => return Ok(found),
            }
        }
        let message = "something goes on in the stack again and again";
        Err(Failure::new(codes::STACK_BUSY, name, message, Exit::Error)
            .help("run the command again when it is quiet"))
    }

    /// Looks at a stack.
    pub(crate) async fn look(
        &self,
        artifact: &StackArtifact,
        target: &crate::aws::Target,
    ) -> Result<Found, Failure> {
        let found = Found::look(target, artifact.stack_name()).await;
        found.map_err(|error| Failure::of_error(artifact.display_name(), Error::from(error)))
    }

    /// Follows what goes on in a stack to its end.
    pub(crate) async fn follow(
        &self,
        artifact: &StackArtifact,
        target: &crate::aws::Target,
        stack: &str,
        marker: Option<&str>,
        creates: bool,
    ) -> Result<Finished, Failure> {
        let name = artifact.display_name();
        self.interrupt.begin(target, artifact.stack_name(), creates);
        let artifacts = self.artifacts_of(artifact);
        let operation = Operation { target, name, stack, artifacts: &artifacts, marker };
        let done = operation.follow(self.progress, self.interrupt).await;
        self.interrupt.end(artifact.stack_name());
        match done {
            Ok(finished) => {
                self.progress.took_resources(name, &finished.events);
                Ok(finished)
            }
            Err(Stopped::Error(error)) => Err(Failure::of_error(name, Error::from(error))),
            Err(Stopped::Left) => {
                let message = "AWS goes on; nobody waited for the end";
                Err(Failure::new(codes::INTERRUPTED, name, message, Exit::NeedsAttention)
                    .help("`deploy` follows it, `events` shows what happened"))
            }
        }
    }

    /// Deploys a stack that nothing goes on in.
    pub(crate) async fn deploy(&self, work: &Work<'a>) -> Result<Deployed, Failure> {
        let name = work.name();
        if self.interrupt.stops() {
            return Err(Failure::new(
                codes::INTERRUPTED,
                name,
                "it was not begun, because of the interruption",
                Exit::NeedsAttention,
            ));
        }
        let Some(why) = self.reason(work) else {
            return self.leave_as_it_is(work).await;
        };
        let begun = Time::now();
        let count = work.diff.as_ref().map_or(0, |diff| diff.template.resources.len());
        self.progress.begin(name, &why, count);
        let done = self.change(work).await;
        let elapsed = Time::now().since(begun);
        match &done {
            Ok(done) if done.change_set.is_some() => {
                self.progress.end(name, "the change set is ready", true, elapsed);
            }
            Ok(done) if done.changed => self.progress.end(name, "deployed", true, elapsed),
            Ok(_) => self.progress.end(name, "no changes, as CloudFormation says", true, elapsed),
            Err(_) if self.interrupt.leaves() => {
                self.progress.end(name, "left to AWS", false, elapsed);
            }
            Err(_) => self.progress.end(name, "failed", false, elapsed),
        }
        done
    }

    /// Why a stack has to be deployed; `None` where it has not.
    pub(crate) fn reason(&self, work: &Work<'_>) -> Option<String> {
        if work.is_new() {
            return Some("creating".to_owned());
        }
        if work.status().is_some_and(|status| status.on_deploy() == OnDeploy::Recreate) {
            return Some("creating anew".to_owned());
        }
        if !work.has_template() {
            return Some("updating".to_owned());
        }
        if let Some(why) = work.differs_by() {
            return Some(format!("updating: {why}"));
        }
        if self.options.force || self.options.revert_drift {
            return Some("updating, though nothing differs".to_owned());
        }
        let changed = self.changed_inputs(&work.template);
        let ChangedOutput { stack, output, .. } = changed.first()?;
        Some(format!("updating: the output `{output}` of `{stack}` has changed"))
    }

    /// Which values of other stacks that a template reads have changed since this deployment.
    fn changed_inputs(&self, template: &Template) -> Vec<ChangedOutput> {
        let reads = in_use::reads(template);
        let is_read =
            |it: &&ChangedOutput| reads.contains(&Read::Weak(it.stack.clone(), it.output.clone()));
        self.changed.borrow().iter().filter(is_read).cloned().collect()
    }

    /// A stack that does not differ, but maybe in whether it may be deleted.
    async fn leave_as_it_is(&self, work: &Work<'_>) -> Result<Deployed, Failure> {
        let changed = self.protect(work).await?;
        let text = if changed { "termination protection set" } else { "no changes" };
        if self.progress.is_json() {
            let (name, ok) = (work.name().into(), true.into());
            self.progress.json("stack", [("stack", name), ("status", text.into()), ("ok", ok)]);
        } else {
            self.progress.say(&format!("{}: {text}", self.progress.paint().bold(work.name())));
        }
        let outputs = work.found.stack.as_ref().map(|stack| stack.outputs.clone());
        Ok(Deployed { changed, outputs: outputs.unwrap_or_default(), change_set: None })
    }

    /// Sets whether CloudFormation refuses to delete the stack, where that differs.
    async fn protect(&self, work: &Work<'_>) -> Result<bool, Failure> {
        if !work.termination_protection_differs() || self.options.no_execute {
            return Ok(false);
        }
        let (stack, on) = (work.artifact.stack_name(), work.artifact.termination_protection());
        let done = work.target.cloudformation().set_termination_protection(stack, on).await;
        done.map_err(|error| self.failed(work, error))?;
        Ok(true)
    }

    fn failed(&self, work: &Work<'_>, error: AwsError) -> Failure {
        Failure::of_error(work.name(), Error::from(error))
    }

    /// Publishes what the stack needs, and changes it.
    async fn change(&self, work: &Work<'a>) -> Result<Deployed, Failure> {
        let mut work = work.clone();
        let changed = self.changed_inputs(&work.template);
        if work.has_template() && !changed.is_empty() {
            // CloudFormation does not read the values again where the template says the same.
            in_use::stamp(&mut work.template, &changed);
            work.body = work.template.to_json_pretty();
        }
        self.publish(&work).await?;
        for _ in 0..MAX_LOOKS {
            if work.status().is_some_and(|status| status.on_deploy() == OnDeploy::Recreate) {
                self.clear(&work).await?;
                work.found = Found::default();
                work.deployed = None;
            }
            let done = match self.options.method {
                Method::ChangeSet => self.by_change_set(&work).await,
                Method::Direct => self.directly(&work).await,
            };
            match done {
                Ok(done) => return Ok(done),
                Err(NotMade::Failed(failure)) => return Err(failure),
                Err(NotMade::WrongState(error)) => {
                    // Somebody else was faster: follow what they do, and look again.
                    let found = self.look(work.artifact, &work.target).await?;
                    if found.stack.as_ref().is_some_and(|stack| {
                        !stack.status.is_in_progress() && Some(stack.status) == work.status()
                    }) {
                        return Err(self.failed(&work, error));
                    }
                    let found = self.settle(work.artifact, &work.target, found).await?;
                    work.set_found(found, self.options)
                        .map_err(|error| Failure::of_error(work.name(), error))?;
                }
            }
        }
        let message = "somebody else deploys this stack again and again";
        Err(Failure::new(codes::STACK_BUSY, work.name(), message, Exit::Error)
            .help("run the command again when they are done"))
    }

    /// Puts templates and assets where CloudFormation reads them.
    pub(crate) async fn publish(&self, work: &Work<'a>) -> Result<(), Failure> {
        let files = self.assembly.bucket_files(work.artifact);
        let failed = |error| Failure::of_error(work.name(), error);
        let count = publish::publish(&work.target, &files).await.map_err(failed)?;
        if work.needs_bucket() {
            let bucket = work.target.asset_bucket();
            publish::publish_template(&work.target, &bucket, &work.body, &work.hash())
                .await
                .map_err(failed)?;
        }
        if count > 0 {
            self.progress.say(&format!(
                "`{}`: {count} uploaded to `{}`",
                work.name(),
                work.target.asset_bucket()
            ));
        }
        Ok(())
    }

    /// Deletes what a creation that failed has left.
    async fn clear(&self, work: &Work<'_>) -> Result<(), Failure> {
        let Some(stack) = &work.found.stack else { return Ok(()) };
        self.delete(work.artifact, &work.target, stack, &[]).await.map(drop)
    }

    async fn by_change_set(&self, work: &Work<'a>) -> Result<Deployed, NotMade> {
        let (target, stack) = (&work.target, work.artifact.stack_name());
        if let Some((_, id)) = self.planned.iter().find(|(name, _)| name == work.name()) {
            return self.by_planned_set(work, id).await;
        }
        for _ in 0..MAX_LOOKS {
            let token = token("deploy");
            let new = work.new_change_set(self.options, token.clone());
            let set = match change_set::make(work, &new).await? {
                Made::Ready(set) => set,
                Made::Empty => return self.without_set(work).await,
            };
            self.check_set(work, &set).await.map_err(NotMade::Failed)?;
            if self.options.no_execute {
                let change_set = Some(set.id);
                return Ok(Deployed { changed: false, outputs: Vec::new(), change_set });
            }
            if self.interrupt.stops() {
                let message = "interrupted before anything was changed; the change set is left";
                let failure =
                    Failure::new(codes::INTERRUPTED, work.name(), message, Exit::NeedsAttention);
                return Err(NotMade::Failed(failure.help("`deploy` takes it up again")));
            }
            match self.execute(work, &set, &token).await? {
                Some(deployed) => return Ok(deployed),
                // It is obsolete: somebody else has changed the stack since.
                None => {
                    let _ = change_set::delete(target, stack, &set.id).await;
                    self.progress.say(&format!(
                        "`{}`: somebody else has changed the stack; the change set is made anew",
                        work.name()
                    ));
                }
            }
        }
        let message = "the change set is obsolete again and again";
        Err(NotMade::Failed(
            Failure::new(codes::STACK_BUSY, work.name(), message, Exit::Error)
                .help("run the command again when nobody else deploys this stack"),
        ))
    }

    /// A change set is made of resources: where only outputs differ, some places see no change, and a plain update does it.
    async fn without_set(&self, work: &Work<'a>) -> Result<Deployed, NotMade> {
        let same_text = work.found.template.as_deref() == Some(work.body.as_str());
        if same_text || self.options.no_execute || self.options.revert_drift || work.is_new() {
            return self.nothing_changed(work).await.map_err(NotMade::Failed);
        }
        self.directly(work).await
    }

    /// Executes the change set that was reviewed, or nothing.
    async fn by_planned_set(&self, work: &Work<'a>, id: &str) -> Result<Deployed, NotMade> {
        let found = work.target.cloudformation().change_set(work.artifact.stack_name(), id).await;
        let set = found.map_err(|error| NotMade::Failed(self.failed(work, error)))?;
        let done = match set {
            Some(set) => self.execute(work, &set, &token("deploy")).await?,
            None => None,
        };
        done.ok_or_else(|| {
            let message = "the change set of the plan cannot be executed any more";
            let failure = Failure::new(codes::NOT_AS_PLANNED, work.name(), message, Exit::Refused);
            NotMade::Failed(failure.help("look at it again: `plan -o FILE`"))
        })
    }

    /// Refuses what CloudFormation says is lost and nobody has allowed, also in nested stacks.
    pub(crate) async fn check_set(&self, work: &Work<'_>, set: &ChangeSet) -> Result<(), Failure> {
        let is_stateful = |name: &str| (self.types)(name).is_some_and(|spec| spec.is_stateful());
        let path_of = |id: &str| work.artifact.source_of(id).map(|(path, _)| path.to_owned());
        let mut losses = guards::losses_of_set(
            work.name(),
            &set.changes,
            &is_stateful,
            &path_of,
            &self.options.allow_data_loss,
        );
        let mut nested: Vec<String> =
            set.changes.iter().filter_map(|change| change.nested.clone()).collect();
        while let Some(id) = nested.pop() {
            let found = work.target.cloudformation().change_set("", &id).await;
            let Some(set) = found.map_err(|error| self.failed(work, error))? else { continue };
            nested.extend(set.changes.iter().filter_map(|change| change.nested.clone()));
            let allowed = &self.options.allow_data_loss;
            losses.extend(guards::losses_of_set(
                work.name(),
                &set.changes,
                &is_stateful,
                &|id| {
                    let nested = self.assembly.nested_stacks(work.artifact);
                    let path = nested.iter().find_map(|it| it.source_of(id).map(|(path, _)| path));
                    path.map(str::to_owned)
                },
                allowed,
            ));
        }
        if losses.is_empty() {
            return Ok(());
        }
        let _ = change_set::delete(&work.target, work.artifact.stack_name(), &set.id).await;
        let list: Vec<String> = losses.iter().map(guards::Loss::text).collect();
        let allow: Vec<String> =
            losses.iter().map(|loss| format!("--allow-data-loss {}", loss.path)).collect();
        Err(Failure::new(
            codes::DATA_LOSS,
            work.name(),
            format!("data would be lost: {}", list.join("; ")),
            Exit::Refused,
        )
        .help(format!("if that is meant: {}", allow.join(" "))))
    }

    /// Executes a change set and follows it; `None` where it cannot be executed any more.
    pub(crate) async fn execute(
        &self,
        work: &Work<'_>,
        set: &ChangeSet,
        token: &str,
    ) -> Result<Option<Deployed>, NotMade> {
        let (target, stack) = (&work.target, work.artifact.stack_name());
        let failed = |error| NotMade::Failed(self.failed(work, error));
        let marker = if work.is_new() {
            None
        } else {
            newest_event(target, &set.stack_id).await.map_err(failed)?
        };
        // In Express mode the change set has said it.
        let disable_rollback = self.options.no_rollback
            && self.options.mode == crate::aws::cloudformation::Mode::Standard;
        let executed = target
            .cloudformation()
            .execute_change_set(stack, &set.id, token, disable_rollback)
            .await;
        if let Err(error) = executed {
            let looks = matches!(error.kind, Kind::WrongState | Kind::NotFound) || error.is_open();
            if !looks {
                return Err(failed(error));
            }
            // The reply may have been lost: is it executed, or can it not be?
            let now = target.cloudformation().change_set(stack, &set.id).await.map_err(failed)?;
            match now.as_ref().map(|set| set.execution.as_str()) {
                Some("EXECUTE_IN_PROGRESS" | "EXECUTE_COMPLETE") => {}
                Some("OBSOLETE" | "UNAVAILABLE" | "EXECUTE_FAILED") => return Ok(None),
                Some(_) if error.is_open() => return Err(failed(error)),
                Some(_) => return Err(NotMade::WrongState(error)),
                // An executed one is gone at once in some places.
                None => {
                    let found =
                        target.cloudformation().stack(&set.stack_id).await.map_err(failed)?;
                    if !found.is_some_and(|stack| {
                        stack.status.is_in_progress() || stack.status.is_good()
                    }) {
                        return Err(failed(error));
                    }
                }
            }
        }
        let creates = work.is_new();
        let finished =
            self.follow(work.artifact, target, &set.stack_id, marker.as_deref(), creates).await;
        let finished = finished.map_err(NotMade::Failed)?;
        self.finish(work, finished).await.map(Some).map_err(NotMade::Failed)
    }

    /// Without a change set.
    async fn directly(&self, work: &Work<'a>) -> Result<Deployed, NotMade> {
        let (target, name) = (&work.target, work.artifact.stack_name());
        let failed = |error| NotMade::Failed(self.failed(work, error));
        if work.status() == Some(StackStatus::ReviewInProgress) {
            // A stack that was only reviewed is in the way of a new one.
            if let Some(stack) = &work.found.stack {
                self.delete(work.artifact, target, stack, &[]).await.map_err(NotMade::Failed)?;
            }
        }
        let new = work.new_stack(self.options, token("deploy"));
        let creates = work.is_new();
        let marker = match &work.found.stack {
            Some(stack) if !creates => newest_event(target, &stack.id).await.map_err(failed)?,
            _ => None,
        };
        let begun = if creates {
            target.cloudformation().create_stack(&new).await
        } else {
            target.cloudformation().update_stack(&new).await
        };
        if let Err(error) = begun {
            match error.kind {
                Kind::NoChange => return self.nothing_changed(work).await.map_err(NotMade::Failed),
                Kind::WrongState => return Err(NotMade::WrongState(error)),
                Kind::AlreadyExists => {}
                _ if error.is_open() => {}
                _ => return Err(failed(error)),
            }
            // The reply may have been lost: does it go on?
            let stack = target.cloudformation().stack(name).await.map_err(failed)?;
            if !stack.is_some_and(|stack| {
                stack.status.is_in_progress() || (creates && stack.status.is_good())
            }) {
                return Err(failed(error));
            }
        }
        let id = match &work.found.stack {
            Some(stack) if !creates => stack.id.clone(),
            _ => name.to_owned(),
        };
        let finished = self.follow(work.artifact, target, &id, marker.as_deref(), creates).await;
        self.finish(work, finished.map_err(NotMade::Failed)?).await.map_err(NotMade::Failed)
    }

    /// What the end of an operation means.
    async fn finish(&self, work: &Work<'_>, finished: Finished) -> Result<Deployed, Failure> {
        let Finished { status, stack, events, .. } = finished;
        if !status.is_good() || stack.is_none() {
            if stack.is_none() && self.interrupt.cancels() {
                let message = "canceled; what was made of it is deleted";
                return Err(Failure::new(
                    codes::INTERRUPTED,
                    work.name(),
                    message,
                    Exit::RolledBack,
                ));
            }
            if stack.is_none() {
                let message = "the stack is gone: somebody has deleted it";
                return Err(Failure::new(
                    codes::STACK_GONE,
                    work.name(),
                    message,
                    Exit::NeedsAttention,
                )
                .help("`deploy` makes it anew"));
            }
            let artifacts = self.artifacts_of(work.artifact);
            let failure = Failure::of_operation(work.name(), &artifacts, status, &events);
            let mut failure = failure.then(status);
            let refers = |cause: &Cause| {
                cause.reason.contains("DescribeEvents") || cause.reason.contains("alidation fail")
            };
            if failure.causes.iter().any(refers) {
                let operation = events.iter().rev().find_map(|event| event.operation.as_deref());
                let id = work.found.stack.as_ref().map(|stack| stack.id.as_str());
                let id = stack.as_ref().map(|stack| stack.id.as_str()).or(id).unwrap_or_default();
                // Without it, what is known has to do.
                let said = work.target.cloudformation().validation_events_of(id, operation).await;
                failure = failure.with_validation(work.artifact, &said.unwrap_or_default());
            }
            if self.interrupt.cancels() {
                failure.message = format!("canceled; {}", failure.message).into();
                (failure.help, failure.left_in) = (None, None);
            }
            return Err(failure);
        }
        let outputs = stack.map(|stack| stack.outputs).unwrap_or_default();
        self.note_outputs(work, &outputs);
        let protected = Work {
            found: Found {
                stack: work.found.stack.clone().or_else(|| Some(Default::default())),
                template: None,
            },
            ..work.clone()
        };
        self.protect(&protected).await?;
        Ok(Deployed { changed: true, outputs, change_set: None })
    }

    /// The stack with those nested in it.
    pub(crate) fn artifacts_of<'b>(
        &'b self,
        artifact: &'b StackArtifact,
    ) -> Vec<&'b StackArtifact> {
        let mut all = vec![artifact];
        all.extend(self.assembly.nested_stacks(artifact));
        all
    }

    /// Remembers which outputs have another value now.
    fn note_outputs(&self, work: &Work<'_>, outputs: &[StackOutput]) {
        let before = work.found.stack.as_ref().map_or(&[][..], |stack| stack.outputs.as_slice());
        for output in outputs {
            let old = before.iter().find(|old| old.name == output.name);
            if old.is_none_or(|old| old.value != output.value) {
                let (stack, output, value) = (
                    work.artifact.stack_name().to_owned(),
                    output.name.clone(),
                    output.value.clone(),
                );
                self.changed.borrow_mut().push(ChangedOutput { stack, output, value });
            }
        }
    }

    /// CloudFormation sees no difference.
    async fn nothing_changed(&self, work: &Work<'_>) -> Result<Deployed, Failure> {
        let changed = self.protect(work).await?;
        let outputs = work.found.stack.as_ref().map(|stack| stack.outputs.clone());
        Ok(Deployed { changed, outputs: outputs.unwrap_or_default(), change_set: None })
    }
}

/// A name for a call, so that AWS does it once however often it is heard.
pub(crate) fn token(what: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("fc-cdk-{what}-{}-{}-{count}", Time::now().0, std::process::id())
}

/// A stack in a state that has to be left first.
fn refused(name: &str, status: StackStatus, reason: Option<&str>) -> Failure {
    let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
    let message = format!("the stack is in the state {status}: {}{reason}", status.meaning());
    let help = match status {
        StackStatus::ImportRollbackFailed => {
            "a person has to decide: look at what `events --failures` says, mend that, and ask AWS's support to set the state, or delete the stack with its resources retained"
        }
        StackStatus::Unknown => {
            "this version does not know what to do: use a newer one, or the console"
        }
        _ => {
            "mend what `events --failures` says, and run `deploy --recover`, which brings the stack out of this state and deploys it"
        }
    };
    Failure::new(codes::NEEDS_ATTENTION, name, message, Exit::NeedsAttention).help(help)
}
