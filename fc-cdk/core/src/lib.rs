//! The engine of fc-cdk: an app is a tree of constructs, and synth turns it into CloudFormation templates.
//!
//! Pure: it reads no files, no clock and no environment, so the same app gives the same bytes on every machine. What touches
//! the outside is in `fc-cdk-toolkit`; the resource types are in `fc-cdk-aws`.

// Values
pub mod intrinsics; // CloudFormation's functions, typed
pub mod node; // the JSON-like tree that everything speaks
mod reference; // references that synth resolves
pub mod sub;
pub mod value; // literals, and expressions that only AWS can resolve // text with values in it

// The tree
mod app; // App and Stage
mod asset; // files that are deployed with a stack
mod elements; // parameters, conditions, mappings, rules, outputs
mod resource; // handles of resources
pub mod spec;
mod stack; // Stack and NestedStack
mod tags; // tags by scope
mod tree; // the arena, and scopes // what AWS says of a resource type

// Templates
pub mod template; // the template model, JSON and YAML

// Synth
pub mod codes; // the names of the rules
mod diagnostic; // what is wrong, and where
pub mod export_name; // names of what crosses stacks
pub mod logical_id; // path below the stack -> logical id, as the AWS CDK
pub mod stack_name; // names of stacks, stages and their files, as the AWS CDK
mod synth; // tree -> templates; no I/O

pub use crate::{
    app::{App, Environment, Stage},
    asset::{Asset, AssetRequest, AssetSource},
    diagnostic::{Diagnostic, Severity, SourceLocation},
    elements::{Condition, Mapping, Output, Parameter, ParameterType, Rule},
    node::{Map, Node},
    reference::{Reference, Strength, SubPart},
    resource::{RemovalPolicy, Resource, ResourceHandle},
    stack::{NestedStack, Stack},
    template::Template,
    tree::{NodeId, Scope},
    value::{Dict, IntoDict, IntoList, IntoValue, Json, List, Narrow, StringLike, Value},
};

/// What macros expand to; not for direct use.
#[doc(hidden)]
pub mod __private {
    pub use fc_cdk_macros::sub;
    pub use smol_str::SmolStr;
}
