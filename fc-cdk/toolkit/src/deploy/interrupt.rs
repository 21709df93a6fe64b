//! [`Interrupt`]: Ctrl-C while stacks are deployed.

use std::cell::{Cell, RefCell};

use super::{options::OnInterrupt, progress::Progress};
use crate::aws::{Target, error::AwsError};

/// What somebody wants who does not want to wait.
#[derive(Debug, Default)]
pub(crate) struct Interrupt {
    leave: Cell<bool>,
    cancel: Cell<bool>,
    /// What goes on: the stacks, by name, with whether they are being made.
    running: RefCell<Vec<Running>>,
}

/// An operation that can be canceled.
#[derive(Clone, Debug)]
struct Running {
    target: Target,
    stack: String,
    creates: bool,
}

impl Interrupt {
    /// Whether nobody waits any more.
    pub(crate) fn leaves(&self) -> bool {
        self.leave.get()
    }

    /// Whether what goes on is to be taken back, and nothing new begun.
    pub(crate) fn cancels(&self) -> bool {
        self.cancel.get()
    }

    /// Whether nothing new is to be begun.
    pub(crate) fn stops(&self) -> bool {
        self.leaves() || self.cancels()
    }

    /// Something goes on that could be canceled.
    pub(crate) fn begin(&self, target: &Target, stack: &str, creates: bool) {
        let running = Running { target: target.clone(), stack: stack.to_owned(), creates };
        self.running.borrow_mut().push(running);
    }

    /// It does not go on any more.
    pub(crate) fn end(&self, stack: &str) {
        self.running.borrow_mut().retain(|running| running.stack != stack);
    }

    /// Waits for Ctrl-C, again and again, and does what is wanted. Never ends by itself.
    pub(crate) async fn listen(&self, progress: &Progress<'_>, on_interrupt: OnInterrupt) {
        loop {
            signal().await;
            if self.stops() {
                // The second time, nobody wants to wait for anything.
                self.leave.set(true);
                progress.say("leaving; AWS goes on, and the next `deploy` follows it");
                continue;
            }
            let running = self.running.borrow().clone();
            let names: Vec<&str> = running.iter().map(|running| running.stack.as_str()).collect();
            let cancel = match on_interrupt {
                _ if names.is_empty() => false,
                OnInterrupt::Cancel => true,
                OnInterrupt::Ask if progress.is_interactive() => {
                    let question = format!(
                        "\nAWS goes on deploying {}. Cancel that and take it back? (no: leave it to AWS)",
                        names.join(", ")
                    );
                    progress.ask(&question).unwrap_or(false)
                }
                OnInterrupt::Ask | OnInterrupt::Leave => false,
            };
            if !cancel {
                self.leave.set(true);
                progress.say("leaving; AWS goes on, and the next `deploy` follows it");
                continue;
            }
            self.cancel.set(true);
            progress.say(&format!("canceling {}", names.join(", ")));
            for operation in &running {
                if let Err(error) = operation.cancel().await {
                    progress.say(&format!("cannot cancel `{}`: {error}", operation.stack));
                }
            }
        }
    }
}

impl Running {
    /// An update is canceled; what is being made can only be deleted.
    async fn cancel(&self) -> Result<(), AwsError> {
        let cloudformation = self.target.cloudformation();
        let token = format!("fc-cdk-cancel-{}", crate::aws::time::Time::now().0);
        if self.creates {
            cloudformation.delete_stack(&self.stack, &[], None, &token, false).await
        } else {
            cloudformation.cancel_update(&self.stack, &token).await
        }
    }
}

/// Ctrl-C, or what a CI system ends a job by.
pub(crate) async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            let interrupt = std::pin::pin!(tokio::signal::ctrl_c());
            let terminate = std::pin::pin!(terminate.recv());
            futures_util::future::select(interrupt, terminate).await;
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // Nobody can interrupt then.
        std::future::pending::<()>().await;
    }
}
