//! What an instance is: its image, type, disk, permissions, and what it does when it starts.

use std::{cell::RefCell, rc::Rc};

use fc_cdk_aws::{
    ec2::{
        self, HttpEndpoint, HttpTokens, IamInstanceProfile, LaunchTemplateBlockDeviceMapping,
        LaunchTemplateData, LaunchTemplateEbs, MetadataOptions, Monitoring, VolumeType,
    },
    iam,
    ids::ec2::ImageId,
};
use fc_cdk_core::{
    Diagnostic, Scope, Value, intrinsics, json,
    policy::{Condition, Principal, Statement},
    sub,
};

use super::{UserData, codes, metrics::AGENT_NAMESPACE, user_data};
use crate::{network::SecurityGroup, security::Role};

pub(super) struct Settings {
    pub(super) instance_type: Value<String>,
    pub(super) image: Option<Value<ImageId>>,
    pub(super) volume_size_gib: Value<i64>,
}

pub(super) fn launch_template(
    scope: &Scope,
    settings: &Settings,
    security_group: &SecurityGroup,
    profile: &iam::InstanceProfileHandle,
) -> ec2::LaunchTemplateHandle {
    let image =
        settings.image.clone().unwrap_or_else(|| amazon_linux(scope, &settings.instance_type));
    let disk = LaunchTemplateEbs::new()
        .volume_type(VolumeType::Gp3)
        .volume_size(&settings.volume_size_gib)
        .encrypted(true)
        .delete_on_termination(true);
    // One hop: a container, or a proxy that is led astray, gets no credentials of the instance.
    let metadata = MetadataOptions::new()
        .http_endpoint(HttpEndpoint::Enabled)
        .http_tokens(HttpTokens::Required)
        .http_put_response_hop_limit(1);
    let data = LaunchTemplateData::new()
        .image_id(image)
        .instance_type(&settings.instance_type)
        .iam_instance_profile(IamInstanceProfile::new().arn(profile.arn()))
        .security_group_ids([security_group])
        .block_device_mappings([LaunchTemplateBlockDeviceMapping::new()
            .device_name("/dev/xvda")
            .ebs(disk)])
        .metadata_options(metadata)
        .monitoring(Monitoring::new().enabled(true));
    ec2::LaunchTemplate::new().launch_template_data(data).build(scope, "LaunchTemplate")
}

/// The newest image of Amazon Linux 2023 when the stack is deployed.
///
/// See <https://docs.aws.amazon.com/linux/al2023/ug/ec2.html>.
pub(crate) fn amazon_linux(scope: &Scope, instance_type: &Value<String>) -> Value<ImageId> {
    if instance_type.as_literal().is_none() {
        let message = "the instance type is known only at deploy, so its architecture is not known";
        let help = "give `image` too, of the architecture of the instances";
        scope.report(
            Diagnostic::error(codes::UNKNOWN_ARCHITECTURE, message).property("image").help(help),
        );
    }
    let architecture =
        if instance_type.as_literal().is_some_and(is_arm) { "arm64" } else { "x86_64" };
    let name =
        format!("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}");
    intrinsics::ssm_parameter(&name).cast()
}

/// Whether instances of a type have Graviton processors: `g` after the generation, as in `t4g`, `c7gn` and `im4gn`.
///
/// See <https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html>.
fn is_arm(instance_type: &str) -> bool {
    let family = instance_type.split('.').next().unwrap_or_default();
    let options = family.trim_start_matches(|c: char| !c.is_ascii_digit());
    family == "a1" || options.trim_start_matches(|c: char| c.is_ascii_digit()).contains('g')
}

/// What servers need for Session Manager and to report their memory, and no more: AWS's own policy for managed instances also reads
/// all parameters of the account. None of these actions knows resources.
///
/// See <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html>.
pub(crate) fn instance_permissions(scope: &Scope) -> (Role, iam::InstanceProfileHandle) {
    let role =
        Role::builder().assumed_by(Principal::service("ec2.amazonaws.com")).build(scope, "Role");
    let instances = sub!("arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:instance/*");
    let manage = Statement::allow()
        .actions([
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ])
        .resources(["*"])
        // Not even a stolen copy of the credentials speaks as a server from anywhere but the servers of this account.
        .condition(Condition::arn_like("ec2:SourceInstanceARN", [instances]));
    role.add_statement(manage);
    let report = Statement::allow()
        .actions(["cloudwatch:PutMetricData"])
        .resources(["*"])
        .condition(Condition::string_equals("cloudwatch:namespace", [AGENT_NAMESPACE]));
    role.add_statement(report);
    // The agent reads from the tags which group its instance is of.
    role.add_statement(Statement::allow().actions(["ec2:DescribeTags"]).resources(["*"]));
    let profile = iam::InstanceProfile::new().roles([&role.handle]).build(scope, "InstanceProfile");
    (role, profile)
}

/// Installs the CloudWatch agent, which reports memory and disk once a minute; EC2 itself does not know them.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html>.
pub(super) fn agent() -> UserData {
    const CONFIGURATION: &str = "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json";
    let configuration = json!({
        "agent": { "metrics_collection_interval": 60, "run_as_user": "cwagent" },
        "metrics": {
            "namespace": AGENT_NAMESPACE,
            "append_dimensions": { "AutoScalingGroupName": "${aws:AutoScalingGroupName}" },
            "aggregation_dimensions": [["AutoScalingGroupName"]],
            "metrics_collected": {
                "disk": { "drop_device": true, "measurement": ["used_percent"], "resources": ["/"] },
                "mem": { "measurement": ["used_percent"] },
            },
        },
    });
    UserData::new()
        .install(["amazon-cloudwatch-agent"])
        .file(CONFIGURATION, configuration.to_json())
        .command(format!(
            "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:{CONFIGURATION}"
        ))
}

/// The user data is written at synth: by then all commands are known, and so is the name by which a server signals.
pub(super) fn write_user_data(
    template: &ec2::LaunchTemplateHandle,
    commands: Rc<RefCell<UserData>>,
    signals: bool,
) {
    template.scope().at_synth(move |scope| {
        let construct = scope.parent().unwrap_or_else(|| scope.clone());
        let group = construct.find("AutoScalingGroup").and_then(|group| group.as_resource());
        let group = group.map(|group| group.logical_id());
        let script = commands.borrow().script(group.as_deref().filter(|_| signals));
        let bytes = user_data::known_bytes(script.node());
        if bytes > user_data::MAX_BYTES {
            let message =
                format!("the user data has {bytes} bytes, and EC2 takes {}", user_data::MAX_BYTES);
            let help = "load the larger part from S3, or put it into an image";
            let diagnostic = Diagnostic::error(codes::USER_DATA_TOO_LARGE, message);
            construct.report(diagnostic.property("user_data").help(help));
        }
        if let Some(template) = scope.as_resource() {
            template.update_property("LaunchTemplateData", |mut data| {
                if let Some(data) = data.as_map_mut() {
                    data.insert("UserData", intrinsics::base64(&script));
                }
                data
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::is_arm;

    #[test]
    fn the_architecture_follows_from_the_type() {
        for arm in [
            "t4g.small",
            "m7gd.large",
            "c7gn.xlarge",
            "im4gn.large",
            "a1.large",
            "g5g.xlarge",
            "hpc7g.4xlarge",
            "r8g.large",
        ] {
            assert!(is_arm(arm), "{arm}");
        }
        for intel in [
            "t3.micro",
            "g4dn.xlarge",
            "m7i-flex.large",
            "c7a.large",
            "u-6tb1.112xlarge",
            "p5en.48xlarge",
            "",
        ] {
            assert!(!is_arm(intel), "{intel}");
        }
    }
}
