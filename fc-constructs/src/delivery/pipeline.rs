//! What all pipelines have: a source, a build, a bucket between the stages, a trigger.

use fc_cdk_aws::{
    codepipeline::{
        self, ActionDeclaration, ActionTypeId, InputArtifact, OutputArtifact, StageDeclaration,
    },
    events,
};
use fc_cdk_core::{
    IntoValue, Node, Scope, Value, json,
    policy::{Principal, Statement},
    sub,
};

use super::{
    Source,
    build::{self, Build, SOURCE},
    source::{self, Made},
};
use crate::{
    messaging::Topic,
    security::{Key, Role},
    storage::Bucket,
};

pub(super) struct Settings {
    pub(super) encryption_key: Option<Key>,
    pub(super) access_logs: Option<Bucket>,
    pub(super) artifact_days: u32,
    pub(super) build: build::Settings,
}

/// What comes before the deployment. The ids are the same in each kind of pipeline, so that one can take the place of another and
/// keeps repository and artifacts.
pub(super) struct Parts {
    pub(super) key: Key,
    pub(super) artifacts: Bucket,
    /// What the pipeline itself may do.
    pub(super) role: Role,
    pub(super) source: Made,
    pub(super) build: Build,
}

pub(super) fn parts(scope: &Scope, source: &Source, settings: Settings) -> Parts {
    let key = settings.encryption_key.unwrap_or_else(|| {
        Key::builder().description(format!("artifacts of {}", scope.path())).build(scope, "Key")
    });
    let mut artifacts =
        Bucket::builder().encryption_key(key.clone()).expire_after_days(settings.artifact_days);
    if let Some(logs) = settings.access_logs {
        artifacts = artifacts.access_logs(logs);
    }
    let artifacts = artifacts.build(scope, "Artifacts");
    let role = Role::builder()
        .assumed_by(Principal::service("codepipeline.amazonaws.com"))
        .build(scope, "Role");
    let source = source.make(scope, &role);
    let build = build::project(scope, settings.build, &key);
    for role in [&role, &build.role] {
        artifacts.grant(role, &["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], "*");
        key.grant_encrypt_decrypt(role);
    }
    let start = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"];
    role.add_statement(Statement::allow().actions(start).resources([build.project.arn()]));
    Parts { key, artifacts, role, source, build }
}

pub(super) fn pipeline(
    scope: &Scope,
    name: Option<Value<String>>,
    role: &Role,
    artifacts: &Bucket,
    key: &Key,
    stages: Vec<Value<StageDeclaration>>,
) -> codepipeline::PipelineHandle {
    let store_key = codepipeline::EncryptionKey::new().id(key).r#type("KMS");
    let store = codepipeline::ArtifactStore::new()
        .location(artifacts)
        .r#type("S3")
        .encryption_key(store_key);
    let handle = codepipeline::Pipeline::new()
        .name(name)
        .pipeline_type(codepipeline::PipelinePipelineType::V2)
        .execution_mode(codepipeline::PipelineExecutionMode::Queued)
        .role_arn(role)
        .artifact_store(store)
        .stages(stages)
        .build(scope, "Resource");
    if let Some(policy) = role.policy() {
        handle.depends_on(&policy);
    }
    handle
}

pub(super) fn arn(pipeline: &codepipeline::PipelineHandle) -> Value<String> {
    sub!("arn:{AWS::Partition}:codepipeline:{AWS::Region}:{AWS::AccountId}:{pipeline}")
}

/// Starts the pipeline when the source changes.
pub(super) fn trigger(
    scope: &Scope,
    pipeline: &codepipeline::PipelineHandle,
    event: Node,
) -> events::RuleHandle {
    let role = Role::builder()
        .assumed_by(Principal::service("events.amazonaws.com"))
        .build(scope, "TriggerRole");
    let start = Statement::allow().actions(["codepipeline:StartPipelineExecution"]);
    role.add_statement(start.resources([arn(pipeline)]));
    let target = events::Target::new().id("Pipeline").arn(arn(pipeline)).role_arn(&role);
    events::Rule::new()
        .description("the source has changed")
        .event_pattern(event)
        .targets([target])
        .build(scope, "Trigger")
}

/// Tells a topic when the pipeline fails.
#[track_caller]
pub(super) fn notify_failures(
    scope: &Scope,
    pipeline: &codepipeline::PipelineHandle,
    topic: &Topic,
) -> events::RuleHandle {
    topic.allow_service("events.amazonaws.com");
    let pattern = json!({
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        "detail": { "pipeline": [pipeline.name()], "state": ["FAILED"] },
    });
    events::Rule::new()
        .description("the pipeline failed")
        .event_pattern(pattern)
        .targets([events::Target::new().id("Topic").arn(topic)])
        .build(scope, "Failed")
}

/// The stages before the deployment: the source, a build that hands on these artifacts, and somebody's consent where it is wanted.
pub(super) fn stages(
    source: &Made,
    build: &Build,
    artifacts: &[&str],
    approval: bool,
) -> Vec<Value<StageDeclaration>> {
    let project = json!({ "ProjectName": build.project.name() });
    let build = action("Build", "Build", "CodeBuild", project, 1)
        .input_artifacts([input(SOURCE)])
        .output_artifacts(artifacts.iter().copied().map(output));
    let mut stages = vec![stage("Source", [source::action(source)]), stage("Build", [build])];
    if approval {
        stages.push(stage("Approve", [action("Approve", "Approval", "Manual", Node::Null, 1)]));
    }
    stages
}

/// An action of a stage; `category` and `provider` are CodePipeline's.
pub(super) fn action(
    name: &str,
    category: &str,
    provider: &str,
    configuration: Node,
    run_order: i64,
) -> ActionDeclaration {
    let kind = ActionTypeId::new().category(category).owner("AWS").provider(provider).version("1");
    let action = ActionDeclaration::new().name(name).action_type_id(kind).run_order(run_order);
    if configuration.is_null() { action } else { action.configuration(configuration) }
}

pub(super) fn output(name: &str) -> OutputArtifact {
    OutputArtifact::new().name(name)
}

pub(super) fn input(name: &str) -> InputArtifact {
    InputArtifact::new().name(name)
}

pub(super) fn stage(
    name: &str,
    actions: impl IntoIterator<Item = ActionDeclaration>,
) -> Value<StageDeclaration> {
    StageDeclaration::new().name(name).actions(actions).into_value()
}
