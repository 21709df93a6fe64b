//! Deploying one revision over the one before loses nothing, and CloudFormation accepts the order.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk::{
    Node, StackArtifact,
    aws::resource_type,
    diff::{DataLoss, Impact, StackDiff, StackSide, diff_stacks},
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
