//! The quota of running servers, which is one of their virtual processors.

use std::collections::BTreeMap;

use fc_cdk_core::Node;

use super::{
    super::{Forecast, Outlook, resources::Planned},
    allowed, compare, number,
};
use crate::aws::{
    call::{EC2, find, text_of},
    error::AwsError,
};

/// Running On-Demand Standard instances: those of these families.
const CODE: &str = "L-1216C47A";
const FAMILIES: [char; 9] = ['a', 'c', 'd', 'h', 'i', 'm', 'r', 't', 'z'];

/// Servers that are to be started, beside those that run.
pub(super) async fn check(forecast: &Forecast<'_>, outlook: &mut Outlook) -> Result<(), AwsError> {
    let started = started(forecast);
    if started.is_empty() {
        return Ok(());
    }
    let target = forecast.target;
    let types: Vec<&str> = started.iter().map(|(_, instance_type, _)| *instance_type).collect();
    let Some(processors) = processors(forecast, outlook, &types).await? else { return Ok(()) };
    let more = started
        .iter()
        .map(|(_, instance_type, count)| {
            processors.get(*instance_type).copied().unwrap_or_default() * count
        })
        .sum();
    let what = "the quota of running On-Demand instances";
    let allowed = allowed(target, "ec2", CODE).await;
    let Some(Some(allowed)) = outlook.answer(what, allowed)? else { return Ok(()) };
    let filter = [
        ("Filter.1.Name", "instance-state-name"),
        ("Filter.1.Value.1", "pending"),
        ("Filter.1.Value.2", "running"),
    ];
    let running = target.calls().query_all(EC2, "DescribeInstances", &filter, "reservationSet");
    let running = outlook.answer("how many instances run", running.await)?;
    let Some(running) = running else { return Ok(()) };
    let instances = running.iter().flat_map(|it| crate::aws::call::items(it, "instancesSet"));
    let there = instances
        .filter(|it| text_of(it, "instanceLifecycle").is_empty())
        .filter(|it| is_standard(text_of(it, "instanceType")))
        .map(|it| {
            let of = |path| find(it, path).and_then(number).unwrap_or_default();
            of("cpuOptions/coreCount") * of("cpuOptions/threadsPerCore")
        })
        .sum();
    let resources: Vec<&Planned<'_>> = started.iter().map(|(resource, ..)| *resource).collect();
    let kind = "virtual processors of On-Demand Standard instances";
    compare(forecast, outlook, kind, &resources, (there, more, allowed));
    Ok(())
}

/// What starts servers anew: the resource, their type, and how many.
fn started<'f>(forecast: &'f Forecast<'_>) -> Vec<(&'f Planned<'f>, &'f str, u64)> {
    let mut started = Vec::new();
    for resource in forecast.planned.iter().filter(|it| it.is_new()) {
        let (instance_type, count) = match resource.type_name {
            "AWS::EC2::Instance" => (resource.text("InstanceType"), 1),
            "AWS::AutoScaling::AutoScalingGroup" => {
                let template = resource.refers_to("LaunchTemplate/LaunchTemplateId");
                let template = template.and_then(|id| forecast.sibling(resource, id));
                let count =
                    resource.number("DesiredCapacity").or_else(|| resource.number("MinSize"));
                let is_spot = |it: &&Planned<'_>| {
                    it.node("LaunchTemplateData/InstanceMarketOptions").is_some()
                };
                let template = template.filter(|it| !is_spot(it));
                let instance_type =
                    template.and_then(|it| it.text("LaunchTemplateData/InstanceType"));
                (instance_type, count.unwrap_or_default())
            }
            _ => continue,
        };
        if let Some(instance_type) = instance_type.filter(|it| is_standard(it) && count > 0) {
            started.push((resource, instance_type, count));
        }
    }
    started
}

/// Whether it is of a family that counts: `t4g`, but not `trn1`.
fn is_standard(instance_type: &str) -> bool {
    let mut letters = instance_type.chars();
    let family = letters.next();
    // Others have families of two letters or more before the digit: `inf1`, `trn1`, `dl1`, `hpc7g`.
    let is_one_letter = letters.next().is_some_and(|it| it.is_ascii_digit());
    let is_dense = ["im4", "is4"].iter().any(|name| instance_type.starts_with(name));
    family.is_some_and(|it| FAMILIES.contains(&it)) && (is_one_letter || is_dense)
}

/// The virtual processors that types have.
async fn processors<'n>(
    forecast: &Forecast<'_>,
    outlook: &mut Outlook,
    types: &[&'n str],
) -> Result<Option<BTreeMap<&'n str, u64>>, AwsError> {
    let listed = &super::super::servers::INSTANCE_TYPES;
    let wanted = types.iter().copied().collect();
    let found = super::super::servers::found(forecast, outlook, listed, wanted).await?;
    let count = |node: &Node| find(node, "vCpuInfo/defaultVCpus").and_then(number);
    Ok(found.map(|found| {
        let known = found.into_iter();
        known.filter_map(|(name, node)| Some((name, node.as_ref().and_then(count)?))).collect()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_standard_families_count() {
        for name in ["t4g.small", "m7i.large", "c5.xlarge", "r6g.large", "im4gn.large"] {
            assert!(is_standard(name), "{name}");
        }
        for name in [
            "g5.xlarge",
            "p4d.24xlarge",
            "inf1.xlarge",
            "trn1.2xlarge",
            "x2idn.large",
            "mac1.metal",
        ] {
            assert!(!is_standard(name), "{name}");
        }
    }
}
