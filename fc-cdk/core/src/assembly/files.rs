//! The files of a cloud assembly: manifests, templates, `tree.json`.

use std::convert::Infallible;

use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};

use super::{
    Assembly, AssetSource, BucketFile, MAX_INLINE_TEMPLATE_BYTES, SCHEMA_VERSION, StackArtifact,
    StageFolder, asset_bucket_name, object_key, sha256_hex, staged_name,
};
use crate::{
    app::Environment,
    json,
    json_writer::JsonWriter,
    node::{Map, Node},
};

impl Assembly {
    /// The files of the assembly, by path relative to its folder, but for those of [`staged_assets`](Assembly::staged_assets).
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::with_capacity(self.stacks.len() + 4);
        let Ok(()) = self.write_files(|path, content| {
            files.push((path.to_owned(), content.into()));
            Ok::<(), Infallible>(())
        });
        files
    }

    /// Hands over the same as [`files`](Assembly::files), one by one: path and content.
    ///
    /// # Errors
    ///
    /// The first error of `write`.
    pub fn write_files<E>(
        &self,
        mut write: impl FnMut(&str, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        write("cdk.out", &format!("{{\"version\":\"{SCHEMA_VERSION}\"}}"))?;
        let shared = Shared::new(self);
        for stage in &self.stages {
            for stack in self.stacks.iter().filter(|stack| stack.stage == stage.construct) {
                if let Some(hash) = shared.published.get(stack.artifact_id()) {
                    let path = format!("{}{}", stage.folder, asset_manifest_file(stack));
                    write(&path, &asset_manifest(stack, &shared.nested_in(stack), hash))?;
                }
                let path = format!("{}{}", stage.folder, stack.template_file());
                write(&path, &stack.template_json)?;
            }
            if stage.parent.is_none() {
                write("tree.json", &self.constructs.to_json())?;
            }
            let path = format!("{}manifest.json", stage.folder);
            write(&path, &self.manifest(stage, &shared))?;
        }
        write("validation-report.json", &self.validation_report().to_json_pretty())
    }

    /// What has to be in the bucket of the bootstrapping before a stack is deployed, its own template last; nothing for a stack that fits
    /// into the request and brings no files.
    pub fn bucket_files(&self, stack: &StackArtifact) -> Vec<BucketFile> {
        let shared = Shared::new(self);
        let Some(hash) = shared.published.get(stack.artifact_id()) else { return Vec::new() };
        let nested = shared.nested_in(stack);
        let template = |stack: &StackArtifact, hash: String| BucketFile {
            key: format_smolstr!("{hash}.json"),
            source: AssetSource::Content {
                bytes: stack.template_json.as_bytes().into(),
                extension: "json".into(),
            },
            hash,
            path: None,
        };
        let assets = stack.assets.iter().chain(nested.iter().flat_map(|nested| &nested.assets));
        let assets = assets.map(|(hash, source)| BucketFile {
            key: object_key(hash, source),
            hash: hash.to_string(),
            path: Some(format!("{}{}", self.folder_of(stack), staged_name(hash, source))),
            source: source.clone(),
        });
        let mut files: Vec<BucketFile> = Vec::new();
        let templates = nested
            .iter()
            .map(|nested| template(nested, sha256_hex(nested.template_json.as_bytes())))
            .chain([template(stack, hash.clone())]);
        for file in assets.chain(templates) {
            if !files.iter().any(|known| known.key == file.key) {
                files.push(file);
            }
        }
        files
    }

    /// The nested stacks that are deployed with a stack, at any depth.
    pub fn nested_stacks(&self, stack: &StackArtifact) -> Vec<&StackArtifact> {
        Shared::new(self).nested_in(stack)
    }

    fn manifest(&self, stage: &StageFolder, shared: &Shared<'_>) -> String {
        let mut writer = JsonWriter::pretty();
        writer.object(|manifest| {
            manifest.key("version").string(SCHEMA_VERSION);
            manifest.key("artifacts").object(|artifacts| {
                let stacks = self.stacks.iter().filter(|stack| stack.stage == stage.construct);
                stacks
                    .filter(|stack| !stack.nested)
                    .for_each(|stack| shared.stack(stack, artifacts));
                let inner =
                    self.stages.iter().filter(|inner| inner.parent == Some(stage.construct));
                inner.for_each(|inner| self.inner_stage(inner, stage, shared, artifacts));
                if stage.parent.is_none() {
                    let tree = json!({ "type": "cdk:tree", "properties": { "file": "tree.json" } });
                    artifacts.key("Tree").node(&tree);
                }
            });
        });
        writer.into_string()
    }

    /// A stage in the manifest of the one around it.
    fn inner_stage(
        &self,
        inner: &StageFolder,
        stage: &StageFolder,
        shared: &Shared<'_>,
        artifacts: &mut JsonWriter,
    ) {
        let directory = inner.folder.trim_end_matches('/');
        let properties =
            json!({ "directoryName": directory, "displayName": inner.display_name.clone() });
        let mut artifact = Map::new();
        artifact.push("type", "cdk:cloud-assembly");
        artifact.push("properties", properties);
        let inside = self.stacks.iter().filter(|stack| stack.stage == inner.construct);
        let mut needed: Vec<Node> = inside
            .flat_map(|stack| &stack.dependencies)
            .filter(|on| shared.stages.get(on.as_str()) == Some(&stage.construct))
            .map(Node::from)
            .collect();
        needed.dedup();
        if !needed.is_empty() {
            artifact.push("dependencies", needed);
        }
        artifacts.key(directory).map(&artifact);
    }
}

/// What the files of several stacks need.
struct Shared<'a> {
    /// The stage of each stack, by artifact id.
    stages: FxHashMap<&'a str, u32>,
    /// The hash of each template that goes through the bucket, by artifact id.
    published: FxHashMap<&'a str, String>,
    nested: Vec<&'a StackArtifact>,
}

impl<'a> Shared<'a> {
    fn new(assembly: &'a Assembly) -> Shared<'a> {
        let stacks = || assembly.stacks.iter();
        let mut shared = Shared {
            stages: stacks().map(|stack| (stack.artifact_id(), stack.stage)).collect(),
            published: FxHashMap::default(),
            nested: stacks().filter(|stack| stack.nested).collect(),
        };
        // A stack that fits into the request and brings no files needs no bucket, and so no bootstrapping.
        for stack in stacks().filter(|stack| !stack.nested) {
            if !stack.assets.is_empty()
                || stack.template_json.len() > MAX_INLINE_TEMPLATE_BYTES
                || !shared.nested_in(stack).is_empty()
            {
                let hash = sha256_hex(stack.template_json.as_bytes());
                shared.published.insert(stack.artifact_id(), hash);
            }
        }
        shared
    }

    /// The nested stacks that are deployed with a stack.
    fn nested_in(&self, stack: &StackArtifact) -> Vec<&'a StackArtifact> {
        let inside = |path: &str| {
            path.strip_prefix(stack.display_name.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        self.nested.iter().copied().filter(|nested| inside(&nested.display_name)).collect()
    }

    /// A stack in the manifest of its stage, with the artifact of its assets.
    fn stack(&self, stack: &StackArtifact, artifacts: &mut JsonWriter) {
        // A manifest may only name its own artifacts; what a stage needs of others is said where the stage is listed.
        let own = |on: &&SmolStr| self.stages.get(on.as_str()) == Some(&stack.stage);
        let mut dependencies: Vec<SmolStr> =
            stack.dependencies.iter().filter(own).cloned().collect();
        let hash = self.published.get(stack.artifact_id());
        if hash.is_some() {
            let id = assets_id(stack);
            let properties = json!({ "file": asset_manifest_file(stack) });
            artifacts
                .key(&id)
                .node(&json!({ "type": "cdk:asset-manifest", "properties": properties }));
            dependencies.push(id);
        }
        artifacts.key(&stack.artifact_id).object(|artifact| {
            artifact.key("type").string("aws:cloudformation:stack");
            artifact.key("environment").string(&environment_url(&stack.environment));
            artifact.key("properties").map(&stack_properties(stack, hash));
            if !dependencies.is_empty() {
                artifact.key("dependencies").list(|list| {
                    dependencies.iter().for_each(|on| list.item().string(on));
                });
            }
            artifact.key("metadata").object(|metadata| {
                let nested = self.nested_in(stack);
                let below = nested.iter().flat_map(|nested| &nested.metadata);
                for entry in stack.metadata.iter().chain(below) {
                    metadata.key(&format_smolstr!("/{}", entry.path)).on_one_line(|line| {
                        line.list(|list| {
                            list.item().object(|item| {
                                item.key("type").string("aws:cdk:logicalId");
                                item.key("data").string(&entry.logical_id);
                                // The `cdk` CLI shows it where a deployment fails.
                                item.key("trace").list(|trace| {
                                    trace.item().text(|text| {
                                        text.escaped(&entry.path);
                                        text.escaped(" (");
                                        text.location(entry.location);
                                        text.escaped(")");
                                    });
                                });
                            });
                        });
                    });
                }
            });
            artifact.key("displayName").string(&stack.display_name);
        });
    }
}

fn stack_properties(stack: &StackArtifact, published: Option<&String>) -> Map {
    let mut properties = Map::new();
    properties.push("templateFile", stack.template_file());
    if stack.stack_name != stack.artifact_id {
        properties.push("stackName", stack.stack_name.clone());
    }
    if stack.termination_protection {
        properties.push("terminationProtection", true);
    }
    if !stack.tags.is_empty() {
        let tags = stack.tags.iter().map(|(key, value)| (key.clone(), value.clone()));
        properties.push("tags", tags.collect::<Map>());
    }
    if !stack.notification_arns.is_empty() {
        properties.push("notificationArns", stack.notification_arns.clone());
    }
    if let Some(hash) = published {
        let url = format!("s3://{}/{hash}.json", asset_bucket_name(&stack.environment));
        properties.push("stackTemplateAssetObjectUrl", url);
    }
    properties
}

fn assets_id(stack: &StackArtifact) -> SmolStr {
    format_smolstr!("{}.assets", stack.artifact_id)
}

fn asset_manifest_file(stack: &StackArtifact) -> String {
    format!("{}.json", assets_id(stack))
}

fn asset_manifest(stack: &StackArtifact, nested: &[&StackArtifact], template_hash: &str) -> String {
    let bucket = asset_bucket_name(&stack.environment);
    let file = |path: String, key: SmolStr| {
        let mut destination = Map::with_capacity(3);
        destination.push("bucketName", bucket.as_str());
        destination.push("objectKey", key);
        if let Some(region) = &stack.environment.region {
            destination.push("region", region.clone());
        }
        json!({
            "source": { "path": path, "packaging": "file" },
            "destinations": { "current": destination }
        })
    };
    let mut files = Map::new();
    let key = format_smolstr!("{template_hash}.json");
    files.insert(template_hash, file(stack.template_file(), key));
    for stack in nested {
        let hash = sha256_hex(stack.template_json.as_bytes());
        let key = format_smolstr!("{hash}.json");
        files.insert(hash, file(stack.template_file(), key));
    }
    for (hash, source) in stack.assets.iter().chain(nested.iter().flat_map(|nested| &nested.assets))
    {
        files.insert(hash.clone(), file(staged_name(hash, source), object_key(hash, source)));
    }
    json!({ "version": SCHEMA_VERSION, "files": files, "dockerImages": {} }).to_json_pretty()
}

fn environment_url(environment: &Environment) -> String {
    let account = environment.account.as_deref().unwrap_or("unknown-account");
    let region = environment.region.as_deref().unwrap_or("unknown-region");
    format!("aws://{account}/{region}")
}
