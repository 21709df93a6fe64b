//! [`Ec2Pipeline`]: from source code to servers.

use fc_cdk_aws::{
    codecommit, codedeploy,
    codepipeline::{self, ActionDeclaration},
    events,
    ids::iam::RoleName,
};
use fc_cdk_core::{
    Diagnostic, IntoValue, Scope, Value, json,
    policy::{Principal, Statement},
    sub,
};

use super::{
    BuildSpec, DeployTarget, Source,
    build::{self, BUILD, SOURCE},
    codes, needs,
    pipeline::{self, Parts, action, input, stage},
    target::{deployment_group, permissions},
};
use crate::{
    builder::construct,
    handle::stands_for,
    messaging::Topic,
    monitoring::{LogGroup, Retention},
    security::{Key, Role},
    storage::Bucket,
};

#[doc = include_str!("ec2_pipeline.md")]
#[derive(Clone)]
pub struct Ec2Pipeline {
    /// The pipeline itself, for everything that has no setting here.
    pub handle: codepipeline::PipelineHandle,
    /// The repository, where the pipeline made it.
    pub repository: Option<codecommit::RepositoryHandle>,
    /// The bucket for what goes from stage to stage.
    pub artifacts: Bucket,
    /// The key that encrypts artifacts and logs.
    pub key: Key,
    /// What builds.
    pub project: fc_cdk_aws::codebuild::ProjectHandle,
    /// What the build may do; grants add to it.
    pub build_role: Role,
    /// Where the build's logs go.
    pub build_logs: LogGroup,
    /// What is deployed.
    pub application: codedeploy::ApplicationHandle,
    /// Where it is deployed to, in the order of the targets.
    pub deployment_groups: Vec<codedeploy::DeploymentGroupHandle>,
    /// What the pipeline itself may do.
    pub role: Role,
    /// What starts the pipeline, unless CodePipeline does so by itself.
    pub trigger: Option<events::RuleHandle>,
    scope: Scope,
}

construct! {
    Ec2Pipeline, Ec2PipelineBuilder, Ec2PipelineOptions {
        required {
            /// Where the code comes from: `Source::repository("shop")`.
            source: Into<Source>,
            /// The servers, in the order in which they are deployed to: `[DeployTarget::servers("Was", &was), …]`.
            targets: Into<Vec<DeployTarget>>,
        }
        optional {
            /// The name, unique in the account and region. Default: CloudFormation makes one.
            pipeline_name: IntoValue<String>,
            /// What the build does. Default: what the file `buildspec.yml` of the code says.
            build_spec: Into<BuildSpec> = BuildSpec::file("buildspec.yml"),
            /// The image that the build runs in. Default: Amazon Linux 2023 on ARM, AWS's own.
            /// See <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html>.
            build_image: Into<String> = "aws/codebuild/amazonlinux-aarch64-standard:3.0".to_owned(),
            /// Variables that the build sees; nothing secret. Default: none.
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
            /// Days after which artifacts are deleted; what is deployed to new servers has to be there still. Default: 365.
            artifact_days: Into<u32> = 365,
        }
    }
}

impl Ec2Pipeline {
    fn create(
        scope: &Scope,
        source: Source,
        targets: Vec<DeployTarget>,
        options: Ec2PipelineOptions,
    ) -> Ec2Pipeline {
        let targets = checked(scope, targets);
        let build = build::Settings {
            spec: options.build_spec,
            image: options.build_image,
            environment: options.environment,
            timeout_minutes: options.build_timeout_minutes,
            log_retention: options.log_retention,
            builds_images: false,
        };
        let settings = pipeline::Settings {
            encryption_key: options.encryption_key,
            access_logs: options.access_logs,
            artifact_days: options.artifact_days,
            build,
        };
        let Parts { key, artifacts, role, source, build } =
            pipeline::parts(scope, &source, settings);

        let application = codedeploy::Application::new()
            .compute_platform(codedeploy::ComputePlatform::Server)
            .build(scope, "Application");
        let deploy_role = Role::builder()
            .assumed_by(Principal::service("codedeploy.amazonaws.com"))
            .build(scope, "DeployRole");
        if !targets.is_empty() {
            permissions(&deploy_role, &targets);
        }
        let groups = targets.iter().map(|target| {
            let group = deployment_group(scope, &application, &deploy_role, target);
            if let Some(policy) = deploy_role.policy() {
                group.depends_on(&policy);
            }
            group
        });
        let groups: Vec<codedeploy::DeploymentGroupHandle> = groups.collect();
        if !groups.is_empty() {
            allow_deploying(&role, &application, &groups, &targets);
        }

        let artifacts_of_build = artifacts_of(&targets);
        let mut stages = pipeline::stages(&source, &build, &artifacts_of_build, options.approval);
        if !targets.is_empty() {
            stages.push(stage("Deploy", deploy_actions(&application, &targets, &groups)));
        }

        let handle =
            pipeline::pipeline(scope, options.pipeline_name, &role, &artifacts, &key, stages);
        let trigger = source.event.map(|event| pipeline::trigger(scope, &handle, event));
        let pipeline = Ec2Pipeline {
            handle,
            repository: source.repository,
            artifacts,
            key,
            project: build.project,
            build_role: build.role,
            build_logs: build.log_group,
            application,
            deployment_groups: groups,
            role,
            trigger,
            scope: scope.clone(),
        };
        for target in &targets {
            if let Some(role) = &target.instance_role {
                pipeline.grant_artifact_read(role);
            }
        }
        if let Some(topic) = &options.notifications {
            pipeline.notify_failures(topic);
        }
        pipeline
    }

    /// Lets servers read what is deployed, by the name of their role, which has no path; targets with an `instance_role` can already.
    ///
    /// The bucket and the key say it, not the role: a role that other stacks put policies on cannot be deleted by its own.
    pub fn grant_artifact_read(&self, role_name: impl IntoValue<RoleName>) {
        let role_name: Value<RoleName> = role_name.into_value();
        let role = sub!("arn:{AWS::Partition}:iam::{AWS::AccountId}:role/{role_name}");
        let allow = || Statement::allow().principals([Principal::arn(&role)]);
        let read = ["s3:GetObject", "s3:GetObjectVersion"];
        let objects = self.artifacts.objects("*");
        self.artifacts.add_to_resource_policy(allow().actions(read).resources([objects]));
        self.key.add_to_key_policy(allow().actions(["kms:Decrypt"]).resources(["*"]));
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

stands_for!(Ec2Pipeline.handle: codepipeline::PipelineHandle);

/// The targets without those whose id is taken; what is wrong with them is reported.
fn checked(scope: &Scope, targets: Vec<DeployTarget>) -> Vec<DeployTarget> {
    let report = |message: String, help: &str| {
        let error = Diagnostic::error(codes::BAD_PIPELINE, message);
        scope.report(error.property("targets").help(help));
    };
    if targets.is_empty() {
        report("the pipeline deploys to no servers".into(), "give it a `DeployTarget`");
    }
    let mut once: Vec<DeployTarget> = Vec::with_capacity(targets.len());
    for target in targets {
        let artifact = target.artifact.as_str();
        let plain = artifact.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if artifact == SOURCE || artifact.is_empty() || !plain {
            let help = "use letters, digits and underscores, and another name than `Source`";
            report(format!("`{artifact}` is no name for an artifact of the build"), help);
        }
        if once.iter().any(|other| other.id == target.id) {
            let help = "give each target a name of its own";
            report(format!("there are two targets `{}`", target.id), help);
        } else {
            once.push(target);
        }
    }
    once
}

fn deploy_actions(
    application: &codedeploy::ApplicationHandle,
    targets: &[DeployTarget],
    groups: &[codedeploy::DeploymentGroupHandle],
) -> Vec<ActionDeclaration> {
    let deploy = targets.iter().zip(groups).zip(1..).map(|((target, group), order)| {
        let configuration = json!({
            "ApplicationName": application.application_name(),
            "DeploymentGroupName": group.deployment_group_name(),
        });
        action(&target.id, "Deploy", "CodeDeploy", configuration, order)
            .input_artifacts([input(&target.artifact)])
    });
    deploy.collect()
}

/// What the build hands on.
fn artifacts_of(targets: &[DeployTarget]) -> Vec<&str> {
    let mut names: Vec<&str> = targets.iter().map(|target| target.artifact.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        names.push(BUILD);
    }
    names
}

/// Lets the pipeline deploy.
/// See <https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html>.
fn allow_deploying(
    role: &Role,
    application: &codedeploy::ApplicationHandle,
    groups: &[codedeploy::DeploymentGroupHandle],
    targets: &[DeployTarget],
) {
    let arn = |rest: Value<String>| {
        sub!("arn:{AWS::Partition}:codedeploy:{AWS::Region}:{AWS::AccountId}:{rest}")
    };
    let of_application = [
        "codedeploy:GetApplication",
        "codedeploy:GetApplicationRevision",
        "codedeploy:RegisterApplicationRevision",
    ];
    let statement = Statement::allow().actions(of_application);
    role.add_statement(statement.resources([arn(sub!("application:{application}"))]));
    let of_group = ["codedeploy:CreateDeployment", "codedeploy:GetDeployment"];
    let groups = groups.iter().map(|group| arn(sub!("deploymentgroup:{application}/{group}")));
    role.add_statement(Statement::allow().actions(of_group).resources(groups));
    let configurations = targets.iter().map(|target| {
        let configuration = target.speed.configuration();
        arn(sub!("deploymentconfig:{configuration}"))
    });
    let statement = Statement::allow().actions(["codedeploy:GetDeploymentConfig"]);
    role.add_statement(statement.resources(configurations));
}
