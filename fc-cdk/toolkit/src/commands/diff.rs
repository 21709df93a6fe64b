//! `diff`: what deploying the app would change.

#[cfg(feature = "deploy")]
mod change_sets; // what CloudFormation says itself
#[cfg(feature = "deploy")]
mod deployed; // what is deployed
mod revisions; // one revision of the app with another

use std::path::PathBuf;

pub(crate) use self::revisions::with_revisions;
use clap::{Arg, ArgAction, Command, value_parser};
use fc_cdk_core::{
    Assembly, StackArtifact, Template,
    diff::{StackDiff, StackSide, Types, diff_stacks},
};

use super::{connection_args, json_arg, stacks_arg, stacks_of};
use crate::{
    diff_report::{self, Report},
    error::{Error, Exit},
    selection::{self, Candidate},
    session::Session,
    synthesis::Synthesis,
    template_files::{self, TemplateFile},
};

pub(crate) fn definition() -> Command {
    let path = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(PathBuf))
    };
    Command::new("diff")
        .about("Shows what deploying the app would change")
        .long_about(
            "Shows what deploying the app would change, compared with what is deployed or with other templates: which\n\
             resources are added, removed, updated or replaced, for which property; whose data is lost; who may do\n\
             more than before.\n\n\
             Values are compared by what they mean: the order of keys, tags and statements says nothing, nor does\n\
             the way a string is put together. With `--template` or `--against`, no network and no credentials are needed.",
        )
        .arg(stacks_arg("Only these stacks, such as `Network` or `Prod/*`"))
        .arg(
            path("template", "FILE")
                .conflicts_with("against")
                .help("Compares one stack with this template"),
        )
        .arg(path("against", "DIR").help(
            "Compares all stacks with a folder: a cdk.out, one that has a cdk.out, or any with `*.template.json`",
        ))
        .arg(json_arg().conflicts_with("markdown"))
        .arg(
            Arg::new("markdown")
                .long("markdown")
                .action(ArgAction::SetTrue)
                .help("Prints the report as Markdown, for a comment on a pull request"),
        )
        .arg(
            Arg::new("fail")
                .long("fail")
                .action(ArgAction::SetTrue)
                .help("Exits with 2 if there is a difference"),
        )
        .arg(
            Arg::new("change-set")
                .long("change-set")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["template", "against"])
                .help("Asks CloudFormation, too, by change sets that are not executed, and says where it differs"),
        )
        .args(connection_args())
        .after_help(
            "Examples:\n  \
             {app} diff                                        # against what is deployed\n  \
             {app} diff 'Prod/*' --fail                        # some stacks; 2 if anything differs\n  \
             {app} diff --change-set                           # with CloudFormation's own answer\n  \
             {app} diff --against ../main/cdk.out              # another branch, in a worktree of its own\n  \
             {app} diff --against snapshots/v1.0 --fail        # in CI: 2 if anything differs\n  \
             {app} diff Network --template deployed.json       # one stack and one template\n  \
             {app} diff --against ../main --markdown           # for a comment on a pull request\n\n\
             Signs: + added, - removed or orphaned, ~ updated, ± replaced or renamed, ? may be replaced, > moved",
        )
}

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    let patterns = stacks_of(session.args);
    if let Some((from, to)) = revisions::asked(session) {
        let stacks = revisions::diff(session, &from, &to, &patterns)?;
        return show(session, &stacks);
    }
    let path = |name| session.args.get_one::<PathBuf>(name).cloned();
    let old = match (path("template"), path("against")) {
        (Some(file), _) => Old::File(template_files::read(&file)?),
        (None, Some(folder)) => Old::Folder(template_files::read_folder(&folder)?),
        (None, None) => return against_deployed(session),
    };
    let synthesis = session.synthesize_or_report()?;
    let types = session.resource_types;
    let stacks = match &old {
        Old::File(template) => with_file(&synthesis, &patterns, template, &types)?,
        Old::Folder(files) => with_folder(synthesis.assembly(), &patterns, files, &types)?,
    };
    show(session, &stacks)
}

fn show(session: &mut Session<'_>, stacks: &[StackDiff]) -> Result<Exit, Error> {
    let report = Report { stacks };
    if session.args.get_flag("json") {
        session.terminal.line(StackDiff::report(stacks).to_json_pretty())?;
    } else if session.args.get_flag("markdown") {
        session.terminal.print(&diff_report::markdown(&report))?;
    } else {
        let text = diff_report::terminal(&report, session.terminal.out_paint());
        session.terminal.print(&text)?;
    }
    let differs = session.args.get_flag("fail") && report.differs();
    Ok(if differs { Exit::Differences } else { Exit::Ok })
}

#[cfg(not(feature = "deploy"))]
fn against_deployed(session: &mut Session<'_>) -> Result<Exit, Error> {
    let missing = super::needs_deploy(session);
    let with_it = missing.help_text().unwrap_or_default();
    Err(Error::new("there is nothing to compare the app with").help(format!(
        "give `--template FILE` for one stack, or `--against DIR` for all of them: a cdk.out, or a folder with `*.template.json`; \
         to compare with what is deployed, {with_it}"
    )))
}

#[cfg(feature = "deploy")]
fn against_deployed(session: &mut Session<'_>) -> Result<Exit, Error> {
    let synthesis = session.synthesize_or_report()?;
    let aws = crate::aws::Aws::connect(session)?;
    let stacks = deployed::diff(session, &synthesis, &aws)?;
    show(session, &stacks)
}

/// What the app is compared with.
enum Old {
    File(Template),
    Folder(Vec<TemplateFile>),
}

fn with_file(
    synthesis: &Synthesis,
    patterns: &[String],
    template: &Template,
    types: Types<'_>,
) -> Result<Vec<StackDiff>, Error> {
    let stacks = match patterns {
        [] => synthesis.assembly().stacks().iter().collect(),
        patterns => synthesis.select(patterns)?,
    };
    let [stack] = stacks.as_slice() else {
        let names: Vec<&str> = stacks.iter().map(|stack| stack.display_name()).collect();
        let error = Error::new(format!(
            "one template is compared with one stack, and here are {}",
            stacks.len()
        ));
        return Err(error.help(format!("name one of {}", names.join(", "))));
    };
    let old = StackSide::of_template(stack.display_name(), template);
    Ok(diff_stacks(&[old], &[StackSide::of_artifact(stack)], types))
}

fn with_folder(
    assembly: &Assembly,
    patterns: &[String],
    files: &[TemplateFile],
    types: Types<'_>,
) -> Result<Vec<StackDiff>, Error> {
    let names = |stack: &StackArtifact| {
        [
            stack.display_name().to_owned(),
            stack.artifact_id().to_owned(),
            stack.stack_name().to_owned(),
        ]
    };
    let of = |stack: &StackArtifact| {
        let (path, names) = (assembly.template_path(stack), names(stack));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let at_its_place = files.iter().position(|file| file.is_at(&path));
        at_its_place.or_else(|| files.iter().position(|file| file.is_called(&names)))
    };
    let stacks = assembly.stacks();
    let pairs: Vec<Option<usize>> = stacks.iter().map(of).collect();
    let gone = files.iter().enumerate().filter(|(index, _)| !pairs.contains(&Some(*index)));
    let gone: Vec<&TemplateFile> = gone.map(|(_, file)| file).collect();
    let selected: Vec<usize> = match patterns {
        [] => (0..stacks.len() + gone.len()).collect(),
        patterns => {
            let new = stacks.iter().map(Candidate::of);
            let gone = gone.iter().map(|file| Candidate {
                display_name: &file.name,
                stack_name: &file.name,
                artifact_id: &file.name,
            });
            selection::select(&new.chain(gone).collect::<Vec<_>>(), patterns)?
        }
    };
    let mut old: Vec<StackSide<'_>> = Vec::new();
    let mut new: Vec<StackSide<'_>> = Vec::new();
    for index in selected {
        match stacks.get(index) {
            Some(stack) => {
                new.push(StackSide::of_artifact(stack));
                let file = pairs.get(index).copied().flatten().and_then(|file| files.get(file));
                old.extend(file.map(|file| side(stack.display_name(), file)));
            }
            None => {
                let file = gone.get(index - stacks.len());
                old.extend(file.map(|file| side(&file.name, file)));
            }
        }
    }
    Ok(diff_stacks(&old, &new, types))
}

fn side<'a>(name: &'a str, file: &'a TemplateFile) -> StackSide<'a> {
    StackSide { manifest: file.manifest.as_ref(), ..StackSide::of_template(name, &file.template) }
}
