//! The engine of fc-cdk: an app is a tree of constructs, and synth turns it into CloudFormation templates.
//!
//! Pure: it reads no files, no clock and no environment, so the same app gives the same bytes on every machine. What touches
//! the outside is in `fc-cdk-toolkit`; the resource types are in `fc-cdk-aws`.

// Values
pub mod node; // the JSON-like tree that everything speaks
#[cfg(feature = "serde")]
mod serialize; // values and templates for serde
mod json_writer; // JSON text of it
mod path; // where something stands in it
pub mod value; // literals, and expressions that only AWS can resolve
pub mod intrinsics; // CloudFormation's functions, typed
pub mod sub; // text with values in it
mod reference; // references that synth resolves

// The tree
mod tree; // the arena, and scopes
mod app; // App and Stage
mod stack; // Stack and NestedStack
mod resource; // handles of resources
mod elements; // parameters, conditions, mappings, rules, outputs
mod asset; // files that are deployed with a stack
mod tags; // tags by scope
pub mod spec; // what AWS says of a resource type
pub mod l1; // what the generated resource types are made of

// Names that the AWS CDK gives
pub mod logical_id; // of resources
pub mod stack_name; // of stacks, stages and their files
pub mod export_name; // of what crosses stacks

// Synth
mod synth; // tree -> templates; no I/O
mod diagnostic; // what is wrong, and where
pub mod codes; // the names of the rules
mod judges; // rules of other tools
pub mod rules; // what they stand for, and the checks of finished templates
pub mod template; // the template model, JSON and YAML
pub mod policy; // IAM policies
pub mod diff; // what a new template changes
mod assembly; // what synth gives, and its files
mod ids_lock; // ids that must not change unnoticed

pub use crate::{
    app::{App, Environment, Stage},
    assembly::{
        Assembly, BucketFile, MAX_INLINE_TEMPLATE_BYTES, SCHEMA_VERSION, StackArtifact,
        StagedAsset, sha256_hex,
    },
    asset::{Asset, AssetRequest, AssetSource},
    diagnostic::{Diagnostic, Severity, SourceLocation},
    elements::{Condition, Mapping, Output, Parameter, ParameterType, Rule},
    ids_lock::IdsLock,
    node::{Map, Node},
    policy::PolicyDocument,
    reference::{Reference, Strength, SubPart},
    resource::{RemovalPolicy, Resource, ResourceHandle},
    stack::{NestedStack, Stack},
    synth::{Allowed, SynthOptions},
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
