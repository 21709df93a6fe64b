//! Services and task definitions of ECS.

use super::super::{
    findings::Findings,
    known::{Known, items, literal, look, number},
    model::{Model, Resource},
};
use crate::{codes, node::Node};

pub(super) fn task_definition(resource: &Resource<'_>, findings: &mut Findings) {
    on_fargate(resource, findings);
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
    balanced(resource, task, findings);
}

/// A load balancer sends requests to a port of a container that is there.
fn balanced(resource: &Resource<'_>, task: &Resource<'_>, findings: &mut Findings) {
    let Known::Is(Node::List(containers)) = look(task.properties, "ContainerDefinitions") else {
        return;
    };
    let name_of = |container: &'_ Node| {
        container.as_map().and_then(|it| literal(it, "Name")).map(str::to_owned)
    };
    let Some(names) = containers.iter().map(name_of).collect::<Option<Vec<_>>>() else { return };
    for (index, balancer) in items(resource.properties, "LoadBalancers").iter().enumerate() {
        let Some(balancer) = balancer.as_map() else { continue };
        let Some(name) = literal(balancer, "ContainerName") else { continue };
        let place = names.iter().position(|other| other == name);
        let Some(container) = place.and_then(|place| containers[place].as_map()) else {
            let message = format!("the tasks of `{}` have no container `{name}`", task.logical_id);
            let path = format!("LoadBalancers.{index}.ContainerName");
            findings.add(resource, codes::MISMATCH, &path, message);
            findings.note("the task definition is made here".into(), task.index);
            continue;
        };
        let Some(port) = number(balancer, "ContainerPort") else { continue };
        let mappings = match look(container, "PortMappings") {
            Known::Missing => &[][..],
            Known::Is(Node::List(mappings)) => mappings,
            _ => continue,
        };
        let may_be = |mapping: &Node| {
            mapping.as_map().is_none_or(|mapping| match number(mapping, "ContainerPort") {
                Some(own) => own == port,
                None => true,
            })
        };
        if !mappings.iter().any(may_be) {
            let message =
                format!("the container `{name}` of `{}` maps no port {port}", task.logical_id);
            let path = format!("LoadBalancers.{index}.ContainerPort");
            findings.add(resource, codes::MISMATCH, &path, message);
            findings.note("the task definition is made here".into(), task.index);
        }
    }
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

/// What Fargate asks of a task: a role to read secrets and write logs by, and no container larger than the task.
fn on_fargate(resource: &Resource<'_>, findings: &mut Findings) {
    let properties = resource.properties;
    let is_fargate = items(properties, "RequiresCompatibilities")
        .iter()
        .any(|kind| kind.as_str() == Some("FARGATE"));
    if !is_fargate {
        return;
    }
    let whole = number(properties, "Memory");
    let lacks_role = look(properties, "ExecutionRoleArn") == Known::Missing;
    for (index, container) in items(properties, "ContainerDefinitions").iter().enumerate() {
        let Some(container) = container.as_map() else { continue };
        if let (Some(whole), Some(own)) = (whole, number(container, "Memory"))
            && own > whole
        {
            let message = format!("a container of {own} MiB does not fit into a task of {whole}");
            let path = format!("ContainerDefinitions.{index}.Memory");
            findings.add(resource, codes::PROPERTY_CONFLICT, &path, message);
        }
        if lacks_role && items(container, "Secrets").iter().any(|secret| secret.as_map().is_some())
        {
            let message = format!("the secrets of container {index} are read by an execution role");
            findings.add(resource, codes::MISSING_PROPERTY, "ExecutionRoleArn", message);
        }
    }
}
