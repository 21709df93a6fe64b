//! Logical ids, by the algorithm of the AWS CDK.
//!
//! A resource keeps its logical id for as long as its path below the stack
//! stays the same, and a stack that moves here from the CDK keeps its
//! resources: for the same path the same id comes out. The proof is a table of
//! ids that the real `aws-cdk-lib` gave (`tests/data/logical-ids.tsv`).
//!
//! An id is a part that people can read and a hash of the path:
//!
//! | path below the stack | logical id |
//! |---|---|
//! | `Bucket` | `Bucket` |
//! | `B/Resource` | `B08E7C7AF` |
//! | `Vpc/PublicSubnet1/Subnet` | `VpcPublicSubnet1Subnet5C2D37C4` |

use std::{borrow::Cow, fmt};

use smol_str::SmolStr;

/// The longest logical id that CloudFormation accepts, in characters.
pub const MAX_LENGTH: usize = 255;

/// How much of an id people read; the hash follows it.
const MAX_READABLE: usize = 240;

/// Length of the hash in an id: the first four bytes of the MD5, in hexadecimal.
pub(crate) const HASH_LENGTH: usize = 8;

/// A component of this name counts for nothing: a construct can be wrapped in
/// another one, named `Default`, and its resources keep their ids.
const IGNORED: &str = "Default";

/// A component of this name is hashed, but people do not read it.
const UNREADABLE: &str = "Resource";

/// Returns the logical id of the element at `components`, its path below the
/// stack from the outermost construct to the element itself.
///
/// Components named `Default` are left out. If one component remains, the id is
/// its letters and digits. Otherwise the id is the letters and digits of all
/// components, at most 240 of them, and the first 8 hexadecimal digits of the
/// MD5 of the path; components named `Resource`, and those with which the
/// component before them ends, go into the hash alone.
///
/// # Errors
///
/// When nothing is left to name the element by: every component is `Default`,
/// or the only component has no ASCII letter or digit.
///
/// # Examples
///
/// ```
/// # use fc_cdk_core::logical_id::logical_id;
/// assert_eq!(logical_id(&["my-bucket"])?, "mybucket");
/// assert_eq!(logical_id(&["B", "Resource"])?, "B08E7C7AF");
/// assert!(logical_id(&["---"]).is_err());
/// # Ok::<(), fc_cdk_core::logical_id::LogicalIdError>(())
/// ```
pub fn logical_id(components: &[&str]) -> Result<SmolStr, LogicalIdError> {
    let mut counted = counted(components);
    match (counted.next(), counted.next()) {
        (None, _) => return Err(LogicalIdError::OnlyDefault { path: components.join("/").into() }),
        (Some(only), None) => {
            let mut id = String::with_capacity(only.len());
            push_alphanumeric(&mut id, only);
            if id.is_empty() {
                return Err(LogicalIdError::NoLetterOrDigit { id: only.into() });
            }
            if id.len() <= MAX_LENGTH {
                return Ok(id.into());
            }
        }
        (Some(_), Some(_)) => {}
    }
    let mut id = readable(components);
    id.truncate(MAX_READABLE);
    push_hash(&mut id, components);
    Ok(id.into())
}

/// Returns `id` as the CDK stores it in the tree: `/` and newlines, which
/// separate components, become `--`.
///
/// ```
/// # use fc_cdk_core::logical_id::construct_id;
/// assert_eq!(construct_id("s3/logs"), "s3--logs");
/// ```
pub fn construct_id(id: &str) -> Cow<'_, str> {
    const SEPARATORS: [char; 2] = ['/', '\n'];
    if id.contains(SEPARATORS) { id.replace(SEPARATORS, "--").into() } else { id.into() }
}

/// The components that count: all but `Default`.
pub(crate) fn counted<'a>(components: &[&'a str]) -> impl Iterator<Item = &'a str> {
    components.iter().copied().filter(|component| *component != IGNORED)
}

/// Letters and digits of `components`, without what repeats or says nothing.
pub(crate) fn readable(components: &[&str]) -> String {
    let length: usize = components.iter().map(|component| component.len()).sum();
    let mut text = String::with_capacity(length + HASH_LENGTH);
    let mut last: Option<&str> = None;
    for component in counted(components) {
        if last.is_some_and(|last| last.ends_with(component)) {
            continue;
        }
        last = Some(component);
        if component != UNREADABLE {
            push_alphanumeric(&mut text, component);
        }
    }
    text
}

/// Appends the hash of the path that `components` make.
pub(crate) fn push_hash(text: &mut String, components: &[&str]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut hash = md5::Context::new();
    for (position, component) in counted(components).enumerate() {
        if position > 0 {
            hash.consume("/");
        }
        hash.consume(component);
    }
    for byte in &hash.finalize().0[..HASH_LENGTH / 2] {
        for digit in [byte >> 4, byte & 0xf] {
            text.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
}

/// Appends the ASCII letters and digits of `component`.
pub(crate) fn push_alphanumeric(text: &mut String, component: &str) {
    if component.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        text.push_str(component);
    } else {
        text.extend(component.chars().filter(char::is_ascii_alphanumeric));
    }
}

/// Why a path gives no logical id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogicalIdError {
    /// The path has no component, or none but `Default`.
    OnlyDefault {
        /// The path below the stack.
        path: SmolStr,
    },
    /// The only component that counts has no ASCII letter or digit, and a
    /// logical id is made of nothing else.
    NoLetterOrDigit {
        /// The component.
        id: SmolStr,
    },
}

impl fmt::Display for LogicalIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnlyDefault { path } => write!(
                f,
                "no logical id can be made of the path `{path}`: \
                 give it a component that is not `Default`"
            ),
            Self::NoLetterOrDigit { id } => write!(
                f,
                "no logical id can be made of the construct id `{id}`: \
                 give it at least one of the letters A-Z, a-z or the digits 0-9"
            ),
        }
    }
}

impl std::error::Error for LogicalIdError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `aws-cdk-lib` gave; see the head of the file.
    const TABLE: &str = include_str!("../tests/data/logical-ids.tsv");

    #[test]
    fn ids_are_those_of_the_cdk() {
        let mut cases = 0;
        for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
            let (path, expected) = row.split_once('\t').expect("two columns");
            let components: Vec<&str> = path.split('/').collect();
            let id = logical_id(&components);
            match expected {
                "error:LogicalAdhereRegularExpression" => {
                    assert!(matches!(id, Err(LogicalIdError::NoLetterOrDigit { .. })), "{path}");
                }
                "error:UnableToCalculateUniqueId" => {
                    assert!(matches!(id, Err(LogicalIdError::OnlyDefault { .. })), "{path}");
                }
                _ => assert_eq!(id.as_deref(), Ok(expected), "{path}"),
            }
            cases += 1;
        }
        assert!(cases >= 240, "the table holds {cases} cases");
    }

    #[test]
    fn no_components_give_no_id() {
        assert_eq!(logical_id(&[]), Err(LogicalIdError::OnlyDefault { path: "".into() }));
    }

    #[test]
    fn errors_say_what_to_change() {
        let error = logical_id(&["버킷"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no logical id can be made of the construct id `버킷`: \
             give it at least one of the letters A-Z, a-z or the digits 0-9"
        );
        let error = logical_id(&["Default", "Default"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no logical id can be made of the path `Default/Default`: \
             give it a component that is not `Default`"
        );
    }

    #[test]
    fn separators_in_an_id_become_dashes() {
        assert_eq!(construct_id("a/b"), "a--b");
        assert_eq!(construct_id("/aws/lambda/x\n"), "--aws--lambda--x--");
        assert!(matches!(construct_id("a-b"), Cow::Borrowed("a-b")));
    }
}
