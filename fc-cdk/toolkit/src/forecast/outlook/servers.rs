//! Instance types, images and key pairs.

use std::collections::{BTreeMap, BTreeSet};

use fc_cdk_core::Node;

use super::{Forecast, Outlook, resources::Planned, settings::parameter_of};
use crate::{
    aws::{
        Target,
        call::{EC2, items, text_of},
        error::AwsError,
    },
    forecast::rules,
};

/// What servers are made by: the type, and where it says how they are made.
const MAKERS: [(&str, &str); 4] = [
    ("AWS::EC2::Instance", ""),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/"),
    ("AWS::AutoScaling::LaunchConfiguration", ""),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData/"),
];

/// A server that is to be made, as far as it is known now.
struct Server<'f> {
    resource: &'f Planned<'f>,
    prefix: &'static str,
    instance_type: Option<&'f str>,
    image: Option<&'f str>,
    key_pair: Option<&'f str>,
}

impl Server<'_> {
    fn property(&self, name: &str) -> String {
        format!("{}{name}", self.prefix.replace('/', "."))
    }
}

/// All checks of this module.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let servers = servers(forecast);
    let region = forecast.target.region();

    let made = forecast.made("AWS::EC2::KeyPair", "KeyName");
    let pairs = servers.iter().filter_map(|it| it.key_pair).filter(|name| !made.contains(name));
    if let Some(pairs) = found(forecast, &mut outlook, &KEY_PAIRS, pairs.collect()).await? {
        for server in &servers {
            if let Some(name) = server.key_pair.filter(|name| pairs.get(*name) == Some(&None)) {
                let message = format!("there is no key pair `{name}` in {region}");
                let property = server.property("KeyName");
                outlook.find(rules::MISSING_KEY_PAIR, server.resource, &property, message);
            }
        }
    }

    let wanted = servers.iter().filter_map(|it| it.instance_type).collect();
    let offered = found(forecast, &mut outlook, &INSTANCE_TYPES, wanted).await?.unwrap_or_default();
    for server in &servers {
        if let Some(name) = server.instance_type.filter(|name| offered.get(*name) == Some(&None)) {
            let message = format!("{region} does not offer `{name}`");
            let property = server.property("InstanceType");
            outlook.find(rules::INSTANCE_TYPE_NOT_OFFERED, server.resource, &property, message);
        }
    }

    let wanted = servers.iter().filter_map(|it| it.image).collect();
    let images = found(forecast, &mut outlook, &IMAGES, wanted).await?.unwrap_or_default();
    for server in &servers {
        let Some((name, image)) = server.image.and_then(|name| images.get_key_value(name)) else {
            continue;
        };
        let property = server.property("ImageId");
        let Some(image) = image else {
            let message = format!("there is no image `{name}` in {region}");
            outlook.find(rules::MISSING_IMAGE, server.resource, &property, message);
            continue;
        };
        let architecture = text_of(image, "architecture");
        let Some(instance_type) = server.instance_type else { continue };
        let Some(Some(offer)) = offered.get(instance_type) else { continue };
        let fits = items(offer, "processorInfo/supportedArchitectures");
        if !fits.is_empty()
            && !architecture.is_empty()
            && !fits.iter().any(|it| it.as_str() == Some(architecture))
        {
            let message =
                format!("the image `{name}` is for {architecture}, which `{instance_type}` is not");
            let rule = rules::IMAGE_OF_OTHER_ARCHITECTURE;
            outlook.find(rule, server.resource, &property, message);
        }
    }
    Ok(outlook)
}

fn servers<'f>(forecast: &'f Forecast<'_>) -> Vec<Server<'f>> {
    let mut servers = Vec::new();
    for resource in &forecast.planned {
        let maker = MAKERS.iter().find(|(name, _)| *name == resource.type_name);
        let Some((_, prefix)) = maker else { continue };
        let text = |name: &str| resource.text(&format!("{prefix}{name}"));
        // The newest image is often named by a public parameter.
        let image = resource.raw_text(&format!("{prefix}ImageId")).map(|text| {
            let name = parameter_of(text).or_else(|| text.strip_prefix("resolve:ssm:"));
            name.and_then(|name| forecast.settings.get(name)).map_or(text, String::as_str)
        });
        servers.push(Server {
            resource,
            prefix,
            instance_type: text("InstanceType"),
            image: image.filter(|image| image.starts_with("ami-")),
            key_pair: text("KeyName"),
        });
    }
    servers
}

/// A kind of thing of EC2: its name for people, and how those of some names are listed: operation, filter, list, name in the answer.
pub(super) struct Listed {
    pub(super) noun: &'static str,
    pub(super) operation: &'static str,
    pub(super) filter: &'static str,
    pub(super) list: &'static str,
    pub(super) name: &'static str,
}

const KEY_PAIRS: Listed = Listed {
    noun: "key pairs",
    operation: "DescribeKeyPairs",
    filter: "key-name",
    list: "keySet",
    name: "keyName",
};
pub(super) const INSTANCE_TYPES: Listed = Listed {
    noun: "instance types",
    operation: "DescribeInstanceTypes",
    filter: "instance-type",
    list: "instanceTypeSet",
    name: "instanceType",
};
const IMAGES: Listed = Listed {
    noun: "images",
    operation: "DescribeImages",
    filter: "image-id",
    list: "imagesSet",
    name: "imageId",
};

/// Those that are wanted, with what AWS says of each, or nothing where it is not there. Asked for by a filter, what is missing is no error, and
/// one call is enough.
pub(super) async fn found<'n>(
    forecast: &Forecast<'_>,
    outlook: &mut Outlook,
    listed: &Listed,
    wanted: BTreeSet<&'n str>,
) -> Result<Option<BTreeMap<&'n str, Option<Node>>>, AwsError> {
    /// EC2 takes so many values of a filter.
    const VALUES: usize = 200;
    if wanted.is_empty() {
        return Ok(Some(BTreeMap::new()));
    }
    let wanted: Vec<&str> = wanted.into_iter().collect();
    let chunks = wanted.chunks(VALUES);
    let answers = forecast.each(chunks, |names| list(forecast.target, listed, names)).await;
    let names = wanted.join("`, `");
    let mut all: BTreeMap<&str, Option<Node>> = BTreeMap::new();
    for (names_asked, answer) in wanted.chunks(VALUES).zip(answers) {
        let what = format!("the {} `{names}`", listed.noun);
        let Some(answer) = outlook.answer(&what, answer)? else { return Ok(None) };
        for name in names_asked {
            let own = answer.iter().find(|it| text_of(it, listed.name) == *name);
            all.insert(name, own.cloned());
        }
    }
    Ok(Some(all))
}

async fn list(target: &Target, listed: &Listed, names: &[&str]) -> Result<Vec<Node>, AwsError> {
    let keys: Vec<String> = (1..=names.len()).map(|at| format!("Filter.1.Value.{at}")).collect();
    let mut parameters = vec![("Filter.1.Name", listed.filter)];
    parameters.extend(keys.iter().map(String::as_str).zip(names.iter().copied()));
    target.calls().query_all(EC2, listed.operation, &parameters, listed.list).await
}
