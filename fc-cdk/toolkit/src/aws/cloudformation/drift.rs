//! Drift: what differs between the template and what is there.

use std::time::Duration;

use aws_sdk_cloudformation::types::{
    StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus,
};
use tokio::time::sleep;

use super::{AwsError, CloudFormation};

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_secs(2);

/// A resource that is not as its template says.
#[derive(Clone, Debug)]
pub(crate) struct ResourceDrift {
    pub(crate) logical_id: String,
    pub(crate) physical_id: Option<String>,
    pub(crate) type_name: String,
    /// Whether it is gone; else it was changed.
    pub(crate) deleted: bool,
    pub(crate) properties: Vec<DriftedProperty>,
}

/// A property that is not as the template says.
#[derive(Clone, Debug)]
pub(crate) struct DriftedProperty {
    /// Such as `/Tags/0/Value`.
    pub(crate) path: String,
    /// What the template says; empty for what was added.
    pub(crate) expected: String,
    /// What is there; empty for what was removed.
    pub(crate) actual: String,
}

impl CloudFormation {
    /// Has CloudFormation compare a stack with its template, and waits until it has.
    ///
    /// # Errors
    ///
    /// Where the stack is in a state in which it cannot, and what every call may fail by.
    pub(crate) async fn detect_drift(&self, stack: &str) -> Result<(), AwsError> {
        let doing = || format!("detect the drift of the stack `{stack}`");
        let answer = self.client.detect_stack_drift().stack_name(stack).send().await;
        let answer = answer.map_err(|error| AwsError::of(doing(), &error))?;
        let id = answer.stack_drift_detection_id().unwrap_or_default().to_owned();
        // What it knows soon is asked for soon.
        let mut pause = Duration::from_millis(200);
        loop {
            let call = self.client.describe_stack_drift_detection_status();
            let answer = call.stack_drift_detection_id(&id).send().await;
            let answer = answer.map_err(|error| AwsError::of(doing(), &error))?;
            match answer.detection_status() {
                Some(StackDriftDetectionStatus::DetectionInProgress) => {}
                // It fails as a whole where one resource could not be read, and knows the others all the same.
                Some(StackDriftDetectionStatus::DetectionFailed)
                    if answer.drifted_stack_resource_count().is_none() =>
                {
                    let reason = answer.detection_status_reason().unwrap_or("it does not say why");
                    return Err(AwsError::refused(doing(), reason));
                }
                _ => return Ok(()),
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE);
        }
    }

    /// The resources that drifted, as the last detection found them.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn drifts(&self, stack: &str) -> Result<Vec<ResourceDrift>, AwsError> {
        let mut drifts = Vec::new();
        let mut token = None;
        loop {
            let call = self.client.describe_stack_resource_drifts().stack_name(stack);
            let call = call
                .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
                .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted);
            let answer = call.set_next_token(token).send().await;
            let answer = answer.map_err(|error| {
                AwsError::of(format!("read the drift of the stack `{stack}`"), &error)
            })?;
            drifts.extend(answer.stack_resource_drifts().iter().filter_map(ResourceDrift::of));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(drifts);
            }
        }
    }
}

impl ResourceDrift {
    fn of(drift: &StackResourceDrift) -> Option<ResourceDrift> {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let deleted = match drift.stack_resource_drift_status() {
            Some(StackResourceDriftStatus::Deleted) => true,
            Some(StackResourceDriftStatus::Modified) => false,
            _ => return None,
        };
        let properties = drift.property_differences().iter().map(|property| DriftedProperty {
            path: text(property.property_path()),
            expected: text(property.expected_value()),
            actual: text(property.actual_value()),
        });
        Some(ResourceDrift {
            logical_id: text(drift.logical_resource_id()),
            physical_id: drift.physical_resource_id().map(str::to_owned),
            type_name: text(drift.resource_type()),
            deleted,
            properties: properties.collect(),
        })
    }
}
