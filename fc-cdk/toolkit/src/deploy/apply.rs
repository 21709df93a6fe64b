//! Brings a stack to a template that is at hand, without an app: for `bootstrap`, `import` and `orphan`.

use fc_cdk_core::{MAX_INLINE_TEMPLATE_BYTES, Map, Template, sha256_hex};

use super::{
    change_set,
    failure::Failure,
    interrupt::Interrupt,
    operation::{Operation, Stopped, newest_event},
    progress::Progress,
    publish::publish_template,
    status::OnDeploy,
};
use crate::{
    aws::{
        Target,
        cloudformation::{ChangeSet, Imported, Mode, NewChangeSet, NewStack, Source, StackInfo},
        error::Kind,
        time::Time,
    },
    error::Error,
    terminal::Terminal,
};

/// A deployed stack with its template.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) info: StackInfo,
    pub(crate) template: Template,
}

impl Current {
    /// Reads a stack; `None` where there is none, or none that ever got ready.
    ///
    /// # Errors
    ///
    /// What every call may fail by, or when the template cannot be read.
    pub(crate) async fn read(target: &Target, name: &str) -> Result<Option<Current>, Error> {
        let cloudformation = target.cloudformation();
        let Some(info) = cloudformation.stack(name).await? else { return Ok(None) };
        if matches!(info.status.on_deploy(), OnDeploy::Create | OnDeploy::Recreate) {
            return Ok(None);
        }
        let Some(text) = cloudformation.template(name).await? else { return Ok(None) };
        let template = Template::parse(&text).map_err(|error| {
            Error::new(format!("the deployed template of `{name}` cannot be read: {error}"))
        })?;
        Ok(Some(Current { info, template }))
    }
}

/// The change set that brings a stack to a template, with all else as it is.
///
/// # Errors
///
/// When the template is too large to be sent, and the bucket for such does not take it.
pub(crate) async fn change_to(
    target: &Target,
    name: &str,
    current: Option<&StackInfo>,
    template: &Template,
    what: &str,
) -> Result<NewChangeSet, Error> {
    let known =
        |name: &str| current.is_some_and(|stack| stack.parameters.iter().any(|it| it.name == name));
    let parameters = template.section("Parameters").into_iter().flat_map(Map::keys);
    let parameters = parameters.filter(|name| known(name)).map(|name| (name.to_string(), None));
    let text = Text::of(template);
    let source = match text.is_inline() {
        true => Source::Body(text.body.clone()),
        false => Source::Url(text.publish(target, &target.asset_bucket()).await?),
    };
    let mut new = text.change_set(name, current, source, what);
    new.stack.parameters = parameters.collect();
    Ok(new)
}

/// A template as it is sent.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) body: String,
    hash: String,
}

impl Text {
    /// That of a template.
    pub(crate) fn of(template: &Template) -> Text {
        let body = template.to_json();
        Text { hash: sha256_hex(body.as_bytes()), body }
    }

    /// Whether CloudFormation takes it without a bucket.
    pub(crate) fn is_inline(&self) -> bool {
        self.body.len() <= MAX_INLINE_TEMPLATE_BYTES
    }

    /// Puts it into a bucket; gives its URL.
    ///
    /// # Errors
    ///
    /// When the bucket does not take it.
    pub(crate) async fn publish(&self, target: &Target, bucket: &str) -> Result<String, Error> {
        publish_template(target, bucket, &self.body, &self.hash).await
    }

    /// The change set that makes a stack of it, or changes the one that is there, with its tags and topics, and no parameters.
    pub(crate) fn change_set(
        &self,
        name: &str,
        current: Option<&StackInfo>,
        source: Source,
        what: &str,
    ) -> NewChangeSet {
        let hash = &self.hash[..16];
        NewChangeSet {
            name: format!("fc-cdk-{what}-{hash}"),
            description: format!("of fc-cdk {what}"),
            create: current.is_none(),
            with_nested: true,
            import_existing: false,
            revert_drift: false,
            stack: NewStack {
                name: name.to_owned(),
                source,
                parameters: Vec::new(),
                tags: current.map(|stack| stack.tags.clone()).unwrap_or_default(),
                notification_arns: current
                    .map(|stack| stack.notification_arns.clone())
                    .unwrap_or_default(),
                role_arn: None,
                rollback_alarms: Vec::new(),
                monitoring_minutes: None,
                mode: Mode::Standard,
                disable_rollback: false,
                termination_protection: false,
                token: format!("fc-cdk-{hash}-{}", Time::now().0),
            },
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Applied {
    /// The stack is as the template says.
    Done(StackInfo),
    /// There was nothing to change.
    Unchanged,
    /// The change set is made, and nobody wanted it executed: its ARN.
    Made(String),
}

/// Makes a change set, executes it if that is wanted, and tells what happens until it is done.
///
/// # Errors
///
/// When CloudFormation does not accept the change set, a resource fails, or AWS cannot be asked.
pub(crate) async fn apply(
    target: &Target,
    new: &NewChangeSet,
    imported: &[Imported],
    execute: bool,
    terminal: &mut Terminal,
) -> Result<Applied, Error> {
    let (cloudformation, stack) = (target.cloudformation(), new.stack.name.as_str());
    // One of the same name was left by somebody who was interrupted.
    change_set::delete(target, stack, &new.name).await?;
    let made = match imported {
        [] => cloudformation.create_change_set(new).await,
        imported => cloudformation.create_import_change_set(new, imported).await,
    };
    match made {
        // The reply may have been lost, and the call repeated.
        Err(error) if error.kind != Kind::AlreadyExists && !error.is_open() => {
            return Err(error.into());
        }
        _ => {}
    }
    let Some(set) = change_set::wait(target, stack, &new.name).await? else {
        return Err(Error::of(
            crate::codes::STACK_GONE,
            format!("the change set of the stack `{stack}` is gone"),
        )
        .help("somebody else deleted it; run the command again"));
    };
    if set.status == "FAILED" {
        return refused(target, stack, set, new.create).await;
    }
    if !execute {
        return Ok(Applied::Made(set.id));
    }
    let marker = newest_event(target, &set.stack_id).await?;
    let executed = cloudformation.execute_change_set(stack, &set.id, &new.stack.token, false).await;
    match executed {
        Err(error) if error.kind != Kind::WrongState && !error.is_open() => {
            return Err(error.into());
        }
        _ => {}
    }
    let operation = Operation {
        target,
        name: stack,
        stack: &set.stack_id,
        artifacts: &[],
        marker: marker.as_deref(),
    };
    let progress = Progress::new(terminal, false);
    let finished = match operation.follow(&progress, &Interrupt::default()).await {
        Ok(finished) => finished,
        Err(Stopped::Error(error)) => return Err(error.into()),
        Err(Stopped::Left) => {
            return Err(Error::of(
                crate::codes::INTERRUPTED,
                "interrupted; CloudFormation goes on",
            ));
        }
    };
    match finished.stack {
        Some(info) if finished.status.is_good() => Ok(Applied::Done(info)),
        _ => {
            let failure = Failure::of_operation(stack, &[], finished.status, &finished.events);
            progress.say(&failure.text(progress.paint()));
            Err(Error::reported().exit(failure.exit))
        }
    }
}

/// A change set that failed: because there is nothing to do, or because CloudFormation does not want it.
async fn refused(
    target: &Target,
    stack: &str,
    set: ChangeSet,
    created: bool,
) -> Result<Applied, Error> {
    let cloudformation = target.cloudformation();
    let reason = set.reason.clone().unwrap_or_default();
    let nothing = ["didn't contain changes", "No updates are to be performed", "no changes"];
    let events = cloudformation.validation_events(&set.id).await.unwrap_or_default();
    // That it cannot be deleted is no news beside why it failed.
    let _ = cloudformation.delete_change_set(stack, &set.id).await;
    if nothing.iter().any(|text| reason.contains(text)) {
        return Ok(Applied::Unchanged);
    }
    if created {
        let _ = cloudformation.delete_stack(&set.stack_id, &[], None, "fc-cdk-clean", false).await;
    }
    let found = events.iter().filter(|event| !event.warns).map(|event| {
        let place = event.path.as_deref().or(event.logical_id.as_deref()).unwrap_or_default();
        format!("{place}: {}", event.reason.as_deref().unwrap_or(&event.name))
    });
    let reasons: Vec<String> = std::iter::once(reason).chain(found).collect();
    Err(Error::of(
        crate::codes::NOT_ACCEPTED,
        format!(
            "CloudFormation does not accept the change set of the stack `{stack}`: {}",
            reasons.join("; ")
        ),
    ))
}
