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
    fc_cdk_core::rules! {
        pub const RULES = "Constructs: servers";
        BAD_CAPACITY = "bad-capacity", Error, "capacities of a group contradict each other";
            why "The group is refused, or never has the number of instances that was meant.";
            fix "give a minimum that is at most the maximum, and a desired capacity between them";
            docs "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html";
        BAD_SUBNETS = "bad-subnets", Error, "there are too few subnets, or ones of the wrong tier";
            why "A load balancer needs two zones; servers and tasks without a public address find no way out of a public subnet.";
            fix "give a tier of a VPC, or two subnets of different zones";
            docs "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html";
        BAD_TARGET = "bad-target", Error, "a target of scaling that nothing can reach";
            why "The group would grow to its maximum, or never grow at all.";
            fix "give 1 to 99 percent, or the requests per minute that one instance serves well";
            docs "https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html";
        BAD_SCHEDULE = "bad-schedule", Error, "a schedule that is no cron expression, or changes nothing";
            why "Auto Scaling refuses it, or it comes and does nothing.";
            fix "give minute, hour, day of the month, month and day of the week, and a capacity";
            docs "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html";
        CERTIFICATE_REGION = "certificate-region", Error, "a certificate is of another region than where it is used";
            why "Load balancers take certificates of their own region, CloudFront those of us-east-1 alone.";
            fix "request the certificate in the region that the message names";
            docs "https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html";
        ACCESS_LOG_BUCKET = "access-log-bucket", Error, "access logs go to a bucket that load balancers cannot write to";
            why "The deployment fails, since the load balancer writes a test file at once.";
            fix "give a bucket without `encryption_key`";
            docs "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";
        USER_DATA_TOO_LARGE = "user-data-too-large", Error, "there is more user data than EC2 takes";
            why "EC2 takes 16 KiB before they are encoded.";
            fix "load the larger part from S3, or put it into an image";
            docs "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html";
        UNKNOWN_ARCHITECTURE = "unknown-architecture", Error, "the architecture of the servers is known only at deploy, and no image is given";
            why "Which image fits follows from the instance type: with the wrong one no instance starts.";
            fix "give `image` too, of the architecture of the instances";
            docs "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html";
    }
}

/// Settings that have to be given, as types: a builder that still misses its `vpc` says so.
pub mod needs {
    crate::builder::needs! { load_balancer_subnets subnets vpc }
}
