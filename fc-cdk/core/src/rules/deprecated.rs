//! Properties that AWS advises against, from the schemas of resource types.

use super::{findings::Findings, model::Resource};
use crate::{codes, node::Node, path::Path, spec::ResourceSpec};

/// What to use instead, where AWS's pages name it: the type, the path of the property in its schema, the replacement.
const INSTEAD: &[(&str, &str, &str)] = &[
    ("AWS::AppStream::AppBlock", "Tags/*/TagKey", "Key"),
    ("AWS::AppStream::AppBlock", "Tags/*/TagValue", "Value"),
    ("AWS::AppStream::Application", "Tags/*/TagKey", "Key"),
    ("AWS::AppStream::Application", "Tags/*/TagValue", "Value"),
    ("AWS::AppSync::DataSource", "ElasticsearchConfig", "OpenSearchServiceConfig"),
    ("AWS::Athena::WorkGroup", "WorkGroupConfigurationUpdates", "WorkGroupConfiguration"),
    (
        "AWS::AutoScaling::AutoScalingGroup",
        "NotificationConfiguration",
        "NotificationConfigurations",
    ),
    ("AWS::B2BI::Transformer", "EdiType", "InputConversion"),
    ("AWS::B2BI::Transformer", "FileFormat", "InputConversion"),
    ("AWS::B2BI::Transformer", "MappingTemplate", "Mapping"),
    ("AWS::B2BI::Transformer", "SampleDocument", "SampleDocuments"),
    ("AWS::CloudFront::Distribution", "DistributionConfig/CustomOrigin", "Origins"),
    ("AWS::CloudFront::Distribution", "DistributionConfig/S3Origin", "Origins"),
    ("AWS::EC2::EIPAssociation", "EIP", "AllocationId"),
    ("AWS::ElastiCache::CacheCluster", "CacheSecurityGroupNames", "VpcSecurityGroupIds"),
    ("AWS::ElastiCache::ReplicationGroup", "CacheSecurityGroupNames", "SecurityGroupIds"),
    ("AWS::Events::EventBusPolicy", "Action", "Statement"),
    ("AWS::Events::EventBusPolicy", "Condition", "Statement"),
    ("AWS::Events::EventBusPolicy", "Principal", "Statement"),
    ("AWS::GameLift::Fleet", "ServerLaunchParameters", "RuntimeConfiguration"),
    ("AWS::GameLift::Fleet", "ServerLaunchPath", "RuntimeConfiguration"),
    (
        "AWS::SSO::InstanceAccessControlAttributeConfiguration",
        "InstanceAccessControlAttributeConfiguration",
        "AccessControlAttributes",
    ),
    ("AWS::SecurityHub::Insight", "Filters/SeverityNormalized", "SeverityLabel"),
    (
        "AWS::Synthetics::Canary",
        "DeleteLambdaResourcesOnCanaryDeletion",
        "ProvisionedResourceCleanup",
    ),
    ("AWS::VerifiedPermissions::IdentitySource", "Details", "Configuration"),
    ("AWS::XRay::SamplingRule", "RuleName", "SamplingRule.RuleName"),
    ("AWS::XRay::SamplingRule", "SamplingRuleRecord", "SamplingRule"),
    ("AWS::XRay::SamplingRule", "SamplingRuleUpdate", "SamplingRule"),
];

/// Reports each property that is set though its schema says that it is deprecated.
pub(super) fn check(spec: ResourceSpec, resource: &Resource<'_>, findings: &mut Findings) {
    // Most types have none.
    for deprecated in spec.deprecated() {
        if spec.read_only().contains(deprecated) {
            continue;
        }
        let (first, below) = deprecated.split_once('/').unwrap_or((deprecated, ""));
        let Some(value) = resource.properties.get(first) else { continue };
        visit(value, below, &Path::new(first), &mut |path| {
            let message = format!(
                "AWS advises against `{}`",
                deprecated.rsplit('/').next().unwrap_or(deprecated)
            );
            let finding =
                findings.add(resource, codes::DEPRECATED_PROPERTY, &path.to_string(), message);
            let instead = INSTEAD
                .iter()
                .find(|(name, path, _)| *name == resource.type_name && *path == deprecated);
            if let Some((.., instead)) = instead {
                finding.help = Some(format!("use `{instead}`"));
            }
        });
    }
}

/// Goes down a path of a schema, in which `*` stands for every item.
fn visit(node: &Node, steps: &str, path: &Path<'_>, found: &mut dyn FnMut(&Path<'_>)) {
    if steps.is_empty() {
        return found(path);
    }
    let (step, below) = steps.split_once('/').unwrap_or((steps, ""));
    match (step, node) {
        ("*", Node::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, below, &path.item(index), found);
            }
        }
        ("*", Node::Map(map)) => {
            map.iter().for_each(|(key, value)| visit(value, below, &path.join(key), found));
        }
        (key, Node::Map(map)) => {
            if let Some(value) = map.get(key) {
                visit(value, below, &path.join(key), found);
            }
        }
        _ => {}
    }
}
