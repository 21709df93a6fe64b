//! Resources that name each other, and do not go together.

use super::super::{
    findings::Findings,
    known::{Known, items, literal, look, number, object},
    model::{Model, Resource},
};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
};

/// The rules of one resource.
pub(super) fn check(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    match resource.type_name {
        "AWS::ElasticLoadBalancingV2::Listener" => listener(model, resource, findings),
        "AWS::Lambda::EventSourceMapping" => batches(model, resource, findings),
        "AWS::Lambda::Permission" => caller(model, resource, findings),
        "AWS::Logs::SubscriptionFilter" => destination(model, resource, findings),
        "AWS::RDS::DBInstance" => family(model, resource, "DBParameterGroupName", findings),
        "AWS::RDS::DBCluster" => family(model, resource, "DBClusterParameterGroupName", findings),
        "AWS::S3::BucketPolicy" => bucket_policy(model, resource, findings),
        "AWS::SNS::Subscription" => endpoint(model, resource, findings),
        _ => {}
    }
}

/// The resource of a type that a property refers to.
fn target<'m, 't>(
    model: &'m Model<'t>,
    map: &Map,
    key: &str,
    type_name: &str,
) -> Option<&'m Resource<'t>> {
    model.target(map.get(key)?).filter(|target| target.type_name == type_name)
}

const OF_NETWORK: &[&str] = &["QUIC", "TCP", "TCP_QUIC", "TCP_UDP", "TLS", "UDP"];

/// Network load balancers pass on packets, application load balancers requests.
fn listener(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let balancer = "AWS::ElasticLoadBalancingV2::LoadBalancer";
    let Some(balancer) = target(model, resource.properties, "LoadBalancerArn", balancer) else {
        return;
    };
    let of_network = match look(balancer.properties, "Type") {
        Known::Missing => false,
        Known::Is(Node::Str(kind)) if kind == "application" => false,
        Known::Is(Node::Str(kind)) if kind == "network" => true,
        _ => return,
    };
    let kind = if of_network { "network" } else { "application" };
    if let Some(protocol) = literal(resource.properties, "Protocol")
        && OF_NETWORK.contains(&protocol) != of_network
    {
        let message = format!(
            "`{}`, of the type `{kind}`, has no listeners of `{protocol}`",
            balancer.logical_id
        );
        findings.add(resource, codes::MISMATCH, "Protocol", message).severity = Severity::Warning;
        findings.note("the load balancer is made here".into(), balancer.index);
        return;
    }
    let group = "AWS::ElasticLoadBalancingV2::TargetGroup";
    for (index, action) in items(resource.properties, "DefaultActions").iter().enumerate() {
        let Some(action) = action.as_map() else { continue };
        let Some(group) = target(model, action, "TargetGroupArn", group) else { continue };
        if let Some(protocol) = literal(group.properties, "Protocol")
            && OF_NETWORK.contains(&protocol) != of_network
        {
            let message = format!(
                "`{}`, of the type `{kind}`, does not pass on to targets by `{protocol}`",
                balancer.logical_id
            );
            let path = format!("DefaultActions.{index}.TargetGroupArn");
            findings.add(resource, codes::MISMATCH, &path, message);
            findings.note("the target group is made here".into(), group.index);
        }
    }
}

/// More than ten messages of a queue are waited for.
fn batches(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let of_queue = literal(resource.properties, "EventSourceArn")
        .is_some_and(|arn| arn.split(':').nth(2) == Some("sqs"))
        || target(model, resource.properties, "EventSourceArn", "AWS::SQS::Queue").is_some();
    if of_queue
        && number(resource.properties, "BatchSize").is_some_and(|size| size > 10.0)
        && look(resource.properties, "MaximumBatchingWindowInSeconds") == Known::Missing
    {
        let message = "batches of more than 10 messages need a `MaximumBatchingWindowInSeconds`";
        findings.add(resource, codes::MISSING_PROPERTY, "MaximumBatchingWindowInSeconds", message);
    }
}

/// Who calls a function, by what it is called from.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html>
const CALLERS: &[(&str, &str)] = &[
    ("AWS::ApiGateway::RestApi", "apigateway.amazonaws.com"),
    ("AWS::ApiGatewayV2::Api", "apigateway.amazonaws.com"),
    ("AWS::Cognito::UserPool", "cognito-idp.amazonaws.com"),
    ("AWS::Events::Rule", "events.amazonaws.com"),
    ("AWS::S3::Bucket", "s3.amazonaws.com"),
    ("AWS::SNS::Topic", "sns.amazonaws.com"),
];

fn caller(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let Some(source) = resource.properties.get("SourceArn").and_then(|arn| model.target(arn))
    else {
        return;
    };
    if source.type_name == "AWS::S3::Bucket"
        && look(resource.properties, "SourceAccount") == Known::Missing
        && look(resource.properties, "PrincipalOrgID") == Known::Missing
    {
        let message = "the ARN of a bucket has no account: after it is deleted, somebody else's of the same name may call";
        let found = findings.add(resource, codes::MISSING_PROPERTY, "SourceAccount", message);
        found.severity = Severity::Warning;
        found.help = Some("set it to the account, `AWS::AccountId`".into());
    }
    let caller = CALLERS.iter().find(|(of, _)| *of == source.type_name);
    let principal = literal(resource.properties, "Principal");
    if let (Some((_, wanted)), Some(principal)) = (caller, principal)
        && principal != *wanted
        && principal.ends_with(".amazonaws.com")
    {
        let message = format!("`{principal}` never calls for `{}`", source.logical_id);
        let found = findings.add(resource, codes::MISMATCH, "Principal", message);
        found.severity = Severity::Warning;
        found.help = Some(format!("it is called by `{wanted}`"));
        findings.note("what calls is made here".into(), source.index);
    }
}

/// Logs go to streams by a role.
fn destination(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let of_stream = literal(resource.properties, "DestinationArn")
        .is_some_and(|arn| matches!(arn.split(':').nth(2), Some("kinesis" | "firehose")))
        || ["AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream"]
            .iter()
            .any(|of| target(model, resource.properties, "DestinationArn", of).is_some());
    if of_stream && look(resource.properties, "RoleArn") == Known::Missing {
        let message = "logs go to a stream by a role: its `RoleArn` is needed";
        findings.add(resource, codes::MISSING_PROPERTY, "RoleArn", message);
    }
}

/// A group of parameters is for one engine, and one major version of it.
fn family(model: &Model<'_>, resource: &Resource<'_>, key: &str, findings: &mut Findings) {
    let Some(group) = resource.properties.get(key).and_then(|group| model.target(group)) else {
        return;
    };
    let (Some(family), Some(engine)) =
        (literal(group.properties, "Family"), literal(resource.properties, "Engine"))
    else {
        return;
    };
    let version = literal(resource.properties, "EngineVersion");
    let fits = match family.strip_prefix(engine) {
        None => false,
        Some(major) => {
            let major = major.trim_start_matches('-');
            major.starts_with(|first: char| first.is_ascii_digit())
                && version
                    .is_none_or(|version| version.starts_with(major) || major.starts_with(version))
        }
    };
    // The first Aurora went by `aurora` alone, and Oracle's names have grown.
    let is_odd = engine == "aurora" || engine.starts_with("oracle") || engine.starts_with("custom");
    if !fits && !is_odd && !family.contains("${") && !engine.contains("${") {
        let what = match version {
            Some(version) => format!("{version} of `{engine}`"),
            None => format!("`{engine}`"),
        };
        let message = format!("`{}` is for `{family}`, not for {what}", group.logical_id);
        findings.add(resource, codes::MISMATCH, key, message).severity = Severity::Warning;
        findings.note("the group of parameters is made here".into(), group.index);
    }
}

/// The policy of a bucket names that bucket alone.
fn bucket_policy(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let Some(bucket) = target(model, resource.properties, "Bucket", "AWS::S3::Bucket") else {
        return;
    };
    let own = match look(bucket.properties, "BucketName") {
        Known::Missing => None,
        Known::Is(Node::Str(name)) if !name.contains("${") => Some(name.as_str()),
        _ => return,
    };
    let Known::Is(document) = object(resource.properties, &["PolicyDocument"]) else { return };
    for (index, statement) in items(document, "Statement").iter().enumerate() {
        let resources = statement.get("Resource").map_or(&[][..], Node::as_items);
        for arn in resources.iter().filter_map(Node::as_str) {
            let Some((_, rest)) = arn.split_once(":s3:::") else { continue };
            let name = rest.split('/').next().unwrap_or(rest);
            if name.is_empty() || name.contains(['*', '?', '$', '{']) || own == Some(name) {
                continue;
            }
            let message = match own {
                Some(own) => format!("this is the policy of `{own}`, and it names `{name}`"),
                None => {
                    format!("this is the policy of a bucket that AWS names, and it names `{name}`")
                }
            };
            let path = format!("PolicyDocument.Statement.{index}.Resource");
            findings.add(resource, codes::MISMATCH, &path, message).help =
                Some(format!("refer to `{}`", bucket.logical_id));
        }
    }
}

/// What a topic delivers to is of its protocol's kind.
fn endpoint(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let Some(to) = resource.properties.get("Endpoint").and_then(|to| model.target(to)) else {
        return;
    };
    let wanted = match to.type_name {
        "AWS::SQS::Queue" => "sqs",
        "AWS::Lambda::Function" | "AWS::Lambda::Alias" | "AWS::Lambda::Version" => "lambda",
        "AWS::KinesisFirehose::DeliveryStream" => "firehose",
        _ => return,
    };
    if let Some(protocol) = literal(resource.properties, "Protocol").filter(|it| *it != wanted) {
        let message = format!("`{}` does not take what comes by `{protocol}`", to.logical_id);
        findings.add(resource, codes::MISMATCH, "Protocol", message).help =
            Some(format!("its protocol is `{wanted}`"));
        findings.note("what it goes to is made here".into(), to.index);
    }
}
