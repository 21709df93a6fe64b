//! What auditors ask of single resources.

use super::{
    findings::Findings,
    known::{self, Known, items, literal, look, object, truth},
    model::{Model, Resource},
};
use crate::{
    codes,
    diagnostic::Severity,
    node::{Map, Node},
    policy::{PolicyAt, PolicyKind},
};

/// The rules of one resource.
pub(super) fn check_resource(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    match resource.type_name {
        "AWS::S3::Bucket" => bucket(resource, findings),
        "AWS::RDS::DBInstance" => {
            let inherits =
                ["DBClusterIdentifier", "SourceDBInstanceIdentifier", "DBSnapshotIdentifier"]
                    .into_iter()
                    .chain(["SourceDbiResourceId", "SourceDBClusterIdentifier"])
                    .any(|key| look(resource.properties, key) != Known::Missing);
            if !inherits {
                encrypted(resource, "StorageEncrypted", findings);
            }
            public_database(resource, findings);
            if known::number(resource.properties, "BackupRetentionPeriod") == Some(0.0) {
                let message = "`BackupRetentionPeriod` is 0: no backup is made";
                findings.add(resource, codes::NO_BACKUPS, "BackupRetentionPeriod", message);
            }
        }
        "AWS::RDS::DBCluster" | "AWS::Neptune::DBCluster" | "AWS::DocDB::DBCluster" => {
            let inherits =
                ["SnapshotIdentifier", "SourceDBClusterIdentifier", "GlobalClusterIdentifier"]
                    .into_iter()
                    .any(|key| look(resource.properties, key) != Known::Missing);
            let serverless = literal(resource.properties, "EngineMode") == Some("serverless");
            // New clusters of Aurora are encrypted since February 2026.
            let is_default = resource.type_name == "AWS::RDS::DBCluster"
                && look(resource.properties, "StorageEncrypted") == Known::Missing
                && literal(resource.properties, "Engine").is_none_or(|it| it.starts_with("aurora"));
            if !inherits && !serverless && !is_default {
                encrypted(resource, "StorageEncrypted", findings);
            }
        }
        "AWS::EC2::Volume" if look(resource.properties, "SnapshotId") == Known::Missing => {
            if look(resource.properties, "Encrypted") == Known::Missing {
                let message = "`Encrypted` is not set, so the account's default decides";
                findings.add(resource, codes::UNENCRYPTED_STORAGE, "Encrypted", message).severity =
                    Severity::Info;
            } else {
                encrypted(resource, "Encrypted", findings);
            }
        }
        "AWS::EFS::FileSystem" => encrypted(resource, "Encrypted", findings),
        "AWS::Redshift::Cluster" => {
            // New clusters are encrypted unless the template says otherwise.
            if look(resource.properties, "SnapshotIdentifier") == Known::Missing
                && truth(resource.properties, "Encrypted") == Known::Is(false)
            {
                encrypted(resource, "Encrypted", findings);
            }
            public_database(resource, findings);
        }
        "AWS::DMS::ReplicationInstance" => public_database(resource, findings),
        "AWS::ElastiCache::ReplicationGroup" => {
            encrypted(resource, "AtRestEncryptionEnabled", findings);
        }
        "AWS::EC2::LaunchTemplate" => launch_template(resource, findings),
        "AWS::KMS::Key" => key(resource, findings),
        "AWS::CloudFront::Distribution" => distribution(resource, findings),
        "AWS::ElasticLoadBalancingV2::Listener" => listener(model, resource, findings),
        "AWS::ElasticLoadBalancingV2::ListenerRule" => listener_rule(model, resource, findings),
        "AWS::Lambda::Url" if literal(resource.properties, "AuthType") == Some("NONE") => {
            let message = "everybody may call the function by its URL";
            findings.add(resource, codes::PUBLIC_FUNCTION_URL, "AuthType", message);
        }
        _ => {}
    }
}

/// A switch that is off, or not there.
fn encrypted(resource: &Resource<'_>, key: &str, findings: &mut Findings) {
    let message = match truth(resource.properties, key) {
        Known::Missing => format!("`{key}` is not set, so data is stored as it is"),
        Known::Is(false) => format!("`{key}` is false, so data is stored as it is"),
        _ => return,
    };
    findings.add(resource, codes::UNENCRYPTED_STORAGE, key, message);
}

fn public_database(resource: &Resource<'_>, findings: &mut Findings) {
    let key = "PubliclyAccessible";
    if truth(resource.properties, key) == Known::Is(true) {
        let message = "the database gets a public address";
        findings.add(resource, codes::PUBLIC_DATABASE, key, message);
    }
}

fn bucket(resource: &Resource<'_>, findings: &mut Findings) {
    const KEY: &str = "PublicAccessBlockConfiguration";
    const SETTINGS: [&str; 4] =
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    match look(resource.properties, KEY) {
        Known::Missing => {
            let message = "public access is blocked only by S3's default, which buckets from before April 2023 lack";
            findings.add(resource, codes::PUBLIC_BUCKET, KEY, message).severity = Severity::Info;
        }
        Known::Is(Node::Map(block)) => {
            let is_off =
                |key: &&str| matches!(truth(block, key), Known::Missing | Known::Is(false));
            if let Some(off) = SETTINGS.iter().find(|key| is_off(key)) {
                let message = format!("`{off}` is not on");
                findings.add(resource, codes::PUBLIC_BUCKET, KEY, message);
            }
        }
        _ => {}
    }
    if let Some(acl @ ("PublicRead" | "PublicReadWrite")) =
        literal(resource.properties, "AccessControl")
    {
        let message = format!("`{acl}` invites everybody");
        findings.add(resource, codes::PUBLIC_BUCKET, "AccessControl", message);
    }
}

fn launch_template(resource: &Resource<'_>, findings: &mut Findings) {
    let Known::Is(data) = object(resource.properties, &["LaunchTemplateData"]) else { return };
    let tokens = match object(data, &["MetadataOptions"]) {
        Known::Is(options) if literal(options, "HttpEndpoint") == Some("disabled") => return,
        Known::Is(options) => known::text(options, "HttpTokens"),
        Known::Missing => Known::Missing,
        Known::Open => return,
    };
    let path = "LaunchTemplateData.MetadataOptions.HttpTokens";
    match tokens {
        Known::Is("optional") => {
            let message = "instances answer requests for metadata that carry no token";
            findings.add(resource, codes::IMDS_V1, path, message);
        }
        Known::Missing => {
            let message = "the image or the account decides whether instances answer requests for metadata that carry no token";
            findings.add(resource, codes::IMDS_V1, path, message).severity = Severity::Info;
        }
        _ => {}
    }
    for (index, device) in items(data, "BlockDeviceMappings").iter().enumerate() {
        let Some(device) = device.as_map() else { continue };
        if let Known::Is(ebs) = object(device, &["Ebs"])
            && truth(ebs, "Encrypted") == Known::Is(false)
        {
            let path = format!("LaunchTemplateData.BlockDeviceMappings.{index}.Ebs.Encrypted");
            let message = "the volume is not encrypted";
            findings.add(resource, codes::UNENCRYPTED_STORAGE, &path, message);
        }
    }
}

fn key(resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    // AWS rotates symmetric keys of its own making only.
    let rotates =
        [("KeySpec", "SYMMETRIC_DEFAULT"), ("KeyUsage", "ENCRYPT_DECRYPT"), ("Origin", "AWS_KMS")]
            .into_iter()
            .all(|(key, default)| match known::text(properties, key) {
                Known::Missing => true,
                Known::Is(value) => value == default,
                Known::Open => false,
            });
    let rotation = truth(properties, "EnableKeyRotation");
    if rotates && matches!(rotation, Known::Missing | Known::Is(false)) {
        let message = "the key is never rotated";
        findings.add(resource, codes::KEY_WITHOUT_ROTATION, "EnableKeyRotation", message);
    }
}

fn distribution(resource: &Resource<'_>, findings: &mut Findings) {
    let Known::Is(config) = object(resource.properties, &["DistributionConfig"]) else { return };
    let path = "DistributionConfig.ViewerCertificate";
    match object(config, &["ViewerCertificate"]) {
        Known::Missing => {
            let message = "without a certificate of your own, viewers may connect by TLS 1.0";
            findings.add(resource, codes::OLD_TLS, path, message).severity = Severity::Info;
        }
        Known::Is(certificate) => {
            let version = known::text(certificate, "MinimumProtocolVersion");
            if truth(certificate, "CloudFrontDefaultCertificate") == Known::Is(true) {
                let message = "CloudFront's own certificate lets viewers connect by TLS 1.0";
                findings.add(resource, codes::OLD_TLS, path, message).severity = Severity::Info;
            } else if let Known::Is(version) = version
                && !version.starts_with("TLSv1.2")
                && !version.starts_with("TLSv1.3")
            {
                let path = format!("{path}.MinimumProtocolVersion");
                let message = format!("`{version}` is older than TLS 1.2");
                findings.add(resource, codes::OLD_TLS, &path, message);
            } else if version == Known::Missing {
                let message = "without `MinimumProtocolVersion`, viewers may connect by TLS 1.0";
                findings.add(resource, codes::OLD_TLS, path, message);
            }
        }
        Known::Open => {}
    }
    let default = look(config, "DefaultCacheBehavior");
    let default = if let Known::Is(node) = default { Some(node) } else { None };
    let others = items(config, "CacheBehaviors").iter();
    let behaviors = default.into_iter().chain(others).filter_map(Node::as_map);
    if behaviors
        .clone()
        .any(|behavior| literal(behavior, "ViewerProtocolPolicy") == Some("allow-all"))
    {
        let message = "`allow-all` serves plain HTTP";
        findings.add(resource, codes::PLAIN_HTTP, "DistributionConfig", message);
    }
}

fn listener(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    match literal(properties, "Protocol") {
        Some("HTTP") if forwards(properties, "DefaultActions") => {
            takes_plain_http(model, resource, findings);
        }
        Some(protocol @ ("HTTPS" | "TLS")) => {
            let message = match known::text(properties, "SslPolicy") {
                Known::Missing => format!(
                    "a listener of {protocol} takes TLS 1.0 unless `SslPolicy` says otherwise"
                ),
                Known::Is(policy) if !is_tls_12(policy) => {
                    format!("`{policy}` takes versions before TLS 1.2")
                }
                _ => return,
            };
            findings.add(resource, codes::OLD_TLS, "SslPolicy", message);
        }
        _ => {}
    }
}

/// A rule that hands all requests on, as a listener can do by itself.
fn listener_rule(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    let conditions = items(properties, "Conditions");
    let is_any = |condition: &Node| {
        let condition = condition.as_map();
        let patterns = condition.map(|condition| match look(condition, "PathPatternConfig") {
            Known::Is(Node::Map(config)) => items(config, "Values"),
            _ => items(condition, "Values"),
        });
        condition.and_then(|condition| literal(condition, "Field")) == Some("path-pattern")
            && patterns
                .is_some_and(|all| all.iter().any(|one| matches!(one.as_str(), Some("*" | "/*"))))
    };
    if conditions.is_empty() || !conditions.iter().all(is_any) || !forwards(properties, "Actions") {
        return;
    }
    let listener = properties.get("ListenerArn").and_then(|arn| model.target(arn));
    if let Some(listener) = listener
        && literal(listener.properties, "Protocol") == Some("HTTP")
        && !forwards(listener.properties, "DefaultActions")
    {
        takes_plain_http(model, listener, findings);
    }
}

fn forwards(properties: &Map, actions: &str) -> bool {
    let is_forward = |action: &Node| {
        action.as_map().and_then(|action| literal(action, "Type")) == Some("forward")
    };
    items(properties, actions).iter().any(is_forward)
}

/// Reports a listener of HTTP whose load balancer faces the internet.
fn takes_plain_http(model: &Model<'_>, listener: &Resource<'_>, findings: &mut Findings) {
    let balancer = listener.properties.get("LoadBalancerArn").and_then(|arn| model.target(arn));
    let is_internal = balancer.is_some_and(|balancer| {
        !matches!(
            known::text(balancer.properties, "Scheme"),
            Known::Missing | Known::Is("internet-facing")
        )
    });
    if !is_internal {
        let message = "the listener takes requests by plain HTTP";
        findings.add(listener, codes::PLAIN_HTTP, "Protocol", message);
    }
}

/// Whether a security policy of Elastic Load Balancing takes TLS 1.2 and later only.
fn is_tls_12(policy: &str) -> bool {
    ["TLS-1-2", "TLS13-1-2", "TLS13-1-3", "FS-1-2"].iter().any(|part| policy.contains(part))
}

/// Statements that let too much happen, or everybody in.
pub(super) fn check_policies(
    resource: &Resource<'_>,
    policies: &[PolicyAt<'_>],
    findings: &mut Findings,
) {
    for policy in policies {
        let Some(document) = policy.policy.as_map() else { continue };
        for (index, statement) in items(document, "Statement").iter().enumerate() {
            let Some(statement) = statement.as_map() else { continue };
            if literal(statement, "Effect") != Some("Allow") || statement.contains_key("Condition")
            {
                continue;
            }
            let path = || policy.at(|path| path.join("Statement").item(index).to_string());
            if policy.kind.is_identity() {
                let broad = |action: &str| action == "*" || action.ends_with(":*");
                let action = texts(statement, "Action").find(|action| broad(action));
                if let Some(action) = action
                    && texts(statement, "Resource").any(|resource| resource == "*")
                {
                    let message = format!("`{action}` is allowed on every resource");
                    findings.add(resource, codes::WILDCARD_POLICY, &path(), message);
                }
            } else if policy.kind != PolicyKind::Other && is_everybody(statement) {
                let message = "everybody is allowed, without a condition";
                findings.add(resource, codes::PUBLIC_POLICY, &path(), message);
            }
        }
    }
}

fn is_everybody(statement: &Map) -> bool {
    match statement.get("Principal") {
        Some(Node::Str(all)) => all == "*",
        Some(Node::Map(principal)) => texts(principal, "AWS").any(|name| name == "*"),
        _ => false,
    }
}

/// The literal texts under a key, be it one or a list.
fn texts<'n>(map: &'n Map, key: &str) -> impl Iterator<Item = &'n str> {
    map.get(key).map_or(&[][..], Node::as_items).iter().filter_map(Node::as_str)
}
