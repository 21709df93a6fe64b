//! Containers without servers: images, and services that run them on Fargate.

mod repository; // where images are kept
mod image; // what a task runs
mod secret; // what it is told in confidence
mod size; // how large a task is
mod cluster; // where services run
mod balancing; // who distributes the requests
pub(crate) mod task; // one copy of the container, and what it may do
mod scaling; // how many there are
mod metrics; // what they report
mod fargate_service; // a load balancer in front of tasks

pub use self::{
    balancing::{Balancing, SharedListener},
    cluster::{Cluster, ClusterBuilder},
    fargate_service::{FargateService, FargateServiceBuilder},
    image::ContainerImage,
    repository::{Repository, RepositoryBuilder},
    secret::ContainerSecret,
};

/// The required settings of this module's constructs that have not been given.
pub mod needs {
    crate::builder::needs! { load_balancer subnets vpc }
}

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    pub use crate::compute::codes::{
        ACCESS_LOG_BUCKET, BAD_CAPACITY, BAD_SCHEDULE, BAD_SUBNETS, BAD_TARGET, CERTIFICATE_REGION,
    };

    fc_cdk_core::rules! {
        pub const RULES = "Constructs: containers";
        BAD_TASK_SIZE = "bad-task-size", Error, "a processor and memory that Fargate does not have together";
            why "Fargate sells fixed pairs; another one is refused.";
            fix "give one of the pairs that the message names";
            docs "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html";
        BAD_CONTAINER = "bad-container", Error, "a container that ECS does not take, or that cannot work";
            why "The task would be refused, or stop soon after it starts.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html";
        BAD_REPOSITORY = "bad-repository", Error, "a repository that ECR does not take, or that keeps no image";
            why "Without images, tasks cannot start again.";
            fix "correct the setting as the message says";
            docs "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html";
        BAD_LISTENER_RULE = "bad-listener-rule", Error, "a rule of a shared listener that cannot work";
            why "The listener refuses it, or never comes to it.";
            fix "correct the rule as the message says";
            docs "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html";
    }
}
