//! Instance types, images and key pairs.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::Node;

use super::{Forecast, is_missing};
use crate::aws::{
    call::{EC2, items, text_of},
    error::AwsError,
};
use crate::forecast::rules;

/// What servers are made by: the type, and where it says how they are made.
const MAKERS: [(&str, &str); 4] = [
    ("AWS::EC2::Instance", ""),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/"),
    ("AWS::AutoScaling::LaunchConfiguration", ""),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData/"),
];

/// A server that is to be made, as far as it is known now.
struct Server {
    logical_id: String,
    prefix: &'static str,
    instance_type: Option<String>,
    image: Option<String>,
    key_pair: Option<String>,
}

/// All checks of this module.
pub(super) async fn check(forecast: &mut Forecast<'_>) -> Result<(), AwsError> {
    let servers = servers(forecast);
    key_pairs(forecast, &servers).await?;
    let offered = instance_types(forecast, &servers).await?;
    images(forecast, &servers, &offered).await
}

fn servers(forecast: &Forecast<'_>) -> Vec<Server> {
    let mut servers = Vec::new();
    for resource in &forecast.planned {
        let maker = MAKERS.iter().find(|(name, _)| *name == resource.type_name);
        let Some((_, prefix)) = maker else { continue };
        let text = |name: &str| resource.text(&format!("{prefix}{name}")).map(str::to_owned);
        servers.push(Server {
            logical_id: resource.logical_id.to_owned(),
            prefix,
            instance_type: text("InstanceType"),
            image: text("ImageId"),
            key_pair: text("KeyName"),
        });
    }
    servers
}

fn property(server: &Server, name: &str) -> String {
    format!("{}{name}", server.prefix.replace('/', "."))
}

async fn key_pairs(forecast: &mut Forecast<'_>, servers: &[Server]) -> Result<(), AwsError> {
    for server in servers {
        let Some(name) = &server.key_pair else { continue };
        let calls = forecast.target.calls();
        let found = match calls.query(EC2, "DescribeKeyPairs", &[("KeyName.1", name)]).await {
            Ok(answer) => Ok(!items(&answer, "keySet").is_empty()),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(error),
        };
        if forecast.answer(&format!("the key pair `{name}`"), found)? == Some(false) {
            let message = format!("there is no key pair `{name}` in {}", forecast.target.region());
            let property = property(server, "KeyName");
            forecast.find(rules::MISSING_KEY_PAIR, &server.logical_id, &property, message);
        }
    }
    Ok(())
}

/// The architectures of the instance types that the region has.
async fn instance_types(
    forecast: &mut Forecast<'_>,
    servers: &[Server],
) -> Result<BTreeMap<String, Vec<String>>, AwsError> {
    let wanted: BTreeSet<&String> =
        servers.iter().filter_map(|server| server.instance_type.as_ref()).collect();
    let mut offered = BTreeMap::new();
    for name in wanted {
        // As a filter, a type that is not offered is no error.
        let filter = [("Filter.1.Name", "instance-type"), ("Filter.1.Value.1", name.as_str())];
        let answer = forecast.target.calls().query(EC2, "DescribeInstanceTypes", &filter).await;
        let answer = match answer {
            Err(error) if error.code.as_deref() == Some("InvalidInstanceType") => Ok(Node::Null),
            other => other,
        };
        let Some(answer) = forecast.answer(&format!("the instance type `{name}`"), answer)? else {
            continue;
        };
        let found = items(&answer, "instanceTypeSet");
        let Some(found) = found.into_iter().find(|it| text_of(it, "instanceType") == name) else {
            let message = format!("{} does not offer `{name}`", forecast.target.region());
            for server in servers.iter().filter(|it| it.instance_type.as_ref() == Some(name)) {
                let property = property(server, "InstanceType");
                let rule = rules::INSTANCE_TYPE_NOT_OFFERED;
                forecast.find(rule, &server.logical_id, &property, message.clone());
            }
            continue;
        };
        let architectures = items(found, "processorInfo/supportedArchitectures");
        let architectures = architectures.into_iter().filter_map(Node::as_str);
        offered.insert(name.clone(), architectures.map(str::to_owned).collect());
    }
    Ok(offered)
}

async fn images(
    forecast: &mut Forecast<'_>,
    servers: &[Server],
    offered: &BTreeMap<String, Vec<String>>,
) -> Result<(), AwsError> {
    for server in servers {
        let Some(image) = server.image.as_ref().filter(|image| image.starts_with("ami-")) else {
            continue;
        };
        let wanted = [("ImageId.1", image.as_str())];
        let answer = forecast.target.calls().query(EC2, "DescribeImages", &wanted).await;
        let answer = match answer {
            Err(error) if is_missing(&error) => Ok(Node::Null),
            other => other,
        };
        let Some(answer) = forecast.answer(&format!("the image `{image}`"), answer)? else {
            continue;
        };
        let property = property(server, "ImageId");
        let Some(found) = items(&answer, "imagesSet").into_iter().next() else {
            let message = format!("there is no image `{image}` in {}", forecast.target.region());
            forecast.find(rules::MISSING_IMAGE, &server.logical_id, &property, message);
            continue;
        };
        let architecture = text_of(found, "architecture");
        let Some(instance_type) = &server.instance_type else { continue };
        let fits = offered.get(instance_type).is_none_or(|all| {
            all.is_empty() || architecture.is_empty() || all.iter().any(|it| it == architecture)
        });
        if !fits {
            let message = format!(
                "the image `{image}` is for {architecture}, which `{instance_type}` is not"
            );
            let rule = rules::IMAGE_OF_OTHER_ARCHITECTURE;
            forecast.find(rule, &server.logical_id, &property, message);
        }
    }
    Ok(())
}
