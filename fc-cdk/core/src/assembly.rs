//! [`Assembly`]: what synth gives, and the files of the cloud assembly that the `cdk` CLI reads.
//!
//! The contract is that of <https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema>. Nothing here touches a disk.

mod construct_tree; // tree.json
mod files; // manifests and all else that is written
mod report; // validation-report.json

use std::cell::OnceCell;

use hmac_sha256::Hash;
use smol_str::{SmolStr, format_smolstr};

use self::construct_tree::ConstructTree;
use crate::{
    app::Environment,
    asset::AssetSource,
    diagnostic::{Diagnostic, Severity},
    node::{Map, Node},
    stack_name,
    synth::{Allowed, Graph, Ids, StackDraft, SynthOptions, asset_hash},
    template::Template,
    tree::{Kind, NodeId, Tree},
};

/// The version of the assembly's schema: every `cdk` CLI in use since 2025 reads it.
pub const SCHEMA_VERSION: &str = "43.0.0";

/// The qualifier of the AWS CDK's bootstrap resources; both tools share them.
const QUALIFIER: &str = "hnb659fds";

/// The largest template that CloudFormation takes without a bucket, in bytes.
pub const MAX_INLINE_TEMPLATE_BYTES: usize = 51_200;

/// The SHA-256 of some bytes, in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Hash::hash(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The bucket for the assets of an environment, as the AWS CDK's bootstrap names it.
pub(crate) fn asset_bucket(environment: &Environment) -> Node {
    let name = asset_bucket_name(environment);
    if name.contains("${") { Node::function("Fn::Sub", name.into()) } else { name.into() }
}

pub(crate) fn template_url(environment: &Environment, key: &str) -> Node {
    let (_, region) = placeholders(environment);
    let bucket = asset_bucket_name(environment);
    Node::function(
        "Fn::Sub",
        format!("https://s3.{region}.${{AWS::URLSuffix}}/{bucket}/{key}").into(),
    )
}

/// The name of that bucket, with placeholders for what is not known.
fn asset_bucket_name(environment: &Environment) -> String {
    let (account, region) = placeholders(environment);
    format!("cdk-{QUALIFIER}-assets-{account}-{region}")
}

/// The account and region, or the placeholders for them that both CloudFormation and the `cdk` CLI fill in.
fn placeholders(environment: &Environment) -> (&str, &str) {
    (
        environment.account.as_deref().unwrap_or("${AWS::AccountId}"),
        environment.region.as_deref().unwrap_or("${AWS::Region}"),
    )
}

/// The key of an asset in its bucket.
pub(crate) fn object_key(hash: &str, source: &AssetSource) -> SmolStr {
    match extension(source) {
        Some(extension) => format_smolstr!("{hash}.{extension}"),
        None => hash.into(),
    }
}

fn extension(source: &AssetSource) -> Option<SmolStr> {
    match source {
        AssetSource::Directory(_) => Some("zip".into()),
        AssetSource::Content { extension, .. } => Some(extension.clone()),
        AssetSource::File(path) => {
            path.extension().map(|extension| extension.to_string_lossy().as_ref().into())
        }
    }
}

/// A file that an assembly refers to and that is not part of it yet: whoever writes the assembly puts it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedAsset {
    /// Where it belongs, relative to the assembly.
    pub path: String,
    /// What it is made of.
    pub source: AssetSource,
}

/// A file that is in the bucket of the bootstrapping when a stack is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketFile {
    /// Its key there.
    pub key: SmolStr,
    /// The SHA-256 of what it holds.
    pub hash: String,
    /// What it is made of.
    pub source: AssetSource,
    /// Where it is in the assembly, relative to its folder; `None` for templates.
    pub path: Option<String>,
}

/// A stack with its template.
#[derive(Clone, Debug)]
pub struct StackArtifact {
    artifact_id: SmolStr,
    display_name: SmolStr,
    stack_name: SmolStr,
    environment: Environment,
    location: crate::SourceLocation,
    template: Template,
    template_json: Box<str>,
    dependencies: Vec<SmolStr>,
    /// The stage around it, as a construct.
    stage: u32,
    /// The constructs of its resources.
    resources: Vec<u32>,
    nested: bool,
    tags: Vec<(SmolStr, SmolStr)>,
    notification_arns: Vec<String>,
    termination_protection: bool,
    assets: Vec<(SmolStr, AssetSource)>,
    metadata: Vec<Entry>,
}

/// A construct that made an entry of the template.
#[derive(Clone, Debug)]
struct Entry {
    path: SmolStr,
    logical_id: SmolStr,
    location: crate::SourceLocation,
    /// Whether deleting it loses data.
    stateful: bool,
}

impl StackArtifact {
    pub(crate) fn new(
        tree: &Tree,
        ids: &Ids,
        draft: &StackDraft,
        (template, json): (Template, String),
        graph: &Graph,
        options: &SynthOptions,
    ) -> StackArtifact {
        let index = draft.index;
        let stage = stage_of(tree, index);
        let mut artifact = StackArtifact {
            artifact_id: artifact_id(tree, index),
            display_name: tree.path(index),
            stack_name: draft.stack_name.clone(),
            environment: draft.environment.clone(),
            location: tree.user_location(index),
            template,
            template_json: json.into(),
            dependencies: graph.stacks_needed_by(index).map(|on| artifact_id(tree, on)).collect(),
            stage,
            resources: draft.resource_constructs().to_vec(),
            nested: false,
            tags: Vec::new(),
            notification_arns: Vec::new(),
            termination_protection: false,
            assets: Vec::new(),
            metadata: Vec::with_capacity(draft.resource_constructs().len()),
        };
        if let Kind::Stack(data) = &tree.get(index).kind {
            artifact.nested = data.nested.is_some();
            artifact.tags = data.tags.clone();
            artifact.notification_arns = data.notification_arns.clone();
            artifact.termination_protection = data.termination_protection;
        }
        for &asset in &draft.assets {
            if let Kind::Asset(data) = &tree.get(asset).kind
                && let Some(hash) =
                    asset_hash(options, NodeId { tree: tree.serial, index: asset }, &data.source)
            {
                artifact.assets.push((hash, data.source.clone()));
            }
        }
        for &resource in draft.resource_constructs() {
            artifact.metadata.push(Entry {
                path: tree.path(resource),
                logical_id: ids.logical_id(resource),
                location: tree.user_location(resource),
                stateful: matches!(&tree.get(resource).kind, Kind::Resource(data) if data.is_stateful()),
            });
        }
        artifact
    }

    /// The name in the assembly: what its files are called.
    pub fn artifact_id(&self) -> &str {
        &self.artifact_id
    }

    /// The path in the app, such as `Prod/Network`: how people name the stack.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The name in CloudFormation.
    pub fn stack_name(&self) -> &str {
        &self.stack_name
    }

    /// The account and region, as far as they are known.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The user's line that made the stack.
    pub fn location(&self) -> crate::SourceLocation {
        self.location
    }

    /// The template.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The template as it is written to its file: JSON, indented by one space.
    pub fn template_json(&self) -> &str {
        &self.template_json
    }

    /// The artifact ids of the stacks that have to be deployed first.
    pub fn dependencies(&self) -> &[SmolStr] {
        &self.dependencies
    }

    /// The tags of the stack itself.
    pub fn tags(&self) -> &[(SmolStr, SmolStr)] {
        &self.tags
    }

    /// Whether CloudFormation is to refuse deleting the stack.
    pub fn termination_protection(&self) -> bool {
        self.termination_protection
    }

    /// The topics that hear of the stack's events.
    pub fn notification_arns(&self) -> &[String] {
        &self.notification_arns
    }

    /// Whether this is deployed by a resource of another stack.
    pub fn is_nested(&self) -> bool {
        self.nested
    }

    /// How many resources the template has.
    pub fn resource_count(&self) -> usize {
        self.resources.len()
    }

    /// The name of the template's file in the assembly's folder, or in the stage's.
    pub fn template_file(&self) -> String {
        let kind = if self.nested { "nested.template" } else { "template" };
        format!("{}.{kind}.json", self.artifact_id)
    }

    /// The path and source line of the construct behind a logical id.
    pub fn source_of(&self, logical_id: &str) -> Option<(&str, crate::SourceLocation)> {
        let entry = self.metadata.iter().find(|entry| entry.logical_id == logical_id)?;
        Some((&entry.path, entry.location))
    }

    /// The logical ids and paths of the resources that hold data.
    pub fn stateful_resources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.metadata
            .iter()
            .filter(|entry| entry.stateful)
            .map(|entry| (entry.logical_id.as_str(), entry.path.as_str()))
    }

    pub(crate) fn resources_with_constructs(&self) -> impl Iterator<Item = (&Node, u32)> {
        let resources = self.template.sections().get("Resources").and_then(Node::as_map);
        resources
            .into_iter()
            .flat_map(Map::iter)
            .map(|(_, resource)| resource)
            .zip(self.resources.iter().copied())
    }
}

/// What synth gives: the stacks, and all that is wrong.
#[derive(Clone, Debug)]
pub struct Assembly {
    stacks: Vec<StackArtifact>,
    diagnostics: Vec<Diagnostic>,
    allowed: Vec<Allowed>,
    stages: Vec<StageFolder>,
    constructs: ConstructTree,
    /// Made of `constructs` for whoever asks.
    tree: OnceCell<Node>,
    /// Paths of what held data and may go.
    removed: Vec<SmolStr>,
}

/// A folder of the assembly: the app's own, or a stage's.
#[derive(Clone, Debug)]
struct StageFolder {
    construct: u32,
    parent: Option<u32>,
    display_name: SmolStr,
    /// Relative to the assembly; ends in a slash where it is not empty.
    folder: String,
}

impl Assembly {
    pub(crate) fn new(tree: &Tree, stacks: Vec<StackArtifact>) -> Assembly {
        let mut stages: Vec<StageFolder> = Vec::new();
        for index in tree.walk(0) {
            if !matches!(tree.get(index).kind, Kind::App(_) | Kind::Stage(_)) {
                continue;
            }
            let parent = tree.get(index).parent.map(|parent| stage_of(tree, parent));
            let above =
                parent.and_then(|parent| stages.iter().find(|stage| stage.construct == parent));
            let folder = match above {
                // The AWS CDK puts all folders side by side in the topmost one.
                Some(_) => format!("{}/", stack_name::assembly_id(&tree.components(index, None))),
                None => String::new(),
            };
            stages.push(StageFolder {
                construct: index,
                parent,
                display_name: tree.path(index),
                folder,
            });
        }
        let removed = tree.constructs.iter().flat_map(|construct| match &construct.kind {
            Kind::Stack(data) => data.removed.as_slice(),
            _ => &[],
        });
        let removed = removed.cloned().collect();
        let constructs = ConstructTree::new(tree);
        Assembly {
            stacks,
            diagnostics: Vec::new(),
            allowed: Vec::new(),
            stages,
            constructs,
            tree: OnceCell::new(),
            removed,
        }
    }

    /// Tells what has been found out, and what of it is allowed.
    pub(crate) fn set_findings(&mut self, diagnostics: Vec<Diagnostic>, allowed: Vec<Allowed>) {
        self.diagnostics = diagnostics;
        self.allowed = allowed;
    }

    /// Whether the code says that what was at a path, or at one above it, may go.
    pub(crate) fn is_removed(&self, path: &str) -> bool {
        self.removed.iter().any(|removed| {
            path.strip_prefix(removed.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// All stacks of all stages, each after those it depends on.
    pub fn stacks(&self) -> &[StackArtifact] {
        &self.stacks
    }

    /// The stack with this path, artifact id or name.
    pub fn stack(&self, name: &str) -> Option<&StackArtifact> {
        self.stacks.iter().find(|stack| {
            [&stack.display_name, &stack.artifact_id, &stack.stack_name].iter().any(|n| *n == name)
        })
    }

    /// All findings that are not allowed.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// All findings that are allowed, with the reasons.
    pub fn allowed(&self) -> &[Allowed] {
        &self.allowed
    }

    /// Whether something is wrong: nothing may be written or deployed then.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The construct tree: paths, types, logical ids, source lines.
    pub fn tree(&self) -> &Node {
        self.tree.get_or_init(|| self.constructs.to_node())
    }

    /// The path of a stack's template in the assembly.
    pub fn template_path(&self, stack: &StackArtifact) -> String {
        format!("{}{}", self.folder_of(stack), stack.template_file())
    }

    fn folder_of(&self, stack: &StackArtifact) -> &str {
        self.stages
            .iter()
            .find(|stage| stage.construct == stack.stage)
            .map_or("", |stage| &stage.folder)
    }

    /// The assets to put beside the files: each once.
    pub fn staged_assets(&self) -> Vec<StagedAsset> {
        let mut staged: Vec<StagedAsset> = Vec::new();
        for stack in &self.stacks {
            for (hash, source) in &stack.assets {
                let asset = StagedAsset {
                    path: format!("{}{}", self.folder_of(stack), staged_name(hash, source)),
                    source: source.clone(),
                };
                if !staged.contains(&asset) {
                    staged.push(asset);
                }
            }
        }
        staged
    }
}

fn staged_name(hash: &str, source: &AssetSource) -> String {
    match extension(source) {
        Some(extension) => format!("asset.{hash}.{extension}"),
        None => format!("asset.{hash}"),
    }
}

/// The stage or app around a construct.
fn stage_of(tree: &Tree, index: u32) -> u32 {
    tree.ancestors(index)
        .find(|&index| matches!(tree.get(index).kind, Kind::App(_) | Kind::Stage(_)))
        .unwrap_or(0)
}

fn artifact_id(tree: &Tree, stack: u32) -> SmolStr {
    let components = tree.components(stack, None);
    stack_name::artifact_id(&components).unwrap_or_else(|_| components.concat().into())
}
