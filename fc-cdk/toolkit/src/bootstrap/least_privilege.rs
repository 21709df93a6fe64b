//! What CloudFormation has to be allowed to do, so that it can deploy an app: the permissions of the handlers of its resource types.
//!
//! Whoever may make roles and hand them on may do everything. So what changes IAM is allowed for the roles and policies of the app's
//! own stacks alone, which CloudFormation names after the stack.

use std::collections::BTreeSet;

use fc_cdk_core::{
    Node, StackArtifact, json,
    spec::{Handler, Permissions},
    template::TemplateResource,
};

/// How many characters IAM allows in a managed policy, without white space; a few are left for the rest of the document.
const MAX_POLICY: usize = 6_144 - 200;

/// How many managed policies a role may have, unless the quota is raised.
pub(crate) const MAX_POLICIES: usize = 10;

/// CloudFormation cuts the stack's name in generated names of roles to so many characters.
const NAME_PREFIX: usize = 24;

/// The permissions that an app needs.
pub(crate) struct Needed {
    /// The policy documents.
    pub(crate) policies: Vec<Node>,
    /// The resource types whose permissions are not known.
    pub(crate) unknown: Vec<String>,
}

/// The permissions for some stacks.
pub(crate) fn needed(
    stacks: &[&StackArtifact],
    permissions: fn(&str) -> Option<Permissions>,
) -> Needed {
    let mut actions: BTreeSet<String> = BASE.iter().map(|action| (*action).to_owned()).collect();
    let mut unknown = BTreeSet::new();
    let types: BTreeSet<&str> = stacks
        .iter()
        .flat_map(|stack| stack.template().resources())
        .map(|it| it.type_name())
        .collect();
    for type_name in types {
        match permissions(type_name) {
            Some(known) => actions.extend(known.actions(&[
                Handler::Create,
                Handler::Read,
                Handler::Update,
                Handler::Delete,
            ])),
            None if is_custom(type_name) => _ = actions.insert("lambda:InvokeFunction".to_owned()),
            None if type_name.starts_with("AWS::CloudFormation::WaitCondition")
                || type_name == "AWS::CDK::Metadata" => {}
            None => _ = unknown.insert(type_name.to_owned()),
        }
    }
    let resources = iam_resources(stacks);
    let mut statements = Vec::new();
    let mut anywhere: Vec<String> = Vec::new();
    let mut own: Vec<String> = Vec::new();
    let mut linked: Vec<String> = Vec::new();
    for action in actions {
        match action.split_once(':') {
            Some(("iam", "CreateServiceLinkedRole" | "DeleteServiceLinkedRole")) => {
                linked.push(action)
            }
            Some(("iam", name)) if !is_reading(name) => own.push(action),
            _ => anywhere.push(action),
        }
    }
    statements.extend(statement(own, resources));
    let linked_roles = vec![
        json!({ "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/*" }),
    ];
    statements.extend(statement(linked, linked_roles));
    for chunk in chunks(anywhere) {
        statements.extend(statement(chunk, vec!["*".into()]));
    }
    Needed { policies: pack(statements), unknown: unknown.into_iter().collect() }
}

/// What CloudFormation does whatever the resources are: it reads what was published, and values of other stacks and of Systems Manager.
const BASE: [&str; 8] = [
    "cloudformation:DescribeStacks",
    "kms:Decrypt",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "ssm:GetParameter",
    "ssm:GetParameters",
];

fn is_custom(type_name: &str) -> bool {
    type_name.starts_with("Custom::") || type_name == "AWS::CloudFormation::CustomResource"
}

fn is_reading(action: &str) -> bool {
    ["Get", "List", "Describe", "Simulate"].iter().any(|verb| action.starts_with(verb))
}

/// The roles, policies and the like of the app's stacks: those that CloudFormation names, and those that the app does.
fn iam_resources(stacks: &[&StackArtifact]) -> Vec<Node> {
    const KINDS: [(&str, &str, &str); 5] = [
        ("AWS::IAM::Role", "role", "RoleName"),
        ("AWS::IAM::ManagedPolicy", "policy", "ManagedPolicyName"),
        ("AWS::IAM::InstanceProfile", "instance-profile", "InstanceProfileName"),
        ("AWS::IAM::User", "user", "UserName"),
        ("AWS::IAM::Group", "group", "GroupName"),
    ];
    let mut names: BTreeSet<String> = BTreeSet::new();
    for stack in stacks {
        // Nested stacks are named after the one around them.
        let is_around = |other: &&&StackArtifact| {
            let rest = stack.display_name().strip_prefix(other.display_name());
            !other.is_nested() && rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let top =
            if stack.is_nested() { stacks.iter().find(is_around).unwrap_or(stack) } else { stack };
        let prefix = generated(top.stack_name());
        for resource in stack.template().resources() {
            // A policy within a role is of the role; the roles of functions and the like are resources of their own.
            let Some((_, kind, property)) =
                KINDS.iter().find(|(name, ..)| *name == resource.type_name())
            else {
                continue;
            };
            let path = literal(&resource, "Path").unwrap_or("/");
            let name = match resource.property(property) {
                None => prefix.clone(),
                Some(name) => name.as_str().map_or_else(|| "*".to_owned(), str::to_owned),
            };
            names.insert(format!("{kind}{path}{name}"));
        }
        names.insert(format!("role/{prefix}"));
    }
    let arn = |name: String| json!({ "Fn::Sub": format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{name}") });
    names.into_iter().map(arn).collect()
}

/// What names that CloudFormation makes for a stack look like.
fn generated(stack: &str) -> String {
    match stack.char_indices().nth(NAME_PREFIX) {
        Some((end, _)) => format!("{}*", &stack[..end]),
        None => format!("{stack}-*"),
    }
}

fn literal<'a>(resource: &TemplateResource<'a>, property: &str) -> Option<&'a str> {
    resource.property(property).and_then(Node::as_str)
}

fn statement(actions: Vec<String>, resources: Vec<Node>) -> Option<Node> {
    (!actions.is_empty())
        .then(|| json!({ "Effect": "Allow", "Action": actions, "Resource": resources }))
}

/// Lists of actions that each fit into a policy.
fn chunks(actions: Vec<String>) -> Vec<Vec<String>> {
    let mut chunks: Vec<Vec<String>> = Vec::new();
    let mut size = MAX_POLICY;
    for action in actions {
        size += action.len() + 3;
        if size > MAX_POLICY - 100 {
            chunks.push(Vec::new());
            size = action.len() + 3;
        }
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(action);
        }
    }
    chunks
}

/// Policies of as many statements as fit.
fn pack(statements: Vec<Node>) -> Vec<Node> {
    let mut groups: Vec<Vec<Node>> = Vec::new();
    let mut size = MAX_POLICY;
    for statement in statements {
        let length = statement.to_json().len() + 1;
        size += length;
        if size > MAX_POLICY {
            groups.push(Vec::new());
            size = length;
        }
        if let Some(group) = groups.last_mut() {
            group.push(statement);
        }
    }
    let policy =
        |statements: Vec<Node>| json!({ "Version": "2012-10-17", "Statement": statements });
    groups.into_iter().map(policy).collect()
}
