use fc_cdk_aws::s3;

fn main() {
    let rule = s3::Rule::new().expiration_in_days(30); // `status` is missing
    let _ = s3::LifecycleConfiguration::new().rules([rule]);
}
