//! [`Statement`]: one rule of a policy.

use smol_str::SmolStr;

use super::{
    condition::{self, Condition},
    principal::{Principal, PrincipalKind},
};
use crate::{
    node::{Map, Node},
    value::IntoList,
};

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// What the statement says is allowed, unless another denies it.
    Allow,
    /// What the statement says is denied, whatever others allow.
    Deny,
}

impl Effect {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }
    }
}

/// One rule of a policy: an effect on actions, resources and principals, under conditions.
///
/// ```
/// use fc_cdk_core::policy::Statement;
/// let statement = Statement::allow().actions(["s3:GetObject", "s3:ListBucket"]).resources(["arn:aws:s3:::orders/*"]);
/// assert_eq!(
///     statement.to_node().to_json(),
///     r#"{"Action":["s3:GetObject","s3:ListBucket"],"Effect":"Allow","Resource":"arn:aws:s3:::orders/*"}"#
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub(super) sid: Option<SmolStr>,
    pub(super) effect: Effect,
    pub(super) principals: Vec<Principal>,
    pub(super) not_principals: Vec<Principal>,
    pub(super) actions: Vec<Node>,
    pub(super) not_actions: Vec<Node>,
    pub(super) resources: Vec<Node>,
    pub(super) not_resources: Vec<Node>,
    pub(super) conditions: Vec<Condition>,
}

impl Statement {
    /// A statement of this effect that says nothing yet.
    pub const fn new(effect: Effect) -> Statement {
        Statement {
            sid: None,
            effect,
            principals: Vec::new(),
            not_principals: Vec::new(),
            actions: Vec::new(),
            not_actions: Vec::new(),
            resources: Vec::new(),
            not_resources: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// A statement that allows.
    pub const fn allow() -> Statement {
        Statement::new(Effect::Allow)
    }

    /// A statement that denies.
    pub const fn deny() -> Statement {
        Statement::new(Effect::Deny)
    }

    /// Names the statement; letters and digits only. A named statement is not merged with others.
    #[must_use]
    pub fn sid(mut self, sid: &str) -> Statement {
        self.sid = Some(sid.into());
        self
    }

    /// Adds actions, such as `s3:GetObject` or `s3:Get*`.
    #[must_use]
    pub fn actions(mut self, actions: impl IntoList<String>) -> Statement {
        add(&mut self.actions, actions);
        self
    }

    /// Adds actions that the statement is not about: it is about all others. With `Allow` nearly always too much.
    #[must_use]
    pub fn not_actions(mut self, actions: impl IntoList<String>) -> Statement {
        add(&mut self.not_actions, actions);
        self
    }

    /// Adds resources, by ARN, or `*`.
    #[must_use]
    pub fn resources(mut self, resources: impl IntoList<String>) -> Statement {
        add(&mut self.resources, resources);
        self
    }

    /// Adds resources that the statement is not about: it is about all others.
    #[must_use]
    pub fn not_resources(mut self, resources: impl IntoList<String>) -> Statement {
        add(&mut self.not_resources, resources);
        self
    }

    /// Adds principals: whom a resource's or a trust policy is about. Policies of users, groups and roles have none.
    #[must_use]
    pub fn principals(mut self, principals: impl IntoIterator<Item = Principal>) -> Statement {
        self.principals.extend(principals);
        self
    }

    /// Adds principals that the statement is not about. Only with `Deny`.
    #[must_use]
    pub fn not_principals(mut self, principals: impl IntoIterator<Item = Principal>) -> Statement {
        self.not_principals.extend(principals);
        self
    }

    /// Adds a condition; all of a statement's conditions have to hold.
    #[must_use]
    pub fn condition(mut self, condition: Condition) -> Statement {
        self.conditions.push(condition);
        self
    }

    /// Whether the statement allows or denies.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The statement as JSON.
    pub fn to_node(&self) -> Node {
        let mut map = Map::with_capacity(6);
        push_list(&mut map, "Action", &self.actions);
        push_list(&mut map, "NotAction", &self.not_actions);
        if !self.conditions.is_empty() {
            map.push("Condition", condition::to_node(&self.conditions));
        }
        map.push("Effect", self.effect.as_str());
        push_principals(&mut map, "Principal", &self.principals);
        push_principals(&mut map, "NotPrincipal", &self.not_principals);
        push_list(&mut map, "Resource", &self.resources);
        push_list(&mut map, "NotResource", &self.not_resources);
        if let Some(sid) = &self.sid {
            map.push("Sid", sid);
        }
        Node::Map(map)
    }
}

fn add(items: &mut Vec<Node>, list: impl IntoList<String>) {
    match list.into_list().into_node() {
        Node::List(new) => items.extend(new.into_iter().filter(|item| !item.is_null())),
        // A function that yields a list stands in the place of the whole.
        function => items.push(function),
    }
}

/// One value as it is, several as a list: how IAM shows policies.
pub(super) fn one_or_list(values: &[Node]) -> Node {
    match values {
        [value] => value.clone(),
        values => Node::List(values.to_vec()),
    }
}

fn push_list(map: &mut Map, key: &'static str, values: &[Node]) {
    if !values.is_empty() {
        map.push(key, one_or_list(values));
    }
}

fn push_principals(map: &mut Map, key: &'static str, principals: &[Principal]) {
    if principals.is_empty() {
        return;
    }
    if principals.iter().all(|principal| principal.kind == PrincipalKind::Star) {
        map.push(key, "*");
        return;
    }
    let mut kinds = Map::new();
    for kind in PrincipalKind::ALL {
        let of_kind =
            principals.iter().filter(|principal| principal.kind.as_str() == kind.as_str());
        let values: Vec<Node> = of_kind.map(|principal| principal.value.clone()).collect();
        push_list(&mut kinds, kind.as_str(), &values);
    }
    map.push(key, kinds);
}
