//! How large a template may be.
//!
//! Quotas: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.

use super::{findings::Findings, model::Model};
use crate::{
    codes,
    diagnostic::Diagnostic,
    node::{Map, Node},
    template::{Positions, Template},
};

/// The largest template, in bytes.
const MAX_TEMPLATE_BYTES: usize = 1024 * 1024;

/// What is wrong with a template of so many bytes.
///
/// ```
/// use fc_cdk_core::rules;
/// assert_eq!(rules::check_size(51_200), None);
/// assert!(rules::check_size(2_000_000).is_some());
/// ```
pub fn check_size(bytes: usize) -> Option<Diagnostic> {
    if bytes <= MAX_TEMPLATE_BYTES {
        return None;
    }
    let message = format!("the template has {bytes} bytes, {MAX_TEMPLATE_BYTES} are allowed");
    Some(codes::LIMIT_EXCEEDED.finding(message).help("split the stack"))
}

/// That the text of a template has aliases, if nothing is known that writes them out: SAM's commands do.
///
/// The `positions` are those that [`Template::parse_with_positions`] gives.
pub fn check_aliases(template: &Template, positions: &Positions) -> Option<Diagnostic> {
    positions.alias()?;
    let is_sam = |name: &Node| name.as_str().is_some_and(|it| it.starts_with("AWS::Serverless-"));
    let transform = template.sections().get("Transform");
    let list = transform.and_then(Node::as_list).unwrap_or_default();
    if transform.into_iter().chain(list).any(is_sam) {
        return None;
    }
    Some(codes::YAML_ALIAS.finding("CloudFormation takes no YAML aliases or merge keys"))
}

/// The numbers of entries, and the description.
pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    let entries =
        |section: &str| model.root.get(section).and_then(Node::as_map).map_or(0, Map::len);
    if entries("Resources") == 0 {
        let message = "the stack has no resources, and CloudFormation does not take an empty one";
        findings.template(codes::EMPTY_STACK, "Resources", message);
    }
    for (section, limit) in
        [("Resources", 500), ("Parameters", 200), ("Outputs", 200), ("Mappings", 200)]
    {
        let count = entries(section);
        if count > limit {
            let message =
                format!("the stack has {count} {}, {limit} are allowed", section.to_lowercase());
            let help = "split the stack; `moved!` keeps logical ids within a stack, and values pass between stacks by themselves";
            findings.template(codes::LIMIT_EXCEEDED, section, message).help = Some(help.into());
        }
    }
    let description = model.root.get("Description").and_then(Node::as_str).map_or(0, str::len);
    if description > 1024 {
        let message = format!("the description has {description} bytes, 1024 are allowed");
        findings.template(codes::LIMIT_EXCEEDED, "Description", message).help =
            Some("say it in fewer words".into());
    }
}
