//! Two resources of one template that AWS would know by the same name.

use rustc_hash::FxHashMap;

use super::{
    findings::Findings,
    model::{Model, Resource},
};
use crate::{codes, node::Node};

/// Reports resources of one type whose identifiers are the same.
pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    let mut named: FxHashMap<&str, Vec<(&Resource<'_>, Vec<&Node>)>> = FxHashMap::default();
    for resource in &model.resources {
        let Some(identifier) = identifier(resource) else { continue };
        let others = named.entry(resource.type_name).or_default();
        let same =
            others.iter().find(|(other, theirs)| *theirs == identifier && other.is_with(resource));
        if let Some((other, _)) = same {
            let (property, value) = (name_of(resource), identifier.first());
            let message = match value {
                Some(Node::Str(name)) if identifier.len() == 1 => {
                    format!("`{name}` is the name of `{}` already", other.logical_id)
                }
                _ => format!("AWS would take this for the same as `{}`", other.logical_id),
            };
            let place = other.index;
            findings.add(resource, codes::DUPLICATE_PHYSICAL_NAME, &property, message);
            findings.note("the first one is made here".into(), place);
        }
        others.push((resource, identifier));
    }
}

/// The first of the properties that identify a resource.
fn name_of(resource: &Resource<'_>) -> String {
    if let Some((property, _)) = name_property(resource.type_name) {
        return property.to_owned();
    }
    let first = resource.spec.and_then(|spec| spec.primary_identifier().next());
    first.map(|path| path.replace('/', ".")).unwrap_or_default()
}

/// The values by which AWS knows a resource, where all are given.
fn identifier<'t>(resource: &Resource<'t>) -> Option<Vec<&'t Node>> {
    if let Some((property, _)) = name_property(resource.type_name) {
        let name = resource.properties.get(property)?;
        return name.as_str().map(|_| vec![name]);
    }
    let spec = resource.spec?;
    let mut paths = spec.primary_identifier().peekable();
    paths.peek()?;
    let mut values = Vec::new();
    for path in paths {
        let mut steps = path.split('/');
        let first = resource.properties.get(steps.next()?)?;
        let value = steps.try_fold(first, |node, step| node.get(step))?;
        if value.is_null() || matches!(value.as_function(), Some(("Fn::If", _))) {
            return None;
        }
        values.push(value);
    }
    Some(values)
}

/// The property that names resources of a type, and whether such names are unique in the whole account rather than in a region.
pub(crate) fn name_property(type_name: &str) -> Option<(&'static str, bool)> {
    Some(match type_name {
        "AWS::S3::Bucket" => ("BucketName", true),
        "AWS::IAM::Role" => ("RoleName", true),
        "AWS::IAM::User" => ("UserName", true),
        "AWS::IAM::Group" => ("GroupName", true),
        "AWS::IAM::ManagedPolicy" => ("ManagedPolicyName", true),
        "AWS::IAM::InstanceProfile" => ("InstanceProfileName", true),
        "AWS::DynamoDB::Table" => ("TableName", false),
        "AWS::Lambda::Function" => ("FunctionName", false),
        "AWS::SNS::Topic" => ("TopicName", false),
        "AWS::SQS::Queue" => ("QueueName", false),
        "AWS::Logs::LogGroup" => ("LogGroupName", false),
        "AWS::KMS::Alias" => ("AliasName", false),
        "AWS::RDS::DBInstance" => ("DBInstanceIdentifier", false),
        "AWS::RDS::DBCluster" => ("DBClusterIdentifier", false),
        "AWS::CloudWatch::Alarm" => ("AlarmName", false),
        "AWS::CloudWatch::Dashboard" => ("DashboardName", true),
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => ("Name", false),
        "AWS::ElasticLoadBalancingV2::TargetGroup" => ("Name", false),
        "AWS::AutoScaling::AutoScalingGroup" => ("AutoScalingGroupName", false),
        "AWS::CodeCommit::Repository" => ("RepositoryName", false),
        "AWS::CodePipeline::Pipeline" => ("Name", false),
        "AWS::CodeBuild::Project" => ("Name", false),
        "AWS::CodeDeploy::Application" => ("ApplicationName", false),
        "AWS::ECR::Repository" => ("RepositoryName", false),
        "AWS::ECS::Cluster" => ("ClusterName", false),
        "AWS::SecretsManager::Secret" => ("Name", false),
        "AWS::SSM::Parameter" => ("Name", false),
        "AWS::Events::Rule" => ("Name", false),
        "AWS::Kinesis::Stream" => ("Name", false),
        "AWS::Athena::WorkGroup" => ("Name", false),
        _ => return None,
    })
}
