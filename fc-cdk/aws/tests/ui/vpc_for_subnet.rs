use fc_cdk_aws::ec2;
use fc_cdk_core::{App, Stack};

fn main() {
    let stack = Stack::new(&App::new(), "Shop");
    let vpc = ec2::Vpc::new().cidr_block("10.0.0.0/16").build(&stack, "Vpc");
    let _ = ec2::Instance::new().subnet_id(&vpc);
    let _ = ec2::Instance::new().subnet_id(vpc.vpc_id());
}
