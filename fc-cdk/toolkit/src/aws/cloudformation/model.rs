//! What CloudFormation says, in plain types.

use aws_sdk_cloudformation::types;

use crate::{aws::time::Time, deploy::status::StackStatus};

/// A stack as it is deployed.
#[derive(Clone, Debug, Default)]
pub(crate) struct StackInfo {
    /// The ARN.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: StackStatus,
    /// Why it has that status.
    pub(crate) reason: Option<String>,
    pub(crate) outputs: Vec<StackOutput>,
    /// Names and values; of a `NoEcho` parameter AWS gives `****`.
    pub(crate) parameters: Vec<StackParameter>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) notification_arns: Vec<String>,
    pub(crate) termination_protection: bool,
    /// Whose permissions CloudFormation takes, where they are not the caller's.
    pub(crate) role_arn: Option<String>,
    /// The stack around it, of a nested one.
    pub(crate) parent_id: Option<String>,
}

/// An output of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StackOutput {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) description: Option<String>,
    pub(crate) export: Option<String>,
}

/// A parameter of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StackParameter {
    pub(crate) name: String,
    pub(crate) value: String,
    /// What the value stands for, where it names a parameter of Systems Manager.
    pub(crate) resolved: Option<String>,
}

impl StackInfo {
    pub(super) fn of(stack: &types::Stack) -> StackInfo {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        StackInfo {
            id: text(stack.stack_id()),
            name: text(stack.stack_name()),
            status: StackStatus::of_name(stack.stack_status().map_or("", |status| status.as_str())),
            reason: stack
                .stack_status_reason()
                .map(str::to_owned)
                .filter(|reason| !reason.is_empty()),
            outputs: stack
                .outputs()
                .iter()
                .map(|output| StackOutput {
                    name: text(output.output_key()),
                    value: text(output.output_value()),
                    description: output.description().map(str::to_owned),
                    export: output.export_name().map(str::to_owned),
                })
                .collect(),
            parameters: stack
                .parameters()
                .iter()
                .map(|parameter| StackParameter {
                    name: text(parameter.parameter_key()),
                    value: text(parameter.parameter_value()),
                    resolved: parameter.resolved_value().map(str::to_owned),
                })
                .collect(),
            tags: stack.tags().iter().map(|tag| (text(tag.key()), text(tag.value()))).collect(),
            notification_arns: stack.notification_arns().to_vec(),
            termination_protection: stack.enable_termination_protection().unwrap_or(false),
            role_arn: stack.role_arn().map(str::to_owned),
            parent_id: stack.parent_id().map(str::to_owned),
        }
    }
}

/// Something that happened to a stack or a resource of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StackEvent {
    pub(crate) id: String,
    pub(crate) stack_id: String,
    pub(crate) stack_name: String,
    pub(crate) logical_id: String,
    pub(crate) physical_id: Option<String>,
    pub(crate) type_name: String,
    pub(crate) time: Time,
    /// Such as `CREATE_IN_PROGRESS`.
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    /// The token of the call that began it.
    pub(crate) token: Option<String>,
    /// The hook that said it, where one did.
    pub(crate) hook: Option<String>,
    /// What it is part of.
    pub(crate) operation: Option<String>,
}

impl StackEvent {
    pub(super) fn of(event: &types::StackEvent) -> StackEvent {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let some = |value: Option<&str>| value.filter(|text| !text.is_empty()).map(str::to_owned);
        StackEvent {
            id: text(event.event_id()),
            stack_id: text(event.stack_id()),
            stack_name: text(event.stack_name()),
            logical_id: text(event.logical_resource_id()),
            physical_id: some(event.physical_resource_id()),
            type_name: text(event.resource_type()),
            time: event.timestamp().map(Time::from).unwrap_or_default(),
            status: event.resource_status().map_or("", |status| status.as_str()).to_owned(),
            reason: some(event.resource_status_reason())
                .or_else(|| some(event.hook_status_reason())),
            token: some(event.client_request_token()),
            hook: some(event.hook_type()),
            operation: some(event.operation_id()),
        }
    }

    /// Whether it is about the stack itself, not a resource of it.
    pub(crate) fn is_of_stack(&self) -> bool {
        self.type_name == "AWS::CloudFormation::Stack"
            && (self.physical_id.as_deref() == Some(self.stack_id.as_str())
                || self.physical_id.is_none() && self.logical_id == self.stack_name)
    }

    /// Whether something failed.
    pub(crate) fn is_failure(&self) -> bool {
        self.status.ends_with("_FAILED")
    }

    /// The ARN of the nested stack that it is about.
    pub(crate) fn nested_stack(&self) -> Option<&str> {
        let id = self.physical_id.as_deref()?;
        (self.type_name == "AWS::CloudFormation::Stack"
            && id != self.stack_id
            && id.starts_with("arn:"))
        .then_some(id)
    }
}

/// A resource of a deployed stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StackResource {
    pub(crate) logical_id: String,
    pub(crate) physical_id: Option<String>,
    pub(crate) type_name: String,
    pub(crate) status: String,
}

/// A change set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChangeSet {
    /// The ARN.
    pub(crate) id: String,
    pub(crate) stack_id: String,
    /// Such as `CREATE_COMPLETE` or `FAILED`.
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    /// Such as `AVAILABLE` or `OBSOLETE`.
    pub(crate) execution: String,
    pub(crate) description: Option<String>,
    pub(crate) changes: Vec<SetChange>,
}

/// What a change set does to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetChange {
    pub(crate) logical_id: String,
    pub(crate) physical_id: Option<String>,
    pub(crate) type_name: String,
    /// `Add`, `Modify`, `Remove`, `Import`, `Dynamic`, `SyncWithActual`.
    pub(crate) action: String,
    /// `True`, `False`, `Conditional`; empty where it is no question.
    pub(crate) replacement: String,
    /// What happens to what is replaced or removed: `Delete`, `Retain`, `Snapshot`…
    pub(crate) policy_action: Option<String>,
    /// What in the resource changes: properties, by name, and attributes such as `Tags`.
    pub(crate) properties: Vec<String>,
    /// The change set of the nested stack that this resource is.
    pub(crate) nested: Option<String>,
}

impl SetChange {
    pub(super) fn of(change: &types::Change) -> Option<SetChange> {
        let change = change.resource_change()?;
        let mut properties: Vec<String> = Vec::new();
        for detail in change.details() {
            let Some(target) = detail.target() else { continue };
            let name =
                target.name().or_else(|| target.attribute().map(|attribute| attribute.as_str()));
            if let Some(name) = name
                && !properties.iter().any(|known| known == name)
            {
                properties.push(name.to_owned());
            }
        }
        Some(SetChange {
            logical_id: change.logical_resource_id().unwrap_or_default().to_owned(),
            physical_id: change.physical_resource_id().map(str::to_owned),
            type_name: change.resource_type().unwrap_or_default().to_owned(),
            action: change.action().map_or("", |action| action.as_str()).to_owned(),
            replacement: change.replacement().map_or("", |answer| answer.as_str()).to_owned(),
            policy_action: change.policy_action().map(|action| action.as_str().to_owned()),
            properties,
            nested: change.change_set_id().map(str::to_owned),
        })
    }
}

/// What CloudFormation's early validation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValidationEvent {
    /// Such as `NAME_CONFLICT_VALIDATION`.
    pub(crate) name: String,
    pub(crate) logical_id: Option<String>,
    pub(crate) type_name: Option<String>,
    /// Such as `/Resources/Bucket/Properties/BucketName`.
    pub(crate) path: Option<String>,
    pub(crate) reason: Option<String>,
    /// Whether it only warns.
    pub(crate) warns: bool,
}

impl ValidationEvent {
    pub(super) fn of(event: &types::OperationEvent) -> Option<ValidationEvent> {
        let some = |value: Option<&str>| value.filter(|text| !text.is_empty()).map(str::to_owned);
        let status = event.validation_status().map(|status| status.as_str());
        let name = event.validation_name();
        if status != Some("FAILED") && !(status.is_none() && name.is_some()) {
            return None;
        }
        Some(ValidationEvent {
            name: name.unwrap_or_default().to_owned(),
            logical_id: some(event.logical_resource_id()),
            type_name: some(event.resource_type()),
            path: some(event.validation_path()),
            reason: some(event.validation_status_reason()),
            warns: event.validation_failure_mode().is_some_and(|mode| mode.as_str() == "WARN"),
        })
    }
}
