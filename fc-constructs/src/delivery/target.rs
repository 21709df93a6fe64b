//! [`DeployTarget`]: servers that a pipeline deploys to.

use fc_cdk_aws::{
    codedeploy::{
        self, AutoRollbackConfigurationEvents, DeploymentStyleDeploymentOption,
        DeploymentStyleDeploymentType,
    },
    ids::{
        autoscaling::AutoScalingGroupName, elasticloadbalancingv2::TargetGroupArn, iam::RoleName,
    },
};
use fc_cdk_core::{IntoValue, Scope, Value, policy::Statement, sub};

use super::build::BUILD;
use crate::{compute::WebAsg, monitoring::Alarm, security::Role};

/// How many servers of a group are taken at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// One: the slowest, and with the most capacity left.
    OneAtATime,
    /// Half of them.
    HalfAtATime,
    /// All of them: only where nobody minds.
    AllAtOnce,
}

impl Speed {
    /// CodeDeploy's word for it.
    pub(super) fn configuration(self) -> &'static str {
        match self {
            Speed::OneAtATime => "CodeDeployDefault.OneAtATime",
            Speed::HalfAtATime => "CodeDeployDefault.HalfAtATime",
            Speed::AllAtOnce => "CodeDeployDefault.AllAtOnce",
        }
    }
}

/// An Auto Scaling group that a pipeline deploys to, in place: each server leaves its load balancer, is updated and comes back.
///
/// CodeDeploy's other way, with a second group beside the first, is not offered: CloudFormation does not support it for servers, and
/// the copy would not be in the stack.
///
/// ```
/// use fc_constructs::delivery::{DeployTarget, Speed};
/// let web = DeployTarget::new("Web", "web-asg").instance_role("web-role").speed(Speed::HalfAtATime);
/// ```
#[derive(Clone)]
pub struct DeployTarget {
    pub(super) id: String,
    pub(super) group: Value<AutoScalingGroupName>,
    pub(super) target_group: Option<(Value<TargetGroupArn>, Value<String>)>,
    pub(super) instance_role: Option<Value<RoleName>>,
    pub(super) artifact: String,
    pub(super) speed: Speed,
    pub(super) alarms: Vec<Value<String>>,
}

impl DeployTarget {
    /// An Auto Scaling group by its name. The id is the construct's, and the name of the action in the pipeline.
    pub fn new(
        id: impl Into<String>,
        auto_scaling_group: impl IntoValue<AutoScalingGroupName>,
    ) -> DeployTarget {
        DeployTarget {
            id: id.into(),
            group: auto_scaling_group.into_value(),
            target_group: None,
            instance_role: None,
            artifact: BUILD.into(),
            speed: Speed::OneAtATime,
            alarms: Vec::new(),
        }
    }

    /// The servers of a [`WebAsg`], with its load balancer and its role. They need the CodeDeploy agent:
    /// [`UserData::codedeploy_agent`](crate::compute::UserData::codedeploy_agent).
    pub fn servers(id: impl Into<String>, servers: &WebAsg) -> DeployTarget {
        DeployTarget::new(id, &servers.auto_scaling_group)
            .target_group(&servers.target_group, servers.target_group.target_group_name())
            .instance_role(&servers.role)
    }

    /// The target group by which a load balancer reaches the servers, by ARN and name: they get no requests while they are updated.
    #[must_use]
    pub fn target_group(
        mut self,
        arn: impl IntoValue<TargetGroupArn>,
        name: impl IntoValue<String>,
    ) -> DeployTarget {
        self.target_group = Some((arn.into_value(), name.into_value()));
        self
    }

    /// The servers' role, which may then read what is deployed. The permission is a policy in the pipeline's stack, so that the servers'
    /// stack does not come to need it.
    #[must_use]
    pub fn instance_role(mut self, role_name: impl IntoValue<RoleName>) -> DeployTarget {
        self.instance_role = Some(role_name.into_value());
        self
    }

    /// Which of the build's artifacts is deployed, where there are several: an entry of `secondary-artifacts` in the build
    /// specification, of letters, digits and underscores.
    #[must_use]
    pub fn artifact(mut self, name: impl Into<String>) -> DeployTarget {
        self.artifact = name.into();
        self
    }

    /// How many servers are taken at a time; one where nothing is said.
    #[must_use]
    pub fn speed(mut self, speed: Speed) -> DeployTarget {
        self.speed = speed;
        self
    }

    /// Goes back to the version before when one of these alarms is on during the deployment.
    #[must_use]
    pub fn roll_back_on<'a>(mut self, alarms: impl IntoIterator<Item = &'a Alarm>) -> DeployTarget {
        self.alarms.extend(alarms.into_iter().map(IntoValue::into_value));
        self
    }
}

pub(super) fn deployment_group(
    scope: &Scope,
    application: &codedeploy::ApplicationHandle,
    role: &Role,
    target: &DeployTarget,
) -> codedeploy::DeploymentGroupHandle {
    let traffic = match target.target_group {
        Some(_) => DeploymentStyleDeploymentOption::WithTrafficControl,
        None => DeploymentStyleDeploymentOption::WithoutTrafficControl,
    };
    let mut events = vec![AutoRollbackConfigurationEvents::DeploymentFailure];
    if !target.alarms.is_empty() {
        events.push(AutoRollbackConfigurationEvents::DeploymentStopOnAlarm);
    }
    let style = codedeploy::DeploymentStyle::new()
        .deployment_option(traffic)
        .deployment_type(DeploymentStyleDeploymentType::InPlace);
    let mut group = codedeploy::DeploymentGroup::new()
        .application_name(application)
        .service_role_arn(role)
        .auto_scaling_groups([&target.group])
        .deployment_config_name(target.speed.configuration())
        .deployment_style(style)
        .auto_rollback_configuration(
            codedeploy::AutoRollbackConfiguration::new().enabled(true).events(events),
        );
    if let Some((_, name)) = &target.target_group {
        let info = codedeploy::TargetGroupInfo::new().name(name);
        group = group
            .load_balancer_info(codedeploy::LoadBalancerInfo::new().target_group_info_list([info]));
    }
    if !target.alarms.is_empty() {
        let alarms = target.alarms.iter().map(|name| codedeploy::Alarm::new().name(name));
        group = group.alarm_configuration(
            codedeploy::AlarmConfiguration::new().enabled(true).alarms(alarms),
        );
    }
    group.build(scope, &format!("DeploymentGroup {}", target.id))
}

/// What CodeDeploy needs to deploy in place: `AWSCodeDeployRole` allows far more, on everything.
///
/// See <https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html>.
pub(super) fn permissions(role: &Role, targets: &[DeployTarget]) {
    let groups = targets.iter().map(|target| {
        let name = &target.group;
        sub!("arn:{AWS::Partition}:autoscaling:{AWS::Region}:{AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/{name}")
    });
    let hooks = [
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:DeleteLifecycleHook",
        "autoscaling:PutLifecycleHook",
        "autoscaling:RecordLifecycleActionHeartbeat",
    ];
    role.add_statement(Statement::allow().actions(hooks).resources(groups));
    // None of these can be limited to a resource.
    let mut look = vec![
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeLifecycleHooks",
        "ec2:DescribeInstanceStatus",
        "ec2:DescribeInstances",
    ];
    if targets.iter().any(|target| !target.alarms.is_empty()) {
        look.push("cloudwatch:DescribeAlarms");
    }
    let balanced: Vec<&Value<TargetGroupArn>> = targets
        .iter()
        .filter_map(|target| target.target_group.as_ref())
        .map(|(arn, _)| arn)
        .collect();
    if !balanced.is_empty() {
        look.extend([
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
        ]);
        let register =
            ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"];
        role.add_statement(Statement::allow().actions(register).resources(balanced));
    }
    role.add_statement(Statement::allow().actions(look).resources(["*"]));
}
