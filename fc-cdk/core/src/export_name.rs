//! Names of what one stack reads from another, by the algorithm of the AWS CDK.
//!
//! A value that crosses stacks is an output of the stack that has it. Stacks
//! that are deployed one by one agree on the name of that output, so a stack
//! that moves here from the CDK keeps it. The proof is a table of names that
//! the real `aws-cdk-lib` gave (`tests/data/export-names.tsv`).

use smol_str::SmolStr;

use crate::logical_id::{LogicalIdError, construct_id, logical_id};

/// The longest name of an export that the CDK makes, in characters.
const MAX_LENGTH: usize = 255;

/// Returns the logical id of the output that exports `reference`, for a strong
/// reference.
///
/// `reference` is the compact JSON of what is exported, such as
/// `{"Ref":"Queue"}` or `{"Fn::GetAtt":["Queue","Arn"]}`.
///
/// # Errors
///
/// None for such a reference; see [`logical_id`].
///
/// # Examples
///
/// ```
/// # use fc_cdk_core::export_name::export_id;
/// assert_eq!(export_id(r#"{"Ref":"Queue"}"#)?, "ExportsOutputRefQueueD6A24597");
/// # Ok::<(), fc_cdk_core::logical_id::LogicalIdError>(())
/// ```
pub fn export_id(reference: &str) -> Result<SmolStr, LogicalIdError> {
    logical_id(&["Exports", &construct_id(&output(reference))])
}

/// Returns the logical id of the output that publishes `reference` without an
/// export, for a weak reference (`Fn::GetStackOutput`).
///
/// # Errors
///
/// None for a reference as in [`export_id`]; see [`logical_id`].
pub fn output_id(reference: &str) -> Result<SmolStr, LogicalIdError> {
    logical_id(&["Publish", &construct_id(&output(reference))])
}

/// Returns the name under which the stack named `stack` exports `reference`.
///
/// # Errors
///
/// None for a reference as in [`export_id`]; see [`logical_id`].
///
/// # Examples
///
/// ```
/// # use fc_cdk_core::export_name::export_name;
/// let name = export_name("Network", r#"{"Ref":"Queue"}"#)?;
/// assert_eq!(name, "Network:ExportsOutputRefQueueD6A24597");
/// # Ok::<(), fc_cdk_core::logical_id::LogicalIdError>(())
/// ```
pub fn export_name(stack: &str, reference: &str) -> Result<SmolStr, LogicalIdError> {
    // Unlike the id of the output, this is made of the reference as it stands.
    let id = logical_id(&["Exports", &output(reference)])?;
    let room = MAX_LENGTH.saturating_sub(stack.len() + 1);
    // The hash at the end tells names apart, so the beginning is what may go.
    let end = &id[id.len().saturating_sub(room)..];
    Ok(format!("{stack}:{end}").into())
}

/// The id of the construct that the CDK makes for the output.
fn output(reference: &str) -> String {
    format!("Output{reference}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `aws-cdk-lib` gave; see the head of the file.
    const TABLE: &str = include_str!("../tests/data/export-names.tsv");

    #[test]
    fn names_are_those_of_the_cdk() {
        let (mut strong, mut weak) = (0, 0);
        for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
            let columns: Vec<&str> = row.split('\t').collect();
            let [strength, stack, reference, id, export] = columns[..] else {
                panic!("five columns: {row}");
            };
            if strength == "strong" {
                assert_eq!(export_id(reference).as_deref(), Ok(id), "{row}");
                assert_eq!(export_name(stack, reference).as_deref(), Ok(export), "{row}");
                strong += 1;
            } else {
                assert_eq!(output_id(reference).as_deref(), Ok(id), "{row}");
                weak += 1;
            }
        }
        assert!(strong >= 15 && weak >= 15, "{strong} strong and {weak} weak cases");
    }
}
