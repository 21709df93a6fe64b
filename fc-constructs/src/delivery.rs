//! From source code to running servers: pipelines.

mod source; // where code comes from
mod build; // what is done with it
mod target; // where it goes
mod ec2_pipeline; // a pipeline that deploys to servers

pub use self::{
    build::BuildSpec,
    ec2_pipeline::{Ec2Pipeline, Ec2PipelineBuilder},
    source::Source,
    target::{DeployTarget, Speed},
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { source targets }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// A pipeline that CodePipeline, CodeBuild or CodeDeploy does not take.
    pub const BAD_PIPELINE: &str = "bad-pipeline";
}
