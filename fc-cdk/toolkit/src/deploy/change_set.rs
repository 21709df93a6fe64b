//! Change sets: made, waited for, taken over from a client that was killed, and deleted.

use std::time::Duration;

use tokio::time::sleep;

use super::{failure::Failure, work::Work};
use crate::{
    aws::{
        Target,
        cloudformation::{ChangeSet, NewChangeSet, ValidationEvent},
        error::{AwsError, Kind},
    },
    codes,
    error::{Error, Exit},
};

/// How the making of a change set ends.
#[derive(Debug)]
pub(crate) enum Made {
    /// It can be executed.
    Ready(ChangeSet),
    /// There is nothing to change.
    Empty,
}

/// Why there is no change set.
#[derive(Debug)]
pub(crate) enum NotMade {
    /// The stack is in a state that allows none: look at it again.
    WrongState(AwsError),
    /// Anything else.
    Failed(Failure),
}

/// How often one that is in the way is deleted before that is told.
const MAX_TRIES: usize = 4;

/// Makes a change set, or takes one that was made of the very same before and can still be executed.
///
/// The reply of a call may be lost: whatever AWS says, the state is looked at before anything is done twice.
pub(crate) async fn make(work: &Work<'_>, new: &NewChangeSet) -> Result<Made, NotMade> {
    let (target, stack) = (&work.target, new.stack.name.as_str());
    let cloudformation = target.cloudformation();
    let mut last = None;
    for _ in 0..MAX_TRIES {
        let created = cloudformation.create_change_set(new).await;
        let lost = match created {
            Ok(()) => false,
            Err(error) if error.kind == Kind::NoChange => return Ok(Made::Empty),
            Err(error) if error.kind == Kind::AlreadyExists || error.is_open() => {
                last = Some(error);
                true
            }
            Err(error) if error.kind == Kind::WrongState => return Err(NotMade::WrongState(error)),
            Err(error) => return Err(NotMade::Failed(failed(work, error))),
        };
        let set = match wait(target, stack, &new.name).await {
            Ok(Some(set)) => set,
            Ok(None) if lost => continue,
            Ok(None) => {
                let message = "the change set is gone: somebody deleted it, or the stack";
                let help = "run the command again";
                return Err(NotMade::Failed(
                    Failure::new(codes::STACK_GONE, work.name(), message, Exit::Error).help(help),
                ));
            }
            Err(error) => return Err(NotMade::Failed(failed(work, error))),
        };
        match (set.status.as_str(), set.execution.as_str()) {
            // Values that nobody may see are no part of the name: one that was found may have others.
            ("CREATE_COMPLETE", "AVAILABLE") if !(lost && work.has_secrets() && is_old(&last)) => {
                return Ok(Made::Ready(set));
            }
            ("CREATE_COMPLETE", "EXECUTE_IN_PROGRESS") => {
                let doing = format!("make a change set of the stack `{stack}`");
                let error = AwsError::refused(doing, "it is being executed");
                return Err(NotMade::WrongState(error));
            }
            ("FAILED", _) if !lost || !is_old(&last) => return fail(work, set).await,
            _ => {}
        }
        // It was made before, and is obsolete, failed, or executed.
        delete(target, stack, &set.id)
            .await
            .map_err(|error| NotMade::Failed(failed(work, error)))?;
    }
    let error = match last {
        Some(error) => failed(work, error),
        None => Failure::new(
            codes::STACK_BUSY,
            work.name(),
            "the change set is obsolete again and again",
            Exit::Error,
        )
        .help("somebody else deploys this stack: run the command again when they are done"),
    };
    Err(NotMade::Failed(error))
}

/// Whether AWS said that the change set was there before, rather than nothing.
fn is_old(error: &Option<AwsError>) -> bool {
    error.as_ref().is_some_and(|error| error.kind == Kind::AlreadyExists)
}

fn failed(work: &Work<'_>, error: AwsError) -> Failure {
    Failure::of_error(work.name(), Error::from(error))
}

/// Waits until a change set is made, one way or the other; `None` where there is none.
pub(crate) async fn wait(
    target: &Target,
    stack: &str,
    name: &str,
) -> Result<Option<ChangeSet>, AwsError> {
    let mut pause = Duration::from_millis(100);
    loop {
        let set = target.cloudformation().change_set(stack, name).await?;
        let pending =
            ["CREATE_PENDING", "CREATE_IN_PROGRESS", "DELETE_PENDING", "DELETE_IN_PROGRESS"];
        match set {
            Some(set) if pending.contains(&set.status.as_str()) => {}
            Some(set) if set.status == "DELETE_COMPLETE" => return Ok(None),
            other => return Ok(other),
        }
        sleep(pause).await;
        pause = (pause * 3 / 2).min(Duration::from_secs(2));
    }
}

/// Deletes a change set, and waits until it is gone.
pub(crate) async fn delete(target: &Target, stack: &str, name: &str) -> Result<(), AwsError> {
    target.cloudformation().delete_change_set(stack, name).await?;
    wait(target, stack, name).await.map(drop)
}

/// Whether a change set failed only because there is nothing to change.
pub(crate) fn is_empty(reason: &str) -> bool {
    let nothing = [
        "didn't contain changes",
        "No updates are to be performed",
        "contains no changes",
        "There are no changes",
    ];
    nothing.iter().any(|text| reason.contains(text))
}

/// What a change set that failed means.
async fn fail(work: &Work<'_>, set: ChangeSet) -> Result<Made, NotMade> {
    let reason = set.reason.clone().unwrap_or_default();
    let (target, stack) = (&work.target, work.artifact.stack_name());
    if is_empty(&reason) {
        let _ = delete(target, stack, &set.id).await;
        return Ok(Made::Empty);
    }
    // Older accounts and emulators do not tell; then the reason has to do.
    let events = target.cloudformation().validation_events(&set.id).await;
    let events: Vec<ValidationEvent> = events.unwrap_or_default();
    let _ = delete(target, stack, &set.id).await;
    if work.found.stack.is_none() {
        // The change set made an empty stack, which nobody asked for.
        let token = format!("fc-cdk-clean-{}", &work.hash()[..16]);
        let _ = target.cloudformation().delete_stack(&set.stack_id, &[], None, &token, false).await;
    }
    if events.iter().any(|event| !event.warns) {
        return Err(NotMade::Failed(Failure::of_validation(work.name(), work.artifact, &events)));
    }
    let message = format!("CloudFormation does not accept the change set: {reason}");
    Err(NotMade::Failed(Failure::new(codes::NOT_ACCEPTED, work.name(), message, Exit::Error)))
}
