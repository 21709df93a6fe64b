//! `functions`: the tests of the code that runs in Lambda.

use crate::{Result, judge, process, root};

/// Runs the tests with the pinned SDK of Python, which the runtime of Lambda has too. No test reaches AWS.
pub(crate) fn run() -> Result {
    let folder = root().join(".cache/functions/venv");
    let bin = judge::install_python(&folder, "xtask/functions/requirements.txt")?;
    let python = bin.join("python").display().to_string();
    let tests = "fc-constructs/tests/functions";
    let words = [python.as_str(), "-B", "-m", "unittest", "discover", "--start-directory", tests];
    process::run(&mut process::command(words))
}
