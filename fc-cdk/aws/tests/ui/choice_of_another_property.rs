use fc_cdk_aws::s3;

fn main() {
    let _ = s3::VersioningConfiguration::new().status(s3::BucketAccessControl::Private);
}
