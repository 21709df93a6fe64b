//! Pipelines of CodePipeline: stages, and the artifacts that pass between them.

use super::super::{
    findings::Findings,
    known::{Known, items, literal, look, object},
    model::Resource,
};
use crate::{
    codes,
    node::{Map, Node},
};

/// Category, provider, the least and most of inputs and of outputs, a setting.
type Action = (&'static str, &'static str, [usize; 2], [usize; 2], &'static str);

/// For actions of AWS: how many artifacts go in and out, and the setting without which there is nothing to do.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html>
const ACTIONS: &[Action] = &[
    ("Approval", "Manual", [0, 0], [0, 0], ""),
    ("Build", "CodeBuild", [1, 5], [0, 5], "ProjectName"),
    ("Deploy", "CloudFormation", [0, 10], [0, 1], "ActionMode"),
    ("Deploy", "CodeDeploy", [1, 1], [0, 0], "ApplicationName"),
    ("Deploy", "ECS", [1, 1], [0, 0], "ServiceName"),
    ("Deploy", "ElasticBeanstalk", [1, 1], [0, 0], "ApplicationName"),
    ("Deploy", "S3", [1, 1], [0, 0], "BucketName"),
    ("Invoke", "Lambda", [0, 5], [0, 5], "FunctionName"),
    ("Source", "CodeCommit", [0, 0], [1, 1], "RepositoryName"),
    ("Source", "CodeStarSourceConnection", [0, 0], [1, 1], "ConnectionArn"),
    ("Source", "ECR", [0, 0], [1, 1], "RepositoryName"),
    ("Source", "S3", [0, 0], [1, 1], "S3Bucket"),
    ("Test", "CodeBuild", [1, 5], [0, 5], "ProjectName"),
];

pub(super) fn check(resource: &Resource<'_>, findings: &mut Findings) {
    let Known::Is(Node::List(stages)) = look(resource.properties, "Stages") else { return };
    if stages.iter().any(Node::is_deferred) {
        return;
    }
    if stages.len() < 2 {
        let message = "a pipeline has two stages at least";
        findings.add(resource, codes::BAD_DEFINITION, "Stages", message);
    }
    let mut made: Vec<&str> = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let actions = stage.as_map().map_or(&[][..], |stage| items(stage, "Actions"));
        let mut makes = Vec::new();
        for (place, action) in actions.iter().enumerate() {
            let Some(action) = action.as_map() else { return };
            let path = format!("Stages.{index}.Actions.{place}");
            let Known::Is(kind) = object(action, &["ActionTypeId"]) else { return };
            let category = literal(kind, "Category").unwrap_or_default();
            if (index == 0) != (category == "Source") && !category.is_empty() {
                let message = if index == 0 {
                    "the first stage has sources only"
                } else {
                    "sources are in the first stage only"
                };
                findings.add(resource, codes::BAD_DEFINITION, &path, message);
            }
            one(resource, action, kind, &path, findings);
            template_of(resource, action, &path, findings);
            for input in names(action, "InputArtifacts") {
                if index > 0 && !made.contains(&input) && !makes.contains(&input) {
                    let message = format!("nothing before this makes the artifact `{input}`");
                    findings.add(resource, codes::BAD_DEFINITION, &path, message);
                }
            }
            makes.extend(names(action, "OutputArtifacts"));
        }
        made.append(&mut makes);
    }
}

/// A template of CloudFormation is a file in one of the artifacts that go in: `Artifact::file`.
fn template_of(resource: &Resource<'_>, action: &Map, path: &str, findings: &mut Findings) {
    let Known::Is(settings) = object(action, &["Configuration"]) else { return };
    let template = literal(settings, "TemplatePath").and_then(|text| text.split_once("::"));
    let Some((artifact, _)) = template.filter(|(artifact, _)| !artifact.contains("${")) else {
        return;
    };
    let inputs = match look(action, "InputArtifacts") {
        Known::Missing => &[],
        Known::Is(Node::List(all)) => all.as_slice(),
        _ => return,
    };
    let name_of = |input: &Node| literal(input.as_map()?, "Name").map(str::to_owned);
    if inputs.iter().all(|input| name_of(input).is_some_and(|name| name != artifact)) {
        let message = format!("the template is in `{artifact}`, which is none of the inputs");
        let path = format!("{path}.Configuration.TemplatePath");
        findings.add(resource, codes::BAD_DEFINITION, &path, message);
    }
}

fn names<'n>(action: &'n Map, list: &str) -> impl Iterator<Item = &'n str> {
    items(action, list).iter().filter_map(|artifact| literal(artifact.as_map()?, "Name"))
}

fn one(resource: &Resource<'_>, action: &Map, kind: &Map, path: &str, findings: &mut Findings) {
    let (category, provider) = (literal(kind, "Category"), literal(kind, "Provider"));
    if literal(kind, "Owner") != Some("AWS") {
        return;
    }
    let known = ACTIONS.iter().find(|(a, b, ..)| Some(*a) == category && Some(*b) == provider);
    let Some((_, provider, inputs, outputs, setting)) = known else { return };
    for (list, [least, most]) in [("InputArtifacts", *inputs), ("OutputArtifacts", *outputs)] {
        let count = match look(action, list) {
            Known::Missing => 0,
            Known::Is(Node::List(all)) if !all.iter().any(Node::is_deferred) => all.len(),
            _ => continue,
        };
        if !(least..=most).contains(&count) {
            let message =
                format!("`{provider}` has {count} of `{list}`, {least} to {most} are allowed");
            findings.add(resource, codes::BAD_DEFINITION, &format!("{path}.{list}"), message);
        }
    }
    let lacks = match object(action, &["Configuration"]) {
        Known::Missing => !setting.is_empty(),
        Known::Is(settings) => !setting.is_empty() && look(settings, setting) == Known::Missing,
        Known::Open => false,
    };
    if lacks {
        let message = format!("`{provider}` needs `{setting}` in its configuration");
        findings.add(resource, codes::BAD_DEFINITION, &format!("{path}.Configuration"), message);
    }
}
