//! The rules: what each code stands for, and the checks of finished templates.
//!
//! A check says only what is certain. What AWS decides at deploy time (parameters, references, conditions) is skipped, never guessed.

pub(crate) mod catalogue; // what each code stands for
mod nearest; // "did you mean"
mod rule; // the form of a rule

// What the rules stand on
mod cidr; // ranges of addresses
mod findings; // what has been found
mod known; // what is known now, and what only AWS will know
mod model; // a template as the rules read it
mod walk; // every value of a template

// The rules
mod functions; // intrinsic functions
mod network; // addresses, routes, security groups
mod retired; // tables of versions
mod secrets; // secrets in plain text
mod sections; // parameters, outputs, tags, dependencies
mod security; // what auditors ask for
mod storage; // how long data is kept, and versions past their end

pub use self::{findings::Finding, nearest::nearest, rule::Rule};
use self::{findings::Findings, model::Model, walk::Walk};
use crate::{node::Node, path::Path, spec::ResourceSpec, template::Template};

/// A topic of the catalogue: a heading and its rules.
pub type Group = (&'static str, &'static [Rule]);

/// All rules of the engine, by topic, in the order of the documentation.
pub const GROUPS: &[Group] = &[
    ("Names and structure", catalogue::structure::RULES),
    ("Templates", catalogue::template::RULES),
    ("Properties", catalogue::properties::RULES),
    ("Networks", catalogue::network::RULES),
    ("Data and versions", catalogue::data::RULES),
    ("Security", catalogue::security::RULES),
];

/// All rules of the engine.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|(_, rules)| *rules)
}

/// The rule with this code.
///
/// ```
/// use fc_cdk_core::rules;
/// assert_eq!(rules::find("duplicate-id").map(|rule| rule.title), Some("two constructs of one scope have the same name"));
/// assert_eq!(rules::find("no-such-rule"), None);
/// ```
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

/// Checks a finished template by all rules across properties and resources.
///
/// `region` is where it is deployed to, if that is known; `spec` gives the table of a resource's type, by its place among the
/// resources and by the type's name, where there is one.
pub fn check(
    template: &Template,
    region: Option<&str>,
    spec: &dyn Fn(usize, &str) -> Option<ResourceSpec>,
) -> Vec<Finding> {
    let model = Model::new(template, spec);
    let mut findings = Findings::default();
    let mut has_subnets = false;
    for resource in &model.resources {
        has_subnets |= resource.type_name == "AWS::EC2::Subnet";
        sections::check_resource(&model, resource, region, &mut findings);
        if resource.type_name.starts_with("AWS::") {
            network::check_resource(&model, resource, &mut findings);
            storage::check_resource(resource, &mut findings);
            security::check_resource(&model, resource, &mut findings);
            security::check_policies(resource, &mut findings);
        }
        let mut walk = Walk { model: &model, resource: Some(resource), findings: &mut findings };
        for (key, value) in resource.properties.iter() {
            walk.entry(key, value, &Path::new(key));
        }
    }
    if has_subnets {
        network::check_subnets(&model, &mut findings);
    }
    sections::check(&model, &mut findings);
    for section in ["Outputs", "Conditions"] {
        if let Some(body @ Node::Map(_)) = model.root.get(section) {
            let mut walk = Walk { model: &model, resource: None, findings: &mut findings };
            walk.node(body, &Path::new(section));
        }
    }
    findings.all
}
