//! From a commit to both tiers: CodeCommit, CodePipeline, CodeBuild, S3, and CodeDeploy to servers or ECR and ECS to containers.

use fc_cdk::{Scope, aws::codedeploy};
use fc_constructs::{
    delivery::{ContainerPipeline, ContainerTarget, DeployTarget, Ec2Pipeline, Source},
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
    let stack =
        settings.stack(scope, "Delivery", "The pipeline that delivers the application of the shop");
    // The repository, the artifacts and their key stay the same whatever the tiers run on.
    match (&servers.was, &servers.web) {
        (Tier::Containers(was), Tier::Containers(web)) => {
            let pipeline = ContainerPipeline::builder()
                .source(Source::repository("shop"))
                .targets([
                    ContainerTarget::service("Was", was),
                    ContainerTarget::service("Web", web),
                ])
                .notifications(alarms)
                .access_logs(&network.access_logs)
                .build(&stack, "Pipeline");
            // CodeDeploy keeps what it knows of deployments to servers; ECS deploys to containers by itself.
            let scope = pipeline.handle.scope().parent().unwrap_or_else(|| (*stack).clone());
            codedeploy::Application::new()
                .compute_platform(codedeploy::ComputePlatform::Server)
                .build(&scope, "Application");
        }
        (Tier::Servers(was), Tier::Servers(web)) => {
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
        // Both tiers run on the same.
        _ => {}
    }
}
