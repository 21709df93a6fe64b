//! Names of stacks, stages and their files, by the algorithm of the AWS CDK.
//!
//! A deployed stack is found again by its name, so a stack that moves here from
//! the CDK keeps the name that the CDK made for it. The proof is a table of
//! names that the real `aws-cdk-lib` gave (`tests/data/stack-names.tsv`; made
//! with the flag `@aws-cdk/core:includePrefixInUniqueNameGeneration`, which
//! only changes names that would be too long without it).
//!
//! | stages | ids below | stack name | artifact id |
//! |---|---|---|---|
//! | | `Network` | `Network` | `Network` |
//! | | `Group`, `Network` | `GroupNetworkF8E9417B` | `GroupNetworkF8E9417B` |
//! | `prod` | `Network` | `prod-Network` | `prodNetworkDD3A5CC1` |

use std::fmt;

use smol_str::SmolStr;

use crate::logical_id::{HASH_LENGTH, counted, push_alphanumeric, push_hash, readable};

/// The longest stack name that CloudFormation accepts, in characters.
pub const MAX_LENGTH: usize = 128;

/// Returns the name of a stack that was given none: the name of its stage, a
/// dash, and the ids from below the stage to the stack itself, `components`.
///
/// A stack outside of any stage has the stage name `""`. Several ids are joined
/// without what is not a letter or digit and end with a hash, and so does a
/// name that would be too long.
///
/// # Errors
///
/// When the name is not one that CloudFormation accepts; see
/// [`check_stack_name`].
///
/// # Examples
///
/// ```
/// # use fc_cdk_core::stack_name::stack_name;
/// assert_eq!(stack_name("", &["Network"])?, "Network");
/// assert_eq!(stack_name("prod", &["Network"])?, "prod-Network");
/// # Ok::<(), fc_cdk_core::stack_name::StackNameError>(())
/// ```
pub fn stack_name(stage_name: &str, components: &[&str]) -> Result<SmolStr, StackNameError> {
    let prefix = if stage_name.is_empty() { String::new() } else { format!("{stage_name}-") };
    let name = unique_name(prefix, components)?;
    check_stack_name(&name)?;
    Ok(name)
}

/// Returns the id under which the manifest of a cloud assembly lists a stack,
/// from `components`, the ids of its stages, constructs and itself.
///
/// Its template is the file `ID.template.json`. Characters other than ASCII
/// letters, digits, dashes, underscores and full stops become underscores.
///
/// # Errors
///
/// When every component is `Default`.
///
/// # Examples
///
/// ```
/// # use fc_cdk_core::stack_name::artifact_id;
/// assert_eq!(artifact_id(&["prod", "Network"])?, "prodNetworkDD3A5CC1");
/// # Ok::<(), fc_cdk_core::stack_name::StackNameError>(())
/// ```
pub fn artifact_id(components: &[&str]) -> Result<SmolStr, StackNameError> {
    let name = unique_name(String::new(), components)?;
    if name.bytes().all(is_file_character) {
        return Ok(name);
    }
    // The CDK replaces UTF-16 units, two of them for a character outside of the basic plane.
    let units = name.encode_utf16();
    let replace =
        |unit| u8::try_from(unit).ok().filter(|byte| is_file_character(*byte)).unwrap_or(b'_');
    Ok(units.map(|unit| char::from(replace(unit))).collect())
}

/// Whether a file of the cloud assembly may have `byte` in its name.
fn is_file_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// Returns the name of a stage, from its own id and those of the stages around
/// it, outermost first: `["Shop", "prod"]` is `Shop-prod`.
pub fn stage_name(stages: &[&str]) -> SmolStr {
    stages.join("-").into()
}

/// Returns the id of the nested cloud assembly of a stage, which is its folder
/// too, from the ids on the way to it: `["Shop", "prod"]` is
/// `assembly-Shop-prod`.
pub fn assembly_id(components: &[&str]) -> SmolStr {
    format!("assembly-{}", components.join("-").trim_matches('-')).into()
}

/// Checks a stack name that a user chose.
///
/// # Errors
///
/// When it is longer than 128 characters, does not start with a letter, or has
/// others than ASCII letters, digits and dashes.
pub fn check_stack_name(name: &str) -> Result<(), StackNameError> {
    if name.encode_utf16().count() > MAX_LENGTH {
        return Err(StackNameError::TooLong { name: name.into() });
    }
    let rest_is_valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !name.starts_with(|first: char| first.is_ascii_alphabetic())
        || !name.bytes().all(rest_is_valid)
    {
        return Err(StackNameError::InvalidCharacter { name: name.into() });
    }
    Ok(())
}

/// Checks the id of a stage.
///
/// # Errors
///
/// When it does not start with a letter, or has others than ASCII letters,
/// digits, dashes, underscores and full stops.
pub fn check_stage_id(id: &str) -> Result<(), StackNameError> {
    if !id.starts_with(|first: char| first.is_ascii_alphabetic())
        || !id.bytes().all(is_file_character)
    {
        return Err(StackNameError::InvalidStage { id: id.into() });
    }
    Ok(())
}

/// A single id as it is, when it fits; else letters and digits and a hash.
fn unique_name(prefix: String, components: &[&str]) -> Result<SmolStr, StackNameError> {
    // The CDK counts UTF-16 units, and looks at `Default` only from here on.
    if let [only] = components
        && prefix.len() + only.encode_utf16().count() <= MAX_LENGTH
    {
        return Ok(format!("{prefix}{only}").into());
    }
    let mut counted = counted(components);
    let mut name = prefix;
    match (counted.next(), counted.next()) {
        (None, _) => return Err(StackNameError::OnlyDefault { path: components.join("/").into() }),
        (Some(only), None) => {
            let prefix_length = name.len();
            push_alphanumeric(&mut name, only);
            if name.len() <= MAX_LENGTH {
                return Ok(name.into());
            }
            name.truncate(prefix_length);
        }
        (Some(_), Some(_)) => {}
    }
    name.push_str(&readable(components));
    cut_middle(&mut name, MAX_LENGTH - HASH_LENGTH);
    push_hash(&mut name, components);
    Ok(name.into())
}

/// Leaves the two ends of `text` when it is longer than `length` bytes.
fn cut_middle(text: &mut String, length: usize) {
    let end = length / 2;
    if text.len() > length {
        // Not every stage name was checked, so a cut may fall into a character.
        let tail = text.ceil_char_boundary(text.len() - end);
        text.replace_range(text.floor_char_boundary(end)..tail, "");
    }
}

/// Why a stack or a stage cannot have the name it would get.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StackNameError {
    /// The path has no component, or none but `Default`.
    OnlyDefault {
        /// The path below the app.
        path: SmolStr,
    },
    /// The name has more than 128 characters.
    TooLong {
        /// The name.
        name: SmolStr,
    },
    /// The name has a character that CloudFormation does not accept there.
    InvalidCharacter {
        /// The name.
        name: SmolStr,
    },
    /// The id of a stage has a character that is not accepted there.
    InvalidStage {
        /// The id.
        id: SmolStr,
    },
}

impl fmt::Display for StackNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnlyDefault { path } => write!(
                f,
                "no name can be made of the path `{path}`: \
                 give it a component that is not `Default`"
            ),
            Self::TooLong { name } => write!(
                f,
                "stack name `{name}` has {} characters: shorten it to {MAX_LENGTH}",
                name.chars().count()
            ),
            Self::InvalidCharacter { name } => write!(
                f,
                "stack name `{name}` is not valid: \
                 start it with a letter and use only A-Z, a-z, 0-9 and `-`"
            ),
            Self::InvalidStage { id } => write!(
                f,
                "stage id `{id}` is not valid: \
                 start it with a letter and use only A-Z, a-z, 0-9, `-`, `_` and `.`"
            ),
        }
    }
}

impl std::error::Error for StackNameError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `aws-cdk-lib` gave; see the head of the file.
    const TABLE: &str = include_str!("../tests/data/stack-names.tsv");

    /// How the CDK names the error.
    fn code(error: &StackNameError) -> &'static str {
        match error {
            StackNameError::OnlyDefault { .. } => "error:UnableToUnableCalculateUnique",
            StackNameError::TooLong { .. } => "error:StackNameTooLong",
            StackNameError::InvalidCharacter { .. } => "error:StackNameInvalidFormat",
            StackNameError::InvalidStage { .. } => "error:InvalidStageName",
        }
    }

    #[test]
    fn names_are_those_of_the_cdk() {
        let mut cases = 0;
        for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
            let columns: Vec<&str> = row.split('\t').collect();
            let [stages, ids, expected, artifact, file, assembly] = columns[..] else {
                panic!("six columns: {row}");
            };
            let stages: Vec<&str> = stages.split('/').filter(|id| !id.is_empty()).collect();
            let ids: Vec<&str> = ids.split('/').collect();
            cases += 1;

            if let Err(error) = stages.iter().try_for_each(|id| check_stage_id(id)) {
                assert_eq!(code(&error), expected, "{row}");
                continue;
            }
            let found = artifact_id(&[&stages[..], &ids[..]].concat());
            assert_eq!(found.as_deref().unwrap_or_else(|error| code(error)), artifact, "{row}");
            if let Ok(found) = &found {
                assert_eq!(format!("{found}.template.json"), file, "{row}");
                // The CDK makes both names at once, so its table has no stack name where there is no artifact id.
                let name = stack_name(&stage_name(&stages), &ids);
                assert_eq!(name.as_deref().unwrap_or_else(|error| code(error)), expected, "{row}");
            }
            if !stages.is_empty() {
                assert_eq!(assembly_id(&stages), assembly, "{row}");
            }
        }
        assert!(cases >= 60, "the table holds {cases} cases");
    }

    #[test]
    fn a_chosen_name_is_checked() {
        assert_eq!(check_stack_name("Shop-Network1"), Ok(()));
        let long = "n".repeat(129);
        assert_eq!(check_stack_name(&long), Err(StackNameError::TooLong { name: long.into() }));
        for name in ["", "-a", "1a", "a b", "a_b", "네트워크"] {
            let expected = StackNameError::InvalidCharacter { name: name.into() };
            assert_eq!(check_stack_name(name), Err(expected));
        }
    }

    #[test]
    fn a_name_that_was_not_checked_does_no_harm() {
        let stage = "단계".repeat(40);
        assert!(stack_name(&stage, &["A", "B"]).is_err());
    }
}
