//! What can be said of a finished template without asking AWS.
//!
//! Quotas: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::{StackDraft, place_diagnostic};
use crate::{
    assembly::StackArtifact,
    codes,
    diagnostic::Diagnostic,
    node::{Map, Node},
    path::Path,
    policy, rules,
    template::Template,
    tree::{Kind, Tree},
};

const LIMITS_PAGE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";
const FUNCTIONS_PAGE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html";

/// The largest template, in bytes.
const MAX_TEMPLATE_BYTES: usize = 1024 * 1024;

/// Checks a whole template, which has `size` bytes in its file.
pub(super) fn check_template(
    tree: &Tree,
    draft: &StackDraft,
    template: &Template,
    size: usize,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut report = |mut diagnostic: Diagnostic| {
        place_diagnostic(tree, draft.index, &mut diagnostic);
        diagnostics.push(diagnostic);
    };
    let root = template.sections();
    let entries = |section: &str| root.get(section).and_then(Node::as_map).map_or(0, Map::len);
    if entries("Resources") == 0 {
        let message = "the stack has no resources, and CloudFormation does not take an empty one";
        report(
            Diagnostic::error(codes::EMPTY_STACK, message)
                .help("add a resource, or drop the stack"),
        );
    }
    for (section, limit) in
        [("Resources", 500), ("Parameters", 200), ("Outputs", 200), ("Mappings", 200)]
    {
        let count = entries(section);
        if count > limit {
            let message = format!(
                "the stack `{}` has {count} {}, {limit} are allowed",
                draft.stack_name,
                section.to_lowercase()
            );
            let help = "split the stack; `moved!` keeps logical ids within a stack, and values pass between stacks by themselves";
            report(Diagnostic::error(codes::LIMIT_EXCEEDED, message).help(help).docs(LIMITS_PAGE));
        }
    }
    let description = root.get("Description").and_then(Node::as_str).unwrap_or_default();
    if description.len() > 1024 {
        let message = format!(
            "the description of `{}` has {} bytes, 1024 are allowed",
            draft.stack_name,
            description.len()
        );
        report(
            Diagnostic::error(codes::LIMIT_EXCEEDED, message)
                .help("say it in fewer words")
                .docs(LIMITS_PAGE),
        );
    }
    if size > MAX_TEMPLATE_BYTES {
        let message = format!(
            "the template of `{}` has {size} bytes, {MAX_TEMPLATE_BYTES} are allowed",
            draft.stack_name
        );
        report(
            Diagnostic::error(codes::LIMIT_EXCEEDED, message)
                .help("split the stack")
                .docs(LIMITS_PAGE),
        );
    }
    check_references(tree, draft, root, diagnostics);
    check_policies(tree, draft, template, diagnostics);
    check_rules(tree, draft, template, diagnostics);
}

/// The rules across properties and resources.
fn check_rules(
    tree: &Tree,
    draft: &StackDraft,
    template: &Template,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let constructs = draft.resource_constructs();
    let spec = |index: usize, _: &str| match &tree.get(*constructs.get(index)?).kind {
        Kind::Resource(data) => data.spec,
        _ => None,
    };
    for finding in rules::check(template, draft.environment.region.as_deref(), &spec) {
        let mut diagnostic = finding.diagnostic;
        let construct = finding.resource.and_then(|index| constructs.get(index));
        place_diagnostic(tree, construct.copied().unwrap_or(draft.index), &mut diagnostic);
        diagnostics.push(diagnostic);
    }
}

/// What IAM would refuse about the policies of a template's resources.
fn check_policies(
    tree: &Tree,
    draft: &StackDraft,
    template: &Template,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let resources = template.section("Resources").into_iter().flat_map(Map::iter);
    for ((logical_id, resource), &construct) in resources.zip(draft.resource_constructs()) {
        let type_name = resource.get("Type").and_then(Node::as_str);
        let properties = resource.get("Properties").and_then(Node::as_map);
        let (Some(type_name), Some(properties)) = (type_name, properties) else { continue };
        for mut diagnostic in policy::check_resource(type_name, properties) {
            place_diagnostic(tree, construct, &mut diagnostic);
            diagnostic.logical_id = Some(logical_id.clone());
            diagnostics.push(diagnostic);
        }
    }
}

/// Names that templates may refer to without defining them.
const PSEUDO_PARAMETERS: &[&str] = &[
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

struct Names<'t> {
    resources: FxHashSet<&'t str>,
    parameters: FxHashSet<&'t str>,
    conditions: FxHashSet<&'t str>,
    mappings: FxHashSet<&'t str>,
    extensions: bool,
    /// A macro may add anything, so nothing can be said to be missing.
    open: bool,
}

impl<'t> Names<'t> {
    fn new(root: &'t Map) -> Names<'t> {
        let section = |name: &str| -> FxHashSet<&'t str> {
            let entries = root.get(name).and_then(Node::as_map);
            entries.map(|entries| entries.keys().map(SmolStr::as_str).collect()).unwrap_or_default()
        };
        let transforms: Vec<&str> = match root.get("Transform") {
            Some(Node::Str(name)) => vec![name.as_str()],
            Some(Node::List(names)) => {
                names.iter().map(|name| name.as_str().unwrap_or("?")).collect()
            }
            Some(_) => vec!["?"],
            None => Vec::new(),
        };
        let resources = section("Resources");
        Names {
            open: transforms.iter().any(|&name| name != "AWS::LanguageExtensions")
                || resources.iter().any(|name| name.starts_with("Fn::")),
            resources,
            parameters: section("Parameters"),
            conditions: section("Conditions"),
            mappings: section("Mappings"),
            extensions: transforms.contains(&"AWS::LanguageExtensions"),
        }
    }

    fn is_referable(&self, name: &str) -> bool {
        self.resources.contains(name)
            || self.parameters.contains(name)
            || PSEUDO_PARAMETERS.contains(&name)
    }

    /// What is wrong with a node and those below it.
    fn check(&self, node: &Node, path: &Path<'_>, found: &mut Vec<Diagnostic>) {
        let mut report = |path: &Path<'_>, diagnostic: Diagnostic| {
            found.push(diagnostic.property(path.to_string()).docs(FUNCTIONS_PAGE));
        };
        let dangling = |message: String| {
            Diagnostic::error(codes::DANGLING_REFERENCE, message)
                .help("refer by handle, or correct the name; ids are case-sensitive")
        };
        match node {
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    if matches!(item, Node::Map(_) | Node::List(_)) {
                        self.check(item, &path.item(index), found);
                    }
                }
            }
            Node::Map(map) => {
                if let Some((name, argument)) = node.as_function() {
                    match (name, argument) {
                        ("Ref", Node::Str(target)) if !self.is_referable(target) => {
                            report(
                                path,
                                dangling(format!(
                                    "`Ref` of `{target}`, which is not in the template"
                                )),
                            );
                        }
                        ("Fn::GetAtt", argument) => {
                            let target = match argument {
                                Node::Str(text) => text.split('.').next(),
                                Node::List(parts) => parts.first().and_then(Node::as_str),
                                _ => None,
                            };
                            if let Some(target) =
                                target.filter(|&target| !self.resources.contains(target))
                            {
                                report(
                                    path,
                                    dangling(format!(
                                        "`Fn::GetAtt` of `{target}`, which is not a resource of the template"
                                    )),
                                );
                            }
                        }
                        ("Fn::Sub", argument) => {
                            let (text, variables) = match argument {
                                Node::List(parts) => (
                                    parts.first().and_then(Node::as_str),
                                    parts.get(1).and_then(Node::as_map),
                                ),
                                other => (other.as_str(), None),
                            };
                            for name in text.into_iter().flat_map(variables_of) {
                                let base = name.split('.').next().unwrap_or(name);
                                let known = variables.is_some_and(|map| map.contains_key(name))
                                    || self.is_referable(base);
                                if !known {
                                    report(
                                        path,
                                        dangling(format!(
                                            "`${{{name}}}` in `Fn::Sub`, which is not in the template"
                                        )),
                                    );
                                }
                            }
                        }
                        ("Fn::If", Node::List(parts)) => {
                            let condition = parts.first().and_then(Node::as_str);
                            if let Some(name) =
                                condition.filter(|&name| !self.conditions.contains(name))
                            {
                                report(
                                    path,
                                    dangling(format!(
                                        "`Fn::If` of the condition `{name}`, which is not in the template"
                                    )),
                                );
                            }
                        }
                        ("Fn::FindInMap", Node::List(parts)) => {
                            let mapping = parts.first().and_then(Node::as_str);
                            if let Some(name) =
                                mapping.filter(|&name| !self.mappings.contains(name))
                            {
                                report(
                                    path,
                                    dangling(format!(
                                        "`Fn::FindInMap` of `{name}`, which is not in the template"
                                    )),
                                );
                            }
                        }
                        ("Fn::Length" | "Fn::ToJsonString", _) if !self.extensions => {
                            let message = format!(
                                "`{name}` is evaluated by the transform `AWS::LanguageExtensions`, which is not on"
                            );
                            let diagnostic = Diagnostic::error(codes::MISSING_TRANSFORM, message);
                            report(path, diagnostic.help("call `stack.language_extensions()`"));
                        }
                        _ => {}
                    }
                }
                for (key, value) in map.iter() {
                    if matches!(value, Node::Map(_) | Node::List(_)) {
                        self.check(value, &path.join(key), found);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The names in `${…}` of an `Fn::Sub` text, without the escaped ones.
fn variables_of(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        (!name.starts_with('!')).then(|| name.trim())
    })
}

fn check_references(
    tree: &Tree,
    draft: &StackDraft,
    root: &Map,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let names = Names::new(root);
    if names.open {
        return;
    }
    let mut found = Vec::new();
    let resources = root.get("Resources").and_then(Node::as_map);
    let constructs = draft.resource_constructs();
    for ((logical_id, resource), &construct) in
        resources.into_iter().flat_map(Map::iter).zip(constructs)
    {
        let properties = resource.get("Properties").into_iter().chain(resource.get("Metadata"));
        properties.for_each(|properties| names.check(properties, &Path::new(""), &mut found));
        let on = match resource.get("DependsOn") {
            Some(Node::List(on)) => on.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        for on in on.iter().filter_map(Node::as_str).filter(|on| !names.resources.contains(on)) {
            let message = format!("`DependsOn` of `{on}`, which is not a resource of the template");
            let diagnostic = Diagnostic::error(codes::DANGLING_REFERENCE, message);
            let help = "call `depends_on` with the handle of the resource";
            found.push(diagnostic.property("DependsOn").help(help));
        }
        let condition = resource.get("Condition").and_then(Node::as_str);
        if let Some(name) = condition.filter(|&name| !names.conditions.contains(name)) {
            let message = format!("the condition `{name}` is not in the template");
            let diagnostic = Diagnostic::error(codes::DANGLING_REFERENCE, message);
            let help = "conditions belong to the stack that uses them";
            found.push(diagnostic.property("Condition").help(help));
        }
        for mut diagnostic in found.drain(..) {
            place_diagnostic(tree, construct, &mut diagnostic);
            diagnostic.logical_id = Some(logical_id.clone());
            diagnostic.property = diagnostic.property.filter(|property| !property.is_empty());
            diagnostics.push(diagnostic);
        }
    }
    for section in ["Outputs", "Conditions", "Rules"] {
        if let Some(body) = root.get(section) {
            names.check(body, &Path::new(section), &mut found);
        }
    }
    for mut diagnostic in found {
        place_diagnostic(tree, draft.index, &mut diagnostic);
        diagnostics.push(diagnostic);
    }
}

/// Two resources of one type with the same literal name in one account and region: the second one fails at deploy.
pub(super) fn check_physical_names(
    tree: &Tree,
    artifacts: &[StackArtifact],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut taken: FxHashMap<_, u32> = FxHashMap::default();
    for artifact in artifacts {
        for (resource, construct) in artifact.resources_with_constructs() {
            let Some(type_name) = resource.get("Type").and_then(Node::as_str) else { continue };
            let Some((property, global)) = name_property(type_name) else { continue };
            let name = resource
                .get("Properties")
                .and_then(|properties| properties.get(property))
                .and_then(Node::as_str);
            let Some(name) = name else { continue };
            if resource.get("Condition").is_some() {
                continue;
            }
            let environment = (!global).then(|| artifact.environment().clone());
            if let Some(first) =
                taken.insert((type_name.to_owned(), name.to_owned(), environment), construct)
                && first != construct
            {
                let message = format!("`{name}` is the name of `{}` already", tree.path(first));
                let mut diagnostic =
                    Diagnostic::error(codes::DUPLICATE_PHYSICAL_NAME, message).property(property);
                place_diagnostic(tree, construct, &mut diagnostic);
                diagnostics.push(
                    diagnostic
                        .note("the first one is made here", Some(tree.user_location(first)))
                        .help("leave the name out: CloudFormation makes one that is unique"),
                );
            }
        }
    }
}

/// Two outputs that export one name in one account and region.
pub(super) fn check_exports(
    tree: &Tree,
    artifacts: &[StackArtifact],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut taken: FxHashMap<_, (u32, &str)> = FxHashMap::default();
    for artifact in artifacts {
        for (output, body) in artifact.template().outputs() {
            let export = body.get("Export").and_then(|export| export.get("Name"));
            let Some(name) = export.and_then(Node::as_str) else { continue };
            if body.contains_key("Condition") {
                continue;
            }
            let mut constructs = artifact.resources_with_constructs();
            let stack = constructs.next().and_then(|(_, construct)| tree.get(construct).stack);
            let Some(stack) = stack else { continue };
            let key = (name, artifact.environment());
            if let Some((first, other)) = taken.insert(key, (stack, output)) {
                let message =
                    format!("`{name}` is exported by `{other}` of `{}` already", tree.path(first));
                let Some(rule) = rules::find(codes::DUPLICATE_EXPORT) else { continue };
                let mut diagnostic =
                    rule.finding(message).property(format!("Outputs.{output}.Export.Name"));
                place_diagnostic(tree, stack, &mut diagnostic);
                diagnostics.push(diagnostic);
            }
        }
    }
}

/// The property that names resources of a type, and whether such names are unique in the whole account rather than in a region.
fn name_property(type_name: &str) -> Option<(&'static str, bool)> {
    Some(match type_name {
        "AWS::S3::Bucket" => ("BucketName", true),
        "AWS::IAM::Role" => ("RoleName", true),
        "AWS::IAM::User" => ("UserName", true),
        "AWS::IAM::Group" => ("GroupName", true),
        "AWS::IAM::ManagedPolicy" => ("ManagedPolicyName", true),
        "AWS::IAM::InstanceProfile" => ("InstanceProfileName", true),
        "AWS::DynamoDB::Table" => ("TableName", false),
        "AWS::Lambda::Function" => ("FunctionName", false),
        "AWS::SNS::Topic" => ("TopicName", false),
        "AWS::SQS::Queue" => ("QueueName", false),
        "AWS::Logs::LogGroup" => ("LogGroupName", false),
        "AWS::KMS::Alias" => ("AliasName", false),
        "AWS::RDS::DBInstance" => ("DBInstanceIdentifier", false),
        "AWS::RDS::DBCluster" => ("DBClusterIdentifier", false),
        "AWS::CloudWatch::Alarm" => ("AlarmName", false),
        "AWS::CloudWatch::Dashboard" => ("DashboardName", true),
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => ("Name", false),
        "AWS::ElasticLoadBalancingV2::TargetGroup" => ("Name", false),
        "AWS::AutoScaling::AutoScalingGroup" => ("AutoScalingGroupName", false),
        "AWS::CodeCommit::Repository" => ("RepositoryName", false),
        "AWS::CodePipeline::Pipeline" => ("Name", false),
        "AWS::CodeBuild::Project" => ("Name", false),
        "AWS::CodeDeploy::Application" => ("ApplicationName", false),
        "AWS::ECR::Repository" => ("RepositoryName", false),
        "AWS::ECS::Cluster" => ("ClusterName", false),
        "AWS::SecretsManager::Secret" => ("Name", false),
        "AWS::SSM::Parameter" => ("Name", false),
        "AWS::Events::Rule" => ("Name", false),
        "AWS::Kinesis::Stream" => ("Name", false),
        "AWS::Athena::WorkGroup" => ("Name", false),
        _ => return None,
    })
}
