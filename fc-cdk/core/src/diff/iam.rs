//! Permissions that come and go: who may do what on what, wherever in the template that is said.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::{
    model::{Change, StatementChange},
    policy::{normal, statements},
    renames::Renames,
    resources::ById,
    text::{canonical, is_unset, show},
};
use crate::{
    node::{Map, Node},
    policy::{PolicyAt, PolicyKind, covers, policies_of},
    template::{Template, TemplateResource},
};

/// A statement with its lists taken apart; each part as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    effect: String,
    principals: Vec<String>,
    actions: Vec<String>,
    resources: Vec<String>,
    condition: String,
    /// The resource whose policy says it.
    owner: SmolStr,
}

/// One action on one resource by one principal. The order of fields is the order in reports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Permission {
    effect: String,
    principal: String,
    resource: String,
    condition: String,
    action: String,
}

/// The permissions that come and go between two templates.
pub(super) fn compare(
    (old, old_ids): (&Template, &ById<'_>),
    (new, new_ids): (&Template, &ById<'_>),
    renames: &Renames,
) -> Vec<StatementChange> {
    let new_name = |id: &str| renames.new_id(id).cloned();
    let differs = |resource: &TemplateResource<'_>, others: &ById<'_>| {
        let other = others.get(resource.logical_id().as_str());
        other.is_none_or(|other| other.body() != resource.body())
    };
    let mut before = collect(old, &new_name, &|resource| differs(resource, new_ids));
    let mut after = collect(new, &|_| None, &|resource| differs(resource, old_ids));
    let said = |statement: &Statement| Statement { owner: SmolStr::default(), ..statement.clone() };
    let common: BTreeSet<Statement> = {
        let before: BTreeSet<Statement> = before.iter().map(said).collect();
        after.iter().map(said).filter(|statement| before.contains(statement)).collect()
    };
    before.retain(|statement| !common.contains(&said(statement)));
    after.retain(|statement| !common.contains(&said(statement)));
    if before.is_empty() && after.is_empty() {
        return Vec::new();
    }
    let everything_before = Everything::of(collect(old, &new_name, &|_| true));
    let everything_after = Everything::of(collect(new, &|_| None, &|_| true));
    // What another statement says as well neither comes nor goes.
    let without = |of: &[Statement], others: &Everything| -> BTreeMap<Permission, SmolStr> {
        let mut all = permissions(of);
        all.retain(|permission, _| !others.about(permission).any(|other| says(other, permission)));
        all
    };
    let gone = without(&before, &everything_after);
    let come = without(&after, &everything_before);
    let mut changes = Vec::new();
    for (change, permissions, others) in
        [(Change::Removed, gone, &everything_after), (Change::Added, come, &everything_before)]
    {
        let broadening = match change {
            Change::Added => "Allow",
            _ => "Deny",
        };
        let broadens = |permission: &Permission| {
            permission.effect == broadening
                && !others.about(permission).any(|other| includes(other, permission))
        };
        changes.extend(rows(change, permissions, &broadens));
    }
    changes.sort_by(|a, b| {
        let key = |row: &StatementChange| (row.logical_id.clone(), row.change);
        key(a).cmp(&key(b))
    });
    changes
}

/// All statements of a template, by whom they are about.
struct Everything {
    statements: Vec<Statement>,
    by_principal: BTreeMap<String, Vec<usize>>,
}

/// What stands for everybody.
const EVERYBODY: [&str; 2] = ["*", "AWS:*"];

impl Everything {
    fn of(statements: Vec<Statement>) -> Everything {
        let mut by_principal: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, statement) in statements.iter().enumerate() {
            for principal in &statement.principals {
                by_principal.entry(principal.clone()).or_default().push(index);
            }
        }
        Everything { statements, by_principal }
    }

    /// The statements about the principal of a permission, or about everybody.
    fn about(&self, permission: &Permission) -> impl Iterator<Item = &Statement> {
        let names = std::iter::once(permission.principal.as_str()).chain(EVERYBODY);
        let found = names.filter_map(|name| self.by_principal.get(name)).flatten();
        found.filter_map(|&index| self.statements.get(index))
    }
}

/// Permissions in rows: those that differ in their actions only are one, then those that differ in their resources only.
fn rows(
    change: Change,
    permissions: BTreeMap<Permission, SmolStr>,
    broadens: &dyn Fn(&Permission) -> bool,
) -> Vec<StatementChange> {
    let rows = permissions.into_iter().map(|(permission, owner)| {
        let broadens = broadens(&permission);
        let Permission { effect, principal, resource, condition, action } = permission;
        StatementChange {
            change,
            logical_id: owner,
            effect,
            actions: vec![action],
            resources: vec![resource],
            principals: vec![principal],
            condition,
            broadens,
        }
    });
    let rows = merge(rows.collect(), |row| &mut row.actions);
    let rows = merge(rows, |row| &mut row.resources);
    merge(rows, |row| &mut row.principals)
}

/// Merges rows that differ in one list only.
fn merge(
    rows: Vec<StatementChange>,
    list: fn(&mut StatementChange) -> &mut Vec<String>,
) -> Vec<StatementChange> {
    let mut merged: Vec<StatementChange> = Vec::new();
    let mut places: BTreeMap<StatementChange, usize> = BTreeMap::new();
    for mut row in rows {
        let items = std::mem::take(list(&mut row));
        let index = *places.entry(row.clone()).or_insert_with(|| {
            merged.push(row);
            merged.len() - 1
        });
        list(&mut merged[index]).extend(items);
    }
    merged
}

fn permissions(of: &[Statement]) -> BTreeMap<Permission, SmolStr> {
    let mut all = BTreeMap::new();
    for statement in of {
        for principal in &statement.principals {
            for resource in &statement.resources {
                for action in &statement.actions {
                    let permission = Permission {
                        effect: statement.effect.clone(),
                        principal: principal.clone(),
                        resource: resource.clone(),
                        condition: statement.condition.clone(),
                        action: action.clone(),
                    };
                    all.entry(permission).or_insert_with(|| statement.owner.clone());
                }
            }
        }
    }
    all
}

/// Whether a statement has exactly this permission among what it lists.
fn says(statement: &Statement, permission: &Permission) -> bool {
    statement.effect == permission.effect
        && statement.condition == permission.condition
        && statement.actions.contains(&permission.action)
        && statement.resources.contains(&permission.resource)
        && statement.principals.contains(&permission.principal)
}

/// Whether a statement about the principal of this permission comes to it or more.
fn includes(statement: &Statement, permission: &Permission) -> bool {
    let any = |patterns: &[String], text: &str, lower: bool| {
        patterns.iter().any(|pattern| {
            pattern == text
                || !text.starts_with(NOT)
                    && !pattern.starts_with(NOT)
                    && if lower {
                        covers(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
                    } else {
                        covers(pattern, text)
                    }
        })
    };
    statement.effect == permission.effect
        && (statement.condition.is_empty() || statement.condition == permission.condition)
        && any(&statement.actions, &permission.action, true)
        && any(&statement.resources, &permission.resource, false)
}

/// What marks all but something.
const NOT: &str = "not ";

/// The statements of some resources of a template.
fn collect(
    template: &Template,
    renamed: &dyn Fn(&str) -> Option<SmolStr>,
    wanted: &dyn Fn(&TemplateResource<'_>) -> bool,
) -> Vec<Statement> {
    let mut all = Vec::new();
    for resource in template.resources().filter(wanted) {
        let type_name = resource.type_name();
        let Some(properties) = resource.properties() else { continue };
        let id = resource.logical_id();
        let owner = renamed(id).unwrap_or_else(|| id.clone());
        let text = |node: &Node| show(&canonical(node, renamed));
        for PolicyAt { kind, policy, .. } in policies_of(type_name, properties) {
            let Some(policy) = policy.as_map() else { continue };
            let own = match kind {
                PolicyKind::Trust | PolicyKind::Repository | PolicyKind::Resource => {
                    vec![own_name(&owner)]
                }
                _ => Vec::new(),
            };
            let attached = attached_to(&resource, properties, &owner, &text);
            for statement in statements(policy) {
                let statement = canonical(&statement, renamed);
                all.push(read(&statement, &owner, &attached, &own));
            }
        }
        if type_name == "AWS::Lambda::Permission" {
            all.push(lambda_permission(properties, owner.clone(), &text));
        }
        let managed = properties.get("ManagedPolicyArns").and_then(Node::as_list);
        for arn in managed.unwrap_or_default().iter().filter(|arn| !is_unset(arn)) {
            all.push(Statement {
                effect: "Allow".to_owned(),
                principals: vec![own_name(&owner)],
                actions: vec![format!("(managed policy) {}", text(arn))],
                resources: vec![String::new()],
                condition: String::new(),
                owner: owner.clone(),
            });
        }
    }
    all
}

fn own_name(id: &str) -> String {
    format!("${{{id}}}")
}

/// Whom a policy without principals is about.
fn attached_to(
    resource: &TemplateResource<'_>,
    properties: &Map,
    owner: &str,
    text: &dyn Fn(&Node) -> String,
) -> Vec<String> {
    let lists = match resource.type_name() {
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => ["Roles", "Users", "Groups"],
        "AWS::IAM::RolePolicy" | "AWS::IAM::UserPolicy" | "AWS::IAM::GroupPolicy" => {
            ["RoleName", "UserName", "GroupName"]
        }
        _ => return vec![own_name(owner)],
    };
    let mut principals: Vec<String> = Vec::new();
    for list in lists {
        match properties.get(list) {
            Some(Node::List(items)) => principals.extend(items.iter().map(text)),
            Some(single) if !is_unset(single) => principals.push(text(single)),
            _ => {}
        }
    }
    if principals.is_empty() {
        principals.push(own_name(owner));
    }
    principals
}

fn read(statement: &Node, owner: &SmolStr, attached: &[String], own: &[String]) -> Statement {
    let texts = |key: &str, not: &str, otherwise: &[String]| -> Vec<String> {
        let list = |node: &Node| match node {
            Node::List(items) => items.iter().map(show).collect(),
            single => vec![show(single)],
        };
        let mut texts = match (statement.get(key), statement.get(not)) {
            (Some(node), _) => list(node),
            (None, Some(node)) => {
                let mut all: Vec<String> = list(node);
                all.sort();
                vec![format!("{NOT}{}", all.join(", "))]
            }
            (None, None) => otherwise.to_vec(),
        };
        texts.sort();
        texts.dedup();
        texts
    };
    let principals = match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(node), _) => principals(node),
        (None, Some(node)) => vec![format!("{NOT}{}", principals(node).join(", "))],
        (None, None) => attached.to_vec(),
    };
    let condition = statement.get("Condition").map(normal);
    Statement {
        effect: statement.get("Effect").map(show).unwrap_or_default(),
        principals,
        actions: texts("Action", "NotAction", &[String::new()]),
        resources: match texts("Resource", "NotResource", own) {
            none if none.is_empty() => vec![String::new()],
            some => some,
        },
        condition: condition.map(|condition| compact(&condition)).unwrap_or_default(),
        owner: owner.clone(),
    }
}

/// Conditions as JSON, with lists of one as the one.
fn compact(node: &Node) -> String {
    fn plain(node: &Node) -> Node {
        match node {
            Node::List(items) if items.len() == 1 && !node.is_deferred() => plain(&items[0]),
            Node::Map(map) if !node.is_deferred() => {
                let entries = map.iter().map(|(key, value)| (key.clone(), plain(value)));
                Node::Map(entries.collect())
            }
            Node::Map(_) => Node::from(show(node)),
            other => other.clone(),
        }
    }
    plain(node).to_json()
}

fn principals(node: &Node) -> Vec<String> {
    let mut principals = Vec::new();
    match node {
        Node::Map(map) if !node.is_deferred() => {
            for (kind, values) in map.iter() {
                match values {
                    Node::List(items) => {
                        principals
                            .extend(items.iter().map(|item| format!("{kind}:{}", show(item))));
                    }
                    single => principals.push(format!("{kind}:{}", show(single))),
                }
            }
        }
        single => principals.push(show(single)),
    }
    principals.sort();
    principals
}

/// `AWS::Lambda::Permission` as the statement that Lambda makes of it.
fn lambda_permission(
    properties: &Map,
    owner: SmolStr,
    text: &dyn Fn(&Node) -> String,
) -> Statement {
    let get = |key: &str| properties.get(key).filter(|node| !is_unset(node)).map(text);
    let principal = get("Principal").unwrap_or_default();
    let principal = match principal.as_str() {
        "*" => principal,
        name if name.contains(".amazonaws.com") => format!("Service:{principal}"),
        _ => format!("AWS:{principal}"),
    };
    let mut condition = Map::new();
    for (property, operator, key) in [
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ] {
        if let Some(value) = get(property) {
            let keys = condition.get_or_insert_with(operator, || Node::Map(Map::new()));
            if let Node::Map(keys) = keys {
                keys.push(key, value);
            }
        }
    }
    Statement {
        effect: "Allow".to_owned(),
        principals: vec![principal],
        actions: vec![get("Action").unwrap_or_default()],
        resources: vec![get("FunctionName").unwrap_or_default()],
        condition: if condition.is_empty() {
            String::new()
        } else {
            Node::Map(condition).to_json()
        },
        owner,
    }
}
