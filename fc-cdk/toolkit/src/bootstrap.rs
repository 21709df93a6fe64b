//! The bootstrap stack: what deployments into an account and region share.
//!
//! The template is made by `cargo xtask bootstrap`. Its names are the AWS CDK's, so that both tools share one stack.

pub(crate) mod least_privilege; // what CloudFormation has to be allowed to do for an app

#[cfg(feature = "deploy")]
use fc_cdk_core::Map;
use fc_cdk_core::{Node, Template, json};

use crate::error::Error;

/// The stack's name, unless another one is wanted.
pub(crate) const STACK: &str = "CDKToolkit";

/// The variant of stacks whose execution role may only do what an app needs: the `cdk` CLI does not replace them.
const LEAST_PRIVILEGE: &str = "fc-cdk: least privilege";

/// The template as it is.
pub(crate) fn template() -> Result<Template, Error> {
    Template::parse(include_str!("bootstrap/template.json")).map_err(|error| {
        Error::new(format!("the template of the bootstrap stack is broken: {error}"))
    })
}

/// The version that a template has, as its output says.
#[cfg(feature = "deploy")]
pub(crate) fn version_of(template: &Template) -> Option<u32> {
    template.section("Outputs")?.get("BootstrapVersion")?.get("Value")?.as_str()?.parse().ok()
}

/// The variant that a template is by default.
#[cfg(feature = "deploy")]
pub(crate) fn variant_of(template: &Template) -> Option<&str> {
    template.section("Parameters")?.get("BootstrapVariant")?.get("Default")?.as_str()
}

/// Lets CloudFormation do what these policies say, and nothing else, where it could do everything.
pub(crate) fn restrict(template: &mut Template, policies: Vec<Node>) {
    let set = |template: &mut Template, section: &str, name: &str, key: &str, value: Node| {
        let section = template.sections_mut().get_mut(section).and_then(Node::as_map_mut);
        let entry = section.and_then(|all| all.get_mut(name)).and_then(Node::as_map_mut);
        if let Some(entry) = entry {
            entry.insert(key, value);
        }
    };
    set(template, "Parameters", "BootstrapVariant", "Default", LEAST_PRIVILEGE.into());
    let arns = json!({
        "Fn::If": [
            "HasCloudFormationExecutionPolicies",
            { "Ref": "CloudFormationExecutionPolicies" },
            { "Ref": "AWS::NoValue" }
        ]
    });
    let role = template.sections_mut().get_mut("Resources").and_then(Node::as_map_mut);
    let role = role.and_then(|all| all.get_mut("CloudFormationExecutionRole"));
    if let Some(properties) = role
        .and_then(Node::as_map_mut)
        .and_then(|role| role.get_mut("Properties"))
        .and_then(Node::as_map_mut)
    {
        properties.insert("ManagedPolicyArns", arns);
    }
    for (index, policy) in policies.into_iter().enumerate() {
        let number = index + 1;
        let name = format!(
            "cdk-${{Qualifier}}-cfn-exec-policy-{number}-${{AWS::AccountId}}-${{AWS::Region}}"
        );
        let resource = json!({
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": { "Fn::Sub": name },
                "Description": "What CloudFormation may do for the apps of this account and region",
                "PolicyDocument": policy,
                "Roles": [{ "Ref": "CloudFormationExecutionRole" }]
            }
        });
        template.insert("Resources", format!("CloudFormationExecutionPolicy{number}"), resource);
    }
}

/// The names of the template's parameters.
#[cfg(feature = "deploy")]
pub(crate) fn parameters(template: &Template) -> impl Iterator<Item = &str> {
    template.section("Parameters").into_iter().flat_map(Map::keys).map(|name| name.as_str())
}
