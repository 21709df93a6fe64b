//! Cargo features: one for each family of services. crates.io allows 300 to a crate, and there are more services than that.

use std::collections::{BTreeMap, BTreeSet};

/// Families of several services; every other service is a family of its own.
const FAMILIES: &[(&str, &[&str])] = &[
    ("bedrock", &["bedrock", "bedrockagentcore", "bedrockmantle"]),
    (
        "billing",
        &[
            "billing",
            "billingconductor",
            "bcm",
            "bcmdataexports",
            "bcmpricingcalculator",
            "invoicing",
            "pricingplanmanager",
        ],
    ),
    ("codestar", &["codestar", "codestarconnections", "codestarnotifications", "codeconnections"]),
    ("codeguru", &["codeguruprofiler", "codegurureviewer"]),
    (
        "connect",
        &[
            "connect",
            "appintegrations",
            "cases",
            "connectcampaigns",
            "connectcampaignsv2",
            "customerprofiles",
            "voiceid",
            "wisdom",
        ],
    ),
    ("docdb", &["docdb", "docdbelastic"]),
    ("emr", &["emr", "emrcontainers", "emrserverless"]),
    ("gamelift", &["gamelift", "gameliftstreams"]),
    ("greengrass", &["greengrass", "greengrassv2"]),
    (
        "iot",
        &[
            "iot",
            "iotanalytics",
            "iotcoredeviceadvisor",
            "iotevents",
            "iotfleethub",
            "iotfleetwise",
            "iotmanagedintegrations",
            "iotsecuretunneling",
            "iotsitewise",
            "iotthingsgraph",
            "iottwinmaker",
            "iotwireless",
        ],
    ),
    ("ivs", &["ivs", "ivschat"]),
    ("kendra", &["kendra", "kendraranking"]),
    ("kinesisanalytics", &["kinesisanalytics", "kinesisanalyticsv2"]),
    (
        "licensemanager",
        &["licensemanager", "licensemanagerlinuxsubscriptions", "licensemanagerusersubscriptions"],
    ),
    ("lookout", &["lookoutequipment", "lookoutmetrics", "lookoutvision"]),
    (
        "media",
        &[
            "mediaconnect",
            "mediaconvert",
            "medialive",
            "mediapackage",
            "mediapackagev2",
            "mediastore",
            "mediatailor",
            "elementalinference",
        ],
    ),
    ("mwaa", &["mwaa", "mwaaserverless"]),
    ("neptune", &["neptune", "neptunegraph"]),
    ("notifications", &["notifications", "notificationscontacts"]),
    ("opsworks", &["opsworks", "opsworkscm"]),
    ("pcaconnector", &["pcaconnectorad", "pcaconnectorscep"]),
    ("pinpoint", &["pinpoint", "pinpointemail", "smsvoice"]),
    ("redshift", &["redshift", "redshiftserverless"]),
    ("resiliencehub", &["resiliencehub", "resiliencehubv2"]),
    (
        "route53recovery",
        &["route53recoverycontrol", "route53recoveryreadiness", "arcregionswitch", "arczonalshift"],
    ),
    ("servicecatalog", &["servicecatalog", "servicecatalogappregistry"]),
    (
        "ssmoperations",
        &["ssmcontacts", "ssmguiconnect", "ssmincidents", "ssmquicksetup", "systemsmanagersap"],
    ),
    ("waf", &["waf", "wafregional"]),
    ("workspaces", &["workspaces", "workspacesinstances", "workspacesthinclient", "workspacesweb"]),
];

/// The feature of each module.
pub(crate) fn features<'a>(
    modules: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<&'a str, &'a str>, String> {
    let features: BTreeMap<&str, &str> = modules
        .map(|module| {
            let family = FAMILIES.iter().find(|(_, members)| members.contains(&module));
            (module, family.map_or(module, |(family, _)| family))
        })
        .collect();
    let count = features.values().collect::<BTreeSet<_>>().len() + 1;
    if count < 300 {
        Ok(features)
    } else {
        Err(format!("{count} features: crates.io allows 300, so make families larger"))
    }
}
