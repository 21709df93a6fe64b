//! `functions`: the tests of the code that runs in Lambda, of the scripts of Glue, and of the queries.

use crate::{Result, judge, process, root};

/// Where the tests are.
const FOLDERS: [&str; 2] = ["fc-constructs/tests/functions", "apps/shop-infra/tests/data_plane"];

/// Runs the tests with the pinned SDK of Python, which the runtime of Lambda has too. No test reaches AWS.
pub(crate) fn run() -> Result {
    let folder = root().join(".cache/functions/venv");
    let bin = judge::install_python(&folder, "xtask/functions/requirements.txt")?;
    let python = bin.join("python").display().to_string();
    for tests in FOLDERS {
        let words = ["-B", "-m", "unittest", "discover", "--start-directory", tests];
        process::run(&mut process::command([python.as_str()].into_iter().chain(words)))?;
    }
    Ok(())
}
