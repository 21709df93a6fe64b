//! References that are still open: they name a construct, and synth finds out what the template has to say.

use smol_str::SmolStr;

use crate::{node::Node, tree::NodeId};

/// A reference from a value to a construct of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub(crate) target: NodeId,
    pub(crate) attribute: Attribute,
    pub(crate) strength: Option<Strength>,
    /// Whether the value is a list, which has to pass through a text between stacks.
    pub(crate) list: bool,
}

/// What a reference wants of its target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Attribute {
    /// What `Ref` returns.
    Ref,
    /// What `Fn::GetAtt` returns for this attribute.
    Att(SmolStr),
    /// The logical id itself, as `DependsOn`, `Fn::If` and `Fn::FindInMap` want it.
    LogicalId,
}

/// How a stack refers to a value of another stack of the same account and region.
///
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strength {
    /// `Fn::GetStackOutput`: the producing stack may change or drop the value; deploy guards the consumers.
    #[default]
    Weak,
    /// `Export` and `Fn::ImportValue`: CloudFormation refuses to change or drop a value that is in use.
    Strong,
}

/// A piece of a text with values in it.
#[derive(Clone, Debug, PartialEq)]
pub enum SubPart {
    /// Text to keep as it is.
    Text(SmolStr),
    /// A value to fill in.
    Value(Node),
}
