//! Services and task definitions of ECS.

use super::super::{
    findings::Findings,
    known::{Known, items, literal, look, number},
    model::{Model, Resource},
};
use crate::{codes, node::Node};

pub(super) fn task_definition(resource: &Resource<'_>, findings: &mut Findings) {
    if literal(resource.properties, "NetworkMode") != Some("awsvpc") {
        return;
    }
    for (index, container) in items(resource.properties, "ContainerDefinitions").iter().enumerate()
    {
        let Some(container) = container.as_map() else { continue };
        for (place, mapping) in items(container, "PortMappings").iter().enumerate() {
            let Some(mapping) = mapping.as_map() else { continue };
            let (Some(own), Some(host)) =
                (number(mapping, "ContainerPort"), number(mapping, "HostPort"))
            else {
                continue;
            };
            if own != host {
                let message = format!(
                    "with `awsvpc` the port of the host is the container's, {own}, not {host}"
                );
                let path = format!("ContainerDefinitions.{index}.PortMappings.{place}.HostPort");
                findings.add(resource, codes::PROPERTY_CONFLICT, &path, message);
            }
        }
    }
}

pub(super) fn service(model: &Model<'_>, resource: &Resource<'_>, findings: &mut Findings) {
    let task = resource.properties.get("TaskDefinition").and_then(|task| model.target(task));
    let Some(task) = task.filter(|task| task.type_name == "AWS::ECS::TaskDefinition") else {
        return;
    };
    if literal(resource.properties, "LaunchType") == Some("FARGATE") {
        let requires = look(task.properties, "RequiresCompatibilities");
        let lacks = match requires {
            Known::Is(Node::List(all)) => {
                all.iter().all(|one| one.as_str().is_some_and(|one| one != "FARGATE"))
            }
            // ECS finds out by itself what the tasks run on: on Fargate with a size, and addresses of their own.
            Known::Missing => {
                let missing = |key| look(task.properties, key) == Known::Missing;
                let mode = literal(task.properties, "NetworkMode");
                missing("Cpu")
                    || missing("Memory")
                    || missing("NetworkMode")
                    || mode.is_some_and(|mode| mode != "awsvpc")
            }
            _ => false,
        };
        if lacks {
            let message = format!("the tasks of `{}` do not run on Fargate", task.logical_id);
            findings.add(resource, codes::MISMATCH, "LaunchType", message);
            findings.note("the task definition is made here".into(), task.index);
        }
    }
    dynamic_ports(model, resource, task, findings);
}

/// A port that ECS chooses is checked by the port that traffic takes.
fn dynamic_ports(
    model: &Model<'_>,
    resource: &Resource<'_>,
    task: &Resource<'_>,
    findings: &mut Findings,
) {
    for (index, balancer) in items(resource.properties, "LoadBalancers").iter().enumerate() {
        let Some(balancer) = balancer.as_map() else { continue };
        let group = balancer.get("TargetGroupArn").and_then(|group| model.target(group));
        let port = group.and_then(|group| literal(group.properties, "HealthCheckPort"));
        let (Some(group), Some(port)) = (group, port.filter(|port| *port != "traffic-port")) else {
            continue;
        };
        let name = literal(balancer, "ContainerName");
        let wanted = number(balancer, "ContainerPort");
        let is_dynamic = items(task.properties, "ContainerDefinitions")
            .iter()
            .filter_map(Node::as_map)
            .filter(|container| name.is_some() && literal(container, "Name") == name)
            .flat_map(|container| items(container, "PortMappings"))
            .filter_map(Node::as_map)
            .any(|mapping| {
                number(mapping, "ContainerPort") == wanted
                    && number(mapping, "HostPort") == Some(0.0)
            });
        if is_dynamic {
            let message =
                format!("ECS chooses the port, and `{}` checks port {port}", group.logical_id);
            findings.add(resource, codes::MISMATCH, &format!("LoadBalancers.{index}"), message);
            findings.note("set `HealthCheckPort` to `traffic-port` here".into(), group.index);
        }
    }
}
