//! [`CloudFormation`]: stacks, change sets, events.

mod drift; // what was changed by hand
mod import; // taking over what exists
mod model; // what it says, in plain types
mod write; // calls that change something

use aws_sdk_cloudformation::Client;

pub(crate) use self::{
    drift::{DriftedProperty, ResourceDrift},
    import::Imported,
    model::{
        ChangeSet, SetChange, StackEvent, StackInfo, StackOutput, StackResource, ValidationEvent,
    },
    write::{Mode, NewChangeSet, NewStack, Source},
};
use super::error::{AwsError, Kind};

/// CloudFormation in one account and region.
#[derive(Clone, Debug)]
pub(crate) struct CloudFormation {
    client: Client,
}

impl CloudFormation {
    pub(crate) fn new(client: Client) -> CloudFormation {
        CloudFormation { client }
    }

    /// A stack by its name or ARN; `None` where there is none. One that has been deleted is found by its ARN alone.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn stack(&self, name: &str) -> Result<Option<StackInfo>, AwsError> {
        match self.client.describe_stacks().stack_name(name).send().await {
            Ok(answer) => Ok(answer.stacks().first().map(StackInfo::of)),
            Err(error) => match AwsError::of(format!("read the stack `{name}`"), &error) {
                error if error.kind == Kind::NotFound => Ok(None),
                error => Err(error),
            },
        }
    }

    /// The stacks of the account and region, as far as one answer holds them, and whether that is all of them.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn first_stacks(&self) -> Result<(Vec<StackInfo>, bool), AwsError> {
        let answer = self.client.describe_stacks().send().await;
        let answer = answer.map_err(|error| AwsError::of("list the stacks", &error))?;
        let stacks = answer.stacks().iter().map(StackInfo::of).collect();
        Ok((stacks, answer.next_token().is_none()))
    }

    /// The template of a stack, as it was given to CloudFormation; `None` where there is no such stack.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn template(&self, name: &str) -> Result<Option<String>, AwsError> {
        match self.client.get_template().stack_name(name).send().await {
            Ok(answer) => Ok(answer.template_body().map(str::to_owned)),
            Err(error) => {
                match AwsError::of(format!("read the template of the stack `{name}`"), &error) {
                    error if error.kind == Kind::NotFound => Ok(None),
                    error => Err(error),
                }
            }
        }
    }

    /// The events of a stack, the newest first, until one of them is not wanted any more.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`] where there is no such stack, and what every call may fail by.
    pub(crate) async fn events(
        &self,
        stack: &str,
        mut wanted: impl FnMut(&StackEvent) -> bool,
    ) -> Result<Vec<StackEvent>, AwsError> {
        let mut events = Vec::new();
        let mut token = None;
        loop {
            let call = self.client.describe_stack_events().stack_name(stack);
            let answer = call.set_next_token(token).send().await;
            let answer = answer.map_err(|error| {
                AwsError::of(format!("read the events of the stack `{stack}`"), &error)
            })?;
            for event in answer.stack_events().iter().map(StackEvent::of) {
                if !wanted(&event) {
                    return Ok(events);
                }
                events.push(event);
            }
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(events);
            }
        }
    }

    /// The resources of a stack.
    ///
    /// # Errors
    ///
    /// As [`events`](CloudFormation::events).
    pub(crate) async fn resources(&self, stack: &str) -> Result<Vec<StackResource>, AwsError> {
        let mut resources = Vec::new();
        let mut token = None;
        loop {
            let call = self.client.list_stack_resources().stack_name(stack);
            let answer = call.set_next_token(token).send().await;
            let answer = answer.map_err(|error| {
                AwsError::of(format!("list the resources of the stack `{stack}`"), &error)
            })?;
            let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
            resources.extend(answer.stack_resource_summaries().iter().map(|resource| {
                StackResource {
                    logical_id: text(resource.logical_resource_id()),
                    physical_id: resource.physical_resource_id().map(str::to_owned),
                    type_name: text(resource.resource_type()),
                    status: resource.resource_status().map_or("", |it| it.as_str()).to_owned(),
                }
            }));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(resources);
            }
        }
    }

    /// The names of the stacks that import an export.
    ///
    /// # Errors
    ///
    /// What every call may fail by; that nobody imports it is none.
    pub(crate) async fn imports(&self, export: &str) -> Result<Vec<String>, AwsError> {
        let mut stacks = Vec::new();
        let mut token = None;
        loop {
            let call = self.client.list_imports().export_name(export).set_next_token(token);
            let answer = match call.send().await {
                Ok(answer) => answer,
                Err(error) => {
                    let doing = format!("find out which stacks import `{export}`");
                    return match AwsError::of(doing, &error) {
                        error if matches!(error.kind, Kind::NotFound | Kind::NoChange) => {
                            Ok(stacks)
                        }
                        error => Err(error),
                    };
                }
            };
            stacks.extend(answer.imports().iter().cloned());
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(stacks);
            }
        }
    }

    /// A change set of a stack with all its changes; `None` where there is none.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn change_set(
        &self,
        stack: &str,
        name: &str,
    ) -> Result<Option<ChangeSet>, AwsError> {
        let mut set: Option<ChangeSet> = None;
        let mut token = None;
        loop {
            let call = self.client.describe_change_set().change_set_name(name);
            // An ARN says by itself which stack it is of.
            let stack_name = (!name.starts_with("arn:")).then(|| stack.to_owned());
            let call = call.set_stack_name(stack_name).set_next_token(token);
            let answer = match call.send().await {
                Ok(answer) => answer,
                Err(error) => {
                    let doing = format!("read the change set `{name}` of the stack `{stack}`");
                    return match AwsError::of(doing, &error) {
                        error if error.kind == Kind::NotFound => Ok(None),
                        error => Err(error),
                    };
                }
            };
            let set = set.get_or_insert_with(|| ChangeSet {
                id: answer.change_set_id().unwrap_or_default().to_owned(),
                stack_id: answer.stack_id().unwrap_or_default().to_owned(),
                status: answer.status().map_or("", |it| it.as_str()).to_owned(),
                reason: answer.status_reason().map(str::to_owned),
                execution: answer.execution_status().map_or("", |it| it.as_str()).to_owned(),
                description: answer.description().map(str::to_owned),
                changes: Vec::new(),
            });
            set.changes.extend(answer.changes().iter().filter_map(SetChange::of));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(Some(set.clone()));
            }
        }
    }

    /// The names of the change sets of a stack, as far as one answer holds them.
    ///
    /// # Errors
    ///
    /// What every call may fail by; that there is no such stack is none.
    pub(crate) async fn change_sets(&self, stack: &str) -> Result<Vec<String>, AwsError> {
        match self.client.list_change_sets().stack_name(stack).send().await {
            Ok(answer) => {
                let names = answer.summaries().iter().filter_map(|set| set.change_set_name());
                Ok(names.map(str::to_owned).collect())
            }
            Err(error) => {
                match AwsError::of(format!("list the change sets of the stack `{stack}`"), &error) {
                    error if error.kind == Kind::NotFound => Ok(Vec::new()),
                    error => Err(error),
                }
            }
        }
    }

    /// Asks whether a template of at most 51,200 bytes is one.
    ///
    /// # Errors
    ///
    /// [`Kind::Refused`] where it is none, with what is wrong, and what every call may fail by.
    pub(crate) async fn validate_template(&self, template: Source) -> Result<(), AwsError> {
        let call = self.client.validate_template();
        let call = match template {
            Source::Url(url) => call.template_url(url),
            Source::Body(body) => call.template_body(body),
            Source::Previous => call,
        };
        let done = call.send().await;
        done.map(drop).map_err(|error| AwsError::of("validate the template", &error))
    }

    /// What CloudFormation's early validation found wrong with a change set that failed.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn validation_events(
        &self,
        change_set: &str,
    ) -> Result<Vec<ValidationEvent>, AwsError> {
        self.failed_validations(Some(change_set), None).await
    }

    /// What it found wrong in an operation of a stack.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn validation_events_of(
        &self,
        stack: &str,
        operation: Option<&str>,
    ) -> Result<Vec<ValidationEvent>, AwsError> {
        self.failed_validations(None, Some((stack, operation))).await
    }

    async fn failed_validations(
        &self,
        change_set: Option<&str>,
        of: Option<(&str, Option<&str>)>,
    ) -> Result<Vec<ValidationEvent>, AwsError> {
        use aws_sdk_cloudformation::types::EventFilter;
        let (stack, operation) = (of.map(|(stack, _)| stack), of.and_then(|(_, id)| id));
        let mut events = Vec::new();
        let mut token = None;
        loop {
            let filter = EventFilter::builder().failed_events(true).build();
            let call = self.client.describe_events().filters(filter).set_next_token(token);
            let call = call
                .set_change_set_name(change_set.map(str::to_owned))
                .set_stack_name(stack.map(str::to_owned));
            let answer = call.send().await;
            let answer = answer.map_err(|error| {
                AwsError::of("find out why the template was not accepted", &error)
            })?;
            let own = answer.operation_events().iter().filter(|event| {
                operation.is_none_or(|id| event.operation_id().is_none_or(|other| other == id))
            });
            events.extend(own.filter_map(ValidationEvent::of));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(events);
            }
        }
    }
}
