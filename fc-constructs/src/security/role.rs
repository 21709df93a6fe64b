//! [`Role`]: permissions that a service or account takes on.

use std::time::Duration;

use fc_cdk_aws::{iam, ids};
use fc_cdk_core::{
    IntoValue, Scope, Value,
    policy::{Condition, PolicyDocument, Principal, Statement},
    sub,
};

use super::needs;
use crate::{builder::construct, handle::stands_for, policy_resource::GrowingPolicy};

/// Something that acts through a role: grants add to its permissions.
pub trait Grantee {
    /// The role.
    fn grant_role(&self) -> &Role;
}

/// An IAM role whose permissions grow by grants.
///
/// Makes one `AWS::IAM::Role`, and with the first statement one `AWS::IAM::Policy`. The policy is a resource of its own, so that a
/// resource and the role that uses it can name each other.
///
/// ```
/// use fc_cdk_core::{App, Stack, policy::{Principal, Statement}};
/// use fc_constructs::security::Role;
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// let role = Role::builder().assumed_by(Principal::service("lambda.amazonaws.com")).build(&stack, "Role");
/// role.add_statement(Statement::allow().actions(["ses:SendEmail"]).resources(["arn:aws:ses:eu-west-1:111122223333:identity/*"]));
/// ```
///
/// Reference: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html>.
#[derive(Clone)]
pub struct Role {
    /// The role itself, for everything that has no setting here.
    pub handle: iam::RoleHandle,
    policy: GrowingPolicy,
}

construct! {
    Role, RoleBuilder, RoleOptions {
        required {
            /// Who may take on the role.
            assumed_by: Into<Principal>,
        }
        optional {
            /// What else has to hold for who takes on the role, such as the account that a service asks for. Default: nothing.
            trust_conditions: Into<Vec<Condition>> = Vec::new(),
            /// What the role is for, up to 1,000 characters. Default: nothing.
            description: Into<String>,
            /// AWS's own policies to attach, by name, such as `AmazonSSMManagedInstanceCore`. Default: none.
            managed_policies: Into<Vec<&'static str>> = Vec::new(),
            /// The longest session. Default: one hour.
            max_session: Into<Duration>,
            /// The permissions that the role can never exceed, as a managed policy. Default: no boundary.
            permissions_boundary: IntoValue<ids::iam::ManagedPolicyArn>,
        }
    }
}

impl Role {
    fn create(scope: &Scope, assumed_by: Principal, options: RoleOptions) -> Role {
        let mut trust = PolicyDocument::assume_role([assumed_by]);
        if !options.trust_conditions.is_empty() {
            let statements = trust.statements().iter().cloned();
            let conditions = &options.trust_conditions;
            let with_conditions =
                |statement| conditions.iter().cloned().fold(statement, Statement::condition);
            trust = statements
                .map(with_conditions)
                .fold(PolicyDocument::new(), PolicyDocument::statement);
        }
        let mut role = iam::Role::new()
            .assume_role_policy_document(trust)
            .description(options.description)
            .max_session_duration(options.max_session.map(|length| length.as_secs() as i64))
            .permissions_boundary(options.permissions_boundary);
        if !options.managed_policies.is_empty() {
            role = role
                .managed_policy_arns(options.managed_policies.into_iter().map(managed_policy_arn));
        }
        let handle = role.build(scope, "Resource");
        let roles = handle.role_name();
        let policy = GrowingPolicy::new(scope, "PolicyDocument", move |scope| {
            let scope = scope.scope("DefaultPolicy");
            let policy = iam::Policy::new()
                .policy_name("DefaultPolicy")
                .policy_document(PolicyDocument::new())
                .roles([&roles])
                .build(&scope, "Resource");
            (*policy).clone()
        });
        Role { handle, policy }
    }

    /// Allows or denies the role something.
    pub fn add_statement(&self, statement: Statement) {
        self.policy.add(statement);
    }

    /// Attaches one of AWS's own policies, such as `AmazonSSMManagedInstanceCore`.
    pub fn add_managed_policy(&self, name: &str) {
        let arn = managed_policy_arn(name).into_node();
        self.handle.update_property("ManagedPolicyArns", |arns| match arns {
            fc_cdk_core::Node::List(mut arns) => {
                arns.push(arn);
                fc_cdk_core::Node::List(arns)
            }
            _ => vec![arn].into(),
        });
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::iam::RoleArn> {
        self.handle.arn()
    }

    /// The policy that holds the role's permissions, once it has any: what needs them can depend on it.
    pub fn policy(&self) -> Option<fc_cdk_core::Resource> {
        self.policy.resource()
    }
}

fn managed_policy_arn(name: &str) -> Value<ids::iam::ManagedPolicyArn> {
    sub!("arn:{AWS::Partition}:iam::aws:policy/{name}").cast()
}

impl Grantee for Role {
    fn grant_role(&self) -> &Role {
        self
    }
}

stands_for!(Role.handle: iam::RoleHandle);
