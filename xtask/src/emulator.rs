//! `emulator`: installs what tests of deploys deploy to, where they find it.

use crate::{Result, flags, judge, root};

pub(crate) fn run(arguments: &[String]) -> Result {
    let [] = flags(arguments, [])?;
    let folder = root().join(".cache/emulator");
    judge::install_python(&folder, "fc-cdk/testing/src/deploy/emulator/requirements.txt")?;
    // The stock `cdk` CLI deploys the same assemblies.
    judge::node().map(drop)
}
