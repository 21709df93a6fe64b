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
    /// A processor and memory that Fargate does not have together.
    pub const BAD_TASK_SIZE: &str = "bad-task-size";
    /// A container that ECS does not take.
    pub const BAD_CONTAINER: &str = "bad-container";
    /// A repository that ECR does not take.
    pub const BAD_REPOSITORY: &str = "bad-repository";
    /// A rule of a shared listener that cannot work.
    pub const BAD_LISTENER_RULE: &str = "bad-listener-rule";
}
