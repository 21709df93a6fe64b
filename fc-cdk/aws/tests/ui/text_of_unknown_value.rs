use fc_cdk_aws::s3;
use fc_cdk_core::{App, Stack};

fn main() {
    let stack = Stack::new(&App::new(), "Shop");
    let bucket = s3::Bucket::new().build(&stack, "Bucket");
    if bucket.bucket_name().starts_with("prod-") {}
    println!("{}", bucket.arn());
}
