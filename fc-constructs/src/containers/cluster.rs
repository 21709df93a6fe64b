//! [`Cluster`]: where services run.

use fc_cdk_aws::ecs;
use fc_cdk_core::{IntoValue, Scope, Value};

use crate::{builder::construct, handle::stands_for};

/// A cluster of ECS, for services that belong together.
///
/// Makes one `AWS::ECS::Cluster`, watched by Container Insights. On Fargate a cluster is a name alone: it costs nothing and has no servers.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::containers::Cluster;
/// let app = App::new();
/// let stack = Stack::new(&app, "Shop");
/// let cluster = Cluster::builder().build(&stack, "Cluster");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html>.
#[derive(Clone)]
pub struct Cluster {
    /// The cluster itself, for everything that has no setting here.
    pub handle: ecs::ClusterHandle,
}

construct! {
    Cluster, ClusterBuilder, ClusterOptions {
        required {}
        optional {
            /// The name, unique in the account and region. Another one replaces the cluster. Default: CloudFormation makes one.
            cluster_name: IntoValue<String>,
            /// Whether Container Insights reports each service and task, at the price of custom metrics. Default: yes.
            container_insights: Into<bool> = true,
        }
    }
}

impl Cluster {
    fn create(scope: &Scope, options: ClusterOptions) -> Cluster {
        let insights = if options.container_insights { "enabled" } else { "disabled" };
        let handle = ecs::Cluster::new()
            .cluster_name(options.cluster_name)
            .cluster_settings([ecs::ClusterSettings::new()
                .name("containerInsights")
                .value(insights)])
            .build(scope, "Resource");
        Cluster { handle }
    }

    /// The name.
    pub fn name(&self) -> Value<String> {
        self.handle.cluster_name().cast()
    }
}

stands_for!(Cluster.handle: ecs::ClusterHandle);
