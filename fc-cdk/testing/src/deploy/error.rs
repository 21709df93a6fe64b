//! What went wrong in a test's tools, for people.

use std::{error, fmt, io};

/// What went wrong in a test's tools, for people; not what the app under test says.
#[derive(Clone, Debug)]
pub struct Error {
    message: String,
    is_not_installed: bool,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), is_not_installed: false }
    }

    pub(crate) fn not_installed(message: impl Into<String>) -> Error {
        Error { message: message.into(), is_not_installed: true }
    }

    /// Whether the emulator is not installed; the message says how to install it.
    pub fn is_not_installed(&self) -> bool {
        self.is_not_installed
    }

    /// Says what was being done.
    pub(crate) fn during(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Error {
        move |error| Error::new(format!("{what}: {error}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for Error {}
