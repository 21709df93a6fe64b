//! How people work on the shop: shells through Session Manager alone, and a machine on which the infrastructure is edited.

use fc_cdk::Scope;
use fc_constructs::operations::{SessionAccess, Workbench, WorkbenchKind};

use crate::{Settings, edge, network::Network};

/// Makes the stack, and returns by what servers are reached.
pub(crate) fn stack(scope: &Scope, settings: &Settings, network: &Network) -> SessionAccess {
    let stack = settings.stack(scope, "Operations", "How people work on the shop");
    let sessions = SessionAccess::builder().build(&stack, "Sessions");
    let kind =
        if settings.workbench.cloud9 { WorkbenchKind::Cloud9 } else { WorkbenchKind::Instance };
    let workbench = Workbench::builder()
        .vpc(&network.vpc)
        .subnets(&network.vpc.was)
        .kind(kind)
        .sessions(&sessions)
        .build(&stack, "Workbench");
    workbench.allow_deploy([settings.region.as_str(), edge::REGION]);
    sessions
}
