//! What single services ask for, beyond what the tables of their types say.

mod containers; // ECS
mod pairs; // of resources
mod pipelines; // CodePipeline
mod records; // Route 53, CloudFront, certificates
mod state_machines; // Step Functions
mod tables; // what counts within a resource

use super::{
    findings::Findings,
    known::{Known, items, literal, look, number, object, truth},
    model::{Model, Resource},
    texts,
};
use crate::{
    codes,
    node::{Map, Node},
};

/// The rules of one resource.
pub(super) fn check_resource(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    match resource.type_name {
        "AWS::ApiGateway::RestApi" => rest_api(resource, findings),
        "AWS::AutoScaling::AutoScalingGroup" => health_checks(resource, findings),
        "AWS::AutoScaling::ScheduledAction" => scheduled_action(resource, findings),
        "AWS::Backup::BackupPlan" => backups(resource, findings),
        "AWS::CertificateManager::Certificate" => records::certificate(resource, findings),
        "AWS::CloudFront::Distribution" => records::distribution(resource, findings),
        "AWS::CodeBuild::Project" => role_by_name(model, resource, findings),
        "AWS::CodePipeline::Pipeline" => pipelines::check(resource, findings),
        "AWS::DynamoDB::Table" => {
            attributes(resource, findings);
            tables::indexes(resource, findings);
        }
        "AWS::DynamoDB::GlobalTable" => attributes(resource, findings),
        "AWS::EC2::Instance" => instance(model, resource, findings),
        "AWS::EC2::LaunchTemplate" => {
            if let Known::Is(data) = object(properties, &["LaunchTemplateData"]) {
                image(resource, data, "LaunchTemplateData.ImageId", findings);
            }
        }
        "AWS::EC2::SecurityGroup" => {
            if let Some(name) =
                literal(properties, "GroupName").filter(|name| name.starts_with("sg-"))
            {
                let message = format!("`{name}` begins as ids do, which names must not");
                findings.add(resource, codes::ILLEGAL_VALUE, "GroupName", message);
            }
        }
        "AWS::ECS::Service" => containers::service(model, resource, findings),
        "AWS::ECS::TaskDefinition" => containers::task_definition(resource, findings),
        "AWS::ElastiCache::ReplicationGroup" => failover(model, resource, findings),
        "AWS::Events::Rule" => schedule(resource, false, findings),
        "AWS::GuardDuty::Detector" => {
            let set = |key| look(properties, key) != Known::Missing;
            if set("DataSources") && set("Features") {
                let message = "a detector has `DataSources` or `Features`, not both";
                findings.add(resource, codes::PROPERTY_CONFLICT, "DataSources", message);
            }
        }
        "AWS::CloudFormation::Stack" => {
            let missing = |key| look(properties, key) == Known::Missing;
            if missing("TemplateURL") && missing("TemplateBody") {
                let message = "a nested stack needs the `TemplateURL` of its template";
                findings.add(resource, codes::MISSING_PROPERTY, "TemplateURL", message);
            }
        }
        "AWS::Lambda::Function" => {
            function(resource, findings);
            layers(resource, findings);
        }
        "AWS::KMS::Key" => tables::key_policy(resource, findings),
        "AWS::MSK::Cluster" => tables::brokers(resource, findings),
        "AWS::Route53::RecordSet" => records::record_set(resource, properties, "", findings),
        "AWS::Route53::RecordSetGroup" => {
            let zone = literal(properties, "HostedZoneName");
            for (index, record) in items(properties, "RecordSets").iter().enumerate() {
                let Some(record) = record.as_map() else { continue };
                records::record_set(resource, record, &format!("RecordSets.{index}"), findings);
                if let Some(zone) = zone {
                    records::within(
                        resource,
                        record,
                        zone,
                        &format!("RecordSets.{index}.Name"),
                        findings,
                    );
                }
            }
        }
        "AWS::S3::Bucket" => {
            tierings(resource, findings);
            access_list(resource, findings);
        }
        "AWS::Scheduler::Schedule" => schedule(resource, true, findings),
        "AWS::SSM::Document" => document(resource, findings),
        "AWS::StepFunctions::StateMachine" => state_machines::check(resource, findings),
        _ => {}
    }
    pairs::check(model, resource, findings);
}

/// The rules over several resources.
pub(super) fn check(model: &Model<'_>, findings: &mut Findings) {
    unique(model, "AWS::EC2::SubnetRouteTableAssociation", &["SubnetId"], 1, findings, |_| true);
    unique(model, "AWS::Logs::SubscriptionFilter", &["LogGroupName"], 2, findings, |_| true);
    let entry = "AWS::EC2::NetworkAclEntry";
    for outward in [false, true] {
        unique(model, entry, &["RuleNumber", "NetworkAclId"], 1, findings, |entry| {
            match truth(entry.properties, "Egress") {
                Known::Missing => !outward,
                known => known == Known::Is(outward),
            }
        });
    }
    unique(model, "AWS::EFS::MountTarget", &["SubnetId", "FileSystemId"], 1, findings, |_| true);
    let listener = "AWS::ElasticLoadBalancingV2::Listener";
    unique(model, listener, &["Port", "LoadBalancerArn"], 1, findings, |listener| {
        // By TCP and by UDP, the same port is two.
        !matches!(literal(listener.properties, "Protocol"), None | Some("TCP" | "UDP" | "QUIC"))
    });
    let rule = "AWS::ElasticLoadBalancingV2::ListenerRule";
    unique(model, rule, &["Priority", "ListenerArn"], 1, findings, |_| true);
    unique(model, "AWS::EC2::VPCEndpoint", &["VpcId", "ServiceName"], 1, findings, |endpoint| {
        truth(endpoint.properties, "PrivateDnsEnabled") == Known::Is(true)
    });
}

/// Reports the resources of a type that share values beyond how many may.
fn unique(
    model: &Model<'_>,
    type_name: &str,
    keys: &[&str],
    allowed: usize,
    findings: &mut Findings,
    counts: impl Fn(&Resource<'_>) -> bool,
) {
    let mut seen: Vec<(&Resource<'_>, Vec<Option<&Node>>)> = Vec::new();
    for resource in model.resources.iter().filter(|resource| resource.type_name == type_name) {
        let values: Vec<_> = keys.iter().map(|key| resource.properties.get(key)).collect();
        let is_open = |value: &Option<&Node>| {
            value.is_none_or(|value| matches!(value.as_function(), Some(("Fn::If", _))))
        };
        if values.iter().any(is_open) || !counts(resource) {
            continue;
        }
        let alike =
            seen.iter().filter(|(other, theirs)| *theirs == values && other.is_with(resource));
        if alike.clone().count() >= allowed {
            let place = alike.clone().next().map(|(first, _)| first.index);
            let message = match allowed {
                1 => format!("there is one for this `{}` already", keys[0]),
                _ => format!(
                    "there are {allowed} for this `{}` already, as many as AWS takes",
                    keys[0]
                ),
            };
            findings.add(resource, codes::MISMATCH, keys[0], message);
            if let Some(place) = place {
                findings.note("the first one is made here".into(), place);
            }
        }
        seen.push((resource, values));
    }
}

fn rest_api(resource: &Resource<'_>, findings: &mut Findings) {
    let missing = |key| look(resource.properties, key) == Known::Missing;
    if ["Name", "Body", "BodyS3Location", "CloneFrom"].into_iter().all(missing) {
        let message = "an API needs a `Name`, unless an OpenAPI document gives it";
        findings.add(resource, codes::MISSING_PROPERTY, "Name", message);
    }
}

/// CodeBuild takes a role by name only where the role has no path.
fn role_by_name(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let Some(role) = resource.properties.get("ServiceRole") else { return };
    let Some(("Ref", _)) = role.as_function() else { return };
    let path = model.target(role).and_then(|role| literal(role.properties, "Path"));
    if path.is_some_and(|path| path != "/") {
        let message = "the name of a role with a path does not find it";
        findings.add(resource, codes::WRONG_REFERENCE, "ServiceRole", message).help =
            Some("refer to the role's `Arn`".into());
    }
}

fn health_checks(resource: &Resource<'_>, findings: &mut Findings) {
    const KINDS: [&str; 4] = ["EC2", "ELB", "EBS", "VPC_LATTICE"];
    let Some(kinds) = literal(resource.properties, "HealthCheckType") else { return };
    let all: Vec<&str> = kinds.split(',').map(str::trim).collect();
    let message = if let Some(odd) = all.iter().find(|kind| !KINDS.contains(kind)) {
        format!("`{odd}` is no health check")
    } else if all.len() > 1 && all.contains(&"EC2") {
        "`EC2` is always checked, and is not combined with others".to_owned()
    } else {
        return;
    };
    findings.add(resource, codes::ILLEGAL_VALUE, "HealthCheckType", message);
}

fn scheduled_action(resource: &Resource<'_>, findings: &mut Findings) {
    for key in ["StartTime", "EndTime"] {
        let Some(time) = literal(resource.properties, key).filter(|time| !time.contains("${"))
        else {
            continue;
        };
        let shape = time.bytes().take(11).enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            _ => byte.is_ascii_digit(),
        });
        if !shape || time.len() < 17 {
            let message = format!("`{time}` is no time");
            findings.add(resource, codes::ILLEGAL_VALUE, key, message).help =
                Some("write it as `2026-01-31T18:00:00Z`".into());
        }
    }
}

fn backups(resource: &Resource<'_>, findings: &mut Findings) {
    let Known::Is(plan) = object(resource.properties, &["BackupPlan"]) else { return };
    for (index, rule) in items(plan, "BackupPlanRule").iter().enumerate() {
        let Some(rule) = rule.as_map() else { continue };
        let path = format!("BackupPlan.BackupPlanRule.{index}");
        cold_storage(resource, rule, &path, findings);
        for (place, copy) in items(rule, "CopyActions").iter().enumerate() {
            let Some(copy) = copy.as_map() else { continue };
            cold_storage(resource, copy, &format!("{path}.CopyActions.{place}"), findings);
        }
    }
}

fn cold_storage(resource: &Resource<'_>, rule: &Map, path: &str, findings: &mut Findings) {
    let Known::Is(lifecycle) = object(rule, &["Lifecycle"]) else { return };
    let (Some(cold), Some(end)) =
        (number(lifecycle, "MoveToColdStorageAfterDays"), number(lifecycle, "DeleteAfterDays"))
    else {
        return;
    };
    if end < cold + 90.0 {
        let message = format!(
            "backups are cold after {cold} days and deleted after {end}: cold ones stay 90 at least"
        );
        let path = format!("{path}.Lifecycle.DeleteAfterDays");
        findings.add(resource, codes::BAD_LIFECYCLE, &path, message);
    }
}

/// Every attribute of a key is defined, and nothing else.
fn attributes(resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    let names = |map: &Map, list: &str| -> Option<Vec<String>> {
        let items = match look(map, list) {
            Known::Missing => return Some(Vec::new()),
            Known::Is(Node::List(items)) => items,
            _ => return None,
        };
        items
            .iter()
            .map(|item| Some(literal(item.as_map()?, "AttributeName")?.to_owned()))
            .collect()
    };
    if let Known::Is(Node::List(keys)) = look(properties, "KeySchema") {
        for (key, wanted) in keys.iter().zip(["HASH", "RANGE"]) {
            let kind = key.as_map().and_then(|key| literal(key, "KeyType"));
            if let Some(kind) = kind.filter(|kind| *kind != wanted) {
                let message = format!("a key is `HASH`, then `RANGE`: this is `{kind}`");
                findings.add(resource, codes::ILLEGAL_VALUE, "KeySchema", message);
                break;
            }
        }
    }
    let Some(defined) = names(properties, "AttributeDefinitions") else { return };
    let Some(mut used) = names(properties, "KeySchema") else { return };
    for list in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        match look(properties, list) {
            Known::Missing => {}
            Known::Is(Node::List(indexes)) => {
                for index in indexes {
                    let Some(mut keys) = index.as_map().and_then(|index| names(index, "KeySchema"))
                    else {
                        return;
                    };
                    used.append(&mut keys);
                }
            }
            _ => return,
        }
    }
    if let Some(name) = used.iter().find(|name| !defined.contains(name)) {
        let message = format!("`{name}` is part of a key, and not among the definitions");
        findings.add(resource, codes::PROPERTY_CONFLICT, "AttributeDefinitions", message);
    } else if let Some(name) = defined.iter().find(|name| !used.contains(name)) {
        let message = format!("`{name}` is defined, and part of no key");
        findings.add(resource, codes::PROPERTY_CONFLICT, "AttributeDefinitions", message);
    }
}

fn instance(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let missing = |key| look(resource.properties, key) == Known::Missing;
    let template = || {
        let template = resource.properties.get("LaunchTemplate")?;
        let id = template.get("LaunchTemplateId").or_else(|| template.get("LaunchTemplateName"))?;
        let template = model.target(id)?;
        match object(template.properties, &["LaunchTemplateData"]) {
            Known::Is(data) if template.type_name == "AWS::EC2::LaunchTemplate" => {
                Some((template, look(data, "ImageId") == Known::Missing))
            }
            _ => None,
        }
    };
    if missing("ImageId")
        && let Some((template, true)) = template()
    {
        let message = format!("neither this nor `{}` has an `ImageId`", template.logical_id);
        findings.add(resource, codes::MISSING_PROPERTY, "ImageId", message);
        findings.note("the launch template is made here".into(), template.index);
    }
    if missing("ImageId") && missing("LaunchTemplate") {
        let message = "an instance needs an `ImageId`, or a `LaunchTemplate` that has one";
        findings.add(resource, codes::MISSING_PROPERTY, "ImageId", message);
    }
    image(resource, resource.properties, "ImageId", findings);
}

fn image(resource: &Resource<'_>, map: &Map, path: &str, findings: &mut Findings) {
    let Some(id) = literal(map, "ImageId").filter(|id| !id.contains("${")) else { return };
    if !id.starts_with("ami-") && !id.starts_with("resolve:ssm:") {
        let message = format!("`{id}` is no id of an image");
        findings.add(resource, codes::ILLEGAL_VALUE, path, message).help =
            Some("it begins with `ami-`; read the newest one from Parameter Store".into());
    }
}

fn failover(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    let group = properties.get("CacheParameterGroupName").and_then(|group| model.target(group));
    let settings = group.map(|group| object(group.properties, &["Properties"]));
    if let Some(Known::Is(settings)) = settings
        && literal(settings, "cluster-enabled") == Some("yes")
    {
        let single = look(properties, "NumNodeGroups") == Known::Missing
            && look(properties, "ReplicasPerNodeGroup") == Known::Missing
            && look(properties, "NodeGroupConfiguration") == Known::Missing
            && match look(properties, "NumCacheClusters") {
                Known::Missing => true,
                _ => number(properties, "NumCacheClusters").is_some_and(|count| count < 2.0),
            };
        let key = match truth(properties, "AutomaticFailoverEnabled") {
            Known::Is(false) => Some("AutomaticFailoverEnabled"),
            _ if single => Some("NumCacheClusters"),
            _ => None,
        };
        if let Some(key) = key {
            let message = "cluster mode is on by the parameter group, and that needs failover and several nodes";
            findings.add(resource, codes::PROPERTY_CONFLICT, key, message);
            return;
        }
    }
    if truth(properties, "AutomaticFailoverEnabled") == Known::Is(true)
        && number(properties, "NumCacheClusters").is_some_and(|count| count < 2.0)
    {
        let message = "a group of one node has nothing to fail over to";
        findings.add(resource, codes::PROPERTY_CONFLICT, "NumCacheClusters", message);
    }
}

/// A time that comes again, or once where that is possible: EventBridge Scheduler is also less strict in its units.
fn schedule(resource: &Resource<'_>, takes_once: bool, findings: &mut Findings) {
    let Some(text) = literal(resource.properties, "ScheduleExpression") else { return };
    if text.is_empty() || text.contains("${") {
        return;
    }
    let inner = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    let problem = if let Some(rate) = inner("rate") {
        let mut parts = rate.split_whitespace();
        let count =
            parts.next().and_then(|count| count.parse::<u32>().ok()).filter(|count| *count > 0);
        let units: &[&str] = if takes_once {
            &["minute", "hour", "day", "minutes", "hours", "days"]
        } else if count == Some(1) {
            &["minute", "hour", "day"]
        } else {
            &["minutes", "hours", "days"]
        };
        let fits = count.is_some() && parts.next().is_some_and(|unit| units.contains(&unit));
        (!fits || parts.next().is_some())
            .then(|| "a rate is a number and a unit: `rate(1 hour)`, `rate(5 minutes)`".to_owned())
    } else if let Some(cron) = inner("cron") {
        let fields: Vec<&str> = cron.split_whitespace().collect();
        match fields.as_slice() {
            [_, _, day, _, weekday, _] if *day != "?" && *weekday != "?" => Some(
                "one of day of month and day of week is `?` in a cron expression: the other one counts".to_owned(),
            ),
            [_, _, _, _, _, _] => texts::cron_fields(&fields),
            _ => Some("a cron expression has six fields: minutes, hours, day of month, month, day of week, year".to_owned()),
        }
    } else if takes_once && inner("at").is_some() {
        None
    } else {
        Some("a schedule is `rate(…)` or `cron(…)`".to_owned())
    };
    if let Some(problem) = problem {
        findings.add(resource, codes::BAD_DEFINITION, "ScheduleExpression", problem);
    }
}

fn function(resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    if let Known::Is(start) = object(properties, &["SnapStart"])
        && literal(start, "ApplyOn") == Some("PublishedVersions")
        && let Some(runtime) = literal(properties, "Runtime")
    {
        let has_none =
            ["nodejs", "ruby", "provided", "go", "java8", "dotnet6", "dotnetcore", "python2"];
        let old = ["python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.11"];
        if has_none.iter().any(|prefix| runtime.starts_with(prefix)) || old.contains(&runtime) {
            let message = format!("`{runtime}` has no SnapStart");
            findings.add(resource, codes::PROPERTY_CONFLICT, "SnapStart", message);
        }
    }
    if let Known::Is(variables) = object(properties, &["Environment", "Variables"]) {
        let bytes: usize = variables
            .iter()
            .map(|(name, value)| name.len() + value.as_str().map_or(0, str::len))
            .sum();
        if bytes > 4096 {
            let message = format!("the variables have {bytes} bytes or more, 4096 are allowed");
            findings.add(resource, codes::LIMIT_EXCEEDED, "Environment.Variables", message);
        }
    }
}

/// Layers are named by the ARN of a version.
fn layers(resource: &Resource<'_>, findings: &mut Findings) {
    for (index, layer) in items(resource.properties, "Layers").iter().enumerate() {
        let name = layer.as_str().filter(|arn| !arn.contains("${"));
        let Some(name) = name.and_then(|arn| arn.split(':').nth(6)) else { continue };
        if name.len() > 140 {
            let message =
                format!("the layer's name has {} characters, 140 are allowed", name.len());
            findings.add(resource, codes::ILLEGAL_VALUE, &format!("Layers.{index}"), message);
        }
    }
}

/// New buckets have no access lists, unless they say so.
fn access_list(resource: &Resource<'_>, findings: &mut Findings) {
    const WITHOUT: [&str; 3] = ["Private", "BucketOwnerFullControl", "BucketOwnerRead"];
    let Some(list) = literal(resource.properties, "AccessControl") else { return };
    let rules = match look(resource.properties, "OwnershipControls") {
        Known::Is(Node::Map(controls)) => look(controls, "Rules"),
        other => other,
    };
    let none = match rules {
        Known::Missing => true,
        Known::Is(Node::List(rules)) => rules.is_empty(),
        _ => false,
    };
    if none && !WITHOUT.contains(&list) {
        let message = format!("a new bucket takes no access list `{list}`");
        findings.add(resource, codes::PROPERTY_CONFLICT, "AccessControl", message).help = Some(
            "give access by a policy, or set `OwnershipControls` to `ObjectWriter`, which is what buckets from before April 2023 have".into(),
        );
    }
}

fn tierings(resource: &Resource<'_>, findings: &mut Findings) {
    for (index, configuration) in
        items(resource.properties, "IntelligentTieringConfigurations").iter().enumerate()
    {
        let Some(configuration) = configuration.as_map() else { continue };
        for (place, tiering) in items(configuration, "Tierings").iter().enumerate() {
            let Some(tiering) = tiering.as_map() else { continue };
            let least = match literal(tiering, "AccessTier") {
                Some("ARCHIVE_ACCESS") => 90.0,
                Some("DEEP_ARCHIVE_ACCESS") => 180.0,
                _ => continue,
            };
            if let Some(days) =
                number(tiering, "Days").filter(|days| !(least..=730.0).contains(days))
            {
                let message = format!("{days} days, {least} to 730 are allowed");
                let path =
                    format!("IntelligentTieringConfigurations.{index}.Tierings.{place}.Days");
                findings.add(resource, codes::BAD_LIFECYCLE, &path, message);
            }
        }
    }
}

/// The versions of documents of Systems Manager.
const SCHEMAS: [&str; 5] = ["0.3", "1.0", "1.2", "2.0", "2.2"];

fn document(resource: &Resource<'_>, findings: &mut Findings) {
    let parsed;
    let content = match look(resource.properties, "Content") {
        Known::Is(Node::Map(content)) => content,
        // A text may be YAML, too.
        Known::Is(Node::Str(text)) if text.trim_start().starts_with('{') => {
            match Node::parse_json(text) {
                Ok(Node::Map(map)) => {
                    parsed = map;
                    &parsed
                }
                _ => return,
            }
        }
        _ => return,
    };
    if content.keys().any(|key| key.starts_with("Fn::")) {
        return;
    }
    if let Some(version) = literal(content, "schemaVersion").filter(|it| !SCHEMAS.contains(it)) {
        let message = format!("`{version}` is no version of documents");
        let finding = findings.add(resource, codes::BAD_DEFINITION, "Content", message);
        finding.help = Some(format!("one of `{}`", SCHEMAS.join("`, `")));
    }
    if let Some(kind @ ("Command" | "Automation" | "Session" | "Policy")) =
        literal(resource.properties, "DocumentType").or(Some("Command"))
        && !content.contains_key("schemaVersion")
    {
        let message = format!("a document of the type `{kind}` needs a `schemaVersion`");
        findings.add(resource, codes::BAD_DEFINITION, "Content", message);
    }
}
