//! The names of the engine's rules: what a diagnostic's `code` says and [`Scope::allow`](crate::Scope::allow) takes.

/// A construct has no name.
pub const EMPTY_ID: &str = "empty-id";
/// Two constructs of one scope have the same name.
pub const DUPLICATE_ID: &str = "duplicate-id";
/// Two resources of one template come to the same logical id.
pub const DUPLICATE_LOGICAL_ID: &str = "duplicate-logical-id";
/// A logical id that is not made of letters and digits only, or too long.
pub const BAD_LOGICAL_ID: &str = "bad-logical-id";
/// Two stacks of the same account and region have the same name, or a stack's name is not one.
pub const BAD_STACK_NAME: &str = "bad-stack-name";
/// A rule is switched off without saying why.
pub const ALLOW_WITHOUT_REASON: &str = "allow-without-reason";
/// A rule is switched off where it found nothing.
pub const UNUSED_ALLOW: &str = "unused-allow";
/// A resource is made outside of every stack.
pub const OUTSIDE_STACK: &str = "outside-stack";
/// A reference to a construct that the template cannot reach.
pub const UNRESOLVABLE_REFERENCE: &str = "unresolvable-reference";
/// Two stacks need each other.
pub const STACK_CYCLE: &str = "stack-cycle";
/// Resources of one template need each other.
pub const RESOURCE_CYCLE: &str = "resource-cycle";
/// A template is larger than CloudFormation takes.
pub const LIMIT_EXCEEDED: &str = "limit-exceeded";
/// A stack without resources, which CloudFormation does not accept.
pub const EMPTY_STACK: &str = "empty-stack";
/// `moved` names a path that nothing has, or that is still in use.
pub const BAD_MOVE: &str = "bad-move";
/// A resource that holds data has lost its logical id since it was last accepted.
pub const STATEFUL_ID_LOST: &str = "stateful-id-lost";
/// A file or folder that is deployed with the stack cannot be read.
pub const UNREADABLE_ASSET: &str = "unreadable-asset";
/// A raw override does not fit what is there.
pub const BAD_OVERRIDE: &str = "bad-override";
/// A function of the language extensions without the transform that evaluates it.
pub const MISSING_TRANSFORM: &str = "missing-transform";
/// Two resources ask for the same physical name.
pub const DUPLICATE_PHYSICAL_NAME: &str = "duplicate-physical-name";
/// An IAM policy that IAM would refuse.
pub const BAD_POLICY: &str = "bad-policy";
/// A template mentions something that is not in it.
pub const DANGLING_REFERENCE: &str = "dangling-reference";
/// A literal that AWS does not accept: not among the allowed values, too long, too large, of the wrong form.
pub const ILLEGAL_VALUE: &str = "illegal-value";
/// A value of another kind than the property takes.
pub const WRONG_KIND: &str = "wrong-kind";
/// A property that is required and not set.
pub const MISSING_PROPERTY: &str = "missing-property";
/// A property that the type does not have, as far as is known.
pub const UNKNOWN_PROPERTY: &str = "unknown-property";
/// A property that only AWS sets.
pub const READ_ONLY_PROPERTY: &str = "read-only-property";
/// Properties that do not go together, or need others.
pub const PROPERTY_CONFLICT: &str = "property-conflict";

/// The rules without which there is no template: they cannot be allowed.
pub const STRUCTURAL: &[&str] = &[
    EMPTY_ID,
    DUPLICATE_ID,
    DUPLICATE_LOGICAL_ID,
    BAD_LOGICAL_ID,
    BAD_STACK_NAME,
    ALLOW_WITHOUT_REASON,
    OUTSIDE_STACK,
    UNRESOLVABLE_REFERENCE,
    STACK_CYCLE,
    RESOURCE_CYCLE,
    BAD_MOVE,
    UNREADABLE_ASSET,
    BAD_OVERRIDE,
];
