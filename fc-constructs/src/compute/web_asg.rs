//! [`WebAsg`]: a load balancer in front of a group of servers.

use std::{cell::RefCell, rc::Rc, time::Duration};

use fc_cdk_aws::{
    autoscaling::{
        self, LaunchTemplateSpecification, MetricsCollection, NotificationConfiguration,
    },
    ec2,
    elasticloadbalancingv2::{self as elb, TargetGroupTargetType},
    iam,
    ids::{
        certificatemanager::CertificateArnOrServerCertificateArn,
        ec2::{ImageId, VpcId},
    },
};
use fc_cdk_core::{IntoValue, Scope, Value};

use super::{
    Schedule, UserData, launch_template,
    load_balancer::{self, LoadBalancer},
    needs,
    scaling::{self, Capacity},
};
use crate::{
    builder::construct,
    handle::stands_for,
    messaging::Topic,
    monitoring::WebAlarms,
    network::{Peer, SecurityGroup, Subnets, TcpPort},
    security::{Grantee, Role},
    storage::Bucket,
};

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
    /// What hands requests to the servers, once they are there.
    pub listener_rule: elb::ListenerRuleHandle,
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
        load_balancer::check_subnets_of(scope, "servers", &subnets);

        let targets = load_balancer::Targets {
            kind: TargetGroupTargetType::Instance,
            port,
            health_check_path: &options.health_check_path,
            deregistration_delay: options.deregistration_delay,
        };
        let target_group = targets.group(scope, "TargetGroup", &vpc);
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

        let security_group = load_balancer::servers(scope, &vpc, &balancer.security_group, port);
        let (role, instance_profile) = launch_template::instance_permissions(scope);
        let settings = launch_template::Settings {
            instance_type: options.instance_type,
            image: options.image,
            volume_size_gib: options.volume_size_gib,
        };
        let launch_template =
            launch_template::launch_template(scope, &settings, &security_group, &instance_profile);
        let user_data = options.user_data.unwrap_or_else(|| UserData::nginx(port));
        let user_data = Rc::new(RefCell::new(launch_template::agent().then(user_data)));
        launch_template::write_user_data(&launch_template, user_data.clone(), options.signals);

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
        group.depends_on(&balancer.attachment);
        balancer.turn_to(&group);
        scaling::update_policy(
            &group,
            &capacity,
            options.signals.then_some(options.signal_timeout),
        );

        let mut scaling_policies = Vec::new();
        // EC2 Auto Scaling refuses a target where there is nothing to change.
        if !capacity.is_fixed() {
            let cpu = options.cpu_target.map(|target| scaling::on_cpu(scope, &group, target));
            let memory =
                options.memory_target.map(|target| scaling::on_memory(scope, &group, target));
            let requests = options.requests_target.map(|target| {
                let label = load_balancer::resource_label(&balancer.handle, &target_group);
                let policy = scaling::on_requests(scope, &group, target, label);
                // Only a rule makes the two belong together.
                policy.depends_on(&balancer.attachment);
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
            listener_rule: balancer.forward,
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
        load_balancer::url(&self.load_balancer, &self.redirect_listener)
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
