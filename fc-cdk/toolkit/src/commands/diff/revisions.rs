//! `diff --from v1.4 --to v1.5`: one revision of the app with another.

use clap::{Arg, Command};
use fc_cdk_core::{
    StackArtifact,
    diff::{StackDiff, StackSide, diff_stacks},
};

use crate::{
    error::Error,
    selection::{self, Candidate},
    session::Session,
};

/// The command of an app that has revisions.
pub(crate) fn with_revisions(diff: Command, from: Arg, to: Arg) -> Command {
    diff.arg(from.conflicts_with_all(["template", "against"])).arg(to.requires("from"))
}

/// The revisions to compare, if that is asked for.
pub(super) fn asked(session: &Session<'_>) -> Option<(String, String)> {
    let asked_for = session.context.revision()?;
    let revision = |name| session.args.get_one::<String>(name).cloned();
    Some((revision("from")?, revision("to").unwrap_or_else(|| asked_for.to_owned())))
}

/// What deploying one revision over another changes.
pub(super) fn diff(
    session: &mut Session<'_>,
    from: &str,
    to: &str,
    patterns: &[String],
) -> Result<Vec<StackDiff>, Error> {
    let (old, new) = (session.synthesize_revision(from)?, session.synthesize_revision(to)?);
    let (old, new) = (old.assembly().stacks(), new.assembly().stacks());
    let candidates: Vec<Candidate<'_>> = new.iter().chain(old).map(Candidate::of).collect();
    let selected: Vec<usize> = match patterns {
        [] => (0..candidates.len()).collect(),
        patterns => selection::select(&candidates, patterns)?,
    };
    let is_wanted = |stack: &&StackArtifact| {
        selected.iter().any(|&index| candidates[index].display_name == stack.display_name())
    };
    let old: Vec<_> = old.iter().filter(is_wanted).map(StackSide::of_artifact).collect();
    let new: Vec<_> = new.iter().filter(is_wanted).map(StackSide::of_artifact).collect();
    Ok(diff_stacks(&old, &new, &session.resource_types))
}
