//! What checkov and cdk-nag find in the shop and is left so: all of it, with the reasons.
//!
//! Nothing here leaves data unencrypted, opens more than a shop in the internet needs, or lets anybody do `service:*`.

use fc_cdk::{Resource, Scope};

use crate::{Compute, Features};

/// A rule of a tool, the type that it is about, and what the ids of the resources begin with.
type Rule = (&'static str, &'static str, &'static str);

const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";

const ACCESS_LOGS: &[Rule] = &[
    ("CKV_AWS_18", "AWS::S3::Bucket", "AccessLogs"),
    ("AwsSolutions-S1", "AWS::S3::Bucket", "AccessLogs"),
];
const PLAIN_HTTP: &[Rule] = &[
    ("CKV_AWS_2", LISTENER, ""),
    ("CKV_AWS_103", LISTENER, ""),
    ("AwsSolutions-CFR5", "AWS::CloudFront::Distribution", ""),
];
const OPEN_TO_THE_WORLD: &[Rule] = &[
    ("CKV_AWS_260", "AWS::EC2::SecurityGroup", "WebLoadBalancer"),
    ("AwsSolutions-EC23", "AWS::EC2::SecurityGroup", "WebLoadBalancer"),
];
const FUNCTIONS: &[Rule] = &[("CKV_AWS_117", "AWS::Lambda::Function", "")];
const SCALING_EVENTS: &[Rule] = &[("AwsSolutions-AS3", "AWS::AutoScaling::AutoScalingGroup", "")];
const CONTAINER_VARIABLES: &[Rule] = &[("AwsSolutions-ECS2", "AWS::ECS::TaskDefinition", "")];
const GIVEN_SECRETS: &[Rule] = &[
    ("AwsSolutions-SMG4", "AWS::SecretsManager::Secret", "SlackWebhook"),
    ("AwsSolutions-SMG4", "AWS::SecretsManager::Secret", "WebOnlyCloudFront"),
];
const WILDCARDS: &[Rule] = &[("AwsSolutions-IAM5", "AWS::IAM::Policy", "")];
const OWN_STREAM_KEY: &[Rule] = &[
    ("AwsSolutions-KDS3", "AWS::Kinesis::Stream", ""),
    ("AwsSolutions-KDF1", "AWS::KinesisFirehose::DeliveryStream", ""),
];

/// Tells the tools, in the metadata of the resources.
pub(crate) fn apply(scope: &Scope, features: &Features) {
    leave(scope, ACCESS_LOGS, "logs about the bucket for logs would never end");
    leave(scope, FUNCTIONS, "it calls APIs of AWS and Slack alone, and nothing in the VPC");
    leave(
        scope,
        WILDCARDS,
        "only where an action knows no resources, or below the name of a resource of the shop",
    );
    leave(
        scope,
        GIVEN_SECRETS,
        "Slack gives the address, and CloudFront learns of a new value only by a deployment",
    );
    if !features.https {
        leave(scope, PLAIN_HTTP, "the shop has no certificate for its load balancers before v1.5");
    }
    if !features.edge {
        leave(
            scope,
            OPEN_TO_THE_WORLD,
            "a shop is open to the world, and CloudFront comes with v1.1",
        );
    }
    match features.compute {
        Compute::Servers => {
            leave(scope, SCALING_EVENTS, "servers come and go all day; alarms tell of what fails");
        }
        Compute::Containers => {
            leave(scope, CONTAINER_VARIABLES, "names of hosts and of secrets, and nothing secret");
        }
    }
    if features.live_data {
        leave(
            scope,
            OWN_STREAM_KEY,
            "the stream has a key of its own, stricter than AWS's, which covers its delivery too",
        );
    }
}

fn leave(scope: &Scope, rules: &'static [Rule], reason: &'static str) {
    scope.on_change(move |resource: &Resource| {
        for (rule, kind, id) in rules {
            if resource.type_name() == *kind && resource.logical_id().starts_with(id) {
                resource.allow(rule, reason);
            }
        }
    });
}
