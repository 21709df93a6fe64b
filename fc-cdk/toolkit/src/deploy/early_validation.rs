//! Early validation: a change set that CloudFormation makes and checks, that nobody executes, and that is deleted.

use std::{cell::RefCell, pin::pin, time::Duration};

use fc_cdk_core::{
    Assembly, Diagnostic, MAX_INLINE_TEMPLATE_BYTES, StackArtifact, rules::Rule, sha256_hex,
};
use futures_util::future::{Either, join, join_all, select};
use tokio::time::sleep;

use super::{
    change_set, interrupt,
    options::Options,
    prepare,
    publish::{publish_template, template_url},
    status::{OnDeploy, StackStatus},
    work::Work,
};
use crate::{
    aws::{
        Aws, Target,
        cloudformation::{ChangeSet, Source, ValidationEvent},
        error::{AwsError, Kind},
        time::Time,
    },
    error::Error,
    forecast::rules,
};

/// How often a change set is made whose making got no reply.
const MAX_TRIES: usize = 3;

/// How often it is looked whether something has come or gone, and how long between.
const MAX_LOOKS: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// What CloudFormation says of the stacks, and why it was not asked of some. Nothing that is deployed changes, and what was made to ask is
/// deleted, also after Ctrl-C.
///
/// # Errors
///
/// When AWS cannot be asked at all, a parameter has no value, somebody interrupts, or something that was made could not be deleted.
pub(crate) fn ask(
    aws: &Aws,
    assembly: &Assembly,
    stacks: &[&StackArtifact],
    options: &Options,
    say: &mut dyn FnMut(&str),
) -> Result<Vec<Diagnostic>, Error> {
    let targets = prepare::targets(aws, stacks)?;
    aws.block_on(async {
        let found = prepare::look_all(stacks, &targets).await?;
        let mut works = Vec::new();
        for ((stack, target), found) in stacks.iter().copied().zip(&targets).zip(found) {
            works.push(Work::new(stack, target.clone(), found, options)?);
        }
        let mut findings = Vec::new();
        let mut asked = Vec::new();
        for work in &works {
            match reason_against(work, &works) {
                Some(reason) => findings.push(not_asked(work.artifact, &reason)),
                None => asked.push(work),
            }
        }
        for work in asked.iter().filter(|work| work.needs_bucket()) {
            let (name, bytes, bucket) = (work.name(), work.body.len(), work.target.asset_bucket());
            say(&format!(
                "`{name}` has {bytes} bytes: its template goes through the bucket `{bucket}`"
            ));
        }
        let nested: Vec<(&Target, &StackArtifact)> = works
            .iter()
            .flat_map(|work| nested_in(work, assembly).map(|stack| (&work.target, stack)))
            .collect();
        if !nested.is_empty() {
            say(&format!(
                "of nested stacks ({}) CloudFormation is shown the templates alone: what they are given is known at a deploy",
                names(&nested)
            ));
        }
        for (target, stack) in &nested {
            if let Source::Url(_) = source_of(target, stack) {
                let (name, bucket) = (stack.display_name(), target.asset_bucket());
                let bytes = stack.template_json().len();
                say(&format!(
                    "`{name}` has {bytes} bytes: its template goes through the bucket `{bucket}`"
                ));
            }
        }
        let made = Made::default();
        let has_nested = |work: &Work<'_>| nested_in(work, assembly).next().is_some();
        let all = join_all(asked.iter().map(|work| one(work, options, has_nested(work), &made)));
        let all = join(all, join_all(nested.iter().map(|(target, stack)| alone(target, stack))));
        match select(pin!(all), pin!(interrupt::signal())).await {
            Either::Left(((answers, of_nested), _)) => {
                for answer in answers.into_iter().chain(of_nested) {
                    findings.append(&mut answer?);
                }
                Ok(findings)
            }
            Either::Right(_) => {
                say("interrupted: what was made to ask is being deleted");
                Err(made.clean_all().await)
            }
        }
    })
}

/// Why CloudFormation cannot be asked about a stack.
fn reason_against(work: &Work<'_>, works: &[Work<'_>]) -> Option<String> {
    if let Some(status) = work.status() {
        match status.on_deploy() {
            OnDeploy::Create | OnDeploy::Update => {}
            _ => return Some(format!("it is in the state {status}: {}", status.meaning())),
        }
    }
    let reads = ["\"Fn::ImportValue\"", "\"Fn::GetStackOutput\""];
    if !reads.iter().any(|function| work.body.contains(function)) {
        return None;
    }
    let missing = works.iter().find(|other| {
        other.is_anew()
            && work.artifact.dependencies().iter().any(|on| on == other.artifact.artifact_id())
    })?;
    Some(format!("it reads outputs of `{}`, which is not deployed", missing.name()))
}

/// The stacks nested in one, however deep.
fn nested_in<'a>(
    work: &Work<'_>,
    assembly: &'a Assembly,
) -> impl Iterator<Item = &'a StackArtifact> {
    let around = format!("{}/", work.name());
    let stacks = assembly.stacks().iter();
    stacks.filter(move |stack| stack.is_nested() && stack.display_name().starts_with(&around))
}

fn names(stacks: &[(&Target, &StackArtifact)]) -> String {
    let names: Vec<String> =
        stacks.iter().map(|(_, stack)| format!("`{}`", stack.display_name())).collect();
    names.join(", ")
}

/// How CloudFormation gets a template.
fn source_of(target: &Target, stack: &StackArtifact) -> Source {
    let body = stack.template_json();
    match body.len() > MAX_INLINE_TEMPLATE_BYTES {
        true => Source::Url(template_url(target, &target.asset_bucket(), &hash(stack))),
        false => Source::Body(body.to_owned()),
    }
}

fn hash(stack: &StackArtifact) -> String {
    sha256_hex(stack.template_json().as_bytes())
}

/// Shows CloudFormation the template of a nested stack. A change set would need all of them in a bucket, and make stacks of them.
async fn alone(target: &Target, stack: &StackArtifact) -> Result<Vec<Diagnostic>, Error> {
    let source = source_of(target, stack);
    if let Source::Url(_) = source {
        let (bucket, body) = (target.asset_bucket(), stack.template_json());
        publish_template(target, &bucket, body, &hash(stack)).await?;
    }
    match target.cloudformation().validate_template(source).await {
        Ok(()) => Ok(Vec::new()),
        Err(error) if matches!(error.kind, Kind::Refused | Kind::Limit) => {
            Ok(vec![of_stack(stack, rules::NOT_ACCEPTED, &error.message)])
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks about one stack.
async fn one(
    work: &Work<'_>,
    options: &Options,
    has_nested: bool,
    made: &Made,
) -> Result<Vec<Diagnostic>, Error> {
    let target = &work.target;
    if work.needs_bucket() {
        publish_template(target, &target.asset_bucket(), &work.body, &work.hash()).await?;
    }
    let now = Time::now().0;
    // Nobody else's has this name, not even that of another run of the same.
    let name = format!("fc-cdk-validate-{}-{now}", &work.hash()[..8]);
    let own = Own {
        target: target.clone(),
        stack: work.artifact.stack_name().to_owned(),
        name: name.clone(),
        creates: work.found.stack.is_none(),
    };
    let mut new = work.new_change_set(options, format!("fc-cdk-validate-{now}"));
    new.name = name;
    new.with_nested = !has_nested;
    "of fc-cdk validate --online; it is never executed".clone_into(&mut new.description);
    made.begin(&own);
    let answer = made_of(work, &new).await;
    let cleaned = own.clean().await;
    made.end(&own);
    let findings = answer?;
    cleaned.map_err(|error| own.left(&error))?;
    Ok(findings)
}

/// Makes the change set, and reads what CloudFormation finds. The reply of a call may be lost.
async fn made_of(
    work: &Work<'_>,
    new: &crate::aws::cloudformation::NewChangeSet,
) -> Result<Vec<Diagnostic>, Error> {
    let (target, stack) = (&work.target, work.artifact);
    for _ in 0..MAX_TRIES {
        let lost = match target.cloudformation().create_change_set(new).await {
            Ok(()) => false,
            Err(error) if error.kind == Kind::AlreadyExists || error.is_open() => true,
            Err(error) => match error.kind {
                Kind::NoChange => return Ok(Vec::new()),
                Kind::Refused | Kind::Limit => {
                    return Ok(vec![of_stack(stack, rules::NOT_ACCEPTED, &error.message)]);
                }
                Kind::WrongState => return Ok(vec![not_asked(stack, &error.message)]),
                _ => return Err(error.into()),
            },
        };
        match change_set::wait(target, &new.stack.name, &new.name).await? {
            Some(set) => return Ok(said(work, &set).await),
            None if lost => {}
            None => return Ok(vec![not_asked(stack, "somebody deleted the change set")]),
        }
    }
    Ok(vec![not_asked(stack, "the replies to its change set are lost again and again")])
}

/// What a change set says that is made, one way or the other.
async fn said(work: &Work<'_>, set: &ChangeSet) -> Vec<Diagnostic> {
    let reason = set.reason.as_deref().unwrap_or_default();
    let failed = set.status == "FAILED";
    if failed && change_set::is_empty(reason) {
        return Vec::new();
    }
    // Older accounts and emulators have no such events; then the reason has to do.
    let events = work.target.cloudformation().validation_events(&set.id).await;
    let events = events.unwrap_or_default();
    let mut findings: Vec<Diagnostic> =
        events.iter().map(|event| of_event(work.artifact, event)).collect();
    if failed && events.iter().all(|event| event.warns) {
        findings.push(of_stack(work.artifact, rules::NOT_ACCEPTED, reason));
    }
    findings
}

fn of_event(stack: &StackArtifact, event: &ValidationEvent) -> Diagnostic {
    let message = event.reason.as_deref().unwrap_or("CloudFormation gives no reason");
    let rule = match event.name.as_str() {
        "NAME_CONFLICT_VALIDATION" => rules::EXISTS_ALREADY,
        _ => rules::NOT_ACCEPTED,
    };
    let mut finding = of_stack(stack, rule, message);
    if event.warns {
        finding.severity = fc_cdk_core::Severity::Warning;
    }
    let steps: Vec<&str> =
        event.path.as_deref().unwrap_or_default().split('/').filter(|it| !it.is_empty()).collect();
    let (id, property) = match steps.as_slice() {
        ["Resources", id, "Properties", property @ ..] => (Some(*id), property.join(".")),
        ["Resources", id, rest @ ..] => (Some(*id), rest.join(".")),
        others => (event.logical_id.as_deref(), others.join(".")),
    };
    finding.property = Some(property).filter(|property| !property.is_empty());
    if let Some(id) = id {
        finding.logical_id = Some(id.into());
        if let Some((path, location)) = stack.source_of(id) {
            finding.path = path.into();
            finding.location = Some(location);
        }
    }
    if event.name.is_empty() {
        finding
    } else {
        finding.note(format!("found by {}", event.name), None)
    }
}

fn not_asked(stack: &StackArtifact, reason: &str) -> Diagnostic {
    let message = format!("CloudFormation is not asked about this stack: {reason}");
    of_stack(stack, rules::NOT_ASKED, &message)
}

fn of_stack(stack: &StackArtifact, rule: &'static Rule, message: &str) -> Diagnostic {
    let mut finding = rule.finding(message);
    finding.path = stack.display_name().into();
    finding.location = Some(stack.location());
    finding
}

/// What was made to ask, as long as it may be there.
#[derive(Default)]
struct Made(RefCell<Vec<Own>>);

/// A change set of this run, and whether its stack is there only for it.
#[derive(Clone)]
struct Own {
    target: Target,
    stack: String,
    name: String,
    creates: bool,
}

impl Made {
    fn begin(&self, own: &Own) {
        self.0.borrow_mut().push(own.clone());
    }

    fn end(&self, own: &Own) {
        self.0.borrow_mut().retain(|other| other.name != own.name || other.stack != own.stack);
    }

    /// Deletes all after an interruption; the error says what is left. A second one ends that.
    async fn clean_all(&self) -> Error {
        let all = self.0.borrow().clone();
        let clean = join_all(all.iter().map(|own| async {
            own.appear().await;
            own.clean().await.map_err(|error| own.left(&error))
        }));
        match select(pin!(clean), pin!(interrupt::signal())).await {
            Either::Left((done, _)) => match done.into_iter().find_map(Result::err) {
                Some(error) => error,
                None => Error::of(
                    crate::codes::INTERRUPTED,
                    "interrupted; nothing is left in the account",
                ),
            },
            Either::Right(_) => {
                let names: Vec<String> =
                    all.iter().map(|own| format!("`{}` of `{}`", own.name, own.stack)).collect();
                Error::of(
                    crate::codes::INTERRUPTED,
                    format!("interrupted; these change sets may be left: {}", names.join(", ")),
                )
                .help("they do nothing unless somebody executes them: delete them")
            }
        }
    }
}

impl Own {
    /// Waits whether a change set still appears whose making was under way.
    async fn appear(&self) {
        for _ in 0..4 {
            let found = self.target.cloudformation().change_set(&self.stack, &self.name).await;
            if matches!(found, Ok(Some(_))) {
                return;
            }
            sleep(PAUSE).await;
        }
    }

    /// Deletes the change set, and the empty stack that came with it.
    async fn clean(&self) -> Result<(), AwsError> {
        let cloudformation = self.target.cloudformation();
        // One that is being made cannot be deleted yet.
        change_set::wait(&self.target, &self.stack, &self.name).await?;
        change_set::delete(&self.target, &self.stack, &self.name).await?;
        if !self.creates {
            return Ok(());
        }
        let Some(stack) = cloudformation.stack(&self.stack).await? else { return Ok(()) };
        let is_empty = stack.status == StackStatus::ReviewInProgress;
        // Somebody else may have made a change set of it since, or executed one.
        if !is_empty || !cloudformation.change_sets(&self.stack).await?.is_empty() {
            return Ok(());
        }
        cloudformation.delete_stack(&stack.id, &[], None, &self.name, false).await?;
        for _ in 0..MAX_LOOKS {
            match cloudformation.stack(&stack.id).await? {
                Some(stack) if stack.status.exists() => sleep(PAUSE).await,
                _ => return Ok(()),
            }
        }
        Err(AwsError::refused(format!("delete the stack `{}`", self.stack), "it is still there"))
    }

    /// What to do about what could not be deleted.
    fn left(&self, error: &AwsError) -> Error {
        let Own { stack, name, .. } = self;
        Error::new(format!("the change set `{name}` of the stack `{stack}` is left: {error}")).help(
            format!("it does nothing unless somebody executes it; delete it: aws cloudformation delete-change-set --stack-name {stack} --change-set-name {name}"),
        )
    }
}
