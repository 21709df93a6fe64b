use fc_cdk_aws::lambda;
use fc_cdk_core::{App, Stack};

fn main() {
    let stack = Stack::new(&App::new(), "Shop");
    let source = lambda::EventSourceMapping::new().batch_size(10);
    let _ = source.build(&stack, "Orders"); // `function_name` is missing
}
