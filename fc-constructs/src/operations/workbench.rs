//! [`Workbench`]: a machine to work on.

use std::time::Duration;

use fc_cdk_aws::{
    cloud9::{self, EnvironmentEc2ConnectionType},
    cloudwatch::{self, AlarmTreatMissingData, ComparisonOperator},
    ec2::{
        self, HttpEndpoint, HttpTokens, InstanceBlockDeviceMapping, InstanceEbs, MetadataOptions,
        VolumeType,
    },
    iam,
    ids::ec2::{ImageId, VpcId},
};
use fc_cdk_core::{
    Diagnostic, IntoValue, Scope, Value, intrinsics,
    policy::{Principal, Statement},
    sub,
};

use super::{SessionAccess, codes, needs};
use crate::{
    Names,
    builder::construct,
    compute::{UserData, amazon_linux, instance_permissions},
    monitoring::{Metric, Statistic},
    network::{Access, SecurityGroup, Subnets},
    security::{Grantee, Role},
};

/// What a [`Workbench`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkbenchKind {
    /// An EC2 instance, which is reached through Session Manager.
    Instance,
    /// An environment of Cloud9, for accounts that have used it before July 2024.
    Cloud9,
}

#[doc = include_str!("workbench.md")]
#[derive(Clone)]
pub struct Workbench {
    /// The instance, if it is one.
    pub instance: Option<ec2::InstanceHandle>,
    /// What the instance may do; grants add to it. In Cloud9, everyone works with permissions of their own.
    pub role: Option<Role>,
    /// To whom the instance may talk; nobody may talk to it.
    pub security_group: Option<SecurityGroup>,
    /// The alarm that stops the instance.
    pub stop_alarm: Option<cloudwatch::AlarmHandle>,
    /// The environment of Cloud9, if it is one.
    pub environment: Option<cloud9::EnvironmentEc2Handle>,
}

construct! {
    Workbench, WorkbenchBuilder, WorkbenchOptions {
        required {
            /// The VPC.
            vpc: IntoValue<VpcId>,
            /// Where the machine is: in the first of these subnets, from which it has to reach the internet.
            subnets: Into<Subnets>,
        }
        optional {
            /// What it is. Default: an EC2 instance.
            kind: Into<WorkbenchKind> = WorkbenchKind::Instance,
            /// How an instance is reached; Cloud9 connects by itself. Default: `enable_resource` of a [`SessionAccess`] says it later.
            sessions: Into<SessionAccess>,
            /// The instance type. Default: `t4g.large`, and `t3.large` for Cloud9, which has no images for Graviton.
            instance_type: IntoValue<String>,
            /// The image of an instance. Default: the newest Amazon Linux 2023 when it is deployed. A newer one replaces the instance with the next
            /// change of the stack; what is not in Git then stays behind on the old one, so give an image to keep the instance.
            image: IntoValue<ImageId>,
            /// The size of an instance's disk, which is an encrypted `gp3` volume, in GiB. Default: 50.
            volume_size_gib: IntoValue<i64> = 50.into_value(),
            /// What an instance does when it starts for the first time. Default: install Git, a C compiler, Cargo and Node.js.
            user_data: Into<UserData>,
            /// After how long without work the machine stops, in steps of 5 minutes up to a day. Default: an hour.
            stop_after: Into<Duration> = Duration::from_secs(3600),
            /// Whether AWS refuses to terminate the instance, and so to delete the stack. Default: yes.
            termination_protection: Into<bool> = true,
            /// Who owns the environment of Cloud9, as the ARN of a user or an assumed role. Default: whoever deploys it.
            owner_arn: IntoValue<String>,
            /// Whether to make the role and the instance profile that Cloud9 needs once in an account. Default: no, they are there.
            cloud9_roles: Into<bool> = false,
        }
    }
}

impl Workbench {
    fn create(
        scope: &Scope,
        vpc: Value<VpcId>,
        subnets: Subnets,
        options: WorkbenchOptions,
    ) -> Workbench {
        check(scope, &subnets, &options);
        match options.kind {
            WorkbenchKind::Instance => instance(scope, vpc, &subnets, options),
            WorkbenchKind::Cloud9 => environment(scope, &subnets, options),
        }
    }

    /// Lets a role start and stop the instance.
    pub fn grant_start_stop(&self, grantee: &impl Grantee) {
        if let Some(instance) = &self.instance {
            let id = instance.instance_id();
            let arn = sub!("arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:instance/{id}");
            let actions = ["ec2:StartInstances", "ec2:StopInstances"];
            let statement = Statement::allow().actions(actions).resources([arn]);
            grantee.grant_role().add_statement(statement);
        }
    }

    /// Lets the instance deploy to these regions as everyone with the bootstrapped roles of the account can: it may take on these, and has no
    /// other permissions for that.
    pub fn allow_deploy(&self, regions: impl Into<Names>) {
        let Some(role) = &self.role else { return };
        let mut roles = Vec::new();
        for region in &regions.into().0 {
            for kind in ["deploy", "file-publishing", "image-publishing", "lookup"] {
                roles.push(sub!(
                    "arn:{AWS::Partition}:iam::{AWS::AccountId}:role/cdk-hnb659fds-{kind}-role-{AWS::AccountId}-{region}"
                ));
            }
        }
        role.add_statement(Statement::allow().actions(["sts:AssumeRole"]).resources(roles));
    }

    /// The average load of the instance's processors, in percent; nothing for Cloud9, which keeps its instance to itself.
    pub fn metric_cpu(&self) -> Option<Metric> {
        self.instance.as_ref().map(cpu)
    }
}

fn cpu(instance: &ec2::InstanceHandle) -> Metric {
    Metric::new("AWS/EC2", "CPUUtilization")
        .dimension("InstanceId", instance.instance_id().cast::<String>())
}

fn instance(
    scope: &Scope,
    vpc: Value<VpcId>,
    subnets: &Subnets,
    options: WorkbenchOptions,
) -> Workbench {
    let instance_type = options.instance_type.unwrap_or_else(|| "t4g.large".into_value());
    let image = options.image.unwrap_or_else(|| amazon_linux(scope, &instance_type));
    let security_group =
        SecurityGroup::builder().vpc(vpc).description("workbench").build(scope, "SecurityGroup");
    let (role, profile) = instance_permissions(scope);
    let disk = InstanceEbs::new()
        .volume_type(VolumeType::Gp3)
        .volume_size(&options.volume_size_gib)
        .encrypted(true)
        .delete_on_termination(true);
    let metadata = MetadataOptions::new()
        .http_endpoint(HttpEndpoint::Enabled)
        .http_tokens(HttpTokens::Required)
        .http_put_response_hop_limit(1);
    let user_data = options
        .user_data
        .unwrap_or_else(|| UserData::new().install(["cargo", "gcc", "git", "make", "nodejs"]));
    let instance = ec2::Instance::new()
        .image_id(image)
        .instance_type(&instance_type)
        .subnet_id(subnets.ids().first().cloned())
        .security_group_ids([&security_group])
        .iam_instance_profile(&profile)
        .block_device_mappings([InstanceBlockDeviceMapping::new()
            .device_name("/dev/xvda")
            .ebs(disk)])
        .metadata_options(metadata)
        .monitoring(true)
        .ebs_optimized(true)
        .disable_api_termination(options.termination_protection)
        .propagate_tags_to_volume_on_creation(true)
        .user_data(intrinsics::base64(user_data.first_boot_script()))
        .build(scope, "Resource");
    instance.tag("Name", &scope.path());
    subnets.ready_before(&instance);
    if let Some(policy) = role.policy() {
        instance.depends_on(&policy);
    }
    if let Some(sessions) = &options.sessions {
        sessions.enable_resource(&instance, &role);
    }
    let stop_alarm = stop_when_idle(scope, &instance, options.stop_after);
    Workbench {
        instance: Some(instance),
        role: Some(role),
        security_group: Some(security_group),
        stop_alarm: Some(stop_alarm),
        environment: None,
    }
}

/// Stops the instance when its processors have had nothing to do for a while: a build, an editor and a shell that somebody types in all
/// show. While it is stopped there is no data, so that it gets its full time again after each start.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html>.
fn stop_when_idle(
    scope: &Scope,
    instance: &ec2::InstanceHandle,
    after: Duration,
) -> cloudwatch::AlarmHandle {
    const IDLE_PERCENT: i64 = 3;
    let metric = cpu(instance).statistic(Statistic::Maximum);
    let id = instance.instance_id().cast::<String>();
    cloudwatch::Alarm::new()
        .alarm_description("Stops the workbench when nobody works on it")
        .namespace(metric.namespace)
        .metric_name(metric.name)
        .dimensions([cloudwatch::Dimension::new().name("InstanceId").value(id)])
        .statistic(metric.statistic.name().as_ref())
        .period(300)
        .evaluation_periods((after.as_secs() / 300).max(1) as i64)
        .comparison_operator(ComparisonOperator::LessThanThreshold)
        .threshold(IDLE_PERCENT)
        .treat_missing_data(AlarmTreatMissingData::Missing)
        .alarm_actions([sub!("arn:{AWS::Partition}:automate:{AWS::Region}:ec2:stop")])
        .build(scope, "Idle")
}

fn environment(scope: &Scope, subnets: &Subnets, options: WorkbenchOptions) -> Workbench {
    let environment = cloud9::EnvironmentEc2::new()
        .description("Where the infrastructure is worked on")
        .image_id("amazonlinux-2023-x86_64")
        .instance_type(options.instance_type.unwrap_or_else(|| "t3.large".into_value()))
        .connection_type(EnvironmentEc2ConnectionType::ConnectSsm)
        .subnet_id(subnets.ids().first().cloned())
        .automatic_stop_time_minutes((options.stop_after.as_secs() / 60) as i64)
        .owner_arn(options.owner_arn)
        .build(scope, "Environment");
    if options.cloud9_roles {
        let role = Role::builder()
            .assumed_by(Principal::service("cloud9.amazonaws.com"))
            .managed_policies(["AWSCloud9SSMInstanceProfile"])
            .build(scope, "Cloud9Role");
        // The names are those that Cloud9 asks for.
        role.handle.set_property("Path", "/service-role/");
        role.handle.set_property("RoleName", "AWSCloud9SSMAccessRole");
        let trust = fc_cdk_core::policy::PolicyDocument::assume_role([
            Principal::service("cloud9.amazonaws.com"),
            Principal::service("ec2.amazonaws.com"),
        ]);
        role.handle.set_property("AssumeRolePolicyDocument", trust);
        let profile = iam::InstanceProfile::new()
            .instance_profile_name("AWSCloud9SSMInstanceProfile")
            .path("/cloud9/")
            .roles([&role.handle])
            .build(scope, "Cloud9InstanceProfile");
        environment.depends_on(&profile);
    }
    Workbench {
        instance: None,
        role: None,
        security_group: None,
        stop_alarm: None,
        environment: Some(environment),
    }
}

fn check(scope: &Scope, subnets: &Subnets, options: &WorkbenchOptions) {
    let report = |property: &str, message: &str, help: &str| {
        let diagnostic = Diagnostic::error(codes::BAD_WORKBENCH, message);
        scope.report(diagnostic.property(property).help(help));
    };
    if subnets.ids().is_empty() {
        report(
            "subnets",
            "the machine has no subnet",
            "give a tier of a VPC, or the id of a subnet",
        );
    }
    if subnets.access() == Some(Access::Isolated) {
        let message = "the machine is in isolated subnets, from where it reaches neither packages nor Systems Manager";
        report("subnets", message, "give it a private tier, with a NAT gateway");
    }
    let seconds = options.stop_after.as_secs();
    if !(300..=86_400).contains(&seconds) || !seconds.is_multiple_of(300) {
        let message =
            format!("the machine cannot stop after {:?} without work", options.stop_after);
        report("stop_after", &message, "give a multiple of 5 minutes, up to a day");
    }
    let is_cloud9 = options.kind == WorkbenchKind::Cloud9;
    if is_cloud9 && (options.user_data.is_some() || options.image.is_some()) {
        let message = "Cloud9 chooses the image of its instance, and what that does first";
        let help = "leave out `user_data` and `image`, or choose `WorkbenchKind::Instance`";
        report("kind", message, help);
    }
    if !is_cloud9 && (options.owner_arn.is_some() || options.cloud9_roles) {
        let message = "an instance has no owner, and needs no roles of Cloud9";
        report(
            "kind",
            message,
            "leave out `owner_arn` and `cloud9_roles`, or choose `WorkbenchKind::Cloud9`",
        );
    }
}
