//! [`WebAsg`]: a load balancer in front of a group of servers.

use std::{cell::RefCell, rc::Rc, time::Duration};

use fc_cdk_aws::{
    autoscaling::{
        self, LaunchTemplateSpecification, MetricsCollection, NotificationConfiguration,
    },
    ec2,
    elasticloadbalancingv2::{
        self as elb, Matcher, Protocol, TargetGroupAttribute, TargetGroupTargetType,
    },
    iam,
    ids::{
        certificatemanager::CertificateArnOrServerCertificateArn,
        ec2::{ImageId, VpcId},
    },
};
use fc_cdk_core::{
    Diagnostic, IntoValue, Node, Scope, Value, intrinsics, json,
    policy::{Condition, Principal, Statement},
    sub,
};

use super::{
    Schedule, UserData, codes, launch_template,
    load_balancer::{self, LoadBalancer},
    needs,
    scaling::{self, Capacity},
    user_data,
};
use crate::{
    builder::construct,
    handle::stands_for,
    messaging::Topic,
    monitoring::{Metric, Statistic, WebAlarms},
    network::{Access, Peer, Port, SecurityGroup, Subnets, TcpPort},
    security::{Grantee, Role},
    storage::Bucket,
};

/// Where the CloudWatch agent of the instances reports to.
pub(super) const AGENT_NAMESPACE: &str = "CWAgent";
/// What it calls the share of memory in use.
pub(super) const MEMORY_METRIC: &str = "mem_used_percent";

#[doc = include_str!("web_asg.md")]
#[derive(Clone)]
pub struct WebAsg {
    /// The group of servers.
    pub auto_scaling_group: autoscaling::AutoScalingGroupHandle,
    /// What each server is.
    pub launch_template: ec2::LaunchTemplateHandle,
    /// Who may talk to the servers, and to whom they may talk.
    pub security_group: SecurityGroup,
    /// What the servers are allowed to do; grants add to it.
    pub role: Role,
    /// What gives the role to the servers.
    pub instance_profile: iam::InstanceProfileHandle,
    /// What distributes the requests.
    pub load_balancer: elb::LoadBalancerHandle,
    /// Who may talk to the load balancer.
    pub load_balancer_security_group: SecurityGroup,
    /// The servers as the load balancer sees them.
    pub target_group: elb::TargetGroupHandle,
    /// What takes the requests: on port 443 where there is a certificate, else on port 80.
    pub listener: elb::ListenerHandle,
    /// What sends browsers from port 80 to port 443, where there is a certificate.
    pub redirect_listener: Option<elb::ListenerHandle>,
    /// The policies that follow the load.
    pub scaling_policies: Vec<autoscaling::ScalingPolicyHandle>,
    scope: Scope,
    user_data: Rc<RefCell<UserData>>,
}

construct! {
    WebAsg, WebAsgBuilder, WebAsgOptions {
        required {
            /// The VPC.
            vpc: IntoValue<VpcId>,
            /// Where the servers are: a private tier of the VPC.
            subnets: Into<Subnets>,
            /// Where the load balancer is: the public tier if it faces the internet, else a private one.
            load_balancer_subnets: Into<Subnets>,
        }
        optional {
            /// Whether the internet reaches the load balancer. Default: no; `allow_from` says who does.
            internet_facing: Into<bool> = false,
            /// Whether an internet-facing load balancer takes requests of everyone. Default: yes; with `false`, `allow_from` says of whom.
            open: Into<bool> = true,
            /// The certificate for HTTPS on port 443, of the load balancer's region; port 80 then redirects. Default: HTTP on port 80.
            certificate: IntoValue<CertificateArnOrServerCertificateArn>,
            /// The protocols and ciphers of HTTPS. Default: TLS 1.3 and 1.2 (`ELBSecurityPolicy-TLS13-1-2-2021-06`).
            ssl_policy: IntoValue<String> = "ELBSecurityPolicy-TLS13-1-2-2021-06".into_value(),
            /// The port of the servers, which get HTTP. Default: 80.
            port: Into<TcpPort> = TcpPort(80),
            /// What a healthy server answers with status 200. Default: `/`.
            health_check_path: Into<String> = "/".to_owned(),
            /// How long a new server may take to become healthy. Default: five minutes.
            health_check_grace: Into<Duration> = Duration::from_secs(300),
            /// How long a leaving server finishes its requests. Default: one minute.
            deregistration_delay: Into<Duration> = Duration::from_secs(60),
            /// The least number of servers. Default: 2, for two zones.
            min_capacity: IntoValue<i64> = 2.into_value(),
            /// The greatest number of servers. Default: 4. If it is the least number too, there is no scaling.
            max_capacity: IntoValue<i64> = 4.into_value(),
            /// The number of servers, to which each deployment returns. Default: the minimum at first, then what scaling makes of it.
            desired_capacity: IntoValue<i64>,
            /// The instance type. Default: `t4g.small`.
            instance_type: IntoValue<String> = "t4g.small".into_value(),
            /// The image. Default: the newest Amazon Linux 2023 of the instance type's architecture, looked up at each deployment.
            image: IntoValue<ImageId>,
            /// The size of the disk, which is an encrypted `gp3` volume, in GiB. Default: 20.
            volume_size_gib: IntoValue<i64> = 20.into_value(),
            /// What servers do when they start. Default: install Nginx and serve its welcome page on the port.
            user_data: Into<UserData>,
            /// Whether a server says that its user data has succeeded; CloudFormation waits for that, and rolls back without. Default: yes.
            signals: Into<bool> = true,
            /// How long CloudFormation waits for a server. Default: 15 minutes.
            signal_timeout: Into<Duration> = Duration::from_secs(900),
            /// The average load of processors, in percent, that scaling aims at. Default: 60; with `None` it does not look at it.
            cpu_target: Into<Option<u8>> = Some(60),
            /// The use of memory, in percent, that scaling aims at. Default: scaling does not look at it.
            memory_target: Into<Option<u8>> = None,
            /// The requests per server and minute that scaling aims at. Default: scaling does not look at them.
            requests_target: Into<Option<u32>> = None,
            /// The topic that hears of each server that comes or goes. Default: nobody does.
            notifications: Into<Topic>,
            /// The bucket for the load balancer's access logs; it must not be encrypted with a KMS key. Default: no access logs.
            access_logs: Into<Bucket>,
            /// Under which prefix of the bucket. Default: the id of the construct.
            access_log_prefix: Into<String>,
            /// Whether AWS refuses to delete the load balancer. Default: yes; switch it off before the stack is deleted.
            deletion_protection: Into<bool> = true,
        }
    }
}

impl WebAsg {
    fn create(
        scope: &Scope,
        vpc: Value<VpcId>,
        subnets: Subnets,
        load_balancer_subnets: Subnets,
        options: WebAsgOptions,
    ) -> WebAsg {
        let port = options.port.0;
        let capacity = Capacity {
            min: options.min_capacity,
            max: options.max_capacity,
            desired: options.desired_capacity,
        };
        capacity.check(scope);
        check_subnets(scope, &subnets);

        let target_group = elb::TargetGroup::new()
            .vpc_id(&vpc)
            .target_type(TargetGroupTargetType::Instance)
            .protocol(Protocol::Http)
            .port(port)
            .health_check_path(options.health_check_path)
            .health_check_interval_seconds(15)
            .healthy_threshold_count(2)
            .unhealthy_threshold_count(3)
            .matcher(Matcher::new().http_code("200"))
            .target_group_attributes([TargetGroupAttribute::new()
                .key("deregistration_delay.timeout_seconds")
                .value(options.deregistration_delay.as_secs().to_string())])
            .build(scope, "TargetGroup");
        let settings = load_balancer::Settings {
            vpc: vpc.clone(),
            subnets: load_balancer_subnets,
            internet_facing: options.internet_facing,
            open: options.open,
            certificate: options.certificate,
            ssl_policy: options.ssl_policy,
            deletion_protection: options.deletion_protection,
            access_logs: options.access_logs,
            access_log_prefix: options.access_log_prefix.unwrap_or_else(|| scope.id().to_string()),
        };
        let balancer = LoadBalancer::new(scope, &settings, &target_group);

        let security_group =
            SecurityGroup::builder().vpc(&vpc).description("servers").build(scope, "SecurityGroup");
        security_group.allow_from(
            &balancer.security_group,
            Port::tcp(port),
            "requests from the load balancer",
        );
        let (role, instance_profile) = permissions(scope);
        let settings = launch_template::Settings {
            instance_type: options.instance_type,
            image: options.image,
            volume_size_gib: options.volume_size_gib,
        };
        let launch_template =
            launch_template::launch_template(scope, &settings, &security_group, &instance_profile);
        let user_data = options.user_data.unwrap_or_else(|| UserData::nginx(port));
        let user_data = Rc::new(RefCell::new(agent().then(user_data)));
        write_user_data(&launch_template, user_data.clone(), options.signals);

        let notifications = options.notifications.map(|topic| {
            [NotificationConfiguration::new()
                .topic_arn(topic.arn().into_node())
                .notification_types([
                    "autoscaling:EC2_INSTANCE_LAUNCH",
                    "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
                    "autoscaling:EC2_INSTANCE_TERMINATE",
                    "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
                ])]
        });
        let mut group = autoscaling::AutoScalingGroup::new()
            .min_size(scaling::as_text(&capacity.min))
            .max_size(scaling::as_text(&capacity.max))
            .desired_capacity(capacity.desired.as_ref().map(scaling::as_text))
            .launch_template(
                LaunchTemplateSpecification::new()
                    .launch_template_id(&launch_template)
                    .version(launch_template.latest_version_number()),
            )
            .vpc_zone_identifier(&subnets)
            .target_group_arns([&target_group])
            .health_check_type("ELB")
            .health_check_grace_period(options.health_check_grace.as_secs() as i64)
            .metrics_collection([MetricsCollection::new().granularity("1Minute")]);
        if let Some(notifications) = notifications {
            group = group.notification_configurations(notifications);
        }
        let group = group.build(scope, "AutoScalingGroup");
        group.tag("Name", &scope.path());
        subnets.ready_before(&group);
        if let Some(policy) = role.policy() {
            group.depends_on(&policy);
        }
        update_policy(&group, &capacity, options.signals.then_some(options.signal_timeout));

        let mut scaling_policies = Vec::new();
        // EC2 Auto Scaling refuses a target where there is nothing to change.
        if !capacity.is_fixed() {
            let cpu = options.cpu_target.map(|target| scaling::on_cpu(scope, &group, target));
            let memory =
                options.memory_target.map(|target| scaling::on_memory(scope, &group, target));
            let requests = options.requests_target.map(|target| {
                let load_balancer = balancer.handle.load_balancer_full_name();
                let targets = target_group.target_group_full_name();
                let policy =
                    scaling::on_requests(scope, &group, target, sub!("{load_balancer}/{targets}"));
                // Only a listener makes the two belong together.
                policy.depends_on(&balancer.listener);
                policy
            });
            scaling_policies.extend(cpu.into_iter().chain(memory).chain(requests));
        }
        WebAsg {
            auto_scaling_group: group,
            launch_template,
            security_group,
            role,
            instance_profile,
            load_balancer: balancer.handle,
            load_balancer_security_group: balancer.security_group,
            target_group,
            listener: balancer.listener,
            redirect_listener: balancer.redirect,
            scaling_policies,
            scope: scope.clone(),
            user_data,
        }
    }

    /// The name of the load balancer in the DNS.
    pub fn dns_name(&self) -> Value<String> {
        self.load_balancer.dns_name().cast()
    }

    /// Where the servers are reached: `http://` or, with a certificate, `https://` and the name of the load balancer.
    pub fn url(&self) -> Value<String> {
        let name = self.load_balancer.dns_name();
        if self.redirect_listener.is_some() {
            sub!("https://{name}")
        } else {
            sub!("http://{name}")
        }
    }

    /// Lets a peer talk to the load balancer, and says why. Between stacks the rule is made in the peer's; see
    /// [`SecurityGroup::allow_from`].
    #[track_caller]
    pub fn allow_from(&self, peer: impl Into<Peer>, why: &str) -> &WebAsg {
        let peer = peer.into();
        for port in load_balancer::ports(&self.redirect_listener) {
            self.load_balancer_security_group.allow_from(peer.clone(), port, why);
        }
        self
    }

    /// Adds a command to what servers do when they start, after all others.
    pub fn add_command(&self, command: impl IntoValue<String>) -> &WebAsg {
        let commands = self.user_data.take();
        self.user_data.replace(commands.command(command));
        self
    }

    /// Changes the number of servers at set times.
    #[track_caller]
    pub fn schedule(&self, id: &str, schedule: Schedule) -> autoscaling::ScheduledActionHandle {
        schedule.build(&self.scope, id, &self.auto_scaling_group)
    }

    /// The alarms that the servers should have, with thresholds to change; an `AlarmSet` makes them.
    pub fn alarms(&self) -> WebAlarms {
        let load_balancer = self.load_balancer.load_balancer_full_name();
        let targets = self.target_group.target_group_full_name();
        WebAlarms::of(&self.auto_scaling_group).load_balancer(load_balancer, targets)
    }

    fn servers(&self, namespace: &str, name: &str) -> Metric {
        Metric::new(namespace, name).dimension("AutoScalingGroupName", &self.auto_scaling_group)
    }

    fn requests(&self, name: &str) -> Metric {
        Metric::new("AWS/ApplicationELB", name)
            .dimension("LoadBalancer", self.load_balancer.load_balancer_full_name())
            .dimension("TargetGroup", self.target_group.target_group_full_name())
    }

    /// The average load of the servers' processors, in percent.
    pub fn metric_cpu(&self) -> Metric {
        self.servers("AWS/EC2", "CPUUtilization")
    }

    /// The average use of the servers' memory, in percent, as their CloudWatch agent reports it.
    pub fn metric_memory(&self) -> Metric {
        self.servers(AGENT_NAMESPACE, MEMORY_METRIC)
    }

    /// How full the servers' disks are on average, in percent, as their CloudWatch agent reports it.
    pub fn metric_disk(&self) -> Metric {
        self.servers(AGENT_NAMESPACE, "disk_used_percent")
    }

    /// The number of servers in service.
    pub fn metric_servers(&self) -> Metric {
        self.servers("AWS/AutoScaling", "GroupInServiceInstances")
    }

    /// The number of requests.
    pub fn metric_requests(&self) -> Metric {
        self.requests("RequestCount").statistic(Statistic::Sum)
    }

    /// How long the servers take to answer, in seconds.
    pub fn metric_response_time(&self) -> Metric {
        self.requests("TargetResponseTime")
    }

    /// The number of answers with a status from 500 that the servers gave.
    pub fn metric_server_errors(&self) -> Metric {
        self.requests("HTTPCode_Target_5XX_Count").statistic(Statistic::Sum)
    }

    /// The number of answers with a status from 500 that the load balancer gave itself, since no server did.
    pub fn metric_load_balancer_errors(&self) -> Metric {
        Metric::new("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count")
            .dimension("LoadBalancer", self.load_balancer.load_balancer_full_name())
            .statistic(Statistic::Sum)
    }

    /// The number of servers that fail the health check.
    pub fn metric_unhealthy_servers(&self) -> Metric {
        self.requests("UnHealthyHostCount").statistic(Statistic::Maximum)
    }
}

stands_for!(WebAsg.auto_scaling_group: autoscaling::AutoScalingGroupHandle);

impl Grantee for WebAsg {
    fn grant_role(&self) -> &Role {
        &self.role
    }
}

impl From<&WebAsg> for Peer {
    /// The servers.
    fn from(servers: &WebAsg) -> Peer {
        Peer::from(&servers.security_group)
    }
}

fn check_subnets(scope: &Scope, subnets: &Subnets) {
    if subnets.ids().is_empty() {
        let help = "give a tier of a VPC, or the ids of subnets";
        let diagnostic = Diagnostic::error(codes::BAD_SUBNETS, "the servers have no subnets");
        scope.report(diagnostic.property("subnets").help(help));
    }
    if subnets.access() == Some(Access::Public) {
        let message = "the servers are in public subnets, where they have no public address and so no way out";
        let help = "give them a private tier: requests come in through the load balancer";
        scope.report(Diagnostic::error(codes::BAD_SUBNETS, message).property("subnets").help(help));
    }
}

/// What servers need for Session Manager and to report their memory, and no more: AWS's own policy for managed instances also reads
/// all parameters of the account. None of these actions knows resources.
///
/// See <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html>.
fn permissions(scope: &Scope) -> (Role, iam::InstanceProfileHandle) {
    let role =
        Role::builder().assumed_by(Principal::service("ec2.amazonaws.com")).build(scope, "Role");
    let manage = Statement::allow()
        .actions([
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ])
        .resources(["*"]);
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
fn agent() -> UserData {
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
fn write_user_data(
    template: &ec2::LaunchTemplateHandle,
    commands: Rc<RefCell<UserData>>,
    signals: bool,
) {
    template.scope().at_synth(move |scope| {
        let group = scope.parent().and_then(|parent| parent.find("AutoScalingGroup"));
        let group = group.and_then(|group| group.as_resource()).map(|group| group.logical_id());
        let script = commands.borrow().script(group.as_deref().filter(|_| signals));
        let bytes = user_data::known_bytes(script.node());
        if bytes > user_data::MAX_BYTES {
            let message =
                format!("the user data has {bytes} bytes, and EC2 takes {}", user_data::MAX_BYTES);
            let help = "load the larger part from S3, or put it into an image";
            scope.report(
                Diagnostic::error(codes::USER_DATA_TOO_LARGE, message)
                    .property("UserData")
                    .help(help),
            );
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

/// Replaces servers one by one, and waits for each.
///
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>.
fn update_policy(
    group: &autoscaling::AutoScalingGroupHandle,
    capacity: &Capacity,
    signals: Option<Duration>,
) {
    let mut rolling = json!({
        "MaxBatchSize": 1,
        "MinInstancesInService": capacity.in_service_during_update(),
        "SuspendProcesses": [
            "HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions", "InstanceRefresh",
        ],
    });
    if let (Some(timeout), Node::Map(rolling)) = (signals, &mut rolling) {
        // The pause between two servers is an hour at the most.
        rolling.insert("PauseTime", iso_duration(timeout.min(Duration::from_secs(3600))));
        rolling.insert("WaitOnResourceSignals", true);
        let signal = json!({ "Count": capacity.at_first(), "Timeout": iso_duration(timeout) });
        group.creation_policy(json!({ "ResourceSignal": signal }));
    }
    group.update_policy(json!({ "AutoScalingRollingUpdate": rolling }));
}

/// A length of time as CloudFormation writes it: `PT15M`.
fn iso_duration(length: Duration) -> String {
    let seconds = length.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("PT{seconds}S"),
        (minutes, 0) => format!("PT{minutes}M"),
        (minutes, seconds) => format!("PT{minutes}M{seconds}S"),
    }
}
