//! The infrastructure of an apparel shop, in six [revisions](Revision): three tiers over two availability zones, monitored, and delivered
//! to by a pipeline.
//!
//! ```text
//! internet → ALB → web servers (Nginx) → internal ALB → WAS servers → MySQL
//!           public          web                was          was         db      subnets
//! ```
//!
//! One file per stack, in the order in which they are deployed.

mod revision; // what changed when
mod allowances; // what other tools find, and why it stays
mod settings; // what differs from shop to shop
pub mod config; // the settings as a file

mod network; // the VPC, the domain
mod operations; // shells and a workbench
mod edge; // what CloudFront takes from us-east-1
mod data; // the database, its key, its exports
mod servers; // web and WAS tiers behind their load balancers
mod analytics; // what marketing analyses
mod monitoring; // alarms and the dashboard
mod backup; // exports of the database
mod front; // CloudFront
mod delivery; // from a commit to both tiers

pub mod history; // the change history, from the templates
pub mod technology; // which resources are which technology

use fc_cdk::Scope;

pub use crate::{
    revision::{Analytics, Archive, Chat, Compute, Export, Features, Kind, Revision, Source},
    settings::{Instances, QuickSight, Retention, Settings, Shield, Slack, Workbench},
};

/// Makes all stacks of the shop as of a revision, below an app or a stage.
pub fn shop(scope: &Scope, settings: &Settings, revision: Revision) {
    let features = &revision.features();
    allowances::apply(scope, features);
    let network = network::stack(scope, settings, features);
    let sessions = features.operations.then(|| operations::stack(scope, settings, &network));
    let edge = edge::stack(scope, settings, &network);
    let data = data::stack(scope, settings, features, &network);
    let servers = servers::stack(scope, settings, features, &network, &data);
    if let Some(sessions) = sessions {
        servers.enable_sessions(&sessions);
    }
    let lake = analytics::stack(scope, settings, features, &network, &data, &servers);
    let alarms = monitoring::stack(scope, settings, features, &data, &servers, lake.as_ref());
    backup::stack(scope, settings, features, &data, &alarms);
    if let Some(edge) = edge {
        front::stack(scope, settings, features, &network, edge, &servers, &alarms);
    }
    delivery::stack(scope, settings, &network, &servers, &alarms);
}
