//! One copy of a container: its definition, and the two roles that belong to it.

use fc_cdk_aws::ecs::{
    self, ContainerDefinition, DaemonTaskDefinitionKeyValuePair,
    DaemonTaskDefinitionLogConfiguration, RuntimePlatformCpuArchitecture,
    RuntimePlatformOperatingSystemFamily, TaskDefinitionLinuxParameters, TaskDefinitionNetworkMode,
    TaskDefinitionRequiresCompatibilities,
};
use fc_cdk_core::{
    Diagnostic, Node, Scope, Value, intrinsics,
    policy::{Condition, Principal, Statement},
    sub,
};

use super::{ContainerImage, ContainerSecret, Repository, codes, image::Started, size};
use crate::{
    monitoring::LogGroup,
    security::{Key, Role},
};

/// What the container is called, also by pipelines that bring a new image.
pub(crate) const CONTAINER: &str = "app";

pub(super) struct Settings {
    pub(super) image: ContainerImage,
    pub(super) repository: Option<Repository>,
    pub(super) port: u16,
    pub(super) health_check_path: String,
    pub(super) cpu: u32,
    pub(super) memory_mib: u32,
    pub(super) environment: Vec<(String, Value<String>)>,
    pub(super) secrets: Vec<(&'static str, ContainerSecret)>,
    pub(super) x86: bool,
    pub(super) read_only: bool,
    pub(super) writable: Vec<&'static str>,
    pub(super) exec: bool,
    pub(super) stop_seconds: u64,
}

pub(super) struct Task {
    pub(super) definition: ecs::TaskDefinitionHandle,
    /// What the program may do.
    pub(super) role: Role,
    /// What ECS does for it: pull the image, read secrets, write logs.
    pub(super) execution_role: Role,
}

pub(super) fn task(scope: &Scope, settings: Settings, logs: &LogGroup, key: Option<&Key>) -> Task {
    check(scope, &settings);
    let role = task_role(scope, "TaskRole", "what the program in the container may do");
    let execution_role =
        task_role(scope, "ExecutionRole", "pulls the image, reads secrets, writes logs");
    logs.grant_write(&execution_role);
    for repository in settings.image.needs().into_iter().chain(&settings.repository) {
        repository.grant_pull(&execution_role);
    }
    if settings.exec {
        allow_exec(&role, key);
    }
    let Started { image, command, environment } =
        settings.image.started(settings.port, &settings.health_check_path);
    let mut container = ContainerDefinition::new()
        .name(CONTAINER)
        .image(image)
        .essential(true)
        .port_mappings([ecs::PortMapping::new()
            .container_port(settings.port)
            .protocol(ecs::PortMappingProtocol::Tcp)])
        .readonly_root_filesystem(settings.read_only)
        .stop_timeout(settings.stop_seconds as i64)
        .linux_parameters(TaskDefinitionLinuxParameters::new().init_process_enabled(true))
        .log_configuration(log_configuration(logs));
    if !command.is_empty() {
        container = container.command(command);
    }
    let environment: Vec<_> = environment.into_iter().chain(settings.environment).collect();
    if !environment.is_empty() {
        container =
            container.environment(environment.into_iter().map(|(name, value)| {
                DaemonTaskDefinitionKeyValuePair::new().name(name).value(value)
            }));
    }
    if !settings.secrets.is_empty() {
        container = container.secrets(settings.secrets.iter().map(|(name, secret)| {
            secret.grant_read(&execution_role);
            ecs::Secret::new().name(*name).value_from(secret.value_from())
        }));
    }
    let volumes: Vec<(String, &str)> =
        settings.writable.iter().map(|path| (volume_name(path), *path)).collect();
    if !volumes.is_empty() {
        container = container.mount_points(volumes.iter().map(|(name, path)| {
            ecs::MountPoint::new()
                .source_volume(name.as_str())
                .container_path(*path)
                .read_only(false)
        }));
    }
    let architecture = if settings.x86 {
        RuntimePlatformCpuArchitecture::X8664
    } else {
        RuntimePlatformCpuArchitecture::Arm64
    };
    let mut definition = ecs::TaskDefinition::new()
        .requires_compatibilities([TaskDefinitionRequiresCompatibilities::Fargate])
        .network_mode(TaskDefinitionNetworkMode::Awsvpc)
        .cpu(settings.cpu.to_string())
        .memory(settings.memory_mib.to_string())
        .runtime_platform(
            ecs::RuntimePlatform::new()
                .cpu_architecture(architecture)
                .operating_system_family(RuntimePlatformOperatingSystemFamily::Linux),
        )
        .task_role_arn(&role)
        .execution_role_arn(&execution_role)
        .container_definitions([container]);
    if !volumes.is_empty() {
        definition = definition.volumes(
            volumes.iter().map(|(name, _)| ecs::TaskDefinitionVolume::new().name(name.as_str())),
        );
    }
    Task { definition: definition.build(scope, "TaskDefinition"), role, execution_role }
}

/// A role for tasks of this account alone.
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>.
fn task_role(scope: &Scope, id: &str, description: &str) -> Role {
    let tasks = sub!("arn:{AWS::Partition}:ecs:{AWS::Region}:{AWS::AccountId}:*");
    Role::builder()
        .assumed_by(Principal::service("ecs-tasks.amazonaws.com"))
        .trust_conditions([
            Condition::string_equals("aws:SourceAccount", [intrinsics::account_id()]),
            Condition::arn_like("aws:SourceArn", [tasks]),
        ])
        .description(description)
        .build(scope, id)
}

fn log_configuration(
    logs: &LogGroup,
) -> impl fc_cdk_core::IntoValue<DaemonTaskDefinitionLogConfiguration> + use<> {
    let group: Value<String> = logs.handle.ref_value();
    DaemonTaskDefinitionLogConfiguration::new().log_driver("awslogs").options([
        ("awslogs-group", group),
        ("awslogs-region", intrinsics::region().cast()),
        ("awslogs-stream-prefix", Value::from_node(CONTAINER.into())),
        // A service that cannot log goes on serving.
        ("max-buffer-size", Value::from_node("25m".into())),
        ("mode", Value::from_node("non-blocking".into())),
    ])
}

/// What a shell in the container needs; none of these actions can be limited to a resource.
/// See <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>.
fn allow_exec(role: &Role, key: Option<&Key>) {
    let channel = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ];
    role.add_statement(Statement::allow().actions(channel).resources(["*"]));
    if let Some(key) = key {
        key.grant_decrypt(role);
    }
}

/// The name of the volume that is mounted at a path: `tmp` for `/tmp`, `var-cache-app` for `/var/cache/app`.
fn volume_name(path: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    path.trim_matches('/').chars().map(plain).collect()
}

fn check(scope: &Scope, settings: &Settings) {
    size::check(scope, settings.cpu, settings.memory_mib);
    let report = |property: &str, message: String, help: &str| {
        let error = Diagnostic::error(codes::BAD_CONTAINER, message);
        scope.report(error.property(property).help(help));
    };
    if settings.stop_seconds > 120 {
        let message = format!(
            "Fargate waits 120 seconds at most for a container to stop, not {}",
            settings.stop_seconds
        );
        report("stop_timeout", message, "choose a shorter time");
    }
    if !settings.health_check_path.starts_with('/') {
        let message = format!("`{}` is no path", settings.health_check_path);
        report("health_check_path", message, "begin it with a slash");
    }
    for path in &settings.writable {
        if !path.starts_with('/') || path.trim_matches('/').is_empty() {
            let message = format!("`{path}` is no folder below the root of the container");
            report("writable", message, "give absolute paths, such as `/tmp`");
        }
    }
    let names = settings.environment.iter().map(|(name, _)| name.as_str());
    let names: Vec<&str> = names.chain(settings.secrets.iter().map(|(name, _)| *name)).collect();
    for (place, name) in names.iter().enumerate() {
        if names[..place].contains(name) {
            let message = format!("the container is told `{name}` twice");
            report("environment", message, "leave one of them out");
        }
    }
}

/// Adds an entry to a list of the only container.
pub(super) fn add_to_container(
    definition: &ecs::TaskDefinitionHandle,
    list: &str,
    entry: impl Into<Node>,
) {
    let entry = entry.into();
    definition.update_property("ContainerDefinitions", |mut containers| {
        let container = match &mut containers {
            Node::List(containers) => containers.first_mut().and_then(Node::as_map_mut),
            _ => None,
        };
        if let Some(container) = container {
            let entries = container.get_or_insert_with(list, || Node::List(Vec::new()));
            if let Node::List(entries) = entries {
                entries.push(entry);
            }
        }
        containers
    });
}
