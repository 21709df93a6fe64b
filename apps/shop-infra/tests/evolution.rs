//! Deploying one revision over the one before loses nothing, and CloudFormation accepts the order.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk::{
    Node, StackArtifact, Template,
    aws::resource_type,
    diff::{DataLoss, Impact, StackDiff, StackSide, diff_stacks},
    template::TemplateResource,
};
use shop_infra::{Revision, Settings, history::History};

fn history() -> History {
    History::of(&Settings::default()).unwrap()
}

/// Each revision with the one before, and what deploying it changes.
fn steps(history: &History) -> Vec<(Revision, Revision, Vec<StackDiff>)> {
    let pairs = Revision::ALL.iter().zip(&Revision::ALL[1..]);
    let sides = |revision: Revision| -> Vec<StackSide<'_>> {
        history.stacks(revision).iter().map(StackSide::of_artifact).collect()
    };
    pairs
        .map(|(&old, &new)| (old, new, diff_stacks(&sides(old), &sides(new), &resource_type)))
        .collect()
}

#[test]
fn what_holds_data_is_never_replaced_or_deleted() {
    let history = history();
    for (old, new, stacks) in steps(&history) {
        for stack in &stacks {
            for change in &stack.template.resources {
                let what = format!("{old} → {new}: {}/{}", stack.name, change.logical_id);
                assert!(change.known_type, "{what}: {}", change.type_name);
                assert_ne!(change.impact, Impact::Rename, "{what}");
                // Logs and undelivered messages of what goes may go with it.
                let passing = ["AWS::Logs::LogGroup", "AWS::SQS::Queue", "AWS::Kinesis::Stream"];
                if !passing.contains(&change.type_name.as_str()) {
                    assert_eq!(change.data_loss, DataLoss::No, "{what}: {change:?}");
                }
            }
        }
    }
}

#[test]
fn what_people_rely_on_keeps_its_ids_from_its_first_revision_on() {
    const LASTING: [&str; 9] = [
        "AWS::CloudFront::Distribution",
        "AWS::CodeCommit::Repository",
        "AWS::EC2::VPC",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::KMS::Key",
        "AWS::RDS::DBInstance",
        "AWS::Route53::HostedZone",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
    ];
    let history = history();
    let ids = |revision: Revision| -> BTreeSet<(String, String)> {
        let lasting = |stack: &StackArtifact| -> Vec<(String, String)> {
            let resources = stack.template().resources();
            resources
                .filter(|resource| LASTING.contains(&resource.type_name()))
                .map(|resource| (stack.stack_name().to_owned(), resource.logical_id().to_string()))
                .collect()
        };
        history.stacks(revision).iter().flat_map(lasting).collect()
    };
    for (old, new) in Revision::ALL.iter().zip(&Revision::ALL[1..]) {
        let gone: Vec<_> = ids(*old).difference(&ids(*new)).cloned().collect();
        // Of these, only what belongs to live data ever leaves.
        assert!(gone.iter().all(|(_, id)| id.starts_with("Live")), "{old} → {new}: {gone:?}");
    }
    assert!(ids(Revision::V1_0).len() >= 8);
}

#[test]
fn no_stack_holds_another_back() {
    let history = history();
    for revision in Revision::ALL {
        let mut before: BTreeSet<&str> = BTreeSet::new();
        for stack in history.stacks(revision) {
            // An export cannot change while somebody imports it. The shop's stacks read outputs at each deployment instead.
            let text = stack.template_json();
            assert!(!text.contains("Fn::ImportValue"), "{revision}: {}", stack.stack_name());
            for (name, output) in stack.template().outputs() {
                assert!(!output.contains_key("Export"), "{revision}: {name}");
            }
            // Stacks are deployed in the order in which they stand: each reads only what is there by then.
            for dependency in stack.dependencies() {
                assert!(before.contains(dependency.as_str()), "{revision}: {}", stack.stack_name());
            }
            before.insert(stack.artifact_id());
        }
    }
}

#[test]
fn what_goes_is_not_in_use_by_a_stack_that_is_updated_later() {
    // AWS refuses to delete these while others use them, and roles while somebody else's policies are on them.
    const HELD: [&str; 7] = [
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::Role",
        "AWS::WAFv2::WebACL",
    ];
    let history = history();
    for (old, new, stacks) in steps(&history) {
        let old_stacks = history.stacks(old);
        for stack in &stacks {
            let Some(before) = old_stacks.iter().find(|known| known.display_name() == stack.name)
            else {
                continue;
            };
            let goes = stack.template.resources.iter().filter(|change| {
                matches!(change.impact, Impact::Remove | Impact::Replace)
                    && HELD.contains(&change.type_name.as_str())
            });
            for change in goes {
                let outputs = outputs_of(before, &change.logical_id);
                for user in
                    old_stacks.iter().filter(|user| user.stack_name() != before.stack_name())
                {
                    let text = match change.type_name.as_str() {
                        "AWS::IAM::Role" => policies(user),
                        _ => user.template_json().to_owned(),
                    };
                    let used = outputs.iter().find(|output| text.contains(output.as_str()));
                    assert_eq!(
                        used, None,
                        "{old} → {new}: {} of {}",
                        change.logical_id, stack.name
                    );
                }
            }
        }
    }
}

/// The policies of a stack that are put on roles, as JSON.
fn policies(stack: &StackArtifact) -> String {
    let policies = stack.template().resources().filter(|resource| {
        matches!(resource.type_name(), "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy")
    });
    let roles = policies.filter_map(|policy| policy.property("Roles"));
    roles.map(Node::to_json).collect()
}

/// The outputs of a stack that tell others about a resource.
fn outputs_of(stack: &StackArtifact, logical_id: &str) -> Vec<String> {
    let about = |output: &fc_cdk::Map| {
        Node::Map(output.clone()).to_json().contains(&format!("\"{logical_id}\""))
    };
    let outputs = stack.template().outputs().filter(|(_, output)| about(output));
    outputs.map(|(name, _)| name.to_string()).collect()
}

#[test]
fn a_revision_deployed_again_changes_nothing() {
    let (first, second) = (history(), history());
    for revision in Revision::ALL {
        let templates = |history: &History| -> BTreeMap<String, String> {
            let stacks = history.stacks(revision).iter();
            stacks
                .map(|stack| (stack.stack_name().to_owned(), stack.template_json().to_owned()))
                .collect()
        };
        assert_eq!(templates(&first), templates(&second), "{revision}");
    }
}

const RULE: &str = "AWS::ElasticLoadBalancingV2::ListenerRule";

fn template(history: &History, revision: Revision, stack: &str) -> Option<Template> {
    let stacks = history.stacks(revision);
    stacks.iter().find(|known| known.stack_name() == stack).map(|known| known.template().clone())
}

/// A property as JSON, or nothing.
fn json(resource: &TemplateResource<'_>, property: &str) -> String {
    resource.property(property).map(Node::to_json).unwrap_or_default()
}

/// The ports at which CloudFront, with the header that it alone knows, gets to the web tier.
fn ports_for_cloudfront(servers: &Template) -> BTreeSet<i64> {
    let balancers = servers.resources().filter(|it| it.logical_id().starts_with("WebLoadBalancer"));
    let groups: String = balancers.map(|it| json(&it, "SecurityGroups")).collect();
    let in_use = |it: &TemplateResource<'_>| groups.contains(&format!("\"{}\"", it.logical_id()));
    let rules = servers.resources().filter(in_use).filter_map(|group| {
        group.property("SecurityGroupIngress").and_then(Node::as_list).map(<[Node]>::to_vec)
    });
    let cloudfront = rules.flatten().filter(|rule| rule.get("SourcePrefixListId").is_some());
    let open: BTreeSet<i64> =
        cloudfront.filter_map(|rule| rule.get("FromPort").and_then(Node::as_int)).collect();
    let answers = servers.resources().filter(|it| {
        it.type_name() == RULE
            && json(it, "Conditions").contains("X-Origin-Verify")
            && json(it, "Actions").contains("\"forward\"")
    });
    let ports = answers.filter_map(|it| {
        let listener = it.property("ListenerArn.Ref")?.as_str()?.to_owned();
        servers.resource(&listener)?.property("Port")?.as_int()
    });
    ports.filter(|port| open.contains(port)).collect()
}

#[test]
fn cloudfront_is_answered_before_and_after_it_learns_of_a_certificate() {
    let history = history();
    let asks = |revision: Revision| {
        let front = template(&history, revision, "Shop-Front")?.to_json();
        Some(if front.contains("https-only") { 443 } else { 80 })
    };
    // Servers are updated before the distribution, which until then asks as the revision before says.
    for pair in Revision::ALL.windows(2) {
        let servers = template(&history, pair[1], "Shop-Servers").unwrap();
        let answered = ports_for_cloudfront(&servers);
        for asked in pair.iter().filter_map(|&revision| asks(revision)) {
            assert!(answered.contains(&asked), "{}: {asked} is none of {answered:?}", pair[1]);
        }
    }
    assert_eq!(
        [Revision::V1_0, Revision::V1_4, Revision::V1_5].map(asks),
        [None, Some(80), Some(443)]
    );
}

#[test]
fn requests_turn_to_servers_and_tasks_that_are_there() {
    let history = history();
    for revision in Revision::ALL {
        let servers = template(&history, revision, "Shop-Servers").unwrap();
        let find = |types: &[&str], start: &str| {
            let is_it = |it: &TemplateResource<'_>| {
                types.contains(&it.type_name()) && it.logical_id().starts_with(start)
            };
            servers.resources().find(is_it).unwrap()
        };
        let needs = |it: &TemplateResource<'_>, other: &TemplateResource<'_>| {
            let id = other.logical_id();
            assert!(it.depends_on().any(|on| on == id), "{revision}: {} → {id}", it.logical_id());
        };
        for tier in ["Was", "Web"] {
            let answers = find(&["AWS::AutoScaling::AutoScalingGroup", "AWS::ECS::Service"], tier);
            let [attachment, forward] =
                ["Attachment", "Forward"].map(|name| find(&[RULE], &format!("{tier}{name}")));
            // The targets belong to the load balancer first, then they come, then they get requests.
            needs(&answers, &attachment);
            needs(&forward, &answers);
            assert_eq!(json(&attachment, "Actions"), json(&forward, "Actions"));
            let targets = find(&["AWS::ElasticLoadBalancingV2::TargetGroup"], tier);
            assert!(json(&forward, "Actions").contains(targets.logical_id().as_str()));
            assert!(json(&attachment, "Conditions").contains("source-ip"));
        }
        let web = find(&["AWS::AutoScaling::AutoScalingGroup", "AWS::ECS::Service"], "Web");
        needs(&web, &find(&[RULE], "WasForward"));
    }
}

#[test]
fn what_the_law_wants_is_locked_and_gone_soon_after() {
    let history = history();
    for revision in [Revision::V1_2, Revision::V1_3, Revision::V1_4, Revision::V1_5] {
        let data = template(&history, revision, "Shop-Data").unwrap();
        let archive = data.resource("ArchiveDA4CB258").unwrap();
        let days = |rule: &Node, path: &[&str]| {
            path.iter().try_fold(rule.clone(), |node, key| node.get(key).cloned())?.as_int()
        };
        let lock = archive.property("ObjectLockConfiguration").unwrap();
        // Five years with the most leap days.
        assert_eq!(days(lock, &["Rule", "DefaultRetention", "Days"]), Some(1827), "{revision}");
        let rules =
            archive.property("LifecycleConfiguration.Rules").and_then(Node::as_list).unwrap();
        let all =
            |path: &[&str]| rules.iter().filter_map(|rule| days(rule, path)).collect::<Vec<_>>();
        assert_eq!(all(&["NoncurrentVersionExpiration", "NoncurrentDays"]), [7], "{revision}");
        let expires = if revision == Revision::V1_5 { vec![1827] } else { vec![] };
        assert_eq!(all(&["ExpirationInDays"]), expires, "{revision}");
    }
}
