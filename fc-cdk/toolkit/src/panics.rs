//! Panics in the code of an app, told as errors.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    cell::{Cell, RefCell},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::Once,
};

use crate::{codes, error::Error};

thread_local! {
    /// Whether this thread runs the code of an app.
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs the code of an app.
///
/// # Errors
///
/// What it says, or where and why it panicked. With `RUST_BACKTRACE`, Rust prints that and all calls, as ever.
pub(crate) fn catch<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    static HOOK: Once = Once::new();
    // Nothing can be caught: Rust says it and ends the process.
    if cfg!(panic = "abort") {
        return run();
    }
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if WATCHED.get() {
                SAID.set(Some(text(info)));
            }
            if !WATCHED.get() || Backtrace::capture().status() == BacktraceStatus::Captured {
                before(info);
            }
        }));
    });
    WATCHED.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(run));
    WATCHED.set(false);
    done.unwrap_or_else(|_| {
        let said = SAID.take().unwrap_or_default();
        let help = "correct that line; `RUST_BACKTRACE=1` shows the calls that led there";
        Err(Error::of(codes::APP_PANICKED, format!("the app panicked{said}")).help(help))
    })
}

fn text(info: &PanicHookInfo<'_>) -> String {
    let at = info.location().map(|at| format!(" at {at}")).unwrap_or_default();
    let why = info.payload_as_str().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{at}{why}")
}
