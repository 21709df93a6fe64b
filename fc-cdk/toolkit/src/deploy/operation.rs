//! [`Operation`]: something that CloudFormation does to a stack, followed to its end.

use std::{collections::BTreeMap, time::Duration};

use fc_cdk_core::StackArtifact;
use tokio::time::sleep;

use super::{interrupt::Interrupt, progress::Progress, status::StackStatus};
use crate::aws::{
    Target,
    cloudformation::{StackEvent, StackInfo},
    error::{AwsError, Kind},
    time::Time,
};

/// Something that goes on with a stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) target: &'a Target,
    /// What people call the stack.
    pub(crate) name: &'a str,
    /// The ARN, by which the stack is found even when it is gone; else its name.
    pub(crate) stack: &'a str,
    /// Its artifact, and those of the stacks nested in it.
    pub(crate) artifacts: &'a [&'a StackArtifact],
    /// The last event before it.
    pub(crate) marker: Option<&'a str>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub(crate) status: StackStatus,
    /// The stack; `None` where it is gone.
    pub(crate) stack: Option<StackInfo>,
    /// What happened, in that order.
    pub(crate) events: Vec<StackEvent>,
}

/// Why following stopped.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// AWS cannot be asked any more.
    Error(AwsError),
    /// Somebody did not want to wait; AWS goes on.
    Left,
}

/// The first wait between two questions, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(150);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// After so many questions without news the state itself is asked for.
const SILENCE: usize = 8;

/// The newest event of a stack: what happens after it is new. `None` where there is no stack.
pub(crate) async fn newest_event(target: &Target, stack: &str) -> Result<Option<String>, AwsError> {
    let mut first = true;
    let events = target.cloudformation().events(stack, |_| std::mem::take(&mut first)).await;
    match events {
        Ok(events) => Ok(events.into_iter().next().map(|event| event.id)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Operation<'_> {
    /// Tells what happens until it ends.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked any more, or somebody does not want to wait.
    pub(crate) async fn follow(
        &self,
        progress: &Progress<'_>,
        interrupt: &Interrupt,
    ) -> Result<Finished, Stopped> {
        let mut all: Vec<StackEvent> = Vec::new();
        let mut nested: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut newest: Option<String> = self.marker.map(str::to_owned);
        let mut pause = FIRST_PAUSE;
        let mut silence = 0;
        loop {
            if interrupt.leaves() {
                return Err(Stopped::Left);
            }
            let mut events = self.new_events(self.stack, newest.as_deref(), None).await?;
            if let Some(last) = events.last() {
                newest = Some(last.id.clone());
            }
            for event in &events {
                if let Some(id) = event.nested_stack() {
                    nested.entry(id.to_owned()).or_default();
                }
            }
            let since = all.first().or(events.first()).map(|event| event.time);
            for (stack, last) in &mut nested {
                let new = self.new_events(stack, last.as_deref(), since).await?;
                if let Some(event) = new.last() {
                    *last = Some(event.id.clone());
                }
                events.extend(new);
            }
            events.sort_by_key(|event| event.time);
            for event in &events {
                progress.event(self.name, self.artifacts, event);
            }
            let says_done = events
                .iter()
                .any(|event| event.is_of_stack() && self.is_own(event) && is_end(event));
            silence = if events.is_empty() { silence + 1 } else { 0 };
            if !events.is_empty() {
                pause = FIRST_PAUSE;
            }
            all.extend(events);
            if says_done || silence >= SILENCE {
                silence = 0;
                let stack = self.target.cloudformation().stack(self.stack).await?;
                let status =
                    stack.as_ref().map_or(StackStatus::DeleteComplete, |stack| stack.status);
                if !status.is_in_progress() {
                    let stack = stack.filter(|stack| stack.status.exists());
                    return Ok(Finished { status, stack, events: all });
                }
            }
            sleep(pause).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    fn is_own(&self, event: &StackEvent) -> bool {
        event.stack_id == self.stack || event.stack_name == self.stack
    }

    /// The events after one that is known, or of this operation alone, in the order in which they happened.
    async fn new_events(
        &self,
        stack: &str,
        known: Option<&str>,
        since: Option<Time>,
    ) -> Result<Vec<StackEvent>, Stopped> {
        let mut begun = false;
        let wanted = |event: &StackEvent| {
            if Some(event.id.as_str()) == known
                || since.is_some_and(|since| event.time < since)
                || begun
            {
                return false;
            }
            // Without a known one, the operation begins where the stack says so.
            begun = known.is_none() && since.is_none() && event.is_of_stack() && is_begin(event);
            true
        };
        match self.target.cloudformation().events(stack, wanted).await {
            Ok(mut events) => {
                events.reverse();
                Ok(events)
            }
            // A stack that is gone has no events by its name.
            Err(error) if error.kind == Kind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Stopped::Error(error)),
        }
    }
}

/// Whether a stack says that something begins.
fn is_begin(event: &StackEvent) -> bool {
    [
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
        "IMPORT_IN_PROGRESS",
        "REVIEW_IN_PROGRESS",
    ]
    .contains(&event.status.as_str())
}

/// Whether a stack says that something ends.
fn is_end(event: &StackEvent) -> bool {
    !StackStatus::of_name(&event.status).is_in_progress() && event.status != "REVIEW_IN_PROGRESS"
}

impl From<AwsError> for Stopped {
    fn from(error: AwsError) -> Stopped {
        Stopped::Error(error)
    }
}
