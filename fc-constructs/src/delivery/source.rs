//! [`Source`]: where a pipeline's code comes from.

use fc_cdk_aws::{codecommit, codepipeline::ActionDeclaration};
use fc_cdk_core::{Diagnostic, IntoValue, Node, Scope, Value, json, policy::Statement, sub};

use super::codes;
use crate::{security::Role, storage::Bucket};

/// Where a pipeline's code comes from. A change starts the pipeline; nothing is asked every minute.
#[derive(Clone)]
pub struct Source {
    kind: Kind,
    branch: String,
}

#[derive(Clone)]
enum Kind {
    Repository { name: String, exists: bool },
    Connection { arn: Value<String>, repository: String },
    Bucket { bucket: Bucket, key: String },
}

/// A source in a pipeline.
pub(super) struct Made {
    /// CodePipeline's name of the provider, with its owner.
    pub(super) provider: &'static str,
    pub(super) configuration: Node,
    /// What EventBridge has to wait for; nothing where CodePipeline hears of changes by itself.
    pub(super) event: Option<Node>,
    pub(super) repository: Option<codecommit::RepositoryHandle>,
}

impl Source {
    /// A CodeCommit repository that the pipeline makes; its code outlives the stack. Accounts that had no repository before July 2024 may
    /// have to ask AWS for CodeCommit, or use [`connection`](Source::connection).
    pub fn repository(name: impl Into<String>) -> Source {
        Source::new(Kind::Repository { name: name.into(), exists: false })
    }

    /// A CodeCommit repository that is there already, in the account and region of the pipeline.
    pub fn existing_repository(name: impl Into<String>) -> Source {
        Source::new(Kind::Repository { name: name.into(), exists: true })
    }

    /// A repository such as `owner/name` on GitHub, GitLab or Bitbucket, by the ARN of a connection that somebody has confirmed once.
    ///
    /// See <https://docs.aws.amazon.com/dtconsole/latest/userguide/connections.html>.
    pub fn connection(arn: impl IntoValue<String>, repository: impl Into<String>) -> Source {
        Source::new(Kind::Connection { arn: arn.into_value(), repository: repository.into() })
    }

    /// A ZIP archive in a versioned bucket; the bucket tells EventBridge of changes from then on.
    pub fn bucket(bucket: &Bucket, key: impl Into<String>) -> Source {
        Source::new(Kind::Bucket { bucket: bucket.clone(), key: key.into() })
    }

    fn new(kind: Kind) -> Source {
        Source { kind, branch: "main".into() }
    }

    /// The branch whose changes count; `main` where nothing is said.
    #[must_use]
    pub fn branch(mut self, name: impl Into<String>) -> Source {
        self.branch = name.into();
        self
    }

    /// Makes what the source needs, and lets the pipeline read it.
    pub(super) fn make(&self, scope: &Scope, role: &Role) -> Made {
        self.check(scope);
        let branch = self.branch.as_str();
        match &self.kind {
            Kind::Repository { name, exists } => {
                let repository = (!exists).then(|| {
                    codecommit::Repository::new()
                        .repository_name(name.as_str())
                        .build(scope, "Repository")
                });
                let arn: Value<String> = match &repository {
                    Some(repository) => repository.arn(),
                    None => sub!(
                        "arn:{AWS::Partition}:codecommit:{AWS::Region}:{AWS::AccountId}:{name}"
                    ),
                };
                let read = [
                    "codecommit:CancelUploadArchive",
                    "codecommit:GetBranch",
                    "codecommit:GetCommit",
                    "codecommit:GetRepository",
                    "codecommit:GetUploadArchiveStatus",
                    "codecommit:UploadArchive",
                ];
                role.add_statement(Statement::allow().actions(read).resources([&arn]));
                let given: Value<String> = match &repository {
                    Some(repository) => repository.name(),
                    None => name.into_value(),
                };
                Made {
                    provider: "CodeCommit",
                    configuration: json!({
                        "RepositoryName": given,
                        "BranchName": branch,
                        "PollForSourceChanges": "false",
                    }),
                    event: Some(json!({
                        "source": ["aws.codecommit"],
                        "detail-type": ["CodeCommit Repository State Change"],
                        "resources": [arn],
                        "detail": {
                            "event": ["referenceCreated", "referenceUpdated"],
                            "referenceType": ["branch"],
                            "referenceName": [branch],
                        },
                    })),
                    repository,
                }
            }
            Kind::Connection { arn, repository } => {
                // Connections have two names, of which AWS checks the one that the ARN has.
                let usage = ["codeconnections:UseConnection", "codestar-connections:UseConnection"];
                if !is_no_arn(arn) {
                    role.add_statement(Statement::allow().actions(usage).resources([arn]));
                }
                Made {
                    provider: "CodeStarSourceConnection",
                    configuration: json!({
                        "ConnectionArn": arn,
                        "FullRepositoryId": repository.as_str(),
                        "BranchName": branch,
                        "DetectChanges": "true",
                    }),
                    event: None,
                    repository: None,
                }
            }
            Kind::Bucket { bucket, key } => {
                bucket.grant_read(role);
                let versions = Statement::allow()
                    .actions(["s3:GetBucketVersioning"])
                    .resources([bucket.arn()]);
                role.add_statement(versions);
                bucket.grant(role, &["s3:GetObjectVersion"], key);
                bucket.handle.update_property("NotificationConfiguration", |configuration| {
                    let mut configuration = configuration.as_map().cloned().unwrap_or_default();
                    configuration
                        .insert("EventBridgeConfiguration", json!({ "EventBridgeEnabled": true }));
                    Node::Map(configuration)
                });
                let name: Value<String> = bucket.into_value();
                Made {
                    provider: "S3",
                    configuration: json!({
                        "S3Bucket": &name,
                        "S3ObjectKey": key.as_str(),
                        "PollForSourceChanges": "false",
                    }),
                    event: Some(json!({
                        "source": ["aws.s3"],
                        "detail-type": ["Object Created"],
                        "detail": { "bucket": { "name": [name] }, "object": { "key": [key.as_str()] } },
                    })),
                    repository: None,
                }
            }
        }
    }

    fn check(&self, scope: &Scope) {
        let report = |message: String, help: &str| {
            scope.report(
                Diagnostic::error(codes::BAD_PIPELINE, message).property("source").help(help),
            );
        };
        let plain =
            |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        match &self.kind {
            Kind::Repository { name, .. } => {
                if !(1..=100).contains(&name.len()) || !plain(name) || name.ends_with(".git") {
                    let help = "use letters, digits, dots, dashes and underscores, 100 at most, and no `.git` at the end";
                    report(format!("`{name}` is no name for a CodeCommit repository"), help);
                }
            }
            Kind::Connection { arn, repository } => {
                if repository.split('/').filter(|part| !part.is_empty()).count() < 2 {
                    report(
                        format!("`{repository}` does not say whose repository it is"),
                        "write `owner/name`",
                    );
                }
                if is_no_arn(arn) {
                    let help =
                        "give the ARN of the connection, which its page in the console shows";
                    report(format!("`{}` is no ARN", arn.as_literal().unwrap_or_default()), help);
                }
            }
            Kind::Bucket { key, .. } => {
                if !key.ends_with(".zip") {
                    report(
                        format!("`{key}` is no ZIP archive"),
                        "put the code into an archive `NAME.zip`",
                    );
                }
            }
        }
        if self.branch.is_empty() {
            report("the branch has no name".into(), "leave `branch` out for `main`");
        }
    }
}

fn is_no_arn(value: &Value<String>) -> bool {
    value.as_literal().is_some_and(|text| !text.starts_with("arn:"))
}

/// The action of a source.
pub(super) fn action(source: &Made) -> ActionDeclaration {
    super::pipeline::action("Source", "Source", source.provider, source.configuration.clone(), 1)
        .output_artifacts([super::pipeline::output(super::build::SOURCE)])
}
