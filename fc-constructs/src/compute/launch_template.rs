//! What an instance is: its image, type, disk, permissions and what it does when it starts.

use fc_cdk_aws::{
    ec2::{
        self, HttpEndpoint, HttpTokens, IamInstanceProfile, LaunchTemplateBlockDeviceMapping,
        LaunchTemplateData, LaunchTemplateEbs, MetadataOptions, Monitoring, VolumeType,
    },
    iam,
    ids::ec2::ImageId,
};
use fc_cdk_core::{Diagnostic, Scope, Value, intrinsics};

use super::codes;
use crate::network::SecurityGroup;

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
fn amazon_linux(scope: &Scope, instance_type: &Value<String>) -> Value<ImageId> {
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
