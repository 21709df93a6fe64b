//! What a pipeline does with code: a CodeBuild project.

use fc_cdk_aws::codebuild;
use fc_cdk_core::{IntoValue, Node, Scope, Value, policy::Principal};

use crate::{
    json_text::json_text,
    monitoring::{LogGroup, Retention},
    security::{Key, Role},
};

/// The pipeline's names for what goes from stage to stage.
pub(super) const SOURCE: &str = "Source";
pub(super) const BUILD: &str = "Build";

/// What a build does: commands, and which files it hands on.
///
/// Reference: <https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html>.
#[derive(Clone, Debug)]
pub struct BuildSpec(Kind);

#[derive(Clone, Debug)]
enum Kind {
    File(String),
    Inline(Node),
}

impl BuildSpec {
    /// A file in the code, such as `deploy/buildspec.yml`.
    pub fn file(path: impl Into<String>) -> BuildSpec {
        BuildSpec(Kind::File(path.into()))
    }

    /// The build specification itself.
    ///
    /// ```
    /// use fc_cdk_core::json;
    /// use fc_constructs::delivery::BuildSpec;
    /// let spec = BuildSpec::inline(json!({
    ///     "version": "0.2",
    ///     "phases": { "build": { "commands": ["make"] } },
    ///     "artifacts": { "base-directory": "dist", "files": ["**/*"] },
    /// }));
    /// ```
    pub fn inline(specification: impl Into<Node>) -> BuildSpec {
        BuildSpec(Kind::Inline(specification.into()))
    }

    fn into_text(self) -> Value<String> {
        match self.0 {
            Kind::File(path) => path.into_value(),
            Kind::Inline(node) => json_text(&node),
        }
    }
}

/// What a build has of its own.
pub(super) struct Build {
    pub(super) project: codebuild::ProjectHandle,
    pub(super) role: Role,
    pub(super) log_group: LogGroup,
}

pub(super) struct Settings {
    pub(super) spec: BuildSpec,
    pub(super) image: String,
    pub(super) environment: Vec<(String, Value<String>)>,
    pub(super) timeout_minutes: u16,
    pub(super) log_retention: Retention,
    /// Whether it builds container images.
    pub(super) builds_images: bool,
}

pub(super) fn project(scope: &Scope, settings: Settings, key: &Key) -> Build {
    let role = Role::builder()
        .assumed_by(Principal::service("codebuild.amazonaws.com"))
        .build(scope, "BuildRole");
    let log_group =
        LogGroup::builder().retention(settings.log_retention).encryption_key(key.clone());
    let log_group = log_group.build(scope, "BuildLogs");
    log_group.grant_write(&role);
    let kind = if settings.image.contains("aarch64") { "ARM_CONTAINER" } else { "LINUX_CONTAINER" };
    let mut environment = codebuild::Environment::new()
        .r#type(kind)
        .compute_type("BUILD_GENERAL1_SMALL")
        .image(settings.image)
        .privileged_mode(false);
    if settings.builds_images {
        // Docker runs beside the build on a server of its own, so that the build needs no power over its host.
        let docker = codebuild::DockerServer::new().compute_type("BUILD_GENERAL1_SMALL");
        environment = environment.docker_server(docker);
    }
    if !settings.environment.is_empty() {
        let variables = settings.environment.into_iter();
        environment = environment
            .environment_variables(variables.map(|(name, value)| {
                codebuild::EnvironmentVariable::new().name(name).value(value)
            }));
    }
    let logs = codebuild::CloudWatchLogsConfig::new().status("ENABLED").group_name(&log_group);
    let project = codebuild::Project::new()
        .service_role(role.arn())
        .source(
            codebuild::Source::new().r#type("CODEPIPELINE").build_spec(settings.spec.into_text()),
        )
        .artifacts(codebuild::Artifacts::new().r#type("CODEPIPELINE"))
        .environment(environment)
        .encryption_key(key.arn())
        .timeout_in_minutes(settings.timeout_minutes)
        .logs_config(codebuild::LogsConfig::new().cloud_watch_logs(logs))
        .build(scope, "Project");
    Build { project, role, log_group }
}
