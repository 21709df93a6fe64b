//! The calls that change something. A call whose reply is lost is tried again by the SDK; what that may lead to is in
//! [`AwsError::is_open`], [`Kind::AlreadyExists`] and [`Kind::WrongState`](super::super::error::Kind): look at the state first.

use aws_sdk_cloudformation::{
    operation::create_change_set::builders::CreateChangeSetFluentBuilder,
    types::{
        Capability, ChangeSetType, DeletionMode, DeploymentConfig, DeploymentConfigMode,
        DeploymentMode, Parameter, RollbackConfiguration, RollbackTrigger, Tag,
    },
};

use super::{AwsError, CloudFormation, Kind};

/// Where CloudFormation takes a template from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The text itself, up to 51,200 bytes.
    Body(String),
    /// A file in a bucket.
    Url(String),
    /// What is deployed already.
    Previous,
}

/// How CloudFormation deploys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Waits for each resource until it is stable.
    #[default]
    Standard,
    /// Goes on as soon as a resource is configured; does not roll back by itself.
    Express,
}

/// A stack to make or change.
#[derive(Clone, Debug)]
pub(crate) struct NewStack {
    pub(crate) name: String,
    pub(crate) source: Source,
    /// Values of parameters; `None` keeps the deployed one.
    pub(crate) parameters: Vec<(String, Option<String>)>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) notification_arns: Vec<String>,
    /// The role that CloudFormation takes.
    pub(crate) role_arn: Option<String>,
    /// Alarms that take the deployment back, and for how many minutes after it they are watched.
    pub(crate) rollback_alarms: Vec<String>,
    pub(crate) monitoring_minutes: Option<i32>,
    pub(crate) mode: Mode,
    pub(crate) disable_rollback: bool,
    pub(crate) termination_protection: bool,
    /// Whatever is called twice with this token is done once.
    pub(crate) token: String,
}

/// A change set to make.
#[derive(Clone, Debug)]
pub(crate) struct NewChangeSet {
    pub(crate) stack: NewStack,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Whether the stack is new.
    pub(crate) create: bool,
    /// Whether the stacks nested in it get change sets, too; their templates have to be in a bucket for that.
    pub(crate) with_nested: bool,
    /// Take over resources that exist and have the name that the template says.
    pub(crate) import_existing: bool,
    /// Undo what was changed by hand.
    pub(crate) revert_drift: bool,
}

impl NewStack {
    fn parameters(&self) -> Option<Vec<Parameter>> {
        let parameters = self.parameters.iter().map(|(name, value)| {
            let parameter = Parameter::builder().parameter_key(name);
            match value {
                Some(value) => parameter.parameter_value(value).build(),
                None => parameter.use_previous_value(true).build(),
            }
        });
        Some(parameters.collect()).filter(|list: &Vec<Parameter>| !list.is_empty())
    }

    /// All of them: an empty list takes the stack's tags away, none at all keeps them.
    fn tags(&self) -> Vec<Tag> {
        self.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
    }

    fn rollback(&self) -> Option<RollbackConfiguration> {
        if self.rollback_alarms.is_empty() && self.monitoring_minutes.is_none() {
            return None;
        }
        let triggers = self.rollback_alarms.iter().map(|arn| {
            RollbackTrigger::builder().arn(arn).r#type("AWS::CloudWatch::Alarm").build()
        });
        let configuration = RollbackConfiguration::builder()
            .set_rollback_triggers(Some(triggers.collect()))
            .set_monitoring_time_in_minutes(self.monitoring_minutes);
        Some(configuration.build())
    }

    /// Only where it is not what CloudFormation does anyway, so that accounts and emulators that do not know it are spared.
    fn deployment(&self) -> Option<DeploymentConfig> {
        match self.mode {
            Mode::Standard => None,
            Mode::Express => Some(
                DeploymentConfig::builder()
                    .mode(DeploymentConfigMode::Express)
                    // Left to CloudFormation, which keeps what was done, unless it is said.
                    .set_disable_rollback(self.disable_rollback.then_some(true))
                    .build(),
            ),
        }
    }

    fn body(&self) -> Option<String> {
        match &self.source {
            Source::Body(text) => Some(text.clone()),
            Source::Url(_) | Source::Previous => None,
        }
    }

    fn url(&self) -> Option<String> {
        match &self.source {
            Source::Url(url) => Some(url.clone()),
            Source::Body(_) | Source::Previous => None,
        }
    }
}

fn capabilities() -> Vec<Capability> {
    vec![
        Capability::CapabilityIam,
        Capability::CapabilityNamedIam,
        Capability::CapabilityAutoExpand,
    ]
}

impl CloudFormation {
    /// Begins to make a change set.
    ///
    /// # Errors
    ///
    /// [`Kind::AlreadyExists`] also where it was made by this very call, whose reply was lost.
    pub(crate) async fn create_change_set(&self, new: &NewChangeSet) -> Result<(), AwsError> {
        let kind = if new.create { ChangeSetType::Create } else { ChangeSetType::Update };
        let done = self.change_set_call(new).change_set_type(kind).send().await;
        let doing = format!("make a change set of the stack `{}`", new.stack.name);
        done.map(drop).map_err(|error| AwsError::of(doing, &error))
    }

    /// The call that makes a change set, of no kind yet.
    pub(super) fn change_set_call(&self, new: &NewChangeSet) -> CreateChangeSetFluentBuilder {
        let NewChangeSet { stack, .. } = new;
        let call = self.client.create_change_set();
        call.stack_name(&stack.name)
            .change_set_name(&new.name)
            .description(&new.description)
            .include_nested_stacks(new.with_nested)
            .client_token(&stack.token)
            .set_template_body(stack.body())
            .set_template_url(stack.url())
            .set_use_previous_template((stack.source == Source::Previous).then_some(true))
            .set_parameters(stack.parameters())
            .set_capabilities(Some(capabilities()))
            .set_tags(Some(stack.tags()))
            .set_notification_arns(Some(stack.notification_arns.clone()))
            .set_role_arn(stack.role_arn.clone())
            .set_rollback_configuration(stack.rollback())
            .set_import_existing_resources(new.import_existing.then_some(true))
            .set_deployment_mode(new.revert_drift.then_some(DeploymentMode::RevertDrift))
            .set_deployment_config(stack.deployment())
    }

    /// Begins to execute a change set.
    ///
    /// # Errors
    ///
    /// [`Kind::WrongState`] also where it was begun by this very call, whose reply was lost.
    pub(crate) async fn execute_change_set(
        &self,
        stack: &str,
        change_set: &str,
        token: &str,
        disable_rollback: bool,
    ) -> Result<(), AwsError> {
        let call = self.client.execute_change_set().stack_name(stack).change_set_name(change_set);
        let call = call.client_request_token(token);
        let call = call.set_disable_rollback(disable_rollback.then_some(true));
        let done = call.send().await;
        let doing = format!("execute the change set of the stack `{stack}`");
        done.map(drop).map_err(|error| AwsError::of(doing, &error))
    }

    /// Deletes a change set, or begins to. That there is none is no error.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn delete_change_set(&self, stack: &str, name: &str) -> Result<(), AwsError> {
        let call = self.client.delete_change_set().change_set_name(name);
        let stack_name = (!name.starts_with("arn:")).then(|| stack.to_owned());
        let done = call.set_stack_name(stack_name).send().await;
        missing_is_fine(done.map(drop).map_err(|error| {
            AwsError::of(format!("delete the change set `{name}` of the stack `{stack}`"), &error)
        }))
    }

    /// Begins to make a stack without a change set.
    ///
    /// # Errors
    ///
    /// [`Kind::AlreadyExists`] also where it was made by this very call, whose reply was lost.
    pub(crate) async fn create_stack(&self, stack: &NewStack) -> Result<(), AwsError> {
        let call = self.client.create_stack().stack_name(&stack.name);
        let call = call
            .client_request_token(&stack.token)
            .set_template_body(stack.body())
            .set_template_url(stack.url())
            .set_parameters(stack.parameters())
            .set_capabilities(Some(capabilities()))
            .set_tags(Some(stack.tags()))
            .set_notification_arns(Some(stack.notification_arns.clone()))
            .set_role_arn(stack.role_arn.clone())
            .set_rollback_configuration(stack.rollback())
            .set_deployment_config(stack.deployment())
            .set_enable_termination_protection(stack.termination_protection.then_some(true))
            .set_disable_rollback(
                (stack.disable_rollback && stack.mode == Mode::Standard).then_some(true),
            );
        let done = call.send().await;
        let doing = format!("create the stack `{}`", stack.name);
        done.map(drop).map_err(|error| AwsError::of(doing, &error))
    }

    /// Begins to change a stack without a change set.
    ///
    /// # Errors
    ///
    /// [`Kind::NoChange`] where there is nothing to do, [`Kind::WrongState`] also where it was begun by this very call, whose reply was lost.
    pub(crate) async fn update_stack(&self, stack: &NewStack) -> Result<(), AwsError> {
        let call = self.client.update_stack().stack_name(&stack.name);
        let call = call
            .client_request_token(&stack.token)
            .set_template_body(stack.body())
            .set_template_url(stack.url())
            .set_use_previous_template((stack.source == Source::Previous).then_some(true))
            .set_parameters(stack.parameters())
            .set_capabilities(Some(capabilities()))
            .set_tags(Some(stack.tags()))
            .set_notification_arns(Some(stack.notification_arns.clone()))
            .set_role_arn(stack.role_arn.clone())
            .set_rollback_configuration(stack.rollback())
            .set_deployment_config(stack.deployment())
            .set_disable_rollback(
                (stack.disable_rollback && stack.mode == Mode::Standard).then_some(true),
            );
        let done = call.send().await;
        let doing = format!("update the stack `{}`", stack.name);
        done.map(drop).map_err(|error| AwsError::of(doing, &error))
    }

    /// Begins to delete a stack. That there is none is no error.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn delete_stack(
        &self,
        stack: &str,
        retain: &[String],
        role_arn: Option<&str>,
        token: &str,
        force: bool,
    ) -> Result<(), AwsError> {
        let call = self.client.delete_stack().stack_name(stack).client_request_token(token);
        let call = call
            .set_role_arn(role_arn.map(str::to_owned))
            .set_retain_resources(Some(retain.to_vec()).filter(|list| !list.is_empty()))
            .set_deletion_mode(force.then_some(DeletionMode::ForceDeleteStack));
        let done = call.send().await;
        let doing = format!("delete the stack `{stack}`");
        missing_is_fine(done.map(drop).map_err(|error| AwsError::of(doing, &error)))
    }

    /// Stops an update and takes it back.
    ///
    /// # Errors
    ///
    /// [`Kind::WrongState`] where no update goes on.
    pub(crate) async fn cancel_update(&self, stack: &str, token: &str) -> Result<(), AwsError> {
        let call = self.client.cancel_update_stack().stack_name(stack).client_request_token(token);
        let done = call.send().await;
        let doing = format!("cancel the update of the stack `{stack}`");
        done.map(drop).map_err(|error| AwsError::of(doing, &error))
    }

    /// Goes on with taking back an update, without the resources that are to be skipped.
    ///
    /// # Errors
    ///
    /// [`Kind::WrongState`] where the stack is not in `UPDATE_ROLLBACK_FAILED`.
    pub(crate) async fn continue_rollback(
        &self,
        stack: &str,
        skip: &[String],
        role_arn: Option<&str>,
        token: &str,
    ) -> Result<(), AwsError> {
        let call = self.client.continue_update_rollback().stack_name(stack);
        let call = call
            .client_request_token(token)
            .set_role_arn(role_arn.map(str::to_owned))
            .set_resources_to_skip(Some(skip.to_vec()).filter(|list| !list.is_empty()));
        let done = call.send().await;
        let doing = format!("go on with the rollback of the stack `{stack}`");
        done.map(drop).map_err(|error| AwsError::of(doing, &error))
    }

    /// Takes a stack that failed without a rollback back to what it was.
    ///
    /// # Errors
    ///
    /// [`Kind::WrongState`] where the stack is not in `CREATE_FAILED` or `UPDATE_FAILED`.
    pub(crate) async fn rollback(
        &self,
        stack: &str,
        role_arn: Option<&str>,
        token: &str,
    ) -> Result<(), AwsError> {
        let call = self.client.rollback_stack().stack_name(stack).client_request_token(token);
        let call = call.set_role_arn(role_arn.map(str::to_owned)).retain_except_on_create(true);
        let done = call.send().await;
        let doing = format!("roll back the stack `{stack}`");
        done.map(drop).map_err(|error| AwsError::of(doing, &error))
    }

    /// Sets whether CloudFormation refuses to delete a stack.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn set_termination_protection(
        &self,
        stack: &str,
        on: bool,
    ) -> Result<(), AwsError> {
        let call = self.client.update_termination_protection().stack_name(stack);
        let done = call.enable_termination_protection(on).send().await;
        let doing = format!("set the termination protection of the stack `{stack}`");
        done.map(drop).map_err(|error| AwsError::of(doing, &error))
    }
}

fn missing_is_fine(done: Result<(), AwsError>) -> Result<(), AwsError> {
    match done {
        Err(error) if error.kind == Kind::NotFound => Ok(()),
        other => other,
    }
}
