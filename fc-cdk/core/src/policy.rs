//! IAM policies: [`PolicyDocument`], made of [`Statement`]s.
//!
//! ```
//! use fc_cdk_core::policy::{Condition, PolicyDocument, Principal, Statement};
//! # let bucket_arn = "arn:aws:s3:::orders";
//! let policy = PolicyDocument::new().statement(
//!     Statement::deny()
//!         .principals([Principal::any()])
//!         .actions(["s3:*"])
//!         .resources([bucket_arn])
//!         .condition(Condition::bool("aws:SecureTransport", false)),
//! );
//! assert_eq!(
//!     policy.to_node().to_json(),
//!     r#"{"Statement":[{"Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny","Principal":{"AWS":"*"},"Resource":"arn:aws:s3:::orders"}],"Version":"2012-10-17"}"#
//! );
//! ```
//!
//! Reference: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

mod arn; // the form of ARNs
mod check; // what IAM would refuse
mod condition; // when a statement holds
mod kind; // what a policy is for, and how large it may be
mod minimize; // fewer statements that say the same
mod parse; // from JSON
mod principal; // whom a statement is about
mod statement;

pub(crate) use self::{
    check::check_policies,
    kind::{PolicyAt, policies_of},
    minimize::covers,
};
pub use self::{
    check::{check, check_resource},
    condition::Condition,
    kind::PolicyKind,
    principal::Principal,
    statement::{Effect, Statement},
};
use crate::{
    diagnostic::Diagnostic,
    json,
    node::{Map, Node},
    value::{IntoValue, Json, Value},
};

/// An IAM policy: what is allowed or denied to whom, on what, and when.
///
/// It goes where a property takes a policy. Statements that can be told in one are merged on the way, never so that they say more
/// or less than before; the order of actions, resources and principals is fixed. Statements with a `Sid` stay as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyDocument {
    statements: Vec<Statement>,
}

impl PolicyDocument {
    /// A policy without statements.
    pub const fn new() -> PolicyDocument {
        PolicyDocument { statements: Vec::new() }
    }

    /// The trust policy of a role that these may assume.
    ///
    /// ```
    /// use fc_cdk_core::policy::{PolicyDocument, Principal};
    /// let trust = PolicyDocument::assume_role([Principal::service("ec2.amazonaws.com")]);
    /// assert_eq!(
    ///     trust.to_node().pointer("/Statement/0/Principal").map(|principal| principal.to_json()),
    ///     Some(r#"{"Service":"ec2.amazonaws.com"}"#.into())
    /// );
    /// ```
    pub fn assume_role(principals: impl IntoIterator<Item = Principal>) -> PolicyDocument {
        let statement = Statement::allow().actions(["sts:AssumeRole"]).principals(principals);
        PolicyDocument::new().statement(statement)
    }

    /// The policy with one more statement.
    #[must_use]
    pub fn statement(mut self, statement: Statement) -> PolicyDocument {
        self.push(statement);
        self
    }

    /// Adds a statement.
    pub fn push(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    /// The statements, in the order in which they were added.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether there is no statement, which IAM does not accept.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Reads a policy from its JSON.
    ///
    /// # Errors
    ///
    /// Where it holds what a policy does not have, or an intrinsic function in the place of a statement or condition.
    pub fn from_node(node: &Node) -> Result<PolicyDocument, Box<Diagnostic>> {
        parse::document(node)
    }

    /// The policy with as few statements as say the same.
    #[must_use]
    pub fn minimized(&self) -> PolicyDocument {
        PolicyDocument { statements: minimize::minimize(&self.statements) }
    }

    /// The policy as JSON, minimized.
    pub fn to_node(&self) -> Node {
        let statements = minimize::minimize(&self.statements);
        let statements: Vec<Node> = statements.iter().map(Statement::to_node).collect();
        json!({ "Statement": statements, "Version": "2012-10-17" })
    }

    /// How many characters IAM counts, at the least: what only AWS knows counts as nothing.
    pub fn size(&self) -> usize {
        kind::size(&self.to_node())
    }

    /// What IAM, or the service in question, would refuse about the policy.
    pub fn check(&self, kind: PolicyKind) -> Vec<Diagnostic> {
        check(&self.to_node(), kind, "")
    }
}

impl Extend<Statement> for PolicyDocument {
    fn extend<I: IntoIterator<Item = Statement>>(&mut self, statements: I) {
        self.statements.extend(statements);
    }
}

impl FromIterator<Statement> for PolicyDocument {
    fn from_iter<I: IntoIterator<Item = Statement>>(statements: I) -> PolicyDocument {
        PolicyDocument { statements: statements.into_iter().collect() }
    }
}

impl From<&PolicyDocument> for Node {
    fn from(policy: &PolicyDocument) -> Node {
        policy.to_node()
    }
}

impl From<PolicyDocument> for Node {
    fn from(policy: PolicyDocument) -> Node {
        policy.to_node()
    }
}

macro_rules! policy_values {
    ($($policy:ty => $of:ty;)*) => {$(
        impl IntoValue<$of> for $policy {
            fn into_value(self) -> Value<$of> { Value::from_node(self.to_node()) }
        }
    )*};
}
policy_values! {
    PolicyDocument => PolicyDocument;
    &PolicyDocument => PolicyDocument;
    PolicyDocument => Json;
    &PolicyDocument => Json;
}

// A policy that is at hand as JSON is taken at its word.
macro_rules! policies_from_json {
    ($($json:ty)*) => {$(
        impl IntoValue<PolicyDocument> for $json {
            fn into_value(self) -> Value<PolicyDocument> { Value::from_node(Node::from(self)) }
        }
    )*};
}
policies_from_json! { Node &Node Map Value<Json> }

impl IntoValue<Json> for Value<PolicyDocument> {
    fn into_value(self) -> Value<Json> {
        self.cast()
    }
}

#[cfg(test)]
mod tests;
