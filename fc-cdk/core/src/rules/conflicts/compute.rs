//! Servers, containers and functions.

use super::{Conflict, Is, Off, Set, Starts, Under, Unset, Without};
use super::{fails_later, idle, illegal, needed, refused};

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>
pub(super) const SCALABLE_TARGET: &[Conflict] = &[refused(
    ("", "MinCapacity"),
    &[Under("MaxCapacity", "MinCapacity")],
    "the least capacity is above the most",
)];

/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html>
pub(super) const AUTO_SCALING_GROUP: &[Conflict] = &[
    refused(
        ("", "DesiredCapacity"),
        &[Under("MaxSize", "DesiredCapacity")],
        "the desired capacity is above `MaxSize`",
    ),
    refused(
        ("", "DesiredCapacity"),
        &[Under("DesiredCapacity", "MinSize")],
        "the desired capacity is below `MinSize`",
    ),
    needed(
        ("", "VPCZoneIdentifier"),
        &[
            Unset("VPCZoneIdentifier"),
            Unset("AvailabilityZones"),
            Unset("AvailabilityZoneIds"),
            Unset("InstanceId"),
        ],
        "a group needs subnets in `VPCZoneIdentifier`, or `AvailabilityZones`",
    ),
];

const GP2_THROUGHPUT: &[super::Fact] =
    &[Is("VolumeType", &["gp2", "io1", "io2", "sc1", "st1", "standard"]), Set("Throughput")];
const NO_IOPS: &str = "volumes of this type have no `Iops` of their own";

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html>
pub(super) const INSTANCE: &[Conflict] = &[
    illegal(
        ("", "UserData"),
        &[Starts("UserData", "#!")],
        "user data is given in Base64, and this is a script as it stands",
    ),
    illegal(
        ("", "UserData"),
        &[Starts("UserData", "#cloud-config")],
        "user data is given in Base64, and this is text as it stands",
    ),
    illegal(
        ("", "UserData"),
        &[Starts("UserData", "<powershell>")],
        "user data is given in Base64, and this is a script as it stands",
    ),
    refused(
        ("BlockDeviceMappings.*.Ebs", "Throughput"),
        GP2_THROUGHPUT,
        "only `gp3` volumes have a `Throughput`",
    ),
    idle(
        ("BlockDeviceMappings.*.Ebs", "Iops"),
        &[Is("VolumeType", &["gp2", "sc1", "st1", "standard"]), Set("Iops")],
        NO_IOPS,
    ),
];

pub(super) const LAUNCH_TEMPLATE: &[Conflict] = &[
    illegal(
        ("LaunchTemplateData", "UserData"),
        &[Starts("UserData", "#!")],
        "user data is given in Base64, and this is a script as it stands",
    ),
    illegal(
        ("LaunchTemplateData", "UserData"),
        &[Starts("UserData", "#cloud-config")],
        "user data is given in Base64, and this is text as it stands",
    ),
    refused(
        ("LaunchTemplateData.BlockDeviceMappings.*.Ebs", "Throughput"),
        GP2_THROUGHPUT,
        "only `gp3` volumes have a `Throughput`",
    ),
    idle(
        ("LaunchTemplateData.BlockDeviceMappings.*.Ebs", "Iops"),
        &[Is("VolumeType", &["gp2", "sc1", "st1", "standard"]), Set("Iops")],
        NO_IOPS,
    ),
];

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html>
pub(super) const TASK_DEFINITION: &[Conflict] = &[refused(
    ("ContainerDefinitions.*", "MemoryReservation"),
    &[Under("Memory", "MemoryReservation")],
    "a container cannot reserve more memory than it may use",
)];

/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
pub(super) const FUNCTION: &[Conflict] = &[
    refused(
        ("", "Code.ZipFile"),
        &[Set("Code.ZipFile"), Set("Code.S3Bucket")],
        "code is written here or lies in a bucket, not both",
    ),
    needed(
        ("", "Handler"),
        &[Set("Code.ZipFile"), Off("PackageType"), Unset("Handler")],
        "code in a .zip file needs the name of its `Handler`",
    ),
    needed(
        ("", "Handler"),
        &[Set("Code.S3Bucket"), Off("PackageType"), Unset("Handler")],
        "code in a .zip file needs the name of its `Handler`",
    ),
    needed(
        ("", "Handler"),
        &[Is("PackageType", &["Zip"]), Unset("Handler")],
        "code in a .zip file needs the name of its `Handler`",
    ),
    needed(
        ("", "Runtime"),
        &[Set("Code.S3Bucket"), Off("PackageType"), Unset("Runtime")],
        "code in a .zip file needs a `Runtime`",
    ),
    needed(
        ("", "Runtime"),
        &[Is("PackageType", &["Zip"]), Unset("Runtime")],
        "code in a .zip file needs a `Runtime`",
    ),
    fails_later(
        ("", "Handler"),
        &[Starts("Runtime", "nodejs"), Without("Handler", "."), Without("Handler", "/")],
        "a handler names a file and a function in it, such as `index.handler`",
    ),
    fails_later(
        ("", "Handler"),
        &[Starts("Runtime", "python"), Without("Handler", ".")],
        "a handler names a file and a function in it, such as `app.handler`",
    ),
    fails_later(
        ("", "Handler"),
        &[Set("Code.ZipFile"), Without("Handler", "index."), Without("Handler", "/")],
        "code that is written here is in the file `index`, so its handler is `index.` and a function",
    ),
    refused(
        ("VpcConfig", "SecurityGroupIds"),
        &[Set("SubnetIds"), Unset("SecurityGroupIds")],
        "a function in subnets needs security groups, too",
    ),
    refused(
        ("VpcConfig", "SubnetIds"),
        &[Set("SecurityGroupIds"), Unset("SubnetIds")],
        "a function with security groups needs subnets, too",
    ),
];

/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>
pub(super) const PERMISSION: &[Conflict] = &[fails_later(
    ("", "SourceAccount"),
    &[Starts("SourceArn", "arn:aws:s3:::"), Unset("SourceAccount"), Unset("PrincipalOrgID")],
    "the ARN of a bucket has no account: after it is deleted, somebody else's of the same name may call",
)];
