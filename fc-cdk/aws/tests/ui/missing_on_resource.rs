use fc_cdk_aws::iam;
use fc_cdk_core::{App, Stack};

fn main() {
    let stack = Stack::new(&App::new(), "Shop");
    let policy = iam::ManagedPolicy::new().description("reads orders");
    let _ = policy.build(&stack, "ReadOrders"); // `policy_document` is missing
}
