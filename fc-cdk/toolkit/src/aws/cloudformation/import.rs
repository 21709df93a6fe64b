//! Taking over resources that exist.

use aws_sdk_cloudformation::types::{ChangeSetType, ResourceToImport};

use super::{AwsError, CloudFormation, NewChangeSet};

/// A resource that exists, to be taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Imported {
    pub(crate) logical_id: String,
    pub(crate) type_name: String,
    /// What identifies it: names of properties and their values.
    pub(crate) identifier: Vec<(String, String)>,
}

impl CloudFormation {
    /// Begins to make a change set that takes over resources, and does nothing else. The stack may be new.
    ///
    /// # Errors
    ///
    /// As [`create_change_set`](CloudFormation::create_change_set).
    pub(crate) async fn create_import_change_set(
        &self,
        new: &NewChangeSet,
        imported: &[Imported],
    ) -> Result<(), AwsError> {
        let doing = || format!("make a change set of the stack `{}`", new.stack.name);
        let mut call = self
            .change_set_call(new)
            .change_set_type(ChangeSetType::Import)
            // Nested stacks take over nothing.
            .set_include_nested_stacks(None);
        for resource in imported {
            let mut to_import = ResourceToImport::builder()
                .logical_resource_id(&resource.logical_id)
                .resource_type(&resource.type_name);
            for (name, value) in &resource.identifier {
                to_import = to_import.resource_identifier(name, value);
            }
            call = call.resources_to_import(to_import.build());
        }
        call.send().await.map(drop).map_err(|error| AwsError::of(doing(), &error))
    }
}
