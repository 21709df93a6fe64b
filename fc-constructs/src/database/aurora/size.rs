//! [`Instances`]: how large the instances of a cluster are.

use fc_cdk_aws::rds;
use fc_cdk_core::{Diagnostic, IntoValue, Scope, Value};

use crate::database::codes;

/// How large the instances of a cluster are: all of one class, or as large as the load asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Instances(pub(super) Size);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Size {
    Class(String),
    Serverless { min: f64, max: f64 },
}

impl Instances {
    /// All of one class, such as `db.r8g.large`.
    pub fn of_class(class: impl Into<String>) -> Instances {
        Instances(Size::Class(class.into()))
    }

    /// As large as the load asks for (Serverless v2), between two capacities of 0 to 256 units, of which each has 2 GiB of memory; in
    /// steps of a half. With a least of 0 the cluster pauses while nobody is connected.
    ///
    /// See <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html>.
    pub fn serverless(min: f64, max: f64) -> Instances {
        Instances(Size::Serverless { min, max })
    }
}

impl Size {
    pub(super) fn class(&self) -> &str {
        match self {
            Size::Class(class) => class,
            Size::Serverless { .. } => "db.serverless",
        }
    }

    pub(super) fn scaling(&self) -> Option<Value<rds::ServerlessV2ScalingConfiguration>> {
        let Size::Serverless { min, max } = self else { return None };
        let scaling = rds::ServerlessV2ScalingConfiguration::new();
        Some(scaling.min_capacity(*min).max_capacity(*max).into_value())
    }

    pub(super) fn check(&self, scope: &Scope, readers: u8) {
        let report = |property: &str, message: String, help: &str| {
            let error = Diagnostic::error(codes::BAD_DATABASE, message);
            scope.report(error.property(property).help(help));
        };
        if readers > 15 {
            let message = format!("a cluster has 15 readers at most, not {readers}");
            report("readers", message, "give 15 or fewer");
        }
        let Size::Serverless { min, max } = *self else { return };
        let halves = |units: f64| units * 2.0 == (units * 2.0).trunc();
        if !(0.0..=256.0).contains(&min)
            || !(1.0..=256.0).contains(&max)
            || !halves(min)
            || !halves(max)
        {
            let message = format!("Aurora has no capacity from {min} to {max} units");
            report(
                "instances",
                message,
                "give 0 to 256 units in steps of 0.5, and at least 1 for the greatest",
            );
        } else if min > max {
            let message = format!("the least capacity {min} is above the greatest {max}");
            report("instances", message, "give the lower one first");
        }
    }
}
