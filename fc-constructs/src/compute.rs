//! Servers behind load balancers.

mod user_data; // what an instance does when it starts
pub(crate) mod load_balancer; // who distributes the requests
mod launch_template; // what an instance is
pub(crate) mod scaling; // how many there are
mod metrics; // what they report
mod web_asg; // a load balancer in front of a group of servers

pub(crate) use self::launch_template::{amazon_linux, instance_permissions};
pub use self::{
    scaling::Schedule,
    user_data::UserData,
    web_asg::{WebAsg, WebAsgBuilder},
};

/// The rules of this module: what a diagnostic's `code` says and [`Scope::allow`](fc_cdk_core::Scope::allow) takes.
pub mod codes {
    /// Capacities of an Auto Scaling group that contradict each other.
    pub const BAD_CAPACITY: &str = "bad-capacity";
    /// Too few subnets, or ones of the wrong tier.
    pub const BAD_SUBNETS: &str = "bad-subnets";
    /// A target of scaling that no group can reach.
    pub const BAD_TARGET: &str = "bad-target";
    /// A schedule that is no cron expression of five fields.
    pub const BAD_SCHEDULE: &str = "bad-schedule";
    /// A certificate of another region than the load balancer's.
    pub const CERTIFICATE_REGION: &str = "certificate-region";
    /// Access logs to a bucket that load balancers cannot write to.
    pub const ACCESS_LOG_BUCKET: &str = "access-log-bucket";
    /// More user data than EC2 takes.
    pub const USER_DATA_TOO_LARGE: &str = "user-data-too-large";
    /// An instance type that is known only at deploy, and no image that would tell its architecture.
    pub const UNKNOWN_ARCHITECTURE: &str = "unknown-architecture";
}

/// Settings that have to be given, as types: a builder that still misses its `vpc` says so.
pub mod needs {
    crate::builder::needs! { load_balancer_subnets subnets vpc }
}
