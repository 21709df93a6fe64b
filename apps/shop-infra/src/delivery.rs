//! From a commit to both tiers: CodeCommit, CodePipeline, CodeBuild, S3, CodeDeploy.

use fc_cdk::Scope;
use fc_constructs::{
    delivery::{DeployTarget, Ec2Pipeline, Source},
    messaging::Topic,
};

use crate::{
    Settings,
    network::Network,
    servers::{Servers, Tier},
};

pub(crate) fn stack(
    scope: &Scope,
    settings: &Settings,
    network: &Network,
    servers: &Servers,
    alarms: &Topic,
) {
    let (Tier::Servers(web), Tier::Servers(was)) = (&servers.web, &servers.was) else { return };
    let stack =
        settings.stack(scope, "Delivery", "The pipeline that delivers the application of the shop");
    Ec2Pipeline::builder()
        .source(Source::repository("shop"))
        .targets([
            DeployTarget::servers("Was", was).artifact("was"),
            DeployTarget::servers("Web", web).artifact("web"),
        ])
        .notifications(alarms)
        .access_logs(&network.access_logs)
        .build(&stack, "Pipeline");
}
