//! From source code to running servers: pipelines.

mod source; // where code comes from
mod build; // what is done with it
mod pipeline; // what all pipelines have
mod target; // servers to deploy to
mod ec2_pipeline; // a pipeline that deploys to servers
mod container_target; // services to deploy to
mod container_pipeline; // a pipeline that deploys to services

pub use self::{
    build::BuildSpec,
    container_pipeline::{ContainerPipeline, ContainerPipelineBuilder},
    container_target::ContainerTarget,
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
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: delivery";
        BAD_PIPELINE = "bad-pipeline", Error, "a pipeline that CodePipeline, CodeBuild or CodeDeploy does not take, or that deploys nothing";
            why "It is refused, or it runs and changes nothing.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html";
    }
}
