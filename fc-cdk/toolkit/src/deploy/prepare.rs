//! What has to be known before anything is done: what is deployed, how it differs, what is refused.

use futures_util::future::join_all;

use fc_cdk_core::{
    Assembly, Node, StackArtifact, Template,
    diff::{StackDiff, StackSide, diff_stacks},
    rules::{Rule, nearest},
};

use super::{
    engine::Engine,
    failure::Failure,
    found::Found,
    guards::{self, Loss},
    in_use::{self, Decision, Read, Reader},
    nested,
    options::Options,
    work::Work,
};
use crate::{
    aws::{Aws, Target},
    codes,
    error::Error,
    parameters::rules::UNKNOWN_PARAMETER,
    synthesis::ResourceTypes,
    synthesis::Synthesis,
};

/// All that is to be deployed, each after those that it needs.
pub(crate) struct Prepared<'a> {
    pub(crate) works: Vec<Work<'a>>,
    /// For each the indices of those that go first.
    pub(crate) needs: Vec<Vec<usize>>,
    /// What is refused: a line for each, with what to do.
    pub(crate) refusals: Vec<Refusal>,
    /// What somebody should know.
    pub(crate) notes: Vec<String>,
}

/// The stacks that are named, with those that they need unless `exclusively`; all of them where `all`.
///
/// # Errors
///
/// When a name is not one of a stack, or none is given and there are several.
pub(crate) fn select<'a>(
    synthesis: &'a Synthesis,
    patterns: &[String],
    all: bool,
    exclusively: bool,
) -> Result<Vec<&'a StackArtifact>, Error> {
    let everything = synthesis.select_deployable(&[])?;
    if patterns.is_empty() && !all {
        return match everything.as_slice() {
            [] => Err(Error::new("the app has no stacks")),
            [_] => Ok(everything),
            stacks => {
                let names: Vec<&str> = stacks.iter().map(|stack| stack.display_name()).collect();
                Err(Error::of(
                    codes::WHICH_STACKS,
                    format!("the app has {} stacks, and none is named", stacks.len()),
                )
                .help(format!("name some of {}, or all by `--all`", names.join(", "))))
            }
        };
    }
    if all {
        return Ok(everything);
    }
    let named = synthesis.select_deployable(patterns)?;
    let mut wanted: Vec<&str> = named.iter().map(|stack| stack.artifact_id()).collect();
    let mut next = 0;
    while let Some(id) = wanted.get(next).copied().filter(|_| !exclusively) {
        next += 1;
        let stack = everything.iter().find(|stack| stack.artifact_id() == id);
        for on in stack.into_iter().flat_map(|stack| stack.dependencies()) {
            if !wanted.contains(&on.as_str()) {
                wanted.push(on);
            }
        }
    }
    Ok(everything.into_iter().filter(|stack| wanted.contains(&stack.artifact_id())).collect())
}

/// The account and region of each stack.
///
/// # Errors
///
/// When one of them cannot be reached with these credentials.
pub(crate) fn targets(aws: &Aws, stacks: &[&StackArtifact]) -> Result<Vec<Target>, Error> {
    stacks.iter().map(|stack| aws.target(stack.environment())).collect()
}

/// For each stack the indices of those that it needs.
pub(crate) fn needs(stacks: &[&StackArtifact]) -> Vec<Vec<usize>> {
    let index = |id: &str| stacks.iter().position(|stack| stack.artifact_id() == id);
    let of =
        |stack: &&StackArtifact| stack.dependencies().iter().filter_map(|id| index(id)).collect();
    stacks.iter().map(of).collect()
}

/// Looks at all stacks, those of one account and region together.
///
/// # Errors
///
/// What every call may fail by.
pub(crate) async fn look_all(
    stacks: &[&StackArtifact],
    targets: &[Target],
) -> Result<Vec<Found>, Error> {
    let mut places: Vec<(&Target, Vec<usize>)> = Vec::new();
    for (index, target) in targets.iter().enumerate() {
        match places.iter_mut().find(|(known, _)| known.name() == target.name()) {
            Some((_, members)) => members.push(index),
            None => places.push((target, vec![index])),
        }
    }
    let look = places.iter().map(|(target, members)| async move {
        let names: Vec<&str> = members.iter().map(|&index| stacks[index].stack_name()).collect();
        Ok::<_, Error>((members, Found::look_all(target, &names).await?))
    });
    let mut found = vec![Found::default(); stacks.len()];
    for place in join_all(look).await {
        let (members, stacks) = place?;
        for (&index, stack) in members.iter().zip(stacks) {
            found[index] = stack;
        }
    }
    Ok(found)
}

/// Refuses values of parameters that no stack has: a typing mistake would go unnoticed.
fn check_parameters(options: &Options, stacks: &[&StackArtifact]) -> Result<(), Error> {
    for given in &options.parameters {
        let names = |stack: &&&StackArtifact| {
            let names = [stack.display_name(), stack.stack_name(), stack.artifact_id()];
            given.is_for(&names)
        };
        let all =
            stacks.iter().filter(names).filter_map(|stack| stack.template().section("Parameters"));
        let all: Vec<&str> =
            all.flat_map(|section| section.keys()).map(|name| name.as_str()).collect();
        if all.contains(&given.name.as_str()) {
            continue;
        }
        let of =
            given.stack.as_deref().map_or("these stacks".to_owned(), |name| format!("`{name}`"));
        let place = given.location.map(|at| format!("{at}: ")).unwrap_or_default();
        let message = format!("{place}{of} have no parameter `{}`", given.name);
        let error = Error::of(UNKNOWN_PARAMETER, message);
        return Err(match nearest(&given.name, all) {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None => error,
        });
    }
    Ok(())
}

impl<'a> Engine<'a> {
    /// Looks at all stacks, compares, and gathers all that is refused.
    ///
    /// # Errors
    ///
    /// When AWS fails, a stack is in a state that has to be left first, or a parameter has no value.
    pub(crate) async fn prepare(
        &self,
        stacks: &[&'a StackArtifact],
        targets: &[Target],
    ) -> Result<Prepared<'a>, Vec<Failure>> {
        let one = |error: Error| vec![Failure::of_error("", error)];
        check_parameters(self.options, stacks).map_err(one)?;
        let found = look_all(stacks, targets).await.map_err(one)?;
        let mut works = Vec::with_capacity(stacks.len());
        let mut failures = Vec::new();
        let settled = stacks.iter().zip(targets).zip(found);
        let settled = settled.map(|((stack, target), found)| self.settle(stack, target, found));
        for ((stack, target), found) in stacks.iter().zip(targets).zip(join_all(settled).await) {
            match found.map(|found| Work::new(stack, target.clone(), found, self.options)) {
                Ok(Ok(work)) => works.push(work),
                Ok(Err(error)) => failures.push(Failure::of_error(stack.display_name(), error)),
                Err(failure) => failures.push(failure),
            }
        }
        if !failures.is_empty() {
            return Err(failures);
        }
        let mut prepared =
            Prepared { works, needs: needs(stacks), refusals: Vec::new(), notes: Vec::new() };
        self.outputs_in_use(&mut prepared).await.map_err(one)?;
        prepared.compare(self.types);
        self.compare_nested(&mut prepared).await.map_err(one)?;
        self.check_losses(&mut prepared);
        Ok(prepared)
    }

    /// What becomes of outputs that go while somebody reads them.
    async fn outputs_in_use(&self, prepared: &mut Prepared<'a>) -> Result<(), Error> {
        let mut others: Option<Vec<(String, Template)>> = None;
        for producer in 0..prepared.works.len() {
            let work = &prepared.works[producer];
            let Some(deployed) = work.deployed.clone() else { continue };
            for (output, export) in in_use::gone(&deployed, &work.template) {
                if others.is_none() {
                    others = Some(other_stacks(self.assembly, &prepared.works).await?);
                }
                let others = others.as_deref().unwrap_or_default();
                let readers = readers(prepared, producer, &output, export.as_ref(), others).await?;
                let reader_names: Vec<&str> = readers.iter().map(|it| it.name.as_str()).collect();
                let (name, who) = (prepared.works[producer].name(), reader_names.join(", "));
                match in_use::decide(producer, &readers, &prepared.needs) {
                    Decision::After(first) if first.is_empty() => {}
                    Decision::After(first) => {
                        prepared.notes.push(format!("`{name}` waits for {who}, which still reads its output `{output}`"));
                        prepared.needs[producer].extend(first);
                    }
                    Decision::Keep => {
                        prepared.notes.push(format!(
                            "`{name}` keeps its output `{output}` as long as {who} reads it"
                        ));
                        let work = &mut prepared.works[producer];
                        in_use::keep(&output, &deployed, &mut work.template);
                        work.body = work.template.to_json_pretty();
                        work.kept.push(output);
                    }
                    Decision::Refuse(reader) => prepared.refusals.push(Refusal::new(
                        codes::OUTPUT_IN_USE,
                        format!("`{name}` would lose its output `{output}`, which the deployed stack `{reader}` reads"),
                        format!("deploy `{reader}` along, by its name or `--all`"),
                    )),
                }
            }
        }
        Ok(())
    }

    /// Compares the stacks nested in those that are to be deployed.
    async fn compare_nested(&self, prepared: &mut Prepared<'a>) -> Result<(), Error> {
        for index in 0..prepared.works.len() {
            let work = &prepared.works[index];
            let artifacts = self.artifacts_of(work.artifact);
            if artifacts.len() == 1 || self.reason(work).is_none() {
                continue;
            }
            let stack = work.found.stack.as_ref().filter(|_| !work.is_anew());
            let id = stack.map(|stack| stack.id.as_str());
            let diffs = nested::compare(&work.target, id, &artifacts, &self.types).await?;
            prepared.works[index].nested = diffs;
        }
        Ok(())
    }

    /// Losses of data that nobody has allowed.
    fn check_losses(&self, prepared: &mut Prepared<'a>) {
        let mut losses: Vec<Loss> = Vec::new();
        for work in prepared.works.iter().filter(|work| self.reason(work).is_some()) {
            let diffs = work.diffs();
            losses
                .extend(diffs.flat_map(|diff| guards::losses(diff, &self.options.allow_data_loss)));
        }
        for loss in losses {
            let help = format!("if that is meant, `--allow-data-loss {}`", loss.path);
            prepared.refusals.push(Refusal::new(codes::DATA_LOSS, loss.text(), help));
        }
    }
}

/// Something that is refused, and what to do.
pub(crate) struct Refusal {
    pub(crate) rule: &'static Rule,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Refusal {
    fn new(rule: &'static Rule, message: String, help: String) -> Refusal {
        Refusal { rule, message, help }
    }
}

impl Prepared<'_> {
    /// Compares all stacks at once, so that what changes in one shows in those that read it.
    fn compare(&mut self, types: ResourceTypes) {
        let new: Vec<StackSide<'_>> = self
            .works
            .iter()
            .map(|work| StackSide {
                template: &work.template,
                ..StackSide::of_artifact(work.artifact)
            })
            .collect();
        let old: Vec<StackSide<'_>> = self
            .works
            .iter()
            .filter_map(|work| Some(StackSide::of_template(work.name(), work.deployed.as_ref()?)))
            .collect();
        let diffs = diff_stacks(&old, &new, &types);
        for (work, diff) in self.works.iter_mut().zip(diffs) {
            work.diff = Some(diff);
        }
    }

    /// How all of them differ.
    pub(crate) fn diffs(&self) -> Vec<StackDiff> {
        self.works.iter().flat_map(Work::diffs).cloned().collect()
    }
}

/// The deployed templates of the app's stacks that are not deployed now: name for people, name in CloudFormation and template.
async fn other_stacks(
    assembly: &Assembly,
    works: &[Work<'_>],
) -> Result<Vec<(String, Template)>, Error> {
    let mut others = Vec::new();
    for stack in assembly.stacks().iter().filter(|stack| !stack.is_nested()) {
        let now = works.iter().any(|work| work.artifact.artifact_id() == stack.artifact_id());
        // Stacks of another account cannot be asked with these credentials.
        let place = works.iter().find(|work| work.target.is_for(stack.environment()));
        let Some(place) = place.filter(|_| !now) else { continue };
        let text = place.target.cloudformation().template(stack.stack_name()).await?;
        let template = text.as_deref().and_then(|text| Template::parse(text).ok());
        others.extend(template.map(|template| (stack.display_name().to_owned(), template)));
    }
    Ok(others)
}

/// Who reads an output of a deployed stack.
async fn readers(
    prepared: &Prepared<'_>,
    producer: usize,
    output: &str,
    export: Option<&Node>,
    others: &[(String, Template)],
) -> Result<Vec<Reader>, Error> {
    let work = &prepared.works[producer];
    let stack_name = work.artifact.stack_name();
    let is_read = |template: &Template| {
        let weak = |read: &Read| matches!(read, Read::Weak(stack, it) if stack == stack_name && it == output);
        in_use::reads(template).iter().any(weak)
    };
    let mut readers = Vec::new();
    for (index, other) in prepared.works.iter().enumerate() {
        if index != producer && other.deployed.as_ref().is_some_and(is_read) {
            let (name, still) = (other.name().to_owned(), is_read(&other.template));
            readers.push(Reader { name, index: Some(index), strong: false, still });
        }
    }
    for (name, template) in others.iter().filter(|(_, template)| is_read(template)) {
        let _ = template;
        readers.push(Reader { name: name.clone(), index: None, strong: false, still: true });
    }
    if export.is_none() {
        return Ok(readers);
    }
    // The export's name as it is deployed: in the template it may be an expression.
    let deployed = work.found.stack.iter().flat_map(|stack| &stack.outputs);
    let name = deployed.filter(|it| it.name == output).find_map(|it| it.export.clone());
    let Some(name) = name else { return Ok(readers) };
    for importer in work.target.cloudformation().imports(&name).await? {
        let index = prepared.works.iter().position(|work| work.artifact.stack_name() == importer);
        let still = index.is_some_and(|index| {
            in_use::reads(&prepared.works[index].template).contains(&Read::Strong(name.clone()))
        });
        let display = index.map(|index| prepared.works[index].name().to_owned());
        readers.push(Reader { name: display.unwrap_or(importer), index, strong: true, still });
    }
    Ok(readers)
}
