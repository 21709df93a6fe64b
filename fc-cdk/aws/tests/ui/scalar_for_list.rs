use fc_cdk_aws::ec2;

fn main() {
    let _ = ec2::Instance::new().security_group_ids(5);
}
