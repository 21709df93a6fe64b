use fc_cdk_aws::s3;

fn main() {
    let _ = s3::Rule::new().status(s3::BucketAccessControl::Private);
}
