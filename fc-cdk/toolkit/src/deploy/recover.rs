//! `--recover`: brings a stack out of a state that it cannot be deployed in; and the deletion of stacks.

use fc_cdk_core::StackArtifact;

use super::{
    engine::{Engine, token},
    failure::{Cause, Failure},
    found::Found,
    operation::{Finished, newest_event},
    status::{OnRecover, StackStatus},
};
use crate::{
    aws::{
        Target,
        cloudformation::{StackEvent, StackInfo},
        error::{AwsError, Kind},
    },
    codes,
    error::{Error, Exit},
};

impl<'a> Engine<'a> {
    /// One step out of a state; what is found after it.
    ///
    /// # Errors
    ///
    /// When the step fails, or only a person can decide.
    pub(crate) async fn recover(
        &self,
        artifact: &'a StackArtifact,
        target: &Target,
        found: Found,
    ) -> Result<Found, Failure> {
        let Some(stack) = &found.stack else { return Ok(found) };
        let (name, status) = (artifact.display_name(), stack.status);
        let doing = match status.on_recover() {
            OnRecover::Nothing => return Ok(found),
            OnRecover::Wait => "following what goes on",
            OnRecover::Delete => "deleting what is left",
            OnRecover::Rollback => "taking the failed operation back",
            OnRecover::ContinueRollback => "going on with taking the change back",
            OnRecover::Person => return Err(self.for_a_person(name, stack)),
        };
        self.progress
            .say(&format!("`{name}` is in the state {status}: {}; {doing}", status.meaning()));
        match status.on_recover() {
            OnRecover::Wait => {
                let creates = status == StackStatus::CreateInProgress;
                self.follow(artifact, target, &stack.id, None, creates).await?;
            }
            OnRecover::Delete => {
                self.delete(artifact, target, stack, &self.options.skip).await?;
            }
            OnRecover::Rollback => {
                self.roll_back(artifact, target, stack).await?;
            }
            _ => {
                self.continue_rollback(artifact, target, stack).await?;
            }
        }
        self.look(artifact, target).await
    }

    fn for_a_person(&self, name: &str, stack: &StackInfo) -> Failure {
        let status = stack.status;
        Failure::new(codes::NEEDS_ATTENTION, name, format!("the stack is in the state {status}: {}", status.meaning()), Exit::NeedsAttention)
            .help("a person has to decide: look at what `events --failures` says, mend that, and ask AWS's support to set the state, or delete the stack with its resources retained")
    }

    /// Takes a failed operation back, of a stack that was deployed without rollback.
    pub(crate) async fn roll_back(
        &self,
        artifact: &StackArtifact,
        target: &Target,
        stack: &StackInfo,
    ) -> Result<Finished, Failure> {
        let (role, token) = (self.options.role_arn.as_deref(), token("rollback"));
        let begin = target.cloudformation().rollback(&stack.id, role, &token);
        self.run(artifact, target, stack, begin).await.and_then(|finished| {
            self.expect(artifact, finished, |status| {
                status.is_rolled_back() || status == StackStatus::DeleteComplete
            })
        })
    }

    /// Goes on with taking a change back, without what `--skip` names.
    pub(crate) async fn continue_rollback(
        &self,
        artifact: &StackArtifact,
        target: &Target,
        stack: &StackInfo,
    ) -> Result<Finished, Failure> {
        let skip = &self.options.skip;
        let (role, token) = (self.options.role_arn.as_deref(), token("rollback"));
        let begin = target.cloudformation().continue_rollback(&stack.id, skip, role, &token);
        let finished = self.run(artifact, target, stack, begin).await?;
        self.expect(artifact, finished, StackStatus::is_rolled_back).map_err(|failure| {
            let stuck = stuck(&failure);
            failure.help(format!(
                "mend the cause and run it again, or leave what cannot be taken back as it is: {stuck}"
            ))
        })
    }

    /// Deletes a stack; what is retained is named by logical id.
    ///
    /// # Errors
    ///
    /// When it is protected, or something cannot be deleted.
    pub(crate) async fn delete(
        &self,
        artifact: &StackArtifact,
        target: &Target,
        stack: &StackInfo,
        retain: &[String],
    ) -> Result<Finished, Failure> {
        let name = artifact.display_name();
        if stack.termination_protection {
            return Err(Failure::new(codes::TERMINATION_PROTECTED, name, "the stack must not be deleted: its termination protection is on", Exit::Refused)
                .help("if that is meant, take `with_termination_protection` out of the code, deploy, and try again; of a stack that cannot be deployed, turn it off in the console"));
        }
        // AWS takes the list only of a stack whose deletion has failed already.
        let retain = if stack.status == StackStatus::DeleteFailed { retain } else { &[] };
        let role = self.options.role_arn.as_deref();
        let token = token("delete");
        let begin = target.cloudformation().delete_stack(&stack.id, retain, role, &token, false);
        let finished = self.run(artifact, target, stack, begin).await?;
        self.expect(artifact, finished, |status| status == StackStatus::DeleteComplete).map_err(|failure| {
            let stuck = stuck(&failure);
            failure.help(format!("mend the cause and run it again, or leave what cannot be deleted in the account: {stuck}"))
        })
    }

    /// Begins an operation and follows it. Where AWS's answer leaves open whether it has begun, the state is looked at.
    async fn run(
        &self,
        artifact: &StackArtifact,
        target: &Target,
        stack: &StackInfo,
        begin: impl Future<Output = Result<(), AwsError>>,
    ) -> Result<Finished, Failure> {
        let name = artifact.display_name();
        let failed = |error| Failure::of_error(name, Error::from(error));
        let marker = newest_event(target, &stack.id).await.map_err(failed)?;
        if let Err(error) = begin.await {
            if error.kind != Kind::WrongState && !error.is_open() {
                return Err(failed(error));
            }
            let now = target.cloudformation().stack(&stack.id).await.map_err(failed)?;
            if now.is_some_and(|now| now.status == stack.status) {
                return Err(failed(error));
            }
        }
        self.follow(artifact, target, &stack.id, marker.as_deref(), false).await
    }

    fn expect(
        &self,
        artifact: &StackArtifact,
        finished: Finished,
        wanted: impl Fn(StackStatus) -> bool,
    ) -> Result<Finished, Failure> {
        if wanted(finished.status) {
            return Ok(finished);
        }
        let mut artifacts = vec![artifact];
        artifacts.extend(self.assembly.nested_stacks(artifact));
        let events: &[StackEvent] = &finished.events;
        let mut failure =
            Failure::of_operation(artifact.display_name(), &artifacts, finished.status, events)
                .then(finished.status);
        failure.exit = Exit::NeedsAttention;
        Err(failure)
    }
}

/// `--skip A --skip B`: what stands in the way.
fn stuck(failure: &Failure) -> String {
    let skip = |cause: &Cause| match &cause.nested {
        Some(stack) => format!("--skip {stack}.{}", cause.logical_id),
        None => format!("--skip {}", cause.logical_id),
    };
    let mut ids: Vec<String> = failure.causes.iter().map(skip).collect();
    ids.dedup();
    if ids.is_empty() { "--skip LOGICAL-ID".to_owned() } else { ids.join(" ") }
}
