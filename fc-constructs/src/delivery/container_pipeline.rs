//! [`ContainerPipeline`]: from source code to running containers.

use fc_cdk_aws::{codebuild, codecommit, codepipeline, events};
use fc_cdk_core::{Diagnostic, IntoValue, Scope, Value, policy::Statement};

use super::{
    BuildSpec, ContainerTarget, Source,
    build::{self, BUILD},
    codes,
    container_target::{allow_deploying, build_spec},
    needs,
    pipeline::{self, Parts, action, input, stage},
};
use crate::{
    builder::construct,
    handle::stands_for,
    messaging::Topic,
    monitoring::{LogGroup, Retention},
    security::{Grantee, Key, Role},
    storage::Bucket,
};

#[doc = include_str!("container_pipeline.md")]
#[derive(Clone)]
pub struct ContainerPipeline {
    /// The pipeline itself, for everything that has no setting here.
    pub handle: codepipeline::PipelineHandle,
    /// The repository of the code, where the pipeline made it.
    pub repository: Option<codecommit::RepositoryHandle>,
    /// The bucket for what goes from stage to stage.
    pub artifacts: Bucket,
    /// The key that encrypts artifacts and logs.
    pub key: Key,
    /// What builds.
    pub project: codebuild::ProjectHandle,
    /// What the build may do; grants add to it.
    pub build_role: Role,
    /// Where the build's logs go.
    pub build_logs: LogGroup,
    /// What the pipeline itself may do.
    pub role: Role,
    /// What starts the pipeline, unless CodePipeline does so by itself.
    pub trigger: Option<events::RuleHandle>,
    scope: Scope,
}

construct! {
    ContainerPipeline, ContainerPipelineBuilder, ContainerPipelineOptions {
        required {
            /// Where the code comes from: `Source::repository("shop")`.
            source: Into<Source>,
            /// The services, in the order in which they are deployed to: `[ContainerTarget::service("Was", &was), …]`.
            targets: Into<Vec<ContainerTarget>>,
        }
        optional {
            /// The name, unique in the account and region. Default: CloudFormation makes one.
            pipeline_name: IntoValue<String>,
            /// What the build does. Default: it builds the image of each target and pushes it, tagged by the commit. One of your own finds the
            /// repositories in variables such as `REPOSITORY_WEB`, and writes files such as `images-web.json`:
            /// `[{"name":"app","imageUri":"…"}]`.
            build_spec: Into<BuildSpec>,
            /// The image that the build runs in; it decides for which processors images are built. Default: Amazon Linux 2023 on ARM, AWS's own.
            /// See <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html>.
            build_image: Into<String> = "aws/codebuild/amazonlinux-aarch64-standard:3.0".to_owned(),
            /// Variables that the build sees; nothing secret. Default: none but the repositories.
            environment: Into<Vec<(String, Value<String>)>> = Vec::new(),
            /// The longest build, 5 to 2,160 minutes. Default: 30.
            build_timeout_minutes: Into<u16> = 30,
            /// Whether somebody has to agree before anything is deployed. Default: no.
            approval: Into<bool> = false,
            /// Who hears when the pipeline fails. Default: nobody.
            notifications: Into<Topic>,
            /// The key that encrypts artifacts and logs. Default: one of its own.
            encryption_key: Into<Key>,
            /// The bucket that hears of each request for an artifact. Default: nobody does.
            access_logs: Into<Bucket>,
            /// How long the build's logs are kept. Default: three months.
            log_retention: Into<Retention> = Retention::ThreeMonths,
            /// Days after which artifacts are deleted. Default: 365.
            artifact_days: Into<u32> = 365,
        }
    }
}

impl ContainerPipeline {
    fn create(
        scope: &Scope,
        source: Source,
        targets: Vec<ContainerTarget>,
        options: ContainerPipelineOptions,
    ) -> ContainerPipeline {
        let targets = checked(scope, targets);
        let mut environment: Vec<(String, Value<String>)> =
            targets.iter().filter_map(ContainerTarget::environment).collect();
        environment.extend(options.environment);
        let build = build::Settings {
            spec: options.build_spec.unwrap_or_else(|| BuildSpec::inline(build_spec(&targets))),
            image: options.build_image,
            environment,
            timeout_minutes: options.build_timeout_minutes,
            log_retention: options.log_retention,
            builds_images: true,
        };
        let settings = pipeline::Settings {
            encryption_key: options.encryption_key,
            access_logs: options.access_logs,
            artifact_days: options.artifact_days,
            build,
        };
        let Parts { key, artifacts, role, source, build } =
            pipeline::parts(scope, &source, settings);
        for target in &targets {
            if let Some(repository) = &target.repository {
                repository.grant_push(&build.role);
                let look = Statement::allow().actions(["ecr:DescribeImages"]);
                build.role.add_statement(look.resources([repository.arn()]));
            }
        }
        let mut stages = pipeline::stages(&source, &build, &[BUILD], options.approval);
        if !targets.is_empty() {
            allow_deploying(&role, &targets);
            let deploy = targets.iter().zip(1..).map(|(target, order)| {
                action(&target.id, "Deploy", "ECS", target.configuration(), order)
                    .input_artifacts([input(BUILD)])
            });
            stages.push(stage("Deploy", deploy));
        }
        let handle =
            pipeline::pipeline(scope, options.pipeline_name, &role, &artifacts, &key, stages);
        let trigger = source.event.map(|event| pipeline::trigger(scope, &handle, event));
        let pipeline = ContainerPipeline {
            handle,
            repository: source.repository,
            artifacts,
            key,
            project: build.project,
            build_role: build.role,
            build_logs: build.log_group,
            role,
            trigger,
            scope: scope.clone(),
        };
        if let Some(topic) = &options.notifications {
            pipeline.notify_failures(topic);
        }
        pipeline
    }

    /// Tells a topic when the pipeline fails.
    #[track_caller]
    pub fn notify_failures(&self, topic: &Topic) -> events::RuleHandle {
        pipeline::notify_failures(&self.scope, &self.handle, topic)
    }

    /// The ARN.
    pub fn arn(&self) -> Value<String> {
        pipeline::arn(&self.handle)
    }
}

stands_for!(ContainerPipeline.handle: codepipeline::PipelineHandle);

impl Grantee for ContainerPipeline {
    /// What the build may do.
    fn grant_role(&self) -> &Role {
        &self.build_role
    }
}

/// The targets without those whose id is taken; what is wrong with them is reported.
fn checked(scope: &Scope, targets: Vec<ContainerTarget>) -> Vec<ContainerTarget> {
    let report = |message: String, help: &str| {
        let error = Diagnostic::error(codes::BAD_PIPELINE, message);
        scope.report(error.property("targets").help(help));
    };
    if targets.is_empty() {
        report("the pipeline deploys to no service".into(), "give it a `ContainerTarget`");
    }
    let mut once: Vec<ContainerTarget> = Vec::with_capacity(targets.len());
    for target in targets {
        let id = &target.id;
        let plain = |c: char| c.is_ascii_alphanumeric() || ".@_-".contains(c);
        if id.is_empty() || !id.chars().all(plain) {
            let help = "use letters, digits, dots, dashes and underscores";
            report(format!("`{id}` is no name for an action"), help);
        }
        if target.repository.is_none() {
            let help = "give the service a `repository`, or the target";
            report(format!("there is no repository for the images of `{id}`"), help);
        }
        let quoted = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        if target.directory.is_empty() || !target.directory.chars().all(quoted) {
            let help = "give a path in the code, of letters, digits, dots, dashes and slashes";
            report(format!("`{}` is no folder of the code", target.directory), help);
        }
        if once.iter().any(|other| other.variable() == target.variable()) {
            report(format!("there are two targets `{id}`"), "give each target a name of its own");
        } else {
            once.push(target);
        }
    }
    once
}
