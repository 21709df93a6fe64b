//! Policies from JSON.

use super::{Condition, Effect, PolicyDocument, Principal, Statement, principal::PrincipalKind};
use crate::{
    codes,
    diagnostic::Diagnostic,
    node::{Map, Node},
};

type Parsed<T> = Result<T, Box<Diagnostic>>;

fn error(property: &str, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(codes::BAD_POLICY, message).property(property))
}

pub(super) fn document(node: &Node) -> Parsed<PolicyDocument> {
    let map = object(node, "")?;
    let mut document = PolicyDocument::new();
    for (key, value) in map.iter() {
        match key.as_str() {
            "Version" | "Id" => {}
            "Statement" => match value {
                Node::List(items) => {
                    for (index, item) in items.iter().enumerate() {
                        document.push(statement(item, &format!("Statement.{index}"))?);
                    }
                }
                single => document.push(statement(single, "Statement")?),
            },
            other => return Err(error("", format!("a policy has no element `{other}`"))),
        }
    }
    Ok(document)
}

fn object<'a>(node: &'a Node, at: &str) -> Parsed<&'a Map> {
    match node {
        Node::Map(map) if !node.is_deferred() => Ok(map),
        other => Err(error(at, format!("expected an object, found {}", other.kind()))),
    }
}

fn statement(node: &Node, at: &str) -> Parsed<Statement> {
    let map = object(node, at)?;
    let effect = match map.get("Effect").and_then(Node::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(error(at, "a statement needs the effect `Allow` or `Deny`")),
    };
    let mut statement = Statement::new(effect);
    for (key, value) in map.iter() {
        let path = format!("{at}.{key}");
        match key.as_str() {
            "Effect" => {}
            "Sid" => match value.as_str() {
                Some(sid) => statement.sid = Some(sid.into()),
                None => return Err(error(&path, "a `Sid` has to be plain text")),
            },
            "Action" => statement.actions = values(value),
            "NotAction" => statement.not_actions = values(value),
            "Resource" => statement.resources = values(value),
            "NotResource" => statement.not_resources = values(value),
            "Principal" => statement.principals = principals(value, &path)?,
            "NotPrincipal" => statement.not_principals = principals(value, &path)?,
            "Condition" => statement.conditions = conditions(value, &path)?,
            other => return Err(error(at, format!("a statement has no element `{other}`"))),
        }
    }
    Ok(statement)
}

fn values(node: &Node) -> Vec<Node> {
    match node {
        Node::List(items) => items.clone(),
        single => vec![single.clone()],
    }
}

fn principals(node: &Node, at: &str) -> Parsed<Vec<Principal>> {
    if node.as_str() == Some("*") {
        return Ok(vec![Principal { kind: PrincipalKind::Star, value: node.clone() }]);
    }
    let mut principals = Vec::new();
    for (key, value) in object(node, at)?.iter() {
        let Some(kind) = PrincipalKind::ALL.into_iter().find(|kind| kind.as_str() == key) else {
            return Err(error(at, format!("`{key}` is no kind of principal")));
        };
        principals.extend(values(value).into_iter().map(|value| Principal { kind, value }));
    }
    Ok(principals)
}

fn conditions(node: &Node, at: &str) -> Parsed<Vec<Condition>> {
    let mut conditions = Vec::new();
    for (operator, keys) in object(node, at)?.iter() {
        for (key, value) in object(keys, &format!("{at}.{operator}"))?.iter() {
            let (operator, key) = (operator.clone(), key.clone());
            conditions.push(Condition { operator, key, values: values(value) });
        }
    }
    Ok(conditions)
}
