use fc_cdk_aws::lambda;
use fc_cdk_core::{App, Stack};

fn main() {
    let stack = Stack::new(&App::new(), "Shop");
    let code = lambda::Code::new().zip_file("exports.handler = () => 1");
    let _ = lambda::Function::new().code(code).build(&stack, "Handler"); // `role` is missing
}
