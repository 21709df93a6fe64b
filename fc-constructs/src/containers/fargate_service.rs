//! [`FargateService`]: a load balancer in front of containers.

use std::time::Duration;

use fc_cdk_aws::{
    applicationautoscaling::{ScalableTargetHandle, ScalingPolicyHandle},
    ecs::{
        self, AssignPublicIp, DeploymentCircuitBreaker, DeploymentConfiguration,
        ServiceAwsVpcConfiguration, ServiceLaunchType, ServiceLoadBalancer,
        ServiceNetworkConfiguration, ServicePropagateTags,
    },
    elasticloadbalancingv2::{self as elb, TargetGroupTargetType},
    ids::{certificatemanager::CertificateArnOrServerCertificateArn, ec2::VpcId},
};
use fc_cdk_core::{Diagnostic, IntoValue, Scope, Value, json};

use super::{
    Balancing, Cluster, ContainerImage, ContainerSecret, Repository, balancing::Kind, codes, needs,
    scaling, task,
};
use crate::{
    builder::construct,
    compute::{
        Schedule,
        load_balancer::{self, LoadBalancer},
        scaling::Capacity,
    },
    monitoring::{LogGroup, Retention, WebAlarms},
    network::{Access, Peer, SecurityGroup, Subnets, TcpPort},
    security::{Grantee, Key, Role},
    storage::Bucket,
};

#[doc = include_str!("fargate_service.md")]
#[derive(Clone)]
pub struct FargateService {
    /// The service.
    pub service: ecs::ServiceHandle,
    /// Where it runs.
    pub cluster: Cluster,
    /// What each task is.
    pub task_definition: ecs::TaskDefinitionHandle,
    /// Who may talk to the tasks, and to whom they may talk.
    pub security_group: SecurityGroup,
    /// What the program may do; grants add to it.
    pub role: Role,
    /// What ECS may do for a task: pull its image, read its secrets, write its logs.
    pub execution_role: Role,
    /// Where its images come from, where that is a repository of the app.
    pub repository: Option<Repository>,
    /// Where the program's output goes.
    pub log_group: LogGroup,
    /// What distributes the requests.
    pub load_balancer: elb::LoadBalancerHandle,
    /// Who may talk to the load balancer.
    pub load_balancer_security_group: SecurityGroup,
    /// The tasks as the load balancer sees them.
    pub target_group: elb::TargetGroupHandle,
    /// What takes the requests: on port 443 where there is a certificate, else on port 80.
    pub listener: elb::ListenerHandle,
    /// What sends browsers from port 80 to port 443, where there is a certificate.
    pub redirect_listener: Option<elb::ListenerHandle>,
    /// What hands requests to the tasks: where the load balancer is the service's own, once they are there.
    pub listener_rule: elb::ListenerRuleHandle,
    /// The bounds of the number of tasks, where there is something to scale.
    pub scalable_target: Option<ScalableTargetHandle>,
    /// The policies that follow the load.
    pub scaling_policies: Vec<ScalingPolicyHandle>,
    scope: Scope,
}

construct! {
    FargateService, FargateServiceBuilder, FargateServiceOptions {
        required {
            /// The VPC.
            vpc: IntoValue<VpcId>,
            /// Where the tasks are: a private tier of the VPC.
            subnets: Into<Subnets>,
            /// Who distributes the requests: a load balancer of its own in these subnets, which are the public tier if it faces the
            /// internet and else a private one; or a `SharedListener`.
            load_balancer: Into<Balancing>,
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
            /// What runs, until a pipeline brings a newer image. Default: Nginx, which answers health checks, so that the first deployment
            /// needs no image of yours.
            image: Into<ContainerImage> = ContainerImage::nginx(),
            /// The repository that a pipeline pushes images to: tasks may pull from it. Default: that of the `image`.
            repository: Into<Repository>,
            /// The port of the container, which gets HTTP. Default: 80.
            port: Into<TcpPort> = TcpPort(80),
            /// What a healthy container answers with status 200. Default: `/`.
            health_check_path: Into<String> = "/".to_owned(),
            /// How long a new task may take to become healthy. Default: one minute.
            health_check_grace: Into<Duration> = Duration::from_secs(60),
            /// How long a leaving task finishes its requests. Default: one minute.
            deregistration_delay: Into<Duration> = Duration::from_secs(60),
            /// How long a container has to stop, before it is killed. Default: 30 seconds.
            stop_timeout: Into<Duration> = Duration::from_secs(30),
            /// The processors of a task, in units of which 1,024 are one: 256, 512, 1024, 2048, 4096, 8192 or 16384. Default: 256.
            cpu: Into<u32> = 256,
            /// The memory of a task in MiB; which there are depends on `cpu`. Default: 512.
            memory_mib: Into<u32> = 512,
            /// Whether tasks run on Intel and AMD in place of ARM, which costs a quarter more. Default: no.
            x86: Into<bool> = false,
            /// Variables that the container sees; nothing secret. Default: none.
            environment: Into<Vec<(String, Value<String>)>> = Vec::new(),
            /// Secrets that the container sees as variables. Default: none.
            secrets: Into<Vec<(&'static str, ContainerSecret)>> = Vec::new(),
            /// Whether the container cannot change its file system, but for the folders of `writable`. Default: yes.
            read_only_root: Into<bool> = true,
            /// Folders that the container can write to, which go with the task. They belong to root, unless the image declares them as volumes.
            /// Default: `/tmp`.
            writable: Into<Vec<&'static str>> = vec!["/tmp"],
            /// Whether those who may can open a shell in the container (ECS Exec), which needs a file system that can be written to.
            /// Default: no.
            exec: Into<bool> = false,
            /// Where the service runs. Default: in a cluster of its own.
            cluster: Into<Cluster>,
            /// The least number of tasks. Default: 2, for two zones.
            min_capacity: IntoValue<i64> = 2.into_value(),
            /// The greatest number of tasks. Default: 4. If it is the least number too, there is no scaling.
            max_capacity: IntoValue<i64> = 4.into_value(),
            /// The number of tasks, to which each deployment returns. Default: what scaling makes of it.
            desired_capacity: IntoValue<i64>,
            /// The average load of processors, in percent, that scaling aims at. Default: 60; with `None` it does not look at it.
            cpu_target: Into<Option<u8>> = Some(60),
            /// The use of memory, in percent, that scaling aims at. Default: scaling does not look at it.
            memory_target: Into<Option<u8>> = None,
            /// The requests per task and minute that scaling aims at. Default: scaling does not look at them.
            requests_target: Into<Option<u32>> = None,
            /// How long the program's output is kept. Default: three months.
            log_retention: Into<Retention> = Retention::ThreeMonths,
            /// The key that encrypts the program's output. Default: one of CloudWatch's own.
            encryption_key: Into<Key>,
            /// The bucket for the load balancer's access logs; it must not be encrypted with a KMS key. Default: no access logs.
            access_logs: Into<Bucket>,
            /// Under which prefix of the bucket. Default: the id of the construct.
            access_log_prefix: Into<String>,
            /// Whether AWS refuses to delete the load balancer. Default: yes; switch it off before the stack is deleted.
            deletion_protection: Into<bool> = true,
        }
    }
}

impl FargateService {
    fn create(
        scope: &Scope,
        vpc: Value<VpcId>,
        subnets: Subnets,
        balancing: Balancing,
        options: FargateServiceOptions,
    ) -> FargateService {
        let port = options.port.0;
        let capacity = Capacity {
            min: options.min_capacity,
            max: options.max_capacity,
            desired: options.desired_capacity,
        };
        capacity.check(scope);
        load_balancer::check_subnets_of(scope, "tasks", &subnets);
        if subnets.access() == Some(Access::Isolated) {
            let message = "the tasks are in isolated subnets, where they cannot pull their image";
            let error = Diagnostic::error(codes::BAD_SUBNETS, message).property("subnets");
            scope.report(error.help("give them a private tier, which has a NAT gateway"));
        }
        if options.exec && options.read_only_root {
            let message = "a shell in the container needs a file system that can be written to";
            let help = "switch `read_only_root` off while you need `exec`";
            let error = Diagnostic::error(codes::BAD_CONTAINER, message).property("exec");
            scope.report(error.help(help));
        }

        // Target groups of servers and of tasks cannot become each other: the id is another than that of a `WebAsg`, so that the new
        // one is there before the listener turns to it.
        let targets = load_balancer::Targets {
            kind: TargetGroupTargetType::Ip,
            port,
            health_check_path: &options.health_check_path,
            deregistration_delay: options.deregistration_delay,
        };
        let target_group = targets.group(scope, "IpTargetGroup", &vpc);
        let is_shared = matches!(balancing.0, Kind::Shared(_));
        let balancer = match balancing.0 {
            Kind::Own(balancer_subnets) => {
                let settings = load_balancer::Settings {
                    vpc: vpc.clone(),
                    subnets: balancer_subnets,
                    internet_facing: options.internet_facing,
                    open: options.open,
                    certificate: options.certificate,
                    ssl_policy: options.ssl_policy,
                    deletion_protection: options.deletion_protection,
                    access_logs: options.access_logs,
                    access_log_prefix: options
                        .access_log_prefix
                        .unwrap_or_else(|| scope.id().to_string()),
                };
                LoadBalancer::new(scope, &settings, &target_group)
            }
            Kind::Shared(shared) => {
                let rule = shared.forward(scope, &target_group);
                LoadBalancer {
                    handle: shared.load_balancer,
                    security_group: shared.security_group,
                    listener: shared.listener,
                    redirect: shared.redirect,
                    attachment: rule.clone(),
                    forward: rule,
                }
            }
        };
        let security_group = load_balancer::servers(scope, &vpc, &balancer.security_group, port);

        let mut log_group = LogGroup::builder().retention(options.log_retention);
        if let Some(key) = &options.encryption_key {
            log_group = log_group.encryption_key(key.clone());
        }
        let log_group = log_group.build(scope, "LogGroup");
        let repository = options.repository.or_else(|| options.image.needs().cloned());
        let settings = task::Settings {
            image: options.image,
            repository: repository.clone(),
            port,
            health_check_path: options.health_check_path,
            cpu: options.cpu,
            memory_mib: options.memory_mib,
            environment: options.environment,
            secrets: options.secrets,
            x86: options.x86,
            read_only: options.read_only_root,
            writable: options.writable,
            exec: options.exec,
            stop_seconds: options.stop_timeout.as_secs(),
        };
        let task = task::task(scope, settings, &log_group, options.encryption_key.as_ref());
        let cluster = options.cluster.unwrap_or_else(|| Cluster::builder().build(scope, "Cluster"));
        // Scaling decides how many there are, and a number in the template would undo that with each update.
        let fixed = capacity.is_fixed().then(|| capacity.min.clone());
        let service = ecs::Service::new()
            .cluster(&cluster)
            .task_definition(&task.definition)
            .launch_type(ServiceLaunchType::Fargate)
            .platform_version("LATEST")
            .desired_count(capacity.desired.clone().or(fixed))
            .deployment_configuration(
                DeploymentConfiguration::new()
                    .minimum_healthy_percent(100)
                    .maximum_percent(200)
                    .deployment_circuit_breaker(
                        DeploymentCircuitBreaker::new().enable(true).rollback(true),
                    ),
            )
            .network_configuration(
                ServiceNetworkConfiguration::new().awsvpc_configuration(
                    ServiceAwsVpcConfiguration::new()
                        .subnets(&subnets)
                        .security_groups([&security_group])
                        .assign_public_ip(AssignPublicIp::Disabled),
                ),
            )
            .load_balancers([ServiceLoadBalancer::new()
                .container_name(task::CONTAINER)
                .container_port(port)
                .target_group_arn(&target_group)])
            .health_check_grace_period_seconds(options.health_check_grace.as_secs() as i64)
            .enable_execute_command(options.exec)
            .enable_ecs_managed_tags(true)
            .propagate_tags(ServicePropagateTags::Service)
            .build(scope, "Service");
        // ECS takes a target group only once it belongs to a load balancer.
        service.depends_on(&balancer.attachment);
        if !is_shared {
            balancer.turn_to(&service);
        }
        subnets.ready_before(&service);
        for role in [&task.execution_role, &task.role] {
            if let Some(policy) = role.policy() {
                service.depends_on(&policy);
            }
        }

        let scalable_target =
            (!capacity.is_fixed()).then(|| scaling::target(scope, &cluster, &service, &capacity));
        let mut scaling_policies = Vec::new();
        if let Some(target) = &scalable_target {
            let cpu = options.cpu_target.map(|percent| scaling::on_cpu(scope, target, percent));
            let memory =
                options.memory_target.map(|percent| scaling::on_memory(scope, target, percent));
            let requests = options.requests_target.map(|requests| {
                let label = load_balancer::resource_label(&balancer.handle, &target_group);
                scaling::on_requests(scope, target, requests, label)
            });
            scaling_policies.extend(cpu.into_iter().chain(memory).chain(requests));
        }
        FargateService {
            service,
            cluster,
            task_definition: task.definition,
            security_group,
            role: task.role,
            execution_role: task.execution_role,
            repository,
            log_group,
            load_balancer: balancer.handle,
            load_balancer_security_group: balancer.security_group,
            target_group,
            listener: balancer.listener,
            redirect_listener: balancer.redirect,
            listener_rule: balancer.forward,
            scalable_target,
            scaling_policies,
            scope: scope.clone(),
        }
    }

    /// The name of the load balancer in the DNS.
    pub fn dns_name(&self) -> Value<String> {
        self.load_balancer.dns_name().cast()
    }

    /// Where the service is reached: `http://` or, with a certificate, `https://` and the name of the load balancer.
    pub fn url(&self) -> Value<String> {
        load_balancer::url(&self.load_balancer, &self.redirect_listener)
    }

    /// Lets a peer talk to the load balancer, and says why. Between stacks the rule is made in the peer's; see
    /// [`SecurityGroup::allow_from`].
    #[track_caller]
    pub fn allow_from(&self, peer: impl Into<Peer>, why: &str) -> &FargateService {
        let peer = peer.into();
        for port in load_balancer::ports(&self.redirect_listener) {
            self.load_balancer_security_group.allow_from(peer.clone(), port, why);
        }
        self
    }

    /// Sets a variable that the container sees.
    pub fn add_environment(&self, name: &str, value: impl IntoValue<String>) {
        let entry = json!({ "Name": name, "Value": value.into_value() });
        task::add_to_container(&self.task_definition, "Environment", entry);
    }

    /// Gives the container a secret as a variable; ECS may read it.
    pub fn add_secret(&self, name: &str, secret: &ContainerSecret) {
        secret.grant_read(&self.execution_role);
        let entry = json!({ "Name": name, "ValueFrom": secret.value_from() });
        task::add_to_container(&self.task_definition, "Secrets", entry);
    }

    /// Changes the bounds of the number of tasks at set times. The schedule is AWS's: it takes a day of the month or a day of the week,
    /// not both.
    #[track_caller]
    pub fn schedule(&self, id: &str, schedule: Schedule) {
        match &self.scalable_target {
            Some(target) => scaling::schedule(target, id, &schedule),
            None => {
                let message = "a service of a fixed size has no schedule";
                let help = "give a `max_capacity` above the `min_capacity`";
                let error = Diagnostic::error(codes::BAD_SCHEDULE, message);
                self.service.report(error.property("DesiredCount").help(help));
            }
        }
    }

    /// The alarms that the service should have, with thresholds to change; an `AlarmSet` makes them.
    pub fn alarms(&self) -> WebAlarms {
        let load_balancer = self.load_balancer.load_balancer_full_name();
        let targets = self.target_group.target_group_full_name();
        WebAlarms::of_service(self.cluster.name(), self.service.name())
            .load_balancer(load_balancer, targets)
    }

    /// The scope of the construct, for what belongs below it.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Grantee for FargateService {
    /// What the program may do.
    fn grant_role(&self) -> &Role {
        &self.role
    }
}

impl From<&FargateService> for Peer {
    /// The tasks.
    fn from(service: &FargateService) -> Peer {
        Peer::from(&service.security_group)
    }
}
